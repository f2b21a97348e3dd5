#include "programme_model.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ids.h"
#include "programme_status.h"

int programme_model_add(struct db *db, const cJSON *table, int utc_offset_min, const char *user,
                        int64_t now, char ret_id[static UID_SIZE], char *error, size_t error_size)
{
    struct programmes_table read;
    char id[IDS_UUID_SIZE], *source;
    int result;

    result = programmes_table_read(db, "", utc_offset_min, table, &read, error, error_size);
    if (result < 0)
        return result;
    cJSON_free(read.body);
    source = cJSON_PrintUnformatted(table);
    if (!source)
        return -ENOMEM;
    ids_uuid(id);
    result =
        db_run(db,
               "INSERT INTO programme_model (model, title, begins, ends, deadline, made, "
               "made_by, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
               "ttiiiitt", id, read.title, read.from, read.to, read.deadline, now, user, source);
    cJSON_free(source);
    if (result < 0)
        return result;
    memcpy(ret_id, id, UID_SIZE);
    return 0;
}

int programme_model_get(struct db *db, const char *id, cJSON **ret)
{
    struct db_rows *rows = NULL;
    cJSON *json = NULL;
    int result;

    result = db_query(db, &rows, "SELECT source FROM programme_model WHERE model = $1", "t", id);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        json = cJSON_Parse(db_text(rows, 0));
    db_done(rows);
    if (result <= 0)
        return result < 0 ? result : -ENOENT;
    if (!json)
        return -ENOMEM;
    cJSON_DeleteItemFromObjectCaseSensitive(json, "programme");
    cJSON_AddStringToObject(json, "programme", id);
    *ret = json;
    return 0;
}

/* -- distributing ------------------------------------------------------------------------------ */

struct distribution {
    struct cloud *cloud;
    const char *id;
    cJSON *source; /* NULL: the draft of one site */
    cJSON *distributed, *skipped;
    char *error;
    size_t error_size;
};

static void tell(cJSON *list, const char *site, const char *key, const char *value)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "site", site);
    cJSON_AddStringToObject(item, key, value);
    cJSON_AddItemToArray(list, item);
}

static int store_for(struct distribution *d, struct site *site, int utc_offset_min)
{
    struct programmes_table table;
    char programme[UID_SIZE];
    int64_t before = 0;
    int result;

    result = db_get_int(d->cloud->db, &before,
                        "SELECT COUNT(*) FROM programme WHERE model = $1 AND site = $2", "tt",
                        d->id, site_id(site));
    if (result < 0)
        return result;
    if (before > 0) {
        tell(d->skipped, site_id(site), "reason", "distributed_before");
        return 0;
    }
    result = programmes_table_read(d->cloud->db, site_id(site), utc_offset_min, d->source, &table,
                                   d->error, d->error_size);
    if (result < 0)
        return result;
    result = programmes_store(d->cloud->db, site_id(site), d->id, &table, site_now(site),
                              site_now(site), programme);
    cJSON_free(table.body);
    if (result == 0)
        tell(d->distributed, site_id(site), "programme", programme);
    return result;
}

static int distribute_to(struct distribution *d, struct site *site)
{
    const struct settings *settings = &site_read(site)->settings;
    int utc_offset_min = settings->utc_offset_min;
    bool video_service = settings->video_service;
    int result;

    site_read_end(site);
    if (!video_service) {
        tell(d->skipped, site_id(site), "reason", "no_video_service");
        return 0;
    }
    if (d->source)
        return store_for(d, site, utc_offset_min);
    result = programmes_distribute(d->cloud->db, site_id(site), d->id, site_now(site));
    if (result == 0)
        tell(d->distributed, site_id(site), "programme", d->id);
    return result;
}

static int no_site(struct distribution *d, const char *name)
{
    (void)snprintf(d->error, d->error_size, "sites: %.60s is no site that it is for", name);
    return -ESRCH;
}

static int distribute_to_named(struct distribution *d, const cJSON *sites, const char *own)
{
    const cJSON *item;
    int result = 0;

    cJSON_ArrayForEach (item, sites) {
        const char *name = cJSON_GetStringValue(item);
        struct site *site = name ? sites_find(d->cloud->sites, name) : NULL;

        if (!site || (*own && strcmp(own, name) != 0))
            return no_site(d, name ? name : "what is no text");
        result = distribute_to(d, site);
        if (result < 0)
            return result;
    }
    return 0;
}

static int distribute_to_all(struct distribution *d, const char *own)
{
    int result = 0;

    for (int i = 0; i < sites_count(d->cloud->sites) && result == 0; i++) {
        struct site *site = sites_at(d->cloud->sites, i);

        if (!*own || strcmp(own, site_id(site)) == 0)
            result = distribute_to(d, site);
    }
    return result;
}

/* A model's table, or the site whose draft it is. */
static int find(struct distribution *d, char own[static UID_SIZE])
{
    int result = programme_model_get(d->cloud->db, d->id, &d->source);

    own[0] = '\0';
    return result == -ENOENT ? programmes_site(d->cloud->db, d->id, own) : result;
}

int programme_model_distribute(struct cloud *cloud, const char *id, const cJSON *sites, cJSON **ret,
                               char *error, size_t error_size)
{
    struct distribution d = {.cloud = cloud, .id = id, .error = error, .error_size = error_size};
    cJSON *json = cJSON_CreateObject();
    char own[UID_SIZE];
    int result = db_begin(cloud->db);

    d.distributed = cJSON_AddArrayToObject(json, "distributed");
    d.skipped = cJSON_AddArrayToObject(json, "skipped");
    if (result == 0) {
        result = find(&d, own);
        if (result == 0)
            result = sites ? distribute_to_named(&d, sites, own) : distribute_to_all(&d, own);
        if (result < 0)
            db_rollback(cloud->db);
        else
            result = db_commit(cloud->db);
    }
    cJSON_Delete(d.source);
    if (result < 0) {
        cJSON_Delete(json);
        return result;
    }
    *ret = json;
    return 0;
}

/* -- telling ----------------------------------------------------------------------------------- */

/* The programmes of a model count as one; a site's own stands for itself. */
static const char list_sql[] =
    "SELECT m.model, m.title, m.begins, m.ends, m.deadline, m.made, m.made_by, '', COUNT(p.site), "
    "COALESCE(SUM(CASE WHEN p.approved >= p.distributed AND p.approved > 0 AND p.approved < "
    "p.deadline THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN p.distributed > 0 AND NOT "
    "(p.approved >= p.distributed AND p.approved > 0 AND p.approved < p.deadline) AND p.deadline "
    "<= $1 THEN 1 ELSE 0 END), 0) FROM programme_model m LEFT JOIN programme p ON p.model = "
    "m.model "
    "GROUP BY m.model, m.title, m.begins, m.ends, m.deadline, m.made, m.made_by UNION ALL SELECT "
    "programme, title, begins, ends, deadline, made, '', site, CASE WHEN distributed > 0 THEN 1 "
    "ELSE 0 END, CASE WHEN approved > 0 AND approved >= distributed AND approved < deadline THEN 1 "
    "ELSE 0 END, CASE WHEN distributed > 0 AND NOT (approved > 0 AND approved >= distributed AND "
    "approved < deadline) AND deadline <= $1 THEN 1 ELSE 0 END FROM programme WHERE model = '' "
    "ORDER BY 6 DESC LIMIT $2";

int programme_model_list(struct db *db, int64_t now, cJSON **ret)
{
    static const struct {
        const char *name;
        bool text;
    } columns[] = {{"programme", true}, {"title", true},     {"from", false},   {"to", false},
                   {"deadline", false}, {"made", false},     {"made_by", true}, {"site", true},
                   {"sites", false},    {"approved", false}, {"missed", false}};
    struct db_rows *rows = NULL;
    cJSON *list = cJSON_CreateArray(), *json;
    int result = db_query(db, &rows, list_sql, "ii", now, (int64_t)PROGRAMME_MODELS_MAX);

    while (result >= 0 && (result = db_next(rows)) == 1) {
        json = cJSON_CreateObject();
        for (int i = 0; i < (int)(sizeof(columns) / sizeof(columns[0])); i++)
            if (columns[i].text)
                cJSON_AddStringToObject(json, columns[i].name, db_text(rows, i));
            else
                cJSON_AddNumberToObject(json, columns[i].name, (double)db_int(rows, i));
        cJSON_AddItemToArray(list, json);
    }
    db_done(rows);
    if (result < 0) {
        cJSON_Delete(list);
        return result;
    }
    *ret = list;
    return 0;
}

static int add_devices(struct cloud *cloud, cJSON *json, const char *site,
                       const struct programme_progress *progress, int64_t now)
{
    cJSON *devices = programme_status_json(cloud->db, cloud->identity, site, progress, now);

    cJSON_AddItemToObject(json, "devices", devices);
    return devices ? 0 : -EIO;
}

static int add_site(struct cloud *cloud, const struct db_rows *rows, int64_t now, cJSON *list)
{
    struct programme_progress progress = {.from = db_int(rows, 2),
                                          .to = db_int(rows, 3),
                                          .distributed = db_int(rows, 4),
                                          .changed = db_int(rows, 8)};
    struct site *site = sites_find(cloud->sites, db_text(rows, 0));
    cJSON *json;

    if (!site)
        return 0; /* another process has just made it */
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "site", site_id(site));
    cJSON_AddStringToObject(json, "clinic_no", site_clinic_no(site));
    cJSON_AddStringToObject(json, "clinic_name", site_read(site)->settings.name);
    site_read_end(site);
    cJSON_AddStringToObject(json, "programme", db_text(rows, 1));
    cJSON_AddStringToObject(json, "state",
                            programmes_state(progress.from, progress.to, progress.distributed,
                                             db_int(rows, 5), db_int(rows, 6), now));
    cJSON_AddNumberToObject(json, "distributed", (double)progress.distributed);
    cJSON_AddNumberToObject(json, "deadline", (double)db_int(rows, 5));
    cJSON_AddNumberToObject(json, "approved", (double)db_int(rows, 6));
    cJSON_AddStringToObject(json, "approved_by", db_text(rows, 7));
    cJSON_AddItemToArray(list, json);
    return add_devices(cloud, json, site_id(site), &progress, now);
}

static const char sites_sql[] =
    "SELECT site, programme, begins, ends, distributed, deadline, approved, approved_by, changed "
    "FROM programme WHERE model = $1 OR (model = '' AND programme = $1) ORDER BY CASE WHEN ends <= "
    "$2 THEN 3 WHEN approved > 0 AND approved >= distributed AND approved < deadline THEN 2 WHEN "
    "deadline <= $2 THEN 0 ELSE 1 END, deadline, site";

int programme_model_sites(struct cloud *cloud, const char *id, cJSON **ret)
{
    struct db_rows *rows = NULL;
    cJSON *list = cJSON_CreateArray();
    int64_t now = cloud_now(NULL), known = 0;
    int result;

    result = db_get_int(cloud->db, &known,
                        "SELECT 1 FROM programme_model WHERE model = $1 UNION SELECT 1 FROM "
                        "programme WHERE programme = $1 AND model = ''",
                        "t", id);
    result = result == 0 ? -ENOENT : result < 0 ? result : 0;
    if (result == 0)
        result = db_query(cloud->db, &rows, sites_sql, "ti", id, now);
    while (result >= 0 && (result = db_next(rows)) == 1)
        result = add_site(cloud, rows, now, list);
    db_done(rows);
    if (result < 0) {
        cJSON_Delete(list);
        return result;
    }
    *ret = list;
    return 0;
}
