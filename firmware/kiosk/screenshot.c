#include "screenshot.h"

#include <errno.h>
#include <limits.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct picture *picture_create(int width, int height)
{
    if (width < 1 || height < 1 || width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX)
        return NULL;
    struct picture *picture = calloc(1, sizeof *picture);
    if (picture == NULL)
        return NULL;
    picture->width = width;
    picture->height = height;
    picture->pixels = calloc((size_t)width * (size_t)height, sizeof *picture->pixels);
    if (picture->pixels == NULL) {
        free(picture);
        return NULL;
    }
    return picture;
}

void picture_free(struct picture *picture)
{
    if (picture == NULL)
        return;
    free(picture->pixels);
    free(picture);
}

/* What libpng wants: three bytes a pixel. NULL: no memory. */
static uint8_t *rgb_bytes(const struct picture *picture)
{
    size_t count = (size_t)picture->width * (size_t)picture->height;
    uint8_t *bytes = malloc(count * 3);
    for (size_t i = 0; bytes != NULL && i < count; i++) {
        uint32_t pixel = picture->pixels[i];
        bytes[3 * i] = (uint8_t)(pixel >> 16);
        bytes[3 * i + 1] = (uint8_t)(pixel >> 8);
        bytes[3 * i + 2] = (uint8_t)pixel;
    }
    return bytes;
}

int picture_write(const struct picture *picture, const char *path)
{
    char part[PATH_MAX];
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)picture->width,
                       .height = (png_uint_32)picture->height,
                       .format = PNG_FORMAT_RGB,
                       .flags = PNG_IMAGE_FLAG_FAST};
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return -ENAMETOOLONG;
    FILE *file = fopen(part, "wbe");
    if (file == NULL)
        return -errno;
    uint8_t *bytes = rgb_bytes(picture);
    errno = 0;
    int written = bytes != NULL && png_image_write_to_stdio(&image, file, 0, bytes, 0, NULL);
    free(bytes);
    int result = written ? 0 : errno != 0 ? -errno : -EIO;
    if (fclose(file) != 0 && result == 0)
        result = -errno;
    if (result == 0 && rename(part, path) != 0)
        result = -errno;
    if (result < 0)
        unlink(part);
    return result;
}
