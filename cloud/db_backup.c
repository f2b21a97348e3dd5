/* Copies of a database: SQLite's online backup. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db_private.h"

enum { BUSY_TRIES = 50, BUSY_WAIT_MS = 100 };

static int fail(char *error, size_t error_size, const char *path, int result, const char *what)
{
    (void)snprintf(error, error_size, "%s: %s (%s)", path, db_advice(result), what);
    return db_code(result);
}

/* All pages in one step: a copy in several would begin anew whenever somebody writes. */
static int copy_pages(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int result = SQLITE_BUSY;

    if (!backup)
        return sqlite3_errcode(to);
    for (int i = 0; i < BUSY_TRIES; i++) {
        result = sqlite3_backup_step(backup, -1);
        if (result != SQLITE_BUSY && result != SQLITE_LOCKED)
            break;
        (void)sqlite3_sleep(BUSY_WAIT_MS);
    }
    (void)sqlite3_backup_finish(backup); /* repeats step's error */
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

/* One file in the end: no write-ahead log has to go with it. */
static int settle(sqlite3 *copy, bool *ret_whole)
{
    sqlite3_stmt *stmt = NULL;
    int result;

    result = sqlite3_exec(copy, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_prepare_v2(copy, "PRAGMA integrity_check(1)", -1, &stmt, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_step(stmt);
        *ret_whole =
            result == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
    }
    (void)sqlite3_finalize(stmt);
    return result == SQLITE_ROW ? SQLITE_OK : result;
}

static int sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), code = 0;

    if (fd < 0 || fsync(fd) < 0)
        code = -errno;
    if (fd >= 0)
        (void)close(fd);
    return code;
}

static int copy_into(sqlite3 *from, const char *path, char *error, size_t error_size)
{
    sqlite3 *copy = NULL;
    bool whole = false;
    int result, code;

    result = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (result == SQLITE_OK)
        result = copy_pages(from, copy);
    if (result == SQLITE_OK)
        result = settle(copy, &whole);
    code = result == SQLITE_OK ? 0 : fail(error, error_size, path, result, sqlite3_errmsg(copy));
    if (code == 0 && !whole) {
        (void)snprintf(error, error_size, "%s: the copy is damaged, as is what was copied", path);
        code = -EBADMSG;
    }
    (void)sqlite3_close(copy);
    if (code == 0 && (code = sync_file(path)) < 0)
        (void)snprintf(error, error_size, "%s: %s", path, strerror(-code));
    if (code < 0)
        (void)unlink(path);
    return code;
}

static int check_free(const char *path, char *error, size_t error_size)
{
    if (access(path, F_OK) < 0)
        return 0;
    (void)snprintf(error, error_size, "%s is there already; choose another name or remove it",
                   path);
    return -EEXIST;
}

int db_backup(struct db *db, const char *path, char *error, size_t error_size)
{
    int result;

    result = check_free(path, error, error_size);
    if (result < 0)
        return result;
    /* A connection of its own: copying a clinic's years must not hold up who writes here. */
    return db_copy_file(db_file_path(db), path, error, error_size);
}

int db_copy_file(const char *from, const char *path, char *error, size_t error_size)
{
    sqlite3 *source = NULL;
    int result;

    result = check_free(path, error, error_size);
    if (result < 0)
        return result;
    result = sqlite3_open_v2(from, &source, SQLITE_OPEN_READONLY, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(source, "SELECT COUNT(*) FROM sqlite_master", NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = copy_into(source, path, error, error_size);
    else
        result = fail(error, error_size, from, result, sqlite3_errmsg(source));
    (void)sqlite3_close(source);
    return result;
}
