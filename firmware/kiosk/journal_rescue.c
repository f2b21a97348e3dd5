/* Reading what is left of a damaged journal. */
#include "journal_private.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 32, SQL_SIZE = 1024 };

/* What exists nowhere else comes first. Entries are not read: the cloud has them. */
static const char *const tables[] = {"outbox", "meta", "tickets", "slips", "reissues", "intents"};

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

/* Row by row, so that damage in the middle of a table loses only what follows. */
static int copy_table(sqlite3 *from, sqlite3 *to, const char *table)
{
    char sql[64];
    sqlite3_stmt *read = NULL, *write = NULL;
    int count = 0;
    (void)snprintf(sql, sizeof sql, "SELECT * FROM %s", table);
    if (sqlite3_prepare_v2(from, sql, -1, &read, NULL) == SQLITE_OK)
        write = insert_into(to, table, read);
    while (write && sqlite3_step(read) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(read); i++)
            (void)sqlite3_bind_value(write, i + 1, sqlite3_column_value(read, i));
        count += sqlite3_step(write) == SQLITE_DONE;
        (void)sqlite3_reset(write);
    }
    (void)sqlite3_finalize(read);
    (void)sqlite3_finalize(write);
    return count;
}

int journal_rescue(struct journal *journal, const char *path)
{
    sqlite3 *from = NULL;
    int events = 0;
    if (sqlite3_open_v2(path, &from, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
        for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
            int count = copy_table(from, journal->db, tables[i]);
            events += i == 0 ? count : 0;
        }
    (void)sqlite3_close(from);
    return events;
}
