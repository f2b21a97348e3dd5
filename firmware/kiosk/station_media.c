/* The files of the document in force: what is needed, downloads, and how far they are. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

enum { MINUTE_MS = 60 * 1000, DAY_MINUTES = 24 * 60 };

/* -- what is needed ---------------------------------------------------------------------------- */

static bool withdrawn(const struct programme_set *set, const char *sha256)
{
    for (int i = 0; i < set->withdrawn_count; i++)
        if (strcmp(set->withdrawn[i], sha256) == 0)
            return true;
    return false;
}

static void add_file(struct media *media, const char *sha256, int64_t size, int64_t from_ms)
{
    if (!store_sha256_valid(sha256) || withdrawn(media->programme, sha256) ||
        media->file_count == MEDIA_FILES_MAX)
        return;
    for (int i = 0; i < media->file_count; i++)
        if (strcmp(media->files[i].sha256, sha256) == 0)
            return;
    media->files[media->file_count++] =
        (struct media_file){.sha256 = sha256, .size = size, .from_ms = from_ms};
}

static void add_files(struct media *media, const struct content *contents, int count,
                      int64_t from_ms)
{
    for (int i = 0; i < count; i++) {
        int64_t size = contents[i].size > 0 ? contents[i].size : MEDIA_FILE_MAX;
        add_file(media, contents[i].sha256, size, from_ms);
        for (int k = 0; k < contents[i].photo_count; k++)
            add_file(media, contents[i].photos[k], STORE_PHOTO_MAX, from_ms);
    }
}

static void count_present(struct station *station)
{
    struct media *media = &station->media;
    media->present = 0;
    for (int i = 0; i < media->file_count; i++)
        media->present +=
            store_find(station->store, media->files[i].sha256) == PROGRAMME_FILE_READY;
}

/* Substitutes first: they are what plays when all else fails. Then period by period. */
void station_media_list(struct station *station)
{
    struct media *media = &station->media;
    const struct programme_set *set = media->programme;
    media->file_count = 0;
    media->skip = 0;
    media->next_ms = 0;
    media->present = 0;
    if (!set)
        return;
    add_files(media, set->substitutes, set->substitute_count, 0);
    add_files(media, set->clinic, set->clinic_count, 0);
    for (int i = 0; i < set->programme_count; i++)
        add_files(media, set->programmes[i].items, set->programmes[i].item_count,
                  set->programmes[i].from);
    count_present(station);
}

static bool needed(const char *sha256, void *context)
{
    const struct media *media = context;
    for (int i = 0; i < media->file_count; i++)
        if (strcmp(media->files[i].sha256, sha256) == 0)
            return true;
    return false;
}

void station_media_sweep(struct station *station)
{
    store_sweep(station->store, needed, &station->media);
}

void station_media_forget(struct station *station)
{
    store_forget(station->store, needed, &station->media);
}

/* -- when -------------------------------------------------------------------------------------- */

/* [video] downloads: the hours in which files of coming periods are fetched. */
static bool in_window(struct station *station, int64_t now_ms)
{
    int from = station->config->download_from, to = station->config->download_to;
    int64_t local = now_ms / MINUTE_MS + station->media.programme->utc_offset_min;
    int minute = (int)(local % DAY_MINUTES);
    if (from == to)
        return true;
    return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/* What is missing now is fetched at any hour. */
static bool due(struct station *station, const struct media_file *file)
{
    int64_t now;
    if (!station_trusted(station, &now) || file->from_ms <= now)
        return true;
    return in_window(station, now);
}

/* The skip-th file that is missing and due, so that one that cannot be had does not stop the
 * others. NULL: none is. */
static const struct media_file *next_missing(struct station *station)
{
    const struct media *media = &station->media;
    static const struct media_file *missing[MEDIA_FILES_MAX]; /* one thread */
    int count = 0;
    for (int i = 0; i < media->file_count; i++)
        if (store_find(station->store, media->files[i].sha256) == PROGRAMME_FILE_MISSING &&
            due(station, &media->files[i]))
            missing[count++] = &media->files[i];
    return count == 0 ? NULL : missing[media->skip % count];
}

/* -- a download -------------------------------------------------------------------------------- */

static void download_failed(struct station *station, int64_t wait_ms)
{
    station->media.skip++;
    station->media.next_ms = station_up() + wait_ms;
}

static void close_part(struct media *media)
{
    sealed_writer_close(media->part);
    media->part = NULL;
}

static void complete(struct station *station)
{
    close_part(&station->media);
    if (store_complete(station->store, station->media.sha256) < 0)
        download_failed(station, MEDIA_DAMAGED_MS);
}

/* What is there goes on from there, unless it cannot be right. */
static void on_download(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct media *media = &station->media;
    media->download = 0;
    int r = answer->result == HTTP_CLIENT_OK ? sealed_writer_finish(media->part) : -EAGAIN;
    if (r == 0) {
        complete(station);
        return;
    }
    close_part(media);
    station_report("content %.12s: %s", media->sha256, r == -EAGAIN ? answer->text : strerror(-r));
    bool wrong = r != -EAGAIN || answer->result == HTTP_CLIENT_TOO_LARGE ||
                 answer->result == HTTP_CLIENT_DISK || answer->status == 416;
    if (wrong)
        store_discard(station->store, media->sha256);
    bool passing = answer->result != HTTP_CLIENT_STATUS && !wrong;
    download_failed(station, passing ? MEDIA_RETRY_MS : MEDIA_DAMAGED_MS);
}

static int restart_part(void *context)
{
    struct station *station = context;
    return sealed_writer_restart(station->media.part);
}

static int write_part(void *context, const void *bytes, size_t count)
{
    struct station *station = context;
    return sealed_writer_write(station->media.part, bytes, count);
}

static void fetch(struct station *station, int64_t size, int64_t there)
{
    struct media *media = &station->media;
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/contents/%s", media->sha256);
    struct http_client_download download = {
        .path = path,
        .offset = there,
        .size_max = size,
        .rate_max = station->config->bandwidth_bytes,
        .idle_ms = MEDIA_IDLE_MS,
        .sink = {restart_part, write_part},
        .done = on_download,
        .context = station,
    };
    if (strcmp(media->crowded, media->sha256) == 0)
        media->crowded[0] = '\0';
    media->download = http_client_fetch(station->http, &download);
    if (media->download > 0)
        return;
    media->download = 0;
    close_part(media);
    download_failed(station, MEDIA_DAMAGED_MS);
}

/* People are told: only they can make room. */
static void no_room(struct station *station)
{
    struct media *media = &station->media;
    close_part(media);
    if (strcmp(media->crowded, media->sha256) != 0) {
        memcpy(media->crowded, media->sha256, sizeof media->crowded);
        station->device.status_due = true;
        station_news_programme(station);
    }
    station_report("content %.12s: no room on the disk", station->media.sha256);
    download_failed(station, MEDIA_DAMAGED_MS);
}

static void start_download(struct station *station, const struct media_file *file)
{
    struct media *media = &station->media;
    memcpy(media->sha256, file->sha256, sizeof media->sha256);
    int r = store_part(station->store, media->sha256, &media->part);
    if (r < 0) {
        station_report("content %.12s: %s", media->sha256, strerror(-r));
        download_failed(station, MEDIA_DAMAGED_MS);
        return;
    }
    int64_t there = sealed_writer_size(media->part);
    if (sealed_writer_finished(media->part)) {
        complete(station);
        return;
    }
    if (there > file->size) {
        close_part(media);
        store_discard(station->store, media->sha256);
        return; /* the next turn begins it anew */
    }
    int64_t more = sealed_disk_size(file->size) - sealed_disk_size(there);
    if (store_room(station->store, more, needed, media))
        fetch(station, file->size, there);
    else
        no_room(station);
}

/* Others write to the disk, too: before the reserve is touched the download gives way. */
static void check_room(struct station *station)
{
    struct media *media = &station->media;
    if (store_room(station->store, 0, needed, media))
        return;
    http_client_cancel(station->http, media->download);
    media->download = 0;
    no_room(station);
    store_discard(station->store, media->sha256);
}

static int download_tick(struct station *station)
{
    struct media *media = &station->media;
    if (media->download)
        check_room(station);
    if (station->sync.link != LINK_UP || media->download)
        return STATION_TURN_MS;
    int left = station_left(media->next_ms);
    if (left > 0)
        return left;
    const struct media_file *file = next_missing(station);
    if (!file)
        return STATION_TURN_MS;
    start_download(station, file);
    return media->download ? STATION_TURN_MS : 0;
}

bool station_media_crowded(const struct station *station)
{
    const struct media *media = &station->media;
    for (int i = 0; media->crowded[0] && i < media->file_count; i++)
        if (strcmp(media->files[i].sha256, media->crowded) == 0)
            return store_find(station->store, media->crowded) == PROGRAMME_FILE_MISSING;
    return false;
}

/* -- verified ---------------------------------------------------------------------------------- */

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
        station_media_forget(station);
    count_present(station);
    station->device.status_due = true;
    station_news_programme(station);
}

int station_media_tick(struct station *station)
{
    take_verified(station);
    return download_tick(station);
}

void station_media_finish(struct station *station)
{
    close_part(&station->media);
}
