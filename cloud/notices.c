#include "notices.h"

#include <errno.h>

#include "ids.h"
#include "logging.h"

static const struct db_migration steps[] = {
    {"notices",
     "CREATE TABLE notice (site TEXT NOT NULL, kind TEXT NOT NULL, device TEXT NOT NULL, id TEXT "
     "NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, count BIGINT NOT NULL, detail TEXT "
     "NOT NULL, seen BIGINT NOT NULL DEFAULT 0, seen_by TEXT NOT NULL DEFAULT '', PRIMARY KEY "
     "(site, kind, device));"},
};

static const char *const names[] = {
#define X(name, text) text,
    NOTICES(X)
#undef X
};

const char *notice_name(enum notice kind)
{
    return names[kind];
}

int notices_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "notices", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

int notices_put(struct db *db, const char *site, enum notice kind, const char *device,
                cJSON *detail, int64_t now)
{
    char *text = detail ? cJSON_PrintUnformatted(detail) : NULL;
    char id[IDS_UUID_SIZE];
    int result;

    cJSON_Delete(detail);
    ids_uuid(id);
    result =
        db_run(db,
               "INSERT INTO notice (site, kind, device, id, first, last, count, detail) VALUES "
               "($1, $2, $3, $4, $5, $5, 1, $6) ON CONFLICT (site, kind, device) DO UPDATE SET "
               "id = $4, first = CASE WHEN notice.seen > 0 THEN $5 ELSE notice.first END, last "
               "= $5, count = CASE WHEN notice.seen > 0 THEN 1 ELSE notice.count + 1 END, "
               "detail = $6, seen = 0, seen_by = ''",
               "ttttit", site, names[kind], device, id, now, text ? text : "{}");
    if (result >= 0)
        log_warning("site %s: notice %s%s%s", site, names[kind], *device ? " of device " : "",
                    device); /* the detail may hold what people wrote */
    cJSON_free(text);
    return result < 0 ? result : 0;
}

static void add_row(cJSON *list, const struct db_rows *rows)
{
    cJSON *item = cJSON_CreateObject(), *detail = cJSON_Parse(db_text(rows, 6));

    cJSON_AddStringToObject(item, "id", db_text(rows, 0));
    cJSON_AddStringToObject(item, "kind", db_text(rows, 1));
    cJSON_AddStringToObject(item, "device", db_text(rows, 2));
    cJSON_AddNumberToObject(item, "first", (double)db_int(rows, 3));
    cJSON_AddNumberToObject(item, "last", (double)db_int(rows, 4));
    cJSON_AddNumberToObject(item, "count", (double)db_int(rows, 5));
    cJSON_AddItemToObject(item, "detail", detail ? detail : cJSON_CreateObject());
    cJSON_AddItemToArray(list, item);
}

static cJSON *read_rows(struct db *db, const char *site, bool owners)
{
    struct db_rows *rows = NULL;
    cJSON *list = cJSON_CreateArray();
    int result;

    result =
        db_query(db, &rows,
                 "SELECT id, kind, device, first, last, count, detail FROM notice WHERE site "
                 "= $1 AND seen = 0 AND CASE WHEN kind = $2 THEN 1 ELSE 0 END = $3 ORDER BY "
                 "first, kind, device LIMIT $4",
                 "ttii", site, names[NOTICE_SUSPENSION], (int64_t)owners, (int64_t)NOTICES_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1)
        add_row(list, rows);
    db_done(rows);
    if (result >= 0)
        return list;
    cJSON_Delete(list);
    return NULL;
}

cJSON *notices_json(struct db *db, const char *site)
{
    return read_rows(db, site, false);
}

cJSON *notices_owners_json(struct db *db, const char *site)
{
    return read_rows(db, site, true);
}

int notices_end(struct db *db, const char *site, enum notice kind, const char *device)
{
    int result = db_run(db, "DELETE FROM notice WHERE site = $1 AND kind = $2 AND device = $3",
                        "ttt", site, names[kind], device);

    return result < 0 ? result : 0;
}

int notices_seen(struct db *db, const char *site, const char *id, const char *user, int64_t now)
{
    int result;

    result = db_run(db,
                    "UPDATE notice SET seen = $3, seen_by = $4 WHERE site = $1 AND id = $2 AND "
                    "seen = 0",
                    "ttit", site, id, now, user);
    return result < 0 ? result : result == 0 ? -ENOENT : 0;
}
