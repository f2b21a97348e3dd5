/* Photographs and drawn pictures: decoded within limits, cut to a shape about their focus, reduced
 * without stairs.
 */
#ifndef MACHIAI_SCREENS_PHOTO_H
#define MACHIAI_SCREENS_PHOTO_H

#include <SDL.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PHOTO_BYTES_MAX = 8 << 20, /* a file */
    PHOTO_SIDE_MAX = 12000,    /* pixels of a JPEG, which is reduced while it is decoded; */
    PHOTO_KEPT_MAX = 4096,     /* of a PNG, and of any picture in memory */
    PHOTO_AREA_MAX = 4096 * 2304
};

/* Decodes JPEG (any that libjpeg-turbo takes, but CMYK) or PNG into ARGB8888. A JPEG larger than
 * `enough` pixels a side is reduced to no less than that; 0 = as large as may be kept.
 * -EINVAL: no such picture, or damaged; -EFBIG: more than the limits; -ENOMEM. */
int photo_decode(const uint8_t *data, size_t size, int enough, SDL_Surface **ret)
    __attribute__((warn_unused_result));

/* Where a picture is cut when its proportions differ, 0 to 1 of its sides: this point stays. */
struct photo_focus {
    double x, y;
};

/* The part of the picture that has the proportions of width:height about the focus, in that size:
 * every pixel is the mean of those it stands for. NULL when there is no memory. */
SDL_Surface *photo_cut(const SDL_Surface *picture, int width, int height, struct photo_focus focus);

#endif
