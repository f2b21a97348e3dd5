/* What has come in since the last turn: the station's news, the printer's, the decoder's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk.h"

static void take_queue(struct kiosk *kiosk, struct station_news *news)
{
    if (kiosk->queue != NULL) {
        queue_finish(kiosk->queue);
        free(kiosk->queue);
    }
    kiosk->queue = news->queue;
    news->queue = NULL;
}

static void take_programme(struct kiosk *kiosk, const struct station_news *news)
{
    struct playlist_world world;
    snprintf(kiosk->programme, sizeof kiosk->programme, "%s",
             news->programme == NULL || news->programme->programme_count == 0
                 ? ""
                 : news->programme->programmes[0].id);
    if (kiosk->playlist == NULL)
        return;
    kiosk_playlist_world(kiosk, &world);
    playlist_programme(kiosk->playlist, &world, news->programme);
}

static void take_call(struct kiosk *kiosk, const struct station_news *news)
{
    struct monitor_world world;
    if (kiosk->monitor == NULL)
        return;
    kiosk_monitor_world(kiosk, &world);
    monitor_flow_call(&kiosk->monitor_flow, &world, &news->ticket);
    if (!kiosk->monitor_flow.chime || kiosk->call_first)
        return; /* it waits, or stands there already */
    kiosk->call_first = true;
    kiosk->call = news->trace;
    kiosk->call.taken = call_trace_now();
    kiosk->call_cpu_us = slip_trace_cpu();
}

static void take(struct kiosk *kiosk, struct station_news *news)
{
    struct terminal_world world;
    bool was_online;
    kiosk_terminal_world(kiosk, &world);
    switch (news->kind) {
    case STATION_QUEUE:
        take_queue(kiosk, news);
        break;
    case STATION_TICKET:
        if (kiosk->terminal != NULL)
            terminal_flow_ticket(&kiosk->terminal_flow, &world, news->request, &news->ticket);
        break;
    case STATION_REISSUE: /* for whoever stands at the counter: the screen is another's */
        (void)kiosk_print(kiosk, &news->ticket);
        break;
    case STATION_REFUSED:
        terminal_flow_refused(&kiosk->terminal_flow, news->request, news->text, kiosk->now);
        break;
    case STATION_LINK:
        was_online = kiosk->status.online;
        kiosk->status = news->status;
        kiosk_note_line(kiosk, was_online);
        break;
    case STATION_PROGRAMME:
        take_programme(kiosk, news);
        break;
    case STATION_CALL:
        take_call(kiosk, news);
        break;
    case STATION_ACTED: /* the queue that it changed has its own news */
        if (kiosk->lan != NULL && lan_acted(kiosk->lan, news->request, news->text))
            break;
        if (!kiosk_take_act(kiosk, news))
            staff_flow_acted(&kiosk->staff_flow, news->request, news->text, kiosk->now);
        break;
    }
    kiosk->stale = true;
}

/* The end of a test print, to who asked for it in the menu. */
static void tell_test(struct kiosk *kiosk, enum print_fate fate)
{
    kiosk->test_fate = fate;
    if (fate != PRINT_SUBMITTED)
        staff_flow_tell(&kiosk->staff_flow,
                        fate == PRINT_DONE ? "staff.done" : "staff.print_failed",
                        fate == PRINT_DONE, kiosk->now);
}

static void take_printing(struct kiosk *kiosk)
{
    struct printing_news news;
    char reasons[PRINTER_REASONS];
    while (printing_poll(kiosk->printing, &news)) {
        if (news.ticket[0] == '\0')
            tell_test(kiosk, news.fate);
        kiosk_slip_ended(kiosk, &news);
        kiosk->stale = true;
    }
    printing_reasons(kiosk->printing, reasons);
    if (strcmp(reasons, kiosk->reasons) != 0) {
        memcpy(kiosk->reasons, reasons, sizeof reasons);
        kiosk->stale = true;
    }
}

void kiosk_take_news(struct kiosk *kiosk)
{
    struct station_news news;
    while (station_poll(kiosk->station, &news)) {
        take(kiosk, &news);
        station_news_finish(&news);
    }
    if (kiosk->printing != NULL)
        take_printing(kiosk);
}

/* The station tells the cloud which film of the store plays; own names of items mean nothing there.
 */
static void tell_playing(struct kiosk *kiosk, const struct playlist_entry *entry)
{
    bool stored = entry != NULL && entry->film && strlen(entry->tag) == SHA256_SIZE - 1;
    const char *tag = stored ? entry->tag : "", *title = entry != NULL ? entry->title : "";
    if (strcmp(tag, kiosk->playing) == 0 && strcmp(title, kiosk->playing_title) == 0)
        return;
    snprintf(kiosk->playing, sizeof kiosk->playing, "%s", tag);
    snprintf(kiosk->playing_title, sizeof kiosk->playing_title, "%s", title);
    station_playing(kiosk->station, tag, title);
}

static void tell_broken(struct kiosk *kiosk)
{
    const char *broken = playlist_broken(kiosk->playlist);
    if (strcmp(broken, kiosk->broken) == 0)
        return;
    snprintf(kiosk->broken, sizeof kiosk->broken, "%s", broken);
    station_broken(kiosk->station, broken);
}

static SDL_Point film_place(const struct kiosk *kiosk)
{
    SDL_Rect area = monitor_film_area(&kiosk->monitor->canvas, &kiosk->monitor_view);
    return (SDL_Point){area.w, area.h};
}

void kiosk_take_films(struct kiosk *kiosk)
{
    struct video_frame frame;
    struct video_event event;
    struct playlist_world world;
    const struct playlist_entry *entry = NULL;
    if (kiosk->video == NULL)
        return;
    kiosk_playlist_world(kiosk, &world);
    bool fresh = video_poll(kiosk->video, kiosk->now, &frame);
    while (video_event(kiosk->video, &event)) {
        if (event.kind == VIDEO_FAILED || event.kind == VIDEO_RESTARTED)
            fprintf(stderr, "machiai-kiosk: film %.12s: %s\n", event.tag, event.text);
        playlist_event(kiosk->playlist, &world, &event);
    }
    playlist_tick(kiosk->playlist, &world);
    kiosk_hear_film(kiosk);
    /* A frame counts only for the film that is on the screen. */
    enum picture_kind picture = playlist_picture(kiosk->playlist, &entry);
    kiosk_change(kiosk);
    if (fresh && picture == PICTURE_FILM && strcmp(entry->tag, frame.tag) == 0 &&
        film_take(&kiosk->film, &frame, film_place(kiosk))) {
        kiosk->redraw_film = true;
        playlist_frame(kiosk->playlist, frame.tag);
    }
    if (picture != kiosk->picture || (entry != NULL && !playlist_entry_equal(entry, &kiosk->entry)))
        kiosk->stale = true;
    tell_playing(kiosk, entry);
    tell_broken(kiosk);
}
