/* The technician's screen of a kiosk.conf that cannot be used: each wrong line, and how the machine
 * is reached meanwhile. */
#ifndef MACHIAI_KIOSK_MISTAKES_VIEW_H
#define MACHIAI_KIOSK_MISTAKES_VIEW_H

#include "config.h"
#include "machine.h"
#include "terminal.h"
#include "words.h"

/* Fills ret as TERMINAL_SETUP; always Japanese. `file` is the name without its directories. */
void mistakes_view(const struct config_mistakes *mistakes, const char *file,
                   const struct machine *machine, const struct words *words,
                   struct terminal_view *ret);

#endif
