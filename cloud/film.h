/* Films: taken into the content store after they have been shown to be films.
 */
#ifndef MACHIAI_CLOUD_FILM_H
#define MACHIAI_CLOUD_FILM_H

#include "cloud.h"
#include "programme.h"

enum {
    FILM_WIDTH_MAX = 1920,
    FILM_HEIGHT_MAX = 1080,
    FILM_DURATION_MAX_MS = 30 * 60 * 1000,
    FILM_DURATION_MIN_MS = 1000,
    FILM_PROBE_SECONDS = 20,
    FILM_PROBE_OUTPUT_MAX = 64 * 1024
};

/* Length of a film that kiosks can play (MP4, H.264, within the limits above); -EINVAL with a
 * sentence for anything else, -ENOENT when ffprobe is not installed. `name` is for messages. */
int film_probe(const char *path, const char *name, int64_t *ret_duration_ms, char *error,
               size_t error_size) __attribute__((warn_unused_result));

/* Copies the file into DIR/contents/<sha256> and notes it as a film. On failure error holds a
 * sentence and nothing is left behind. */
int film_add(struct cloud *cloud, const char *path, enum content_kind kind, const char *title,
             struct content *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));

#endif
