# Prints an SVG with one cell a frame: awk -v w=W -v h=H -v frames=N -v cols=C -v defs=FILE \
#     -f sheet.awk -f THING.awk
# THING.awk defines cell(turn): prints what one frame shows, turn running from 0 to 1. It may use
# the shapes of FILE, an SVG whose <defs> are copied.

function wave(turn, shift) {
    return sin(6.2831853 * (turn + shift))
}

# 0..1 and back, soft at both ends
function swell(turn, shift) {
    return 0.5 - 0.5 * cos(6.2831853 * (turn + shift))
}

function use(id, x, y, angle, opacity) {
    printf "<use href=\"#%s\" transform=\"translate(%.3f %.3f) rotate(%.3f)\" fill-opacity=\"%.3f\"/>\n",
        id, x, y, angle, opacity
}

function copy_defs(file,    line, inside) {
    while ((getline line < file) > 0) {
        if (line ~ /<defs>/) inside = 1
        if (inside) print line
        if (line ~ /<\/defs>/) inside = 0
    }
    close(file)
}

BEGIN {
    rows = int((frames + cols - 1) / cols)
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">\n",
        w * cols, h * rows
    copy_defs(defs)
    for (n = 0; n < frames; n++) {
        printf "<svg x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">\n",
            w * (n % cols), h * int(n / cols), w, h
        cell(n / frames)
        print "</svg>"
    }
    print "</svg>"
}
