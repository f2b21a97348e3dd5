#include "voice.h"

#include <SDL.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "announcer.h"
#include "config.h"
#include "reading.h"

enum { CLIP_PATH_SIZE = CONFIG_PATH_SIZE + READING_SIZE + 32, DEVICE_SAMPLES = 1024 };

struct voice {
    SDL_AudioDeviceID device;
    struct announcer *announcer; /* under the device's lock */
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

/* The device runs without a pause: many a television mutes the first words after a silence of the
 * line.
 */
static void fill(void *context, Uint8 *stream, int size)
{
    struct voice *voice = context;
    announcer_read(voice->announcer, (int16_t *)stream, size / (int)sizeof(int16_t));
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
                              .channels = 1,
                              .samples = DEVICE_SAMPLES,
                              .callback = fill,
                              .userdata = voice};
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

static int compose(const struct voice *voice, const struct voice_call *call,
                   struct announcement **ret)
{
    char number[CLIP_PATH_SIZE], place[CLIP_PATH_SIZE];
    const char *paths[ANNOUNCER_CLIPS_MAX] = {number, place};
    int count = 0;
    if (find(voice, "number", call->number, number))
        count = find_place(voice, call, place) ? 2 : 1;
    else if (find(voice, "phrase", "check", number))
        count = 1;
    return announcement_create(paths, count, ret);
}

int voice_announce(struct voice *voice, const struct voice_call *call)
{
    struct announcement *announcement = NULL;
    int result = compose(voice, call, &announcement);
    if (result < 0) /* a broken clip */
        result = announcement_create(NULL, 0, &announcement);
    if (result < 0)
        return 0;
    int ms = announcement_speaks(announcement) ? announcement_ms(announcement) : 0;
    SDL_LockAudioDevice(voice->device);
    result = announcer_add(voice->announcer, announcement);
    SDL_UnlockAudioDevice(voice->device);
    return result < 0 ? 0 : ms;
}

float voice_film_gain(struct voice *voice)
{
    SDL_LockAudioDevice(voice->device);
    float gain = announcer_film_gain(voice->announcer);
    SDL_UnlockAudioDevice(voice->device);
    return gain;
}
