function cell(turn,    y, lean) {
    y = 150 + 3.5 * wave(turn, 0)
    lean = 2.2 * wave(turn, 0.22)
    use("boat", 90, y, lean, 1)
    use("glow", 90 + 62 * cos(lean / 57.3), y - 22 + 62 * sin(lean / 57.3), 0, 0.16 + 0.06 * wave(turn, 0.4))
    use("lamp", 90 + 62 * cos(lean / 57.3), y - 22 + 62 * sin(lean / 57.3), 0, 1)
}
