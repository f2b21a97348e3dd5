# The fingers of one hand between those of the other.
function cell(turn) {
    use("palm-spread", 282, 196 + 12 * wave(turn, 0), 180, 1)
    use("hand-spread", 250, 560 - 12 * wave(turn, 0), 0, 1)
    use("foam", 318 + 4 * wave(turn, 0.2), 262, 0, 1)
    use("foam", 196, 398 + 5 * wave(turn, 0.4), 40, 1)
    use("foam", 360, 436 + 4 * wave(turn, 0.7), 80, 1)
}
