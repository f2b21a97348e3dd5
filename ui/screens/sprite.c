#include "sprite.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uint64_t hash, used;
    struct sprite sprite;
    char *key;
};

struct sprite_store {
    SDL_Renderer *renderer;
    struct bitmap *dots; /* NULL: the renderer */
    struct entry list[SPRITES_MAX];
    int count;
    size_t bytes;
    uint64_t tick;
};

static uint64_t hash_of(const char *key)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
    return hash;
}

static size_t bytes_of(const struct sprite *sprite)
{
    return sprite->texture ? (size_t)sprite->width * (size_t)sprite->height * 4
                           : (size_t)sprite->mask.stride * (size_t)sprite->mask.height;
}

int sprite_store_create(SDL_Renderer *renderer, struct sprite_store **ret)
{
    struct sprite_store *store = calloc(1, sizeof *store);

    if (!store)
        return -ENOMEM;
    store->renderer = renderer;
    *ret = store;
    return 0;
}

void sprite_store_dots(struct sprite_store *store, struct bitmap *dots)
{
    store->dots = dots;
}

static void drop(struct sprite_store *store, int index)
{
    struct entry *entry = &store->list[index];

    store->bytes -= bytes_of(&entry->sprite);
    if (entry->sprite.texture)
        SDL_DestroyTexture(entry->sprite.texture);
    bitmap_finish(&entry->sprite.mask);
    free(entry->key);
    *entry = store->list[--store->count];
}

void sprite_store_destroy(struct sprite_store *store)
{
    if (!store)
        return;
    while (store->count > 0)
        drop(store, store->count - 1);
    free(store);
}

const struct sprite *sprite_get(struct sprite_store *store, const char *key)
{
    uint64_t hash = hash_of(key);

    for (int i = 0; i < store->count; i++) {
        struct entry *entry = &store->list[i];

        if (entry->hash == hash && strcmp(entry->key, key) == 0) {
            entry->used = ++store->tick;
            return &entry->sprite;
        }
    }
    return NULL;
}

static void make_room(struct sprite_store *store, size_t bytes)
{
    while (store->count > 0 &&
           (store->count == SPRITES_MAX || store->bytes + bytes > SPRITE_BYTES_MAX)) {
        int oldest = 0;

        for (int i = 1; i < store->count; i++)
            if (store->list[i].used < store->list[oldest].used)
                oldest = i;
        drop(store, oldest);
    }
}

static bool paint(struct sprite_store *store, SDL_Surface *surface, struct sprite *sprite)
{
    if (store->dots)
        return bitmap_of_surface(surface, &sprite->mask, &sprite->black) == 0;
    sprite->texture = SDL_CreateTextureFromSurface(store->renderer, surface);
    if (sprite->texture)
        SDL_SetTextureBlendMode(sprite->texture, SDL_BLENDMODE_BLEND);
    return sprite->texture != NULL;
}

const struct sprite *sprite_put(struct sprite_store *store, const char *key, SDL_Surface *surface,
                                int baseline, int advance)
{
    struct sprite sprite = {.baseline = baseline, .advance = advance};
    struct entry *entry;
    char *copy = strdup(key);

    if (!copy)
        return NULL;
    if (surface) {
        sprite.width = surface->w;
        sprite.height = surface->h;
        make_room(store, (size_t)surface->w * (size_t)surface->h * 4);
        if (!paint(store, surface, &sprite)) {
            free(copy);
            return NULL;
        }
    } else {
        make_room(store, 0);
    }
    entry = &store->list[store->count++];
    *entry = (struct entry){hash_of(key), ++store->tick, sprite, copy};
    store->bytes += bytes_of(&sprite);
    return &entry->sprite;
}

void sprite_draw(struct sprite_store *store, const struct sprite *sprite, int x, int y,
                 SDL_Color colour)
{
    SDL_Rect at;

    if (sprite && sprite->mask.bits)
        bitmap_blit(store->dots, &sprite->mask, x, y, sprite->black);
    if (!sprite || !sprite->texture)
        return;
    at = (SDL_Rect){x, y, sprite->width, sprite->height};
    SDL_SetTextureColorMod(sprite->texture, colour.r, colour.g, colour.b);
    SDL_RenderCopy(store->renderer, sprite->texture, NULL, &at);
}

int sprite_count(const struct sprite_store *store)
{
    return store->count;
}

size_t sprite_bytes(const struct sprite_store *store)
{
    return store->bytes;
}
