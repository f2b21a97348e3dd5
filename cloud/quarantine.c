#include "quarantine.h"

#include <errno.h>

static const struct db_migration steps[] = {
    {"quarantine",
     "CREATE TABLE quarantine (site TEXT NOT NULL, device TEXT NOT NULL, id TEXT NOT NULL, "
     "received "
     "BIGINT NOT NULL, why TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (site, device, id));"},
};

int quarantine_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "quarantine", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

int quarantine_keep(struct db *db, const char *site, const char *device, const char *id,
                    const char *why, const cJSON *event, int64_t now)
{
    char *text = cJSON_PrintUnformatted(event);
    int64_t kept = 0;
    int result;

    if (!text)
        return -ENOMEM;
    result =
        db_get_int(db, &kept, "SELECT COUNT(*) FROM quarantine WHERE site = $1 AND device = $2",
                   "tt", site, device);
    if (result >= 0 && kept >= QUARANTINE_MAX)
        result = -EDQUOT;
    if (result >= 0)
        result =
            db_run(db,
                   "INSERT INTO quarantine (site, device, id, received, why, text) VALUES ($1, "
                   "$2, $3, $4, $5, $6) ON CONFLICT (site, device, id) DO NOTHING",
                   "tttitt", site, device, id, now, why, text);
    cJSON_free(text);
    return result;
}

static void add_row(cJSON *list, const struct db_rows *rows)
{
    cJSON *item = cJSON_CreateObject(), *event = cJSON_Parse(db_text(rows, 4));

    cJSON_AddStringToObject(item, "device", db_text(rows, 0));
    cJSON_AddStringToObject(item, "id", db_text(rows, 1));
    cJSON_AddNumberToObject(item, "received", (double)db_int(rows, 2));
    cJSON_AddStringToObject(item, "why", db_text(rows, 3));
    cJSON_AddItemToObject(item, "event", event ? event : cJSON_CreateNull());
    cJSON_AddItemToArray(list, item);
}

cJSON *quarantine_json(struct db *db, const char *site, int max)
{
    struct db_rows *rows = NULL;
    cJSON *json = cJSON_CreateObject();
    int64_t count = 0;
    int result;

    result = db_get_int(db, &count, "SELECT COUNT(*) FROM quarantine WHERE site = $1", "t", site);
    cJSON_AddNumberToObject(json, "count", (double)count);
    cJSON *list = cJSON_AddArrayToObject(json, "items");

    if (result >= 0)
        result = db_query(db, &rows,
                          "SELECT device, id, received, why, text FROM quarantine WHERE site = $1 "
                          "ORDER BY received DESC, id LIMIT $2",
                          "ti", site, (int64_t)max);
    while (result >= 0 && (result = db_next(rows)) == 1)
        add_row(list, rows);
    db_done(rows);
    if (result >= 0)
        return json;
    cJSON_Delete(json);
    return NULL;
}
