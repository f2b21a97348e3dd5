#include "station_clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum { CLOCK_AHEAD_MAX_MS = 60 * 1000 };

static int64_t read_ms(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A service that systemd keeps from setting the clock (ProtectClock=) may not ask the kernel
 * either; systemd-timesyncd leaves a file then, at each answer of a server. */
int station_clock_synced(const char *root)
{
    struct timex state = {0};
    char path[512];
    if (adjtimex(&state) >= 0)
        return !(state.status & STA_UNSYNC);
    (void)snprintf(path, sizeof path, "%.400s/run/systemd/timesync/synchronized", root);
    if (access(path, F_OK) == 0)
        return 1;
    (void)snprintf(path, sizeof path, "%.400s/run/systemd/timesync", root);
    return access(path, F_OK) == 0 ? 0 : -ENOTSUP;
}

struct clock_reading station_clock_read(void)
{
    return (struct clock_reading){
        .up_ms = read_ms(CLOCK_BOOTTIME),
        .wall_ms = read_ms(CLOCK_REALTIME),
        .synced = station_clock_synced("") > 0,
    };
}

void station_clock_boot(char boot[static CLOCK_BOOT_SIZE])
{
    (void)snprintf(boot, CLOCK_BOOT_SIZE, "unknown");
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!file)
        return;
    if (fscanf(file, "%36s", boot) != 1)
        (void)snprintf(boot, CLOCK_BOOT_SIZE, "unknown");
    (void)fclose(file);
}

void station_clock_init(struct station_clock *clock, int64_t high_ms, const char *boot,
                        const struct clock_reading *reading)
{
    memset(clock, 0, sizeof *clock);
    clock->high_ms = high_ms;
    clock->high_up_ms = reading->up_ms;
    (void)snprintf(clock->boot, sizeof clock->boot, "%s", boot);
    (void)station_clock_ntp(clock, reading);
}

static void set_offset(struct station_clock *clock, int64_t offset)
{
    clock->lower_count = 0;
    atomic_store(&clock->offset_ms, offset);
    atomic_store(&clock->trusted, true);
}

/* The cloud may lower the recorded mark, so it follows the trusted time both ways. */
static void record_high(struct station_clock *clock, const struct clock_reading *reading)
{
    clock->high_ms = atomic_load(&clock->offset_ms) + reading->up_ms;
    clock->high_up_ms = reading->up_ms;
}

bool station_clock_hear(struct station_clock *clock, const struct clock_reading *reading,
                        int64_t now_ms)
{
    int64_t offset = now_ms - reading->up_ms;
    int64_t present = atomic_load(&clock->offset_ms);
    if (!clock->by_cloud) {
        bool news = !atomic_load(&clock->trusted) || offset > present + CLOCK_LOWER_MS ||
                    offset < present - CLOCK_LOWER_MS;
        clock->by_cloud = true;
        set_offset(clock, offset);
        record_high(clock, reading);
        return news;
    }
    if (offset >= present - CLOCK_LOWER_MS) {
        if (offset > present)
            set_offset(clock, offset);
        clock->lower_count = 0;
        record_high(clock, reading);
        return offset > present + CLOCK_LOWER_MS;
    }
    if (clock->lower_count == 0 || offset > clock->lower_best)
        clock->lower_best = offset;
    if (++clock->lower_count < CLOCK_LOWER_SAMPLES)
        return false;
    set_offset(clock, clock->lower_best);
    record_high(clock, reading);
    return true;
}

bool station_clock_ntp(struct station_clock *clock, const struct clock_reading *reading)
{
    if (!reading->synced || clock->by_cloud)
        return false;
    bool news = !atomic_load(&clock->trusted);
    set_offset(clock, reading->wall_ms - reading->up_ms);
    record_high(clock, reading);
    return news;
}

bool station_clock_now(const struct station_clock *clock, const struct clock_reading *reading,
                       int64_t *ret)
{
    if (!atomic_load(&clock->trusted))
        return false;
    *ret = atomic_load(&clock->offset_ms) + reading->up_ms;
    return true;
}

int64_t station_clock_claim(const struct station_clock *clock, const struct clock_reading *reading)
{
    int64_t now;
    if (station_clock_now(clock, reading, &now))
        return now;
    int64_t floor = clock->high_ms + (reading->up_ms - clock->high_up_ms);
    return reading->wall_ms > floor ? reading->wall_ms : floor;
}

struct clock_stamp station_clock_stamp(const struct station_clock *clock,
                                       const struct clock_reading *reading)
{
    struct clock_stamp stamp = {.at_ms = station_clock_claim(clock, reading),
                                .up_ms = reading->up_ms};
    memcpy(stamp.boot, clock->boot, sizeof stamp.boot);
    return stamp;
}

int64_t station_clock_age(const struct station_clock *clock, const struct clock_reading *reading,
                          const struct clock_stamp *stamp)
{
    int64_t now, age;
    if (strcmp(stamp->boot, clock->boot) == 0)
        age = reading->up_ms - stamp->up_ms;
    else if (station_clock_now(clock, reading, &now))
        age = now - stamp->at_ms;
    else
        return -1;
    if (age < -CLOCK_AHEAD_MAX_MS)
        return INT64_MAX; /* stamped by a clock that was wrong: nobody stands waiting for it */
    return age < 0 ? 0 : age;
}
