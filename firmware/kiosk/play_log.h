/* The play log: proof of what the monitor showed (terms 21.2), in DIR/plays.db beside the contents.
 *
 * The item on the screen stands in it from its start, and how long it was seen is noted while it
 * runs. When it ends it joins the chain (play.h) and waits to be uploaded; it is deleted only when
 * the cloud has stored it. After a kill the open item ends with what was noted last.
 *
 * Plays are no tickets: a power cut may cost the last seconds of them, never the chain.
 * One thread. Errors as in journal.h.
 */
#ifndef MACHIAI_KIOSK_PLAY_LOG_H
#define MACHIAI_KIOSK_PLAY_LOG_H

#include "play.h"

enum {
    PLAY_LOG_MAX = 100000 /* plays that wait for the cloud, 16 days of ten-second items; then the
                             oldest give way, and the gap in the chain says so */
};

struct play_log;

/* Opens or makes the log; an item left open is ended. A damaged file is set aside, and a log of
 * another name begins. */
int play_log_open(const char *dir, struct play_log **ret) __attribute__((warn_unused_result));
void play_log_close(struct play_log *log);
/* The file is there. */
bool play_log_exists(const char *dir);

/* An item is on the screen; one that is open ends as STOPPED. log, seq, prev, hash, ending are not
 * looked at. */
int play_log_begin(struct play_log *log, const struct play *play)
    __attribute__((warn_unused_result));
/* It is seen still: end, shown_ms, frames and, once it is known, start. -ENOENT: no item is open.
 */
int play_log_seen(struct play_log *log, const struct play *play)
    __attribute__((warn_unused_result));
/* It is over: the same, and its ending. */
int play_log_end(struct play_log *log, const struct play *play) __attribute__((warn_unused_result));

/* The oldest plays that wait, in order; their number, or an error. */
int play_log_batch(struct play_log *log, struct play *ret, int max)
    __attribute__((warn_unused_result));
/* The cloud has stored those up to seq. */
int play_log_stored(struct play_log *log, int64_t seq) __attribute__((warn_unused_result));
/* How many wait. */
int64_t play_log_count(const struct play_log *log);

#endif
