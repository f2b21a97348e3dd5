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
    picture->pixels = malloc((size_t)width * (size_t)height * 3);
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
    errno = 0;
    int written = png_image_write_to_stdio(&image, file, 0, picture->pixels, 0, NULL);
    int result = written ? 0 : errno != 0 ? -errno : -EIO;
    if (fclose(file) != 0 && result == 0)
        result = -errno;
    if (result == 0 && rename(part, path) != 0)
        result = -errno;
    if (result < 0)
        unlink(part);
    return result;
}
