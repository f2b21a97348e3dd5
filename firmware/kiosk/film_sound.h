/* A film's sound between decoder and loudspeaker: each sample waits for its time.
 *
 * Nothing clicks: wherever a film begins, breaks off, runs dry or is followed by another one, its
 * sound comes and goes within FILM_SOUND_FADE pairs of samples. A loudspeaker whose clock differs
 * from ours is followed by playing faster or slower by 0.3 % at most, which nobody hears. No
 * device, no thread, no clock: whoever reads says what time it is. Times are microseconds on the
 * clock of video.h.
 */
#ifndef MACHIAI_KIOSK_FILM_SOUND_H
#define MACHIAI_KIOSK_FILM_SOUND_H

#include <stdbool.h>
#include <stdint.h>

enum {
    FILM_SOUND_RATE = 48000,
    FILM_SOUND_RING = 1 << 17,    /* pairs; 2.7 s, more than a decoder runs ahead */
    FILM_SOUND_FADE = 480,        /* pairs: 10 ms */
    FILM_SOUND_TAIL_US = 60000,   /* a film's last sound under the next one, which may be silent */
    FILM_SOUND_RESYNC_US = 60000, /* so far off is a jump; less is followed slowly */
    FILM_SOUND_STEADY_US = 4000   /* less than this is left as it is */
};

struct film_track {
    uint32_t film; /* 0: free */
    int16_t samples[FILM_SOUND_RING * 2];
    int64_t head;     /* pairs written */
    int64_t start_us; /* when pair 0 is due, as told last */
    int64_t leave_us; /* it fades from then on; INT64_MAX: it stays */
    bool playing;     /* at is set */
    double at;        /* the pair that is read next */
    double late_us;   /* how far `at` is behind its time, smoothed */
    float level;      /* 0..1 */
};

/* Large: a megabyte. */
struct film_sound {
    struct film_track tracks[2];
    int now; /* of the two */
};

void film_sound_init(struct film_sound *sound);
/* Which film is seen (0: none), at this moment: what it was before fades, at once when there is
 * none, else when the new one begins to sound. Call it once a turn. */
void film_sound_film(struct film_sound *sound, uint32_t film, int64_t now_us);
/* The next pairs of the film that is seen; due_us: of the first one. */
void film_sound_write(struct film_sound *sound, int64_t due_us, const int16_t *samples, int count);
/* Adds the `count` pairs that are heard from now_us on to mix, which the caller has cleared:
 * numbers as in 16 bits, unbounded. */
void film_sound_read(struct film_sound *sound, int64_t now_us, float *mix, int count);

#endif
