# One hand glides over the back of the other.
function cell(turn) {
    use("palm", 496 - 14 * wave(turn, 0), 420 + 8 * wave(turn, 0), -40, 1)
    use("hand", 240 + 20 * wave(turn, 0), 430 - 12 * wave(turn, 0), 30, 1)
    use("foam", 346 + 6 * wave(turn, 0.1), 250, 0, 1)
    use("foam", 416 + 8 * wave(turn, 0.3), 316, 30, 1)
    use("foam", 300 + 14 * wave(turn, 0), 340, 70, 1)
}
