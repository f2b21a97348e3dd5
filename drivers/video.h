/* Films: a child process that runs libvlc and hands decoded frames over in shared memory.
 *
 * The caller never waits: video_poll() looks at shared memory and at the child's health. A film
 * that crashes or hangs the decoder costs a new child, never the caller.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_H
#define MACHIAI_DRIVERS_VIDEO_H

#include <stdbool.h>
#include <stdint.h>

enum {
    VIDEO_WIDTH_MAX = 1920,
    VIDEO_HEIGHT_MAX = 1088,
    VIDEO_PATH_SIZE = 1024,
    VIDEO_TAG_SIZE = 72 /* caller's name of an item, e.g. its SHA-256 */
};

struct video_options {
    const char *program; /* path of the binary whose `player` subcommand is the child */
    bool sound;          /* false: no audio output at all */
};

struct video_item {
    char path[VIDEO_PATH_SIZE];
    char tag[VIDEO_TAG_SIZE];
    int64_t duration_ms; /* as announced; the child's own end rules */
};

enum video_event_kind {
    VIDEO_STARTED, /* first frame of the item is there */
    VIDEO_ENDED,   /* the item is over: hand over the next one at the latest now */
    VIDEO_WANT,    /* an item may be prepared (about 2 s before the end) */
    VIDEO_FAILED,  /* the item could not be played: text says why */
    VIDEO_RESTARTED /* the child died or hung and was started again; nothing is queued now */
};

struct video_event {
    enum video_event_kind kind;
    char tag[VIDEO_TAG_SIZE];
    char text[128];
};

/* Planes of the newest frame (I420); valid until the next video_poll(). */
struct video_frame {
    int width, height;
    int pitch_y, pitch_uv;
    const uint8_t *y, *u, *v;
    int64_t serial; /* grows with each new frame */
    char tag[VIDEO_TAG_SIZE];
};

struct video;

int video_create(const struct video_options *options, struct video **ret)
    __attribute__((warn_unused_result));
void video_destroy(struct video *video);

/* Queues the item that follows the present one (at most one ahead: -EBUSY). With nothing playing
 * it starts at once. */
int video_queue(struct video *video, const struct video_item *item)
    __attribute__((warn_unused_result));
/* Ends the present item and drops the queued one (a withdrawal). The last frame is no longer
 * given. */
void video_stop(struct video *video);

/* Newest frame, true when it is newer than the last one given. now_ms: monotonic. */
bool video_poll(struct video *video, int64_t now_ms, struct video_frame *ret);
/* Takes the next event; false when there is none. */
bool video_event(struct video *video, struct video_event *ret);
/* The child's process id, for tests and diagnosis; 0 when none runs. */
int video_pid(const struct video *video);

/* The child's main(): `machiai-kiosk player FD...`. Never returns to the caller's loop. */
int video_child_main(int argc, char **argv);

#endif
