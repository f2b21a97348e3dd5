/* What the loudspeaker says: announcements one after another, as samples.
 *
 *     |chime      |voice         |pause   |voice         |rest     |chime of the next call ...
 *     0           1600 ms                 said again
 *
 * Everything stands in one line, so that two voices can never sound at once. No device, no thread,
 * no clock: whoever asks for samples lets time pass. Clips are decoded while they are played.
 */
#ifndef MACHIAI_KIOSK_ANNOUNCER_H
#define MACHIAI_KIOSK_ANNOUNCER_H

#include <stdbool.h>
#include <stdint.h>

#include "chime.h"

enum {
    ANNOUNCER_RATE = CHIME_RATE,
    ANNOUNCER_VOICE_MS = 1600, /* the voice begins, counted from the announcement's start */
    ANNOUNCER_BREATH_MS = 200, /* between a number and the next one, or the place */
    ANNOUNCER_PAUSE_MS = 1200, /* between the two readings */
    ANNOUNCER_REST_MS = 1500,  /* behind a call, before the next one */
    ANNOUNCER_READINGS = 2,
    ANNOUNCER_CLIPS_MAX = 17, /* of one reading: eight numbers in two halves each, and the place */
    ANNOUNCER_QUEUE_MAX = 16, /* announcements that wait for the one that sounds */
    ANNOUNCER_CLIP_BYTES_MAX = 128 * 1024,
    ANNOUNCER_CLIP_MS_MAX = 10 * 1000,
    ANNOUNCER_DUCK_MS = 120, /* a film gets softer in this time, */
    ANNOUNCER_RISE_MS = 800  /* and comes back in this */
};

/* -18 dB: the film under an announcement */
#define ANNOUNCER_DUCKED 0.126F

struct announcement;

/* One Opus file of a reading. */
struct announcer_clip {
    const char *path;
    bool breath; /* a new phrase: a pause stands before it */
};

/* Reads the clips into memory, mono; none = chime only. volume 0..100: of chime and voice, felt as
 * evenly rising. -ENOENT, -EINVAL (no such clip, or too long), -ENOMEM. */
int announcement_create(const struct announcer_clip *clips, int count, int volume,
                        struct announcement **ret) __attribute__((warn_unused_result));
/* One clip, once, without a chime: for who stands before the terminal. Errors as above. */
int announcement_guide(const char *path, int volume, struct announcement **ret)
    __attribute__((warn_unused_result));
void announcement_destroy(struct announcement *announcement);
/* What a volume of 0..100 does to samples, 0..1. */
float announcer_gain(int volume);
/* From its beginning to the end of the last word; of the chime when it has no words. */
int announcement_ms(const struct announcement *announcement);
/* When the second reading begins; 0 when it has no words. */
int announcement_second_ms(const struct announcement *announcement);
bool announcement_speaks(const struct announcement *announcement);

struct announcer;

int announcer_create(struct announcer **ret) __attribute__((warn_unused_result));
void announcer_destroy(struct announcer *announcer);
/* Takes over `announcement`, also when it fails: -ENOBUFS, too many wait. */
int announcer_add(struct announcer *announcer, struct announcement *announcement)
    __attribute__((warn_unused_result));
/* Nothing sounds or waits. */
bool announcer_idle(const struct announcer *announcer);
/* The next `count` mono samples; silence when nothing is to be said. Never waits for a file. */
void announcer_read(struct announcer *announcer, int16_t *samples, int count);
/* How loud a film may be at this moment: 1, less under announcements, without a jump. */
float announcer_film_gain(const struct announcer *announcer);

#endif
