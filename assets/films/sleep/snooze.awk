function letter(id, x, y, turn, shift,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#%s\" transform=\"translate(%.2f %.2f) rotate(%.2f) scale(%.3f)\" fill-opacity=\"%.3f\"/>\n",
        id, x + 70 * t + 8 * wave(t, 0.2), y - 150 * t, 10 * wave(t, 0), 0.35 + 0.75 * t, swell(t, 0)
}

function cell(turn) {
    letter("z", 40, 190, turn, 0)
    letter("z", 40, 190, turn, 0.333)
    letter("z", 40, 190, turn, 0.667)
}
