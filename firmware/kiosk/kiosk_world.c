#include <string.h>

#include "kiosk.h"

void kiosk_terminal_world(const struct kiosk *kiosk, struct terminal_world *ret)
{
    *ret = (struct terminal_world){
        .now = kiosk->now,
        .queue = kiosk->queue,
        .station = &kiosk->status,
        .issues = kiosk->terminal != NULL,
        .printer = kiosk->printing != NULL ? kiosk->reasons : NULL,
        .machine = &kiosk->machine,
        .screens = kiosk->screens,
        .guidance = kiosk->guidance,
        .films = kiosk->playlist != NULL ? playlist_films(kiosk->playlist) : -1,
        .codecs = kiosk->codecs_missing,
    };
    ret->has_time = kiosk->station != NULL && station_now(kiosk->station, &ret->site_ms);
}

static bool revoked(const struct kiosk *kiosk)
{
    return strcmp(kiosk->status.error, station_error_key(STATION_ERROR_REVOKED)) == 0;
}

void kiosk_monitor_world(const struct kiosk *kiosk, struct monitor_world *ret)
{
    const struct playlist_entry *entry = NULL;
    *ret = (struct monitor_world){
        .now = kiosk->now, .queue = kiosk->queue, .change_sides = kiosk->config->change_sides};
    ret->revoked = revoked(kiosk);
    ret->has_time = kiosk->station != NULL && station_now(kiosk->station, &ret->site_ms);
    if (kiosk->playlist != NULL && playlist_picture(kiosk->playlist, &entry) == PICTURE_FILM)
        ret->provided = content_provided(entry->kind);
}

void kiosk_playlist_world(const struct kiosk *kiosk, struct playlist_world *ret)
{
    const struct queue *queue = kiosk->queue;
    *ret = (struct playlist_world){
        .now = kiosk->now,
        /* what a monitor does not show must not be proven as shown */
        .video_service =
            queue == NULL || !queue->has_settings ||
            (!revoked(kiosk) && queue->settings.video_service && !queue->settings.video_suspended),
    };
    ret->has_time = kiosk->station != NULL && station_now(kiosk->station, &ret->site_ms);
    if (kiosk->station != NULL && !ret->has_time)
        ret->site_ms = station_earliest(kiosk->station);
}
