/* Films on their way in: uploaded in pieces that are kept, then examined and converted.
 *
 * The bytes lie in DIR/uploads/<id>; how many of them count is in the database, and only after they
 * are on the disk: a cloud that is killed at any moment goes on at the offset that it told last.
 */
#ifndef MACHIAI_CLOUD_UPLOAD_H
#define MACHIAI_CLOUD_UPLOAD_H

#include "cloud.h"
#include "contents.h"
#include "film.h"

enum {
    UPLOAD_PIECE_MAX = 1024 * 1024, /* bytes of one PATCH */
    UPLOAD_OPEN_MAX = 8,            /* of one owner that are not complete */
    UPLOAD_WAITING_MAX = 50,        /* of one owner that wait for the converter */
    UPLOAD_LIST_MAX = 100,
    UPLOAD_NAME_SIZE = 161, /* of the file, as the browser tells it */
    UPLOAD_IDLE_DAYS = 7,   /* one that nobody goes on with is dropped */
    UPLOAD_KEPT_DAYS = 30,  /* the note of one that is ready or refused */
    UPLOAD_CRASHES_MAX = 3, /* of the converter over one film */
};

#define UPLOAD_STATES(X)                                                                           \
    X(RECEIVING, "receiving")                                                                      \
    X(CHECKING, "checking") /* whole; waits, or is examined */                                     \
    X(CONVERTING, "converting")                                                                    \
    X(READY, "ready")                                                                              \
    X(REFUSED, "refused")

enum upload_state {
#define X(name, text) UPLOAD_##name,
    UPLOAD_STATES(X)
#undef X
        UPLOAD_STATE_COUNT
};

struct upload {
    char id[UID_SIZE];
    char site[UID_SIZE]; /* whose film it will be; "" = the operator's */
    char name[UPLOAD_NAME_SIZE];
    enum content_kind kind;
    char title[NAME_SIZE];
    int64_t size, offset;
    enum upload_state state;
    enum film_fault fault;             /* of a refused one, or what a waiting one waits for */
    char checks[CONTENTS_CHECKS_SIZE]; /* film_facts_json() of what came; "" = not examined */
    char sha256[SHA256_SIZE];          /* of the film; "" until it is ready */
    char by[CONTENTS_WHO_SIZE];
    int64_t made, changed;
    int crashes;
};

const char *upload_state_name(enum upload_state state);
int upload_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Announces a film: kind, title, name, size, site, by of *upload; id and times are filled in.
 * month: "2026-11" by the site's clock. -E2BIG: larger than film_source_max; -EMFILE:
 * UPLOAD_OPEN_MAX or UPLOAD_WAITING_MAX reached; -EDQUOT: the month's conversions are used up
 * (terms 19); -ENOSPC: the disk has no room for it. */
int upload_begin(struct cloud *cloud, struct upload *upload, const char *month)
    __attribute__((warn_unused_result));
int upload_get(struct db *db, const char *id, struct upload *ret)
    __attribute__((warn_unused_result)); /* -ENOENT */
/* Of one owner, or of all when site is NULL; latest first. */
int upload_each(struct db *db, const char *site,
                void (*each)(const struct upload *upload, void *context), void *context)
    __attribute__((warn_unused_result));
/* Takes the bytes at offset; they are on the disk when it returns 0. *ret_offset is where to go on,
 * also after -ERANGE (offset is another) and -EBUSY (another piece is being taken). -EFBIG: more
 * than was announced; -EALREADY: it is complete; -ENOSPC. The last piece completes it. */
int upload_take(struct cloud *cloud, const char *id, int64_t offset, const void *bytes, size_t size,
                int64_t *ret_offset) __attribute__((warn_unused_result));
/* Forgets it, whatever its state; a film that is ready stays. -ENOENT. */
int upload_drop(struct cloud *cloud, const char *id) __attribute__((warn_unused_result));

/* -- for the worker ---------------------------------------------------------------------------- */
/* The one that has waited longest. -ENOENT: none waits. */
int upload_next(struct db *db, struct upload *ret) __attribute__((warn_unused_result));
/* Stores state, fault, checks and crashes. -ENOENT: it was dropped meanwhile. A refused one gives
 * its conversion back and its bytes are removed. */
int upload_note(struct cloud *cloud, const struct upload *upload)
    __attribute__((warn_unused_result));
/* The film is in the content store; its row and the upload's end are one transaction. */
int upload_ready(struct cloud *cloud, const struct upload *upload, const struct film *film)
    __attribute__((warn_unused_result));
/* Removes what idled too long, and files that no upload knows. */
int upload_tidy(struct cloud *cloud) __attribute__((warn_unused_result));

enum { UPLOAD_PATH_SIZE = CLOUD_PATH_SIZE + 80 };
void upload_path(const struct cloud *cloud, const char *id, const char *suffix,
                 char ret[static UPLOAD_PATH_SIZE]);
/* Whether so many bytes more leave the disk the room that records need. */
bool upload_has_room(const struct cloud *cloud, int64_t bytes);

#endif
