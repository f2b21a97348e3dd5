#include "identity_rig.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* -- devices ----------------------------------------------------------------------------------- */

static void make_code(char code[static IDENTITY_CODE_SIZE])
{
    assert_int_equal(identity_code_make(identity, SITE_A, 24 * hour, code), 0);
}

struct device {
    char id[IDENTITY_ID_SIZE];
    char bearer[TEXT_SIZE];
};

static struct device enrol_with(const char *code)
{
    struct device device;
    char token[64];
    struct rig_answer answer = send_with("POST", "/enrol", "", code);
    assert_int_equal(answer.status, 201);
    assert_int_equal(sscanf(answer.body, "%36s %63s", device.id, token), 2);
    (void)snprintf(device.bearer, sizeof device.bearer, "Authorization: Bearer %s\r\n", token);
    rig_free(&answer);
    return device;
}

static void test_enrolment(void **state)
{
    (void)state;
    char code[IDENTITY_CODE_SIZE], expected[TEXT_SIZE];
    make_code(code);
    assert_int_equal(strlen(code), 9);
    assert_int_equal(code[4], '-');
    assert_int_equal(strspn(code, "ABCDEFGHJKMNPRSTUWXY-"), 9);

    struct device device = enrol_with(code);
    (void)snprintf(expected, sizeof expected, "device %s \"kiosk\" a1 b0", device.id);
    expect(rig_get(port, "/device", device.bearer), 200, expected);
    expect(send_with("POST", "/device", device.bearer, ""), 200, expected); /* no CSRF token */
    expect(rig_get(port, "/people", device.bearer), 403, "forbidden");
    expect(send_with("POST", "/enrol", "", code), 403, "used_code");
}

static void test_an_answer_that_was_lost_comes_again(void **state)
{
    static const char mine[] = "/enrol?secret=0123456789012345678901234567890123456789_-x",
                      other[] = "/enrol?secret=0123456789012345678901234567890123456789_-y";
    char code[IDENTITY_CODE_SIZE], first[TEXT_SIZE];
    struct rig_answer answer;

    (void)state;
    make_code(code);
    answer = send_with("POST", mine, "", code);
    assert_int_equal(answer.status, 201);
    (void)snprintf(first, sizeof first, "%s", answer.body);
    rig_free(&answer);
    expect(send_with("POST", mine, "", code), 201, first); /* same device, same token */
    expect(send_with("POST", other, "", code), 403, "used_code");
    expect(send_with("POST", "/enrol", "", code), 403, "used_code");
    expect(send_with("POST", "/enrol?secret=short", "", code), 400, "bad_request");
    now += IDENTITY_AGAIN_MS;
    expect(send_with("POST", mine, "", code), 201, first);
    now += 1;
    expect(send_with("POST", mine, "", code), 403, "used_code");

    make_code(code);
    answer = send_with("POST", mine, "", code);
    (void)snprintf(first, IDENTITY_ID_SIZE, "%s", answer.body);
    rig_free(&answer);
    assert_int_equal(identity_device_revoke(identity, first), 0);
    expect(send_with("POST", mine, "", code), 403, "used_code");
}

static void test_sloppy_code(void **state)
{
    (void)state;
    char code[IDENTITY_CODE_SIZE], typed[32];
    make_code(code);
    (void)snprintf(typed, sizeof typed, " %.2s %.2s  %s ", code, code + 2, code + 5);
    for (char *c = typed; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    (void)enrol_with(typed);
}

static void test_bad_codes(void **state)
{
    (void)state;
    char code[IDENTITY_CODE_SIZE];
    int64_t began = rig_now();
    expect(send_with("POST", "/enrol", "", "ABCD-EFGH"), 403, "unknown_code");
    assert_true(rig_now() - began >= 1000);
    expect(send_with("POST", "/enrol", "", ""), 403, "unknown_code");
    make_code(code);
    atomic_fetch_add(&now, 24 * hour + 1);
    expect(send_with("POST", "/enrol", "", code), 403, "expired_code");
}

static void test_codes_are_throttled(void **state)
{
    (void)state;
    const char *bodies[16];
    char code[IDENTITY_CODE_SIZE];
    int missed = 0, throttled = 0;
    for (int i = 0; i < 16; i++)
        bodies[i] = "ABCD-EFGH";
    send_many(16, "/enrol", bodies, 403, &missed, 429, &throttled);
    assert_int_equal(missed, 10);
    assert_int_equal(throttled, 6);
    make_code(code);
    expect(send_with("POST", "/enrol", "", code), 429, "throttled");
    atomic_fetch_add(&now, 10 * minute + 1);
    (void)enrol_with(code);
}

static void test_undone_enrolment_keeps_the_code(void **state)
{
    (void)state;
    char code[IDENTITY_CODE_SIZE];
    make_code(code);
    expect(send_with("POST", "/enrol?undo", "", code), 200, "undone");
    (void)enrol_with(code);
}

/* -- pairing ----------------------------------------------------------------------------------- */

static const char secret_a[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1";
static const char secret_b[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA2";

static void begin_pairing(const char *secret, char code[static IDENTITY_CODE_SIZE])
{
    struct rig_answer answer = send_with("POST", "/pair", "", secret);
    assert_int_equal(answer.status, 200);
    assert_int_equal(sscanf(answer.body, "waiting %9s", code), 1);
    rig_free(&answer);
    assert_int_equal(strspn(code, "ABCDEFGHJKMNPRSTUWXY-"), 9);
}

static void test_pairing(void **state)
{
    (void)state;
    char code[IDENTITY_CODE_SIZE], other[IDENTITY_CODE_SIZE];
    struct identity_device found;
    begin_pairing(secret_a, code);
    begin_pairing(secret_b, other);
    expect(send_with("POST", "/pair", "", secret_a), 200, "waiting "); /* told once */
    expect(send_with("POST", "/enrol", "", secret_a), 403, "unknown_code");
    expect(send_with("POST", "/enrol", "", code), 403, "unknown_code"); /* who only reads it */
    assert_int_equal(identity_pair_confirm(identity, "ABCD-EFGH", SITE_A, "", ""), -ENOENT);
    assert_int_equal(identity_pair_confirm(identity, "nonsense", SITE_A, "", ""), -ENOENT);
    assert_int_equal(identity_pair_confirm(identity, code, SITE_A, "入口", ""), 0);
    assert_int_equal(identity_pair_confirm(identity, code, SITE_B, "", ""), -ENOENT); /* once */
    expect(send_with("POST", "/pair", "", secret_a), 200, "confirmed");
    expect(send_with("POST", "/pair", "", secret_b), 200, "waiting ");
    struct device device = enrol_with(secret_a);
    assert_int_equal(identity_device_find(identity, device.id, &found), 0);
    assert_string_equal(found.name, "入口");
    expect(send_with("POST", "/pair", "", secret_a), 403, "used_code");
    expect(send_with("POST", "/enrol", "", secret_a), 403, "used_code");
    expect(send_with("POST", "/pair", "", "short"), 400, "bad_request");
}

static void test_pairing_expires(void **state)
{
    (void)state;
    char code[IDENTITY_CODE_SIZE], later[IDENTITY_CODE_SIZE];
    begin_pairing(secret_a, code);
    atomic_fetch_add(&now, 15 * minute);
    assert_int_equal(identity_pair_confirm(identity, code, SITE_A, "", ""), -ENOENT);
    begin_pairing(secret_a, later); /* the screen shows a new one */
    assert_string_not_equal(code, later);
    assert_int_equal(identity_pair_confirm(identity, code, SITE_A, "", ""), -ENOENT);
    assert_int_equal(identity_pair_confirm(identity, later, SITE_A, "", ""), 0);
    atomic_fetch_add(&now, 15 * minute + 1); /* the device was switched off meanwhile */
    expect(send_with("POST", "/enrol", "", secret_a), 403, "expired_code");
    expect(send_with("POST", "/pair", "", secret_a), 403, "expired_code");
}

static void test_pairing_is_throttled(void **state)
{
    (void)state;
    char secret[sizeof secret_a], code[IDENTITY_CODE_SIZE];
    memcpy(secret, secret_a, sizeof secret);
    for (int i = 0; i < 10; i++) {
        secret[0] = (char)('a' + i);
        begin_pairing(secret, code);
    }
    expect(send_with("POST", "/pair", "", secret), 200, "waiting "); /* asking is free */
    expect(send_with("POST", "/pair", "", secret_b), 429, "throttled");
    atomic_fetch_add(&now, 10 * minute + 1);
    begin_pairing(secret_b, code);
}

struct listing {
    int count, revoked;
    char last[IDENTITY_ID_SIZE];
};

static void list_device(const struct identity_device *device, void *context)
{
    struct listing *listing = context;
    listing->count++;
    listing->revoked += device->revoked != 0;
    (void)snprintf(listing->last, sizeof listing->last, "%s", device->device);
}

static void test_revocation(void **state)
{
    (void)state;
    char code[IDENTITY_CODE_SIZE];
    struct identity_device found;
    struct listing listing = {0};
    make_code(code);
    struct device first = enrol_with(code);
    atomic_fetch_add(&now, 1);
    make_code(code);
    struct device second = enrol_with(code);

    assert_int_equal(identity_device_revoke(identity, first.id), 0);
    assert_int_equal(identity_device_revoke(identity, first.id), 0);
    assert_int_equal(identity_device_revoke(identity, SITE_A), -ENOENT);
    expect(rig_get(port, "/device", first.bearer), 401, "unauthorized");
    struct rig_answer answer = rig_get(port, "/device", second.bearer);
    assert_int_equal(answer.status, 200);
    rig_free(&answer);
    assert_int_equal(identity_devices(identity, SITE_A, list_device, &listing), 0);
    assert_int_equal(listing.count, 2);
    assert_int_equal(listing.revoked, 1);
    assert_string_equal(listing.last, second.id);
    assert_int_equal(identity_device_find(identity, first.id, &found), 0);
    assert_int_equal(found.revoked, atomic_load(&now));
    assert_string_equal(found.name, "kiosk");
    assert_int_equal(identity_device_find(identity, SITE_A, &found), -ENOENT);
}

static void test_site_is_full(void **state)
{
    (void)state;
    char code[IDENTITY_CODE_SIZE];
    struct device device = {0};
    for (int i = 0; i < IDENTITY_DEVICES_MAX; i++) {
        make_code(code);
        device = enrol_with(code);
    }
    make_code(code);
    expect(send_with("POST", "/enrol", "", code), 409, "full");
    assert_int_equal(identity_device_revoke(identity, device.id), 0);
    (void)enrol_with(code); /* the refusal did not use it up */
}

/* -- what a thief of the database finds -------------------------------------------------------- */

static void expect_absent(const char *path, const char *secret)
{
    static char bytes[4 * 1024 * 1024];
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    assert_true(size > 0 && size < sizeof bytes);
    assert_null(memmem(bytes, size, secret, strlen(secret)));
    (void)fclose(file);
}

static void test_no_secret_is_stored(void **state)
{
    (void)state;
    char code[IDENTITY_CODE_SIZE], plain[IDENTITY_CODE_SIZE], wal[128];
    make_code(code);
    char shown[IDENTITY_CODE_SIZE], shown_plain[IDENTITY_CODE_SIZE];
    begin_pairing(secret_b, shown);
    (void)snprintf(shown_plain, sizeof shown_plain, "%.4s%s", shown, shown + 5);
    struct device device = enrol_with(code);
    struct session session = log_in("suzuki right password");
    struct rig_answer answer = send_with("POST", "/login", "", "typed-by-mistake x");
    rig_free(&answer);
    (void)snprintf(plain, sizeof plain, "%.4s%s", code, code + 5);
    (void)snprintf(wal, sizeof wal, "%s-wal", db_path);
    session.cookie[strcspn(session.cookie, "\r")] = '\0';
    device.bearer[strcspn(device.bearer, "\r")] = '\0';
    const char *const secrets[] = {"right password",
                                   "typed-by-mistake",
                                   code,
                                   plain,
                                   secret_b,
                                   shown,
                                   shown_plain,
                                   strchr(session.cookie, '=') + 1,
                                   strstr(device.bearer, "Bearer ") + 7};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        assert_true(strlen(secrets[i]) >= 8);
        expect_absent(db_path, secrets[i]);
        expect_absent(wal, secrets[i]);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_enrolment),
        CASE(test_an_answer_that_was_lost_comes_again),
        CASE(test_sloppy_code),
        CASE(test_bad_codes),
        CASE(test_codes_are_throttled),
        CASE(test_undone_enrolment_keeps_the_code),
        CASE(test_pairing),
        CASE(test_pairing_expires),
        CASE(test_pairing_is_throttled),
        CASE(test_revocation),
        CASE(test_site_is_full),
        CASE(test_no_secret_is_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
