/* Pictures that are made once and drawn often: lines of text in their colour; icons and corners
 * white, with their coverage as alpha, whose colour comes at drawing. The oldest go when the store
 * is full.
 */
#ifndef MACHIAI_SCREENS_SPRITE_H
#define MACHIAI_SCREENS_SPRITE_H

#include "bitmap.h"

#include <SDL.h>
#include <stddef.h>

enum { SPRITES_MAX = 512, SPRITE_KEY_SIZE = 320, SPRITE_BYTES_MAX = 64 << 20 };

struct sprite {
    SDL_Texture *texture; /* NULL: nothing to draw (a space), or */
    struct bitmap mask;   /* its dots, on a canvas of dots, */
    bool black;           /* in black or white */
    int width, height;
    int baseline; /* of text, from the top */
    int advance;  /* of text: where the next begins */
};

struct sprite_store;

int sprite_store_create(SDL_Renderer *renderer, struct sprite_store **ret)
    __attribute__((warn_unused_result));
/* From now on sprites are masks, drawn on these dots; their colour is that of the surface. */
void sprite_store_dots(struct sprite_store *store, struct bitmap *dots);
void sprite_store_destroy(struct sprite_store *store);

/* Valid until the next sprite_put(); NULL when it is not there. */
const struct sprite *sprite_get(struct sprite_store *store, const char *key);

/* Makes a texture of the surface (the caller keeps the surface; NULL makes an empty sprite) and
 * stores it under the key. NULL when there is no memory for it. */
const struct sprite *sprite_put(struct sprite_store *store, const char *key, SDL_Surface *surface,
                                int baseline, int advance);

/* Draws the sprite with its top left corner at x, y. */
void sprite_draw(struct sprite_store *store, const struct sprite *sprite, int x, int y,
                 SDL_Color colour);

int sprite_count(const struct sprite_store *store);
size_t sprite_bytes(const struct sprite_store *store);

#endif
