/* Every state that a patient or technician can meet, by name, put over a view: to be looked at
 * (`machiai-kiosk ctl show STATE`), and for the tests that look at all of them.
 */
#ifndef MACHIAI_SCREENS_TERMINAL_DEMO_H
#define MACHIAI_SCREENS_TERMINAL_DEMO_H

#include "terminal.h"

/* A screen's name, and behind a hyphen what varies in it. */
enum { TERMINAL_STATES = 34 };
extern const char *const terminal_states[TERMINAL_STATES];

/* TERMINAL_SCREENS when there is no such state. */
enum terminal_screen terminal_state_screen(const char *state);

typedef const char *terminal_words(const void *context, const char *language, const char *key);

/* Changes the view to the state; clinic, services and language stay. False: no such state. */
bool terminal_demo(const char *state, terminal_words *words, const void *context,
                   struct terminal_view *view);

#endif
