/* The line of announcements by itself: a film's loudness, the bound, silence. */
#include "test.h"

#include "announcer.h"

#include <errno.h>
#include <stdlib.h>

enum { TEN_MS = ANNOUNCER_RATE / 100 };

static struct announcement *chime_only(void)
{
    struct announcement *announcement = NULL;
    assert_int_equal(announcement_create(NULL, 0, 100, &announcement), 0);
    return announcement;
}

static void pass(struct announcer *announcer, int ms)
{
    int16_t samples[TEN_MS];
    for (int i = 0; i < ms / 10; i++)
        announcer_read(announcer, samples, TEN_MS);
}

static void test_film_steps_back_and_returns(void **state)
{
    struct announcer *announcer = NULL;
    (void)state;
    assert_int_equal(announcer_create(&announcer), 0);
    pass(announcer, 1000);
    assert_true(announcer_film_gain(announcer) >= 1);
    assert_int_equal(announcer_add(announcer, chime_only()), 0);
    assert_int_equal(announcer_add(announcer, chime_only()), 0);
    pass(announcer, 60);
    float half = announcer_film_gain(announcer);
    assert_true(half > 0.5F && half < 0.6F);
    pass(announcer, 60);
    /* down from the first chime to the end of the last one, the rest between them too */
    for (int ms = 120; ms < 2 * (CHIME_MS + ANNOUNCER_REST_MS) - 10; ms += 10) {
        pass(announcer, 10);
        assert_true(announcer_film_gain(announcer) < ANNOUNCER_DUCKED + 0.001F);
    }
    pass(announcer, 400);
    float rising = announcer_film_gain(announcer);
    assert_true(rising > 0.4F && rising < 0.7F);
    pass(announcer, 500);
    assert_true(announcer_film_gain(announcer) >= 1);
    announcer_destroy(announcer);
}

static void test_any_size_of_request_gives_the_same_samples(void **state)
{
    static int16_t whole[2 * CHIME_SAMPLES], pieces[2 * CHIME_SAMPLES];
    struct announcer *announcer = NULL;
    (void)state;
    assert_int_equal(announcer_create(&announcer), 0);
    assert_int_equal(announcer_add(announcer, chime_only()), 0);
    announcer_read(announcer, whole, 2 * CHIME_SAMPLES);
    assert_int_equal(announcer_add(announcer, chime_only()), 0);
    int at = 0;
    for (int size = 1; at + size <= 2 * CHIME_SAMPLES; size = size * 2 % 4093) {
        announcer_read(announcer, pieces + at, size);
        at += size;
    }
    assert_true(at > CHIME_SAMPLES);
    assert_memory_equal(whole, pieces, (size_t)at * sizeof *whole);
    announcer_destroy(announcer);
}

/* Loudest sample of a chime at this volume. */
static int peak_at(int volume)
{
    static int16_t samples[CHIME_SAMPLES];
    struct announcer *announcer = NULL;
    struct announcement *announcement = NULL;
    int peak = 0;
    assert_int_equal(announcer_create(&announcer), 0);
    assert_int_equal(announcement_create(NULL, 0, volume, &announcement), 0);
    assert_int_equal(announcer_add(announcer, announcement), 0);
    announcer_read(announcer, samples, CHIME_SAMPLES);
    for (int i = 0; i < CHIME_SAMPLES; i++)
        peak = abs(samples[i]) > peak ? abs(samples[i]) : peak;
    announcer_destroy(announcer);
    return peak;
}

static void test_volume(void **state)
{
    int whole = peak_at(100);
    (void)state;
    assert_in_range(whole, 8000, 30000);
    assert_in_range(peak_at(50), whole / 4 - 2, whole / 4 + 2);
    assert_int_equal(peak_at(0), 0);
    assert_int_equal(peak_at(300), whole);
    assert_int_equal(peak_at(-1), 0);
}

static void test_bounds(void **state)
{
    struct announcer *announcer = NULL;
    struct announcement *announcement = NULL;
    const struct announcer_clip missing = {.path = "/nowhere/1.opus"},
                                empty = {.path = "/dev/null"}, endless = {.path = "/dev/zero"};
    (void)state;
    assert_int_equal(announcement_create(&missing, 1, 100, &announcement), -ENOENT);
    assert_int_equal(announcement_create(&empty, 1, 100, &announcement), -EINVAL);
    assert_int_equal(announcement_create(&endless, 1, 100, &announcement), -EINVAL);
    assert_null(announcement);
    assert_int_equal(announcer_create(&announcer), 0);
    for (int i = 0; i < ANNOUNCER_QUEUE_MAX; i++)
        assert_int_equal(announcer_add(announcer, chime_only()), 0);
    assert_int_equal(announcer_add(announcer, chime_only()), -ENOBUFS);
    pass(announcer, CHIME_MS + ANNOUNCER_REST_MS);
    assert_int_equal(announcer_add(announcer, chime_only()), 0);
    announcer_destroy(announcer); /* with all that wait */
    announcer_destroy(NULL);
    announcement_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_film_steps_back_and_returns),
        cmocka_unit_test(test_any_size_of_request_gives_the_same_samples),
        cmocka_unit_test(test_volume),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
