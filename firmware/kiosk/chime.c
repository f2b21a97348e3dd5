#include "chime.h"

#include <math.h>

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
        double at = (double)i / CHIME_RATE;
        double sum = note(659.26, at) + note(523.25, at - CHIME_STEP_MS / 1000.0);
        samples[i] = (int16_t)lround(sum * 0.45 * INT16_MAX);
    }
}
