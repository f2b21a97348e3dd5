/* The contents of the reference pictures: one clinic, one morning.
 */
#ifndef MACHIAI_TESTS_SCENES_H
#define MACHIAI_TESTS_SCENES_H

#include "monitor.h"
#include "slip_scenes.h"
#include "terminal.h"

/* Every state of the terminal: a screen's name, and behind a hyphen what varies in it. */
enum { SCENES_STATES = 32 };
extern const char *const scenes_states[SCENES_STATES];
struct terminal_view scenes_state(const char *state, const char *language);

struct terminal_view scenes_terminal(enum terminal_screen screen, const char *language);
/* desks without payment, 1 to 8; the second of several is being called, or the only one. */
struct monitor_view scenes_monitor(int desks, bool payment, bool video);
struct monitor_call scenes_call(const char *number, const char *room, const char *room_en,
                                bool payment);

#endif
