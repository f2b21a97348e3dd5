/* Notices: what the clinic and the operator must know and cannot see in the queue, each until
 * somebody says that it is seen. One a site, kind and device: what happens again counts up, and
 * opens it again.
 */
#ifndef MACHIAI_CLOUD_NOTICES_H
#define MACHIAI_CLOUD_NOTICES_H

#include <cjson/cJSON.h>

#include "db.h"

enum { NOTICES_MAX = 100 /* of a site, told at once */ };

/* kind, its name on the wire; what to do about each is in EXCEPTIONS.md */
#define NOTICES(X)                                                                                 \
    X(RESTORED, "restored")     /* the database is a backup; kiosks give back what they have */    \
    X(RECOVERED, "recovered")   /* ... that is over: numbers go on behind a gap */                 \
    X(DIVERGED, "diverged")     /* a device's records were set back: it has a new letter */        \
    X(QUARANTINE, "quarantine") /* events that the log does not take are kept aside */             \
    X(NOT_UNDERSTOOD, "not_understood") /* a kiosk cannot read this cloud's log */                 \
    X(STATE, "state")                   /* a kiosk had come to another state; it began anew */     \
    X(RECORDS, "records")               /* a kiosk's journal was damaged and made anew */          \
    X(CALLED_NUMBER, "called_number")   /* called at an offline kiosk; nobody has this number */   \
    X(CLAIMED, "claimed")   /* an offline kiosk's ticket stands for a booking: see its place */    \
    X(REISSUE, "reissue")   /* no kiosk answered the request for a further slip */                 \
    X(LEFT_OUT, "left_out") /* served at a kiosk, and not in the line: see left_out.h */           \
    X(OFFLINE_ACTS, "offline_acts") /* done at a kiosk while its line was down; counted */         \
    X(SUSPENDED, "suspended")       /* a service was suspended (terms 12): which */                \
    X(SUSPENSION, "suspension")     /* ... and its cause: contractor and operator alone */         \
    X(RESUMED, "resumed")           /* ... and goes on */                                          \
    X(INTERRUPTION, "interruption") /* the service pauses for a span (terms 13): from, to */       \
    X(ENDING, "ending")             /* a service ends on a day (terms 14-16): which, from */       \
    X(ENDED, "ended")               /* ... that day has come */                                    \
    X(POWER, "power")               /* a kiosk's board: as HEALTH_TROUBLES has them, same order */ \
    X(STORAGE, "storage")                                                                          \
    X(HEAT, "heat")                                                                                \
    X(SPACE, "space")

enum notice {
#define X(name, text) NOTICE_##name,
    NOTICES(X)
#undef X
        NOTICE_COUNT
};
const char *notice_name(enum notice kind);

int notices_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* device "" = the site's; of called_number, claimed, reissue and left_out, which are not a
 * device's, the id of the event or ticket; of suspended, suspension, resumed, ending and ended the
 * service. detail: an object with what the page fills in (taken over), or NULL. */
int notices_put(struct db *db, const char *site, enum notice kind, const char *device,
                cJSON *detail, int64_t now) __attribute__((warn_unused_result));
/* [{"id","kind","device","first","last","count","detail":{..}}] of what nobody has seen yet, oldest
 * first, as the clinic's staff may read it. NULL when it could not be read. */
cJSON *notices_json(struct db *db, const char *site);
/* The same of what contractor and operator alone may read. */
cJSON *notices_owners_json(struct db *db, const char *site);
/* What the notice said is over. */
int notices_end(struct db *db, const char *site, enum notice kind, const char *device)
    __attribute__((warn_unused_result));
/* Somebody has seen it. -ENOENT: there is none such. */
int notices_seen(struct db *db, const char *site, const char *id, const char *user, int64_t now)
    __attribute__((warn_unused_result));

#endif
