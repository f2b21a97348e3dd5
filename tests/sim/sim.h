/* The simulator: one clinic's kiosks, its cloud and its people in one process and one thread, on a
 * clock that only the simulator moves. What the programs ask of the machine (time, threads, disk,
 * network, random numbers) is answered here; what they decide is the production code's.
 */
#ifndef MACHIAI_TESTS_SIM_SIM_H
#define MACHIAI_TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIM_KIOSKS = 3,
    SIM_CLOUD = SIM_KIOSKS, /* hosts: the kiosks, then the cloud */
    SIM_HOSTS,
    SIM_NOBODY = SIM_HOSTS, /* the simulator itself */
    SIM_PATH_SIZE = 256
};

/* -- world.c: time, chance, the order of things, what went wrong --------------------------------
 */
extern int64_t sim_now;              /* true time, ms since 1970 UTC */
extern int sim_host;                 /* whose code is running */
extern bool sim_verbose;             /* prints the trace and the programs' own logs */
extern char sim_base[SIM_PATH_SIZE]; /* directory of the real files (locks, identities) */

/* Never two draws in one expression: compilers differ in which they make first.
 *
 * Chance of the scenario, and the programs' random numbers: two streams, so that a program that
 * draws once more still meets the same day. */
void sim_seed(uint64_t seed);
uint64_t sim_random(void);
int64_t sim_between(int64_t min, int64_t max); /* both included */
bool sim_chance(int percent);
void sim_random_install(void);

void sim_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The run has failed; the first violation is kept. */
void sim_violation(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *sim_failure(void); /* NULL = none */
uint64_t sim_trace_hash(void);

/* Runs at that time; context is the caller's. Events of one moment run in the order of their
 * scheduling. */
void sim_at(int64_t at, void (*run)(void *context), void *context);
/* Moves time until then or until a violation. */
void sim_run_until(int64_t at);
extern void (*sim_after_step)(void);
/* Runs what is still scheduled, so that its memory is freed; nothing new may come of it. */
void sim_drain(void);
extern bool sim_over; /* draining */
void sim_reset(uint64_t seed, int64_t start);

/* -- fiber.c: the programs' threads --------------------------------------------------------------
 */
struct fiber;
/* Waits for ms of simulated time or fiber_wake(); true when woken. At once when nobody waits for
 * the fiber's end but its joiner. */
bool fiber_wait(int64_t ms);
void fiber_wake(struct fiber *fiber);
struct fiber *fiber_self(void);
/* Earliest wish of any fiber; INT64_MAX = none. */
int64_t fiber_next(void);
/* Runs every fiber that is due. */
void fiber_run_due(void);
void fiber_check_none(void);

/* -- machine.c: clocks ---------------------------------------------------------------------------
 */
struct machine {
    int64_t boot_at;     /* true time of the last boot */
    int64_t wall_offset; /* what the system's clock is wrong by */
    bool synced;         /* NTP vouches for it */
    int boots;
};
extern struct machine machines[SIM_HOSTS];
void machine_boot(int host);

#endif
