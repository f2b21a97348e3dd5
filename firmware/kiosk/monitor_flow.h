/* What the monitor shows: the queue as panels, and calls one after another on the stage.
 *
 * A pure state machine like terminal_flow.h: no clock, no SDL, no thread.
 */
#ifndef MACHIAI_KIOSK_MONITOR_FLOW_H
#define MACHIAI_KIOSK_MONITOR_FLOW_H

#include "monitor.h"
#include "station.h"

struct words;

enum {
    STAGE_MS = 12 * 1000,           /* a call without voice has the stage for this long */
    STAGE_LEAST_MS = 10 * 1000,     /* and at least this long when another one waits */
    STAGE_WIPE_MS = 420,            /* by then it covers the film */
    STAGE_HEARD_MS = 2 * 1000,      /* it stays so long after its last word */
    STAGE_LEAVE_MS = 280,           /* the wipe back to the panel */
    MESSAGE_PAGE_MS = 8 * 1000,     /* a page of a long message */
    ORBIT_STEP_MS = 10 * 60 * 1000, /* the panel moves a pixel, against burn-in */
    ORBIT_RADIUS = 4,
    STAGE_CALLS_MAX = 64, /* on and before the stage, more than can ever be live at once; beyond it
                             the oldest waiting one stays on the panel only */
    STAGE_PARTY_MAX = MONITOR_PARTY_MAX + 1
};

struct monitor_world {
    int64_t now;     /* monotonic ms */
    int64_t site_ms; /* only with has_time */
    bool has_time;
    const struct queue *queue; /* NULL = not known yet */
    bool revoked;              /* the queue is no longer told: what is known of it is old */
    bool provided;             /* the film on the screen is 提供コンテンツ */
    bool change_sides;         /* film and panels change sides between sessions */
};

/* A person of a call; several are a party (a family) that is called together. */
struct stage_person {
    char ticket[UID_SIZE];
    char number[MONITOR_NUMBER_SIZE];
    bool no_voice;     /* this number is not spoken */
    int64_t called_ms; /* by the log; 0 = not known there */
};

struct stage_call {
    struct stage_person persons[STAGE_PARTY_MAX];
    int person_count;
    char family[UID_SIZE]; /* "" = no party */
    char room_id[KEY_SIZE];
    int desk_no;
    struct monitor_call call;
    char reading[NAME_SIZE]; /* the clinic's own よみ of the room, "" = none */
};

struct monitor_flow {
    struct stage_call calls[STAGE_CALLS_MAX]; /* calls[0] has the stage */
    int count;
    int64_t since;              /* calls[0] has had the stage since */
    int64_t leaving;            /* calls[0] leaves since; 0 = it does not */
    int64_t spoken_ms;          /* calls[0] is spoken for so long; 0 = it is not */
    int64_t second_ms;          /* its second reading begins then; 0 = there is none */
    bool second_told;           /* that it has begun */
    struct monitor_call pushed; /* the call that calls[0] pushed off; "" = none */
    bool chime;                 /* a call took the stage and has not sounded yet */
};

void monitor_flow_init(struct monitor_flow *flow);

/* A fresh call. A ticket that waits for the stage keeps its place and is not put there twice; one
 * that has the stage is called again after its time. Members of a family that are called to the
 * same room share one call, as long as nobody has heard of it. */
void monitor_flow_call(struct monitor_flow *flow, const struct monitor_world *world,
                       const struct station_ticket *ticket);
/* Lets time pass. True when the stage changed hands or begins to point again. */
bool monitor_flow_tick(struct monitor_flow *flow, const struct monitor_world *world);
/* True once for each call that took the stage. */
bool monitor_flow_take_chime(struct monitor_flow *flow);
/* The call on the stage is spoken until `end_ms` after it took it, and stays for its words; at
 * `second_ms` they are said again, and its plate points again. 0 = no voice. */
void monitor_flow_spoken(struct monitor_flow *flow, int64_t second_ms, int64_t end_ms);
/* When the stage changes by itself (monotonic), INT64_MAX = not. Its movement is the screen's. */
int64_t monitor_flow_deadline(const struct monitor_flow *flow);

/* The stage covers the film: its frames need not be drawn. */
bool monitor_flow_covers(const struct monitor_view *view);

void monitor_flow_view(const struct monitor_flow *flow, const struct monitor_world *world,
                       const struct words *words, struct monitor_view *ret);

#endif
