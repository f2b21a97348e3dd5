#include "video_cadence.h"

enum {
    SECOND_US = 1000000,
    DEFAULT_FRAME_US = SECOND_US / 30,
    FRAMES_AHEAD = 4,
    /* What four frames of 24 a second take: a film that follows begins with the four that were
     * decoded ahead, and with a shorter queue its sound would lead by what is missing. */
    QUEUE_MAX_US = 167000,
    RATE_MAX = 240,
    RESYNC_FRAMES = 3, /* off by more than this: not jitter, but a pause, a gap, a variable rate */
    STEP_MAX = 64,     /* frames left out in a row that are still believed */
    FOLLOW = 16        /* share of an error that is taken back a frame: 3 % of speed, unseen */
};

static int64_t queue_of(int64_t frame_us)
{
    int64_t queue = FRAMES_AHEAD * frame_us;
    return queue < QUEUE_MAX_US ? queue : QUEUE_MAX_US;
}

static void set_frame(struct video_cadence *cadence, int64_t frame_us)
{
    cadence->frame_us = frame_us;
    cadence->queue_us = queue_of(frame_us);
}

static int64_t frame_of(uint32_t num, uint32_t den)
{
    if (den == 0 || num < den / 10 || num == 0 || num / den > RATE_MAX)
        return DEFAULT_FRAME_US;
    return (int64_t)den * SECOND_US / num;
}

void video_cadence_begin(struct video_cadence *cadence, bool seamless)
{
    cadence->seamless = seamless;
    if (!seamless)
        set_frame(cadence, DEFAULT_FRAME_US);
    cadence->first = true;
}

void video_cadence_rate(struct video_cadence *cadence, uint32_t num, uint32_t den)
{
    set_frame(cadence, frame_of(num, den));
}

int64_t video_cadence_queue(uint32_t num, uint32_t den)
{
    return queue_of(frame_of(num, den));
}

int64_t video_cadence_end(const struct video_cadence *cadence)
{
    return cadence->due_us + cadence->frame_us;
}

/* A film that starts from nothing shows its first frame at once; the next one then waits for the
 * queue to fill (that is the resync below). */
static int64_t first_due(const struct video_cadence *cadence, int64_t now_us)
{
    int64_t end = video_cadence_end(cadence);
    return cadence->seamless && end > now_us - 2 * cadence->frame_us ? end : now_us;
}

int64_t video_cadence_next(struct video_cadence *cadence, uint32_t index, int64_t arrived_us,
                           int64_t now_us)
{
    uint32_t step = index - cadence->index;
    cadence->index = index;
    if (cadence->first) {
        cadence->first = false;
        cadence->due_us = first_due(cadence, now_us);
        return cadence->due_us;
    }
    if (step == 0 || step > STEP_MAX)
        step = 1;
    int64_t due = cadence->due_us + step * cadence->frame_us;
    if (arrived_us != 0) {
        int64_t error = arrived_us + cadence->queue_us - due;
        int64_t limit = RESYNC_FRAMES * cadence->frame_us;
        due += error > limit || error < -limit ? error : error / FOLLOW;
    }
    if (due > cadence->due_us)
        cadence->due_us = due;
    return cadence->due_us;
}
