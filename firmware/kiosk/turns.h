/* How long the turns of the main loop take, counted for as long as the kiosk runs.
 *
 * A turn has several lengths. `wall` is what a clock on the wall says. `own` is wall without the
 * time in which the thread was ready and other programs had the processors: its work, and whatever
 * it waited for (disk, network, locks, other processes). That is what a turn of ours must keep
 * short, and it does not depend on how busy the machine is. `cpu` is its work alone. `display` is
 * what it waited for while a picture was handed over: a screen's refresh, or an X server that is
 * itself in a queue; it is told, and is no part of `own`. Times are microseconds.
 */
#ifndef MACHIAI_KIOSK_TURNS_H
#define MACHIAI_KIOSK_TURNS_H

#include <cjson/cJSON.h>
#include <stdint.h>

/* What a turn does, in this order. */
#define KIOSK_PARTS(X)                                                                             \
    X(EVENTS, "events")                                                                            \
    X(NEWS, "news")                                                                                \
    X(SLIP, "slip")                                                                                \
    X(FILMS, "films")                                                                              \
    X(FLOWS, "flows")                                                                              \
    X(REQUESTS, "requests")                                                                        \
    X(TERMINAL, "terminal")                                                                        \
    X(MONITOR, "monitor")                                                                          \
    X(WARM, "warm")

enum kiosk_part {
#define X(name, text) KIOSK_##name,
    KIOSK_PARTS(X)
#undef X
        KIOSK_PART_COUNT
};

enum {
    TURNS_BUCKETS = 201,        /* of a millisecond each; the last one has all that is longer */
    TURNS_RECENT_US = 60000000, /* "recent" is at least the last minute's longest */
    TURNS_WORST = 5             /* longest turns that are remembered with their parts */
};

struct turns_length {
    int64_t buckets[TURNS_BUCKETS];
    int64_t longest;
};

struct turns_turn {
    int64_t wall, own, cpu, display;
    int64_t parts[KIOSK_PART_COUNT]; /* wall */
};

struct turns_moment {
    int64_t wall, queued, cpu;
};

struct turns {
    int64_t count;
    struct turns_length wall, own, cpu, display;
    int64_t recent, recent_since;         /* own; since: monotonic */
    struct turns_turn worst[TURNS_WORST]; /* by own, the longest first */
    struct turns_turn now;                /* the present one */
    struct turns_moment began, shown;     /* at the turn's begin, at the begin of a hand-over */
    int64_t part_began;
    int schedstat; /* of the thread; -1: this kernel does not tell, and own is wall */
};

/* On the thread whose turns are counted. */
void turns_init(struct turns *turns);
void turns_finish(struct turns *turns);

void turns_begin(struct turns *turns);
/* The part of the turn that has just ended. */
void turns_part(struct turns *turns, enum kiosk_part part);
void turns_end(struct turns *turns);
/* About the call that hands a picture over. */
void turns_show(struct turns *turns);
void turns_shown(struct turns *turns);

/* Counts a turn; turns_end() does it. now: monotonic. */
void turns_count(struct turns *turns, const struct turns_turn *turn, int64_t now);
/* The length, in whole milliseconds rounded up, that `share` (0..1) of all turns do not exceed;
 * TURNS_BUCKETS for more than the buckets tell. 0 without turns. */
int turns_quantile(const struct turns_length *length, double share);

/* For `ctl status`. Lengths in milliseconds. */
cJSON *turns_json(const struct turns *turns);

#endif
