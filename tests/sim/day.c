#include "day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "hosts.h"
#include "net.h"
#include "oracle.h"
#include "people.h"
#include "worlds.h"

enum {
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
    CONVERGE_MS = 10 * MINUTE_MS, /* invariant 4 */
    CONVERGE_STEP_MS = 2000
};

/* Days of few patients are short and have as many accidents: what a large day finds, mostly shows
 * in one of these too, for a fifth of the price. */
struct size {
    int percent; /* of the length of a large clinic's day, */
    int share;   /* and of all days */
    struct people_pace pace;
};

static const struct size sizes[] = {
    {25, 90, {6000, 20000, 3000, 10000}},
    {60, 7, {3000, 20000, 2000, 10000}},
    {100, 3, {2000, 20000, 1500, 10000}},
};

static const struct size *size;
static int64_t ends;
static int fault_gap;       /* mean ms */
static int64_t trouble_max; /* ms that a line is broken at most */

static bool done(void)
{
    return sim_over || sim_now >= ends;
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
    sim_at(sim_now + sim_between(1000, sim_chance(30) ? trouble_max : 30000), mend_line,
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
        hosts_crash(host, DISK_KEEPS, back);
        break;
    case 1:
        hosts_crash(host, DISK_CHANCE, back);
        if (host < SIM_CLOUD && sim_chance(50))
            jump_clock(host);
        break;
    case 2:
        operations = (int)sim_between(1, 60);
        disk_crash_in(host, operations, sim_chance(70) ? DISK_CHANCE : DISK_KEEPS);
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
    sim_at(people_soon(fault_gap), accident, NULL);
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
    people_work(ends);
    worlds_begin(ends, size->percent);
    sim_at(people_soon(fault_gap), accident, NULL);
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

void day_heal(void)
{
    sim_trace("healed");
    worlds_end();
    net_heal();
    hosts_recover();
    if (!converge(false))
        return;
    oracle_check_end();
    for (int host = 0; host < SIM_HOSTS; host++)
        hosts_stop(host); /* the next morning, everything stored must still be there */
    for (int host = SIM_HOSTS - 1; host >= 0; host--)
        hosts_start(host);
    if (converge(true)) {
        oracle_check_end();
        worlds_check();
    }
}

static void open_day(uint64_t seed, int64_t since_prepared)
{
    sim_reset(seed, DAY_PREPARED);
    disk_restore();
    net_heal();
    hosts_reset();
    for (int host = 0; host < SIM_HOSTS; host++)
        machines[host].boots = 1000; /* the boot's name is stored: as long in every seed */
    oracle_forget();
    sim_now = DAY_PREPARED + since_prepared;
    sim_after_step = hosts_reap;
    net_answered = oracle_answered;
}

static void begin(void)
{
    worlds_choose(size->percent);
    open_hosts();
    bool by_session = sim_chance(40), absent = sim_chance(50);
    set_clinic(by_session, absent);
    oracle_reset(by_session, absent);
    people_reset();
    people_keep_pace(&size->pace);
    fault_gap = (int)sim_between(5000, 60000) * size->percent / 100;
}

void day_open_quiet(int64_t since_prepared, bool by_session)
{
    open_day(1, since_prepared);
    for (int host = SIM_HOSTS - 1; host >= 0; host--) {
        machines[host].synced = true;
        machines[host].wall_offset = 0;
        machine_boot(host);
        hosts_start(host);
    }
    set_clinic(by_session, false);
    oracle_reset(by_session, false);
    people_reset();
}

void day_close(void)
{
    for (int host = 0; host < SIM_HOSTS; host++)
        hosts_stop(host);
    sim_drain();
    fiber_check_none();
}

static const struct size *choose_size(void)
{
    int64_t what = sim_between(1, 100);
    const struct size *chosen = sizes;
    while (what > chosen->share)
        what -= chosen++->share;
    return chosen;
}

void day_run(uint64_t seed)
{
    static const int64_t starts[] = {2 * HOUR_MS, 5 * HOUR_MS - 5 * MINUTE_MS,
                                     6 * HOUR_MS - 5 * MINUTE_MS, 17 * HOUR_MS - 5 * MINUTE_MS};
    open_day(seed, 0);
    size = choose_size();
    trouble_max = INT64_C(2400) * size->percent;
    sim_now += starts[sim_between(0, 3)];
    sim_now += sim_between(0, MINUTE_MS);
    begin();
    work(sim_between(6, 14) * MINUTE_MS * size->percent / 100);
    if (!sim_failure() && sim_chance(25)) {
        night();
        work(sim_between(4, 8) * MINUTE_MS * size->percent / 100);
    }
    if (!sim_failure())
        day_heal();
    day_close();
}
