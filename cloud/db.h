/* Database: SQLite behind a small interface, written so that PostgreSQL can stand there later.
 *
 * Callers write SQL that both accept: $1.. parameters, ON CONFLICT, RETURNING, BIGINT and TEXT
 * columns, no AUTOINCREMENT, no rowid. The primary key of every table that has a site begins with
 * it; what is looked up before the site is known (a token's hash, a code) has a UNIQUE index of its
 * own. Without a site are: accounts and what hangs on them (one account may have several sites),
 * pairings (kiosks that are nobody's yet), the operator's own things (hours, model programmes).
 *
 * One struct db may be used by threads: a transaction or an open result holds it for its thread,
 * so keep them short and never wait for anything else in between. Both nest within one thread.
 * After db_share() only transactions exclude each other: whoever has none open reads what is
 * committed, on other connections, and commits are gathered.
 *
 * Errors are negative errno values: -EEXIST a UNIQUE, CHECK or FOREIGN KEY constraint says no,
 * -EBUSY another process holds the database, -ENOSPC disk full, -EROFS or -EACCES the data may not
 * be written, -EIO damage or anything else. db.c logs each but -EEXIST once, with what to do about
 * it; callers only hand them on.
 */
#ifndef MACHIAI_CLOUD_DB_H
#define MACHIAI_CLOUD_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DB_ERROR_SIZE = 320, DB_PARAMS_MAX = 16 };

struct db;
struct db_rows;

/* One step of a module's schema; sql may hold several statements. Steps are never changed once
 * released, only added. */
struct db_migration {
    const char *name;
    const char *sql;
};

/* Opens or makes the database file. error gets a sentence that says what to do. */
int db_open(const char *path, struct db **ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
void db_close(struct db *db);
/* From now on many threads use it: see above. A db_commit() then returns when the disk has what it
 * committed, together with others'; a db_run() in no transaction is one. Before other threads
 * start, and in no process that forks without exec. On failure, error as in db_open(). */
int db_share(struct db *db, char *error, size_t error_size) __attribute__((warn_unused_result));
bool db_is_shared(const struct db *db);

/* Brings a module's tables up to date, each step in one transaction together with the note that it
 * was done: a kill at any moment leaves whole steps. Call once a module, in an order that suits
 * foreign keys. -ENOTSUP with a sentence when the data was written by a newer program. */
int db_migrate(struct db *db, const char *module, const struct db_migration *steps, int count,
               char *error, size_t error_size) __attribute__((warn_unused_result));

/* Parameters follow `types`, one letter each: 'i' int64_t (cast it!), 't' const char * (NULL = SQL
 * NULL), 'b' const void * and size_t. Text is copied before the call returns.
 *
 * Runs one statement that gives no rows. Number of rows changed (>= 0), or an error. */
int db_run(struct db *db, const char *sql, const char *types, ...)
    __attribute__((warn_unused_result));

/* Starts one statement that gives rows. The caller ends it with db_done() on the same thread, read
 * to its end or not. A statement that writes (RETURNING) must be read to its end. */
int db_query(struct db *db, struct db_rows **ret, const char *sql, const char *types, ...)
    __attribute__((warn_unused_result));
/* 1: a row is there, 0: no more, or an error. */
int db_next(struct db_rows *rows) __attribute__((warn_unused_result));
/* Columns of the present row, from 0; texts and blobs hold until the next db_next or db_done. NULL
 * reads as 0 and "". */
int64_t db_int(const struct db_rows *rows, int column);
const char *db_text(const struct db_rows *rows, int column);
const void *db_blob(const struct db_rows *rows, int column, size_t *ret_size);
bool db_null(const struct db_rows *rows, int column);
/* Accepts NULL. */
void db_done(struct db_rows *rows);

/* Shorthand for a query of one integer: 1 with *ret filled, 0 when there is no row, or an error. */
int db_get_int(struct db *db, int64_t *ret, const char *sql, const char *types, ...)
    __attribute__((warn_unused_result));

/* Transactions. An inner begin joins the outer one; an inner rollback dooms it (its commit then
 * gives -ECANCELED). begin takes the write lock at once, so a transaction never fails half-way
 * because another writer came first. After a failed commit everything is rolled back.
 *
 * In a shared db a transaction may see what transactions before it have written and the disk has
 * not yet: whoever answers somebody on that ground ends with db_commit(), also when he has written
 * nothing, since that waits and fails with them. */
int db_begin(struct db *db) __attribute__((warn_unused_result));
int db_commit(struct db *db) __attribute__((warn_unused_result));
/* The same for an outermost transaction: ended is called once, before this returns, when it is
 * known whether the transaction lasts (0) or is lost (an errno): transaction by transaction in
 * their order, maybe on another thread, before anybody else can write. It must not use the
 * database. */
int db_commit_then(struct db *db, void (*ended)(void *context, int result), void *context)
    __attribute__((warn_unused_result));
void db_rollback(struct db *db);
/* A whole transaction: body between begin and commit, a negative result of it rolls back. What many
 * do at once goes this way: those who wait let one thread run all of theirs, so body may run on
 * another thread (which waits for nothing of this one), and neither thread-local data nor locks of
 * the caller's are its. ended as above; NULL for none. */
int db_transact(struct db *db, int (*body)(void *context), void (*ended)(void *context, int result),
                void *context) __attribute__((warn_unused_result));

/* Copies the whole database into a new file while others go on writing: the copy is the state of
 * one moment, checked, on the disk and for this user alone when it returns 0. error gets a
 * sentence. -EEXIST: path is there already. */
int db_backup(struct db *db, const char *path, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* The same from a file that nobody has opened, e.g. a backup. */
int db_copy_file(const char *from, const char *path, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Of the transaction that this thread has open: the same for all that are committed together, so
 * nobody else writes while it stays. */
uint64_t db_turn(const struct db *db);

/* Grows when another connection (another process) has committed since; own commits leave it. */
int db_data_version(struct db *db, int64_t *ret) __attribute__((warn_unused_result));

#endif
