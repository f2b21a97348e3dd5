/* The technician's screen: the state of each part, and the one next step. */
#ifndef MACHIAI_KIOSK_TERMINAL_SETUP_VIEW_H
#define MACHIAI_KIOSK_TERMINAL_SETUP_VIEW_H

#include "terminal_flow.h"

/* Fills what TERMINAL_SETUP shows; always Japanese. */
void terminal_setup_view(const struct terminal_world *world, const struct words *words,
                         struct terminal_view *view);
/* The same while the kiosk starts and only the machine itself is known: of the world only machine,
 * issues, and the station's health, enrolled and letter are read. Fills the whole view. */
void terminal_setup_starting(const struct terminal_world *world, const struct words *words,
                             struct terminal_view *view);

#endif
