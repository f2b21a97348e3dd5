#include "identity_private.h"
#include "identity_rig.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* -- people ------------------------------------------------------------------------------------ */

static void test_users(void **state)
{
    (void)state;
    struct identity *i = identity;
    assert_int_equal(identity_user_add(i, "suzuki", "x", IDENTITY_STAFF, "12345678"), -EEXIST);
    assert_int_equal(identity_user_add(i, "Suzuki", "x", IDENTITY_STAFF, "12345678"), -EINVAL);
    assert_int_equal(identity_user_add(i, "", "x", IDENTITY_STAFF, "12345678"), -EINVAL);
    assert_int_equal(identity_user_add(i, "a b", "x", IDENTITY_STAFF, "12345678"), -EINVAL);
    assert_int_equal(identity_user_add(i, "ok", "", IDENTITY_STAFF, "12345678"), -EINVAL);
    assert_int_equal(identity_user_add(i, "ok", "x", IDENTITY_DEVICE, "12345678"), -EINVAL);
    assert_int_equal(identity_user_add(i, "ok", "x", IDENTITY_PEOPLE, "12345678"), -EINVAL);
    assert_int_equal(identity_user_add(i, "ok", "x", IDENTITY_STAFF, "1234567"), -EINVAL);
    assert_int_equal(identity_user_add(i, "ok", "x", IDENTITY_STAFF, "12345678"), 0);
    assert_int_equal(identity_user_site_add(i, "ok", SITE_A), 0);
    assert_int_equal(identity_user_site_add(i, "ok", SITE_A), 0);
    assert_int_equal(identity_user_site_add(i, "nobody", SITE_A), -ENOENT);
    assert_int_equal(identity_user_password(i, "nobody", "12345678"), -ENOENT);
    assert_int_equal(identity_role_parse("contractor"), IDENTITY_CONTRACTOR);
    assert_int_equal(identity_role_parse("device"), 0);
    assert_int_equal(identity_role_parse(""), 0);
}

static void test_made_passwords(void **state)
{
    (void)state;
    char first[40], second[40];
    identity_password_make(first);
    identity_password_make(second);
    assert_true(strlen(first) >= 16);
    assert_string_not_equal(first, second);
    for (const char *c = first; *c; c++)
        assert_true(strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *c) != NULL);
}

static void test_log_in_and_out(void **state)
{
    (void)state;
    struct rig_answer answer = send_with("POST", "/login", "", "suzuki right password");
    assert_int_equal(answer.status, 200);
    const char *cookie = rig_header(&answer, "Set-Cookie");
    assert_non_null(strstr(cookie, "; HttpOnly"));
    assert_non_null(strstr(cookie, "; Secure"));
    assert_non_null(strstr(cookie, "; SameSite=Strict"));
    assert_non_null(strstr(cookie, "; Path=/"));
    rig_free(&answer);

    struct session session = log_in("Suzuki right password");
    expect(rig_get(port, "/people", session.cookie), 200, "staff suzuki \"鈴木\" a1 b0");
    expect(rig_get(port, "/any", session.cookie), 200, "staff suzuki \"鈴木\" a1 b0");
    expect(rig_get(port, "/device", session.cookie), 403, "forbidden");
    expect(rig_get(port, "/forgotten", session.cookie), 403, "forbidden");
    expect(send_with("POST", "/logout", session.all, ""), 204, "");
    expect(rig_get(port, "/people", session.cookie), 401, "unauthorized");
    expect(rig_get(port, "/any", session.cookie), 200, "anyone  \"\" a0 b0");
}

static void test_strangers(void **state)
{
    (void)state;
    expect(rig_get(port, "/any", ""), 200, "anyone  \"\" a0 b0");
    expect(rig_get(port, "/people", ""), 401, "unauthorized");
    expect(rig_get(port, "/forgotten", ""), 401, "unauthorized");
    expect(rig_get(port, "/people", "Cookie: machiai_session=\r\n"), 401, "unauthorized");
    expect(rig_get(port, "/device", "Authorization: Bearer \r\n"), 401, "unauthorized");
    expect(rig_get(port, "/device", "Authorization: Basic YTpi\r\n"), 401, "unauthorized");
}

static void test_csrf(void **state)
{
    (void)state;
    struct session mine = log_in("suzuki right password"), other = log_in("suzuki right password");
    char wrong[TEXT_SIZE * 2];

    expect(send_with("POST", "/people", mine.all, ""), 200, "staff suzuki \"鈴木\" a1 b0");
    expect(send_with("POST", "/people", mine.cookie, ""), 403, "csrf");
    (void)snprintf(wrong, sizeof wrong, "%s%s", mine.cookie, strstr(other.all, "X-CSRF"));
    expect(send_with("POST", "/people", wrong, ""), 403, "csrf");
    (void)snprintf(wrong, sizeof wrong, "%sX-CSRF-Token: \r\n", mine.cookie);
    expect(send_with("POST", "/people", wrong, ""), 403, "csrf");
    /* where anyone may call, another site's page acts as a stranger, not as the user */
    expect(send_with("POST", "/any", mine.cookie, ""), 200, "anyone  \"\" a0 b0");
    expect(send_with("POST", "/any", mine.all, ""), 200, "staff suzuki \"鈴木\" a1 b0");
}

static void test_roles_and_sites(void **state)
{
    (void)state;
    assert_int_equal(identity_user_add(identity, "ito", "伊藤", IDENTITY_OPERATOR, "operator pw"),
                     0);
    struct session operator= log_in("ito operator pw");
    expect(rig_get(port, "/people", operator.cookie), 200, "operator ito \"伊藤\" a1 b1");
    expect(rig_get(port, "/staff", operator.cookie), 403, "forbidden");
}

static void test_idle_session_ends(void **state)
{
    (void)state;
    struct session session = log_in("suzuki right password");
    for (int i = 0; i < 3; i++) {
        atomic_fetch_add(&now, 11 * hour);
        expect(rig_get(port, "/people", session.cookie), 200, "staff suzuki \"鈴木\" a1 b0");
    }
    atomic_fetch_add(&now, 12 * hour + minute);
    expect(rig_get(port, "/people", session.cookie), 401, "unauthorized");
}

/* What writes to sessions finds no room any more. */
static void fill_the_disk(void)
{
    assert_true(db_run(db, "CREATE TABLE ballast (weight BLOB)", "") >= 0);
    assert_true(db_run(db,
                       "CREATE TRIGGER full_begin BEFORE INSERT ON web_sessions BEGIN"
                       " INSERT INTO ballast VALUES (randomblob(9000000)); END",
                       "") >= 0);
    assert_true(db_run(db,
                       "CREATE TRIGGER full_seen BEFORE UPDATE ON web_sessions BEGIN"
                       " INSERT INTO ballast VALUES (randomblob(9000000)); END",
                       "") >= 0);
    assert_true(db_run(db, "PRAGMA max_page_count = 1000", "") >= 0);
}

/* Whoever is logged in goes on with the line: only writing is refused, and says why. */
static void test_a_full_disk_logs_nobody_out(void **state)
{
    (void)state;
    struct session session = log_in("suzuki right password");
    fill_the_disk();
    atomic_fetch_add(&now, hour);
    expect(rig_get(port, "/people", session.cookie), 200, "staff suzuki \"鈴木\" a1 b0");
    expect(send_with("POST", "/login", "", "suzuki right password"), 507, "full");
}

static void test_new_password_ends_sessions(void **state)
{
    (void)state;
    struct session session = log_in("suzuki right password");
    assert_int_equal(identity_user_password(identity, "suzuki", "newer password"), 0);
    expect(rig_get(port, "/people", session.cookie), 401, "unauthorized");
    session = log_in("suzuki newer password");
    expect(rig_get(port, "/people", session.cookie), 200, "staff suzuki \"鈴木\" a1 b0");
}

static void test_oldest_session_gives_way(void **state)
{
    (void)state;
    struct session first = log_in("suzuki right password");
    for (int i = 1; i < 20; i++)
        assert_int_equal(db_run(db,
                                "INSERT INTO web_sessions (hash, person, began, seen)"
                                " VALUES ($1, 'suzuki', 0, $2)",
                                "ii", (int64_t)i, (int64_t)(now + i)),
                         1);
    expect(rig_get(port, "/people", first.cookie), 200, "staff suzuki \"鈴木\" a1 b0");
    struct session last = log_in("suzuki right password");
    expect(rig_get(port, "/people", last.cookie), 200, "staff suzuki \"鈴木\" a1 b0");
    expect(rig_get(port, "/people", first.cookie), 401, "unauthorized");
}

/* -- wrong passwords --------------------------------------------------------------------------- */

static void test_miss_is_slow_and_says_nothing(void **state)
{
    (void)state;
    int64_t began = rig_now();
    struct rig_answer wrong = send_with("POST", "/login", "", "suzuki wrong password");
    assert_true(rig_now() - began >= 1000);
    began = rig_now();
    struct rig_answer unknown = send_with("POST", "/login", "", "nobody wrong password");
    assert_true(rig_now() - began >= 1000);
    assert_null(rig_header(&wrong, "Set-Cookie"));
    assert_string_equal(wrong.body, unknown.body);
    rig_free(&wrong);
    expect(unknown, 401, "unauthorized");
}

static int64_t work_of(const char *body)
{
    clock_t began = clock();
    struct rig_answer answer = send_with("POST", "/login", "", body);
    rig_free(&answer);
    return (clock() - began) * 1000 / CLOCKS_PER_SEC;
}

/* Who measures the time must not learn which users there are. */
static void test_unknown_user_costs_the_same(void **state)
{
    (void)state;
    int64_t known = work_of("suzuki wrong password"), unknown = work_of("nobody wrong password");
    assert_true(known >= 10);         /* else the measure is worth nothing */
    assert_true(unknown * 5 > known); /* a loaded machine measures badly; no hash at all: 1:50 */
}

/* Twenty at once: ten are looked at, ten are not, however they interleave. */
static void test_throttled_by_user(void **state)
{
    (void)state;
    const char *bodies[20];
    int missed = 0, throttled = 0;
    for (int i = 0; i < 20; i++)
        bodies[i] = "suzuki wrong password";
    send_many(20, "/login", bodies, 401, &missed, 429, &throttled);
    assert_int_equal(missed, 10);
    assert_int_equal(throttled, 10);

    struct rig_answer answer = send_with("POST", "/login", "", "suzuki right password");
    assert_in_range(atoi(rig_header(&answer, "Retry-After")), 1, 600);
    expect(answer, 429, "throttled");
    atomic_fetch_add(&now, 9 * minute);
    answer = send_with("POST", "/login", "", "suzuki right password");
    assert_in_range(atoi(rig_header(&answer, "Retry-After")), 1, 60);
    rig_free(&answer);
    atomic_fetch_add(&now, minute + 1);
    (void)log_in("suzuki right password");
}

/* A clinic is one address: ten tries of somebody in its waiting room do not lock its reception out,
 * fifty do. */
static void test_throttled_by_address(void **state)
{
    (void)state;
    static const char *const bodies[] = {"a x", "b x", "c x", "d x", "e x", "f x",
                                         "g x", "h x", "i x", "j x", "k x", "l x"};
    int missed = 0, throttled = 0;
    for (int i = 0; i < 4; i++) {
        send_many(12, "/login", bodies, 401, &missed, 429, &throttled);
        assert_int_equal(missed, 12);
    }
    (void)log_in("suzuki right password");
    send_many(12, "/login", bodies, 401, &missed, 429, &throttled);
    assert_int_equal(missed, 2);
    assert_int_equal(throttled, 10);
    struct rig_answer answer = send_with("POST", "/login", "", "suzuki right password");
    expect(answer, 429, "throttled");
}

static void miss(const char *from, int count)
{
    for (int i = 0; i < count; i++) {
        char subject[IDENTITY_HASH_SIZE];

        identity_hash("suzuki", subject);
        assert_int_equal(identity_audit_miss(identity, NULL, "login_miss", subject, "", from), 0);
    }
}

static int64_t count_of(const char *act)
{
    int64_t count = -1;

    assert_int_equal(db_get_int(db, &count, "SELECT count(*) FROM audit WHERE act = $1", "t", act),
                     1);
    return count;
}

/* Whoever guesses elsewhere holds up himself. */
static void test_a_stranger_elsewhere_locks_nobody_out(void **state)
{
    static const char stranger[] = "X-Forwarded-For: 198.51.100.7\r\n";
    (void)state;

    miss("198.51.100.7", IDENTITY_MISSES_MAX);
    expect(send_with("POST", "/login", stranger, "suzuki wrong password"), 429, "throttled");
    expect(send_with("POST", "/login", stranger, "suzuki right password"), 429, "throttled");
    (void)log_in("suzuki right password");
}

/* Many addresses together: those that he never came from wait, and it is in the record. */
static void test_many_strangers_hold_up_strange_addresses_alone(void **state)
{
    static const char unknown[] = "X-Forwarded-For: 203.0.113.9\r\n";
    char from[32];
    (void)state;

    (void)log_in("suzuki right password");
    for (int i = 0; i < IDENTITY_ACCOUNT_MISSES_MAX - 1; i++) {
        (void)snprintf(from, sizeof from, "198.51.100.%d", i);
        miss(from, 1);
    }
    assert_int_equal(count_of("login_held"), 0);
    expect(send_with("POST", "/login", "X-Forwarded-For: 192.0.2.1\r\n", "suzuki wrong"), 401,
           "unauthorized");
    assert_int_equal(count_of("login_held"), 1);
    struct rig_answer answer = send_with("POST", "/login", unknown, "suzuki right password");
    assert_in_range(atoi(rig_header(&answer, "Retry-After")), 1, 3600);
    expect(answer, 429, "throttled");
    (void)log_in("suzuki right password"); /* from where he has been before */
    atomic_fetch_add(&now, IDENTITY_ACCOUNT_WINDOW_MS + 1);
    answer = send_with("POST", "/login", unknown, "suzuki right password");
    assert_int_equal(answer.status, 200);
    rig_free(&answer);
}

/* Terms 37: a contractor's sites have one name. */
static void test_whose_a_site_is(void **state)
{
    char whose[IDENTITY_ID_SIZE] = "";
    (void)state;

    assert_int_equal(identity_user_add(identity, "zoe", "Z", IDENTITY_CONTRACTOR, "right password"),
                     0);
    assert_int_equal(identity_user_site_add(identity, "zoe", "site-x"), 0);
    assert_int_equal(identity_user_site_add(identity, "zoe", "site-y"), 0);
    assert_int_equal(identity_contractor(identity, "site-x", whose), 1);
    assert_string_equal(whose, "zoe");
    assert_int_equal(identity_contractor(identity, "site-y", whose), 1);
    assert_string_equal(whose, "zoe");
    assert_int_equal(identity_contractor(identity, "site-z", whose), 0);
}

static void test_right_passwords_do_not_count(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++)
        (void)log_in("suzuki right password");
    int64_t misses = -1, logins = -1;
    assert_int_equal(
        db_get_int(db, &misses, "SELECT count(*) FROM audit WHERE act = $1", "t", "login_miss"), 1);
    assert_int_equal(db_get_int(db, &logins,
                                "SELECT count(*) FROM audit WHERE act = $1 AND who = $2", "tt",
                                "login", "suzuki"),
                     1);
    assert_int_equal(misses, 0);
    assert_int_equal(logins, 12);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_users),
        CASE(test_made_passwords),
        CASE(test_log_in_and_out),
        CASE(test_strangers),
        CASE(test_csrf),
        CASE(test_roles_and_sites),
        CASE(test_idle_session_ends),
        CASE(test_a_full_disk_logs_nobody_out),
        CASE(test_new_password_ends_sessions),
        CASE(test_oldest_session_gives_way),
        CASE(test_miss_is_slow_and_says_nothing),
        CASE(test_unknown_user_costs_the_same),
        CASE(test_throttled_by_user),
        CASE(test_throttled_by_address),
        CASE(test_a_stranger_elsewhere_locks_nobody_out),
        CASE(test_many_strangers_hold_up_strange_addresses_alone),
        CASE(test_whose_a_site_is),
        CASE(test_right_passwords_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
