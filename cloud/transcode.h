/* Makes a film of the profile (film.h) out of one that is not, in a confined ffmpeg.
 *
 * Everything is decoded and coded anew: no bytes of the source's picture, sound, names or places
 * come through. The same source gives the same bytes.
 */
#ifndef MACHIAI_CLOUD_TRANSCODE_H
#define MACHIAI_CLOUD_TRANSCODE_H

#include "film.h"

enum {
    TRANSCODE_CPU_BASE = 300,  /* seconds of processor time, and of time twice that */
    TRANSCODE_CPU_FACTOR = 40, /* ... more for each second of film */
    TRANSCODE_BYTES_BASE = 32 * 1024 * 1024,
    TRANSCODE_BYTES_SECOND = 1300 * 1000 /* 8 Mbit/s of picture, sound, and air */
};

struct transcode_options {
    const char *source;
    const char *target;             /* an empty file that is there already */
    const struct film_facts *facts; /* of the source, measured */
    unsigned changes;               /* film_deviations() of them */
    /* Asked four times a second; false = stop. May be NULL. */
    bool (*go_on)(void *context, int percent);
    void *context;
};

/* Bytes that the target may need. */
int64_t transcode_room(const struct film_facts *facts);
/* FILM_GOOD with *ret (facts of the target), or what is wrong with the film; the target then holds
 * whatever there was. -ECANCELED: stopped; -ECHILD: the converter crashed; other errors: it could
 * not run. */
int transcode_run(const struct transcode_options *options, struct film_facts *ret,
                  enum film_fault *ret_fault) __attribute__((warn_unused_result));

#endif
