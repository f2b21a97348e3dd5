/* What happens once in a clinic's life rather than every day: the cloud's database is restored from
 * a backup, a kiosk's card from an image. */
#ifndef MACHIAI_TESTS_SIM_WORLDS_H
#define MACHIAI_TESTS_SIM_WORLDS_H

#include "sim.h"

/* Draws what the day has in store until then; percent: its length, beside a large clinic's day. */
/* Before the clinic opens: how far behind is far, and whether a kiosk is of an earlier version. */
void worlds_choose(int percent);
void worlds_begin(int64_t until, int percent);
/* The day is over: what was taken away is put back. */
void worlds_end(void);
/* All is healed: what had to be noticed was. */
void worlds_check(void);

#endif
