/* Whoever holds a slip's secret link, or that of a booking from home: what they may read of their
 * ticket, and the three things that they may do.
 */
#ifndef MACHIAI_CLOUD_HOLDER_H
#define MACHIAI_CLOUD_HOLDER_H

#include <cjson/cJSON.h>

#include "cloud.h"
#include "ids.h"
#include "queue.h"

enum { HOLDER_PARTY_MAX = 8, HOLDER_LATE_KEEP_DAYS = 2 };

struct holder {
    struct site *site;
    char ticket[UID_SIZE];
    char code[IDS_CODE_SIZE];
};

int holder_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* -ENOENT: nobody has this code. */
int holder_find(struct cloud *cloud, const char *code, struct holder *ret)
    __attribute__((warn_unused_result));

/* view_ticket() with clinic, session, queue (view_patient), "booked", "slot_from", "slot_to",
 * "come_now_at", "party":[{"number","state","code"}] (the holder's own first; codes of
 * bookings), "late": ms or 0, "mail",
 * "may":{"late","cancel","mail"}, "check_in" (what is typed at the terminal). -ESTALE: the ticket
 * is of another day. */
int holder_json(struct cloud *cloud, const struct holder *holder, cJSON **ret)
    __attribute__((warn_unused_result));

/* "I am late", for the whole party: staff see it beside the ticket, its place stays. -EPERM: not in
 * this state of the ticket. */
int holder_late(struct cloud *cloud, const struct holder *holder)
    __attribute__((warn_unused_result));
/* Gives a booking up; all: of everybody of the party. -EPERM: it is none, or it is too late. */
int holder_cancel(struct cloud *cloud, const struct holder *holder, bool all)
    __attribute__((warn_unused_result));
/* The moment of holder_late(), or 0. */
int holder_late_at(struct db *db, const char *site, const char *ticket, int64_t *ret)
    __attribute__((warn_unused_result));
/* Adds "late": ms to those tickets of view_staff() that have said so. */
int holder_mark_late(struct db *db, const char *site, cJSON *view)
    __attribute__((warn_unused_result));
int holder_forget(struct db *db, int64_t now) __attribute__((warn_unused_result));

/* Whether mail_ready holds and it is still far enough that a mail makes sense. */
bool holder_may_mail(const struct queue *queue, const struct ticket *ticket, int64_t now);

#endif
