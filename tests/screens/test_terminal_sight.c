/* The terminal's and the staff menu's states as eyes with a colour vision deficiency see them, on
 * every panel: each differs from each other one in lightness, on the rendered pixels, an eighth of
 * their size. Machado, Oliveira and Fernandes 2009, full strength.
 */
#include "picture.h"
#include "scenes.h"
#include "staff_demo.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { REDUCE = 8, CELLS_MAX = 1920 / REDUCE * (1080 / REDUCE) };
enum { EYES = 4, APART_PERCENT = 8, LEAST_CELLS = 12 };

struct panel {
    int width, height;
};

static const struct panel panels[] = {{1080, 1920}, {1920, 1080}, {1280, 800}, {800, 480}};

/* Lightness that each eye takes from linear red, green and blue: Y of the simulated colour. */
static const struct {
    const char *name;
    double weight[3];
} eyes[EYES] = {
    {"common", {0.2126, 0.7152, 0.0722}},
    {"protan", {0.1140, 0.7827, 0.1034}},
    {"deutan", {0.2776, 0.6670, 0.0554}},
    {"tritan", {0.2112, 0.6993, 0.0895}},
};

static double linear(Uint32 channel)
{
    double value = (channel & 0xFFu) / 255.0;

    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

/* What each eye sees of a picture: mean lightness of each cell, as L* in percent. */
struct seen {
    float cells[EYES][CELLS_MAX];
    int count;
};

static void look(const struct picture *picture, const struct panel *panel, struct seen *ret)
{
    static double table[256];
    int columns = panel->width / REDUCE;

    for (Uint32 i = 0; i < 256 && table[255] == 0; i++)
        table[i] = linear(i);
    ret->count = columns * (panel->height / REDUCE);
    for (int i = 0; i < ret->count; i++) {
        double sum[3] = {0};

        for (int p = 0; p < REDUCE * REDUCE; p += 3) {
            Uint32 pixel = picture_pixel(picture, i % columns * REDUCE + p % REDUCE,
                                         i / columns * REDUCE + p / REDUCE);

            for (int c = 0; c < 3; c++)
                sum[c] += table[pixel >> (16 - 8 * c) & 0xFFu];
        }
        for (int eye = 0; eye < EYES; eye++) {
            const double *weight = eyes[eye].weight;
            double y = weight[0] * sum[0] + weight[1] * sum[1] + weight[2] * sum[2];

            ret->cells[eye][i] = (float)(116 * cbrt(y / ((REDUCE * REDUCE + 2) / 3)) - 16);
        }
    }
}

static void see_terminal(const struct terminal_view *view, const struct panel *panel,
                         struct seen *ret)
{
    struct picture picture;
    struct widgets widgets;

    picture_open(&picture, panel->width, panel->height, 0);
    terminal_draw(&picture.canvas, view, &widgets);
    picture_finish(&picture);
    look(&picture, panel, ret);
    picture_close(&picture);
}

static void see_staff(const struct staff_view *view, const struct panel *panel, struct seen *ret)
{
    struct picture picture;
    struct widgets widgets;

    picture_open(&picture, panel->width, panel->height, 0);
    staff_draw(&picture.canvas, view, &widgets);
    picture_finish(&picture);
    look(&picture, panel, ret);
    picture_close(&picture);
}

/* The number of eyes that do not see them apart. */
static int melted(const char *a_name, const struct seen *a, const char *b_name,
                  const struct seen *b, const struct panel *panel)
{
    int faults = 0;

    for (int eye = 0; eye < EYES; eye++) {
        int apart = 0;

        for (int i = 0; i < a->count && apart < LEAST_CELLS; i++)
            apart += fabsf(a->cells[eye][i] - b->cells[eye][i]) > APART_PERCENT;
        if (apart >= LEAST_CELLS)
            continue;
        print_error("%s and %s at %dx%d: %s eyes see %d cells apart\n", a_name, b_name,
                    panel->width, panel->height, eyes[eye].name, apart);
        faults++;
    }
    return faults;
}

/* The page on the clinic's network has its button in the menu, on a small panel among the people:
 * in the other place there is nothing to tell apart. */
static bool same_here(const char *a, const char *b, const struct panel *panel)
{
    bool small = panel->width < 1000;

    return strcmp(a, small ? "staff-menu-offline" : "staff-people") == 0 &&
           strcmp(b, small ? "staff-menu-lan" : "staff-people-lan") == 0;
}

/* Each state from each other one, on this panel. */
static int check_all(struct seen *seen, const char *(*name)(int), int count,
                     const struct panel *panel)
{
    int faults = 0;

    for (int a = 0; a < count; a++)
        for (int b = a + 1; b < count; b++)
            if (!same_here(name(a), name(b), panel))
                faults += melted(name(a), &seen[a], name(b), &seen[b], panel);
    return faults;
}

static const char *terminal_name(int index)
{
    return terminal_states[index];
}

static void states_are_told_apart(void **state)
{
    struct seen *seen = calloc(TERMINAL_STATES, sizeof *seen);
    int faults = 0;

    (void)state;
    assert_non_null(seen);
    for (size_t p = 0; p < sizeof panels / sizeof *panels; p++) {
        for (int i = 0; i < TERMINAL_STATES; i++) {
            struct terminal_view view = scenes_state(terminal_states[i], "ja");

            see_terminal(&view, &panels[p], &seen[i]);
        }
        faults += check_all(seen, terminal_name, TERMINAL_STATES, &panels[p]);
    }
    free(seen);
    assert_int_equal(faults, 0);
}

static void staff_states_are_told_apart(void **state)
{
    struct seen *seen = calloc(STAFF_STATES, sizeof *seen);
    int faults = 0;

    (void)state;
    assert_non_null(seen);
    for (size_t p = 0; p < sizeof panels / sizeof *panels; p++) {
        for (int i = 0; i < STAFF_STATES; i++) {
            struct staff_view view = scenes_staff_state(staff_state(i));

            see_staff(&view, &panels[p], &seen[i]);
        }
        faults += check_all(seen, staff_state, STAFF_STATES, &panels[p]);
    }
    free(seen);
    assert_int_equal(faults, 0);
}

static void check_pair(const char *what, const struct terminal_view *a,
                       const struct terminal_view *b)
{
    static struct seen first, second;

    for (size_t p = 0; p < sizeof panels / sizeof *panels; p++) {
        see_terminal(a, &panels[p], &first);
        see_terminal(b, &panels[p], &second);
        assert_int_equal(melted("plain", &first, what, &second, &panels[p]), 0);
    }
}

/* Chosen, pressed and closed are no matter of colour alone. */
static void marks_are_told_apart(void **state)
{
    struct terminal_view plain = scenes_state("start", "ja"), other = plain;

    (void)state;
    snprintf(other.language, sizeof other.language, "ja-easy");
    check_pair("language", &plain, &other);
    other = plain;
    other.services[0].open = false;
    check_pair("paused service", &plain, &other);
    other = plain;
    other.no_voice = true;
    check_pair("wish", &plain, &other);
    other = plain;
    snprintf(other.pressed, sizeof other.pressed, "service:naika");
    check_pair("pressed", &plain, &other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_told_apart),
        cmocka_unit_test(staff_states_are_told_apart),
        cmocka_unit_test(marks_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
