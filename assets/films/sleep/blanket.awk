function cell(turn,    up) {
    up = swell(turn, 0)
    printf "<g transform=\"translate(26 %.2f) scale(1 %.4f)\"><use href=\"#blanket\"/><use href=\"#stripes\"/></g>\n",
        24 - 4 * up, 1 + 0.018 * up
}
