function star(x, y, size, turn, shift) {
    printf "<use href=\"#shine\" transform=\"translate(%.1f %.1f) scale(%.3f)\" fill-opacity=\"%.3f\"/>\n",
        x, y, size * (0.5 + 0.6 * swell(turn, shift)), swell(turn, shift)
}

function cell(turn) {
    star(60, 90, 1.4, turn, 0)
    star(330, 60, 1.0, turn, 0.35)
    star(350, 260, 1.3, turn, 0.7)
    star(50, 300, 0.9, turn, 0.5)
}
