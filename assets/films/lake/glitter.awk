# The sun on the water: bars that breathe, wider toward the viewer.
function cell(turn,    i, wide) {
    for (i = 0; i < 9; i++) {
        wide = (0.62 + 0.03 * i) * (1 + 0.34 * wave(2 * turn, i * 0.37)) * (i % 3 == 1 ? 0.62 : 1)
        printf "<use href=\"#bar\" transform=\"translate(%.2f %.2f) scale(%.3f 1)\" fill-opacity=\"%.3f\"/>\n",
            90 + (i % 2 ? 9 : -7) + 6 * wave(turn, i * 0.23), 12 + i * 19, wide,
            0.72 + 0.28 * wave(turn, i * 0.41)
    }
}
