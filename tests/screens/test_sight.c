/* The monitor as eyes with a colour vision deficiency see it: on the rendered pixels of every
 * picture that people have looked at, each pair of colours that meet must stand apart in lightness,
 * whatever the eye. Machado, Oliveira and Fernandes 2009, full strength.
 */
#include "monitor.h"
#include "picture.h"
#include "theme.h"
#include "walls.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { BLUR = 4, STEP = 3, SIGHTS = 5, LEAST_MEETINGS = 12, BARE_MAX = 16 };

static const struct sight {
    const char *name;
    double matrix[3][3];
} sights[SIGHTS] = {
    {"common", {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {"protan",
     {{0.152286, 1.052583, -0.204868},
      {0.114503, 0.786281, 0.099216},
      {-0.003882, -0.048116, 1.051998}}},
    {"deutan",
     {{0.367322, 0.860646, -0.227968},
      {0.280085, 0.672501, 0.047413},
      {-0.011820, 0.042940, 0.968881}}},
    {"tritan",
     {{1.255528, -0.076749, -0.178779},
      {-0.078411, 0.930809, 0.147602},
      {0.004733, 0.691367, 0.303900}}},
    {"grey", {{0.2126, 0.7152, 0.0722}, {0.2126, 0.7152, 0.0722}, {0.2126, 0.7152, 0.0722}}},
};

static double linear(Uint8 channel)
{
    double value = channel / 255.0;

    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static Uint8 encoded(double value)
{
    double bounded = fmin(fmax(value, 0), 1);
    double shown = bounded <= 0.0031308 ? bounded * 12.92 : 1.055 * pow(bounded, 1 / 2.4) - 0.055;

    return (Uint8)lround(shown * 255);
}

static SDL_Color seen(SDL_Color colour, const struct sight *sight)
{
    double in[3] = {linear(colour.r), linear(colour.g), linear(colour.b)}, out[3];

    for (int i = 0; i < 3; i++)
        out[i] =
            sight->matrix[i][0] * in[0] + sight->matrix[i][1] * in[1] + sight->matrix[i][2] * in[2];
    return (SDL_Color){encoded(out[0]), encoded(out[1]), encoded(out[2]), 255};
}

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
            theme_contrast(seen(theme_colour(a), &sights[i]), seen(theme_colour(b), &sights[i]));

        if (ratio < 3)
            fail_msg("%s: colours %d and %d meet at %.1f:1 for %s eyes", scene, a, b, ratio,
                     sights[i].name);
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
        SDL_Color a = seen(red, &sights[i]), b = seen(green, &sights[i]);

        gap[i] = abs(a.r - b.r) + abs(a.g - b.g) + abs(a.b - b.b);
        paper = seen(theme_colour(THEME_WHITE), &sights[i]);
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
