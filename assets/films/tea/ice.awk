function cell(turn) {
    use("ice", 66, 66 + 3 * wave(turn, 0), 12 + 3 * wave(turn, 0.2), 1)
    use("ice", 142, 58 + 4 * wave(turn, 0.4), -20 + 4 * wave(turn, 0.6), 1)
    use("ice", 104, 122 + 3 * wave(turn, 0.7), 34 + 3 * wave(turn, 0.9), 1)
}
