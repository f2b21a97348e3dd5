/* What may be shown: the catalogue of films, and the clinics' own contents (terms 3(4)-(11)).
 *
 * A film belongs to the operator (site "") or to one site, is named by the SHA-256 of its bytes,
 * and lies in DIR/contents. Two owners may have the same bytes: each has a row of its own. A film
 * that was withdrawn stays in the catalogue, with the reason, and is shown nowhere.
 */
#ifndef MACHIAI_CLOUD_CONTENTS_H
#define MACHIAI_CLOUD_CONTENTS_H

#include "db.h"
#include "programme.h"

enum {
    CONTENTS_FILMS_MAX = 1000, /* told in one list */
    CONTENTS_CLINIC_MAX = 200, /* clinic contents of a site, shown or not */
    CONTENTS_PHOTOS_MAX = 200, /* of a site */
    CONTENTS_WHY_SIZE = MESSAGE_SIZE,
    CONTENTS_WHO_SIZE = 97,
    CONTENTS_CHECKS_SIZE = 2048,
    CONTENTS_SELF_MADE_DEFAULT = 3, /* conversions a month and site (terms 19), when none is set */
    CONTENTS_SELF_MADE_LIMIT = 1000
};

struct film {
    char site[UID_SIZE]; /* owner; "" = the operator */
    char sha256[SHA256_SIZE];
    enum content_kind kind;
    char title[NAME_SIZE];
    int64_t size, duration_ms, added;
    bool allowed;      /* sites may swap it in (terms 20); their own they always may */
    int64_t withdrawn; /* 0 = not */
    char why[CONTENTS_WHY_SIZE], withdrawn_by[CONTENTS_WHO_SIZE];
    char checks[CONTENTS_CHECKS_SIZE]; /* JSON: what it was, what was changed; "" = {} */
};

/* After programmes_migrate(). */
int contents_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Grows with every change of what the site's devices must know of this module: its clinic contents,
 * substitutes, withdrawals. Part of programmes_key(). */
int contents_revision(struct db *db, const char *site, int64_t *ret)
    __attribute__((warn_unused_result));
/* Something that the site's devices must know has changed; site "" = all sites. */
int contents_changed(struct db *db, const char *site) __attribute__((warn_unused_result));

/* -- films ------------------------------------------------------------------------------------- */
/* Notes a film whose file is in the content store; again, it gets the new kind and title and stays
 * withdrawn if it was. */
int contents_film_put(struct db *db, const struct film *film) __attribute__((warn_unused_result));
/* The film that a table of this site means: the site's own or the operator's, by its hash, or, with
 * sha256 "", the latest of that title; -ENOENT: none, or withdrawn. */
int contents_film(struct db *db, const char *site, const char *sha256, const char *title,
                  struct film *ret) __attribute__((warn_unused_result));
/* 1 when the site's contractor may swap the film in: allowed or the site's own, not withdrawn; 0.
 */
int contents_allowed(struct db *db, const char *site, const char *sha256)
    __attribute__((warn_unused_result));
/* Withdrawn films that the site may have, the latest first, at most max. */
int contents_withdrawn(struct db *db, const char *site, char (*ret)[SHA256_SIZE], int max,
                       int *ret_count) __attribute__((warn_unused_result));
/* Films of kind substitute for every site, oldest first; withdrawn ones left out. */
int contents_substitutes(struct db *db, struct content *ret, int max, int *ret_count)
    __attribute__((warn_unused_result));
/* Calls each() for the films that `site` may see (NULL = the operator: all): its own, and those
 * allowed and not withdrawn. kind CONTENT_KIND_COUNT = all. Latest first. */
int contents_films(struct db *db, const char *site, enum content_kind kind,
                   void (*each)(const struct film *film, void *context), void *context)
    __attribute__((warn_unused_result));
/* The film of that owner (NULL = of any, the operator first); *ret is untouched unless 0.
 * -ENOENT. */
int contents_film_of(struct db *db, const char *owner, const char *sha256, struct film *ret)
    __attribute__((warn_unused_result));
/* Title, kind, allowed from *film. -ENOENT. */
int contents_film_change(struct db *db, const struct film *film)
    __attribute__((warn_unused_result));
/* From now on it is shown nowhere (terms 21): every owner's when owner is NULL, else that one's.
 * Again is harmless and keeps the first reason. -ENOENT. */
int contents_withdraw(struct db *db, const char *owner, const char *sha256, const char *why,
                      const char *who, int64_t now) __attribute__((warn_unused_result));
/* 1 when a device of the site may fetch these bytes: a film of the site or of the operator that is
 * not withdrawn, or a photograph of the site; 0. */
int contents_may_fetch(struct db *db, const char *site, const char *sha256)
    __attribute__((warn_unused_result));

/* -- clinic contents (introduction, notice, self-made) ----------------------------------------- */
struct clinic_content {
    char id[UID_SIZE];
    enum content_kind kind;
    char title[NAME_SIZE];
    char *page; /* JSON of a drawn one, else NULL; belongs to whoever filled it in */
    char sha256[SHA256_SIZE];
    int64_t duration_ms;
    int64_t show_from, show_to; /* broadcast period, [from, to); 0 = open */
    int weekdays;               /* bit 0 = Sunday; 0 = every day */
    int daypart_from, daypart_to;
    bool active;
    int64_t made, changed;
    char changed_by[CONTENTS_WHO_SIZE];
};

/* What goes into the document of the site's devices: active ones whose film or pictures are there
 * and not withdrawn, oldest first. */
int contents_of_site(struct db *db, const char *site, struct content *ret, int max, int *ret_count)
    __attribute__((warn_unused_result));
/* Calls each() for every content of the site, oldest first. */
int contents_clinic(struct db *db, const char *site,
                    void (*each)(const struct clinic_content *content, void *context),
                    void *context) __attribute__((warn_unused_result));
/* Makes it (id unknown) or changes it. -ENOSPC: CONTENTS_CLINIC_MAX reached; -ENOENT: its film is
 * none of this site's; -EXDEV: that film is of another kind. */
int contents_clinic_put(struct db *db, const char *site, const struct clinic_content *content)
    __attribute__((warn_unused_result));
/* -ENOENT. */
int contents_clinic_remove(struct db *db, const char *site, const char *id)
    __attribute__((warn_unused_result));

/* -- photographs ------------------------------------------------------------------------------- */
struct photo {
    char sha256[SHA256_SIZE];
    int width, height;
    int64_t size, made;
};

/* -EDQUOT: CONTENTS_PHOTOS_MAX reached. */
int contents_photo_put(struct db *db, const char *site, const struct photo *photo)
    __attribute__((warn_unused_result));
/* 1 when the site has this photograph, 0. */
int contents_photo_has(struct db *db, const char *site, const char *sha256)
    __attribute__((warn_unused_result));
int contents_photos(struct db *db, const char *site,
                    void (*each)(const struct photo *photo, void *context), void *context)
    __attribute__((warn_unused_result));

/* -- the monthly limit of self-made conversions (terms 19) --------------------------------------
 */
enum { CONTENTS_MONTH_SIZE = 8 };
/* "2026-11" by a clock that is so far from UTC. */
void contents_month(int64_t now, int utc_offset_min, char ret[static CONTENTS_MONTH_SIZE]);
int contents_self_made_limit(struct db *db, const char *site, int64_t *ret)
    __attribute__((warn_unused_result));
int contents_self_made_limit_set(struct db *db, const char *site, int64_t limit)
    __attribute__((warn_unused_result));
/* Conversions of the month ("2026-11", by the site's clock) so far. */
int contents_self_made_used(struct db *db, const char *site, const char *month, int64_t *ret)
    __attribute__((warn_unused_result));
/* The upload counts in that month from now on; again is harmless. */
int contents_self_made_count(struct db *db, const char *site, const char *month, const char *upload)
    __attribute__((warn_unused_result));
/* It was refused: no conversion was made of it. */
int contents_self_made_uncount(struct db *db, const char *site, const char *upload)
    __attribute__((warn_unused_result));

#endif
