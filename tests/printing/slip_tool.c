/* Draws every layout of the slip as the kiosk does:  slip_tool DIR [NAME]
 *
 * With a NAME only that one. DIR/NAME.bits holds the rows; one JSON line a slip on standard output.
 */
#include <stdio.h>
#include <string.h>

#include "scenes.h"

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

/* What a slip can be, beside its language and paper. */
static int layouts(const char *language, int dots)
{
    struct slip_view view = scenes_slip(language);
    char name[64];
    int failed = 0;

    for (int i = 0; i < 5; i++) {
        static const char *const kinds[] = {"standard", "large", "message", "reissue", "bare"};
        view = scenes_slip(language);
        view.dots = dots;
        view.large = i == 1;
        if (i == 2)
            snprintf(view.message, sizeof view.message,
                     "発熱のある方は、受付へお声がけください。\n\U00020BB7野家（よしのや）様");
        if (i == 3)
            view.print_count = 3;
        if (i == 4) /* a number of the kiosk's own series, without time and cloud */
            view.qr[0] = view.code[0] = view.date[0] = view.time[0] = '\0';
        snprintf(name, sizeof name, "%s-%d-%s", language, dots, kinds[i]);
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
