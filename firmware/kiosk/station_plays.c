/* The play log: what the main thread tells of the screen is stored, uploaded, and deleted once the
 * cloud has it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

/* -- from the main thread ---------------------------------------------------------------------- */

/* SEEN notes of the same item replace one another; a full list loses notes, never the newest. */
static void put(struct station_box *box, const struct play_note *note)
{
    int last = (box->play_first + box->play_count - 1) % STATION_PLAYS_MAX;
    bool replaces = box->play_count > 0 && note->kind != STATION_PLAY_BEGIN &&
                    box->plays[last].kind == STATION_PLAY_SEEN;
    if (box->play_count == STATION_PLAYS_MAX && !replaces) {
        box->play_first = (box->play_first + 1) % STATION_PLAYS_MAX;
        box->play_count--;
        box->plays_lost++;
    }
    if (!replaces)
        last = (box->play_first + box->play_count++) % STATION_PLAYS_MAX;
    box->plays[last] = *note;
}

void station_play(struct station *station, enum station_play kind, const struct play *play)
{
    struct play_note note = {.kind = kind, .play = *play};
    pthread_mutex_lock(&station->box.lock);
    put(&station->box, &note);
    pthread_mutex_unlock(&station->box.lock);
    http_client_wake(station->http);
}

static bool take(struct station *station, struct play_note *ret, int *ret_lost)
{
    struct station_box *box = &station->box;
    pthread_mutex_lock(&box->lock);
    bool found = box->play_count > 0;
    if (found) {
        *ret = box->plays[box->play_first];
        box->play_first = (box->play_first + 1) % STATION_PLAYS_MAX;
        box->play_count--;
    }
    *ret_lost = box->plays_lost;
    box->plays_lost = 0;
    pthread_mutex_unlock(&box->lock);
    return found;
}

/* -- storing ----------------------------------------------------------------------------------- */

/* A disk that is full now may have room later; until then nothing is proven. */
static bool open_log(struct station *station)
{
    struct plays *plays = &station->plays;
    if (plays->log)
        return true;
    if (station_left(plays->open_next_ms) > 0)
        return false;
    int r = play_log_open(station->config->data, &plays->log);
    if (r < 0) {
        station_report("the play log cannot be opened: %s", strerror(-r));
        plays->open_next_ms = station_up() + PLAYS_RETRY_MS;
    }
    return r == 0;
}

static int store(struct play_log *log, const struct play_note *note)
{
    switch (note->kind) {
    case STATION_PLAY_BEGIN:
        return play_log_begin(log, &note->play);
    case STATION_PLAY_SEEN:
        return play_log_seen(log, &note->play);
    case STATION_PLAY_END:
        return play_log_end(log, &note->play);
    }
    return -EINVAL;
}

/* An item whose beginning could not be stored is no news when it goes on. */
static void take_notes(struct station *station)
{
    struct plays *plays = &station->plays;
    struct play_note note;
    int lost;
    while (take(station, &note, &lost)) {
        if (lost > 0)
            station_report("%d notes of plays were lost: the disk does not keep up", lost);
        if (!open_log(station))
            continue;
        int r = store(plays->log, &note);
        if (r < 0 && r != -ENOENT && !plays->failing)
            station_report("a play cannot be stored: %s", strerror(-r));
        plays->failing = r < 0 && r != -ENOENT;
        if (r != -EBADMSG)
            continue;
        play_log_close(plays->log); /* opening it again sets it aside */
        plays->log = NULL;
    }
}

void station_plays_load(struct station *station)
{
    if (play_log_exists(station->config->data))
        (void)open_log(station); /* ends what a kill left open; else told, and tried again */
}

/* -- upload ------------------------------------------------------------------------------------ */

static char *batch_body(struct station *station, struct play *batch)
{
    struct plays *plays = &station->plays;
    int count = play_log_batch(plays->log, batch, PLAY_BATCH_MAX);
    if (count <= 0)
        return NULL;
    cJSON *json = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(json, "plays");
    for (int i = 0; i < count; i++)
        cJSON_AddItemToArray(list, play_to_json(&batch[i]));
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    plays->sent = batch[count - 1].seq;
    return text;
}

/* Deleted is what the cloud says that it has, and nothing beyond what it was sent. */
static void on_stored(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct plays *plays = &station->plays;
    plays->upload = 0;
    cJSON *json = answer->result == HTTP_CLIENT_OK ? cJSON_Parse(answer->body) : NULL;
    const cJSON *stored = cJSON_GetObjectItemCaseSensitive(json, "stored");
    int64_t seq = cJSON_IsNumber(stored) ? (int64_t)stored->valuedouble : -1;
    if (answer->result != HTTP_CLIENT_OK)
        station_report("plays: %s", answer->text);
    if (seq > plays->sent)
        seq = plays->sent;
    bool good = seq > 0 && plays->log && play_log_stored(plays->log, seq) == 0;
    plays->next_ms = station_up() + (good ? 0 : PLAYS_RETRY_MS);
    cJSON_Delete(json);
}

/* A batch that is full goes at once, else after a while: plays are no hurry. */
static bool due(struct plays *plays)
{
    int64_t up = station_up();
    if (play_log_count(plays->log) == 0) {
        plays->since_ms = up;
        return false;
    }
    return play_log_count(plays->log) >= PLAY_BATCH_MAX || up - plays->since_ms >= PLAYS_EVERY_MS;
}

static void send(struct station *station)
{
    struct plays *plays = &station->plays;
    struct play *batch = malloc(PLAY_BATCH_MAX * sizeof *batch);
    char *body = batch ? batch_body(station, batch) : NULL;
    free(batch);
    plays->next_ms = station_up() + PLAYS_RETRY_MS;
    if (!body)
        return;
    struct http_client_request request = {
        .method = "POST",
        .path = "/api/v1/device/plays",
        .body = body,
        .timeout_ms = STATION_EXCHANGE_MS,
        .done = on_stored,
        .context = station,
    };
    plays->upload = http_client_send(station->http, &request);
    if (plays->upload < 0)
        plays->upload = 0;
    cJSON_free(body);
}

int station_plays_tick(struct station *station)
{
    struct plays *plays = &station->plays;
    take_notes(station);
    if (!plays->log || plays->upload || !due(plays) || station->sync.link != LINK_UP)
        return STATION_TURN_MS;
    int left = station_left(plays->next_ms);
    if (left > 0)
        return left;
    send(station);
    return STATION_TURN_MS;
}

/* What was told in the last turn is stored still. */
void station_plays_finish(struct station *station)
{
    take_notes(station);
    play_log_close(station->plays.log);
    station->plays.log = NULL;
}
