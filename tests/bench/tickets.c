/* bench_tickets FOLDER [SECONDS] [WAITERS] [SITES] [LOOPS]: durable ticket issues, as the cloud
 * gives them to many who wait at once (judged, logged, digested, with the secret code of the slip),
 * beside bare group commits on SQLite: the same waiters ask one writer, who commits all that are
 * there. One of these leaves behind the rows of a ticket, in the cloud's own tables and by its own
 * SQL, the other one row of an entry's size. All in turns, a second each, on the disk of FOLDER.
 * LOOPS: which of them, "tsr" is all (tickets, same rows, one row); for profilers. */
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

static struct cloud *make_cloud(const char *path)
{
    char error[DB_ERROR_SIZE] = "";
    struct cloud *made;

    if (cloud_open(path, CLOUD_MAKE, &made, error, sizeof(error)) < 0 ||
        db_share(made->db, error, sizeof(error)) < 0)
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
        if (sites_add(made->sites, settings, "bench", &site, error, sizeof(error)) < 0)
            die(error);
        cJSON_Delete(settings);
    }
    return made;
}

static struct intake_ticket issue_at(struct cloud *where, struct site *site)
{
    struct intake_request request = {.persons = 1, .desk_no = 1, .channel = CHANNEL_KIOSK};
    struct intake_refusal refusal = {0};
    struct intake_ticket issued;
    int result;

    ids_uuid(request.tickets[0]);
    result = intake_issue(where, site, &request, &issued, &refusal);
    if (result < 0)
        die(result == -EPERM ? refusal.message : strerror(-result));
    return issued;
}

static void open_cloud(const char *folder)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/cloud", folder);
    cloud = make_cloud(path);
    for (int i = 0; i < run.sites; i++)
        (void)issue_at(cloud, sites_at(cloud->sites, i)); /* opens the session */
}

static void issue_one(unsigned *seed)
{
    double from = now_ms();

    (void)issue_at(cloud,
                   sites_at(cloud->sites, (int)((unsigned)rand_r(seed) % (unsigned)run.sites)));
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

enum { STATEMENTS = 3, CODE_SIZE = 17 };

/* A group commit without any judgement. */
static struct bare {
    void (*insert)(struct bare *bare);
    sqlite3 *handle;
    sqlite3_stmt *statements[STATEMENTS];
    unsigned seed;
    pthread_mutex_t lock;
    pthread_cond_t there, done;
    int waiting;            /* who asked */
    long handed, committed; /* turns */
} * bare;

static void sql(struct bare *store, const char *text)
{
    if (sqlite3_exec(store->handle, text, NULL, NULL, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(store->handle));
}

static void prepare(struct bare *store, int index, const char *text)
{
    if (sqlite3_prepare_v2(store->handle, text, -1, &store->statements[index], NULL) != SQLITE_OK)
        die(sqlite3_errmsg(store->handle));
}

static void step(struct bare *store, int index)
{
    if (sqlite3_step(store->statements[index]) != SQLITE_DONE)
        die(sqlite3_errmsg(store->handle));
    (void)sqlite3_reset(store->statements[index]);
}

static void open_bare(struct bare *store, const char *path)
{
    (void)pthread_mutex_init(&store->lock, NULL);
    (void)pthread_cond_init(&store->there, NULL);
    (void)pthread_cond_init(&store->done, NULL);
    if (sqlite3_open(path, &store->handle) != SQLITE_OK)
        die(path);
    sql(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
               "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384");
}

/* -- one row ----------------------------------------------------------------------------------- */

static void insert_row(struct bare *store)
{
    static char row[ROW_SIZE];

    memset(row, 'x', sizeof(row));
    (void)sqlite3_bind_text(store->statements[0], 1, row, sizeof(row), SQLITE_STATIC);
    step(store, 0);
}

static void open_one_row(struct bare *store, const char *folder)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/row.db", folder);
    open_bare(store, path);
    sql(store, "CREATE TABLE log (seq INTEGER PRIMARY KEY, text TEXT NOT NULL)");
    prepare(store, 0, "INSERT INTO log (text) VALUES ($1)");
    store->insert = insert_row;
}

/* -- the rows of a ticket ---------------------------------------------------------------------- */

static struct {
    char site[UID_SIZE];
    int64_t seq;
} peer_sites[SITES_MAX];

/* A ticket's entry, as the cloud wrote it: what a row holds that is not told here. */
static char entry_text[EVENT_TEXT_MAX], entry_digest[HASH_SIZE];

static void random_text(struct bare *store, char *text, int length)
{
    for (int i = 0; i < length; i++)
        text[i] = "0123456789abcdef"[rand_r(&store->seed) >> 8 & 15];
    text[length] = '\0';
}

static void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    (void)sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

static void insert_ticket(struct bare *store)
{
    sqlite3_stmt *head = store->statements[0], *log = store->statements[1],
                 *code = store->statements[2];
    char id[UID_SIZE], ticket[UID_SIZE], secret[CODE_SIZE];
    int site = (int)((unsigned)rand_r(&store->seed) % (unsigned)run.sites);
    int64_t seq = ++peer_sites[site].seq;

    random_text(store, id, UID_SIZE - 1);
    random_text(store, ticket, UID_SIZE - 1);
    random_text(store, secret, CODE_SIZE - 1);
    bind_text(head, 1, peer_sites[site].site);
    (void)sqlite3_bind_int64(head, 2, seq);
    bind_text(head, 3, entry_digest);
    step(store, 0);
    bind_text(log, 1, peer_sites[site].site);
    (void)sqlite3_bind_int64(log, 2, seq);
    bind_text(log, 3, id);
    bind_text(log, 4, entry_digest);
    bind_text(log, 5, ticket);
    bind_text(log, 6, entry_text);
    step(store, 1);
    bind_text(code, 1, secret);
    bind_text(code, 2, peer_sites[site].site);
    bind_text(code, 3, ticket);
    step(store, 2);
}

/* The cloud makes the tables, the sites and the entry to go by. */
static void make_sites(const char *path)
{
    struct cloud *made = make_cloud(path);
    struct intake_ticket first = issue_at(made, sites_at(made->sites, 0));

    for (int i = 0; i < run.sites; i++) {
        struct site *site = sites_at(made->sites, i);

        if (i > 0)
            (void)issue_at(made, site);
        (void)snprintf(peer_sites[i].site, UID_SIZE, "%s", site_id(site));
        peer_sites[i].seq = site_seq(site);
    }
    cJSON *entry = site_entry_json(sites_at(made->sites, 0), first.seq);
    char *text = cJSON_PrintUnformatted(cJSON_GetObjectItem(entry, "event"));
    (void)snprintf(entry_text, sizeof(entry_text), "%s", text);
    (void)snprintf(entry_digest, sizeof(entry_digest), "%s",
                   cJSON_GetObjectItem(entry, "hash")->valuestring);
    cJSON_free(text);
    cJSON_Delete(entry);
    cloud_close(made);
}

static void open_same_rows(struct bare *store, const char *folder)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/peer", folder);
    make_sites(path);
    (void)snprintf(path, sizeof(path), "%s/peer/machiai.db", folder);
    open_bare(store, path);
    prepare(store, 0, "UPDATE head SET seq = $2, hash = $3 WHERE site = $1 AND seq = $2 - 1");
    prepare(store, 1,
            "INSERT INTO log (site, seq, id, at, received, verdict, reason, hash, kind, ticket, "
            "device, counter, text, state) VALUES ($1, $2, $3, 1795000000000, 1795000000000, "
            "'applied', '', $4, 'issued', $5, NULL, 0, $6, '0123456789abcdef')");
    prepare(store, 2,
            "INSERT INTO ticket_code (code, site, ticket, made) VALUES ($1, $2, $3, "
            "1795000000000)");
    store->insert = insert_ticket;
}

/* -- the writer of both ------------------------------------------------------------------------ */

static void *writer_main(void *context)
{
    (void)context;
    pthread_mutex_lock(&bare->lock);
    for (;;) {
        while (bare->waiting == 0 && !run.stop)
            pthread_cond_wait(&bare->there, &bare->lock);
        if (bare->waiting == 0)
            break;
        int count = bare->waiting;
        bare->waiting = 0;
        long turn = ++bare->handed;
        pthread_mutex_unlock(&bare->lock);
        sql(bare, "BEGIN IMMEDIATE");
        for (int i = 0; i < count; i++)
            bare->insert(bare);
        sql(bare, "COMMIT");
        pthread_mutex_lock(&bare->lock);
        bare->committed = turn;
        pthread_cond_broadcast(&bare->done);
    }
    pthread_mutex_unlock(&bare->lock);
    return NULL;
}

static void *waiter_main(void *context)
{
    (void)context;
    while (!run.stop) {
        double from = now_ms();

        pthread_mutex_lock(&bare->lock);
        long turn = bare->handed + 1;
        bare->waiting++;
        pthread_cond_signal(&bare->there);
        while (bare->committed < turn)
            pthread_cond_wait(&bare->done, &bare->lock);
        pthread_mutex_unlock(&bare->lock);
        took(from);
    }
    return NULL;
}

/* -- rounds ------------------------------------------------------------------------------------ */

struct result {
    const char *name;
    struct bare *store; /* NULL: the cloud */
    float *times;
    int count;
    double seconds, cpu_ms;
};

static void stop_writer(pthread_t writer)
{
    pthread_mutex_lock(&bare->lock);
    pthread_cond_signal(&bare->there);
    pthread_mutex_unlock(&bare->lock);
    (void)pthread_join(writer, NULL);
}

static void one_round(struct result *ret)
{
    pthread_t threads[WAITERS_MAX], writer;
    double from = now_ms(), cpu = cpu_ms(), ms;

    run.stop = false;
    run.count = 0;
    bare = ret->store;
    if (bare && pthread_create(&writer, NULL, writer_main, NULL) != 0)
        die("no thread");
    for (int i = 0; i < run.waiters; i++)
        if (pthread_create(&threads[i], NULL, bare ? waiter_main : issue_main,
                           (void *)(intptr_t)(i + 1 + (int)from)) != 0)
            die("no thread");
    (void)sleep(1);
    run.stop = true;
    for (int i = 0; i < run.waiters; i++)
        (void)pthread_join(threads[i], NULL);
    ms = now_ms() - from;
    if (bare)
        stop_writer(writer);
    for (int i = 0; i < run.count && ret->count < TIMES_MAX; i++)
        ret->times[ret->count++] = run.times[i];
    ret->seconds += ms / 1e3;
    ret->cpu_ms += cpu_ms() - cpu;
    (void)fprintf(stderr, " %8.0f", run.count / (ms / 1e3));
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y;
}

static double rate(const struct result *result)
{
    return result->count / result->seconds;
}

static double cpu_us(const struct result *result)
{
    return result->cpu_ms * 1e3 / result->count;
}

static void tell(struct result *result, const struct result *ours)
{
    if (result->count == 0)
        return;
    qsort(result->times, (size_t)result->count, sizeof(float), by_size);
    (void)printf("%-30s %8.0f /s %6.1f us CPU   p50 %6.2f ms   p99 %6.2f ms   max %7.2f ms",
                 result->name, rate(result), cpu_us(result),
                 (double)result->times[result->count / 2],
                 (double)result->times[(int)(result->count * 0.99)],
                 (double)result->times[result->count - 1]);
    if (result != ours && ours->count > 0)
        (void)printf("   ratio %.2f, by CPU %.2f", rate(ours) / rate(result),
                     cpu_us(result) / cpu_us(ours));
    (void)printf("\n");
}

int main(int argc, char **argv)
{
    static struct bare rows, row;
    char folder[256];
    struct result results[] = {{.name = "tickets issued, durable"},
                               {.name = "bare group commit, same rows", .store = &rows},
                               {.name = "bare group commit, one row", .store = &row}};
    int rounds = argc > 2 ? atoi(argv[2]) : 10;
    const char *loops = argc > 5 ? argv[5] : "tsr";

    run.waiters = argc > 3 ? atoi(argv[3]) : 32;
    run.sites = argc > 4 ? atoi(argv[4]) : 200;
    if (argc < 2 || run.waiters < 1 || run.waiters > WAITERS_MAX || run.sites < 1 ||
        run.sites > SITES_MAX)
        die("bench_tickets FOLDER [SECONDS] [WAITERS] [SITES] [LOOPS]");
    (void)snprintf(folder, sizeof(folder), "%s/machiai-tickets-XXXXXX", argv[1]);
    run.times = calloc(TIMES_MAX, sizeof(float));
    if (!run.times || !mkdtemp(folder))
        die("no folder, or no memory");
    for (int i = 0; i < 3; i++)
        if (!(results[i].times = calloc(TIMES_MAX, sizeof(float))))
            die("no memory");
    open_cloud(folder);
    open_same_rows(&rows, folder);
    open_one_row(&row, folder);
    for (int i = 0; i < rounds; i++) {
        (void)fprintf(stderr, "round %d:", i + 1);
        for (int k = 0; k < 3; k++)
            if (strchr(loops, "tsr"[k]))
                one_round(&results[k]);
        (void)fprintf(stderr, " a second\n");
    }
    (void)printf("%d waiters, %d sites, %d rounds of a second; data left in %s\n", run.waiters,
                 run.sites, rounds, folder);
    for (int k = 0; k < 3; k++)
        tell(&results[k], &results[0]);
    return 0;
}
