light='#fdf6e3'
ink='#22344f'

scene 4
still title.svg
sheet stars 760 130 190 340 60 0 2
words 0 9 start 72 270 100 "$light" 'よい眠りの'
words 0 9 start 72 400 100 "$light" 'ために'

scene 4.5
still clock.svg
sheet ringing 700 60 520 160 30
words 0.4 9 start 72 240 92 "$ink" '毎朝'
words 0.4 9 start 72 360 92 "$ink" '同じ時刻に'
words 0.4 9 start 72 480 92 "$ink" '起きましょう'

scene 4.5
still morning.svg
sheet sunrise 748 110 424 466 68 0 2
still curtains.svg
words 0.4 9 start 72 240 92 "$ink" '起きたら'
words 0.4 9 start 72 360 92 "$ink" '朝の光を'
words 0.4 9 start 72 480 92 "$ink" '浴びましょう'

scene 4.5
still nap.svg
sheet blanket 758 380 404 260 120
sheet snooze-day 1040 60 190 240 68 0 2
words 0.4 9 start 72 240 92 "$ink" '昼寝は 短く'
words 0.4 9 start 72 360 92 "$ink" '30分までに'
words 0.4 9 start 72 480 92 "$ink" 'しましょう'

scene 4.5
still phone.svg
sheet stars 700 90 190 340 60 0 2
words 0.4 9 start 72 240 92 "$light" '寝る前の'
words 0.4 9 start 72 360 92 "$light" 'スマートホンは'
words 0.4 9 start 72 480 92 "$light" 'ひかえめに'

scene 5
still bed.svg
sheet stars 1010 90 190 340 60 15 2
sheet breath 770 340 520 250 120
sheet snooze 880 150 190 240 68 0 2
words 0.4 9 start 72 240 100 "$light" 'ゆっくり'
words 0.4 9 start 72 370 100 "$light" 'お休み'
words 0.4 9 start 72 500 100 "$light" 'ください'
