/* Films that ask for too much. Catches: a slow machine or a film that stands still taken for a
 * bomb, a bomb that is not noticed, one film's time held against the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "video_budget.h"

/* Twenty seconds of a film, looked at each 100 ms; how often it is found to ask for too much. */
static int play(int cpu_percent, int frames_a_second, uint32_t rate)
{
    struct video_budget budget = {.session = 0};
    int found = 0;
    for (int64_t ms = 0; ms <= 20000; ms += 100) {
        struct video_budget_now now = {.now_ms = 5000 + ms,
                                       .cpu_ms = 70000 + ms * cpu_percent / 100,
                                       .processors = 4,
                                       .session = 9,
                                       .frames = (uint32_t)(ms * frames_a_second / 1000),
                                       .rate_num = rate,
                                       .rate_den = rate != 0 ? 1 : 0};
        found += video_budget_spent(&budget, &now) ? 1 : 0;
    }
    return found;
}

static void test_a_bomb_is_found_once_a_stretch(void **state)
{
    (void)state;
    assert_int_equal(play(390, 3, 25), 2);
    assert_int_equal(play(390, 100, 1000), 2);
    assert_int_equal(play(390, 5, 0), 2); /* it does not tell its rate */
}

static void test_a_demanding_film_that_keeps_its_pace_is_none(void **state)
{
    (void)state;
    assert_int_equal(play(390, 60, 60), 0);
    assert_int_equal(play(390, 20, 30), 0); /* it stutters, and is seen */
}

static void test_a_busy_machine_is_none(void **state)
{
    (void)state;
    assert_int_equal(play(60, 2, 30), 0);
}

/* Frames that look like the one before are not counted at low rates. */
static void test_a_film_that_stands_still_is_none(void **state)
{
    (void)state;
    assert_int_equal(play(20, 0, 10), 0);
}

static void test_each_film_has_a_stretch_of_its_own(void **state)
{
    struct video_budget budget = {.session = 0};
    struct video_budget_now now = {.processors = 2, .rate_num = 25, .rate_den = 1};
    (void)state;
    for (uint32_t film = 1; film < 20; film++)
        for (int turn = 0; turn < 50; turn++) { /* five seconds each */
            now.now_ms += 100;
            now.cpu_ms += 200;
            now.session = film;
            assert_false(video_budget_spent(&budget, &now));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bomb_is_found_once_a_stretch),
        cmocka_unit_test(test_a_demanding_film_that_keeps_its_pace_is_none),
        cmocka_unit_test(test_a_busy_machine_is_none),
        cmocka_unit_test(test_a_film_that_stands_still_is_none),
        cmocka_unit_test(test_each_film_has_a_stretch_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
