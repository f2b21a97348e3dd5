/* The outbox: the device's own events that the cloud has not confirmed, as read into memory.
 *
 * An event is drafted (id, counter and author filled in), made durable by the journal, and only
 * then kept here. The journal's table is the truth; this is its copy.
 */
#ifndef MACHIAI_KIOSK_OUTBOX_H
#define MACHIAI_KIOSK_OUTBOX_H

#include "journal.h"

enum {
    OUTBOX_BATCH_MAX = 100,          /* events of one upload */
    OUTBOX_BATCH_BYTES = 200 * 1024, /* the cloud takes 256 KiB */
    OUTBOX_ANSWER_MS = 30 * 1000     /* an acknowledged event that did not come back by then is
                                        uploaded again: repetition is harmless */
};

struct outbox_item {
    struct event event;
    char *text;
    int64_t sent_up_ms; /* acknowledged at this uptime; 0 = not */
    bool refused;       /* the cloud cannot read it: not sent again on this connection */
};

struct outbox {
    struct outbox_item **items; /* in the order of their counters */
    int count, capacity;
    int64_t counter; /* of the last event drafted and kept */
};

struct outbox_draft {
    struct event event;
    char *text;
    struct journal_event row; /* for the journal; points into the draft */
};

void outbox_init(struct outbox *outbox);
void outbox_finish(struct outbox *outbox);
/* Reads the journal's table. A row that cannot be read is reported and left where it is. */
int outbox_load(struct outbox *outbox, struct journal *journal) __attribute__((warn_unused_result));

/* A lower-case UUID, version 4. */
void outbox_uuid(char text[static UID_SIZE]);
/* The same one for the same seed. */
void outbox_uuid_of(const char *seed, char text[static UID_SIZE]);

/* Completes the event (id where it has none, device, counter, base, at) and writes its text. ahead:
 * drafts made before this one that become durable in the same transaction. -ENOBUFS when the outbox
 * is full. The draft is then kept or dropped; drafts are kept in the order in which they were made.
 */
int outbox_draft(const struct outbox *outbox, const struct event *event, int ahead,
                 const char *device, int64_t base, int64_t at, struct outbox_draft *ret)
    __attribute__((warn_unused_result));
/* The draft is in the journal now. */
void outbox_keep(struct outbox *outbox, struct outbox_draft *draft);
void outbox_drop(struct outbox_draft *draft);

/* Its confirmed copy is in the journal. Unknown ids are ignored. */
void outbox_forget(struct outbox *outbox, const char *id);

/* {"events":[...]} of what is to be uploaded now, at most max events; NULL when there is nothing
 * (or no memory). Caller frees. */
char *outbox_batch(const struct outbox *outbox, int64_t up_ms, int max, int *ret_count);
/* The cloud has given its verdict on an event. False for an unknown id. */
bool outbox_sent(struct outbox *outbox, const char *id, int64_t up_ms);
/* The cloud cannot read this event, or the first that would be uploaded (id NULL): it stays, but
 * is not sent again on this connection. */
void outbox_refuse(struct outbox *outbox, const char *id, int64_t up_ms);
/* A new connection: everything is to be uploaded again. */
void outbox_unsend(struct outbox *outbox);

#endif
