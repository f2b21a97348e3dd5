/* What a device uploaded and the log cannot hold, kept for people to look at: an event that no
 * reader of the log would understand must not stop a kiosk's outbox, and must not be lost. */
#ifndef MACHIAI_CLOUD_QUARANTINE_H
#define MACHIAI_CLOUD_QUARANTINE_H

#include <cjson/cJSON.h>

#include "db.h"

enum { QUARANTINE_MAX = 1000 /* of one device; more are counted as kept, and dropped */ };

int quarantine_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* The same id again is harmless. */
int quarantine_keep(struct db *db, const char *site, const char *device, const char *id,
                    const char *why, const cJSON *event, int64_t now)
    __attribute__((warn_unused_result));

#endif
