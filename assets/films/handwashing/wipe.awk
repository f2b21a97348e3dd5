# A hand strokes the towel.
function cell(turn) {
    use("hand", 180, 330 + 16 * wave(turn, 0), 6 * wave(turn, 0.25) - 8, 1)
}
