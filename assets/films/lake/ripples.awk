function line(x, y, wide, turn, shift) {
    printf "<use href=\"#ripple\" transform=\"translate(%.2f %.2f) scale(%.3f 1)\" fill-opacity=\"%.3f\"/>\n",
        x + 14 * wave(turn, shift), y, wide * (0.85 + 0.3 * wave(turn, shift + 0.3)),
        0.25 + 0.6 * swell(turn, shift + 0.15)
}

function cell(turn) {
    line(120, 10, 1.5, turn, 0)
    line(260, 34, 0.9, turn, 0.45)
    line(90, 58, 1.0, turn, 0.7)
}
