/* Patients at home: they take a number or book, which is final at once, look at the line, cancel,
 * or come and check in.
 */
#ifndef MACHIAI_TESTS_SIM_HOME_H
#define MACHIAI_TESTS_SIM_HOME_H

#include "sim.h"

/* One of them begins. */
void home_reserve(void);

#endif
