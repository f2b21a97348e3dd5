function cell(turn) {
    printf "<use href=\"#ring\" transform=\"translate(60 70) rotate(-46) scale(%.3f)\" stroke-opacity=\"%.3f\"/>\n",
        1 + 0.08 * wave(turn, 0), 0.35 + 0.65 * swell(turn, 0.5)
    printf "<use href=\"#ring\" transform=\"translate(460 70) rotate(38) scale(%.3f)\" stroke-opacity=\"%.3f\"/>\n",
        1 + 0.08 * wave(turn, 0), 0.35 + 0.65 * swell(turn, 0.5)
}
