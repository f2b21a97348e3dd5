# Seeds in the light, rising slowly and fading at both ends of their way.
function mote(x, y, size, turn, shift,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#mote\" transform=\"translate(%.2f %.2f) scale(%.2f)\" fill-opacity=\"%.3f\"/>\n",
        x + 10 * wave(t, shift), y - 70 * t, size, 0.75 * swell(t, 0)
}

function cell(turn) {
    mote(30, 120, 1.1, turn, 0)
    mote(92, 150, 0.8, turn, 0.35)
    mote(150, 110, 1.2, turn, 0.6)
    mote(206, 160, 0.7, turn, 0.15)
    mote(256, 130, 1.0, turn, 0.8)
    mote(64, 90, 0.7, turn, 0.5)
    mote(180, 80, 0.9, turn, 0.95)
}
