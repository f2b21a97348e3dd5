/* The one that examines and converts uploaded films: a thread of the serving cloud, one film at a
 * time, in the order of their announcement.
 *
 * What it does is in the database: killed at any moment, it begins the same film again. A converter
 * that crashes UPLOAD_CRASHES_MAX times over a film refuses the film; a full disk makes it wait.
 */
#ifndef MACHIAI_CLOUD_FILM_WORKER_H
#define MACHIAI_CLOUD_FILM_WORKER_H

#include "cloud.h"

enum {
    FILM_WORKER_POLL_MS = 5000,
    FILM_WORKER_PAUSE_MS = 60 * 1000, /* while the disk is full */
    FILM_WORKER_TIDY_MS = 3600 * 1000
};

struct film_worker;

int film_worker_create(struct cloud *cloud, struct film_worker **ret)
    __attribute__((warn_unused_result));
/* Ends a conversion under way; it begins again at the next start. Accepts NULL. */
void film_worker_destroy(struct film_worker *worker);
/* There is something to do. Any thread. Accepts NULL. */
void film_worker_wake(struct film_worker *worker);
/* How far the upload that is being converted has come, 0..99; -1 when it is another one. Accepts
 * NULL. */
int film_worker_progress(struct film_worker *worker, const char *upload);

/* One film from beginning to end, on the calling thread; for the thread and for tests. 0: one was
 * done; -ENOENT: there is nothing to do; -ENOSPC: it has to wait for room; -ECANCELED: stopped. */
int film_worker_step(struct film_worker *worker) __attribute__((warn_unused_result));

#endif
