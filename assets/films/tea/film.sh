ink='#2f4a33'

scene 5
still glass.svg
sheet ice 856 340 208 180 120
sheet chime 1090 0 220 330 120
sheet leaves 640 60 480 300 75 0 2
words 0 9 start 72 250 100 "$ink" 'ひと休みに'
words 0 9 start 72 380 100 "$ink" '麦の香りを'

scene 5
still field.svg
sheet ears 10 360 460 370 120
sheet ears 430 380 460 370 120 30
sheet ears 850 350 460 370 120 60
words 0.4 9 start 72 170 92 "$ink" 'ゆっくり 焙煎'
words 0.8 9 start 72 290 92 "$ink" 'カフェイン ゼロ'

scene 6
still package.svg
sheet steam 1130 330 100 180 50 0 2
words 0 9 start 72 220 92 "$ink" 'こもれび麦茶'
words 0.6 9 start 72 340 76 "$ink" 'みなも茶園'
words 1 9 start 72 470 62 "$ink" '架空の会社の'
words 1 9 start 72 556 62 "$ink" '広告の見本です'
