# Salt that falls, less and less.
function grain(x, turn, shift,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#grain\" transform=\"translate(%.1f %.1f) scale(%.2f)\" fill-opacity=\"%.3f\"/>\n",
        x + 4 * wave(t, shift), 10 + 250 * t * t, 0.8 + 0.4 * shift, 1 - t * t * t
}

function cell(turn) {
    grain(36, turn, 0)
    grain(60, turn, 0.55)
    grain(78, turn, 0.25)
    grain(50, turn, 0.8)
}
