#include "http_server_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct request_list {
    struct http_request *first, *last;
    int count;
};

struct http_work {
    struct http_server *server;
    pthread_mutex_t lock;
    pthread_cond_t work_there, file_there, keeper_due;
    struct request_list waiting;
    struct http_request *held;
    struct http_file *cold, *cold_last;
    bool stopping; /* nothing may be suspended any more */
    bool keeper_leaves;
    pthread_t workers[HTTP_WORKERS_MAX], reader, keeper;
    int worker_count;
    bool reader_runs, keeper_runs;
};

/* -- handlers ---------------------------------------------------------------------------------- */

static void run_handler(struct http_request *req)
{
    const struct http_server_options *options = &req->server->options;
    const struct http_route *route = req->route;

    if (!options->gate || options->gate(req, route, options->context))
        route->handler(req, options->context);
    http_request_finish(req);
}

/* Gives the connection back to the loop, or to the keeper for a while. */
static void hand_back(struct http_work *work, struct http_request *req)
{
    req->due = req->complete + req->hold_ms;
    pthread_mutex_lock(&work->lock);
    bool hold = req->hold_ms > 0 && !work->keeper_leaves && req->due > http_now();
    if (hold) {
        req->next = work->held;
        work->held = req;
        pthread_cond_signal(&work->keeper_due);
    }
    pthread_mutex_unlock(&work->lock);
    if (!hold)
        MHD_resume_connection(req->mhd); /* req may be gone from here on */
}

static void *worker_main(void *context)
{
    struct http_work *work = context;

    pthread_mutex_lock(&work->lock);
    for (;;) {
        struct http_request *req = work->waiting.first;
        if (!req && work->stopping)
            break;
        if (!req) {
            pthread_cond_wait(&work->work_there, &work->lock);
            continue;
        }
        work->waiting.first = req->next;
        work->waiting.count--;
        pthread_mutex_unlock(&work->lock);
        run_handler(req);
        hand_back(work, req);
        pthread_mutex_lock(&work->lock);
    }
    pthread_mutex_unlock(&work->lock);
    return NULL;
}

bool http_work_hand(struct http_work *work, struct http_request *req)
{
    pthread_mutex_lock(&work->lock);
    bool taken = !work->stopping && work->waiting.count < HTTP_WAITING_MAX;
    if (taken) {
        MHD_suspend_connection(req->mhd);
        req->next = NULL;
        if (work->waiting.first)
            work->waiting.last->next = req;
        else
            work->waiting.first = req;
        work->waiting.last = req;
        work->waiting.count++;
        pthread_cond_signal(&work->work_there);
    }
    pthread_mutex_unlock(&work->lock);
    return taken;
}

/* -- cold files -------------------------------------------------------------------------------- */

static void *reader_main(void *context)
{
    struct http_work *work = context;

    pthread_mutex_lock(&work->lock);
    for (;;) {
        struct http_file *file = work->cold;
        if (!file && work->stopping)
            break;
        if (!file) {
            pthread_cond_wait(&work->file_there, &work->lock);
            continue;
        }
        work->cold = file->next;
        pthread_mutex_unlock(&work->lock);
        http_file_warm(file);
        MHD_resume_connection(file->mhd); /* file may be gone from here on */
        pthread_mutex_lock(&work->lock);
    }
    pthread_mutex_unlock(&work->lock);
    return NULL;
}

bool http_work_warm(struct http_work *work, struct http_file *file)
{
    pthread_mutex_lock(&work->lock);
    bool taken = !work->stopping;
    if (taken) {
        MHD_suspend_connection(file->mhd);
        file->next = NULL;
        if (work->cold)
            work->cold_last->next = file;
        else
            work->cold = file;
        work->cold_last = file;
        pthread_cond_signal(&work->file_there);
    }
    pthread_mutex_unlock(&work->lock);
    return taken;
}

/* -- keeper ------------------------------------------------------------------------------------ */

/* Resumes those whose time has come; returns when the next one is due. Called with the lock. */
static int64_t release_held(struct http_work *work, int64_t now, bool all)
{
    int64_t next = now + HTTP_TICK_MS;

    for (struct http_request **link = &work->held; *link;) {
        struct http_request *req = *link;
        if (all || req->due <= now) {
            *link = req->next;
            MHD_resume_connection(req->mhd);
        } else {
            next = req->due < next ? req->due : next;
            link = &req->next;
        }
    }
    return next;
}

static struct timespec as_timespec(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
}

static void *keeper_main(void *context)
{
    struct http_work *work = context;
    int64_t tick = http_now();

    pthread_mutex_lock(&work->lock);
    while (!work->keeper_leaves) {
        int64_t now = http_now();
        int64_t next = release_held(work, now, false);
        if (now >= tick) {
            tick = now + HTTP_TICK_MS;
            pthread_mutex_unlock(&work->lock);
            http_connection_sweep(work->server, now);
            http_tls_sweep(work->server, now);
            http_hub_tick(work->server->hub, now);
            pthread_mutex_lock(&work->lock);
            continue;
        }
        struct timespec until = as_timespec(next < tick ? next : tick);
        (void)pthread_cond_timedwait(&work->keeper_due, &work->lock, &until);
    }
    (void)release_held(work, 0, true);
    pthread_mutex_unlock(&work->lock);
    return NULL;
}

/* -- life -------------------------------------------------------------------------------------- */

static int start_threads(struct http_work *work, int workers)
{
    for (int i = 0; i < workers; i++) {
        int error = pthread_create(&work->workers[i], NULL, worker_main, work);
        if (error)
            return -error;
        work->worker_count++;
    }
    int error = pthread_create(&work->reader, NULL, reader_main, work);
    if (error)
        return -error;
    work->reader_runs = true;
    error = pthread_create(&work->keeper, NULL, keeper_main, work);
    if (error)
        return -error;
    work->keeper_runs = true;
    return 0;
}

int http_work_create(struct http_server *server, int workers, struct http_work **ret)
{
    struct http_work *work = calloc(1, sizeof *work);
    pthread_condattr_t monotonic;
    if (!work)
        return -ENOMEM;

    work->server = server;
    pthread_mutex_init(&work->lock, NULL);
    pthread_cond_init(&work->work_there, NULL);
    pthread_cond_init(&work->file_there, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&work->keeper_due, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int error = start_threads(work, workers);
    if (error) {
        http_work_stop(work);
        http_work_destroy(work);
        return error;
    }
    *ret = work;
    return 0;
}

void http_work_stop(struct http_work *work)
{
    pthread_mutex_lock(&work->lock);
    work->stopping = true;
    pthread_cond_broadcast(&work->work_there);
    pthread_cond_broadcast(&work->file_there);
    pthread_mutex_unlock(&work->lock);
    for (; work->worker_count > 0; work->worker_count--)
        pthread_join(work->workers[work->worker_count - 1], NULL);
    if (work->reader_runs)
        pthread_join(work->reader, NULL);
    work->reader_runs = false;

    pthread_mutex_lock(&work->lock);
    work->keeper_leaves = true;
    pthread_cond_signal(&work->keeper_due);
    pthread_mutex_unlock(&work->lock);
    if (work->keeper_runs)
        pthread_join(work->keeper, NULL);
    work->keeper_runs = false;
}

void http_work_destroy(struct http_work *work)
{
    if (!work)
        return;
    pthread_mutex_destroy(&work->lock);
    pthread_cond_destroy(&work->work_there);
    pthread_cond_destroy(&work->file_there);
    pthread_cond_destroy(&work->keeper_due);
    free(work);
}
