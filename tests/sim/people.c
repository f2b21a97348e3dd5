#include "people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "home.h"
#include "hosts.h"
#include "net.h"
#include "oracle.h"
#include "visitors.h"

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
    visitors_press((int)sim_between(0, SIM_KIOSKS - 1));
    if (sim_chance(10))
        visitors_press((int)sim_between(0, SIM_KIOSKS - 1));
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
    bool books, told;
    int64_t seq;  /* of the first answer, */
    int restores; /* since which the log may have been restored */
};

static void free_act(struct act *act)
{
    cJSON_free(act->body);
    free(act);
}

/* A patient with a booking comes to a kiosk. */
struct visit {
    int kiosk;
    char code[64];
};

static void visit(void *context)
{
    struct visit *visit = context;
    if (!sim_over)
        visitors_check_in(visit->kiosk, visit->code);
    free(visit);
}

/* They type the number or what is on their card, or show the code. */
static void later_visit(const cJSON *booked, const char *number)
{
    struct visit *coming = calloc(1, sizeof *coming);
    const char *code = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(booked, "code"));
    if (!coming)
        abort();
    coming->kiosk = (int)sim_between(0, SIM_KIOSKS - 1);
    (void)snprintf(coming->code, sizeof coming->code, "%s", code && sim_chance(50) ? code : number);
    sim_at(sim_now + sim_between(5000, 150000), visit, coming);
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
        if (act->seq && act->seq != (int64_t)seq->valuedouble && act->restores == oracle_restores())
            sim_violation("applied twice: a repeated request has another entry");
        act->seq = (int64_t)seq->valuedouble;
        act->restores = oracle_restores();
    }
    if (!*act->event && number && ticket) {
        struct station_ticket told = {0};
        (void)snprintf(told.id, sizeof told.id, "%s", ticket);
        if (number_parse(number, &told.number) == 0)
            oracle_shown(-1, &told);
        if (act->books && !act->told && sim_chance(80))
            later_visit(json, number);
        act->told = true;
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
    act->books = cJSON_HasObjectItem(json, "booking");
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

void people_issue(void)
{
    char id[UID_SIZE];
    cJSON *json = cJSON_CreateObject();
    new_uid(id);
    cJSON_AddStringToObject(json, "ticket", id);
    cJSON_AddStringToObject(json, "channel", "desk");
    post("/api/v1/queues/1024-1/tickets", json, "", 0, 0);
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

/* For a turn, or for a slot that has begun or is about to. */
static void book(void)
{
    char id[UID_SIZE];
    cJSON *json = cJSON_CreateObject();
    new_uid(id);
    cJSON_AddStringToObject(json, "ticket", id);
    cJSON_AddStringToObject(json, "channel", sim_chance(50) ? "desk" : "phone");
    cJSON_AddBoolToObject(json, "booking", true);
    if (sim_chance(50)) {
        int64_t from = sim_now + sim_between(-5, 5) * 60000;
        cJSON_AddNumberToObject(json, "slot_from", (double)from);
        cJSON_AddNumberToObject(json, "slot_to", (double)(from + 1800000));
    }
    later_act(sim_chance(70) ? "/api/v1/queues/1024-1/tickets" : "/api/v1/queues/1024-2/tickets",
              json, "");
}

/* At a kiosk's menu, about what that kiosk shows. */
static void act_at_kiosk(void)
{
    static const enum station_act_kind kinds[] = {
        STATION_ACT_NEXT,    STATION_ACT_NEXT,    STATION_ACT_NEXT,    STATION_ACT_CALL,
        STATION_ACT_RECALL,  STATION_ACT_ABSENT,  STATION_ACT_HOLD,    STATION_ACT_BACK,
        STATION_ACT_WAITING, STATION_ACT_IN_ROOM, STATION_ACT_IN_ROOM, STATION_ACT_DONE,
        STATION_ACT_DONE,    STATION_ACT_CANCEL,  STATION_ACT_REISSUE, STATION_ACT_UNDO,
        STATION_ACT_RESUME};
    int kiosk = (int)sim_between(0, SIM_KIOSKS - 1);
    struct station_act act = {.kind = kinds[sim_between(0, sizeof kinds / sizeof kinds[0] - 1)]};
    if (!hosts_up(kiosk))
        return;
    const struct queue *view = &hosts_stations[kiosk]->log.view;
    bool desk = act.kind == STATION_ACT_NEXT || act.kind == STATION_ACT_RESUME;
    if (desk || act.kind == STATION_ACT_CALL)
        act.desk_no = sim_chance(70) ? 1 : 2;
    if (act.kind == STATION_ACT_BACK)
        act.places = (int)sim_between(0, 3);
    if (!desk && view->count > 0) {
        int from = view->count > 12 ? view->count - 12 : 0;
        const struct ticket *ticket = &view->tickets[sim_between(from, view->count - 1)];
        if (sim_chance(50))
            memcpy(act.ticket, ticket->id, sizeof act.ticket);
        else
            act.number = ticket->number;
        if (act.kind == STATION_ACT_CALL)
            act.desk_no = ticket->desk_no;
    }
    if (act.kind == STATION_ACT_CALL && sim_chance(10))
        act = (struct station_act){
            .kind = STATION_ACT_CALL, .desk_no = 1, .number = {.value = (int)sim_between(1, 40)}};
    visitors_act(kiosk, &act);
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
        if (what <= 10)
            issue_at_desk();
        else if (what <= 16)
            book();
        else if (what <= 22)
            home_reserve();
        else if (what <= 38)
            call_next();
        else if (what <= 96)
            move_ticket();
        else
            change_desk();
    }
    if (sim_chance(25))
        act_at_kiosk();
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
}

void people_keep_pace(const struct people_pace *pace)
{
    patient_gap = (int)sim_between(pace->patient_min, pace->patient_max);
    staff_gap = (int)sim_between(pace->staff_min, pace->staff_max);
}

void people_work(int64_t until)
{
    ends = until;
    sim_at(people_soon(patient_gap), patient, NULL);
    sim_at(people_soon(staff_gap), at_work, NULL);
}
