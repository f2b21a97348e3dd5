function cell(turn) {
    use("boat-in-water", 100 + 1.2 * wave(turn, 0.1), 122, 0, 0.7 + 0.25 * wave(turn, 0.2))
    use("boat", 100, 120 + 2.4 * wave(turn, 0), 1.1 * wave(turn, 0.25), 1)
}
