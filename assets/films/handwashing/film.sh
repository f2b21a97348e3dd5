ink='#173b47'

scene 4
still soap.svg
sheet bubbles 690 150 410 380 105
words 0 9 start 72 250 100 "$ink" '手を'
words 0 9 start 72 380 100 "$ink" '洗いましょう'
words 0.8 9 start 76 500 60 "$ink" '感染を防ぐ 基本です'

scene 4.5
still water.svg
sheet wet 700 250 580 400 60
words 0.4 9 start 72 240 92 "$ink" '水で ぬらし'
words 0.4 9 start 72 360 92 "$ink" '石けんを'
words 0.4 9 start 72 480 92 "$ink" '泡立てます'

scene 4.5
still rub.svg
sheet rub 596 80 684 640 60
words 0.4 9 start 72 240 92 "$ink" '手のひらと'
words 0.4 9 start 72 360 92 "$ink" '手の甲を'
words 0.4 9 start 72 480 92 "$ink" 'こすります'

scene 4.5
still between.svg
sheet between 680 0 540 720 60
words 0.4 9 start 72 240 92 "$ink" '指の間と'
words 0.4 9 start 72 360 92 "$ink" '親指も'
words 0.4 9 start 72 480 92 "$ink" '忘れずに'

scene 4.5
still towel.svg
sheet wipe 790 190 360 530 75
sheet shine 760 130 400 340 45 0 2
words 0.4 9 start 72 240 92 "$ink" 'よく流して'
words 0.4 9 start 72 360 92 "$ink" 'きれいな布で'
words 0.4 9 start 72 480 92 "$ink" 'ふきます'

scene 5
still ring.svg
sheet clock 720 110 480 480 70 0 2
words 0 9 middle 960 400 140 "$ink" '30秒'
words 0.4 9 start 72 240 92 "$ink" '時間は'
words 0.4 9 start 72 360 92 "$ink" '30秒が'
words 0.4 9 start 72 480 92 "$ink" 'めやすです'
