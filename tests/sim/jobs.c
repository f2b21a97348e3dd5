#include "jobs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct worker {
    pid_t pid;
    int from; /* pipe */
};

static void put(int to, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t n = write(to, at, size);
        if (n < 0 && errno != EINTR)
            _exit(2); /* the caller is gone */
        if (n > 0) {
            at += n;
            size -= (size_t)n;
        }
    }
}

static bool get(int from, void *bytes, size_t size)
{
    char *at = bytes;
    while (size > 0) {
        ssize_t n = read(from, at, size);
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        if (n > 0) {
            at += n;
            size -= (size_t)n;
        }
    }
    return true;
}

static void work(const struct jobs *jobs, int64_t first, int64_t count, int to)
{
    struct jobs_result result;
    jobs->begin();
    for (int64_t i = first; i < count; i += jobs->workers) {
        memset(&result, 0, sizeof result);
        jobs->run(i, &result);
        put(to, &result, sizeof result);
    }
    jobs->end();
}

static void start(const struct jobs *jobs, int64_t first, int64_t count, struct worker *ret)
{
    int ends[2];
    (void)fflush(stdout);
    if (pipe(ends) < 0 || (ret->pid = fork()) < 0) {
        perror("a worker");
        exit(2);
    }
    if (ret->pid == 0) {
        (void)close(ends[0]);
        work(jobs, first, count, ends[1]);
        exit(0);
    }
    (void)close(ends[1]);
    ret->from = ends[0];
}

static void finish(const struct worker *worker, int *ret_status)
{
    (void)close(worker->from);
    while (waitpid(worker->pid, ret_status, 0) < 0 && errno == EINTR)
        ;
}

static void run_here(const struct jobs *jobs, int64_t count)
{
    struct jobs_result result;
    jobs->begin();
    for (int64_t i = 0; i < count; i++) {
        memset(&result, 0, sizeof result);
        jobs->run(i, &result);
        jobs->take(i, &result);
    }
    jobs->end();
}

void jobs_run(const struct jobs *jobs, int64_t count)
{
    struct worker workers[JOBS_MAX];
    struct jobs_result result;
    int status = 0;
    if (jobs->workers <= 1) {
        run_here(jobs, count);
        return;
    }
    for (int w = 0; w < jobs->workers; w++)
        start(jobs, w, count, &workers[w]);
    for (int64_t i = 0; i < count; i++) {
        struct worker *worker = &workers[i % jobs->workers];
        if (!get(worker->from, &result, sizeof result)) {
            finish(worker, &status);
            result = (struct jobs_result){.failed = true};
            (void)snprintf(result.text, sizeof result.text, "the program died of signal %d",
                           WIFSIGNALED(status) ? WTERMSIG(status) : 0);
            start(jobs, i + jobs->workers, count, worker);
        }
        jobs->take(i, &result);
    }
    for (int w = 0; w < jobs->workers; w++)
        finish(&workers[w], &status);
}
