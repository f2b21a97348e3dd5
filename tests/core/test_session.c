#include "test.h"

#include <string.h>
#include <time.h>

#include "session.h"

/* libc's calendar is the independent oracle. */
static void civil_agrees_with_libc(void **state)
{
    (void)state;
    for (int64_t ms = INT64_C(-62135596800000); ms < INT64_C(253402300800000);
         ms += INT64_C(86400000) * 37 + 12345678) {
        struct civil civil;
        time_t seconds = (time_t)(ms / 1000 - (ms % 1000 < 0));
        struct tm tm;
        assert_non_null(gmtime_r(&seconds, &tm));
        civil_from_ms(ms, 0, &civil);
        assert_int_equal(civil.year, tm.tm_year + 1900);
        assert_int_equal(civil.month, tm.tm_mon + 1);
        assert_int_equal(civil.day, tm.tm_mday);
        assert_int_equal(civil.weekday, tm.tm_wday);
        assert_int_equal(civil.minute_of_day, tm.tm_hour * 60 + tm.tm_min);
        assert_int_equal(civil.second, tm.tm_sec);
    }
}

static void midnight_belongs_to_the_site(void **state)
{
    struct civil civil;
    char date[DATE_SIZE];
    int64_t ms;
    (void)state;
    assert_int_equal(civil_date_to_ms("2026-11-24", 540, &ms), 0);
    civil_from_ms(ms, 540, &civil);
    civil_format_date(&civil, date);
    assert_string_equal(date, "2026-11-24");
    assert_int_equal(civil.minute_of_day, 0);
    assert_int_equal(civil.weekday, 2);
    civil_from_ms(ms - 1, 540, &civil);
    civil_format_date(&civil, date);
    assert_string_equal(date, "2026-11-23");
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    static const char *const bad[] = {"2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10",
                                      "2026-04-31", "2026-1-1",   "",           "20261124xx",
                                      "2026-11-2x", "1969-12-31"};
    int64_t ms = 7;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_true(civil_date_to_ms(bad[i], 0, &ms) < 0);
    assert_int_equal(ms, 7);
    assert_int_equal(civil_date_to_ms("2028-02-29", 0, &ms), 0);
    assert_int_equal(civil_date_to_ms("2000-02-29", 0, &ms), 0);
}

static void kinds_round_trip(void **state)
{
    enum session_kind kind;
    (void)state;
    for (int i = 0; i < SESSION_KIND_COUNT; i++) {
        assert_int_equal(session_kind_parse(session_kind_name((enum session_kind)i), &kind), 0);
        assert_int_equal(kind, i);
    }
    assert_true(session_kind_parse("noon", &kind) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(civil_agrees_with_libc),
        cmocka_unit_test(midnight_belongs_to_the_site),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(kinds_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
