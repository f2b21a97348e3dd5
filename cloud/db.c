#include "db_private.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct db_rows {
    struct db *db;
    struct db_reader *reader; /* NULL: the writer's */
    struct db_connection *connection;
    struct db_statement *cached; /* NULL: the statement is this result's own */
    sqlite3_stmt *handle;
};

void db_hold(struct db *db)
{
    int result = pthread_mutex_lock(&db->lock);

    assert(result == 0);
    (void)result;
    db->held++;
}

void db_release(struct db *db)
{
    db->held--;
    int result = pthread_mutex_unlock(&db->lock);

    assert(result == 0);
    (void)result;
}

/* $1 is a name to SQLite, numbered by first appearance: look it up, as PostgreSQL reads it. */
static int parameter(sqlite3_stmt *handle, int position)
{
    char name[4];

    (void)snprintf(name, sizeof(name), "$%d", position);
    return sqlite3_bind_parameter_index(handle, name);
}

/* A kept statement, or a new one that is kept while there is room. */
static int take_statement(struct db_connection *connection, const char *sql, struct db_rows *rows)
{
    struct db_statement *kept;
    int result;

    for (int i = 0; i < connection->cached; i++) {
        kept = &connection->cache[i];
        if (!kept->in_use && strcmp(kept->sql, sql) == 0) {
            kept->in_use = true;
            rows->cached = kept;
            rows->handle = kept->handle;
            return SQLITE_OK;
        }
    }
    result = sqlite3_prepare_v3(connection->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                &rows->handle, NULL);
    if (result != SQLITE_OK || connection->cached == DB_STATEMENTS_MAX)
        return result;
    kept = &connection->cache[connection->cached];
    kept->sql = strdup(sql);
    if (!kept->sql)
        return SQLITE_OK; /* not kept, still good */
    connection->cached++;
    kept->handle = rows->handle;
    kept->in_use = true;
    for (int i = 0; i < DB_PARAMS_MAX; i++)
        kept->index[i] = (unsigned char)parameter(kept->handle, i + 1);
    rows->cached = kept;
    return SQLITE_OK;
}

static int bind_one(sqlite3_stmt *handle, int index, char type, bool copy, va_list *arguments)
{
    sqlite3_destructor_type keep = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;

    if (type == 'i')
        return sqlite3_bind_int64(handle, index, va_arg(*arguments, int64_t));
    if (type == 't')
        return sqlite3_bind_text(handle, index, va_arg(*arguments, const char *), -1, keep);
    assert(type == 'b');
    const void *bytes = va_arg(*arguments, const void *);
    size_t size = va_arg(*arguments, size_t);

    return sqlite3_bind_blob64(handle, index, bytes, size, keep);
}

/* copy: the values must outlive this call. */
static int bind_all(const struct db_rows *rows, const char *types, bool copy, va_list *arguments)
{
    int result = SQLITE_OK, count = (int)strlen(types);

    assert(count <= DB_PARAMS_MAX && count == sqlite3_bind_parameter_count(rows->handle));
    for (int i = 0; i < count && result == SQLITE_OK; i++) {
        int index = rows->cached ? rows->cached->index[i] : parameter(rows->handle, i + 1);

        assert(index > 0);
        result = bind_one(rows->handle, index, types[i], copy, arguments);
    }
    return result;
}

/* Where a statement of this thread belongs: with the transaction that it has open, or with those
 * who see only what is committed. */
static void take_connection(struct db *db, bool writes, struct db_rows *rows)
{
    rows->db = db;
    if (!writes && db->shared && !db_inside(db)) {
        rows->reader = db_reader_take(db);
        rows->connection = &rows->reader->connection;
        return;
    }
    db_hold(db);
    rows->connection = &db->writer;
}

/* copy: as of bind_all(); not for results that are ended before the caller returns. */
static int query(struct db *db, bool writes, bool copy, struct db_rows **ret, const char *sql,
                 const char *types, va_list *arguments)
{
    struct db_rows *rows;
    int result;

    rows = calloc(1, sizeof(*rows));
    if (!rows)
        return -ENOMEM;
    take_connection(db, writes, rows);
    if (!rows->reader && db->depth > 0 && sqlite3_get_autocommit(db->writer.handle)) {
        db_done(rows);
        return -ECANCELED; /* an error has undone the transaction: nothing may be done behind it */
    }
    result = take_statement(rows->connection, sql, rows);
    if (result == SQLITE_OK)
        result = bind_all(rows, types, copy, arguments);
    if (result != SQLITE_OK) {
        result = db_failed(rows->connection, result, sql);
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
    result = query(db, false, true, ret, sql, types, &arguments);
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
    return db_failed(rows->connection, result, sqlite3_sql(rows->handle));
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
    if (!rows)
        return;
    if (rows->cached) {
        (void)sqlite3_reset(rows->handle);          /* repeats db_next's result */
        (void)sqlite3_clear_bindings(rows->handle); /* always SQLITE_OK */
        rows->cached->in_use = false;
    } else {
        (void)sqlite3_finalize(rows->handle); /* repeats db_next's result */
    }
    if (rows->reader)
        db_reader_give(rows->db, rows->reader);
    else
        db_release(rows->db);
    free(rows);
}

static int run(struct db *db, const char *sql, const char *types, va_list *arguments)
{
    struct db_rows *rows = NULL;
    int result;

    result = query(db, true, false, &rows, sql, types, arguments);
    if (result < 0)
        return result;
    do
        result = db_next(rows);
    while (result == 1);
    if (result == 0)
        result = sqlite3_changes(db->writer.handle);
    db_done(rows);
    return result;
}

static int run_plain(struct db *db, const char *sql, ...)
{
    va_list none;
    int result;

    va_start(none, sql);
    result = run(db, sql, "", &none);
    va_end(none);
    return result;
}

int db_command(struct db *db, const char *sql)
{
    int result = run_plain(db, sql);

    return result < 0 ? result : 0;
}

/* A transaction of one statement. */
static int run_alone(struct db *db, const char *sql, const char *types, va_list *arguments)
{
    int changed, result;

    result = db_begin(db);
    if (result < 0)
        return result;
    changed = run(db, sql, types, arguments);
    if (changed < 0) {
        db_rollback(db);
        return changed;
    }
    result = db_commit(db);
    return result < 0 ? result : changed;
}

int db_run(struct db *db, const char *sql, const char *types, ...)
{
    va_list arguments;
    int result;

    va_start(arguments, types);
    if (db->shared && !db_inside(db))
        result = run_alone(db, sql, types, &arguments);
    else
        result = run(db, sql, types, &arguments);
    va_end(arguments);
    return result;
}

static int get_int(struct db *db, bool writes, int64_t *ret, const char *sql, const char *types,
                   va_list *arguments)
{
    struct db_rows *rows = NULL;
    int result;

    result = query(db, writes, false, &rows, sql, types, arguments);
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

int db_get_int(struct db *db, int64_t *ret, const char *sql, const char *types, ...)
{
    va_list arguments;
    int result;

    va_start(arguments, types);
    result = get_int(db, false, ret, sql, types, &arguments);
    va_end(arguments);
    return result;
}

/* Of the writer: to a reader, what we write ourselves is another's. */
static int writer_int(struct db *db, int64_t *ret, const char *sql, ...)
{
    va_list none;
    int result;

    va_start(none, sql);
    result = get_int(db, true, ret, sql, "", &none);
    va_end(none);
    return result;
}

int db_data_version(struct db *db, int64_t *ret)
{
    int result = writer_int(db, ret, "PRAGMA data_version");

    return result == 1 ? 0 : result < 0 ? result : -EIO;
}

int db_script(struct db *db, const char *sql)
{
    int result;

    db_hold(db);
    result = sqlite3_exec(db->writer.handle, sql, NULL, NULL, NULL);
    if (result != SQLITE_OK)
        result = db_failed(&db->writer, result, sql);
    db_release(db);
    return result;
}
