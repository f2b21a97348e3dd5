/* A coverage mask: polygons with smooth edges, from which plates and icons are made. SDL draws
 * polygons with hard steps; a step of one pixel is seen on a 32" sign.
 */
#ifndef MACHIAI_SCREENS_MASK_H
#define MACHIAI_SCREENS_MASK_H

#include <SDL.h>
#include <stdint.h>

enum { MASK_POINTS_MAX = 128, MASK_SIDE_MAX = 4096 };

struct point {
    float x, y; /* pixels from the mask's top left corner */
};

struct mask {
    int width, height;
    uint8_t *cover; /* width * height, 255 = wholly covered */
};

int mask_init(struct mask *mask, int width, int height) __attribute__((warn_unused_result));
void mask_finish(struct mask *mask);

/* Adds or cuts out a closed polygon (even-odd rule). Parts outside the mask are left out. */
void mask_add(struct mask *mask, const struct point *points, int count);
void mask_cut(struct mask *mask, const struct point *points, int count);

/* The polygon drawn inwards by `by` on every side; for convex polygons given clockwise. */
void mask_inset(const struct point *points, int count, float by, struct point *ret);

/* White with the coverage as alpha. NULL when there is no memory; SDL_FreeSurface() it. */
SDL_Surface *mask_surface(const struct mask *mask);

#endif
