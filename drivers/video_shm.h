/* What parent and player child share: frames and sound in a sealed memfd, orders and reports in a
 * socket.
 *
 * The parent trusts nothing that it reads here: each value is read once into a copy of its own and
 * checked before it is used. The child trusts the parent.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_SHM_H
#define MACHIAI_DRIVERS_VIDEO_SHM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "video.h"

enum {
    VIDEO_LANES = 2,   /* two players: one is seen, one is prepared */
    VIDEO_SLOTS = 8,   /* frames of a lane; a power of two, so that counters may wrap */
    VIDEO_PREROLL = 4, /* frames before a prepared film is paused; ones that look like the one
                          before count */
    VIDEO_ALIGN = 64,  /* of the luma pitch; half of it for chroma: what VLC's copiers like */
    VIDEO_SLOT_BYTES = VIDEO_WIDTH_MAX * VIDEO_HEIGHT_MAX * 3 / 2,
    VIDEO_SOUND_RING = 1 << 17, /* stereo pairs of a lane, 2.7 s; a power of two */
    VIDEO_TEXT_SIZE = 96
};

/* Geometry is never shared: both sides compute it from width and height. */
struct video_geometry {
    int width, height;
    int pitch_y, pitch_uv;
    int lines_y, lines_uv;
    size_t offset_u, offset_v, size;
};

struct video_shm_slot {
    atomic_uint session;
    atomic_uint index; /* within the film; frames left out count */
    atomic_uint width, height;
    atomic_llong arrived_us; /* CLOCK_MONOTONIC; 0 = queued ahead, follows the film's cadence */
};

/* One ring: the child alone writes head, the parent alone writes tail. */
struct video_shm_lane {
    atomic_uint head, tail;
    struct video_shm_slot slots[VIDEO_SLOTS];
};

/* The sound of a lane's film, see video_sound.h: the child writes all but tail. */
struct video_shm_sound {
    atomic_uint session; /* whose samples come from `first` on; 0: nobody's */
    atomic_uint first, head, tail;
    atomic_uint held;      /* paused: when it goes on is not known yet */
    atomic_llong base_us;  /* when the sample `first` was due */
    atomic_llong shift_us; /* how much later everything is due since, by pauses */
};

struct video_shm {
    atomic_uint heartbeat;
    struct video_shm_lane lanes[VIDEO_LANES];
    struct video_shm_sound sounds[VIDEO_LANES];
};

enum video_order_kind {
    VIDEO_ORDER_PLAY = 1, /* with a descriptor: load and play */
    VIDEO_ORDER_PREPARE,  /* with a descriptor: load and pause after VIDEO_PREROLL frames */
    VIDEO_ORDER_GO,       /* a prepared film runs on */
    VIDEO_ORDER_STOP,
    VIDEO_ORDER_FORGET /* the frames of a lane that was stopped: nobody reads them any more */
};

struct video_order {
    uint32_t kind, lane, session;
    uint32_t sound;  /* PLAY, PREPARE: its sound is wanted */
    uint32_t sealed; /* PLAY, PREPARE: the descriptor is a sealed file's, this is its key */
    uint8_t key[VIDEO_KEY_SIZE];
};

enum video_report_kind {
    VIDEO_REPORT_INFO = 1, /* rate and length are known */
    VIDEO_REPORT_ENDED,    /* head: the lane's counter after the last frame; length: of the sound */
    VIDEO_REPORT_FAILED    /* text */
};

struct video_report {
    uint32_t kind, lane, session, head;
    uint32_t rate_num, rate_den; /* frames a second; 0 = unknown */
    int64_t length_ms;           /* 0 = unknown; of the sound: 0 = none */
    uint32_t unheard;            /* INFO: the length may be that of sound which is not wanted */
    char text[VIDEO_TEXT_SIZE];
};

/* False when a film of this size is refused. */
bool video_geometry_of(unsigned width, unsigned height, struct video_geometry *ret);

/* Size of the whole memory, where a slot's frame lies, and a lane's ring of samples. */
size_t video_shm_size(void);
uint8_t *video_shm_frame(struct video_shm *shm, unsigned lane, unsigned slot);
int16_t *video_shm_samples(struct video_shm *shm, unsigned lane);

/* Gives the pages of a lane's frames back to the system; they read as zeros then. */
void video_shm_forget(struct video_shm *shm, unsigned lane);

/* A zeroed memory that nobody can shrink, grow or unseal (a reader of a truncated memfd dies of
 * SIGBUS). Returns the descriptor, close-on-exec, or a negative errno. */
int video_shm_create(struct video_shm **ret) __attribute__((warn_unused_result));
/* Maps a descriptor made by the above. */
int video_shm_map(int fd, struct video_shm **ret) __attribute__((warn_unused_result));
void video_shm_unmap(struct video_shm *shm);

#endif
