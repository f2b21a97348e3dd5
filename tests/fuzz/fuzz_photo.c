/* Any bytes as a photograph: refused, or a picture within the limits that can be cut. */
#include <stdint.h>
#include <stdlib.h>

#include "photo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SDL_Surface *picture = NULL, *cut;
    if (photo_decode(data, size, 16, &picture) < 0) {
        if (picture)
            abort();
        return 0;
    }
    if (picture->w < 1 || picture->h < 1 || picture->w > PHOTO_KEPT_MAX ||
        picture->h > PHOTO_KEPT_MAX)
        abort();
    if (picture->w * picture->h <= 64 * 64) {
        cut = photo_cut(picture, 9, 7, (struct photo_focus){0.5, 0.3});
        SDL_FreeSurface(cut);
    }
    SDL_FreeSurface(picture);
    return 0;
}
