function leaf(x, y, size, turn, shift,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#leaf\" transform=\"translate(%.2f %.2f) rotate(%.1f) scale(%.2f)\" fill-opacity=\"%.3f\"/>\n",
        x - 90 * t + 26 * wave(2 * t, 0), y + 240 * t, 50 * wave(2 * t, shift), size, swell(t, 0)
}

function cell(turn) {
    leaf(130, 20, 1, turn, 0)
    leaf(300, 0, 0.8, turn, 0.4)
    leaf(420, 30, 1.1, turn, 0.7)
}
