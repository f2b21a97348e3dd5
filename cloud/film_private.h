/* What the files of film share. */
#ifndef MACHIAI_CLOUD_FILM_PRIVATE_H
#define MACHIAI_CLOUD_FILM_PRIVATE_H

#include "confined.h"
#include "film.h"

enum {
    FILM_ARGUMENT_SIZE = CLOUD_PATH_SIZE + 128,
    FILM_NUMBER_SIZE = 24,
    FILM_CHILD_MEMORY = 1200 * 1024 * 1024 /* bytes of data; a 4K HEVC film takes half of it */
};

/* Demuxers that ffmpeg may try: none that reads other files or needs the network. */
extern const char film_formats[];

/* What the end of a child says of its film: 0 with *ret, otherwise for an exit code that is not 0.
 * -ECANCELED: it was stopped; -ECHILD: it crashed. */
int film_fault_of_end(const struct confined_result *result, enum film_fault otherwise,
                      enum film_fault *ret) __attribute__((warn_unused_result));
/* The file that a converter will write into: it may make none itself. */
int film_make_empty(const char *path) __attribute__((warn_unused_result));

#endif
