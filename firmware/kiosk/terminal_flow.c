#include "terminal_flow.h"

#include <stdio.h>
#include <string.h>

void terminal_flow_init(struct terminal_flow *flow, const struct terminal_actions *actions)
{
    *flow = (struct terminal_flow){.actions = *actions, .language = "ja", .persons = 1};
}

static void enter(struct terminal_flow *flow, enum flow_state state, int64_t now, int64_t stays)
{
    flow->state = state;
    flow->since = now;
    flow->total = stays;
    flow->until = stays == 0 ? 0 : now + stays;
    flow->pressed[0] = '\0';
    flow->focus[0] = '\0';
    flow->languages_open = false;
}

static void add_to_party(struct terminal_flow *flow, const struct station_ticket *ticket,
                         int64_t now)
{
    int index = flow->party_count++;
    flow->party[index] = *ticket;
    flow->printed[index] = false;
    flow->slip_done = false;
    if (ticket->print_count == 0 || !flow->actions.print(flow->actions.context, ticket))
        flow->no_slip = true;
    flow->confirm_by = flow->no_slip ? 0 : now + FLOW_CONFIRM_MS + index * FLOW_PARTY_MS;
}

static void show(struct terminal_flow *flow, const struct station_ticket *ticket, int64_t now)
{
    flow->party_count = 0;
    flow->code = 0;
    flow->no_slip = false;
    add_to_party(flow, ticket, now);
    enter(flow, FLOW_SHOW, now, flow->no_slip ? FLOW_NO_SLIP_MS : FLOW_TICKET_MS);
}

/* One more of those who are on the screen. */
static bool joins_party(const struct terminal_flow *flow, const struct station_ticket *ticket)
{
    return flow->state == FLOW_SHOW && ticket->family[0] != '\0' &&
           flow->party_count < STATION_PERSONS_MAX &&
           strcmp(flow->party[0].family, ticket->family) == 0;
}

static void join(struct terminal_flow *flow, const struct station_ticket *ticket, int64_t now)
{
    add_to_party(flow, ticket, now);
    flow->total = flow->no_slip ? FLOW_NO_SLIP_MS : FLOW_TICKET_MS;
    flow->until = now + flow->total;
}

static void forget_wishes(struct terminal_flow *flow)
{
    flow->persons = 1;
    flow->no_voice = false;
    flow->page = 0;
    flow->entry[0] = '\0';
}

/* Back to the start screen, or on to the next ticket that waits. */
static void leave(struct terminal_flow *flow, int64_t now, bool same_people)
{
    if (!same_people) {
        snprintf(flow->language, sizeof flow->language, "ja");
        flow->voice_on = false;
    }
    forget_wishes(flow);
    flow->touched = now;
    enter(flow, FLOW_START, now, 0);
    if (flow->pending_count == 0)
        return;
    struct station_ticket next = flow->pending[0];
    flow->pending_count--;
    memmove(flow->pending, flow->pending + 1, flow->pending_count * sizeof next);
    show(flow, &next, now);
}

static void sorry(struct terminal_flow *flow, const char *key, int64_t now)
{
    snprintf(flow->refused, sizeof flow->refused, "%s", key);
    enter(flow, FLOW_SORRY, now, FLOW_SORRY_MS);
}

enum intake_gate terminal_flow_gate(const struct terminal_world *world,
                                    const struct service *service)
{
    return queue_intake(world->queue, service->desk_no, CHANNEL_KIOSK,
                        world->has_time ? world->site_ms : QUEUE_TIME_UNKNOWN);
}

enum intake_gate terminal_flow_intake(const struct terminal_world *world)
{
    const struct settings *settings = &world->queue->settings;
    enum intake_gate best = GATE_NO_SERVICE;
    for (int i = 0; i < settings->service_count; i++) {
        enum intake_gate gate = terminal_flow_gate(world, &settings->services[i]);
        if (gate == GATE_OPEN)
            return GATE_OPEN;
        if (best == GATE_NO_SERVICE || gate == GATE_PAUSED) /* it will go on */
            best = gate;
    }
    return best;
}

bool terminal_flow_printer_stuck(const char *reasons)
{
    return reasons != NULL && (reasons[0] == '\0' || strstr(reasons, "-error") != NULL ||
                               strstr(reasons, "offline") != NULL);
}

/* It gives nothing any more, line or none. */
static bool is_revoked(const struct terminal_world *world)
{
    return strcmp(world->station->error, "link.revoked") == 0;
}

/* What stands there when nobody has pressed anything. */
static enum terminal_screen base_screen(const struct terminal_world *world)
{
    const struct queue *queue = world->queue;
    if (!world->station->enrolled || queue == NULL || !queue->has_settings ||
        strcmp(world->station->error, "link.moving") == 0)
        return TERMINAL_SETUP;
    if (is_revoked(world) || !queue->settings.reservation_service)
        return TERMINAL_UNAVAILABLE;
    if (queue->settings.service_count == 0)
        return TERMINAL_SETUP;
    switch (terminal_flow_intake(world)) {
    case GATE_OPEN:
        return TERMINAL_START;
    case GATE_SUSPENDED:
    case GATE_NO_SERVICE:
        return TERMINAL_UNAVAILABLE;
    default:
        return TERMINAL_CLOSED;
    }
}

/* Bookings are taken in as long as the clinic takes patients at all. */
bool terminal_flow_takes_bookings(const struct terminal_world *world)
{
    enum intake_gate gate = terminal_flow_intake(world);
    return !is_revoked(world) && (gate == GATE_OPEN || gate == GATE_PAUSED || gate == GATE_FULL);
}

enum terminal_screen terminal_flow_screen(const struct terminal_flow *flow,
                                          const struct terminal_world *world)
{
    enum terminal_screen base = base_screen(world);
    switch (flow->state) {
    case FLOW_WAIT:
        return TERMINAL_WAIT;
    case FLOW_SHOW:
        return flow->no_slip ? TERMINAL_NO_SLIP : TERMINAL_TICKET;
    case FLOW_SORRY:
        return TERMINAL_REFUSED;
    case FLOW_CHECKIN:
        return base == TERMINAL_START || base == TERMINAL_CLOSED ? TERMINAL_CHECKIN : base;
    case FLOW_PERSONS:
        return base == TERMINAL_START ? TERMINAL_PERSONS : base;
    case FLOW_STATUS:
        return TERMINAL_SETUP;
    case FLOW_START:
        break;
    }
    return base;
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

static void wait_for_number(struct terminal_flow *flow, int result, int64_t now)
{
    if (result == 0)
        enter(flow, FLOW_WAIT, now, FLOW_WAIT_MS);
    else
        sorry(flow, "refused.unavailable", now);
}

static bool tap_service(struct terminal_flow *flow, const struct terminal_world *world,
                        const char *id)
{
    const struct service *service = settings_service(&world->queue->settings, id);
    struct station_wish wish = {.persons = flow->persons, .no_voice = flow->no_voice};
    if (service == NULL || terminal_flow_gate(world, service) != GATE_OPEN ||
        flow->persons > service->persons)
        return false;
    snprintf(wish.service, sizeof wish.service, "%s", service->id);
    snprintf(wish.language, sizeof wish.language, "%s", flow->language);
    flow->request++;
    wait_for_number(flow, flow->actions.issue(flow->actions.context, flow->request, &wish),
                    world->now);
    return true;
}

/* -- check-in ---------------------------------------------------------------------------------- */

static void check_in(struct terminal_flow *flow, const char *code, int64_t now)
{
    flow->request++;
    wait_for_number(
        flow, flow->actions.check_in(flow->actions.context, flow->request, code, flow->language),
        now);
    flow->entry[0] = '\0';
}

static void aside(struct terminal_flow *flow, enum flow_state state, int64_t now)
{
    enter(flow, state, now, FLOW_ASIDE_MS);
}

static bool type(struct terminal_flow *flow, char key, int64_t now)
{
    size_t length = strlen(flow->entry);
    if (length + 1 >= sizeof flow->entry)
        return false;
    flow->entry[length] = key;
    flow->entry[length + 1] = '\0';
    flow->until = now + FLOW_ASIDE_MS;
    return true;
}

static bool erase(struct terminal_flow *flow, int64_t now)
{
    size_t length = strlen(flow->entry);
    if (length > 0)
        flow->entry[length - 1] = '\0';
    flow->until = now + FLOW_ASIDE_MS;
    return true;
}

static bool tap_checkin(struct terminal_flow *flow, const char *widget, int64_t now)
{
    if (strncmp(widget, "key:", 4) == 0 && widget[4] != '\0')
        return type(flow, widget[4], now);
    if (strcmp(widget, "erase") == 0)
        return erase(flow, now);
    if (strcmp(widget, "back") == 0) {
        leave(flow, now, true);
        return true;
    }
    if (strcmp(widget, "enter") != 0 || flow->entry[0] == '\0')
        return false;
    check_in(flow, flow->entry, now);
    return true;
}

bool terminal_flow_scan(struct terminal_flow *flow, const struct terminal_world *world,
                        const char *code)
{
    enum terminal_screen base = base_screen(world);
    bool here = flow->state == FLOW_START || flow->state == FLOW_CHECKIN ||
                flow->state == FLOW_PERSONS || flow->state == FLOW_SORRY;
    flow->touched = world->now;
    if (!here || (base != TERMINAL_START && base != TERMINAL_CLOSED) ||
        !terminal_flow_takes_bookings(world))
        return false;
    check_in(flow, code, world->now);
    return true;
}

bool terminal_flow_type(struct terminal_flow *flow, const struct terminal_world *world, char key)
{
    enum terminal_screen base = base_screen(world);
    bool here = base == TERMINAL_START || base == TERMINAL_CLOSED;
    flow->touched = world->now;
    if (!here || !terminal_flow_takes_bookings(world))
        return false;
    if (flow->state == FLOW_START) {
        flow->entry[0] = '\0';
        aside(flow, FLOW_CHECKIN, world->now);
    }
    return flow->state == FLOW_CHECKIN && type(flow, key, world->now);
}

bool terminal_flow_key(struct terminal_flow *flow, const struct terminal_world *world,
                       enum flow_key key)
{
    flow->touched = world->now;
    if (key == FLOW_KEY_ERASE)
        return flow->state == FLOW_CHECKIN && erase(flow, world->now);
    if (key == FLOW_KEY_ENTER)
        return flow->state == FLOW_CHECKIN && tap_checkin(flow, "enter", world->now);
    if (flow->state == FLOW_WAIT || flow->state == FLOW_SHOW)
        return false; /* a ticket is left by its own button */
    leave(flow, world->now, true);
    return true;
}

void terminal_flow_focus(struct terminal_flow *flow, const char *widget, int64_t now)
{
    flow->touched = now;
    snprintf(flow->focus, sizeof flow->focus, "%s", widget);
    if (flow->state == FLOW_CHECKIN || flow->state == FLOW_PERSONS)
        flow->until = now + FLOW_ASIDE_MS;
}

/* -- wishes ------------------------------------------------------------------------------------ */

static bool tap_persons(struct terminal_flow *flow, const char *widget, int64_t now)
{
    if (strcmp(widget, "no_voice") == 0) {
        flow->no_voice = !flow->no_voice;
        flow->until = now + FLOW_ASIDE_MS;
        return true;
    }
    if (strncmp(widget, "persons:", 8) == 0 && widget[8] >= '1' &&
        widget[8] <= '0' + STATION_PERSONS_MAX && widget[9] == '\0')
        flow->persons = widget[8] - '0';
    else if (strcmp(widget, "back") != 0)
        return false;
    enter(flow, FLOW_START, now, 0);
    return true;
}

/* What the start screen has beside services and languages. */
static bool tap_start(struct terminal_flow *flow, const char *widget, int64_t now)
{
    if (strcmp(widget, "checkin") == 0) {
        flow->entry[0] = '\0';
        aside(flow, FLOW_CHECKIN, now);
    } else if (strcmp(widget, "family") == 0) {
        aside(flow, FLOW_PERSONS, now);
    } else if (strcmp(widget, "no_voice") == 0) {
        flow->no_voice = !flow->no_voice;
    } else if (strcmp(widget, "more") == 0) {
        flow->page++;
    } else if (strcmp(widget, "voice") == 0) {
        flow->voice_on = !flow->voice_on;
    } else {
        return false;
    }
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

/* The next person's code, with time to photograph it. */
static bool tap_code(struct terminal_flow *flow, int64_t now)
{
    if (flow->party_count <= 1)
        return false;
    flow->code = (flow->code + 1) % flow->party_count;
    if (flow->until < now + FLOW_TICKET_MS)
        flow->until = now + FLOW_TICKET_MS;
    return true;
}

static bool tap_shown(struct terminal_flow *flow, const char *widget, int64_t now)
{
    if (strcmp(widget, "code") == 0)
        return tap_code(flow, now);
    if (strcmp(widget, "finish") == 0)
        leave(flow, now, false);
    else if (!flow->no_slip && strcmp(widget, "again") == 0)
        leave(flow, now, true);
    else if (flow->no_slip && strcmp(widget, "longer") == 0)
        tap_longer(flow, now);
    else
        return false;
    return true;
}

static bool tap_refused(struct terminal_flow *flow, const char *widget, int64_t now)
{
    if (strcmp(widget, "finish") == 0)
        leave(flow, now, false);
    else if (strcmp(widget, "retry") == 0)
        aside(flow, FLOW_CHECKIN, now);
    else
        return false;
    return true;
}

bool terminal_flow_tap(struct terminal_flow *flow, const struct terminal_world *world,
                       const char *widget)
{
    enum terminal_screen screen = terminal_flow_screen(flow, world);
    int64_t now = world->now;
    flow->touched = now;
    flow->pressed[0] = '\0';
    switch (screen) {
    case TERMINAL_START:
        if (strncmp(widget, "service:", 8) == 0)
            return tap_service(flow, world, widget + 8);
        return tap_language(flow, widget) || tap_start(flow, widget, now);
    case TERMINAL_CLOSED:
    case TERMINAL_UNAVAILABLE:
        if (strcmp(widget, "checkin") == 0 && !terminal_flow_takes_bookings(world))
            return false;
        return tap_language(flow, widget) || tap_start(flow, widget, now);
    case TERMINAL_CHECKIN:
        return tap_checkin(flow, widget, now);
    case TERMINAL_PERSONS:
        return tap_persons(flow, widget, now);
    case TERMINAL_TICKET:
    case TERMINAL_NO_SLIP:
        return tap_shown(flow, widget, now);
    case TERMINAL_REFUSED:
        return tap_refused(flow, widget, now);
    default:
        return false;
    }
}

void terminal_flow_ticket(struct terminal_flow *flow, const struct terminal_world *world,
                          int64_t request, const struct station_ticket *ticket)
{
    bool awaited = request != 0 && request == flow->request;
    bool free_now = flow->state != FLOW_WAIT && flow->state != FLOW_SHOW;
    if (joins_party(flow, ticket)) {
        join(flow, ticket, world->now);
        return;
    }
    if (free_now || (flow->state == FLOW_WAIT && awaited)) {
        show(flow, ticket, world->now);
        return;
    }
    /* A full list drops the ticket from the screen only: it is stored and will be called. */
    if (flow->pending_count < FLOW_PENDING_MAX)
        flow->pending[flow->pending_count++] = *ticket;
}

void terminal_flow_refused(struct terminal_flow *flow, int64_t request, const char *key,
                           int64_t now)
{
    if (flow->state == FLOW_WAIT && request == flow->request)
        sorry(flow, key, now);
}

static void slip_fails(struct terminal_flow *flow, int64_t now)
{
    flow->confirm_by = 0;
    flow->no_slip = true;
    enter(flow, FLOW_SHOW, now, FLOW_NO_SLIP_MS);
}

/* A slip has left the printer; that of the last one of a party ends the waiting. */
static void slip_comes(struct terminal_flow *flow, int index, int64_t now)
{
    int done = 0;
    flow->printed[index] = true;
    for (int i = 0; i < flow->party_count; i++)
        done += flow->printed[i];
    if (done < flow->party_count) {
        if (flow->confirm_by != 0)
            flow->confirm_by = now + FLOW_CONFIRM_MS;
        return;
    }
    flow->confirm_by = 0;
    flow->slip_done = true;
    if (flow->no_slip) {
        /* It came after all, later than anyone would have waited. */
        flow->no_slip = false;
        enter(flow, FLOW_SHOW, now, FLOW_TICKET_MS);
    }
}

void terminal_flow_slip(struct terminal_flow *flow, const char *ticket, enum print_fate fate,
                        int64_t now)
{
    int index = 0;
    if (flow->state != FLOW_SHOW || fate == PRINT_SUBMITTED)
        return;
    while (index < flow->party_count && strcmp(flow->party[index].id, ticket) != 0)
        index++;
    if (index == flow->party_count)
        return;
    if (fate == PRINT_DONE)
        slip_comes(flow, index, now);
    else if (!flow->no_slip)
        slip_fails(flow, now);
}

bool terminal_flow_status(struct terminal_flow *flow, const struct terminal_world *world)
{
    if (!is_revoked(world) || flow->state == FLOW_STATUS)
        return false;
    enter(flow, FLOW_STATUS, world->now, FLOW_STATUS_MS);
    return true;
}

/* Somebody chose something on the start screen, which has to return to Japanese. */
static bool used(const struct terminal_flow *flow)
{
    return flow->state == FLOW_START &&
           (flow->languages_open || strcmp(flow->language, "ja") != 0 || flow->persons > 1 ||
            flow->no_voice || flow->voice_on || flow->page != 0 || flow->focus[0] != '\0');
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
            sorry(flow, "refused.unavailable", now);
        else
            leave(flow, now, false);
        return true;
    }
    if (used(flow) && now - flow->touched >= FLOW_IDLE_MS) {
        leave(flow, now, false);
        return true;
    }
    return false;
}

int64_t terminal_flow_deadline(const struct terminal_flow *flow, int64_t now)
{
    int64_t next = INT64_MAX;
    if (flow->until != 0)
        next = flow->until;
    if (flow->until != 0 && flow->state != FLOW_WAIT) {
        /* The countdown shows whole seconds. */
        int64_t second = flow->until - (flow->until - now - 1) / 1000 * 1000;
        next = second > now ? second : now + 1;
        if (flow->state == FLOW_SHOW && flow->confirm_by != 0 && flow->confirm_by < next)
            next = flow->confirm_by;
    }
    if (used(flow))
        next = flow->touched + FLOW_IDLE_MS;
    return next;
}
