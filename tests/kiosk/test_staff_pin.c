/* The PIN: right, wrong, slowed, and remembered over a restart. */
#include "test.h"

#include "staff_pin.h"

#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct fixture {
    char dir[64], hash[STAFF_PIN_HASH_SIZE];
    struct staff_pin *pin;
    sem_t woken;
    int64_t now;
};

static void wake(void *context)
{
    struct fixture *f = context;
    sem_post(&f->woken);
}

static void start(struct fixture *f)
{
    struct staff_pin_options options = {
        .hash = f->hash, .dir = f->dir, .wake = wake, .context = f, .now = f->now};
    assert_int_equal(staff_pin_create(&options, &f->pin), 0);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/machiai-pin-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    assert_int_equal(staff_pin_hash("4711", f->hash), 0);
    sem_init(&f->woken, 0, 0);
    f->now = 1000;
    start(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char path[96];
    staff_pin_destroy(f->pin);
    snprintf(path, sizeof path, "%s/wrong_pins", f->dir);
    unlink(path);
    assert_int_equal(rmdir(f->dir), 0);
    sem_destroy(&f->woken);
    free(f);
    return 0;
}

static bool try_pin(struct fixture *f, const char *text)
{
    struct timespec until;
    bool right = false;
    staff_pin_check(f->pin, text);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 30;
    assert_int_equal(sem_timedwait(&f->woken, &until), 0);
    assert_true(staff_pin_poll(f->pin, f->now, &right));
    bool again = false;
    assert_false(staff_pin_poll(f->pin, f->now, &again)); /* once */
    return right;
}

static void test_right_and_wrong(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(strncmp(f->hash, "$argon2id$", 10), 0);
    assert_null(strstr(f->hash, "4711"));
    assert_false(try_pin(f, "4712"));
    assert_false(try_pin(f, ""));
    assert_true(try_pin(f, "4711"));
    assert_int_equal(staff_pin_locked_s(f->pin, f->now), 0);
}

static void test_wrong_ones_are_slowed(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < STAFF_PIN_FREE; i++) {
        assert_int_equal(staff_pin_locked_s(f->pin, f->now), 0);
        assert_false(try_pin(f, "0000"));
    }
    assert_int_equal(staff_pin_locked_s(f->pin, f->now), STAFF_PIN_WAIT_S);
    f->now += STAFF_PIN_WAIT_S * 1000 - 1;
    assert_int_equal(staff_pin_locked_s(f->pin, f->now), 1);
    f->now++;
    assert_int_equal(staff_pin_locked_s(f->pin, f->now), 0);
    assert_false(try_pin(f, "0001"));
    assert_int_equal(staff_pin_locked_s(f->pin, f->now), 2 * STAFF_PIN_WAIT_S);
    /* Pulling the plug does not help. */
    staff_pin_destroy(f->pin);
    f->now = 50;
    start(f);
    assert_int_equal(staff_pin_locked_s(f->pin, f->now), 2 * STAFF_PIN_WAIT_S);
    f->now += 2 * STAFF_PIN_WAIT_S * 1000;
    assert_true(try_pin(f, "4711"));
    assert_int_equal(staff_pin_locked_s(f->pin, f->now), 0);
    staff_pin_destroy(f->pin);
    start(f);
    assert_int_equal(staff_pin_locked_s(f->pin, f->now), 0);
}

static void test_waits(void **state)
{
    int last = 0;
    (void)state;
    assert_int_equal(staff_pin_wait_s(0), 0);
    assert_int_equal(staff_pin_wait_s(STAFF_PIN_FREE - 1), 0);
    for (int wrong = STAFF_PIN_FREE; wrong < 1000; wrong++) {
        int wait = staff_pin_wait_s(wrong);
        assert_true(wait >= last && wait <= STAFF_PIN_LONGEST_S);
        last = wait;
    }
    assert_int_equal(last, STAFF_PIN_LONGEST_S);
}

static void test_what_is_a_pin(void **state)
{
    static const char *const bad[] = {"", "123", "123456789", "12a4", "1234 ", "12.4"};
    char hash[STAFF_PIN_HASH_SIZE];
    (void)state;
    assert_true(staff_pin_valid("1234"));
    assert_true(staff_pin_valid("12345678"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(staff_pin_valid(bad[i]));
        assert_int_equal(staff_pin_hash(bad[i], hash), -EINVAL);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_right_and_wrong),
        TEST(test_wrong_ones_are_slowed),
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_what_is_a_pin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
