function glint(x, y, wide, turn, shift) {
    printf "<use href=\"#glint\" transform=\"translate(%.2f %.2f) scale(%.3f 1)\" fill-opacity=\"%.3f\"/>\n",
        x + 8 * wave(turn, shift), y, wide * (0.75 + 0.35 * wave(turn, shift + 0.2)),
        0.3 + 0.6 * swell(turn, shift)
}

function cell(turn) {
    glint(206, 20, 0.5, turn, 0)
    glint(270, 36, 0.7, turn, 0.3)
    glint(180, 48, 0.8, turn, 0.6)
    glint(290, 62, 0.5, turn, 0.85)
    glint(110, 72, 0.9, turn, 0.45)
    glint(190, 94, 1.3, turn, 0.1)
    glint(120, 104, 0.7, turn, 0.7)
    glint(230, 108, 0.8, turn, 0.4)
}
