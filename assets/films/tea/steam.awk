function plume(x, turn, shift,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#steam\" transform=\"translate(%.2f %.2f) scale(0.8)\" stroke-opacity=\"%.3f\"/>\n",
        x + 4 * wave(turn, shift), 170 - 40 * t, 0.8 * swell(t, 0)
}

function cell(turn) {
    plume(30, turn, 0)
    plume(70, turn, 0.5)
}
