/* Uploading the outbox. Never gated: hours, suspension and closed sessions are the cloud's verdict
 * to give, not ours to wait for. */
#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

/* Of one answer. */
struct verdicts {
    int count;
    char covered[OUTBOX_BATCH_MAX][UID_SIZE];
    int covered_count;
};

/* A place at or before our own state's, of which no entry is kept: a snapshot has it, no stream
 * will bring it. The place must be one in our own history: the cloud has let the stream go on from
 * our cursor, and it is the same stream still. */
static bool is_covered(const struct station *station, const cJSON *seq)
{
    const struct sync *sync = &station->sync;
    if (!cJSON_IsNumber(seq) || seq->valuedouble < 1 ||
        seq->valuedouble > (double)station->log.seq || sync->upload_stream == 0 ||
        sync->upload_stream != sync->stream)
        return false;
    int64_t kept = journal_first_seq(station->journal);
    return kept == 0 || seq->valuedouble < (double)kept;
}

static void take_verdict(struct station *station, const cJSON *one, struct verdicts *verdicts)
{
    struct outbox *outbox = &station->log.outbox;
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(one, "id");
    const cJSON *seq = cJSON_GetObjectItemCaseSensitive(one, "seq");
    if (!cJSON_IsString(id) || !uid_valid(id->valuestring))
        return;
    verdicts->count++;
    bool ours = outbox_sent(outbox, id->valuestring, station_up());
    if (ours && is_covered(station, seq) && verdicts->covered_count < OUTBOX_BATCH_MAX)
        memcpy(verdicts->covered[verdicts->covered_count++], id->valuestring, UID_SIZE);
    if (cJSON_IsNumber(seq) && seq->valuedouble == 0) /* put aside there, not in the log */
        outbox_refuse(outbox, id->valuestring, station_up());
}

/* Every verdict moves its event on; how it was judged comes back in the stream, which may well be
 * faster than this answer. Gives the number of verdicts. */
static int take_verdicts(struct station *station, const char *body)
{
    struct verdicts verdicts = {0};
    cJSON *json = cJSON_Parse(body);
    const cJSON *one;
    sync_flush(station); /* what the stream has brought is confirmed by its entries */
    cJSON_ArrayForEach (one, cJSON_GetObjectItemCaseSensitive(json, "verdicts"))
        take_verdict(station, one, &verdicts);
    cJSON_Delete(json);
    if (verdicts.covered_count == 0)
        return verdicts.count;
    if (station_log_covered(&station->log, (const char(*)[UID_SIZE])verdicts.covered,
                            verdicts.covered_count) < 0)
        station_report("what the cloud has cannot be taken out of the outbox yet");
    station_log_rebase(&station->log);
    station_news_queue(station);
    return verdicts.count;
}

static void on_answer(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct sync *sync = &station->sync;
    sync->upload = 0;
    if (answer->result == HTTP_CLIENT_OK && take_verdicts(station, answer->body) > 0) {
        sync->upload_next_ms = station_up();
        return;
    }
    sync->upload_next_ms = station_up() + (sync->revoked ? SYNC_REFUSED_MS : MEDIA_RETRY_MS);
    bool status = answer->result == HTTP_CLIENT_STATUS;
    if (status && (answer->status == 400 || answer->status == 413)) {
        /* One event spoils the batch: find it by sending them singly. */
        if (sync->upload_max == 1)
            outbox_refuse(&station->log.outbox, NULL, station_up());
        sync->upload_max = 1;
        sync->upload_next_ms = station_up();
    } else if (answer->status == 401 || (!status && answer->result != HTTP_CLIENT_OK)) {
        sync_lost(station, answer);
    } else {
        station_report("upload: %s", answer->text[0] ? answer->text : "no verdict was given");
    }
}

/* A stream begins with the time and, where it must, with the word that the cloud's history is
 * another one: what a restored cloud lacks has to be given before anything new is. Whoever is
 * revoked, or cannot read the stream, still has what others must not lose. */
static bool may_upload(const struct station *station)
{
    const struct sync *sync = &station->sync;
    bool in_step = sync->link == LINK_UP && sync->times > 0;
    return station->enrolled && (in_step || sync->revoked || sync->deaf);
}

int sync_upload_tick(struct station *station)
{
    struct sync *sync = &station->sync;
    int count = 0;
    if (!may_upload(station) || sync->upload || station->log.outbox.count == 0)
        return STATION_TURN_MS;
    int left = station_left(sync->upload_next_ms);
    if (left > 0)
        return left;
    /* Without a stream nothing confirms what was uploaded: once is enough then. */
    int64_t now = sync->deaf ? 0 : station_up();
    char *body = outbox_batch(&station->log.outbox, now, sync->upload_max, &count);
    if (!body)
        return STATION_TURN_MS;
    struct http_client_request request = {
        .method = "POST",
        .path = "/api/v1/device/events",
        .body = body,
        .timeout_ms = STATION_EXCHANGE_MS,
        .done = on_answer,
        .context = station,
    };
    sync->upload_stream = sync->stream;
    sync->upload = http_client_send(station->http, &request);
    free(body);
    if (sync->upload < 0) {
        sync->upload = 0;
        sync->upload_next_ms = station_up() + MEDIA_RETRY_MS;
    }
    return STATION_TURN_MS;
}
