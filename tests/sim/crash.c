#include "crash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bugs.h"
#include "day.h"
#include "hosts.h"
#include "net.h"
#include "people.h"
#include "visitors.h"

enum {
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    HOUR_MS = 60 * MINUTE_MS,
    SETTLE_MS = 3 * SECOND_MS,
    POINTS_MAX = 4096,
    KIOSK = 0, /* that it is about */
    OTHER_KIOSK = 1
};

const char *crash_transition_name(enum crash_transition transition)
{
    static const char *const names[] = {
#define X(name, text) text,
        CRASH_TRANSITIONS(X)
#undef X
    };
    return names[transition];
}

/* -- what the writes belong to -------------------------------------------------------------------
 */

static enum crash_transition current[SIM_HOSTS + 1];
static enum crash_transition seen[POINTS_MAX + 1]; /* of the n-th write since arming */
static int writes, watched = SIM_NOBODY;

enum crash_transition crash_enter(enum crash_transition transition)
{
    enum crash_transition former = current[sim_host];
    if (former == CRASH_OTHER)
        current[sim_host] = transition; /* the outermost tells */
    return former;
}

void crash_leave(enum crash_transition former)
{
    current[sim_host] = former;
}

static void count_write(int host)
{
    if (host != watched)
        return;
    if (++writes > POINTS_MAX)
        abort();
    seen[writes] = current[host];
}

/* -- scenarios ----------------------------------------------------------------------------------
 */

static void nothing(void)
{
}

static void let_pass(int64_t ms)
{
    sim_run_until(sim_now + ms);
}

static void cut_line(bool up, bool down)
{
    net_lines[KIOSK].up_cut = up;
    net_lines[KIOSK].down_cut = down;
}

static void press(void)
{
    visitors_press_for(KIOSK, "s1", 1);
}

static void ticket(void)
{
    press();
    let_pass(8 * SECOND_MS);
}

static void message(void)
{
    struct event event;
    event_init(&event);
    event.kind = EVENT_MESSAGE;
    (void)snprintf(event.text, sizeof event.text, "午後は休診です");
    people_event(&event);
}

/* Own numbers, and meanwhile others': both ends rebase. */
static void ticket_alone(void)
{
    cut_line(true, true);
    press();
    let_pass(2 * SECOND_MS);
    visitors_press_for(OTHER_KIOSK, "s1", 1);
    press();
    let_pass(SECOND_MS);
    people_call();
    message();
    let_pass(2 * SECOND_MS);
    net_heal();
    let_pass(20 * SECOND_MS);
}

/* The cloud offers a number that never arrives. */
static void ticket_answer_lost(void)
{
    cut_line(false, true);
    press();
    let_pass(3 * SECOND_MS);
    net_heal();
    let_pass(20 * SECOND_MS);
}

/* The cloud refuses before the kiosk has heard why. */
static void ticket_refused(void)
{
    struct event event;
    event_init(&event);
    event.kind = EVENT_PAUSED;
    event.desk_no = 1;
    people_event(&event);
    press();
    let_pass(5 * SECOND_MS);
}

static void hear_others(void)
{
    visitors_press_for(OTHER_KIOSK, "s1", 1);
    let_pass(SECOND_MS);
    people_call();
    let_pass(SECOND_MS);
    message();
    let_pass(5 * SECOND_MS);
}

static void finish_all(void)
{
    for (int i = 0; i < hosts_site->queue.count; i++) {
        struct event event;
        event_init(&event);
        event.kind = EVENT_DONE;
        memcpy(event.ticket, hosts_site->queue.tickets[i].id, sizeof event.ticket);
        people_event(&event);
    }
    let_pass(2 * SECOND_MS);
}

/* A morning with a number of each series, all done; a minute before the afternoon. */
static void morning(void)
{
    ticket();
    ticket_alone();
    finish_all();
    sim_run_until(DAY_PREPARED + 6 * HOUR_MS - SECOND_MS);
}

static void afternoon(void)
{
    let_pass(2 * SECOND_MS);
    ticket();
    cut_line(true, true);
    press();
    let_pass(2 * SECOND_MS);
    net_heal();
    let_pass(20 * SECOND_MS);
}

static void store_state(void)
{
    /* Both have stored their state long ago. */
    hosts_stations[KIOSK]->log.saved_seq = hosts_site->seq - LOG_SAVE_EVERY;
    hosts_site->snapshot_seq = hosts_site->seq - SITE_SNAPSHOT_EVERY;
    message();
    let_pass(70 * SECOND_MS);
}

static void ask_again(void)
{
    struct event event;
    event_init(&event);
    event.kind = EVENT_REISSUE;
    memcpy(event.ticket, hosts_site->queue.tickets[0].id, sizeof event.ticket);
    people_event(&event);
    let_pass(8 * SECOND_MS);
}

/* Killed with a request under way, a slip at the printer and own events not yet uploaded. */
static void leave_unfinished(void)
{
    press();
    let_pass(SECOND_MS);
    cut_line(true, true);
    press();
    let_pass(SECOND_MS);
    press();
    let_pass(10);
    hosts_crash(KIOSK, DISK_KEEPS, -1);
    people_call();
    let_pass(SECOND_MS);
    hosts_crash(SIM_CLOUD, DISK_KEEPS, -1);
    net_heal();
}

static void start_again(void)
{
    hosts_start(SIM_CLOUD);
    hosts_start(KIOSK);
    let_pass(20 * SECOND_MS);
}

/* What is uploaded is confirmed at some moment between; then the line goes, and somebody comes. */
static void ticket_cut_off(void)
{
    int64_t before = hosts_site ? hosts_site->seq : 0;
    cut_line(true, true);
    press();
    let_pass(2 * SECOND_MS);
    net_heal();
    for (int i = 0; i < 300 && (!hosts_site || hosts_site->seq == before); i++)
        let_pass(SECOND_MS / 10);
    let_pass(SECOND_MS / 5);
    cut_line(true, true);
    let_pass(6 * SECOND_MS); /* whoever was killed is back */
    press();
    let_pass(2 * SECOND_MS);
    net_heal();
    let_pass(20 * SECOND_MS);
}

/* More than once: whether the answer or the stream comes first is a matter of chance. */
static void ticket_before_and_after(void)
{
    for (int i = 0; i < 3; i++)
        ticket_cut_off();
}

static void act_at_kiosk(enum station_act_kind kind)
{
    struct station_act act = {.kind = kind};
    if (kind == STATION_ACT_NEXT)
        act.desk_no = 1;
    else if (hosts_site && hosts_site->queue.count > 0)
        memcpy(act.ticket, hosts_site->queue.tickets[0].id, sizeof act.ticket);
    visitors_act(KIOSK, &act);
    let_pass(SECOND_MS);
}

static void staff_at_kiosk(void)
{
    act_at_kiosk(STATION_ACT_NEXT);
    act_at_kiosk(STATION_ACT_ABSENT);
    cut_line(true, true);
    act_at_kiosk(STATION_ACT_WAITING);
    act_at_kiosk(STATION_ACT_NEXT);
    act_at_kiosk(STATION_ACT_IN_ROOM);
    act_at_kiosk(STATION_ACT_UNDO);
    act_at_kiosk(STATION_ACT_REISSUE);
    net_heal();
    let_pass(20 * SECOND_MS);
    act_at_kiosk(STATION_ACT_DONE);
}

/* -- another history ----------------------------------------------------------------------------
 */

/* The backup lacks numbers that kiosks know of. */
static void lose_cloud(void)
{
    ticket();
    disk_image(SIM_CLOUD);
    ticket();
    hear_others();
    hosts_crash(SIM_CLOUD, DISK_KEEPS, -1);
    hosts_stop(SIM_CLOUD);
    disk_image_back(SIM_CLOUD);
    hosts_restored();
}

static void recover(void)
{
    hosts_start(SIM_CLOUD);
    let_pass(5 * SECOND_MS);
    press();
    let_pass(30 * SECOND_MS);
}

/* One kiosk stays away too long: by then the log goes on without what it could give back. */
static void lose_cloud_alone(void)
{
    lose_cloud();
    cut_line(true, true);
    hosts_start(SIM_CLOUD);
    let_pass(80 * SECOND_MS);
    message();
    press();
    let_pass(2 * SECOND_MS);
}

static void come_late(void)
{
    net_heal();
    let_pass(40 * SECOND_MS);
}

static void fall_behind(void)
{
    ticket();
    hosts_stop(SIM_CLOUD);
    hosts_name_snapshot(3);
    hosts_start(SIM_CLOUD);
    let_pass(20 * SECOND_MS);
    cut_line(true, true);
    press();
    hear_others();
    hear_others();
}

static void end(void)
{
    hosts_stop(KIOSK);
    hosts_stop(SIM_CLOUD);
    let_pass(SECOND_MS);
}

static const struct scenario {
    const char *name;
    int64_t since_prepared;
    void (*prepare)(void);
    void (*act)(void);
    bool kiosk, cloud; /* who ends */
} scenarios[] = {
    {"a ticket", 2 * HOUR_MS, nothing, ticket, true, true},
    {"tickets without a line", 2 * HOUR_MS, ticket, ticket_alone, true, true},
    {"an answer that is lost", 2 * HOUR_MS, ticket, ticket_answer_lost, true, true},
    {"a ticket that is refused", 2 * HOUR_MS, ticket, ticket_refused, true, true},
    {"what others do", 2 * HOUR_MS, ticket, hear_others, true, true},
    {"a rollover", 5 * HOUR_MS + 58 * MINUTE_MS, morning, afternoon, true, true},
    {"states stored", 2 * HOUR_MS, ticket, store_state, true, true},
    {"a slip again", 2 * HOUR_MS, ticket, ask_again, true, true},
    {"a start after a kill", 2 * HOUR_MS, leave_unfinished, start_again, true, true},
    {"tickets before and after a start", 2 * HOUR_MS, ticket, ticket_before_and_after, true, true},
    {"staff at the kiosk", 2 * HOUR_MS, ticket, staff_at_kiosk, true, true},
    {"a recovery after a restore", 2 * HOUR_MS, lose_cloud, recover, true, true},
    {"a log fetched anew", 2 * HOUR_MS, lose_cloud_alone, come_late, true, true},
    {"a snapshot, far behind", 2 * HOUR_MS, fall_behind, come_late, true, true},
    {"an orderly end", 2 * HOUR_MS, ticket_alone, end, true, true},
};
enum { SCENARIO_COUNT = sizeof scenarios / sizeof scenarios[0] };

/* -- walks --------------------------------------------------------------------------------------
 */

/* The last: what a killed process had written, but not synced, is read by the next one and told to
 * others; then the power goes. */
static const struct loss {
    enum disk_loss loss;
    bool then_power;
    const char *text;
} losses[] = {
    {DISK_KEEPS, false, "nothing is lost"},
    {DISK_NOTHING, false, "what was not synced is lost"},
    {DISK_TORN, false, "the write is torn"},
    {DISK_CHANCE, false, "what was not synced is lost by chance"},
    {DISK_KEEPS, true, "nothing is lost, but after its restart the power goes"},
};
enum { LOSS_COUNT = sizeof losses / sizeof losses[0], HOSTS_THAT_END = 2 };

int crash_walk_count(void)
{
    return SCENARIO_COUNT * HOSTS_THAT_END * LOSS_COUNT;
}

static const struct scenario *parts_of(int walk, int *ret_host, const struct loss **ret_loss)
{
    *ret_loss = &losses[walk % LOSS_COUNT];
    *ret_host = walk / LOSS_COUNT % HOSTS_THAT_END == 0 ? KIOSK : SIM_CLOUD;
    return &scenarios[walk / LOSS_COUNT / HOSTS_THAT_END];
}

void crash_walk_name(int walk, char *ret, size_t size)
{
    const struct loss *loss;
    int host;
    const struct scenario *scenario = parts_of(walk, &host, &loss);
    (void)snprintf(ret, size, "%s: the %s ends, %s", scenario->name,
                   host == SIM_CLOUD ? "cloud" : "kiosk", loss->text);
}

static void lose_power(int host)
{
    hosts_crash(host, DISK_NOTHING, SECOND_MS);
    let_pass(3 * SECOND_MS);
}

void crash_point(int walk, int n)
{
    const struct loss *loss;
    int host;
    const struct scenario *scenario = parts_of(walk, &host, &loss);
    bug_reset();
    day_open_quiet(scenario->since_prepared, true);
    for (int i = 0; i < SIM_HOSTS; i++)
        current[i] = CRASH_OTHER;
    let_pass(SETTLE_MS);
    scenario->prepare();
    writes = 0;
    watched = host;
    disk_before_write = count_write;
    disk_crash_in(host, n, loss->loss);
    scenario->act();
    watched = SIM_NOBODY;
    disk_before_write = NULL;
    disk_crash_in(host, 0, DISK_KEEPS);
    if (n > 0 && loss->then_power && !sim_failure())
        lose_power(host);
    if (!sim_failure())
        day_heal();
    day_close();
}

void crash_walk(int walk, bool until_first, struct crash_result *ret, char *text, size_t size)
{
    crash_point(walk, 0);
    int count = writes;
    for (int n = 0; n <= count; n++) {
        if (n > 0)
            crash_point(walk, n);
        if (n > 0)
            ret->points[seen[n]]++;
        if (!sim_failure())
            continue;
        if (ret->violations++ == 0) {
            ret->at = n;
            (void)snprintf(text, size, "%s", sim_failure());
        }
        if (until_first)
            return;
    }
}
