/* The colours of the look and the contrasts that it promises. */
#include "theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static double ratio(enum theme_colour a, enum theme_colour b)
{
    return theme_contrast(theme_colour(a), theme_colour(b));
}

static void the_table_holds(void **state)
{
    static const struct {
        enum theme_colour a, b;
        double ratio;
    } table[] = {
        {THEME_INK, THEME_PAPER, 15.4},   {THEME_INK2, THEME_PAPER, 7.5},
        {THEME_INK, THEME_ORANGE, 8.4},   {THEME_INK, THEME_WHITE, 16.5},
        {THEME_INK2, THEME_WHITE, 8.0},   {THEME_WHITE, THEME_AI, 10.2},
        {THEME_AI, THEME_PAPER, 9.5},     {THEME_AI_DEEP, THEME_SKY, 11.0},
        {THEME_AI, THEME_SKY, 7.6},       {THEME_ORANGE, THEME_AI, 5.2},
        {THEME_ORANGE, THEME_PAPER, 1.8}, {THEME_ORANGE, THEME_WHITE, 2.0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double found = ratio(table[i].a, table[i].b);

        if (found < table[i].ratio - 0.06 || found > table[i].ratio + 0.06)
            fail_msg("pair %zu: %.2f, the look says %.1f", i, found, table[i].ratio);
    }
}

static void contrast_knows_no_order(void **state)
{
    (void)state;
    assert_true(ratio(THEME_INK, THEME_PAPER) == ratio(THEME_PAPER, THEME_INK));
    assert_true(ratio(THEME_AI, THEME_AI) == 1);
    assert_true(ratio(THEME_BLACK, THEME_WHITE) > 20.9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_holds),
        cmocka_unit_test(contrast_knows_no_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
