#include "programme_status.h"

#include <stdio.h>
#include <string.h>

void programme_status_read(struct decoder *decoder, const cJSON *json, struct programme_status *ret)
{
    static const char path[] = "programme.";

    decode_int64(decoder, json, path, "edition", DECODE_REQUIRED, 0, INT64_C(1) << 52,
                 &ret->edition);
    decode_int(decoder, json, path, "files", DECODE_OPTIONAL, 0, PROGRAMME_STATUS_FILES_MAX,
               &ret->files);
    decode_int(decoder, json, path, "present", DECODE_OPTIONAL, 0, PROGRAMME_STATUS_FILES_MAX,
               &ret->present);
    decode_bool(decoder, json, path, "confirmed", &ret->confirmed);
    decode_string(decoder, json, path, "fault", DECODE_OPTIONAL, ret->fault, sizeof(ret->fault));
    decode_string(decoder, json, path, "playing", DECODE_OPTIONAL, ret->playing,
                  sizeof(ret->playing));
}

int programme_status_put(struct db *db, const char *site, const char *device,
                         const struct programme_status *status, int64_t now)
{
    int result;

    result = db_run(db,
                    "INSERT INTO programme_device (site, device, edition, files, present, "
                    "confirmed, playing, at, fault) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON "
                    "CONFLICT (site, device) DO UPDATE SET edition = $3, files = $4, present = $5, "
                    "confirmed = $6, playing = $7, at = $8, fault = $9",
                    "ttiiiitit", site, device, status->edition, (int64_t)status->files,
                    (int64_t)status->present, (int64_t)status->confirmed, status->playing, now,
                    status->fault);
    return result < 0 ? result : 0;
}

/* A document that was made after the programme's last change holds that change. */
static const char *state_of(const struct programme_status *status,
                            const struct programme_progress *programme, int64_t now)
{
    if (programme->distributed == 0 || status->edition < programme->changed)
        return "waiting";
    if (status->present < status->files)
        return "downloading";
    if (!status->confirmed)
        return "downloaded";
    return *status->playing && now >= programme->from && now < programme->to ? "playing"
                                                                             : "confirmed";
}

struct listing {
    struct db *db;
    const struct programme_progress *programme;
    int64_t now;
    cJSON *list;
    int result;
};

static void add_told(cJSON *json, const struct db_rows *rows, const struct listing *listing)
{
    struct programme_status status = {.edition = db_int(rows, 0),
                                      .files = (int)db_int(rows, 1),
                                      .present = (int)db_int(rows, 2),
                                      .confirmed = db_int(rows, 3) != 0};

    (void)snprintf(status.playing, sizeof(status.playing), "%s", db_text(rows, 4));
    (void)snprintf(status.fault, sizeof(status.fault), "%s", db_text(rows, 6));
    cJSON_AddStringToObject(json, "state", state_of(&status, listing->programme, listing->now));
    cJSON_AddNumberToObject(json, "edition", (double)status.edition);
    cJSON_AddNumberToObject(json, "files", status.files);
    cJSON_AddNumberToObject(json, "present", status.present);
    cJSON_AddBoolToObject(json, "confirmed", status.confirmed);
    cJSON_AddStringToObject(json, "fault", status.fault);
    cJSON_AddStringToObject(json, "playing", status.playing);
    cJSON_AddNumberToObject(json, "at", (double)db_int(rows, 5));
}

static void add_device(const struct identity_device *device, void *context)
{
    struct listing *listing = context;
    struct db_rows *rows = NULL;
    cJSON *json;
    int result;

    if (device->revoked || listing->result < 0)
        return;
    result = db_query(listing->db, &rows,
                      "SELECT edition, files, present, confirmed, playing, at, fault FROM "
                      "programme_device WHERE site = $1 AND device = $2",
                      "tt", device->site, device->device);
    if (result == 0)
        result = db_next(rows);
    if (result >= 0) {
        json = cJSON_CreateObject();
        cJSON_AddStringToObject(json, "device", device->device);
        cJSON_AddStringToObject(json, "name", device->name);
        if (result == 1)
            add_told(json, rows, listing);
        else
            cJSON_AddStringToObject(json, "state", "unknown");
        cJSON_AddItemToArray(listing->list, json);
    }
    db_done(rows);
    listing->result = result < 0 ? result : 0;
}

cJSON *programme_status_json(struct db *db, struct identity *identity, const char *site,
                             const struct programme_progress *programme, int64_t now)
{
    struct listing listing = {
        .db = db, .programme = programme, .now = now, .list = cJSON_CreateArray()};
    int result = identity_devices(identity, site, add_device, &listing);

    if (result < 0 || listing.result < 0) {
        cJSON_Delete(listing.list);
        return NULL;
    }
    return listing.list;
}
