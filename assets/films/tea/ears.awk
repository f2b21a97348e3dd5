function cell(turn) {
    use("ear", 60, 344, -8 + 3.4 * wave(turn, 0.00), 1)
    use("ear", 150, 366, 4 + 3.0 * wave(turn, 0.08), 1)
    use("ear", 232, 338, -2 + 3.6 * wave(turn, 0.16), 1)
    use("ear", 320, 370, 9 + 3.2 * wave(turn, 0.24), 1)
    use("ear", 402, 346, 1 + 3.4 * wave(turn, 0.32), 1)
}
