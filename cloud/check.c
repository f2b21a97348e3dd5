#include "check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "export.h"
#include "logging.h"

enum { ENTRIES_AT_ONCE = 1000 };

/* A log read again from its first entry, whatever snapshots say. */
struct replay {
    struct queue queue;
    int64_t seq;
    char hash[HASH_SIZE];
    int faults;
    const char *site;
};

static void replay_entry(const struct entry *entry, void *context)
{
    struct replay *replay = context;

    if (!entry_follows(entry, replay->seq, replay->hash)) {
        log_error("site %s: entry %" PRId64 " does not follow the one before it", replay->site,
                  entry->seq);
        replay->faults++;
    }
    if (entry->verdict == VERDICT_APPLIED &&
        queue_apply(&replay->queue, &entry->event, entry->at).verdict != VERDICT_APPLIED) {
        log_error("site %s: entry %" PRId64 " was applied once and is not any more", replay->site,
                  entry->seq);
        replay->faults++;
    }
    if (!entry_agrees(entry, &replay->queue)) {
        log_error("site %s: entry %" PRId64 " gives another state than it gave who wrote it",
                  replay->site, entry->seq);
        replay->faults++;
    }
    replay->seq = entry->seq;
    memcpy(replay->hash, entry->hash, sizeof(replay->hash));
}

static int check_site(struct site *site, int64_t *entries)
{
    struct replay replay = {.site = site_id(site)};
    int count, faults;

    queue_init(&replay.queue);
    memcpy(replay.hash, entry_first_hash, sizeof(replay.hash));
    do
        count = site_entries(site, replay.seq, ENTRIES_AT_ONCE, replay_entry, &replay);
    while (count == ENTRIES_AT_ONCE);
    if (count >= 0 && queue_digest(&replay.queue) != queue_digest(site_read(site))) {
        log_error("site %s: the log gives another state than the stored snapshot", site_id(site));
        replay.faults++;
    }
    if (count >= 0)
        site_read_end(site);
    *entries += replay.seq;
    faults = replay.faults;
    queue_finish(&replay.queue);
    return count < 0 ? count : faults;
}

static int check_database(struct db *db)
{
    struct db_rows *rows = NULL;
    int result, faults = 0;

    result = db_query(db, &rows, "PRAGMA integrity_check", "");
    while (result >= 0 && (result = db_next(rows)) == 1) {
        if (strcmp(db_text(rows, 0), "ok") == 0)
            continue;
        log_error("database: %s", db_text(rows, 0));
        faults++;
    }
    db_done(rows);
    return result < 0 ? result : faults;
}

/* Presence and size; devices verify the hash of every byte themselves. */
static int check_films(struct cloud *cloud)
{
    struct db_rows *rows = NULL;
    int result, faults = 0;

    result = db_query(cloud->db, &rows, "SELECT sha256, size, title FROM film", "");
    while (result >= 0 && (result = db_next(rows)) == 1) {
        char path[CLOUD_PATH_SIZE + 96];
        struct stat status;

        (void)snprintf(path, sizeof(path), "%s/contents/%s", cloud->data_dir, db_text(rows, 0));
        if (stat(path, &status) == 0 && status.st_size == db_int(rows, 1))
            continue;
        log_error("film \"%s\": %s is missing or cut; add the film again", db_text(rows, 2), path);
        faults++;
    }
    db_done(rows);
    return result < 0 ? result : faults;
}

int check_all(struct cloud *cloud, int64_t *ret_entries)
{
    int64_t entries = 0;
    int faults, more;

    faults = check_database(cloud->db);
    if (faults < 0)
        return faults;
    more = export_strays(cloud);
    if (more < 0)
        return more;
    faults += more;
    more = check_films(cloud);
    for (int i = 0; more >= 0 && i < sites_count(cloud->sites); i++) {
        faults += more;
        more = check_site(sites_at(cloud->sites, i), &entries);
    }
    if (more < 0)
        return more;
    *ret_entries = entries;
    return faults + more;
}
