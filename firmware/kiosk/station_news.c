/* News for the main thread: a bounded list in which a newer state replaces an untaken older one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

void station_news_finish(struct station_news *news)
{
    if (news->queue) {
        queue_finish(news->queue);
        free(news->queue);
    }
    free(news->programme);
    *news = (struct station_news){0};
}

void station_news_clear(struct station_box *box)
{
    for (int i = 0; i < box->news_count; i++)
        station_news_finish(&box->news[i]);
    box->news_count = 0;
}

static bool is_state(enum station_news_kind kind)
{
    return kind == STATION_QUEUE || kind == STATION_LINK || kind == STATION_PROGRAMME;
}

/* Under lock: an empty slot. Tickets and acts always find room: their questions are counted, and
 * states are at most one of each kind; so what a full list loses are calls, the oldest first. */
static struct station_news *place(struct station_box *box, enum station_news_kind kind)
{
    for (int i = 0; i < box->news_count && is_state(kind); i++) {
        if (box->news[i].kind == kind) {
            station_news_finish(&box->news[i]);
            return &box->news[i];
        }
    }
    if (box->news_count < STATION_NEWS_MAX)
        return &box->news[box->news_count++];
    for (int i = 0; i < box->news_count; i++) {
        if (box->news[i].kind != STATION_CALL)
            continue;
        station_news_finish(&box->news[i]);
        memmove(&box->news[i], &box->news[i + 1],
                (size_t)(box->news_count - i - 1) * sizeof box->news[0]);
        box->news[box->news_count - 1] = (struct station_news){0};
        return &box->news[box->news_count - 1];
    }
    return NULL;
}

/* Takes the news over. False: it is lost. */
static bool put(struct station *station, struct station_news *news)
{
    struct station_box *box = &station->box;
    pthread_mutex_lock(&box->lock);
    struct station_news *slot = place(box, news->kind);
    if (slot)
        *slot = *news;
    pthread_mutex_unlock(&box->lock);
    if (!slot) {
        station_report("news: the list is full; a piece of kind %d is lost", (int)news->kind);
        station_news_finish(news);
    }
    return slot != NULL;
}

static void push(struct station *station, struct station_news *news)
{
    if (put(station, news))
        station->options.wake(station->options.context);
}

bool station_poll(struct station *station, struct station_news *ret)
{
    struct station_box *box = &station->box;
    pthread_mutex_lock(&box->lock);
    bool found = box->news_count > 0;
    if (found) {
        *ret = box->news[0];
        box->news_count--;
        memmove(&box->news[0], &box->news[1], (size_t)box->news_count * sizeof box->news[0]);
        box->news[box->news_count] = (struct station_news){0}; /* ret owns it now */
        bool last = ret->kind == STATION_REFUSED ||
                    (ret->kind == STATION_TICKET && ret->ticket.person == ret->ticket.persons);
        box->issues -= last && ret->request != 0;
        box->acts -= ret->kind == STATION_ACTED;
    }
    pthread_mutex_unlock(&box->lock);
    return found;
}

void station_news_before(struct station *station)
{
    struct station_news news = {.kind = STATION_QUEUE, .queue = malloc(sizeof *news.queue)};
    if (!news.queue)
        return;
    station_news_viewed(station);
    queue_init(news.queue);
    if (queue_copy(&station->log.view, news.queue) < 0) {
        station_news_finish(&news);
        return;
    }
    (void)put(station, &news);
}

void station_news_queue(struct station *station)
{
    station_news_before(station);
    station->options.wake(station->options.context);
}

/* What keeps the kiosk from giving numbers whatever the line does comes before what the line does.
 */
static enum station_error error_now(const struct station *station)
{
    if (station->move.due)
        return STATION_ERROR_MOVING;
    return station->sync.revoked ? STATION_ERROR_REVOKED : station->error;
}

static void fill_programme(struct station *station, struct station_programme *ret)
{
    const struct media *media = &station->media;
    ret->edition = media->programme ? media->programme->edition : 0;
    ret->files = media->file_count;
    ret->plays = station->plays.log ? play_log_count(station->plays.log) : 0;
    ret->present = media->present;
    (void)snprintf(ret->fault, sizeof ret->fault, "%s", station_programme_fault(station));
    (void)snprintf(ret->detail, sizeof ret->detail, "%s", media->fault_detail);
}

static bool same_programme(const struct station_programme *a, const struct station_programme *b)
{
    return a->edition == b->edition && a->files == b->files && a->present == b->present &&
           a->plays == b->plays && strcmp(a->fault, b->fault) == 0 &&
           strcmp(a->detail, b->detail) == 0;
}

static void fill_line(struct station *station, struct station_status *ret)
{
    int64_t now;
    *ret = (struct station_status){
        .enrolled = station->enrolled,
        .online = station->sync.link == LINK_UP,
        .replaced = station->sync.followed,
        .letter = station->enrolment.letter,
        .outbox = station->log.outbox.count,
        .health = station->board.health,
    };
    ret->clock_trusted = station_trusted(station, &now);
    (void)snprintf(ret->device, sizeof ret->device, "%s", station->enrolment.device);
    (void)snprintf(ret->error, sizeof ret->error, "%s", station_error_key(error_now(station)));
    (void)snprintf(ret->detail, sizeof ret->detail, "%s", station->detail);
    const char *shown = station->device.pair.code;
    (void)snprintf(ret->pairing, sizeof ret->pairing, "%s", shown);
    if (*shown)
        (void)snprintf(ret->pairing_url, sizeof ret->pairing_url, "%.200s/pair/#%s",
                       station->config->url, shown);
}

void station_news_viewed(struct station *station)
{
    const struct outbox *outbox = &station->log.outbox;
    char(*unsent)[UID_SIZE];
    struct station_status status;
    int count = 0;
    if (!station->options.viewed)
        return;
    unsent = malloc(STATION_UNSENT_MAX * sizeof *unsent);
    for (int i = 0; unsent && i < outbox->count && count < STATION_UNSENT_MAX; i++)
        if (*outbox->items[i]->event.ticket)
            memcpy(unsent[count++], outbox->items[i]->event.ticket, sizeof *unsent);
    fill_line(station, &status);
    station->options.viewed(station->options.context, &station->log.view, &status,
                            (const char(*)[UID_SIZE])unsent, count);
    free(unsent);
}

void station_news_link(struct station *station)
{
    struct station_status status;
    fill_line(station, &status);
    fill_programme(station, &status.programme);
    const struct station_status *told = &station->told;
    if (same_programme(&told->programme, &status.programme) && told->enrolled == status.enrolled &&
        told->replaced == status.replaced && told->online == status.online &&
        told->clock_trusted == status.clock_trusted &&
        memcmp(&told->health, &status.health, sizeof status.health) == 0 &&
        told->letter == status.letter && told->outbox == status.outbox &&
        strcmp(told->error, status.error) == 0 && strcmp(told->detail, status.detail) == 0 &&
        strcmp(told->pairing, status.pairing) == 0)
        return;
    station->told = status;
    struct station_news news = {.kind = STATION_LINK, .status = status};
    push(station, &news);
    station_news_viewed(station);
}

void station_news_programme(struct station *station)
{
    struct station_news news = {.kind = STATION_PROGRAMME};
    if (station->media.programme) {
        news.programme = malloc(sizeof *news.programme);
        if (!news.programme)
            return;
        *news.programme = *station->media.programme;
    }
    push(station, &news);
}

void station_news_ticket(struct station *station, int64_t request,
                         const struct station_ticket *ticket)
{
    struct station_news news = {.kind = STATION_TICKET, .request = request, .ticket = *ticket};
    push(station, &news);
}

bool station_news_issued(struct station *station, const struct station_ticket *ticket)
{
    const struct station_options *options = &station->options;
    return ticket->print_count > 0 && options->issued &&
           options->issued(options->context, ticket, &station->log.view.settings);
}

void station_news_reissue(struct station *station, const struct station_ticket *ticket)
{
    struct station_news news = {.kind = STATION_REISSUE, .ticket = *ticket};
    push(station, &news);
}

void station_news_refused(struct station *station, int64_t request, const char *key)
{
    struct station_news news = {.kind = STATION_REFUSED, .request = request};
    (void)snprintf(news.text, sizeof news.text, "%s", key);
    push(station, &news);
}

void station_news_fill(const struct ticket *ticket, struct station_ticket *ret)
{
    *ret = (struct station_ticket){.number = ticket->number,
                                   .desk_no = ticket->desk_no,
                                   .accepted_ms = ticket->accepted_ms,
                                   .session = ticket->session,
                                   .before = -1,
                                   .person = 1,
                                   .persons = 1,
                                   .no_voice = ticket->no_voice,
                                   .slot_from = ticket->slot_from,
                                   .slot_to = ticket->slot_to};
    memcpy(ret->id, ticket->id, sizeof ret->id);
    memcpy(ret->service, ticket->service, sizeof ret->service);
    memcpy(ret->room, ticket->room, sizeof ret->room);
    memcpy(ret->family, ticket->family, sizeof ret->family);
}

void station_news_called(struct station *station, const char *id, int64_t now)
{
    const struct queue *view = &station->log.view;
    const struct ticket *first = queue_ticket(view, id);
    if (!first || first->state != TICKET_CALLED)
        return;
    for (int i = 0; i < view->count; i++) {
        const struct ticket *ticket = &view->tickets[i];
        bool with = *first->family && strcmp(ticket->family, first->family) == 0 &&
                    ticket->state == TICKET_CALLED && ticket->desk_no == first->desk_no &&
                    ticket->called_ms == first->called_ms;
        struct station_ticket call;
        if (ticket != first && !with)
            continue;
        station_news_fill(ticket, &call);
        station_news_call(station, &call, now);
    }
}

void station_news_acted(struct station *station, int64_t request, const char *key,
                        const struct station_ticket *ticket)
{
    struct station_news news = {.kind = STATION_ACTED, .request = request};
    if (ticket)
        news.ticket = *ticket;
    (void)snprintf(news.text, sizeof news.text, "%s", key);
    push(station, &news);
}

void station_news_call(struct station *station, const struct station_ticket *ticket, int64_t now)
{
    struct station_news news = {
        .kind = STATION_CALL, .ticket = *ticket, .now_ms = now, .trace = station->sync.trace};
    news.trace.told = call_trace_now();
    push(station, &news);
}
