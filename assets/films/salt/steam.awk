function plume(x, turn, shift,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#steam\" transform=\"translate(%.2f %.2f) scale(%.3f 0.8)\" stroke-opacity=\"%.3f\"/>\n",
        x + 5 * wave(turn, shift), 220 - 50 * t, 0.9 + 0.2 * t, 0.7 * swell(t, 0)
}

function cell(turn) {
    plume(50, turn, 0)
    plume(120, turn, 0.37)
    plume(190, turn, 0.71)
}
