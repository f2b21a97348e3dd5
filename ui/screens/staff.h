/* The staff menu on the terminal: its PIN, calls while the line is down, and what else staff do
 * with the machine. Always Japanese. staff_draw() is a function of the view alone.
 */
#ifndef MACHIAI_SCREENS_STAFF_H
#define MACHIAI_SCREENS_STAFF_H

#include "terminal.h"

enum {
    STAFF_PLACES_MAX = 16, /* rooms, and desks without one */
    STAFF_ROWS_MAX = 32,
    STAFF_ENTRY_SIZE = 9,
    STAFF_ADDRESS_SIZE = 256,
    STAFF_FINGERPRINT_SIZE = 96 /* SHA-256 as "AB:CD:..." */
};

enum staff_screen {
    STAFF_SHUT,    /* not open: the patients' screen stands there */
    STAFF_PIN,     /* widgets key:0 ... key:9, erase, enter, close */
    STAFF_MENU,    /* widgets place:N, next, recall, in_room, absent, hold, row:N, list, number,
                      reissue, pause, printer, volume, restart, usb, close; people (small);
                      lan (where there is such a page; small: in PEOPLE) */
    STAFF_NUMBER,  /* a number to be called or printed again: keypad, close */
    STAFF_VOLUME,  /* widgets softer, louder, back */
    STAFF_RESTART, /* widgets restart, back */
    STAFF_PEOPLE,  /* the list alone, where the menu has no room: widgets row:N, list, number, close
                    */
    STAFF_LAN,     /* the kiosk's own page: its address, and what proves it; widgets back, close */
    STAFF_SCREENS
};

struct staff_place {
    char room[TERMINAL_TEXT], desk[TERMINAL_TEXT];
    int waiting;
};

struct staff_row {
    char number[8];
    char state[32]; /* catalogue key, e.g. "staff.state.waiting" */
    char note[48];  /* この端末, 呼出 1回, 10:00〜11:00 */
    char since[8];
};

struct staff_view {
    enum staff_screen screen;
    char pressed[WIDGET_NAME_SIZE], focus[WIDGET_NAME_SIZE];
    int seconds_left, seconds_total; /* 0 total = none */
    char entry[STAFF_ENTRY_SIZE];    /* PIN: one letter a digit; NUMBER: as typed */
    char letters[TERMINAL_LETTERS_MAX + 1];
    char title[48];  /* NUMBER: catalogue key of what it is for */
    int locked_s;    /* PIN: so long no try is taken */
    char result[48]; /* catalogue key of the sentence about the last act, "" = none */
    bool result_good;
    bool offline;
    char offline_since[8]; /* "10:31" or "" */
    struct staff_place places[STAFF_PLACES_MAX];
    int place_count, place;              /* chosen one */
    char called[8], room[TERMINAL_TEXT]; /* the call that goes on there; "" = none */
    char next[8];                        /* "" = nobody waits */
    struct staff_row rows[STAFF_ROWS_MAX];
    int row_count, page;
    bool paused; /* intake of the chosen desk */
    int volume;  /* percent */
    /* The kiosk's page on the clinic's network, "" = there is none, and its authority. */
    char address[STAFF_ADDRESS_SIZE], fingerprint[STAFF_FINGERPRINT_SIZE];
};

void staff_draw(struct canvas *canvas, const struct staff_view *view, struct widgets *ret_widgets);

#endif
