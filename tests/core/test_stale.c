/* Design, "Stale events": an event whose author had not seen the ticket's last event applies only
 * if it moves the ticket forward. One test a schedule. */
#include "test.h"

#include <string.h>

#include "site.h"

static int setup(void **state)
{
    static struct site site;
    site_open(&site);
    site_issue(&site, 1, 1);
    *state = &site;
    return 0;
}

/* An act by somebody who last saw the ticket just issued. */
static struct judgement stale(struct site *site, enum event_kind kind, const char *seen,
                              int desk_no)
{
    struct event event = site_event(site, kind, 1);
    memcpy(event.seen, seen, UID_SIZE);
    event.desk_no = desk_no;
    return site_apply(site, &event);
}

static void expect(struct site *site, enum event_kind after, enum event_kind late,
                   const char *verdict)
{
    char seen[UID_SIZE];
    memcpy(seen, site_ticket(site, 1)->last_event, UID_SIZE);
    assert_verdict(site_do(site, after, 1), "applied");
    struct judgement judgement = stale(site, late, seen, 0);
    if (strcmp(verdict_name(judgement.verdict), verdict) != 0)
        fail_msg("%s after an unseen %s: %s, expected %s", event_kind_name(late),
                 event_kind_name(after), verdict_name(judgement.verdict), verdict);
}

/* A kiosk that was offline calls a patient whom the cloud had long let go. */
static void stale_call_does_not_return_a_done_patient(void **state)
{
    expect(*state, EVENT_DONE, EVENT_CALLED, "superseded");
}

static void stale_call_does_not_return_a_cancelled_patient(void **state)
{
    expect(*state, EVENT_CANCELLED, EVENT_CALLED, "superseded");
}

static void stale_call_of_an_absent_patient_is_a_call(void **state)
{
    expect(*state, EVENT_ABSENT, EVENT_CALLED, "applied");
}

static void stale_call_of_a_held_patient_is_a_call(void **state)
{
    expect(*state, EVENT_HELD, EVENT_CALLED, "applied");
}

static void stale_hold_does_not_take_a_called_patient_back(void **state)
{
    expect(*state, EVENT_CALLED, EVENT_HELD, "superseded");
}

static void stale_absent_does_not_take_a_called_patient_back(void **state)
{
    expect(*state, EVENT_CALLED, EVENT_ABSENT, "superseded");
}

static void stale_second_call_is_superseded(void **state)
{
    expect(*state, EVENT_CALLED, EVENT_CALLED, "superseded");
}

static void stale_cancel_of_a_called_patient_applies(void **state)
{
    expect(*state, EVENT_CALLED, EVENT_CANCELLED, "applied");
}

static void stale_cancel_does_not_pull_a_patient_out_of_the_room(void **state)
{
    expect(*state, EVENT_IN_ROOM, EVENT_CANCELLED, "superseded");
}

/* Cancelled from home, but already sitting in front of the doctor. */
static void stale_in_room_beats_a_cancellation(void **state)
{
    expect(*state, EVENT_CANCELLED, EVENT_IN_ROOM, "applied");
}

static void stale_in_room_does_not_interrupt_an_examination(void **state)
{
    struct site *site = *state;
    assert_verdict(site_do(site, EVENT_CALLED, 1), "applied");
    expect(site, EVENT_IN_EXAM, EVENT_IN_ROOM, "superseded");
}

static void stale_done_ends_an_examination(void **state)
{
    struct site *site = *state;
    assert_verdict(site_do(site, EVENT_CALLED, 1), "applied");
    expect(site, EVENT_IN_EXAM, EVENT_DONE, "applied");
}

static void stale_moves_within_the_line_never_apply(void **state)
{
    expect(*state, EVENT_ABSENT, EVENT_BACK, "superseded");
}

static void stale_return_to_waiting_never_applies(void **state)
{
    struct site *site = *state;
    assert_verdict(site_do(site, EVENT_ABSENT, 1), "applied");
    expect(site, EVENT_CALLED, EVENT_WAITING, "superseded");
}

/* The patient went on to payment; the consulting room's late event must not fetch them back. */
static void stale_event_of_the_former_desk_is_superseded(void **state)
{
    struct site *site = *state;
    char seen[UID_SIZE];
    memcpy(seen, site_ticket(site, 1)->last_event, UID_SIZE);
    struct event pay = site_event(site, EVENT_TRANSFERRED, 1);
    pay.desk_no = 3;
    assert_verdict(site_apply(site, &pay), "applied");
    assert_verdict(site_do(site, EVENT_CALLED, 1), "applied");
    assert_verdict(stale(site, EVENT_IN_ROOM, seen, 1), "superseded");
    assert_int_equal(site_ticket(site, 1)->state, TICKET_CALLED);
    assert_verdict(stale(site, EVENT_DONE, seen, 3), "applied");
}

/* to_pay is behind all that happens in the consulting room: who pays has left it. */
static void stale_events_do_not_fetch_a_patient_from_payment(void **state)
{
    static const enum event_kind kinds[] = {EVENT_CALLED,  EVENT_ABSENT,  EVENT_HELD,
                                            EVENT_IN_ROOM, EVENT_IN_EXAM, EVENT_CANCELLED};
    struct site *site = *state;
    char seen[UID_SIZE];
    memcpy(seen, site_ticket(site, 1)->last_event, UID_SIZE);
    struct event pay = site_event(site, EVENT_TRANSFERRED, 1);
    pay.desk_no = 3;
    assert_verdict(site_apply(site, &pay), "applied");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        assert_verdict(stale(site, kinds[i], seen, 0), "superseded");
    assert_int_equal(site_ticket(site, 1)->state, TICKET_TO_PAY);
    assert_verdict(stale(site, EVENT_DONE, seen, 0), "applied"); /* paid at another window */
}

/* Forward, but no way that the same act would go knowingly. */
static void stale_acts_go_no_way_that_is_closed(void **state)
{
    struct site *site = *state;
    struct event booked = site_event(site, EVENT_BOOKED, 2);
    booked.desk_no = 1;
    booked.number.value = 20;
    assert_verdict(site_apply(site, &booked), "applied");
    struct event call = site_event(site, EVENT_CALLED, 2); /* who has not arrived is not called */
    memcpy(call.seen, site_ticket_id(9), UID_SIZE);
    assert_verdict(site_apply(site, &call), "superseded");
    expect(site, EVENT_PRIORITISED, EVENT_ABANDONED, "superseded"); /* taken long ago */
    expect(site, EVENT_HELD, EVENT_IN_EXAM, "superseded");
}

static void stale_transfer_never_applies(void **state)
{
    struct site *site = *state;
    char seen[UID_SIZE];
    memcpy(seen, site_ticket(site, 1)->last_event, UID_SIZE);
    assert_verdict(site_do(site, EVENT_CALLED, 1), "applied");
    assert_verdict(stale(site, EVENT_TRANSFERRED, seen, 3), "superseded");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(stale_call_does_not_return_a_done_patient),
        T(stale_call_does_not_return_a_cancelled_patient),
        T(stale_call_of_an_absent_patient_is_a_call),
        T(stale_call_of_a_held_patient_is_a_call),
        T(stale_hold_does_not_take_a_called_patient_back),
        T(stale_absent_does_not_take_a_called_patient_back),
        T(stale_second_call_is_superseded),
        T(stale_cancel_of_a_called_patient_applies),
        T(stale_cancel_does_not_pull_a_patient_out_of_the_room),
        T(stale_in_room_beats_a_cancellation),
        T(stale_in_room_does_not_interrupt_an_examination),
        T(stale_done_ends_an_examination),
        T(stale_moves_within_the_line_never_apply),
        T(stale_return_to_waiting_never_applies),
        T(stale_event_of_the_former_desk_is_superseded),
        T(stale_events_do_not_fetch_a_patient_from_payment),
        T(stale_acts_go_no_way_that_is_closed),
        T(stale_transfer_never_applies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
