#include "picture.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void picture_open(struct picture *picture, int width, int height, double pixel_mm)
{
    const struct canvas_options options = {.pixel_mm = pixel_mm, .language_dir = LANGUAGE_DIR};

    *picture = (struct picture){0};
    picture->surface =
        SDL_CreateRGBSurfaceWithFormat(0, width, height, 32, SDL_PIXELFORMAT_ARGB8888);
    if (picture->surface)
        picture->renderer = SDL_CreateSoftwareRenderer(picture->surface);
    if (!picture->renderer ||
        canvas_init(&picture->canvas, picture->renderer, width, height, &options) < 0) {
        fprintf(stderr, "cannot draw: %s (are the Japanese fonts installed?)\n", SDL_GetError());
        exit(1);
    }
}

void picture_close(struct picture *picture)
{
    canvas_finish(&picture->canvas);
    SDL_DestroyRenderer(picture->renderer);
    SDL_FreeSurface(picture->surface);
}

void picture_finish(struct picture *picture)
{
    SDL_RenderFlush(picture->renderer);
}

Uint32 picture_pixel(const struct picture *picture, int x, int y)
{
    const Uint8 *line =
        (const Uint8 *)picture->surface->pixels + (ptrdiff_t)y * picture->surface->pitch;

    return ((const Uint32 *)line)[x] & 0xFFFFFFu;
}

static int write_rgb(const Uint8 *rgb, int width, int height, const char *path)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)width,
                       .height = (png_uint_32)height,
                       .format = PNG_FORMAT_RGB};

    return png_image_write_to_file(&image, path, 0, rgb, 0, NULL) ? 0 : -1;
}

int picture_write(const struct picture *picture, const char *path)
{
    int width = picture->surface->w, height = picture->surface->h, r;
    Uint8 *rgb = malloc((size_t)width * (size_t)height * 3);

    if (!rgb)
        return -1;
    for (int i = 0; i < width * height; i++) {
        Uint32 pixel = picture_pixel(picture, i % width, i / width);

        rgb[i * 3] = (Uint8)(pixel >> 16);
        rgb[i * 3 + 1] = (Uint8)(pixel >> 8);
        rgb[i * 3 + 2] = (Uint8)pixel;
    }
    r = write_rgb(rgb, width, height, path);
    free(rgb);
    return r;
}

int picture_write_slip(const struct bitmap *bitmap, const char *path)
{
    Uint8 *rgb = malloc((size_t)bitmap->width * (size_t)bitmap->height * 3);
    int r;

    if (!rgb)
        return -1;
    for (int y = 0; y < bitmap->height; y++)
        for (int x = 0; x < bitmap->width; x++)
            memset(rgb + 3 * ((size_t)y * (size_t)bitmap->width + (size_t)x),
                   bitmap->bits[y * bitmap->stride + x / 8] >> (7 - x % 8) & 1 ? 0 : 255, 3);
    r = write_rgb(rgb, bitmap->width, bitmap->height, path);
    free(rgb);
    return r;
}

Uint8 *picture_read(const char *path, int *ret_width, int *ret_height)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    Uint8 *rgb;

    if (!png_image_begin_read_from_file(&image, path))
        return NULL;
    image.format = PNG_FORMAT_RGB;
    rgb = malloc(PNG_IMAGE_SIZE(image));
    if (!rgb || !png_image_finish_read(&image, NULL, rgb, 0, NULL)) {
        png_image_free(&image);
        free(rgb);
        return NULL;
    }
    *ret_width = (int)image.width;
    *ret_height = (int)image.height;
    return rgb;
}
