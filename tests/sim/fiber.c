/* Threads of the programs as coroutines: one runs at a time, until it waits. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "sim.h"

#if defined(__SANITIZE_ADDRESS__)
#define FIBER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#endif
#endif
#ifdef FIBER_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

enum { FIBERS_MAX = 8, STACK_SIZE = 1024 * 1024 };

struct fiber {
    bool used, finished, joined, woken;
    int host;
    int64_t wish; /* when it wants to go on */
    pthread_cond_t *cond;
    void *(*entry)(void *context);
    void *context, *stack, *fake;
    ucontext_t place;
};

static struct fiber fibers[FIBERS_MAX];
static struct fiber *running;
static ucontext_t outside;
static void *outside_fake;
static const void *outside_stack;
static size_t outside_size;

/* -- switching --------------------------------------------------------------------------------- */

/* AddressSanitizer wants to know which stack is in use. */
static void leaving(void **fake, const void *stack, size_t size)
{
#ifdef FIBER_ASAN
    __sanitizer_start_switch_fiber(fake, stack, size);
#else
    (void)fake;
    (void)stack;
    (void)size;
#endif
}

static void arrived(void *fake, const void **stack, size_t *size)
{
#ifdef FIBER_ASAN
    __sanitizer_finish_switch_fiber(fake, stack, size);
#else
    (void)fake;
    (void)stack;
    (void)size;
#endif
}

static void resume(struct fiber *fiber)
{
    int host = sim_host;
    running = fiber;
    sim_host = fiber->host;
    leaving(&outside_fake, fiber->stack, STACK_SIZE);
    (void)swapcontext(&outside, &fiber->place);
    arrived(outside_fake, NULL, NULL);
    running = NULL;
    sim_host = host;
}

static void leave(struct fiber *fiber)
{
    leaving(fiber->finished ? NULL : &fiber->fake, outside_stack, outside_size);
    (void)swapcontext(&fiber->place, &outside);
    arrived(fiber->fake, &outside_stack, &outside_size);
}

static void enter(void)
{
    struct fiber *fiber = running;
    arrived(NULL, &outside_stack, &outside_size);
    (void)fiber->entry(fiber->context);
    fiber->finished = true;
    leave(fiber);
}

struct fiber *fiber_self(void)
{
    return running;
}

void fiber_wake(struct fiber *fiber)
{
    fiber->woken = true;
    fiber->wish = sim_now;
}

bool fiber_wait(int64_t ms)
{
    struct fiber *fiber = running;
    if (fiber->joined)
        return true;
    if (!fiber->woken) {
        fiber->wish = sim_now + ms;
        leave(fiber);
    }
    bool woken = fiber->woken;
    fiber->woken = false;
    return woken;
}

int64_t fiber_next(void)
{
    int64_t next = INT64_MAX;
    for (int i = 0; i < FIBERS_MAX; i++)
        if (fibers[i].used && !fibers[i].finished && fibers[i].wish < next)
            next = fibers[i].wish;
    return next;
}

void fiber_run_due(void)
{
    for (int i = 0; i < FIBERS_MAX; i++)
        if (fibers[i].used && !fibers[i].finished && fibers[i].wish <= sim_now)
            resume(&fibers[i]);
}

void fiber_check_none(void)
{
    for (int i = 0; i < FIBERS_MAX; i++)
        if (fibers[i].used)
            abort();
}

/* -- what the programs call ----------------------------------------------------------------------
 */

int __wrap_pthread_create(pthread_t *ret, const pthread_attr_t *attributes, void *(*entry)(void *),
                          void *context);
int __wrap_pthread_join(pthread_t thread, void **ret);
int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *until);
int __wrap_pthread_cond_signal(pthread_cond_t *cond);

/* Apart, for getcontext() counts as returning twice: no local of the caller is to live across it.
 */
static void __attribute__((noinline)) prepare(struct fiber *fiber)
{
    (void)getcontext(&fiber->place);
    fiber->place.uc_stack.ss_sp = fiber->stack;
    fiber->place.uc_stack.ss_size = STACK_SIZE;
    makecontext(&fiber->place, enter, 0);
}

int __wrap_pthread_create(pthread_t *ret, const pthread_attr_t *attributes, void *(*entry)(void *),
                          void *context)
{
    int i = 0;
    (void)attributes;
    while (i < FIBERS_MAX && fibers[i].used)
        i++;
    if (i == FIBERS_MAX)
        return EAGAIN;
    struct fiber *fiber = &fibers[i];
    void *stack = fiber->stack;
    if (!stack)
        stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        return EAGAIN;
    *fiber = (struct fiber){.used = true,
                            .host = sim_host,
                            .wish = sim_now,
                            .entry = entry,
                            .context = context,
                            .stack = stack};
    prepare(fiber);
    *ret = (pthread_t)(i + 1);
    return 0;
}

int __wrap_pthread_join(pthread_t thread, void **ret)
{
    struct fiber *fiber = &fibers[thread - 1];
    (void)ret;
    fiber->joined = true;
    while (!fiber->finished)
        resume(fiber);
    fiber->used = false;
    return 0;
}

/* The keeper polls every 200 ms for other processes' changes; there are none here, so it sleeps a
 * second unless it is woken. */
int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *until)
{
    (void)until;
    if (!running)
        abort();
    running->cond = cond;
    (void)pthread_mutex_unlock(mutex);
    bool woken = fiber_wait(1000);
    (void)pthread_mutex_lock(mutex);
    return woken ? 0 : ETIMEDOUT;
}

int __wrap_pthread_cond_signal(pthread_cond_t *cond)
{
    for (int i = 0; i < FIBERS_MAX; i++)
        if (fibers[i].used && fibers[i].cond == cond)
            fiber_wake(&fibers[i]);
    return 0;
}
