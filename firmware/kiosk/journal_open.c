#include "journal_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "enrol.h"
#include "station_report.h"

enum { ASIDE_MAX = 8 }; /* damaged files that are kept; then the last is overwritten */

/* New in version 3: parties, wishes, slots. Appended, so that old and new files are alike. */
#define INTENT_PERSONS "persons INTEGER NOT NULL DEFAULT 1"
#define INTENT_VOICE   "no_voice INTEGER NOT NULL DEFAULT 0"
#define TICKET_FAMILY  "family TEXT NOT NULL DEFAULT ''"
#define TICKET_PERSON  "person INTEGER NOT NULL DEFAULT 1"
#define TICKET_PERSONS "persons INTEGER NOT NULL DEFAULT 1"
#define TICKET_VOICE   "no_voice INTEGER NOT NULL DEFAULT 0"
#define TICKET_FROM    "slot_from INTEGER NOT NULL DEFAULT 0"
#define TICKET_TO      "slot_to INTEGER NOT NULL DEFAULT 0"

/* New in version 2: requests for a further slip that were heard. */
#define REISSUES_TABLE                                                                             \
    "CREATE TABLE reissues(request TEXT PRIMARY KEY, ticket TEXT NOT NULL) WITHOUT ROWID"

static const char *const schema[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "CREATE TABLE intents(ticket TEXT PRIMARY KEY, service TEXT NOT NULL, language"
    " TEXT NOT NULL, at INTEGER NOT NULL, up INTEGER NOT NULL, boot TEXT NOT NULL,"
    " " INTENT_PERSONS ", " INTENT_VOICE ") WITHOUT ROWID",
    "CREATE TABLE outbox(counter INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text"
    " TEXT NOT NULL)",
    "CREATE TABLE entries(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, verdict TEXT"
    " NOT NULL, reason TEXT NOT NULL, hash TEXT NOT NULL, id TEXT NOT NULL, device"
    " TEXT NOT NULL, counter INTEGER NOT NULL, text TEXT NOT NULL)",
    "CREATE TABLE state(one INTEGER PRIMARY KEY CHECK(one = 1), seq INTEGER NOT NULL,"
    " hash TEXT NOT NULL, rules TEXT NOT NULL, bytes BLOB NOT NULL)",
    "CREATE TABLE tickets(ticket TEXT PRIMARY KEY, number TEXT NOT NULL, service TEXT"
    " NOT NULL, language TEXT NOT NULL, desk INTEGER NOT NULL, room TEXT NOT NULL,"
    " before INTEGER NOT NULL, accepted INTEGER NOT NULL, date TEXT NOT NULL, kind"
    " TEXT NOT NULL, url TEXT NOT NULL, code TEXT NOT NULL, at INTEGER NOT NULL, up"
    " INTEGER NOT NULL, boot TEXT NOT NULL, " TICKET_FAMILY ", " TICKET_PERSON ", " TICKET_PERSONS
    ", " TICKET_VOICE ", " TICKET_FROM ", " TICKET_TO ") WITHOUT ROWID",
    "CREATE TABLE slips(ticket TEXT NOT NULL, print_count INTEGER NOT NULL, state"
    " TEXT NOT NULL, job_id INTEGER NOT NULL, job_uuid TEXT NOT NULL, boot TEXT NOT"
    " NULL, PRIMARY KEY(ticket, print_count)) WITHOUT ROWID",
    REISSUES_TABLE,
};

/* One transaction: the tables, and the version that says that they are there. */
static int make(struct journal *journal, const char *const *tables, size_t count)
{
    char version[48];
    (void)snprintf(version, sizeof version, "PRAGMA user_version = %d", JOURNAL_VERSION);
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count && r >= 0; i++)
        r = journal_exec(journal, tables[i], "");
    if (r >= 0)
        r = journal_exec(journal, version, "");
    return journal_end(journal, r);
}

int journal_schema(struct journal *journal)
{
    return make(journal, schema, sizeof schema / sizeof schema[0]);
}

static int upgrade(struct journal *journal, int64_t version)
{
    static const char *const steps[] = {
        REISSUES_TABLE,
        "ALTER TABLE intents ADD COLUMN " INTENT_PERSONS,
        "ALTER TABLE intents ADD COLUMN " INTENT_VOICE,
        "ALTER TABLE tickets ADD COLUMN " TICKET_FAMILY,
        "ALTER TABLE tickets ADD COLUMN " TICKET_PERSON,
        "ALTER TABLE tickets ADD COLUMN " TICKET_PERSONS,
        "ALTER TABLE tickets ADD COLUMN " TICKET_VOICE,
        "ALTER TABLE tickets ADD COLUMN " TICKET_FROM,
        "ALTER TABLE tickets ADD COLUMN " TICKET_TO,
    };
    size_t done = version < 2 ? 0 : 1; /* steps that this file has had */
    return make(journal, steps + done, sizeof steps / sizeof steps[0] - done);
}

static int pragma_int(struct journal *journal, const char *sql, int64_t *ret)
{
    int r = 0;
    sqlite3_stmt *stmt = journal_prepare(journal, &r, sql, "");
    if (!stmt)
        return r;
    r = journal_step(journal, stmt);
    if (r > 0)
        *ret = sqlite3_column_int64(stmt, 0);
    journal_done(journal, stmt);
    return r > 0 ? 0 : r < 0 ? r : -EBADMSG;
}

static int check(struct journal *journal)
{
    int r = 0;
    char said[64] = "";
    sqlite3_stmt *stmt = journal_prepare(journal, &r, "PRAGMA quick_check(1)", "");
    if (!stmt)
        return r;
    r = journal_step(journal, stmt);
    if (r > 0)
        journal_column(stmt, 0, said, sizeof said);
    journal_done(journal, stmt);
    if (r < 0)
        return r;
    return strcmp(said, "ok") == 0 ? 0 : -EBADMSG;
}

/* A killed process may have written a transaction that it never synced. Whoever reads it now tells
 * others of it, so it must be on the disk first. With a full disk it is, although the checkpoint
 * ends there. */
static int sync_recovered(struct journal *journal)
{
    int64_t unused;
    int r = pragma_int(journal, "PRAGMA wal_checkpoint(PASSIVE)", &unused);
    return r == -ENOSPC ? 0 : r;
}

static int set_pragmas(struct journal *journal)
{
    int64_t unused;
    int r = pragma_int(journal, "PRAGMA journal_mode = WAL", &unused);
    if (r >= 0)
        r = journal_exec(journal, "PRAGMA synchronous = FULL", "");
    if (r >= 0)
        r = journal_exec(journal, "PRAGMA foreign_keys = ON", "");
    if (r >= 0)
        r = sync_recovered(journal);
    return r < 0 ? r : 0;
}

static void close_db(struct journal *journal)
{
    journal_forget_statements(journal);
    (void)sqlite3_close(journal->db);
    journal->db = NULL;
}

/* -EBADMSG: damaged. On failure nothing stays open. */
static int open_file(struct journal *journal, const char *path, bool *ret_fresh)
{
    int64_t version = 0;
    int r = 0;
    if (sqlite3_open_v2(path, &journal->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        r = -EIO;
    else
        (void)sqlite3_busy_timeout(journal->db, 1000); /* somebody looks with sqlite3(1) */
    if (r == 0)
        r = set_pragmas(journal);
    if (r == 0)
        r = pragma_int(journal, "PRAGMA user_version", &version);
    if (r == 0 && version > JOURNAL_VERSION)
        r = -EPROTO;
    *ret_fresh = r == 0 && version == 0;
    if (*ret_fresh)
        r = journal_schema(journal);
    else if (r == 0)
        r = check(journal);
    if (r == 0 && version > 0 && version < JOURNAL_VERSION)
        r = upgrade(journal, version);
    if (r < 0)
        close_db(journal);
    return r;
}

/* Renames the file and its companions; the write-ahead log belongs to the file that it was made
 * for, so that it is still there for whoever examines the damage. */
static int set_aside(const char *path, char aside[static JOURNAL_PATH_SIZE])
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    for (int i = 1; i <= ASIDE_MAX; i++) {
        (void)snprintf(aside, JOURNAL_PATH_SIZE, "%.600s.damaged-%d", path, i);
        if (access(aside, F_OK) < 0)
            break;
    }
    for (size_t k = 0; k < sizeof tails / sizeof tails[0]; k++) {
        char from[JOURNAL_PATH_SIZE + 8], to[JOURNAL_PATH_SIZE + 8];
        (void)snprintf(from, sizeof from, "%s%s", path, tails[k]);
        (void)snprintf(to, sizeof to, "%s%s", aside, tails[k]);
        if (rename(from, to) < 0 && errno != ENOENT)
            return -errno;
    }
    return 0;
}

static int lock_directory(const char *dir)
{
    char path[JOURNAL_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.600s/lock", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    int r = errno == EWOULDBLOCK ? -EBUSY : -errno;
    close(fd);
    return r;
}

static int begin_new(struct journal *journal, const char *dir, const char *path, bool rescue,
                     struct journal_found *found)
{
    struct enrolment owner = {.device = ""};
    int r = set_aside(path, found->aside);
    if (r < 0)
        return r;
    journal->damaged = false;
    r = open_file(journal, path, &found->fresh);
    if (r < 0 || !rescue)
        return r;
    if (enrol_load(dir, &owner) < 0)
        owner.device[0] = '\0'; /* not enrolled, or that is damaged too */
    found->rescued = journal_rescue(journal, found->aside, owner.device);
    station_report("journal: %d own events were read out of the damaged one", found->rescued);
    return journal_set_int(journal, "letter_gap", JOURNAL_LETTER_GAP);
}

static int open_or_rebuild(struct journal *journal, const char *dir, const char *path,
                           struct journal_found *found)
{
    int r = open_file(journal, path, &found->fresh);
    if (r != -EBADMSG)
        return r;
    r = begin_new(journal, dir, path, true, found);
    station_report("journal: %s was damaged; it is now %s and a new one is made", path,
                   found->aside);
    return r;
}

int journal_open(const char *dir, struct journal **ret, struct journal_found *ret_found)
{
    struct journal_found found = {0};
    char path[JOURNAL_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.600s/journal.db", dir);
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return -errno;
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal)
        return -ENOMEM;
    journal->lock = lock_directory(dir);
    int r = journal->lock < 0 ? journal->lock : open_or_rebuild(journal, dir, path, &found);
    if (r < 0) {
        journal_close(journal);
        return r;
    }
    *ret = journal;
    *ret_found = found;
    return 0;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    close_db(journal);
    if (journal->lock >= 0)
        close(journal->lock);
    free(journal);
}

bool journal_closed(const struct journal *journal)
{
    return !journal->db;
}

int journal_renew(struct journal *journal, const char *dir, bool rescue,
                  struct journal_found *ret_found)
{
    struct journal_found found = {0};
    char path[JOURNAL_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.600s/journal.db", dir);
    close_db(journal);
    int r = begin_new(journal, dir, path, rescue, &found);
    if (r < 0) {
        close_db(journal);
        return r;
    }
    *ret_found = found;
    return 0;
}
