#include "queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "queue_rules.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

void queue_init(struct queue *queue)
{
    memset(queue, 0, sizeof *queue);
    settings_init(&queue->settings);
    queue->rules = RULES_MIN;
}

void queue_finish(struct queue *queue)
{
    free(queue->tickets);
    queue_init(queue);
}

int queue_copy(const struct queue *queue, struct queue *ret)
{
    size_t size = (size_t)queue->count * sizeof *queue->tickets;
    struct ticket *tickets = NULL;

    if (queue->count > 0) {
        tickets = malloc(size);
        if (!tickets)
            return -ENOMEM;
        memcpy(tickets, queue->tickets, size);
    }
    free(ret->tickets);
    *ret = *queue;
    ret->tickets = tickets;
    ret->capacity = queue->count;
    return 0;
}

struct queue *queue_clone(const struct queue *queue)
{
    struct queue *clone = malloc(sizeof *clone);

    if (!clone)
        return NULL;
    clone->tickets = NULL; /* all that queue_copy() reads of it */
    if (queue_copy(queue, clone) == 0)
        return clone;
    free(clone);
    return NULL;
}

void queue_destroy(struct queue *queue)
{
    if (queue)
        free(queue->tickets);
    free(queue);
}

int queue_desk_index(const struct queue *queue, int desk_no)
{
    for (int i = 0; i < queue->settings.desk_count; i++)
        if (queue->settings.desks[i].desk_no == desk_no)
            return i;
    return -1;
}

/* -- lookups -------------------------------------------------------------------------------------
 */

const struct ticket *queue_ticket(const struct queue *queue, const char *id)
{
    for (int i = queue->count - 1; i >= 0; i--)
        if (strcmp(queue->tickets[i].id, id) == 0)
            return &queue->tickets[i];
    return NULL;
}

bool ticket_finished(const struct ticket *ticket)
{
    return ticket->state == TICKET_DONE || ticket->state == TICKET_CANCELLED;
}

const struct ticket *queue_holder(const struct queue *queue, struct number number)
{
    for (int i = 0; i < queue->count; i++)
        if (number_equal(queue->tickets[i].number, number) && !ticket_finished(&queue->tickets[i]))
            return &queue->tickets[i];
    return NULL;
}

/* -- applying: what is no ticket's ------------------------------------------------------------- */

/* Desks keep their counters and pauses by number, wherever the new settings list them. */
static void apply_settings(struct queue *queue, const struct event *event)
{
    const struct settings *settings = event->settings;
    struct queue_desk desks[SETTINGS_DESKS_MAX] = {{0}};
    for (int i = 0; i < settings->desk_count; i++) {
        int old = queue_desk_index(queue, settings->desks[i].desk_no);
        if (old >= 0)
            desks[i] = queue->desks[old];
        if (desks[i].next < settings->desks[i].first)
            desks[i].next = settings->desks[i].first;
        if (desks[i].web_next < settings->desks[i].web_first)
            desks[i].web_next = settings->desks[i].web_first;
    }
    memcpy(queue->desks, desks, sizeof desks);
    queue->settings = *settings;
    queue->has_settings = true;
    memcpy(queue->settings_event, event->id, UID_SIZE);
}

/* Booked for a session or a slot that is not over. */
static bool still_booked(const struct queue *queue, const struct ticket *ticket, int64_t at)
{
    return queue->rules >= 2 && ticket->state == TICKET_RESERVED &&
           (at < ticket->slot_to || !session_after(&queue->session, &ticket->session));
}

/* A new day lets go of what is over; what is unfinished stays for a day, so that nobody who still
 * waits at midnight loses their turn. */
static void forget_finished(struct queue *queue, int64_t at)
{
    int kept = 0;
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];
        bool unsettled = !ticket_finished(ticket) || ticket->abandoned; /* it may be on a slip */
        if ((unsettled && at - ticket->accepted_ms < DAY_MS) || still_booked(queue, ticket, at))
            queue->tickets[kept++] = *ticket;
    }
    queue->count = kept;
    queue->call_count = 0;
}

/* Turns count from the start of a session; who is absent since the one before has missed as many.
 */
static void restart_turns(struct queue *queue)
{
    for (int i = 0; i < queue->count; i++) {
        struct ticket *ticket = &queue->tickets[i];
        int desk = queue_desk_index(queue, ticket->desk_no);
        ticket->before.turned = false;
        if (desk >= 0)
            ticket->absent_turn -= queue->desks[desk].turns;
    }
    for (int i = 0; i < SETTINGS_DESKS_MAX; i++)
        queue->desks[i].turns = 0;
}

static void apply_session(struct queue *queue, const struct event *event, int64_t at)
{
    const struct session *session = &event->session;
    bool new_day = strcmp(queue->session.date, session->date) != 0;
    queue->session = *session;
    queue->session_closed = false;
    queue->rules = event->rules ? event->rules : RULES_MIN;
    for (int i = 0; i < SETTINGS_DESKS_MAX; i++)
        queue->desks[i].paused = false;
    restart_turns(queue);
    if (new_day)
        forget_finished(queue, at);
    if (new_day || queue->settings.restart_by_session)
        series_restart(queue);
    digest_tickets(queue);
}

/* A device whose records were set back gets a second letter. The first stays its own for ever:
 * slips of it are out, and events about them still come. */
static void apply_letter(struct queue *queue, const struct event *event)
{
    struct queue_letter *letter = &queue->letters[event->number.letter - 'A'];
    for (int i = 0; i < 26; i++)
        if (strcmp(queue->letters[i].device, event->device) == 0)
            queue->letters[i].retired = true;
    memcpy(letter->device, event->device, UID_SIZE);
    if (letter->next < 1)
        letter->next = 1;
}

static void apply_site(struct queue *queue, const struct event *event, int64_t at)
{
    int desk = queue_desk_index(queue, event->desk_no);
    switch (event->kind) {
    case EVENT_SETTINGS:
        apply_settings(queue, event);
        break;
    case EVENT_SESSION_OPENED:
        apply_session(queue, event, at);
        break;
    case EVENT_SESSION_CLOSED:
        queue->session_closed = true;
        break;
    case EVENT_PAUSED:
    case EVENT_RESUMED:
        queue->desks[desk].paused = event->kind == EVENT_PAUSED;
        break;
    case EVENT_MESSAGE:
        memcpy(queue->message, event->text, sizeof queue->message);
        break;
    case EVENT_DEVICE:
        if (event->number.letter)
            apply_letter(queue, event);
        break;
    case EVENT_JUMPED:
        *(int *)series_jumped(queue, event) = event->number.value;
        break;
    case EVENT_CLAIMED:
        join_apply(queue, event);
        break;
    default:
        break;
    }
}

/* -- applying: tickets ------------------------------------------------------------------------- */

static struct ticket *add_ticket(struct queue *queue)
{
    if (queue->count == queue->capacity) {
        int capacity = queue->capacity ? queue->capacity * 2 : 64;
        struct ticket *tickets = realloc(queue->tickets, (size_t)capacity * sizeof *tickets);
        if (!tickets)
            abort();
        queue->tickets = tickets;
        queue->capacity = capacity;
    }
    struct ticket *ticket = &queue->tickets[queue->count++];
    memset(ticket, 0, sizeof *ticket);
    return ticket;
}

static struct ticket *new_ticket(struct queue *queue, const struct event *event)
{
    struct ticket *ticket = add_ticket(queue);
    memcpy(ticket->id, event->ticket, UID_SIZE);
    ticket->channel = event->channel;
    ticket->desk_no = event->desk_no;
    memcpy(ticket->service, event->service, KEY_SIZE);
    memcpy(ticket->device, event->device, UID_SIZE);
    memcpy(ticket->family, event->family, UID_SIZE);
    ticket->issue_desk_no = event->desk_no;
    ticket->booked = event->kind == EVENT_BOOKED;
    ticket->no_voice = event->no_voice;
    ticket->session = *event->session.date ? event->session : queue->session;
    ticket->slot_from = event->slot_from;
    ticket->slot_to = event->slot_to;
    return ticket;
}

static void accept_ticket(const struct queue *queue, struct ticket *ticket, int64_t at)
{
    ticket->accepted_ms = at;
    if (queue->rules >= 2 && ticket->booked && at < ticket->slot_from)
        ticket->place = ticket->slot_from * PLACES_A_MS + PLACE_UNARRIVED;
    else
        ticket->place = queue_place_at(queue, ticket, at);
}

/* Offered, taken, issued or booked: a ticket comes to be, or gets the number that counts. */
static struct ticket *apply_issue(struct queue *queue, const struct event *event, int64_t at)
{
    struct ticket *ticket = (struct ticket *)queue_ticket(queue, event->ticket);
    bool first = !ticket;
    if (first)
        ticket = new_ticket(queue, event);
    /* The place in the line is the patient's from the earlier of the kiosk's claim and the cloud's
     * offer, whichever of the two the log heard of first. */
    if (first || at < ticket->accepted_ms)
        accept_ticket(queue, ticket, at);
    if (event->number.value) {
        ticket->number = event->number;
        series_count(queue, event->desk_no ? event->desk_no : ticket->desk_no, event->number);
    }
    ticket->state = event->kind == EVENT_OFFERED  ? TICKET_OFFERED
                    : event->kind == EVENT_BOOKED ? TICKET_RESERVED
                                                  : TICKET_WAITING;
    ticket->abandoned = false;
    ticket->can_undo = false;
    memcpy(ticket->last_event, event->id, UID_SIZE);
    return ticket;
}

static void remember_before(struct ticket *ticket)
{
    ticket->before = (struct ticket_before){.state = ticket->state,
                                            .desk_no = ticket->desk_no,
                                            .stage = ticket->stage,
                                            .place = ticket->place,
                                            .called_ms = ticket->called_ms,
                                            .calls = ticket->calls,
                                            .priority = ticket->priority};
    memcpy(ticket->before.room, ticket->room, KEY_SIZE);
    memcpy(ticket->before.reason, ticket->reason, sizeof ticket->reason);
    ticket->can_undo = true;
}

static void apply_undo(struct queue *queue, struct ticket *ticket)
{
    const struct ticket_before *before = &ticket->before;
    int desk = queue_desk_index(queue, before->desk_no);
    if (ticket->calls > before->calls)
        calls_undo(queue, ticket);
    if (before->turned && desk >= 0)
        queue->desks[desk].turns--;
    ticket->state = before->state;
    ticket->desk_no = before->desk_no;
    ticket->stage = before->stage;
    ticket->place = before->place;
    ticket->called_ms = before->called_ms;
    ticket->calls = before->calls;
    ticket->priority = before->priority;
    memcpy(ticket->room, before->room, KEY_SIZE);
    memcpy(ticket->reason, before->reason, sizeof ticket->reason);
    ticket->can_undo = false;
}

static void apply_call(struct queue *queue, struct ticket *ticket, const struct event *event,
                       int64_t at)
{
    ticket->before.turned = ticket_callable(ticket); /* a further call is of one called already */
    if (ticket->before.turned)
        queue->desks[queue_desk_index(queue, ticket->desk_no)].turns++;
    ticket->state = TICKET_CALLED;
    if (*event->room)
        memcpy(ticket->room, event->room, KEY_SIZE);
    ticket->called_ms = at;
    ticket->calls++;
    calls_remember(queue, ticket);
}

static void apply_transfer(struct queue *queue, struct ticket *ticket, int desk_no, int64_t at)
{
    const struct desk *desk = settings_desk(&queue->settings, desk_no);
    ticket->desk_no = desk_no;
    ticket->stage++;
    ticket->place = queue_place_at(queue, ticket, at);
    ticket->room[0] = '\0';
    ticket->state = desk->kind == DESK_PAYMENT ? TICKET_TO_PAY : TICKET_WAITING;
}

/* Who comes early waits for the slot, in order of arrival. */
static void apply_arrival(const struct queue *queue, struct ticket *ticket, int64_t at)
{
    if (ticket->slot_from)
        ticket->place =
            queue_place_at(queue, ticket, at > ticket->slot_from ? at : ticket->slot_from);
    ticket->state = TICKET_WAITING;
}

/* Absent patients get their place back unless the clinic's tolerance is over. */
static void apply_return(struct queue *queue, struct ticket *ticket, int64_t at)
{
    int tolerance = queue->settings.recall_tolerance;
    int missed = queue->desks[queue_desk_index(queue, ticket->desk_no)].turns - ticket->absent_turn;
    bool late = queue->rules >= 2 && ticket->state == TICKET_ABSENT && tolerance != RECALL_ALWAYS &&
                missed > tolerance;
    ticket->state = TICKET_WAITING;
    if (late)
        ticket->place = queue_place_back(queue, ticket, queue->settings.late_places, at);
}

static void apply_priority(struct ticket *ticket, const struct event *event)
{
    size_t size = strlen(event->text);
    if (size > sizeof ticket->reason - 1)
        for (size = sizeof ticket->reason - 1; (event->text[size] & 0xC0) == 0x80;)
            size--; /* whole characters */
    ticket->priority = event->priority;
    memcpy(ticket->reason, event->text, size);
    ticket->reason[size] = '\0';
}

static void apply_act(struct queue *queue, struct ticket *ticket, const struct event *event,
                      int64_t at)
{
    enum ticket_state target;
    remember_before(ticket);
    switch (event->kind) {
    case EVENT_CALLED:
    case EVENT_CALLED_NUMBER:
    case EVENT_RECALLED:
        apply_call(queue, ticket, event, at);
        break;
    case EVENT_TRANSFERRED:
        apply_transfer(queue, ticket, event->desk_no, at);
        break;
    case EVENT_ARRIVED:
        apply_arrival(queue, ticket, at);
        break;
    case EVENT_ABSENT:
        ticket->absent_turn = queue->desks[queue_desk_index(queue, ticket->desk_no)].turns;
        ticket->state = TICKET_ABSENT;
        break;
    case EVENT_WAITING:
        apply_return(queue, ticket, at);
        break;
    case EVENT_BACK:
        ticket->state = TICKET_WAITING;
        ticket->place = queue_place_back(queue, ticket, event->places, at);
        break;
    case EVENT_PRIORITISED:
        apply_priority(ticket, event);
        break;
    case EVENT_ABANDONED:
        ticket->state = TICKET_CANCELLED;
        ticket->abandoned = true;
        ticket->can_undo = false;
        break;
    default:
        if (event_target(event->kind, &target))
            ticket->state = target;
        break;
    }
    memcpy(ticket->last_event, event->id, UID_SIZE);
}

/* -- applying: families ------------------------------------------------------------------------ */

/* Whether what is done to a ticket is done to this one too: a call to those of the family who wait
 * at the same desk, a further call to those who were called to the same room, an undo to whom its
 * target called and nothing has happened to since. */
static bool goes_along(const struct queue *queue, const struct ticket *ticket,
                       const struct ticket *other, const struct event *event)
{
    if (queue->rules < 2 || other == ticket || !*ticket->family ||
        strcmp(other->family, ticket->family) != 0 || other->desk_no != ticket->desk_no)
        return false;
    switch (event->kind) {
    case EVENT_CALLED:
    case EVENT_CALLED_NUMBER:
        return ticket_callable(other);
    case EVENT_RECALLED:
        return other->state == TICKET_CALLED && strcmp(other->room, ticket->room) == 0;
    case EVENT_UNDONE:
        return other->can_undo && strcmp(other->last_event, event->target) == 0;
    default:
        return false;
    }
}

static void apply_to(struct queue *queue, struct ticket *ticket, const struct event *event,
                     int64_t at)
{
    if (event->kind == EVENT_UNDONE) {
        apply_undo(queue, ticket);
        memcpy(ticket->last_event, event->id, UID_SIZE);
    } else {
        apply_act(queue, ticket, event, at);
    }
    digest_ticket(queue, ticket);
}

/* The others first and backwards, so that the board has the ticket that was named on top and the
 * family below it in order. */
static void apply_with_family(struct queue *queue, struct ticket *ticket, const struct event *event,
                              int64_t at)
{
    for (int i = queue->count - 1; i >= 0; i--)
        if (goes_along(queue, ticket, &queue->tickets[i], event))
            apply_to(queue, &queue->tickets[i], event, at);
    apply_to(queue, ticket, event, at);
}

struct judgement queue_apply(struct queue *queue, const struct event *event, int64_t at)
{
    struct judgement judgement = queue_judge(queue, event);
    if (judgement.verdict != VERDICT_APPLIED)
        return judgement;

    struct ticket *ticket = (struct ticket *)queue_subject(queue, event);
    switch (event_class(event->kind)) {
    case EVENT_CLASS_SITE:
        apply_site(queue, event, at);
        break;
    case EVENT_CLASS_ISSUE:
        digest_ticket(queue, apply_issue(queue, event, at));
        break;
    case EVENT_CLASS_SLIP:
        if (strcmp(event->text, "failed") != 0)
            ticket->slips++;
        digest_ticket(queue, ticket);
        break;
    case EVENT_CLASS_REISSUE:
        ticket->reissues++;
        digest_ticket(queue, ticket);
        break;
    case EVENT_CLASS_UNDO:
    case EVENT_CLASS_ACT:
        apply_with_family(queue, ticket, event, at);
        break;
    }
    return judgement;
}
