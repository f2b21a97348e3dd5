/* The database's file: opening it, and what people are told when it fails them. */
#include "db_private.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logging.h"

enum { OWNER_SIZE = 64 };
static const int busy_timeout_ms = 5000;

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

int db_failed(struct db_connection *connection, int result, const char *sql)
{
    if ((result & 0xff) == SQLITE_CONSTRAINT)
        return db_code(result);
    log_error("database %s: %s (%s) in: %.80s", connection->path, db_advice(result),
              sqlite3_errmsg(connection->handle), sql);
    connection->error = db_code(result);
    return connection->error;
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
static int sync_recovered(struct db_connection *connection)
{
    int result =
        sqlite3_wal_checkpoint_v2(connection->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

    return result == SQLITE_FULL || result == SQLITE_BUSY ? SQLITE_OK : result;
}

static int prepare_connection(struct db_connection *connection, bool reader)
{
    static const char *const setup[] = {
        "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON",
        /* A site's rows lie on pages of their own: hundreds of pages change in each commit, and
           most of them again in the next. 16 MB are read again within tenths of a second. */
        "PRAGMA wal_autocheckpoint = 4000", "PRAGMA trusted_schema = OFF",
        "PRAGMA cache_size = -16384", /* KB: these pages are at hand for the next commit */
        "PRAGMA secure_delete = ON",  /* what is forgotten is not left
                                         in free pages */
    };
    int result;

    result = sqlite3_busy_timeout(connection->handle, busy_timeout_ms);
    if (reader)
        return result == SQLITE_OK
                   ? sqlite3_exec(connection->handle, "PRAGMA query_only = ON", NULL, NULL, NULL)
                   : result;
    for (size_t i = 0; i < sizeof(setup) / sizeof(setup[0]) && result == SQLITE_OK; i++)
        result = sqlite3_exec(connection->handle, setup[i], NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sync_recovered(connection);
    return result;
}

int db_connection_open(struct db_connection *connection, const char *path, bool reader)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (reader ? 0 : SQLITE_OPEN_CREATE);
    int result = sqlite3_open_v2(path, &connection->handle, flags, NULL);

    connection->path = path;
    return result == SQLITE_OK ? prepare_connection(connection, reader) : result;
}

void db_connection_close(struct db_connection *connection)
{
    for (int i = 0; i < connection->cached; i++) {
        assert(!connection->cache[i].in_use);
        (void)sqlite3_finalize(connection->cache[i].handle); /* repeats an error already reported */
        free(connection->cache[i].sql);
    }
    connection->cached = 0;
    (void)sqlite3_close(connection->handle); /* every statement is finalised: cannot be busy */
    connection->handle = NULL;
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
    /* Nobody reads these counts, and all threads would take turns for them at each malloc(). After
       the first opening it is refused, with the same effect. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    db = calloc(1, sizeof(*db));
    if (!db)
        return -ENOMEM;
    db->path = strdup(path);
    if (!db->path || init_lock(&db->lock) < 0) {
        free(db->path);
        free(db);
        return -ENOMEM;
    }
    result = db_connection_open(&db->writer, db->path, false);
    if (result != SQLITE_OK) {
        (void)snprintf(error, error_size, "%s: %s (%s)", path, db_advice(result),
                       db->writer.handle ? sqlite3_errmsg(db->writer.handle)
                                         : sqlite3_errstr(result));
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
    assert(db->depth == 0 && !db->group);
    db_readers_close(db);
    db_connection_close(&db->writer);
    (void)pthread_mutex_destroy(&db->lock);
    free(db->path);
    free(db);
}

const char *db_file_path(const struct db *db)
{
    return db->path;
}
