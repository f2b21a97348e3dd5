/* A canvas on a surface, and PNG files: what the gallery and the tests draw on.
 */
#ifndef MACHIAI_TESTS_PICTURE_H
#define MACHIAI_TESTS_PICTURE_H

#include "canvas.h"
#include "slip.h"

struct picture {
    SDL_Surface *surface; /* ARGB8888 */
    SDL_Renderer *renderer;
    struct canvas canvas;
};

/* Ends the test program with a message when the machine cannot draw. */
void picture_open(struct picture *picture, int width, int height, double pixel_mm);
void picture_close(struct picture *picture);
/* Makes the pixels readable. */
void picture_finish(struct picture *picture);
Uint32 picture_pixel(const struct picture *picture, int x, int y); /* 0xRRGGBB */

/* 0 or -1. */
int picture_write(const struct picture *picture, const char *path);
int picture_write_slip(const struct bitmap *bitmap, const char *path);
/* RGB, 3 bytes a pixel; caller frees. NULL when there is no such file. */
Uint8 *picture_read(const char *path, int *ret_width, int *ret_height);

#endif
