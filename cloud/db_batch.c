/* Transactions that one thread runs for all who wait.
 *
 * Waking a thread costs more than most transactions, so it is done once a request: a thread that
 * finds nobody at work runs its own at once; those who come meanwhile are a batch, and the first of
 * them runs them all, in one group (db_group.c), when it is their turn.
 */
#include "db_private.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { EVERYBODY = 0x7fffffff };

static void wait_for(atomic_uint *word)
{
    while (atomic_load(word) == 0)
        (void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

/* All who wait for it, in one call. */
static void wake(atomic_uint *word)
{
    atomic_store(word, 1);
    (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, EVERYBODY, NULL, NULL, 0);
}

/* A batch of this task, or the one that waits with it at its end. *ret_first: this thread runs it,
 * *ret_now: at once. */
static struct db_batch *join(struct db *db, struct db_task *task, bool *ret_first, bool *ret_now)
{
    struct db_batch *batch;

    (void)pthread_mutex_lock(&db->batching);
    batch = db->batch;
    *ret_first = !batch;
    if (!batch) {
        batch = calloc(1, sizeof(*batch));
        if (!batch)
            abort();
        db->batch = batch;
        batch->first = task;
    } else {
        batch->last->next = task;
    }
    batch->last = task;
    batch->threads++;
    *ret_now = !db->leading;
    db->leading = true;
    (void)pthread_mutex_unlock(&db->batching);
    return batch;
}

/* Ends the gathering of the present batch: who comes now makes the next one. */
static void take(struct db *db)
{
    (void)pthread_mutex_lock(&db->batching);
    db->batch = NULL;
    (void)pthread_mutex_unlock(&db->batching);
}

static void pass_on(struct db *db)
{
    (void)pthread_mutex_lock(&db->batching);
    db->leading = db->batch != NULL;
    if (db->batch)
        wake(&db->batch->turn);
    (void)pthread_mutex_unlock(&db->batching);
}

static void lead(struct db *db, struct db_batch *batch)
{
    db_enter(db);
    take(db);
    for (struct db_task *task = batch->first; task; task = task->next)
        db_run_task(db, task);
    db_leave(db);
    pass_on(db);
    wake(&batch->over);
}

static void unjoin(struct db *db, struct db_batch *batch)
{
    bool last;

    (void)pthread_mutex_lock(&db->batching);
    last = --batch->threads == 0;
    (void)pthread_mutex_unlock(&db->batching);
    if (last)
        free(batch);
}

static int run_shared(struct db *db, struct db_task *task)
{
    bool first = false, now = false;
    struct db_batch *batch = join(db, task, &first, &now);

    if (first && !now)
        wait_for(&batch->turn);
    if (first)
        lead(db, batch);
    else
        wait_for(&batch->over);
    unjoin(db, batch);
    return task->result;
}

int db_transact(struct db *db, int (*body)(void *context), void (*ended)(void *context, int result),
                void *context)
{
    struct db_task task = {.body = body, .ended = ended, .context = context};
    int result;

    if (db->shared && !db_inside(db))
        return run_shared(db, &task);
    result = db_begin(db);
    if (result < 0) {
        if (ended)
            ended(context, result);
        return result;
    }
    result = body(context);
    if (result >= 0)
        return db_commit_then(db, ended, context);
    db_rollback(db);
    if (ended)
        ended(context, result);
    return result;
}
