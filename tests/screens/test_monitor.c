/* The monitor's layouts and the stage of a call. */
#include "clinic_name.h"
#include "monitor.h"
#include "picture.h"
#include "scenes.h"
#include "walls.h"
#include "watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* From a chair, 3 m away: 1/200 for kanji, 1/300 for digits and Latin. */
static const double mm_kanji[TEXT_TIERS] = {[TIER_A] = 3000.0 / 200};
static const double mm_latin[TEXT_TIERS] = {[TIER_A] = 3000.0 / 300};

#define PAPER  0xFAF7F0u
#define ORANGE 0xF6AA00u
#define FILM   0xFF00FFu /* a colour that no screen has */

static const struct size {
    int width, height;
    double pixel_mm; /* of 32" */
} sizes[] = {{1920, 1080, 708.0 / 1920}, {1280, 720, 708.0 / 1280}, {1080, 1920, 398.25 / 1080}};
enum { SIZES = sizeof sizes / sizeof *sizes, WIDE = 0, UPRIGHT = 2 };

static struct picture pictures[SIZES];
static int faults;

static int open_all(void **state)
{
    (void)state;
    for (int i = 0; i < SIZES; i++)
        picture_open(&pictures[i], sizes[i].width, sizes[i].height, 0);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    for (int i = 0; i < SIZES; i++)
        picture_close(&pictures[i]);
    return 0;
}

static int clear_faults(void **state)
{
    (void)state;
    faults = 0;
    return 0;
}

/* The whole canvas in the film's colour, then the monitor on it. */
static struct picture *draw(int size, const struct monitor_view *view)
{
    struct picture *picture = &pictures[size];

    SDL_SetRenderDrawColor(picture->renderer, 0xFF, 0x00, 0xFF, 255);
    SDL_RenderClear(picture->renderer);
    monitor_draw(&picture->canvas, view);
    picture_finish(picture);
    text_set_watch(picture->canvas.text, NULL, NULL);
    return picture;
}

static void check(const struct monitor_view *view, const char *what)
{
    static struct watch watch;

    for (int i = 0; i < SIZES; i++) {
        char name[96];

        snprintf(name, sizeof name, "%s, %dx%d", what, sizes[i].width, sizes[i].height);
        watch_start(&watch, &pictures[i]);
        draw(i, view);
        faults += watch_check(&watch, &pictures[i], name, sizes[i].pixel_mm, mm_kanji, mm_latin);
    }
}

/* All that people have looked at: each text large enough for its distance in millimetres of the
 * panel, on a ground it stands out from, over no other text. */
static void every_picture_can_be_read(void **state)
{
    int count;
    const struct wall_scene *scenes = walls(&count);

    (void)state;
    for (int i = 0; i < count; i++) {
        static struct watch watch;
        int size = scenes[i].width > scenes[i].height ? WIDE : UPRIGHT;
        const struct monitor_view *view = &scenes[i].view;

        if (view->stage.number[0] && (monitor_moving(view) || view->stage_before.number[0]))
            continue; /* texts pass over others while a stage comes or goes */
        watch_start(&watch, &pictures[size]);
        draw(size, view);
        faults += watch_check(&watch, &pictures[size], scenes[i].name, sizes[size].pixel_mm,
                              mm_kanji, mm_latin);
    }
    assert_int_equal(faults, 0);
}

/* The same on a panel of 720 lines. */
static void a_smaller_panel_can_be_read(void **state)
{
    (void)state;
    for (int desks = 1; desks <= 8; desks++) {
        struct monitor_view view = scenes_monitor(desks, desks % 2 != 0, true);
        char what[32];

        snprintf(what, sizeof what, "%d desks", desks);
        check(&view, what);
    }
    assert_int_equal(faults, 0);
}

/* Called numbers, of four glyphs too: D/120 where eight desks share a screen with a film and the
 * payment desk (Latin letters are read from D/300), D/80 up to three desks, D/54 for one. */
static void called_numbers_are_large(void **state)
{
    int count;
    const struct wall_scene *scenes = walls(&count);

    (void)state;
    for (int i = 0; i < count; i++) {
        static struct watch watch;
        int size = scenes[i].width > scenes[i].height ? WIDE : UPRIGHT;
        const struct monitor_view *view = &scenes[i].view;
        double least = view->desk_count <= 2 ? 56 : view->desk_count <= 4 ? 36 : 25;

        if (view->stage.number[0] || !view->queue || strncmp(scenes[i].name, "party", 5) == 0)
            continue;
        watch_start(&watch, &pictures[size]);
        draw(size, view);
        for (int d = 0; d < view->desk_count; d++) {
            const struct monitor_call *call = &view->desks[d].now;
            const struct watched *run = watch_find(&watch, call->number);

            if (!call->number[0] || call->party_count > 0 || call->payment)
                continue;
            assert_non_null(run);
            if (run->style.px * 0.81 * sizes[size].pixel_mm < least)
                fail_msg("%s: %s is %.0f mm high", scenes[i].name, call->number,
                         run->style.px * 0.81 * sizes[size].pixel_mm);
        }
    }
}

static void check_stage(const char *number, const char *room, const char *room_en, bool payment)
{
    struct monitor_view view = scenes_monitor(1, false, true);

    view.stage = scenes_call(number, room, room_en, payment);
    view.stage_ms = 5000;
    for (int i = 0; i < SIZES; i++) {
        static struct watch watch;
        char name[96];

        /* only what the stage draws last is seen: the panel under it is covered */
        snprintf(name, sizeof name, "stage %s %s, %dx%d", number, room, sizes[i].width,
                 sizes[i].height);
        draw(i, &view);
        watch_start(&watch, &pictures[i]);
        draw(i, &view);
        while (watch.count > 0 && strcmp(watch.runs[0].text, room) != 0 &&
               strncmp(room, watch.runs[0].text, strlen(watch.runs[0].text)) != 0) {
            watch.count--;
            memmove(&watch.runs[0], &watch.runs[1], sizeof watch.runs[0] * (size_t)watch.count);
        }
        assert_true(watch.count >= 5);
        assert_non_null(watch_find(&watch, number));
        faults += text_problems(pictures[i].canvas.text)->count;
        if (text_problems(pictures[i].canvas.text)->count)
            print_error("%s: %s\n", name, text_problems(pictures[i].canvas.text)->first);
    }
}

static void the_stage_can_be_read(void **state)
{
    (void)state;
    check_stage("14", "第1診察室", "Consultation Room 1", false);
    check_stage("11", "会計窓口", "", true);
    check_stage("108", "発熱外来 第2診察室", "Consultation Room 2", false);
    check_stage("A108", "処置室", "Treatment Room", false);
    assert_int_equal(faults, 0);
}

/* Numbers on the stage: at least D/16, D/18, D/24 for 2, 3 and 4 glyphs (look: Type). */
static void the_stage_is_large(void **state)
{
    static const struct {
        const char *number;
        double part;
    } calls[] = {{"14", 16}, {"108", 18}, {"A108", 24}};

    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct monitor_view view = scenes_monitor(1, false, true);
        static struct watch watch;
        int largest = 0;

        view.stage = scenes_call(calls[i].number, "第1診察室", "", false);
        view.stage_ms = 5000;
        watch_start(&watch, &pictures[WIDE]);
        draw(WIDE, &view);
        for (int r = 0; r < watch.count; r++)
            if (strcmp(watch.runs[r].text, calls[i].number) == 0 &&
                watch.runs[r].style.px > largest)
                largest = watch.runs[r].style.px;
        assert_true(largest * 0.81 * sizes[WIDE].pixel_mm >= 3000 / calls[i].part);
    }
}

static int count_colour(const struct picture *picture, SDL_Rect area, Uint32 colour)
{
    int count = 0;

    for (int y = area.y; y < area.y + area.h; y++)
        for (int x = area.x; x < area.x + area.w; x++)
            count += picture_pixel(picture, x, y) == colour;
    return count;
}

/* The film is exactly 16:9, all of it is left free but the label, and all else is painted: on
 * either side, as the sides change against burn-in. */
static void film_place(int i, struct monitor_view *view)
{
    struct picture *picture = &pictures[i];
    SDL_Rect film = monitor_film_area(&picture->canvas, view), all = {0};
    int free_pixels;

    assert_in_range(film.h * 16, film.w * 9 - 15, film.w * 9 + 15);
    if (!view->swapped)
        assert_int_equal(film.x + film.y, 0);
    else if (i == UPRIGHT)
        assert_true(film.x == 0 && film.y > 300);
    else
        assert_true(film.x == sizes[i].width - film.w && film.y == 0);
    view->provided = false;
    draw(i, view);
    all.w = sizes[i].width;
    all.h = sizes[i].height;
    free_pixels = count_colour(picture, film, FILM);
    assert_int_equal(free_pixels, film.w * film.h);
    assert_int_equal(count_colour(picture, all, FILM), free_pixels);
    view->provided = true;
    draw(i, view);
    assert_int_equal(picture_pixel(picture, film.x + 4, film.y + film.h - 4), PAPER);
    assert_true(count_colour(picture, film, FILM) > free_pixels * 8 / 10);
}

static void the_film_keeps_its_place(void **state)
{
    (void)state;
    for (int desks = 1; desks <= 8; desks++) {
        for (int i = 0; i < SIZES; i++) {
            for (int swapped = 0; swapped < 2; swapped++) {
                struct monitor_view view = scenes_monitor(desks, desks != 1, true);

                view.swapped = swapped;
                film_place(i, &view);
            }
        }
    }
}

/* Without a film the panels change sides too; nothing is lost by it. */
static void panels_change_sides(void **state)
{
    static const char *const words[] = {"10:42", "14", "13"};
    struct monitor_view view = scenes_monitor(1, false, false);
    static struct watch watch[2];

    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        view.swapped = swapped;
        watch_start(&watch[swapped], &pictures[WIDE]);
        draw(WIDE, &view);
    }
    assert_int_equal(watch[0].count, watch[1].count);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const struct watched *before = watch_find(&watch[0], words[i]);
        const struct watched *after = watch_find(&watch[1], words[i]);

        assert_int_equal(before->style.px, after->style.px);
        assert_true(abs(before->area.x - after->area.x) > 400);
    }
}

static void a_name_loses_its_corporation_first(void **state)
{
    static const char name[] = "医療法人社団 さくら会 さくら台クリニック",
                      shown[] = "さくら台クリニック";
    struct monitor_view view = scenes_monitor(1, false, true);

    (void)state;
    for (int i = 0; i < SIZES; i++) {
        static struct watch watch;

        snprintf(view.clinic, sizeof view.clinic, "%s", name);
        watch_start(&watch, &pictures[i]);
        draw(i, &view);
        assert_null(watch_find(&watch, name));
        assert_non_null(watch_find(&watch, shown));
        snprintf(view.clinic, sizeof view.clinic, "医療法人さくら会"); /* it fits */
        watch_start(&watch, &pictures[i]);
        draw(i, &view);
        assert_non_null(watch_find(&watch, view.clinic));
    }
}

static void corporations_are_known(void **state)
{
    static const char *const names[][2] = {
        {"医療法人社団さくら会さくら台クリニック", "さくら台クリニック"},
        {"医療法人財団　緑風会　みどり病院", "みどり病院"},
        {"社会医療法人会津会 あおば医院", "あおば医院"},
        {"医療法人会津会あおば医院", "あおば医院"},
        {"医療法人 山田医院", "山田医院"},
        {"医療法人さくら会", "医療法人さくら会"}, /* nothing would be left */
        {"さくら会クリニック", "さくら会クリニック"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(clinic_name_short(names[i][0]), names[i][1]);
}

static void services_decide_the_layout(void **state)
{
    struct monitor_view view = scenes_monitor(1, false, true);
    struct canvas *canvas = &pictures[WIDE].canvas;

    (void)state;
    assert_int_equal(monitor_film_area(canvas, &view).w, 1280);
    view = scenes_monitor(3, true, true);
    assert_int_equal(monitor_film_area(canvas, &view).w, 960);
    view = scenes_monitor(4, true, true);
    assert_int_equal(monitor_film_area(canvas, &view).w, 640);
    view.video = false;
    assert_int_equal(monitor_film_area(canvas, &view).w, 0);
    view.video = true;
    view.queue = false;
    assert_int_equal(monitor_film_area(canvas, &view).w, 1920);
    assert_int_equal(monitor_film_area(&pictures[UPRIGHT].canvas, &view).w, 1080);
}

/* Film pixels that are still seen at a moment of the call. */
static int film_left(int size, int stage_ms, int leaving_ms, bool swapped)
{
    struct monitor_view view = scenes_monitor(1, false, true);
    SDL_Rect all = {0, 0, sizes[size].width, sizes[size].height};

    view.provided = false;
    view.swapped = swapped;
    view.stage = scenes_call("14", "第1診察室", "Consultation Room 1", false);
    view.stage_ms = stage_ms;
    view.stage_leaving = leaving_ms >= 0;
    view.leaving_ms = leaving_ms < 0 ? 0 : leaving_ms;
    draw(size, &view);
    return count_colour(&pictures[size], all, FILM);
}

static void the_stage_wipes_over_the_film(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2 * SIZES; turn++) {
        bool swapped = turn >= SIZES;
        int size = turn % SIZES;
        int covered = swapped && size == UPRIGHT ? 180 : 360; /* a film in the middle: sooner */
        int whole = film_left(size, 0, -1, swapped), last = whole;

        assert_true(whole > 0);
        assert_int_equal(film_left(size, 100, -1, swapped), whole);
        for (int ms = 140; ms < 420; ms += 40) {
            int left = film_left(size, ms, -1, swapped);

            if (left > last || (left == 0 && ms < covered))
                fail_msg("%d px wide, %d ms: %d left after %d", sizes[size].width, ms, left, last);
            last = left;
        }
        assert_true(last < whole / 10);
        assert_int_equal(film_left(size, 420, -1, swapped), 0);
        assert_int_equal(film_left(size, 9000, -1, swapped), 0);
        assert_true(film_left(size, 12000, 100, swapped) > 0);
        assert_int_equal(film_left(size, 12000, 280, swapped), whole);
    }
}

/* The first frame: the panel's plate already holds the number. */
static void the_panel_comes_before_the_stage(void **state)
{
    struct monitor_view view = scenes_monitor(1, false, true);
    static struct watch watch;

    (void)state;
    view.stage = view.desks[0].now;
    view.stage_ms = 0;
    watch_start(&watch, &pictures[WIDE]);
    draw(WIDE, &view);
    assert_int_equal(watch_find(&watch, "14")->style.px, 290);
    assert_null(watch_find(&watch, "受付番号 14番のかた、第1診察室へ お入りください。"));
}

/* Right end of the orange along the middle of the plate. */
static int tip_at(int stage_ms, int second_ms, bool reduce_motion)
{
    struct monitor_view view = scenes_monitor(1, false, true);
    int x = 0;

    view.stage = scenes_call("14", "第1診察室", "", false);
    view.stage_ms = stage_ms;
    view.second_ms = second_ms;
    view.reduce_motion = reduce_motion;
    draw(WIDE, &view);
    for (int i = 0; i < 1920; i++)
        if (picture_pixel(&pictures[WIDE], i, 395) == ORANGE)
            x = i;
    return x;
}

static void the_tip_points_twice(void **state)
{
    int rest = tip_at(420, 0, false);

    (void)state;
    assert_in_range(rest, 1270, 1280);
    assert_in_range(tip_at(1020, 0, false), rest + 23, rest + 25);
    assert_in_range(tip_at(720, 0, false), rest + 11, rest + 13);
    assert_int_equal(tip_at(1620, 0, false), rest);
    assert_in_range(tip_at(2220, 0, false), rest + 23, rest + 25);
    assert_int_equal(tip_at(2820, 0, false), rest);
    assert_in_range(tip_at(8000, 600, false), rest + 23, rest + 25);
    assert_int_equal(tip_at(1020, 0, true), rest);
}

static void it_says_when_it_moves(void **state)
{
    struct monitor_view view = scenes_monitor(1, false, true);

    (void)state;
    assert_false(monitor_moving(&view));
    view.stage = view.desks[0].now;
    for (int ms = 0; ms < 2820; ms += 20) {
        view.stage_ms = ms;
        assert_true(monitor_moving(&view));
    }
    view.stage_ms = 2820;
    assert_false(monitor_moving(&view));
    view.second_ms = 500;
    assert_true(monitor_moving(&view));
    view.second_ms = 0;
    view.stage_leaving = true;
    assert_true(monitor_moving(&view));
    view.leaving_ms = 280;
    assert_false(monitor_moving(&view));
}

static void the_next_call_pushes_upwards(void **state)
{
    struct monitor_view view = scenes_monitor(1, false, true);
    SDL_Rect all = {0, 0, 1920, 1080};
    static struct watch watch;
    int first, second;

    (void)state;
    view.stage_before = scenes_call("14", "第1診察室", "", false);
    view.stage = scenes_call("15", "第1診察室", "", false);
    view.stage_ms = 60;
    watch_start(&watch, &pictures[WIDE]);
    draw(WIDE, &view);
    assert_int_equal(count_colour(&pictures[WIDE], all, FILM), 0);
    first = watch_find(&watch, "15")->area.y;
    view.stage_ms = 120;
    watch_start(&watch, &pictures[WIDE]);
    draw(WIDE, &view);
    second = watch_find(&watch, "15")->area.y;
    assert_true(second < first && second > 0);
    view.stage_ms = 240;
    watch_start(&watch, &pictures[WIDE]);
    draw(WIDE, &view);
    assert_true(watch_find(&watch, "15")->area.y < second);
}

static void long_messages_become_pages(void **state)
{
    static const char message[] = "発熱のある方は、受付へお声がけください。明日は休診日です。"
                                  "来週から予防接種を始めます。くわしくは窓口へどうぞ。";
    struct monitor_view view = scenes_monitor(3, true, true);
    struct canvas *canvas = &pictures[WIDE].canvas;
    char all[512] = "";
    int pages;

    (void)state;
    assert_int_equal(monitor_message_pages(canvas, &view), 1);
    snprintf(view.message, sizeof view.message, "%s", message);
    pages = monitor_message_pages(canvas, &view);
    assert_in_range(pages, 2, 4);
    for (int page = 0; page < pages; page++) {
        static struct watch watch;

        view.message_page = page + 3 * pages; /* counts on for ever */
        watch_start(&watch, &pictures[WIDE]);
        draw(WIDE, &view);
        for (int i = 0; i < watch.count; i++)
            if (strstr(message, watch.runs[i].text) && watch.runs[i].style.px == 52)
                strncat(all, watch.runs[i].text, sizeof all - strlen(all) - 1);
    }
    assert_string_equal(all, message);
    view.message[0] = '\0';
    assert_int_equal(monitor_message_pages(canvas, &view), 1);
}

/* A smaller television, or a longer room: larger letters and less of it, never under the floor. */
static void a_small_television_shows_less(void **state)
{
    static const struct {
        double pixel_mm, view_m;
    } rooms[] = {{531.0 / 1920, 0}, {708.0 / 1920, 4}, {941.0 / 1920, 4}};

    (void)state;
    for (size_t r = 0; r < sizeof rooms / sizeof *rooms; r++) {
        double view_m = rooms[r].view_m > 0 ? rooms[r].view_m : 3;
        const double kanji[TEXT_TIERS] = {[TIER_A] = view_m * 5},
                     latin[TEXT_TIERS] = {[TIER_A] = view_m * 1000 / 300};
        struct monitor_view view = scenes_monitor(1, false, true);
        static struct watch watch;
        struct picture picture;
        char name[64];

        snprintf(name, sizeof name, "%.3f mm, %.0f m", rooms[r].pixel_mm, view_m);
        view.view_m = rooms[r].view_m;
        picture_open(&picture, 1920, 1080, rooms[r].pixel_mm);
        watch_start(&watch, &picture);
        monitor_draw(&picture.canvas, &view);
        picture_finish(&picture);
        faults += watch_check(&watch, &picture, name, rooms[r].pixel_mm, kanji, latin);
        picture_close(&picture);
    }
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_picture_can_be_read, clear_faults),
        cmocka_unit_test_setup(a_smaller_panel_can_be_read, clear_faults),
        cmocka_unit_test(called_numbers_are_large),
        cmocka_unit_test_setup(the_stage_can_be_read, clear_faults),
        cmocka_unit_test(the_stage_is_large),
        cmocka_unit_test(the_film_keeps_its_place),
        cmocka_unit_test(panels_change_sides),
        cmocka_unit_test(a_name_loses_its_corporation_first),
        cmocka_unit_test(corporations_are_known),
        cmocka_unit_test(services_decide_the_layout),
        cmocka_unit_test(the_stage_wipes_over_the_film),
        cmocka_unit_test(the_panel_comes_before_the_stage),
        cmocka_unit_test(the_tip_points_twice),
        cmocka_unit_test(it_says_when_it_moves),
        cmocka_unit_test(the_next_call_pushes_upwards),
        cmocka_unit_test(long_messages_become_pages),
        cmocka_unit_test_setup(a_small_television_shows_less, clear_faults),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
