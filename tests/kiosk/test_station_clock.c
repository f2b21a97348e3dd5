/* Time that only the cloud or NTP vouches for. */
#include "../core/test.h"

#include <string.h>

#include "station_clock.h"

enum { YEAR_MS = 365 * 24 * 3600 };
static const int64_t cloud_ms = INT64_C(1795483320000);

static struct clock_reading at(int64_t up, int64_t wall)
{
    return (struct clock_reading){.up_ms = up, .wall_ms = wall};
}

static void nothing_is_known_at_first(void **state)
{
    (void)state;
    struct station_clock clock;
    struct clock_reading reading = at(5000, cloud_ms + 999);
    int64_t now = 7;
    station_clock_init(&clock, 0, "boot", &reading);
    assert_false(station_clock_now(&clock, &reading, &now));
    assert_int_equal(now, 7);
}

/* A Pi that was off: its wall clock stands where it stood. */
static void a_claim_never_falls_behind_what_was_recorded(void **state)
{
    (void)state;
    struct station_clock clock;
    struct clock_reading reading = at(1000, cloud_ms - YEAR_MS * INT64_C(1000));
    station_clock_init(&clock, cloud_ms, "boot", &reading);
    assert_true(station_clock_claim(&clock, &reading) == cloud_ms);
    reading.up_ms += 4000;
    assert_true(station_clock_claim(&clock, &reading) == cloud_ms + 4000);
    reading.wall_ms = cloud_ms + 9000;
    assert_true(station_clock_claim(&clock, &reading) == cloud_ms + 9000);
}

static void the_cloud_is_believed_and_the_wall_is_not(void **state)
{
    (void)state;
    struct station_clock clock;
    struct clock_reading reading = at(1000, 0);
    int64_t now;
    station_clock_init(&clock, 0, "boot", &reading);
    assert_true(station_clock_hear(&clock, &reading, cloud_ms));
    reading = at(3000, cloud_ms * 2);
    assert_true(station_clock_now(&clock, &reading, &now));
    assert_true(now == cloud_ms + 2000);
    reading.synced = true;
    assert_false(station_clock_ntp(&clock, &reading)); /* the cloud outranks NTP */
    assert_true(station_clock_now(&clock, &reading, &now));
    assert_true(now == cloud_ms + 2000);
}

static void ntp_will_do_until_the_cloud_speaks(void **state)
{
    (void)state;
    struct station_clock clock;
    struct clock_reading reading = {.up_ms = 10, .wall_ms = cloud_ms, .synced = true};
    int64_t now;
    station_clock_init(&clock, 0, "boot", &reading);
    assert_true(station_clock_now(&clock, &reading, &now));
    assert_true(now == cloud_ms);
    assert_true(station_clock_hear(&clock, &reading, cloud_ms - 60000));
    assert_true(station_clock_now(&clock, &reading, &now));
    assert_true(now == cloud_ms - 60000);
}

/* A `time` that lay in a buffer while the kiosk was stopped must not set the clock back. */
static void one_late_sample_changes_nothing_and_three_do(void **state)
{
    (void)state;
    struct station_clock clock;
    struct clock_reading reading = at(0, 0);
    int64_t now;
    station_clock_init(&clock, 0, "boot", &reading);
    (void)station_clock_hear(&clock, &reading, cloud_ms);
    reading.up_ms = 30000;
    assert_false(station_clock_hear(&clock, &reading, cloud_ms + 5000)); /* 25 s old */
    assert_true(station_clock_now(&clock, &reading, &now));
    assert_true(now == cloud_ms + 30000);
    assert_false(station_clock_hear(&clock, &reading, cloud_ms + 30000)); /* a good one */
    assert_false(station_clock_hear(&clock, &reading, cloud_ms + 5000));
    assert_false(station_clock_hear(&clock, &reading, cloud_ms + 6000));
    assert_true(station_clock_hear(&clock, &reading, cloud_ms + 5500));
    assert_true(station_clock_now(&clock, &reading, &now));
    assert_true(now == cloud_ms + 6000); /* the least held up of the three */
}

static void ages_need_the_same_boot_or_a_trusted_clock(void **state)
{
    (void)state;
    struct station_clock clock, next;
    struct clock_reading reading = at(1000, cloud_ms);
    station_clock_init(&clock, 0, "first", &reading);
    struct clock_stamp stamp = station_clock_stamp(&clock, &reading);
    reading.up_ms = 91000;
    assert_int_equal(station_clock_age(&clock, &reading, &stamp), 90000);
    reading = at(500, cloud_ms + 20000);
    station_clock_init(&next, 0, "second", &reading);
    assert_int_equal(station_clock_age(&next, &reading, &stamp), -1);
    (void)station_clock_hear(&next, &reading, cloud_ms + 45000);
    assert_int_equal(station_clock_age(&next, &reading, &stamp), 45000);
    stamp.at_ms = cloud_ms + INT64_C(1000) * YEAR_MS; /* stamped by a clock of 2038 */
    assert_true(station_clock_age(&next, &reading, &stamp) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_at_first),
        cmocka_unit_test(a_claim_never_falls_behind_what_was_recorded),
        cmocka_unit_test(the_cloud_is_believed_and_the_wall_is_not),
        cmocka_unit_test(ntp_will_do_until_the_cloud_speaks),
        cmocka_unit_test(one_late_sample_changes_nothing_and_three_do),
        cmocka_unit_test(ages_need_the_same_boot_or_a_trusted_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
