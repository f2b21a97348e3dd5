#include "test.h"

#include <string.h>

#include "site.h"
#include "view.h"

static const char *text_at(const cJSON *json, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(json, key));
}

/* Invariant 9: nothing on a public view names or identifies a patient. */
static void patients_see_called_numbers_and_nothing_of_others(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 3; i++)
        site_issue(site, i, 1);
    assert_verdict(site_call(site, 1, "r1"), "applied");
    cJSON *json = view_patient(&site->queue, 1, site->now);
    char *text = cJSON_PrintUnformatted(json);
    for (int i = 1; i <= 3; i++)
        assert_null(strstr(text, site_ticket_id(i)));
    const cJSON *now = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "now"), 0);
    assert_string_equal(text_at(now, "number"), "1");
    assert_string_equal(text_at(now, "room"), "第1診察室");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(now, "live")));
    assert_int_equal(cJSON_GetObjectItem(json, "waiting")->valueint, 2);
    assert_string_equal(text_at(json, "intake"), "open");
    cJSON_free(text);
    cJSON_Delete(json);
    assert_null(view_patient(&site->queue, 9, site->now));
}

static int waiting_at(struct site *site, int desk_no)
{
    cJSON *json = view_patient(&site->queue, desk_no, site->now);
    int waiting = cJSON_GetObjectItem(json, "waiting")->valueint;
    cJSON_Delete(json);
    return waiting;
}

/* Who still waits for the cashier in the break is told; who was left behind last night is not. */
static void shut_doors_hide_only_another_days_numbers(void **state)
{
    static const int64_t hour_ms = INT64_C(3600) * 1000, day_ms = 24 * hour_ms;
    struct site *site = *state;
    struct settings *settings = site_settings(site);
    settings->has_hours = true;
    for (int day = 0; day < 7; day++) {
        for (int i = 0; i < SESSION_KIND_COUNT; i++)
            settings->week[day][i] = (struct span){MINUTES_NONE, MINUTES_NONE};
        settings->week[day][SESSION_AM] = (struct span){9 * 60, 12 * 60};
        settings->week[day][SESSION_PM] = (struct span){14 * 60, 18 * 60};
    }
    settings->week[3][SESSION_AM] = settings->week[3][SESSION_PM] =
        (struct span){MINUTES_NONE, MINUTES_NONE}; /* Wednesdays: closed */
    site_change(site, settings);
    const int64_t midnight = site->now - (site->now + 9 * hour_ms) % day_ms;
    site_issue(site, 1, 1);
    struct event pay = site_event(site, EVENT_TRANSFERRED, 1);
    pay.desk_no = 3;
    assert_verdict(site_apply(site, &pay), "applied");
    const struct {
        int64_t at;
        int waiting;
    } cases[] = {
        {8 * hour_ms, 1},           /* came early: today's, though the doors are shut */
        {10 * hour_ms, 1},          /* open */
        {12 * hour_ms + 1, 1},      /* the break */
        {19 * hour_ms, 1},          /* the doors are shut, somebody still has to pay */
        {day_ms + 10 * hour_ms, 0}, /* Wednesday, closed */
        {2 * day_ms + 8 * hour_ms, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        site->now = midnight + cases[i].at;
        assert_int_equal(waiting_at(site, 3), cases[i].waiting);
    }
}

static void one_line_a_room(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 3; i++) {
        site_issue(site, i, 1);
        assert_verdict(site_call(site, i, "r1"), "applied");
    }
    cJSON *json = view_patient(&site->queue, 1, site->now);
    const cJSON *now = cJSON_GetObjectItem(json, "now");
    assert_int_equal(cJSON_GetArraySize(now), 1);
    assert_string_equal(text_at(cJSON_GetArrayItem(now, 0), "number"), "3");
    cJSON_Delete(json);
}

/* As on the monitor: who is still called there is told, though others of the room came later. */
static void all_that_are_called_to_a_room(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 3; i++) {
        site_issue(site, i, 1);
        assert_verdict(site_call(site, i, "r1"), "applied");
    }
    assert_verdict(site_do(site, EVENT_IN_ROOM, 3), "applied");
    cJSON *json = view_patient(&site->queue, 1, site->now);
    const cJSON *now = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "now"), 0);
    const cJSON *party = cJSON_GetObjectItem(now, "party");
    assert_string_equal(text_at(now, "number"), "2");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(now, "live")));
    assert_int_equal(cJSON_GetArraySize(party), 1);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetArrayItem(party, 0)), "1");
    cJSON_Delete(json);
    site->now += 10 * 60 * 1000;
    json = view_patient(&site->queue, 1, site->now);
    now = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "now"), 0);
    assert_string_equal(text_at(now, "number"), "3");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(now, "party")), 0);
    cJSON_Delete(json);
}

static void staff_see_every_ticket_in_order(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 3; i++)
        site_issue(site, i, 1);
    assert_verdict(site_do(site, EVENT_BACK, 1), "applied");
    assert_verdict(site_do(site, EVENT_DONE, 2), "applied");
    cJSON *json = view_staff(&site->queue, site->now);
    const cJSON *tickets = cJSON_GetObjectItem(json, "tickets");
    assert_int_equal(cJSON_GetArraySize(tickets), 3);
    assert_string_equal(text_at(cJSON_GetArrayItem(tickets, 0), "number"), "3");
    assert_string_equal(text_at(cJSON_GetArrayItem(tickets, 1), "number"), "1");
    assert_string_equal(text_at(cJSON_GetArrayItem(tickets, 2), "state"), "done");
    const cJSON *desk = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "desks"), 0);
    assert_string_equal(text_at(desk, "queue_id"), "1024-1");
    assert_string_equal(text_at(cJSON_GetObjectItem(desk, "next"), "ticket"), site_ticket_id(3));
    cJSON_Delete(json);
}

/* The list is one walk along the line: each desk's own, and what queue_before() says. */
static void staff_read_the_before_that_patients_read(void **state)
{
    struct site *site = *state;
    struct settings *settings = site_settings(site);
    settings->desks[0].booking_every = 2;
    site_change(site, settings);
    for (int i = 1; i <= 6; i++)
        site_issue(site, i, 1 + i % 2);
    struct event book = site_event(site, EVENT_BOOKED, 7);
    book.desk_no = 1;
    book.number.value = 50;
    assert_verdict(site_apply(site, &book), "applied");
    assert_verdict(site_do(site, EVENT_ARRIVED, 7), "applied");
    book = site_event(site, EVENT_BOOKED, 8); /* not yet in the line */
    book.desk_no = 1;
    book.number.value = 51;
    book.slot_from = site->now + 3600000;
    book.slot_to = book.slot_from;
    assert_verdict(site_apply(site, &book), "applied");
    struct event priority = site_event(site, EVENT_PRIORITISED, 5);
    priority.priority = 1;
    strcpy(priority.text, "高熱");
    assert_verdict(site_apply(site, &priority), "applied");
    cJSON *json = view_staff(&site->queue, site->now);
    const cJSON *tickets = cJSON_GetObjectItem(json, "tickets"), *item;
    assert_int_equal(cJSON_GetArraySize(tickets), 8);
    cJSON_ArrayForEach (item, tickets) {
        const struct ticket *ticket = queue_ticket(&site->queue, text_at(item, "ticket"));
        assert_int_equal(cJSON_GetObjectItem(item, "before")->valueint,
                         queue_before(&site->queue, ticket, site->now));
        assert_string_equal(text_at(item, "reason"), ticket->priority ? "高熱" : "");
    }
    cJSON_Delete(json);
}

/* Terms 12: patients read the sentence of a paused desk, never why. */
static void article_12_patients_do_not_read_of_a_suspension(void **state)
{
    struct site *site = *state;
    struct settings *settings = site_settings(site);
    settings->reservation_suspended = true;
    site_change(site, settings);
    cJSON *json = view_patient(&site->queue, 1, site->now);
    assert_string_equal(text_at(json, "intake"), "paused");
    cJSON_Delete(json);
}

static void holders_see_their_own(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    site_issue(site, 2, 1);
    cJSON *json = view_ticket(&site->queue, site_ticket(site, 2), site->now);
    assert_int_equal(cJSON_GetObjectItem(json, "before")->valueint, 1);
    cJSON_Delete(json);
    assert_verdict(site_call(site, 2, "r1"), "applied");
    json = view_ticket(&site->queue, site_ticket(site, 2), site->now);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(json, "before")));
    assert_string_equal(text_at(json, "state"), "called");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(json, "live")));
    cJSON_Delete(json);
}

/* Two slips with one number: each of them leads to this page, which says which one is valid. */
static void holders_see_which_slip_is_valid(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    cJSON *json = view_ticket(&site->queue, site_ticket(site, 1), site->now);
    assert_int_equal(cJSON_GetObjectItem(json, "reissues")->valueint, 0);
    cJSON_Delete(json);
    assert_verdict(site_do(site, EVENT_REISSUE, 1), "applied");
    assert_verdict(site_do(site, EVENT_REISSUE, 1), "applied");
    json = view_ticket(&site->queue, site_ticket(site, 1), site->now);
    assert_int_equal(cJSON_GetObjectItem(json, "reissues")->valueint, 2);
    cJSON_Delete(json);
}

static void a_closed_session_shows_as_ended(void **state)
{
    struct site *site = *state;
    struct event event = site_event(site, EVENT_SESSION_CLOSED, 0);
    event.session = site->queue.session;
    assert_verdict(site_apply(site, &event), "applied");
    cJSON *json = view_patient(&site->queue, 1, site->now);
    assert_string_equal(text_at(json, "intake"), "ended");
    cJSON_Delete(json);
    json = view_staff(&site->queue, site->now);
    const cJSON *desk = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "desks"), 0);
    assert_string_equal(text_at(desk, "intake"), "ended");
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(desk, "paused")));
    cJSON_Delete(json);
}

#define T(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(patients_see_called_numbers_and_nothing_of_others),
        T(shut_doors_hide_only_another_days_numbers),
        T(one_line_a_room),
        T(all_that_are_called_to_a_room),
        T(staff_see_every_ticket_in_order),
        T(staff_read_the_before_that_patients_read),
        T(article_12_patients_do_not_read_of_a_suspension),
        T(holders_see_their_own),
        T(holders_see_which_slip_is_valid),
        T(a_closed_session_shows_as_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
