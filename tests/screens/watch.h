/* Every text of a screen as it was drawn, and what must hold for all of them.
 */
#ifndef MACHIAI_TESTS_WATCH_H
#define MACHIAI_TESTS_WATCH_H

#include "picture.h"
#include "text.h"

enum { WATCH_RUNS = 256, WATCH_TEXT = 256 };

struct watched {
    char text[WATCH_TEXT];
    struct text_style style;
    SDL_Rect area;
};

struct watch {
    struct watched runs[WATCH_RUNS];
    int count;
};

void watch_start(struct watch *watch, struct picture *picture);

/* Prints, with the text and the screen's name, every text that was reported (clipped, no glyph, no
 * words), leaves the canvas, lies over another text, is smaller than its tier asks for at this
 * pixel pitch, or stands out from its ground by less than 4.5:1. Returns how many. */
int watch_check(const struct watch *watch, const struct picture *picture, const char *name,
                double pixel_mm, const double mm_kanji[TEXT_TIERS],
                const double mm_latin[TEXT_TIERS]);

/* The run with exactly this text, NULL when there is none. */
const struct watched *watch_find(const struct watch *watch, const char *text);

#endif
