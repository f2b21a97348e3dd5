#include "people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hosts.h"
#include "net.h"
#include "oracle.h"

enum { PATH_TEXT_SIZE = 160 };

static int64_t ends;
static int patient_gap, staff_gap; /* mean ms */
static char path_events[PATH_TEXT_SIZE];
static struct identity_who staff;

static bool done(void)
{
    return sim_over || sim_now >= ends;
}

int64_t people_soon(int mean)
{
    return sim_now + sim_between(mean / 4, mean + mean * 3 / 4);
}

/* -- patients ---------------------------------------------------------------------------------- */

static void patient(void *context)
{
    (void)context;
    if (done())
        return;
    hosts_press((int)sim_between(0, SIM_KIOSKS - 1));
    if (sim_chance(10))
        hosts_press((int)sim_between(0, SIM_KIOSKS - 1));
    sim_at(people_soon(patient_gap), patient, NULL);
}

/* -- staff ------------------------------------------------------------------------------------- */

static void new_uid(char id[static UID_SIZE])
{
    outbox_uuid(id);
}

/* A request of staff: made now, arriving later, perhaps twice. */
struct act {
    char path[PATH_TEXT_SIZE];
    char *body;
    char event[UID_SIZE]; /* its id, "" = a new ticket */
    int repeats;
    int64_t seq; /* of the first answer */
};

static void free_act(struct act *act)
{
    cJSON_free(act->body);
    free(act);
}

static void take_act_answer(struct act *act, const struct net_answer *answer)
{
    cJSON *json = cJSON_Parse(answer->body);
    const cJSON *entry = cJSON_GetObjectItemCaseSensitive(json, "event");
    if (!entry)
        entry = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(json, "entries"), 0);
    const cJSON *event = cJSON_GetObjectItemCaseSensitive(entry, "event");
    const cJSON *seq = cJSON_GetObjectItemCaseSensitive(entry, "seq");
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "id"));
    const char *number = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "number"));
    const char *ticket = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "ticket"));
    if (id && seq) {
        oracle_acknowledged(id, (int64_t)seq->valuedouble);
        if (act->seq && act->seq != (int64_t)seq->valuedouble)
            sim_violation("applied twice: a repeated request has another entry");
        act->seq = (int64_t)seq->valuedouble;
    }
    if (!*act->event && number && ticket) {
        struct station_ticket told = {0};
        (void)snprintf(told.id, sizeof told.id, "%s", ticket);
        if (number_parse(number, &told.number) == 0)
            oracle_shown(-1, &told);
    }
    cJSON_Delete(json);
}

static void send_act(void *context)
{
    struct act *act = context;
    struct net_answer answer = {0};
    if (sim_over || !hosts_up(SIM_CLOUD)) {
        free_act(act);
        return;
    }
    net_ask("POST", act->path, act->body, &staff, &answer);
    bool lost = act->repeats > 0;
    if (answer.status >= 200 && answer.status < 300)
        take_act_answer(act, &answer);
    free(answer.body);
    if (lost) {
        act->repeats--;
        sim_at(sim_now + sim_between(1, 3000), send_act, act);
    } else {
        free_act(act);
    }
}

static void post(const char *path, cJSON *json, const char *event, int repeats, int64_t delay)
{
    struct act *act = calloc(1, sizeof *act);
    if (!act)
        abort();
    (void)snprintf(act->path, sizeof act->path, "%s", path);
    (void)snprintf(act->event, sizeof act->event, "%s", event);
    act->body = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    act->repeats = repeats;
    sim_at(sim_now + delay, send_act, act);
}

static void later_act(const char *path, cJSON *json, const char *event)
{
    int repeats = sim_chance(15) ? 1 : 0;
    int64_t delay = sim_chance(80) ? sim_between(1, 300) : sim_between(300, 20000);
    post(path, json, event, repeats, delay);
}

static void issue_at_desk(void)
{
    char id[UID_SIZE];
    cJSON *json = cJSON_CreateObject();
    new_uid(id);
    cJSON_AddStringToObject(json, "ticket", id);
    cJSON_AddStringToObject(json, "channel", sim_chance(50) ? "desk" : "phone");
    later_act(sim_chance(70) ? "/api/v1/queues/1024-1/tickets" : "/api/v1/queues/1024-2/tickets",
              json, "");
}

static cJSON *call_body(char id[static UID_SIZE])
{
    cJSON *json = cJSON_CreateObject();
    new_uid(id);
    cJSON_AddStringToObject(json, "id", id);
    return json;
}

static void call_next(void)
{
    char id[UID_SIZE];
    cJSON *json = call_body(id);
    later_act(sim_chance(70) ? "/api/v1/queues/1024-1/calls" : "/api/v1/queues/1024-2/calls", json,
              id);
}

void people_call(void)
{
    char id[UID_SIZE];
    cJSON *json = call_body(id);
    post("/api/v1/queues/1024-1/calls", json, id, 0, 0);
}

static cJSON *event_body(struct event *event)
{
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "events");
    new_uid(event->id);
    event->at = sim_now;
    cJSON_AddItemToArray(list, event_to_json(event));
    return json;
}

static void later_event(struct event *event)
{
    cJSON *json = event_body(event);
    later_act(path_events, json, event->id);
}

void people_event(struct event *event)
{
    cJSON *json = event_body(event);
    post(path_events, json, event->id, 0, 0);
}

static const enum event_kind acts[] = {
    EVENT_CALLED,   EVENT_CALLED,      EVENT_RECALLED, EVENT_ABSENT,      EVENT_BACK,
    EVENT_HELD,     EVENT_WAITING,     EVENT_IN_ROOM,  EVENT_IN_ROOM,     EVENT_IN_EXAM,
    EVENT_DONE,     EVENT_DONE,        EVENT_DONE,     EVENT_DONE,        EVENT_CANCELLED,
    EVENT_RESTORED, EVENT_PRIORITISED, EVENT_UNDONE,   EVENT_TRANSFERRED,
};

/* On a ticket as staff see it now; by the time it arrives others may have moved it. */
static void move_ticket(void)
{
    struct event event;
    const struct queue *queue = &hosts_site->queue;
    if (queue->count == 0)
        return;
    int from = sim_chance(70) && queue->count > 12 ? queue->count - 12 : 0;
    const struct ticket *ticket = &queue->tickets[sim_between(from, queue->count - 1)];
    event_init(&event);
    event.kind = acts[sim_between(0, sizeof acts / sizeof acts[0] - 1)];
    if (event.kind == EVENT_RESTORED && ticket->abandoned)
        return;
    memcpy(event.ticket, ticket->id, sizeof event.ticket);
    if (event.kind == EVENT_UNDONE)
        memcpy(event.target, ticket->last_event, sizeof event.target);
    else
        memcpy(event.seen, ticket->last_event, sizeof event.seen);
    if (event.kind == EVENT_TRANSFERRED)
        event.desk_no = (int)sim_between(1, 3);
    if (event.kind == EVENT_BACK)
        event.places = (int)sim_between(0, 3);
    if (event.kind == EVENT_PRIORITISED)
        event.priority = (int)sim_between(0, 2);
    later_event(&event);
}

static void change_desk(void)
{
    struct event event;
    event_init(&event);
    switch (sim_between(0, 3)) {
    case 0:
        event.kind = EVENT_PAUSED;
        break;
    case 1:
        event.kind = EVENT_MESSAGE;
        (void)snprintf(event.text, sizeof event.text, "休診 %d", (int)sim_between(1, 99));
        break;
    default:
        event.kind = EVENT_RESUMED;
        break;
    }
    event.desk_no = event.kind == EVENT_MESSAGE ? 0 : (int)sim_between(1, 2);
    later_event(&event);
}

static void at_work(void *context)
{
    (void)context;
    if (done())
        return;
    if (hosts_up(SIM_CLOUD)) {
        int64_t what = sim_between(1, 100);
        if (what <= 15)
            issue_at_desk();
        else if (what <= 35)
            call_next();
        else if (what <= 96)
            move_ticket();
        else
            change_desk();
    }
    sim_at(people_soon(staff_gap), at_work, NULL);
}

/* -- a day's work --------------------------------------------------------------------------------
 */

void people_reset(void)
{
    staff = (struct identity_who){.role = IDENTITY_STAFF, .site_count = 1};
    (void)snprintf(staff.id, sizeof staff.id, "staff");
    (void)snprintf(staff.name, sizeof staff.name, "staff");
    (void)snprintf(staff.sites[0], sizeof staff.sites[0], "%s", site_id(hosts_site));
    (void)snprintf(path_events, sizeof path_events, "/api/v1/sites/%s/events", site_id(hosts_site));
    patient_gap = (int)sim_between(2000, 20000);
    staff_gap = (int)sim_between(1500, 10000);
}

void people_work(int64_t until)
{
    ends = until;
    sim_at(people_soon(patient_gap), patient, NULL);
    sim_at(people_soon(staff_gap), at_work, NULL);
}
