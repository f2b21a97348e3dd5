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

static void fill_reading(const struct settings *settings, const struct station_ticket *ticket,
                         struct stage_call *call)
{
    const struct room *room = settings_room(settings, ticket->room);
    if (room == NULL)
        room = settings_room_of_desk(settings, ticket->desk_no);
    if (room != NULL)
        COPY(call->reading, room->reading);
}

static void take_stage(struct monitor_flow *flow, int64_t now)
{
    flow->since = now;
    flow->leaving = 0;
    flow->chime = true;
    flow->spoken_ms = 0;
    memset(&flow->pushed, 0, sizeof flow->pushed);
}

static void drop_call(struct monitor_flow *flow, int index)
{
    flow->count--;
    memmove(&flow->calls[index], &flow->calls[index + 1],
            (flow->count - index) * sizeof flow->calls[0]);
}

void monitor_flow_call(struct monitor_flow *flow, const struct monitor_world *world,
                       const struct station_ticket *ticket)
{
    if (world->queue == NULL)
        return;
    for (int i = 1; i < flow->count; i++)
        if (strcmp(flow->calls[i].ticket, ticket->id) == 0)
            drop_call(flow, i--);
    if (flow->count == STAGE_CALLS_MAX)
        drop_call(flow, 1);
    struct stage_call *call = &flow->calls[flow->count++];
    memset(call, 0, sizeof *call);
    COPY(call->ticket, ticket->id);
    number_format(ticket->number, call->call.number);
    fill_place(&world->queue->settings, ticket->room, ticket->desk_no, &call->call);
    fill_reading(&world->queue->settings, ticket, call);
    call->call.live = true;
    if (flow->count == 1)
        take_stage(flow, world->now);
    else if (flow->leaving != 0) {
        drop_call(flow, 0);
        take_stage(flow, world->now);
    }
}

/* A call that was taken back, or whose person has gone in, while it waited. */
static bool outdated(const struct monitor_world *world, const struct stage_call *call)
{
    const struct ticket *ticket =
        world->queue == NULL ? NULL : queue_ticket(world->queue, call->ticket);
    return ticket != NULL && ticket->state != TICKET_CALLED;
}

bool monitor_flow_tick(struct monitor_flow *flow, const struct monitor_world *world)
{
    while (flow->count > 1 && outdated(world, &flow->calls[1]))
        drop_call(flow, 1);
    if (flow->count == 0 || world->now < monitor_flow_deadline(flow))
        return false;
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

void monitor_flow_spoken(struct monitor_flow *flow, int64_t ms)
{
    flow->spoken_ms = ms;
}

int64_t monitor_flow_deadline(const struct monitor_flow *flow)
{
    if (flow->count == 0)
        return INT64_MAX;
    if (flow->leaving != 0)
        return flow->leaving + STAGE_LEAVE_MS;
    if (flow->spoken_ms == 0)
        return flow->since + (flow->count > 1 ? STAGE_LEAST_MS : STAGE_MS);
    int64_t heard = flow->spoken_ms + STAGE_HEARD_MS;
    return flow->since + (heard > STAGE_LEAST_MS ? heard : STAGE_LEAST_MS);
}

/* -- the view ---------------------------------------------------------------------------------- */

static void fill_call(const struct queue *queue, const struct queue_call *from, int64_t site_ms,
                      struct monitor_call *call)
{
    number_format(from->number, call->number);
    fill_place(&queue->settings, from->room, from->desk_no, call);
    call->live = queue_call_live(queue, from, site_ms);
}

/* The desk's live call, or else its latest one. */
static const struct queue_call *desk_call(const struct queue *queue, int desk_no, int64_t site_ms)
{
    const struct queue_call *calls[QUEUE_CALLS_MAX];
    int count = queue_calls(queue, desk_no, calls, QUEUE_CALLS_MAX);
    for (int i = 0; i < count; i++)
        if (queue_call_live(queue, calls[i], site_ms))
            return calls[i];
    return count > 0 ? calls[0] : NULL;
}

static void fill_calls(const struct queue *queue, int64_t site_ms, struct monitor_view *view)
{
    const struct queue_call *shown[MONITOR_DESKS_MAX] = {NULL}, *calls[QUEUE_CALLS_MAX];
    for (int i = 0; i < queue->settings.desk_count && i < MONITOR_DESKS_MAX; i++) {
        const struct desk *desk = &queue->settings.desks[i];
        struct monitor_desk *panel = &view->desks[view->desk_count++];
        COPY(panel->name, desk->name);
        panel->payment = desk->kind == DESK_PAYMENT;
        panel->waiting = queue_waiting(queue, desk->desk_no, site_ms);
        shown[i] = desk_call(queue, desk->desk_no, site_ms);
        if (shown[i] != NULL)
            fill_call(queue, shown[i], site_ms, &panel->now);
    }
    int count = queue_calls(queue, 0, calls, QUEUE_CALLS_MAX);
    for (int i = 0; i < count && view->recent_count < MONITOR_RECENT_MAX; i++) {
        bool on_panel = false;
        for (int j = 0; j < view->desk_count; j++)
            on_panel = on_panel || shown[j] == calls[i];
        if (!on_panel)
            fill_call(queue, calls[i], site_ms, &view->recent[view->recent_count++]);
    }
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

static void fill_stage(const struct monitor_flow *flow, int64_t now, struct monitor_view *view)
{
    if (flow->count == 0)
        return;
    view->stage = flow->calls[0].call;
    view->stage_ms = (int)(now - flow->since);
    view->stage_before = flow->pushed;
    view->stage_leaving = flow->leaving != 0;
    view->leaving_ms = view->stage_leaving ? (int)(now - flow->leaving) : 0;
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
    COPY(ret->message, queue->message);
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
