/* Crash points: a small scenario for each durable transition of kiosk and cloud is run once to
 * count the writes and syncs of a host, then once for every one of them with an end there, then
 * healed and checked as a day is.
 */
#ifndef MACHIAI_TESTS_SIM_CRASH_H
#define MACHIAI_TESTS_SIM_CRASH_H

#include "sim.h"

/* What a host's writes are part of. */
#define CRASH_TRANSITIONS(X)                                                                       \
    X(INTENT, "intent")                                                                            \
    X(ISSUE, "issue (taken)")                                                                      \
    X(DROP, "request given up")                                                                    \
    X(SLIP, "print ledger")                                                                        \
    X(REISSUE, "slip again")                                                                       \
    X(OWN, "own event")                                                                            \
    X(CONFIRM, "confirm and rebase")                                                               \
    X(STATE, "state stored")                                                                       \
    X(RESTART, "log fetched anew")                                                                 \
    X(TIME, "recorded time")                                                                       \
    X(OPEN, "start of a kiosk")                                                                    \
    X(CLOSE, "end of a kiosk")                                                                     \
    X(OFFER, "cloud: number")                                                                      \
    X(UPLOAD, "cloud: upload")                                                                     \
    X(STAFF, "cloud: act of staff")                                                                \
    X(ROLLOVER, "cloud: rollover")                                                                 \
    X(SNAPSHOT, "cloud: snapshot")                                                                 \
    X(CLOUD_OPEN, "cloud: start")                                                                  \
    X(CLOUD_CLOSE, "cloud: end")                                                                   \
    X(OTHER, "other")

enum crash_transition {
#define X(name, text) CRASH_##name,
    CRASH_TRANSITIONS(X)
#undef X
        CRASH_TRANSITION_COUNT
};
const char *crash_transition_name(enum crash_transition transition);

/* Around production functions: what the running host is in; gives what it was in. */
enum crash_transition crash_enter(enum crash_transition transition);
void crash_leave(enum crash_transition former);

/* A walk: one scenario, one host that ends, one kind of loss. */
int crash_walk_count(void);
void crash_walk_name(int walk, char *ret, size_t size);

struct crash_result {
    int points[CRASH_TRANSITION_COUNT]; /* walked */
    int violations;
    int at; /* of the first violation: the n-th write */
};
/* Runs every point; with a violation wanted (a planted bug), up to the first. What went wrong
 * first: sim_failure() keeps it only until the next run, so text (of that size) gets it. */
void crash_walk(int walk, bool until_first, struct crash_result *ret, char *text, size_t size);
/* One point of it; 0: none, all is well. */
void crash_point(int walk, int n);

#endif
