/* Numbers of the kiosk's own series, for when the cloud does not answer. */
#include <stdio.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

static int issued_in(const struct queue *queue, int desk_no, const struct session *session)
{
    int count = 0;
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];
        count += ticket->desk_no == desk_no && !ticket->abandoned &&
                 session_equal(&ticket->session, session);
    }
    return count;
}

static bool desk_paused(const struct queue *queue, int desk_no)
{
    for (int i = 0; i < queue->settings.desk_count; i++)
        if (queue->settings.desks[i].desk_no == desk_no)
            return queue->desks[i].paused;
    return false;
}

/* What the cloud would say, as far as we know. Without a trusted time the kiosk goes on in the
 * session that it was in. NULL: go on. */
static const char *gate(struct station *station, int desk_no, struct session *ret_session)
{
    const struct queue *view = &station->log.view;
    struct session session = view->session;
    int64_t now;
    enum intake intake = INTAKE_OPEN;
    if (station_trusted(station, &now))
        intake = settings_session_at(&view->settings, now, &session);
    *ret_session = session;
    if (intake != INTAKE_OPEN)
        return "refused.closed";
    if (session_equal(&session, &view->session)) {
        if (view->session_closed)
            return "refused.closed";
        if (desk_paused(view, desk_no))
            return "refused.paused";
    }
    int limit = view->settings.intake_limit;
    if (limit > 0 && issued_in(view, desk_no, &session) >= limit)
        return "refused.full";
    return NULL;
}

/* After a damaged journal some numbers are passed over: slips with them may exist. */
static struct number next_number(struct station *station)
{
    char letter = queue_letter_of(&station->log.view, station->enrolment.device);
    struct number number = queue_next_letter_number(&station->log.view, letter);
    int64_t gap = journal_int(station->journal, "letter_gap");
    if (number.value == 0 || gap <= 0)
        return number;
    number.value += (int)gap;
    while (number.value <= NUMBER_MAX && queue_holder(&station->log.view, number))
        number.value++;
    return number.value <= NUMBER_MAX ? number : (struct number){0};
}

void station_issue_lettered(struct station *station, struct issue *issue)
{
    const struct queue *view = &station->log.view;
    struct event event;
    struct station_ticket ticket;
    char queue_id[QUEUE_ID_SIZE];
    struct clock_reading reading = station_clock_read();
    event_init(&event);
    const char *closed = gate(station, issue->desk_no, &event.session);
    event.number = next_number(station);
    if (!closed && event.number.value == 0)
        closed = STATION_UNAVAILABLE;
    if (closed) {
        station_issue_refuse(station, issue, closed);
        return;
    }
    station_issue_fill(station, issue, &ticket);
    ticket.number = event.number;
    ticket.session = event.session;
    ticket.accepted_ms = station_clock_claim(&station->clock, &reading);
    ticket.before = queue_waiting(view, issue->desk_no, ticket.accepted_ms);
    settings_queue_id(&view->settings, issue->desk_no, queue_id);
    (void)snprintf(ticket.url, sizeof ticket.url, "%.230s/q/%s", station->enrolment.url, queue_id);
    event.kind = EVENT_ISSUED;
    event.desk_no = issue->desk_no;
    event.channel = CHANNEL_KIOSK;
    memcpy(event.ticket, issue->ticket, sizeof event.ticket);
    memcpy(event.service, issue->service, sizeof event.service);
    station_issue_finish(station, issue, &ticket, &event);
    if (journal_int(station->journal, "letter_gap") > 0 &&
        journal_set_int(station->journal, "letter_gap", 0) < 0)
        station_report("the gap in the own series stays for the next number");
}
