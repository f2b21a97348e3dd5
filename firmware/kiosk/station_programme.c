/* The signed document of what plays: fetched, checked, kept, and in force. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

static const char key_document[] = "programme_document";
static const char key_signature[] = "programme_signature";
static const char key_edition[] = "programme_edition";
static const char key_keys[] = "programme_keys";

/* -- why a document is not taken --------------------------------------------------------------- */

static const char *fault_of(int r)
{
    switch (r) {
    case -EKEYREJECTED:
        return "signature";
    case -EXDEV:
        return "other_site";
    case -ESTALE:
        return "older";
    case -EPROTONOSUPPORT:
        return "newer_format";
    default:
        return "not_understood";
    }
}

/* Told once; what is in force stays in force. */
static void set_fault(struct station *station, const char *fault, const char *detail)
{
    struct media *media = &station->media;
    if (*fault && strcmp(media->fault, fault) != 0) {
        station_report("the programme is refused: %s", detail);
        station->device.status_due = true;
    }
    (void)snprintf(media->fault, sizeof media->fault, "%s", fault);
    (void)snprintf(media->fault_detail, sizeof media->fault_detail, "%s", detail);
}

const char *station_programme_fault(struct station *station)
{
    const struct media *media = &station->media;
    int64_t now;
    if (media->fault[0])
        return media->fault;
    if (!media->programme)
        return station->enrolled ? "none" : "";
    bool expired = station_trusted(station, &now) && media->programme->expires > 0 &&
                   now >= media->programme->expires;
    if (expired)
        return "expired";
    if (station_media_crowded(station))
        return "disk_full";
    pthread_mutex_lock(&station->box.lock);
    bool broken = station->box.broken[0] != '\0', lacking = station->box.codecs[0] != '\0';
    pthread_mutex_unlock(&station->box.lock);
    if (lacking) /* it is the cause of the other */
        return "codec_missing";
    return broken ? "film_broken" : "";
}

/* -- in force ---------------------------------------------------------------------------------- */

/* Takes the set over; NULL = there is none. */
static void put_in_force(struct station *station, struct programme_set *set)
{
    struct media *media = &station->media;
    free(media->programme);
    media->programme = set;
    if (set && set->edition > media->edition)
        media->edition = set->edition;
    station_media_list(station);
    station->device.status_due = true;
    station_news_programme(station);
}

/* 0: it is in force now; else why not. */
static int take_document(struct station *station, const char *document, const char *signature)
{
    struct media *media = &station->media;
    char error[160] = "";
    struct programme_set *set = malloc(sizeof *set);
    if (!set)
        return -ENOMEM;
    int r = programme_check(&media->keys, document, signature, station->enrolment.site,
                            media->edition, set, error, sizeof error);
    if (r < 0) {
        set_fault(station, fault_of(r), error);
        free(set);
        return r;
    }
    set_fault(station, "", "");
    put_in_force(station, set);
    return 0;
}

/* -- the journal's copy ------------------------------------------------------------------------ */

static void store_document(struct station *station, const char *document, const char *signature)
{
    struct journal *journal = station->journal;
    if (journal_set_text(journal, key_document, document) < 0 ||
        journal_set_text(journal, key_signature, signature) < 0 ||
        journal_set_int(journal, key_edition, station->media.edition) < 0)
        station_report("the programme cannot be stored: it plays until the next start only");
}

static void load_keys(struct station *station)
{
    struct media *media = &station->media;
    char *text = journal_text(station->journal, key_keys);
    if (!media->keys_unsaved && (!text || programme_keys_from_text(text, &media->keys) < 0))
        media->keys.count = 0;
    media->keys_due = media->keys.count == 0;
    free(text);
}

void station_programme_load(struct station *station)
{
    struct media *media = &station->media;
    char *document = journal_text(station->journal, key_document);
    char *signature = journal_text(station->journal, key_signature);
    load_keys(station);
    media->edition = journal_int(station->journal, key_edition);
    media->etag[0] = '\0';
    media->fetch_due = true;
    if (document && document[0] && signature)
        (void)take_document(station, document, signature); /* told; the cloud's replaces it */
    else
        put_in_force(station, NULL);
    if (station->move.done)
        station_media_forget(station);
    free(document);
    free(signature);
}

/* -- keys -------------------------------------------------------------------------------------- */

static void save_keys(struct station *station)
{
    struct media *media = &station->media;
    char text[PROGRAMME_KEYS_TEXT_SIZE];
    programme_keys_to_text(&media->keys, text);
    media->keys_unsaved = journal_set_text(station->journal, key_keys, text) < 0;
    if (media->keys_unsaved)
        station_report("the programme's keys cannot be stored yet");
}

/* The answer to an enrolment or to GET /api/v1/device. */
static int follow_keys(struct station *station, const char *body)
{
    struct media *media = &station->media;
    cJSON *json = cJSON_Parse(body);
    int r = json ? programme_keys_follow(&media->keys, json) : -EINVAL;
    cJSON_Delete(json);
    return r;
}

/* Whoever enrols this device is whom it believes from now on. */
void station_programme_enrolled(struct station *station, const char *body)
{
    struct media *media = &station->media;
    media->keys.count = 0;
    media->keys_unsaved = follow_keys(station, body) > 0;
    media->keys_due =
        !media->keys_unsaved; /* a cloud that could not tell them now is asked again */
}

static void on_keys(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct media *media = &station->media;
    media->ask_keys = 0;
    int r = answer->result == HTTP_CLIENT_OK ? follow_keys(station, answer->body) : -EAGAIN;
    if (r == 1) {
        save_keys(station);
        media->etag[0] = '\0';
        media->fetch_due = true;
    } else if (r == -EKEYREJECTED) {
        set_fault(station, "stranger",
                  "the cloud signs with a key that this device's does not lead "
                  "to; enrol it anew");
    }
    media->keys_due = r < 0;
    media->keys_next_ms = station_up() + (r == -EAGAIN ? MEDIA_RETRY_MS : MEDIA_STRANGER_MS);
}

static int keys_tick(struct station *station)
{
    struct media *media = &station->media;
    if (media->keys_unsaved && station->enrolled)
        save_keys(station);
    if (station->sync.link != LINK_UP || !media->keys_due || media->ask_keys)
        return STATION_TURN_MS;
    int left = station_left(media->keys_next_ms);
    if (left > 0)
        return left;
    struct http_client_request request = {
        .method = "GET",
        .path = "/api/v1/device",
        .timeout_ms = STATION_EXCHANGE_MS,
        .done = on_keys,
        .context = station,
    };
    media->ask_keys = http_client_send(station->http, &request);
    media->keys_next_ms = station_up() + MEDIA_RETRY_MS;
    if (media->ask_keys < 0)
        media->ask_keys = 0;
    return STATION_TURN_MS;
}

/* -- the cloud's ------------------------------------------------------------------------------- */

static void take_answer(struct station *station, const struct http_client_answer *answer)
{
    struct media *media = &station->media;
    cJSON *json = cJSON_Parse(answer->body);
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(json, "document");
    const char *document = cJSON_GetStringValue(text);
    const char *signature =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "signature"));
    const char *key_id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "key_id"));
    memcpy(media->etag, answer->etag, sizeof media->etag);
    if (cJSON_IsNull(text)) {
        /* Nothing was distributed yet. What is signed stays: this is not. */
    } else if (!document || !signature || !key_id) {
        set_fault(station, "not_understood", "the answer holds no signed document");
    } else if (!programme_keys_know(&media->keys, key_id)) {
        set_fault(station, "signature", "it is signed with a key that is not known here yet");
        media->keys_due = true;
    } else if (take_document(station, document, signature) == 0) {
        store_document(station, document, signature);
        station_media_sweep(station);
    }
    cJSON_Delete(json);
}

static void on_programme(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct media *media = &station->media;
    media->fetch = 0;
    if (answer->result == HTTP_CLIENT_STATUS && answer->status == 304)
        return;
    if (answer->result != HTTP_CLIENT_OK) {
        station_report("programme: %s", answer->text);
        media->fetch_due = true;
        media->fetch_next_ms = station_up() + MEDIA_RETRY_MS;
        return;
    }
    take_answer(station, answer);
}

static int fetch_tick(struct station *station)
{
    struct media *media = &station->media;
    if (station->sync.link != LINK_UP || !media->fetch_due || media->fetch)
        return STATION_TURN_MS;
    int left = station_left(media->fetch_next_ms);
    if (left > 0)
        return left;
    struct http_client_request request = {
        .method = "GET",
        .path = "/api/v1/device/programme",
        .etag = media->etag,
        .timeout_ms = STATION_EXCHANGE_MS,
        .body_max = 2 * PROGRAMME_DOCUMENT_MAX, /* quotes double in a string */
        .done = on_programme,
        .context = station,
    };
    media->fetch_due = false;
    media->fetch = http_client_send(station->http, &request);
    if (media->fetch < 0) {
        media->fetch = 0;
        media->fetch_due = true;
        media->fetch_next_ms = station_up() + MEDIA_RETRY_MS;
    }
    return STATION_TURN_MS;
}

int station_programme_tick(struct station *station)
{
    int wait = fetch_tick(station);
    int other = keys_tick(station);
    return wait < other ? wait : other;
}
