/* What stands in the film's place while one item gives way to the next, pixel by pixel: never
 * darker than both, the former one at first, the new one alone at last. */
#include "change.h"
#include "film.h"
#include "theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 320, HEIGHT = 180, START = 5000, SIDE = 64 };

static SDL_Surface *surface;
static SDL_Renderer *renderer;
static struct film film;
static struct change change;
static const SDL_Rect place = {0, 0, WIDTH, HEIGHT};

static int set_up(void **state)
{
    (void)state;
    surface = SDL_CreateRGBSurfaceWithFormat(0, WIDTH, HEIGHT, 32, SDL_PIXELFORMAT_ARGB8888);
    renderer = SDL_CreateSoftwareRenderer(surface);
    film_init(&film, renderer);
    change_init(&change, renderer);
    return renderer == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    change_finish(&change);
    film_finish(&film);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
    return 0;
}

/* A film's frame of one brightness. */
static void show(uint8_t bright, int width, int height)
{
    static uint8_t luma[SIDE * SIDE], chroma[SIDE * SIDE / 4];
    memset(luma, bright, sizeof luma);
    memset(chroma, 128, sizeof chroma);
    struct video_frame frame = {.width = width,
                                .height = height,
                                .pitch_y = SIDE,
                                .pitch_uv = SIDE / 2,
                                .y = luma,
                                .u = chroma,
                                .v = chroma};
    assert_true(film_take(&film, &frame, (SDL_Point){WIDTH, HEIGHT}));
}

struct shade {
    int least, most;
};

static struct shade draw(int64_t now)
{
    struct shade shade = {255, 0};
    film_draw(&film, place);
    change_draw(&change, place, now);
    SDL_RenderFlush(renderer);
    for (int y = 0; y < HEIGHT; y++) {
        const Uint8 *line = (const Uint8 *)surface->pixels + (ptrdiff_t)y * surface->pitch;
        for (int x = 0; x < WIDTH; x++) {
            int green = line[4 * x + 1];
            shade.least = green < shade.least ? green : shade.least;
            shade.most = green > shade.most ? green : shade.most;
        }
    }
    return shade;
}

static void keep(int64_t now)
{
    assert_true(change_keep(&change, WIDTH, HEIGHT, now));
    film_draw(&film, place);
    change_kept(&change);
}

static void a_film_fades_into_the_next(void **state)
{
    (void)state;
    show(200, 64, 36);
    struct shade before = draw(START);
    keep(START);
    assert_int_equal(draw(START).least, before.least); /* keeping it is not seen */
    show(60, 64, 36);
    show(60, 64, 36);
    struct shade last = before, under = {51, 51}; /* 60 of television's 16 to 235 */
    for (int64_t passed = 0; passed < CHANGE_MS; passed += 20) {
        struct shade now = draw(START + passed);
        int wanted = before.most + (int)((under.most - before.most) * passed / CHANGE_MS);
        assert_in_range(now.least, last.least > 12 ? last.least - 12 : 0, last.most);
        assert_in_range(now.most, wanted - 4, wanted + 4);
        assert_int_equal(now.least, now.most);
        assert_true(change_runs(&change));
        last = now;
    }
    struct shade after = draw(START + CHANGE_MS);
    assert_false(change_runs(&change));
    change_stop(&change);
    assert_int_equal(draw(START + CHANGE_MS).most, after.most);
    assert_true(after.most < 80);
}

/* Bars of both are ink; nowhere is it darker than ink, and the letter box does not jump. */
static void another_shape_is_never_dark(void **state)
{
    (void)state;
    SDL_Color ink = theme_colour(THEME_INK);
    show(200, 48, 36);
    assert_int_equal(draw(START).least, ink.g);
    keep(START);
    show(180, 64, 36);
    for (int64_t passed = 0; passed <= CHANGE_MS; passed += 20)
        assert_true(draw(START + passed).least >= ink.g);
    assert_true(draw(START + CHANGE_MS).least > 150);
}

static void another_place_is_a_cut(void **state)
{
    (void)state;
    show(200, 64, 36);
    keep(START);
    show(60, 64, 36);
    change_draw(&change, (SDL_Rect){0, 0, WIDTH / 2, HEIGHT / 2}, START + 20);
    assert_false(change_runs(&change));
    assert_true(draw(START + 20).most < 80);
}

/* On a turned monitor everything is drawn on a texture already. */
static void drawing_goes_on_where_it_went(void **state)
{
    (void)state;
    SDL_Texture *page = SDL_CreateTexture(renderer, SDL_PIXELFORMAT_ARGB8888,
                                          SDL_TEXTUREACCESS_TARGET, WIDTH, HEIGHT);
    assert_int_equal(SDL_SetRenderTarget(renderer, page), 0);
    show(200, 64, 36);
    keep(START);
    assert_ptr_equal(SDL_GetRenderTarget(renderer), page);
    SDL_SetRenderTarget(renderer, NULL);
    SDL_DestroyTexture(page);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_film_fades_into_the_next),
        T(another_shape_is_never_dark),
        T(another_place_is_a_cut),
        T(drawing_goes_on_where_it_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
