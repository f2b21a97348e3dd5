#include "programmes.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "contents.h"
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
    {"programmes of many sites",
     "ALTER TABLE programme ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;"
     "ALTER TABLE programme ADD COLUMN model TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE programme ADD COLUMN title TEXT NOT NULL DEFAULT '';"
     "CREATE INDEX programme_of_model ON programme (model, site);"
     "CREATE TABLE programme_model (model TEXT PRIMARY KEY, title TEXT NOT NULL, begins BIGINT NOT "
     "NULL, ends BIGINT NOT NULL, deadline BIGINT NOT NULL, made BIGINT NOT NULL, made_by TEXT NOT "
     "NULL, source TEXT NOT NULL);"
     "CREATE TABLE programme_device (site TEXT NOT NULL REFERENCES site, device TEXT NOT NULL, "
     "edition BIGINT NOT NULL, files BIGINT NOT NULL, present BIGINT NOT NULL, confirmed BIGINT "
     "NOT "
     "NULL, playing TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (site, device));"},
    {"why a device does not play by the newest",
     "ALTER TABLE programme_device ADD COLUMN fault TEXT NOT NULL DEFAULT '';"},
};

int programmes_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "programmes", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

/* -- one row as JSON --------------------------------------------------------------------------- */

#define COLUMNS                                                                                    \
    "programme, version, begins, ends, distributed, deadline, approved, approved_by, body, "       \
    "title, "                                                                                      \
    "model, changed"

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

const char *programmes_state(int64_t from, int64_t to, int64_t distributed, int64_t deadline,
                             int64_t approved, int64_t now)
{
    if (now >= to)
        return "ended";
    if (distributed == 0)
        return "draft";
    if (approved >= distributed && approved < deadline)
        return now >= from ? "running" : "approved";
    return now < deadline ? "distributed" : "missed";
}

struct reading {
    int64_t now;
    char withdrawn[PROGRAMME_WITHDRAWN_MAX][SHA256_SIZE];
    int withdrawn_count;
};

static bool is_withdrawn(const struct reading *reading, const cJSON *item)
{
    const char *sha256 = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "sha256"));

    for (int i = 0; sha256 && i < reading->withdrawn_count; i++)
        if (strcmp(reading->withdrawn[i], sha256) == 0)
            return true;
    return false;
}

static void mark_items(cJSON *json, const struct reading *reading, bool swappable)
{
    cJSON *item;
    int index = 0;

    cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(json, "items")) {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "kind"));
        enum content_kind kind = CONTENT_HEALTH;

        cJSON_AddNumberToObject(item, "index", index++);
        cJSON_AddBoolToObject(item, "provided",
                              name && content_kind_from_name(name, &kind) == 0 &&
                                  content_provided(kind));
        cJSON_AddBoolToObject(item, "swappable", swappable);
        cJSON_AddBoolToObject(item, "withdrawn", is_withdrawn(reading, item));
    }
}

static cJSON *row_for_people(const struct db_rows *rows, const struct reading *reading)
{
    cJSON *json = row_to_json(rows);
    int64_t now = reading->now;

    if (!json)
        return NULL;
    cJSON_AddStringToObject(json, "state",
                            programmes_state(db_int(rows, 2), db_int(rows, 3), db_int(rows, 4),
                                             db_int(rows, 5), db_int(rows, 6), now));
    cJSON_AddStringToObject(json, "approved_by", db_text(rows, 7));
    cJSON_AddStringToObject(json, "title", db_text(rows, 9));
    cJSON_AddStringToObject(json, "model", db_text(rows, 10));
    cJSON_AddNumberToObject(json, "changed", (double)db_int(rows, 11));
    mark_items(json, reading,
               db_int(rows, 4) > 0 && now < db_int(rows, 5) && now < db_int(rows, 3));
    return json;
}

static int begin_reading(struct db *db, const char *site, int64_t now, struct reading *ret)
{
    ret->now = now;
    return contents_withdrawn(db, site, ret->withdrawn, PROGRAMME_WITHDRAWN_MAX,
                              &ret->withdrawn_count);
}

int programmes_list(struct db *db, const char *site, bool drafts, int64_t now, cJSON **ret)
{
    struct db_rows *rows = NULL;
    struct reading reading;
    cJSON *list;
    int result = begin_reading(db, site, now, &reading);

    if (result < 0)
        return result;
    list = cJSON_CreateArray();
    result = db_query(db, &rows,
                      "SELECT " COLUMNS " FROM programme WHERE site = $1 AND (distributed > 0 OR "
                      "$2 = 1) ORDER BY begins DESC, made DESC LIMIT $3",
                      "tii", site, (int64_t)drafts, (int64_t)PROGRAMMES_LIST_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1)
        cJSON_AddItemToArray(list, row_for_people(rows, &reading));
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
    struct reading reading;
    cJSON *json = NULL;
    int result = begin_reading(db, site, now, &reading);

    if (result < 0)
        return result;
    result =
        db_query(db, &rows, "SELECT " COLUMNS " FROM programme WHERE site = $1 AND programme = $2",
                 "tt", site, programme);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        json = row_for_people(rows, &reading);
    db_done(rows);
    if (result <= 0)
        return result < 0 ? result : -ENOENT;
    *ret = json;
    return json ? 0 : -ENOMEM;
}

/* Of programmes in force at once the latest made counts, and one more for when its period ends
 * first; then the next ones. */
enum { IN_FORCE_MAX = 2 };

#define CHOSEN(columns_)                                                                           \
    "SELECT " columns_ ", made FROM (SELECT * FROM (SELECT " COLUMNS                               \
    ", made FROM programme WHERE site = $1 AND distributed > 0 AND begins <= $2 AND ends > $2 "    \
    "ORDER BY made DESC, programme LIMIT $3) AS present UNION ALL SELECT * FROM (SELECT " COLUMNS  \
    ", made FROM programme WHERE site = $1 AND distributed > 0 AND begins > $2 ORDER BY begins, "  \
    "made DESC LIMIT $4) AS coming) AS chosen"

/* -- what devices play ------------------------------------------------------------------------- */

void programmes_add_substitute(struct programme_set *set, const struct content *content)
{
    for (int i = 0; i < set->substitute_count; i++)
        if (strcmp(set->substitutes[i].sha256, content->sha256) == 0)
            return;
    if (set->substitute_count < PROGRAMME_SUBSTITUTES_MAX)
        set->substitutes[set->substitute_count++] = *content;
}

static void add_substitutes(struct programme_set *set, const cJSON *body)
{
    const cJSON *item;

    cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(body, "substitutes")) {
        struct content content;
        char error[DB_ERROR_SIZE];

        if (content_from_json(item, &content, error, sizeof(error)) == 0)
            programmes_add_substitute(set, &content); /* it was checked when it was stored */
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

    result = db_query(db, &rows, CHOSEN(COLUMNS) " ORDER BY made DESC, programme", "tiii", site,
                      now, (int64_t)IN_FORCE_MAX, (int64_t)PROGRAMME_SET_MAX - IN_FORCE_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1)
        result = add_programme(set, rows, false);
    db_done(rows);
    rows = NULL;
    if (result < 0 || set->programme_count > 0)
        return result;
    result = db_query(db, &rows,
                      "SELECT " COLUMNS " FROM programme WHERE site = $1 AND distributed > 0 ORDER "
                      "BY ends DESC, made DESC LIMIT 1",
                      "t", site);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        result = add_programme(set, rows, true);
    db_done(rows);
    return result;
}

/* Every version of what programmes_fill() takes, in its order. */
static int add_versions(struct db *db, const char *site, int64_t now,
                        crypto_generichash_state *state)
{
    struct db_rows *rows = NULL;
    int result;

    result =
        db_query(db, &rows, CHOSEN("programme, version") " ORDER BY made DESC, programme", "tiii",
                 site, now, (int64_t)IN_FORCE_MAX, (int64_t)PROGRAMME_SET_MAX - IN_FORCE_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        char text[UID_SIZE + 32];
        int length =
            snprintf(text, sizeof(text), "%s:%lld;", db_text(rows, 0), (long long)db_int(rows, 1));

        (void)crypto_generichash_update(state, (const uint8_t *)text, (size_t)length);
    }
    db_done(rows);
    return result;
}

int programmes_key(struct db *db, struct site *site, char key[static PROGRAMMES_KEY_SIZE])
{
    struct {
        int64_t revision;
        int32_t utc_offset_min, video_service;
    } more = {0};
    uint8_t hash[crypto_generichash_BYTES];
    crypto_generichash_state state;
    const struct settings *settings = &site_read(site)->settings;
    int result;

    more.utc_offset_min = settings->utc_offset_min;
    more.video_service = settings->video_service;
    site_read_end(site);
    (void)crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    result = contents_revision(db, site_id(site), &more.revision);
    if (result == 0)
        result = add_versions(db, site_id(site), site_now(site), &state);
    if (result < 0)
        return result;
    (void)crypto_generichash_update(&state, (const uint8_t *)&more, sizeof(more));
    (void)crypto_generichash_final(&state, hash, sizeof(hash));
    (void)sodium_bin2hex(key, PROGRAMMES_KEY_SIZE, hash, sizeof(hash));
    return 0;
}
