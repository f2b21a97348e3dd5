/* Screens against pictures that people have approved (golden.h).
 *
 * After an intended change: MACHIAI_GOLDEN_UPDATE=1 test_golden, look at the new pictures, commit.
 */
#include "golden.h"
#include "monitor.h"
#include "picture.h"
#include "scenes.h"
#include "staff_demo.h"
#include "terminal.h"
#include "walls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void compare(struct picture *picture, const char *name)
{
    picture_finish(picture);
    golden_compare(picture->surface, GOLDEN_DIR, name);
    picture_close(picture);
}

static void terminal(const char *name, int width, int height, const char *scene,
                     const char *language)
{
    struct terminal_view view = scenes_state(scene, language);
    struct picture picture;
    struct widgets widgets;

    picture_open(&picture, width, height, 0);
    terminal_draw(&picture.canvas, &view, &widgets);
    compare(&picture, name);
}

static void staff(const char *name, int width, int height, const char *scene)
{
    struct staff_view view = scenes_staff_state(scene);
    struct picture picture;
    struct widgets widgets;

    picture_open(&picture, width, height, 0);
    staff_draw(&picture.canvas, &view, &widgets);
    compare(&picture, name);
}

static void monitor(const struct wall_scene *scene)
{
    struct picture picture;
    char name[WALL_NAME_SIZE + 16];

    picture_open(&picture, scene->width, scene->height, 0);
    SDL_SetRenderDrawColor(picture.renderer, 0x80, 0xA0, 0xA8, 255);
    SDL_RenderClear(picture.renderer);
    monitor_draw(&picture.canvas, &scene->view);
    snprintf(name, sizeof name, "monitor-%s", scene->name);
    compare(&picture, name);
}

/* Each state in Japanese and in one other language, by turns; upright and on another panel. */
static void every_state_looks_as_approved(void **state)
{
    static const char *const others[] = {"en", "zh-Hans", "ko", "vi", "pt", "ja-easy"};
    enum { OTHERS = sizeof others / sizeof *others };
    char name[64];

    (void)state;
    for (int i = 0; i < TERMINAL_STATES; i++) {
        snprintf(name, sizeof name, "%s-ja", terminal_states[i]);
        terminal(name, 1080, 1920, terminal_states[i], "ja");
        snprintf(name, sizeof name, "%s-%s", terminal_states[i], others[i % OTHERS]);
        if (i % 2)
            terminal(name, 1280, 800, terminal_states[i], others[i % OTHERS]);
        else
            terminal(name, 800, 480, terminal_states[i], others[i % OTHERS]);
    }
}

/* Staff are spoken to in Japanese only. */
static void every_staff_state_looks_as_approved(void **state)
{
    char name[64];

    (void)state;
    for (int i = 0; i < STAFF_STATES; i++) {
        snprintf(name, sizeof name, "%s-upright", staff_state(i));
        staff(name, 1080, 1920, staff_state(i));
        snprintf(name, sizeof name, "%s-%s", staff_state(i), i % 2 ? "wide" : "small");
        staff(name, i % 2 ? 1280 : 800, i % 2 ? 800 : 480, staff_state(i));
    }
    staff("staff-menu-wide", 1280, 800, "staff-menu");
}

static void terminals_look_as_approved(void **state)
{
    (void)state;
    terminal("start-easy", 1080, 1920, "start", "ja-easy");
    terminal("start-wide", 1280, 800, "start", "ja");
    terminal("start-hd", 1920, 1080, "start", "ja");
    terminal("ticket-wide", 1280, 800, "ticket", "ja");
}

static void monitors_look_as_approved(void **state)
{
    int count;
    const struct wall_scene *scenes = walls(&count);

    (void)state;
    for (int i = 0; i < count; i++)
        monitor(&scenes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_looks_as_approved),
        cmocka_unit_test(every_staff_state_looks_as_approved),
        cmocka_unit_test(terminals_look_as_approved),
        cmocka_unit_test(monitors_look_as_approved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
