/* A clinic's day with its accidents, drawn from a seed. */
#ifndef MACHIAI_TESTS_SIM_DAY_H
#define MACHIAI_TESTS_SIM_DAY_H

#include "sim.h"

/* When hosts_prepare() is to run: the morning before every day. */
#define DAY_PREPARED INT64_C(1795471200000) /* 2026-11-24 07:00 in Japan */

/* Runs the day, heals everything, waits until all agree. What went wrong: sim_failure(). */
void day_run(uint64_t seed);

/* The parts of a day, for what needs no accident by chance: all hosts are started on the prepared
 * disks, so long after DAY_PREPARED, with good clocks and lines. */
void day_open_quiet(int64_t since_prepared, bool by_session);
/* Everything works again: all must agree within ten minutes, and once more after a restart. */
void day_heal(void);
void day_close(void);

#endif
