#include "watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct watchdog {
    struct watchdog_options options;
    int timeout_ms;
    int stop;   /* an eventfd */
    int notify; /* datagram socket, -1 = no service manager listens */
    struct sockaddr_un address;
    socklen_t address_size;
    pthread_t thread;
    _Atomic int64_t turned_at; /* 0 = not yet */
    int64_t notified_at;       /* the main thread's */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* WATCHDOG_USEC counts only for the process that it was meant for. */
static int wanted_ms(int given)
{
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (given > 0)
        return given;
    if (usec == NULL || (pid != NULL && strtol(pid, NULL, 10) != getpid()))
        return WATCHDOG_DEFAULT_MS;
    long long ms = strtoll(usec, NULL, 10) / 1000;
    return ms < WATCHDOG_LEAST_MS ? WATCHDOG_LEAST_MS : ms > 3600000 ? 3600000 : (int)ms;
}

static void open_notify(struct watchdog *watchdog)
{
    const char *path = getenv("NOTIFY_SOCKET");
    size_t length = path == NULL ? 0 : strlen(path);
    watchdog->notify = -1;
    if (length < 2 || length >= sizeof watchdog->address.sun_path ||
        (path[0] != '/' && path[0] != '@'))
        return;
    watchdog->address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(watchdog->address.sun_path, path, length);
    if (path[0] == '@') /* an abstract name */
        watchdog->address.sun_path[0] = '\0';
    watchdog->address_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    watchdog->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* A manager that is too busy to listen hears the next one. */
static void tell(const struct watchdog *watchdog, const char *text)
{
    if (watchdog->notify >= 0)
        (void)sendto(watchdog->notify, text, strlen(text), MSG_NOSIGNAL,
                     (const struct sockaddr *)&watchdog->address, watchdog->address_size);
}

static void expire(const struct watchdog *watchdog)
{
    static const char message[] = "machiai-kiosk: the main loop stands still; ending, so that the "
                                  "kiosk is started again\n";
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written; /* nothing is left to be done about it */
    if (watchdog->options.expire == NULL)
        abort();
    watchdog->options.expire(watchdog->options.context);
}

static void *run(void *argument)
{
    struct watchdog *watchdog = argument;
    struct pollfd stop = {.fd = watchdog->stop, .events = POLLIN};
    while (poll(&stop, 1, WATCHDOG_LOOK_MS) <= 0) {
        int64_t turned_at = atomic_load(&watchdog->turned_at);
        if (turned_at == 0 || now_ms() - turned_at < watchdog->timeout_ms)
            continue;
        expire(watchdog);
        return NULL;
    }
    return NULL;
}

int watchdog_create(const struct watchdog_options *options, struct watchdog **ret)
{
    struct watchdog *watchdog = calloc(1, sizeof *watchdog);
    int stop = eventfd(0, EFD_CLOEXEC);
    int result = watchdog == NULL ? -ENOMEM : stop < 0 ? -errno : 0;
    if (result == 0) {
        watchdog->options = *options;
        watchdog->timeout_ms = wanted_ms(options->timeout_ms);
        watchdog->stop = stop;
        open_notify(watchdog);
        result = -pthread_create(&watchdog->thread, NULL, run, watchdog);
        if (result < 0 && watchdog->notify >= 0)
            close(watchdog->notify);
    }
    if (result < 0) {
        if (stop >= 0)
            close(stop);
        free(watchdog);
        return result;
    }
    *ret = watchdog;
    return 0;
}

void watchdog_destroy(struct watchdog *watchdog)
{
    const uint64_t one = 1;
    if (watchdog == NULL)
        return;
    tell(watchdog, "STOPPING=1");
    if (write(watchdog->stop, &one, sizeof one) != sizeof one)
        abort(); /* an eventfd takes a 1 at any time */
    pthread_join(watchdog->thread, NULL);
    if (watchdog->notify >= 0)
        close(watchdog->notify);
    close(watchdog->stop);
    free(watchdog);
}

static void goes_on(struct watchdog *watchdog, int64_t now, bool first)
{
    if (!first && now - watchdog->notified_at < watchdog->timeout_ms / 3)
        return;
    watchdog->notified_at = now;
    tell(watchdog, "WATCHDOG=1");
}

void watchdog_turn(struct watchdog *watchdog)
{
    int64_t now = now_ms();
    bool first = atomic_exchange(&watchdog->turned_at, now) == 0;
    if (first)
        tell(watchdog, "READY=1");
    goes_on(watchdog, now, first);
}

void watchdog_part(struct watchdog *watchdog)
{
    int64_t now = now_ms();
    if (atomic_load(&watchdog->turned_at) == 0)
        return;
    atomic_store(&watchdog->turned_at, now);
    goes_on(watchdog, now, false);
}
