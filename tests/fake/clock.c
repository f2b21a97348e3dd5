/* Preloaded into cloud and kiosk: the computer's wall clock, ahead by so many milliseconds as the
 * file holds that MACHIAI_TEST_CLOCK names (an int64_t, changed while they run). Monotonic time is
 * the machine's own, so films, timeouts and pushes take their time while days pass. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead_ms;

__attribute__((constructor)) static void open_clock(void)
{
    const char *name = getenv("MACHIAI_TEST_CLOCK");
    int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *ahead_ms, PROT_READ, MAP_SHARED, fd, 0);

    if (map != MAP_FAILED)
        ahead_ms = map;
    if (fd >= 0)
        (void)close(fd);
}

/* Boot time too: a leap is like a computer that slept, and the kiosk knows by it how long. */
static int is_ahead(clockid_t id)
{
    return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE || id == CLOCK_BOOTTIME;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
    static int (*real)(clockid_t id, struct timespec * ret); /* glibc's needs no system call */
    int result;

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    result = real ? real(id, ret) : (int)syscall(SYS_clock_gettime, id, ret);
    if (result == 0 && ahead_ms && is_ahead(id)) {
        int64_t ms = *ahead_ms;
        ret->tv_sec += ms / 1000;
        ret->tv_nsec += ms % 1000 * 1000000;
        if (ret->tv_nsec >= 1000000000) {
            ret->tv_nsec -= 1000000000;
            ret->tv_sec++;
        }
    }
    return result;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
    struct timespec now;

    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return -1;
    ret->tv_sec = now.tv_sec;
    ret->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *ret)
{
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return -1;
    if (ret)
        *ret = now.tv_sec;
    return now.tv_sec;
}
