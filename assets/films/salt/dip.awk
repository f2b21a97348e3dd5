# A slice dips its tip and comes up again.
function cell(turn,    down) {
    down = swell(turn, 0)
    use("slice", 150 - 10 * down, 334 + 52 * down, 14, 1)
    use("chopsticks", 168 - 10 * down, 310 + 52 * down, 0, 1)
}
