/* The contents of the reference pictures: one clinic, one morning.
 */
#ifndef MACHIAI_TESTS_SCENES_H
#define MACHIAI_TESTS_SCENES_H

#include "monitor.h"
#include "slip_scenes.h"
#include "staff.h"
#include "terminal.h"
#include "terminal_demo.h"

/* The state of terminal_demo.h in this clinic. */
struct terminal_view scenes_state(const char *state, const char *language);

/* The state of staff_demo.h on the same morning. */
struct staff_view scenes_staff_state(const char *state);

struct terminal_view scenes_terminal(enum terminal_screen screen, const char *language);
/* desks without payment, 1 to 8; the second of several is being called, or the only one. */
struct monitor_view scenes_monitor(int desks, bool payment, bool video);
struct monitor_call scenes_call(const char *number, const char *room, const char *room_en,
                                bool payment);

#endif
