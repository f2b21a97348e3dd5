/* A picture of a window, and its PNG file. */
#ifndef MACHIAI_KIOSK_SCREENSHOT_H
#define MACHIAI_KIOSK_SCREENSHOT_H

#include <stdint.h>

enum { PICTURE_SIDE_MAX = 8192 };

struct picture {
    int width, height;
    uint32_t *pixels; /* 0x??RRGGBB, no padding; owned */
};

/* NULL for a size outside the limit, or when memory runs out. The pixels are not set. */
struct picture *picture_create(int width, int height);
void picture_free(struct picture *picture);
/* Writes a PNG; the file is whole or not there. May block: not on the main thread. */
int picture_write(const struct picture *picture, const char *path)
    __attribute__((warn_unused_result));

#endif
