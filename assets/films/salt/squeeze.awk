function drop(x, y, size, turn, shift,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#drop\" transform=\"translate(%.2f %.2f) scale(%.3f)\" fill-opacity=\"%.3f\"/>\n",
        x, y + 26 * t, size * (0.5 + 0.5 * sqrt(swell(t, 0) + 0.01)), swell(t, 0)
}

function cell(turn) {
    drop(40, 60, 1, turn, 0)
    drop(100, 40, 0.8, turn, 0.4)
    drop(160, 66, 0.9, turn, 0.7)
}
