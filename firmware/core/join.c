/* A number of a kiosk's own series that stands for a booking: the kiosk had no line and no copy of
 * the booking, so its patient got a slip that claims it. Once the cloud knows which booking is
 * meant, it logs the claim again with the booking as its target: the slip that the patient holds
 * takes over the booking's turn, and the booking's number is nobody's any more. See design:
 * "Offline knowledge". */
#include <string.h>

#include "queue_rules.h"

/* The cloud's word only: a kiosk's claim names a code, and under rules 1 nobody joined. */
static bool joins(const struct queue *queue, const struct event *event)
{
    return queue->rules >= 2 && *event->target && event->counter == 0;
}

/* Whose place may still be passed on: nobody is being served on it. */
static bool still_open(const struct ticket *booking)
{
    return booking->state == TICKET_RESERVED || booking->state == TICKET_WAITING ||
           booking->state == TICKET_HELD || booking->state == TICKET_ABSENT;
}

struct judgement join_judge(const struct queue *queue, const struct event *event)
{
    const struct ticket *own = queue_ticket(queue, event->ticket);
    const struct ticket *booking = queue_ticket(queue, event->target);

    if (!joins(queue, event))
        return (struct judgement){VERDICT_APPLIED, REASON_NONE};
    if (!own || !booking)
        return (struct judgement){VERDICT_REFUSED, REASON_UNKNOWN_TICKET};
    /* What a kiosk issued stands for itself: a second slip does not take the turn of a first. */
    if (own == booking || !booking->booked || *booking->device || own->state == TICKET_CANCELLED ||
        own->state == TICKET_OFFERED || !still_open(booking))
        return (struct judgement){VERDICT_REFUSED, REASON_STATE};
    if (!settings_desk(&queue->settings, booking->desk_no))
        return (struct judgement){VERDICT_REFUSED, REASON_UNKNOWN_DESK};
    return (struct judgement){VERDICT_APPLIED, REASON_NONE};
}

/* The turn that was booked; inside a slot the order is that of arrival, which is when the patient
 * stood at the kiosk. */
static int64_t place_of(const struct queue *queue, const struct ticket *own,
                        const struct ticket *booking)
{
    int64_t from = booking->slot_from;
    if (!from || booking->state != TICKET_RESERVED)
        return booking->place;
    return queue_place_at(queue, own, own->accepted_ms > from ? own->accepted_ms : from);
}

static void take_over(const struct queue *queue, struct ticket *own, const struct ticket *booking)
{
    bool waits = own->stage == 0 &&
                 (ticket_callable(own) || own->state == TICKET_HELD || own->state == TICKET_ABSENT);
    own->booked = true;
    own->slot_from = booking->slot_from;
    own->slot_to = booking->slot_to;
    own->no_voice = own->no_voice || booking->no_voice;
    if (!*own->family)
        memcpy(own->family, booking->family, UID_SIZE);
    if (!waits) /* called already, or sent on: only the booking is over */
        return;
    own->desk_no = booking->desk_no;
    memcpy(own->service, booking->service, KEY_SIZE);
    own->place = place_of(queue, own, booking);
    if (booking->priority > own->priority) {
        own->priority = booking->priority;
        memcpy(own->reason, booking->reason, sizeof own->reason);
    }
}

/* One patient, one place of the intake limit: the one that was booked, unless that is of another
 * session than the one they came to. */
static void count_once(struct ticket *own, struct ticket *booking)
{
    struct ticket *other = session_equal(&own->session, &booking->session) ? own : booking;
    other->issue_desk_no = 0;
}

void join_apply(struct queue *queue, const struct event *event)
{
    struct ticket *own = (struct ticket *)queue_ticket(queue, event->ticket);
    struct ticket *booking = (struct ticket *)queue_ticket(queue, event->target);

    if (!joins(queue, event))
        return;
    take_over(queue, own, booking);
    count_once(own, booking);
    booking->state = TICKET_CANCELLED;
    struct ticket *both[] = {own, booking};
    for (int i = 0; i < 2; i++) { /* an undo of what was before would part them again */
        both[i]->can_undo = false;
        memcpy(both[i]->last_event, event->id, UID_SIZE);
        digest_ticket(queue, both[i]);
    }
}
