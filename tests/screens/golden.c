#include "golden.h"

#include "picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <png.h>

#include <cmocka.h>

enum { APART = 24, MOST_APART = 12 };

static Uint8 reduced[GOLDEN_SMALL_MAX * 3];

static Uint32 pixel_at(const SDL_Surface *picture, int x, int y)
{
    return ((const Uint32 *)((const Uint8 *)picture->pixels + (ptrdiff_t)y * picture->pitch))[x];
}

static void reduce(const SDL_Surface *picture, int w, int h)
{
    for (int i = 0; i < w * h; i++) {
        unsigned sum[3] = {0};

        for (int p = 0; p < GOLDEN_REDUCE * GOLDEN_REDUCE; p++) {
            Uint32 pixel = pixel_at(picture, i % w * GOLDEN_REDUCE + p % GOLDEN_REDUCE,
                                    i / w * GOLDEN_REDUCE + p / GOLDEN_REDUCE);

            for (int c = 0; c < 3; c++)
                sum[c] += pixel >> (16 - 8 * c) & 0xFF;
        }
        for (int c = 0; c < 3; c++)
            reduced[3 * i + c] = (Uint8)(sum[c] / (GOLDEN_REDUCE * GOLDEN_REDUCE));
    }
}

void golden_compare(const SDL_Surface *picture, const char *dir, const char *name)
{
    int w = picture->w / GOLDEN_REDUCE, h = picture->h / GOLDEN_REDUCE, gw = 0, gh = 0, apart = 0;
    png_image image = {.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB};
    char path[512];
    Uint8 *golden;

    assert_true(w * h <= GOLDEN_SMALL_MAX);
    reduce(picture, w, h);
    snprintf(path, sizeof path, "%s/%s.png", dir, name);
    if (getenv("MACHIAI_GOLDEN_UPDATE")) {
        image.width = (png_uint_32)w;
        image.height = (png_uint_32)h;
        assert_true(png_image_write_to_file(&image, path, 0, reduced, 0, NULL));
        return;
    }
    golden = picture_read(path, &gw, &gh);
    if (!golden)
        fail_msg("there is no %s", path);
    assert_int_equal(gw, w);
    assert_int_equal(gh, h);
    for (int i = 0; i < w * h * 3; i++)
        apart += abs((int)golden[i] - (int)reduced[i]) > APART;
    free(golden);
    if (apart > MOST_APART)
        fail_msg("%s: %d of %d values are apart", name, apart, w * h * 3);
}
