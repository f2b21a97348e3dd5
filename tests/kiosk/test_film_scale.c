/* Frames on their way to the screen: catches pixels read beside the frame, planes that are mixed
 * up, a picture that shifts or is cut, colours of the wrong standard, and rows that are never
 * written. */
#include "film_scale.h"

#include <SDL.h>
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { GUARD = 16 };

/* Each plane in a block of its own and no byte longer, so that a sanitizer sees what reads on. */
struct planes {
    uint8_t *y, *u, *v;
    struct video_frame frame;
};

static struct planes make(int width, int height)
{
    int w = (width + 1) / 2, h = (height + 1) / 2;
    struct planes planes = {.y = malloc((size_t)width * height),
                            .u = malloc((size_t)w * h),
                            .v = malloc((size_t)w * h)};
    assert_true(planes.y != NULL && planes.u != NULL && planes.v != NULL);
    planes.frame = (struct video_frame){.width = width,
                                        .height = height,
                                        .pitch_y = width,
                                        .pitch_uv = w,
                                        .y = planes.y,
                                        .u = planes.u,
                                        .v = planes.v};
    memset(planes.y, 128, (size_t)width * height);
    memset(planes.u, 128, (size_t)w * h);
    memset(planes.v, 128, (size_t)w * h);
    return planes;
}

static void drop(struct planes *planes)
{
    free(planes->y);
    free(planes->u);
    free(planes->v);
}

/* The picture, with a margin that must stay as it is. */
static uint32_t *draw(const struct planes *planes, int width, int height)
{
    struct film_scale *scale = NULL;
    size_t row = (size_t)width + GUARD, count = row * (size_t)height;
    uint32_t *pixels = malloc(count * sizeof *pixels);
    assert_non_null(pixels);
    for (size_t i = 0; i < count; i++)
        pixels[i] = 0x12345678;
    assert_int_equal(
        film_scale_create(planes->frame.width, planes->frame.height, width, height, &scale), 0);
    assert_int_equal(film_scale_draw(scale, &planes->frame, pixels, (int)(row * sizeof *pixels)),
                     0);
    film_scale_destroy(scale);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < GUARD; x++)
            assert_int_equal(pixels[(size_t)y * row + (size_t)width + (size_t)x], 0x12345678);
    return pixels;
}

static int channel(uint32_t pixel, int shift)
{
    return (int)(pixel >> shift & 255);
}

static void near(uint32_t pixel, int red, int green, int blue)
{
    assert_in_range(channel(pixel, 16) + 4, red, red + 8);
    assert_in_range(channel(pixel, 8) + 4, green, green + 8);
    assert_in_range(channel(pixel, 0) + 4, blue, blue + 8);
}

static void every_size_is_filled_and_no_more(void **state)
{
    (void)state;
    static const int sizes[] = {2, 3, 16, 17, 64, 99};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    for (int i = 0; i < COUNT * COUNT; i++)
        for (int j = 0; j < COUNT * COUNT; j++) {
            struct planes planes = make(sizes[i / COUNT], sizes[i % COUNT]);
            int width = sizes[j / COUNT], height = sizes[j % COUNT];
            uint32_t *pixels = draw(&planes, width, height);
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    near(pixels[y * (width + GUARD) + x], 130, 130, 130);
            free(pixels);
            drop(&planes);
        }
}

/* Brighter to the right and downwards: linear stays linear, and nothing moves by half a pixel. */
static void a_slope_stays_in_its_place(void **state)
{
    (void)state;
    enum { WIDTH = 192, HEIGHT = 96 };
    static const int targets[][2] = {{WIDTH, HEIGHT}, {128, 64}, {97, 51}, {384, 192}, {301, 96}};
    struct planes planes = make(WIDTH, HEIGHT);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            planes.y[y * WIDTH + x] = (uint8_t)(16 + x * 3 / 4 + y * 3 / 4);
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        int width = targets[i][0], height = targets[i][1];
        uint32_t *pixels = draw(&planes, width, height);
        for (int y = 2; y < height - 2; y++)
            for (int x = 2; x < width - 2; x++) {
                double across = (x + 0.5) * WIDTH / width - 0.5;
                double down = (y + 0.5) * HEIGHT / height - 0.5;
                double wanted = 0.75 * (across + down) * 255 / 219;
                double seen = channel(pixels[y * (width + GUARD) + x], 8);
                assert_true(fabs(seen - wanted) < 3.5);
            }
        free(pixels);
    }
    drop(&planes);
}

static uint32_t colour(int width, int height, uint8_t y, uint8_t u, uint8_t v)
{
    struct planes planes = make(width, height);
    memset(planes.y, y, (size_t)width * height);
    memset(planes.u, u, (size_t)((width + 1) / 2) * ((height + 1) / 2));
    memset(planes.v, v, (size_t)((width + 1) / 2) * ((height + 1) / 2));
    uint32_t *pixels = draw(&planes, 64, 36), pixel = pixels[10 * (64 + GUARD) + 10];
    free(pixels);
    drop(&planes);
    return pixel;
}

/* Red of each standard, as the standards say it is coded. */
static void colours_are_of_the_films_standard(void **state)
{
    (void)state;
    near(colour(1280, 720, 63, 102, 240), 255, 0, 0); /* BT.709 */
    near(colour(720, 480, 81, 90, 240), 255, 0, 0);   /* BT.601 */
    near(colour(1280, 720, 32, 240, 118), 0, 0, 255);
    near(colour(720, 480, 41, 240, 110), 0, 0, 255);
    assert_int_equal(SDL_GetYUVConversionMode(), SDL_YUV_CONVERSION_AUTOMATIC);
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    struct film_scale *scale = NULL;
    assert_int_equal(film_scale_create(1, 2, 64, 36, &scale), -EINVAL);
    assert_int_equal(film_scale_create(64, 36, 64, 1, &scale), -EINVAL);
    assert_null(scale);
    film_scale_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_is_filled_and_no_more),
        cmocka_unit_test(a_slope_stays_in_its_place),
        cmocka_unit_test(colours_are_of_the_films_standard),
        cmocka_unit_test(impossible_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
