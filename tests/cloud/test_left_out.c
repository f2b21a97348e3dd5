/* Whoever a kiosk has served while the log judged otherwise: told to staff by number, until
 * somebody has taken them up; and nobody is told of who waits for nothing. */
#include "left_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "intake.h"
#include "notices.h"
#include "recovery.h"
#include "site_rig.h"

static const char kiosk[] = "8308efe8-3051-4f27-b294-d29ff0b0a28f";

/* What a kiosk had done while it was cut off, in the minute `at`; staff have acted meanwhile. */
static struct event of_kiosk(enum event_kind kind, int ticket, const char *seen, int64_t at)
{
    struct event event = rig_act(kind, ticket);
    static int64_t counter = 1;

    strcpy(event.device, kiosk);
    (void)snprintf(event.seen, sizeof(event.seen), "%s", seen);
    event.counter = counter++;
    event.at = at;
    return event;
}

static struct site_put upload(struct rig *rig, struct event event)
{
    struct cloud cloud = rig_cloud(rig);
    struct site_put put;

    assert_int_equal(site_begin(rig->site), 0);
    assert_int_equal(site_put(rig->site, &event, &put), 0);
    assert_int_equal(left_out_logged(&cloud, rig->site, &event, &put), 0);
    assert_int_equal(site_commit(rig->site), 0);
    return put;
}

static void log_event(struct rig *rig, enum event_kind kind, int ticket)
{
    assert_int_equal(upload(rig, rig_act(kind, ticket)).judgement.verdict, VERDICT_APPLIED);
}

/* The last event of a ticket, and its number as text. */
static void look_at(struct rig *rig, int ticket, char ret_last[static UID_SIZE],
                    char ret_number[static NUMBER_TEXT_SIZE])
{
    const struct ticket *found = queue_ticket(site_read(rig->site), rig_uid(ticket));

    assert_non_null(found);
    memcpy(ret_last, found->last_event, UID_SIZE);
    number_format(found->number, ret_number);
    site_read_end(rig->site);
}

static void book(struct rig *rig, int ticket)
{
    struct cloud cloud = rig_cloud(rig);
    struct intake_request request = {
        .desk_no = 1, .persons = 1, .booking = true, .channel = CHANNEL_PHONE};
    struct intake_refusal refusal;
    struct intake_ticket issued;

    strcpy(request.tickets[0], rig_uid(ticket));
    assert_int_equal(intake_issue(&cloud, rig->site, &request, &issued, &refusal), 0);
}

static int told(struct rig *rig)
{
    cJSON *list = notices_json(rig->db, site_id(rig->site));
    int count = cJSON_GetArraySize(list);

    cJSON_Delete(list);
    return count;
}

/* The only notice: its number, and where the ticket stands. */
static void expect_left_out(struct rig *rig, const char *number, const char *state)
{
    cJSON *list = notices_json(rig->db, site_id(rig->site)), *item = list->child, *detail;

    assert_int_equal(cJSON_GetArraySize(list), 1);
    assert_string_equal(cJSON_GetObjectItem(item, "kind")->valuestring, "left_out");
    detail = cJSON_GetObjectItem(item, "detail");
    assert_string_equal(cJSON_GetObjectItem(detail, "number")->valuestring, number);
    assert_string_equal(cJSON_GetObjectItem(detail, "state")->valuestring, state);
    assert_string_equal(cJSON_GetObjectItem(detail, "device")->valuestring, kiosk);
    cJSON_Delete(list);
}

static void test_who_arrived_at_a_kiosk_for_a_cancelled_booking_is_told(void **state)
{
    struct rig *rig = *state;
    char seen[UID_SIZE], number[NUMBER_TEXT_SIZE];

    book(rig, 1);
    look_at(rig, 1, seen, number);
    rig->now += 60000;
    log_event(rig, EVENT_CANCELLED, 1);
    rig->now += 60000;
    assert_int_equal(
        upload(rig, of_kiosk(EVENT_ARRIVED, 1, seen, rig->now - 90000)).judgement.reason,
        REASON_STALE);
    expect_left_out(rig, number, "cancelled");
    log_event(rig, EVENT_RESTORED, 1); /* staff have decided */
    assert_int_equal(told(rig), 0);
}

static void test_who_arrived_while_marked_absent_is_told(void **state)
{
    struct rig *rig = *state;
    char seen[UID_SIZE], number[NUMBER_TEXT_SIZE];

    book(rig, 1);
    look_at(rig, 1, seen, number);
    log_event(rig, EVENT_ABSENT, 1);
    (void)upload(rig, of_kiosk(EVENT_ARRIVED, 1, seen, rig->now));
    expect_left_out(rig, number, "absent");
    log_event(rig, EVENT_WAITING, 1);
    assert_int_equal(told(rig), 0);
}

static void test_an_arrival_that_the_line_has_is_no_news(void **state)
{
    struct rig *rig = *state;
    char seen[UID_SIZE], number[NUMBER_TEXT_SIZE];

    book(rig, 1);
    look_at(rig, 1, seen, number);
    log_event(rig, EVENT_ARRIVED, 1); /* told at the counter as well */
    (void)upload(rig, of_kiosk(EVENT_ARRIVED, 1, seen, rig->now));
    log_event(rig, EVENT_IN_ROOM, 1);
    (void)upload(rig, of_kiosk(EVENT_ARRIVED, 1, seen, rig->now));
    assert_int_equal(told(rig), 0);
}

static void test_a_slip_whose_number_is_anothers_is_told(void **state)
{
    struct rig *rig = *state;
    struct event event = of_kiosk(EVENT_TAKEN, 7, "", rig->now);
    char number[NUMBER_TEXT_SIZE];

    event.desk_no = 1;
    event.number.value = rig_issue(rig->site, 1, 1);
    number_format(event.number, number);
    assert_int_equal(upload(rig, event).judgement.reason, REASON_NUMBER_LIVE);
    expect_left_out(rig, number, "");
}

static void test_a_slip_of_a_letter_that_is_not_its_devices_is_told(void **state)
{
    struct rig *rig = *state;
    struct event event = of_kiosk(EVENT_ISSUED, 7, "", rig->now);

    (void)rig_issue(rig->site, 1, 1);
    event.desk_no = 1;
    event.number = (struct number){.letter = 'A', .value = 9};
    assert_int_equal(upload(rig, event).judgement.reason, REASON_NOT_YOURS);
    expect_left_out(rig, "A9", "");
}

static void test_a_number_that_is_listed_is_no_news_when_told_again(void **state)
{
    struct rig *rig = *state;
    struct event event = of_kiosk(EVENT_TAKEN, 1, "", rig->now);

    event.number.value = rig_issue(rig->site, 1, 1);
    event.desk_no = 1;
    assert_int_equal(upload(rig, event).judgement.reason, REASON_REPEATED);
    assert_int_equal(told(rig), 0);
}

static void test_a_slip_with_another_number_than_the_lists_is_told(void **state)
{
    struct rig *rig = *state;
    struct event event = of_kiosk(EVENT_ISSUED, 1, "", rig->now);

    (void)rig_issue(rig->site, 1, 1);
    event.desk_no = 1;
    event.number = (struct number){.letter = 'A', .value = 9};
    assert_int_equal(upload(rig, event).judgement.reason, REASON_REPEATED);
    expect_left_out(rig, "A9", "");
}

/* Each thing that reception does at a kiosk for somebody who stands there. */
static void test_whoever_is_looked_after_at_a_kiosk_and_cancelled_is_told(void **state)
{
    static const enum event_kind kinds[] = {EVENT_CALLED, EVENT_RECALLED, EVENT_HELD,
                                            EVENT_BACK,   EVENT_WAITING,  EVENT_REISSUE};
    struct rig *rig = *state;

    for (int i = 0; i < (int)(sizeof(kinds) / sizeof(kinds[0])); i++) {
        char seen[UID_SIZE], number[NUMBER_TEXT_SIZE];

        (void)rig_issue(rig->site, i + 1, 1);
        look_at(rig, i + 1, seen, number);
        log_event(rig, EVENT_CANCELLED, i + 1);
        (void)upload(rig, of_kiosk(kinds[i], i + 1, seen, rig->now));
        assert_int_equal(told(rig), i + 1);
    }
}

/* In the room is further than cancelled: it applies, and whoever was told of is taken up. */
static void test_whoever_reached_the_room_all_the_same_is_no_news(void **state)
{
    struct rig *rig = *state;
    char seen[UID_SIZE], number[NUMBER_TEXT_SIZE];

    (void)rig_issue(rig->site, 1, 1);
    look_at(rig, 1, seen, number);
    log_event(rig, EVENT_CANCELLED, 1);
    (void)upload(rig, of_kiosk(EVENT_CALLED, 1, seen, rig->now));
    assert_int_equal(told(rig), 1);
    assert_int_equal(upload(rig, of_kiosk(EVENT_IN_ROOM, 1, seen, rig->now)).judgement.verdict,
                     VERDICT_APPLIED);
    assert_int_equal(told(rig), 0);
}

static void test_who_came_back_after_the_end_of_their_visit_is_told(void **state)
{
    struct rig *rig = *state;
    char seen[UID_SIZE], number[NUMBER_TEXT_SIZE];

    (void)rig_issue(rig->site, 1, 1);
    look_at(rig, 1, seen, number);
    rig->now += 60000;
    log_event(rig, EVENT_DONE, 1);
    rig->now += 60000;
    (void)upload(rig, of_kiosk(EVENT_HELD, 1, seen, rig->now - 90000)); /* then they were met */
    assert_int_equal(told(rig), 0);
    (void)upload(rig, of_kiosk(EVENT_HELD, 1, seen, rig->now - 30000));
    assert_int_equal(told(rig), 1);
}

static void test_nobody_waits_after_absent_cancelled_and_done(void **state)
{
    static const enum event_kind kinds[] = {EVENT_ABSENT, EVENT_CANCELLED, EVENT_DONE};
    struct rig *rig = *state;

    for (int i = 0; i < 3; i++) {
        (void)rig_issue(rig->site, i + 1, 1);
        log_event(rig, EVENT_CANCELLED, i + 1);
        (void)upload(rig, of_kiosk(kinds[i], i + 1, rig_uid(99), rig->now));
    }
    assert_int_equal(told(rig), 0);
}

/* They read the answer on their own page. */
static void test_staff_are_not_told_what_they_have_done_themselves(void **state)
{
    struct rig *rig = *state;

    (void)rig_issue(rig->site, 1, 1);
    log_event(rig, EVENT_CANCELLED, 1);
    (void)upload(rig, rig_act(EVENT_CALLED, 1));
    assert_int_equal(told(rig), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_make_desk, rig_remove)
    const struct CMUnitTest tests[] = {
        TEST(test_who_arrived_at_a_kiosk_for_a_cancelled_booking_is_told),
        TEST(test_who_arrived_while_marked_absent_is_told),
        TEST(test_an_arrival_that_the_line_has_is_no_news),
        TEST(test_a_slip_whose_number_is_anothers_is_told),
        TEST(test_a_slip_of_a_letter_that_is_not_its_devices_is_told),
        TEST(test_a_number_that_is_listed_is_no_news_when_told_again),
        TEST(test_a_slip_with_another_number_than_the_lists_is_told),
        TEST(test_whoever_is_looked_after_at_a_kiosk_and_cancelled_is_told),
        TEST(test_whoever_reached_the_room_all_the_same_is_no_news),
        TEST(test_who_came_back_after_the_end_of_their_visit_is_told),
        TEST(test_nobody_waits_after_absent_cancelled_and_done),
        TEST(test_staff_are_not_told_what_they_have_done_themselves),
    };
    return cmocka_run_group_tests_name("left_out", tests, NULL, NULL);
}
