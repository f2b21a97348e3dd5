/* The way of one slip from the finger to cupsd, to be measured: when each stage was reached, and
 * what processor time the kiosk's threads spent on it. Nothing else depends on it.
 */
#ifndef MACHIAI_KIOSK_SLIP_TRACE_H
#define MACHIAI_KIOSK_SLIP_TRACE_H

#include <stdint.h>
#include <time.h>

/* Microseconds of CLOCK_MONOTONIC; 0 = not reached, or not on this way. */
struct slip_trace {
    int64_t touched;   /* the touch was there to be read */
    int64_t asked;     /* the main thread asked the station */
    int64_t taken;     /* the station's thread took the question */
    int64_t stored;    /* the ticket is on the disk */
    int64_t begun;     /* the printing thread took the slip */
    int64_t drawn;     /* ... has its picture */
    int64_t submitted; /* ... begins the call to cupsd */
    int64_t cpu_us;    /* of the three threads, from `touched` to `submitted` */
};

static inline int64_t slip_trace_read(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline int64_t slip_trace_now(void)
{
    return slip_trace_read(CLOCK_MONOTONIC);
}

/* Of the calling thread. */
static inline int64_t slip_trace_cpu(void)
{
    return slip_trace_read(CLOCK_THREAD_CPUTIME_ID);
}

#endif
