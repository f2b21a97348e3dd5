/* The terminal's screens: what a walk-in patient sees and presses.
 *
 * terminal_draw() is a function of the view alone: same view, same pixels. It keeps nothing.
 */
#ifndef MACHIAI_SCREENS_TERMINAL_H
#define MACHIAI_SCREENS_TERMINAL_H

#include "canvas.h"

enum {
    TERMINAL_SERVICES_MAX = 16,
    TERMINAL_TEXT = 128,
    TERMINAL_HOURS_MAX = 3,
    TERMINAL_PERSONS_MAX = 8,
    TERMINAL_ENTRY_SIZE = 17, /* what is typed at check-in */
    TERMINAL_LETTERS_MAX = 4,
    TERMINAL_STATUS_MAX = 20
};

enum terminal_screen {
    TERMINAL_START,   /* services; widgets service:ID, more, language:CODE, checkin, family,
                       * no_voice */
    TERMINAL_WAIT,    /* a number is being fetched: nothing to press */
    TERMINAL_TICKET,  /* number, slip coming, QR; widgets again, finish; of a party code */
    TERMINAL_NO_SLIP, /* the same, but the slip will not come; widgets longer, finish, code */
    TERMINAL_CLOSED,  /* reception closed: closed_reason */
    TERMINAL_UNAVAILABLE, /* ただいまこちらでは受付できません。窓口へお声がけください。 */
    TERMINAL_SETUP,   /* for the technician: status_lines, advice */
    TERMINAL_CHECKIN, /* a number is typed; widgets key:0 ... key:9, erase, enter, back */
    TERMINAL_PERSONS, /* how many; widgets persons:1 ... persons:8, no_voice, back */
    TERMINAL_REFUSED, /* why there is no number: refused; widgets finish, retry */
    TERMINAL_SCREENS
};

enum terminal_closed {
    CLOSED_BEFORE,
    CLOSED_BREAK,
    CLOSED_ENDED,
    CLOSED_PAUSED,
    CLOSED_DAY,
    CLOSED_FULL, /* as many as the clinic takes today */
    CLOSED_REASONS
};

struct terminal_service {
    char id[17];
    char name[TERMINAL_TEXT], name_en[TERMINAL_TEXT];
    char icon[17];
    int waiting;
    bool open; /* false: the card says that intake is paused and cannot be pressed */
    bool full; /* ... that today's places are taken */
    bool one;  /* ... that it is for one person at a time; only while a party chooses */
};

/* One session of today's reception hours. */
struct terminal_hours {
    char from[8], to[8]; /* "8:30", 24 hours */
    bool over;           /* おわりました; else これから */
};

struct terminal_status {
    char name[TERMINAL_TEXT]; /* catalogue key of the line, e.g. "setup.printer" */
    char value[TERMINAL_TEXT];
    bool good;
    bool unknown; /* neither good nor bad: nobody tells */
};

struct terminal_view {
    enum terminal_screen screen;
    char language[8]; /* ja, ja-easy, en, zh-Hans, ko, vi, pt */
    char clinic[TERMINAL_TEXT];
    char clock[8]; /* "10:42"; "" while no time is known */
    struct terminal_service services[TERMINAL_SERVICES_MAX];
    int service_count;
    int waiting;
    bool show_checkin;
    char pressed[WIDGET_NAME_SIZE]; /* drawn pressed */
    /* TICKET, NO_SLIP */
    char number[8];
    char service[TERMINAL_TEXT];
    int before;
    char before_at[8];
    char qr[256];   /* URL; "" draws none */
    bool slip_done; /* the slip has left the printer: お取りください */
    /* countdown: seconds left of total; 0 total = none */
    int seconds_left, seconds_total;
    /* CLOSED */
    enum terminal_closed closed_reason;
    char opens_at[32]; /* "14:30" or "" */
    char phone[25];
    /* SETUP */
    struct terminal_status status[TERMINAL_STATUS_MAX];
    int status_count;
    char advice[256]; /* one sentence: what to do next */
    /* Fields of later date; zero leaves each of them out. */
    bool voice_button, voice_on; /* START, CLOSED, UNAVAILABLE: widget voice */
    bool languages_open; /* small panels: the page of languages instead of the screen; widgets
                          * languages (opens it), language:CODE, back */
    struct terminal_hours hours[TERMINAL_HOURS_MAX]; /* CLOSED: today's reception */
    int hours_count;
    char date[48];                /* CLOSED: "11月24日（火）" */
    int slip_ms;                  /* TICKET: the slip's arrow moves with it; 0 = at rest */
    char version[32];             /* SETUP: "待合 Machiai 1.0.0" */
    char focus[WIDGET_NAME_SIZE]; /* a ring stands in it: keyboard; "" = none */
    int page;                     /* START: of the services; taken modulo the pages */
    char notice[TERMINAL_TEXT];   /* START: a band above the services, "" = none */
    bool notice_urgent;           /* the machine needs help: inverted */
    bool show_family, show_no_voice;
    bool no_voice; /* wished for */
    int persons;   /* START, PERSONS: chosen; 0 and 1 = one */
    int persons_max;
    char numbers[TERMINAL_PERSONS_MAX][8]; /* TICKET, NO_SLIP: a party's, in place of number */
    int number_count;                      /* 0 and 1 = number alone */
    int code;      /* whose of numbers qr is, from 0; "code" turns to the next one's */
    char slot[32]; /* TICKET, NO_SLIP: "10:00〜11:00" of a booking */
    char entry[TERMINAL_ENTRY_SIZE];        /* CHECKIN */
    char letters[TERMINAL_LETTERS_MAX + 1]; /* CHECKIN: letters that numbers may begin with */
    char refused[32];                       /* REFUSED: catalogue key */
    bool no_service;                        /* UNAVAILABLE: the contract has no reception here */
    char pairing[16], pairing_qr[256]; /* SETUP: "7K4Q-9M2X" and what its code says; "" = none */
    char support[32];                  /* SETUP: "T-91C7" */
};

/* Where the clinic's name stands: staff hold it for three seconds. No widget, since patients have
 * nothing to press there. */
SDL_Rect terminal_name_area(const struct canvas *canvas);

void terminal_draw(struct canvas *canvas, const struct terminal_view *view,
                   struct widgets *ret_widgets);

#endif
