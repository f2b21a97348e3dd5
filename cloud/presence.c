#include "presence.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queue.h"

struct known {
    char site[IDENTITY_ID_SIZE];
    char device[IDENTITY_ID_SIZE];
    char name[IDENTITY_NAME_SIZE];
    char printer[PRESENCE_PRINTER_SIZE];
    int files, present;
    char fault[PRESENCE_FAULT_SIZE];
    char lan_url[PRESENCE_LAN_URL_SIZE], lan_print[PRESENCE_LAN_PRINT_SIZE];
    bool has_health;
    struct health health;
    int64_t seen;     /* last sign of life; 0 = never */
    int64_t reported; /* last report, 0 once its stream has ended */
    int streams;
    bool revoked;
};

struct presence {
    struct db *db;
    struct identity *identity;
    int64_t (*clock)(void *context);
    void *context;
    pthread_mutex_t lock; /* of the list; nothing else is locked under it */
    struct known *list;
    int count, capacity;
};

static const struct db_migration steps[] = {
    {"device status",
     "CREATE TABLE device_status (site TEXT NOT NULL, device TEXT NOT NULL, seen BIGINT NOT NULL, "
     "printer TEXT NOT NULL, version TEXT NOT NULL, clock TEXT NOT NULL, programme TEXT NOT NULL, "
     "media TEXT NOT NULL, PRIMARY KEY (site, device));"},
    {"rules", "ALTER TABLE device_status ADD COLUMN rules BIGINT NOT NULL DEFAULT 1;"},
    {"page on the clinic's network",
     "ALTER TABLE device_status ADD COLUMN lan_url TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE device_status ADD COLUMN lan_print TEXT NOT NULL DEFAULT '';"},
    {"health of the board",
     "ALTER TABLE device_status ADD COLUMN health TEXT NOT NULL DEFAULT '';"},
};

int presence_create(struct db *db, struct identity *identity, int64_t (*clock)(void *context),
                    void *context, struct presence **ret, char *error, size_t error_size)
{
    struct presence *presence;
    int result;

    result = db_migrate(db, "presence", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
    if (result < 0)
        return result;
    presence = calloc(1, sizeof(*presence));
    if (!presence)
        return -ENOMEM;
    presence->db = db;
    presence->identity = identity;
    presence->clock = clock;
    presence->context = context;
    (void)pthread_mutex_init(&presence->lock, NULL); /* cannot fail without attributes on Linux */
    *ret = presence;
    return 0;
}

void presence_destroy(struct presence *presence)
{
    if (!presence)
        return;
    (void)pthread_mutex_destroy(&presence->lock);
    free(presence->list);
    free(presence);
}

/* Under the lock. NULL when it is not known, or there is no memory for a new one. */
static struct known *find(struct presence *presence, const char *site, const char *device,
                          bool make)
{
    struct known *known;

    for (int i = 0; i < presence->count; i++) {
        known = &presence->list[i];
        if (strcmp(known->device, device) == 0 && strcmp(known->site, site) == 0)
            return known;
    }
    if (!make)
        return NULL;
    if (presence->count == presence->capacity) {
        int capacity = presence->capacity ? presence->capacity * 2 : 16;

        known = realloc(presence->list, (size_t)capacity * sizeof(*known));
        if (!known)
            return NULL;
        presence->list = known;
        presence->capacity = capacity;
    }
    known = &presence->list[presence->count++];
    *known = (struct known){0};
    (void)snprintf(known->site, sizeof(known->site), "%s", site);
    (void)snprintf(known->device, sizeof(known->device), "%s", device);
    return known;
}

struct listing {
    struct identity_device devices[IDENTITY_DEVICES_MAX];
    int count;
};

static void collect(const struct identity_device *device, void *context)
{
    struct listing *listing = context;

    if (listing->count < IDENTITY_DEVICES_MAX)
        listing->devices[listing->count++] = *device;
}

/* "" = it never told. */
static void read_health(const char *text, struct known *known)
{
    char error[2] = "";
    struct decoder decoder = {.error = error, .error_size = sizeof(error)};
    cJSON *json = *text ? cJSON_Parse(text) : NULL;

    if (json)
        health_decode(&decoder, json, "", &known->health);
    known->has_health = json && !decoder.failed;
    cJSON_Delete(json);
}

static int load_reports(struct presence *presence, const char *site)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(presence->db, &rows,
                      "SELECT device, printer, seen, lan_url, lan_print, health FROM device_status "
                      "WHERE site = $1",
                      "t", site);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        struct known *known;

        pthread_mutex_lock(&presence->lock);
        known = find(presence, site, db_text(rows, 0), false);
        if (known && known->seen < db_int(rows, 2)) {
            (void)snprintf(known->printer, sizeof(known->printer), "%s", db_text(rows, 1));
            (void)snprintf(known->lan_url, sizeof(known->lan_url), "%s", db_text(rows, 3));
            (void)snprintf(known->lan_print, sizeof(known->lan_print), "%s", db_text(rows, 4));
            read_health(db_text(rows, 5), known);
            known->seen = db_int(rows, 2);
        }
        pthread_mutex_unlock(&presence->lock);
    }
    db_done(rows);
    return result < 0 ? result : 0;
}

int presence_reload(struct presence *presence, const char *site)
{
    struct listing *listing = calloc(1, sizeof(*listing));
    int result;

    if (!listing)
        return -ENOMEM;
    result = identity_devices(presence->identity, site, collect, listing);
    for (int i = 0; result >= 0 && i < listing->count; i++) {
        const struct identity_device *device = &listing->devices[i];
        struct known *known;

        pthread_mutex_lock(&presence->lock);
        known = find(presence, site, device->device, true);
        if (known) {
            (void)snprintf(known->name, sizeof(known->name), "%s", device->name);
            known->revoked = device->revoked != 0;
        } else {
            result = -ENOMEM;
        }
        pthread_mutex_unlock(&presence->lock);
    }
    free(listing);
    return result < 0 ? result : load_reports(presence, site);
}

static bool online(const struct presence *presence, const struct known *known)
{
    return known->streams > 0 ||
           presence->clock(presence->context) - known->reported < PRESENCE_ONLINE_MS;
}

static unsigned troubles(const struct known *known)
{
    return known->has_health ? health_troubles(&known->health) : 0;
}

int presence_report(struct presence *presence, const char *site, const char *device,
                    const struct presence_report *report, bool *ret_changed)
{
    int64_t now = presence->clock(presence->context);
    struct known *known;
    cJSON *health = report->has_health ? health_json(&report->health) : NULL;
    char *text = health ? cJSON_PrintUnformatted(health) : NULL;
    bool changed = true;
    int result;

    result = db_run(presence->db,
                    "INSERT INTO device_status (site, device, seen, printer, version, clock, "
                    "programme, media, rules, lan_url, lan_print, health) VALUES ($1, $2, $3, $4, "
                    "$5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (site, device) DO UPDATE SET "
                    "seen = $3, printer = $4, version = $5, clock = $6, programme = $7, media = "
                    "$8, rules = $9, lan_url = $10, lan_print = $11, health = $12",
                    "ttitttttittt", site, device, now, report->printer, report->version,
                    report->clock, report->programme, report->media, (int64_t)report->rules,
                    report->lan_url, report->lan_print, text ? text : "");
    cJSON_free(text);
    cJSON_Delete(health);
    if (result < 0)
        return result;
    pthread_mutex_lock(&presence->lock);
    known = find(presence, site, device, true);
    if (known) {
        changed = !online(presence, known) || strcmp(known->printer, report->printer) != 0 ||
                  known->files != report->files || known->present != report->present ||
                  strcmp(known->fault, report->fault) != 0 ||
                  strcmp(known->lan_url, report->lan_url) != 0 ||
                  strcmp(known->lan_print, report->lan_print) != 0 ||
                  troubles(known) != (report->has_health ? health_troubles(&report->health) : 0);
        known->has_health = report->has_health;
        known->health = report->health;
        (void)snprintf(known->lan_url, sizeof(known->lan_url), "%s", report->lan_url);
        (void)snprintf(known->lan_print, sizeof(known->lan_print), "%s", report->lan_print);
        (void)snprintf(known->printer, sizeof(known->printer), "%s", report->printer);
        known->files = report->files;
        known->present = report->present;
        (void)snprintf(known->fault, sizeof(known->fault), "%s", report->fault);
        known->seen = known->reported = now;
    }
    pthread_mutex_unlock(&presence->lock);
    *ret_changed = changed;
    return 0;
}

int presence_rules(struct presence *presence, const char *site, int *ret)
{
    static const int64_t day_ms = 24 * 60 * 60 * 1000;
    int64_t since = presence->clock(presence->context) - PRESENCE_LIVE_DAYS * day_ms;
    struct db_rows *rows = NULL;
    int result;

    result = db_query(presence->db, &rows,
                      "SELECT MIN(COALESCE(s.rules, 1)) FROM devices d LEFT JOIN device_status s "
                      "ON s.site = d.site AND s.device = d.device WHERE d.site = $1 AND d.revoked "
                      "= 0 AND COALESCE(s.seen, d.enrolled) >= $2",
                      "ti", site, since);
    if (result == 0)
        result = db_next(rows);
    if (result == 1) {
        int64_t least = db_null(rows, 0) ? RULES_MAX : db_int(rows, 0);

        *ret = least < RULES_MIN ? RULES_MIN : least > RULES_MAX ? RULES_MAX : (int)least;
    }
    db_done(rows);
    return result < 0 ? result : 0;
}

bool presence_stream(struct presence *presence, const char *site, const char *device, int change)
{
    struct known *known;
    bool before = false, after = false;

    pthread_mutex_lock(&presence->lock);
    known = find(presence, site, device, true);
    if (known) {
        before = online(presence, known);
        known->streams += change;
        known->seen = presence->clock(presence->context);
        if (known->streams == 0)
            known->reported = 0;
        after = online(presence, known);
    }
    pthread_mutex_unlock(&presence->lock);
    return before != after;
}

bool presence_revoked(struct presence *presence, const char *site, const char *device)
{
    const struct known *known;
    bool revoked;

    pthread_mutex_lock(&presence->lock);
    known = find(presence, site, device, false);
    revoked = known && known->revoked;
    pthread_mutex_unlock(&presence->lock);
    return revoked;
}

unsigned presence_troubles(struct presence *presence, const char *site, const char *device)
{
    const struct known *known;
    unsigned found;

    pthread_mutex_lock(&presence->lock);
    known = find(presence, site, device, false);
    found = known ? troubles(known) : 0;
    pthread_mutex_unlock(&presence->lock);
    return found;
}

void presence_count_troubles(struct presence *presence, int ret[static HEALTH_TROUBLE_COUNT])
{
    memset(ret, 0, HEALTH_TROUBLE_COUNT * sizeof(*ret));
    pthread_mutex_lock(&presence->lock);
    for (int i = 0; i < presence->count; i++)
        for (int kind = 0; kind < HEALTH_TROUBLE_COUNT; kind++)
            ret[kind] +=
                !presence->list[i].revoked && (troubles(&presence->list[i]) & 1u << kind) != 0;
    pthread_mutex_unlock(&presence->lock);
}

int presence_online(struct presence *presence)
{
    int count = 0;

    pthread_mutex_lock(&presence->lock);
    for (int i = 0; i < presence->count; i++)
        count += !presence->list[i].revoked && online(presence, &presence->list[i]);
    pthread_mutex_unlock(&presence->lock);
    return count;
}

static void add_lan(cJSON *item, const struct known *known)
{
    cJSON *lan;

    if (!*known->lan_url) {
        cJSON_AddNullToObject(item, "lan");
        return;
    }
    lan = cJSON_AddObjectToObject(item, "lan");
    cJSON_AddStringToObject(lan, "url", known->lan_url);
    cJSON_AddStringToObject(lan, "fingerprint", known->lan_print);
}

cJSON *presence_json(struct presence *presence, const char *site)
{
    cJSON *list = cJSON_CreateArray();

    pthread_mutex_lock(&presence->lock);
    for (int i = 0; list && i < presence->count; i++) {
        const struct known *known = &presence->list[i];
        cJSON *item;

        if (known->revoked || strcmp(known->site, site) != 0)
            continue;
        item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "device", known->device);
        cJSON_AddStringToObject(item, "name", known->name);
        cJSON_AddStringToObject(item, "printer", known->printer);
        cJSON_AddBoolToObject(item, "online", online(presence, known));
        cJSON_AddNumberToObject(item, "seen", (double)known->seen);
        cJSON_AddNumberToObject(item, "files", known->files);
        cJSON_AddNumberToObject(item, "present", known->present);
        cJSON_AddStringToObject(item, "fault", known->fault);
        add_lan(item, known);
        if (known->has_health)
            cJSON_AddItemToObject(item, "health", health_json(&known->health));
        else
            cJSON_AddNullToObject(item, "health");
        cJSON_AddItemToArray(list, item);
    }
    pthread_mutex_unlock(&presence->lock);
    return list;
}
