/* Terms 3(19), 4.3 and appendix 2: when the service runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "hours.h"
#include "session.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

/* A moment by the clock in Japan. */
static int64_t at(const char *date, int hour, int minute)
{
    int64_t day = 0;

    assert_int_equal(civil_date_to_ms(date, 540, &day), 0);
    return day + (int64_t)hour * HOUR + (int64_t)minute * MINUTE;
}

static const struct hours plain = {.count = 0};

static void appendix_2_from_six_to_midnight_every_day(void **state)
{
    static const char *const dates[] = {"2026-11-22", "2026-11-23", "2026-12-31", "2027-01-01"};

    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_false(hours_open(&plain, at(dates[i], 0, 0)));
        assert_false(hours_open(&plain, at(dates[i], 6, 0) - 1));
        assert_true(hours_open(&plain, at(dates[i], 6, 0)));
        assert_true(hours_open(&plain, at(dates[i], 24, 0) - 1));
    }
    /* before 1970, by a clock that was not set: 03:00 and 23:00 in Japan */
    assert_false(hours_open(&plain, -30 * (int64_t)HOUR));
    assert_true(hours_open(&plain, -10 * (int64_t)HOUR));
}

static void the_next_change_is_six_or_midnight(void **state)
{
    (void)state;
    assert_int_equal(hours_change(&plain, at("2026-11-23", 3, 10)), at("2026-11-23", 6, 0));
    assert_int_equal(hours_change(&plain, at("2026-11-23", 6, 0)), at("2026-11-24", 0, 0));
    assert_int_equal(hours_change(&plain, at("2026-12-31", 23, 59)), at("2027-01-01", 0, 0));
}

static void article_3_19_announced_exceptions_change_them(void **state)
{
    struct hours hours = {.count = 2};

    (void)state;
    hours.exceptions[0] = (struct hours_exception){at("2026-11-25", 22, 0), at("2026-11-26", 8, 0),
                                                   false}; /* past the night */
    hours.exceptions[1] =
        (struct hours_exception){at("2026-11-27", 0, 0), at("2026-11-27", 6, 0), true};
    assert_true(hours_open(&hours, at("2026-11-25", 21, 59)));
    assert_false(hours_open(&hours, at("2026-11-25", 22, 0)));
    assert_false(hours_open(&hours, at("2026-11-26", 7, 59)));
    assert_true(hours_open(&hours, at("2026-11-26", 8, 0)));
    assert_int_equal(hours_change(&hours, at("2026-11-25", 12, 0)), at("2026-11-25", 22, 0));
    assert_int_equal(hours_change(&hours, at("2026-11-25", 23, 0)), at("2026-11-26", 8, 0));
    /* the night that is served joins both days */
    assert_int_equal(hours_change(&hours, at("2026-11-26", 12, 0)), at("2026-11-28", 0, 0));
}

static void where_two_meet_the_later_announcement_holds(void **state)
{
    struct hours hours = {.count = 2};

    (void)state;
    hours.exceptions[0] =
        (struct hours_exception){at("2026-11-25", 10, 0), at("2026-11-25", 20, 0), false};
    hours.exceptions[1] =
        (struct hours_exception){at("2026-11-25", 12, 0), at("2026-11-25", 14, 0), true};
    assert_false(hours_open(&hours, at("2026-11-25", 11, 0)));
    assert_true(hours_open(&hours, at("2026-11-25", 13, 0)));
    assert_false(hours_open(&hours, at("2026-11-25", 15, 0)));
}

/* -- what was announced ------------------------------------------------------------------------ */

struct store {
    char path[64];
    struct db *db;
};

static int set_up(void **state)
{
    struct store *store = calloc(1, sizeof(*store));
    char error[DB_ERROR_SIZE];

    (void)snprintf(store->path, sizeof(store->path), "/tmp/machiai-hours-XXXXXX");
    assert_true(close(mkstemp(store->path)) == 0);
    assert_int_equal(db_open(store->path, &store->db, error, sizeof(error)), 0);
    assert_int_equal(hours_migrate(store->db, error, sizeof(error)), 0);
    *state = store;
    return 0;
}

static int tear_down(void **state)
{
    struct store *store = *state;
    char path[80];

    db_close(store->db);
    (void)unlink(store->path);
    (void)snprintf(path, sizeof(path), "%s-wal", store->path);
    (void)unlink(path);
    (void)snprintf(path, sizeof(path), "%s-shm", store->path);
    (void)unlink(path);
    free(store);
    return 0;
}

static void article_3_19_only_beforehand(void **state)
{
    struct store *store = *state;
    int64_t now = at("2026-11-25", 12, 0);
    struct hours_exception late = {now, now + HOUR, false}, none = {now + HOUR, now + HOUR, false};
    char id[HOURS_ID_SIZE];

    assert_int_equal(hours_announce(store->db, &late, "op", now, id), -ERANGE);
    assert_int_equal(hours_announce(store->db, &none, "op", now, id), -ERANGE);
}

static void an_announcement_holds_until_it_is_over_or_taken_back(void **state)
{
    struct store *store = *state;
    int64_t now = at("2026-11-25", 12, 0), change = 0;
    struct hours_exception closed = {now + HOUR, now + 2 * HOUR, false};
    char id[HOURS_ID_SIZE], other[HOURS_ID_SIZE];
    struct hours hours;
    bool open = false;

    assert_int_equal(hours_announce(store->db, &closed, "op", now, id), 0);
    assert_int_equal(hours_now(store->db, now + HOUR, NULL, &open, &change), 0);
    assert_false(open);
    assert_int_equal(change, now + 2 * HOUR);
    assert_int_equal(hours_load(store->db, now + 2 * HOUR, &hours), 0);
    assert_int_equal(hours.count, 0);
    assert_int_equal(hours_withdraw(store->db, id, now + 2 * HOUR), -ENOENT); /* it has been */

    closed.from += 3 * HOUR, closed.to += 3 * HOUR;
    assert_int_equal(hours_announce(store->db, &closed, "op", now, other), 0);
    assert_int_equal(hours_withdraw(store->db, other, now), 0);
    assert_int_equal(hours_now(store->db, closed.from, NULL, &open, &change), 0);
    assert_true(open);
}

static void no_more_are_announced_than_are_remembered(void **state)
{
    struct store *store = *state;
    int64_t now = at("2026-11-25", 12, 0);
    char id[HOURS_ID_SIZE];

    for (int i = 0; i <= HOURS_EXCEPTIONS_MAX; i++) {
        struct hours_exception closed = {now + (i + 1) * (int64_t)HOUR,
                                         now + (i + 2) * (int64_t)HOUR, false};

        assert_int_equal(hours_announce(store->db, &closed, "op", now, id),
                         i < HOURS_EXCEPTIONS_MAX ? 0 : -ENOSPC);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appendix_2_from_six_to_midnight_every_day),
        cmocka_unit_test(the_next_change_is_six_or_midnight),
        cmocka_unit_test(article_3_19_announced_exceptions_change_them),
        cmocka_unit_test(where_two_meet_the_later_announcement_holds),
        cmocka_unit_test_setup_teardown(article_3_19_only_beforehand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_announcement_holds_until_it_is_over_or_taken_back,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_more_are_announced_than_are_remembered, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
