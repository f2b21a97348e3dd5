/* After a restore of the database: numbers wait until the kiosks have given back what they know.
 *
 * A kiosk keeps the log's entries (LOG_KEEP of them and more). While a site recovers, a kiosk whose
 * history goes on where the restored one ends uploads the entries that follow, hash by hash, so
 * that calls, web numbers and settings come back, not only the kiosk's own events. Until every
 * device of the site has been heard (or the waiting is over) the cloud gives no numbers of the main
 * series: kiosks use their own series meanwhile, which belongs to them alone. Then the main
 * numbers jump past what may have been given without any kiosk having seen it.
 *
 * Works on the database and the site alone, so that a test needs no server.
 */
#ifndef MACHIAI_CLOUD_RECOVERY_H
#define MACHIAI_CLOUD_RECOVERY_H

#include "cloud.h"

enum {
    /* Numbers passed over at each desk when the waiting is over: given and acknowledged by the lost
     * cloud in the moments before no kiosk heard of it any more. */
    RECOVERY_MARGIN = 20,
    /* The same for a site without any device to ask. */
    RECOVERY_MARGIN_BLIND = 100,
    /* Nothing but what kiosks give back enters the log so long, or until every device was heard: an
     * entry of today would stand where a lost one belongs. Kiosks come back within half a minute,
     * counted from each start of the cloud: one that was off for the night has heard nobody. */
    RECOVERY_GATHER_MS = 60 * 1000,
    RECOVERY_SETTLE_MS = 5 * 1000,     /* for the outbox of the last one heard */
    RECOVERY_WAIT_MS = 10 * 60 * 1000, /* for the others, once one was heard or it starts again */
    RECOVERY_MAX_MS = 24 * 60 * 60 * 1000,
    RECOVERY_ENTRIES_MAX = 100 /* of one request */
};

int recovery_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* Every site of a database that was just restored begins to recover. */
int recovery_begin(struct cloud *cloud) __attribute__((warn_unused_result));
/* At the opening of a cloud: freezes what a recovery has frozen. */
int recovery_load(struct cloud *cloud) __attribute__((warn_unused_result));
/* The same for a cloud that is about to serve: the time to gather begins. */
int recovery_gather(struct cloud *cloud) __attribute__((warn_unused_result));
/* 1: the site recovers: it gives no main numbers; 0: it does not. */
int recovery_holds(struct cloud *cloud, const struct site *site)
    __attribute__((warn_unused_result));
/* A device's stream has begun at a cursor that this log has. */
int recovery_heard(struct cloud *cloud, struct site *site, const char *device)
    __attribute__((warn_unused_result));
/* Entries that a device gives back, as the log once sent them; those that are here already are
 * passed over. -EBADMSG: they do not follow the head; -EPERM: the site does not recover; -EINVAL
 * with error: one is no entry. On any failure nothing is taken. Number of entries taken. */
int recovery_take(struct cloud *cloud, struct site *site, const char *device, const cJSON *entries,
                  char *error, size_t error_size) __attribute__((warn_unused_result));
/* Thaws and ends what is due; the keeper calls it once a second. */
void recovery_tick(struct cloud *cloud);
/* The numbers jump and the waiting ends, whoever is missing. -ENOENT: it is over already. */
int recovery_end(struct cloud *cloud, struct site *site) __attribute__((warn_unused_result));

#endif
