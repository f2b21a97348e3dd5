/* What site.c (memory), site_log.c (rows) and site_snapshot.c share. Private to these files. */
#ifndef MACHIAI_CLOUD_SITE_PRIVATE_H
#define MACHIAI_CLOUD_SITE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "site.h"

struct sites {
    struct sites_options options;
    pthread_mutex_t lock; /* of the list; nothing else is locked under it */
    struct site **list;
    int count;
    _Atomic int64_t data_version; /* of the database, as last taken in */
};

struct site {
    struct sites *sites;
    char id[UID_SIZE];
    char clinic_no[CLINIC_NO_SIZE];

    pthread_mutex_t lock;
    struct queue queue; /* as committed */
    int64_t seq;
    char hash[HASH_SIZE];
    uint64_t revision;
    int64_t snapshot_seq;
    atomic_bool frozen;

    /* The transaction, between begin and commit. */
    bool open;
    int64_t moment;
    struct entry *pending; /* room for SITE_BATCH_MAX */
    int pending_count;
    struct queue *work; /* the state after all pending; NULL until somebody asks for it */
};

/* site.c: calls `changed`, with no lock held. */
void site_tell(struct site *site);

/* -- site_log.c: everything that touches the log's rows; the caller holds the site ------------- */
extern const struct db_migration site_migrations[];
extern const int site_migration_count;

/* Applies the committed entries that memory does not have yet. -EBADMSG: the chain is broken. */
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
