/* What a device uploaded and the log cannot hold, kept for people to look at: an event that no
 * reader of the log would understand must not stop a kiosk's outbox, and must not be lost; nor must
 * what a kiosk still had when it was revoked. Nothing here ever enters the log. */
#ifndef MACHIAI_CLOUD_QUARANTINE_H
#define MACHIAI_CLOUD_QUARANTINE_H

#include <cjson/cJSON.h>

#include "db.h"

enum {
    QUARANTINE_MAX =
        10000, /* of one device: more than its outbox holds. Beyond it nothing is kept */
    QUARANTINE_LIST_MAX = 200
};

int quarantine_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* 1: kept now; 0: this id was kept before; -EDQUOT: the device has QUARANTINE_MAX. */
int quarantine_keep(struct db *db, const char *site, const char *device, const char *id,
                    const char *why, const cJSON *event, int64_t now)
    __attribute__((warn_unused_result));
/* {"count","items":[{"device","id","received","why","event":{..}}]}, the latest max of them. NULL
 * when it could not be read. */
cJSON *quarantine_json(struct db *db, const char *site, int max);

#endif
