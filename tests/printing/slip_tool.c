/* Draws every layout of the slip as the kiosk does:  slip_tool DIR [NAME]
 *
 * With a NAME only that one. DIR/NAME.bits holds the rows; one JSON line a slip on standard output.
 */
#include <stdio.h>
#include <string.h>

#include "slip_scenes.h"

enum { PATH = 512 };

static const char *dir, *only;

static int draw(const char *name, const struct slip_view *view)
{
    const struct canvas_options options = {.language_dir = LANGUAGE_DIR};
    struct bitmap bitmap;
    char path[PATH];

    if (only != NULL && strcmp(name, only) != 0)
        return 0;
    if (slip_draw(view, &options, &bitmap) < 0) {
        fprintf(stderr, "slip_tool: %s cannot be drawn\n", name);
        return 1;
    }
    snprintf(path, sizeof path, "%s/%s.bits", dir, name);
    size_t size = (size_t)bitmap.stride * (size_t)bitmap.height;
    FILE *file = fopen(path, "wb");
    int failed = file == NULL || fwrite(bitmap.bits, 1, size, file) != size;
    if (file == NULL || fclose(file) != 0 || failed)
        perror(path);
    printf("{\"name\":\"%s\",\"width\":%d,\"height\":%d,\"stride\":%d}\n", name, bitmap.width,
           bitmap.height, bitmap.stride);
    bitmap_finish(&bitmap);
    return failed;
}

static int layouts(const char *language, int dots)
{
    int failed = 0;

    for (int kind = 0; kind < SCENES_SLIPS; kind++) {
        struct slip_view view = scenes_slip_of(scenes_slips[kind], language);
        char name[64];

        view.dots = dots;
        snprintf(name, sizeof name, "%s-%d-%s", language, dots, scenes_slips[kind]);
        failed += draw(name, &view);
    }
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: slip_tool DIR [NAME]\n");
        return 2;
    }
    dir = argv[1];
    only = argv[2];
    for (int i = 0; i < SCENES_LANGUAGES; i++) {
        failed += layouts(scenes_languages[i], SLIP_DOTS_80);
        failed += layouts(scenes_languages[i], SLIP_DOTS_58);
    }
    return failed ? 1 : 0;
}
