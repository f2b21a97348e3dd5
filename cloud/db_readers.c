/* Connections for reading: they see what is committed and wait for no writer. */
#include "db_private.h"

#include <assert.h>
#include <stdlib.h>

/* What this thread reads with while it has results open; they nest. */
static _Thread_local struct db_reader *mine;
static _Thread_local const struct db *mine_of;

int db_readers_open(struct db *db)
{
    int result = SQLITE_OK;

    (void)pthread_mutex_init(&db->reading, NULL); /* cannot fail without attributes on Linux */
    (void)pthread_cond_init(&db->reader_free, NULL);
    for (int i = 0; i < DB_READERS && result == SQLITE_OK; i++)
        result = db_connection_open(&db->readers[i].connection, db->path, true);
    return result;
}

void db_readers_close(struct db *db)
{
    for (int i = 0; i < DB_READERS; i++) {
        assert(db->readers[i].held == 0);
        db_connection_close(&db->readers[i].connection);
    }
}

struct db_reader *db_reader_take(struct db *db)
{
    struct db_reader *found = NULL;

    if (mine && mine_of == db) {
        mine->held++;
        return mine;
    }
    assert(!mine); /* results of two databases at a time would need two of them */
    (void)pthread_mutex_lock(&db->reading);
    while (!found) {
        for (int i = 0; i < DB_READERS && !found; i++)
            if (db->readers[i].held == 0)
                found = &db->readers[i];
        if (!found)
            (void)pthread_cond_wait(&db->reader_free, &db->reading);
    }
    found->held = 1;
    (void)pthread_mutex_unlock(&db->reading);
    mine = found;
    mine_of = db;
    return found;
}

void db_reader_give(struct db *db, struct db_reader *reader)
{
    if (reader->held > 1) {
        reader->held--;
        return;
    }
    mine = NULL;
    (void)pthread_mutex_lock(&db->reading);
    reader->held = 0;
    (void)pthread_cond_signal(&db->reader_free);
    (void)pthread_mutex_unlock(&db->reading);
}
