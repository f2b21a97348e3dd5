#include "quarantine.h"

#include <errno.h>

#include "logging.h"

static const struct db_migration steps[] = {
    {"quarantine",
     "CREATE TABLE quarantine (site TEXT NOT NULL, device TEXT NOT NULL, id TEXT NOT NULL, "
     "received "
     "BIGINT NOT NULL, why TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (site, device, id));"},
};

int quarantine_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "quarantine", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

int quarantine_keep(struct db *db, const char *site, const char *device, const char *id,
                    const char *why, const cJSON *event, int64_t now)
{
    char *text = cJSON_PrintUnformatted(event);
    int64_t kept = 0;
    int result;

    if (!text)
        return -ENOMEM;
    result =
        db_get_int(db, &kept, "SELECT COUNT(*) FROM quarantine WHERE site = $1 AND device = $2",
                   "tt", site, device);
    if (result >= 0 && kept < QUARANTINE_MAX)
        result =
            db_run(db,
                   "INSERT INTO quarantine (site, device, id, received, why, text) VALUES ($1, "
                   "$2, $3, $4, $5, $6) ON CONFLICT (site, device, id) DO NOTHING",
                   "tttitt", site, device, id, now, why, text);
    cJSON_free(text);
    if (result == 1)
        log_warning("device %s uploaded event %s, which is kept aside: %s", device, id, why);
    return result < 0 ? result : 0;
}
