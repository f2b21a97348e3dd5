#include "ticker.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct ticker {
    void (*work)(void *context);
    void *context;
    int64_t first_ms, every_ms;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool stop;
};

/* True: the time is over and it shall go on. */
static bool wait_ms(struct ticker *ticker, int64_t ms)
{
    struct timespec until;
    bool go_on;

    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail for this clock */
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += (time_t)(ms / 1000) + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&ticker->lock);
    while (!ticker->stop && pthread_cond_timedwait(&ticker->woken, &ticker->lock, &until) == 0)
        ;
    go_on = !ticker->stop;
    pthread_mutex_unlock(&ticker->lock);
    return go_on;
}

static void *run(void *context)
{
    struct ticker *ticker = context;
    int64_t wait = ticker->first_ms;

    while (wait_ms(ticker, wait)) {
        ticker->work(ticker->context);
        wait = ticker->every_ms;
    }
    return NULL;
}

int ticker_create(void (*work)(void *context), void *context, int64_t first_ms, int64_t every_ms,
                  struct ticker **ret)
{
    struct ticker *ticker = calloc(1, sizeof(*ticker));
    pthread_condattr_t attributes;
    int result;

    if (!ticker)
        return -ENOMEM;
    ticker->work = work;
    ticker->context = context;
    ticker->first_ms = first_ms;
    ticker->every_ms = every_ms;
    (void)pthread_mutex_init(&ticker->lock, NULL); /* cannot fail without attributes on Linux */
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&ticker->woken, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    result = pthread_create(&ticker->thread, NULL, run, ticker);
    if (result != 0) {
        (void)pthread_cond_destroy(&ticker->woken);
        (void)pthread_mutex_destroy(&ticker->lock);
        free(ticker);
        return -result;
    }
    *ret = ticker;
    return 0;
}

void ticker_destroy(struct ticker *ticker)
{
    if (!ticker)
        return;
    pthread_mutex_lock(&ticker->lock);
    ticker->stop = true;
    (void)pthread_cond_signal(&ticker->woken);
    pthread_mutex_unlock(&ticker->lock);
    (void)pthread_join(ticker->thread, NULL);
    (void)pthread_cond_destroy(&ticker->woken);
    (void)pthread_mutex_destroy(&ticker->lock);
    free(ticker);
}
