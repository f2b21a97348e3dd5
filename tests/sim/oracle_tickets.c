/* The oracle's own reading of the log: whose ticket is in which state. */
#include <stdlib.h>
#include <string.h>

#include "oracle_private.h"
#include "versions.h"

enum { TICKETS_MAX = 4096 };

struct known *oracle_known;
int oracle_known_count;
struct session oracle_session;
static int rules = 1; /* that the present session pins */
static bool given[27][NUMBER_MAX + 1];

static bool *given_at(struct number number)
{
    int series = number.letter ? number.letter - 'A' + 1 : 0;
    return &given[series][number.value <= NUMBER_MAX ? number.value : 0];
}

bool oracle_given(struct number number)
{
    return *given_at(number);
}

void oracle_forget_tickets(void)
{
    if (!oracle_known)
        oracle_known = calloc(TICKETS_MAX, sizeof *oracle_known);
    if (!oracle_known)
        abort();
    oracle_known_count = 0;
    oracle_session = (struct session){0};
    rules = 1;
    memset(given, 0, sizeof given);
}

struct known *oracle_find(const char *id)
{
    for (int i = oracle_known_count - 1; i >= 0; i--)
        if (strcmp(oracle_known[i].id, id) == 0)
            return &oracle_known[i];
    return NULL;
}

/* An offer given up is not: who holds its slip may still tell the cloud. */
bool oracle_over(const struct known *ticket)
{
    return ticket && !ticket->abandoned &&
           (ticket->state == TICKET_DONE || ticket->state == TICKET_CANCELLED);
}

static const int ranks[] = {
#define X(name, text, rank) rank,
    TICKET_STATES(X)
#undef X
};

static bool is_payment(int desk_no)
{
    return desk_no == 3;
}

/* The state that an applied event leads to; false: it leads nowhere. */
static bool state_after(const struct event *event, const struct known *ticket,
                        enum ticket_state *ret)
{
    static const struct {
        enum event_kind kind;
        enum ticket_state state;
    } table[] = {
        {EVENT_BOOKED, TICKET_RESERVED},
        {EVENT_ARRIVED, TICKET_WAITING},
        {EVENT_CALLED_NUMBER, TICKET_CALLED},
        {EVENT_OFFERED, TICKET_OFFERED},
        {EVENT_TAKEN, TICKET_WAITING},
        {EVENT_ISSUED, TICKET_WAITING},
        {EVENT_ABANDONED, TICKET_CANCELLED},
        {EVENT_CALLED, TICKET_CALLED},
        {EVENT_RECALLED, TICKET_CALLED},
        {EVENT_ABSENT, TICKET_ABSENT},
        {EVENT_BACK, TICKET_WAITING},
        {EVENT_HELD, TICKET_HELD},
        {EVENT_WAITING, TICKET_WAITING},
        {EVENT_IN_ROOM, TICKET_IN_ROOM},
        {EVENT_IN_EXAM, TICKET_IN_EXAM},
        {EVENT_TRANSFERRED, TICKET_WAITING},
        {EVENT_DONE, TICKET_DONE},
        {EVENT_CANCELLED, TICKET_CANCELLED},
        {EVENT_RESTORED, TICKET_WAITING},
    };
    if (event->kind == EVENT_UNDONE || event->kind == EVENT_PRIORITISED) {
        *ret = event->kind == EVENT_UNDONE ? ticket->before : ticket->state;
        return true;
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].kind != event->kind)
            continue;
        *ret = table[i].state;
        if (event->kind == EVENT_TRANSFERRED && is_payment(event->desk_no))
            *ret = TICKET_TO_PAY;
        return true;
    }
    return false;
}

static struct known *add(const struct event *event)
{
    if (oracle_known_count == TICKETS_MAX)
        abort();
    struct known *ticket = &oracle_known[oracle_known_count++];
    *ticket = (struct known){.desk_no = event->desk_no};
    memcpy(ticket->id, event->ticket, sizeof ticket->id);
    memcpy(ticket->device, event->device, sizeof ticket->device);
    memcpy(ticket->family, event->family, sizeof ticket->family);
    ticket->slot_from = event->slot_from;
    return ticket;
}

static void check_stale(const struct entry *entry, const struct known *ticket,
                        enum ticket_state state)
{
    const struct event *event = &entry->event;
    bool stale = *event->seen && strcmp(event->seen, ticket->last) != 0;
    if (stale && ranks[state] <= ranks[ticket->state])
        sim_violation("stale: entry %lld (%s) moved %.8s back from %s to %s", (long long)entry->seq,
                      event_kind_name(event->kind), ticket->id, ticket_state_name(ticket->state),
                      ticket_state_name(state));
    bool back = event->kind == EVENT_RESTORED || event->kind == EVENT_UNDONE;
    if (ticket->state == TICKET_DONE && !back)
        sim_violation("stale: entry %lld (%s) moved %.8s, who was done", (long long)entry->seq,
                      event_kind_name(event->kind), ticket->id);
}

static bool is_call(enum event_kind kind)
{
    return kind == EVENT_CALLED || kind == EVENT_CALLED_NUMBER || kind == EVENT_RECALLED;
}

static void move(struct known *ticket, const struct event *event, enum ticket_state state)
{
    bool was_over = oracle_over(ticket);
    int desk = ticket->desk_no;
    char room[KEY_SIZE];
    memcpy(room, ticket->room, sizeof room);
    if (event->kind == EVENT_TRANSFERRED) {
        ticket->desk_no = event->desk_no;
        ticket->room[0] = '\0';
    } else if (event->kind == EVENT_UNDONE) {
        ticket->desk_no = ticket->desk_before;
        memcpy(ticket->room, ticket->room_before, sizeof ticket->room);
    } else if (is_call(event->kind) && *event->room) {
        memcpy(ticket->room, event->room, sizeof ticket->room);
    }
    if (event->kind == EVENT_TRANSFERRED || event->kind == EVENT_BACK ||
        event->kind == EVENT_PRIORITISED || event->kind == EVENT_UNDONE)
        ticket->moved = true;
    memcpy(ticket->room_before, room, sizeof room);
    ticket->before = ticket->state;
    ticket->desk_before = desk;
    ticket->state = state;
    ticket->abandoned = event->kind == EVENT_ABANDONED;
    ticket->undone =
        event->kind == EVENT_UNDONE ||
        (ticket->undone && event->kind == EVENT_PRIORITISED); /* as expected as it was */
    ticket->can_undo = event->kind != EVENT_UNDONE;
    memcpy(ticket->last, event->id, sizeof ticket->last);
    if (was_over && !oracle_over(ticket))
        oracle_check_again(ticket);
}

/* Who came together is called together, as long as they wait at the same desk. */
static bool goes_along(const struct known *ticket, const struct known *other,
                       const struct event *event)
{
    if (rules < 2 || other == ticket || !*ticket->family ||
        strcmp(other->family, ticket->family) != 0 || other->desk_no != ticket->desk_no)
        return false;
    if (event->kind == EVENT_RECALLED)
        return other->state == TICKET_CALLED && strcmp(other->room, ticket->room) == 0;
    if (event->kind == EVENT_UNDONE)
        return other->can_undo && strcmp(other->last, event->target) == 0;
    return is_call(event->kind) &&
           (other->state == TICKET_WAITING || other->state == TICKET_TO_PAY);
}

static void move_family(const struct known *ticket, const struct event *event)
{
    struct known named = *ticket;
    for (int i = 0; i < oracle_known_count; i++)
        if (&oracle_known[i] != ticket && goes_along(&named, &oracle_known[i], event))
            move(&oracle_known[i], event,
                 event->kind == EVENT_UNDONE ? oracle_known[i].before : TICKET_CALLED);
}

static struct known *holder(struct number number)
{
    for (int i = oracle_known_count - 1; i >= 0; i--)
        if (number_equal(oracle_known[i].number, number) && !oracle_over(&oracle_known[i]))
            return &oracle_known[i];
    return NULL;
}

static struct known *subject(const struct event *event)
{
    return event->kind == EVENT_CALLED_NUMBER ? holder(event->number) : oracle_find(event->ticket);
}

/* The cloud's word that a slip stands for a booking: the slip has the turn from now on, wherever
 * that is, and the booking is over. */
static void join(const struct event *event)
{
    struct known *own = oracle_find(event->ticket), *booking = oracle_find(event->target);
    if (rules < 2 || !*event->target || event->counter > 0 || !own)
        return;
    if (!booking || oracle_over(booking)) {
        sim_violation("invented: %.8s took over a booking that was not to be had", own->id);
        return;
    }
    own->slot_from = booking->slot_from;
    own->moved = true;
    if (!*own->family)
        memcpy(own->family, booking->family, sizeof own->family);
    if (own->state == TICKET_WAITING || own->state == TICKET_HELD || own->state == TICKET_ABSENT)
        own->desk_no = booking->desk_no;
    booking->state = TICKET_CANCELLED;
    own->can_undo = booking->can_undo = false;
    memcpy(own->last, event->id, sizeof own->last);
    memcpy(booking->last, event->id, sizeof booking->last);
}

void oracle_fold(const struct entry *entry)
{
    const struct event *event = &entry->event;
    enum ticket_state state = TICKET_WAITING;
    bool issue = event->kind == EVENT_OFFERED || event->kind == EVENT_TAKEN ||
                 event->kind == EVENT_ISSUED || event->kind == EVENT_BOOKED;
    if (entry->verdict == VERDICT_APPLIED && event->kind == EVENT_SESSION_OPENED) {
        rules = event->rules > 0 ? event->rules : 1;
        oracle_session = event->session;
        if (!oracle_reads_back())
            versions_check_session(rules);
    }
    if ((!*event->ticket && event->kind != EVENT_CALLED_NUMBER) ||
        entry->verdict != VERDICT_APPLIED)
        return;
    struct known *ticket = subject(event);
    if (!ticket && !issue) {
        sim_violation("invented: entry %lld (%s) is about a ticket that was never issued",
                      (long long)entry->seq, event_kind_name(event->kind));
        return;
    }
    if (!ticket)
        ticket = add(event);
    if (issue && (ticket->accepted == 0 || entry->at < ticket->accepted))
        ticket->accepted = entry->at;
    if (event->kind == EVENT_CLAIMED)
        join(event);
    if (!state_after(event, ticket, &state))
        return;
    if (issue && event->number.value) {
        ticket->number = event->number;
        *given_at(event->number) = true;
    }
    if (!issue) {
        check_stale(entry, ticket, state);
        move_family(ticket, event);
    }
    move(ticket, event, state);
    ticket->can_undo = ticket->can_undo && !issue && event->kind != EVENT_ABANDONED;
}
