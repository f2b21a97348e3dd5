/* Service hours (terms 3(19), 4.3, app. 2): 06:00-24:00 Asia/Tokyo every day, but for exceptions
 * that were announced beforehand. They are the whole cloud's.
 *
 * Outside them remote reception alone pauses. Kiosks follow their clinic's sessions; what staff and
 * devices send is never refused (design: uploads are never gated).
 *
 * Times are ms since 1970 UTC; errors are negative errno values.
 */
#ifndef MACHIAI_CLOUD_HOURS_H
#define MACHIAI_CLOUD_HOURS_H

#include <cjson/cJSON.h>

#include "db.h"

enum {
    HOURS_EXCEPTIONS_MAX = 64, /* announced and not over */
    HOURS_UTC_OFFSET_MIN = 540,
    HOURS_FROM_MIN = 6 * 60, /* minute of the day */
    HOURS_ID_SIZE = 37
};

struct hours_exception {
    int64_t from, to; /* [from, to) */
    bool open;        /* the service runs, or it pauses */
};

/* The exceptions in the order of their announcement: where two meet, the later one holds. */
struct hours {
    struct hours_exception exceptions[HOURS_EXCEPTIONS_MAX + 1]; /* and a site's own pause */
    int count;
};

/* -- pure -------------------------------------------------------------------------------------- */
bool hours_open(const struct hours *hours, int64_t now);
/* The first moment after now at which hours_open() answers otherwise. */
int64_t hours_change(const struct hours *hours, int64_t now);

/* -- what was announced ------------------------------------------------------------------------ */
int hours_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* The exceptions that are not over at `now`. */
int hours_load(struct db *db, int64_t now, struct hours *ret) __attribute__((warn_unused_result));
/* Whether remote reception is served now, and until when that holds: hours_load() and both of the
 * above. pause: when it pauses at one site too (its interruption, terms 13); NULL or empty = never.
 */
int hours_now(struct db *db, int64_t now, const struct hours_exception *pause, bool *ret_open,
              int64_t *ret_change) __attribute__((warn_unused_result));
/* -ERANGE: it does not begin after now (beforehand is what the terms ask), or ends before it
 * begins; -ENOSPC: as many as are remembered are announced. */
int hours_announce(struct db *db, const struct hours_exception *exception, const char *user,
                   int64_t now, char ret_id[static HOURS_ID_SIZE])
    __attribute__((warn_unused_result));
/* Takes an announcement back. -ENOENT: there is none, or it is over. */
int hours_withdraw(struct db *db, const char *id, int64_t now) __attribute__((warn_unused_result));
/* {"open","change","exceptions":[{"id","from","to","open","announced"}]}; NULL when it could not be
 * read. */
cJSON *hours_json(struct db *db, int64_t now);

#endif
