/* The site's log as this kiosk has it: the confirmed prefix, and the view that screens show, which
 * is the prefix followed by the own events that are not confirmed yet.
 */
#ifndef MACHIAI_KIOSK_STATION_LOG_H
#define MACHIAI_KIOSK_STATION_LOG_H

#include "outbox.h"
#include "snapshot.h"

enum {
    LOG_SAVE_EVERY = 2000, /* entries between two stored states */
    LOG_KEEP = 10000       /* entries kept behind the stored state, for a cloud that was restored */
};

struct station_log {
    struct journal *journal;
    char device[UID_SIZE];
    struct queue confirmed, view;
    int64_t seq; /* cursor: the last confirmed entry, */
    char hash[HASH_SIZE];
    int64_t saved_seq;
    int64_t cried_seq; /* calls up to this entry were cried out, perhaps before it was stored */
    bool strayed;      /* an entry gave another state here than in the cloud */
    struct outbox outbox;
};

void station_log_init(struct station_log *log);
void station_log_finish(struct station_log *log);
/* Reads prefix and outbox out of the journal, which must outlive the log. When the stored state
 * is of other rules and older entries are gone, the prefix is dropped, to be fetched again. */
int station_log_load(struct station_log *log, struct journal *journal, const char *device)
    __attribute__((warn_unused_result));

/* The cloud has this device's event of that counter; these records never made it: they are of an
 * old card image. */
bool station_log_lacks(const struct station_log *log, int64_t counter);
/* Entries that follow the cursor (the caller has checked): durable, then applied; the outbox rows
 * they confirm are gone. The view is not made anew: station_log_rebase(). */
int station_log_confirm(struct station_log *log, const struct entry *entries, int count)
    __attribute__((warn_unused_result));
/* The cloud's history was replaced: back to the beginning, own events to the outbox. */
int station_log_restart(struct station_log *log) __attribute__((warn_unused_result));
/* A snapshot takes the prefix's place; takes the queue over on success. replaced: of another
 * history, so own events go to the outbox. counter: of the device's last event in the cloud. */
int station_log_replace(struct station_log *log, struct snapshot *snapshot, bool replaced,
                        int64_t counter) __attribute__((warn_unused_result));
/* Uploaded events that a snapshot covers leave the outbox. */
int station_log_covered(struct station_log *log, const char (*ids)[UID_SIZE], int count)
    __attribute__((warn_unused_result));
/* Makes the view: prefix, then outbox. */
void station_log_rebase(struct station_log *log);
/* Makes the view that entries will give which follow the cursor and are not stored yet. Only for
 * eyes: it may be forgotten with the power, since the cursor still asks for them. */
void station_log_foresee(struct station_log *log, const struct entry *entries, int count);

/* Drafts an own event at the present state. The caller makes it durable, then keeps or drops it.
 * ahead: as outbox_draft(). */
int station_log_draft(struct station_log *log, const struct event *event, int ahead, int64_t at,
                      struct outbox_draft *ret) __attribute__((warn_unused_result));
/* The draft is durable: keeps it and makes the view anew. */
void station_log_keep(struct station_log *log, struct outbox_draft *draft);

#endif
