/* Quiet hours: what is understood, and when they hold. */
#include "test.h"

#include "quiet.h"

#include <string.h>

static bool at(const char *text, int weekday, int hour, int minute)
{
    struct quiet quiet;
    assert_null(quiet_parse(text, &quiet));
    return quiet_at(&quiet, weekday, hour * 60 + minute);
}

static void test_night_and_sunday(void **state)
{
    (void)state;
    const char *text = "21:00-07:00, Sunday";
    assert_false(at(text, 1, 20, 59));
    assert_true(at(text, 1, 21, 0));
    assert_true(at(text, 2, 0, 0));
    assert_true(at(text, 2, 6, 59));
    assert_false(at(text, 2, 7, 0));
    assert_true(at(text, 0, 12, 0));
    assert_false(at("", 0, 3, 0));
}

static void test_span_within_a_day(void **state)
{
    (void)state;
    assert_true(at("12:00-13:30 ,22:00-24:00", 3, 12, 0));
    assert_false(at("12:00-13:30 ,22:00-24:00", 3, 13, 30));
    assert_true(at("12:00-13:30 ,22:00-24:00", 3, 23, 59));
    assert_false(at("12:00-13:30 ,22:00-24:00", 3, 0, 0));
}

static void test_mistakes(void **state)
{
    static const char *const wrong[] = {
        "night",        "21:00",       "21:00-07:00 sunday",
        "25:00-07:00",  "21:60-07:00", "24:01-07:00",
        "07:00-07:00",  "sunday,",     ",sunday",
        "21:00-07:00h", "-1:00-07:00", "1:00-2:00,3:00-4:00,5:00-6:00,7:00-8:00,9:00-10:00"};
    struct quiet quiet, before;
    (void)state;
    memset(&quiet, 0x5a, sizeof quiet);
    before = quiet;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (quiet_parse(wrong[i], &quiet) == NULL)
            fail_msg("\"%s\" was taken", wrong[i]);
        assert_memory_equal(&quiet, &before, sizeof quiet);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_night_and_sunday),
        cmocka_unit_test(test_span_within_a_day),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
