/* The staff menu on every panel: all of it can be read and pressed. */
#include "picture.h"
#include "scenes.h"
#include "staff_demo.h"
#include "watch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct panel {
    const char *name;
    int width, height;
    double pixel_mm;
} panels[] = {{"21.5 upright", 1080, 1920, 268.0 / 1080},
              {"21.5 wide", 1920, 1080, 476.0 / 1920},
              {"10.1", 1280, 800, 217.0 / 1280},
              {"7", 800, 480, 154.0 / 800}};
enum { PANELS = sizeof panels / sizeof *panels };

/* Staff touch it: tier B alone. */
static const double mm_kanji[TEXT_TIERS] = {[TIER_B] = 4.5},
                    mm_latin[TEXT_TIERS] = {[TIER_B] = 3.5};
#define TARGET_MM 19.95 /* 20, less a rounded pixel */

static int faults;

static void check_targets(const struct widgets *widgets, const struct panel *panel,
                          const char *name)
{
    for (int i = 0; i < widgets->count; i++) {
        SDL_Rect a = widgets->list[i].area;

        if (fmin(a.w, a.h) * panel->pixel_mm < TARGET_MM) {
            print_error("%s: %s is %.1f mm\n", name, widgets->list[i].name,
                        fmin(a.w, a.h) * panel->pixel_mm);
            faults++;
        }
        for (int j = 0; j < i; j++)
            if (SDL_HasIntersection(&a, &widgets->list[j].area)) {
                print_error("%s: %s and %s overlap\n", name, widgets->list[i].name,
                            widgets->list[j].name);
                faults++;
            }
    }
}

static void check(const struct panel *panel, const struct staff_view *view, const char *what,
                  struct widgets *ret_widgets)
{
    static struct watch watch;
    struct picture picture;
    char name[128];

    snprintf(name, sizeof name, "%s, %s", what, panel->name);
    picture_open(&picture, panel->width, panel->height, 0);
    watch_start(&watch, &picture);
    staff_draw(&picture.canvas, view, ret_widgets);
    picture_finish(&picture);
    faults += watch_check(&watch, &picture, name, panel->pixel_mm, mm_kanji, mm_latin);
    check_targets(ret_widgets, panel, name);
    picture_close(&picture);
}

static void every_screen_can_be_read_and_pressed(void **state)
{
    struct widgets widgets;

    (void)state;
    for (int p = 0; p < PANELS; p++)
        for (int s = 0; s < STAFF_STATES; s++) {
            struct staff_view view = scenes_staff_state(staff_state(s));

            check(&panels[p], &view, staff_state(s), &widgets);
            assert_non_null(widgets_find(&widgets, "close"));
        }
    assert_int_equal(faults, 0);
}

/* Nobody called, nobody waits; many rooms and people; each sentence; a locked keypad. */
static void other_states_can_be_read(void **state)
{
    static const char *const results[] = {"staff.done",   "act.nobody",      "act.unknown_number",
                                          "act.not_now",  "act.not_here",    "act.noted",
                                          "act.failed",   "staff.printing",  "staff.usb_written",
                                          "staff.no_usb", "staff.no_printer"};
    struct widgets widgets;

    (void)state;
    faults = 0;
    for (int p = 0; p < PANELS; p++) {
        struct staff_view view = scenes_staff_state("staff-menu");

        view.offline = false;
        for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
            snprintf(view.result, sizeof view.result, "%s", results[i]);
            check(&panels[p], &view, results[i], &widgets);
        }
        view.called[0] = view.next[0] = '\0';
        assert_true((widgets_find(&widgets, "people") != NULL) == (panels[p].width == 800));
        assert_true((widgets_find(&widgets, "row:0") != NULL) == (panels[p].width != 800));
        view.row_count = 0;
        view.paused = true;
        check(&panels[p], &view, "nobody", &widgets);
        assert_null(widgets_find(&widgets, "next"));
        assert_null(widgets_find(&widgets, "absent"));
        view.place_count = STAFF_PLACES_MAX;
        for (int i = 3; i < STAFF_PLACES_MAX; i++)
            view.places[i] = view.places[i % 3];
        view.place = 11;
        check(&panels[p], &view, "many rooms", &widgets);
        view = scenes_staff_state("staff-pin");
        view.locked_s = 3600;
        snprintf(view.result, sizeof view.result, "staff.wrong_pin");
        check(&panels[p], &view, "locked", &widgets);
        snprintf(view.result, sizeof view.result, "staff.no_pin");
        check(&panels[p], &view, "no PIN", &widgets);
    }
    assert_int_equal(faults, 0);
}

/* From the list alone everybody can be called, page after page. */
static void everybody_is_on_some_page(void **state)
{
    struct widgets widgets;
    char name[WIDGET_NAME_SIZE];

    (void)state;
    faults = 0;
    for (int p = 0; p < PANELS; p++) {
        struct staff_view view = scenes_staff_state("staff-people");
        bool found[STAFF_ROWS_MAX] = {false};

        view.row_count = STAFF_ROWS_MAX;
        for (int i = 7; i < STAFF_ROWS_MAX; i++)
            view.rows[i] = view.rows[i % 7];
        for (view.page = 0; view.page < STAFF_ROWS_MAX; view.page++) {
            check(&panels[p], &view, "people", &widgets);
            assert_non_null(widgets_find(&widgets, "number"));
            for (int i = 0; i < STAFF_ROWS_MAX; i++) {
                snprintf(name, sizeof name, "row:%d", i);
                found[i] = found[i] || widgets_find(&widgets, name) != NULL;
            }
        }
        for (int i = 0; i < STAFF_ROWS_MAX; i++)
            assert_true(found[i]);
    }
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_screen_can_be_read_and_pressed),
        cmocka_unit_test(other_states_can_be_read),
        cmocka_unit_test(everybody_is_on_some_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
