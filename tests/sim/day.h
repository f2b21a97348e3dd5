/* A clinic's day with its accidents, drawn from a seed. */
#ifndef MACHIAI_TESTS_SIM_DAY_H
#define MACHIAI_TESTS_SIM_DAY_H

#include "sim.h"

/* When hosts_prepare() is to run: the morning before every day. */
#define DAY_PREPARED INT64_C(1795471200000) /* 2026-11-24 07:00 in Japan */

/* Runs the day, heals everything, waits until all agree. What went wrong: sim_failure(). */
void day_run(uint64_t seed);

#endif
