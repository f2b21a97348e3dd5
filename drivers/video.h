/* Films: a child process that runs libvlc and hands decoded frames over in shared memory.
 *
 * The caller never waits: video_poll() looks at shared memory and at the child's health. A film
 * that crashes or hangs the decoder costs a new child, never the caller. Call every function from
 * one thread that lives as long as the video: the kernel ends the child with the thread that
 * started it.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_H
#define MACHIAI_DRIVERS_VIDEO_H

#include <stdbool.h>
#include <stdint.h>

enum {
    VIDEO_WIDTH_MAX = 1920,
    VIDEO_HEIGHT_MAX = 1088,
    VIDEO_PATH_SIZE = 1024,
    VIDEO_TAG_SIZE = 72, /* caller's name of an item, e.g. its SHA-256 */
    VIDEO_KEY_SIZE = 32
};

struct video_options {
    const char *program; /* path of the binary whose `player` subcommand is the child */
    bool sound;          /* without effect so far: films are silent */
};

struct video_item {
    char path[VIDEO_PATH_SIZE]; /* a regular file; it is opened by the caller's process */
    char tag[VIDEO_TAG_SIZE];
    int64_t duration_ms; /* as announced, 0 = unknown; the film's own length rules */
    bool sealed;         /* a sealed file (sealed_file.h): the child opens it with this one key */
    uint8_t key[VIDEO_KEY_SIZE];
    bool held; /* loaded at once; with nothing playing it begins with video_advance() only */
};

/* An item's events come in this order: STARTED, WANT, then ENDED or FAILED. An item that never
 * showed a frame has FAILED alone. */
enum video_event_kind {
    VIDEO_STARTED,  /* first frame of the item is shown */
    VIDEO_ENDED,    /* the item is over: hand over the next one at the latest now */
    VIDEO_WANT,     /* an item may be prepared (about 2 s before the end) */
    VIDEO_FAILED,   /* the item could not be played, or broke off: text says why */
    VIDEO_RESTARTED /* the child died or hung and another one is started; nothing is queued now.
                       tag: the item loaded last, which is the likely cause; "" if none was */
};

struct video_event {
    enum video_event_kind kind;
    char tag[VIDEO_TAG_SIZE];
    char text[128]; /* English, for the log; "" where there is nothing to say */
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

/* The child is started by the next video_poll(). One that cannot be started is tried again with
 * back-off, like one that dies; each try costs the queued item (VIDEO_FAILED). options is copied.
 */
int video_create(const struct video_options *options, struct video **ret)
    __attribute__((warn_unused_result));
/* Kills the child and waits for it (milliseconds). NULL is fine. */
void video_destroy(struct video *video);

/* Queues the item that follows the present one (at most one ahead: -EBUSY). With nothing playing
 * it starts at once; after a row of failures it waits up to 2 s first, so that a caller that
 * answers each failure with the next item never spins. -EINVAL: path or tag not terminated. */
int video_queue(struct video *video, const struct video_item *item)
    __attribute__((warn_unused_result));
/* The queued item takes the screen now: a present one ends, without an event for it, and one that
 * was held begins, with its first frame in the next video_poll() when it was queued early enough.
 */
void video_advance(struct video *video);
/* Ends the present item and drops the queued one (a withdrawal), without events for them. Their
 * frames are no longer given. */
void video_stop(struct video *video);

/* Newest frame, true when it is newer than the last one given; ret is untouched otherwise.
 * now_ms: monotonic. Call it 20 times a second or more while a film is to be seen. */
bool video_poll(struct video *video, int64_t now_ms, struct video_frame *ret);
/* Takes the next event; false when there is none. */
bool video_event(struct video *video, struct video_event *ret);
/* The child's process id, for tests and diagnosis; 0 when none runs. */
int video_pid(const struct video *video);

/* The child's main(), with the arguments as main() got them: PROGRAM player SOCKET MEMORY. Returns
 * the exit status, or ends the process. */
int video_child_main(int argc, char **argv);

#endif
