ink='#4a2f22'

scene 4
still title.svg
sheet steam 1030 262 240 230 60 0 2
sheet steam 732 202 240 230 60 20 2
words 0 9 start 72 250 92 "$ink" '塩分を'
words 0 9 start 72 370 92 "$ink" 'ひかえましょう'
words 0.8 9 start 76 500 60 "$ink" '血圧を守る 第一歩です'

scene 5.5
still shaker.svg
sheet grains 746 170 110 300 60
words 0.2 9 start 72 200 76 "$ink" '食塩は 1日'
words 0.8 9 start 72 320 96 "$ink" '男性 <tspan font-family="BIZ UDPGothic">7.5g</tspan>'
words 0.8 9 start 72 440 96 "$ink" '女性 <tspan font-family="BIZ UDPGothic">6.5g</tspan>'
words 1.2 9 start 72 552 76 "$ink" '未満が めやす'

scene 4.5
still noodles.svg
sheet steam 840 140 240 230 60 0 2
words 0.4 9 start 72 240 92 "$ink" 'めんの つゆは'
words 0.4 9 start 72 360 92 "$ink" '飲まずに'
words 0.4 9 start 72 480 92 "$ink" '残しましょう'

scene 4.5
still soy.svg
sheet dip 640 120 540 450 90
words 0.4 9 start 72 200 92 "$ink" 'しょうゆは'
words 0.4 9 start 72 320 92 "$ink" 'かけないで'
words 0.4 9 start 72 440 92 "$ink" '少しつけて'

scene 4.5
still taste.svg
sheet steam 690 176 240 230 60 0 2
words 0.4 9 start 72 240 92 "$ink" 'だしや レモン'
words 0.4 9 start 72 360 92 "$ink" '薬味の香りで'
words 0.4 9 start 72 480 92 "$ink" 'おいしく'

scene 4.5
still end.svg
sheet hearts 746 170 500 240 60 0 2
words 0.2 9 start 72 250 92 "$ink" '今日の一食から'
words 0.2 9 start 72 370 92 "$ink" '始めましょう'
