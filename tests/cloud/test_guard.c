/* Guessing cards and emptying a session are held up; patients who type right are not. */
#include "guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static int make(void **state)
{
    return guard_create((struct guard **)state);
}

static int finish(void **state)
{
    guard_destroy(*state);
    return 0;
}

static void test_an_address_that_guesses_waits(void **state)
{
    struct guard_guess guess = {"192.0.2.7", "site", "1"};
    char card[8];

    for (int i = 0; i < GUARD_ADDRESS_GUESSES; i++) {
        (void)snprintf(card, sizeof(card), "%d", i);
        guess.card = card;
        assert_int_equal(guard_try(*state, &guess, 0), 0);
    }
    guess.card = "x";
    assert_int_equal(guard_try(*state, &guess, 0), GUARD_ADDRESS_GUESS_MS / 1000);
    assert_int_equal(guard_try(*state, &guess, GUARD_ADDRESS_GUESS_MS), 0);
    guess.address = "192.0.2.8"; /* another is not held up */
    assert_int_equal(guard_try(*state, &guess, 0), 0);
}

static void test_one_card_is_not_tried_from_many_addresses(void **state)
{
    struct guard_guess guess = {.site = "site", .card = "0012345"};
    char address[24];

    for (int i = 0; i < GUARD_CARD_GUESSES; i++) {
        (void)snprintf(address, sizeof(address), "192.0.2.%d", i);
        guess.address = address;
        assert_int_equal(guard_try(*state, &guess, 0), 0);
    }
    guess.address = "198.51.100.1";
    assert_int_equal(guard_try(*state, &guess, 0), GUARD_CARD_GUESS_MS / 1000);
    guess.site = "other"; /* another clinic's card of that number */
    assert_int_equal(guard_try(*state, &guess, 0), 0);
}

static void test_whoever_types_right_is_not_counted(void **state)
{
    const struct guard_guess guess = {"192.0.2.7", "site", "0012345"};

    for (int i = 0; i < 200; i++) {
        assert_int_equal(guard_try(*state, &guess, 0), 0);
        guard_right(*state, &guess);
    }
}

static void test_a_refused_try_costs_nothing_elsewhere(void **state)
{
    const struct guard_guess guess = {"192.0.2.7", "site", "0012345"};
    const struct guard_guess other = {"192.0.2.7", "site", "0012346"};

    for (int i = 0; i < GUARD_CARD_GUESSES; i++)
        assert_int_equal(guard_try(*state, &guess, 0), 0);
    for (int i = 0; i < 100; i++)
        assert_true(guard_try(*state, &guess, 0) > 0);
    assert_int_equal(guard_try(*state, &other, 0), 0);
}

static void test_a_session_is_not_emptied_by_one(void **state)
{
    int persons = 0;

    while (guard_book(*state, "192.0.2.7", "site", 4, 0) == 0)
        persons += 4;
    assert_int_equal(persons, GUARD_ADDRESS_PERSONS);
    assert_int_equal(guard_book(*state, "192.0.2.8", "site", 4, 0), 0);
}

static void test_without_a_guard_nobody_waits(void **state)
{
    const struct guard_guess guess = {"192.0.2.7", "site", "0012345"};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(guard_try(NULL, &guess, 0), 0);
        guard_right(NULL, &guess);
        assert_int_equal(guard_book(NULL, "192.0.2.7", "site", 8, 0), 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, finish)
    const struct CMUnitTest tests[] = {
        TEST(test_an_address_that_guesses_waits),
        TEST(test_one_card_is_not_tried_from_many_addresses),
        TEST(test_whoever_types_right_is_not_counted),
        TEST(test_a_refused_try_costs_nothing_elsewhere),
        TEST(test_a_session_is_not_emptied_by_one),
        TEST(test_without_a_guard_nobody_waits),
    };

    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
