/* Prints slips that show every figure and letter of numbers, as a key to reading numbers off
 * pictures: glyph_tool DIR One JSON line a slip on standard output; DIR/NUMBER.bits holds its rows.
 */
#include <stdio.h>
#include <string.h>

#include "slip.h"

enum { PATH = 512 };

/* Figures, and the letters that series have. */
static const char figures[] = "0123456789ARXYHMKCEFJLNPTUVW";

static int draw(const char *dir, const char *text)
{
    const struct canvas_options options = {.language_dir = LANGUAGE_DIR};
    struct slip_view view = {
        .dots = SLIP_DOTS_80, .language = "ja", .before = -1, .print_count = 1};
    struct bitmap bitmap;
    char path[PATH];

    snprintf(view.number, sizeof view.number, "%s", text);
    if (slip_draw(&view, &options, &bitmap) < 0) {
        fprintf(stderr, "glyph_tool: %s cannot be drawn\n", text);
        return 1;
    }
    snprintf(path, sizeof path, "%s/%s.bits", dir, text);
    size_t size = (size_t)bitmap.stride * (size_t)bitmap.height;
    FILE *file = fopen(path, "wb");
    int failed = file == NULL || fwrite(bitmap.bits, 1, size, file) != size;
    if (file == NULL || fclose(file) != 0 || failed)
        perror(path);
    printf("{\"text\":\"%s\",\"width\":%d,\"height\":%d,\"stride\":%d}\n", text, bitmap.width,
           bitmap.height, bitmap.stride);
    bitmap_finish(&bitmap);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: glyph_tool DIR\n");
        return 2;
    }
    for (const char *figure = figures; *figure != '\0'; figure++) {
        char text[3] = {'1', *figure, '\0'};
        failed += draw(argv[1], text);
    }
    return failed ? 1 : 0;
}
