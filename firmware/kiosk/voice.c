#include "voice.h"

#include <SDL.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "announcer.h"
#include "config.h"
#include "film_sound.h"
#include "reading.h"

enum {
    CLIP_PATH_SIZE = CONFIG_PATH_SIZE + READING_SIZE + 32,
    DEVICE_SAMPLES = 512,
    DEVICE_CHANNELS = 2,
    /* What is asked for now is heard when the piece that sounds and the one behind it are over. */
    DEVICE_DELAY_US = 2 * DEVICE_SAMPLES * 1000 / (ANNOUNCER_RATE / 1000),
    KNEE = 30000 /* louder than this is bent instead of cut off */
};

_Static_assert((int)FILM_SOUND_RATE == (int)ANNOUNCER_RATE, "one device");

struct voice {
    SDL_AudioDeviceID device;
    struct announcer *announcer; /* under the device's lock, as all below */
    struct film_sound film;
    float film_volume; /* gain */
    float film_gain;   /* of the last sample: volume, and what announcements leave of it */
    char clips[CONFIG_PATH_SIZE];
};

/* -- the device -------------------------------------------------------------------------------- */

static bool sound_card(void)
{
    char line[64] = "";
    FILE *file = fopen("/proc/asound/cards", "re");
    if (file == NULL)
        return false;
    /* " 0 [vc4hdmi0 ]: ..." where there is one, "--- no soundcards ---" where there is none */
    bool found = fgets(line, sizeof line, file) != NULL && isdigit((unsigned char)line[1]);
    (void)fclose(file);
    return found;
}

static bool sound_server(void)
{
    char path[256];
    const char *dir = getenv("XDG_RUNTIME_DIR");
    snprintf(path, sizeof path, "%s/pulse/native", dir == NULL ? "" : dir);
    return dir != NULL && access(path, W_OK) == 0;
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int16_t bend(float sample)
{
    float size = fabsf(sample), room = INT16_MAX - KNEE;
    if (size > KNEE)
        size = KNEE + room * tanhf((size - KNEE) / room);
    return (int16_t)lrintf(copysignf(size, sample));
}

/* One piece: the announcement in the middle, the film around it as loud as it may be. */
static void mix(struct voice *voice, int16_t *stream, int count, int64_t at_us)
{
    int16_t said[DEVICE_SAMPLES];
    float film[DEVICE_SAMPLES * DEVICE_CHANNELS] = {0};
    announcer_read(voice->announcer, said, count);
    film_sound_read(&voice->film, at_us, film, count);
    float to = voice->film_volume * announcer_film_gain(voice->announcer);
    float gain = voice->film_gain, step = (to - gain) / (float)count;
    for (int i = 0; i < count; i++) {
        gain += step;
        for (int side = 0; side < DEVICE_CHANNELS; side++)
            stream[DEVICE_CHANNELS * i + side] =
                bend((float)said[i] + gain * film[DEVICE_CHANNELS * i + side]);
    }
    voice->film_gain = to;
}

/* The device runs without a pause: many a television mutes the first words after a silence of the
 * line.
 */
static void fill(void *context, Uint8 *stream, int size)
{
    struct voice *voice = context;
    int16_t *samples = (int16_t *)(void *)stream;
    int count = size / (int)sizeof(int16_t) / DEVICE_CHANNELS;
    int64_t at_us = now_us() + DEVICE_DELAY_US;
    while (count > 0) {
        int piece = count < DEVICE_SAMPLES ? count : DEVICE_SAMPLES;
        mix(voice, samples, piece, at_us);
        samples += (ptrdiff_t)piece * DEVICE_CHANNELS;
        count -= piece;
        at_us += (int64_t)piece * 1000000 / ANNOUNCER_RATE;
    }
}

int voice_create(const char *clips, struct voice **ret)
{
    if (getenv("SDL_AUDIODRIVER") == NULL && !sound_card() && !sound_server())
        return -ENODEV;
    if (SDL_InitSubSystem(SDL_INIT_AUDIO) != 0)
        return -ENODEV;
    struct voice *voice = calloc(1, sizeof *voice);
    int result = voice == NULL ? -ENOMEM : announcer_create(&voice->announcer);
    if (result == 0) {
        SDL_AudioSpec spec = {.freq = ANNOUNCER_RATE,
                              .format = AUDIO_S16SYS,
                              .channels = DEVICE_CHANNELS,
                              .samples = DEVICE_SAMPLES,
                              .callback = fill,
                              .userdata = voice};
        film_sound_init(&voice->film);
        snprintf(voice->clips, sizeof voice->clips, "%s", clips);
        voice->device = SDL_OpenAudioDevice(NULL, 0, &spec, NULL, 0);
        result = voice->device == 0 ? -ENODEV : 0;
    }
    if (result < 0) {
        if (voice != NULL)
            announcer_destroy(voice->announcer);
        free(voice);
        SDL_QuitSubSystem(SDL_INIT_AUDIO);
        return result;
    }
    SDL_PauseAudioDevice(voice->device, 0);
    *ret = voice;
    return 0;
}

void voice_destroy(struct voice *voice)
{
    if (voice == NULL)
        return;
    SDL_CloseAudioDevice(voice->device);
    SDL_QuitSubSystem(SDL_INIT_AUDIO);
    announcer_destroy(voice->announcer);
    free(voice);
}

/* -- which clips ------------------------------------------------------------------------------- */

/* Path of a clip that is there. Names come from the clinic: none leads out of the directory. */
static bool find(const struct voice *voice, const char *kind, const char *name,
                 char path[static CLIP_PATH_SIZE])
{
    if (voice->clips[0] == '\0' || name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
        return false;
    snprintf(path, CLIP_PATH_SIZE, "%s/%s/%s.opus", voice->clips, kind, name);
    return access(path, R_OK) == 0;
}

static bool find_place(const struct voice *voice, const struct voice_call *call,
                       char path[static CLIP_PATH_SIZE])
{
    char reading[READING_SIZE];
    if (call->payment)
        return find(voice, "phrase", "payment", path);
    return find(voice, "room", call->reading, path) ||
           (reading_room(call->room, reading) && find(voice, "room", reading, path)) ||
           find(voice, "phrase", "screen", path);
}

/* Clips of one reading, with the room for their paths. */
struct reading {
    char paths[ANNOUNCER_CLIPS_MAX][CLIP_PATH_SIZE];
    struct announcer_clip clips[ANNOUNCER_CLIPS_MAX];
    int count;
};

/* The clip whose path stands in the next free place. */
static void take_clip(struct reading *reading, bool breath)
{
    reading->clips[reading->count] =
        (struct announcer_clip){.path = reading->paths[reading->count], .breath = breath};
    reading->count++;
}

/* A number's own clip; or its letter's and the whole number behind it. */
static bool take_number(const struct voice *voice, const char *number, struct reading *reading)
{
    char letter[2] = {number[0], '\0'};
    if (find(voice, "number", number, reading->paths[reading->count])) {
        take_clip(reading, true);
        return true;
    }
    if (!isupper((unsigned char)number[0]) ||
        !find(voice, "letter", letter, reading->paths[reading->count]) ||
        !find(voice, "value", number + 1, reading->paths[reading->count + 1]))
        return false;
    take_clip(reading, true);
    take_clip(reading, false);
    return true;
}

/* Everybody who is called, then the place: nobody goes who was not called by the own number. */
static void compose(const struct voice *voice, const struct voice_call *call,
                    struct reading *reading)
{
    bool all = call->count > 0 && call->count <= VOICE_NUMBERS_MAX;
    reading->count = 0;
    for (int i = 0; i < call->count && all; i++)
        all = take_number(voice, call->numbers[i], reading);
    if (all) {
        if (find_place(voice, call, reading->paths[reading->count]))
            take_clip(reading, true);
        return;
    }
    reading->count = 0;
    if (call->count > 0 && find(voice, "phrase", "check", reading->paths[0]))
        take_clip(reading, false);
}

struct voice_times voice_announce(struct voice *voice, const struct voice_call *call)
{
    static struct reading reading; /* large; the main thread alone announces */
    struct announcement *announcement = NULL;
    struct voice_times times = {0, 0};
    compose(voice, call, &reading);
    int result = announcement_create(reading.clips, reading.count, call->volume, &announcement);
    if (result < 0) /* a broken clip */
        result = announcement_create(NULL, 0, call->volume, &announcement);
    if (result < 0)
        return times;
    if (announcement_speaks(announcement))
        times = (struct voice_times){.second_ms = announcement_second_ms(announcement),
                                     .end_ms = announcement_ms(announcement)};
    SDL_LockAudioDevice(voice->device);
    result = announcer_add(voice->announcer, announcement);
    SDL_UnlockAudioDevice(voice->device);
    return result < 0 ? (struct voice_times){0, 0} : times;
}

void voice_film(struct voice *voice, uint32_t film, int64_t due_us, const int16_t *samples,
                int count)
{
    SDL_LockAudioDevice(voice->device);
    film_sound_film(&voice->film, film, now_us());
    film_sound_write(&voice->film, due_us, samples, count);
    SDL_UnlockAudioDevice(voice->device);
}

void voice_film_volume(struct voice *voice, int volume)
{
    SDL_LockAudioDevice(voice->device);
    voice->film_volume = announcer_gain(volume);
    SDL_UnlockAudioDevice(voice->device);
}

float voice_film_gain(struct voice *voice)
{
    SDL_LockAudioDevice(voice->device);
    float gain = announcer_film_gain(voice->announcer);
    SDL_UnlockAudioDevice(voice->device);
    return gain;
}

bool voice_guide(struct voice *voice, const char *name, int volume)
{
    char path[CLIP_PATH_SIZE];
    struct announcement *announcement = NULL;
    if (!find(voice, "guide", name, path) || announcement_guide(path, volume, &announcement) < 0)
        return false;
    SDL_LockAudioDevice(voice->device);
    bool idle = announcer_idle(voice->announcer);
    int result = idle ? announcer_add(voice->announcer, announcement) : -EBUSY;
    SDL_UnlockAudioDevice(voice->device);
    if (!idle)
        announcement_destroy(announcement);
    return result == 0;
}

bool voice_guides(const struct voice *voice)
{
    char path[CLIP_PATH_SIZE];
    return find(voice, "guide", "start", path);
}
