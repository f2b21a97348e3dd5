/* Catches: frames shown at the decoder's jitter, a pause between two films, drift that is never
 * taken back, a variable rate forced into a fixed one, time that runs backwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "video_cadence.h"

enum { FRAME_US = 40000, START_US = 1000000 };

static void begin(struct video_cadence *cadence)
{
    *cadence = (struct video_cadence){0};
    video_cadence_begin(cadence, false);
    assert_int_equal(video_cadence_next(cadence, 0, START_US, START_US), START_US);
    video_cadence_rate(cadence, 25, 1);
}

static void test_jitter_is_not_shown(void **state)
{
    (void)state;
    static const int jitter[] = {0, 9000, -7000, 12000, -3000, 5000, -11000, 2000};
    struct video_cadence cadence;
    begin(&cadence);
    int64_t last = 0;
    for (uint32_t i = 1; i < 200; i++) {
        int64_t arrived = START_US + i * FRAME_US + jitter[i % 8];
        int64_t due = video_cadence_next(&cadence, i, arrived, arrived);
        if (i > 1)
            assert_in_range(due - last, FRAME_US - 3000, FRAME_US + 3000);
        assert_true(due >= arrived + 60000); /* the queue stays filled */
        last = due;
    }
}

static void test_a_film_follows_without_a_gap(void **state)
{
    (void)state;
    struct video_cadence cadence;
    begin(&cadence);
    int64_t last = 0;
    for (uint32_t i = 1; i < 50; i++)
        last = video_cadence_next(&cadence, i, START_US + i * FRAME_US, 0);
    video_cadence_begin(&cadence, true);
    /* frames decoded ahead: no arrival */
    assert_int_equal(video_cadence_next(&cadence, 0, 0, last), last + FRAME_US);
    video_cadence_rate(&cadence, 50, 1);
    for (uint32_t i = 1; i < 4; i++)
        assert_int_equal(video_cadence_next(&cadence, i, 0, last),
                         last + FRAME_US + (int64_t)i * 20000);
}

/* Four frames are ready, and the decoder goes on with the fifth when the film takes the screen:
 * what the picture is late or early by then is how far its sound is off. */
static void test_a_film_that_follows_begins_in_step(void **state)
{
    (void)state;
    static const int rates[] = {24, 25, 30, 50, 60};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct video_cadence cadence;
        int64_t last = 0, frame = 1000000 / rates[i];
        begin(&cadence);
        for (uint32_t j = 1; j < 50; j++)
            last = video_cadence_next(&cadence, j, START_US + j * FRAME_US, 0);
        video_cadence_begin(&cadence, true);
        (void)video_cadence_next(&cadence, 0, 0, last);
        video_cadence_rate(&cadence, (uint32_t)rates[i], 1);
        for (uint32_t j = 1; j < 4; j++)
            (void)video_cadence_next(&cadence, j, 0, last);
        int64_t arrived = last + frame / 2 + 15000; /* it was paused between two frames */
        int64_t due = video_cadence_next(&cadence, 4, arrived, arrived);
        int64_t away = due - arrived - video_cadence_queue((uint32_t)rates[i], 1);
        assert_in_range(away + 25000, 0, 50000);
    }
}

static void test_a_late_film_starts_at_once(void **state)
{
    (void)state;
    struct video_cadence cadence;
    begin(&cadence);
    int64_t now = START_US + 3000000;
    video_cadence_begin(&cadence, true);
    assert_int_equal(video_cadence_next(&cadence, 0, now, now), now);
}

static void test_drift_is_taken_back(void **state)
{
    (void)state;
    struct video_cadence cadence;
    begin(&cadence);
    int64_t arrived = START_US, due = 0;
    for (uint32_t i = 1; i < 2000; i++) {
        arrived += FRAME_US + 40; /* a decoder clock that is 0.1 % slow */
        due = video_cadence_next(&cadence, i, arrived, arrived);
    }
    assert_in_range(due - arrived, 4 * FRAME_US - 10000, 4 * FRAME_US + 10000);
}

static void test_a_variable_rate_is_followed(void **state)
{
    (void)state;
    struct video_cadence cadence;
    begin(&cadence);
    int64_t arrived = START_US;
    for (uint32_t i = 1; i < 10; i++) {
        arrived += 1000000; /* told 25 a second, gives one */
        int64_t due = video_cadence_next(&cadence, i, arrived, arrived);
        assert_in_range(due - arrived, 0, 170000);
    }
}

static void test_frames_left_out_keep_their_time(void **state)
{
    (void)state;
    struct video_cadence cadence;
    begin(&cadence);
    int64_t first = video_cadence_next(&cadence, 1, START_US + FRAME_US, 0);
    int64_t second = video_cadence_next(&cadence, 4, START_US + 4 * FRAME_US, 0);
    assert_int_equal(second - first, 3 * FRAME_US);
}

static void test_nonsense_never_goes_back(void **state)
{
    (void)state;
    struct video_cadence cadence;
    begin(&cadence);
    static const uint32_t rates[][2] = {{0, 0}, {0, 1}, {1, 0}, {1, UINT32_MAX}, {UINT32_MAX, 1}};
    for (int i = 0; i < 5; i++) {
        video_cadence_rate(&cadence, rates[i][0], rates[i][1]);
        assert_int_equal(cadence.frame_us, 33333);
    }
    srand(7);
    int64_t last = START_US;
    for (int i = 0; i < 10000; i++) {
        int64_t arrived = START_US + rand() % 100000000;
        int64_t due = video_cadence_next(&cadence, (uint32_t)rand(), arrived, arrived);
        assert_true(due >= last);
        last = due;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jitter_is_not_shown),
        cmocka_unit_test(test_a_film_follows_without_a_gap),
        cmocka_unit_test(test_a_film_that_follows_begins_in_step),
        cmocka_unit_test(test_a_late_film_starts_at_once),
        cmocka_unit_test(test_drift_is_taken_back),
        cmocka_unit_test(test_a_variable_rate_is_followed),
        cmocka_unit_test(test_frames_left_out_keep_their_time),
        cmocka_unit_test(test_nonsense_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
