/* Every template with its sample, with least and most text and with photographs, on every area that
 * a monitor has: nothing clipped, nothing over another, nothing smaller than the distance asks for,
 * and readable by every kind of eyes.
 */
#include "picture.h"
#include "sight.h"
#include "template_scenes.h"
#include "theme.h"
#include "watch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The screen that the places are of; D/200 and D/300 at 3 m. */
#define PIXEL_MM (708.0 / 1920)
#define KANJI_MM 15
#define LATIN_MM 10

static struct template_press *press;

static int open_press(void **state)
{
    (void)state;
    press = template_scenes_press();
    return 0;
}

static int close_press(void **state)
{
    (void)state;
    template_press_destroy(press);
    template_press_destroy(NULL);
    return 0;
}

/* The sheet as a picture whose texts were watched. */
static int draw(const struct template_page *page, struct template_place place, int sheet,
                struct watch *watch, struct picture *ret)
{
    const struct template_job job = {.page = page,
                                     .clinic = "さくら台クリニック",
                                     .place = place,
                                     .photos = &template_scene_photos,
                                     .sheet = sheet};
    SDL_Surface *picture;
    int sheets;

    if (template_press_canvas(press)->width != place.width ||
        template_press_canvas(press)->height != place.height) {
        /* once to have a canvas of this size, once to be watched */
        assert_int_equal(template_press_draw(press, &job, &picture, &sheets), 0);
        SDL_FreeSurface(picture);
    }
    *ret = (struct picture){.canvas = *template_press_canvas(press)};
    watch_start(watch, ret);
    assert_int_equal(template_press_draw(press, &job, &ret->surface, &sheets), 0);
    text_set_watch(ret->canvas.text, NULL, NULL);
    assert_int_equal(ret->surface->w, place.width);
    assert_int_equal(ret->surface->h, place.height);
    return sheets;
}

static Uint32 most_common(const struct picture *picture, SDL_Rect area, Uint32 own)
{
    enum { KINDS = 32 };
    Uint32 colours[KINDS] = {0};
    int counts[KINDS] = {0}, kinds = 0, best = 0;

    for (int y = area.y; y < area.y + area.h; y += 2) {
        for (int x = area.x; x < area.x + area.w; x += 2) {
            Uint32 pixel = picture_pixel(picture, x, y);
            int i = 0;

            while (i < kinds && colours[i] != pixel)
                i++;
            if (pixel == own || (i == kinds && kinds == KINDS))
                continue;
            if (i == kinds)
                colours[kinds++] = pixel;
            if (++counts[i] > counts[best])
                best = i;
        }
    }
    return colours[best];
}

/* Text on its ground, for every kind of eyes. */
static int check_sights(const struct watch *watch, const struct picture *picture, const char *name)
{
    int faults = 0;

    for (int i = 0; i < watch->count; i++) {
        SDL_Color own = theme_colour(watch->runs[i].style.colour);
        Uint32 ground = most_common(picture, watch->runs[i].area,
                                    (Uint32)own.r << 16 | (Uint32)own.g << 8 | own.b);
        SDL_Color on = {(Uint8)(ground >> 16), (Uint8)(ground >> 8), (Uint8)ground, 255};

        for (int sight = 0; sight < SIGHTS; sight++) {
            if (theme_contrast(sight_seen(own, sight), sight_seen(on, sight)) >= 4.5)
                continue;
            print_error("%s: \"%s\" is hard to read for %s eyes\n", name, watch->runs[i].text,
                        sight_name(sight));
            faults++;
        }
    }
    return faults;
}

static int check_sheet(const struct template_page *page, struct template_place place, int sheet,
                       const char *name, int *ret_sheets)
{
    static const double kanji[TEXT_TIERS] = {[TIER_A] = KANJI_MM};
    static const double latin[TEXT_TIERS] = {[TIER_A] = LATIN_MM};
    static struct watch watch;
    struct picture picture;
    int faults;

    *ret_sheets = draw(page, place, sheet, &watch, &picture);
    faults = watch_check(&watch, &picture, name, PIXEL_MM, kanji, latin);
    faults += check_sights(&watch, &picture, name);
    SDL_FreeSurface(picture.surface);
    return faults;
}

static int check_page(const struct template_page *page, struct template_place place,
                      const char *scene)
{
    int faults = 0, sheets = 1;
    char name[96];

    for (int sheet = 0; sheet < sheets; sheet++) {
        snprintf(name, sizeof name, "%s-%s-%dx%d-%d", page->key, scene, place.width, place.height,
                 sheet);
        faults += check_sheet(page, place, sheet, name, &sheets);
    }
    return faults;
}

static void every_page_can_be_read_on_every_area(void **state)
{
    const struct template *template;
    int faults = 0, pages = 0;

    (void)state;
    for (int p = 0; p < template_place_count; p++) {
        for (int t = 0; (template = templates_at(template_press_templates(press), t)); t++) {
            for (int scene = 0; scene < TEMPLATE_SCENES; scene++, pages++) {
                struct template_page page;

                template_scene_page(template, (enum template_scene)scene, &page);
                faults += check_page(&page, template_places[p], template_scene_names[scene]);
            }
        }
    }
    assert_true(pages >= 9 * TEMPLATE_SCENES * template_place_count);
    assert_int_equal(faults, 0);
}

/* The limits that forms are made from keep their word. */
static void what_the_limits_allow_fits_the_layouts(void **state)
{
    const struct template *template;

    (void)state;
    for (int t = 0; (template = templates_at(template_press_templates(press), t)); t++) {
        for (int scene = 0; scene < TEMPLATE_SCENES; scene++) {
            struct template_page page;
            struct template_fault fault;

            template_scene_page(template, (enum template_scene)scene, &page);
            if (template_press_check(press, &page, &fault) < 0)
                fail_msg("%s, %s: %s", page.key, template_scene_names[scene], fault.text);
        }
    }
}

/* Beside three desks the samples have their own layout still. */
static void samples_keep_their_layout_beside_three_desks(void **state)
{
    const struct template_place place = {.width = 960, .height = 540};
    const struct template *template;
    static struct watch watch;

    (void)state;
    for (int t = 0; (template = templates_at(template_press_templates(press), t)); t++) {
        struct template_page page;
        struct picture picture;
        Uint32 corner;

        template_scene_page(template, SCENE_SAMPLE, &page);
        assert_int_equal(draw(&page, place, 0, &watch, &picture), 1);
        corner = picture_pixel(&picture, 4, 4);
        SDL_FreeSurface(picture.surface);
        if (corner == 0x14407F) /* the plain column's band */
            fail_msg("%s", page.key);
    }
}

static int all_letters(const struct template_page *page, struct template_place place,
                       const char *letter)
{
    static struct watch watch;
    struct picture picture;
    int sheets = 1, count = 0;

    for (int sheet = 0; sheet < sheets; sheet++) {
        sheets = draw(page, place, sheet, &watch, &picture);
        SDL_FreeSurface(picture.surface);
        for (int i = 0; i < watch.count; i++)
            for (const char *at = watch.runs[i].text; (at = strstr(at, letter)); at++)
                count++;
    }
    return count;
}

/* Parted into sheets, no letter is lost. */
static void a_small_area_shows_all_of_a_long_page(void **state)
{
    const struct template_place small = {.width = 640, .height = 360};
    struct template_page page;
    char body[200] = "";

    (void)state;
    for (int i = 0; i < 16; i++)
        strcat(body, "一二三森");
    template_page_plain(&page, "お知らせ", body);
    assert_int_equal(all_letters(&page, small, "森"), 16);
    assert_int_equal(
        all_letters(&page, (struct template_place){.width = 1280, .height = 720}, "森"), 16);
}

/* A kiosk that is older than its cloud, a photograph that did not come: a page all the same. */
static void what_is_not_known_is_shown_as_plain_text(void **state)
{
    const struct template_place place = {.width = 1280, .height = 720};
    struct template_page page = {.key = "of-next-year"};

    (void)state;
    template_scene_set(&page, "heading", "森の見出し");
    template_scene_set(&page, "text", "森の本文");
    assert_int_equal(all_letters(&page, place, "森"), 2);
    template_scene_page(templates_find(template_press_templates(press), "photo"), SCENE_SAMPLE,
                        &page);
    snprintf(page.photos[0].name, TEMPLATE_NAME_SIZE, "photo");
    memset(page.photos[0].sha256, 'f', TEMPLATE_SHA256_SIZE - 1);
    page.photo_count = 1;
    assert_int_equal(all_letters(&page, place, "体操"), 1);
}

static void a_long_clinic_name_gives_way_to_what_the_page_says(void **state)
{
    const struct template_page page = {.key = "hours"};
    struct template_job job = {.page = &page,
                               .clinic = "医療法人社団さくら台会附属さくら台駅前総合内科クリニック",
                               .place = {.width = 1280, .height = 720}};
    struct template_page full;
    SDL_Surface *picture;
    Uint32 corner;
    int sheets;

    (void)state;
    template_scene_page(templates_find(template_press_templates(press), "hours"), SCENE_SAMPLE,
                        &full);
    job.page = &full;
    assert_int_equal(template_press_draw(press, &job, &picture, &sheets), 0);
    corner = picture_pixel(&(struct picture){.surface = picture}, 4, 4);
    SDL_FreeSurface(picture);
    assert_int_equal(corner, 0xFAF7F0); /* its own layout */
}

static void a_page_that_fits_by_letters_and_not_by_width_names_the_field(void **state)
{
    const struct template *template = templates_find(template_press_templates(press), "closed");
    struct template_page page;
    struct template_fault fault;

    (void)state;
    template_scene_page(template, SCENE_MOST, &page);
    template_scene_set(&page, "body",
                       "一\n二二二二二二二二二二二二二二二\n三三三三三三三三三三三三三三三");
    if (template_press_check(press, &page, &fault) < 0) {
        assert_string_equal(fault.field, "body");
        assert_true(fault.over > 0 && fault.over < 31);
    }
    template_scene_set(&page, "body", "\U0001F600");
    assert_int_equal(template_press_check(press, &page, &fault), -EINVAL);
    assert_string_equal(fault.field, "body");
    snprintf(page.key, sizeof page.key, "nonesuch");
    assert_int_equal(template_press_check(press, &page, &fault), -EINVAL);
    assert_non_null(strstr(fault.text, "no template nonesuch"));
}

static void a_place_that_is_none_is_refused(void **state)
{
    static const struct template_place places[] = {
        {.width = 0, .height = 720},
        {.width = 100000, .height = 720},
        {.width = 3840, .height = 3840},
        {.width = 1280, .height = 720, .view_m = -1},
    };
    struct template_page page;
    SDL_Surface *picture;

    (void)state;
    template_page_plain(&page, "題", "文");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const struct template_job job = {.page = &page, .place = places[i]};

        assert_int_equal(template_press_draw(press, &job, &picture, NULL), -EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_can_be_read_on_every_area),
        cmocka_unit_test(what_the_limits_allow_fits_the_layouts),
        cmocka_unit_test(samples_keep_their_layout_beside_three_desks),
        cmocka_unit_test(a_small_area_shows_all_of_a_long_page),
        cmocka_unit_test(what_is_not_known_is_shown_as_plain_text),
        cmocka_unit_test(a_long_clinic_name_gives_way_to_what_the_page_says),
        cmocka_unit_test(a_page_that_fits_by_letters_and_not_by_width_names_the_field),
        cmocka_unit_test(a_place_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, open_press, close_press);
}
