/* The staff menu: a pure state machine beside the terminal's. It opens after a long press on the
 * clinic's name, asks for the PIN, and gives each act away through staff_actions. Times named `now`
 * are monotonic milliseconds.
 */
#ifndef MACHIAI_KIOSK_STAFF_FLOW_H
#define MACHIAI_KIOSK_STAFF_FLOW_H

#include "staff.h"
#include "station.h"

enum {
    STAFF_HOLD_MS = 3000,       /* so long the clinic's name is held */
    STAFF_IDLE_MS = 60 * 1000,  /* the menu closes untouched */
    STAFF_RESULT_MS = 8 * 1000, /* the sentence about the last act stays */
    STAFF_VOLUME_STEP = 10
};

struct words;

/* What is known in this turn. */
struct staff_world {
    int64_t now;
    int64_t site_ms; /* site time, ms UTC; only with has_time */
    bool has_time;
    const struct queue *queue; /* NULL = not known yet */
    bool online;
    int64_t offline_ms; /* site time at which the line went down, 0 = unknown */
    const char *device; /* this kiosk's */
    int locked_s;       /* no PIN is taken for so long */
    int volume;         /* percent */
    /* The page on the clinic's network, "" = there is none, and its authority. */
    char lan_url[STATION_URL_SIZE], lan_fingerprint[STATION_FINGERPRINT_SIZE];
};

enum staff_tool { STAFF_TOOL_PRINTER, STAFF_TOOL_RESTART, STAFF_TOOL_USB };

struct staff_actions {
    /* Has the PIN checked; staff_flow_pin() is told later. */
    void (*check)(void *context, const char *pin);
    /* As station_act(). */
    int (*act)(void *context, int64_t request, const struct station_act *act);
    /* Returns the catalogue key of what to say at once. */
    const char *(*tool)(void *context, enum staff_tool tool);
    void (*volume)(void *context, int percent);
    void *context;
};

struct staff_flow {
    struct staff_actions actions;
    enum staff_screen screen;
    int64_t until; /* closes by itself */
    bool checking; /* a PIN is with the checker */
    bool reissues; /* STAFF_NUMBER: for a slip, not a call */
    char entry[STAFF_ENTRY_SIZE];
    char pressed[WIDGET_NAME_SIZE], focus[WIDGET_NAME_SIZE];
    int place, page;
    int64_t request;
    char result[48]; /* catalogue key */
    bool result_good;
    int64_t result_until;
};

void staff_flow_init(struct staff_flow *flow, const struct staff_actions *actions);
bool staff_flow_is_open(const struct staff_flow *flow);
/* The clinic's name was held long enough. has_pin: one is set; else nobody gets further. */
void staff_flow_open(struct staff_flow *flow, bool has_pin, int64_t now);
/* The checker's answer. */
void staff_flow_pin(struct staff_flow *flow, bool right, int64_t now);

void staff_flow_press(struct staff_flow *flow, const char *widget, int64_t now);
void staff_flow_release(struct staff_flow *flow);
void staff_flow_focus(struct staff_flow *flow, const char *widget, int64_t now);
/* Acts. False when the open screen has no such widget. */
bool staff_flow_tap(struct staff_flow *flow, const struct staff_world *world, const char *widget);

/* News of station_act(): text as in STATION_ACTED. */
void staff_flow_acted(struct staff_flow *flow, int64_t request, const char *text, int64_t now);
/* A sentence about something that took its time: USB stick, test print. */
void staff_flow_tell(struct staff_flow *flow, const char *key, bool good, int64_t now);

/* True when the view changed by itself. */
bool staff_flow_tick(struct staff_flow *flow, int64_t now);
int64_t staff_flow_deadline(const struct staff_flow *flow, int64_t now);

void staff_flow_view(const struct staff_flow *flow, const struct staff_world *world,
                     const struct words *words, struct staff_view *ret);

/* staff_places.c: rooms in the order of the settings, then desks that have none. */
struct staff_place_of {
    int desk_no;
    const struct room *room; /* NULL = the desk has none */
};
int staff_places(const struct settings *settings, struct staff_place_of ret[STAFF_PLACES_MAX]);
/* The call that goes on at a place; NULL = none. */
const struct ticket *staff_called(const struct queue *queue, const struct staff_place_of *place);
/* Those who may be called there, in order, those who are absent or held behind them. */
int staff_line(const struct queue *queue, int desk_no, int64_t now,
               const struct ticket *ret[STAFF_ROWS_MAX]);

/* A number as people type it ("12", "a3"); false when it is none. */
bool staff_number(const char *text, struct number *ret);

#endif
