/* Chime and voice of the calls, and the sound of films, on the one sound device. Silent where there
 * is none.
 *
 * Numbers and places only, never a name. Clips are those of assets/voice: one a number, one a room,
 * in kana; a clip that is missing is replaced by a phrase that is true of every call, and last by
 * the chime alone. A patient who wishes no voice gets the chime and the glass: the chime says only
 * that somebody is called.
 */
#ifndef MACHIAI_KIOSK_VOICE_H
#define MACHIAI_KIOSK_VOICE_H

#include <stdbool.h>
#include <stdint.h>

enum { VOICE_NUMBERS_MAX = 8 }; /* a party that is called together */

struct voice_call {
    const char *numbers[VOICE_NUMBERS_MAX]; /* as number_format() writes them; none = chime only */
    int count;
    const char *reading; /* the clinic's own よみ of the room, "" = none */
    const char *room;    /* 表示名, "" = none */
    bool payment;
    int volume; /* 0..100 */
};

/* Counted from the announcement's start; both 0 when nothing is said. */
struct voice_times {
    int second_ms; /* the second reading begins */
    int end_ms;    /* end of the last word */
};

struct voice;

/* `clips`: directory that assets/voice/make.sh filled, "" = chime only. -ENODEV: no sound device,
 * which is no fault. The audio library is not even started then, since it writes pages of
 * complaints about a missing card. */
int voice_create(const char *clips, struct voice **ret) __attribute__((warn_unused_result));
void voice_destroy(struct voice *voice);

/* Announces the call behind those that still sound. Never waits for the device. */
struct voice_times voice_announce(struct voice *voice, const struct voice_call *call);

/* Spoken guidance at the terminal: the clip guide/NAME, once, without a chime. Calls go first:
 * while one sounds or waits nothing is said. False then, and when there is no such clip. */
bool voice_guide(struct voice *voice, const char *name, int volume);
/* Whether there are clips of guidance at all. */
bool voice_guides(const struct voice *voice);

/* Sound of the film that is seen (0: none), as video_sound() gives it: stereo pairs, due_us on
 * CLOCK_MONOTONIC. Heard at its time, softer under announcements. Once a turn at least. */
void voice_film(struct voice *voice, uint32_t film, int64_t due_us, const int16_t *samples,
                int count);
/* 0..100, felt as evenly rising; 0 at first. Comes and goes without a click. */
void voice_film_volume(struct voice *voice, int volume);
/* How loud a film is now, 0..1: 1, less under announcements. */
float voice_film_gain(struct voice *voice);

#endif
