/* After a restore of the cloud: its log ends where ours goes on. What it lacks it gets from here,
 * entry by entry with the hashes that it once made itself, so that calls, web numbers and settings
 * of that time come back, not only this kiosk's own events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

enum {
    GIVE_MAX = 100,             /* entries of one request */
    GIVE_BYTES = 200 * 1024,    /* the cloud takes 256 KiB */
    GIVE_TIMEOUT_MS = 30 * 1000 /* a hundred entries on a cloud that has just started */
};

struct batch {
    cJSON *entries;
    size_t bytes;
    int count;
    int64_t last;
};

static int add_entry(const struct entry *entry, void *context)
{
    struct batch *batch = context;
    size_t size = strlen(entry->text) + 256; /* the frame about the event */
    if (batch->count == GIVE_MAX || (batch->count > 0 && batch->bytes + size > GIVE_BYTES))
        return -ECANCELED; /* enough for this time */
    cJSON_AddItemToArray(batch->entries, entry_to_json(entry));
    batch->bytes += size;
    batch->count++;
    batch->last = entry->seq;
    return 0;
}

/* The body, or NULL: nothing is left, or it could not be read. */
static char *make_batch(struct station *station, int64_t *ret_last)
{
    cJSON *json = cJSON_CreateObject();
    struct batch batch = {.entries = cJSON_AddArrayToObject(json, "entries")};
    int r = journal_each_entry(station->journal, station->sync.give_seq, add_entry, &batch);
    char *text =
        (r >= 0 || r == -ECANCELED) && batch.count > 0 ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    *ret_last = batch.last;
    return text;
}

static void stop(struct station *station)
{
    station->sync.giving = false;
    station->sync.give = 0;
    sync_reopen(station);
}

static void on_answer(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct sync *sync = &station->sync;
    sync->give = 0;
    if (answer->result == HTTP_CLIENT_OK) {
        sync->give_seq = sync->given_seq;
        return;
    }
    sync->give_next_ms = station_up() + SYNC_RETRY_MAX_MS;
    if (answer->status == 401) {
        sync->giving = false;
        sync_lost(station, answer);
        return;
    }
    bool refused = answer->status >= 400 && answer->status < 500 && answer->status != 429;
    if (answer->result != HTTP_CLIENT_STATUS || !refused)
        return; /* the line, a busy or broken cloud: once more, what it has is passed over */
    station_report("the restored cloud does not take our history: %s", answer->text);
    sync->forked = true;
    stop(station);
}

void sync_history_begin(struct station *station, const char *data)
{
    struct sync *sync = &station->sync;
    cJSON *json = cJSON_Parse(data);
    const cJSON *seq = cJSON_GetObjectItemCaseSensitive(json, "seq");
    const cJSON *hash = cJSON_GetObjectItemCaseSensitive(json, "hash");
    int64_t head = cJSON_IsNumber(seq) && seq->valuedouble >= 0 ? (int64_t)seq->valuedouble : -1;
    bool ours = head >= 0 && cJSON_IsString(hash) && !sync->forked;
    sync_flush(station);
    if (ours && head > 0)
        ours = journal_has(station->journal, head, hash->valuestring);
    else if (ours)
        ours = strcmp(hash->valuestring, entry_first_hash) == 0 &&
               journal_first_seq(station->journal) == 1;
    cJSON_Delete(json);
    if (!ours)
        return; /* the restart that follows is for us */
    station_report("the cloud was restored up to entry %lld; it gets what we have up to %lld",
                   (long long)head, (long long)station->log.seq);
    sync->giving = true;
    sync->give_seq = head;
    sync->give_next_ms = 0;
    sync_reopen(station); /* not before all is given: sync_tick() waits for that */
}

int sync_history_tick(struct station *station)
{
    struct sync *sync = &station->sync;
    if (!sync->giving || sync->give)
        return STATION_TURN_MS;
    int left = station_left(sync->give_next_ms);
    if (left > 0)
        return left;
    char *body = make_batch(station, &sync->given_seq);
    if (!body) {
        stop(station);
        return 0;
    }
    struct http_client_request request = {
        .method = "POST",
        .path = "/api/v1/device/history",
        .body = body,
        .timeout_ms = GIVE_TIMEOUT_MS,
        .done = on_answer,
        .context = station,
    };
    sync->give = http_client_send(station->http, &request);
    cJSON_free(body);
    if (sync->give < 0) {
        sync->give = 0;
        sync->give_next_ms = station_up() + SYNC_RETRY_MAX_MS;
    }
    return STATION_TURN_MS;
}
