/* Second factor and locked accounts: a code that holds once, and no way in
 * for who reported a loss (terms 33). */
#include <errno.h>
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity_rig.h"

enum { CODE_SIZE = IDENTITY_FACTOR_DIGITS + 1 };

/* As an authenticator app would show it at that time. */
static const char *code_at(const char *secret, int64_t ms)
{
    static char code[CODE_SIZE];
    char *bytes = NULL;
    size_t size = 0;

    assert_int_equal(oath_base32_decode(secret, strlen(secret), &bytes, &size), OATH_OK);
    assert_int_equal(
        oath_totp_generate(bytes, size, (time_t)(ms / 1000), 30, 0, IDENTITY_FACTOR_DIGITS, code),
        OATH_OK);
    free(bytes);
    return code;
}

static void switch_on(char secret[static IDENTITY_FACTOR_SIZE])
{
    assert_int_equal(identity_factor_offer(identity, "suzuki", secret), 0);
    assert_int_equal(identity_factor_confirm(identity, "suzuki", code_at(secret, now)), 0);
    now += minute; /* the code that switched it on is used up */
}

static void try_log_in(const char *code, int status, const char *error)
{
    char path[64];

    (void)snprintf(path, sizeof path, "/login?code=%s", code);
    struct rig_answer answer = send_with("POST", path, "", "suzuki right password");
    if (error) {
        expect(answer, status, error);
        return;
    }
    assert_int_equal(answer.status, status);
    rig_free(&answer);
}

static void counts_from_its_confirmation(void **state)
{
    char secret[IDENTITY_FACTOR_SIZE];
    bool on = true;
    (void)state;

    assert_int_equal(identity_factor_offer(identity, "suzuki", secret), 0);
    assert_int_equal(strlen(secret), IDENTITY_FACTOR_SIZE - 1);
    (void)log_in("suzuki right password"); /* not yet */
    assert_int_equal(identity_factor_confirm(identity, "suzuki", "000000"), -EACCES);
    assert_int_equal(identity_factor_on(identity, "suzuki", &on), 0);
    assert_false(on);
    assert_int_equal(identity_factor_confirm(identity, "suzuki", code_at(secret, now)), 0);
    assert_int_equal(identity_factor_on(identity, "suzuki", &on), 0);
    assert_true(on);
    try_log_in("", 401, "code_needed");
}

static void a_code_holds_once_and_near_its_time(void **state)
{
    char secret[IDENTITY_FACTOR_SIZE];
    (void)state;

    switch_on(secret);
    try_log_in(code_at(secret, now - 2 * minute), 401, "unauthorized");
    try_log_in(code_at(secret, now - 30 * 1000), 200,
               NULL); /* a phone that is half a minute late */
    try_log_in(code_at(secret, now), 200, NULL);
    try_log_in(code_at(secret, now), 401, "unauthorized");
    try_log_in("12345", 401, "unauthorized");
    try_log_in("123456789", 401, "unauthorized");
    now += minute;
    try_log_in(code_at(secret, now), 200, NULL);
}

static void guessed_codes_are_throttled(void **state)
{
    char secret[IDENTITY_FACTOR_SIZE];
    (void)state;

    switch_on(secret);
    for (int i = 0; i < IDENTITY_MISSES_MAX; i++)
        try_log_in("", 401, "code_needed"); /* a right password is no miss */
    for (int i = 0; i < IDENTITY_MISSES_MAX; i++)
        try_log_in("000000", 401, "unauthorized");
    try_log_in(code_at(secret, now), 429, "throttled");
}

static void a_lost_phone_is_taken_off(void **state)
{
    char secret[IDENTITY_FACTOR_SIZE];
    (void)state;

    switch_on(secret);
    assert_int_equal(identity_factor_off(identity, "nobody"), -ENOENT);
    assert_int_equal(identity_factor_off(identity, "suzuki"), 0);
    (void)log_in("suzuki right password");
}

static void article_33_a_loss_locks_at_once(void **state)
{
    struct session session = log_in("suzuki right password");
    (void)state;

    struct rig_answer answer = send_with("GET", "/people", session.cookie, "");
    assert_int_equal(answer.status, 200);
    rig_free(&answer);
    assert_int_equal(identity_user_lock(identity, "suzuki", true), 0);
    expect(send_with("GET", "/people", session.cookie, ""), 401, "unauthorized");
    try_log_in("", 401, "unauthorized"); /* says nothing of the lock */
    assert_int_equal(identity_user_password(identity, "suzuki", "a fresh password"), 0);
    expect(send_with("POST", "/login", "", "suzuki a fresh password"), 401, "unauthorized");
    assert_int_equal(identity_user_lock(identity, "suzuki", false), 0);
    (void)log_in("suzuki a fresh password");
    assert_int_equal(identity_user_lock(identity, "nobody", true), -ENOENT);
}

static void article_33_recovery_codes_open_once_each(void **state)
{
    struct identity_recovery first, second;
    char secret[IDENTITY_FACTOR_SIZE];
    (void)state;

    switch_on(secret);
    assert_int_equal(identity_recovery_make(identity, "suzuki", &first), 0);
    try_log_in(first.codes[0], 200, NULL);
    try_log_in(first.codes[0], 401, "unauthorized"); /* once */
    try_log_in(first.codes[IDENTITY_RECOVERY_COUNT - 1], 200, NULL);
    assert_int_equal(identity_recovery_make(identity, "suzuki", &second), 0);
    try_log_in(first.codes[1], 401, "unauthorized"); /* the newer ones hold */
    try_log_in(second.codes[1], 200, NULL);
    assert_int_equal(identity_factor_off(identity, "suzuki"), 0);
    switch_on(secret);
    try_log_in(second.codes[2], 401, "unauthorized"); /* gone with their factor */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(counts_from_its_confirmation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_code_holds_once_and_near_its_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(guessed_codes_are_throttled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_phone_is_taken_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(article_33_a_loss_locks_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(article_33_recovery_codes_open_once_each, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
