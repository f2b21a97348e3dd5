/* A device and the log: the stream of entries down, its own events up. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "divergence.h"
#include "logging.h"
#include "notices.h"
#include "presence.h"
#include "quarantine.h"
#include "recovery.h"
#include "resolve.h"
#include "routes.h"
#include "snapshot.h"
#include "views.h"
#include "web.h"

enum {
    BACKLOG_MAX = 1000,     /* entries of one answer; who is further behind comes again */
    SNAPSHOT_BEHIND = 5000, /* entries; who is further behind is better off with a snapshot */
    UPLOAD_MAX = 100
};

/* -- down -------------------------------------------------------------------------------------- */

static void time_beat(char text[static HTTP_BEAT_SIZE], void *arg)
{
    (void)arg;
    (void)snprintf(text, HTTP_BEAT_SIZE, "event: time\ndata: {\"now\":%" PRId64 "}\n\n",
                   cloud_now(NULL));
}

struct backlog {
    struct views_text text;
    int64_t upto;
};

static void add_entry(const struct entry *entry, void *context)
{
    struct backlog *backlog = context;
    char *block = views_entry_block(entry);

    views_append(&backlog->text, block);
    free(block);
    backlog->upto = entry->seq;
}

static void add_recover(struct views_text *text, const struct views_device *device)
{
    char block[160];

    (void)snprintf(block, sizeof(block),
                   "event: recover\ndata: {\"seq\":%" PRId64 ",\"hash\":\"%s\"}\n\n", device->head,
                   device->head_hash);
    views_append(text, block);
}

/* Time (no news to who polls), a restart where one is needed, then entries; *ret_count of them.
 * malloc()ed or NULL. */
static char *make_backlog(const struct views_device *device, int64_t *ret_upto, int *ret_count)
{
    struct backlog backlog = {.upto = device->after};
    char time[HTTP_BEAT_SIZE];
    int count;

    time_beat(time, NULL);
    views_append(&backlog.text, device->polls ? "" : time);
    if (device->recover)
        add_recover(&backlog.text, device);
    if (device->behind)
        views_append(&backlog.text, "event: snapshot_needed\ndata: {}\n\n");
    if (device->restart)
        views_append(&backlog.text, "event: restart\ndata: {}\n\n");
    count = site_entries(device->site, device->after, BACKLOG_MAX, add_entry, &backlog);
    if (count < 0 || backlog.text.failed) {
        free(backlog.text.text);
        return NULL;
    }
    *ret_upto = backlog.upto;
    *ret_count = count;
    return backlog.text.text;
}

static char *fill_stream(void *arg, uint64_t *ret_upto)
{
    int64_t upto = 0;
    int count = 0;
    char *text = make_backlog(arg, &upto, &count);

    *ret_upto = (uint64_t)upto;
    return text;
}

static void close_stream(void *arg)
{
    struct views_device *device = arg;

    if (!device->polls &&
        presence_stream(device->cloud->presence, site_id(device->site), device->device, -1))
        site_touch(device->site);
    free(device);
}

/* "SEQ:HASH"; nothing means: from the beginning. */
static int read_cursor(const char *text, int64_t *ret_seq, char hash[static HASH_SIZE])
{
    char *end = NULL;
    long long seq;

    *ret_seq = 0;
    memcpy(hash, entry_first_hash, HASH_SIZE);
    if (!text || !*text || strcmp(text, "0") == 0)
        return 0;
    if (*text < '0' || *text > '9')
        return -EINVAL;
    errno = 0;
    seq = strtoll(text, &end, 10);
    if (errno != 0 || *end != ':' || strlen(end + 1) != HASH_SIZE - 1 ||
        strspn(end + 1, "0123456789abcdef") != HASH_SIZE - 1)
        return -EINVAL;
    memcpy(hash, end + 1, HASH_SIZE);
    *ret_seq = seq;
    return 0;
}

/* A log that was restored from a backup asks a kiosk that is ahead of it for what it has lost. A
 * kiosk that does not know how to give it (an older one) sees the restart that follows. */
static int start_strange(struct site *site, struct views_device *ret)
{
    int holds = recovery_holds(ret->cloud, site);

    if (holds < 0)
        return holds;
    (void)site_read(site);
    ret->head = site_seq(site);
    memcpy(ret->head_hash, site_hash(site), HASH_SIZE);
    site_read_end(site);
    ret->recover = holds == 1 && ret->after > ret->head;
    ret->restart = true;
    ret->after = 0;
    return 0;
}

static int start_known(struct site *site, struct views_device *ret)
{
    int64_t behind =
        ret->cloud->snapshot_behind > 0 ? ret->cloud->snapshot_behind : SNAPSHOT_BEHIND;

    (void)site_read(site);
    ret->behind = site_seq(site) - ret->after > behind;
    site_read_end(site);
    return recovery_heard(ret->cloud, site, ret->device);
}

static int start_of(struct http_request *req, struct site *site, struct views_device *ret)
{
    char hash[HASH_SIZE];
    bool known = false;
    int result;

    result = read_cursor(web_cursor(req), &ret->after, hash);
    if (result < 0)
        return result;
    result = site_knows(site, ret->after, hash, &known);
    if (result == 0)
        result = known ? start_known(site, ret) : start_strange(site, ret);
    return result == -EINVAL ? -EIO : result;
}

/* Far behind: a piece of the log as a finished answer; the device reads it and comes again with
 * its last id. True: answered. */
static bool reply_piece(struct http_request *req, const struct views_device *device)
{
    int64_t upto, head;
    int count;
    char *text;

    (void)site_read(device->site);
    head = site_seq(device->site);
    site_read_end(device->site);
    if (head - device->after < BACKLOG_MAX)
        return false;
    text = make_backlog(device, &upto, &count);
    if (text)
        http_reply(req, 200, "text/event-stream", text, strlen(text), NULL);
    else
        web_fail(req, -ENOMEM);
    free(text);
    return true;
}

void device_stream(struct http_request *req, void *context)
{
    struct door *door = context;
    struct site *site = web_own_site(req, context);
    struct views_device *device;
    struct http_channel *channel;
    bool polls;
    int result;

    if (!site || !web_wait(req, &polls))
        return;
    device = calloc(1, sizeof(*device));
    if (!device) {
        web_fail(req, -ENOMEM);
        return;
    }
    device->polls = polls;
    device->cloud = door->cloud;
    device->site = site;
    memcpy(device->device, identity_who(req)->id, sizeof(device->device));
    result = start_of(req, site, device);
    if (result == -EINVAL)
        web_refuse(req, "Last-Event-ID: must be SEQ:HASH as an entry's id said");
    else if (result < 0)
        web_fail(req, result);
    if (result < 0 || reply_piece(req, device)) {
        free(device);
        return;
    }
    channel = views_device_channel(door, site);
    http_channel_beat(channel, time_beat, NULL);
    if (!device->polls && presence_stream(door->cloud->presence, site_id(site), device->device, 1))
        site_touch(site);
    http_reply_stream(req, channel, fill_stream, device, close_stream);
}

/* -- up ---------------------------------------------------------------------------------------- */

/* What a device may log: its own tickets and slips, and what staff do on its page when the line is
 * down. The rest is logged as refused. */
static bool device_may(const struct event *event)
{
    switch (event->kind) {
    case EVENT_SETTINGS:
    case EVENT_SESSION_OPENED:
    case EVENT_DEVICE:
    case EVENT_JUMPED:
    case EVENT_OFFERED:
    case EVENT_BOOKED:
        return false;
    case EVENT_ISSUED:
        return event->number.letter != 0; /* the main series is the cloud's */
    default:
        return true;
    }
}

static bool is_issue(const struct event *event)
{
    return event->kind == EVENT_ISSUED || event->kind == EVENT_TAKEN;
}

/* id and author of every event are right, or the request is not this device's. */
static void check_upload(struct decoder *decoder, const cJSON *events, const char *device)
{
    const cJSON *item;
    int i = 0;

    cJSON_ArrayForEach (item, events) {
        char path[32], id[UID_SIZE] = "", author[UID_SIZE] = "";

        (void)snprintf(path, sizeof(path), "events[%d].", i++);
        if (!cJSON_IsObject(item)) {
            decode_fail(decoder, path, "", "must be an object");
            return;
        }
        web_decode_uid(decoder, item, path, "id", DECODE_REQUIRED, id);
        web_decode_uid(decoder, item, path, "device", DECODE_REQUIRED, author);
        if (!decoder->failed && strcmp(author, device) != 0)
            decode_fail(decoder, path, "device", "is not the device that uploads");
    }
}

static void add_verdict(cJSON *list, const cJSON *event, int64_t seq, const char *verdict,
                        const char *reason)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "id", cJSON_GetObjectItemCaseSensitive(event, "id")->valuestring);
    cJSON_AddNumberToObject(item, "seq", (double)seq);
    cJSON_AddStringToObject(item, "verdict", verdict);
    cJSON_AddStringToObject(item, "reason", reason);
    cJSON_AddItemToArray(list, item);
}

/* Keeps an event aside and tells staff, once for each. */
static int put_aside(struct cloud *cloud, struct site *site, const char *device, const char *why,
                     const cJSON *json)
{
    const char *id = cJSON_GetObjectItemCaseSensitive(json, "id")->valuestring;
    int64_t now = site_now(site);
    cJSON *detail;
    int result;

    result = quarantine_keep(cloud->db, site_id(site), device, id, why, json, now);
    if (result == -EDQUOT)
        log_warning("device %s: the quarantine is full; event %s is not kept", device, id);
    if (result <= 0)
        return result == -EDQUOT ? 0 : result;
    detail = cJSON_CreateObject();
    cJSON_AddStringToObject(detail, "why", why);
    return notices_put(cloud->db, site_id(site), NOTICE_QUARANTINE, device, detail, now);
}

static int put_upload(struct cloud *cloud, struct site *site, const char *device, const cJSON *json,
                      cJSON *verdicts)
{
    const struct judgement not_yours = {VERDICT_REFUSED, REASON_NOT_YOURS};
    char error[WEB_ERROR_SIZE];
    struct site_put put = {0};
    struct event event;
    bool allowed, issue;
    int forked, result;

    if (event_from_json(json, &event, error, sizeof(error)) < 0) {
        add_verdict(verdicts, json, 0, verdict_name(VERDICT_REFUSED), "malformed");
        return put_aside(cloud, site, device, error, json);
    }
    allowed = device_may(&event);
    issue = is_issue(&event);
    forked = divergence_found(cloud, site, &event);
    result = forked < 0 ? forked : issue && allowed ? site_open_session(site) : 0;
    if (result == 0)
        result = site_put_json(site, json, allowed ? NULL : &not_yours, &put, error, sizeof(error));
    if (result == 0)
        result = resolve_logged(cloud, site, &event, &put);
    if (result == 0)
        result = acts_logged(cloud, site, &event, &put);
    event_finish(&event);
    if (result < 0)
        return result;
    add_verdict(verdicts, json, put.seq, verdict_name(put.judgement.verdict),
                reason_name(put.judgement.reason));
    return forked && !put.repeated ? divergence_put(cloud, site, device, "forked") : 0;
}

struct uploading {
    struct cloud *cloud;
    const char *device;
    const cJSON *events;
    cJSON *verdicts;
};

static int put_all(struct site *site, void *context)
{
    const struct uploading *up = context;
    const cJSON *item;
    int result = 0;

    cJSON_ArrayForEach (item, up->events) {
        result = put_upload(up->cloud, site, up->device, item, up->verdicts);
        if (result < 0)
            return result;
    }
    return result;
}

/* A revoked device: nothing of it enters the log, nothing of it is lost. */
static int put_revoked(struct cloud *cloud, struct site *site, const char *device,
                       const cJSON *events, cJSON *verdicts)
{
    const cJSON *item;
    int result;

    result = db_begin(cloud->db);
    if (result < 0)
        return result;
    cJSON_ArrayForEach (item, events) {
        result = put_aside(cloud, site, device, "revoked", item);
        if (result < 0) {
            db_rollback(cloud->db);
            return result;
        }
        add_verdict(verdicts, item, 0, "quarantined", "revoked");
    }
    result = db_commit(cloud->db);
    if (result == 0)
        site_touch(site);
    return result;
}

void device_events_post(struct http_request *req, void *context)
{
    const struct identity_who *who = identity_who(req);
    struct site *site = web_own_site(req, context);
    struct web_body body;
    const cJSON *events;
    cJSON *json, *verdicts;
    int result;

    if (!site || !web_body_read(req, &body))
        return;
    events = decode_array(&body.decoder, body.json, "", "events", DECODE_REQUIRED, UPLOAD_MAX);
    check_upload(&body.decoder, events, who->id);
    if (!web_body_ok(req, &body))
        return;
    json = cJSON_CreateObject();
    verdicts = cJSON_AddArrayToObject(json, "verdicts");
    if (who->role == IDENTITY_REVOKED)
        result = put_revoked(web_cloud(context), site, who->id, events, verdicts);
    else
        result = site_transact(site, put_all,
                               &(struct uploading){web_cloud(context), who->id, events, verdicts});
    web_body_drop(&body);
    if (result < 0) {
        cJSON_Delete(json);
        web_fail(req, result);
        return;
    }
    web_reply(req, 200, json);
}

/* -- the state instead of the log ----------------------------------------------------------------
 */

/* With the device's own counter, which it may have lost with its journal. */
void device_snapshot_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_own_site(req, context);
    int64_t counter = 0;
    cJSON *json;

    if (!site)
        return;
    if (db_get_int(cloud->db, &counter,
                   "SELECT COALESCE(MAX(counter), 0) FROM log WHERE site = $1 AND device = $2",
                   "tt", site_id(site), identity_who(req)->id) < 0) {
        web_fail(req, -EIO);
        return;
    }
    json = snapshot_to_json(site_read(site), site_seq(site), site_hash(site));
    site_read_end(site);
    if (json)
        cJSON_AddNumberToObject(json, "counter", (double)counter);
    web_reply(req, 200, json);
}

/* -- given back -------------------------------------------------------------------------------- */

void device_history_post(struct http_request *req, void *context)
{
    const struct identity_who *who = identity_who(req);
    struct site *site = web_own_site(req, context);
    struct web_body body;
    const cJSON *entries;
    char error[WEB_ERROR_SIZE];
    cJSON *json;
    int taken;

    if (!site || !web_body_read(req, &body))
        return;
    entries = decode_array(&body.decoder, body.json, "", "entries", DECODE_REQUIRED,
                           RECOVERY_ENTRIES_MAX);
    if (!web_body_ok(req, &body))
        return;
    taken = recovery_take(web_cloud(context), site, who->id, entries, error, sizeof(error));
    web_body_drop(&body);
    if (taken == -EPERM)
        http_reply_error(req, 409, "not_recovering", "This log has not lost anything.", NULL);
    else if (taken == -EBADMSG)
        http_reply_error(req, 409, "forked", "These entries do not follow this log.", "entries");
    else if (taken == -EINVAL)
        web_refuse(req, error);
    else if (taken < 0)
        web_fail(req, taken);
    if (taken < 0)
        return;
    json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "taken", taken);
    web_reply(req, 200, json);
}
