/* Words from the real catalogues: all that the kiosk asks for are there. */
#include "test.h"

#include "station.h"
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct words *words;

static int setup(void **state)
{
    (void)state;
    return words_create(LANGUAGE_DIR, &words);
}

static int teardown(void **state)
{
    (void)state;
    words_destroy(words);
    return 0;
}

static void must_have(const char *key)
{
    if (strcmp(words_get(words, "ja", key), key) == 0)
        fail_msg("ja.po lacks %s", key);
}

static void test_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "setup.product",
        "setup.clock",
        "setup.cloud",
        "setup.device",
        "setup.printer",
        "setup.films",
        "setup.advice.cloud",
        "setup.advice.code",
        "setup.advice.pair",
        "setup.advice.settings",
        "setup.advice.services",
        "setup.value.online",
        "setup.value.connecting",
        "setup.value.enrolled",
        "setup.value.not_enrolled",
        "setup.value.no_printer",
        "setup.value.no_cups",
        "setup.value.printer_good",
        "setup.value.no_time",
        "setup.value.time",
        "setup.value.time_unsure",
        "setup.value.films",
        "setup.value.films_some",
        "date.day",
        "date.full",
    };
    static const char *const errors[] = {
#define X(name, text) text,
        STATION_ERRORS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        must_have(keys[i]);
    for (size_t i = 1; i < sizeof errors / sizeof errors[0]; i++)
        must_have(errors[i]);
}

static void test_dates(void **state)
{
    (void)state;
    struct civil civil;
    char text[64];
    civil_from_ms(INT64_C(1795484520000), 9 * 60, &civil);
    words_day(words, "ja", &civil, text, sizeof text);
    assert_string_equal(text, "11月24日（火）");
    words_session_date(words, "ja", &civil, SESSION_AM, text, sizeof text);
    assert_string_equal(text, "2026年11月24日（火）午前");
    assert_string_equal(words_session(words, "ja", "slip.validity", SESSION_PM), "午後のみ有効");
    assert_string_equal(words_session(words, "ja", "date.session_name", SESSION_AM), "午前の診療");
    for (int kind = 0; kind < SESSION_KIND_COUNT; kind++) {
        const char *validity = words_session(words, "en", "slip.validity", (enum session_kind)kind);
        assert_null(strstr(validity, "slip."));
    }
}

static void test_languages(void **state)
{
    (void)state;
    static const char *const all[] = {"ja", "ja-easy", "en", "zh-Hans", "ko", "vi", "pt"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_true(words_has(words, all[i]));
    assert_false(words_has(words, "fr"));
    /* What a language lacks is said in Japanese. */
    assert_string_equal(words_get(words, "fr", "date.session.am"), "午前");
    assert_string_equal(words_get(words, "ja", "no.such.key"), "no.such.key");
    struct words *none = NULL;
    assert_int_equal(words_create("/nowhere", &none), -ENOENT);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_languages),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
