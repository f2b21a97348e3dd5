#include "day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "hosts.h"
#include "net.h"
#include "oracle.h"

enum {
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
    CONVERGE_MS = 10 * MINUTE_MS, /* invariant 4 */
    CONVERGE_STEP_MS = 2000,
    PATH_TEXT_SIZE = 160
};

static int64_t ends;
static int patient_gap, staff_gap, fault_gap; /* mean ms */
static char path_events[PATH_TEXT_SIZE];
static struct identity_who staff;

static bool done(void)
{
    return sim_over || sim_now >= ends;
}

static int64_t soon(int mean)
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
    sim_at(soon(patient_gap), patient, NULL);
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

static void later_act(const char *path, cJSON *json, const char *event)
{
    struct act *act = calloc(1, sizeof *act);
    if (!act)
        abort();
    (void)snprintf(act->path, sizeof act->path, "%s", path);
    (void)snprintf(act->event, sizeof act->event, "%s", event);
    act->body = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    act->repeats = sim_chance(15) ? 1 : 0;
    sim_at(sim_now + (sim_chance(80) ? sim_between(1, 300) : sim_between(300, 20000)), send_act,
           act);
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

static void call_next(void)
{
    char id[UID_SIZE];
    cJSON *json = cJSON_CreateObject();
    new_uid(id);
    cJSON_AddStringToObject(json, "id", id);
    later_act(sim_chance(70) ? "/api/v1/queues/1024-1/calls" : "/api/v1/queues/1024-2/calls", json,
              id);
}

static void later_event(struct event *event)
{
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "events");
    new_uid(event->id);
    event->at = sim_now;
    cJSON_AddItemToArray(list, event_to_json(event));
    later_act(path_events, json, event->id);
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
    sim_at(soon(staff_gap), at_work, NULL);
}

/* -- accidents --------------------------------------------------------------------------------- */

static void mend_line(void *context)
{
    int kiosk = (int)(intptr_t)context;
    if (sim_over)
        return;
    int loss = (int)sim_between(0, 3), doubling = (int)sim_between(0, 5);
    net_lines[kiosk] =
        (struct net_line){.delay_min = 2, .delay_max = 60, .loss = loss, .doubling = doubling};
}

static void break_line(int kiosk)
{
    struct net_line *line = &net_lines[kiosk];
    int64_t how = sim_between(0, 5);
    line->up_cut = how == 0 || how >= 4;
    line->down_cut = how == 1 || how >= 4;
    if (how == 2)
        line->delay_max = (int)sim_between(300, 3000);
    if (how == 3)
        line->loss = line->doubling = (int)sim_between(10, 60);
    sim_trace("line %d: way %d", kiosk, (int)how);
    sim_at(sim_now + sim_between(1000, sim_chance(30) ? 240000 : 30000), mend_line,
           (void *)(intptr_t)kiosk);
}

static void end_trouble(void *context)
{
    if (!sim_over)
        disk_trouble((int)(intptr_t)context, DISK_FINE);
}

static void jump_clock(int host)
{
    static const int64_t years = INT64_C(31557600000);
    const int64_t jumps[] = {0, -2 * years, 12 * years, HOUR_MS, -HOUR_MS, 5000};
    machines[host].wall_offset = jumps[sim_between(0, 5)];
    machines[host].synced = machines[host].wall_offset == 0 && sim_chance(50);
    sim_trace("clock of host %d: %lld", host, (long long)machines[host].wall_offset);
}

static void break_host(int host)
{
    int operations;
    int64_t back = sim_chance(60) ? sim_between(200, 5000) : sim_between(5000, 180000);
    switch (sim_between(0, 3)) {
    case 0:
        hosts_crash(host, false, back);
        break;
    case 1:
        hosts_crash(host, true, back);
        if (host < SIM_CLOUD && sim_chance(50))
            jump_clock(host);
        break;
    case 2:
        operations = (int)sim_between(1, 60);
        disk_crash_in(host, operations, sim_chance(70));
        break;
    default:
        disk_trouble(host, sim_chance(50) ? DISK_FULL : DISK_FAILS);
        sim_trace("disk of host %d is in trouble", host);
        sim_at(sim_now + sim_between(500, 20000), end_trouble, (void *)(intptr_t)host);
        break;
    }
}

static void accident(void *context)
{
    (void)context;
    if (done())
        return;
    int host = (int)sim_between(0, SIM_KIOSKS - 1);
    int64_t what = sim_between(1, 100);
    if (what <= 50)
        break_line(host);
    else if (what <= 75)
        break_host(host);
    else if (what <= 90)
        break_host(SIM_CLOUD);
    else
        jump_clock(host);
    sim_at(soon(fault_gap), accident, NULL);
}

/* -- the day ----------------------------------------------------------------------------------- */

static void open_hosts(void)
{
    for (int host = SIM_HOSTS - 1; host >= 0; host--) {
        machines[host].synced = host == SIM_CLOUD || sim_chance(40);
        machines[host].wall_offset = 0;
        machine_boot(host);
        if (host < SIM_KIOSKS && sim_chance(30))
            jump_clock(host);
        hosts_start(host);
    }
}

static void set_clinic(bool by_session, bool absent)
{
    cJSON *settings = NULL;
    char error[DB_ERROR_SIZE];
    sim_host = SIM_CLOUD;
    if (site_settings_json(hosts_site, &settings) < 0)
        abort();
    cJSON_DeleteItemFromObjectCaseSensitive(settings, "restart_by_session");
    cJSON_AddBoolToObject(settings, "restart_by_session", by_session);
    cJSON_DeleteItemFromObjectCaseSensitive(settings, "absent_counts");
    cJSON_AddBoolToObject(settings, "absent_counts", absent);
    if (site_change_settings(hosts_site, settings, "sim", error, sizeof error) < 0)
        abort();
    sim_host = SIM_NOBODY;
    cJSON_Delete(settings);
}

static void work(int64_t ms)
{
    ends = sim_now + ms;
    sim_at(soon(patient_gap), patient, NULL);
    sim_at(soon(staff_gap), at_work, NULL);
    sim_at(soon(fault_gap), accident, NULL);
    sim_run_until(ends);
}

/* The devices are switched off for the night; one may have lost its line by the morning. */
static void night(void)
{
    for (int host = 0; host < SIM_HOSTS; host++)
        hosts_stop(host);
    sim_run_until(sim_now + sim_between(10, 16) * HOUR_MS);
    open_hosts();
}

/* Invariant 4. */
static bool converge(bool settled)
{
    char why[128];
    int64_t limit = sim_now + CONVERGE_MS;
    while (!sim_failure() && sim_now < limit) {
        net_heal(); /* a mended line may have been given its usual losses */
        sim_run_until(sim_now + CONVERGE_STEP_MS);
        if (hosts_converged(why, sizeof why) &&
            (!settled || hosts_requests_settled(why, sizeof why)))
            return !sim_failure();
    }
    if (!sim_failure())
        sim_violation("convergence: after ten minutes %s", why);
    return false;
}

static void heal(void)
{
    sim_trace("healed");
    net_heal();
    hosts_recover();
    if (!converge(false))
        return;
    oracle_check_end();
    for (int host = 0; host < SIM_HOSTS; host++)
        hosts_stop(host); /* the next morning, everything stored must still be there */
    for (int host = SIM_HOSTS - 1; host >= 0; host--)
        hosts_start(host);
    if (converge(true))
        oracle_check_end();
}

void day_run(uint64_t seed)
{
    static const int64_t starts[] = {2 * HOUR_MS, 5 * HOUR_MS - 5 * MINUTE_MS,
                                     6 * HOUR_MS - 5 * MINUTE_MS, 17 * HOUR_MS - 5 * MINUTE_MS};
    sim_reset(seed, DAY_PREPARED);
    disk_restore();
    net_heal();
    hosts_reset();
    for (int host = 0; host < SIM_HOSTS; host++)
        machines[host].boots = 1000; /* the boot's name is stored: as long in every seed */
    oracle_forget();
    sim_now = DAY_PREPARED + starts[sim_between(0, 3)];
    sim_now += sim_between(0, MINUTE_MS);
    sim_after_step = hosts_reap;
    net_answered = oracle_answered;
    open_hosts();
    bool by_session = sim_chance(40), absent = sim_chance(50);
    set_clinic(by_session, absent);
    staff = (struct identity_who){.role = IDENTITY_STAFF, .site_count = 1};
    (void)snprintf(staff.id, sizeof staff.id, "staff");
    (void)snprintf(staff.name, sizeof staff.name, "staff");
    (void)snprintf(staff.sites[0], sizeof staff.sites[0], "%s", site_id(hosts_site));
    (void)snprintf(path_events, sizeof path_events, "/api/v1/sites/%s/events", site_id(hosts_site));
    oracle_reset(by_session, absent);
    patient_gap = (int)sim_between(2000, 20000);
    staff_gap = (int)sim_between(1500, 10000);
    fault_gap = (int)sim_between(5000, 60000);
    work(sim_between(6, 14) * MINUTE_MS);
    if (!sim_failure() && sim_chance(25)) {
        night();
        work(sim_between(4, 8) * MINUTE_MS);
    }
    if (!sim_failure())
        heal();
    for (int host = 0; host < SIM_HOSTS; host++)
        hosts_stop(host);
    sim_drain();
    fiber_check_none();
}
