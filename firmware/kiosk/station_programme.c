/* The document of what plays: fetched, kept, and in force. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "station_private.h"
#include "station_report.h"

static const char key_programme[] = "programme";

/* -- the programme ----------------------------------------------------------------------------- */

/* Takes over a document (null: there is none). False: not understood, nothing changes. */
static bool take_programme(struct station *station, const cJSON *json)
{
    struct media *media = &station->media;
    char error[160];
    struct programme_set *programme = NULL;
    if (!json)
        return false;
    if (!cJSON_IsNull(json)) {
        programme = malloc(sizeof *programme);
        if (!programme)
            return false;
        if (programme_set_from_json(json, programme, error, sizeof error) < 0) {
            station_report("the programme is not understood: %s", error);
            free(programme);
            return false;
        }
    }
    free(media->programme);
    media->programme = programme;
    station_media_list(station);
    station->device.status_due = true;
    station_news_programme(station);
    return true;
}

/* The kiosk belongs to another site now. */
static void drop_programme(struct station *station)
{
    struct media *media = &station->media;
    free(media->programme);
    media->programme = NULL;
    media->etag[0] = '\0';
    media->fetch_due = true;
    station_media_list(station);
    station_news_programme(station);
    station_media_forget(station);
}

void station_programme_load(struct station *station)
{
    char *text = journal_text(station->journal, key_programme);
    cJSON *json = text && text[0] ? cJSON_Parse(text) : NULL;
    if (json)
        (void)take_programme(station, json); /* reported; the cloud's replaces it */
    else if (station->move.done)
        drop_programme(station);
    cJSON_Delete(json);
    free(text);
}

static void store_programme(struct station *station, const cJSON *programme)
{
    char *text = cJSON_PrintUnformatted(programme);
    if (!text || journal_set_text(station->journal, key_programme, text) < 0)
        station_report("the programme cannot be stored: it plays until the next start only");
    cJSON_free(text);
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
    cJSON *json = cJSON_Parse(answer->body);
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(json, "document");
    cJSON *document = cJSON_IsString(text) ? cJSON_Parse(text->valuestring)
                      : cJSON_IsNull(text) ? cJSON_CreateNull()
                                           : NULL;
    if (take_programme(station, document)) {
        memcpy(media->etag, answer->etag, sizeof media->etag);
        store_programme(station, document);
        station_media_sweep(station);
    }
    cJSON_Delete(document);
    cJSON_Delete(json);
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
    return fetch_tick(station);
}
