# The sleeper and the quilt that rises and falls.
function cell(turn,    up) {
    up = swell(turn, 0)
    use("head", 90, 96, -8, 1)
    printf "<use href=\"#quilt\" transform=\"translate(126 %.2f) scale(0.92 %.4f)\"/>\n", 114 - 5 * up, 1 + 0.033 * up
}
