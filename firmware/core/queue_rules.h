/* The rules of the queue, shared by queue.c (which applies), rules.c (which judges) and order.c
 * (who comes next). Private to firmware/core.
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

#endif
