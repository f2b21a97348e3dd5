/* Pictures made by confined children: photographs taken in, stills of films, drawn pages. */
#ifndef MACHIAI_CLOUD_PICTURES_H
#define MACHIAI_CLOUD_PICTURES_H

#include "cloud.h"
#include "contents.h"

enum {
    PHOTO_UPLOAD_MAX = 6 * 1024 * 1024,     /* bytes that come */
    PICTURES_SIDE_MAX = 1920,               /* pixels of a photograph that is kept */
    PICTURES_PIXELS_MAX = 60 * 1000 * 1000, /* of one that comes */
    PICTURES_BYTES_MAX = 4 * 1024 * 1024,
    PICTURES_PHOTO_WANTED = 1024 * 1024, /* a larger photograph is coded more coarsely */
    PICTURES_STILL_WIDTH = 640,
    PICTURES_DRAWN_MAX = 1920, /* pixels a side of a drawn page */
    PICTURES_WHY_SIZE = 200
};

/* Takes a JPEG or PNG in: decoded and coded anew as JPEG, upright, without its maker's notes
 * (place, time, camera), at most PICTURES_SIDE_MAX a side; the file is in the content store and the
 * row is written when it returns 0. -EINVAL: no such picture; -EFBIG: too many pixels; -ENOSPC: no
 * room on the disk; -EDQUOT: CONTENTS_PHOTOS_MAX reached; -ENOENT: no ffmpeg. */
int pictures_photo(struct cloud *cloud, const char *site, const void *bytes, size_t size,
                   struct photo *ret) __attribute__((warn_unused_result));

/* Path of a still of a film of the content store, made when it is not there yet. */
int pictures_still(struct cloud *cloud, const char *sha256, char *ret_path, size_t path_size)
    __attribute__((warn_unused_result));

struct pictures_page {
    const char *page; /* JSON text */
    const char *clinic;
    int width, height;
    const char *const *photos; /* SHA-256 of those that it may show; others are not there */
    int photo_count;
};

/* Draws a page as the waiting room will see it, by the kiosk's own renderer (machiai-draw). PNG in
 * *ret, malloc()ed. -EINVAL: why is a sentence that begins with the name of a
 * field at fault and ": "; -ENOENT: machiai-draw is not
 * installed. */
int pictures_draw(struct cloud *cloud, const struct pictures_page *page, void **ret,
                  size_t *ret_size, char why[static PICTURES_WHY_SIZE])
    __attribute__((warn_unused_result));
/* The same without the picture: 0 when the kiosk can draw it. */
int pictures_check(struct cloud *cloud, const struct pictures_page *page,
                   char why[static PICTURES_WHY_SIZE]) __attribute__((warn_unused_result));
/* Where templates lie. */
void pictures_template_dir(char *ret, size_t size);

#endif
