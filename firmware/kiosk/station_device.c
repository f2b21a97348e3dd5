/* The device towards the cloud: enrolment, and its status. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"
#include "version.h"

enum {
    ENROL_RETRY_MIN_MS = 2 * 1000,
    ENROL_RETRY_MAX_MS = 60 * 1000,
    ADOPT_RETRY_MS = 5 * 1000,
    STATUS_GAP_MS = 2 * 1000, /* between two reports, whatever changes meanwhile */
    STATUS_EVERY_MS = 10 * 60 * 1000,
    STATUS_FILES_MAX = 200 /* the cloud keeps 16 KiB of a report */
};

static const char key_older[] = "older", older[] = "older";

/* -- enrolment --------------------------------------------------------------------------------- */

static void enrol_later(struct station *station, int64_t wish_ms)
{
    struct device *device = &station->device;
    int64_t wait = (int64_t)ENROL_RETRY_MIN_MS
                   << (device->enrol_attempts < 5 ? device->enrol_attempts : 5);
    if (wait > ENROL_RETRY_MAX_MS)
        wait = ENROL_RETRY_MAX_MS;
    if (wish_ms > wait)
        wait = wish_ms;
    device->enrol_attempts++;
    device->enrol_next_ms = station_up() + sync_jittered(wait);
}

/* The records of this identity are opened; a disk that is full now may have room later. */
static int adopt_tick(struct station *station)
{
    struct device *device = &station->device;
    int left = station_left(device->adopt_next_ms);
    if (left > 0)
        return left;
    int r = station_adopt(station);
    if (r == 0) {
        station_recover(station, false);
        return 0;
    }
    station_fail(station, STATION_ERROR_DISK,
                 "the kiosk's records cannot be read or written; is the disk full?");
    device->adopt_next_ms = station_up() + ADOPT_RETRY_MS;
    return STATION_TURN_MS;
}

/* The code is used up now: the identity must not get lost any more. */
static void take_identity(struct station *station, const struct enrolment *enrolment)
{
    station->enrolment = *enrolment;
    station->unsaved = true;
    station->records_lost = false;
    station->device.adopt_next_ms = 0;
    station_pair_forget(station);
    station_report("enrolled as device %s, letter %c", enrolment->device,
                   enrolment->letter ? enrolment->letter : '-');
}

static const char *enrol_code(const struct station *station)
{
    return station->config->code[0] ? station->config->code : station->device.pair.secret;
}

static void on_enrolled(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct enrolment enrolment;
    enum station_error error;
    char detail[STATION_DETAIL_SIZE];
    station->device.enrol = 0;
    switch (enrol_judge(answer, station->config, enrol_code(station), &enrolment, &error, detail)) {
    case ENROL_DONE:
        take_identity(station, &enrolment);
        station_programme_enrolled(station, answer->body);
        break;
    case ENROL_REFUSED: /* another pairing may be confirmed, another code would need a restart */
        station->device.enrol_refused = station->config->code[0] != '\0';
        station_pair_forget(station);
        station_fail(station, error, detail);
        break;
    case ENROL_LATER:
        station_fail(station, error, detail);
        enrol_later(station, (int64_t)answer->retry_after_s * 1000);
        break;
    }
}

/* The code is used up as soon as the cloud has it, so what asks for the answer again is stored
 * first. */
static int keep_attempt(struct station *station)
{
    struct enrol_attempt *kept = &station->device.attempt, attempt = *kept;
    const char *pairing = station->config->code[0] ? "" : station->device.pair.secret;
    if (attempt.secret[0] && strcmp(attempt.pairing, pairing) == 0)
        return 0;
    if (!attempt.secret[0])
        enrol_secret(attempt.secret);
    (void)snprintf(attempt.pairing, sizeof attempt.pairing, "%s", pairing);
    int r = enrol_attempt_save(station->config->data, &attempt);
    if (r < 0)
        station_fail(station, STATION_ERROR_DISK,
                     "an enrolment cannot be stored; is the disk full?");
    else
        *kept = attempt;
    return r;
}

void station_enrol_recall(struct station *station)
{
    struct device *device = &station->device;
    enrol_attempt_load(station->config->data, &device->attempt);
    if (!device->attempt.pairing[0] || station->config->code[0])
        return;
    memcpy(device->pair.secret, device->attempt.pairing, sizeof device->pair.secret);
    device->pair.confirmed = true;
}

void station_enrol_end(struct station *station)
{
    enrol_attempt_end(station->config->data);
    sodium_memzero(&station->device.attempt, sizeof station->device.attempt);
}

int64_t station_enrol_send(struct station *station, http_client_done_fn *done)
{
    if (keep_attempt(station) < 0)
        return 0;
    char *body = enrol_body(station->config, enrol_code(station), station->device.attempt.secret);
    struct http_client_request request = {
        .method = "POST",
        .path = "/api/v1/devices/enrol",
        .body = body,
        .timeout_ms = STATION_EXCHANGE_MS,
        .done = done,
        .context = station,
    };
    int64_t transfer = body ? http_client_send(station->http, &request) : -ENOMEM;
    cJSON_free(body);
    return transfer < 0 ? 0 : transfer;
}

static int enrol_tick(struct station *station)
{
    struct device *device = &station->device;
    if (device->enrol || device->enrol_refused)
        return STATION_TURN_MS;
    if (!station->config->code[0] && !device->pair.confirmed)
        return station_pair_tick(station);
    int left = station_left(device->enrol_next_ms);
    if (left > 0)
        return left;
    device->enrol = station_enrol_send(station, on_enrolled);
    if (device->enrol == 0)
        enrol_later(station, 0);
    return STATION_TURN_MS;
}

/* -- status ------------------------------------------------------------------------------------ */

static void add_files(struct station *station, cJSON *json)
{
    char(*files)[SHA256_SIZE] = calloc(STATUS_FILES_MAX, SHA256_SIZE);
    int count = files ? store_list(station->store, files, STATUS_FILES_MAX) : 0;
    cJSON *list = cJSON_AddArrayToObject(json, "downloaded");
    for (int i = 0; i < count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(files[i]));
    free(files);
}

/* confirmed: the newest document that this device heard of is the one in force. */
static void add_programme(struct station *station, cJSON *json)
{
    const struct media *media = &station->media;
    const struct programme_set *set = media->programme;
    cJSON *programme = cJSON_AddObjectToObject(json, "programme");
    const char *fault = station_programme_fault(station);
    int64_t now;
    bool timed = set && station_trusted(station, &now);
    const struct programme *one = timed ? programme_in_force(set, now, now) : NULL;
    cJSON_AddStringToObject(programme, "id", one ? one->id : "");
    cJSON_AddNumberToObject(programme, "edition", set ? (double)set->edition : 0);
    cJSON_AddNumberToObject(programme, "files", media->file_count);
    cJSON_AddNumberToObject(programme, "present", media->present);
    cJSON_AddBoolToObject(programme, "confirmed", set && !media->fault[0]);
    cJSON_AddStringToObject(programme, "fault", fault);
    pthread_mutex_lock(&station->box.lock);
    cJSON_AddStringToObject(programme, "playing", station->box.title);
    cJSON_AddStringToObject(programme, "broken", station->box.broken);
    cJSON_AddStringToObject(programme, "codecs", station->box.codecs);
    pthread_mutex_unlock(&station->box.lock);
}

static void add_lan(struct station *station, cJSON *json)
{
    pthread_mutex_lock(&station->box.lock);
    if (station->box.lan_url[0]) {
        cJSON *lan = cJSON_AddObjectToObject(json, "lan");
        cJSON_AddStringToObject(lan, "url", station->box.lan_url);
        cJSON_AddStringToObject(lan, "fingerprint", station->box.lan_print);
    }
    pthread_mutex_unlock(&station->box.lock);
}

static char *status_body(struct station *station)
{
    int64_t now;
    cJSON *json = cJSON_CreateObject();
    pthread_mutex_lock(&station->box.lock);
    cJSON_AddStringToObject(json, "printer", station->box.printer);
    cJSON_AddStringToObject(json, "playing", station->box.playing);
    pthread_mutex_unlock(&station->box.lock);
    cJSON_AddStringToObject(json, "version", MACHIAI_VERSION);
    cJSON_AddStringToObject(json, "clock",
                            station_trusted(station, &now) ? "trusted" : "untrusted");
    add_programme(station, json);
    add_lan(station, json);
    cJSON_AddItemToObject(json, "health", health_json(&station->board.health));
    cJSON_AddNumberToObject(json, "rules", RULES_MAX);
    cJSON_AddStringToObject(json, "log",
                            station->sync.deaf    ? "not_understood"
                            : station->device.log ? station->device.log
                                                  : "ok");
    cJSON_AddStringToObject(json, "records",
                            station->device.records ? station->device.records : "ok");
    add_files(station, json);
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    return text;
}

/* With it a booking can be claimed while the line is down. */
static void keep_claim_key(struct station *station, const char *body)
{
    cJSON *json = cJSON_Parse(body);
    const char *key = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "claim_key"));
    char *kept = journal_text(station->journal, STATION_CLAIM_KEY);
    if (key && strlen(key) == CLAIM_KEY_SIZE - 1 && kept && strcmp(key, kept) != 0 &&
        journal_set_text(station->journal, STATION_CLAIM_KEY, key) < 0)
        station_report("the key of bookings could not be stored; asking again");
    free(kept);
    cJSON_Delete(json);
}

void station_device_staff(struct station *station)
{
    char *kept = station->journal ? journal_text(station->journal, STATION_STAFF) : NULL;
    if (station->options.staff)
        station->options.staff(station->options.context, kept && *kept ? kept : "[]");
    free(kept);
}

/* Whoever was taken from the list is a stranger to this kiosk from now on. */
static void keep_staff(struct station *station, const char *body)
{
    cJSON *json = cJSON_Parse(body);
    const cJSON *staff = cJSON_GetObjectItemCaseSensitive(json, "staff");
    char *text = cJSON_IsArray(staff) ? cJSON_PrintUnformatted(staff) : NULL;
    char *kept = journal_text(station->journal, STATION_STAFF);
    bool other = text && kept && strcmp(text, kept) != 0;
    if (other && journal_set_text(station->journal, STATION_STAFF, text) < 0)
        station_report("the list of staff could not be stored; asking again");
    else if (other)
        station_device_staff(station);
    free(kept);
    cJSON_free(text);
    cJSON_Delete(json);
}

void station_device_older(struct station *station)
{
    if (journal_set_int(station->journal, key_older, 1) < 0)
        station_report("a set-back card is told to the cloud only if this run lasts");
    station->device.records = older;
    station->device.status_due = true;
}

void station_device_recall(struct station *station)
{
    if (journal_int(station->journal, key_older) == 0)
        return;
    station->device.records = older;
    station->device.status_due = true;
}

/* The report may have been on its way already when the next condition arose. */
static void forget_told(struct station *station)
{
    struct device *device = &station->device;
    if (device->records == device->told_records) {
        if (device->records == older && journal_set_int(station->journal, key_older, 0) < 0)
            station_report("a set-back card is told to the cloud again");
        device->records = NULL;
    }
    if (device->log == device->told_log)
        device->log = NULL;
}

static void on_status(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct device *device = &station->device;
    device->status = 0;
    if (answer->result == HTTP_CLIENT_OK) {
        keep_claim_key(station, answer->body);
        keep_staff(station, answer->body);
        forget_told(station);
        return;
    }
    station_report("status: %s", answer->text);
    if (answer->status == 401) /* revoked: nothing else may come of it while the stream stands */
        sync_lost(station, answer);
    device->status_due = true;
    device->status_next_ms = station_up() + STATION_EXCHANGE_MS;
}

static int status_tick(struct station *station)
{
    struct device *device = &station->device;
    int64_t up = station_up();
    bool line = station->sync.link == LINK_UP || station->sync.deaf;
    if (!line || device->status)
        return STATION_TURN_MS;
    if (!device->status_due && up < device->status_next_ms + STATUS_EVERY_MS)
        return STATION_TURN_MS;
    int left = station_left(device->status_next_ms);
    if (left > 0)
        return left;
    char *body = status_body(station);
    struct http_client_request request = {
        .method = "PUT",
        .path = "/api/v1/device/status",
        .body = body,
        .timeout_ms = STATION_EXCHANGE_MS,
        .done = on_status,
        .context = station,
    };
    device->status_due = false;
    device->told_log = device->log;
    device->told_records = device->records;
    device->status_next_ms = up + STATUS_GAP_MS;
    device->status = body ? http_client_send(station->http, &request) : -ENOMEM;
    cJSON_free(body);
    if (device->status < 0)
        device->status = 0;
    return STATION_TURN_MS;
}

int station_device_tick(struct station *station)
{
    if (station->enrolled)
        return status_tick(station);
    return station->enrolment.device[0] ? adopt_tick(station) : enrol_tick(station);
}
