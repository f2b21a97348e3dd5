/* Pictures of black and white dots, and drawing on them: what a receipt printer can show. A canvas
 * on one (canvas_init_dots) costs a fraction of one with colours.
 */
#ifndef MACHIAI_SCREENS_BITMAP_H
#define MACHIAI_SCREENS_BITMAP_H

#include <SDL.h>
#include <stdbool.h>
#include <stdint.h>

/* 1 = black; rows of (width + 7) / 8 bytes, most significant bit leftmost. */
struct bitmap {
    int width, height, stride;
    uint8_t *bits;
};

/* All white. -ENOMEM. The caller ends it with bitmap_finish(). */
int bitmap_init(struct bitmap *bitmap, int width, int height) __attribute__((warn_unused_result));
void bitmap_finish(struct bitmap *bitmap);

/* What is outside of the bitmap is left out, here and below. */
void bitmap_fill(struct bitmap *bitmap, SDL_Rect area, bool black);
/* Where the mask is 1, dots become black, or else white. */
void bitmap_blit(struct bitmap *bitmap, const struct bitmap *mask, int x, int y, bool black);
/* 1 where the surface (32 bits a pixel, with alpha) covers at least half. ret_black: whether what
 * it covers with is darker than the middle. -ENOMEM, -EINVAL. */
int bitmap_of_surface(SDL_Surface *surface, struct bitmap *ret, bool *ret_black)
    __attribute__((warn_unused_result));

#endif
