#include "film_worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "film_private.h"
#include "logging.h"
#include "transcode.h"
#include "upload.h"

enum { LOOK_MS = 1000 }; /* how often a conversion asks whether its upload is still wanted */

struct film_worker {
    struct cloud *cloud;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool woken, stop;
    char current[UID_SIZE]; /* being converted; "" = none */
    int percent;
    int64_t looked, tidied; /* monotonic ms; the worker's alone */
};

static int64_t monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_stopping(struct film_worker *worker)
{
    bool stop;

    (void)pthread_mutex_lock(&worker->lock);
    stop = worker->stop;
    (void)pthread_mutex_unlock(&worker->lock);
    return stop;
}

static void set_current(struct film_worker *worker, const char *id, int percent)
{
    (void)pthread_mutex_lock(&worker->lock);
    (void)snprintf(worker->current, sizeof(worker->current), "%s", id);
    worker->percent = percent;
    (void)pthread_mutex_unlock(&worker->lock);
}

int film_worker_progress(struct film_worker *worker, const char *upload)
{
    int percent = -1;

    if (!worker)
        return -1;
    (void)pthread_mutex_lock(&worker->lock);
    if (strcmp(worker->current, upload) == 0)
        percent = worker->percent;
    (void)pthread_mutex_unlock(&worker->lock);
    return percent;
}

/* -- one film ---------------------------------------------------------------------------------- */

struct job {
    struct film_worker *worker;
    struct upload upload;
    struct film_facts facts, target;
    unsigned changes;
    char source[UPLOAD_PATH_SIZE], made[UPLOAD_PATH_SIZE];
};

/* Goes on while nobody stops the cloud and nobody dropped the upload. */
static bool is_wanted(struct job *job)
{
    struct film_worker *worker = job->worker;
    struct upload now;

    if (is_stopping(worker))
        return false;
    if (monotonic_ms() - worker->looked < LOOK_MS)
        return true;
    worker->looked = monotonic_ms();
    return upload_get(worker->cloud->db, job->upload.id, &now) != -ENOENT;
}

static bool go_on_measuring(void *context, const char *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    return is_wanted(context);
}

static bool go_on_converting(void *context, int percent)
{
    struct job *job = context;

    set_current(job->worker, job->upload.id, percent);
    return is_wanted(job);
}

static int refuse(struct job *job, enum film_fault fault)
{
    job->upload.state = UPLOAD_REFUSED;
    job->upload.fault = fault;
    log_info("upload %s: refused: %s", job->upload.id, film_fault_code(fault));
    return upload_note(job->worker->cloud, &job->upload);
}

/* Told to whoever looks at it, and tried again. */
static int await_room(struct job *job)
{
    int result;

    job->upload.fault = FILM_DISK_FULL;
    result = upload_note(job->worker->cloud, &job->upload);
    log_warning("upload %s waits: the disk is full; free some space", job->upload.id);
    return result < 0 ? result : -ENOSPC;
}

static int crashed(struct job *job)
{
    job->upload.crashes++;
    log_warning("upload %s: the converter crashed (%d of %d)", job->upload.id, job->upload.crashes,
                UPLOAD_CRASHES_MAX);
    if (job->upload.crashes >= UPLOAD_CRASHES_MAX)
        return refuse(job, FILM_WORKER_FAILED);
    return upload_note(job->worker->cloud, &job->upload);
}

/* It is not after a restore of the database without the folder of uploads. */
static bool is_whole(const struct job *job)
{
    struct stat status;

    return stat(job->source, &status) == 0 && status.st_size == job->upload.size;
}

static int examine(struct job *job, enum film_fault *ret_fault)
{
    cJSON *json;
    char *text;
    int result;

    if (!is_whole(job)) {
        *ret_fault = FILM_DAMAGED;
        return 0;
    }
    result = film_probe(job->source, &job->facts, ret_fault);
    if (result == 0 && *ret_fault == FILM_GOOD)
        result = film_measure(job->source, &job->facts, go_on_measuring, job, ret_fault);
    if (result < 0 || *ret_fault != FILM_GOOD)
        return result;
    job->changes = film_deviations(&job->facts);
    json = film_facts_json(&job->facts, job->changes);
    text = json ? cJSON_PrintUnformatted(json) : NULL;
    (void)snprintf(job->upload.checks, sizeof(job->upload.checks), "%s", text ? text : "");
    cJSON_free(text);
    cJSON_Delete(json);
    job->upload.state = UPLOAD_CONVERTING;
    job->upload.fault = FILM_GOOD;
    return upload_note(job->worker->cloud, &job->upload);
}

static int convert(struct job *job, enum film_fault *ret_fault)
{
    const struct transcode_options options = {.source = job->source,
                                              .target = job->made,
                                              .facts = &job->facts,
                                              .changes = job->changes,
                                              .go_on = go_on_converting,
                                              .context = job};
    int result;

    if (!upload_has_room(job->worker->cloud, transcode_room(&job->facts)))
        return -ENOSPC;
    result = film_make_empty(job->made);
    if (result < 0)
        return result;
    set_current(job->worker, job->upload.id, 0);
    result = transcode_run(&options, &job->target, ret_fault);
    set_current(job->worker, "", 0);
    /* A converter that had no room says no more than that it failed. */
    if (result == 0 && *ret_fault != FILM_GOOD && !upload_has_room(job->worker->cloud, 0))
        result = -ENOSPC;
    return result;
}

struct settling {
    struct cloud *cloud;
    const struct upload *upload;
};

static int note_ready(struct db *db, const struct film *film, void *context)
{
    const struct settling *settling = context;

    (void)db;
    return upload_ready(settling->cloud, settling->upload, film);
}

static int settle(struct job *job)
{
    struct settling settling = {job->worker->cloud, &job->upload};
    struct film film = {.kind = job->upload.kind,
                        .duration_ms = job->target.duration_ms,
                        .allowed = job->upload.kind == CONTENT_SUBSTITUTE || !*job->upload.site};
    int result;

    memcpy(film.site, job->upload.site, sizeof(film.site));
    memcpy(film.title, job->upload.title, sizeof(film.title));
    memcpy(film.checks, job->upload.checks, sizeof(film.checks));
    result = film_settle(job->worker->cloud, job->made, &film, note_ready, &settling);
    if (result == 0)
        log_info("upload %s: film %s is ready", job->upload.id, film.sha256);
    return result;
}

static int work_on(struct job *job)
{
    enum film_fault fault = FILM_GOOD;
    int result;

    result = examine(job, &fault);
    if (result == 0 && fault == FILM_GOOD)
        result = convert(job, &fault);
    if (result == 0 && fault != FILM_GOOD)
        return fault == FILM_DISK_FULL ? await_room(job) : refuse(job, fault);
    if (result == 0)
        result = settle(job);
    switch (result) {
    case -ECHILD:
        return crashed(job);
    case -ENOSPC:
        return await_room(job);
    default:
        return result;
    }
}

int film_worker_step(struct film_worker *worker)
{
    struct job *job = calloc(1, sizeof(*job));
    int result;

    if (!job)
        return -ENOMEM;
    job->worker = worker;
    result = upload_next(worker->cloud->db, &job->upload);
    if (result == 0) {
        upload_path(worker->cloud, job->upload.id, "", job->source);
        upload_path(worker->cloud, job->upload.id, ".mp4", job->made);
        result = work_on(job);
        if (result == -ENOENT || (result == -ECANCELED && !is_stopping(worker)))
            result = 0; /* dropped meanwhile */
    }
    free(job);
    return result;
}

/* -- the thread -------------------------------------------------------------------------------- */

static void tidy(struct film_worker *worker)
{
    int64_t now = monotonic_ms();
    int result;

    if (worker->tidied > 0 && now - worker->tidied < FILM_WORKER_TIDY_MS)
        return;
    worker->tidied = now;
    result = upload_tidy(worker->cloud);
    if (result < 0)
        log_warning("uploads could not be tidied: %s", strerror(-result));
}

static void await_work(struct film_worker *worker, int ms)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail for this clock */
    until.tv_sec += ms / 1000;
    (void)pthread_mutex_lock(&worker->lock);
    while (!worker->woken && !worker->stop)
        if (pthread_cond_timedwait(&worker->wake, &worker->lock, &until) != 0)
            break;
    worker->woken = false;
    (void)pthread_mutex_unlock(&worker->lock);
}

static void *run(void *context)
{
    struct film_worker *worker = context;

    while (!is_stopping(worker)) {
        int result;

        tidy(worker);
        result = film_worker_step(worker);
        if (result == 0)
            continue;
        if (result != -ENOENT && result != -ENOSPC && result != -ECANCELED)
            log_warning("the film worker waits: %s", strerror(-result));
        await_work(worker, result == -ENOENT ? FILM_WORKER_POLL_MS : FILM_WORKER_PAUSE_MS);
    }
    return NULL;
}

int film_worker_create(struct cloud *cloud, struct film_worker **ret)
{
    struct film_worker *worker = calloc(1, sizeof(*worker));
    pthread_condattr_t monotonic;
    int result;

    if (!worker)
        return -ENOMEM;
    worker->cloud = cloud;
    if (!confined_to_files())
        log_warning("this system has no Landlock: the converter of films is confined without it");
    (void)pthread_mutex_init(&worker->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&worker->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic); /* cannot fail for an initialised one */
    result = pthread_create(&worker->thread, NULL, run, worker);
    if (result != 0) {
        (void)pthread_mutex_destroy(&worker->lock);
        (void)pthread_cond_destroy(&worker->wake);
        free(worker);
        return -result;
    }
    *ret = worker;
    return 0;
}

void film_worker_wake(struct film_worker *worker)
{
    if (!worker)
        return;
    (void)pthread_mutex_lock(&worker->lock);
    worker->woken = true;
    (void)pthread_cond_signal(&worker->wake);
    (void)pthread_mutex_unlock(&worker->lock);
}

void film_worker_destroy(struct film_worker *worker)
{
    if (!worker)
        return;
    (void)pthread_mutex_lock(&worker->lock);
    worker->stop = true;
    (void)pthread_cond_signal(&worker->wake);
    (void)pthread_mutex_unlock(&worker->lock);
    (void)pthread_join(worker->thread, NULL); /* our own, joined once */
    (void)pthread_mutex_destroy(&worker->lock);
    (void)pthread_cond_destroy(&worker->wake);
    free(worker);
}
