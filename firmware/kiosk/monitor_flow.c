#include "monitor_flow.h"

#include <stdio.h>
#include <string.h>

#include "words.h"

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

void monitor_flow_init(struct monitor_flow *flow)
{
    memset(flow, 0, sizeof *flow);
}

/* -- the stage --------------------------------------------------------------------------------- */

static void fill_place(const struct settings *settings, const char *room_id, int desk_no,
                       struct monitor_call *call)
{
    const struct desk *desk = settings_desk(settings, desk_no);
    const struct room *room = settings_room(settings, room_id);
    call->payment = desk != NULL && desk->kind == DESK_PAYMENT;
    if (room == NULL)
        room = settings_room_of_desk(settings, desk_no);
    if (room != NULL) {
        COPY(call->room, room->name);
        COPY(call->room_en, room->name_en);
    } else if (desk != NULL) {
        COPY(call->room, desk->name);
        COPY(call->room_en, desk->name_en);
    }
}

static void fill_reading(const struct settings *settings, struct stage_call *call)
{
    const struct room *room = settings_room(settings, call->room_id);
    if (room == NULL)
        room = settings_room_of_desk(settings, call->desk_no);
    if (room != NULL)
        COPY(call->reading, room->reading);
}

static void take_stage(struct monitor_flow *flow, int64_t now)
{
    flow->since = now;
    flow->leaving = 0;
    flow->chime = true;
    flow->spoken_ms = flow->second_ms = 0;
    flow->second_told = false;
    memset(&flow->pushed, 0, sizeof flow->pushed);
}

static void drop_call(struct monitor_flow *flow, int index)
{
    flow->count--;
    memmove(&flow->calls[index], &flow->calls[index + 1],
            (flow->count - index) * sizeof flow->calls[0]);
}

/* The numbers of a call as the screen shows them. */
static void show_persons(struct stage_call *call)
{
    memcpy(call->call.number, call->persons[0].number, MONITOR_NUMBER_SIZE);
    call->call.party_count = call->person_count - 1;
    for (int i = 1; i < call->person_count; i++)
        memcpy(call->call.party[i - 1], call->persons[i].number, MONITOR_NUMBER_SIZE);
}

static void drop_person(struct stage_call *call, int index)
{
    call->person_count--;
    memmove(&call->persons[index], &call->persons[index + 1],
            (call->person_count - index) * sizeof call->persons[0]);
    show_persons(call);
}

static int person_of(const struct stage_call *call, const char *ticket)
{
    for (int i = 0; i < call->person_count; i++)
        if (strcmp(call->persons[i].ticket, ticket) == 0)
            return i;
    return -1;
}

static void add_person(struct stage_call *call, const char *ticket, struct number number,
                       bool no_voice, const struct ticket *known)
{
    if (call->person_count == STAGE_PARTY_MAX || person_of(call, ticket) >= 0)
        return;
    struct stage_person *person = &call->persons[call->person_count++];
    COPY(person->ticket, ticket);
    number_format(number, person->number);
    person->no_voice = no_voice || (known != NULL && known->no_voice);
    person->called_ms = known != NULL ? known->called_ms : 0;
    show_persons(call);
}

/* Who was called by the same act: calling one of a family calls all who can come. */
static void add_family(struct stage_call *call, const struct queue *queue,
                       const struct ticket *called)
{
    for (int i = 0; i < queue->count && called->family[0] != '\0'; i++) {
        const struct ticket *other = &queue->tickets[i];
        if (other->state == TICKET_CALLED && strcmp(other->family, called->family) == 0 &&
            other->called_ms == called->called_ms && other->desk_no == called->desk_no &&
            strcmp(other->room, called->room) == 0)
            add_person(call, other->id, other->number, other->no_voice, other);
    }
}

static bool same_place(const struct stage_call *call, const struct station_ticket *ticket)
{
    return call->desk_no == ticket->desk_no && strcmp(call->room_id, ticket->room) == 0;
}

/* Nobody has heard of it yet: it waits, or took the stage in this very turn. */
static bool unheard(const struct monitor_flow *flow, int index)
{
    return index > 0 || flow->chime;
}

/* This very call is told again, e.g. of each member of a family. */
static bool same_act(const struct stage_person *person, const struct ticket *known)
{
    return known != NULL && known->called_ms != 0 && known->called_ms == person->called_ms;
}

/* True when the ticket's call is there already. One that waits for another place leaves it. */
static bool there_already(struct monitor_flow *flow, const struct station_ticket *ticket,
                          const struct ticket *known)
{
    for (int i = 0; i < flow->count; i++) {
        struct stage_call *call = &flow->calls[i];
        int person = person_of(call, ticket->id);
        if (person < 0)
            continue;
        if (same_place(call, ticket) &&
            (unheard(flow, i) || same_act(&call->persons[person], known)))
            return true;
        if (!unheard(flow, i))
            continue;
        if (call->person_count > 1)
            drop_person(call, person);
        else if (i > 0)
            drop_call(flow, i--);
    }
    return false;
}

static struct stage_call *call_of_family(struct monitor_flow *flow, const char *family,
                                         const struct station_ticket *ticket)
{
    for (int i = 0; i < flow->count && family[0] != '\0'; i++) {
        struct stage_call *call = &flow->calls[i];
        if (unheard(flow, i) && strcmp(call->family, family) == 0 && same_place(call, ticket) &&
            call->person_count < STAGE_PARTY_MAX)
            return call;
    }
    return NULL;
}

static struct stage_call *new_call(struct monitor_flow *flow, const struct monitor_world *world,
                                   const char *family, const struct station_ticket *ticket)
{
    if (flow->count == STAGE_CALLS_MAX)
        drop_call(flow, 1);
    struct stage_call *call = &flow->calls[flow->count++];
    memset(call, 0, sizeof *call);
    COPY(call->family, family);
    COPY(call->room_id, ticket->room);
    call->desk_no = ticket->desk_no;
    fill_place(&world->queue->settings, ticket->room, ticket->desk_no, &call->call);
    fill_reading(&world->queue->settings, call);
    call->call.live = true;
    return call;
}

void monitor_flow_call(struct monitor_flow *flow, const struct monitor_world *world,
                       const struct station_ticket *ticket)
{
    if (world->queue == NULL || world->revoked)
        return;
    /* The news may be older than what the queue knows of the ticket by now. */
    const struct ticket *known = queue_ticket(world->queue, ticket->id);
    if (there_already(flow, ticket, known))
        return;
    const char *family = known != NULL ? known->family : ticket->family;
    struct stage_call *call = call_of_family(flow, family, ticket);
    bool joins = call != NULL;
    if (!joins)
        call = new_call(flow, world, family, ticket);
    add_person(call, ticket->id, ticket->number, ticket->no_voice, known);
    if (known != NULL && known->state == TICKET_CALLED)
        add_family(call, world->queue, known);
    if (joins)
        return;
    if (flow->count == 1)
        take_stage(flow, world->now);
    else if (flow->leaving != 0) {
        drop_call(flow, 0);
        take_stage(flow, world->now);
    }
}

/* A call that was taken back, or whose person has gone in, while it waited. */
static bool outdated(const struct monitor_world *world, const struct stage_person *person)
{
    const struct ticket *ticket =
        world->queue == NULL ? NULL : queue_ticket(world->queue, person->ticket);
    return ticket != NULL && ticket->state != TICKET_CALLED;
}

static void drop_outdated(struct monitor_flow *flow, const struct monitor_world *world)
{
    for (int i = 1; i < flow->count; i++) {
        struct stage_call *call = &flow->calls[i];
        for (int j = call->person_count - 1; j >= 0; j--)
            if (outdated(world, &call->persons[j]))
                drop_person(call, j);
        if (call->person_count == 0)
            drop_call(flow, i--);
    }
}

/* When calls[0] is to leave the stage, or has left it. */
static int64_t stage_end(const struct monitor_flow *flow)
{
    if (flow->leaving != 0)
        return flow->leaving + STAGE_LEAVE_MS;
    if (flow->spoken_ms == 0)
        return flow->since + (flow->count > 1 ? STAGE_LEAST_MS : STAGE_MS);
    int64_t heard = flow->spoken_ms + STAGE_HEARD_MS;
    return flow->since + (heard > STAGE_LEAST_MS ? heard : STAGE_LEAST_MS);
}

/* The second reading has just begun. */
static bool second_begins(struct monitor_flow *flow, int64_t now)
{
    if (flow->second_ms == 0 || flow->second_told || now < flow->since + flow->second_ms)
        return false;
    flow->second_told = true;
    return true;
}

bool monitor_flow_tick(struct monitor_flow *flow, const struct monitor_world *world)
{
    if (world->revoked)
        monitor_flow_init(flow);
    drop_outdated(flow, world);
    if (flow->count == 0)
        return false;
    if (world->now < stage_end(flow))
        return second_begins(flow, world->now);
    if (flow->count > 1) {
        struct monitor_call last = flow->calls[0].call;
        drop_call(flow, 0);
        take_stage(flow, world->now);
        flow->pushed = last;
    } else if (flow->leaving == 0) {
        flow->leaving = world->now;
    } else {
        flow->count = 0;
        flow->leaving = 0;
    }
    return true;
}

bool monitor_flow_take_chime(struct monitor_flow *flow)
{
    bool chime = flow->chime;
    flow->chime = false;
    return chime;
}

void monitor_flow_spoken(struct monitor_flow *flow, int64_t second_ms, int64_t end_ms)
{
    flow->second_ms = second_ms;
    flow->spoken_ms = end_ms;
}

int64_t monitor_flow_deadline(const struct monitor_flow *flow)
{
    if (flow->count == 0)
        return INT64_MAX;
    int64_t end = stage_end(flow), second = flow->since + flow->second_ms;
    bool points = flow->second_ms != 0 && !flow->second_told && second < end;
    return points ? second : end;
}

/* -- the view ---------------------------------------------------------------------------------- */

static void fill_call(const struct queue *queue, const struct queue_call *from, int64_t site_ms,
                      struct monitor_call *call)
{
    number_format(from->number, call->number);
    fill_place(&queue->settings, from->room, from->desk_no, call);
    call->live = queue_call_live(queue, from, site_ms);
}

/* A panel's place: a desk, or one of its rooms when it calls to several. */
struct panel_place {
    const struct desk *desk;
    const struct room *room; /* NULL = all of the desk */
    bool first;              /* panel of its desk: calls without a room are here */
};

struct places {
    struct panel_place list[MONITOR_DESKS_MAX];
    int count;
};

static bool calls_here(const struct settings *settings, const struct panel_place *place,
                       const struct queue_call *call)
{
    if (call->desk_no != place->desk->desk_no)
        return false;
    if (place->room == NULL || strcmp(call->room, place->room->id) == 0)
        return true;
    /* without a room, or into another desk's one */
    const struct room *room = settings_room(settings, call->room);
    return place->first && (room == NULL || room->desk_no != call->desk_no);
}

static bool room_called(const struct queue *queue, const struct desk *desk, const struct room *room)
{
    const struct panel_place place = {desk, room, false};
    const struct queue_call *calls[QUEUE_CALLS_MAX];
    int count = queue_calls(queue, desk->desk_no, calls, QUEUE_CALLS_MAX);
    for (int i = 0; i < count; i++)
        if (calls_here(&queue->settings, &place, calls[i]))
            return true;
    return false;
}

/* Each desk has a panel, each further room of it as soon as somebody was called there. False when
 * there are more than the screen can hold. */
static bool find_places(const struct queue *queue, struct places *places)
{
    const struct settings *settings = &queue->settings;
    places->count = 0;
    for (int i = 0; i < settings->desk_count; i++) {
        const struct desk *desk = &settings->desks[i];
        const struct room *first = settings_room_of_desk(settings, desk->desk_no);
        if (places->count == MONITOR_DESKS_MAX)
            return false;
        places->list[places->count++] = (struct panel_place){desk, first, true};
        for (int j = 0; j < settings->room_count; j++) {
            const struct room *room = &settings->rooms[j];
            if (room->desk_no != desk->desk_no || room == first || desk->kind == DESK_PAYMENT ||
                !room_called(queue, desk, room))
                continue;
            if (places->count == MONITOR_DESKS_MAX)
                return false;
            places->list[places->count++] = (struct panel_place){desk, room, false};
        }
        if (desk->kind == DESK_PAYMENT) /* all its calls, whatever they name */
            places->list[places->count - 1].room = NULL;
    }
    return true;
}

static void one_a_desk(const struct settings *settings, struct places *places)
{
    places->count = 0;
    for (int i = 0; i < settings->desk_count && i < MONITOR_DESKS_MAX; i++)
        places->list[places->count++] =
            (struct panel_place){.desk = &settings->desks[i], .first = true};
}

/* The live calls of a place, or else its latest one. What is shown is marked. */
static void fill_panel(const struct queue *queue, const struct panel_place *place, int64_t site_ms,
                       bool shown[QUEUE_CALLS_MAX], struct monitor_call *call)
{
    const struct queue_call *calls[QUEUE_CALLS_MAX];
    int count = queue_calls(queue, 0, calls, QUEUE_CALLS_MAX), latest = -1, live = -1;
    for (int i = 0; i < count; i++) {
        if (!calls_here(&queue->settings, place, calls[i]))
            continue;
        latest = latest < 0 ? i : latest;
        if (!queue_call_live(queue, calls[i], site_ms))
            continue;
        if (live < 0) {
            live = i;
            fill_call(queue, calls[i], site_ms, call);
        } else if (call->party_count < MONITOR_PARTY_MAX &&
                   strcmp(calls[i]->room, calls[live]->room) == 0) {
            number_format(calls[i]->number, call->party[call->party_count++]);
        } else {
            continue;
        }
        shown[i] = true;
    }
    if (live >= 0 || latest < 0)
        return;
    fill_call(queue, calls[latest], site_ms, call);
    shown[latest] = true;
}

static void fill_calls(const struct queue *queue, int64_t site_ms, struct monitor_view *view)
{
    const struct queue_call *calls[QUEUE_CALLS_MAX];
    bool shown[QUEUE_CALLS_MAX] = {false};
    struct places places;
    if (!find_places(queue, &places))
        one_a_desk(&queue->settings, &places);
    for (int i = 0; i < places.count; i++) {
        const struct panel_place *place = &places.list[i];
        struct monitor_desk *panel = &view->desks[view->desk_count++];
        COPY(panel->name, place->desk->name);
        panel->payment = place->desk->kind == DESK_PAYMENT;
        panel->waiting = place->first ? queue_waiting(queue, place->desk->desk_no, site_ms) : -1;
        fill_panel(queue, place, site_ms, shown, &panel->now);
    }
    int count = queue_calls(queue, 0, calls, QUEUE_CALLS_MAX);
    for (int i = 0; i < count && view->recent_count < MONITOR_RECENT_MAX; i++)
        if (!shown[i])
            fill_call(queue, calls[i], site_ms, &view->recent[view->recent_count++]);
}

static void fill_line(const struct queue *queue, int64_t site_ms, struct monitor_view *view)
{
    const struct ticket *line[MONITOR_WAITING_MAX];
    int count = queue_line(queue, 0, site_ms, line, MONITOR_WAITING_MAX);
    for (int i = 0; i < count; i++)
        number_format(line[i]->number, view->next_numbers[view->next_count++]);
    view->waiting = queue_waiting(queue, 0, site_ms);
}

static void fill_time(const struct queue *queue, const struct monitor_world *world,
                      const struct words *words, struct monitor_view *view)
{
    struct civil civil;
    struct session session;
    char date[DATE_SIZE];
    civil_from_ms(world->site_ms, queue->settings.utc_offset_min, &civil);
    civil_format_date(&civil, date);
    snprintf(view->clock, sizeof view->clock, "%d:%02d", civil.hour % 24, civil.minute % 60);
    words_day(words, "ja", &civil, view->date, sizeof view->date);
    /* The session that is served goes on after intake has ended. */
    if (strcmp(queue->session.date, date) == 0)
        session = queue->session;
    else if (settings_session_at(&queue->settings, world->site_ms, &session) != INTAKE_OPEN)
        return;
    COPY(view->session, words_session(words, "ja", "date.session_name", session.kind));
}

/* Somebody was called and did not come: the number stays under お呼びしました, and the notices say
 * what to do. Never in the staff's words. */
static bool somebody_missed(const struct queue *queue)
{
    const struct queue_call *calls[QUEUE_CALLS_MAX];
    int count = queue_calls(queue, 0, calls, QUEUE_CALLS_MAX);
    for (int i = 0; i < count; i++) {
        const struct ticket *ticket = queue_ticket(queue, calls[i]->ticket);
        if (ticket != NULL && ticket->state == TICKET_ABSENT)
            return true;
    }
    return false;
}

static void fill_message(const struct queue *queue, const struct words *words,
                         struct monitor_view *view)
{
    if (queue->settings.reservation_service && somebody_missed(queue))
        snprintf(view->message, sizeof view->message, "%s\n%s",
                 words_get(words, "ja", "monitor.missed"), queue->message);
    else
        COPY(view->message, queue->message);
}

/* A square of +-4 px, one pixel a step. */
static void fill_orbit(int64_t now, struct monitor_view *view)
{
    enum { side = 2 * ORBIT_RADIUS, way = 4 * side };
    int step = (int)(now / ORBIT_STEP_MS % way);
    int along = step % side;
    const int corners[4][2] = {{along, 0}, {side, along}, {side - along, side}, {0, side - along}};
    view->shift_x = corners[step / side][0] - ORBIT_RADIUS;
    view->shift_y = corners[step / side][1] - ORBIT_RADIUS;
}

/* Film and panels have the other sides in the next session of a day, and in the same one of the
 * next day: so each place is equally long on either side, also where mornings are longer or the
 * only session. The session is the one opened last: nothing moves within it, nor at a restart. */
static bool sides_swapped(const struct session *session)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    int64_t start;
    if (session->date[0] == '\0' || civil_date_to_ms(session->date, 0, &start) < 0)
        return false;
    return (start / DAY_MS + session->kind) % 2 != 0;
}

static void fill_stage(const struct monitor_flow *flow, int64_t now, struct monitor_view *view)
{
    if (flow->count == 0)
        return;
    view->stage = flow->calls[0].call;
    view->stage_ms = (int)(now - flow->since);
    view->stage_before = flow->pushed;
    view->stage_leaving = flow->leaving != 0;
    view->leaving_ms = view->stage_leaving ? (int)(now - flow->leaving) : 0;
    int64_t again = now - flow->since - flow->second_ms;
    view->second_ms = flow->second_ms != 0 && again > 0 ? (int)again : 0;
}

bool monitor_flow_covers(const struct monitor_view *view)
{
    bool pushes = view->stage_before.number[0] != '\0';
    return view->stage.number[0] != '\0' && !view->stage_leaving &&
           (pushes || view->stage_ms > STAGE_WIPE_MS);
}

void monitor_flow_view(const struct monitor_flow *flow, const struct monitor_world *world,
                       const struct words *words, struct monitor_view *ret)
{
    const struct queue *queue =
        world->queue != NULL && world->queue->has_settings ? world->queue : NULL;
    memset(ret, 0, sizeof *ret);
    ret->provided = world->provided;
    ret->message_page = (int)(world->now / MESSAGE_PAGE_MS % 10000);
    fill_orbit(world->now, ret);
    if (queue == NULL) {
        /* Nothing is known of the clinic: the relaxation films fill the screen. */
        ret->video = true;
        return;
    }
    COPY(ret->clinic, queue->settings.name);
    if (world->revoked) {
        ret->unavailable = true;
        if (world->has_time)
            fill_time(queue, world, words, ret);
        return;
    }
    ret->swapped = world->change_sides && sides_swapped(&queue->session);
    fill_message(queue, words, ret);
    ret->video = queue->settings.video_service;
    ret->queue = queue->settings.reservation_service;
    if (world->has_time)
        fill_time(queue, world, words, ret);
    if (!ret->queue)
        return;
    fill_calls(queue, world->site_ms, ret);
    fill_line(queue, world->site_ms, ret);
    fill_stage(flow, world->now, ret);
}
