/* A film's sound through the shared memory: the child writes samples, the parent takes them out.
 *
 * Samples are stereo pairs at VIDEO_SOUND_RATE without a hole: where a film's own have one, the
 * child writes silence. So a sample's time follows from its number. Times are microseconds of
 * CLOCK_MONOTONIC, on which the child's frames arrive too: what belongs to a frame that arrives at
 * T is due at T.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_SOUND_H
#define MACHIAI_DRIVERS_VIDEO_SOUND_H

#include "video_shm.h"

/* Of the child, one a lane. One thread at a time: libvlc's audio output sees to that. */
struct video_sound_writer {
    struct video_shm_sound *shared;
    int16_t *samples; /* the ring */
    uint32_t session;
    bool begun;
    uint32_t first, head;
    int64_t base_us, shift_us;
    int64_t held_us; /* since when it is paused; 0: it is not */
};

/* A film begins; what is left of the one before is nobody's. */
void video_sound_begin(struct video_sound_writer *writer, struct video_shm *shm, unsigned lane,
                       uint32_t session);
/* The next samples and when the first of them is due. What does not fit is lost, and replaced by
 * silence later: the times hold. */
void video_sound_write(struct video_sound_writer *writer, const int16_t *samples, unsigned count,
                       int64_t due_us);
/* The film is paused, and runs on: dates as libvlc tells them. */
void video_sound_hold(struct video_sound_writer *writer, int64_t date_us);
void video_sound_release(struct video_sound_writer *writer, int64_t date_us);
/* Of all that was written; 0: nothing. Any thread. */
int64_t video_sound_length_ms(const struct video_sound_writer *writer);

/* Of the parent: takes up to `most` pairs of the session's samples out of the ring, copied. *taken
 * is the parent's own counter, ret_due_us the time of the first one. 0: none, or the film is held.
 * -EBADMSG: the counters are not what a child of ours writes. */
int video_sound_take(struct video_shm *shm, unsigned lane, uint32_t session, uint32_t *taken,
                     int16_t *samples, int most, int64_t *ret_due_us)
    __attribute__((warn_unused_result));

#endif
