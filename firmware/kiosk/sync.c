/* The stream of the site's log: cursor, catching up, and what comes live. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

enum {
    PIECE_MS = 5 * 1000,   /* a stream that ended this soon was a piece of the log */
    DEAF_MIN_MS = 2 * 1000 /* the first further try at what was not understood */
};

static const char key_revoked[] = "revoked";
enum { FOLLOWED = 2 }; /* of that key; 1 = revoked */

/* -- connection -------------------------------------------------------------------------------- */

int64_t sync_jittered(int64_t ms)
{
    return ms / 2 + (int64_t)randombytes_uniform((uint32_t)ms + 1);
}

static void schedule(struct station *station, int64_t wish_ms)
{
    struct sync *sync = &station->sync;
    int shift = sync->attempts < 6 ? sync->attempts : 6;
    int64_t wait = (int64_t)SYNC_RETRY_MIN_MS << shift;
    if (wait > SYNC_RETRY_MAX_MS)
        wait = SYNC_RETRY_MAX_MS;
    if (wish_ms > wait)
        wait = wish_ms;
    sync->attempts++;
    sync->next_ms = station_up() + sync_jittered(wait);
}

static void close_stream(struct station *station)
{
    if (station->sync.stream)
        http_client_cancel(station->http, station->sync.stream);
    station->sync.stream = 0;
    station->sync.link = LINK_DOWN;
}

void sync_reopen(struct station *station)
{
    close_stream(station);
    station->sync.next_ms = station_up();
}

void sync_reset(struct station *station)
{
    struct sync *sync = &station->sync;
    while (sync->pending_count > 0)
        entry_finish(&sync->pending[--sync->pending_count]);
    sync_reopen(station);
}

/* Kept, so that a kiosk that was revoked gives no numbers after a restart without a line. */
static void set_revoked(struct station *station, bool revoked, bool followed)
{
    if (station->sync.revoked == revoked && station->sync.followed == followed)
        return;
    station->sync.revoked = revoked;
    station->sync.followed = followed;
    if (journal_set_int(station->journal, key_revoked, followed ? FOLLOWED : revoked) < 0)
        station_report("that this device is revoked could not be stored");
}

void sync_adopt(struct station *station)
{
    station->sync.revoked = journal_int(station->journal, key_revoked) != 0;
    station->sync.followed = journal_int(station->journal, key_revoked) == FOLLOWED;
    if (station->sync.revoked)
        station_fail(station, STATION_ERROR_REVOKED, "the cloud has revoked this device");
}

static void take_failure(struct station *station, const struct http_client_answer *answer)
{
    enum station_error error = enrol_error(answer);
    if (error == STATION_ERROR_NONE)
        error = STATION_ERROR_UNREACHABLE;
    if (error == STATION_ERROR_REVOKED) /* until a stream opens: a busy cloud takes nothing back */
        set_revoked(station, true, strstr(answer->body, "\"replaced\"") != NULL);
    station_fail(station, error, answer->text);
    schedule(station,
             station->sync.revoked ? SYNC_REFUSED_MS : (int64_t)answer->retry_after_s * 1000);
}

void sync_lost(struct station *station, const struct http_client_answer *answer)
{
    close_stream(station);
    take_failure(station, answer);
}

static void on_done(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct sync *sync = &station->sync;
    sync_flush(station); /* what came before the end counts */
    sync->stream = 0;
    /* Far behind, the log comes in pieces: each ends the stream, and the next is asked for. */
    bool piece = answer->result == HTTP_CLIENT_CUT && sync->heard_entry &&
                 station_up() - sync->opened_ms < PIECE_MS;
    if (piece) {
        sync->heard_entry = false;
        sync->next_ms = station_up();
        return;
    }
    sync->link = LINK_DOWN;
    if (answer->result == HTTP_CLIENT_CUT && answer->retry_ms > 0) {
        station_fail(station, STATION_ERROR_UNREACHABLE, answer->text);
        sync->next_ms = station_up() + sync_jittered(answer->retry_ms);
        sync->attempts++;
    } else {
        take_failure(station, answer);
    }
}

/* The stream is there, and what comes is understood. */
static void hears(struct station *station)
{
    struct sync *sync = &station->sync;
    sync->link = LINK_UP;
    sync->deaf = false;
    sync->deaf_tries = 0;
    station->media.fetch_due = true;
    station->device.status_due = true;
    station_clear(station);
}

static void on_open(void *context)
{
    struct station *station = context;
    struct sync *sync = &station->sync;
    set_revoked(station, false, false);
    sync->opened_ms = station_up();
    sync->times = 0;
    sync->heard_entry = false;
    sync->upload_next_ms = sync->opened_ms;
    sync->upload_max = OUTBOX_BATCH_MAX;
    if (sync->deaf)
        return; /* it will show whether it is understood now */
    outbox_unsend(&station->log.outbox);
    hears(station);
}

/* -- entries ----------------------------------------------------------------------------------- */

void sync_restart(struct station *station, const char *why)
{
    station_report("the cloud's history is another one (%s): fetching it anew", why);
    sync_flush(station);
    station->sync.forked = false; /* another history from now on */
    if (station_log_restart(&station->log) < 0)
        station_fail(station, STATION_ERROR_DISK, "the journal cannot be written");
}

/* Cursor behind what was received, stored or not. */
static int64_t tail_seq(const struct station *station, const char **ret_hash)
{
    const struct sync *sync = &station->sync;
    if (sync->pending_count == 0) {
        *ret_hash = station->log.hash;
        return station->log.seq;
    }
    *ret_hash = sync->pending[sync->pending_count - 1].hash;
    return sync->pending[sync->pending_count - 1].seq;
}

/* Takes the entry over when it follows. */
static bool append(struct station *station, struct entry *entry)
{
    struct sync *sync = &station->sync;
    const char *hash;
    int64_t seq = tail_seq(station, &hash);
    if (!entry_follows(entry, seq, hash))
        return false;
    sync->pending[sync->pending_count++] = *entry;
    if (sync->pending_count == SYNC_BATCH_MAX)
        sync_flush(station);
    return true;
}

static void on_gap(struct station *station, const struct entry *entry, int64_t seq)
{
    struct sync *sync = &station->sync;
    bool forged = entry->seq == seq + 1; /* the right place, the wrong hash */
    sync->gaps++;
    if (forged || sync->gaps >= SYNC_GAPS_MAX) {
        sync->gaps = 0;
        sync_snapshot_begin(station, forged ? "hash" : "gap", true);
    }
    close_stream(station);
    schedule(station, 0);
}

/* The cloud is newer. What follows must not be read either: the kiosk goes on alone, and tries
 * again soon at first, since who replaced the cloud may put the old one back. */
static void not_understood(struct station *station, const char *why)
{
    struct sync *sync = &station->sync;
    char detail[STATION_DETAIL_SIZE];
    int64_t wait = (int64_t)DEAF_MIN_MS << (sync->deaf_tries < 5 ? sync->deaf_tries : 5);
    (void)snprintf(detail, sizeof detail, "an entry of the cloud's log is not understood: %s", why);
    close_stream(station);
    sync->next_ms = station_up() + sync_jittered(wait > SYNC_REFUSED_MS ? SYNC_REFUSED_MS : wait);
    sync->deaf_tries++;
    station->device.status_due = station->device.status_due || !sync->deaf;
    sync->deaf = true;
    station_fail(station, STATION_ERROR_NOT_UNDERSTOOD, detail);
}

/* To follow a session by other rules than its own would be to order it wrongly. */
static int check_rules(struct entry *entry, char *error, size_t error_size)
{
    const struct event *event = &entry->event;
    if (event->kind != EVENT_SESSION_OPENED || entry->verdict != VERDICT_APPLIED ||
        event->rules <= RULES_MAX)
        return 0;
    (void)snprintf(error, error_size, "rules: %d of a session; this kiosk knows %d", event->rules,
                   RULES_MAX);
    entry_finish(entry);
    return -ENOTSUP;
}

static void on_entry(struct station *station, const char *data)
{
    char error[192];
    struct entry entry;
    const char *hash;
    station->sync.trace.heard = call_trace_now();
    cJSON *json = cJSON_Parse(data);
    int r = entry_from_json(json, &entry, error, sizeof error);
    cJSON_Delete(json);
    if (r == 0)
        r = check_rules(&entry, error, sizeof error);
    if (r < 0) {
        not_understood(station, error);
        return;
    }
    int64_t seq = tail_seq(station, &hash);
    station->sync.heard_entry = true;
    if (entry.seq > seq && append(station, &entry)) {
        station->sync.attempts = station->sync.gaps = 0;
        if (station->sync.deaf)
            hears(station);
        return;
    }
    if (entry.seq > seq)
        on_gap(station, &entry, seq);
    entry_finish(&entry); /* not past the cursor: an answer brought it before the stream did */
}

void sync_offer(struct station *station, const cJSON *json)
{
    char error[192];
    struct entry entry;
    if (entry_from_json(json, &entry, error, sizeof error) == 0 && !append(station, &entry))
        entry_finish(&entry);
}

/* -- calls ------------------------------------------------------------------------------------- */

/* Called within the last minute, while the line was down too: the patient has not heard it. What is
 * older is caught up with on the board, but not cried out. What was cried out here when it was
 * done, or before it could be stored, is not cried out again. */
static bool is_fresh(struct station *station, const struct entry *entry, int64_t *ret_now)
{
    int64_t now;
    bool call = entry->verdict == VERDICT_APPLIED && entry->seq > station->log.cried_seq &&
                strcmp(entry->event.device, station->enrolment.device) != 0 &&
                (entry->event.kind == EVENT_CALLED || entry->event.kind == EVENT_RECALLED ||
                 entry->event.kind == EVENT_CALLED_NUMBER);
    if (!call || station->sync.link != LINK_UP || !station_trusted(station, &now))
        return false;
    *ret_now = now;
    return now - entry->at <= STATION_FRESH_MS;
}

static void cry_out(struct station *station, const struct entry *entry)
{
    int64_t now;
    if (!is_fresh(station, entry, &now))
        return;
    station->log.cried_seq = entry->seq;
    station->sync.trace.event = entry->at * 1000;
    const struct ticket *ticket = queue_holder(&station->log.view, entry->event.number);
    const char *id = entry->event.kind != EVENT_CALLED_NUMBER ? entry->event.ticket
                     : ticket                                 ? ticket->id
                                                              : "";
    station_news_called(station, id, now);
}

/* A patient does not wait for the disk. What must be durable is the cursor, and it stays where it
 * is: whoever loses power now asks for the call again, and it is cried out again within its minute.
 */
static void show_calls(struct station *station, const struct entry *entries, int count)
{
    int64_t now;
    bool any = false;
    for (int i = 0; i < count; i++)
        any = any || is_fresh(station, &entries[i], &now);
    if (!any)
        return;
    station_log_foresee(&station->log, entries, count);
    station_news_before(station);
    for (int i = 0; i < count; i++)
        cry_out(station, &entries[i]);
}

/* These records are from before what the cloud has from us: the card was set back. After a loss of
 * the journal that is expected, and the gap in the series is there for it. Told before what shows
 * it is stored: whoever loses power in between does not see it a second time. */
void sync_compare_counter(struct station *station, int64_t counter)
{
    if (station->incomplete || !station_log_lacks(&station->log, counter))
        return;
    station_report("the cloud has events of this device that its records do not know");
    station_device_older(station);
}

static void compare_counters(struct station *station, const struct entry *entries, int count)
{
    int64_t counter = 0;
    for (int i = 0; i < count; i++)
        if (strcmp(entries[i].event.device, station->enrolment.device) == 0 &&
            entries[i].event.counter > counter)
            counter = entries[i].event.counter;
    sync_compare_counter(station, counter);
}

void sync_flush(struct station *station)
{
    struct sync *sync = &station->sync;
    int count = sync->pending_count;
    if (count == 0)
        return;
    sync->pending_count = 0;
    show_calls(station, sync->pending, count);
    sync->trace = (struct call_trace){0};
    compare_counters(station, sync->pending, count);
    int r = station_log_confirm(&station->log, sync->pending, count);
    station_log_rebase(&station->log);
    if (r == 0) {
        station_news_queue(station);
        for (int i = 0; i < count; i++)
            station_reissue(station, &sync->pending[i]);
        if (station->log.strayed)
            sync_snapshot_begin(station, "state", false);
    } else {
        close_stream(station);
        schedule(station, SYNC_RETRY_MAX_MS);
        station_fail(station, STATION_ERROR_DISK,
                     "the cloud's log cannot be stored: is the disk full?");
    }
    for (int i = 0; i < count; i++)
        entry_finish(&sync->pending[i]);
}

/* -- other events ------------------------------------------------------------------------------ */

/* Stream order makes a `time` that follows something a sign that all before it is here. */
static void on_time(struct station *station, const char *data)
{
    struct sync *sync = &station->sync;
    struct clock_reading reading = station_clock_read();
    cJSON *json = cJSON_Parse(data);
    const cJSON *now = cJSON_GetObjectItemCaseSensitive(json, "now");
    bool known = atomic_load(&station->clock.trusted);
    if (cJSON_IsNumber(now) && now->valuedouble > 0 && now->valuedouble < 9e15)
        (void)station_clock_hear(&station->clock, &reading, (int64_t)now->valuedouble);
    cJSON_Delete(json);
    station->recover_again = station->recover_again || !known;
    station->device.status_due = station->device.status_due || !known;
    sync->attempts = 0;
    sync->times++;
    if (sync->deaf && sync->times > 1)
        hears(station); /* all entries came before this: there was none that could not be read */
    if (!station->incomplete || (sync->times == 1 && !sync->heard_entry))
        return;
    sync_flush(station);
    station_recover_tickets(station);
    station_recover_offers(station);
    if (journal_set_int(station->journal, "incomplete", 0) == 0)
        station->incomplete = false;
}

static void on_event(const struct http_stream_event *event, void *context)
{
    struct station *station = context;
    if (station->sync.giving || station->sync.fetching)
        return; /* what came with the same piece: it will come again */
    if (strcmp(event->name, "entry") == 0) {
        on_entry(station, event->data);
    } else if (strcmp(event->name, "time") == 0) {
        on_time(station, event->data);
    } else if (strcmp(event->name, "programme") == 0) {
        station->media.fetch_due = true;
    } else if (strcmp(event->name, "staff") == 0) {
        station->device.status_due = true; /* its answer has the list */
    } else if (strcmp(event->name, "recover") == 0) {
        sync_history_begin(station, event->data);
    } else if (strcmp(event->name, "restart") == 0) {
        sync_snapshot_begin(station, "restart", true);
    } else if (strcmp(event->name, "snapshot_needed") == 0) {
        sync_snapshot_begin(station, "far behind", false);
    }
}

int sync_tick(struct station *station)
{
    struct sync *sync = &station->sync;
    char cursor[HTTP_STREAM_ID_SIZE] = "";
    if (!station->enrolled || sync->stream || sync->giving || sync->fetching)
        return STATION_TURN_MS;
    int left = station_left(sync->next_ms);
    if (left > 0)
        return left;
    if (station->log.seq > 0)
        (void)snprintf(cursor, sizeof cursor, "%lld:%s", (long long)station->log.seq,
                       station->log.hash);
    struct http_client_listen listen = {
        .path = "/api/v1/device/events",
        .last_id = cursor,
        .idle_ms = SYNC_IDLE_MS,
        .open = on_open,
        .event = on_event,
        .done = on_done,
        .context = station,
    };
    sync->stream = http_client_listen(station->http, &listen);
    if (sync->stream < 0) {
        sync->stream = 0;
        schedule(station, 0);
    }
    return 0;
}
