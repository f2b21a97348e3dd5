/* Article 37: who asks so much that others would feel it is limited, and nobody else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "limits.h"

enum { RATE = 10, BURST = RATE * LIMITS_BURST_SECONDS };

static int set_up(void **state)
{
    return limits_create(RATE, (struct limits **)state);
}

static int tear_down(void **state)
{
    limits_destroy(*state);
    return 0;
}

static int taken(struct limits *limits, const char *asker, int64_t now, int tries)
{
    int count = 0;

    for (int i = 0; i < tries; i++)
        count += limits_take(limits, asker, now) == 0;
    return count;
}

static void article_37_a_burst_then_the_rate(void **state)
{
    assert_int_equal(taken(*state, "a", 5000, 10 * BURST), BURST);
    assert_int_equal(limits_take(*state, "a", 5000), 1);
    assert_int_equal(taken(*state, "a", 6000, 10 * BURST), RATE); /* one second later */
    assert_int_equal(taken(*state, "a", 6000 + 3600000, 10 * BURST), BURST);
}

static void article_37_the_others_feel_nothing(void **state)
{
    assert_int_equal(taken(*state, "clinic 1", 5000, 100 * BURST), BURST);
    assert_int_equal(taken(*state, "clinic 2", 5000, BURST), BURST);
    assert_int_equal(taken(*state, "address 192.0.2.1", 5000, BURST), BURST);
}

/* A hundred thousand addresses of one attacker do not free the clinic that asks too much. */
static void strangers_push_out_whoever_asked_least(void **state)
{
    char name[40];

    assert_int_equal(taken(*state, "busy", 5000, 10 * BURST), BURST);
    for (int i = 0; i < 100000; i++) {
        (void)snprintf(name, sizeof name, "address 2001:db8::%x", (unsigned)i);
        assert_int_equal(limits_take(*state, name, 5000), 0);
    }
    assert_int_not_equal(limits_take(*state, "busy", 5000), 0);
}

static void a_refused_request_costs_nothing(void **state)
{
    assert_int_equal(taken(*state, "a", 5000, 100 * BURST), BURST);
    assert_int_equal(taken(*state, "a", 5000 + LIMITS_BURST_SECONDS * 1000, BURST), BURST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(article_37_a_burst_then_the_rate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(article_37_the_others_feel_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strangers_push_out_whoever_asked_least, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_request_costs_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
