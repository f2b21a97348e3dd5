function heart(x, y, size, turn, shift,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#heart\" transform=\"translate(%.2f %.2f) scale(%.3f)\" fill-opacity=\"%.3f\"/>\n",
        x + 8 * wave(t, shift), y - 90 * t, size * (0.5 + 0.5 * sqrt(swell(t, 0) + 0.01)), swell(t, 0)
}

function cell(turn) {
    heart(76, 190, 1.1, turn, 0)
    heart(420, 200, 0.9, turn, 0.5)
    heart(460, 120, 0.7, turn, 0.25)
    heart(52, 100, 0.7, turn, 0.75)
}
