/* A film's frame as it stands on the screen: scaled first, two rows at a time, and made into
 * colours at the size that is seen. SDL's software renderer goes the other way, colours of the
 * whole frame first, which takes twice the processor time and 8 MB more for a frame of 1920x1080.
 */
#ifndef MACHIAI_KIOSK_FILM_SCALE_H
#define MACHIAI_KIOSK_FILM_SCALE_H

#include <stddef.h>
#include <stdint.h>

#include "video.h"

struct film_scale;

/* From frames of one size to pictures of another, both 2x2 at least. -EINVAL: smaller; -ENOMEM. */
int film_scale_create(int width, int height, int to_width, int to_height, struct film_scale **ret)
    __attribute__((warn_unused_result));
void film_scale_destroy(struct film_scale *scale);
/* The frame must have the size that was told. pixels: rows of `pitch` bytes,
 * SDL_PIXELFORMAT_RGB888. Colours: BT.601 up to 576 lines, else BT.709. */
int film_scale_draw(struct film_scale *scale, const struct video_frame *frame, void *pixels,
                    int pitch) __attribute__((warn_unused_result));

#endif
