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
int queue_desk_index(const struct queue *queue, int desk_no);
/* Place behind the N-th ticket after this one in its line; 0 places = at the end. */
int64_t queue_place_back(const struct queue *queue, const struct ticket *ticket, int places);

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
