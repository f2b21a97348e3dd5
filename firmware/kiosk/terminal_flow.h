/* What the terminal shows and when: start, check-in, how many, waiting for a number, ticket, no
 * slip, refused, closed.
 *
 * A pure state machine: no clock, no SDL, no thread. Time and knowledge come in with each call as a
 * terminal_world; what it wants done goes out through terminal_actions. Times named `now` are
 * monotonic milliseconds.
 */
#ifndef MACHIAI_KIOSK_TERMINAL_FLOW_H
#define MACHIAI_KIOSK_TERMINAL_FLOW_H

#include "print_fate.h"
#include "station.h"
#include "terminal.h"

struct words;
struct machine; /* machine.h */

enum {
    FLOW_TICKET_MS = 20 * 1000,   /* a ticket stays */
    FLOW_NO_SLIP_MS = 60 * 1000,  /* a ticket without slip stays, to be photographed */
    FLOW_LONGER_MS = 60 * 1000,   /* what もっと 長く 出す adds */
    FLOW_LONGEST_MS = 300 * 1000, /* and the most that can be left */
    FLOW_CONFIRM_MS = 6 * 1000,   /* a slip not confirmed after this counts as not coming */
    FLOW_IDLE_MS = 60 * 1000,     /* a chosen language goes back to Japanese */
    FLOW_WAIT_MS = 8 * 1000,      /* the station gives no answer at all */
    FLOW_SORRY_MS = 20 * 1000,    /* 窓口へお声がけください after a refused request */
    FLOW_ASIDE_MS = 60 * 1000,    /* check-in and how many, untouched */
    FLOW_PARTY_MS = 3 * 1000,     /* more time for the slip of each further person */
    FLOW_AHEAD_MS = 24 * 3600 * 1000, /* maintenance is announced so long before it */
    FLOW_STATUS_MS = 120 * 1000,      /* a technician reads and writes it down */
    FLOW_GUARD_MS = 400,              /* after a change of screen the second tap of a double tap */
    FLOW_PENDING_MAX = 4              /* tickets that wait to be shown */
};

enum flow_state {
    FLOW_START,
    FLOW_CHECKIN,
    FLOW_PERSONS,
    FLOW_WAIT,
    FLOW_SHOW,
    FLOW_SORRY,
    FLOW_STATUS
};

/* What is known in this turn. Nothing is kept beyond the call. */
struct terminal_world {
    int64_t now;
    int64_t site_ms; /* site time, ms UTC; only with has_time */
    bool has_time;
    const struct queue *queue; /* NULL = not known yet */
    const struct station_status *station;
    bool issues;         /* this kiosk has a terminal; else it only tells its state */
    const char *printer; /* IPP reasons, "none" = well, "" = not reachable; NULL = no printer set */
    int films;           /* films that can be played; -1 = this kiosk shows none */
    const char *codecs;  /* that no film here can have, "hevc,av1"; NULL or "" = none is known */
    const struct machine *machine; /* NULL = not told */
    const char *screens;           /* "1080×1920  1920×1080", NULL = not told */
    bool guidance;                 /* this kiosk can speak to who stands before it */
};

struct terminal_actions {
    /* As station_issue(), station_check_in(). */
    int (*issue)(void *context, int64_t request, const struct station_wish *wish);
    int (*check_in)(void *context, int64_t request, const char *code, const char *language);
    /* Starts a slip; false: it will not come. */
    bool (*print)(void *context, const struct station_ticket *ticket);
    void *context;
};

struct terminal_flow {
    struct terminal_actions actions;
    enum flow_state state;
    int64_t since; /* of the state */
    int64_t until; /* the state ends by itself; 0 = never */
    int64_t total; /* length of the countdown */
    int64_t touched;
    char language[8];
    char pressed[WIDGET_NAME_SIZE];
    char focus[WIDGET_NAME_SIZE]; /* of the keyboard, "" = none */
    bool languages_open;          /* small panels have a page of languages */
    bool voice_on;                /* spoken guidance */
    int page;                     /* of the services */
    int persons;                  /* chosen for the next request; 1 = one */
    bool no_voice;                /* wished for the next request */
    char entry[TERMINAL_ENTRY_SIZE];
    char refused[32];                                 /* why there is no number: a catalogue key */
    int64_t request;                                  /* the last one made, 0 = none yet */
    struct station_ticket party[STATION_PERSONS_MAX]; /* what is shown: usually one */
    bool printed[STATION_PERSONS_MAX];                /* its slip has left the printer */
    int party_count;
    int code; /* whose QR is shown */
    bool no_slip, slip_done;
    int64_t confirm_by; /* 0 = no slip is awaited */
    struct station_ticket pending[FLOW_PENDING_MAX];
    int pending_count;
};

void terminal_flow_init(struct terminal_flow *flow, const struct terminal_actions *actions);

/* The screen of this moment. */
enum terminal_screen terminal_flow_screen(const struct terminal_flow *flow,
                                          const struct terminal_world *world);

/* A finger on a widget, and the same finger leaving it. False: too soon after a change of screen,
 * nothing happens. The widget acts when the finger leaves it (terminal_flow_tap). */
bool terminal_flow_press(struct terminal_flow *flow, const char *widget, int64_t now);
void terminal_flow_release(struct terminal_flow *flow);
/* Acts. False when this screen has no such widget, or it cannot be pressed now. */
bool terminal_flow_tap(struct terminal_flow *flow, const struct terminal_world *world,
                       const char *widget);

void terminal_flow_ticket(struct terminal_flow *flow, const struct terminal_world *world,
                          int64_t request, const struct station_ticket *ticket);
void terminal_flow_refused(struct terminal_flow *flow, int64_t request, const char *key,
                           int64_t now);
/* News of a slip; of another ticket than the shown one it changes nothing here. */
void terminal_flow_slip(struct terminal_flow *flow, const char *ticket, enum print_fate fate,
                        int64_t now);

/* A code from a scanner, at any time when nobody else's ticket is on the screen. False: not now. */
bool terminal_flow_scan(struct terminal_flow *flow, const struct terminal_world *world,
                        const char *code);
/* A digit or letter from a keyboard: check-in opens with it. False: not here. */
bool terminal_flow_type(struct terminal_flow *flow, const struct terminal_world *world, char key);
/* Enter, Escape and Backspace where they have one meaning. False: not here. */
enum flow_key { FLOW_KEY_ENTER, FLOW_KEY_ESCAPE, FLOW_KEY_ERASE };
bool terminal_flow_key(struct terminal_flow *flow, const struct terminal_world *world,
                       enum flow_key key);
/* The keyboard's place; "" takes it away. */
void terminal_flow_focus(struct terminal_flow *flow, const char *widget, int64_t now);

/* The clinic's name was held on a kiosk that the cloud has revoked: the technician sees why, for a
 * while; patients had the sorry sentence. False: not revoked, or it stands there already. */
bool terminal_flow_status(struct terminal_flow *flow, const struct terminal_world *world);

/* Lets time pass. True when the screen changed. */
bool terminal_flow_tick(struct terminal_flow *flow, const struct terminal_world *world);
/* When the view changes by itself the next time (monotonic); INT64_MAX = not before other news.
 * The arrow that moves while a slip is on its way (view.slip_ms) is not counted. */
int64_t terminal_flow_deadline(const struct terminal_flow *flow, int64_t now);

/* Fills the whole view. The clock's next minute is the caller's to watch. */
void terminal_flow_view(const struct terminal_flow *flow, const struct terminal_world *world,
                        const struct words *words, struct terminal_view *ret);

/* Whether a service takes patients now; world->queue is set. */
enum intake_gate terminal_flow_gate(const struct terminal_world *world,
                                    const struct service *service);
/* The same for all of them: open when one is, else what says most of why not. */
enum intake_gate terminal_flow_intake(const struct terminal_world *world);
/* Whether those who booked can say here that they have come. */
bool terminal_flow_takes_bookings(const struct terminal_world *world);
/* A printer in this state gives no slip before somebody has been there. NULL = none is set. */
bool terminal_flow_printer_stuck(const char *reasons);

#endif
