/* Of video.c and video_frames.c alone: the films that are loaded, and the frames of them. */
#ifndef MACHIAI_DRIVERS_VIDEO_PRIVATE_H
#define MACHIAI_DRIVERS_VIDEO_PRIVATE_H

#include "video.h"
#include "video_budget.h"
#include "video_cadence.h"
#include "video_events.h"
#include "video_process.h"
#include "video_shm.h"

struct lane {
    uint32_t session; /* 0: free */
    bool left;        /* free, and the memory still holds frames that the caller may have */
    struct video_item item;
    bool prepared; /* paused ahead: it needs a GO */
    bool ended;    /* the decoder gave its last frame */
    bool unheard;  /* it has sound that is not wanted, and may be longer than its picture */
    bool wanted;   /* WANT is told */
    bool held;     /* the frame before `taken` is the caller's */
    bool timed;    /* due_us is that of the next frame */
    uint32_t taken, end_head;
    uint32_t index; /* of the frame that was taken last */
    uint32_t heard; /* counter of the sound that was taken */
    uint32_t rate_num, rate_den;
    int64_t length_ms, loaded_ms;
    int64_t sound_ms; /* once it ended: of its sound */
    int64_t shown_ms; /* when its first frame was shown; -1: not yet */
    int64_t due_us;
};

struct video {
    char program[VIDEO_PATH_SIZE];
    bool sound;
    int players;
    struct video_process process;
    struct lane lanes[VIDEO_LANES];
    struct lane *current, *next; /* the film that is seen, the one prepared */
    bool waiting;                /* an item that no lane has yet */
    struct video_item item;
    uint32_t sessions;
    struct video_cadence cadence;
    struct video_budget budget;
    int processors;
    struct video_events events;
    int failures, deaths;      /* in a row */
    int64_t load_ms, start_ms; /* not before these times */
    int64_t now_ms, mono_us;   /* of this turn */
    int64_t lead_us;
    int sound_left; /* pairs that may still be taken in this turn */
    int64_t serial;
    char last_tag[VIDEO_TAG_SIZE]; /* of the item loaded last */
};

unsigned video_lane_index(const struct video *video, const struct lane *lane);
struct video_shm_lane *video_lane_shared(const struct video *video, const struct lane *lane);
/* Tells the child how far the lane's frames were taken. */
void video_publish_tail(struct video *video, const struct lane *lane);
/* Takes every frame that is due, passing from film to film; the newest one is given. */
bool video_present(struct video *video, struct video_frame *ret);
/* The present film gave its last frame: the one behind it takes its place. */
void video_finish(struct video *video);

#endif
