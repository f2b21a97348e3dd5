function star(x, y, size, turn, shift,    s) {
    s = size * (0.35 + 0.75 * swell(turn, shift))
    printf "<use href=\"#star\" transform=\"translate(%.1f %.1f) scale(%.3f)\" fill-opacity=\"%.3f\"/>\n",
        x, y, s, 0.25 + 0.75 * swell(turn, shift)
}

function cell(turn) {
    star(30, 40, 1.3, turn, 0)
    star(140, 20, 0.9, turn, 0.4)
    star(236, 66, 1.5, turn, 0.7)
    star(90, 104, 0.8, turn, 0.2)
    star(330, 24, 1.1, turn, 0.55)
    star(356, 112, 0.9, turn, 0.85)
}
