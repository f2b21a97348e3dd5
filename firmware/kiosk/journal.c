#include "journal_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "station_report.h"

/* -- SQLite ------------------------------------------------------------------------------------ */

static int error_of(struct journal *journal, int code, const char *sql)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        station_report("journal: the disk is full");
        return -ENOSPC;
    case SQLITE_CONSTRAINT:
        return -EEXIST;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        journal->damaged = true;
        station_report("journal: the file is damaged: %s", sqlite3_errmsg(journal->db));
        return -EBADMSG;
    default:
        station_report("journal: %s (%.60s)", sqlite3_errmsg(journal->db), sql);
        return -EIO;
    }
}

static int bind(sqlite3_stmt *stmt, const char *types, va_list args)
{
    int r = SQLITE_OK;
    for (int i = 0; types[i] && r == SQLITE_OK; i++) {
        if (types[i] == 's') {
            r = sqlite3_bind_text(stmt, i + 1, va_arg(args, const char *), -1, SQLITE_STATIC);
        } else if (types[i] == 'i') {
            r = sqlite3_bind_int64(stmt, i + 1, va_arg(args, int64_t));
        } else {
            const void *bytes = va_arg(args, const void *);
            r = sqlite3_bind_blob64(stmt, i + 1, bytes, va_arg(args, size_t), SQLITE_STATIC);
        }
    }
    return r;
}

/* A kept statement, or a new one that is kept while there is room. */
static int take(struct journal *journal, const char *sql, sqlite3_stmt **ret)
{
    for (int i = 0; i < journal->statement_count; i++) {
        struct journal_statement *kept = &journal->statements[i];
        if (kept->in_use || strcmp(sqlite3_sql(kept->stmt), sql) != 0)
            continue;
        kept->in_use = true;
        *ret = kept->stmt;
        return SQLITE_OK;
    }
    if (journal_closed(journal))
        return SQLITE_CANTOPEN;
    int code = sqlite3_prepare_v3(journal->db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL);
    if (code == SQLITE_OK && journal->statement_count < JOURNAL_STATEMENTS_MAX)
        journal->statements[journal->statement_count++] = (struct journal_statement){*ret, true};
    return code;
}

static sqlite3_stmt *prepare(struct journal *journal, int *ret_error, const char *sql,
                             const char *types, va_list args)
{
    sqlite3_stmt *stmt = NULL;
    int code = take(journal, sql, &stmt);
    if (code == SQLITE_OK)
        code = bind(stmt, types, args);
    if (code == SQLITE_OK)
        return stmt;
    *ret_error = error_of(journal, code, sql);
    journal_done(journal, stmt);
    return NULL;
}

sqlite3_stmt *journal_prepare(struct journal *journal, int *ret_error, const char *sql,
                              const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = prepare(journal, ret_error, sql, types, args);
    va_end(args);
    return stmt;
}

void journal_done(struct journal *journal, sqlite3_stmt *stmt)
{
    for (int i = 0; stmt && i < journal->statement_count; i++) {
        struct journal_statement *kept = &journal->statements[i];
        if (kept->stmt != stmt)
            continue;
        (void)sqlite3_reset(stmt); /* repeats the error that step gave */
        (void)sqlite3_clear_bindings(stmt);
        kept->in_use = false;
        return;
    }
    (void)sqlite3_finalize(stmt);
}

void journal_forget_statements(struct journal *journal)
{
    for (int i = 0; i < journal->statement_count; i++)
        (void)sqlite3_finalize(journal->statements[i].stmt);
    journal->statement_count = 0;
}

int journal_step(struct journal *journal, sqlite3_stmt *stmt)
{
    int code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    return error_of(journal, code, sqlite3_sql(stmt));
}

int journal_exec(struct journal *journal, const char *sql, const char *types, ...)
{
    int r = 0;
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = prepare(journal, &r, sql, types, args);
    va_end(args);
    if (!stmt)
        return r;
    do
        r = journal_step(journal, stmt);
    while (r > 0);
    journal_done(journal, stmt);
    return r < 0 ? r : sqlite3_changes(journal->db);
}

int journal_begin(struct journal *journal)
{
    return journal_exec(journal, "BEGIN IMMEDIATE", "");
}

int journal_end(struct journal *journal, int r)
{
    if (r >= 0)
        r = journal_exec(journal, "COMMIT", "");
    if (r < 0 && !sqlite3_get_autocommit(journal->db))
        (void)sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL); /* r is what is told */
    return r < 0 ? r : 0;
}

void journal_column(sqlite3_stmt *stmt, int column, char *ret, size_t size)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    (void)snprintf(ret, size, "%s", text ? text : "");
}

/* -- meta -------------------------------------------------------------------------------------- */

int journal_set_text(struct journal *journal, const char *key, const char *value)
{
    int r = journal_exec(journal, "INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", "ss", key,
                         value);
    return r < 0 ? r : 0;
}

int journal_set_int(struct journal *journal, const char *key, int64_t value)
{
    int r = journal_exec(journal, "INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", "si", key,
                         value);
    return r < 0 ? r : 0;
}

int64_t journal_int(struct journal *journal, const char *key)
{
    int r;
    int64_t value = 0;
    sqlite3_stmt *stmt =
        journal_prepare(journal, &r, "SELECT value FROM meta WHERE key = ?", "s", key);
    if (stmt && journal_step(journal, stmt) > 0)
        value = sqlite3_column_int64(stmt, 0);
    journal_done(journal, stmt);
    return value;
}

char *journal_text(struct journal *journal, const char *key)
{
    int r;
    char *text = NULL;
    sqlite3_stmt *stmt =
        journal_prepare(journal, &r, "SELECT value FROM meta WHERE key = ?", "s", key);
    if (stmt && journal_step(journal, stmt) > 0 && sqlite3_column_text(stmt, 0))
        text = strdup((const char *)sqlite3_column_text(stmt, 0));
    else
        text = strdup("");
    journal_done(journal, stmt);
    return text;
}

bool journal_damaged(const struct journal *journal)
{
    return journal->damaged;
}
