/* The chime of a call: two notes down, E5 and C5. Samples only; announcer.h plays them.
 */
#ifndef MACHIAI_KIOSK_CHIME_H
#define MACHIAI_KIOSK_CHIME_H

#include <stdint.h>

enum {
    CHIME_RATE = 48000,
    CHIME_STEP_MS = 450,  /* from the first note to the second */
    CHIME_TAIL_MS = 1100, /* a note's decay */
    CHIME_MS = CHIME_STEP_MS + CHIME_TAIL_MS,
    CHIME_SAMPLES = CHIME_RATE / 1000 * CHIME_MS
};

/* Mono samples. */
void chime_render(int16_t samples[static CHIME_SAMPLES]);

#endif
