/* The chime's samples: silence first, two notes down, no clipping, silence at the end. */
#include "test.h"

#include "chime.h"

#include <math.h>
#include <stdlib.h>

/* Strength of one frequency in a stretch of samples (Goertzel). */
static double strength(const int16_t *samples, int count, double hertz)
{
    double turn = 2 * 3.14159265358979 * hertz / CHIME_RATE, a = 0, b = 0;
    for (int i = 0; i < count; i++) {
        double next = samples[i] + 2 * cos(turn) * a - b;
        b = a;
        a = next;
    }
    return sqrt(a * a + b * b - 2 * cos(turn) * a * b) / count;
}

static int at(int ms)
{
    return CHIME_RATE / 1000 * ms;
}

static void test_notes(void **state)
{
    (void)state;
    int16_t *samples = calloc(CHIME_SAMPLES, sizeof *samples);
    int peak = 0, window = at(200);
    chime_render(samples);
    assert_in_range(abs(samples[at(1)]), 100, 8000); /* nothing waits before the first note */
    for (int i = 0; i < CHIME_SAMPLES; i++)
        peak = abs(samples[i]) > peak ? abs(samples[i]) : peak;
    assert_in_range(peak, 8000, 32000);
    const int16_t *first = samples + at(50);
    const int16_t *second = samples + at(CHIME_STEP_MS + 50);
    assert_true(strength(first, window, 659.26) > 5 * strength(first, window, 523.25));
    assert_true(strength(second, window, 523.25) > 2 * strength(second, window, 659.26));
    assert_in_range(abs(samples[CHIME_SAMPLES - 1]), 0, 50);
    /* No click: the attack is soft. */
    assert_in_range(abs(samples[24]), 0, 2500);
    free(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_notes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
