/* Check-in: by number, card, link and code; without a line by the kiosk's own copy, or by a number
 * that claims the booking. */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "station_fixture.h"

enum { MINUTE_MS = 60 * 1000 };

static const char card[] = "00-7391";

/* A booking that staff made; url as the cloud told it. */
struct booking {
    char number[NUMBER_TEXT_SIZE], url[128], code[24];
};

static void take_text(const cJSON *json, const char *key, char *ret, size_t size)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));
    assert_non_null(text);
    (void)snprintf(ret, size, "%s", text);
}

/* slot_min from now; 0 = a turn booking. */
static struct booking book(struct fixture *f, int slot_min, const char *with_card)
{
    static int bookings;
    struct booking booking;
    char body[400], slot[100] = "", owner[60] = "";
    long status = 0;
    int64_t from = (int64_t)time(NULL) * 1000 + slot_min * (int64_t)MINUTE_MS;
    if (slot_min)
        (void)snprintf(slot, sizeof slot, ",\"slot_from\":%lld,\"slot_to\":%lld", (long long)from,
                       (long long)from + 60 * MINUTE_MS);
    if (with_card)
        (void)snprintf(owner, sizeof owner, ",\"card\":\"%s\"", with_card);
    (void)snprintf(body, sizeof body,
                   "{\"ticket\":\"b00c0000-0000-4000-8000-%012d\",\"booking\":true%s%s}",
                   ++bookings, slot, owner);
    cJSON *answer =
        cloud_rig_ask(&f->cloud, "POST", "/api/v1/queues/1024-1/tickets", body, &status);
    assert_int_equal(status, 201);
    take_text(answer, "number", booking.number, sizeof booking.number);
    take_text(answer, "url", booking.url, sizeof booking.url);
    take_text(answer, "code", booking.code, sizeof booking.code);
    cJSON_Delete(answer);
    return booking;
}

static bool is_reserved(const struct driver *driver)
{
    return strcmp(driver_state(driver, "1"), "reserved") == 0;
}

static void expect_refused(struct fixture *f, const char *code, const char *key)
{
    assert_null(driver_check_in(&f->driver, code, SOON_MS));
    assert_string_equal(f->driver.refused, key);
}

static void a_number_checks_in_once(void **state)
{
    struct fixture *f = *state;
    int count;
    struct booking booking = book(f, 30, NULL);
    const struct station_ticket *ticket = driver_check_in(&f->driver, booking.number, SOON_MS);
    assert_non_null(ticket);
    assert_string_equal(driver_number(ticket), booking.number);
    assert_true(ticket->slot_to - ticket->slot_from == 60 * MINUTE_MS);
    assert_int_equal(ticket->print_count, 1);
    assert_string_equal(ticket->language, "en"); /* as the driver asks */
    assert_string_equal(ticket->url, booking.url);
    assert_string_equal(cloud_rig_state(&f->cloud, booking.number, &count), "waiting");
    /* The answer was lost, or a second tap: the same ticket, and no second slip. */
    ticket = driver_check_in(&f->driver, booking.number, SOON_MS);
    assert_non_null(ticket);
    assert_int_equal(ticket->print_count, 0);
}

/* "4 before you" is of now: screen and slip name the time of the arrival, not of the booking. */
static void an_arrival_has_its_own_time(void **state)
{
    struct fixture *f = *state;
    const struct timespec later = {.tv_nsec = 50 * 1000 * 1000};
    struct booking booking = book(f, 0, NULL);
    int64_t booked = (int64_t)time(NULL) * 1000;
    for (int i = 0; i < 24; i++) /* time() tells whole seconds */
        (void)nanosleep(&later, NULL);
    const struct station_ticket *ticket = driver_check_in(&f->driver, booking.number, SOON_MS);
    assert_non_null(ticket);
    assert_true(ticket->accepted_ms > booked + 1000);
    ticket = driver_check_in(&f->driver, booking.number, SOON_MS);
    assert_non_null(ticket);
    assert_true(ticket->accepted_ms > booked + 1000);
}

/* Arrivals in the cloud's log that a kiosk has told itself. */
static int own_arrivals(const struct fixture *f)
{
    static const char sql[] =
        "SELECT count(*) FROM log WHERE kind = 'ticket_arrived' AND counter > 0";
    char path[sizeof f->cloud.data + 16];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    (void)snprintf(path, sizeof path, "%s/machiai.db", f->cloud.data);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int count = sqlite3_column_int(stmt, 0);
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    return count;
}

/* The cloud answers with its own event, the kiosk never gets it, and the cloud comes back from a
 * backup: only the kiosk knows that the holder of its slip is there. */
static void a_kiosk_tells_an_arrival_itself(void **state)
{
    struct fixture *f = *state;
    struct booking booking = book(f, 30, NULL);
    assert_non_null(driver_check_in(&f->driver, booking.number, SOON_MS));
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    assert_int_equal(own_arrivals(f), 1);
    assert_non_null(driver_check_in(&f->driver, booking.number, SOON_MS));
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    assert_int_equal(own_arrivals(f), 1); /* once a slip */
}

static void a_booking_taken_in_at_another_kiosk_gets_no_second_slip(void **state)
{
    struct fixture *f = *state;
    static struct driver second;
    char data[sizeof f->data + 8], code[16];
    struct booking booking = book(f, 30, NULL);
    cloud_rig_code(&f->cloud, code);
    (void)snprintf(data, sizeof data, "%s-2", f->data);
    driver_init(&second, &f->cloud, data, code);
    driver_start(&second);
    assert_true(driver_wait(&second, driver_ready, SOON_MS));
    assert_non_null(driver_check_in(&f->driver, booking.number, SOON_MS));
    assert_null(driver_check_in(&second, booking.number, SOON_MS));
    assert_string_equal(second.refused, "refused.no_booking");
    driver_finish(&second);
}

static void a_link_its_code_and_its_first_half_check_in(void **state)
{
    struct fixture *f = *state;
    struct booking link = book(f, 0, NULL), code = book(f, 0, NULL), half = book(f, 0, NULL);
    char typed[16];
    assert_string_equal(driver_number(driver_check_in(&f->driver, link.url, SOON_MS)), link.number);
    assert_string_equal(driver_number(driver_check_in(&f->driver, code.code, SOON_MS)),
                        code.number);
    (void)snprintf(typed, sizeof typed, "%.4s-%.4s", half.code, half.code + 4);
    assert_string_equal(driver_number(driver_check_in(&f->driver, typed, SOON_MS)), half.number);
}

static bool found_in_files(struct fixture *f, const char *text)
{
    char command[2 * CLOUD_PATH_MAX];
    (void)snprintf(command, sizeof command, "grep -aqr -e '%s' '%s'", text, f->cloud.data);
    return system(command) == 0;
}

/* The card is as typed at the kiosk, hyphens or full-width digits or not; nobody can read it. */
static void a_card_checks_in_and_is_kept_nowhere(void **state)
{
    struct fixture *f = *state;
    struct booking booking = book(f, 30, card);
    const struct station_ticket *ticket = driver_check_in(&f->driver,
                                                          "\xef\xbc\x90\xef\xbc\x90"
                                                          "7391",
                                                          SOON_MS);
    assert_string_equal(driver_number(ticket), booking.number);
    assert_false(found_in_files(f, "007391"));
    assert_false(found_in_files(f, card));
    assert_true(found_in_files(f, "ticket_booked")); /* the search does find what is there */
}

static void what_is_no_booking_is_refused(void **state)
{
    struct fixture *f = *state;
    (void)book(f, 120, NULL);
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "2");
    expect_refused(f, "1", "refused.too_early");
    expect_refused(f, "2", "refused.no_booking"); /* a walk-in's */
    expect_refused(f, "77", "refused.no_booking");
    expect_refused(f, "nobody's", "refused.no_booking");
    expect_refused(f, "-/-", "refused.no_booking");
    assert_int_equal(station_check_in(f->driver.station, 1, "", "ja"), -EINVAL);
    assert_int_equal(station_check_in(f->driver.station, 1, "1", ""), -EINVAL);
}

static void without_a_line_a_known_number_arrives(void **state)
{
    struct fixture *f = *state;
    int count;
    (void)book(f, 30, NULL);
    assert_true(driver_wait(&f->driver, is_reserved, SOON_MS));
    fixture_cut(f);
    const struct station_ticket *ticket = driver_check_in(&f->driver, "1", SOON_MS);
    assert_string_equal(driver_number(ticket), "1");
    assert_int_equal(ticket->print_count, 1);
    assert_true(ticket->slot_from > 0);
    assert_string_equal(driver_state(&f->driver, "1"), "waiting");
    fixture_heal(f);
    assert_string_equal(cloud_rig_state(&f->cloud, "1", &count), "waiting");
}

/* The key of claims comes with the first status: until then only numbers help. */
static void wait_for_key(struct fixture *f)
{
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    driver_idle(&f->driver, 1500);
}

static void without_a_line_a_card_is_claimed_and_resolved(void **state)
{
    struct fixture *f = *state;
    const char *number;
    int count;
    struct booking slot = book(f, 30, card);
    wait_for_key(f);
    fixture_cut(f);
    assert_string_equal(driver_number(driver_check_in(&f->driver, card, SOON_MS)), "A1");
    assert_false(found_in_files(f, "007391"));
    fixture_heal(f);
    assert_string_equal(cloud_rig_state(&f->cloud, "A1", &count), "waiting");
    assert_string_equal(cloud_rig_state(&f->cloud, slot.number, &count), "cancelled");
    assert_int_equal(fixture_notices(f, "claimed", &number), 0);
}

/* The booked turn is the slip's; a booking that nobody finds is staff's to look for. */
static void what_the_cloud_cannot_resolve_goes_to_staff(void **state)
{
    struct fixture *f = *state;
    const char *number;
    int count;
    struct booking turn = book(f, 0, NULL);
    wait_for_key(f);
    fixture_cut(f);
    assert_string_equal(driver_number(driver_check_in(&f->driver, turn.url, SOON_MS)), "A1");
    assert_string_equal(driver_number(driver_check_in(&f->driver, "555555", SOON_MS)), "A2");
    fixture_heal(f);
    assert_string_equal(cloud_rig_state(&f->cloud, turn.number, &count), "cancelled");
    assert_int_equal(fixture_notices(f, "claimed", &number), 1);
    assert_string_equal(number, "A2");
    assert_string_equal(driver_state(&f->driver, turn.number), "cancelled"); /* here too */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_WARM(a_number_checks_in_once),
        FIXTURE_WARM(an_arrival_has_its_own_time),
        FIXTURE_WARM(a_kiosk_tells_an_arrival_itself),
        FIXTURE_WARM(a_booking_taken_in_at_another_kiosk_gets_no_second_slip),
        FIXTURE_WARM(a_link_its_code_and_its_first_half_check_in),
        FIXTURE_WARM(a_card_checks_in_and_is_kept_nowhere),
        FIXTURE_WARM(what_is_no_booking_is_refused),
        FIXTURE_WARM(without_a_line_a_known_number_arrives),
        FIXTURE_WARM(without_a_line_a_card_is_claimed_and_resolved),
        FIXTURE_WARM(what_the_cloud_cannot_resolve_goes_to_staff),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
