# Bubbles that swell, rise, sway and shrink.
function bubble(x, y, size, turn, shift,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#bubble\" transform=\"translate(%.2f %.2f) scale(%.3f)\"/>\n",
        x + 14 * wave(t, shift), y - 190 * t, size * sqrt(0.01 + swell(t, 0))
}

function cell(turn) {
    bubble(60, 300, 1.0, turn, 0)
    bubble(140, 340, 0.6, turn, 0.3)
    bubble(210, 290, 1.2, turn, 0.55)
    bubble(290, 330, 0.7, turn, 0.15)
    bubble(350, 280, 0.9, turn, 0.8)
}
