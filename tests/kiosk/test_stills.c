/* Still items: what is drawn of an entry, and which sheet at which time. */
#include "stills.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 640, HEIGHT = 360, DURATION = 20000 };

static struct stills *stills;
static SDL_Surface *surface;
static SDL_Renderer *renderer;
static struct canvas canvas;
static int photos_read;

static int read_photo(void *context, const char *sha256, uint8_t **ret, size_t *ret_size)
{
    (void)context;
    (void)sha256;
    (void)ret;
    (void)ret_size;
    photos_read++;
    return -ENOENT;
}

static int set_up(void **state)
{
    const struct template_options folders = {.template_dir = TEMPLATE_DIR,
                                             .language_dir = LANGUAGE_DIR};
    const struct template_photos photos = {.read = read_photo};
    const struct canvas_options options = {.pixel_mm = 708.0 / 1920, .language_dir = LANGUAGE_DIR};
    char error[256];
    (void)state;
    if (stills_create(&folders, &photos, &stills, error, sizeof error) < 0)
        return -1;
    surface = SDL_CreateRGBSurfaceWithFormat(0, WIDTH, HEIGHT, 32, SDL_PIXELFORMAT_ARGB8888);
    renderer = SDL_CreateSoftwareRenderer(surface);
    return canvas_init(&canvas, renderer, WIDTH, HEIGHT, &options);
}

static int tear_down(void **state)
{
    (void)state;
    canvas_finish(&canvas);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
    stills_destroy(stills);
    stills_destroy(NULL);
    return 0;
}

/* A number that differs when the picture does. */
static uint64_t draw_since(const struct playlist_entry *entry, int64_t since, int64_t now)
{
    const struct stills_item item = {
        .entry = entry, .title = "さくら台クリニック", .clinic = "", .since = since};
    uint64_t hash = 1;
    stills_draw(stills, &canvas, (SDL_Rect){0, 0, WIDTH, HEIGHT}, &item, now);
    SDL_RenderFlush(renderer);
    for (int y = 0; y < HEIGHT; y++) {
        const Uint8 *line = (const Uint8 *)surface->pixels + (ptrdiff_t)y * surface->pitch;
        for (int x = 0; x < WIDTH * 4; x++)
            hash = hash * 31 + line[x];
    }
    return hash;
}

/* One that comes just now. */
static uint64_t draw(const struct playlist_entry *entry, int64_t now)
{
    return draw_since(entry, now, now);
}

static const struct playlist_entry notice = {
    .tag = "n", .duration_ms = DURATION, .title = "お知らせ", .body = "短い文です。"};

/* Of two sheets. */
static struct playlist_entry long_notice(void)
{
    struct playlist_entry entry = notice;
    for (int i = 0; i < 11; i++)
        strcat(entry.body, "長い文です。");
    return entry;
}

static void a_short_notice_stands_still(void **state)
{
    (void)state;
    uint64_t first = draw(&notice, 1000);
    for (int64_t now = 1000; now < 1000 + 3 * DURATION; now += 500)
        assert_false(stills_due(stills, now));
    assert_true(draw_since(&notice, 1000, 1000 + DURATION) == first);
}

static void a_long_notice_shows_each_sheet_for_an_equal_part_of_its_time(void **state)
{
    struct playlist_entry entry = long_notice();
    uint64_t sheets[2];
    (void)state;
    sheets[0] = draw(&entry, 5000);
    assert_false(stills_due(stills, 5000 + DURATION / 2 - 1));
    assert_true(stills_due(stills, 5000 + DURATION / 2));
    sheets[1] = draw_since(&entry, 5000, 5000 + DURATION / 2);
    assert_true(sheets[0] != sheets[1]);
    assert_false(stills_due(stills, 5000 + DURATION - 1));
    assert_true(stills_due(stills, 5000 + DURATION));
    assert_true(draw_since(&entry, 5000, 5000 + DURATION) == sheets[0]);
}

/* After a film, which nobody draws here. */
static void an_item_that_comes_again_begins_with_its_first_sheet(void **state)
{
    struct playlist_entry entry = long_notice();
    (void)state;
    uint64_t first = draw(&entry, 0);
    assert_true(draw(&entry, 3 * DURATION / 2) == first);
    assert_true(stills_due(stills, 2 * DURATION));
}

static void another_item_begins_with_its_first_sheet(void **state)
{
    struct playlist_entry entry = long_notice();
    (void)state;
    uint64_t first = draw(&entry, 0);
    (void)draw(&notice, 7000);
    assert_true(draw(&entry, 3 * DURATION / 2 + 1) == first);
}

static void a_page_is_drawn_and_a_broken_one_gives_its_title_and_text(void **state)
{
    static struct playlist_entry entry;
    (void)state;
    uint64_t plain = draw(&notice, 0);
    entry = notice;
    snprintf(entry.page, sizeof entry.page, "{\"template\":\"closed\",\"fields\":{");
    assert_true(draw(&entry, 0) == plain);
    snprintf(entry.page, sizeof entry.page,
             "{\"template\":\"photo\",\"fields\":{\"title\":\"健康教室\"},\"photos\":{\"photo\":"
             "\"%064d\"}}",
             7);
    assert_true(draw(&entry, 0) != plain);
    assert_int_equal(photos_read, 1);
    (void)draw(&entry, 100);
    assert_int_equal(photos_read, 1); /* kept */
}

static void without_an_item_the_clinic_has_its_name_there(void **state)
{
    (void)state;
    uint64_t name = draw(NULL, 0);
    assert_true(name != draw(&notice, 0));
    assert_false(stills_due(stills, 1 << 30));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_notice_stands_still),
        cmocka_unit_test(a_long_notice_shows_each_sheet_for_an_equal_part_of_its_time),
        cmocka_unit_test(another_item_begins_with_its_first_sheet),
        cmocka_unit_test(an_item_that_comes_again_begins_with_its_first_sheet),
        cmocka_unit_test(a_page_is_drawn_and_a_broken_one_gives_its_title_and_text),
        cmocka_unit_test(without_an_item_the_clinic_has_its_name_there),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
