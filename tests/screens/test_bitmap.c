/* Dots beside the plainest way to set each, and presses of two threads at the same time. */
#include "../core/test.h"

#include "bitmap.h"
#include "slip_scenes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 45, HEIGHT = 9, ROUNDS = 3000, SLIPS = 6 };

static bool dot(const struct bitmap *bitmap, int x, int y)
{
    return x >= 0 && y >= 0 && x < bitmap->width && y < bitmap->height &&
           bitmap->bits[y * bitmap->stride + x / 8] >> (7 - x % 8) & 1;
}

static int any(int from, int to)
{
    return from + rand() % (to - from + 1);
}

static void areas_are_filled_to_the_dot(void **state)
{
    struct bitmap bitmap;
    bool plain[HEIGHT][WIDTH] = {{false}};
    (void)state;
    srand(1);
    assert_int_equal(bitmap_init(&bitmap, WIDTH, HEIGHT), 0);
    for (int round = 0; round < ROUNDS; round++) {
        SDL_Rect area = {any(-9, WIDTH), any(-4, HEIGHT), any(0, WIDTH + 9), any(0, HEIGHT + 4)};
        bool black = rand() % 2;
        bitmap_fill(&bitmap, area, black);
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                if (x >= area.x && x < area.x + area.w && y >= area.y && y < area.y + area.h)
                    plain[y][x] = black;
                assert_int_equal(dot(&bitmap, x, y), plain[y][x]);
            }
    }
    bitmap_finish(&bitmap);
}

static void masks_are_laid_on_to_the_dot(void **state)
{
    struct bitmap bitmap, mask;
    bool plain[HEIGHT][WIDTH] = {{false}};
    (void)state;
    srand(2);
    assert_int_equal(bitmap_init(&bitmap, WIDTH, HEIGHT), 0);
    for (int round = 0; round < ROUNDS; round++) {
        int left = any(-20, WIDTH), top = any(-5, HEIGHT);
        bool black = rand() % 2;
        assert_int_equal(bitmap_init(&mask, any(1, 20), any(1, 5)), 0);
        for (int i = 0; i < 30; i++)
            bitmap_fill(&mask, (SDL_Rect){rand() % mask.width, rand() % mask.height, 1, 1}, true);
        bitmap_blit(&bitmap, &mask, left, top, black);
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++) {
                if (dot(&mask, x - left, y - top))
                    plain[y][x] = black;
                assert_int_equal(dot(&bitmap, x, y), plain[y][x]);
            }
        bitmap_finish(&mask);
    }
    bitmap_finish(&bitmap);
}

static void a_surface_covers_from_the_half_on(void **state)
{
    static const Uint32 pixels[] = {0xFF000000, 0x80000000, 0x7F000000, 0, 0xFFFFFFFF};
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormat(0, 5, 1, 32, SDL_PIXELFORMAT_ARGB8888);
    struct bitmap bitmap;
    bool black = false;
    (void)state;
    memcpy(surface->pixels, pixels, sizeof pixels);
    surface->w = 4;
    assert_int_equal(bitmap_of_surface(surface, &bitmap, &black), 0);
    assert_int_equal(bitmap.bits[0], 0xC0);
    assert_true(black);
    bitmap_finish(&bitmap);
    memcpy(surface->pixels, pixels + 4, sizeof pixels[0]);
    surface->w = 1;
    assert_int_equal(bitmap_of_surface(surface, &bitmap, &black), 0);
    assert_int_equal(bitmap.bits[0], 0x80);
    assert_false(black);
    bitmap_finish(&bitmap);
    SDL_FreeSurface(surface);
}

struct prints {
    struct bitmap list[SLIPS];
};

/* The kiosk draws its screens on one thread and slips on another. */
static void *print_all(void *context)
{
    static const char *const languages[SLIPS] = {"ja", "en", "zh-Hans", "ko", "vi", "pt"};
    const struct canvas_options options = {.language_dir = LANGUAGE_DIR};
    struct prints *prints = context;
    for (int i = 0; i < SLIPS; i++) {
        struct slip_view view = scenes_slip(languages[i]);
        assert_int_equal(slip_draw(&view, &options, &prints->list[i]), 0);
    }
    return NULL;
}

static void two_threads_draw_what_one_does(void **state)
{
    struct prints all[3];
    pthread_t threads[2];
    (void)state;
    print_all(&all[0]);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, print_all, &all[i + 1]), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < SLIPS; i++) {
        size_t size = (size_t)all[0].list[i].stride * (size_t)all[0].list[i].height;
        assert_memory_equal(all[1].list[i].bits, all[0].list[i].bits, size);
        assert_memory_equal(all[2].list[i].bits, all[0].list[i].bits, size);
        for (int j = 0; j < 3; j++)
            bitmap_finish(&all[j].list[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_are_filled_to_the_dot),
        cmocka_unit_test(masks_are_laid_on_to_the_dot),
        cmocka_unit_test(a_surface_covers_from_the_half_on),
        cmocka_unit_test(two_threads_draw_what_one_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
