#include "db_private.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logging.h"

enum { STATEMENTS_MAX = 128, OWNER_SIZE = 64 };
static const int busy_timeout_ms = 5000;

struct statement {
    char *sql;
    sqlite3_stmt *handle;
    bool in_use;
};

struct db {
    sqlite3 *handle;
    char *path;
    pthread_mutex_t lock; /* recursive: held by a transaction and by each open result */
    int depth;
    bool doomed;
    struct statement cache[STATEMENTS_MAX];
    int cached;
};

struct db_rows {
    struct db *db;
    struct statement *cached; /* NULL: the statement is this result's own */
    sqlite3_stmt *handle;
};

/* -- errors ------------------------------------------------------------------------------------ */

int db_code(int result)
{
    switch (result & 0xff) {
    case SQLITE_CONSTRAINT:
        return -EEXIST;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return -EACCES;
    case SQLITE_NOMEM:
        return -ENOMEM;
    default:
        return -EIO;
    }
}

const char *db_advice(int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program keeps the database busy; end it or try again";
    case SQLITE_FULL:
        return "the disk is full; free some space and try again";
    case SQLITE_READONLY:
        return "the data may not be written; check the file system and the owner of the files";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return "the file cannot be opened; check that the folder exists and who owns it";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "the file is damaged or no database; restore it from a backup";
    default:
        return "check the disk and the system's log";
    }
}

static int failed(const struct db *db, int result, const char *sql)
{
    if ((result & 0xff) != SQLITE_CONSTRAINT)
        log_error("database %s: %s (%s) in: %.80s", db->path, db_advice(result),
                  sqlite3_errmsg(db->handle), sql);
    return db_code(result);
}

/* -- opening ----------------------------------------------------------------------------------- */

static void name_of_user(uid_t uid, char name[static OWNER_SIZE])
{
    const struct passwd *entry = getpwuid(uid); /* start-up only: no other thread yet */

    if (entry)
        (void)snprintf(name, OWNER_SIZE, "%s", entry->pw_name);
    else
        (void)snprintf(name, OWNER_SIZE, "uid %u", (unsigned)uid);
}

/* Says plainly what SQLite would call "unable to open database file". */
static int check_place(const char *path, char *error, size_t size)
{
    char folder[4096], owner[OWNER_SIZE], self[OWNER_SIZE];
    const char *checked = folder, *slash = strrchr(path, '/');
    struct stat status;

    (void)snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1,
                   slash ? path : ".");
    if (stat(folder, &status) < 0) {
        int code = -errno;

        (void)snprintf(error, size, "%s: %s; make the folder or check --data", folder,
                       strerror(-code));
        return code;
    }
    if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0) {
        checked = path;
        if (stat(path, &status) < 0 || faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0)
            return 0;
    }
    if (errno == EROFS) {
        (void)snprintf(error, size, "%s is on a read-only file system; make it writable", checked);
        return -EROFS;
    }
    name_of_user(status.st_uid, owner);
    name_of_user(geteuid(), self);
    (void)snprintf(error, size,
                   "%s belongs to %s and may not be written by %s; run this as %s, or change the "
                   "owner with chown",
                   checked, owner, self, owner);
    return -EACCES;
}

/* A killed process may have written a transaction that it never synced. Whoever reads it now tells
 * others of it, so it must be on the disk first. With a full disk it is, although the checkpoint
 * ends there; and a database that another process holds is that one's to sync. */
static int sync_recovered(struct db *db)
{
    int result = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

    return result == SQLITE_FULL || result == SQLITE_BUSY ? SQLITE_OK : result;
}

static int prepare_connection(struct db *db)
{
    static const char *const setup[] = {
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA trusted_schema = OFF",
    };
    int result;

    result = sqlite3_busy_timeout(db->handle, busy_timeout_ms);
    for (size_t i = 0; i < sizeof(setup) / sizeof(setup[0]) && result == SQLITE_OK; i++)
        result = sqlite3_exec(db->handle, setup[i], NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sync_recovered(db);
    return result;
}

static int init_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attributes;
    int result;

    result = pthread_mutexattr_init(&attributes);
    if (result != 0)
        return -result;
    (void)pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE); /* a valid type */
    result = pthread_mutex_init(lock, &attributes);
    (void)pthread_mutexattr_destroy(&attributes); /* cannot fail for an initialised one */
    return -result;
}

int db_open(const char *path, struct db **ret, char *error, size_t error_size)
{
    struct db *db;
    int result;

    result = check_place(path, error, error_size);
    if (result < 0)
        return result;
    db = calloc(1, sizeof(*db));
    if (!db)
        return -ENOMEM;
    db->path = strdup(path);
    if (!db->path || init_lock(&db->lock) < 0) {
        free(db->path);
        free(db);
        return -ENOMEM;
    }
    result =
        sqlite3_open_v2(path, &db->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL);
    if (result == SQLITE_OK)
        result = prepare_connection(db);
    if (result != SQLITE_OK) {
        (void)snprintf(error, error_size, "%s: %s (%s)", path, db_advice(result),
                       db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(result));
        db_close(db);
        return db_code(result);
    }
    *ret = db;
    return 0;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    assert(db->depth == 0);
    for (int i = 0; i < db->cached; i++) {
        assert(!db->cache[i].in_use);
        (void)sqlite3_finalize(db->cache[i].handle); /* repeats an error already reported */
        free(db->cache[i].sql);
    }
    (void)sqlite3_close(db->handle); /* every statement is finalised: cannot be busy */
    (void)pthread_mutex_destroy(&db->lock);
    free(db->path);
    free(db);
}

const char *db_file_path(const struct db *db)
{
    return db->path;
}

/* -- statements -------------------------------------------------------------------------------- */

static void lock(struct db *db)
{
    int result = pthread_mutex_lock(&db->lock);

    assert(result == 0);
    (void)result;
}

static void unlock(struct db *db)
{
    int result = pthread_mutex_unlock(&db->lock);

    assert(result == 0);
    (void)result;
}

/* A kept statement, or a new one that is kept while there is room. */
static int take_statement(struct db *db, const char *sql, struct db_rows *rows)
{
    struct statement *kept;
    int result;

    for (int i = 0; i < db->cached; i++) {
        kept = &db->cache[i];
        if (!kept->in_use && strcmp(kept->sql, sql) == 0) {
            kept->in_use = true;
            rows->cached = kept;
            rows->handle = kept->handle;
            return SQLITE_OK;
        }
    }
    result =
        sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &rows->handle, NULL);
    if (result != SQLITE_OK || db->cached == STATEMENTS_MAX)
        return result;
    kept = &db->cache[db->cached];
    kept->sql = strdup(sql);
    if (!kept->sql)
        return SQLITE_OK; /* not kept, still good */
    db->cached++;
    kept->handle = rows->handle;
    kept->in_use = true;
    rows->cached = kept;
    return SQLITE_OK;
}

/* $1 is a name to SQLite, numbered by first appearance: look it up, as PostgreSQL reads it. */
static int bind_one(sqlite3_stmt *handle, int position, char type, va_list *arguments)
{
    char name[4] = {'$', (char)('0' + position), '\0'};
    int index;

    if (position > 9) {
        name[1] = (char)('0' + position / 10);
        name[2] = (char)('0' + position % 10);
    }
    index = sqlite3_bind_parameter_index(handle, name);
    assert(index > 0);
    if (type == 'i')
        return sqlite3_bind_int64(handle, index, va_arg(*arguments, int64_t));
    if (type == 't')
        return sqlite3_bind_text(handle, index, va_arg(*arguments, const char *), -1,
                                 SQLITE_TRANSIENT);
    assert(type == 'b');
    const void *bytes = va_arg(*arguments, const void *);
    size_t size = va_arg(*arguments, size_t);

    return sqlite3_bind_blob64(handle, index, bytes, size, SQLITE_TRANSIENT);
}

static int bind_all(sqlite3_stmt *handle, const char *types, va_list *arguments)
{
    int result = SQLITE_OK, count = (int)strlen(types);

    assert(count <= DB_PARAMS_MAX && count == sqlite3_bind_parameter_count(handle));
    for (int i = 0; i < count && result == SQLITE_OK; i++)
        result = bind_one(handle, i + 1, types[i], arguments);
    return result;
}

static int query(struct db *db, struct db_rows **ret, const char *sql, const char *types,
                 va_list *arguments)
{
    struct db_rows *rows;
    int result;

    rows = calloc(1, sizeof(*rows));
    if (!rows)
        return -ENOMEM;
    lock(db);
    rows->db = db;
    result = take_statement(db, sql, rows);
    if (result == SQLITE_OK)
        result = bind_all(rows->handle, types, arguments);
    if (result != SQLITE_OK) {
        result = failed(db, result, sql);
        db_done(rows);
        return result;
    }
    *ret = rows;
    return 0;
}

int db_query(struct db *db, struct db_rows **ret, const char *sql, const char *types, ...)
{
    va_list arguments;
    int result;

    va_start(arguments, types);
    result = query(db, ret, sql, types, &arguments);
    va_end(arguments);
    return result;
}

int db_next(struct db_rows *rows)
{
    int result = sqlite3_step(rows->handle);

    if (result == SQLITE_ROW)
        return 1;
    if (result == SQLITE_DONE)
        return 0;
    return failed(rows->db, result, sqlite3_sql(rows->handle));
}

int64_t db_int(const struct db_rows *rows, int column)
{
    return sqlite3_column_int64(rows->handle, column);
}

const char *db_text(const struct db_rows *rows, int column)
{
    const char *text = (const char *)sqlite3_column_text(rows->handle, column);

    return text ? text : "";
}

const void *db_blob(const struct db_rows *rows, int column, size_t *ret_size)
{
    const void *bytes = sqlite3_column_blob(rows->handle, column);

    *ret_size = (size_t)sqlite3_column_bytes(rows->handle, column);
    return bytes;
}

bool db_null(const struct db_rows *rows, int column)
{
    return sqlite3_column_type(rows->handle, column) == SQLITE_NULL;
}

void db_done(struct db_rows *rows)
{
    struct db *db;

    if (!rows)
        return;
    db = rows->db;
    if (rows->cached) {
        (void)sqlite3_reset(rows->handle);          /* repeats db_next's result */
        (void)sqlite3_clear_bindings(rows->handle); /* always SQLITE_OK */
        rows->cached->in_use = false;
    } else {
        (void)sqlite3_finalize(rows->handle); /* repeats db_next's result */
    }
    free(rows);
    unlock(db);
}

int db_run(struct db *db, const char *sql, const char *types, ...)
{
    struct db_rows *rows = NULL;
    va_list arguments;
    int result;

    va_start(arguments, types);
    result = query(db, &rows, sql, types, &arguments);
    va_end(arguments);
    if (result < 0)
        return result;
    do
        result = db_next(rows);
    while (result == 1);
    if (result == 0)
        result = sqlite3_changes(db->handle);
    db_done(rows);
    return result;
}

int db_get_int(struct db *db, int64_t *ret, const char *sql, const char *types, ...)
{
    struct db_rows *rows = NULL;
    va_list arguments;
    int result;

    va_start(arguments, types);
    result = query(db, &rows, sql, types, &arguments);
    va_end(arguments);
    if (result < 0)
        return result;
    result = db_next(rows);
    if (result == 1) {
        int64_t value = db_int(rows, 0);

        result = db_next(rows); /* to the end, for statements that write */
        if (result >= 0) {
            *ret = value;
            result = 1;
        }
    }
    db_done(rows);
    return result;
}

/* -- transactions ------------------------------------------------------------------------------ */

int db_begin(struct db *db)
{
    int result;

    lock(db);
    if (db->depth == 0) {
        result = db_run(db, "BEGIN IMMEDIATE", "");
        if (result < 0) {
            unlock(db);
            return result;
        }
        db->doomed = false;
    }
    db->depth++;
    return 0;
}

static void undo(struct db *db)
{
    /* Some errors have rolled back by themselves; then there is nothing left to do. */
    if (!sqlite3_get_autocommit(db->handle))
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

int db_commit(struct db *db)
{
    int result = 0;

    assert(db->depth > 0);
    db->depth--;
    if (db->doomed) {
        result = -ECANCELED;
    } else if (db->depth == 0) {
        result = db_run(db, "COMMIT", "");
        if (result > 0)
            result = 0;
    }
    if (result < 0 && db->depth == 0)
        undo(db);
    unlock(db);
    return result;
}

void db_rollback(struct db *db)
{
    assert(db->depth > 0);
    db->depth--;
    db->doomed = true;
    if (db->depth == 0)
        undo(db);
    unlock(db);
}

int db_data_version(struct db *db, int64_t *ret)
{
    int result = db_get_int(db, ret, "PRAGMA data_version", "");

    return result == 1 ? 0 : result < 0 ? result : -EIO;
}

/* -- migrations -------------------------------------------------------------------------------- */

static int run_script(struct db *db, const char *sql)
{
    int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return result == SQLITE_OK ? 0 : failed(db, result, sql);
}

/* Under the write lock, so that two programs that start together do each step once. */
static int migrate_step(struct db *db, const char *module, const struct db_migration *steps,
                        int count, int64_t *ret_version)
{
    int64_t version = 0;
    int result;

    result = db_begin(db);
    if (result < 0)
        return result;
    result = run_script(db, "CREATE TABLE IF NOT EXISTS schema_version "
                            "(module TEXT PRIMARY KEY, version BIGINT NOT NULL)");
    if (result == 0)
        result = db_get_int(db, &version, "SELECT version FROM schema_version WHERE module = $1",
                            "t", module);
    if (result >= 0 && version < count) {
        result = run_script(db, steps[version].sql);
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
    int64_t version = -1;
    int result;

    result = version_of(db, module, &version); /* nearly always all is done: no write lock */
    while (result == 0 && version < count)
        result = migrate_step(db, module, steps, count, &version);
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
