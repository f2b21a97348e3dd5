#include "announcer.h"

#include <errno.h>
#include <opusfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAMPLES_MS = ANNOUNCER_RATE / 1000,
    /* chime, wait, each reading's clips with a breath each, the pause between, rest */
    PARTS_MAX = 4 + ANNOUNCER_READINGS * 2 * ANNOUNCER_CLIPS_MAX,
    NO_CLIP = -1,
    VOLUME_MAX = 100
};

struct clip {
    unsigned char *bytes;
    OggOpusFile *opus;
    int samples;
    bool breath;
};

/* A stretch of the line: a clip, or the chime's samples, which are silence behind their end. */
struct part {
    int clip; /* NO_CLIP = chime or silence */
    bool chime;
    int samples;
};

struct announcement {
    struct clip clips[ANNOUNCER_CLIPS_MAX];
    int clip_count;
    struct part parts[PARTS_MAX];
    int part_count;
    int second; /* part that begins the second reading */
    float gain;
};

struct announcer {
    struct announcement *queue[ANNOUNCER_QUEUE_MAX]; /* queue[0] sounds */
    int count;
    int part, played; /* of queue[0]: the part, and its samples that have sounded */
    float film_gain;
    int16_t chime[CHIME_SAMPLES];
};

/* -- one announcement -------------------------------------------------------------------------- */

static int read_bytes(const char *path, unsigned char **ret, size_t *ret_size)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return -errno;
    unsigned char *bytes = malloc(ANNOUNCER_CLIP_BYTES_MAX);
    size_t size = bytes == NULL ? 0 : fread(bytes, 1, ANNOUNCER_CLIP_BYTES_MAX, file);
    (void)fclose(file);
    if (bytes == NULL)
        return -ENOMEM;
    if (size == 0 || size == ANNOUNCER_CLIP_BYTES_MAX) {
        free(bytes);
        return -EINVAL;
    }
    unsigned char *fitting = realloc(bytes, size);
    *ret = fitting == NULL ? bytes : fitting;
    *ret_size = size;
    return 0;
}

static int load_clip(const char *path, struct clip *clip)
{
    size_t size = 0;
    int result = read_bytes(path, &clip->bytes, &size);
    if (result < 0)
        return result;
    clip->opus = op_open_memory(clip->bytes, size, NULL);
    if (clip->opus == NULL)
        return -EINVAL;
    ogg_int64_t samples = op_pcm_total(clip->opus, -1);
    if (op_link_count(clip->opus) != 1 || op_channel_count(clip->opus, 0) != 1 || samples < 1 ||
        samples > ANNOUNCER_CLIP_MS_MAX * SAMPLES_MS)
        return -EINVAL;
    clip->samples = (int)samples;
    return 0;
}

static void add_part(struct announcement *announcement, int clip, int samples)
{
    struct part *part = &announcement->parts[announcement->part_count++];
    *part = (struct part){.clip = clip, .samples = samples};
}

static void add_reading(struct announcement *announcement)
{
    for (int i = 0; i < announcement->clip_count; i++) {
        if (i > 0 && announcement->clips[i].breath)
            add_part(announcement, NO_CLIP, ANNOUNCER_BREATH_MS * SAMPLES_MS);
        add_part(announcement, i, announcement->clips[i].samples);
    }
}

static void line_up(struct announcement *announcement)
{
    add_part(announcement, NO_CLIP, CHIME_SAMPLES);
    announcement->parts[0].chime = true;
    if (announcement->clip_count > 0)
        add_part(announcement, NO_CLIP, (ANNOUNCER_VOICE_MS - CHIME_MS) * SAMPLES_MS);
    for (int reading = 0; reading < ANNOUNCER_READINGS && announcement->clip_count > 0; reading++) {
        if (reading > 0)
            add_part(announcement, NO_CLIP, ANNOUNCER_PAUSE_MS * SAMPLES_MS);
        announcement->second = announcement->part_count;
        add_reading(announcement);
    }
    add_part(announcement, NO_CLIP, ANNOUNCER_REST_MS * SAMPLES_MS);
}

/* Loudness is felt by its logarithm: a square comes near enough to make each step alike. */
float announcer_gain(int volume)
{
    int bounded = volume < 0 ? 0 : volume > VOLUME_MAX ? VOLUME_MAX : volume;
    float part = (float)bounded / VOLUME_MAX;
    return part * part;
}

int announcement_create(const struct announcer_clip *clips, int count, int volume,
                        struct announcement **ret)
{
    int result = count > ANNOUNCER_CLIPS_MAX ? -EINVAL : 0;
    struct announcement *announcement = calloc(1, sizeof *announcement);
    if (announcement == NULL)
        return -ENOMEM;
    announcement->gain = announcer_gain(volume);
    for (int i = 0; i < count && result == 0; i++) {
        struct clip *clip = &announcement->clips[announcement->clip_count++];
        clip->breath = clips[i].breath;
        result = load_clip(clips[i].path, clip);
    }
    if (result < 0) {
        announcement_destroy(announcement);
        return result;
    }
    line_up(announcement);
    *ret = announcement;
    return 0;
}

int announcement_guide(const char *path, int volume, struct announcement **ret)
{
    struct announcement *announcement = calloc(1, sizeof *announcement);
    if (announcement == NULL)
        return -ENOMEM;
    announcement->gain = announcer_gain(volume);
    announcement->clip_count = 1;
    int result = load_clip(path, &announcement->clips[0]);
    if (result < 0) {
        announcement_destroy(announcement);
        return result;
    }
    add_reading(announcement);
    *ret = announcement;
    return 0;
}

void announcement_destroy(struct announcement *announcement)
{
    if (announcement == NULL)
        return;
    for (int i = 0; i < announcement->clip_count; i++) {
        op_free(announcement->clips[i].opus);
        free(announcement->clips[i].bytes);
    }
    free(announcement);
}

/* When the part begins. */
static int part_ms(const struct announcement *announcement, int part)
{
    int samples = 0;
    for (int i = 0; i < part; i++)
        samples += announcement->parts[i].samples;
    return samples / SAMPLES_MS;
}

int announcement_ms(const struct announcement *announcement)
{
    return part_ms(announcement, announcement->part_count - 1);
}

int announcement_second_ms(const struct announcement *announcement)
{
    return part_ms(announcement, announcement->second);
}

bool announcement_speaks(const struct announcement *announcement)
{
    return announcement->clip_count > 0;
}

/* -- the line ---------------------------------------------------------------------------------- */

int announcer_create(struct announcer **ret)
{
    struct announcer *announcer = calloc(1, sizeof *announcer);
    if (announcer == NULL)
        return -ENOMEM;
    chime_render(announcer->chime);
    announcer->film_gain = 1;
    *ret = announcer;
    return 0;
}

void announcer_destroy(struct announcer *announcer)
{
    if (announcer == NULL)
        return;
    for (int i = 0; i < announcer->count; i++)
        announcement_destroy(announcer->queue[i]);
    free(announcer);
}

int announcer_add(struct announcer *announcer, struct announcement *announcement)
{
    if (announcer->count == ANNOUNCER_QUEUE_MAX) {
        announcement_destroy(announcement);
        return -ENOBUFS;
    }
    announcer->queue[announcer->count++] = announcement;
    return 0;
}

/* Up to `count` samples of the clip; what a broken one lacks is silence. */
static void read_clip(struct clip *clip, int from, int16_t *samples, int count)
{
    if (from == 0 && op_pcm_seek(clip->opus, 0) < 0)
        return;
    while (count > 0) {
        int got = op_read(clip->opus, samples, count, NULL);
        if (got <= 0)
            return;
        samples += got;
        count -= got;
    }
}

static void apply_gain(int16_t *samples, int count, float gain)
{
    for (int i = 0; i < count; i++)
        samples[i] = (int16_t)((float)samples[i] * gain);
}

static void next_part(struct announcer *announcer)
{
    announcer->played = 0;
    if (++announcer->part < announcer->queue[0]->part_count)
        return;
    announcement_destroy(announcer->queue[0]);
    announcer->part = 0;
    announcer->count--;
    memmove(&announcer->queue[0], &announcer->queue[1],
            (size_t)announcer->count * sizeof announcer->queue[0]);
}

static void move_film_gain(struct announcer *announcer, bool speaking, int count)
{
    float step = (1 - ANNOUNCER_DUCKED) * (float)count / SAMPLES_MS;
    if (speaking)
        announcer->film_gain -= step / ANNOUNCER_DUCK_MS;
    else
        announcer->film_gain += step / ANNOUNCER_RISE_MS;
    if (announcer->film_gain < ANNOUNCER_DUCKED)
        announcer->film_gain = ANNOUNCER_DUCKED;
    if (announcer->film_gain > 1)
        announcer->film_gain = 1;
}

void announcer_read(struct announcer *announcer, int16_t *samples, int count)
{
    memset(samples, 0, (size_t)count * sizeof *samples);
    move_film_gain(announcer, announcer->count > 0, count);
    while (count > 0 && announcer->count > 0) {
        struct announcement *now = announcer->queue[0];
        const struct part *part = &now->parts[announcer->part];
        int left = part->samples - announcer->played, size = left < count ? left : count;
        if (part->chime)
            memcpy(samples, announcer->chime + announcer->played, (size_t)size * sizeof *samples);
        else if (part->clip != NO_CLIP)
            read_clip(&now->clips[part->clip], announcer->played, samples, size);
        apply_gain(samples, size, now->gain);
        samples += size;
        count -= size;
        announcer->played += size;
        if (size == left)
            next_part(announcer);
    }
}

float announcer_film_gain(const struct announcer *announcer)
{
    return announcer->film_gain;
}

bool announcer_idle(const struct announcer *announcer)
{
    return announcer->count == 0;
}
