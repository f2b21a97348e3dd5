/* Model programmes (モデル番組表) as the cloud keeps them.
 *
 * A programme belongs to a site and a period. It is a draft until it is distributed; then the
 * contractor approves it before the deadline, by the cloud's clock, or its provided films give way
 * to substitutes (firmware/core/programme.h).
 */
#ifndef MACHIAI_CLOUD_PROGRAMMES_H
#define MACHIAI_CLOUD_PROGRAMMES_H

#include "db.h"
#include "programme.h"

enum { PROGRAMMES_KEY_SIZE = 64, PROGRAMMES_LIST_MAX = 100 };

int programmes_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Makes a draft from a table {from, to, deadline, items, substitutes}: times are ms or
 * "2026-11-24T08:00" at the site; an item names a film by sha256 or title, or is a notice with
 * title, body and duration_ms. -EINVAL with a path in error. */
int programmes_add(struct db *db, const char *site, int utc_offset_min, const cJSON *table,
                   int64_t now, char ret_id[static UID_SIZE], char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* Site of a programme. -ENOENT when there is none of that name. */
int programmes_site(struct db *db, const char *programme, char ret_site[static UID_SIZE])
    __attribute__((warn_unused_result));
/* The programme reaches its site now; again is harmless. */
int programmes_distribute(struct db *db, const char *site, const char *programme, int64_t now)
    __attribute__((warn_unused_result));
/* -ENOENT no such programme, -EAGAIN not distributed yet, -ETIME the deadline has passed. A
 * programme that is approved stays so: 0. */
int programmes_approve(struct db *db, const char *site, const char *programme, const char *user,
                       int64_t now) __attribute__((warn_unused_result));

/* As people see them: the programme's JSON with "state" and "approved_by", latest period first.
 * drafts: those not distributed too. Caller owns the result. */
int programmes_list(struct db *db, const char *site, bool drafts, int64_t now, cJSON **ret)
    __attribute__((warn_unused_result));
int programmes_get(struct db *db, const char *site, const char *programme, int64_t now, cJSON **ret)
    __attribute__((warn_unused_result));

/* The distributed programmes of the present and the next periods, the latest made first, and the
 * substitutes that they (else the last that ended) name, added to *set. */
int programmes_fill(struct db *db, const char *site, int64_t now, struct programme_set *set)
    __attribute__((warn_unused_result));
/* "ID:VERSION" of that programme, "" for none: differs whenever devices should ask again. */
int programmes_key(struct db *db, const char *site, int64_t now,
                   char key[static PROGRAMMES_KEY_SIZE]) __attribute__((warn_unused_result));

#endif
