/* What the files of the database share: db.c (statements), db_open.c (connections, what people are
 * told), db_group.c (transactions and their gathering), db_readers.c, db_migrate.c, db_backup.c. */
#ifndef MACHIAI_CLOUD_DB_PRIVATE_H
#define MACHIAI_CLOUD_DB_PRIVATE_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "db.h"

enum {
    DB_STATEMENTS_MAX = 128, /* kept, a connection */
    DB_READERS = 4,
    DB_GROUP_MAX = 64 /* transactions of one commit */
};

struct db_statement {
    char *sql;
    sqlite3_stmt *handle;
    unsigned char index[DB_PARAMS_MAX]; /* where SQLite has $1, $2, ... */
    bool in_use;
};

/* Used by one thread at a time. */
struct db_connection {
    sqlite3 *handle;
    const char *path;
    struct db_statement cache[DB_STATEMENTS_MAX];
    int cached;
    int error; /* errno of the last failure but for constraints */
};

/* A connection for those who only read. */
struct db_reader {
    struct db_connection connection;
    int held; /* open results, all of one thread; 0 = free */
};

/* The commit that transactions wait for together. */
struct db_group {
    struct {
        void (*ended)(void *context, int result);
        void *context;
    } members[DB_GROUP_MAX];
    int count;   /* sealed members */
    int waiting; /* threads that will look at the result; the last one frees it */
    bool over;
    int result;
    pthread_mutex_t lock; /* of the three above */
    pthread_cond_t ended;
};

/* A transaction that somebody waits for while another thread may run it. */
struct db_task {
    struct db_task *next;
    int (*body)(void *context);
    void (*ended)(void *context, int result);
    void *context;
    int result;
};

/* Those that came while others were at work; one of their threads will run them all. */
struct db_batch {
    struct db_task *first, *last;
    atomic_uint turn, over; /* 1: what its first thread, what the others wait for has come */
    int threads;            /* of it; the last one frees it */
};

struct db {
    char *path;
    pthread_mutex_t lock; /* of the writer; recursive: a transaction and each open result hold it */
    int held;             /* times, by the thread that has it */
    struct db_connection writer;
    int depth;
    bool doomed;
    uint64_t turn; /* db_turn() */

    bool shared;              /* db_share() was called */
    atomic_int in_line;       /* threads that want to write or are at it */
    struct db_group *group;   /* sealed and not committed; NULL = none */
    pthread_mutex_t batching; /* of the two below */
    struct db_batch *batch;   /* the next one; NULL = nobody waits */
    bool leading;             /* a thread runs a batch */
    pthread_mutex_t reading;  /* of the readers */
    pthread_cond_t reader_free;
    struct db_reader readers[DB_READERS];
};

/* -- db_open.c: of an SQLite result: the errno, and what to do about it -------------------------*/
int db_code(int result);
const char *db_advice(int result);
/* Logs what went wrong, unless a constraint has said no; the errno. */
int db_failed(struct db_connection *connection, int result, const char *sql);
/* An SQLite result. path must outlive the connection. */
int db_connection_open(struct db_connection *connection, const char *path, bool reader);
void db_connection_close(struct db_connection *connection);
const char *db_file_path(const struct db *db);

/* -- db.c ---------------------------------------------------------------------------------------*/
void db_hold(struct db *db);
void db_release(struct db *db);
/* On the writing connection, in no transaction of their own: one statement that is kept (BEGIN,
 * COMMIT and the like), or several. 0 or an error. */
int db_command(struct db *db, const char *sql);
int db_script(struct db *db, const char *sql);

/* -- db_group.c ---------------------------------------------------------------------------------*/
/* This thread has a transaction of db open, so it sees what that has written. */
bool db_inside(const struct db *db);
/* Gets in line and the writer, */
void db_enter(struct db *db);
/* runs one transaction after the other there (its result: task->result, at the latest when its
 * group is over), */
void db_run_task(struct db *db, struct db_task *task);
/* and waits until the disk has them. */
void db_leave(struct db *db);

/* -- db_readers.c -------------------------------------------------------------------------------*/
int db_readers_open(struct db *db);
void db_readers_close(struct db *db);
struct db_reader *db_reader_take(struct db *db);
void db_reader_give(struct db *db, struct db_reader *reader);

#endif
