#include "programmes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "logging.h"

static const struct db_migration steps[] = {
    {"films and programmes",
     "CREATE TABLE film (sha256 TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, size "
     "BIGINT NOT NULL, duration_ms BIGINT NOT NULL, added BIGINT NOT NULL);"
     "CREATE TABLE programme (site TEXT NOT NULL REFERENCES site, programme TEXT NOT NULL UNIQUE, "
     "version BIGINT NOT NULL, begins BIGINT NOT NULL, ends BIGINT NOT NULL, distributed BIGINT "
     "NOT "
     "NULL, deadline BIGINT NOT NULL, approved BIGINT NOT NULL, approved_by TEXT NOT NULL, made "
     "BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (site, programme));"},
    {"signed documents",
     "CREATE TABLE programme_document (site TEXT PRIMARY KEY REFERENCES site, edition BIGINT NOT "
     "NULL, digest TEXT NOT NULL, document TEXT NOT NULL, key_id TEXT NOT NULL, signature TEXT NOT "
     "NULL);"},
};

int programmes_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "programmes", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

/* -- one row as JSON --------------------------------------------------------------------------- */

#define COLUMNS                                                                                    \
    "programme, version, begins, ends, distributed, deadline, approved, approved_by, body"

static cJSON *row_to_json(const struct db_rows *rows)
{
    static const char *const names[] = {"version",     "from",     "to",
                                        "distributed", "deadline", "approved"};
    cJSON *json = cJSON_Parse(db_text(rows, 8));

    if (!json)
        return NULL;
    cJSON_AddStringToObject(json, "id", db_text(rows, 0));
    for (int i = 0; i < 6; i++)
        cJSON_AddNumberToObject(json, names[i], (double)db_int(rows, i + 1));
    return json;
}

/* Where the programme stands for the people who must act on it. */
static const char *state_of(const struct db_rows *rows, int64_t now)
{
    int64_t from = db_int(rows, 2), to = db_int(rows, 3), distributed = db_int(rows, 4);
    int64_t deadline = db_int(rows, 5), approved = db_int(rows, 6);

    if (now >= to)
        return "ended";
    if (distributed == 0)
        return "draft";
    if (approved >= distributed && approved < deadline)
        return now >= from ? "running" : "approved";
    return now < deadline ? "distributed" : "missed";
}

static cJSON *row_for_people(const struct db_rows *rows, int64_t now)
{
    cJSON *json = row_to_json(rows);

    if (json) {
        cJSON_AddStringToObject(json, "state", state_of(rows, now));
        cJSON_AddStringToObject(json, "approved_by", db_text(rows, 7));
    }
    return json;
}

int programmes_list(struct db *db, const char *site, bool drafts, int64_t now, cJSON **ret)
{
    struct db_rows *rows = NULL;
    cJSON *list = cJSON_CreateArray();
    int result;

    result = db_query(db, &rows,
                      "SELECT " COLUMNS " FROM programme WHERE site = $1 AND (distributed > 0 OR "
                      "$2 = 1) ORDER BY begins DESC, made DESC LIMIT $3",
                      "tii", site, (int64_t)drafts, (int64_t)PROGRAMMES_LIST_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1)
        cJSON_AddItemToArray(list, row_for_people(rows, now));
    db_done(rows);
    if (result < 0) {
        cJSON_Delete(list);
        return result;
    }
    *ret = list;
    return 0;
}

int programmes_get(struct db *db, const char *site, const char *programme, int64_t now, cJSON **ret)
{
    struct db_rows *rows = NULL;
    cJSON *json = NULL;
    int result;

    result =
        db_query(db, &rows, "SELECT " COLUMNS " FROM programme WHERE site = $1 AND programme = $2",
                 "tt", site, programme);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        json = row_for_people(rows, now);
    db_done(rows);
    if (result <= 0)
        return result < 0 ? result : -ENOENT;
    *ret = json;
    return json ? 0 : -ENOMEM;
}

/* -- what devices play ------------------------------------------------------------------------- */

/* The present period first, then the next, then the last; of several the latest made. */
static int query_present(struct db *db, const char *site, int64_t now, struct db_rows **ret)
{
    return db_query(db, ret,
                    "SELECT " COLUMNS " FROM programme WHERE site = $1 AND distributed > 0 ORDER "
                    "BY CASE WHEN begins <= $2 AND ends > $2 THEN 0 WHEN begins > $2 THEN 1 ELSE 2 "
                    "END, CASE WHEN begins > $2 THEN begins ELSE -ends END, made DESC LIMIT 1",
                    "ti", site, now);
}

/* Where a table's own substitutes stand; films of kind substitute count for every site. */
static void add_substitutes(struct programme_set *set, const cJSON *body)
{
    const cJSON *item;

    cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(body, "substitutes")) {
        struct content content;
        char error[DB_ERROR_SIZE];
        bool known = false;

        if (content_from_json(item, &content, error, sizeof(error)) < 0)
            continue; /* it was checked when it was stored */
        for (int i = 0; i < set->substitute_count; i++)
            known = known || strcmp(set->substitutes[i].sha256, content.sha256) == 0;
        if (!known && set->substitute_count < PROGRAMME_SUBSTITUTES_MAX)
            set->substitutes[set->substitute_count++] = content;
    }
}

static int add_programme(struct programme_set *set, const struct db_rows *rows, bool ended)
{
    cJSON *json = row_to_json(rows);
    char error[DB_ERROR_SIZE];
    int result = json ? 0 : -ENOMEM;

    if (result == 0 && !ended)
        result =
            programme_from_json(json, &set->programmes[set->programme_count], error, sizeof(error));
    if (result == -EINVAL) {
        log_error("programme %s cannot be read: %s", db_text(rows, 0), error);
        result = -EIO;
    }
    if (result == 0) {
        set->programme_count += !ended;
        add_substitutes(set, json);
    }
    cJSON_Delete(json);
    return result;
}

int programmes_fill(struct db *db, const char *site, int64_t now, struct programme_set *set)
{
    struct db_rows *rows = NULL;
    int result;

    result =
        db_query(db, &rows,
                 "SELECT * FROM (SELECT " COLUMNS ", made FROM programme WHERE site = $1 AND "
                 "distributed > 0 AND ends > $2 ORDER BY begins, made DESC LIMIT $3) AS chosen "
                 "ORDER BY made DESC, programme",
                 "tii", site, now, (int64_t)PROGRAMME_SET_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1)
        result = add_programme(set, rows, false);
    db_done(rows);
    rows = NULL;
    if (result < 0 || set->programme_count > 0)
        return result;
    result = query_present(db, site, now, &rows);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        result = add_programme(set, rows, true);
    db_done(rows);
    return result;
}

int programmes_key(struct db *db, const char *site, int64_t now,
                   char key[static PROGRAMMES_KEY_SIZE])
{
    struct db_rows *rows = NULL;
    int result;

    result = query_present(db, site, now, &rows);
    if (result == 0)
        result = db_next(rows);
    if (result >= 0)
        key[0] = '\0';
    if (result == 1)
        (void)snprintf(key, PROGRAMMES_KEY_SIZE, "%s:%lld", db_text(rows, 0),
                       (long long)db_int(rows, 1));
    db_done(rows);
    return result < 0 ? result : 0;
}

/* -- the life of a programme ------------------------------------------------------------------- */

int programmes_site(struct db *db, const char *programme, char ret_site[static UID_SIZE])
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows, "SELECT site FROM programme WHERE programme = $1", "t", programme);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        (void)snprintf(ret_site, UID_SIZE, "%s", db_text(rows, 0));
    db_done(rows);
    return result == 1 ? 0 : result < 0 ? result : -ENOENT;
}

int programmes_distribute(struct db *db, const char *site, const char *programme, int64_t now)
{
    int64_t known = 0;
    int result;

    result = db_run(db,
                    "UPDATE programme SET distributed = $3, version = version + 1 WHERE site = $1 "
                    "AND programme = $2 AND distributed = 0",
                    "tti", site, programme, now);
    if (result != 0)
        return result < 0 ? result : 0;
    result = db_get_int(db, &known, "SELECT 1 FROM programme WHERE site = $1 AND programme = $2",
                        "tt", site, programme);
    return result == 1 ? 0 : result < 0 ? result : -ENOENT;
}

static int why_not_approved(struct db *db, const char *site, const char *programme)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows,
                      "SELECT distributed, approved FROM programme WHERE site = $1 AND programme = "
                      "$2",
                      "tt", site, programme);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        result = db_int(rows, 1) > 0 ? 0 : db_int(rows, 0) == 0 ? -EAGAIN : -ETIME;
    else if (result == 0)
        result = -ENOENT;
    db_done(rows);
    return result;
}

int programmes_approve(struct db *db, const char *site, const char *programme, const char *user,
                       int64_t now)
{
    int result;

    /* One statement decides, so that two contractors who press at once agree. */
    result = db_run(db,
                    "UPDATE programme SET approved = $3, approved_by = $4, version = version + 1 "
                    "WHERE site = $1 AND programme = $2 AND distributed > 0 AND distributed <= $3 "
                    "AND approved = 0 AND $3 < deadline",
                    "ttit", site, programme, now, user);
    if (result != 0)
        return result < 0 ? result : 0;
    return why_not_approved(db, site, programme);
}
