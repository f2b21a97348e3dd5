/* The film profile: what every film that a kiosk gets is like, and the ways to it.
 *
 * MP4 with its index first; H.264 (High or simpler) 8 bit 4:2:0, at most 1920x1080, square pixels,
 * progressive, not turned, at most 30 frames a second, evenly spaced; AAC stereo at 48 kHz and
 * -23 LUFS, or no sound; from one second to 30 minutes. FILMS.md says it to people.
 *
 * A film comes from somebody whom nobody knows: whatever reads it is a confined child (confined.h).
 */
#ifndef MACHIAI_CLOUD_FILM_H
#define MACHIAI_CLOUD_FILM_H

#include "cloud.h"
#include "programme.h"

enum {
    FILM_WIDTH_MAX = 1920,
    FILM_HEIGHT_MAX = 1080,
    FILM_RATE_MAX = 30,
    FILM_SIDE_MIN = 16,
    FILM_DURATION_MAX_MS = 30 * 60 * 1000,
    FILM_DURATION_MIN_MS = 1000,
    FILM_CODE_SIZE = 24,
    FILM_NAME_SIZE = 24,
    /* of what is taken in */
    FILM_SOURCE_SIDE_MAX = 4096, /* 4K, upright or lying */
    FILM_SOURCE_RATE_MAX = 120,
    FILM_SOUND_MIN_LUFS = -60, /* softer than this is silence */
    FILM_CHANGES_MAX = 16
};

static const int64_t film_source_max = INT64_C(4) << 30; /* bytes */

/* Why a film is refused. Pages have words of their own for each code; the text is for logs and the
 * command line. */
#define FILM_FAULTS(X)                                                                             \
    X(NOT_FILM, "not_film", "is not a film: no moving picture can be read from it")                \
    X(UNSUPPORTED, "unsupported", "has a format or coding that is not taken; export it as MP4")    \
    X(DAMAGED, "damaged", "is damaged or cut short: export or copy it anew")                       \
    X(TOO_SHORT, "too_short", "is shorter than a second")                                          \
    X(TOO_LONG, "too_long", "is longer than 30 minutes; cut it")                                   \
    X(TOO_LARGE, "too_large", "is larger than 4 GiB; export it with a lower bit rate")             \
    X(PICTURE_TOO_LARGE, "picture_too_large", "has a picture larger than 4K; export it smaller")   \
    X(PICTURE_TOO_SMALL, "picture_too_small", "has a picture of less than 16 pixels a side")       \
    X(FRAME_RATE, "frame_rate", "has more than 120 frames a second; export it with 30")            \
    X(TOO_DEMANDING, "too_demanding", "could not be converted within the limits; simplify it")     \
    X(DISK_FULL, "disk_full",                                                                      \
      "has to wait: the cloud's disk is full; its operator must free space")                       \
    X(WORKER_FAILED, "worker_failed", "crashed the converter again and again; export it anew")     \
    X(NO_CONVERTER, "no_converter", "cannot be examined: install ffmpeg on the cloud's machine")

enum film_fault {
    FILM_GOOD,
#define X(name, code, text) FILM_##name,
    FILM_FAULTS(X)
#undef X
        FILM_FAULT_COUNT
};

const char *film_fault_code(enum film_fault fault); /* "" for FILM_GOOD */
const char *film_fault_text(enum film_fault fault);
enum film_fault film_fault_from_code(const char *code); /* FILM_GOOD when unknown */

/* What a conversion changed; told to whoever uploaded, as no fault of theirs. */
#define FILM_CHANGES(X)                                                                            \
    X(CONTAINER, "container") /* was no MP4 */                                                     \
    X(CODEC, "codec")         /* picture or sound was coded otherwise */                           \
    X(PIXELS, "pixels")       /* other colours or depth, e.g. HDR */                               \
    X(SCALED, "scaled")       /* was larger than 1920x1080, or had odd sides */                    \
    X(SQUARED, "squared")     /* its pixels were not square */                                     \
    X(ROTATED, "rotated")     /* was turned by a mark, now by itself */                            \
    X(DEINTERLACED, "deinterlaced")                                                                \
    X(RATE, "frame_rate")     /* had more than 30 frames a second, or uneven ones */               \
    X(DOWNMIXED, "downmixed") /* had other than two channels, or another rate */                   \
    X(LOUDNESS, "loudness")   /* was not at -23 LUFS */                                            \
    X(SILENT, "silent")       /* its sound was silence and is gone */

enum film_change {
#define X(name, code) FILM_CHANGED_##name,
    FILM_CHANGES(X)
#undef X
        FILM_CHANGE_COUNT
};

const char *film_change_code(enum film_change change);

struct film_rate {
    int64_t num, den; /* den > 0 */
};

/* What ffprobe and the measuring of its loudness say about a file. */
struct film_facts {
    char container[FILM_NAME_SIZE], video[FILM_NAME_SIZE],
        audio[FILM_NAME_SIZE];    /* audio "": none */
    int video_index, audio_index; /* streams of the file; audio_index -1 = none */
    int width, height;            /* as shown: turned, square pixels */
    int rotation;                 /* degrees, 0..359 */
    bool square, plain_pixels, interlaced, high_range, even_rate, simple_profile;
    struct film_rate rate; /* mean */
    int channels, sample_rate;
    bool measured;
    double loudness, peak; /* LUFS, dBFS; of sound */
    int64_t duration_ms;
};

/* Examines a file. FILM_GOOD with *ret filled: it is a film that can be shown or converted. An
 * error when it could not be examined (no memory, ...). go_on as in confined.h. */
int film_probe(const char *path, struct film_facts *ret, enum film_fault *ret_fault)
    __attribute__((warn_unused_result));
/* Measures the loudness of its sound into *facts. */
int film_measure(const char *path, struct film_facts *facts,
                 bool (*go_on)(void *context, const char *bytes, size_t size), void *context,
                 enum film_fault *ret_fault) __attribute__((warn_unused_result));
/* Whether the facts (measured) are of the profile; bits of enum film_change that a conversion is
 * needed for, 0 = it is. */
unsigned film_deviations(const struct film_facts *facts);
/* {"container","video","audio","width","height","rate","duration_ms","channels","loudness",
 * "rotation","changes":[codes]}; NULL = out of memory. */
cJSON *film_facts_json(const struct film_facts *facts, unsigned changes);

/* Moves a checked file (same file system) into the content store as a film of owner ("" = the
 * operator) and notes it, or hands its row to note() instead, which then does so in its own
 * transaction. *film has kind, title and duration; size, hash and time are filled in. The row comes
 * last: what the database names is on the disk. */
struct film;
int film_settle(struct cloud *cloud, const char *path, struct film *film,
                int (*note)(struct db *db, const struct film *film, void *context), void *context)
    __attribute__((warn_unused_result));

/* Takes a file in from the command line: as it is when it is of the profile, else converted. On
 * failure error holds a sentence and nothing is left behind. */
int film_add(struct cloud *cloud, const char *path, enum content_kind kind, const char *title,
             struct content *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));

#endif
