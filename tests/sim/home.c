#include "home.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hosts.h"
#include "intake.h"
#include "oracle.h"
#include "people.h"
#include "visitors.h"

enum { MINUTE_MS = 60 * 1000 };

struct patient {
    struct intake_request request;
    struct intake_ticket ticket;
    char number[NUMBER_TEXT_SIZE];
    int restores;        /* that were before */
    char seen[UID_SIZE]; /* the ticket's last event, when they looked */
};

/* -- the reservation --------------------------------------------------------------------------- */

static void take_number(struct patient *patient, const struct intake_ticket *ticket)
{
    struct station_ticket told = {0};
    const struct ticket *found = queue_ticket(site_read(hosts_site), patient->request.tickets[0]);
    memcpy(told.id, patient->request.tickets[0], UID_SIZE);
    if (found) {
        told.number = found->number;
        memcpy(patient->seen, found->last_event, UID_SIZE);
        number_format(found->number, patient->number);
    }
    site_read_end(hosts_site);
    if (!found) {
        sim_violation("lost: a patient at home got a number that the cloud does not have");
        return;
    }
    if (patient->ticket.seq && patient->ticket.seq != ticket->seq &&
        patient->restores == oracle_restores())
        sim_violation("applied twice: a repeated reservation has another entry");
    patient->ticket = *ticket;
    patient->restores = oracle_restores();
    oracle_shown(-1, &told);
}

/* True: the patient has an answer. */
static bool ask(struct patient *patient)
{
    struct intake_refusal refusal = {0};
    struct intake_ticket ticket;
    if (!hosts_up(SIM_CLOUD))
        return false;
    sim_host = SIM_CLOUD;
    int r = intake_issue(hosts_cloud, hosts_site, &patient->request, &ticket, &refusal);
    sim_host = SIM_NOBODY;
    sim_trace("at home: %.8s: %d %s", patient->request.tickets[0], r,
              r == -EPERM && refusal.code ? refusal.code : "");
    if (r < 0 || disk_dead(SIM_CLOUD))
        return false;
    oracle_follow();
    take_number(patient, &ticket);
    return true;
}

/* -- afterwards -------------------------------------------------------------------------------- */

static void ask_again(void *context)
{
    if (!sim_over)
        (void)ask(context);
    free(context);
}

static void come(void *context)
{
    struct patient *patient = context;
    const char *code = patient->ticket.code;
    if (!sim_over) { /* one chance after the other: compilers differ in the order of arguments */
        const char *shown = *code && sim_chance(70) ? code : patient->number;
        visitors_check_in((int)sim_between(0, SIM_KIOSKS - 1), shown);
    }
    free(patient);
}

/* On what they saw when they reserved: they may have been called since. */
static void cancel(void *context)
{
    struct patient *patient = context;
    struct event event;
    event_init(&event);
    event.kind = EVENT_CANCELLED;
    memcpy(event.ticket, patient->request.tickets[0], sizeof event.ticket);
    memcpy(event.seen, patient->seen, sizeof event.seen);
    if (!sim_over)
        people_event(&event);
    free(patient);
}

void home_reserve(void)
{
    struct patient *patient = calloc(1, sizeof *patient);
    if (!patient)
        abort();
    struct intake_request *request = &patient->request;
    request->persons = 1;
    request->channel = CHANNEL_WEB;
    request->desk_no = sim_chance(70) ? 1 : 2;
    request->booking = sim_chance(60);
    outbox_uuid(request->tickets[0]);
    (void)snprintf(request->user, sizeof request->user, "web");
    if (request->booking && sim_chance(50)) {
        request->slot_from = sim_now + sim_between(-5, 5) * MINUTE_MS;
        request->slot_to = request->slot_from + 30 * MINUTE_MS;
    }
    int64_t next = sim_between(1, 100), later = sim_now + sim_between(3, 150) * 1000;
    if (!ask(patient) && !sim_chance(50))
        free(patient);
    else if (!*patient->number || next <= 15)
        sim_at(sim_now + sim_between(1, 20000), ask_again, patient); /* no answer came */
    else if (next <= 35)
        sim_at(later, cancel, patient);
    else if (next <= 90 && request->booking)
        sim_at(later, come, patient);
    else
        free(patient); /* looks at the page, and is called one day */
}
