function bird(x, y, size, turn, shift) {
    printf "<use href=\"#bird\" transform=\"translate(%.2f %.2f) scale(%.3f %.3f)\"/>\n",
        x, y + 1.5 * wave(turn, shift), size, size * (0.55 + 0.6 * swell(turn, shift))
}

function cell(turn) {
    bird(118, 22, 1.05, turn, 0)
    bird(72, 40, 0.9, turn, 0.3)
    bird(34, 26, 0.8, turn, 0.62)
}
