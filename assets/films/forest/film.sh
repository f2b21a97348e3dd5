scene 24
still back.svg
drift mist-1a.svg 330 120 170 0
drift mist-1b.svg 330 120 170 1
still middle.svg 260 460
drift mist-2a.svg 430 150 150 1
drift mist-2b.svg 430 150 150 0
still near.svg 260 460
sheet motes 300 300 290 180 120 0 2
sheet motes 640 250 290 180 120 45 2
drift mist-1b.svg 530 120 130 0
drift mist-1a.svg 540 120 130 1
still front.svg 210 510
sheet deer 872 538 170 140 180
sheet brook 500 606 400 114 60 0 2
sheet motes 380 470 290 180 120 80 2
