/* The terminal's states as eyes with a colour vision deficiency see them: each pair that a person
 * has to tell apart differs in lightness, on the rendered pixels, an eighth of their size.
 * Machado, Oliveira and Fernandes 2009, full strength.
 */
#include "picture.h"
#include "scenes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 1080, HEIGHT = 1920, REDUCE = 8, CELLS = WIDTH / REDUCE * (HEIGHT / REDUCE) };
enum { EYES = 4, APART_PERCENT = 8, LEAST_CELLS = 12 };

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

/* Mean lightness of each cell, as L* in percent. */
static void look(const struct terminal_view *view, int eye, double *ret)
{
    struct picture picture;
    struct widgets widgets;

    picture_open(&picture, WIDTH, HEIGHT, 0);
    terminal_draw(&picture.canvas, view, &widgets);
    picture_finish(&picture);
    for (int i = 0; i < CELLS; i++) {
        double sum = 0;

        for (int p = 0; p < REDUCE * REDUCE; p += 3) {
            Uint32 pixel = picture_pixel(&picture, i % (WIDTH / REDUCE) * REDUCE + p % REDUCE,
                                         i / (WIDTH / REDUCE) * REDUCE + p / REDUCE);

            sum += eyes[eye].weight[0] * linear(pixel >> 16) +
                   eyes[eye].weight[1] * linear(pixel >> 8) + eyes[eye].weight[2] * linear(pixel);
        }
        ret[i] = 116 * cbrt(sum / ((REDUCE * REDUCE + 2) / 3)) - 16;
    }
    picture_close(&picture);
}

static void check_pair(const char *what, const struct terminal_view *a,
                       const struct terminal_view *b)
{
    static double first[CELLS], second[CELLS];

    for (int eye = 0; eye < EYES; eye++) {
        int apart = 0;

        look(a, eye, first);
        look(b, eye, second);
        for (int i = 0; i < CELLS; i++)
            apart += fabs(first[i] - second[i]) > APART_PERCENT;
        if (apart < LEAST_CELLS)
            fail_msg("%s: %s eyes see %d cells apart", what, eyes[eye].name, apart);
    }
}

static void states_are_told_apart(void **state)
{
    static const char *const pairs[][2] = {{"ticket", "ticket-done"},
                                           {"ticket", "no_slip"},
                                           {"ticket", "ticket-family"},
                                           {"ticket", "ticket-booked"},
                                           {"closed-paused", "closed-full"},
                                           {"closed-break", "closed-ended"},
                                           {"start", "start-focus"},
                                           {"start", "start-printer"},
                                           {"start-printer", "start-maintenance"},
                                           {"start", "start-party"},
                                           {"persons", "persons-party"},
                                           {"unavailable", "unavailable-no_service"},
                                           {"refused-full", "refused-no_booking"}};

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct terminal_view a = scenes_state(pairs[i][0], "ja");
        struct terminal_view b = scenes_state(pairs[i][1], "ja");

        check_pair(pairs[i][1], &a, &b);
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
        cmocka_unit_test(marks_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
