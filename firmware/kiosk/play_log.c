#include "play_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal_private.h"
#include "station_report.h"

enum { PATH_SIZE = 768 };

static const char key_log[] = "log", key_seq[] = "seq", key_hash[] = "hash";

struct play_log {
    struct journal db; /* the journal's way to SQLite, with a file of its own */
    char log[PLAY_LOG_SIZE];
    int64_t seq; /* of the last play of the chain */
    char hash[HASH_SIZE];
    int64_t count; /* waiting */
    bool open;
    struct play now; /* open: the item on the screen */
};

/* -- the file ---------------------------------------------------------------------------------- */

static int make_tables(struct journal *db)
{
    static const char *const tables[] = {
        "CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID",
        "CREATE TABLE IF NOT EXISTS plays(seq INTEGER PRIMARY KEY, text TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS now(one INTEGER PRIMARY KEY CHECK(one = 1), text TEXT)",
    };
    int r = journal_begin(db);
    if (r < 0)
        return r;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && r >= 0; i++)
        r = journal_exec(db, tables[i], "");
    return journal_end(db, r);
}

static void close_file(struct journal *db)
{
    journal_forget_statements(db);
    (void)sqlite3_close(db->db);
    *db = (struct journal){.lock = -1};
}

/* NORMAL: a commit waits for no disk, and a power cut leaves an older state, which is whole. */
static int open_file(struct journal *db, const char *path)
{
    *db = (struct journal){.lock = -1};
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int r = sqlite3_open_v2(path, &db->db, flags, NULL) == SQLITE_OK ? 0 : -EIO;
    if (r == 0)
        (void)sqlite3_busy_timeout(db->db, 1000); /* somebody looks with sqlite3(1) */
    if (r >= 0)
        r = journal_exec(db, "PRAGMA journal_mode = WAL", "");
    if (r >= 0)
        r = journal_exec(db, "PRAGMA synchronous = NORMAL", "");
    if (r >= 0)
        r = make_tables(db);
    if (r < 0)
        close_file(db);
    return r < 0 ? r : 0;
}

static void set_aside(const char *path)
{
    static const char *const tails[] = {"-wal", "-shm"};
    char name[PATH_SIZE + 16];
    (void)snprintf(name, sizeof name, "%s.damaged", path);
    (void)rename(path, name); /* else the next open fails, and says so */
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, tails[i]);
        (void)unlink(name);
    }
}

static int64_t count_plays(struct journal *db)
{
    int r;
    int64_t count = 0;
    sqlite3_stmt *stmt = journal_prepare(db, &r, "SELECT count(*) FROM plays", "");
    if (stmt && journal_step(db, stmt) > 0)
        count = sqlite3_column_int64(stmt, 0);
    journal_done(db, stmt);
    return count;
}

/* -- the chain --------------------------------------------------------------------------------- */

static char *print(const struct play *play)
{
    cJSON *json = play_to_json(play);
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    return text;
}

static bool parse(const char *text, struct play *ret)
{
    char error[160];
    cJSON *json = cJSON_Parse(text);
    bool good = json && play_from_json(json, ret, error, sizeof error) == 0;
    cJSON_Delete(json);
    return good;
}

static int keep_chain(struct play_log *log, int64_t seq, const char *hash)
{
    int r = journal_set_int(&log->db, key_seq, seq);
    return r < 0 ? r : journal_set_text(&log->db, key_hash, hash);
}

static int start_chain(struct play_log *log)
{
    unsigned char bytes[(PLAY_LOG_SIZE - 1) / 2];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2hex(log->log, sizeof log->log, bytes, sizeof bytes);
    memcpy(log->hash, entry_first_hash, HASH_SIZE);
    log->seq = 0;
    int r = journal_begin(&log->db);
    if (r >= 0)
        r = journal_set_text(&log->db, key_log, log->log);
    if (r >= 0)
        r = keep_chain(log, 0, log->hash);
    return journal_end(&log->db, r);
}

static int insert(struct play_log *log, const struct play *play)
{
    char *text = print(play);
    int r = text ? journal_exec(&log->db, "INSERT INTO plays(seq, text) VALUES(?, ?)", "is",
                                play->seq, text)
                 : -ENOMEM;
    cJSON_free(text);
    if (r >= 0)
        r = journal_exec(&log->db, "DELETE FROM now", "");
    if (r >= 0)
        r = keep_chain(log, play->seq, play->hash);
    if (r >= 0 && log->count >= PLAY_LOG_MAX)
        r = journal_exec(&log->db, "DELETE FROM plays WHERE seq <= ?", "i",
                         play->seq - PLAY_LOG_MAX);
    return r;
}

/* The open item joins the chain: within a transaction of the caller's. */
static int append(struct play_log *log, struct play *play)
{
    play->seq = log->seq + 1;
    memcpy(play->log, log->log, sizeof play->log);
    memcpy(play->prev, log->hash, HASH_SIZE);
    play_hash(log->hash, play, play->hash);
    return insert(log, play);
}

static void appended(struct play_log *log, const struct play *play)
{
    log->seq = play->seq;
    memcpy(log->hash, play->hash, HASH_SIZE);
    log->open = false;
    if (log->count < PLAY_LOG_MAX)
        log->count++;
}

static int finish_open(struct play_log *log, struct play *play)
{
    int r = journal_begin(&log->db);
    if (r >= 0)
        r = append(log, play);
    r = journal_end(&log->db, r);
    if (r >= 0)
        appended(log, play);
    return r;
}

/* -- life -------------------------------------------------------------------------------------- */

static bool load_open(struct play_log *log)
{
    int r;
    bool found = false;
    sqlite3_stmt *stmt = journal_prepare(&log->db, &r, "SELECT text FROM now", "");
    if (stmt && journal_step(&log->db, stmt) > 0 && sqlite3_column_text(stmt, 0))
        found = parse((const char *)sqlite3_column_text(stmt, 0), &log->now);
    journal_done(&log->db, stmt);
    return found;
}

static int load_chain(struct play_log *log)
{
    char *name = journal_text(&log->db, key_log), *hash = journal_text(&log->db, key_hash);
    bool known = name && hash && strlen(name) == PLAY_LOG_SIZE - 1 && strlen(hash) == HASH_SIZE - 1;
    if (known) {
        memcpy(log->log, name, PLAY_LOG_SIZE);
        memcpy(log->hash, hash, HASH_SIZE);
        log->seq = journal_int(&log->db, key_seq);
    }
    free(name);
    free(hash);
    log->count = count_plays(&log->db);
    return log->db.damaged ? -EBADMSG : known ? 0 : start_chain(log);
}

static int load(struct play_log *log, const char *path)
{
    int r = open_file(&log->db, path);
    if (r < 0)
        return r;
    r = load_chain(log);
    if (r == 0 && load_open(log)) {
        log->now.ending = PLAY_ENDING_STOPPED;
        r = finish_open(log, &log->now);
    }
    if (r < 0)
        close_file(&log->db);
    return r;
}

static void path_of(const char *dir, char path[static PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%.600s/plays.db", dir);
}

bool play_log_exists(const char *dir)
{
    char path[PATH_SIZE];
    path_of(dir, path);
    return access(path, F_OK) == 0;
}

int play_log_open(const char *dir, struct play_log **ret)
{
    char path[PATH_SIZE];
    struct play_log *log = calloc(1, sizeof *log);
    if (!log)
        return -ENOMEM;
    path_of(dir, path);
    int r = load(log, path);
    if (r == -EBADMSG) {
        station_report("the play log is damaged; it is set aside, and another one begins");
        set_aside(path);
        *log = (struct play_log){0};
        r = load(log, path);
    }
    if (r < 0) {
        free(log);
        return r;
    }
    *ret = log;
    return 0;
}

void play_log_close(struct play_log *log)
{
    if (!log)
        return;
    close_file(&log->db);
    free(log);
}

/* -- items ------------------------------------------------------------------------------------- */

/* What the codec asks for in an item that has no place in the chain yet. */
static void fill(const struct play_log *log, struct play *play)
{
    memcpy(play->log, log->log, sizeof play->log);
    play->seq = log->seq + 1;
    memcpy(play->prev, log->hash, HASH_SIZE);
    memcpy(play->hash, log->hash, HASH_SIZE);
    play->ending = PLAY_ENDING_STOPPED;
}

static int store_open(struct play_log *log, const struct play *play)
{
    char *text = print(play);
    int r = text ? journal_exec(&log->db, "INSERT OR REPLACE INTO now(one, text) VALUES(1, ?)", "s",
                                text)
                 : -ENOMEM;
    cJSON_free(text);
    return r < 0 ? r : 0;
}

int play_log_begin(struct play_log *log, const struct play *play)
{
    struct play now = *play;
    int r = 0;
    if (log->open) {
        log->now.ending = PLAY_ENDING_STOPPED;
        r = finish_open(log, &log->now);
    }
    if (r < 0)
        return r;
    fill(log, &now);
    r = store_open(log, &now);
    if (r < 0)
        return r;
    log->now = now;
    log->open = true;
    return 0;
}

static void take_seen(struct play *now, const struct play *play)
{
    now->start = play->start;
    now->end = play->end;
    now->shown_ms = play->shown_ms;
    now->frames = play->frames;
}

int play_log_seen(struct play_log *log, const struct play *play)
{
    if (!log->open)
        return -ENOENT;
    take_seen(&log->now, play);
    return store_open(log, &log->now);
}

int play_log_end(struct play_log *log, const struct play *play)
{
    if (!log->open)
        return -ENOENT;
    take_seen(&log->now, play);
    log->now.ending = play->ending;
    return finish_open(log, &log->now);
}

/* -- upload ------------------------------------------------------------------------------------ */

int play_log_batch(struct play_log *log, struct play *ret, int max)
{
    int r = 0, count = 0;
    sqlite3_stmt *stmt = journal_prepare(
        &log->db, &r, "SELECT text FROM plays ORDER BY seq LIMIT ?", "i", (int64_t)max);
    if (!stmt)
        return r;
    while (count < max && (r = journal_step(&log->db, stmt)) > 0) {
        const char *text = (const char *)sqlite3_column_text(stmt, 0);
        if (!text || !parse(text, &ret[count++])) {
            r = -EBADMSG;
            break;
        }
    }
    journal_done(&log->db, stmt);
    return r < 0 ? r : count;
}

int play_log_stored(struct play_log *log, int64_t seq)
{
    int r = journal_exec(&log->db, "DELETE FROM plays WHERE seq <= ?", "i", seq);
    if (r < 0)
        return r;
    log->count -= r;
    return 0;
}

int64_t play_log_count(const struct play_log *log)
{
    return log->count;
}
