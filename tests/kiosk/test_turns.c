/* Turns are counted as they were: quantiles, the longest, the time of others left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <time.h>

#include "turns.h"

static struct turns turns;

static int set_up(void **state)
{
    (void)state;
    turns_init(&turns);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    turns_finish(&turns);
    return 0;
}

static void add(int64_t own_ms, int times)
{
    struct turns_turn turn = {.wall = own_ms * 1000, .own = own_ms * 1000, .cpu = 1};
    for (int i = 0; i < times; i++)
        turns_count(&turns, &turn, 0);
}

static void test_no_turn_has_no_length(void **state)
{
    (void)state;
    assert_int_equal(turns_quantile(&turns.own, 0.999), 0);
}

static void test_quantiles_are_upper_bounds(void **state)
{
    (void)state;
    add(3, 998);
    add(49, 1);
    add(70, 1);
    assert_int_equal(turns_quantile(&turns.own, 0.5), 4);
    assert_int_equal(turns_quantile(&turns.own, 0.999), 50);
    assert_int_equal(turns_quantile(&turns.own, 1), 71);
    assert_int_equal(turns_quantile(&turns.cpu, 1), 1);
    assert_int_equal(turns.own.longest, 70000);
}

static void test_what_is_beyond_the_buckets_counts(void **state)
{
    (void)state;
    add(100000, 1);
    assert_int_equal(turns_quantile(&turns.own, 1), TURNS_BUCKETS);
}

static void test_the_worst_are_kept_in_order(void **state)
{
    (void)state;
    for (int ms = 1; ms <= 9; ms++)
        add(ms % 2 ? ms : 10 * ms, 1);
    static const int64_t expected[TURNS_WORST] = {80, 60, 40, 20, 9};
    for (int i = 0; i < TURNS_WORST; i++)
        assert_int_equal(turns.worst[i].own, expected[i] * 1000);
}

static void test_recent_forgets_after_a_minute(void **state)
{
    (void)state;
    struct turns_turn turn = {.own = 9000};
    turns_count(&turns, &turn, 0);
    turn.own = 1000;
    turns_count(&turns, &turn, TURNS_RECENT_US);
    assert_int_equal(turns.recent, 9000);
    turns_count(&turns, &turn, TURNS_RECENT_US + 1);
    assert_int_equal(turns.recent, 1000);
}

static void wait_ms(int ms)
{
    struct timespec pause = {.tv_nsec = ms * 1000000L};
    nanosleep(&pause, NULL);
}

/* Waiting is the turn's own fault, except for the display. */
static void test_waiting_counts(void **state)
{
    (void)state;
    turns_begin(&turns);
    wait_ms(20);
    turns_part(&turns, KIOSK_NEWS);
    turns_end(&turns);
    assert_true(turns.own.longest >= 20000);
    assert_true(turns.worst[0].parts[KIOSK_NEWS] >= 20000);
    assert_int_equal(turns.display.longest, 0);
}

static void test_the_display_is_told_apart(void **state)
{
    (void)state;
    turns_begin(&turns);
    turns_show(&turns);
    wait_ms(20);
    turns_shown(&turns);
    turns_end(&turns);
    assert_true(turns.display.longest >= 19000);
    assert_true(turns.own.longest <= turns.wall.longest - turns.display.longest + 1000);
}

static void test_json_tells_all(void **state)
{
    (void)state;
    add(7, 10);
    cJSON *json = turns_json(&turns);
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(json, "own");
    const cJSON *pair = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(own, "buckets"), 0);
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(json, "turns")->valueint, 10);
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(own, "p999")->valueint, 8);
    assert_int_equal(cJSON_GetArrayItem(pair, 0)->valueint, 7);
    assert_int_equal(cJSON_GetArrayItem(pair, 1)->valueint, 10);
    cJSON_Delete(json);
}

int main(void)
{
#define T(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_no_turn_has_no_length),
        T(test_quantiles_are_upper_bounds),
        T(test_what_is_beyond_the_buckets_counts),
        T(test_the_worst_are_kept_in_order),
        T(test_recent_forgets_after_a_minute),
        T(test_waiting_counts),
        T(test_the_display_is_told_apart),
        T(test_json_tells_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
