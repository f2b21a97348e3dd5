#include "film_sound.h"

#include <math.h>
#include <string.h>

enum {
    SECOND_US = 1000000,
    SMOOTHING = 16, /* readings over which lateness is averaged */
    CATCH_UP_S = 4  /* in about which it is made up for */
};

static const double speed_max = 0.003;
static const int64_t far_us = INT64_C(1000000000000);

void film_sound_init(struct film_sound *sound)
{
    for (int i = 0; i < 2; i++)
        sound->tracks[i] = (struct film_track){.film = 0};
    sound->now = 0;
}

void film_sound_film(struct film_sound *sound, uint32_t film, int64_t now_us)
{
    struct film_track *was = &sound->tracks[sound->now];
    if (was->film == film)
        return;
    if (was->film != 0)
        was->leave_us = film == 0 ? now_us : now_us + FILM_SOUND_TAIL_US;
    if (film == 0)
        return;
    sound->now = 1 - sound->now;
    struct film_track *track = &sound->tracks[sound->now];
    track->film = film;
    track->head = track->start_us = 0;
    track->leave_us = INT64_MAX;
    track->playing = false;
    track->level = 0;
}

/* A stretch of time in pairs; what a lost child may claim is cut to what can be counted. */
static int64_t us_pairs(int64_t us)
{
    int64_t bounded = us > far_us ? far_us : us < -far_us ? -far_us : us;
    return bounded * FILM_SOUND_RATE / SECOND_US;
}

static int64_t pairs_us(int64_t pairs)
{
    return pairs * SECOND_US / FILM_SOUND_RATE;
}

void film_sound_write(struct film_sound *sound, int64_t due_us, const int16_t *samples, int count)
{
    struct film_track *track = &sound->tracks[sound->now];
    struct film_track *other = &sound->tracks[1 - sound->now];
    if (track->film == 0 || count <= 0)
        return;
    if (track->head == 0 && other->film != 0 && due_us < other->leave_us)
        other->leave_us = due_us;
    track->start_us = due_us - pairs_us(track->head);
    for (int i = 0; i < count; i++, track->head++) {
        int16_t *pair = &track->samples[2 * (track->head % FILM_SOUND_RING)];
        pair[0] = samples[2 * i];
        pair[1] = samples[2 * i + 1];
    }
}

static bool there(const struct film_track *track, int64_t pair)
{
    return pair >= 0 && pair < track->head && pair >= track->head - FILM_SOUND_RING;
}

static float sample(const struct film_track *track, int64_t pair, int side)
{
    return there(track, pair) ? (float)track->samples[2 * (pair % FILM_SOUND_RING) + side] : 0;
}

/* Between two samples, on the curve through four (Catmull and Rom). */
static float between(const struct film_track *track, int64_t pair, float part, int side)
{
    float b = sample(track, pair, side);
    if (part == 0)
        return b;
    float a = sample(track, pair - 1, side), c = sample(track, pair + 1, side),
          d = sample(track, pair + 2, side);
    return b + 0.5F * part *
                   (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)));
}

/* Where the track should be at this time, in pairs. */
static double ideal(const struct film_track *track, int64_t now_us)
{
    return (double)(now_us - track->start_us) * FILM_SOUND_RATE / SECOND_US;
}

/* How fast to read on, 1 = as it is. Too far off: the track fades, and then begins anew where it
 * should be. */
static double speed(struct film_track *track, int64_t now_us, bool *ret_lost)
{
    double late_us = (ideal(track, now_us) - track->at) * SECOND_US / FILM_SOUND_RATE;
    track->late_us += (late_us - track->late_us) / SMOOTHING;
    *ret_lost = fabs(track->late_us) > FILM_SOUND_RESYNC_US;
    if (fabs(track->late_us) < FILM_SOUND_STEADY_US)
        return 1;
    double more = track->late_us / SECOND_US / CATCH_UP_S;
    return 1 + (more > speed_max ? speed_max : more < -speed_max ? -speed_max : more);
}

static void begin(struct film_track *track, int64_t now_us)
{
    track->playing = true;
    track->at = floor(ideal(track, now_us));
    track->late_us = 0;
}

static void read_track(struct film_track *track, int64_t now_us, float *mix, int count)
{
    bool lost = false;
    if (!track->playing)
        begin(track, now_us);
    double step = speed(track, now_us, &lost);
    int64_t leave = us_pairs(track->leave_us - now_us);
    for (int i = 0; i < count; i++) {
        int64_t pair = (int64_t)floor(track->at);
        bool stays =
            !lost && i < leave && there(track, pair) && track->head - pair > FILM_SOUND_FADE;
        float move = 1.0F / FILM_SOUND_FADE;
        track->level += stays ? move : -move;
        track->level = track->level > 1 ? 1 : track->level < 0 ? 0 : track->level;
        if (track->level > 0) {
            float part = (float)(track->at - (double)pair);
            mix[2 * i] += track->level * between(track, pair, part, 0);
            mix[2 * i + 1] += track->level * between(track, pair, part, 1);
        }
        track->at += step;
    }
    if (track->level > 0)
        return;
    track->playing = false; /* it begins again at its time, if it has something to say */
    if (now_us > track->leave_us)
        track->film = 0;
}

void film_sound_read(struct film_sound *sound, int64_t now_us, float *mix, int count)
{
    for (int i = 0; i < 2; i++)
        if (sound->tracks[i].film != 0 && sound->tracks[i].head > 0)
            read_track(&sound->tracks[i], now_us, mix, count);
        else if (sound->tracks[i].leave_us < now_us)
            sound->tracks[i].film = 0;
}
