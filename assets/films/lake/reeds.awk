function cell(turn) {
    use("blade", 40, 236, -14 + 2.2 * wave(turn, 0.15), 1)
    use("blade", 66, 236, 14 + 2.0 * wave(turn, 0.05), 1)
    use("cattail", 78, 238, -6 + 1.6 * wave(turn, 0), 1)
    use("cattail", 124, 238, 9 + 1.5 * wave(turn, 0.2), 1)
    use("blade", 112, 236, -4 + 2.4 * wave(turn, 0.3), 1)
    use("blade", 150, 238, 20 + 1.8 * wave(turn, 0.1), 1)
}
