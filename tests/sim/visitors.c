#include "visitors.h"

#include <stdlib.h>
#include <string.h>

#include "bugs.h"
#include "hosts.h"
#include "oracle.h"

enum {
    WAIT_MAX_MS = 3000, /* a patient is told within the offer's 700 ms and the disk's time */
    WAITERS_MAX = 64
};

struct waiter {
    int64_t request;
    bool call; /* an act of staff that calls somebody */
};
static struct waiter waiters[SIM_KIOSKS][WAITERS_MAX];
static int64_t requests;
static int64_t barred[SIM_KIOSKS]; /* until it has this entry; 0 = not */

/* -- the printer --------------------------------------------------------------------------------
 */

struct slip_job {
    int kiosk;
    uint64_t life;
    char ticket[UID_SIZE];
    int print_count;
    const char *outcome;
};

static void tell_slip(void *context)
{
    struct slip_job *job = context;
    if (!sim_over && hosts_up(job->kiosk) && hosts_life(job->kiosk) == job->life) {
        sim_host = job->kiosk;
        int r = station_slip(hosts_stations[job->kiosk], job->ticket, job->print_count,
                             job->outcome, 7, "urn:uuid:7");
        sim_host = SIM_NOBODY;
        if (r < 0)
            sim_trace("kiosk %d does not keep up: the fate of a slip is lost", job->kiosk);
    }
    free(job);
}

static void later_slip(int kiosk, const struct station_ticket *ticket, const char *outcome,
                       int64_t ms)
{
    struct slip_job *job = calloc(1, sizeof *job);
    if (!job)
        abort();
    *job = (struct slip_job){.kiosk = kiosk,
                             .life = hosts_life(kiosk),
                             .print_count = ticket->print_count,
                             .outcome = outcome};
    memcpy(job->ticket, ticket->id, sizeof job->ticket);
    sim_at(sim_now + ms, tell_slip, job);
}

static void answered(int kiosk, int64_t request)
{
    for (int i = 0; i < WAITERS_MAX; i++)
        if (waiters[kiosk][i].request == request)
            waiters[kiosk][i] = (struct waiter){0};
}

static void print(int kiosk, const struct station_ticket *ticket)
{
    later_slip(kiosk, ticket, "submitted", 50);
    later_slip(kiosk, ticket, "printed", sim_between(800, 4000));
}

static void take_ticket(int kiosk, const struct station_news *news)
{
    const struct station_ticket *ticket = &news->ticket;
    bool has_slip = oracle_has_slip(ticket->id);
    answered(kiosk, news->request);
    if (ticket->recovered && !bug_prints_again() && (has_slip || !ticket->unsent)) {
        later_slip(kiosk, ticket, has_slip ? "printed" : "failed", 500);
        return;
    }
    if (ticket->print_count == 0)
        return; /* checked in before */
    oracle_shown(kiosk, ticket);
    print(kiosk, ticket);
}

/* What is done at a kiosk is on its board at once. */
static struct {
    char tickets[STATION_PERSONS_MAX][UID_SIZE]; /* the latest, a party's together */
    int next;
    int64_t at;
} last_calls[SIM_KIOSKS];

static void take_call(int kiosk, const struct station_news *news)
{
    memcpy(last_calls[kiosk].tickets[last_calls[kiosk].next++ % STATION_PERSONS_MAX],
           news->ticket.id, UID_SIZE);
    last_calls[kiosk].at = sim_now;
}

static bool shows_call(int kiosk, const char *ticket)
{
    for (int i = 0; i < STATION_PERSONS_MAX; i++)
        if (strcmp(last_calls[kiosk].tickets[i], ticket) == 0)
            return last_calls[kiosk].at == sim_now;
    return false;
}

static void take_act(int kiosk, const struct station_news *news)
{
    bool call = false;
    for (int i = 0; i < WAITERS_MAX; i++)
        call = call || (waiters[kiosk][i].request == news->request && waiters[kiosk][i].call);
    sim_trace("kiosk %d: act: %s", kiosk, news->text);
    if (call && !*news->text && !shows_call(kiosk, news->ticket.id))
        sim_violation("call: %.8s was called at kiosk %d, which does not show it", news->ticket.id,
                      kiosk);
    answered(kiosk, news->request);
}

/* The strictest main thread there could be: it shows news in the moment that they are given. */
void visitors_hear(void *context)
{
    int kiosk = (int)(intptr_t)context;
    struct station_news news;
    while (hosts_stations[kiosk] && station_poll(hosts_stations[kiosk], &news)) {
        if (!disk_dead(kiosk)) {
            if (news.kind == STATION_TICKET)
                take_ticket(kiosk, &news);
            else if (news.kind == STATION_REFUSED)
                answered(kiosk, news.request);
            else if (news.kind == STATION_CALL)
                take_call(kiosk, &news);
            else if (news.kind == STATION_ACTED)
                take_act(kiosk, &news);
            else if (news.kind == STATION_REISSUE)
                print(kiosk, &news.ticket);
        }
        station_news_finish(&news);
    }
}

struct promise {
    int kiosk;
    uint64_t life;
    int64_t request;
};

static void check_promise(void *context)
{
    struct promise *promise = context;
    if (!sim_over && hosts_up(promise->kiosk) && hosts_life(promise->kiosk) == promise->life)
        for (int i = 0; i < WAITERS_MAX; i++)
            if (waiters[promise->kiosk][i].request == promise->request)
                sim_violation("patients: kiosk %d gave no answer to a request within %d ms",
                              promise->kiosk, WAIT_MAX_MS);
    free(promise);
}

void visitors_bar(int kiosk, int64_t seq)
{
    barred[kiosk] = seq;
}

static bool is_barred(int kiosk)
{
    const struct station *station = hosts_stations[kiosk];
    if (barred[kiosk] > 0 && station->enrolled && station->log.seq >= barred[kiosk])
        barred[kiosk] = 0;
    return barred[kiosk] > 0;
}

bool visitors_wait(int kiosk)
{
    for (int i = 0; i < WAITERS_MAX; i++)
        if (waiters[kiosk][i].request)
            return true;
    return false;
}

/* A new request at a kiosk that lives and has room for its answer. 0: not now. */
static int64_t begin_request(int kiosk, int *ret_slot)
{
    int slot = 0;
    int64_t request = ++requests;
    while (slot < WAITERS_MAX && waiters[kiosk][slot].request)
        slot++;
    *ret_slot = slot;
    return hosts_up(kiosk) && slot < WAITERS_MAX && !is_barred(kiosk) ? request : 0;
}

static void promised(int kiosk, int slot, int64_t request, bool call)
{
    struct promise *promise = malloc(sizeof *promise);
    if (!promise)
        abort();
    *promise = (struct promise){kiosk, hosts_life(kiosk), request};
    waiters[kiosk][slot] = (struct waiter){request, call};
    sim_at(sim_now + WAIT_MAX_MS, check_promise, promise);
}

void visitors_press(int kiosk)
{
    static const char *const services[] = {"s1", "s1", "s2", ""};
    const char *service = services[sim_between(0, 3)];
    visitors_press_for(kiosk, service, sim_chance(85) ? 1 : (int)sim_between(2, 4));
}

void visitors_press_for(int kiosk, const char *service, int persons)
{
    int slot;
    int64_t request = begin_request(kiosk, &slot);
    struct station_wish wish = {.language = "ja", .persons = persons};
    if (!request)
        return;
    strcpy(wish.service, service);
    sim_host = kiosk;
    int r = station_issue(hosts_stations[kiosk], request, &wish);
    sim_host = SIM_NOBODY;
    sim_trace("kiosk %d: request for %d: %d", kiosk, persons, r);
    if (r == 0)
        promised(kiosk, slot, request, false);
}

void visitors_act(int kiosk, const struct station_act *act)
{
    int slot;
    int64_t request = begin_request(kiosk, &slot);
    if (!request)
        return;
    sim_host = kiosk;
    int r = station_act(hosts_stations[kiosk], request, act);
    sim_host = SIM_NOBODY;
    sim_trace("kiosk %d: act %d: %d", kiosk, (int)act->kind, r);
    if (r == 0)
        promised(kiosk, slot, request,
                 act->kind == STATION_ACT_NEXT || act->kind == STATION_ACT_CALL);
}

void visitors_check_in(int kiosk, const char *code)
{
    int slot;
    int64_t request = begin_request(kiosk, &slot);
    if (!request)
        return;
    sim_host = kiosk;
    int r = station_check_in(hosts_stations[kiosk], request, code, "ja");
    sim_host = SIM_NOBODY;
    sim_trace("kiosk %d: check-in: %d", kiosk, r);
    if (r == 0)
        promised(kiosk, slot, request, false);
}

void visitors_leave(int kiosk)
{
    memset(waiters[kiosk], 0, sizeof waiters[kiosk]);
}

void visitors_reset(void)
{
    memset(barred, 0, sizeof barred);
}
