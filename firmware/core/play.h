/* Proof of play: what was on a monitor, from when to when, and what was planned there (terms 21.2).
 *
 * A kiosk writes one play an item into its play log. Each play's hash covers the hash before it, so
 * that a play that was changed, left out or put in afterwards shows. A log that begins anew (a card
 * was replaced) has another name, and its numbers begin at 1 again.
 *
 * JSON: {"log":"16 hex","seq":12,"prev":"64 hex","hash":"64 hex","start":1795483320000,
 * "end":1795483350000,"shown_ms":30000,"frames":900,"kind":"health","sha256":"64 hex","title":"..",
 * "reason":"scheduled","ending":"whole","programme":"uuid","version":3,"item":0}, and where they
 * say something "content", "planned", "planned_content". What is empty is left out.
 *
 * The hash is SHA-256 of prev, a line feed, and the compact JSON of the play in this order without
 * prev and hash.
 */
#ifndef MACHIAI_CORE_PLAY_H
#define MACHIAI_CORE_PLAY_H

#include "entry.h"
#include "programme.h"

enum {
    PLAY_LOG_SIZE = 17,    /* 16 hex digits, chosen at random by the kiosk */
    PLAY_REASON_SIZE = 24, /* play_reason_name(); a later kiosk may know more of them */
    PLAY_BATCH_MAX = 128   /* plays of one upload */
};

#define PLAY_ENDINGS(X)                                                                            \
    X(WHOLE, "whole") /* the item ran to its end, or for its time */                               \
    X(CUT, "cut")     /* it had to go: withdrawn, another programme, a substitute's place over */  \
    X(BROKE, "broke") /* the film could not be played on */                                        \
    X(STOPPED, "stopped") /* the kiosk stopped; the end is the last time at which it was shown */

enum play_ending {
#define X(name, text) PLAY_ENDING_##name,
    PLAY_ENDINGS(X)
#undef X
        PLAY_ENDING_COUNT
};

struct play {
    char log[PLAY_LOG_SIZE];
    int64_t seq; /* 1, 2, ... within the log */
    char prev[HASH_SIZE], hash[HASH_SIZE];
    int64_t start, end; /* site time, ms UTC; 0 = the kiosk knew no time */
    int64_t shown_ms;   /* how long it was to be seen; no clock that is set is asked for this */
    int64_t frames;     /* of a film: handed to the screen */
    enum content_kind kind;
    char sha256[SHA256_SIZE]; /* of a film; "" = drawn, or a film of the device's own */
    char content[UID_SIZE];   /* of clinic content that has an identity; "" else */
    char title[NAME_SIZE];
    char reason[PLAY_REASON_SIZE];
    enum play_ending ending;
    char programme[UID_SIZE]; /* "" = none was in force */
    int64_t version;
    int item; /* of the programme's items; -1 = none of them */
    /* What was planned where this stands: as sha256 and content; "" = this itself. */
    char planned[SHA256_SIZE];
    char planned_content[UID_SIZE];
};

const char *play_ending_name(enum play_ending ending);

/* Hash of a play that follows prev; its own prev and hash do not matter. */
void play_hash(const char *prev, const struct play *play, char ret[static HASH_SIZE]);
/* The play is the one right after (seq, hash) of the same log, and its own hash is true. The first
 * one follows 0 and entry_first_hash. */
bool play_follows(const struct play *play, int64_t seq, const char *hash);

/* Strict: -EINVAL with a path, ret untouched. Does not look at the hash. */
int play_from_json(const cJSON *json, struct play *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
cJSON *play_to_json(const struct play *play);

#endif
