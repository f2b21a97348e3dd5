/* The queue of a site: all desks, all tickets of the present day.
 *
 * queue_apply() alone changes it, one log entry at a time, and the same entries give the same
 * state in kiosk, cloud and simulator. Nothing here reads a clock: time comes in with the entry
 * or as an argument.
 */
#ifndef MACHIAI_CORE_QUEUE_H
#define MACHIAI_CORE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

enum {
    QUEUE_TICKETS_MAX = 4096, /* unfinished and finished tickets of a day, all desks */
    QUEUE_CALLS_MAX = 32,     /* calls that are remembered for the board */
    /* Versions of the rules that this program can follow. A session pins one that every kiosk of
     * the site supports. 1: as first released. 2: reserved places, recall tolerance, prefixes, web
     * ranges, families called together, arrival order inside a slot, bookings taken over by a
     * claim. What queue_digest() covers is part of the rules too: a change of either is a new
     * version. */
    RULES_MIN = 1,
    RULES_MAX = 2,
    QUEUE_TIME_UNKNOWN = -1 /* queue_intake(): no trusted time */
};

/* state, its name on the wire, how far along the visit it is (see queue_judge) */
#define TICKET_STATES(X)                                                                           \
    X(OFFERED, "offered", 0)                                                                       \
    X(RESERVED, "reserved", 1)                                                                     \
    X(WAITING, "waiting", 2)                                                                       \
    X(HELD, "held", 3)                                                                             \
    X(ABSENT, "absent", 4)                                                                         \
    X(CALLED, "called", 5)                                                                         \
    X(CANCELLED, "cancelled", 6)                                                                   \
    X(IN_ROOM, "in_room", 7)                                                                       \
    X(IN_EXAM, "in_exam", 8)                                                                       \
    X(TO_PAY, "to_pay", 9)                                                                         \
    X(DONE, "done", 10)

enum ticket_state {
#define X(name, text, rank) TICKET_##name,
    TICKET_STATES(X)
#undef X
        TICKET_STATE_COUNT
};

/* What undo must bring back. */
struct ticket_before {
    enum ticket_state state;
    int desk_no;
    int stage;
    char room[KEY_SIZE];
    int64_t place;
    int64_t called_ms;
    int calls;
    int priority;
    char reason[NAME_SIZE];
    bool turned; /* the act was a call that took a turn of its desk, in this session */
};

struct ticket {
    char id[UID_SIZE];
    enum ticket_state state;
    struct number number;
    enum channel channel;
    int desk_no;
    int stage; /* transfers so far; a stale event of an earlier stage never applies */
    char service[KEY_SIZE];
    char room[KEY_SIZE];
    char device[UID_SIZE]; /* the kiosk that issued it */
    char family[UID_SIZE];
    int issue_desk_no; /* where it was issued: limits count it there, wherever it is now; 0: nowhere
                        */
    bool booked;       /* a turn or slot booking */
    bool no_voice;     /* not to be called aloud */
    struct session session;
    int64_t accepted_ms;
    int64_t place; /* order within its desk; smaller goes first */
    int64_t slot_from, slot_to;
    int priority;
    char reason[NAME_SIZE]; /* why: staff only */
    int64_t called_ms;      /* last call; 0 = never */
    int calls;
    int absent_turn;           /* its desk's turns when it became absent */
    int slips;                 /* slips that may exist */
    int reissues;              /* further slips that staff asked for */
    char last_event[UID_SIZE]; /* last effective event */
    struct ticket_before before;
    bool can_undo;   /* last_event may be undone */
    bool abandoned;  /* cancelled because its offer was not taken: only its device brings it back */
    uint64_t digest; /* its part of the queue's tickets_digest */
};

/* A call as the board shows it: it stays when the ticket moves on to another desk. */
struct queue_call {
    char ticket[UID_SIZE];
    struct number number;
    int desk_no;
    char room[KEY_SIZE];
    int64_t called_ms;
};

struct queue_desk {
    int next;     /* next value of the desk's range to be tried */
    int web_next; /* of its range for web and phone */
    bool paused;
    int turns; /* people called out of its line in this session: see booking_every */
};

struct queue_letter {
    char device[UID_SIZE]; /* "" = not given; a service's prefix is never given */
    int next;
    bool retired; /* its device has a later one: no number of it is given any more */
};

struct queue {
    struct settings settings;
    bool has_settings;
    char settings_event[UID_SIZE]; /* the event that they came with */
    int rules;                     /* version that the session pins */
    struct session session;        /* the session opened last */
    bool session_closed;           /* by staff, before its time */
    struct ticket *tickets;        /* order of issue */
    int count, capacity;
    struct queue_desk desks[SETTINGS_DESKS_MAX]; /* by index in settings.desks */
    struct queue_letter letters[26];
    struct queue_call calls[QUEUE_CALLS_MAX]; /* latest first, one a ticket and desk */
    int call_count;
    char message[MESSAGE_SIZE];
    uint64_t tickets_digest; /* kept by queue_apply(), so that queue_digest() is cheap */
};

#define VERDICTS(X) X(APPLIED, "applied") X(SUPERSEDED, "superseded") X(REFUSED, "refused")
enum verdict {
#define X(name, text) VERDICT_##name,
    VERDICTS(X)
#undef X
        VERDICT_COUNT
};

#define REASONS(X)                                                                                 \
    X(NONE, "")                                                                                    \
    X(STALE, "stale")                                                                              \
    X(UNKNOWN_TICKET, "unknown_ticket")                                                            \
    X(UNKNOWN_DESK, "unknown_desk")                                                                \
    X(UNKNOWN_ROOM, "unknown_room")                                                                \
    X(NUMBER_LIVE, "number_live")                                                                  \
    X(REPEATED, "repeated")                                                                        \
    X(STATE, "state")                                                                              \
    X(UNDO_LATE, "undo_late")                                                                      \
    X(FULL, "full")                                                                                \
    X(NO_SETTINGS, "no_settings")                                                                  \
    X(NOT_YOURS, "not_yours")                                                                      \
    X(LETTER_GIVEN, "letter_given")                                                                \
    X(RULES, "rules")                                                                              \
    X(NO_REASON, "no_reason")
enum reason {
#define X(name, text) REASON_##name,
    REASONS(X)
#undef X
        REASON_COUNT
};

struct judgement {
    enum verdict verdict;
    enum reason reason;
};

void queue_init(struct queue *queue);
void queue_finish(struct queue *queue);
/* Deep copy into an initialised queue; -ENOMEM leaves ret as it was. */
int queue_copy(const struct queue *queue, struct queue *ret) __attribute__((warn_unused_result));
/* A deep copy of its own; NULL = out of memory. For who makes many: nothing is written twice. */
struct queue *queue_clone(const struct queue *queue) __attribute__((warn_unused_result));
/* Of queue_clone(). Accepts NULL. */
void queue_destroy(struct queue *queue);

/* What applying the event would give; changes nothing. */
struct judgement queue_judge(const struct queue *queue, const struct event *event);

/* Applies an event at its effective time (an entry's `at`; for an own event not yet confirmed, its
 * claim). Returns the judgement; anything but APPLIED leaves the queue as it was. Running out of
 * memory aborts: a queue that silently lacks a ticket would be worse. */
struct judgement queue_apply(struct queue *queue, const struct event *event, int64_t at);

/* Lookups; NULL when there is none. Pointers hold until the next apply. */
const struct ticket *queue_ticket(const struct queue *queue, const char *id);
/* Live ticket that holds the number, i.e. neither done nor cancelled. */
const struct ticket *queue_holder(const struct queue *queue, struct number number);
/* The ticket that "call next" means at a desk (at `now`, for slots): the first callable one of
 * queue_line(). */
const struct ticket *queue_next(const struct queue *queue, int desk_no, int64_t now);
/* The number that the cloud gives next at a desk: of the service's own series where it has a
 * prefix, of the web range where the desk has one and the channel is web or phone, else of the
 * desk's range. service may be "". Value 0 when that series is used up. */
struct number queue_next_number(const struct queue *queue, int desk_no, const char *service,
                                enum channel channel);
/* Own-series number of a letter; value 0 when used up. */
struct number queue_next_letter_number(const struct queue *queue, char letter);
/* The letter that a device gives numbers of, the latest that it was given; or 0. */
char queue_letter_of(const struct queue *queue, const char *device);
/* First letter that no device ever got and no service has as its prefix, or 0 when there is none.
 */
char queue_free_letter(const struct queue *queue);
/* Whether settings may replace the present ones: their prefixes are no device's letters, and no
 * desk goes away under people who wait there. -EINVAL with a path ("services[1].prefix: ..."). */
int queue_settings_fit(const struct queue *queue, const struct settings *settings, char *error,
                       size_t error_size) __attribute__((warn_unused_result));

/* gate, its name on the wire */
#define INTAKE_GATES(X)                                                                            \
    X(OPEN, "open")                                                                                \
    X(BEFORE, "before")         /* today's hours have not begun */                                 \
    X(BREAK, "break")           /* between two sessions, also when staff closed the first */       \
    X(ENDED, "ended")           /* today's hours are over, or staff closed the last session */     \
    X(CLOSED_DAY, "closed")     /* no hours today */                                               \
    X(PAUSED, "paused")         /* staff stopped intake at this desk */                            \
    X(FULL, "full")             /* the limit of the session, the desk or the channel */            \
    X(SUSPENDED, "suspended")   /* terms 12; patients never read why */                            \
    X(NO_SERVICE, "no_service") /* not in the contract, no such desk, or it gives no numbers */
enum intake_gate {
#define X(name, text) GATE_##name,
    INTAKE_GATES(X)
#undef X
        GATE_COUNT
};

/* The one gate of issuing, for cloud and kiosk: whether a desk takes a new ticket of a channel at
 * `now`. Pauses, closing and counts are those of the session that `now` belongs to, whether or not
 * it was opened yet. QUEUE_TIME_UNKNOWN: the hours are not asked, the session goes on. Uploads are
 * never gated. */
enum intake_gate queue_intake(const struct queue *queue, int desk_no, enum channel channel,
                              int64_t now);
const char *intake_gate_name(enum intake_gate gate);

/* People who wait at a desk (0 = all desks): waiting, and absent when the clinic counts them;
 * turn bookings from their issue, slot bookings from arrival or the start of their slot. */
int queue_waiting(const struct queue *queue, int desk_no, int64_t now);
/* The same, for one service. */
int queue_waiting_service(const struct queue *queue, const char *service, int64_t now);
/* "N before you"; -1 for a ticket that no longer waits. Of a ticket in its desk's queue_line() it
 * is the index there. */
int queue_before(const struct queue *queue, const struct ticket *ticket, int64_t now);
/* So few are before them that the patient should come now. */
bool queue_come_now(const struct queue *queue, const struct ticket *ticket, int64_t now);
/* Tickets of a desk (0 = all) in the order in which they will be served; fills at most max.
 *
 * The line of a desk: those who count, by priority, then place, then arrival, then issue. Rules 2
 * with booking_every N: callable people take the desk's turns in that order, but every Nth turn of
 * the session goes to the first booking that has arrived, of the same priority as whoever's turn it
 * would be; where there is none, the turn is anybody's. Who cannot be called (absent, not arrived)
 * keeps their place between the others and takes no turn. */
int queue_line(const struct queue *queue, int desk_no, int64_t now, const struct ticket **ret,
               int max);
/* Calls, latest first (live and passed ones), desk 0 = all; fills at most max. */
int queue_calls(const struct queue *queue, int desk_no, const struct queue_call **ret, int max);
/* The call is still going on: its ticket is still called there, within the clinic's live_minutes.
 */
bool queue_call_live(const struct queue *queue, const struct queue_call *call, int64_t now);

/* 64-bit digest of the state, equal where the states are equal. */
uint64_t queue_digest(const struct queue *queue);

const char *ticket_state_name(enum ticket_state state);
const char *verdict_name(enum verdict verdict);
int verdict_parse(const char *name, enum verdict *ret) __attribute__((warn_unused_result));
const char *reason_name(enum reason reason);

#endif
