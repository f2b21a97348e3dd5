/* Schedules that broke an earlier version and belong to no other file: see SCHEDULES.md. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "site.h"

static struct event lettered(struct site *site, int ticket, int value)
{
    struct event event = site_event(site, EVENT_ISSUED, ticket);
    event.desk_no = 1;
    event.number = (struct number){'A', value};
    event.counter = value;
    strcpy(event.device, site_kiosk_a);
    return event;
}

/* -- one log a site ----------------------------------------------------------------------------
 */

/* A log a desk: out of one queue in one log, into the other in another, and a crash between. */
static void a_transfer_is_one_event_and_leaves_one_line(void **state)
{
    struct site *site = *state;
    const struct ticket *line[8];
    site_issue(site, 1, 1);
    int before = queue_waiting(&site->queue, 0, site->now);
    struct event move = site_event(site, EVENT_TRANSFERRED, 1);
    move.desk_no = 2;
    assert_verdict(site_apply(site, &move), "applied");
    assert_int_equal(queue_waiting(&site->queue, 0, site->now), before);
    assert_int_equal(queue_line(&site->queue, 1, site->now, line, 8), 0);
    assert_int_equal(queue_line(&site->queue, 2, site->now, line, 8), 1);
    assert_int_equal(line[0]->number.value, 1); /* the number on the slip */
    assert_verdict(site_apply(site, &move), "superseded");
}

/* The same upload, twice: its answer was lost. */
static void a_repeated_event_moves_nothing_twice(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 3; i++)
        site_issue(site, i, 1);
    struct event call = site_event(site, EVENT_CALLED, 1);
    memcpy(call.seen, site_ticket(site, 1)->last_event, UID_SIZE);
    assert_verdict(site_apply(site, &call), "applied");
    assert_verdict(site_apply(site, &call), "superseded");
    assert_int_equal(site_ticket(site, 1)->calls, 1);
    struct event back = site_event(site, EVENT_BACK, 2);
    back.places = 1;
    memcpy(back.seen, site_ticket(site, 2)->last_event, UID_SIZE);
    assert_verdict(site_apply(site, &back), "applied");
    assert_verdict(site_apply(site, &back), "superseded"); /* not two places */
    struct event issue = lettered(site, 4, 1);
    assert_verdict(site_apply(site, &issue), "applied");
    assert_verdict(site_apply(site, &issue), "superseded");
    assert_int_equal(site->queue.count, 4);
}

/* Two receptions press at once: "next" in the log would have called two people. */
static void call_next_from_two_windows_calls_one_patient(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    site_issue(site, 2, 1);
    const struct ticket *next = queue_next(&site->queue, 1, site->now);
    struct event one = site_event(site, EVENT_CALLED, 0), two = site_event(site, EVENT_CALLED, 0);
    memcpy(one.ticket, next->id, UID_SIZE);
    memcpy(one.seen, next->last_event, UID_SIZE);
    memcpy(two.ticket, next->id, UID_SIZE);
    memcpy(two.seen, next->last_event, UID_SIZE);
    assert_verdict(site_apply(site, &one), "applied");
    assert_verdict(site_apply(site, &two), "superseded");
    assert_int_equal(site_ticket(site, 2)->state, TICKET_WAITING);
    assert_int_equal(site_ticket(site, 1)->calls, 1);
}

/* -- uploads -----------------------------------------------------------------------------------
 */

/* A kiosk that was cut off comes back in the evening: its patients were refused for being late. */
static void an_upload_after_closing_is_taken(void **state)
{
    struct site *site = *state;
    struct settings *settings = site_settings(site);
    settings->intake_limit = 1;
    settings->reservation_suspended = true;
    site_change(site, settings);
    site_issue(site, 1, 1);
    struct event event = site_event(site, EVENT_PAUSED, 0);
    event.desk_no = 1;
    assert_verdict(site_apply(site, &event), "applied");
    event = site_event(site, EVENT_SESSION_CLOSED, 0);
    event.session = site->queue.session;
    assert_verdict(site_apply(site, &event), "applied");
    struct event late = lettered(site, 2, 1);
    assert_verdict(queue_apply(&site->queue, &late, site->now - 3600000), "applied");
    assert_ptr_equal(queue_next(&site->queue, 1, site->now), site_ticket(site, 2));
}

/* The upload comes after midnight: the patient was yesterday's, and so is the ticket. */
static void an_upload_of_yesterday_is_of_yesterdays_session(void **state)
{
    struct site *site = *state;
    struct session yesterday = site->queue.session;
    struct event late = lettered(site, 1, 1);
    late.session = yesterday;
    site->now += INT64_C(24) * 3600 * 1000;
    site_session(site, "2026-11-25", SESSION_AM, RULES_MAX);
    assert_verdict(site_apply(site, &late), "applied");
    assert_true(session_equal(&site_ticket(site, 1)->session, &yesterday));
    late = site_event(site, EVENT_SESSION_OPENED, 0);
    late.session = yesterday;
    assert_verdict(site_apply(site, &late), "superseded"); /* and its day does not come again */
}

/* -- versions ----------------------------------------------------------------------------------
 */

static void a_session_of_later_rules_is_refused(void **state)
{
    struct site *site = *state;
    struct event event = site_event(site, EVENT_SESSION_OPENED, 0);
    strcpy(event.session.date, "2026-11-25");
    event.rules = RULES_MAX + 1;
    struct judgement judgement = site_apply(site, &event);
    assert_verdict(judgement, "refused");
    assert_string_equal(reason_name(judgement.reason), "rules");
    assert_int_equal(site->queue.rules, RULES_MAX);
}

/* An old kiosk joins at ten: the morning goes on by the rules that it began with, the afternoon by
 * those that all can follow. */
static void rules_change_with_a_session_only(void **state)
{
    struct site *site = *state;
    struct event event = site_event(site, EVENT_SESSION_OPENED, 0);
    event.session = site->queue.session;
    event.rules = 1;
    assert_verdict(site_apply(site, &event), "superseded");
    assert_int_equal(site->queue.rules, 2);
    strcpy(event.session.date, "2026-11-25");
    event.rules = 0; /* of a cloud that knew of no versions */
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(site->queue.rules, 1);
}

/* One number was counted otherwise on one side: nobody noticed until two patients met. */
static void a_state_that_differs_is_noticed_with_the_next_entry(void **state)
{
    struct site *site = *state;
    struct queue kiosk;
    struct entry entry = {.verdict = VERDICT_APPLIED};
    queue_init(&kiosk);
    assert_int_equal(queue_copy(&site->queue, &kiosk), 0);
    kiosk.desks[0].next++; /* the fault */
    struct event event = site_event(site, EVENT_MESSAGE, 0);
    strcpy(event.text, "お知らせ");
    assert_verdict(queue_apply(&kiosk, &event, site->now), "applied");
    assert_verdict(site_apply(site, &event), "applied");
    entry_state(&site->queue, entry.state);
    assert_true(entry_agrees(&entry, &site->queue));
    assert_false(entry_agrees(&entry, &kiosk));
    queue_finish(&kiosk);
}

/* -- numbers and offline knowledge ---------------------------------------------------------------
 */

/* Offline, a kiosk called 1 for the room; until it could tell, 1 was done and, in the afternoon,
 * somebody else's. */
static void a_called_number_does_not_call_its_next_holder(void **state)
{
    struct site *site = *state;
    struct settings *settings = site_settings(site);
    settings->restart_by_session = true;
    site_change(site, settings);
    site_issue(site, 1, 1);
    struct event call = site_event(site, EVENT_CALLED_NUMBER, 9);
    call.number.value = 1;
    assert_verdict(site_do(site, EVENT_DONE, 1), "applied");
    site_session(site, "2026-11-24", SESSION_PM, RULES_MAX);
    site_issue(site, 2, 1);
    assert_int_equal(site_ticket(site, 2)->number.value, 1);
    struct judgement judgement = site_apply(site, &call);
    assert_verdict(judgement, "refused");
    assert_string_equal(reason_name(judgement.reason), "unknown_ticket"); /* goes to staff */
    assert_int_equal(site_ticket(site, 2)->state, TICKET_WAITING);
    call = site_event(site, EVENT_CALLED_NUMBER, 9);
    call.number.value = 1;
    assert_verdict(site_apply(site, &call), "applied");
}

/* Two kiosks, cut off, serve the door at once; both write 1 of their own series. */
static void two_kiosks_cut_off_never_meet(void **state)
{
    struct site *site = *state;
    struct event a = lettered(site, 1, 1), b = lettered(site, 2, 1);
    b.number.letter = 'R';
    strcpy(b.device, site_kiosk_b);
    assert_verdict(site_apply(site, &a), "applied");
    assert_verdict(site_apply(site, &b), "applied");
    assert_false(number_equal(site_ticket(site, 1)->number, site_ticket(site, 2)->number));
}

#define T(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_transfer_is_one_event_and_leaves_one_line),
        T(a_repeated_event_moves_nothing_twice),
        T(call_next_from_two_windows_calls_one_patient),
        T(an_upload_after_closing_is_taken),
        T(an_upload_of_yesterday_is_of_yesterdays_session),
        T(a_session_of_later_rules_is_refused),
        T(rules_change_with_a_session_only),
        T(a_state_that_differs_is_noticed_with_the_next_entry),
        T(a_called_number_does_not_call_its_next_holder),
        T(two_kiosks_cut_off_never_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
