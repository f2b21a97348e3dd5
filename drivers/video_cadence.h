/* When each frame is due, by the film's own cadence instead of the decoder's jitter.
 *
 * Pure: all times are microseconds on one monotonic clock of the caller's.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_CADENCE_H
#define MACHIAI_DRIVERS_VIDEO_CADENCE_H

#include <stdbool.h>
#include <stdint.h>

struct video_cadence {
    int64_t frame_us; /* of the film that runs; never 0 */
    int64_t due_us;   /* of the frame last asked for */
    int64_t queue_us; /* how far the decoder is kept ahead of the screen */
    uint32_t index;
    bool first;    /* the film's first frame comes next */
    bool seamless; /* it follows another film's last frame */
};

/* A film begins. Rates that no film has, and 0/0, count as 30 frames a second. seamless: its first
 * frame is due when the last frame of the film before has had its time. */
void video_cadence_begin(struct video_cadence *cadence, bool seamless);
void video_cadence_rate(struct video_cadence *cadence, uint32_t num, uint32_t den);
/* How long after the decoder gave it a frame of this rate is due, microseconds. */
int64_t video_cadence_queue(uint32_t num, uint32_t den);

/* When the film's next frame is due. index: its number within the film, counting frames that were
 * left out because they looked like the one before. arrived_us: when the decoder gave it, 0 for a
 * frame decoded ahead. The result never lies before that of the frame before. */
int64_t video_cadence_next(struct video_cadence *cadence, uint32_t index, int64_t arrived_us,
                           int64_t now_us);

/* When the frame last asked for has had its time. */
int64_t video_cadence_end(const struct video_cadence *cadence);

#endif
