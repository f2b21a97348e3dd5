/* Time at a station: a clock that is trusted only because the cloud (or NTP) vouches for it.
 *
 * Trusted time is the kiosk's uptime plus an offset, so nobody who sets the system's clock moves
 * it. A Pi has no clock of its own: before any trusted time is known there is only a claim, which
 * never falls behind the highest trusted time that was ever recorded.
 *
 * Readings come in as arguments; nothing here calls the system but station_clock_read().
 */
#ifndef MACHIAI_KIOSK_STATION_CLOCK_H
#define MACHIAI_KIOSK_STATION_CLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    CLOCK_BOOT_SIZE = 37,
    /* Samples in a row that must say so before the clock is set back: a sample that was held up on
     * its way is always too low, never too high. */
    CLOCK_LOWER_SAMPLES = 3,
    CLOCK_LOWER_MS = 1000 /* smaller differences are the network's */
};

struct clock_reading {
    int64_t up_ms;   /* since boot, sleep included */
    int64_t wall_ms; /* the system's clock, whatever it says */
    bool synced;     /* NTP vouches for wall_ms */
};

/* A moment that can still be told apart after a restart. */
struct clock_stamp {
    int64_t at_ms; /* trusted or claimed */
    int64_t up_ms;
    char boot[CLOCK_BOOT_SIZE]; /* the kernel's boot id */
};

struct station_clock {
    _Atomic bool trusted;
    _Atomic int64_t offset_ms; /* trusted time - uptime */
    int64_t high_ms;           /* highest trusted time recorded */
    int64_t high_up_ms;        /* uptime when high_ms was taken over */
    int lower_count;           /* samples in a row below the offset */
    int64_t lower_best;
    bool by_cloud; /* the offset is the cloud's, which outranks NTP */
    char boot[CLOCK_BOOT_SIZE];
};

struct clock_reading station_clock_read(void);
/* Whether NTP vouches for the system's clock: 1, 0, or -ENOTSUP where nobody tells. root: as in
 * health_read(). */
int station_clock_synced(const char *root);

/* high_ms: the recorded high-water mark, 0 = none. boot: the present boot id. */
void station_clock_init(struct station_clock *clock, int64_t high_ms, const char *boot,
                        const struct clock_reading *reading);
/* The kernel's boot id; a constant when it has none. */
void station_clock_boot(char boot[static CLOCK_BOOT_SIZE]);

/* An authenticated sample of the cloud's time. True when the clock became trusted or moved by more
 * than CLOCK_LOWER_MS. */
bool station_clock_hear(struct station_clock *clock, const struct clock_reading *reading,
                        int64_t now_ms);
/* Takes NTP's time while the cloud's is not known. True when the clock became trusted. */
bool station_clock_ntp(struct station_clock *clock, const struct clock_reading *reading);

/* Trusted time; false and untouched while none is known. Any thread. */
bool station_clock_now(const struct station_clock *clock, const struct clock_reading *reading,
                       int64_t *ret);
/* What an own event says it happened at: trusted time, else the best guess. */
int64_t station_clock_claim(const struct station_clock *clock, const struct clock_reading *reading);

struct clock_stamp station_clock_stamp(const struct station_clock *clock,
                                       const struct clock_reading *reading);
/* Age of a stamp in ms; -1 while it cannot be told (another boot and no trusted time). */
int64_t station_clock_age(const struct station_clock *clock, const struct clock_reading *reading,
                          const struct clock_stamp *stamp);

#endif
