#include "bitmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MIDDLE = 128 };

int bitmap_init(struct bitmap *bitmap, int width, int height)
{
    struct bitmap made = {width, height, (width + 7) / 8, NULL};

    made.bits = calloc((size_t)made.stride, (size_t)height);
    if (!made.bits)
        return -ENOMEM;
    *bitmap = made;
    return 0;
}

void bitmap_finish(struct bitmap *bitmap)
{
    if (!bitmap)
        return;
    free(bitmap->bits);
    *bitmap = (struct bitmap){0};
}

static void set(uint8_t *byte, unsigned mask, bool black)
{
    *byte = (uint8_t)(black ? *byte | mask : *byte & ~mask);
}

/* Dots from x to end of one row; both are inside it. */
static void fill_row(uint8_t *row, int x, int end, bool black)
{
    int first = x / 8, last = end / 8;
    unsigned head = 0xFFu >> x % 8, tail = 0xFFu & ~(0xFFu >> end % 8);

    if (first == last) {
        set(row + first, head & tail, black);
        return;
    }
    set(row + first, head, black);
    memset(row + first + 1, black ? 0xFF : 0, (size_t)(last - first - 1));
    if (tail)
        set(row + last, tail, black);
}

void bitmap_fill(struct bitmap *bitmap, SDL_Rect area, bool black)
{
    SDL_Rect all = {0, 0, bitmap->width, bitmap->height}, inside;

    if (!SDL_IntersectRect(&all, &area, &inside))
        return;
    for (int y = inside.y; y < inside.y + inside.h; y++)
        fill_row(bitmap->bits + (ptrdiff_t)y * bitmap->stride, inside.x, inside.x + inside.w,
                 black);
}

/* Eight dots of the mask's row from dot `from`, which may begin before it or end behind it. */
static unsigned eight(const uint8_t *row, int width, int from)
{
    int byte = from >= 0 ? from / 8 : -1, shift = from - byte * 8, stride = (width + 7) / 8;
    unsigned left = byte >= 0 && byte < stride ? row[byte] : 0;
    unsigned right = byte + 1 < stride ? row[byte + 1] : 0;

    return (left << 8 | right) >> (8 - shift) & 0xFFu;
}

void bitmap_blit(struct bitmap *bitmap, const struct bitmap *mask, int x, int y, bool black)
{
    SDL_Rect all = {0, 0, bitmap->width, bitmap->height}, inside;
    SDL_Rect area = {x, y, mask->width, mask->height};

    if (!SDL_IntersectRect(&all, &area, &inside))
        return;
    int first = inside.x / 8, end = (inside.x + inside.w + 7) / 8;
    for (int at = inside.y; at < inside.y + inside.h; at++) {
        const uint8_t *from = mask->bits + (ptrdiff_t)(at - y) * mask->stride;
        uint8_t *to = bitmap->bits + (ptrdiff_t)at * bitmap->stride;

        for (int i = first; i < end; i++) {
            unsigned dots = eight(from, mask->width, i * 8 - x);

            if (dots)
                set(to + i, dots, black);
        }
    }
}

int bitmap_of_surface(SDL_Surface *surface, struct bitmap *ret, bool *ret_black)
{
    struct bitmap made;
    Uint32 half = (Uint32)MIDDLE << surface->format->Ashift;
    bool black = true;

    if (surface->format->BytesPerPixel != 4 || !surface->format->Amask)
        return -EINVAL;
    if (bitmap_init(&made, surface->w, surface->h) < 0)
        return -ENOMEM;
    for (int y = 0; y < surface->h; y++) {
        const Uint32 *line =
            (const Uint32 *)((const Uint8 *)surface->pixels + (ptrdiff_t)y * surface->pitch);
        uint8_t *bits = made.bits + (ptrdiff_t)y * made.stride;

        for (int x = 0; x < surface->w; x++) {
            if (!(line[x] & half))
                continue;
            bits[x / 8] |= (uint8_t)(0x80u >> x % 8);
            black = (line[x] & surface->format->Gmask) >> surface->format->Gshift < MIDDLE;
        }
    }
    *ret = made;
    *ret_black = black;
    return 0;
}
