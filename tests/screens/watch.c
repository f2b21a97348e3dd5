#include "watch.h"

#include "utf8.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Ink in em, as measured in BIZ UDGothic. */
#define KANJI_EM 0.95
#define LATIN_EM 0.81

static void take(void *context, const struct text_run *run)
{
    struct watch *watch = context;
    struct watched *taken = &watch->runs[watch->count];

    assert_true(watch->count < WATCH_RUNS);
    watch->count++;
    snprintf(taken->text, sizeof taken->text, "%s", run->text);
    taken->style = run->style;
    taken->area = run->area;
}

void watch_start(struct watch *watch, struct picture *picture)
{
    watch->count = 0;
    *text_problems(picture->canvas.text) = (struct text_problems){0};
    text_set_watch(picture->canvas.text, take, watch);
}

static bool wide(const char *text)
{
    const char *end = text + strlen(text);

    while (text < end)
        if (utf8_is_wide(utf8_next(&text, end)))
            return true;
    return false;
}

static double linear(Uint32 channel)
{
    double value = (channel & 0xFFu) / 255.0;

    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double luminance(Uint32 rgb)
{
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
}

static double contrast(Uint32 a, Uint32 b)
{
    double la = luminance(a), lb = luminance(b);

    return la > lb ? (la + 0.05) / (lb + 0.05) : (lb + 0.05) / (la + 0.05);
}

/* The colour that most of the area has, other than the text's own. */
static Uint32 ground_of(const struct picture *picture, SDL_Rect area, Uint32 own)
{
    enum { KINDS = 64 };
    Uint32 colours[KINDS];
    int counts[KINDS] = {0}, kinds = 0, best = 0;

    for (int y = area.y; y < area.y + area.h; y += 2) {
        for (int x = area.x; x < area.x + area.w; x += 2) {
            Uint32 pixel = picture_pixel(picture, x, y);
            int i = 0;

            if (pixel == own)
                continue;
            while (i < kinds && colours[i] != pixel)
                i++;
            if (i == kinds && kinds < KINDS) {
                colours[kinds++] = pixel;
            } else if (i == kinds) {
                continue;
            }
            if (++counts[i] > counts[best])
                best = i;
        }
    }
    return kinds > 0 ? colours[best] : own;
}

static int check_one(const struct watched *run, const struct picture *picture, const char *name,
                     int least)
{
    SDL_Color c = theme_colour(run->style.colour);
    Uint32 own = (Uint32)c.r << 16 | (Uint32)c.g << 8 | c.b;
    SDL_Rect canvas = {0, 0, picture->surface->w, picture->surface->h}, inside;
    int faults = 0;

    if (!SDL_IntersectRect(&canvas, &run->area, &inside) || !SDL_RectEquals(&inside, &run->area)) {
        print_error("%s: \"%s\" leaves the canvas\n", name, run->text);
        return 1;
    }
    if (run->style.px < least) {
        print_error("%s: \"%s\" is %d px, its distance asks for %d\n", name, run->text,
                    run->style.px, least);
        faults++;
    }
    if (contrast(own, ground_of(picture, run->area, own)) < 4.5) {
        print_error("%s: \"%s\" stands out by less than 4.5:1\n", name, run->text);
        faults++;
    }
    return faults;
}

static int check_pair(const struct watched *a, const struct watched *b, const char *name)
{
    SDL_Rect both;

    /* Advance boxes end in a little air: two pixels of touching are none in ink. */
    if (!SDL_IntersectRect(&a->area, &b->area, &both) || both.w <= 2 ||
        both.h <= 2 + a->style.px / 16)
        return 0;
    print_error("%s: \"%s\" and \"%s\" lie over each other by %dx%d\n", name, a->text, b->text,
                both.w, both.h);
    return 1;
}

int watch_check(const struct watch *watch, const struct picture *picture, const char *name,
                double pixel_mm, const double mm_kanji[TEXT_TIERS],
                const double mm_latin[TEXT_TIERS])
{
    const struct text_problems *problems = text_problems(picture->canvas.text);
    int faults = problems->count;

    if (problems->count > 0)
        print_error("%s: %d problems, first: %s\n", name, problems->count, problems->first);
    for (int i = 0; i < watch->count; i++) {
        const struct watched *run = &watch->runs[i];
        double mm = wide(run->text) ? mm_kanji[run->style.tier] : mm_latin[run->style.tier];
        double em = wide(run->text) ? KANJI_EM : LATIN_EM;

        faults += check_one(run, picture, name, (int)ceil(mm / em / pixel_mm - 1e-6));
        for (int j = 0; j < i; j++)
            faults += check_pair(run, &watch->runs[j], name);
    }
    return faults;
}

const struct watched *watch_find(const struct watch *watch, const char *text)
{
    for (int i = 0; i < watch->count; i++)
        if (strcmp(watch->runs[i].text, text) == 0)
            return &watch->runs[i];
    return NULL;
}
