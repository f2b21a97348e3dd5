# A ring that fills once, then stays.
function cell(turn,    t, angle) {
    t = turn * 1.2
    if (t > 0.9999) t = 0.9999
    angle = 6.2831853 * t
    printf "<path d=\"M240 44 A196 196 0 %d 1 %.2f %.2f\" fill=\"none\" stroke=\"#2f7f8a\" stroke-width=\"44\" stroke-linecap=\"round\"/>\n",
        (angle > 3.14159265), 240 + 196 * sin(angle), 240 - 196 * cos(angle)
}
