function star(x, y, size, turn, shift) {
    printf "<use href=\"#star\" transform=\"translate(%.1f %.1f) scale(%.3f)\" fill-opacity=\"%.3f\"/>\n",
        x, y, size * (0.45 + 0.6 * swell(turn, shift)), 0.25 + 0.75 * swell(turn, shift)
}

function cell(turn) {
    star(40, 50, 1.2, turn, 0)
    star(120, 140, 0.8, turn, 0.4)
    star(70, 240, 0.9, turn, 0.7)
    star(150, 300, 1.1, turn, 0.2)
    star(168, 60, 0.7, turn, 0.55)
}
