#include "film_scale.h"

#include <SDL.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    UP_BITS = 7, /* weights between rows: products of bytes stay within 16 bits */
    UP_ONE = 1 << UP_BITS,
    ACROSS_BITS = 8, /* weights within a row, below its index in one number */
    ACROSS_MASK = (1 << ACROSS_BITS) - 1
};

/* One plane's way from a size to another. */
struct plane {
    int from_width, from_height, width, height;
    uint32_t *across; /* for each pixel of a row: index << ACROSS_BITS | weight of its neighbour */
};

struct film_scale {
    int width, height, to_width, to_height;
    struct plane luma, chroma; /* chroma twice, at half the size */
    uint8_t *row;              /* between two rows of the frame, and one pixel more */
    uint8_t *strip;            /* two rows of the picture as SDL takes them: I420 without gaps */
};

static int half(int size)
{
    return (size + 1) / 2;
}

/* Where the middle of pixel `i` of `to` lies among the middles of `from`, in parts of `one`. */
static uint32_t position(int i, int from, int to, int one)
{
    int64_t at = ((2 * (int64_t)i + 1) * from * one / to - one) / 2;
    int64_t last = (int64_t)(from - 1) * one;
    return (uint32_t)(at < 0 ? 0 : at < last ? at : last);
}

static bool plane_init(struct plane *plane, int from_width, int from_height, int width, int height)
{
    *plane = (struct plane){.from_width = from_width,
                            .from_height = from_height,
                            .width = width,
                            .height = height,
                            .across = malloc((size_t)width * sizeof *plane->across)};
    for (int i = 0; i < width && plane->across != NULL; i++)
        plane->across[i] = position(i, from_width, width, 1 << ACROSS_BITS);
    return plane->across != NULL;
}

void film_scale_destroy(struct film_scale *scale)
{
    if (scale == NULL)
        return;
    free(scale->luma.across);
    free(scale->chroma.across);
    free(scale->row);
    free(scale->strip);
    free(scale);
}

int film_scale_create(int width, int height, int to_width, int to_height, struct film_scale **ret)
{
    if (width < 2 || height < 2 || to_width < 2 || to_height < 2)
        return -EINVAL;
    struct film_scale *scale = calloc(1, sizeof *scale);
    if (scale == NULL)
        return -ENOMEM;
    scale->width = width;
    scale->height = height;
    scale->to_width = to_width;
    scale->to_height = to_height;
    scale->row = malloc((size_t)width + 1);
    scale->strip = malloc(2 * ((size_t)to_width + (size_t)half(to_width)));
    bool luma = plane_init(&scale->luma, width, height, to_width, to_height);
    bool chroma =
        plane_init(&scale->chroma, half(width), half(height), half(to_width), half(to_height));
    if (!luma || !chroma || scale->row == NULL || scale->strip == NULL) {
        film_scale_destroy(scale);
        return -ENOMEM;
    }
    *ret = scale;
    return 0;
}

/* Plain loops over bytes: compilers make vectors of the first one. */
static void blend(uint8_t *restrict to, const uint8_t *restrict upper,
                  const uint8_t *restrict lower, int count, uint32_t weight)
{
    uint16_t below = (uint16_t)weight, above = (uint16_t)(UP_ONE - weight);
    for (int i = 0; i < count; i++)
        to[i] = (uint8_t)((uint16_t)(upper[i] * above + lower[i] * below + UP_ONE / 2) >> UP_BITS);
}

/* from: one pixel longer than the row. */
static void across(uint8_t *restrict to, const uint8_t *restrict from,
                   const uint32_t *restrict where, int count)
{
    for (int i = 0; i < count; i++) {
        const uint8_t *at = from + (where[i] >> ACROSS_BITS);
        int weight = (int)(where[i] & ACROSS_MASK);
        to[i] = (uint8_t)(at[0] + ((at[1] - at[0]) * weight >> ACROSS_BITS));
    }
}

/* Row y of the picture's plane. row: space for one of the frame's. */
static void scale_row(const struct plane *plane, const uint8_t *pixels, int pitch, int y,
                      uint8_t *row, uint8_t *to)
{
    uint32_t at = position(y, plane->from_height, plane->height, UP_ONE), weight = at % UP_ONE;
    const uint8_t *upper = pixels + (ptrdiff_t)(at / UP_ONE) * pitch;
    bool same = plane->width == plane->from_width;
    uint8_t *target = same ? to : row;
    if (weight == 0)
        memcpy(target, upper, (size_t)plane->from_width);
    else
        blend(target, upper, upper + pitch, plane->from_width, weight);
    if (same)
        return;
    row[plane->from_width] = row[plane->from_width - 1];
    across(to, row, plane->across, plane->width);
}

/* Rows y and (unless it is the last one) y + 1 of the picture; how many. */
static int fill_strip(struct film_scale *scale, const struct video_frame *frame, int y)
{
    int rows = y + 1 < scale->to_height ? 2 : 1, width = scale->to_width;
    uint8_t *u = scale->strip + (ptrdiff_t)rows * width, *v = u + half(width);
    for (int i = 0; i < rows; i++)
        scale_row(&scale->luma, frame->y, frame->pitch_y, y + i, scale->row,
                  scale->strip + (ptrdiff_t)i * width);
    scale_row(&scale->chroma, frame->u, frame->pitch_uv, y / 2, scale->row, u);
    scale_row(&scale->chroma, frame->v, frame->pitch_uv, y / 2, scale->row, v);
    return rows;
}

int film_scale_draw(struct film_scale *scale, const struct video_frame *frame, void *pixels,
                    int pitch)
{
    /* SDL would judge by the strip's two rows: it is told what the frame is. */
    SDL_SetYUVConversionMode(SDL_YUV_CONVERSION_AUTOMATIC);
    SDL_SetYUVConversionMode(SDL_GetYUVConversionModeForResolution(scale->width, scale->height));
    int result = 0;
    for (int y = 0; y < scale->to_height && result == 0; y += 2) {
        int rows = fill_strip(scale, frame, y);
        if (SDL_ConvertPixels(scale->to_width, rows, SDL_PIXELFORMAT_IYUV, scale->strip,
                              scale->to_width, SDL_PIXELFORMAT_RGB888,
                              (uint8_t *)pixels + (ptrdiff_t)y * pitch, pitch) != 0)
            result = -EIO;
    }
    SDL_SetYUVConversionMode(SDL_YUV_CONVERSION_AUTOMATIC);
    return result;
}
