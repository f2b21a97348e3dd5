/* The monitor as eyes with a colour vision deficiency see it: on the rendered pixels of every
 * picture that people have looked at, each pair of colours that meet must stand apart in lightness,
 * whatever the eye.
 */
#include "monitor.h"
#include "picture.h"
#include "sight.h"
#include "theme.h"
#include "walls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { BLUR = 4, STEP = 3, LEAST_MEETINGS = 12, BARE_MAX = 16 };

/* THEME_COLOURS for a pixel of an edge or of the film. */
static enum theme_colour colour_of(Uint32 pixel)
{
    for (enum theme_colour i = 0; i < THEME_COLOURS; i++) {
        SDL_Color colour = theme_colour(i);

        if (pixel == ((Uint32)colour.r << 16 | (Uint32)colour.g << 8 | colour.b))
            return i;
    }
    return THEME_COLOURS;
}

/* How often each pair of colours meets, with no more than a letter's soft edge between; and where
 * orange ends and a light ground begins, along each way of walking. */
struct meetings {
    int count[THEME_COLOURS][THEME_COLOURS];
    int bare[2][BARE_MAX], bare_count[2]; /* [0] x of ends to the right, [1] y of ends downwards */
};

static void note_bare(struct meetings *meetings, int way, int at)
{
    for (int i = 0; i < meetings->bare_count[way]; i++)
        if (abs(meetings->bare[way][i] - at) <= BLUR)
            return;
    if (meetings->bare_count[way] < BARE_MAX)
        meetings->bare[way][meetings->bare_count[way]++] = at;
}

static bool light(enum theme_colour colour)
{
    return colour == THEME_PAPER || colour == THEME_WHITE;
}

static void walk(const struct picture *picture, int x, int y, int dx, int dy,
                 struct meetings *meetings)
{
    enum theme_colour last = THEME_COLOURS;
    int between = 0;

    for (; x < picture->surface->w && y < picture->surface->h; x += dx, y += dy) {
        enum theme_colour here = colour_of(picture_pixel(picture, x, y));

        if (here == THEME_COLOURS) {
            between++;
            continue;
        }
        if (last == THEME_ORANGE && light(here) && between <= BLUR)
            note_bare(meetings, dy, dx ? x : y);
        else if (last != THEME_COLOURS && last != here && between <= BLUR &&
                 !(light(last) && here == THEME_ORANGE))
            meetings->count[last < here ? last : here][last < here ? here : last]++;
        last = here;
        between = 0;
    }
}

static void look_at(const struct wall_scene *scene, struct meetings *meetings)
{
    struct picture picture;

    memset(meetings, 0, sizeof *meetings);
    picture_open(&picture, scene->width, scene->height, 0);
    SDL_SetRenderDrawColor(picture.renderer, 0x12, 0x34, 0x56, 255); /* the film: no theme colour */
    SDL_RenderClear(picture.renderer);
    monitor_draw(&picture.canvas, &scene->view);
    picture_finish(&picture);
    for (int y = 0; y < scene->height; y += STEP)
        walk(&picture, 0, y, 1, 0, meetings);
    for (int x = 0; x < scene->width; x += STEP)
        walk(&picture, x, 0, 0, 1, meetings);
    picture_close(&picture);
}

/* A white plate on paper has a frame of ink; hairlines are never the sole sign. */
static bool decoration(enum theme_colour a, enum theme_colour b)
{
    return a == THEME_RULE || b == THEME_RULE || (a == THEME_PAPER && b == THEME_WHITE);
}

static void check_pair(const char *scene, enum theme_colour a, enum theme_colour b)
{
    for (int i = 0; i < SIGHTS; i++) {
        double ratio =
            theme_contrast(sight_seen(theme_colour(a), i), sight_seen(theme_colour(b), i));

        if (ratio < 3)
            fail_msg("%s: colours %d and %d meet at %.1f:1 for %s eyes", scene, a, b, ratio,
                     sight_name(i));
    }
}

/* Orange is as light as paper: where a plate points, it touches its blue room or has an edge of
 * ink. A straight edge that says nothing may end on paper: that is one place a plate, a point is
 * many. */
static void what_meets_stands_apart(void **state)
{
    int count, pairs = 0;
    const struct wall_scene *scenes = walls(&count);

    (void)state;
    for (int i = 0; i < count; i++) {
        static struct meetings meetings;

        if (scenes[i].view.stage_leaving || monitor_moving(&scenes[i].view))
            continue; /* cut through the middle of its plates */
        look_at(&scenes[i], &meetings);
        if (meetings.bare_count[0] > 0 || meetings.bare_count[1] > 1)
            fail_msg("%s: orange ends on paper to the right in %d places, downwards in %d",
                     scenes[i].name, meetings.bare_count[0], meetings.bare_count[1]);
        for (enum theme_colour a = 0; a < THEME_COLOURS; a++)
            for (enum theme_colour b = a + 1; b < THEME_COLOURS; b++)
                if (meetings.count[a][b] >= LEAST_MEETINGS && !decoration(a, b)) {
                    check_pair(scenes[i].name, a, b);
                    pairs++;
                }
    }
    assert_true(pairs > 2 * count);
}

/* The simulation itself: orange and a green of the same lightness melt together for red-green
 * types only, which a wrong matrix would not show. */
static void the_simulated_eyes_are_right(void **state)
{
    SDL_Color red = {0xC0, 0x30, 0x30, 255}, green = {0x3A, 0x78, 0x10, 255}, paper;
    double gap[SIGHTS];

    (void)state;
    for (int i = 0; i < SIGHTS; i++) {
        SDL_Color a = sight_seen(red, i), b = sight_seen(green, i);

        gap[i] = abs(a.r - b.r) + abs(a.g - b.g) + abs(a.b - b.b);
        paper = sight_seen(theme_colour(THEME_WHITE), i);
        assert_in_range(paper.r, 250, 255);
        assert_in_range(paper.b, 250, 255);
    }
    assert_true(gap[0] > 200);
    assert_true(gap[2] < 0.5 * gap[0]); /* deutan */
    assert_true(gap[3] > 0.7 * gap[0]); /* tritan */
    assert_true(gap[4] < 30);           /* grey */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_meets_stands_apart),
        cmocka_unit_test(the_simulated_eyes_are_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
