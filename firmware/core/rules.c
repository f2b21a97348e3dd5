/* Which events apply. See design: "Stale events". */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "queue_rules.h"

static const struct judgement applied = {VERDICT_APPLIED, REASON_NONE};

static struct judgement refused(enum reason reason)
{
    return (struct judgement){VERDICT_REFUSED, reason};
}

static struct judgement superseded(enum reason reason)
{
    return (struct judgement){VERDICT_SUPERSEDED, reason};
}

/* -- tables --------------------------------------------------------------------------------------
 */

#define S(state) (1u << TICKET_##state)

/* From which states an act whose author knew the ticket's present state may go, and where to. A
 * target of -1 depends on more than the kind. */
static const struct act {
    enum event_kind kind;
    unsigned from;
    int to;
} acts[] = {
    {EVENT_ABANDONED, S(OFFERED), TICKET_CANCELLED},
    {EVENT_ARRIVED, S(RESERVED), TICKET_WAITING},
    {EVENT_CALLED, S(WAITING) | S(HELD) | S(ABSENT) | S(CALLED) | S(IN_EXAM) | S(TO_PAY),
     TICKET_CALLED},
    {EVENT_CALLED_NUMBER, S(WAITING) | S(HELD) | S(ABSENT) | S(CALLED) | S(IN_EXAM) | S(TO_PAY),
     TICKET_CALLED},
    {EVENT_RECALLED, S(CALLED) | S(ABSENT), -1},
    {EVENT_ABSENT, S(RESERVED) | S(WAITING) | S(CALLED) | S(TO_PAY), TICKET_ABSENT},
    {EVENT_BACK, S(WAITING) | S(ABSENT) | S(CALLED) | S(HELD), -1},
    {EVENT_HELD, S(RESERVED) | S(WAITING) | S(ABSENT) | S(CALLED) | S(TO_PAY), TICKET_HELD},
    {EVENT_WAITING, S(ABSENT) | S(HELD) | S(CALLED) | S(IN_ROOM) | S(IN_EXAM), -1},
    {EVENT_IN_ROOM,
     S(RESERVED) | S(WAITING) | S(HELD) | S(ABSENT) | S(CALLED) | S(CANCELLED) | S(IN_EXAM) |
         S(TO_PAY),
     TICKET_IN_ROOM},
    {EVENT_IN_EXAM, S(CALLED) | S(IN_ROOM), TICKET_IN_EXAM},
    {EVENT_TRANSFERRED,
     S(WAITING) | S(HELD) | S(ABSENT) | S(CALLED) | S(IN_ROOM) | S(IN_EXAM) | S(TO_PAY), -1},
    {EVENT_DONE,
     S(WAITING) | S(HELD) | S(ABSENT) | S(CALLED) | S(CANCELLED) | S(IN_ROOM) | S(IN_EXAM) |
         S(TO_PAY),
     TICKET_DONE},
    {EVENT_CANCELLED,
     S(RESERVED) | S(WAITING) | S(HELD) | S(ABSENT) | S(CALLED) | S(IN_ROOM) | S(IN_EXAM) |
         S(TO_PAY),
     TICKET_CANCELLED},
    {EVENT_RESTORED, S(CANCELLED) | S(DONE), -1},
    {EVENT_PRIORITISED, S(RESERVED) | S(WAITING) | S(HELD) | S(ABSENT), -1},
};

static const struct act *act_of(enum event_kind kind)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (acts[i].kind == kind)
            return &acts[i];
    return NULL;
}

static const int ranks[] = {
#define X(name, text, rank) rank,
    TICKET_STATES(X)
#undef X
};

static const char *const state_names[] = {
#define X(name, text, rank) text,
    TICKET_STATES(X)
#undef X
};

static const char *const verdict_names[] = {
#define X(name, text) text,
    VERDICTS(X)
#undef X
};

static const char *const reason_names[] = {
#define X(name, text) text,
    REASONS(X)
#undef X
};

const char *ticket_state_name(enum ticket_state state)
{
    return state_names[state];
}

const char *verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

const char *reason_name(enum reason reason)
{
    return reason_names[reason];
}

int verdict_parse(const char *name, enum verdict *ret)
{
    for (int i = 0; i < VERDICT_COUNT; i++) {
        if (strcmp(name, verdict_names[i]) == 0) {
            *ret = (enum verdict)i;
            return 0;
        }
    }
    return -EINVAL;
}

enum event_class event_class(enum event_kind kind)
{
    switch (kind) {
    case EVENT_OFFERED:
    case EVENT_TAKEN:
    case EVENT_ISSUED:
    case EVENT_BOOKED:
        return EVENT_CLASS_ISSUE;
    case EVENT_UNDONE:
        return EVENT_CLASS_UNDO;
    case EVENT_SLIP:
        return EVENT_CLASS_SLIP;
    case EVENT_REISSUE:
        return EVENT_CLASS_REISSUE;
    default:
        return act_of(kind) ? EVENT_CLASS_ACT : EVENT_CLASS_SITE;
    }
}

bool event_target(enum event_kind kind, enum ticket_state *ret)
{
    const struct act *act = act_of(kind);
    if (kind == EVENT_WAITING || kind == EVENT_RESTORED) {
        *ret = TICKET_WAITING;
        return true;
    }
    if (!act || act->to < 0)
        return false;
    *ret = (enum ticket_state)act->to;
    return true;
}

const struct ticket *queue_subject(const struct queue *queue, const struct event *event)
{
    if (event->kind == EVENT_CALLED_NUMBER)
        return queue_holder(queue, event->number);
    return *event->ticket ? queue_ticket(queue, event->ticket) : NULL;
}

/* -- judging -------------------------------------------------------------------------------------
 */

/* Settings may not take a desk away under the people who wait there, nor make a series of the
 * cloud's out of a letter that a kiosk gives offline. */
static enum reason settings_misfit(const struct queue *queue, const struct settings *settings,
                                   char *error, size_t error_size)
{
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];
        if (ticket_finished(ticket) || settings_desk(settings, ticket->desk_no))
            continue;
        (void)snprintf(error, error_size, "desks: desk %d still has patients", ticket->desk_no);
        return REASON_UNKNOWN_DESK;
    }
    for (int i = 0; i < settings->service_count; i++) {
        char letter = settings->services[i].prefix;
        if (!letter || !*queue->letters[letter - 'A'].device)
            continue;
        (void)snprintf(error, error_size, "services[%d].prefix: %c is the letter of a device", i,
                       letter);
        return REASON_LETTER_GIVEN;
    }
    return REASON_NONE;
}

int queue_settings_fit(const struct queue *queue, const struct settings *settings, char *error,
                       size_t error_size)
{
    return settings_misfit(queue, settings, error, error_size) == REASON_NONE ? 0 : -EINVAL;
}

static struct judgement judge_settings(const struct queue *queue, const struct event *event)
{
    char ignored[80];
    if (!event->settings)
        return refused(REASON_NO_SETTINGS);
    enum reason reason = settings_misfit(queue, event->settings, ignored, sizeof ignored);
    return reason == REASON_NONE ? applied : refused(reason);
}

static struct judgement judge_session(const struct queue *queue, const struct event *event)
{
    if (!session_valid(&event->session))
        return refused(REASON_STATE);
    if (event->rules > RULES_MAX)
        return refused(REASON_RULES);
    bool same = session_equal(&queue->session, &event->session);
    if (event->kind == EVENT_SESSION_CLOSED)
        return same && !queue->session_closed ? applied : superseded(REASON_STALE);
    if (same)
        return queue->session_closed ? applied : superseded(REASON_REPEATED);
    int order = strcmp(event->session.date, queue->session.date);
    if (order < 0 || (order == 0 && event->session.kind < queue->session.kind))
        return superseded(REASON_STALE);
    return applied;
}

static struct judgement judge_device(const struct queue *queue, const struct event *event)
{
    if (!*event->device)
        return refused(REASON_STATE);
    if (!event->number.letter)
        return applied;
    if (settings_is_prefix(&queue->settings, event->number.letter))
        return refused(REASON_LETTER_GIVEN);
    const char *owner = queue->letters[event->number.letter - 'A'].device;
    if (*owner && strcmp(owner, event->device) != 0)
        return refused(REASON_NUMBER_LIVE);
    return *owner ? superseded(REASON_REPEATED) : applied;
}

static struct judgement judge_jump(const struct queue *queue, const struct event *event)
{
    const int *next = series_jumped(queue, event);
    return next && event->number.value >= *next ? applied : superseded(REASON_STALE);
}

static struct judgement judge_site(const struct queue *queue, const struct event *event)
{
    int desk = queue_desk_index(queue, event->desk_no);
    switch (event->kind) {
    case EVENT_SETTINGS:
        return judge_settings(queue, event);
    case EVENT_SESSION_OPENED:
    case EVENT_SESSION_CLOSED:
        return judge_session(queue, event);
    case EVENT_DEVICE:
        return judge_device(queue, event);
    case EVENT_PAUSED:
    case EVENT_RESUMED:
        if (desk < 0)
            return refused(REASON_UNKNOWN_DESK);
        return queue->desks[desk].paused == (event->kind == EVENT_PAUSED)
                   ? superseded(REASON_REPEATED)
                   : applied;
    case EVENT_JUMPED:
        if (desk < 0)
            return refused(REASON_UNKNOWN_DESK);
        return judge_jump(queue, event);
    case EVENT_CLAIMED:
        return join_judge(queue, event);
    default:
        return applied;
    }
}

/* Settings may take a desk away once nobody waits there; who was finished there stays finished. */
static bool desk_gone(const struct queue *queue, const struct ticket *ticket)
{
    return !settings_desk(&queue->settings, ticket->desk_no);
}

/* A number that somebody else holds is never given: invariant 2. */
static bool number_taken(const struct queue *queue, struct number number, const char *ticket)
{
    const struct ticket *holder = queue_holder(queue, number);
    return holder && strcmp(holder->id, ticket) != 0;
}

/* A device gives its own series without asking, so what its series has yet to give it may have
 * given by now. */
static bool number_awaited(const struct queue *queue, struct number number)
{
    if (!number.letter)
        return false;
    const struct queue_letter *letter = &queue->letters[number.letter - 'A'];
    return *letter->device && !letter->retired && number.value >= letter->next;
}

/* Whether a finished ticket's number has gone to somebody else since, or may have: nobody may come
 * back with it. */
static bool number_gone(const struct queue *queue, const struct ticket *ticket)
{
    return ticket_finished(ticket) && (number_taken(queue, ticket->number, ticket->id) ||
                                       number_awaited(queue, ticket->number));
}

/* A letter is its device's. One that is a service's is the cloud's: its numbers come as any of the
 * main series do, and what a device has shown holds even when the prefix is gone by then. */
static bool may_use_letter(const struct queue *queue, const struct event *event)
{
    const char *owner = queue->letters[event->number.letter - 'A'].device;
    if (*owner || queue->rules < 2)
        return *owner && strcmp(owner, event->device) == 0;
    if (event->kind == EVENT_TAKEN)
        return true;
    return series_prefix(queue, event->number.letter) && event->counter == 0;
}

static struct judgement judge_new(const struct queue *queue, const struct event *event)
{
    if (!settings_desk(&queue->settings, event->desk_no))
        return refused(REASON_UNKNOWN_DESK);
    if (!number_valid(event->number))
        return refused(REASON_STATE);
    if (event->number.letter && !may_use_letter(queue, event))
        return refused(REASON_NOT_YOURS);
    if (number_taken(queue, event->number, event->ticket))
        return refused(REASON_NUMBER_LIVE);
    if (queue->count >= QUEUE_TICKETS_MAX)
        return refused(REASON_FULL);
    return applied;
}

/* A device that shows a number has the last word on it: its patient holds that slip. So `taken`
 * brings back an abandoned offer, and an own-series number replaces the offered one, which is void.
 */
static struct judgement judge_issue(const struct queue *queue, const struct event *event)
{
    const struct ticket *ticket = queue_ticket(queue, event->ticket);
    if (!ticket)
        return judge_new(queue, event);
    bool open =
        ticket->state == TICKET_OFFERED || (ticket->state == TICKET_CANCELLED && ticket->abandoned);
    if (!open || event->kind == EVENT_OFFERED || event->kind == EVENT_BOOKED)
        return superseded(REASON_REPEATED);
    if (*event->device && strcmp(ticket->device, event->device) != 0)
        return refused(REASON_NOT_YOURS);
    if (event->kind == EVENT_ISSUED && event->number.letter == 0)
        return superseded(REASON_REPEATED);
    if (event->kind == EVENT_ISSUED)
        return judge_new(queue, event);
    if (event->number.value && !number_equal(event->number, ticket->number))
        return refused(REASON_STATE);
    if (desk_gone(queue, ticket))
        return refused(REASON_UNKNOWN_DESK);
    return number_taken(queue, ticket->number, ticket->id) ? refused(REASON_NUMBER_LIVE) : applied;
}

static struct judgement judge_undo(const struct queue *queue, const struct ticket *ticket,
                                   const struct event *event)
{
    if (!ticket->can_undo || strcmp(ticket->last_event, event->target) != 0)
        return superseded(REASON_UNDO_LATE);
    if (!settings_desk(&queue->settings, ticket->before.desk_no))
        return refused(REASON_UNKNOWN_DESK);
    return number_gone(queue, ticket) ? refused(REASON_NUMBER_LIVE) : applied;
}

/* A slip for whoever is still expected. It moves nothing, so it is never stale; and while a number
 * is only offered, its kiosk is about to print. */
static struct judgement judge_reissue(const struct ticket *ticket)
{
    bool live = !ticket_finished(ticket) && ticket->state != TICKET_OFFERED;
    return live ? applied : refused(REASON_STATE);
}

/* The author had not seen the ticket's last event: only a step forward in the same stage of the
 * visit may still apply. */
static struct judgement judge_stale(const struct ticket *ticket, const struct act *act,
                                    const struct event *event)
{
    bool elsewhere = event->desk_no && event->desk_no != ticket->desk_no;
    if (elsewhere || act->to < 0 || ranks[act->to] <= ranks[ticket->state])
        return superseded(REASON_STALE);
    return act->from & (1u << ticket->state) ? applied : superseded(REASON_STALE);
}

static struct judgement judge_places(const struct queue *queue, const struct ticket *ticket,
                                     const struct event *event)
{
    if (event->kind == EVENT_TRANSFERRED && !settings_desk(&queue->settings, event->desk_no))
        return refused(REASON_UNKNOWN_DESK);
    if (event->kind == EVENT_TRANSFERRED && event->desk_no == ticket->desk_no)
        return superseded(REASON_REPEATED);
    if (desk_gone(queue, ticket))
        return refused(REASON_UNKNOWN_DESK);
    if (*event->room && !settings_room(&queue->settings, event->room))
        return refused(REASON_UNKNOWN_ROOM);
    if (event->kind == EVENT_PRIORITISED && event->priority > 0 && !*event->text &&
        queue->rules >= 2)
        return refused(REASON_NO_REASON);
    if (number_gone(queue, ticket))
        return refused(REASON_NUMBER_LIVE);
    return applied;
}

static struct judgement judge_act(const struct queue *queue, const struct ticket *ticket,
                                  const struct event *event)
{
    const struct act *act = act_of(event->kind);
    struct judgement places = judge_places(queue, ticket, event);
    if (places.verdict != VERDICT_APPLIED)
        return places;
    if (ticket->abandoned)
        return refused(REASON_STATE);
    if (*event->seen && strcmp(event->seen, ticket->last_event) != 0)
        return judge_stale(ticket, act, event);
    if (act->from & (1u << ticket->state))
        return applied;
    return act->to == (int)ticket->state ? superseded(REASON_REPEATED) : refused(REASON_STATE);
}

/* A number that was called before its present holder came was another's. */
static bool meant_another(const struct queue *queue, const struct ticket *ticket,
                          const struct event *event)
{
    return queue->rules >= 2 && event->kind == EVENT_CALLED_NUMBER &&
           event->at < ticket->accepted_ms;
}

struct judgement queue_judge(const struct queue *queue, const struct event *event)
{
    enum event_class class = event_class(event->kind);
    if (!queue->has_settings && event->kind != EVENT_SETTINGS && event->kind != EVENT_DEVICE)
        return refused(REASON_NO_SETTINGS);
    if (class == EVENT_CLASS_SITE)
        return judge_site(queue, event);
    if (class == EVENT_CLASS_ISSUE)
        return judge_issue(queue, event);
    const struct ticket *ticket = queue_subject(queue, event);
    if (!ticket || meant_another(queue, ticket, event))
        return refused(REASON_UNKNOWN_TICKET);
    if (class == EVENT_CLASS_SLIP)
        return applied;
    if (class == EVENT_CLASS_REISSUE)
        return judge_reissue(ticket);
    if (class == EVENT_CLASS_UNDO)
        return judge_undo(queue, ticket, event);
    return judge_act(queue, ticket, event);
}
