/* staff_flow_view(): the menu and the queue, as the screen wants them. */
#include "staff_flow.h"

#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "words.h"

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

int staff_places(const struct settings *settings, struct staff_place_of ret[STAFF_PLACES_MAX])
{
    int count = 0;
    for (int i = 0; i < settings->room_count && count < STAFF_PLACES_MAX; i++)
        ret[count++] = (struct staff_place_of){.desk_no = settings->rooms[i].desk_no,
                                               .room = &settings->rooms[i]};
    for (int i = 0; i < settings->desk_count && count < STAFF_PLACES_MAX; i++)
        if (settings_room_of_desk(settings, settings->desks[i].desk_no) == NULL)
            ret[count++] = (struct staff_place_of){.desk_no = settings->desks[i].desk_no};
    return count;
}

const struct ticket *staff_called(const struct queue *queue, const struct staff_place_of *place)
{
    const struct queue_call *calls[QUEUE_CALLS_MAX];
    int count = queue_calls(queue, place->desk_no, calls, QUEUE_CALLS_MAX);
    for (int i = 0; i < count; i++) {
        const struct ticket *ticket = queue_ticket(queue, calls[i]->ticket);
        bool here = place->room == NULL || strcmp(calls[i]->room, place->room->id) == 0;
        if (here && ticket != NULL && ticket->state == TICKET_CALLED &&
            ticket->desk_no == place->desk_no)
            return ticket;
    }
    return NULL;
}

int staff_line(const struct queue *queue, int desk_no, int64_t now,
               const struct ticket *ret[STAFF_ROWS_MAX])
{
    static const enum ticket_state aside[] = {TICKET_ABSENT, TICKET_HELD, TICKET_RESERVED};
    int count = queue_line(queue, desk_no, now, ret, STAFF_ROWS_MAX);
    for (size_t s = 0; s < sizeof aside / sizeof aside[0]; s++)
        for (int i = 0; i < queue->count && count < STAFF_ROWS_MAX; i++) {
            const struct ticket *ticket = &queue->tickets[i];
            bool listed = ticket->desk_no != desk_no || ticket->state != aside[s];
            for (int j = 0; j < count && !listed; j++)
                listed = ret[j] == ticket;
            if (!listed)
                ret[count++] = ticket;
        }
    return count;
}

static void format_time(int64_t site_ms, int offset_min, char *text, size_t size)
{
    struct civil civil;
    civil_from_ms(site_ms, offset_min, &civil);
    snprintf(text, size, "%d:%02d", civil.hour % 24, civil.minute % 60);
}

static void fill_row(const struct staff_world *world, const struct words *words,
                     const struct ticket *ticket, struct staff_row *row)
{
    int offset = world->queue->settings.utc_offset_min;
    char calls[12], from[8], to[8];
    number_format(ticket->number, row->number);
    snprintf(row->state, sizeof row->state, "staff.state.%s", ticket_state_name(ticket->state));
    if (ticket->accepted_ms != 0)
        format_time(ticket->accepted_ms, offset, row->since, sizeof row->since);
    snprintf(calls, sizeof calls, "%d", ticket->calls);
    if (ticket->slot_from != 0) {
        format_time(ticket->slot_from, offset, from, sizeof from);
        format_time(ticket->slot_to, offset, to, sizeof to);
        snprintf(row->note, sizeof row->note, "%s〜%s", from, to);
    } else if (ticket->calls > 0) {
        catalogue_fill(row->note, sizeof row->note, words_get(words, "ja", "staff.calls"), "count",
                       calls, NULL);
    } else if (strcmp(ticket->device, world->device) == 0 && ticket->number.letter != '\0') {
        COPY(row->note, words_get(words, "ja", "staff.own"));
    }
}

static void fill_places(const struct staff_flow *flow, const struct staff_world *world,
                        const struct staff_place_of *places, int count, struct staff_view *view)
{
    const struct queue *queue = world->queue;
    view->place_count = count;
    view->place = flow->place % count;
    for (int i = 0; i < count; i++) {
        const struct desk *desk = settings_desk(&queue->settings, places[i].desk_no);
        COPY(view->places[i].desk, desk == NULL ? "" : desk->name);
        COPY(view->places[i].room, places[i].room == NULL ? "" : places[i].room->name);
        view->places[i].waiting = queue_waiting(queue, places[i].desk_no, world->site_ms);
    }
    for (int i = 0; i < queue->settings.desk_count; i++)
        if (queue->settings.desks[i].desk_no == places[view->place].desk_no)
            view->paused = queue->desks[i].paused;
}

static void fill_menu(const struct staff_flow *flow, const struct staff_world *world,
                      const struct words *words, struct staff_view *view)
{
    struct staff_place_of places[STAFF_PLACES_MAX];
    const struct ticket *line[STAFF_ROWS_MAX];
    int count = staff_places(&world->queue->settings, places);
    if (count == 0)
        return;
    fill_places(flow, world, places, count, view);
    const struct staff_place_of *place = &places[view->place];
    const struct ticket *called = staff_called(world->queue, place);
    if (called != NULL) {
        number_format(called->number, view->called);
        COPY(view->room, view->places[view->place].room[0] != '\0'
                             ? view->places[view->place].room
                             : view->places[view->place].desk);
    }
    const struct ticket *next = queue_next(world->queue, place->desk_no, world->site_ms);
    if (next != NULL)
        number_format(next->number, view->next);
    view->row_count = staff_line(world->queue, place->desk_no, world->site_ms, line);
    view->page = flow->page;
    for (int i = 0; i < view->row_count; i++)
        fill_row(world, words, line[i], &view->rows[i]);
}

/* Letters of this site's series: of kiosks, and of services. */
static void fill_letters(const struct queue *queue, struct staff_view *view)
{
    int count = 0;
    for (int i = 0; i < 26 && count < TERMINAL_LETTERS_MAX; i++)
        if (queue->letters[i].device[0] != '\0' ||
            settings_is_prefix(&queue->settings, (char)('A' + i)))
            view->letters[count++] = (char)('A' + i);
}

void staff_flow_view(const struct staff_flow *flow, const struct staff_world *world,
                     const struct words *words, struct staff_view *ret)
{
    int64_t left = flow->until > world->now ? flow->until - world->now : 0;
    bool site = world->queue != NULL && world->queue->has_settings;
    memset(ret, 0, sizeof *ret);
    ret->screen = flow->screen;
    if (flow->screen == STAFF_SHUT)
        return;
    COPY(ret->pressed, flow->pressed);
    COPY(ret->focus, flow->focus);
    COPY(ret->entry, flow->entry);
    COPY(ret->result, flow->result);
    ret->result_good = flow->result_good;
    ret->seconds_left = (int)((left + 999) / 1000);
    ret->seconds_total = STAFF_IDLE_MS / 1000;
    ret->locked_s = world->locked_s;
    ret->volume = world->volume;
    ret->offline = !world->online && flow->screen != STAFF_PIN;
    if (site && world->offline_ms != 0)
        format_time(world->offline_ms, world->queue->settings.utc_offset_min, ret->offline_since,
                    sizeof ret->offline_since);
    COPY(ret->title, flow->reissues ? "staff.reissue_title" : "staff.number_title");
    if (world->lan_url[0] != '\0' && flow->screen != STAFF_PIN) {
        snprintf(ret->address, sizeof ret->address, "%.240s/staff/", world->lan_url);
        COPY(ret->fingerprint, world->lan_fingerprint);
    }
    if (site && flow->screen == STAFF_NUMBER)
        fill_letters(world->queue, ret);
    if (site && (flow->screen == STAFF_MENU || flow->screen == STAFF_PEOPLE))
        fill_menu(flow, world, words, ret);
}
