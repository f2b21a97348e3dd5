# A glass wind chime, and its paper slip which swings wider.
function cell(turn,    angle) {
    angle = 3 * wave(turn, 0)
    printf "<g transform=\"translate(110 0) rotate(%.3f)\"><use href=\"#bell\" y=\"150\"/><g transform=\"translate(0 150) rotate(%.3f)\"><use href=\"#slip\"/></g></g>\n",
        angle, 9 * wave(turn, -0.12)
}
