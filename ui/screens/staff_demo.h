/* Every state of the staff menu, by name: to be looked at (`machiai-kiosk ctl show STATE`), and for
 * the tests that look at all of them.
 */
#ifndef MACHIAI_SCREENS_STAFF_DEMO_H
#define MACHIAI_SCREENS_STAFF_DEMO_H

#include "staff.h"

enum { STAFF_STATES = 24 };
const char *staff_state(int index);

/* STAFF_SHUT when there is no such state. */
enum staff_screen staff_state_screen(const char *state);

/* Changes the view to the state. Rooms and people that the view has stay; where it has none they
 * are made up, with the room's name given. False: no such state. */
bool staff_demo(const char *state, const char *room, struct staff_view *view);

#endif
