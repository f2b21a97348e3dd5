#include "terminal_flow.h"

#include <stdio.h>
#include <string.h>

void terminal_flow_init(struct terminal_flow *flow, const struct terminal_actions *actions)
{
    *flow = (struct terminal_flow){.actions = *actions, .language = "ja"};
}

static void enter(struct terminal_flow *flow, enum flow_state state, int64_t now, int64_t stays)
{
    flow->state = state;
    flow->since = now;
    flow->total = stays;
    flow->until = stays == 0 ? 0 : now + stays;
    flow->pressed[0] = '\0';
    flow->languages_open = false;
}

static void show(struct terminal_flow *flow, const struct station_ticket *ticket, int64_t now)
{
    flow->ticket = *ticket;
    flow->slip_done = false;
    flow->no_slip = ticket->print_count == 0 || !flow->actions.print(flow->actions.context, ticket);
    flow->confirm_by = flow->no_slip ? 0 : now + FLOW_CONFIRM_MS;
    enter(flow, FLOW_SHOW, now, flow->no_slip ? FLOW_NO_SLIP_MS : FLOW_TICKET_MS);
}

/* Back to the start screen, or on to the next ticket that waits. */
static void leave(struct terminal_flow *flow, int64_t now, bool keep_language)
{
    if (!keep_language)
        snprintf(flow->language, sizeof flow->language, "ja");
    flow->touched = now;
    enter(flow, FLOW_START, now, 0);
    if (flow->pending_count == 0)
        return;
    struct station_ticket next = flow->pending[0];
    flow->pending_count--;
    memmove(flow->pending, flow->pending + 1, flow->pending_count * sizeof next);
    show(flow, &next, now);
}

bool terminal_flow_open(const struct queue *queue, const struct service *service)
{
    for (int i = 0; i < queue->settings.desk_count; i++)
        if (queue->settings.desks[i].desk_no == service->desk_no)
            return !queue->desks[i].paused;
    return false;
}

static bool any_open(const struct queue *queue)
{
    for (int i = 0; i < queue->settings.service_count; i++)
        if (terminal_flow_open(queue, &queue->settings.services[i]))
            return true;
    return false;
}

enum intake terminal_flow_intake(const struct terminal_world *world)
{
    const struct queue *queue = world->queue;
    struct session session = queue->session;
    /* Without a known time the kiosk keeps issuing into the session that it was in. */
    enum intake intake = world->has_time
                             ? settings_session_at(&queue->settings, world->site_ms, &session)
                             : INTAKE_OPEN;
    if (intake == INTAKE_OPEN && queue->session_closed && session_equal(&session, &queue->session))
        return INTAKE_ENDED;
    return intake;
}

/* What stands there when nobody has pressed anything. */
static enum terminal_screen base_screen(const struct terminal_world *world)
{
    const struct queue *queue = world->queue;
    if (!world->station->enrolled || queue == NULL || !queue->has_settings ||
        queue->settings.service_count == 0)
        return TERMINAL_SETUP;
    if (!queue->settings.reservation_service)
        return TERMINAL_UNAVAILABLE;
    bool open = terminal_flow_intake(world) == INTAKE_OPEN && any_open(queue);
    return open ? TERMINAL_START : TERMINAL_CLOSED;
}

enum terminal_screen terminal_flow_screen(const struct terminal_flow *flow,
                                          const struct terminal_world *world)
{
    switch (flow->state) {
    case FLOW_WAIT:
        return TERMINAL_WAIT;
    case FLOW_SHOW:
        return flow->no_slip ? TERMINAL_NO_SLIP : TERMINAL_TICKET;
    case FLOW_SORRY:
        return TERMINAL_UNAVAILABLE;
    case FLOW_START:
        break;
    }
    return base_screen(world);
}

bool terminal_flow_press(struct terminal_flow *flow, const char *widget, int64_t now)
{
    flow->touched = now;
    if (flow->since != 0 && now - flow->since < FLOW_GUARD_MS)
        return false;
    snprintf(flow->pressed, sizeof flow->pressed, "%s", widget);
    return true;
}

void terminal_flow_release(struct terminal_flow *flow)
{
    flow->pressed[0] = '\0';
}

static bool tap_language(struct terminal_flow *flow, const char *widget)
{
    bool opens = strcmp(widget, "languages") == 0, chooses = strncmp(widget, "language:", 9) == 0;
    if (!opens && !chooses && strcmp(widget, "back") != 0)
        return false;
    flow->languages_open = opens;
    if (chooses)
        snprintf(flow->language, sizeof flow->language, "%s", widget + 9);
    return true;
}

static bool tap_service(struct terminal_flow *flow, const struct terminal_world *world,
                        const char *id)
{
    const struct service *service = settings_service(&world->queue->settings, id);
    if (service == NULL || !terminal_flow_open(world->queue, service))
        return false;
    flow->request++;
    int result =
        flow->actions.issue(flow->actions.context, flow->request, service->id, flow->language);
    if (result == 0)
        enter(flow, FLOW_WAIT, world->now, FLOW_WAIT_MS);
    else
        enter(flow, FLOW_SORRY, world->now, FLOW_SORRY_MS);
    return true;
}

static void tap_longer(struct terminal_flow *flow, int64_t now)
{
    int64_t left = flow->until - now + FLOW_LONGER_MS;
    if (left > FLOW_LONGEST_MS)
        left = FLOW_LONGEST_MS;
    flow->until = now + left;
    if (left > flow->total)
        flow->total = left;
}

bool terminal_flow_tap(struct terminal_flow *flow, const struct terminal_world *world,
                       const char *widget)
{
    enum terminal_screen screen = terminal_flow_screen(flow, world);
    bool base = flow->state == FLOW_START && screen != TERMINAL_SETUP;
    flow->touched = world->now;
    flow->pressed[0] = '\0';
    if (base && tap_language(flow, widget))
        return true;
    if (screen == TERMINAL_START && strncmp(widget, "service:", 8) == 0)
        return tap_service(flow, world, widget + 8);
    if (flow->state != FLOW_SHOW)
        return false;
    if (strcmp(widget, "finish") == 0) {
        leave(flow, world->now, false);
    } else if (screen == TERMINAL_TICKET && strcmp(widget, "again") == 0) {
        leave(flow, world->now, true);
    } else if (screen == TERMINAL_NO_SLIP && strcmp(widget, "longer") == 0) {
        tap_longer(flow, world->now);
    } else {
        return false;
    }
    return true;
}

void terminal_flow_ticket(struct terminal_flow *flow, const struct terminal_world *world,
                          int64_t request, const struct station_ticket *ticket)
{
    bool awaited = request != 0 && request == flow->request;
    bool free_now = flow->state == FLOW_START || flow->state == FLOW_SORRY;
    if (free_now || (flow->state == FLOW_WAIT && awaited)) {
        show(flow, ticket, world->now);
        return;
    }
    /* A full list drops the ticket from the screen only: it is stored and will be called. */
    if (flow->pending_count < FLOW_PENDING_MAX)
        flow->pending[flow->pending_count++] = *ticket;
}

void terminal_flow_refused(struct terminal_flow *flow, int64_t request, int64_t now)
{
    if (flow->state == FLOW_WAIT && request == flow->request)
        enter(flow, FLOW_SORRY, now, FLOW_SORRY_MS);
}

static void slip_fails(struct terminal_flow *flow, int64_t now)
{
    flow->confirm_by = 0;
    flow->no_slip = true;
    enter(flow, FLOW_SHOW, now, FLOW_NO_SLIP_MS);
}

void terminal_flow_slip(struct terminal_flow *flow, const char *ticket, enum print_fate fate,
                        int64_t now)
{
    if (flow->state != FLOW_SHOW || strcmp(flow->ticket.id, ticket) != 0 || fate == PRINT_SUBMITTED)
        return;
    if (fate == PRINT_DONE) {
        flow->confirm_by = 0;
        flow->slip_done = true;
        if (flow->no_slip) {
            /* It came after all, later than anyone would have waited. */
            flow->no_slip = false;
            enter(flow, FLOW_SHOW, now, FLOW_TICKET_MS);
        }
    } else if (!flow->no_slip) {
        slip_fails(flow, now);
    }
}

/* Somebody chose something on the start screen, which has to return to Japanese. */
static bool used(const struct terminal_flow *flow)
{
    return flow->state == FLOW_START && (flow->languages_open || strcmp(flow->language, "ja") != 0);
}

bool terminal_flow_tick(struct terminal_flow *flow, const struct terminal_world *world)
{
    int64_t now = world->now;
    if (flow->state == FLOW_SHOW && flow->confirm_by != 0 && now >= flow->confirm_by) {
        slip_fails(flow, now);
        return true;
    }
    if (flow->until != 0 && now >= flow->until) {
        if (flow->state == FLOW_WAIT)
            enter(flow, FLOW_SORRY, now, FLOW_SORRY_MS);
        else
            leave(flow, now, false);
        return true;
    }
    if (used(flow) && now - flow->touched >= FLOW_IDLE_MS) {
        snprintf(flow->language, sizeof flow->language, "ja");
        flow->languages_open = false;
        return true;
    }
    return false;
}

int64_t terminal_flow_deadline(const struct terminal_flow *flow, int64_t now)
{
    int64_t next = INT64_MAX;
    if (flow->until != 0)
        next = flow->until;
    if (flow->state == FLOW_SHOW) {
        /* The countdown shows whole seconds. */
        int64_t second = flow->until - (flow->until - now - 1) / 1000 * 1000;
        next = second > now ? second : now + 1;
        if (flow->confirm_by != 0 && flow->confirm_by < next)
            next = flow->confirm_by;
    }
    if (used(flow))
        next = flow->touched + FLOW_IDLE_MS;
    return next;
}
