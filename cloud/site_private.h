/* What site.c (memory), site_log.c (rows) and site_snapshot.c share. Private to these files. */
#ifndef MACHIAI_CLOUD_SITE_PRIVATE_H
#define MACHIAI_CLOUD_SITE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "site.h"

enum { SITES_WARM_MAX = 256 }; /* sites whose `work` stays between their transactions */

struct sites {
    struct sites_options options;
    pthread_mutex_t lock; /* of the list; nothing else is locked under it */
    struct site **list;
    int count;
    _Atomic int64_t data_version;      /* of the database, as last taken in */
    struct site *warm[SITES_WARM_MAX]; /* of whoever holds the database, as is */
    uint64_t alone;                    /* the turn in which nobody else was found to have written */
    int next_warm;                     /* whose place is given away next */
};

/* The entries of one transaction. */
struct site_batch {
    struct site *site;
    struct site_batch *next; /* sealed after it */
    struct entry *entries;
    int count, room;
};

/* When an entry was received; seq 0 = none. */
struct site_timed {
    int64_t seq, received;
};

struct site {
    struct sites *sites;
    char id[UID_SIZE];
    char clinic_no[CLINIC_NO_SIZE];

    /* As committed. Changed by whoever holds the database and the lock, so either is enough for
     * reading. */
    pthread_mutex_t lock;
    struct queue queue;
    int64_t seq;
    char hash[HASH_SIZE];
    _Atomic uint64_t revision; /* may be read without either */
    int64_t snapshot_seq;
    atomic_bool frozen;
    atomic_bool gone; /* erased: nobody finds it any more, and it is empty */

    /* Of whoever holds the database. */
    struct site_batch *open;                 /* the transaction between begin and commit */
    int64_t moment;                          /* of it */
    struct site_timed timed;                 /* the entry written last, unless it was given up */
    struct site_batch *sealed, *last_sealed; /* those that wait for the disk, in their order */
    struct queue *work; /* the state after all of them; NULL until somebody asks for it */
    bool warm;          /* it is in sites->warm */
};

/* site.c: calls `changed`, with no lock held. */
void site_tell(struct site *site);
/* site_work.c: the state after all that is written, as a copy that may go on; of whoever holds the
 * database. */
struct queue *site_work(struct site *site);
/* All that is written has been committed: copying a queue costs more than a ticket, so the copy may
 * stay, equal to the queue, */
void site_work_keep(struct site *site);
/* or something was given up, or others have written: it goes. */
void site_work_drop(struct site *site);
/* The site goes. */
void site_work_finish(struct site *site);
/* Applies a batch to a queue that has not seen it. */
void site_apply(struct queue *queue, const struct site_batch *batch);
/* Ends the open transaction: it waits for the disk, or goes. */
struct site_batch *site_seal(struct site *site);
void site_discard(struct site *site);
/* Of db_commit_then(), with the batch, which it frees: batches end in the order in which they were
 * sealed. */
void site_batch_ended(void *batch, int result);
/* The last entry that is written, committed or not: what a transaction goes on from. The caller
 * holds the database. */
void site_front(const struct site *site, int64_t *ret_seq, const char **ret_hash);

/* -- site_log.c: everything that touches the log's rows ----------------------- */
extern const struct db_migration site_migrations[];
extern const int site_migration_count;

/* Applies the committed entries that memory does not have yet; the caller holds the database.
 * -EBADMSG: the chain is broken. */
int site_log_follow(struct site *site, bool *ret_news) __attribute__((warn_unused_result));
/* Writes the entry as the next one after (seq, hash) and fills its seq and hash. */
int site_log_insert(struct site *site, int64_t seq, const char *hash, struct entry *entry)
    __attribute__((warn_unused_result));
/* Writes an entry as it is; the caller has seen that it follows. Counts as received at its own
 * time.
 */
int site_log_append(struct site *site, const struct entry *entry)
    __attribute__((warn_unused_result));
/* When an entry was received, or the head when that is behind it. 0 for an empty log. */
int site_log_time(struct site *site, int64_t seq, int64_t *ret) __attribute__((warn_unused_result));

/* -- site_snapshot.c ----------------------------------------------------------------------------
 * A snapshot only saves time: the log is the truth. One made by other rules is ignored. */
int site_snapshot_load(struct site *site) __attribute__((warn_unused_result));

#endif
