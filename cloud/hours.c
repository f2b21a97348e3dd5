#include "hours.h"

#include <errno.h>
#include <stdio.h>

#include "ids.h"

enum { MINUTE_MS = 60 * 1000, STEPS_MAX = 4096 /* boundaries looked at; twice a day for years */ };

static const int64_t day_ms = INT64_C(24) * 60 * MINUTE_MS;

static const struct db_migration steps[] = {
    {"announced exceptions of the service hours",
     "CREATE TABLE hours_exception (id TEXT PRIMARY KEY, begins BIGINT NOT NULL, ends BIGINT NOT "
     "NULL, open BIGINT NOT NULL, announced BIGINT NOT NULL, announced_by TEXT NOT NULL); CREATE "
     "INDEX hours_exception_ends ON hours_exception (ends);"},
};

int hours_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "hours", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

/* -- pure -------------------------------------------------------------------------------------- */

/* Start of the day in Japan. */
static int64_t day_of(int64_t now)
{
    const int64_t offset = (int64_t)HOURS_UTC_OFFSET_MIN * MINUTE_MS;
    int64_t into = (now + offset) % day_ms;

    return now - (into < 0 ? into + day_ms : into);
}

bool hours_open(const struct hours *hours, int64_t now)
{
    for (int i = hours->count - 1; i >= 0; i--)
        if (now >= hours->exceptions[i].from && now < hours->exceptions[i].to)
            return hours->exceptions[i].open;
    return now - day_of(now) >= (int64_t)HOURS_FROM_MIN * MINUTE_MS;
}

/* The next moment at which anything begins or ends. */
static int64_t next_boundary(const struct hours *hours, int64_t now)
{
    int64_t morning = day_of(now) + (int64_t)HOURS_FROM_MIN * MINUTE_MS;
    int64_t next = now < morning ? morning : day_of(now) + day_ms;

    for (int i = 0; i < hours->count; i++) {
        const struct hours_exception *exception = &hours->exceptions[i];

        if (exception->from > now && exception->from < next)
            next = exception->from;
        if (exception->to > now && exception->to < next)
            next = exception->to;
    }
    return next;
}

int64_t hours_change(const struct hours *hours, int64_t now)
{
    const bool open = hours_open(hours, now);
    int64_t at = next_boundary(hours, now);

    for (int i = 0; i < STEPS_MAX && hours_open(hours, at) == open; i++)
        at = next_boundary(hours, at);
    return at;
}

/* -- what was announced ------------------------------------------------------------------------ */

int hours_load(struct db *db, int64_t now, struct hours *ret)
{
    struct db_rows *rows = NULL;
    struct hours hours = {.count = 0};
    int result;

    result = db_query(db, &rows,
                      "SELECT begins, ends, open FROM hours_exception WHERE ends > $1 ORDER BY "
                      "announced, id LIMIT $2",
                      "ii", now, (int64_t)HOURS_EXCEPTIONS_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1)
        hours.exceptions[hours.count++] = (struct hours_exception){
            .from = db_int(rows, 0), .to = db_int(rows, 1), .open = db_int(rows, 2) != 0};
    db_done(rows);
    if (result < 0)
        return result;
    *ret = hours;
    return 0;
}

int hours_now(struct db *db, int64_t now, const struct hours_exception *pause, bool *ret_open,
              int64_t *ret_change)
{
    struct hours hours;
    int result = hours_load(db, now, &hours);

    if (result < 0)
        return result;
    if (pause && pause->from < pause->to)
        hours.exceptions[hours.count++] = *pause;
    *ret_open = hours_open(&hours, now);
    *ret_change = hours_change(&hours, now);
    return 0;
}

/* In the caller's transaction. */
static int add(struct db *db, const struct hours_exception *exception, const char *user,
               int64_t now, const char *id)
{
    int64_t count = 0;
    int result;

    result =
        db_get_int(db, &count, "SELECT count(*) FROM hours_exception WHERE ends > $1", "i", now);
    if (result >= 0 && count >= HOURS_EXCEPTIONS_MAX)
        result = -ENOSPC;
    if (result >= 0)
        result = db_run(db,
                        "INSERT INTO hours_exception (id, begins, ends, open, announced, "
                        "announced_by) VALUES ($1, $2, $3, $4, $5, $6)",
                        "tiiiit", id, exception->from, exception->to, (int64_t)exception->open, now,
                        user);
    return result;
}

int hours_announce(struct db *db, const struct hours_exception *exception, const char *user,
                   int64_t now, char ret_id[static HOURS_ID_SIZE])
{
    char id[IDS_UUID_SIZE];
    int result;

    if (exception->from <= now || exception->to <= exception->from)
        return -ERANGE;
    ids_uuid(id);
    result = db_begin(db);
    if (result < 0)
        return result;
    result = add(db, exception, user, now, id);
    if (result < 0) {
        db_rollback(db);
        return result;
    }
    result = db_commit(db);
    if (result == 0)
        (void)snprintf(ret_id, HOURS_ID_SIZE, "%s", id);
    return result;
}

int hours_withdraw(struct db *db, const char *id, int64_t now)
{
    int result =
        db_run(db, "DELETE FROM hours_exception WHERE id = $1 AND ends > $2", "ti", id, now);

    return result < 0 ? result : result == 0 ? -ENOENT : 0;
}

static void add_row(cJSON *list, const struct db_rows *rows)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "id", db_text(rows, 0));
    cJSON_AddNumberToObject(item, "from", (double)db_int(rows, 1));
    cJSON_AddNumberToObject(item, "to", (double)db_int(rows, 2));
    cJSON_AddBoolToObject(item, "open", db_int(rows, 3) != 0);
    cJSON_AddNumberToObject(item, "announced", (double)db_int(rows, 4));
    cJSON_AddItemToArray(list, item);
}

cJSON *hours_json(struct db *db, int64_t now)
{
    struct db_rows *rows = NULL;
    cJSON *json = cJSON_CreateObject(), *list;
    int64_t change = 0;
    bool open = false;
    int result = hours_now(db, now, NULL, &open, &change);

    cJSON_AddBoolToObject(json, "open", open);
    cJSON_AddNumberToObject(json, "change", (double)change);
    list = cJSON_AddArrayToObject(json, "exceptions");
    if (result == 0)
        result = db_query(db, &rows,
                          "SELECT id, begins, ends, open, announced FROM hours_exception WHERE "
                          "ends > $1 ORDER BY begins, id LIMIT $2",
                          "ii", now, (int64_t)HOURS_EXCEPTIONS_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1)
        add_row(list, rows);
    db_done(rows);
    if (result >= 0)
        return json;
    cJSON_Delete(json);
    return NULL;
}
