/* Chime and voice of the calls, on the one sound device. Silent where there is none.
 *
 * Numbers and places only, never a name. Clips are those of assets/voice: one a number, one a room,
 * in kana; a clip that is missing is replaced by a phrase that is true of every call, and last by
 * the chime alone.
 */
#ifndef MACHIAI_KIOSK_VOICE_H
#define MACHIAI_KIOSK_VOICE_H

#include <stdbool.h>

struct voice_call {
    const char *number;  /* as number_format() writes it */
    const char *reading; /* the clinic's own よみ of the room, "" = none */
    const char *room;    /* 表示名, "" = none */
    bool payment;
};

struct voice;

/* `clips`: directory that assets/voice/make.sh filled, "" = chime only. -ENODEV: no sound device,
 * which is no fault. The audio library is not even started then, since it writes pages of
 * complaints about a missing card. */
int voice_create(const char *clips, struct voice **ret) __attribute__((warn_unused_result));
void voice_destroy(struct voice *voice);

/* Announces the call behind those that still sound. Never waits for the device. Returns the time to
 * the end of its last word in ms; 0 when there is a chime but no word, or nothing at all. */
int voice_announce(struct voice *voice, const struct voice_call *call);

/* How loud a film may be now, 0..1. The film's sound is to be multiplied with it in this device's
 * callback. */
float voice_film_gain(struct voice *voice);

#endif
