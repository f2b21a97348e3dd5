# The moon's path, from the horizon to the foot of the picture.
function cell(turn,    i, wide, shade) {
    for (i = 0; i < 12; i++) {
        wide = (0.5 + 0.075 * i) * (1 + 0.34 * wave(2 * turn, i * 0.37)) * (i % 3 == 1 ? 0.6 : 1)
        shade = (0.55 - 0.02 * i) * (0.72 + 0.28 * wave(turn, i * 0.41))
        printf "<use href=\"#bar\" transform=\"translate(%.2f %.2f) scale(%.3f %.2f)\" fill-opacity=\"%.3f\"/>\n",
            120 + (i % 2 ? 11 : -9) + 7 * wave(turn, i * 0.23), 10 + i * 13 + i * i * 0.55, wide,
            0.7 + i * 0.04, shade
    }
}
