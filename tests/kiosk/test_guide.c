/* Spoken guidance: once a screen, again after a call, never when it is off. */
#include "test.h"

#include "guide.h"

/* As the kiosk does: said when it is due and no call sounds. */
static int say(struct guide *guide, enum terminal_screen screen, bool on, bool call_sounds)
{
    guide_look(guide, screen, on);
    if (!guide->due || call_sounds)
        return 0;
    guide->due = false;
    return 1;
}

static void test_once_a_screen(void **state)
{
    struct guide guide = {0};
    (void)state;
    assert_int_equal(say(&guide, TERMINAL_START, false, false), 0);
    assert_int_equal(say(&guide, TERMINAL_START, true, false), 1); /* switched on by touch */
    for (int i = 0; i < 5; i++)
        assert_int_equal(say(&guide, TERMINAL_START, true, false), 0);
    assert_int_equal(say(&guide, TERMINAL_TICKET, true, false), 1);
    assert_int_equal(say(&guide, TERMINAL_START, false, false), 0); /* the next patient */
}

static void test_again_after_a_call_and_never_over_it(void **state)
{
    struct guide guide = {0};
    (void)state;
    assert_int_equal(say(&guide, TERMINAL_START, true, false), 1);
    guide_call(&guide);
    for (int i = 0; i < 5; i++)
        assert_int_equal(say(&guide, TERMINAL_START, true, true), 0);
    assert_int_equal(say(&guide, TERMINAL_START, true, false), 1);
    assert_int_equal(say(&guide, TERMINAL_START, true, false), 0);
    /* A screen that comes while a call sounds waits for its end. */
    assert_int_equal(say(&guide, TERMINAL_TICKET, true, true), 0);
    assert_int_equal(say(&guide, TERMINAL_TICKET, true, false), 1);
}

static void test_a_call_says_nothing_to_who_did_not_ask(void **state)
{
    struct guide guide = {0};
    (void)state;
    guide_call(&guide);
    assert_int_equal(say(&guide, TERMINAL_START, false, false), 0);
    assert_int_equal(say(&guide, TERMINAL_START, true, true), 0);
    assert_int_equal(say(&guide, TERMINAL_START, false, false), 0); /* switched off meanwhile */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_once_a_screen),
        cmocka_unit_test(test_again_after_a_call_and_never_over_it),
        cmocka_unit_test(test_a_call_says_nothing_to_who_did_not_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
