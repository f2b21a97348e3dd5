/* Sites: each has one log in the database and the queue that the log gives, in memory.
 *
 * A change is a transaction on one site: site_begin(), any number of site_put(), site_commit().
 * Each put judges an event against the state that the transaction has reached and writes it to the
 * log with the next seq and the next hash. The queue that others read changes only when the disk
 * has the commit; until then they read the state before, while the next transaction on the site
 * already goes on from what this one has written (db_share()). Several processes may write the
 * same database: site_begin() first takes in what others have committed.
 *
 * Locks are taken in this order and no other: database, site. Whoever reads a queue
 * (site_read) must not use the database before site_read_end().
 */
#ifndef MACHIAI_CLOUD_SITE_H
#define MACHIAI_CLOUD_SITE_H

#include "db.h"
#include "entry.h"

enum {
    SITES_MAX = 16384,
    SITE_BATCH_MAX = 256,      /* events of one transaction: an upload and what follows from it */
    SITE_SNAPSHOT_EVERY = 2000 /* entries between two stored snapshots */
};

struct sites;
struct site;

struct sites_options {
    struct db *db;                   /* must outlive the sites */
    int64_t (*clock)(void *context); /* ms since 1970 UTC */
    /* Called after a change of the site's state, by this process or another, with no lock held.
     * May be NULL. */
    void (*changed)(struct site *site, void *context);
    /* The version of the rules that a session opened now pins; NULL: RULES_MAX. Inside a
     * transaction of the site. */
    int (*rules)(struct site *site, void *context, int *ret);
    void *context; /* of all */
};

/* Brings the tables up to date and rebuilds every site from its log. error gets a sentence
 * (DB_ERROR_SIZE), e.g. when a log's hash chain is broken: -EBADMSG. */
int sites_create(const struct sites_options *options, struct sites **ret, char *error,
                 size_t error_size) __attribute__((warn_unused_result));
void sites_destroy(struct sites *sites);

/* Makes a site whose log starts with these settings (the text of a settings object). *ret_site
 * stays valid as long as sites. -EEXIST: the clinic_no is in use; -EINVAL with error. */
int sites_add(struct sites *sites, const cJSON *settings, const char *user, struct site **ret_site,
              char *error, size_t error_size) __attribute__((warn_unused_result));
/* NULL when there is no such site. One that was erased stays valid, empty, and is not found. */
struct site *sites_find(struct sites *sites, const char *site);
/* The site and desk of a queue_id ("1024-1"), or NULL. */
struct site *sites_find_queue(struct sites *sites, const char *queue_id, int *ret_desk_no);
int sites_count(struct sites *sites);
struct site *sites_at(struct sites *sites, int index);
/* Takes in what other processes have written: new sites, new entries. Cheap when there is nothing.
 * Any thread that holds no lock. */
int sites_catch_up(struct sites *sites) __attribute__((warn_unused_result));

/* Whether the rows of a site make a log that holds together; in the transaction that wrote them. */
int sites_verify(struct sites *sites, const char *id, const char *clinic_no)
    __attribute__((warn_unused_result));
/* Takes in sites that this process has written as rows. */
int sites_refresh(struct sites *sites) __attribute__((warn_unused_result));
/* The rows of a site are gone. */
void sites_drop(struct sites *sites, const char *id);
bool site_gone(const struct site *site);

const char *site_id(const struct site *site);
const char *site_clinic_no(const struct site *site);
int64_t site_now(const struct site *site);

/* -- reading ----------------------------------------------------------------------------------- */
/* The queue as committed; nobody changes it until site_read_end(). */
const struct queue *site_read(struct site *site);
void site_read_end(struct site *site);
/* Head of the log and count of changes, to be used between site_read and site_read_end.
 * revision grows with every change, site_renew() and site_touch(). */
int64_t site_seq(const struct site *site);
const char *site_hash(const struct site *site);
uint64_t site_revision(const struct site *site);
/* Counts a change that is no entry (time has passed, a device's state); touch also tells `changed`.
 */
void site_renew(struct site *site);
void site_touch(struct site *site);

/* Calls each() for committed entries after `after`, at most max of them, oldest first. The entry is
 * valid during the call. Number of entries, or an error. */
int site_entries(struct site *site, int64_t after, int max,
                 void (*each)(const struct entry *entry, void *context), void *context)
    __attribute__((warn_unused_result));
/* The entry as JSON, or NULL. */
cJSON *site_entry_json(struct site *site, int64_t seq);
/* First entry about a ticket; 0 = the log does not know it. */
int site_ticket_seq(struct site *site, const char *ticket, int64_t *ret)
    __attribute__((warn_unused_result));
/* (seq, hash) names a state that this log has had; (0, first hash) always does. */
int site_knows(struct site *site, int64_t seq, const char *hash, bool *ret)
    __attribute__((warn_unused_result));
/* Text of the last applied settings event, unknown fields included. Caller owns it. */
int site_settings_json(struct site *site, cJSON **ret) __attribute__((warn_unused_result));

/* While frozen, nothing but site_put_entry() goes into the log: every other put gives -EAGAIN. */
void site_freeze(struct site *site, bool frozen);
bool site_frozen(const struct site *site);

/* Stores the state, so that the next start reads fewer entries, when enough have come since. */
int site_keep_snapshot(struct site *site) __attribute__((warn_unused_result));

/* -- changing ---------------------------------------------------------------------------------- */
int site_begin(struct site *site) __attribute__((warn_unused_result));
/* The same inside a transaction that the caller has begun with db_begin() (not nested deeper);
 * site_commit() or site_rollback() then end it. On failure the caller's transaction goes on. */
int site_join(struct site *site) __attribute__((warn_unused_result));
/* The state that the transaction has reached, valid until the next put. */
const struct queue *site_state(struct site *site);
/* The moment of this transaction: the same for all its events. */
int64_t site_moment(const struct site *site);
/* The last seq that the transaction has reached. */
int64_t site_head(const struct site *site);

struct site_put {
    int64_t seq, at;
    struct judgement judgement;
    bool repeated; /* the log has the event's id: this is the first answer */
};

/* 1 with *ret: the log has an event of this id; 0: it has not. */
int site_answered(struct site *site, const char *event_id, struct site_put *ret)
    __attribute__((warn_unused_result));
/* Logs an event made here; an empty id is filled in, and at when 0. */
int site_put(struct site *site, struct event *event, struct site_put *ret)
    __attribute__((warn_unused_result));
/* Logs an event received as JSON, text as it came. forced != NULL: with this verdict (not
 * APPLIED), whatever the state. -EINVAL with error: it is no event, nothing was written. */
int site_put_json(struct site *site, const cJSON *json, const struct judgement *forced,
                  struct site_put *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* Logs an entry that this very log once had and has lost (recovery.h), with its own hash, time and
 * verdict. Takes the entry over, on failure too. -EBADMSG: it does not follow, or what it says was
 * applied does not apply. */
int site_put_entry(struct site *site, struct entry *entry) __attribute__((warn_unused_result));
/* Ends the transaction; on failure nothing has happened. */
int site_commit(struct site *site) __attribute__((warn_unused_result));
void site_rollback(struct site *site);
/* Begin, body, commit; a negative result of body rolls back. For what many do at once: body may run
 * on another thread while this one waits (db_transact()). */
int site_transact(struct site *site, int (*body)(struct site *site, void *context), void *context)
    __attribute__((warn_unused_result));

/* Logs a settings object, text as it came. -EINVAL with error. */
int site_put_settings(struct site *site, const cJSON *settings, const char *user, char *error,
                      size_t error_size) __attribute__((warn_unused_result));
/* The same as a transaction of its own; the clinic_no cannot change. */
int site_change_settings(struct site *site, const cJSON *settings, const char *user, char *error,
                         size_t error_size) __attribute__((warn_unused_result));
/* Opens the session that the clinic's hours say when the state is in another one. */
int site_open_session(struct site *site) __attribute__((warn_unused_result));

#endif
