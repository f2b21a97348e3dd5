# Prints an SVG with eight rows of one drawing, each a quarter pixel further to the left, so that a
# strip can be moved by less than a pixel: awk -v w=W -v h=H -v file=DRAWING -f strip.awk

BEGIN {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">\n", w, 8 * h
    while ((getline line < file) > 0)
        drawing = drawing line "\n"
    sub(/^.*<svg[^>]*>/, "", drawing)
    sub(/<\/svg>[^>]*$/, "", drawing)
    for (row = 0; row < 8; row++) {
        printf "<svg y=\"%d\" width=\"%d\" height=\"%d\"><g transform=\"translate(%.2f 0)\">\n%s</g></svg>\n",
            row * h, w, h, -row / 4, drawing
    }
    print "</svg>"
}
