#include "test.h"

#include <string.h>

#include "reading.h"

/* The reviewed table: every sound change, and what a speech engine gets wrong. */
static void numbers_are_read_as_people_say_them(void **state)
{
    static const struct {
        char letter;
        int value;
        const char *kana;
    } table[] = {
        {0, 1, "いちばん"},
        {0, 4, "よんばん"},
        {0, 7, "ななばん"},
        {0, 8, "はちばん"},
        {0, 9, "きゅうばん"},
        {0, 10, "じゅうばん"},
        {0, 14, "じゅうよんばん"},
        {0, 17, "じゅうななばん"},
        {0, 19, "じゅうきゅうばん"},
        {0, 20, "にじゅうばん"},
        {0, 40, "よんじゅうばん"},
        {0, 47, "よんじゅうななばん"},
        {0, 70, "ななじゅうばん"},
        {0, 90, "きゅうじゅうばん"},
        {0, 99, "きゅうじゅうきゅうばん"},
        {0, 100, "ひゃくばん"},
        {0, 104, "ひゃくよんばん"},
        {0, 300, "さんびゃくばん"},
        {0, 400, "よんひゃくばん"},
        {0, 600, "ろっぴゃくばん"},
        {0, 777, "ななひゃくななじゅうななばん"},
        {0, 800, "はっぴゃくばん"},
        {0, 900, "きゅうひゃくばん"},
        {0, 999, "きゅうひゃくきゅうじゅうきゅうばん"},
        {'A', 3, "エーのさんばん"},
        {'R', 12, "アールのじゅうにばん"},
        {'W', 4, "ダブリューのよんばん"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char kana[READING_SIZE];
        reading_number((struct number){table[i].letter, table[i].value}, kana);
        assert_string_equal(kana, table[i].kana);
    }
}

/* No reading says し for 4, しち for 7 or く for 9: they are misheard for each other. */
static void no_reading_is_easily_misheard(void **state)
{
    char before[READING_VALUE_SIZE] = "";
    (void)state;
    for (int value = 1; value <= NUMBER_MAX; value++) {
        char kana[READING_VALUE_SIZE];
        reading_value(value, kana);
        assert_null(strstr(kana, "し"));
        assert_string_not_equal(kana, before);
        assert_true(strlen(kana) > 0);
        memcpy(before, kana, sizeof before);
    }
}

static void every_letter_has_a_reading(void **state)
{
    (void)state;
    for (const char *letter = number_letters; *letter; letter++) {
        char kana[READING_SIZE];
        reading_number((struct number){*letter, 1}, kana);
        assert_non_null(strstr(kana, "のいちばん"));
    }
}

static void rooms(void **state)
{
    static const struct {
        const char *name, *kana;
    } table[] = {
        {"第1診察室", "だいいちしんさつしつ"},
        {"第12診察室", "だいじゅうにしんさつしつ"},
        {"診察室3", "しんさつしつさん"},
        {"1診", "いっしん"},
        {"3診", "さんしん"},
        {"8診", "はっしん"},
        {"10診", "じっしん"},
        {"処置室", "しょちしつ"},
        {"会計", "かいけい"},
        {"第2レントゲン室", "だいにれんとげんしつ"},
    };
    static const char *const unknown[] = {"",    "第診察室", "第100診察室", "11診",
                                          "0診", "院長室",   "診察室0"};
    char kana[READING_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_true(reading_room(table[i].name, kana));
        assert_string_equal(kana, table[i].kana);
    }
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        assert_false(reading_room(unknown[i], kana));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_people_say_them),
        cmocka_unit_test(no_reading_is_easily_misheard),
        cmocka_unit_test(every_letter_has_a_reading),
        cmocka_unit_test(rooms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
