/* The journal's log: own events, confirmed entries, stored state. */
#include "journal_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "station_report.h"

/* -- own events -------------------------------------------------------------------------------- */

/* Never lower: what a damaged journal lacked is put back in front of what was rescued. */
static int raise_counter(struct journal *journal, int64_t counter)
{
    return journal_exec(journal,
                        "INSERT INTO meta(key, value) VALUES('counter', ?1)"
                        " ON CONFLICT(key) DO UPDATE SET value = max(value, ?1)",
                        "i", counter);
}

int journal_put_event(struct journal *journal, const struct journal_event *event)
{
    int r = journal_exec(journal, "INSERT INTO outbox(counter, id, text) VALUES(?, ?, ?)", "iss",
                         event->counter, event->id, event->text);
    if (r >= 0)
        r = raise_counter(journal, event->counter);
    return r;
}

int journal_post(struct journal *journal, const struct journal_event *event)
{
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    return journal_end(journal, journal_put_event(journal, event));
}

int journal_each_event(struct journal *journal,
                       int (*each)(const struct journal_event *event, void *context), void *context)
{
    int r = 0;
    sqlite3_stmt *stmt =
        journal_prepare(journal, &r, "SELECT counter, id, text FROM outbox ORDER BY counter", "");
    if (!stmt)
        return r;
    while ((r = journal_step(journal, stmt)) > 0) {
        struct journal_event event = {.counter = sqlite3_column_int64(stmt, 0)};
        journal_column(stmt, 1, event.id, sizeof event.id);
        event.text = (const char *)sqlite3_column_text(stmt, 2);
        r = each(&event, context);
        if (r < 0)
            break;
    }
    journal_done(journal, stmt);
    return r;
}

int64_t journal_counter(struct journal *journal)
{
    return journal_int(journal, "counter");
}

int journal_raise_counter(struct journal *journal, int64_t counter)
{
    int r = raise_counter(journal, counter);
    return r < 0 ? r : 0;
}

/* -- the confirmed prefix ---------------------------------------------------------------------- */

static int put_entry(struct journal *journal, const struct entry *entry)
{
    int r = journal_exec(journal,
                         "INSERT INTO entries(seq, at, verdict, reason, hash, id, device, counter,"
                         " text) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         "iisssssis", entry->seq, entry->at, verdict_name(entry->verdict),
                         reason_name(entry->reason), entry->hash, entry->event.id,
                         entry->event.device, entry->event.counter, entry->text);
    if (r >= 0)
        r = journal_exec(journal, "DELETE FROM outbox WHERE id = ?", "s", entry->event.id);
    return r;
}

int journal_confirm(struct journal *journal, const struct entry *entries, int count)
{
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    for (int i = 0; i < count && r >= 0; i++)
        r = put_entry(journal, &entries[i]);
    return journal_end(journal, r);
}

static enum reason reason_of(const char *name)
{
    for (int i = 0; name && i < REASON_COUNT; i++)
        if (strcmp(name, reason_name((enum reason)i)) == 0)
            return (enum reason)i;
    return REASON_NONE; /* a newer kiosk's: only told, never acted on */
}

static int read_entry(sqlite3_stmt *stmt, struct entry *ret)
{
    char verdict[16], error[160];
    const char *text = (const char *)sqlite3_column_text(stmt, 4);
    entry_init(ret);
    ret->seq = sqlite3_column_int64(stmt, 0);
    ret->at = sqlite3_column_int64(stmt, 1);
    journal_column(stmt, 2, verdict, sizeof verdict);
    journal_column(stmt, 3, ret->hash, sizeof ret->hash);
    ret->reason = reason_of((const char *)sqlite3_column_text(stmt, 5));
    cJSON *json = cJSON_Parse(text);
    int r = verdict_parse(verdict, &ret->verdict);
    if (r == 0)
        r = event_from_json(json, &ret->event, error, sizeof error);
    if (r == 0)
        ret->text = strdup(text); /* the hash is that of these very bytes */
    cJSON_Delete(json);
    if (r == 0 && !ret->text)
        r = -ENOMEM;
    return r;
}

int journal_each_entry(struct journal *journal, int64_t seq,
                       int (*each)(const struct entry *entry, void *context), void *context)
{
    int r = 0;
    sqlite3_stmt *stmt = journal_prepare(
        journal, &r,
        "SELECT seq, at, verdict, hash, text, reason FROM entries WHERE seq > ? ORDER BY seq", "i",
        seq);
    if (!stmt)
        return r;
    while ((r = journal_step(journal, stmt)) > 0) {
        struct entry entry;
        r = read_entry(stmt, &entry);
        if (r == 0)
            r = each(&entry, context);
        entry_finish(&entry);
        if (r < 0)
            break;
    }
    journal_done(journal, stmt);
    return r;
}

/* Inside a transaction: what exists nowhere else goes to the outbox, the rest goes. */
static int forget_prefix(struct journal *journal, const char *device, bool keep_own)
{
    int r = 0;
    if (keep_own)
        r = journal_exec(journal,
                         "INSERT OR IGNORE INTO outbox(counter, id, text) SELECT counter, id, text"
                         " FROM entries WHERE device = ? AND counter > 0",
                         "s", device);
    if (r >= 0)
        r = journal_exec(journal, "DELETE FROM entries", "");
    if (r >= 0)
        r = journal_exec(journal, "DELETE FROM state", "");
    return r;
}

int journal_restart(struct journal *journal, const char *device)
{
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    return journal_end(journal, forget_prefix(journal, device, true));
}

bool journal_has(struct journal *journal, int64_t seq, const char *hash)
{
    int r;
    sqlite3_stmt *stmt = journal_prepare(
        journal, &r, "SELECT 1 FROM entries WHERE seq = ? AND hash = ?", "is", seq, hash);
    bool found = stmt && journal_step(journal, stmt) > 0;
    journal_done(journal, stmt);
    return found;
}

int64_t journal_first_seq(struct journal *journal)
{
    int r;
    int64_t seq = 0;
    sqlite3_stmt *stmt = journal_prepare(journal, &r, "SELECT min(seq) FROM entries", "");
    if (stmt && journal_step(journal, stmt) > 0)
        seq = sqlite3_column_int64(stmt, 0);
    journal_done(journal, stmt);
    return seq;
}

/* -- stored state ------------------------------------------------------------------------------ */

/* The state's bytes as they are in memory: `rules` changes whenever the domain's sources do, and
 * state of other rules is not read. */
static unsigned char *pack(const struct queue *queue, size_t *ret_size)
{
    size_t tickets = (size_t)queue->count * sizeof *queue->tickets;
    unsigned char *bytes = malloc(sizeof *queue + tickets);
    if (!bytes)
        return NULL;
    struct queue head = *queue;
    head.tickets = NULL;
    head.capacity = 0;
    memcpy(bytes, &head, sizeof head);
    if (tickets > 0)
        memcpy(bytes + sizeof head, queue->tickets, tickets);
    *ret_size = sizeof head + tickets;
    return bytes;
}

static int unpack(const void *bytes, size_t size, struct queue *ret)
{
    struct queue queue;
    if (size < sizeof queue)
        return -ENOENT;
    memcpy(&queue, bytes, sizeof queue);
    if (queue.count < 0 || queue.count > QUEUE_TICKETS_MAX)
        return -ENOENT;
    size_t tickets = (size_t)queue.count * sizeof *queue.tickets;
    if (size != sizeof queue + tickets)
        return -ENOENT;
    queue.tickets = malloc(tickets ? tickets : 1);
    if (!queue.tickets)
        return -ENOMEM;
    memcpy(queue.tickets, (const unsigned char *)bytes + sizeof queue, tickets);
    queue.capacity = queue.count;
    queue_finish(ret);
    *ret = queue;
    return 0;
}

static int put_state(struct journal *journal, int64_t seq, const char *hash, const char *rules,
                     const struct queue *queue)
{
    size_t size;
    unsigned char *bytes = pack(queue, &size);
    if (!bytes)
        return -ENOMEM;
    int r = journal_exec(journal,
                         "INSERT OR REPLACE INTO state(one, seq, hash, rules, bytes)"
                         " VALUES(1, ?, ?, ?, ?)",
                         "issb", seq, hash, rules, (const void *)bytes, size);
    free(bytes);
    return r;
}

int journal_replace(struct journal *journal, const char *device, bool replaced, int64_t seq,
                    const char *hash, const char *rules, const struct queue *queue)
{
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    r = forget_prefix(journal, device, replaced);
    if (r >= 0)
        r = put_state(journal, seq, hash, rules, queue);
    return journal_end(journal, r);
}

int journal_covered(struct journal *journal, const char (*ids)[UID_SIZE], int count)
{
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    for (int i = 0; i < count && r >= 0; i++)
        r = journal_exec(journal, "DELETE FROM outbox WHERE id = ?", "s", ids[i]);
    return journal_end(journal, r);
}

int journal_save_state(struct journal *journal, int64_t seq, const char *hash, const char *rules,
                       const struct queue *queue, int64_t keep_from)
{
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    r = put_state(journal, seq, hash, rules, queue);
    if (r >= 0)
        r = journal_exec(journal, "DELETE FROM entries WHERE seq < ? AND seq <= ?", "ii", keep_from,
                         seq);
    if (r >= 0)
        r = journal_trim_tickets(journal);
    return journal_end(journal, r);
}

int journal_load_state(struct journal *journal, const char *rules, int64_t *ret_seq,
                       char ret_hash[static HASH_SIZE], struct queue *queue)
{
    int r = 0;
    sqlite3_stmt *stmt = journal_prepare(
        journal, &r, "SELECT seq, hash, bytes FROM state WHERE rules = ?", "s", rules);
    if (!stmt)
        return r;
    r = journal_step(journal, stmt);
    if (r > 0) {
        r = unpack(sqlite3_column_blob(stmt, 2), (size_t)sqlite3_column_bytes(stmt, 2), queue);
        if (r == 0) {
            *ret_seq = sqlite3_column_int64(stmt, 0);
            journal_column(stmt, 1, ret_hash, HASH_SIZE);
        }
    } else if (r == 0) {
        r = -ENOENT;
    }
    journal_done(journal, stmt);
    return r;
}
