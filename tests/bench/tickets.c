/* bench_tickets FOLDER [SECONDS] [WAITERS] [SITES]: durable ticket issues, as the cloud gives them
 * to many who wait at once (judged, logged, digested, with the secret code of the slip), beside a
 * bare group commit on SQLite: the same waiters hand one row of an entry's size to one writer, who
 * commits all that are there. Both in turns, a second each, on the disk of FOLDER. */
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "intake.h"

enum { WAITERS_MAX = 256, TIMES_MAX = 4000000, ROW_SIZE = 420 };

static struct {
    int waiters, sites;
    atomic_bool stop;
    atomic_int count;
    float *times; /* ms */
} run;

static double now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_ms(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static void took(double since)
{
    int index = atomic_fetch_add(&run.count, 1);

    if (index < TIMES_MAX)
        run.times[index] = (float)(now_ms() - since);
}

static void die(const char *why)
{
    (void)fprintf(stderr, "%s\n", why);
    exit(1);
}

/* -- ours -------------------------------------------------------------------------------------- */

static struct cloud *cloud;

static void open_cloud(const char *folder)
{
    char path[512], error[DB_ERROR_SIZE] = "";

    (void)snprintf(path, sizeof(path), "%s/cloud", folder);
    if (cloud_open(path, CLOUD_MAKE, &cloud, error, sizeof(error)) < 0 ||
        db_share(cloud->db, error, sizeof(error)) < 0)
        die(error);
    for (int i = 0; i < run.sites; i++) {
        char text[512];
        struct site *site;

        (void)snprintf(text, sizeof(text),
                       "{\"clinic_no\":\"%d\",\"name\":\"さくら内科\",\"desks\":[{\"desk_no\":1,"
                       "\"name\":\"診察\",\"first\":1,\"last\":999}],\"rooms\":[],\"services\":"
                       "[{\"id\":\"s\",\"desk_no\":1,\"name\":\"内科\"}]}",
                       1000 + i);
        cJSON *settings = cJSON_Parse(text);
        if (sites_add(cloud->sites, settings, "bench", &site, error, sizeof(error)) < 0)
            die(error);
        cJSON_Delete(settings);
    }
}

static void issue_one(unsigned *seed)
{
    struct intake_request request = {.persons = 1, .desk_no = 1, .channel = CHANNEL_KIOSK};
    struct site *site = sites_at(cloud->sites, (int)((unsigned)rand_r(seed) % (unsigned)run.sites));
    struct intake_refusal refusal = {0};
    struct intake_ticket issued[1];
    double from = now_ms();
    int result;

    ids_uuid(request.tickets[0]);
    result = intake_issue(cloud, site, &request, issued, &refusal);
    if (result < 0)
        die(result == -EPERM ? refusal.message : strerror(-result));
    took(from);
}

static void *issue_main(void *context)
{
    unsigned seed = (unsigned)(intptr_t)context;

    while (!run.stop)
        issue_one(&seed);
    return NULL;
}

/* -- bare -------------------------------------------------------------------------------------- */

static struct {
    sqlite3 *handle;
    sqlite3_stmt *insert;
    int64_t next;
    pthread_mutex_t lock;
    pthread_cond_t there, done;
    int waiting;            /* rows handed over */
    long handed, committed; /* turns */
} bare = {.lock = PTHREAD_MUTEX_INITIALIZER,
          .there = PTHREAD_COND_INITIALIZER,
          .done = PTHREAD_COND_INITIALIZER};

static void sql(const char *text)
{
    if (sqlite3_exec(bare.handle, text, NULL, NULL, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(bare.handle));
}

static void open_bare(const char *folder)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/bare.db", folder);
    if (sqlite3_open(path, &bare.handle) != SQLITE_OK)
        die(path);
    sql("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE log (seq INTEGER PRIMARY KEY, text TEXT NOT NULL)");
    if (sqlite3_prepare_v2(bare.handle, "INSERT INTO log (seq, text) VALUES (?, ?)", -1,
                           &bare.insert, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(bare.handle));
}

static void insert_rows(int count)
{
    static char row[ROW_SIZE];

    memset(row, 'x', sizeof(row));
    sql("BEGIN IMMEDIATE");
    for (int i = 0; i < count; i++) {
        (void)sqlite3_bind_int64(bare.insert, 1, ++bare.next);
        (void)sqlite3_bind_text(bare.insert, 2, row, sizeof(row), SQLITE_STATIC);
        if (sqlite3_step(bare.insert) != SQLITE_DONE)
            die(sqlite3_errmsg(bare.handle));
        (void)sqlite3_reset(bare.insert);
    }
    sql("COMMIT");
}

static void *writer_main(void *context)
{
    (void)context;
    pthread_mutex_lock(&bare.lock);
    for (;;) {
        while (bare.waiting == 0 && !run.stop)
            pthread_cond_wait(&bare.there, &bare.lock);
        if (bare.waiting == 0)
            break;
        int count = bare.waiting;
        bare.waiting = 0;
        long turn = ++bare.handed;
        pthread_mutex_unlock(&bare.lock);
        insert_rows(count);
        pthread_mutex_lock(&bare.lock);
        bare.committed = turn;
        pthread_cond_broadcast(&bare.done);
    }
    pthread_mutex_unlock(&bare.lock);
    return NULL;
}

static void *waiter_main(void *context)
{
    (void)context;
    while (!run.stop) {
        double from = now_ms();

        pthread_mutex_lock(&bare.lock);
        long turn = bare.handed + 1;
        bare.waiting++;
        pthread_cond_signal(&bare.there);
        while (bare.committed < turn)
            pthread_cond_wait(&bare.done, &bare.lock);
        pthread_mutex_unlock(&bare.lock);
        took(from);
    }
    return NULL;
}

/* -- rounds ------------------------------------------------------------------------------------ */

struct result {
    float *times;
    int count;
    double seconds, cpu_ms;
};

static double one_round(void *(*body)(void *), bool with_writer, struct result *ret)
{
    pthread_t threads[WAITERS_MAX], writer;
    double from = now_ms(), cpu = cpu_ms(), ms;

    run.stop = false;
    run.count = 0;
    if (with_writer && pthread_create(&writer, NULL, writer_main, NULL) != 0)
        die("no thread");
    for (int i = 0; i < run.waiters; i++)
        if (pthread_create(&threads[i], NULL, body, (void *)(intptr_t)(i + 1 + (int)from)) != 0)
            die("no thread");
    (void)sleep(1);
    run.stop = true;
    for (int i = 0; i < run.waiters; i++)
        (void)pthread_join(threads[i], NULL);
    ms = now_ms() - from;
    if (with_writer) {
        pthread_mutex_lock(&bare.lock);
        pthread_cond_signal(&bare.there);
        pthread_mutex_unlock(&bare.lock);
        (void)pthread_join(writer, NULL);
    }
    for (int i = 0; i < run.count && ret->count < TIMES_MAX; i++)
        ret->times[ret->count++] = run.times[i];
    ret->seconds += ms / 1e3;
    ret->cpu_ms += cpu_ms() - cpu;
    return run.count / (ms / 1e3);
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y;
}

static double tell(const char *name, struct result *result)
{
    qsort(result->times, (size_t)result->count, sizeof(float), by_size);
    (void)printf("%-28s %8.0f /s %6.1f us CPU   p50 %6.2f ms   p99 %6.2f ms   max %7.2f ms\n", name,
                 result->count / result->seconds, result->cpu_ms * 1e3 / result->count,
                 (double)result->times[result->count / 2],
                 (double)result->times[(int)(result->count * 0.99)],
                 (double)result->times[result->count - 1]);
    return result->count / result->seconds;
}

int main(int argc, char **argv)
{
    char folder[256];
    struct result ours = {0}, theirs = {0};
    int rounds = argc > 2 ? atoi(argv[2]) : 10;

    run.waiters = argc > 3 ? atoi(argv[3]) : 32;
    run.sites = argc > 4 ? atoi(argv[4]) : 200;
    if (argc < 2 || run.waiters < 1 || run.waiters > WAITERS_MAX || run.sites < 1)
        die("bench_tickets FOLDER [SECONDS] [WAITERS] [SITES]");
    (void)snprintf(folder, sizeof(folder), "%s/machiai-tickets-XXXXXX", argv[1]);
    run.times = calloc(TIMES_MAX, sizeof(float));
    ours.times = calloc(TIMES_MAX, sizeof(float));
    theirs.times = calloc(TIMES_MAX, sizeof(float));
    if (!run.times || !ours.times || !theirs.times || !mkdtemp(folder))
        die("no folder, or no memory");
    open_cloud(folder);
    open_bare(folder);
    for (int i = 0; i < rounds; i++) {
        double mine = one_round(issue_main, false, &ours);
        double floor = one_round(waiter_main, true, &theirs);

        (void)fprintf(stderr, "round %d: %.0f and %.0f a second\n", i + 1, mine, floor);
    }
    (void)printf("%d waiters, %d sites, %d rounds of a second; data left in %s\n", run.waiters,
                 run.sites, rounds, folder);
    double mine = tell("tickets issued, durable", &ours);
    double floor = tell("bare group commit, one row", &theirs);
    (void)printf("ratio %.2f\n", mine / floor);
    return 0;
}
