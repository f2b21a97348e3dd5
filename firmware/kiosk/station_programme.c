/* The programme and its films. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "station_private.h"
#include "station_report.h"

static const char key_programme[] = "programme";
static const int64_t forget_bytes = INT64_C(1) << 50;

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
    media->next_ms = 0;
    media->skip = 0;
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
    station_news_programme(station);
    station_programme_forget(station);
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

static bool in_contents(const struct content *contents, int count, const char *sha256)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(contents[i].sha256, sha256) == 0)
            return true;
        for (int k = 0; k < contents[i].photo_count; k++)
            if (strcmp(contents[i].photos[k], sha256) == 0)
                return true;
    }
    return false;
}

static bool needed(const char *sha256, void *context)
{
    const struct programme_set *set = context;
    for (int i = 0; set && i < set->programme_count; i++)
        if (in_contents(set->programmes[i].items, set->programmes[i].item_count, sha256))
            return true;
    return set && (in_contents(set->clinic, set->clinic_count, sha256) ||
                   in_contents(set->substitutes, set->substitute_count, sha256));
}

void station_programme_forget(struct station *station)
{
    (void)store_room(station->store, forget_bytes, needed, station); /* there is never so much */
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
        store_sweep(station->store, needed, media->programme);
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

/* -- films ------------------------------------------------------------------------------------- */

struct missing {
    struct station *station;
    int turn;                 /* how many missing ones are passed over still; -1 = only counted */
    int count;                /* missing ones so far */
    int64_t size;             /* of the one found, 0 = not told */
    char sha256[SHA256_SIZE]; /* "" = none found */
};

static bool withdrawn(const struct programme_set *set, const char *sha256)
{
    for (int i = 0; i < set->withdrawn_count; i++)
        if (strcmp(set->withdrawn[i], sha256) == 0)
            return true;
    return false;
}

static void look_at(struct missing *missing, const char *sha256, int64_t size)
{
    const struct station *station = missing->station;
    if (!*sha256 || !store_sha256_valid(sha256) || withdrawn(station->media.programme, sha256) ||
        store_known(station->store, sha256))
        return;
    if (missing->count++ == missing->turn) {
        missing->size = size;
        memcpy(missing->sha256, sha256, SHA256_SIZE);
    }
}

static void look_at_all(struct missing *missing, const struct content *contents, int count)
{
    for (int i = 0; i < count; i++) {
        look_at(missing, contents[i].sha256, contents[i].size);
        for (int k = 0; k < contents[i].photo_count; k++)
            look_at(missing, contents[i].photos[k], 0);
    }
}

/* Substitutes first: they are what plays when all else fails. */
static void look_through(struct missing *missing)
{
    const struct programme_set *set = missing->station->media.programme;
    missing->count = 0;
    if (!set)
        return;
    look_at_all(missing, set->substitutes, set->substitute_count);
    look_at_all(missing, set->clinic, set->clinic_count);
    for (int i = 0; i < set->programme_count; i++)
        look_at_all(missing, set->programmes[i].items, set->programmes[i].item_count);
}

/* The skip-th file that is missing; false: none is. */
static bool next_missing(struct station *station, struct content *ret)
{
    struct missing missing = {.station = station, .turn = -1};
    look_through(&missing);
    if (missing.count == 0)
        return false;
    missing.turn = station->media.skip % missing.count;
    look_through(&missing);
    *ret = (struct content){.size = missing.size};
    memcpy(ret->sha256, missing.sha256, SHA256_SIZE);
    return true;
}

static void download_failed(struct station *station, int64_t wait_ms)
{
    station->media.skip++;
    station->media.next_ms = station_up() + wait_ms;
}

static void complete(struct station *station, const char *sha256)
{
    if (store_complete(station->store, sha256) < 0)
        download_failed(station, MEDIA_DAMAGED_MS);
}

static void on_download(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct media *media = &station->media;
    media->download = 0;
    if (answer->result == HTTP_CLIENT_OK) {
        complete(station, media->sha256);
        return;
    }
    station_report("content %.12s: %s", media->sha256, answer->text);
    /* What is there goes on from there, unless it cannot be right. */
    bool wrong = answer->result == HTTP_CLIENT_TOO_LARGE || answer->result == HTTP_CLIENT_DISK ||
                 answer->status == 416;
    if (wrong)
        store_discard(station->store, media->sha256);
    bool passing = answer->result != HTTP_CLIENT_STATUS && !wrong;
    download_failed(station, passing ? MEDIA_RETRY_MS : MEDIA_DAMAGED_MS);
}

static void start_download(struct station *station, const struct content *content)
{
    struct media *media = &station->media;
    char path[96], file[STORE_PATH_SIZE];
    int64_t size = content->size > 0 ? content->size : MEDIA_FILE_MAX;
    int64_t there = store_part(station->store, content->sha256, file, sizeof file);
    memcpy(media->sha256, content->sha256, sizeof media->sha256);
    if (content->size > 0 && there == content->size) {
        complete(station, content->sha256);
        return;
    }
    if (there > size)
        store_discard(station->store, content->sha256);
    if (!store_room(station->store, content->size - there, needed, media->programme)) {
        station_report("content %.12s: no room on the disk", content->sha256);
        download_failed(station, MEDIA_DAMAGED_MS);
        return;
    }
    (void)snprintf(path, sizeof path, "/api/v1/contents/%s", content->sha256);
    struct http_client_download download = {
        .path = path,
        .file = file,
        .size_max = size,
        .idle_ms = MEDIA_IDLE_MS,
        .done = on_download,
        .context = station,
    };
    media->download = http_client_fetch(station->http, &download);
    if (media->download < 0) {
        media->download = 0;
        download_failed(station, MEDIA_DAMAGED_MS);
    }
}

static int download_tick(struct station *station)
{
    struct media *media = &station->media;
    if (station->sync.link != LINK_UP || media->download)
        return STATION_TURN_MS;
    int left = station_left(media->next_ms);
    if (left > 0)
        return left;
    struct content content;
    if (!next_missing(station, &content))
        return STATION_TURN_MS;
    start_download(station, &content);
    return 0;
}

/* Verified files are news; a damaged one is asked for again, but not at once. */
static void take_verified(struct station *station)
{
    struct store_event event;
    bool changed = false;
    while (store_event(station->store, &event)) {
        changed = true;
        if (!event.good)
            download_failed(station, MEDIA_DAMAGED_MS);
    }
    if (!changed)
        return;
    if (station->move.done)
        station_programme_forget(station);
    station->device.status_due = true;
    station_news_programme(station);
}

int station_programme_tick(struct station *station)
{
    take_verified(station);
    int wait = fetch_tick(station);
    int other = download_tick(station);
    return wait < other ? wait : other;
}
