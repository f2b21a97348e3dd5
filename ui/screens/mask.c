#include "mask.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Lines looked at in each row of pixels; along a line the coverage is exact. */
enum { SUBLINES = 8 };

int mask_init(struct mask *mask, int width, int height)
{
    uint8_t *cover;

    if (width < 1 || height < 1 || width > MASK_SIDE_MAX || height > MASK_SIDE_MAX)
        return -EINVAL;
    cover = calloc((size_t)width, (size_t)height);
    if (!cover)
        return -ENOMEM;
    *mask = (struct mask){width, height, cover};
    return 0;
}

void mask_finish(struct mask *mask)
{
    free(mask->cover);
    *mask = (struct mask){0};
}

/* Where the outline crosses the horizontal line at y, from left to right. */
static int crossings(const struct point *points, int count, float y, float *ret)
{
    int found = 0;

    for (int i = 0; i < count; i++) {
        struct point a = points[i], b = points[(i + 1) % count];
        float x;
        int place;

        if ((a.y <= y) == (b.y <= y))
            continue;
        x = a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x);
        for (place = found++; place > 0 && ret[place - 1] > x; place--)
            ret[place] = ret[place - 1];
        ret[place] = x;
    }
    return found;
}

static void add_span(float *row, int width, float from, float to)
{
    int first, last;

    from = fmaxf(from, 0);
    to = fminf(to, (float)width);
    if (to <= from)
        return;
    first = (int)from;
    last = (int)to;
    if (first == last) {
        row[first] += to - from;
        return;
    }
    row[first] += (float)(first + 1) - from;
    for (int x = first + 1; x < last; x++)
        row[x] += 1;
    if (last < width)
        row[last] += to - (float)last;
}

static void blend_row(uint8_t *cover, const float *row, int width, bool cut)
{
    for (int x = 0; x < width; x++) {
        float part = fminf(row[x] / SUBLINES, 1);

        if (part <= 0)
            continue;
        if (cut)
            cover[x] = (uint8_t)((float)cover[x] * (1 - part) + 0.5f);
        else
            cover[x] = (uint8_t)fminf((float)cover[x] + part * 255 + 0.5f, 255);
    }
}

static void fill(struct mask *mask, const struct point *points, int count, bool cut)
{
    float *row = malloc(sizeof *row * ((size_t)mask->width + 1));
    float low = (float)mask->height, high = 0;

    if (!row || count < 3 || count > MASK_POINTS_MAX) {
        free(row);
        return;
    }
    for (int i = 0; i < count; i++) {
        low = fminf(low, points[i].y);
        high = fmaxf(high, points[i].y);
    }
    for (int y = (int)fmaxf(low, 0); y < mask->height && (float)y < high; y++) {
        memset(row, 0, sizeof *row * ((size_t)mask->width + 1));
        for (int line = 0; line < SUBLINES; line++) {
            float cross[MASK_POINTS_MAX];
            int found = crossings(points, count, (float)y + ((float)line + 0.5f) / SUBLINES, cross);

            for (int i = 0; i + 1 < found; i += 2)
                add_span(row, mask->width, cross[i], cross[i + 1]);
        }
        blend_row(mask->cover + (size_t)y * (size_t)mask->width, row, mask->width, cut);
    }
    free(row);
}

void mask_add(struct mask *mask, const struct point *points, int count)
{
    fill(mask, points, count, false);
}

void mask_cut(struct mask *mask, const struct point *points, int count)
{
    fill(mask, points, count, true);
}

/* The line through a and b, moved inwards: n . p = d. */
struct line {
    float nx, ny, d;
};

static struct line moved(struct point a, struct point b, float by)
{
    float dx = b.x - a.x, dy = b.y - a.y, length = hypotf(dx, dy);
    float nx = -dy / length, ny = dx / length; /* inwards for a clockwise outline, y down */

    return (struct line){nx, ny, nx * a.x + ny * a.y + by};
}

void mask_inset(const struct point *points, int count, float by, struct point *ret)
{
    for (int i = 0; i < count; i++) {
        struct line before = moved(points[(i + count - 1) % count], points[i], by);
        struct line after = moved(points[i], points[(i + 1) % count], by);
        float det = before.nx * after.ny - before.ny * after.nx;

        ret[i].x = (before.d * after.ny - before.ny * after.d) / det;
        ret[i].y = (before.nx * after.d - before.d * after.nx) / det;
    }
}

SDL_Surface *mask_surface(const struct mask *mask)
{
    SDL_Surface *surface =
        SDL_CreateRGBSurfaceWithFormat(0, mask->width, mask->height, 32, SDL_PIXELFORMAT_ARGB8888);

    if (!surface)
        return NULL;
    for (int y = 0; y < mask->height; y++) {
        Uint32 *line = (Uint32 *)((Uint8 *)surface->pixels + (ptrdiff_t)y * surface->pitch);

        for (int x = 0; x < mask->width; x++)
            line[x] =
                (Uint32)mask->cover[(size_t)y * (size_t)mask->width + (size_t)x] << 24 | 0xFFFFFFu;
    }
    return surface;
}
