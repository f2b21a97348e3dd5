scene 24
still scene.svg
sheet stars 20 20 400 140 90 0 2
sheet stars 430 60 400 140 90 35 2
sheet stars 1010 20 400 140 90 62 2
sheet beam 116 156 520 120 120 0 2
flow wave-1.svg 470 60 640 1
flow wave-2.svg 506 70 800 -1
still front.svg 170 330
sheet boat 560 420 190 180 120
flow wave-3.svg 552 80 640 2
flow wave-4.svg 600 100 960 -1
flow wave-5.svg 650 70 1280 1
sheet glitter 786 462 240 250 60 0 2
