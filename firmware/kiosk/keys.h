/* What comes from keyboards: a scanner that types like one, focus by arrows and Tab, and the
 * numeric keypad of staff. Pure: no device, no clock.
 */
#ifndef MACHIAI_KIOSK_KEYS_H
#define MACHIAI_KIOSK_KEYS_H

#include "canvas.h"
#include "station.h"

enum {
    KEYS_GAP_MS = 200,     /* between two letters of a scanner; who types as fast means the same */
    KEYS_SCAN_LEAST = 4,   /* letters of the shortest code */
    KEYS_NUMBER_MAX = 4,   /* letters of the longest number: A108 */
    KEYS_FORGET_MS = 10000 /* a number left half typed */
};

/* A keyboard wedge: it types fast and ends with Enter. */
struct wedge {
    char text[STATION_CODE_SIZE];
    int length;
    int64_t last;
    bool slow; /* a person typed in it, or it is too long */
};

/* Each letter as it comes. */
void wedge_letter(struct wedge *wedge, char letter, int64_t now);
/* Enter. True when a scanner has typed: the code is in ret. Empties it. */
bool wedge_enter(struct wedge *wedge, int64_t now, char ret[static STATION_CODE_SIZE]);

enum keys_direction { KEYS_NEXT, KEYS_PREVIOUS, KEYS_LEFT, KEYS_RIGHT, KEYS_UP, KEYS_DOWN };

/* The widget to which the focus goes; "" = none is there. */
const char *keys_move(const struct widgets *widgets, const char *focus,
                      enum keys_direction direction);

/* The keypad of staff: a number and what to do with it.
 *
 *   12 Enter  calls 12      +  calls the next      *  calls once more      -  absent      /  hold
 *
 * *, - and / mean the number typed before them, or else who was called last. */
struct staff_keys {
    char number[KEYS_NUMBER_MAX + 1];
    int64_t last;
};

/* A key: 0..9, A..Z, '\n' = Enter, '\b' = erase, + * - /. True when an act is complete; kind and
 * number are filled, the rest is zero. */
bool staff_keys_push(struct staff_keys *keys, char key, int64_t now, struct station_act *ret);

#endif
