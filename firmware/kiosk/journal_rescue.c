/* Reading what is left of a damaged journal. */
#include "journal_private.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "station_report.h"

enum { COLUMNS_MAX = 32, SQL_SIZE = 1024 };

/* What exists nowhere else comes first. Entries are not read: the cloud has them. */
static const struct rescued {
    const char *name, *up,
        *down; /* orders along the table itself, so that no sorter reads it all */
} tables[] = {
    {"outbox", "counter", "counter DESC"},
    {"meta", "key", "key DESC"},
    {"tickets", "ticket", "ticket DESC"},
    {"slips", "ticket, print_count", "ticket DESC, print_count DESC"},
    {"reissues", "request", "request DESC"},
    {"intents", "ticket", "ticket DESC"},
};

/* By the columns' names: an older file has fewer. */
static sqlite3_stmt *insert_into(sqlite3 *db, const char *table, sqlite3_stmt *read)
{
    char sql[SQL_SIZE], marks[2 * COLUMNS_MAX + 1] = "";
    int columns = sqlite3_column_count(read);
    int length = snprintf(sql, sizeof sql, "INSERT OR IGNORE INTO %s", table);
    for (int i = 0; i < columns && i < COLUMNS_MAX && length < SQL_SIZE; i++) {
        length += snprintf(sql + length, sizeof sql - (size_t)length, "%c%s", i ? ',' : '(',
                           sqlite3_column_name(read, i));
        strcat(marks, i ? ",?" : "?");
    }
    if (length < SQL_SIZE)
        length += snprintf(sql + length, sizeof sql - (size_t)length, ") VALUES(%s)", marks);
    sqlite3_stmt *stmt = NULL;
    if (length < SQL_SIZE)
        (void)sqlite3_prepare_v2(db, sql, -1, &stmt, NULL); /* NULL on failure is the answer */
    return stmt;
}

/* Row by row from one end; true when the other end was reached. */
static bool copy_rows(sqlite3 *from, sqlite3 *to, const struct rescued *table, bool backwards,
                      int *ret_count)
{
    char sql[96];
    sqlite3_stmt *read = NULL, *write = NULL;
    int code = SQLITE_ERROR;
    (void)snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY %s", table->name,
                   backwards ? table->down : table->up);
    if (sqlite3_prepare_v2(from, sql, -1, &read, NULL) == SQLITE_OK)
        write = insert_into(to, table->name, read);
    while (write && (code = sqlite3_step(read)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(read); i++)
            (void)sqlite3_bind_value(write, i + 1, sqlite3_column_value(read, i));
        if (sqlite3_step(write) == SQLITE_DONE)
            *ret_count += sqlite3_changes(to);
        (void)sqlite3_reset(write);
    }
    (void)sqlite3_finalize(read);
    (void)sqlite3_finalize(write);
    return code == SQLITE_DONE;
}

/* From both ends, so that damage in the middle costs what lies on the damaged page. */
static bool copy_table(sqlite3 *from, sqlite3 *to, const struct rescued *table, int *ret_count)
{
    return copy_rows(from, to, table, false, ret_count) ||
           copy_rows(from, to, table, true, ret_count);
}

/* -- without the tables ------------------------------------------------------------------------ */

/* An event as the kiosk writes it, or NULL; *ret_size: of its text. */
static cJSON *event_at(const char *text, size_t left, const char *owner, struct event *ret,
                       size_t *ret_size)
{
    const char *end = NULL;
    char error[160];
    cJSON *json =
        cJSON_ParseWithLengthOpts(text, left < EVENT_TEXT_MAX ? left : EVENT_TEXT_MAX, &end, false);
    if (!json || event_from_json(json, ret, error, sizeof error) < 0) {
        cJSON_Delete(json);
        return NULL;
    }
    if (ret->counter == 0 || strcmp(ret->device, owner) != 0) {
        event_finish(ret);
        cJSON_Delete(json);
        return NULL;
    }
    *ret_size = (size_t)(end - text);
    return json;
}

/* The file's bytes, where the tables cannot be read: own events stand in it as they were written.
 * Many are confirmed already; to upload them again is harmless. Only what was committed ever gets
 * into this file: with a write-ahead log, the rest stays there. */
static int carve(struct journal *journal, const char *bytes, size_t size, const char *owner)
{
    static const char head[] = "{\""; /* which field comes first is the version's matter */
    int count = 0;
    for (const char *at = bytes; (at = memmem(at, size - (size_t)(at - bytes), head, strlen(head)));
         at++) {
        struct event event;
        size_t length = 0;
        cJSON *json = event_at(at, size - (size_t)(at - bytes), owner, &event, &length);
        char *text = json ? cJSON_PrintUnformatted(json) : NULL;
        if (text) {
            int r = journal_exec(journal,
                                 "INSERT OR IGNORE INTO outbox(counter, id, text) VALUES(?, ?, ?)",
                                 "iss", event.counter, event.id, text);
            count += r > 0;
        }
        if (json)
            event_finish(&event);
        cJSON_free(text);
        cJSON_Delete(json);
    }
    return count;
}

static int carve_file(struct journal *journal, const char *path, const char *owner)
{
    struct stat status;
    int count = 0, fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (fstat(fd, &status) == 0 && status.st_size > 0) {
        size_t size = (size_t)status.st_size;
        char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes != MAP_FAILED) {
            count = carve(journal, bytes, size, owner);
            (void)munmap(bytes, size);
        }
    }
    close(fd);
    return count;
}

/* Counters that were used must not be used again: the next is behind all that may have been. */
static int skip_counters(struct journal *journal)
{
    return journal_exec(journal,
                        "INSERT OR REPLACE INTO meta(key, value) SELECT 'counter', ? + max("
                        "coalesce((SELECT value FROM meta WHERE key = 'counter'), 0),"
                        " coalesce((SELECT max(counter) FROM outbox), 0))",
                        "i", (int64_t)JOURNAL_COUNTER_GAP);
}

/* What is left of the print ledger may be older than the truth, and rows are missing. A slip that
 * was about to be handed over may have been: the printer is asked about it, as after a crash, and
 * nothing is printed without being asked for. A ticket without a valid slip had a later one, whose
 * fate is not known; a further one that staff ask for must not have its count. */
static int distrust_ledger(struct journal *journal)
{
    int r =
        journal_exec(journal, "UPDATE slips SET state = 'submitted' WHERE state = 'intent'", "");
    if (r >= 0)
        r = journal_exec(
            journal,
            "INSERT INTO slips(ticket, print_count, state, job_id, job_uuid, boot)"
            " SELECT ticket, 1 + coalesce((SELECT max(print_count) FROM slips s WHERE s.ticket ="
            " t.ticket), ?), 'unknown', 0, '', boot FROM tickets t WHERE NOT EXISTS"
            " (SELECT 1 FROM slips s WHERE s.ticket = t.ticket AND s.state <> 'void')",
            "i", (int64_t)JOURNAL_SLIP_GAP);
    return r;
}

int journal_rescue(struct journal *journal, const char *path, const char *owner)
{
    sqlite3 *from = NULL;
    int events = 0, others = 0;
    bool whole = false;
    if (sqlite3_open_v2(path, &from, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
        for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
            bool all = copy_table(from, journal->db, &tables[i], i == 0 ? &events : &others);
            whole = i == 0 ? all : whole;
        }
    (void)sqlite3_close(from);
    if (!whole && *owner)
        events += carve_file(journal, path, owner);
    if (distrust_ledger(journal) < 0)
        station_report("journal: what is left of the print ledger could not be marked");
    if (skip_counters(journal) < 0)
        station_report("journal: the counter of events could not be set");
    return events;
}
