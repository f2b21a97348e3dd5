/* Planted bugs: each wraps a production function, so that the simulator proves that it would find
 * such a mistake. */
#ifndef MACHIAI_TESTS_SIM_BUGS_H
#define MACHIAI_TESTS_SIM_BUGS_H

#include <stdbool.h>

struct bug {
    const char *name, *what;
    int seeds; /* found within so many, from seed 1 */
};

extern const struct bug bugs[];
extern const int bug_count;

/* "" = none. False: there is no such bug. */
bool bug_plant(const char *name);
/* In the simulator's own glue: the kiosk's printing. */
bool bug_prints_again(void);
/* The seed begins. */
void bug_reset(void);
/* Bugs that strike now and then strike each fourth time: for short runs. */
void bug_often(bool often);

#endif
