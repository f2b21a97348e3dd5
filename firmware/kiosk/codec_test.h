/* The player's self-test: after a start a small clip of each codec is played, unseen and unheard,
 * by a child of its own in the player's sandbox, so that a decoder which is missing here is known
 * before a film needs it.
 *
 * It gives way to everything else: it begins when nothing is to be played, or a while after the
 * first film has begun, and its child has a low priority. Use it from the thread of the kiosk's
 * films. */
#ifndef MACHIAI_KIOSK_CODEC_TEST_H
#define MACHIAI_KIOSK_CODEC_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include "video.h"

enum {
    CODEC_TEST_IDLE_MS = 10000, /* after the start, while no film is to be played */
    CODEC_TEST_FILM_MS = 30000, /* after the first film was begun */
    CODEC_TEST_TRIES = 3,       /* of a clip: a busy machine is no missing decoder */
    CODEC_TEST_RETRY_MS = 5000, /* between them */
    CODEC_LIST_SIZE = 32        /* of all names, with commas */
};

enum codec {
    CODEC_H264,
    CODEC_HEVC,
    CODEC_VP9,
    CODEC_AV1,
    CODEC_AAC,
    CODEC_OPUS,
    CODECS /* how many */
};

/* UNTRIED: not yet, or it cannot be said here (no clip, a player that was ended from outside). */
enum codec_state { CODEC_UNTRIED, CODEC_OK, CODEC_MISSING };

struct codec_test;

/* "h264", "hevc", ... and "untried", "ok", "missing". */
const char *codec_name(enum codec codec);
const char *codec_state_name(enum codec_state state);

/* program: whose `player` subcommand is the child; clips: folder of assets/codecs/make.sh. Both are
 * copied. */
int codec_test_create(const char *program, const char *clips, struct codec_test **ret)
    __attribute__((warn_unused_result));
/* NULL is fine. Kills what still plays. */
void codec_test_destroy(struct codec_test *test);

/* Call it in each turn; now_ms: monotonic; film: one is being decoded for the screen. True once,
 * when the results are there. */
bool codec_test_tick(struct codec_test *test, int64_t now_ms, bool film)
    __attribute__((warn_unused_result));
/* It wants a turn as often as a film does. */
bool codec_test_runs(const struct codec_test *test);

enum codec_state codec_test_state(const struct codec_test *test, enum codec codec);
/* Why it is missing, or could not be tried; English, for the log; "" = nothing to say. */
const char *codec_test_reason(const struct codec_test *test, enum codec codec);
/* The missing ones, e.g. "hevc,av1"; "" = none is known to be. */
void codec_test_missing(const struct codec_test *test, char ret[CODEC_LIST_SIZE]);

#endif
