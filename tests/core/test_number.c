#include "test.h"

#include <string.h>

#include "number.h"

static void formats_without_zeros_or_spaces(void **state)
{
    char text[NUMBER_TEXT_SIZE];
    (void)state;
    number_format((struct number){0, 14}, text);
    assert_string_equal(text, "14");
    number_format((struct number){'A', 108}, text);
    assert_string_equal(text, "A108");
    number_format((struct number){0, 0}, text);
    assert_string_equal(text, "");
    number_format((struct number){0, 1000}, text);
    assert_string_equal(text, "");
}

static void parses_what_it_formats(void **state)
{
    (void)state;
    for (int value = 1; value <= NUMBER_MAX; value++) {
        for (const char *letter = number_letters;; letter++) {
            struct number number = {*letter, value}, back = {0};
            char text[NUMBER_TEXT_SIZE];
            number_format(number, text);
            assert_int_equal(number_parse(text, &back), 0);
            assert_true(number_equal(number, back));
            if (!*letter)
                break;
        }
    }
}

static void refuses_everything_else(void **state)
{
    static const char *const bad[] = {
        "",   "0",  "014", "1000", "-1", "A",   "A0",
        "B3", "a3", "3A",  " 3",   "3 ", "A-3", "99999999999999999999"};
    struct number number = {'X', 5};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_true(number_parse(bad[i], &number) < 0);
    assert_int_equal(number.value, 5);
}

/* look/README: never B D G I O Q S Z, first A R X Y H M K */
static void letters_look_like_no_digit(void **state)
{
    (void)state;
    for (const char *c = "BDGIOQSZ"; *c; c++)
        assert_null(strchr(number_letters, *c));
    assert_memory_equal(number_letters, "ARXYHMK", 7);
    for (const char *c = number_letters; *c; c++)
        assert_null(strchr(c + 1, *c));
    assert_int_equal(strlen(number_letters), 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_without_zeros_or_spaces),
        cmocka_unit_test(parses_what_it_formats),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(letters_look_like_no_digit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
