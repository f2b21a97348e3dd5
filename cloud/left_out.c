#include "left_out.h"

#include "notices.h"

/* What its author lets the patient expect. */
enum promise { PROMISE_NOTHING, PROMISE_SLIP, PROMISE_CARE, PROMISE_PLACE };

static enum promise promise_of(enum event_kind kind)
{
    switch (kind) {
    case EVENT_TAKEN:
    case EVENT_ISSUED:
        return PROMISE_SLIP; /* this very number is on paper */
    case EVENT_ARRIVED:
    case EVENT_WAITING:
    case EVENT_BACK:
    case EVENT_UNDONE:
        return PROMISE_PLACE; /* "please take a seat, you will be called" */
    case EVENT_CALLED:
    case EVENT_RECALLED:
    case EVENT_HELD:
    case EVENT_IN_ROOM:
    case EVENT_IN_EXAM:
    case EVENT_TRANSFERRED:
    case EVENT_REISSUE:
        return PROMISE_CARE; /* they are there, and somebody is looking after them */
    default:
        return PROMISE_NOTHING; /* absent, cancelled, done: nobody waits; or it is no ticket's */
    }
}

/* 1: the ticket's last event is older than this one; 0: it is not; or an error. */
static int came_after(struct cloud *cloud, const struct site *site, const struct ticket *ticket,
                      const struct event *event)
{
    int64_t last = 0;
    int result = db_get_int(cloud->db, &last, "SELECT at FROM log WHERE site = $1 AND id = $2",
                            "tt", site_id(site), ticket->last_event);

    return result < 0 ? result : event->at > last;
}

/* 1: the line does not have what was promised; 0: it does, or no more is needed; or an error. */
static int broken(struct cloud *cloud, const struct site *site, const struct ticket *ticket,
                  const struct event *event, enum promise promise)
{
    if (!ticket)
        return number_valid(event->number); /* else staff could not tell who it is */
    if (promise == PROMISE_SLIP)
        return event->number.value != 0 && !number_equal(event->number, ticket->number);
    switch (ticket->state) {
    case TICKET_CANCELLED:
        return 1;
    case TICKET_RESERVED:
    case TICKET_HELD:
    case TICKET_ABSENT:
        return promise == PROMISE_PLACE;
    case TICKET_DONE: /* by somebody who had met them, unless they came back since */
        return came_after(cloud, site, ticket, event);
    default:
        return 0;
    }
}

static int tell_left_out(struct cloud *cloud, struct site *site, const struct event *event,
                         const struct ticket *ticket, bool other_number)
{
    cJSON *detail = cJSON_CreateObject();
    char text[NUMBER_TEXT_SIZE];

    number_format(ticket && !other_number ? ticket->number : event->number, text);
    cJSON_AddStringToObject(detail, "number", text);
    cJSON_AddNumberToObject(detail, "desk_no", ticket ? ticket->desk_no : event->desk_no);
    cJSON_AddStringToObject(detail, "device", event->device);
    cJSON_AddStringToObject(detail, "did", event_kind_name(event->kind));
    cJSON_AddStringToObject(detail, "state",
                            ticket && !other_number ? ticket_state_name(ticket->state) : "");
    return notices_put(cloud->db, site_id(site), NOTICE_LEFT_OUT, event->ticket, detail,
                       site_moment(site));
}

/* Somebody has them again: nothing is left to be told. */
static int taken_up(struct cloud *cloud, const struct site *site, const struct event *event)
{
    switch (event->kind) {
    case EVENT_ARRIVED:
    case EVENT_WAITING:
    case EVENT_CALLED:
    case EVENT_IN_ROOM:
    case EVENT_DONE:
    case EVENT_RESTORED:
        return notices_end(cloud->db, site_id(site), NOTICE_LEFT_OUT, event->ticket);
    default:
        return 0;
    }
}

int left_out_logged(struct cloud *cloud, struct site *site, const struct event *event,
                    const struct site_put *put)
{
    enum promise promise = promise_of(event->kind);
    const struct ticket *ticket;
    int result;

    if (put->judgement.verdict == VERDICT_APPLIED)
        return taken_up(cloud, site, event);
    if (promise == PROMISE_NOTHING || !*event->device || !*event->ticket)
        return 0; /* whoever acts on the staff's page reads the answer there */
    ticket = queue_ticket(site_state(site), event->ticket);
    result = broken(cloud, site, ticket, event, promise);
    if (result <= 0)
        return result;
    return tell_left_out(cloud, site, event, ticket, promise == PROMISE_SLIP);
}
