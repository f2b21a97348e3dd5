/* After a restart: requests without a number, and slips whose fate is not known. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

enum { OPEN_SLIPS_MAX = 64 };

/* An age that cannot be told yet: the row waits for the clock. Rows of this boot are told apart at
 * the start; by the time the clock is trusted, newer ones belong to this run. */
static bool due(struct station *station, const struct clock_stamp *stamp, bool again,
                int64_t *ret_age)
{
    struct clock_reading reading = station_clock_read();
    if (again && strcmp(stamp->boot, station->clock.boot) == 0)
        return false;
    *ret_age = station_clock_age(&station->clock, &reading, stamp);
    return *ret_age >= 0;
}

static bool under_way(const struct station *station, const char *ticket)
{
    for (int i = 0; i < STATION_ISSUES_MAX; i++)
        if (station->issues[i].used && strcmp(station->issues[i].ticket, ticket) == 0)
            return true;
    return false;
}

static void recover_intents(struct station *station, bool again)
{
    struct journal_intent *intents = calloc(JOURNAL_INTENTS_MAX, sizeof *intents);
    int count = intents ? journal_intents(station->journal, intents, JOURNAL_INTENTS_MAX) : 0;
    for (int i = 0; i < count; i++) {
        int64_t age;
        if (!due(station, &intents[i].stamp, again, &age))
            continue;
        if (age < STATION_YOUNG_MS)
            station_issue_again(station, &intents[i]);
        else if (station_issue_abandon(station, &intents[i]) < 0)
            station_give_back_later(station);
    }
    free(intents);
}

static int post_fate(struct station *station, const struct journal_slip *slip)
{
    struct event event;
    struct outbox_draft draft;
    struct clock_reading reading = station_clock_read();
    event_init(&event);
    event.kind = EVENT_SLIP;
    memcpy(event.ticket, slip->ticket, sizeof event.ticket);
    bool again = slip->print_count > 1 && slip->state == SLIP_PRINTED;
    strcpy(event.text, again ? "reissued" : slip_state_name(slip->state));
    event.print_count = slip->print_count;
    station_issue_check(station, slip->ticket, slip->print_count, event.check);
    int r = station_log_draft(&station->log, &event, 0,
                              station_clock_claim(&station->clock, &reading), &draft);
    if (r < 0)
        return r;
    r = journal_slip(station->journal, slip, &draft.row);
    if (r < 0)
        outbox_drop(&draft);
    else
        station_log_keep(&station->log, &draft);
    return r;
}

void station_slip_fate(struct station *station, const struct journal_slip *slip)
{
    bool told = slip->state == SLIP_SUBMITTED || slip->print_count == 0;
    int r = told ? journal_slip(station->journal, slip, NULL) : post_fate(station, slip);
    if (r < 0 && r != -EALREADY)
        station_report("the fate of a slip (%s) could not be stored: %s",
                       slip_state_name(slip->state), strerror(-r));
}

static void recover_slip(struct station *station, struct journal_open_slip *open, int64_t age)
{
    struct station_ticket *ticket = &open->ticket;
    if (age < STATION_YOUNG_MS) {
        ticket->recovered = true;
        /* After a power cut CUPS has forgotten a job that was perhaps handed over just before. */
        ticket->unsent =
            open->state == SLIP_INTENT && strcmp(open->stamp.boot, station->clock.boot) == 0;
        station_issue_check(station, ticket->id, ticket->print_count, ticket->check);
        station_news_ticket(station, 0, ticket);
        return;
    }
    struct journal_slip slip = {.print_count = ticket->print_count, .state = SLIP_UNKNOWN};
    memcpy(slip.ticket, ticket->id, sizeof slip.ticket);
    station_slip_fate(station, &slip);
}

static void recover_slips(struct station *station, bool again)
{
    struct journal_open_slip *open = calloc(OPEN_SLIPS_MAX, sizeof *open);
    int count = open ? journal_open_slips(station->journal, open, OPEN_SLIPS_MAX) : 0;
    int shown = 0;
    for (int i = count - 1; i >= 0; i--) {
        int64_t age;
        if (!due(station, &open[i].stamp, again, &age))
            continue;
        if (age < STATION_YOUNG_MS && ++shown > STATION_ISSUES_MAX)
            continue; /* more than anybody took in two minutes */
        recover_slip(station, &open[i], age);
    }
    free(open);
}

void station_recover_offers(struct station *station)
{
    const struct queue *confirmed = &station->log.confirmed;
    for (int i = 0; i < confirmed->count; i++) {
        const struct ticket *ticket = &confirmed->tickets[i];
        struct event event;
        if (ticket->state != TICKET_OFFERED || under_way(station, ticket->id) ||
            strcmp(ticket->device, station->enrolment.device) != 0)
            continue;
        event_init(&event);
        event.kind = EVENT_TAKEN;
        event.number = ticket->number;
        event.desk_no = ticket->desk_no;
        event.channel = CHANNEL_KIOSK;
        memcpy(event.ticket, ticket->id, sizeof event.ticket);
        memcpy(event.service, ticket->service, sizeof event.service);
        if (station_post(station, &event) < 0)
            station_report("an offered number could not be taken");
    }
    station_news_queue(station);
}

/* -- requests that were refused when nothing could be stored --------------------------------------
 */

void station_give_back_later(struct station *station)
{
    station->give_back_ms = station_up() + STATION_GIVE_BACK_MS;
}

/* Their patients were told that there is no number: what the cloud may have given is given back as
 * soon as there is room to say so, not only by the next start. */
void station_give_back_tick(struct station *station)
{
    if (station->give_back_ms == 0 || station_up() < station->give_back_ms || !station->enrolled)
        return;
    struct journal_intent *intents = calloc(JOURNAL_INTENTS_MAX, sizeof *intents);
    int count = intents ? journal_intents(station->journal, intents, JOURNAL_INTENTS_MAX) : -ENOMEM;
    station->give_back_ms = count < 0 ? station_up() + STATION_GIVE_BACK_MS : 0;
    for (int i = 0; i < count; i++)
        if (strcmp(intents[i].stamp.boot, station->clock.boot) == 0 &&
            !under_way(station, intents[i].ticket) &&
            station_issue_abandon(station, &intents[i]) < 0)
            station_give_back_later(station);
    free(intents);
}

/* -- after the loss of the journal ------------------------------------------------------------- */

struct lost {
    struct station *station;
    int count;
};

/* Its slip is out, but neither outbox nor log tell of it: the event was on the damaged page. */
static void tell_again(const struct station_ticket *ticket, void *context)
{
    struct lost *lost = context;
    struct station *station = lost->station;
    struct event event;
    struct outbox_draft draft;
    if (queue_ticket(&station->log.view, ticket->id))
        return;
    event_init(&event);
    event.kind = ticket->number.letter ? EVENT_ISSUED : EVENT_TAKEN;
    event.number = ticket->number;
    event.desk_no = ticket->desk_no;
    event.channel = CHANNEL_KIOSK;
    event.session = ticket->session;
    event.no_voice = ticket->no_voice;
    memcpy(event.ticket, ticket->id, sizeof event.ticket);
    memcpy(event.service, ticket->service, sizeof event.service);
    memcpy(event.family, ticket->family, sizeof event.family);
    if (station_log_draft(&station->log, &event, 0, ticket->accepted_ms, &draft) < 0)
        return;
    if (journal_post(station->journal, &draft.row) < 0) {
        outbox_drop(&draft);
        return;
    }
    station_log_keep(&station->log, &draft);
    lost->count++;
}

void station_recover_tickets(struct station *station)
{
    struct lost lost = {.station = station};
    if (journal_each_ticket(station->journal, station->log.view.session.date, tell_again, &lost) <
        0)
        station_report("the tickets of today cannot be read");
    if (lost.count > 0)
        station_report("%d numbers whose events were lost with the journal are told again",
                       lost.count);
}

void station_recover(struct station *station, bool again)
{
    if (!station->enrolled)
        return;
    recover_slips(station, again);
    recover_intents(station, again);
    station_news_queue(station);
}
