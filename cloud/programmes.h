/* Model programmes (モデル番組表, terms 20) as the cloud keeps them.
 *
 * A programme belongs to a site and a period. It is a draft until it is distributed; then the
 * contractor looks at it, swaps films, and approves it before the deadline, by the cloud's clock,
 * or its provided films give way to substitutes (firmware/core/programme.h). One that goes to many
 * sites is a model (programme_model.h): each site has a programme of its own, made from it.
 */
#ifndef MACHIAI_CLOUD_PROGRAMMES_H
#define MACHIAI_CLOUD_PROGRAMMES_H

#include "db.h"
#include "programme.h"
#include "site.h"

enum { PROGRAMMES_KEY_SIZE = 65, PROGRAMMES_LIST_MAX = 100 };

/* Before contents_migrate(). */
int programmes_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* -- tables ------------------------------------------------------------------------------------ */
/* A table {"title"?, from, to, deadline, items, substitutes?} as people write it: times are ms or
 * "2026-11-24T08:00" at the site; an item names a film by sha256 or title, or is a notice with
 * title, body and duration_ms; it may have show_from, show_to, weekdays and dayparts. */
struct programmes_table {
    int64_t from, to, deadline;
    char title[NAME_SIZE];
    char *body; /* {"items","substitutes"} as stored; cJSON_free() */
};

/* Reads a table with the films that the site (or, "", any site) may have. -EINVAL with a path in
 * error. On failure *ret is untouched. */
int programmes_table_read(struct db *db, const char *site, int utc_offset_min, const cJSON *table,
                          struct programmes_table *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* Makes a draft for one site. -EINVAL with a path in error. */
int programmes_add(struct db *db, const char *site, int utc_offset_min, const cJSON *table,
                   int64_t now, char ret_id[static UID_SIZE], char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* Stores a programme; distributed 0 = a draft; model "" = of one site only. */
int programmes_store(struct db *db, const char *site, const char *model,
                     const struct programmes_table *table, int64_t distributed, int64_t now,
                     char ret_id[static UID_SIZE]) __attribute__((warn_unused_result));

/* -- what becomes of one ----------------------------------------------------------------------- */
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
/* Puts another film into the place of item `index`, before the deadline (terms 20): one that the
 * site may have, of the same kind or a clinic's, or the one that the table had there first. What
 * was approved must be approved again: *ret_taken_back. As programmes_approve(); also -EDOM there
 * is no such item, -EPERM the film is not to be had, -EXDEV it is of another kind. */
int programmes_swap(struct db *db, const char *site, const char *programme, int index,
                    const char *sha256, int64_t now, bool *ret_taken_back)
    __attribute__((warn_unused_result));

/* 1 when a programme that was distributed to the site names these bytes, also a film that nobody
 * may swap in: its contractor checks it before approving (terms 20); 0. */
int programmes_holds(struct db *db, const char *site, const char *sha256)
    __attribute__((warn_unused_result));

/* -- reading ----------------------------------------------------------------------------------- */
/* As people see them: the programme's JSON with "title", "state", "approved_by", "model",
 * "changed", and per item "index", "provided", "swappable", "withdrawn" and, once swapped, "first"
 * {"sha256", "title","kind"}. Latest period first; drafts: those not distributed too. Caller owns
 * the result.
 */
int programmes_list(struct db *db, const char *site, bool drafts, int64_t now, cJSON **ret)
    __attribute__((warn_unused_result));
int programmes_get(struct db *db, const char *site, const char *programme, int64_t now, cJSON **ret)
    __attribute__((warn_unused_result));
/* draft, distributed, approved, running, missed (not approved in time) or ended. */
const char *programmes_state(int64_t from, int64_t to, int64_t distributed, int64_t deadline,
                             int64_t approved, int64_t now);

/* The distributed programmes of the present and the next periods, the latest made first, and the
 * substitutes that they (else the last that ended) name, added to *set. */
int programmes_fill(struct db *db, const char *site, int64_t now, struct programme_set *set)
    __attribute__((warn_unused_result));
/* Adds it unless it is there, or the set is full. */
void programmes_add_substitute(struct programme_set *set, const struct content *content);
/* Differs whenever the site's devices should ask for their document again. */
int programmes_key(struct db *db, struct site *site, char key[static PROGRAMMES_KEY_SIZE])
    __attribute__((warn_unused_result));

#endif
