# The sun climbs once, softly; the scene is as long as the sheet.
function cell(turn,    up) {
    up = 1 - (1 - turn) * (1 - turn)
    printf "<use href=\"#halo\" transform=\"translate(212 %.2f) scale(%.3f)\" fill-opacity=\"0.5\"/>\n",
        300 - 150 * up, 1.55 + 0.1 * wave(3 * turn, 0)
    use("sun", 212, 300 - 150 * up, 0, 1)
}
