/* SQLite behind the journal. Private to journal*.c and play_log.c.
 */
#ifndef MACHIAI_KIOSK_JOURNAL_PRIVATE_H
#define MACHIAI_KIOSK_JOURNAL_PRIVATE_H

#include <sqlite3.h>

#include "journal.h"

enum { JOURNAL_STATEMENTS_MAX = 64 }; /* kept compiled; others are compiled each time */

struct journal_statement {
    sqlite3_stmt *stmt;
    bool in_use;
};

struct journal {
    sqlite3 *db;
    int lock; /* of the directory */
    bool damaged;
    struct journal_statement statements[JOURNAL_STATEMENTS_MAX];
    int statement_count;
};

/* Prepares sql and binds the arguments: types is a string of 's' (const char *), 'i' (int64_t) and
 * 'b' (const void *, size_t), which stay the caller's until journal_done(). NULL after an error,
 * which *ret_error then tells. */
sqlite3_stmt *journal_prepare(struct journal *journal, int *ret_error, const char *sql,
                              const char *types, ...);
/* Accepts NULL. */
void journal_done(struct journal *journal, sqlite3_stmt *stmt);
/* Before the database is closed: no statement is left. */
void journal_forget_statements(struct journal *journal);
/* 1 a row, 0 done, negative errno. */
int journal_step(struct journal *journal, sqlite3_stmt *stmt);
/* Prepares, binds, runs to the end. Gives the number of rows changed or an errno. */
int journal_exec(struct journal *journal, const char *sql, const char *types, ...);

/* begin() ... commit(): journal_end() rolls back when r is negative, or else commits. */
int journal_begin(struct journal *journal);
int journal_end(struct journal *journal, int r);

/* Column as text, "" for NULL; cut at size. */
void journal_column(sqlite3_stmt *stmt, int column, char *ret, size_t size);

/* Inserts an own event and counts it, inside a transaction. */
int journal_put_event(struct journal *journal, const struct journal_event *event);

/* Tickets are kept for the fate of their slips; the oldest give way. */
int journal_trim_tickets(struct journal *journal);

/* Makes the tables of a new file. */
int journal_schema(struct journal *journal);
/* Copies what can be read of a damaged file; gives the number of own events. owner: the device
 * whose events they are, "" = not known. */
int journal_rescue(struct journal *journal, const char *path, const char *owner);

#endif
