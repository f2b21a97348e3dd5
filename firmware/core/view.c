#include "view.h"

#include <string.h>

static void add_number(cJSON *json, const char *key, struct number number)
{
    char text[NUMBER_TEXT_SIZE];
    number_format(number, text);
    cJSON_AddStringToObject(json, key, text);
}

static void add_ms(cJSON *json, const char *key, int64_t ms)
{
    cJSON_AddNumberToObject(json, key, (double)ms);
}

static void add_clinic(cJSON *json, const struct settings *settings)
{
    cJSON *clinic = cJSON_AddObjectToObject(json, "clinic");
    cJSON_AddStringToObject(clinic, "clinic_no", settings->clinic_no);
    cJSON_AddStringToObject(clinic, "name", settings->name);
    cJSON_AddStringToObject(clinic, "phone", settings->phone);
}

static void add_session(cJSON *json, const struct queue *queue, int64_t now)
{
    struct session session;
    (void)settings_session_at(&queue->settings, now, &session);
    cJSON *object = cJSON_AddObjectToObject(json, "session");
    cJSON_AddStringToObject(object, "date", session.date);
    cJSON_AddStringToObject(object, "kind", session_kind_name(session.kind));
}

/* Patients never read of a suspension or a limit: both give the sentence of a paused desk. A
 * payment desk gives no numbers, but has hours. */
static const char *intake_name(const struct queue *queue, int desk_no, int64_t now)
{
    static const char *const hours[] = {"open", "before", "break", "ended", "closed"};
    enum intake_gate gate = queue_intake(queue, desk_no, CHANNEL_KIOSK, now);
    struct session session;
    if (gate == GATE_NO_SERVICE)
        return hours[settings_session_at(&queue->settings, now, &session)];
    bool sorry = gate == GATE_SUSPENDED || gate == GATE_FULL;
    return intake_gate_name(sorry ? GATE_PAUSED : gate);
}

/* -- anyone --------------------------------------------------------------------------------------
 */

/* The calls to a place, latest first; what was taken is NULL. */
struct calls {
    const struct queue_call *list[QUEUE_CALLS_MAX];
    int count;
};

static bool take_room(struct calls *calls, int from, const char *room, const struct queue *queue,
                      int64_t now, struct calls *ret_live)
{
    ret_live->count = 0;
    for (int i = from; i < calls->count; i++) {
        if (!calls->list[i] || strcmp(calls->list[i]->room, room) != 0)
            continue;
        if (queue_call_live(queue, calls->list[i], now))
            ret_live->list[ret_live->count++] = calls->list[i];
        calls->list[i] = NULL;
    }
    return ret_live->count > 0;
}

static cJSON *call_json(const struct queue *queue, const struct queue_call *call, bool live)
{
    const struct room *room = settings_room(&queue->settings, call->room);
    cJSON *item = cJSON_CreateObject();
    add_number(item, "number", call->number);
    cJSON_AddStringToObject(item, "room", room ? room->name : "");
    cJSON_AddStringToObject(item, "room_en", room ? room->name_en : "");
    add_ms(item, "since", call->called_ms);
    cJSON_AddBoolToObject(item, "live", live);
    return item;
}

/* One line a room, as on the monitor: the calls that go on there, or else its latest one. */
static void add_now(cJSON *json, const struct queue *queue, int desk_no, int64_t now)
{
    struct calls calls, live;
    cJSON *list = cJSON_AddArrayToObject(json, "now");

    calls.count = queue_calls(queue, desk_no, calls.list, QUEUE_CALLS_MAX);
    for (int i = 0; i < calls.count; i++) {
        const struct queue_call *call = calls.list[i];
        if (!call)
            continue;
        bool goes_on = take_room(&calls, i, call->room, queue, now, &live);
        cJSON *item = call_json(queue, goes_on ? live.list[0] : call, goes_on);
        cJSON *party = cJSON_AddArrayToObject(item, "party");
        for (int k = 1; k < live.count; k++) {
            char text[NUMBER_TEXT_SIZE];
            number_format(live.list[k]->number, text);
            cJSON_AddItemToArray(party, cJSON_CreateString(text));
        }
        cJSON_AddItemToArray(list, item);
    }
}

/* Before today's doors open, numbers that are left over from a day before wait for nobody. */
static int waiting_today(const struct queue *queue, int desk_no, int64_t now)
{
    struct session today;
    enum intake intake = settings_session_at(&queue->settings, now, &today);
    bool shut = intake == INTAKE_BEFORE || intake == INTAKE_CLOSED_DAY;
    bool left_over = strcmp(queue->session.date, today.date) != 0;
    return shut && left_over ? 0 : queue_waiting(queue, desk_no, now);
}

cJSON *view_patient(const struct queue *queue, int desk_no, int64_t now)
{
    const struct desk *desk = settings_desk(&queue->settings, desk_no);
    cJSON *json = cJSON_CreateObject();
    char queue_id[QUEUE_ID_SIZE];
    if (!json || !desk) {
        cJSON_Delete(json);
        return NULL;
    }
    settings_queue_id(&queue->settings, desk_no, queue_id);
    cJSON_AddStringToObject(json, "queue_id", queue_id);
    add_clinic(json, &queue->settings);
    cJSON *item = cJSON_AddObjectToObject(json, "desk");
    cJSON_AddNumberToObject(item, "desk_no", desk->desk_no);
    cJSON_AddStringToObject(item, "name", desk->name);
    cJSON_AddStringToObject(item, "name_en", desk->name_en);
    cJSON_AddStringToObject(item, "kind", desk->kind == DESK_PAYMENT ? "payment" : "consultation");
    add_session(json, queue, now);
    cJSON_AddStringToObject(json, "intake", intake_name(queue, desk_no, now));
    cJSON_AddNumberToObject(json, "waiting", waiting_today(queue, desk_no, now));
    cJSON_AddStringToObject(json, "message", queue->message);
    add_now(json, queue, desk_no, now);
    add_ms(json, "at", now);
    return json;
}

/* -- staff ---------------------------------------------------------------------------------------
 */

static void add_rooms(cJSON *json, const struct settings *settings, int desk_no)
{
    cJSON *rooms = cJSON_AddArrayToObject(json, "rooms");
    for (int i = 0; i < settings->room_count; i++) {
        if (settings->rooms[i].desk_no != desk_no)
            continue;
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "id", settings->rooms[i].id);
        cJSON_AddStringToObject(item, "name", settings->rooms[i].name);
        cJSON_AddItemToArray(rooms, item);
    }
}

static void add_desks(cJSON *json, const struct queue *queue, int64_t now)
{
    const struct settings *settings = &queue->settings;
    cJSON *desks = cJSON_AddArrayToObject(json, "desks");
    for (int i = 0; i < settings->desk_count; i++) {
        const struct desk *desk = &settings->desks[i];
        const struct ticket *next = queue_next(queue, desk->desk_no, now);
        char queue_id[QUEUE_ID_SIZE];
        cJSON *item = cJSON_CreateObject();
        settings_queue_id(settings, desk->desk_no, queue_id);
        cJSON_AddNumberToObject(item, "desk_no", desk->desk_no);
        cJSON_AddStringToObject(item, "queue_id", queue_id);
        cJSON_AddStringToObject(item, "name", desk->name);
        cJSON_AddStringToObject(item, "kind",
                                desk->kind == DESK_PAYMENT ? "payment" : "consultation");
        cJSON_AddBoolToObject(item, "paused", queue->desks[i].paused);
        cJSON_AddStringToObject(item, "intake", intake_name(queue, desk->desk_no, now));
        cJSON_AddNumberToObject(item, "waiting", queue_waiting(queue, desk->desk_no, now));
        if (next) {
            cJSON *object = cJSON_AddObjectToObject(item, "next");
            cJSON_AddStringToObject(object, "ticket", next->id);
            add_number(object, "number", next->number);
        } else {
            cJSON_AddNullToObject(item, "next");
        }
        add_rooms(item, settings, desk->desk_no);
        cJSON_AddItemToArray(desks, item);
    }
}

static void add_services(cJSON *json, const struct settings *settings)
{
    cJSON *services = cJSON_AddArrayToObject(json, "services");
    for (int i = 0; i < settings->service_count; i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "id", settings->services[i].id);
        cJSON_AddStringToObject(item, "name", settings->services[i].name);
        cJSON_AddNumberToObject(item, "desk_no", settings->services[i].desk_no);
        cJSON_AddItemToArray(services, item);
    }
}

static void add_before(cJSON *json, int before)
{
    if (before < 0)
        cJSON_AddNullToObject(json, "before");
    else
        cJSON_AddNumberToObject(json, "before", before);
}

static cJSON *staff_ticket(const struct ticket *ticket, int before)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "ticket", ticket->id);
    add_number(json, "number", ticket->number);
    cJSON_AddStringToObject(json, "state", ticket_state_name(ticket->state));
    cJSON_AddNumberToObject(json, "desk_no", ticket->desk_no);
    cJSON_AddStringToObject(json, "service", ticket->service);
    cJSON_AddStringToObject(json, "channel", channel_name(ticket->channel));
    cJSON_AddStringToObject(json, "room", ticket->room);
    add_ms(json, "accepted", ticket->accepted_ms);
    add_ms(json, "called", ticket->called_ms);
    cJSON_AddNumberToObject(json, "calls", ticket->calls);
    cJSON_AddNumberToObject(json, "priority", ticket->priority);
    cJSON_AddStringToObject(json, "reason", ticket->priority > 0 ? ticket->reason : "");
    cJSON_AddStringToObject(json, "family", ticket->family);
    cJSON_AddNumberToObject(json, "slips", ticket->slips);
    cJSON_AddNumberToObject(json, "reissues", ticket->reissues);
    add_before(json, before);
    cJSON_AddStringToObject(json, "last_event", ticket->last_event);
    cJSON_AddBoolToObject(json, "can_undo", ticket->can_undo);
    return json;
}

/* Those who wait in the order in which they will be called, then the others in order of issue. */
static void add_tickets(cJSON *json, const struct queue *queue, int64_t now)
{
    static const int all_desks = 0;
    const struct ticket *line[QUEUE_TICKETS_MAX];
    bool listed[QUEUE_TICKETS_MAX] = {false};
    int before[SETTINGS_DESKS_MAX] = {0}; /* so many of each desk's line are listed */
    int waiting = queue_line(queue, all_desks, now, line, QUEUE_TICKETS_MAX);
    cJSON *tickets = cJSON_AddArrayToObject(json, "tickets");

    for (int i = 0; i < waiting; i++) {
        const struct ticket *ticket = line[i];
        for (int k = 0; k < queue->settings.desk_count; k++)
            if (queue->settings.desks[k].desk_no == ticket->desk_no)
                cJSON_AddItemToArray(tickets, staff_ticket(ticket, before[k]++));
        listed[ticket - queue->tickets] = true;
    }
    for (int i = 0; i < queue->count; i++)
        if (!listed[i])
            cJSON_AddItemToArray(
                tickets,
                staff_ticket(&queue->tickets[i], queue_before(queue, &queue->tickets[i], now)));
}

cJSON *view_staff(const struct queue *queue, int64_t now)
{
    cJSON *json = cJSON_CreateObject();
    if (!json)
        return NULL;
    add_clinic(json, &queue->settings);
    add_session(json, queue, now);
    cJSON_AddStringToObject(json, "message", queue->message);
    add_desks(json, queue, now);
    add_services(json, &queue->settings);
    add_tickets(json, queue, now);
    add_ms(json, "at", now);
    return json;
}

cJSON *view_ticket(const struct queue *queue, const struct ticket *ticket, int64_t now)
{
    const struct room *room = settings_room(&queue->settings, ticket->room);
    char queue_id[QUEUE_ID_SIZE];
    cJSON *json = cJSON_CreateObject();
    if (!json)
        return NULL;
    settings_queue_id(&queue->settings, ticket->desk_no, queue_id);
    cJSON_AddStringToObject(json, "ticket", ticket->id);
    add_number(json, "number", ticket->number);
    cJSON_AddStringToObject(json, "state", ticket_state_name(ticket->state));
    cJSON_AddStringToObject(json, "queue_id", queue_id);
    cJSON_AddStringToObject(json, "service", ticket->service);
    add_before(json, queue_before(queue, ticket, now));
    cJSON_AddBoolToObject(json, "come_now", queue_come_now(queue, ticket, now));
    cJSON_AddStringToObject(json, "room", room ? room->name : "");
    cJSON_AddStringToObject(json, "room_en", room ? room->name_en : "");
    add_ms(json, "accepted", ticket->accepted_ms);
    add_ms(json, "called", ticket->called_ms);
    cJSON_AddBoolToObject(json, "live",
                          ticket->state == TICKET_CALLED &&
                              now - ticket->called_ms <
                                  (int64_t)queue->settings.live_minutes * 60 * 1000);
    cJSON_AddNumberToObject(json, "reissues", ticket->reissues);
    return json;
}
