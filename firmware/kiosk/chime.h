/* The chime of a call: two notes down, E5 and C5. Silent where there is no sound device.
 */
#ifndef MACHIAI_KIOSK_CHIME_H
#define MACHIAI_KIOSK_CHIME_H

#include <stddef.h>
#include <stdint.h>

enum {
    CHIME_RATE = 48000,
    CHIME_LEAD_MS = 100,  /* after the call's first picture */
    CHIME_STEP_MS = 450,  /* from the first note to the second */
    CHIME_TAIL_MS = 1100, /* a note's decay */
    CHIME_MS = CHIME_LEAD_MS + CHIME_STEP_MS + CHIME_TAIL_MS,
    CHIME_SAMPLES = CHIME_RATE / 1000 * CHIME_MS
};

/* Mono samples. */
void chime_render(int16_t samples[static CHIME_SAMPLES]);

struct chime;

/* -ENODEV: no sound device, which is no fault. The audio library is not even started then, since it
 * writes pages of complaints about a missing card. */
int chime_create(struct chime **ret) __attribute__((warn_unused_result));
void chime_destroy(struct chime *chime);
/* Never waits. A chime that still sounds begins anew. */
void chime_play(struct chime *chime);

#endif
