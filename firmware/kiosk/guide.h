/* When the terminal's spoken guidance is due: once a screen, and again behind every call that
 * sounds meanwhile, for it cut the sentence short or kept it waiting. Pure; voice.h speaks it.
 */
#ifndef MACHIAI_KIOSK_GUIDE_H
#define MACHIAI_KIOSK_GUIDE_H

#include "terminal.h"

struct guide {
    enum terminal_screen screen;
    bool on, due;
};

/* What stands there now, and whether guidance is switched on. */
void guide_look(struct guide *guide, enum terminal_screen screen, bool on);
/* A call sounds. */
void guide_call(struct guide *guide);

#endif
