/* A film's sound by itself, with tones whose every sample is known. Catches: a film that is heard
 * too early or late, a click or a hole where films change, an old film under a new one, a
 * loudspeaker's clock that runs away from the picture, and times that nobody can count with. */
#include "test.h"

#include "film_sound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 512,
    SECOND = FILM_SOUND_RATE,
    LOUD = 10000,
    HERTZ = 440,
    CLICK = 120 /* a curve of such a tone bends by 33 a pair, a fade adds some 42 at its ends */
};

static const int64_t start_us = 5000000;

struct heard {
    struct film_sound sound;
    float mix[40 * SECOND][2]; /* since start_us */
    int count;
};

static struct heard *open_sound(void)
{
    struct heard *heard = calloc(1, sizeof *heard);
    assert_non_null(heard);
    film_sound_init(&heard->sound);
    return heard;
}

static int64_t time_of(int64_t pair)
{
    return start_us + pair * 1000000 / SECOND;
}

/* Writes a tone from its pair `from` on, which is heard at `at` pairs behind the beginning. */
static void write_tone(struct heard *heard, int from, int at, int count)
{
    int16_t *samples = malloc((size_t)count * 2 * sizeof *samples);
    assert_non_null(samples);
    for (int i = 0; i < count; i++) {
        double turn = 2 * 3.14159265358979 * HERTZ * (from + i) / SECOND;
        samples[2 * i] = (int16_t)lrint(LOUD * cos(turn));
        samples[2 * i + 1] = (int16_t)lrint(-LOUD * cos(turn));
    }
    film_sound_write(&heard->sound, time_of(at), samples, count);
    free(samples);
}

/* Hears `count` pairs; clock: how long the loudspeaker takes for a second, in seconds. */
static void hear(struct heard *heard, int count, double clock)
{
    for (; count > 0; count -= PIECE) {
        int64_t now = start_us + (int64_t)(clock * (double)heard->count * 1000000 / SECOND);
        assert_true(heard->count + PIECE <= 40 * SECOND);
        film_sound_read(&heard->sound, now, heard->mix[heard->count], PIECE);
        heard->count += PIECE;
    }
}

static float bend(const struct heard *heard, int at)
{
    return fabsf(heard->mix[at][0] - 2 * heard->mix[at - 1][0] + heard->mix[at - 2][0]);
}

static void assert_no_click(const struct heard *heard)
{
    for (int i = 2; i < heard->count; i++) {
        if (bend(heard, i) > CLICK)
            fail_msg("a click of %.0f at pair %d", bend(heard, i), i);
        assert_true(fabsf(heard->mix[i][0] + heard->mix[i][1]) < 2);
    }
}

/* Loudest sample of a stretch. */
static float peak(const struct heard *heard, int from, int to)
{
    float most = 0;
    for (int i = from; i < to; i++)
        most = fmaxf(most, fabsf(heard->mix[i][0]));
    return most;
}

static void assert_silent(const struct heard *heard, int from, int to)
{
    assert_true(peak(heard, from, to) == 0);
}

/* No half turn of the tone is missing. */
static void assert_sounds(const struct heard *heard, int from, int to)
{
    for (int i = from; i + SECOND / HERTZ < to; i += SECOND / HERTZ)
        if (peak(heard, i, i + SECOND / HERTZ) < LOUD * 0.9F)
            fail_msg("a hole at pair %d", i);
}

static void test_each_sample_has_its_time(void **state)
{
    struct heard *heard = open_sound();
    (void)state;
    film_sound_film(&heard->sound, 1, start_us);
    write_tone(heard, 0, 4800, SECOND / 2);
    hear(heard, SECOND / 4, 1);
    write_tone(heard, SECOND / 2, 4800 + SECOND / 2, SECOND / 2);
    hear(heard, SECOND * 5 / 4, 1);
    assert_silent(heard, 0, 4798);
    for (int i = 4800 + FILM_SOUND_FADE + 2; i < 4800 + SECOND - FILM_SOUND_FADE - 2; i++) {
        double turn = 2 * 3.14159265358979 * HERTZ * (i - 4800) / SECOND;
        assert_true(fabs(heard->mix[i][0] - LOUD * cos(turn)) < 700); /* a pair off is 580 */
    }
    assert_silent(heard, 4800 + SECOND + 2, heard->count);
    assert_no_click(heard);
    free(heard);
}

static void test_a_film_follows_without_hole_or_click(void **state)
{
    struct heard *heard = open_sound();
    (void)state;
    film_sound_film(&heard->sound, 1, start_us);
    write_tone(heard, 0, 0, SECOND + 900); /* longer than its picture */
    hear(heard, SECOND - 2048, 1);
    film_sound_film(&heard->sound, 2, time_of(heard->count));
    write_tone(heard, 0, SECOND, SECOND);
    hear(heard, SECOND / 2, 1);
    assert_sounds(heard, FILM_SOUND_FADE, SECOND - 100);
    assert_sounds(heard, SECOND + FILM_SOUND_FADE, SECOND + SECOND / 4);
    assert_no_click(heard);
    free(heard);
}

/* The one before does not go on under a film without sound. */
static void test_a_silent_film_is_silent(void **state)
{
    struct heard *heard = open_sound();
    (void)state;
    film_sound_film(&heard->sound, 1, start_us);
    write_tone(heard, 0, 0, 2 * SECOND);
    hear(heard, SECOND, 1);
    int change = heard->count;
    film_sound_film(&heard->sound, 2, time_of(change));
    hear(heard, SECOND, 1);
    assert_silent(heard, change + SECOND * 60 / 1000 + 2 * PIECE, heard->count);
    assert_no_click(heard);
    free(heard);
}

static void test_a_stop_is_heard_at_once(void **state)
{
    struct heard *heard = open_sound();
    (void)state;
    film_sound_film(&heard->sound, 1, start_us);
    write_tone(heard, 0, 0, 2 * SECOND);
    hear(heard, SECOND / 2, 1);
    int stop = heard->count;
    film_sound_film(&heard->sound, 0, time_of(stop));
    hear(heard, SECOND / 2, 1);
    assert_silent(heard, stop + FILM_SOUND_FADE + 2, heard->count);
    /* the next child's film: nothing of the old one */
    film_sound_film(&heard->sound, 7, time_of(heard->count));
    hear(heard, PIECE, 1);
    assert_silent(heard, heard->count - PIECE, heard->count);
    int again = heard->count + 4 * PIECE;
    write_tone(heard, 0, again, SECOND / 2);
    hear(heard, SECOND / 4, 1);
    assert_silent(heard, stop + FILM_SOUND_FADE + 2, again - 2);
    assert_sounds(heard, again + FILM_SOUND_FADE, heard->count);
    assert_no_click(heard);
    free(heard);
}

/* A child that is stopped gives no more: silence, never the last half second again. */
static void test_a_film_that_runs_dry_comes_back_in_time(void **state)
{
    struct heard *heard = open_sound();
    (void)state;
    film_sound_film(&heard->sound, 1, start_us);
    write_tone(heard, 0, 0, SECOND / 2);
    hear(heard, SECOND, 1);
    assert_silent(heard, SECOND / 2 + 2, heard->count);
    write_tone(heard, SECOND / 2, SECOND / 2, SECOND); /* half of it comes too late */
    int back = heard->count;
    hear(heard, SECOND / 4, 1);
    assert_sounds(heard, back + FILM_SOUND_FADE, heard->count);
    double turn = 2 * 3.14159265358979 * HERTZ * (back + 1000) / SECOND;
    assert_true(fabs(heard->mix[back + 1000][0] - LOUD * cos(turn)) < 700);
    assert_no_click(heard);
    free(heard);
}

/* 0.1 % is ten times what sound cards differ by. */
static void test_another_clock_is_followed(void **state)
{
    static const double clocks[] = {1.001, 0.999};
    (void)state;
    for (int c = 0; c < 2; c++) {
        struct heard *heard = open_sound();
        film_sound_film(&heard->sound, 1, start_us);
        for (int i = 0; i < 36; i++) {
            write_tone(heard, i * SECOND, i * SECOND, SECOND);
            hear(heard, i == 0 ? SECOND / 2 : SECOND, clocks[c]);
        }
        assert_sounds(heard, FILM_SOUND_FADE, heard->count);
        assert_no_click(heard);
        const struct film_track *track = &heard->sound.tracks[heard->sound.now];
        assert_true(fabs(track->late_us) < 9000); /* 35 ms without following */
        free(heard);
    }
}

static void test_a_jump_is_a_short_hole(void **state)
{
    struct heard *heard = open_sound();
    (void)state;
    film_sound_film(&heard->sound, 1, start_us);
    write_tone(heard, 0, 0, SECOND);
    hear(heard, SECOND / 2, 1);
    write_tone(heard, SECOND, SECOND + SECOND / 5, SECOND); /* all is 200 ms later */
    int jump = heard->count;
    hear(heard, SECOND, 1);
    assert_no_click(heard);
    assert_sounds(heard, jump + SECOND / 4, heard->count);
    const struct film_track *track = &heard->sound.tracks[heard->sound.now];
    assert_true(fabs(track->late_us) < 1000);
    free(heard);
}

static void test_wild_times_are_silence(void **state)
{
    static const int64_t times[] = {INT64_MAX / 2, INT64_MIN / 2, 0, -1};
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct heard *heard = open_sound();
        static int16_t samples[2 * SECOND];
        film_sound_film(&heard->sound, 1, start_us);
        write_tone(heard, 0, 0, SECOND);
        hear(heard, SECOND / 4, 1);
        film_sound_film(&heard->sound, 2, time_of(heard->count));
        film_sound_write(&heard->sound, times[i], samples, SECOND);
        hear(heard, SECOND / 4, 1);
        film_sound_film(&heard->sound, 0, time_of(heard->count));
        hear(heard, SECOND / 4, 1);
        assert_no_click(heard);
        free(heard);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_sample_has_its_time),
        cmocka_unit_test(test_a_film_follows_without_hole_or_click),
        cmocka_unit_test(test_a_silent_film_is_silent),
        cmocka_unit_test(test_a_stop_is_heard_at_once),
        cmocka_unit_test(test_a_film_that_runs_dry_comes_back_in_time),
        cmocka_unit_test(test_another_clock_is_followed),
        cmocka_unit_test(test_a_jump_is_a_short_hole),
        cmocka_unit_test(test_wild_times_are_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
