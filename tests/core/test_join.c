/* A kiosk without a line gave a patient with a booking a number of its own: the slip takes over
 * what was booked. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "site.h"

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

static void book_by(struct site *site, int ticket, int desk_no, int64_t slot_from,
                    enum channel channel)
{
    struct event event = site_event(site, EVENT_BOOKED, ticket);
    event.desk_no = desk_no;
    event.channel = channel;
    event.number = queue_next_number(&site->queue, desk_no, "", channel);
    event.slot_from = slot_from;
    event.slot_to = slot_from ? slot_from + 60 * MINUTE_MS : 0;
    assert_verdict(site_apply(site, &event), "applied");
}

static void book(struct site *site, int ticket, int desk_no, int64_t slot_from)
{
    book_by(site, ticket, desk_no, slot_from, CHANNEL_DESK);
}

/* Kiosk a's own number at desk 1. */
static void own(struct site *site, int ticket)
{
    struct event event = site_event(site, EVENT_ISSUED, ticket);
    event.desk_no = 1;
    event.number = queue_next_letter_number(&site->queue, 'A');
    memcpy(event.device, site_kiosk_a, UID_SIZE);
    event.counter = ticket;
    assert_verdict(site_apply(site, &event), "applied");
}

static struct judgement join(struct site *site, int ticket, int booking)
{
    struct event event = site_event(site, EVENT_CLAIMED, ticket);
    memcpy(event.target, site_ticket_id(booking), UID_SIZE);
    return site_apply(site, &event);
}

static int before(const struct site *site, int ticket)
{
    return queue_before(&site->queue, site_ticket(site, ticket), site->now);
}

/* The patient lost their turn: the lettered number stood at the end, the booking was cancelled. */
static void a_claim_takes_over_the_turn_that_was_booked(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    book(site, 2, 1, 0);
    site_issue(site, 3, 1);
    site_issue(site, 4, 1);
    own(site, 5);
    assert_int_equal(before(site, 5), 4);
    assert_verdict(join(site, 5, 2), "applied");
    assert_int_equal(before(site, 5), 1);
    assert_int_equal(before(site, 3), 2);
    assert_true(site_ticket(site, 5)->booked);
    assert_int_equal(site_ticket(site, 2)->state, TICKET_CANCELLED);
    assert_null(queue_holder(&site->queue, site_ticket(site, 2)->number));
}

/* Two claim the same hour: who stood at the kiosk first goes first, and neither before the hour. */
static void inside_a_slot_a_claim_counts_from_arrival(void **state)
{
    struct site *site = *state;
    int64_t ten = site->now + 60 * MINUTE_MS;
    book(site, 1, 1, ten);
    book(site, 2, 1, ten);
    own(site, 5);
    site->now += MINUTE_MS;
    own(site, 6);
    site_issue(site, 7, 1);
    assert_verdict(join(site, 6, 1), "applied"); /* uploaded in another order */
    assert_verdict(join(site, 5, 2), "applied");
    assert_int_equal(before(site, 7), 0);
    assert_int_equal(before(site, 6), 1);
    assert_int_equal(before(site, 5), 2);
    assert_true(site_ticket(site, 5)->slot_from == ten);
    site->now = ten + 30 * MINUTE_MS;
    book(site, 3, 1, ten);
    own(site, 8);
    site_issue(site, 9, 1);
    assert_verdict(join(site, 8, 3), "applied");
    assert_int_equal(before(site, 8), 3);
    assert_int_equal(before(site, 9), 4);
}

/* The kiosk could not know that the booking is for paediatrics. */
static void a_claim_leads_to_the_desk_that_was_booked(void **state)
{
    struct site *site = *state;
    book(site, 1, 2, 0);
    site_issue(site, 2, 2);
    own(site, 5);
    assert_verdict(join(site, 5, 1), "applied");
    assert_int_equal(site_ticket(site, 5)->desk_no, 2);
    assert_int_equal(before(site, 5), 0);
    assert_verdict(site_call(site, 5, "r2"), "applied");
}

/* Called on the slip before the line was back: what happened to it stays, the booking is over. */
static void who_was_called_meanwhile_stays_called(void **state)
{
    struct site *site = *state;
    book(site, 1, 2, 0);
    own(site, 5);
    assert_verdict(site_call(site, 5, "r1"), "applied");
    assert_verdict(join(site, 5, 1), "applied");
    assert_int_equal(site_ticket(site, 5)->state, TICKET_CALLED);
    assert_int_equal(site_ticket(site, 5)->desk_no, 1);
    assert_int_equal(site_ticket(site, 1)->state, TICKET_CANCELLED);
}

/* The kiosk's own next act came behind the claim in its outbox and had not seen the join. */
static void a_call_that_had_not_seen_the_join_still_applies(void **state)
{
    struct site *site = *state;
    book(site, 1, 1, 0);
    own(site, 5);
    struct event call = site_event(site, EVENT_CALLED, 5);
    memcpy(call.seen, site_ticket(site, 5)->last_event, UID_SIZE);
    strcpy(call.room, "r1");
    assert_verdict(join(site, 5, 1), "applied");
    assert_verdict(site_apply(site, &call), "applied");
}

/* The hold before the join, taken back after it, put the old place back. */
static void no_undo_parts_a_slip_from_its_booking(void **state)
{
    struct site *site = *state;
    book(site, 1, 1, 0);
    site_issue(site, 2, 1);
    own(site, 5);
    assert_verdict(site_do(site, EVENT_HELD, 5), "applied");
    struct event undo = site_event(site, EVENT_UNDONE, 5);
    memcpy(undo.target, site_ticket(site, 5)->last_event, UID_SIZE);
    assert_verdict(join(site, 5, 1), "applied");
    assert_verdict(site_apply(site, &undo), "superseded");
    assert_verdict(site_undo(site, 5), "superseded");
    assert_verdict(site_do(site, EVENT_WAITING, 5), "applied");
    assert_int_equal(before(site, 5), 0);
}

/* Staff had given the booking up before the kiosk was heard; the patient had been there. */
static void an_absent_booking_is_there_after_all(void **state)
{
    struct site *site = *state;
    book(site, 1, 1, 0);
    site_issue(site, 2, 1);
    own(site, 5);
    assert_verdict(site_do(site, EVENT_ABSENT, 1), "applied");
    assert_verdict(join(site, 5, 1), "applied");
    assert_int_equal(before(site, 5), 0);
    assert_int_equal(queue_waiting(&site->queue, 1, site->now), 2);
}

static void limit(struct site *site, int all, int web)
{
    struct settings *settings = site_settings(site);
    settings->desks[0].intake_limit = all;
    settings->desks[0].web_limit = web;
    site_change(site, settings);
}

/* Booking and slip were counted both: of a limit of two, one patient took all. */
static void slip_and_booking_are_one_patient_to_the_limit(void **state)
{
    struct site *site = *state;
    limit(site, 2, 0);
    book(site, 1, 1, 0);
    own(site, 5);
    assert_int_equal(queue_intake(&site->queue, 1, CHANNEL_KIOSK, site->now), GATE_FULL);
    assert_verdict(join(site, 5, 1), "applied");
    assert_int_equal(queue_intake(&site->queue, 1, CHANNEL_KIOSK, site->now), GATE_OPEN);
    site_issue(site, 6, 1);
    assert_int_equal(queue_intake(&site->queue, 1, CHANNEL_KIOSK, site->now), GATE_FULL);
}

/* What was booked at home stays one of the places for those at home. */
static void a_slip_for_a_booking_of_the_web_keeps_its_place_there(void **state)
{
    struct site *site = *state;
    limit(site, 0, 1);
    book_by(site, 1, 1, 0, CHANNEL_WEB);
    own(site, 5);
    assert_verdict(join(site, 5, 1), "applied");
    assert_int_equal(queue_intake(&site->queue, 1, CHANNEL_WEB, site->now), GATE_FULL);
    assert_int_equal(queue_intake(&site->queue, 1, CHANNEL_KIOSK, site->now), GATE_OPEN);
}

/* Booked in the morning, come in the afternoon: the place is the afternoon's. */
static void a_booking_of_another_session_counts_where_its_patient_came(void **state)
{
    struct site *site = *state;
    limit(site, 1, 0);
    book(site, 1, 1, 0);
    site_session(site, "2026-11-24", SESSION_PM, RULES_MAX);
    site->now += 5 * 60 * MINUTE_MS;
    own(site, 5);
    assert_verdict(join(site, 5, 1), "applied");
    assert_int_equal(queue_intake(&site->queue, 1, CHANNEL_KIOSK, site->now), GATE_FULL);
    assert_int_equal(site_ticket(site, 1)->issue_desk_no, 0);
}

static void one_booking_is_taken_over_once(void **state)
{
    struct site *site = *state;
    book(site, 1, 1, 0);
    own(site, 5);
    own(site, 6);
    assert_verdict(join(site, 5, 1), "applied");
    assert_verdict(join(site, 6, 1), "refused"); /* it is over */
    assert_verdict(join(site, 6, 5), "refused"); /* a slip is no booking */
    assert_int_equal(site_ticket(site, 5)->state, TICKET_WAITING);
}

static void only_an_open_booking_is_taken_over(void **state)
{
    struct site *site = *state;
    book(site, 1, 1, 0);
    site_issue(site, 2, 1);
    own(site, 5);
    assert_verdict(join(site, 5, 2), "refused"); /* a walk-in's */
    assert_verdict(join(site, 5, 9), "refused"); /* nobody's */
    assert_verdict(join(site, 1, 1), "refused");
    assert_verdict(site_do(site, EVENT_ARRIVED, 1), "applied");
    assert_verdict(site_call(site, 1, "r1"), "applied");
    assert_verdict(join(site, 5, 1), "refused"); /* somebody is being served on it */
    book(site, 3, 1, 0);
    assert_verdict(site_do(site, EVENT_CANCELLED, 5), "applied");
    assert_verdict(join(site, 5, 3), "refused");
}

/* Only the cloud knows which booking is meant. */
static void what_a_kiosk_claims_moves_nothing(void **state)
{
    struct site *site = *state;
    book(site, 1, 1, 0);
    own(site, 5);
    struct event event = site_event(site, EVENT_CLAIMED, 5);
    strcpy(event.text, "0123456789abcdef0123456789abcdef");
    memcpy(event.target, site_ticket_id(1), UID_SIZE);
    memcpy(event.device, site_kiosk_a, UID_SIZE);
    event.counter = 6;
    uint64_t digest = queue_digest(&site->queue);
    assert_verdict(site_apply(site, &event), "applied");
    assert_true(queue_digest(&site->queue) == digest);
}

static void under_rules_1_a_claim_moves_nothing(void **state)
{
    struct site *site = *state;
    site_session(site, "2026-11-24", SESSION_PM, 1);
    book(site, 1, 1, 0);
    own(site, 5);
    uint64_t digest = queue_digest(&site->queue);
    assert_verdict(join(site, 5, 1), "applied");
    assert_true(queue_digest(&site->queue) == digest);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, site_setup, site_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_claim_takes_over_the_turn_that_was_booked),
        TEST(inside_a_slot_a_claim_counts_from_arrival),
        TEST(a_claim_leads_to_the_desk_that_was_booked),
        TEST(who_was_called_meanwhile_stays_called),
        TEST(a_call_that_had_not_seen_the_join_still_applies),
        TEST(no_undo_parts_a_slip_from_its_booking),
        TEST(an_absent_booking_is_there_after_all),
        TEST(slip_and_booking_are_one_patient_to_the_limit),
        TEST(a_slip_for_a_booking_of_the_web_keeps_its_place_there),
        TEST(a_booking_of_another_session_counts_where_its_patient_came),
        TEST(one_booking_is_taken_over_once),
        TEST(only_an_open_booking_is_taken_over),
        TEST(what_a_kiosk_claims_moves_nothing),
        TEST(under_rules_1_a_claim_moves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
