#include "chime.h"

#include <SDL.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct chime {
    SDL_AudioDeviceID device;
    int16_t samples[CHIME_SAMPLES];
};

/* One note at `at` seconds after its beginning: soft attack of 8 ms, decay over CHIME_TAIL_MS; the
 * second partial is weak, as old ears hear little above 2 kHz. */
static double note(double hertz, double at)
{
    const double turn = 2 * 3.14159265358979323846;
    if (at < 0 || at > CHIME_TAIL_MS / 1000.0)
        return 0;
    double attack = at < 0.008 ? at / 0.008 : 1;
    double decay = exp(-at * 5) - exp(-CHIME_TAIL_MS / 1000.0 * 5);
    return attack * decay * (sin(turn * hertz * at) + 0.2 * sin(turn * 2 * hertz * at));
}

void chime_render(int16_t samples[static CHIME_SAMPLES])
{
    for (int i = 0; i < CHIME_SAMPLES; i++) {
        double at = (double)i / CHIME_RATE - CHIME_LEAD_MS / 1000.0;
        double sum = note(659.26, at) + note(523.25, at - CHIME_STEP_MS / 1000.0);
        samples[i] = (int16_t)lround(sum * 0.45 * INT16_MAX);
    }
}

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

int chime_create(struct chime **ret)
{
    if (getenv("SDL_AUDIODRIVER") == NULL && !sound_card() && !sound_server())
        return -ENODEV;
    if (SDL_InitSubSystem(SDL_INIT_AUDIO) != 0)
        return -ENODEV;
    SDL_AudioSpec spec = {
        .freq = CHIME_RATE, .format = AUDIO_S16SYS, .channels = 1, .samples = 1024};
    struct chime *chime = calloc(1, sizeof *chime);
    if (chime != NULL)
        chime->device = SDL_OpenAudioDevice(NULL, 0, &spec, NULL, 0);
    if (chime == NULL || chime->device == 0) {
        free(chime);
        SDL_QuitSubSystem(SDL_INIT_AUDIO);
        return -ENODEV;
    }
    chime_render(chime->samples);
    SDL_PauseAudioDevice(chime->device, 0);
    *ret = chime;
    return 0;
}

void chime_destroy(struct chime *chime)
{
    if (chime == NULL)
        return;
    SDL_CloseAudioDevice(chime->device);
    SDL_QuitSubSystem(SDL_INIT_AUDIO);
    free(chime);
}

void chime_play(struct chime *chime)
{
    SDL_ClearQueuedAudio(chime->device);
    (void)SDL_QueueAudio(chime->device, chime->samples, sizeof chime->samples);
}
