# A hand under running water.
function drop(x, y, turn, shift, wide,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#drop\" transform=\"translate(%.2f %.2f) scale(0.9)\" fill-opacity=\"%.3f\"/>\n",
        x + wide * t, y - 170 * t + 230 * t * t, 1 - t * t
}

function streak(x, turn, shift,    t) {
    t = turn + shift
    t -= int(t)
    printf "<use href=\"#streak\" transform=\"translate(%.1f %.1f)\" fill-opacity=\"%.3f\"/>\n",
        x, 26 + 80 * t, 0.9 * swell(t, 0)
}

function cell(turn) {
    streak(253, turn, 0)
    streak(264, turn, 0.4)
    streak(277, turn, 0.75)
    use("hand", 372, 190 + 2 * wave(turn, 0), -84, 1)
    drop(232, 150, turn, 0, -110)
    drop(244, 150, turn, 0.5, -60)
    drop(284, 150, turn, 0.25, 80)
    drop(292, 150, turn, 0.7, 120)
}
