/* The rules of the queue, shared by queue.c (which applies), rules.c (which judges) and order.c
 * (who comes next), series.c (numbers), gate.c (intake). Private to firmware/core.
 */
#ifndef MACHIAI_CORE_QUEUE_RULES_H
#define MACHIAI_CORE_QUEUE_RULES_H

#include "queue.h"

enum event_class {
    EVENT_CLASS_SITE,  /* no ticket's: settings, sessions, messages, devices */
    EVENT_CLASS_ISSUE, /* a ticket comes to be or gets its number */
    EVENT_CLASS_ACT,   /* moves a ticket */
    EVENT_CLASS_UNDO,
    EVENT_CLASS_SLIP,   /* tells of a slip: moves nothing, only counts */
    EVENT_CLASS_REISSUE /* asks for one more slip: as above */
};

enum event_class event_class(enum event_kind kind);
/* The state that an act leads to; false where that depends on more than the kind. */
bool event_target(enum event_kind kind, enum ticket_state *ret);
/* The ticket that an event is about, by id or (CALLED_NUMBER) by number; NULL when unknown. */
const struct ticket *queue_subject(const struct queue *queue, const struct event *event);
bool ticket_finished(const struct ticket *ticket);
/* Stands in the line and may be called next. */
bool ticket_callable(const struct ticket *ticket);
int queue_desk_index(const struct queue *queue, int desk_no);

/* -- order.c -- */
enum {
    PLACES_A_MS = 1000,   /* places in the line that a millisecond has */
    PLACE_UNARRIVED = 999 /* the last of them: who booked a slot stands behind who arrived for it */
};
/* Place of a waiting ticket behind the N-th callable one after it in its line; 0 places = at the
 * end, as one who comes at this time. Where there is no place left between two, all behind it move
 * up by as many. */
int64_t queue_place_back(struct queue *queue, const struct ticket *ticket, int places, int64_t at);
/* Place of one who comes at this time, behind all who came in the same millisecond. */
int64_t queue_place_at(const struct queue *queue, const struct ticket *ticket, int64_t at);

/* -- join.c -- */
/* CLAIMED: with a target, of the cloud, the ticket takes over the booking; else nothing moves. */
struct judgement join_judge(const struct queue *queue, const struct event *event);
void join_apply(struct queue *queue, const struct event *event);

/* -- calls.c -- */
void calls_remember(struct queue *queue, const struct ticket *ticket);
/* Before the undo of a ticket's last call: the board shows the call before it again, or none. */
void calls_undo(struct queue *queue, const struct ticket *ticket);

/* -- digest.c -- */
/* Takes up what changed in a ticket of the queue. */
void digest_ticket(struct queue *queue, struct ticket *ticket);
/* The same for all of them, in their present order. */
void digest_tickets(struct queue *queue);

/* -- series.c -- */
bool channel_remote(enum channel channel);
/* The letter is a series of the cloud's, by a service's prefix. */
bool series_prefix(const struct queue *queue, char letter);
/* The desk gives numbers of any series. */
bool series_any(const struct queue *queue, const struct desk *desk);
/* Numbers of this series go on after this one. */
void series_count(struct queue *queue, int desk_no, struct number number);
/* The counter that NUMBERS_JUMPED moves: the prefix's, the web range's, or the desk's; NULL when
 * there is no such series. */
const int *series_jumped(const struct queue *queue, const struct event *event);
void series_restart(struct queue *queue);

#endif
