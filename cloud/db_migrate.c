/* Schema: each module's steps, done once and whole. */
#include "db_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "logging.h"

/* Under the write lock, so that two programs that start together do each step once. */
static int migrate_step(struct db *db, const char *module, const struct db_migration *steps,
                        int count, int64_t *ret_version)
{
    int64_t version = 0;
    int result;

    result = db_begin(db);
    if (result < 0)
        return result;
    result = db_script(db, "CREATE TABLE IF NOT EXISTS schema_version "
                           "(module TEXT PRIMARY KEY, version BIGINT NOT NULL)");
    if (result == 0)
        result = db_get_int(db, &version, "SELECT version FROM schema_version WHERE module = $1",
                            "t", module);
    if (result >= 0 && version < count) {
        result = db_script(db, steps[version].sql);
        if (result == 0)
            result = db_run(db,
                            "INSERT INTO schema_version (module, version) VALUES ($1, $2) "
                            "ON CONFLICT (module) DO UPDATE SET version = $2",
                            "ti", module, version + 1);
        if (result < 0)
            log_error("database %s: %s step %s failed", db->path, module, steps[version].name);
        version++;
    }
    if (result < 0) {
        db_rollback(db);
        return result;
    }
    result = db_commit(db);
    if (result == 0)
        *ret_version = version;
    return result;
}

/* -1: nothing was ever made for it. */
static int version_of(struct db *db, const char *module, int64_t *ret)
{
    int64_t there = 0, version = -1;
    int result;

    result = db_get_int(db, &there, "SELECT COUNT(*) FROM sqlite_master WHERE name = $1", "t",
                        "schema_version");
    if (result > 0 && there > 0)
        result = db_get_int(db, &version, "SELECT version FROM schema_version WHERE module = $1",
                            "t", module);
    if (result < 0)
        return result;
    *ret = version;
    return 0;
}

int db_migrate(struct db *db, const char *module, const struct db_migration *steps, int count,
               char *error, size_t error_size)
{
    int64_t version = -1, before;
    int result;

    result = version_of(db, module, &version); /* nearly always all is done: no write lock */
    before = version;
    while (result == 0 && version < count)
        result = migrate_step(db, module, steps, count, &version);
    if (result == 0 && before > 0 && before < version)
        log_info("%s was written by an earlier machiai-cloud: %s brought from %lld to %lld",
                 db->path, module, (long long)before, (long long)version);
    if (result < 0) {
        (void)snprintf(error, error_size,
                       "%s: the tables of %s could not be brought up to date: %s", db->path, module,
                       strerror(-result));
        return result;
    }
    if (version > count) {
        (void)snprintf(error, error_size,
                       "%s was written by a newer machiai-cloud (%s %lld, this one knows %d); "
                       "install that version or restore an older backup",
                       db->path, module, (long long)version, count);
        return -ENOTSUP;
    }
    return 0;
}
