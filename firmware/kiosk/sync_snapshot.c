/* A snapshot instead of the log: after a fork, far behind, or when an entry gave another state here
 * than in the cloud. Until it is there the kiosk goes on with what it has: it gives numbers of its
 * own series and shows the queue as it last knew it. */
#include <errno.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

enum {
    SNAPSHOT_TIMEOUT_MS = 5 * 60 * 1000, /* the largest, on a line of 256 kbit/s */
    SNAPSHOT_IDLE_MS = 20 * 1000,
    SNAPSHOT_AGAIN_MS = 10 * 60 * 1000 /* what one did not cure, the next will not either */
};

static void stop(struct station *station)
{
    station->sync.fetching = false;
    station->log.strayed = false;
    sync_reopen(station);
}

/* No snapshot is to be had. With another history the log has to be read from its beginning; else
 * the prefix is good, only long or strange. */
static void give_up(struct station *station, const char *why)
{
    struct sync *sync = &station->sync;
    station_report("no snapshot: %s", why);
    sync->snapshot_not_before_ms = station_up() + SNAPSHOT_AGAIN_MS;
    if (sync->replaced)
        sync_restart(station, "no snapshot");
    stop(station);
    station_news_queue(station);
}

static void take(struct station *station, const char *body)
{
    struct sync *sync = &station->sync;
    struct snapshot snapshot;
    char error[192] = "";
    cJSON *json = cJSON_Parse(body);
    const cJSON *told = cJSON_GetObjectItemCaseSensitive(json, "counter");
    int64_t counter = cJSON_IsNumber(told) ? (int64_t)told->valuedouble : 0;
    snapshot_init(&snapshot);
    sync_flush(station); /* an answer to somebody here may have brought an entry meanwhile */
    int r = snapshot_from_json(json, &snapshot, error, sizeof error);
    if (r == 0) {
        sync_compare_counter(station, counter);
        r = station_log_replace(&station->log, &snapshot, sync->replaced, counter);
    }
    cJSON_Delete(json);
    snapshot_finish(&snapshot);
    if (r == -EINVAL || r == -ENOTSUP) {
        give_up(station, error);
        return;
    }
    if (r < 0) {
        station_fail(station, STATION_ERROR_DISK,
                     "the snapshot cannot be stored: is the disk full?");
        sync->snapshot_next_ms = station_up() + SYNC_RETRY_MAX_MS;
        return;
    }
    sync->forked = false;
    sync->gaps = 0;
    stop(station);
    station_news_queue(station);
}

static void on_answer(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct sync *sync = &station->sync;
    sync->snapshot = 0;
    if (answer->result == HTTP_CLIENT_OK) {
        take(station, answer->body);
        return;
    }
    bool never = answer->status == 404 || answer->status == 405;
    if (never || answer->result == HTTP_CLIENT_TOO_LARGE) {
        give_up(station, answer->text);
        return;
    }
    sync_lost(station, answer);
    sync->snapshot_next_ms = sync->next_ms; /* backs off with the line */
}

void sync_snapshot_begin(struct station *station, const char *why, bool replaced)
{
    struct sync *sync = &station->sync;
    if (sync->fetching)
        return;
    bool again = station_up() < sync->snapshot_not_before_ms;
    bool strayed = station->log.strayed;
    if (strayed) {
        station->device.log = "state";
        station->device.status_due = true;
    }
    if (again) {
        station->log.strayed = false;
        if (replaced)
            sync_restart(station, why);
        return;
    }
    station_report("asking for a snapshot: %s", why);
    sync_flush(station);
    if (strayed)
        sync->snapshot_not_before_ms = station_up() + SNAPSHOT_AGAIN_MS;
    sync->replaced = replaced;
    sync->snapshot_next_ms = 0;
    sync->fetching = true;
    sync_reopen(station); /* the stream waits for it */
}

int sync_snapshot_tick(struct station *station)
{
    struct sync *sync = &station->sync;
    if (!sync->fetching || sync->snapshot)
        return STATION_TURN_MS;
    int left = station_left(sync->snapshot_next_ms);
    if (left > 0)
        return left;
    struct http_client_request request = {
        .method = "GET",
        .path = "/api/v1/device/snapshot",
        .body_max = SNAPSHOT_TEXT_MAX,
        .timeout_ms = SNAPSHOT_TIMEOUT_MS,
        .idle_ms = SNAPSHOT_IDLE_MS,
        .done = on_answer,
        .context = station,
    };
    sync->snapshot = http_client_send(station->http, &request);
    if (sync->snapshot < 0) {
        sync->snapshot = 0;
        sync->snapshot_next_ms = station_up() + SYNC_RETRY_MAX_MS;
    }
    return STATION_TURN_MS;
}
