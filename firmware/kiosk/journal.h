/* The journal: what a kiosk must not forget. SQLite, WAL, synchronous=FULL.
 *
 * Every function that changes something is one transaction: when it returns 0 the change is on the
 * disk, else nothing has changed. Errors: -ENOSPC the disk is full, -EIO it fails, -EBADMSG the
 * file is damaged (journal_damaged() stays true from then on), -EEXIST the row is there.
 *
 * One thread; one process a directory (journal_open locks it).
 */
#ifndef MACHIAI_KIOSK_JOURNAL_H
#define MACHIAI_KIOSK_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "entry.h"
#include "station.h"
#include "station_clock.h"

enum {
    JOURNAL_VERSION = 3,
    JOURNAL_PATH_SIZE = 640,
    JOURNAL_OUTBOX_MAX = 8192,   /* own events that the cloud has not confirmed */
    JOURNAL_INTENTS_MAX = 64,    /* requests under way */
    JOURNAL_TICKETS_MAX = 20000, /* issued tickets that are kept for their slips */
    JOURNAL_LANGUAGE_SIZE = 8,
    /* Numbers of the own series that are passed over after a rescue: slips with them may exist. */
    JOURNAL_SLIP_GAP = 3, /* further slips of one ticket that a lost ledger may have held */
    JOURNAL_LETTER_GAP = 20,
    JOURNAL_COUNTER_GAP = 1000, /* of the device's counter, after a rescue */
    JOURNAL_UUID_SIZE = 64      /* of a print job */
};

struct journal;

/* What journal_open() found. */
struct journal_found {
    bool fresh;                    /* the journal is new */
    char aside[JOURNAL_PATH_SIZE]; /* a damaged one was renamed to this; "" = none */
    int rescued;                   /* own events read out of the damaged one */
};

/* Opens or makes DIR/journal.db. A damaged one is set aside, and what can still be read of its
 * outbox and tickets goes into the new one. -EBUSY: another kiosk uses the directory; -EPROTO: a
 * newer kiosk wrote it. */
int journal_open(const char *dir, struct journal **ret, struct journal_found *ret_found)
    __attribute__((warn_unused_result));
void journal_close(struct journal *journal);
/* The file turned out to be damaged while in use: journal_renew(). */
bool journal_damaged(const struct journal *journal);
/* A renewal has failed. */
bool journal_closed(const struct journal *journal);
/* Sets the file aside and begins a new one; rescue: with what can be read of the old one. On
 * failure the journal stays closed: everything fails until it is renewed. */
int journal_renew(struct journal *journal, const char *dir, bool rescue,
                  struct journal_found *ret_found) __attribute__((warn_unused_result));

/* -- meta -------------------------------------------------------------------------------------- */
/* "" and 0 for what is not there. */
int journal_set_text(struct journal *journal, const char *key, const char *value)
    __attribute__((warn_unused_result));
int journal_set_int(struct journal *journal, const char *key, int64_t value)
    __attribute__((warn_unused_result));
int64_t journal_int(struct journal *journal, const char *key);
/* Caller frees; NULL when memory runs out. */
char *journal_text(struct journal *journal, const char *key);

/* -- own events -------------------------------------------------------------------------------- */
struct journal_event {
    int64_t counter;
    char id[UID_SIZE];
    const char *text;
};

/* Puts an own event into the outbox and counts it. */
int journal_post(struct journal *journal, const struct journal_event *event)
    __attribute__((warn_unused_result));
/* Calls each row of the outbox in the order of its counter; a negative return ends it and is
 * handed on. */
int journal_each_event(struct journal *journal,
                       int (*each)(const struct journal_event *event, void *context), void *context)
    __attribute__((warn_unused_result));
/* The device's counter: of the last event posted, or of an own event that the cloud has. */
int64_t journal_counter(struct journal *journal);
/* The cloud has own events up to there, which an earlier journal posted. Never lowers it. */
int journal_raise_counter(struct journal *journal, int64_t counter)
    __attribute__((warn_unused_result));

/* -- the confirmed prefix ---------------------------------------------------------------------- */
/* Appends entries and deletes the outbox rows whose confirmed copies they are. */
int journal_confirm(struct journal *journal, const struct entry *entries, int count)
    __attribute__((warn_unused_result));
/* Calls each entry after seq, in order; it is finished afterwards. */
int journal_each_entry(struct journal *journal, int64_t seq,
                       int (*each)(const struct entry *entry, void *context), void *context)
    __attribute__((warn_unused_result));
/* The cloud's history was replaced: forgets the prefix; the device's own events in it go back to
 * the outbox, to be uploaded again. */
int journal_restart(struct journal *journal, const char *device)
    __attribute__((warn_unused_result));

/* A state takes the prefix's place. replaced: it is of another history, so the device's own events
 * of the old prefix go back to the outbox; else the cloud has them. */
int journal_replace(struct journal *journal, const char *device, bool replaced, int64_t seq,
                    const char *hash, const char *rules, const struct queue *queue)
    __attribute__((warn_unused_result));
/* Own events that a state covers: the cloud has them at places before its own. */
int journal_covered(struct journal *journal, const char (*ids)[UID_SIZE], int count)
    __attribute__((warn_unused_result));

/* Stores the state at (seq, hash) and forgets entries before keep_from that it covers, and tickets
 * beyond JOURNAL_TICKETS_MAX. rules names the reducer that made it. */
int journal_save_state(struct journal *journal, int64_t seq, const char *hash, const char *rules,
                       const struct queue *queue, int64_t keep_from)
    __attribute__((warn_unused_result));
/* 0 and the state last stored, if these rules made it; else -ENOENT (also: damaged). queue is an
 * initialised one. */
int journal_load_state(struct journal *journal, const char *rules, int64_t *ret_seq,
                       char ret_hash[static HASH_SIZE], struct queue *queue)
    __attribute__((warn_unused_result));
/* An entry of this seq and hash is kept. */
bool journal_has(struct journal *journal, int64_t seq, const char *hash);
/* Seq of the oldest entry; 0 = none. */
int64_t journal_first_seq(struct journal *journal);

/* -- tickets ----------------------------------------------------------------------------------- */
/* A request that has no numbers yet. */
struct journal_intent {
    char ticket[UID_SIZE]; /* of the first person; the others' follow from it */
    char service[KEY_SIZE];
    char language[JOURNAL_LANGUAGE_SIZE];
    int persons;
    bool no_voice;
    struct clock_stamp stamp;
};

#define SLIP_STATES(X)                                                                             \
    X(INTENT, "intent")       /* to be printed; no data has gone to the printer for all we know */ \
    X(SUBMITTED, "submitted") /* a job exists */                                                   \
    X(PRINTED, "printed")                                                                          \
    X(FAILED, "failed")                                                                            \
    X(UNKNOWN, "unknown") /* nobody can tell whether it exists */                                  \
    X(VOID, "void")       /* another slip of that ticket was asked for after it */

enum slip_state {
#define X(name, text) SLIP_##name,
    SLIP_STATES(X)
#undef X
        SLIP_STATE_COUNT
};
const char *slip_state_name(enum slip_state state);
int slip_state_parse(const char *name, enum slip_state *ret) __attribute__((warn_unused_result));

struct journal_slip {
    char ticket[UID_SIZE];
    int print_count;
    enum slip_state state;
    int job_id;
    char job_uuid[JOURNAL_UUID_SIZE];
};

int journal_intend(struct journal *journal, const struct journal_intent *intent)
    __attribute__((warn_unused_result));
/* The request got no ticket. events: ticket_abandoned, one a person, or none. */
int journal_drop(struct journal *journal, const char *ticket, const struct journal_event *events,
                 int count) __attribute__((warn_unused_result));
/* The request has its numbers: ends the intent (of the first ticket) and stores, for each person,
 * the ticket, its event and the slip's ledger row (print_count 0: there will be no slip). events
 * NULL: they are the cloud's. -EEXIST when one of the tickets has its number already. */
int journal_issue(struct journal *journal, const struct station_ticket *tickets, int count,
                  const struct clock_stamp *stamp, const struct journal_event *events)
    __attribute__((warn_unused_result));
/* Moves a slip on, never back: -ENOENT for an unknown one, -EALREADY when its fate is known. event:
 * the slip's event, or NULL. */
int journal_slip(struct journal *journal, const struct journal_slip *slip,
                 const struct journal_event *event) __attribute__((warn_unused_result));

/* Calls each ticket that was issued here on a day, oldest first. */
int journal_each_ticket(struct journal *journal, const char *date,
                        void (*each)(const struct station_ticket *ticket, void *context),
                        void *context) __attribute__((warn_unused_result));

/* Staff asked for one more slip by the event `request`: makes the former slips of the ticket void,
 * and a new row with the next print_count. event: the request itself, when it is made here, or
 * NULL. ret: the ticket as it is to be printed. -ENOENT: this kiosk has not issued it; -EALREADY:
 * the request was heard before. */
int journal_reissue(struct journal *journal, const char *ticket, const char *request,
                    const struct journal_event *event, struct station_ticket *ret)
    __attribute__((warn_unused_result));

/* Fills at most max, oldest first; gives the count. */
int journal_intents(struct journal *journal, struct journal_intent *ret, int max)
    __attribute__((warn_unused_result));

struct journal_open_slip {
    struct station_ticket ticket; /* print_count is the slip's */
    struct clock_stamp stamp;     /* of the ticket's issue */
    enum slip_state state;        /* INTENT or SUBMITTED */
};
/* Slips whose fate is not known, oldest first. */
int journal_open_slips(struct journal *journal, struct journal_open_slip *ret, int max)
    __attribute__((warn_unused_result));

#endif
