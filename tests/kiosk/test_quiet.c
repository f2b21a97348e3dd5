/* Quiet hours: what is understood, and when they hold. */
#include "test.h"

#include "quiet.h"
#include "settings.h"

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

/* 2026-11-24, a Tuesday, at the site's own midnight (UTC+9), and so many minutes. */
static struct quiet_sound sound_at(const struct settings *settings, int day, int minutes)
{
    const struct quiet none = {.span_count = 0};
    int64_t at = INT64_C(1795446000000) + day * INT64_C(86400000) + minutes * INT64_C(60000);
    return quiet_sound(&none, settings, &at);
}

static void test_the_clinic_sets_what_is_heard(void **state)
{
    struct settings settings;
    (void)state;
    settings_init(&settings);
    settings.volume[SESSION_AM] = 90;
    settings.volume[SESSION_PM] = 70;
    settings.volume[SESSION_EVENING] = 40;
    assert_int_equal(sound_at(&settings, 0, 9 * 60).volume, 90);
    assert_int_equal(sound_at(&settings, 0, 13 * 60).volume, 70);
    assert_int_equal(sound_at(&settings, 0, 18 * 60).volume, 40);
    assert_true(sound_at(&settings, 0, 9 * 60).voice);
    assert_true(sound_at(&settings, 5, 9 * 60).voice); /* Sunday, as nothing else is set */
    settings.voice_sunday = false;
    assert_false(sound_at(&settings, 5, 9 * 60).chime);
    assert_true(sound_at(&settings, 6, 9 * 60).chime);
    settings.voice_night_from = 20 * 60;
    settings.voice_night_to = 7 * 60;
    assert_false(sound_at(&settings, 0, 20 * 60).chime);
    assert_false(sound_at(&settings, 1, 6 * 60 + 59).chime);
    assert_true(sound_at(&settings, 1, 7 * 60).voice);
    settings.voice_off = true;
    assert_true(sound_at(&settings, 1, 9 * 60).chime);
    assert_false(sound_at(&settings, 1, 9 * 60).voice);
    settings.volume[SESSION_AM] = 0;
    assert_false(sound_at(&settings, 1, 9 * 60).chime);
}

static void test_without_a_clock_a_call_is_heard(void **state)
{
    struct settings settings;
    struct quiet quiet;
    (void)state;
    settings_init(&settings);
    settings.voice_night_from = 1;
    assert_null(quiet_parse("00:00-24:00", &quiet));
    assert_true(quiet_sound(&quiet, &settings, NULL).voice);
    assert_int_equal(quiet_sound(&quiet, &settings, NULL).volume, 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_night_and_sunday),
        cmocka_unit_test(test_span_within_a_day),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_the_clinic_sets_what_is_heard),
        cmocka_unit_test(test_without_a_clock_a_call_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
