scene 24
still scene.svg
drift clouds-a.svg 60 150 120 0
drift clouds-b.svg 60 150 120 1
crossing birds 150 60 24 -160 128 62 2
sheet glitter 816 452 180 190 60 0 2
sheet ripples 120 500 400 80 90 0 2
sheet ripples 560 610 400 80 90 35 2
sheet ripples 880 560 400 80 90 60 2
sheet boat 640 470 240 150 120
still front.svg 620 100
sheet reeds -20 482 200 240 180
sheet reeds 1090 470 200 240 180 60
words 1 11 middle 640 106 72 '#2b5560' 'ゆっくり 吸って'
words 13 23 middle 640 106 72 '#2b5560' 'ゆっくり 吐いて'
