#include "contents_private.h"

#include <errno.h>
#include <string.h>

static const struct db_migration steps[] = {
    {"owners of films",
     "CREATE TABLE film_owned (site TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL, title "
     "TEXT NOT NULL, size BIGINT NOT NULL, duration_ms BIGINT NOT NULL, added BIGINT NOT NULL, "
     "allowed BIGINT NOT NULL DEFAULT 1, withdrawn BIGINT NOT NULL DEFAULT 0, why TEXT NOT NULL "
     "DEFAULT '', withdrawn_by TEXT NOT NULL DEFAULT '', checks TEXT NOT NULL DEFAULT '', PRIMARY "
     "KEY (site, sha256));"
     "INSERT INTO film_owned (site, sha256, kind, title, size, duration_ms, added) SELECT '', "
     "sha256, kind, title, size, duration_ms, added FROM film;"
     "DROP TABLE film;"
     "ALTER TABLE film_owned RENAME TO film;"
     "CREATE INDEX film_by_hash ON film (sha256);"},
    {"clinic contents",
     "CREATE TABLE clinic_content (site TEXT NOT NULL REFERENCES site, content TEXT NOT NULL, kind "
     "TEXT NOT NULL, title TEXT NOT NULL, page TEXT NOT NULL, sha256 TEXT NOT NULL, duration_ms "
     "BIGINT NOT NULL, show_from BIGINT NOT NULL, show_to BIGINT NOT NULL, weekdays BIGINT NOT "
     "NULL, daypart_from BIGINT NOT NULL, daypart_to BIGINT NOT NULL, active BIGINT NOT NULL, made "
     "BIGINT NOT NULL, changed BIGINT NOT NULL, changed_by TEXT NOT NULL, PRIMARY KEY (site, "
     "content));"
     "CREATE TABLE photo (site TEXT NOT NULL REFERENCES site, sha256 TEXT NOT NULL, width BIGINT "
     "NOT NULL, height BIGINT NOT NULL, size BIGINT NOT NULL, made BIGINT NOT NULL, PRIMARY KEY "
     "(site, sha256));"
     "CREATE TABLE contents_head (site TEXT PRIMARY KEY, revision BIGINT NOT NULL);"
     "CREATE TABLE self_made_limit (site TEXT PRIMARY KEY, month_max BIGINT NOT NULL);"
     "CREATE TABLE self_made (site TEXT NOT NULL, month TEXT NOT NULL, upload TEXT NOT NULL, "
     "PRIMARY KEY (site, month, upload));"},
};

int contents_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "contents", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

int contents_changed(struct db *db, const char *site)
{
    int result;

    result = db_run(db,
                    "INSERT INTO contents_head (site, revision) VALUES ($1, 1) ON CONFLICT (site) "
                    "DO UPDATE SET revision = contents_head.revision + 1",
                    "t", site);
    return result < 0 ? result : 0;
}

int contents_revision(struct db *db, const char *site, int64_t *ret)
{
    int result;

    result = db_get_int(
        db, ret, "SELECT COALESCE(SUM(revision), 0) FROM contents_head WHERE site IN ('', $1)", "t",
        site);
    return result < 0 ? result : 0;
}

/* -- films ------------------------------------------------------------------------------------- */

#define COLUMNS                                                                                    \
    "site, sha256, kind, title, size, duration_ms, added, allowed, withdrawn, why, withdrawn_by, " \
    "checks"

enum content_kind contents_kind(const char *name)
{
    enum content_kind kind = CONTENT_KIND_COUNT;

    return content_kind_from_name(name, &kind) < 0 ? CONTENT_KIND_COUNT : kind;
}

static void take_film(const struct db_rows *rows, struct film *ret)
{
    *ret = (struct film){.kind = contents_kind(db_text(rows, 2)),
                         .size = db_int(rows, 4),
                         .duration_ms = db_int(rows, 5),
                         .added = db_int(rows, 6),
                         .allowed = db_int(rows, 7) != 0,
                         .withdrawn = db_int(rows, 8)};
    TAKE_TEXT(ret->site, rows, 0);
    TAKE_TEXT(ret->sha256, rows, 1);
    TAKE_TEXT(ret->title, rows, 3);
    TAKE_TEXT(ret->why, rows, 9);
    TAKE_TEXT(ret->withdrawn_by, rows, 10);
    TAKE_TEXT(ret->checks, rows, 11);
}

int contents_end(struct db *db, int result)
{
    if (result >= 0)
        return db_commit(db);
    db_rollback(db);
    return result;
}

int contents_film_put(struct db *db, const struct film *film)
{
    int result;

    result = db_begin(db);
    if (result < 0)
        return result;
    result =
        db_run(db,
               "INSERT INTO film (site, sha256, kind, title, size, duration_ms, added, "
               "allowed, checks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT "
               "(site, sha256) DO UPDATE SET kind = $3, title = $4, allowed = $8, checks = $9",
               "ttttiiiit", film->site, film->sha256, content_kind_name(film->kind), film->title,
               film->size, film->duration_ms, film->added, (int64_t)film->allowed, film->checks);
    if (result >= 0)
        result = contents_changed(db, film->site);
    return contents_end(db, result);
}

/* One film or -ENOENT; ends the rows. */
static int one_film(struct db_rows *rows, int result, struct film *ret)
{
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        take_film(rows, ret);
    db_done(rows);
    return result == 1 ? 0 : result < 0 ? result : -ENOENT;
}

int contents_film(struct db *db, const char *site, const char *sha256, const char *title,
                  struct film *ret)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows,
                      "SELECT " COLUMNS " FROM film WHERE (sha256 = $2 OR ($2 = '' AND title = "
                      "$3)) AND site IN ('', $1) AND withdrawn = 0 ORDER BY added DESC, site DESC "
                      "LIMIT 1",
                      "ttt", site, sha256, title);
    return one_film(rows, result, ret);
}

int contents_film_of(struct db *db, const char *owner, const char *sha256, struct film *ret)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows,
                      "SELECT " COLUMNS " FROM film WHERE ($1 = 1 OR site = $2) AND sha256 = $3 "
                      "ORDER BY site LIMIT 1",
                      "itt", (int64_t)!owner, owner ? owner : "", sha256);
    return one_film(rows, result, ret);
}

static int answer(struct db *db, const char *sql, const char *site, const char *sha256)
{
    int64_t one = 0;

    return db_get_int(db, &one, sql, "tt", site, sha256);
}

int contents_allowed(struct db *db, const char *site, const char *sha256)
{
    return answer(db,
                  "SELECT 1 FROM film WHERE sha256 = $2 AND withdrawn = 0 AND (site = $1 OR (site "
                  "= '' AND allowed = 1)) LIMIT 1",
                  site, sha256);
}

int contents_may_fetch(struct db *db, const char *site, const char *sha256)
{
    return answer(db,
                  "SELECT 1 FROM film WHERE sha256 = $2 AND withdrawn = 0 AND site IN ('', $1) "
                  "UNION SELECT 1 FROM photo WHERE site = $1 AND sha256 = $2 LIMIT 1",
                  site, sha256);
}

int contents_withdrawn(struct db *db, const char *site, char (*ret)[SHA256_SIZE], int max,
                       int *ret_count)
{
    struct db_rows *rows = NULL;
    int count = 0, result;

    /* The same bytes may still be another owner's film that this site may show. */
    result = db_query(db, &rows,
                      "SELECT sha256, MAX(withdrawn) AS latest FROM film WHERE site IN ('', $1) "
                      "GROUP BY sha256 HAVING MIN(withdrawn) > 0 ORDER BY latest DESC, sha256 "
                      "LIMIT $2",
                      "ti", site, (int64_t)max);
    while (result >= 0 && (result = db_next(rows)) == 1)
        (void)snprintf(ret[count++], SHA256_SIZE, "%s", db_text(rows, 0));
    db_done(rows);
    if (result < 0)
        return result;
    *ret_count = count;
    return 0;
}

static void film_to_content(const struct film *film, struct content *ret)
{
    *ret =
        (struct content){.kind = film->kind, .size = film->size, .duration_ms = film->duration_ms};
    memcpy(ret->sha256, film->sha256, sizeof(ret->sha256));
    memcpy(ret->title, film->title, sizeof(ret->title));
}

int contents_substitutes(struct db *db, struct content *ret, int max, int *ret_count)
{
    struct db_rows *rows = NULL;
    struct film film;
    int count = 0, result;

    result = db_query(db, &rows,
                      "SELECT " COLUMNS " FROM film WHERE site = '' AND kind = 'substitute' AND "
                      "allowed = 1 AND withdrawn = 0 ORDER BY added, sha256 LIMIT $1",
                      "i", (int64_t)max);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        take_film(rows, &film);
        film_to_content(&film, &ret[count++]);
    }
    db_done(rows);
    if (result < 0)
        return result;
    *ret_count = count;
    return 0;
}

int contents_films(struct db *db, const char *site, enum content_kind kind,
                   void (*each)(const struct film *film, void *context), void *context)
{
    const char *name = kind == CONTENT_KIND_COUNT ? "" : content_kind_name(kind);
    struct db_rows *rows = NULL;
    struct film film;
    int result;

    result = db_query(db, &rows,
                      "SELECT " COLUMNS " FROM film WHERE ($1 = '' OR kind = $1) AND ($2 = 1 OR "
                      "site = $3 OR (site = '' AND allowed = 1 AND withdrawn = 0)) ORDER BY added "
                      "DESC, sha256 LIMIT $4",
                      "titi", name, (int64_t)!site, site ? site : "", (int64_t)CONTENTS_FILMS_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        take_film(rows, &film);
        each(&film, context);
    }
    db_done(rows);
    return result;
}

int contents_film_change(struct db *db, const struct film *film)
{
    int result;

    result = db_begin(db);
    if (result < 0)
        return result;
    result = db_run(db,
                    "UPDATE film SET title = $3, kind = $4, allowed = $5 WHERE site = $1 AND "
                    "sha256 = $2",
                    "tttti", film->site, film->sha256, film->title, content_kind_name(film->kind),
                    (int64_t)film->allowed);
    result = result == 0 ? -ENOENT : result;
    if (result >= 0)
        result = contents_changed(db, film->site);
    return contents_end(db, result);
}

int contents_withdraw(struct db *db, const char *owner, const char *sha256, const char *why,
                      const char *who, int64_t now)
{
    int64_t one = 0;
    int result, changed = 0;

    result = db_begin(db);
    if (result < 0)
        return result;
    result = db_get_int(db, &one,
                        "SELECT 1 FROM film WHERE sha256 = $1 AND ($2 = 1 OR site = $3) LIMIT 1",
                        "tit", sha256, (int64_t)!owner, owner ? owner : "");
    result = result == 0 ? -ENOENT : result;
    if (result > 0)
        changed = result =
            db_run(db,
                   "UPDATE film SET withdrawn = $4, why = $5, withdrawn_by = $6 WHERE sha256 = $1 "
                   "AND ($2 = 1 OR site = $3) AND withdrawn = 0",
                   "tititt", sha256, (int64_t)!owner, owner ? owner : "", now, why, who);
    if (result >= 0 && changed > 0)
        result = contents_changed(db, owner ? owner : "");
    return contents_end(db, result);
}
