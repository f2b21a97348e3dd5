#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logging.h"
#include "site_private.h"

const struct db_migration site_migrations[] = {
    {"sites and their logs",
     "CREATE TABLE site (site TEXT PRIMARY KEY, clinic_no TEXT NOT NULL UNIQUE, made BIGINT NOT "
     "NULL);"
     "CREATE TABLE head (site TEXT PRIMARY KEY REFERENCES site, seq BIGINT NOT NULL, hash TEXT NOT "
     "NULL);"
     "CREATE TABLE log (site TEXT NOT NULL REFERENCES site, seq BIGINT NOT NULL, id TEXT NOT NULL, "
     "at BIGINT NOT NULL, received BIGINT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, "
     "hash TEXT NOT NULL, kind TEXT NOT NULL, ticket TEXT, device TEXT, counter BIGINT, text TEXT "
     "NOT NULL, PRIMARY KEY (site, seq), UNIQUE (site, id));"
     "CREATE INDEX log_ticket ON log (site, ticket) WHERE ticket IS NOT NULL;"
     "CREATE INDEX log_device ON log (site, device, counter) WHERE device IS NOT NULL;"},
    {"snapshots", "CREATE TABLE snapshot (site TEXT PRIMARY KEY REFERENCES site, seq BIGINT NOT "
                  "NULL, hash TEXT NOT NULL, rules TEXT NOT NULL, state BYTEA NOT NULL);"},
    {"states", "ALTER TABLE log ADD COLUMN state TEXT NOT NULL DEFAULT '';"},
    {"letters set aside", "CREATE TABLE letters_aside (site TEXT NOT NULL, letter TEXT NOT NULL, "
                          "restored BIGINT NOT NULL, PRIMARY KEY (site, letter));"},
};
const int site_migration_count = sizeof(site_migrations) / sizeof(site_migrations[0]);

/* -- reading ----------------------------------------------------------------------------------- */

#define ENTRY_COLUMNS "seq, at, verdict, reason, hash, text, state"

static enum reason reason_of(const char *name)
{
    for (int i = 0; i < REASON_COUNT; i++)
        if (strcmp(name, reason_name((enum reason)i)) == 0)
            return (enum reason)i;
    return REASON_NONE; /* a newer program's: only told, never acted on */
}

static int entry_from_row(const struct db_rows *rows, struct entry *ret)
{
    struct entry entry;
    char error[DB_ERROR_SIZE];
    cJSON *json;
    int result;

    entry_init(&entry);
    entry.seq = db_int(rows, 0);
    entry.at = db_int(rows, 1);
    entry.reason = reason_of(db_text(rows, 3));
    (void)snprintf(entry.hash, sizeof(entry.hash), "%s", db_text(rows, 4));
    (void)snprintf(entry.state, sizeof(entry.state), "%s", db_text(rows, 6));
    if (verdict_parse(db_text(rows, 2), &entry.verdict) < 0)
        return -EBADMSG;
    entry.text = strdup(db_text(rows, 5));
    json = cJSON_Parse(db_text(rows, 5));
    if (!entry.text || !json) {
        cJSON_Delete(json);
        entry_finish(&entry);
        return -EBADMSG;
    }
    result = event_from_json(json, &entry.event, error, sizeof(error));
    cJSON_Delete(json);
    if (result < 0) {
        log_error("log entry %lld is no event: %s", (long long)entry.seq, error);
        entry_finish(&entry);
        return -EBADMSG;
    }
    *ret = entry;
    return 0;
}

static int follow_one(struct site *site, const struct db_rows *rows)
{
    struct entry entry;
    struct judgement judgement;
    int result;

    result = entry_from_row(rows, &entry);
    if (result == 0 && !entry_follows(&entry, site->seq, site->hash)) {
        entry_finish(&entry);
        result = -EBADMSG;
    }
    if (result < 0) {
        log_error("the log of site %s is damaged after entry %lld; restore it from a backup",
                  site->id, (long long)site->seq);
        return result;
    }
    if (entry.verdict == VERDICT_APPLIED) {
        judgement = queue_apply(&site->queue, &entry.event, entry.at);
        if (judgement.verdict != VERDICT_APPLIED)
            log_error("site %s: entry %lld was applied when it was written, but is %s (%s) now",
                      site->id, (long long)entry.seq, verdict_name(judgement.verdict),
                      reason_name(judgement.reason));
    }
    if (!entry_agrees(&entry, &site->queue))
        log_error("site %s: entry %lld gives another state than it gave who wrote it", site->id,
                  (long long)entry.seq);
    site->seq = entry.seq;
    memcpy(site->hash, entry.hash, sizeof(site->hash));
    entry_finish(&entry);
    return 0;
}

int site_log_follow(struct site *site, bool *ret_news)
{
    struct db_rows *rows = NULL;
    int64_t before = site->seq;
    int result;

    if (site->sealed)
        return 0; /* the rows behind ours are our own: nobody else could write since */
    result = db_query(site->sites->options.db, &rows,
                      "SELECT " ENTRY_COLUMNS " FROM log WHERE site = $1 AND seq > $2 ORDER BY seq",
                      "ti", site->id, site->seq);
    pthread_mutex_lock(&site->lock);
    while (result >= 0 && (result = db_next(rows)) == 1)
        result = follow_one(site, rows);
    if (site->seq > before) {
        site_work_drop(site);
        site->revision++;
        *ret_news = true;
    }
    pthread_mutex_unlock(&site->lock);
    db_done(rows);
    return result;
}

int site_entries(struct site *site, int64_t after, int max,
                 void (*each)(const struct entry *entry, void *context), void *context)
{
    struct db_rows *rows = NULL;
    struct entry entry;
    int result, count = 0;

    result = db_query(site->sites->options.db, &rows,
                      "SELECT " ENTRY_COLUMNS
                      " FROM log WHERE site = $1 AND seq > $2 ORDER BY seq LIMIT $3",
                      "tii", site->id, after, (int64_t)max);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        result = entry_from_row(rows, &entry);
        if (result < 0)
            break;
        each(&entry, context);
        entry_finish(&entry);
        count++;
    }
    db_done(rows);
    return result < 0 ? result : count;
}

static void keep_json(const struct entry *entry, void *context)
{
    *(cJSON **)context = entry_to_json(entry);
}

cJSON *site_entry_json(struct site *site, int64_t seq)
{
    cJSON *json = NULL;

    if (site_entries(site, seq - 1, 1, keep_json, &json) < 0)
        return NULL;
    return json;
}

int site_ticket_seq(struct site *site, const char *ticket, int64_t *ret)
{
    int64_t seq = 0;
    int result;

    /* +seq: or else SQLite walks the log in the order of seq, all of it for a ticket that is new.
     */
    result = db_get_int(site->sites->options.db, &seq,
                        "SELECT MIN(+seq) FROM log WHERE site = $1 AND ticket = $2", "tt", site->id,
                        ticket);
    if (result < 0)
        return result;
    *ret = seq;
    return 0;
}

int site_knows(struct site *site, int64_t seq, const char *hash, bool *ret)
{
    struct db_rows *rows = NULL;
    int result;

    if (seq == 0) {
        *ret = strcmp(hash, entry_first_hash) == 0;
        return 0;
    }
    result = db_query(site->sites->options.db, &rows,
                      "SELECT 1 FROM log WHERE site = $1 AND seq = $2 AND hash = $3", "tit",
                      site->id, seq, hash);
    if (result == 0)
        result = db_next(rows);
    db_done(rows);
    if (result < 0)
        return result;
    *ret = result == 1;
    return 0;
}

int site_settings_json(struct site *site, cJSON **ret)
{
    struct db_rows *rows = NULL;
    cJSON *event = NULL;
    int result;

    result = db_query(site->sites->options.db, &rows,
                      "SELECT text FROM log WHERE site = $1 AND kind = 'settings' AND verdict = "
                      "'applied' ORDER BY seq DESC LIMIT 1",
                      "t", site->id);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        event = cJSON_Parse(db_text(rows, 0));
    db_done(rows);
    if (result < 0)
        return result;
    *ret = cJSON_DetachItemFromObjectCaseSensitive(event, "settings");
    cJSON_Delete(event);
    return *ret ? 0 : -ENOENT;
}

int site_answered(struct site *site, const char *event_id, struct site_put *ret)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(site->sites->options.db, &rows,
                      "SELECT seq, at, verdict, reason FROM log WHERE site = $1 AND id = $2", "tt",
                      site->id, event_id);
    if (result == 0)
        result = db_next(rows);
    if (result == 1) {
        ret->seq = db_int(rows, 0);
        ret->at = db_int(rows, 1);
        if (verdict_parse(db_text(rows, 2), &ret->judgement.verdict) < 0)
            result = -EBADMSG;
        ret->judgement.reason = reason_of(db_text(rows, 3));
        ret->repeated = true;
    }
    db_done(rows);
    return result;
}

int site_log_time(struct site *site, int64_t seq, int64_t *ret)
{
    int64_t received = 0;
    int result;

    if (seq > 0 && seq == site->timed.seq) {
        *ret = site->timed.received;
        return 0;
    }
    result = db_get_int(site->sites->options.db, &received,
                        "SELECT received FROM log WHERE site = $1 AND seq <= $2 ORDER BY seq DESC "
                        "LIMIT 1",
                        "ti", site->id, seq);
    if (result >= 0)
        *ret = received;
    return result < 0 ? result : 0;
}

/* -- writing ----------------------------------------------------------------------------------- */

static int insert_row(struct site *site, const struct entry *entry, int64_t received)
{
    const struct event *event = &entry->event;

    return db_run(site->sites->options.db,
                  "INSERT INTO log (site, seq, id, at, received, verdict, reason, hash, kind, "
                  "ticket, device, counter, text, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
                  "$9, $10, $11, $12, $13, $14)",
                  "titiittttttitt", site->id, entry->seq, event->id, entry->at, received,
                  verdict_name(entry->verdict), reason_name(entry->reason), entry->hash,
                  event_kind_name(event->kind), *event->ticket ? event->ticket : NULL,
                  *event->device ? event->device : NULL, event->counter, entry->text, entry->state);
}

int site_log_insert(struct site *site, int64_t seq, const char *hash, struct entry *entry)
{
    int result;

    entry->seq = seq + 1;
    entry_hash(hash, entry->seq, entry->at, entry->verdict, entry->text, entry->hash);
    /* The head first: whoever else would write this site's next entry waits for it, or finds that
     * it has moved. */
    result = db_run(site->sites->options.db,
                    "UPDATE head SET seq = $2, hash = $3 WHERE site = $1 AND seq = $4", "titi",
                    site->id, entry->seq, entry->hash, seq);
    if (result == 0) {
        log_error("site %s: the head of the log is not at %lld, as expected", site->id,
                  (long long)seq);
        return -EBADMSG;
    }
    if (result > 0)
        result = insert_row(site, entry, site->moment);
    if (result < 0)
        return result;
    site->timed = (struct site_timed){entry->seq, site->moment};
    return 0;
}

int site_log_append(struct site *site, const struct entry *entry)
{
    int result;

    result = insert_row(site, entry, entry->at);
    if (result >= 0)
        result =
            db_run(site->sites->options.db, "UPDATE head SET seq = $2, hash = $3 WHERE site = $1",
                   "tit", site->id, entry->seq, entry->hash);
    return result < 0 ? result : 0;
}
