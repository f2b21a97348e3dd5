/* Every screen of the terminal, in every language, on every panel. */
#include "picture.h"
#include "scenes.h"
#include "terminal.h"
#include "watch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Panels and their pixel pitch: 21.5" upright and wide, 10.1", 7". */
static const struct panel {
    const char *name;
    int width, height;
    double pixel_mm;
} panels[] = {{"21.5 upright", 1080, 1920, 268.0 / 1080},
              {"21.5 wide", 1920, 1080, 476.0 / 1920},
              {"10.1", 1280, 800, 217.0 / 1280},
              {"7", 800, 480, 154.0 / 800}};
enum { PANELS = sizeof panels / sizeof *panels };

/* From the queue: 2 m, 1/200 and 1/300; while touching 4.5 and 3.5 mm. */
static const double mm_kanji[TEXT_TIERS] = {[TIER_A] = 2000.0 / 200, [TIER_B] = 4.5};
static const double mm_latin[TEXT_TIERS] = {[TIER_A] = 2000.0 / 300, [TIER_B] = 3.5};
#define TARGET_MM 19.95 /* 20, less a rounded pixel */

static struct picture pictures[PANELS];
static int faults; /* of the test that runs: all are printed before it fails */

static int open_panels(void **state)
{
    (void)state;
    for (int p = 0; p < PANELS; p++)
        picture_open(&pictures[p], panels[p].width, panels[p].height, 0);
    return 0;
}

static int close_panels(void **state)
{
    (void)state;
    for (int p = 0; p < PANELS; p++)
        picture_close(&pictures[p]);
    return 0;
}

static int clear_faults(void **state)
{
    (void)state;
    faults = 0;
    return 0;
}

static void check_targets(const struct widgets *widgets, const struct panel *panel,
                          const char *name)
{
    for (int i = 0; i < widgets->count; i++) {
        SDL_Rect a = widgets->list[i].area;
        double mm = fmin(a.w, a.h) * panel->pixel_mm;

        if (mm < TARGET_MM) {
            print_error("%s: %s is %.1f mm\n", name, widgets->list[i].name, mm);
            faults++;
        }
        for (int j = 0; j < i; j++) {
            if (SDL_HasIntersection(&a, &widgets->list[j].area)) {
                print_error("%s: %s and %s overlap\n", name, widgets->list[i].name,
                            widgets->list[j].name);
                faults++;
            }
        }
        faults += widgets_at(widgets, a.x + a.w / 2, a.y + a.h / 2) != &widgets->list[i];
    }
}

static void check_screen(const struct panel *panel, const struct terminal_view *view,
                         const char *what, struct widgets *ret_widgets)
{
    static struct watch watch;
    struct picture *picture = &pictures[panel - panels];
    char name[128];

    snprintf(name, sizeof name, "%s, %s, %s", what, panel->name, view->language);
    watch_start(&watch, picture);
    terminal_draw(&picture->canvas, view, ret_widgets);
    picture_finish(picture);
    faults += watch_check(&watch, picture, name, panel->pixel_mm, mm_kanji, mm_latin);
    check_targets(ret_widgets, panel, name);
}

static void every_state_can_be_read(void **state)
{
    (void)state;
    for (int p = 0; p < PANELS; p++) {
        for (int s = 0; s < TERMINAL_STATES; s++) {
            for (int l = 0; l < SCENES_LANGUAGES; l++) {
                struct terminal_view view = scenes_state(terminal_states[s], scenes_languages[l]);
                struct widgets widgets;

                check_screen(&panels[p], &view, terminal_states[s], &widgets);
            }
        }
    }
    assert_int_equal(faults, 0);
}

/* The same with the words of the other states: each reason, the slip there, nobody before. */
static void other_states_can_be_read(void **state)
{
    static const char *const reasons[] = {"before", "break", "ended", "paused", "day", "full"};
    struct widgets widgets;

    (void)state;
    for (int p = 0; p < PANELS; p++) {
        if (panels[p].width == 1920)
            continue; /* the same layout as the 10.1" panel, larger */
        for (int l = 0; l < SCENES_LANGUAGES; l++) {
            struct terminal_view view = scenes_terminal(TERMINAL_CLOSED, scenes_languages[l]);

            for (int r = CLOSED_BEFORE; r < CLOSED_REASONS; r++) {
                view.closed_reason = (enum terminal_closed)r;
                check_screen(&panels[p], &view, reasons[r], &widgets);
                snprintf(view.opens_at, sizeof view.opens_at, r % 2 ? "" : "8:30");
                view.hours_count = r % 3;
                view.qr[0] = '\0';
            }
            view = scenes_terminal(TERMINAL_TICKET, scenes_languages[l]);
            view.slip_done = true;
            view.before = 0;
            view.before_at[0] = '\0';
            snprintf(view.number, sizeof view.number, "A108");
            check_screen(&panels[p], &view, "slip done", &widgets);
            view.screen = TERMINAL_NO_SLIP;
            view.qr[0] = '\0';
            view.before = 1200;
            check_screen(&panels[p], &view, "no slip, no code", &widgets);
        }
    }
    assert_int_equal(faults, 0);
}

/* Every service is on some page, and the way to the next page stands on each. */
static void check_pages(const struct panel *panel, struct terminal_view *view)
{
    bool found[TERMINAL_SERVICES_MAX] = {false};
    struct widgets widgets;
    char what[32];

    for (view->page = 0; view->page < TERMINAL_SERVICES_MAX; view->page++) {
        snprintf(what, sizeof what, "%d services, page %d", view->service_count, view->page);
        check_screen(panel, view, what, &widgets);
        for (int i = 0; i < view->service_count; i++) {
            snprintf(what, sizeof what, "service:%s", view->services[i].id);
            if (widgets_find(&widgets, what))
                found[i] = true;
        }
        if (!widgets_find(&widgets, "more") || found[view->service_count - 1])
            break;
    }
    for (int i = 0; i < view->service_count; i++)
        assert_int_equal(found[i], view->services[i].open);
}

static void many_services_fit(void **state)
{
    static const int counts[] = {1, 2, 4, 5, 6, 8, 10, 11, 16};

    (void)state;
    for (int p = 0; p < PANELS; p++) {
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            struct terminal_view view = scenes_state("start", c % 2 ? "ja" : "pt");

            view.service_count = counts[c];
            for (int i = 3; i < counts[c]; i++) {
                view.services[i] = view.services[i % 3];
                snprintf(view.services[i].id, sizeof view.services[i].id, "s%d", i);
            }
            view.services[0].open = false;
            check_pages(&panels[p], &view);
        }
    }
    assert_int_equal(faults, 0);
}

/* Rows of the technician's screen that are to be seen, and that all of it can be read. */
static void check_rows(const struct panel *panel, const struct terminal_view *view, int count,
                       const char *what)
{
    static struct watch watch;
    struct picture *picture = &pictures[panel - panels];
    struct widgets widgets;

    watch_start(&watch, picture);
    terminal_draw(&picture->canvas, view, &widgets);
    picture_finish(picture);
    faults += watch_check(&watch, picture, what, panel->pixel_mm, mm_kanji, mm_latin);
    for (int i = 0; i < count; i++)
        if (!watch_find(&watch, view->status[i].value)) {
            print_error("%s, %s: no line %s\n", what, panel->name, view->status[i].value);
            faults++;
        }
}

/* Only a panel of 7 inches has no room for all. */
static void the_machines_state_has_room(void **state)
{
    (void)state;
    for (int p = 0; p < PANELS; p++) {
        struct terminal_view view = scenes_state("setup", "ja");
        bool small = panels[p].width == 800;

        check_rows(&panels[p], &view, small ? 4 : view.status_count, "with a code");
        view.pairing[0] = '\0';
        check_rows(&panels[p], &view, small ? 4 : view.status_count, "without a code");
        for (int i = 0; i < view.status_count; i++) /* nothing that may be left out */
            view.status[i].good = view.status[i].unknown = false;
        if (!small)
            check_rows(&panels[p], &view, view.status_count, "all wrong");
    }
    assert_int_equal(faults, 0);
}

/* As many mistakes as are kept, that there are more, and the machine. */
static void mistakes_have_room(void **state)
{
    (void)state;
    for (int p = 0; p < PANELS; p++) {
        struct terminal_view view = scenes_state("setup", "ja");

        view.pairing[0] = '\0';
        view.status_count = 11;
        for (int i = 0; i < 9; i++) {
            snprintf(view.status[i].name, sizeof view.status[i].name, "setup.config");
            snprintf(view.status[i].value, sizeof view.status[i].value,
                     "%d行目：[cloud] に colour はありません", 100 + i);
            view.status[i].good = view.status[i].unknown = false;
        }
        /* on an upright panel each has two lines */
        check_rows(&panels[p], &view, panels[p].width < panels[p].height ? 0 : 9, "mistakes");
    }
    assert_int_equal(faults, 0);
}

static void assert_widgets(const struct widgets *widgets, const char *const *names)
{
    int count = 0;

    for (; names[count]; count++)
        if (!widgets_find(widgets, names[count]))
            fail_msg("no widget %s", names[count]);
    assert_int_equal(widgets->count, count);
}

static void what_can_be_pressed_has_its_name(void **state)
{
    struct terminal_view view = scenes_terminal(TERMINAL_START, "ja");
    struct widgets widgets;

    (void)state;
    check_screen(&panels[0], &view, "start", &widgets);
    assert_widgets(&widgets, (const char *[]){"service:naika", "service:shonika", "service:yobo",
                                              "checkin", "language:ja", "language:ja-easy",
                                              "language:en", "language:zh-Hans", "language:ko",
                                              "language:vi", "language:pt", "voice", NULL});
    view.show_checkin = view.voice_button = false;
    check_screen(&panels[3], &view, "start", &widgets);
    assert_widgets(&widgets, (const char *[]){"service:naika", "service:shonika", "service:yobo",
                                              "languages", NULL});
    view.languages_open = true;
    check_screen(&panels[3], &view, "languages", &widgets);
    assert_widgets(&widgets, (const char *[]){"language:ja", "language:ja-easy", "language:en",
                                              "language:zh-Hans", "language:ko", "language:vi",
                                              "language:pt", "back", NULL});
    view = scenes_terminal(TERMINAL_TICKET, "ja");
    check_screen(&panels[0], &view, "ticket", &widgets);
    assert_widgets(&widgets, (const char *[]){"again", "finish", NULL});
    view.screen = TERMINAL_NO_SLIP;
    check_screen(&panels[0], &view, "no slip", &widgets);
    assert_widgets(&widgets, (const char *[]){"longer", "finish", NULL});
    view = scenes_state("no_slip-family", "ja"); /* each person's code can be reached */
    check_screen(&panels[0], &view, "no slip, party", &widgets);
    assert_widgets(&widgets, (const char *[]){"longer", "finish", "code", NULL});
    view = scenes_state("ticket-family", "ja");
    check_screen(&panels[0], &view, "ticket, party", &widgets);
    assert_widgets(&widgets, (const char *[]){"again", "finish", "code", NULL});
    view.screen = TERMINAL_WAIT;
    check_screen(&panels[0], &view, "wait", &widgets);
    assert_int_equal(widgets.count, 0);
}

/* Everything to press lies under y 400 of an upright panel: reach from a wheelchair. */
static void targets_are_in_reach(void **state)
{
    (void)state;
    for (int s = 0; s < TERMINAL_STATES; s++) {
        struct terminal_view view = scenes_state(terminal_states[s], "ja");
        struct widgets widgets;

        check_screen(&panels[0], &view, terminal_states[s], &widgets);
        for (int i = 0; i < widgets.count; i++)
            assert_true(widgets.list[i].area.y >= 400);
    }
}

static Uint32 pixel_under(const struct terminal_view *view, const char *widget, int from_foot)
{
    struct picture picture;
    struct widgets widgets;
    const struct widget *found;
    Uint32 pixel;

    picture_open(&picture, 1080, 1920, 0);
    terminal_draw(&picture.canvas, view, &widgets);
    picture_finish(&picture);
    found = widgets_find(&widgets, widget);
    assert_non_null(found);
    pixel = picture_pixel(&picture, found->area.x + found->area.w / 2,
                          found->area.y + found->area.h - from_foot);
    picture_close(&picture);
    return pixel;
}

static void pressing_shows(void **state)
{
    struct terminal_view view = scenes_terminal(TERMINAL_START, "ja");

    (void)state;
    assert_int_equal(pixel_under(&view, "service:naika", 3), 0x0A2850);
    snprintf(view.pressed, sizeof view.pressed, "service:naika");
    assert_int_equal(pixel_under(&view, "service:naika", 3), 0x14407F);
    assert_int_equal(pixel_under(&view, "service:shonika", 3), 0x0A2850);
}

/* Same view, same pixels. */
static void drawing_keeps_nothing(void **state)
{
    struct terminal_view view = scenes_terminal(TERMINAL_START, "ja"), other = view;
    struct picture picture;
    struct widgets widgets;
    size_t bytes;
    void *first;

    (void)state;
    picture_open(&picture, 1280, 800, 0);
    bytes = (size_t)picture.surface->pitch * (size_t)picture.surface->h;
    first = test_malloc(bytes);
    terminal_draw(&picture.canvas, &view, &widgets);
    picture_finish(&picture);
    memcpy(first, picture.surface->pixels, bytes);
    for (int s = 0; s < TERMINAL_STATES; s++) {
        other = scenes_state(terminal_states[s], scenes_languages[s % SCENES_LANGUAGES]);
        terminal_draw(&picture.canvas, &other, &widgets);
    }
    terminal_draw(&picture.canvas, &view, &widgets);
    picture_finish(&picture);
    assert_memory_equal(first, picture.surface->pixels, bytes);
    test_free(first);
    picture_close(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_state_can_be_read, clear_faults),
        cmocka_unit_test_setup(other_states_can_be_read, clear_faults),
        cmocka_unit_test_setup(many_services_fit, clear_faults),
        cmocka_unit_test_setup(the_machines_state_has_room, clear_faults),
        cmocka_unit_test_setup(mistakes_have_room, clear_faults),
        cmocka_unit_test(what_can_be_pressed_has_its_name),
        cmocka_unit_test(targets_are_in_reach),
        cmocka_unit_test(pressing_shows),
        cmocka_unit_test(drawing_keeps_nothing),
    };

    return cmocka_run_group_tests(tests, open_panels, close_panels);
}
