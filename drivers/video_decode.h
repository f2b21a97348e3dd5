/* One libvlc player of the child: a lane that plays a descriptor into its ring of frames.
 *
 * Every function here may block for some 70 ms and belongs on the worker thread; the callbacks
 * inside run on libvlc's threads.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_DECODE_H
#define MACHIAI_DRIVERS_VIDEO_DECODE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <vlc/vlc.h>

#include "sealed_file.h"
#include "video_shm.h"
#include "video_sound.h"

struct video_decode {
    struct video_shm *shm;
    unsigned lane;
    int socket;                                                     /* of the reports */
    void (*filled)(void *context, unsigned lane, uint32_t session); /* enough frames are queued */
    void *context;

    libvlc_instance_t *vlc;
    libvlc_media_player_t *player;
    libvlc_media_t *media;
    int fd;
    struct sealed_reader *sealed; /* NULL = the file is plain */
    off_t size, position;         /* of the film */
    uint32_t session;             /* 0: stopped */
    bool pausing;                 /* the worker has asked for the pause */
    bool sounds;                  /* its sound is wanted */

    /* shared with libvlc's threads; a session's are set before it plays */
    atomic_bool preparing; /* frames are queued ahead */
    atomic_bool paused;    /* what comes now are redisplays */
    atomic_bool over;      /* ended or failed: reported once */
    atomic_bool damaged;   /* a chunk did not open: what libvlc takes for an end is none */

    /* of the video output's thread */
    struct video_geometry geometry;
    uint8_t *scratch; /* for frames that nobody wants */
    bool scratched;   /* the frame under way goes there */
    bool fast;        /* libvlc has no time to repeat frames */
    uint32_t frames, index;
    bool told; /* enough is queued */
    int64_t began_us, displayed_us;

    struct video_sound_writer sound; /* of the audio output's callbacks */
};

/* What to play, as the order says. */
struct video_decode_film {
    uint32_t session;
    int fd;             /* is taken over */
    const uint8_t *key; /* of a sealed file; NULL = it is plain */
    bool prepare;       /* hold it after its first frames */
    bool sound;         /* its sound is wanted */
};

int video_decode_init(struct video_decode *decode, libvlc_instance_t *vlc)
    __attribute__((warn_unused_result));
/* What goes wrong is reported. */
void video_decode_start(struct video_decode *decode, const struct video_decode_film *film);
/* After enough frames: holds a film that is prepared. */
void video_decode_hold(struct video_decode *decode, uint32_t session);
/* Lets a prepared film run on. */
void video_decode_go(struct video_decode *decode, uint32_t session);
void video_decode_stop(struct video_decode *decode, uint32_t session);
/* Gives the memory of a stopped film's frames back. */
void video_decode_forget(struct video_decode *decode);
/* Keeps the reason that libvlc logs, for the report of the failure. */
void video_decode_log(libvlc_instance_t *vlc);

#endif
