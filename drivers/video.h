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
    VIDEO_KEY_SIZE = 32,
    VIDEO_SOUND_RATE = 48000, /* of every film's sound, whatever its own is */
    VIDEO_SOUND_CHANNELS = 2
};

struct video_options {
    const char *program; /* path of the binary whose `player` subcommand is the child */
    bool sound;          /* false: films' sound is not even decoded */
    int players; /* 0: by the memory of the machine, see video_players(). 1: a film is loaded when
                    the one before is over, whose last frame is to be held for that short while, and
                    half the memory does; else two */
    bool background; /* the child gives way to every other process */
};

struct video_item {
    char path[VIDEO_PATH_SIZE]; /* a regular file; it is opened by the caller's process */
    char tag[VIDEO_TAG_SIZE];
    int64_t duration_ms; /* as announced, 0 = unknown; the film's own length rules */
    bool sealed;         /* a sealed file (sealed_file.h): the child opens it with this one key */
    uint8_t key[VIDEO_KEY_SIZE];
    bool held; /* loaded at once; with nothing playing it begins with video_advance() only. Behind a
                  film it follows when that one ends, or with video_advance() */
};

/* An item's events come in this order: STARTED, WANT (not where the next item is loaded, or the end
 * comes at once), then ENDED or FAILED. An item that never showed a frame has FAILED alone. */
enum video_event_kind {
    VIDEO_STARTED,  /* first frame of the item is shown */
    VIDEO_ENDED,    /* the item is over: hand over the next one at the latest now */
    VIDEO_WANT,     /* an item may be prepared (about 2 s before the end) */
    VIDEO_FAILED,   /* the item could not be played, or broke off: text says why */
    VIDEO_RESTARTED /* the child died or hung and another one is started; nothing is queued now.
                       tag: the item loaded last, which is the likely cause; "" if none was, or if
                       the child was killed or stopped from outside (video_end.h) */
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

/* A stretch of the present film's sound, and when its first pair of samples belongs to the picture:
 * frames are given later than the decoder has them, and so is the sound. */
struct video_sound {
    uint32_t film;  /* another number with each film; 0: none is seen */
    int64_t due_us; /* CLOCK_MONOTONIC; moves by milliseconds as the picture's cadence does */
    int count;      /* pairs */
};

struct video;

/* Films that are loaded at once on a machine with so much memory: 1 (up to 1 GiB) or 2. */
int video_players(uint64_t memory_bytes);

/* The child is started by the next video_poll(). One that cannot be started is tried again with
 * back-off, like one that dies; each try costs the queued item (VIDEO_FAILED). options is copied.
 */
int video_create(const struct video_options *options, struct video **ret)
    __attribute__((warn_unused_result));
/* Kills the child without waiting: true once it is gone. Only video_destroy() may follow. */
bool video_over(struct video *video);
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
/* Takes up to `most` pairs of samples, left and right, of the film that is seen, as the child gives
 * them: about half a second ahead. Call it behind video_poll() until the count is 0, which it is
 * after 3 s of sound whatever the child does. A film that is stopped, ends or loses its child has
 * no more, and what the caller still holds of it is to be faded; one that follows seamlessly begins
 * at the time of its first pair. */
struct video_sound video_sound(struct video *video, int16_t *samples, int most);
/* The child's process id, for tests and diagnosis; 0 when none runs. */
int video_pid(const struct video *video);

/* The child's main(), with the arguments as main() got them: PROGRAM player SOCKET MEMORY. Returns
 * the exit status, or ends the process. */
int video_child_main(int argc, char **argv);

#endif
