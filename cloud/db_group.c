/* Transactions, and the one commit that several of them wait for.
 *
 * A disk is asked once for all who wait: a transaction that ends is sealed (a savepoint of the one
 * that SQLite has open), and its thread waits. Whoever is last of those who had come to write
 * commits for all; who comes while the disk is at it makes the next group. So nobody waits for
 * company: a single writer commits at once.
 *
 * What is sealed is seen by the transactions behind it, and by nobody else. When the commit fails,
 * it fails for all of them.
 */
#include "db_private.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The database in which this thread has a transaction open. */
static _Thread_local const struct db *inside;

bool db_inside(const struct db *db)
{
    return inside == db;
}

uint64_t db_turn(const struct db *db)
{
    assert(db->depth > 0);
    return db->turn;
}

static void undo(struct db *db)
{
    /* Some errors have rolled back by themselves; then there is nothing left to do. */
    if (!sqlite3_get_autocommit(db->writer.handle))
        (void)sqlite3_exec(db->writer.handle, "ROLLBACK", NULL, NULL, NULL);
}

/* An error has undone the transaction (a full disk, say); it was logged. */
static int lost(const struct db *db)
{
    return db->writer.error < 0 ? db->writer.error : -EIO;
}

/* -- the group --------------------------------------------------------------------------------- */

static struct db_group *group_create(void)
{
    struct db_group *group = calloc(1, sizeof(*group));

    if (!group)
        abort();                                  /* what is sealed could not be told to anybody */
    (void)pthread_mutex_init(&group->lock, NULL); /* cannot fail without attributes on Linux */
    (void)pthread_cond_init(&group->ended, NULL);
    return group;
}

static void group_destroy(struct db_group *group)
{
    (void)pthread_mutex_destroy(&group->lock);
    (void)pthread_cond_destroy(&group->ended);
    free(group);
}

/* Ends the group for all its members, in their order. */
static void group_end(struct db *db, int result)
{
    struct db_group *group = db->group;
    bool nobody;

    db->group = NULL;
    for (int i = 0; i < group->count; i++)
        if (group->members[i].ended)
            group->members[i].ended(group->members[i].context, result);
    (void)pthread_mutex_lock(&group->lock);
    group->over = true;
    group->result = result;
    nobody = group->waiting == 0;
    (void)pthread_cond_broadcast(&group->ended);
    (void)pthread_mutex_unlock(&group->lock);
    if (nobody)
        group_destroy(group);
}

static void group_commit(struct db *db)
{
    int result;

    if (sqlite3_get_autocommit(db->writer.handle))
        result = lost(db);
    else
        result = db_command(db, "COMMIT");
    if (result < 0)
        undo(db);
    group_end(db, result);
}

/* Waits until the group is over; no lock is held. */
static int group_wait(struct db_group *group)
{
    bool last;
    int result;

    (void)pthread_mutex_lock(&group->lock);
    while (!group->over)
        (void)pthread_cond_wait(&group->ended, &group->lock);
    result = group->result;
    last = --group->waiting == 0;
    (void)pthread_mutex_unlock(&group->lock);
    if (last)
        group_destroy(group);
    return result;
}

/* -- begin ------------------------------------------------------------------------------------- */

/* This thread wants nothing of the writer any more. Commits for those who wait, if nobody else
 * will; the writer is held. */
static void leave(struct db *db)
{
    bool last = !db->shared || atomic_fetch_sub(&db->in_line, 1) == 1;

    /* Who has results open cannot let others go first. */
    if (db->group && (last || db->group->count == DB_GROUP_MAX || db->held > 1))
        group_commit(db);
}

static int open_member(struct db *db)
{
    int result = db_command(db, db->group ? "SAVEPOINT member" : "BEGIN IMMEDIATE");

    if (result < 0)
        return result;
    if (!db->group)
        db->turn++;
    db->doomed = false;
    db->depth = 1;
    if (db->shared)
        inside = db;
    return 0;
}

int db_begin(struct db *db)
{
    bool nested = db_inside(db);
    int result = 0;

    if (db->shared && !nested)
        atomic_fetch_add(&db->in_line, 1);
    db_hold(db);
    if (db->depth > 0)
        db->depth++;
    else
        result = open_member(db);
    if (result < 0) {
        leave(db);
        db_release(db);
    }
    return result;
}

/* -- end --------------------------------------------------------------------------------------- */

static void drop(struct db *db)
{
    if (!db->group)
        undo(db);
    else if (!sqlite3_get_autocommit(db->writer.handle) &&
             (db_command(db, "ROLLBACK TO member") < 0 || db_command(db, "RELEASE member") < 0))
        undo(db); /* and the group with it, as group_commit() will see */
    if (db->group && sqlite3_get_autocommit(db->writer.handle))
        group_commit(db);
}

/* Takes what the transaction has done into the group. */
static int seal(struct db *db, void (*ended)(void *context, int result), void *context)
{
    if (sqlite3_get_autocommit(db->writer.handle))
        return lost(db);
    if (db->group) {
        int result = db_command(db, "RELEASE member");

        if (result < 0)
            return result;
    } else {
        db->group = group_create();
    }
    db->group->members[db->group->count].ended = ended;
    db->group->members[db->group->count++].context = context;
    return 0;
}

/* result: of what was done inside; negative drops it. The first error that counts. */
static int close_member(struct db *db, int result, void (*ended)(void *context, int result),
                        void *context)
{
    db->depth = 0;
    inside = NULL;
    if (result >= 0)
        result = db->doomed ? -ECANCELED : seal(db, ended, context);
    if (result >= 0)
        return 0;
    drop(db);
    if (ended)
        ended(context, result);
    return result;
}

/* Gives the writer back; what the group comes to, if this thread waits for it. */
static int go(struct db *db, bool wait)
{
    struct db_group *group = wait ? db->group : NULL;

    if (group)
        group->waiting++;
    leave(db);
    db_release(db);
    return group ? group_wait(group) : 0;
}

int db_commit_then(struct db *db, void (*ended)(void *context, int result), void *context)
{
    int result;

    assert(db->depth > 0);
    if (db->depth == 1) {
        result = close_member(db, 0, ended, context);
        return result < 0 ? (go(db, false), result) : go(db, true);
    }
    assert(!ended); /* what an inner commit comes to, only the outer one knows */
    db->depth--;
    result = db->doomed ? -ECANCELED : 0;
    db_release(db);
    return result;
}

int db_commit(struct db *db)
{
    return db_commit_then(db, NULL, NULL);
}

void db_rollback(struct db *db)
{
    assert(db->depth > 0);
    db->doomed = true;
    if (db->depth == 1) {
        (void)close_member(db, -ECANCELED, NULL, NULL);
        (void)go(db, false);
        return;
    }
    db->depth--;
    db_release(db);
}

/* -- tasks ------------------------------------------------------------------------------------- */

void db_enter(struct db *db)
{
    atomic_fetch_add(&db->in_line, 1);
    db_hold(db);
}

static void task_ended(void *context, int result)
{
    struct db_task *task = context;

    task->result = result;
    if (task->ended)
        task->ended(task->context, result);
}

void db_run_task(struct db *db, struct db_task *task)
{
    int result = open_member(db);

    if (result < 0) {
        task_ended(task, result);
        return;
    }
    (void)close_member(db, task->body(task->context), task_ended, task);
    if (db->group && db->group->count == DB_GROUP_MAX)
        group_commit(db);
}

void db_leave(struct db *db)
{
    (void)go(db, true);
}

bool db_is_shared(const struct db *db)
{
    return db->shared;
}

int db_share(struct db *db, char *error, size_t error_size)
{
    int result = db_readers_open(db);

    if (result == SQLITE_OK) {
        (void)pthread_mutex_init(&db->batching, NULL); /* cannot fail without attributes */
        db->shared = true;
        return 0;
    }
    (void)snprintf(error, error_size, "%s: %s (%s)", db->path, db_advice(result),
                   sqlite3_errstr(result));
    db_readers_close(db);
    return db_code(result);
}
