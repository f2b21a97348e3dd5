/* Clocks of the hosts, and where their log lines go. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "logging.h"
#include "sim.h"
#include "station_clock.h"
#include "station_report.h"

enum { LINE_SIZE = 400 };

struct machine machines[SIM_HOSTS];

void machine_boot(int host)
{
    machines[host].boot_at = sim_now - sim_between(5000, 60000);
    machines[host].boots++;
}

int __real_clock_gettime(clockid_t id, struct timespec *ret);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret);
int __wrap_adjtimex(struct timex *state);
void __wrap_station_clock_boot(char boot[static CLOCK_BOOT_SIZE]);

int __wrap_clock_gettime(clockid_t id, struct timespec *ret)
{
    if (sim_host == SIM_NOBODY)
        return __real_clock_gettime(id, ret);
    const struct machine *machine = &machines[sim_host];
    int64_t ms = id == CLOCK_REALTIME ? sim_now + machine->wall_offset : sim_now - machine->boot_at;
    ret->tv_sec = ms / 1000;
    ret->tv_nsec = ms % 1000 * 1000000;
    return 0;
}

int __wrap_adjtimex(struct timex *state)
{
    memset(state, 0, sizeof *state);
    state->status = sim_host < SIM_HOSTS && machines[sim_host].synced ? 0 : STA_UNSYNC;
    return 0;
}

void __wrap_station_clock_boot(char boot[static CLOCK_BOOT_SIZE])
{
    (void)snprintf(boot, CLOCK_BOOT_SIZE, "boot-%d-%d", sim_host, machines[sim_host].boots);
}

/* -- logs -------------------------------------------------------------------------------------- */

/* A reducer that contradicts itself says so in a log line only. */
static void __attribute__((format(printf, 2, 0)))
heard(const char *who, const char *format, va_list args)
{
    char line[LINE_SIZE];
    (void)vsnprintf(line, sizeof line, format, args);
    if (sim_verbose)
        (void)printf("    [%s %d] %s\n", who, sim_host, line);
    if (strstr(line, "applied in the cloud but not here") ||
        strstr(line, "was applied when it was written"))
        sim_violation("convergence: %s", line);
}

void station_report(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    heard("kiosk", format, args);
    va_end(args);
}

void log_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    heard("cloud", format, args);
    va_end(args);
}

void log_warning(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    heard("cloud", format, args);
    va_end(args);
}

void log_info(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    heard("cloud", format, args);
    va_end(args);
}

/* One machine's lines are told apart by its number. */
void log_set_request(const char *id)
{
    (void)id;
}
