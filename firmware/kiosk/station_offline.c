/* Numbers of the kiosk's own series, for when the cloud does not answer. */
#include <stdio.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

/* Staff paused intake at this kiosk in a session that the cloud has not opened yet: pauses belong
 * to sessions, so the queue does not know of it before the upload. */
static bool paused_here(const struct station *station, int desk_no, int64_t now)
{
    const struct settings *settings = &station->log.view.settings;
    const struct outbox *outbox = &station->log.outbox;
    for (int i = outbox->count - 1; i >= 0; i--) {
        const struct event *event = &outbox->items[i]->event;
        struct session then, present;
        if (event->desk_no != desk_no ||
            (event->kind != EVENT_PAUSED && event->kind != EVENT_RESUMED))
            continue;
        (void)settings_session_at(settings, event->at, &then);
        if (now != QUEUE_TIME_UNKNOWN)
            (void)settings_session_at(settings, now, &present);
        return event->kind == EVENT_PAUSED &&
               (now == QUEUE_TIME_UNKNOWN || session_equal(&then, &present));
    }
    return false;
}

/* What the cloud would say, as far as we know. Without a trusted time the kiosk goes on in the
 * session that it was in. NULL: go on. */
static const char *gate(struct station *station, const struct queue *queue, int desk_no)
{
    static const char *const keys[GATE_COUNT] = {
        [GATE_BEFORE] = "refused.closed",       [GATE_BREAK] = "refused.closed",
        [GATE_ENDED] = "refused.closed",        [GATE_CLOSED_DAY] = "refused.closed",
        [GATE_PAUSED] = "refused.paused",       [GATE_FULL] = "refused.full",
        [GATE_SUSPENDED] = "refused.suspended", [GATE_NO_SERVICE] = STATION_UNAVAILABLE,
    };
    int64_t now = QUEUE_TIME_UNKNOWN;
    (void)station_trusted(station, &now);
    if (paused_here(station, desk_no, now))
        return "refused.paused";
    return keys[queue_intake(queue, desk_no, CHANNEL_KIOSK, now)];
}

static struct session session_now(struct station *station)
{
    struct session session = station->log.view.session;
    int64_t now;
    if (station_trusted(station, &now))
        (void)settings_session_at(&station->log.view.settings, now, &session);
    return session;
}

/* After a damaged journal some numbers are passed over: slips with them may exist. */
static struct number next_number(struct station *station, const struct queue *queue, int64_t gap)
{
    char letter = queue_letter_of(queue, station->enrolment.device);
    struct number number = queue_next_letter_number(queue, letter);
    if (number.value == 0 || gap <= 0)
        return number;
    number.value += (int)gap;
    while (number.value <= NUMBER_MAX &&
           (queue_holder(queue, number) || settings_unused(&queue->settings, number.value)))
        number.value++;
    return number.value <= NUMBER_MAX ? number : (struct number){0};
}

/* The next person's number, given in a copy of the queue so that the one after knows of it. */
static const char *give(struct station *station, const struct issue *issue, int person, int64_t at,
                        struct queue *queue, struct station_ticket *ticket, struct event *event)
{
    char queue_id[QUEUE_ID_SIZE];
    int64_t gap = person == 1 ? journal_int(station->journal, "letter_gap") : 0;
    const char *closed = gate(station, queue, issue->desk_no);
    struct number number = next_number(station, queue, gap);
    if (closed || number.value == 0)
        return closed ? closed : STATION_UNAVAILABLE;
    station_issue_fill(station, issue, person, ticket, event);
    settings_queue_id(&queue->settings, issue->desk_no, queue_id);
    (void)snprintf(ticket->url, sizeof ticket->url, "%.230s/q/%s", station->enrolment.url,
                   queue_id);
    event->kind = EVENT_ISSUED;
    event->number = ticket->number = number;
    event->session = ticket->session = session_now(station);
    memcpy(event->device, station->enrolment.device, sizeof event->device);
    ticket->accepted_ms = at;
    /* The same for all of a party: they are called together. */
    ticket->before = queue_waiting(&station->log.view, issue->desk_no, at);
    return queue_apply(queue, event, at).verdict == VERDICT_APPLIED ? NULL : STATION_UNAVAILABLE;
}

/* Behind the ticket: without it the patient has a number all the same, and staff join the two. */
static void post_claim(struct station *station, const char *ticket, const char *claim)
{
    struct event event;
    if (!queue_ticket(&station->log.view, ticket))
        return; /* it could not be stored */
    event_init(&event);
    event.kind = EVENT_CLAIMED;
    memcpy(event.ticket, ticket, sizeof event.ticket);
    (void)snprintf(event.text, sizeof event.text, "%s", claim);
    if (station_post(station, &event) < 0)
        station_report("a booking could not be claimed; staff see a number of the own series");
}

void station_issue_lettered(struct station *station, struct issue *issue)
{
    struct event events[STATION_PERSONS_MAX];
    struct station_ticket tickets[STATION_PERSONS_MAX];
    struct queue queue;
    struct clock_reading reading = station_clock_read();
    int64_t at = station_clock_claim(&station->clock, &reading);
    queue_init(&queue);
    bool able = !station->sync.revoked && queue_copy(&station->log.view, &queue) == 0;
    const char *closed = able ? NULL : STATION_UNAVAILABLE; /* revoked: by the answer just now */
    for (int i = 0; i < issue->persons && !closed; i++)
        closed = give(station, issue, i + 1, at, &queue, &tickets[i], &events[i]);
    queue_finish(&queue);
    if (closed) {
        station_issue_refuse(station, issue, closed);
        return;
    }
    char claimed[CLAIM_DIGEST_SIZE];
    memcpy(claimed, issue->claim, sizeof claimed);
    station_issue_finish(station, issue, tickets, events);
    if (*claimed)
        post_claim(station, tickets[0].id, claimed);
    if (journal_int(station->journal, "letter_gap") > 0 &&
        journal_set_int(station->journal, "letter_gap", 0) < 0)
        station_report("the gap in the own series stays for the next number");
}
