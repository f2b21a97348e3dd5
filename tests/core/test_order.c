/* Who comes next: bookings among walk-ins, reserved places, absent patients who come back. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site.h"

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

static void book(struct site *site, int ticket, int64_t slot_from)
{
    struct event event = site_event(site, EVENT_BOOKED, ticket);
    event.desk_no = 1;
    event.channel = CHANNEL_WEB;
    event.number = queue_next_number(&site->queue, 1, "", CHANNEL_WEB);
    event.slot_from = slot_from;
    event.slot_to = slot_from ? slot_from + 60 * MINUTE_MS : 0;
    assert_verdict(site_apply(site, &event), "applied");
}

static void every(struct site *site, int n)
{
    struct settings *settings = site_settings(site);
    settings->desks[0].booking_every = n;
    site_change(site, settings);
}

/* The line of desk 1 as the tickets' numbers in these tests: "1 3 2". */
static const char *line(const struct site *site)
{
    static char text[256];
    const struct ticket *tickets[64];
    int count = queue_line(&site->queue, 1, site->now, tickets, 64), length = 0;
    text[0] = '\0';
    for (int i = 0; i < count; i++) {
        int n = 1;
        while (strcmp(site_ticket_id(n), tickets[i]->id) != 0)
            n++;
        length += snprintf(text + length, sizeof text - (size_t)length, i ? " %d" : "%d", n);
    }
    return text;
}

static int call_next(struct site *site)
{
    const struct ticket *next = queue_next(&site->queue, 1, site->now);
    int n = 1;
    while (strcmp(site_ticket_id(n), next->id) != 0)
        n++;
    assert_verdict(site_call(site, n, "r1"), "applied");
    return n;
}

/* -- bookings ------------------------------------------------------------------------------------
 */

/* Words: turn bookings count from their issue, and keep the turn that they booked. */
static void a_turn_booking_counts_from_its_issue(void **state)
{
    struct site *site = *state;
    book(site, 1, 0);
    site_issue(site, 2, 1);
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 2), site->now), 1);
    assert_ptr_equal(queue_next(&site->queue, 1, site->now), site_ticket(site, 2)); /* 1 is away */
    assert_verdict(site_call(site, 1, "r1"), "refused");
    assert_verdict(site_do(site, EVENT_ARRIVED, 1), "applied");
    assert_ptr_equal(queue_next(&site->queue, 1, site->now), site_ticket(site, 1));
    assert_verdict(site_do(site, EVENT_ARRIVED, 1), "superseded");
}

/* Words: slot bookings count from arrival or the start of their slot. */
static void a_slot_booking_counts_from_its_slot_or_arrival(void **state)
{
    struct site *site = *state;
    int64_t ten = site->now + 60 * MINUTE_MS;
    book(site, 1, ten);
    book(site, 2, ten);
    assert_string_equal(line(site), "");
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 1), site->now), 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 2), "applied");
    assert_string_equal(line(site), "2");
    site->now = ten;
    assert_string_equal(line(site), "2 1");
    assert_ptr_equal(queue_next(&site->queue, 1, site->now), site_ticket(site, 2));
}

/* Two who came early for ten o'clock stood in the order in which they had booked. */
static void inside_a_slot_the_order_is_that_of_arrival(void **state)
{
    struct site *site = *state;
    int64_t ten = site->now + 60 * MINUTE_MS;
    for (int i = 1; i <= 4; i++)
        book(site, i, ten);
    site_issue(site, 5, 1); /* before the slot: before them */
    assert_verdict(site_do(site, EVENT_ARRIVED, 3), "applied");
    assert_verdict(site_do(site, EVENT_ARRIVED, 1), "applied");
    assert_string_equal(line(site), "5 3 1");
    site->now = ten + 10 * MINUTE_MS;
    site_issue(site, 6, 1);
    assert_verdict(site_do(site, EVENT_ARRIVED, 2), "applied"); /* inside the slot: as they come */
    assert_string_equal(line(site), "5 3 1 4 6 2");
}

static void a_booking_for_the_afternoon_does_not_count_in_the_morning(void **state)
{
    struct site *site = *state;
    struct event event = site_event(site, EVENT_BOOKED, 1);
    event.desk_no = 1;
    event.number.value = 50;
    event.session = (struct session){"2026-11-24", SESSION_PM};
    assert_verdict(site_apply(site, &event), "applied");
    site_issue(site, 2, 1);
    assert_string_equal(line(site), "2");
    site_session(site, "2026-11-24", SESSION_PM, RULES_MAX);
    assert_string_equal(line(site), "1 2");
}

/* A slot booked for the day after tomorrow was gone after two rollovers. */
static void a_booking_is_kept_until_its_day(void **state)
{
    struct site *site = *state;
    int64_t day = 24 * 60 * MINUTE_MS, now = site->now;
    book(site, 1, now + 2 * day);
    site->now = now + day;
    site_session(site, "2026-11-25", SESSION_AM, RULES_MAX);
    site->now = now + 2 * day;
    site_session(site, "2026-11-26", SESSION_AM, RULES_MAX);
    assert_non_null(site_ticket(site, 1));
    assert_verdict(site_do(site, EVENT_ARRIVED, 1), "applied");
    site->now = now + 4 * day;
    site_session(site, "2026-11-28", SESSION_AM, RULES_MAX);
    assert_null(site_ticket(site, 1));
}

/* -- reserved places ----------------------------------------------------------------------------
 */

static void every_third_turn_is_a_bookings(void **state)
{
    struct site *site = *state;
    every(site, 3);
    for (int i = 1; i <= 6; i++)
        site_issue(site, i, 1);
    for (int i = 7; i <= 9; i++) {
        book(site, i, 0);
        assert_verdict(site_do(site, EVENT_ARRIVED, i), "applied");
    }
    assert_string_equal(line(site), "1 2 7 3 4 8 5 6 9");
    static const int order[] = {1, 2, 7, 3, 4, 8, 5, 6, 9};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        assert_int_equal(call_next(site), order[i]); /* the phase does not move with the line */
}

/* Counting the third place from the head of the line anew after each call kept bookings third for
 * ever. */
static void a_reserved_place_comes_nearer_with_each_call(void **state)
{
    struct site *site = *state;
    every(site, 3);
    for (int i = 1; i <= 4; i++)
        site_issue(site, i, 1);
    book(site, 5, 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 5), "applied");
    for (int before = 2; before >= 0; before--) {
        assert_int_equal(queue_before(&site->queue, site_ticket(site, 5), site->now), before);
        if (before > 0)
            (void)call_next(site);
        site_issue(site, 10 - before, 1); /* more walk-ins keep coming */
    }
    assert_int_equal(call_next(site), 5);
}

static void an_unused_reserved_place_evaporates(void **state)
{
    struct site *site = *state;
    every(site, 2);
    for (int i = 1; i <= 4; i++)
        site_issue(site, i, 1);
    assert_int_equal(call_next(site), 1);
    assert_int_equal(call_next(site), 2); /* was reserved; no booking has arrived */
    book(site, 5, 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 5), "applied");
    assert_string_equal(line(site), "3 5 4"); /* not owed: the next reserved one, no earlier */
}

/* Only who is there: a booking that has not arrived holds nobody up. */
static void a_reserved_place_is_for_who_has_arrived(void **state)
{
    struct site *site = *state;
    every(site, 2);
    site_issue(site, 1, 1);
    site_issue(site, 2, 1);
    book(site, 3, 0);
    assert_string_equal(line(site), "1 2 3");
    assert_verdict(site_do(site, EVENT_ARRIVED, 3), "applied");
    assert_string_equal(line(site), "1 3 2");
    assert_verdict(site_do(site, EVENT_ABSENT, 3), "applied");
    assert_string_equal(line(site), "1 2 3");
}

/* Absent patients keep their place between the others and take no turn. */
static void an_absent_patient_takes_no_turn(void **state)
{
    struct site *site = *state;
    every(site, 2);
    for (int i = 1; i <= 3; i++)
        site_issue(site, i, 1);
    book(site, 4, 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 4), "applied");
    assert_verdict(site_do(site, EVENT_ABSENT, 1), "applied");
    assert_string_equal(line(site), "1 2 4 3");
    assert_int_equal(call_next(site), 2);
    assert_int_equal(call_next(site), 4);
}

static void urgent_patients_go_before_reserved_places(void **state)
{
    struct site *site = *state;
    every(site, 1);
    site_issue(site, 1, 1);
    site_issue(site, 2, 1);
    book(site, 3, 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 3), "applied");
    struct event event = site_event(site, EVENT_PRIORITISED, 2);
    event.priority = 1;
    strcpy(event.text, "高熱");
    assert_verdict(site_apply(site, &event), "applied");
    assert_string_equal(line(site), "2 3 1");
}

static void an_undone_call_gives_its_turn_back(void **state)
{
    struct site *site = *state;
    every(site, 2);
    for (int i = 1; i <= 3; i++)
        site_issue(site, i, 1);
    book(site, 4, 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 4), "applied");
    assert_int_equal(call_next(site), 1);
    assert_string_equal(line(site), "4 2 3");
    assert_verdict(site_undo(site, 1), "applied");
    assert_string_equal(line(site), "1 4 2 3");
}

/* Turns begin anew with a session: undoing a call of the morning gives the afternoon none back. */
static void an_undo_after_noon_gives_no_turn_back(void **state)
{
    struct site *site = *state;
    every(site, 2);
    for (int i = 1; i <= 3; i++)
        site_issue(site, i, 1);
    book(site, 4, 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 4), "applied");
    assert_int_equal(call_next(site), 1);
    site_session(site, "2026-11-24", SESSION_PM, RULES_MAX);
    assert_verdict(site_undo(site, 1), "applied");
    assert_int_equal(site->queue.desks[0].turns, 0);
    assert_string_equal(line(site), "1 4 2 3");
}

static void a_further_call_takes_no_turn(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    site_issue(site, 2, 1);
    assert_int_equal(call_next(site), 1);
    assert_verdict(site_do(site, EVENT_RECALLED, 1), "applied");
    assert_verdict(site_call(site, 1, "r1"), "applied");
    assert_int_equal(site->queue.desks[0].turns, 1);
}

/* The rank of a ticket that is on its way is what it will have once it is taken. */
static void an_offered_number_is_told_its_true_place(void **state)
{
    struct site *site = *state;
    every(site, 2);
    site_issue(site, 1, 1);
    struct event offer = site_event(site, EVENT_OFFERED, 2);
    offer.desk_no = 1;
    offer.number.value = 2;
    strcpy(offer.device, site_kiosk_a);
    assert_verdict(site_apply(site, &offer), "applied");
    book(site, 3, 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 3), "applied");
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 2), site->now), 2);
    assert_string_equal(line(site), "1 3");
    struct event taken = site_event(site, EVENT_TAKEN, 2);
    strcpy(taken.device, site_kiosk_a);
    assert_verdict(site_apply(site, &taken), "applied");
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 2), site->now), 2);
}

static void under_rules_1_no_place_is_reserved(void **state)
{
    struct site *site = *state;
    every(site, 1);
    site_session(site, "2026-11-24", SESSION_PM, 1);
    site_issue(site, 1, 1);
    book(site, 2, 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 2), "applied");
    assert_string_equal(line(site), "1 2");
}

/* -- who comes back ----------------------------------------------------------------------------
 */

static void tolerate(struct site *site, int calls, int places)
{
    struct settings *settings = site_settings(site);
    settings->recall_tolerance = calls;
    settings->late_places = places;
    site_change(site, settings);
}

static void go_absent(struct site *site, int ticket, int others)
{
    assert_verdict(site_call(site, ticket, "r1"), "applied");
    assert_verdict(site_do(site, EVENT_ABSENT, ticket), "applied");
    for (int i = 0; i < others; i++)
        (void)call_next(site);
}

static void within_the_tolerance_the_old_place_is_kept(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 8; i++)
        site_issue(site, i, 1);
    tolerate(site, 2, 3);
    go_absent(site, 1, 2);
    assert_verdict(site_do(site, EVENT_RECALLED, 2), "applied"); /* no other patient's call */
    assert_verdict(site_do(site, EVENT_WAITING, 1), "applied");
    assert_string_equal(line(site), "1 4 5 6 7 8");
}

static void beyond_the_tolerance_they_stand_some_places_back(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 8; i++)
        site_issue(site, i, 1);
    tolerate(site, 2, 3);
    go_absent(site, 1, 3);
    struct event back = site_event(site, EVENT_WAITING, 1);
    assert_verdict(site_apply(site, &back), "applied");
    assert_string_equal(line(site), "5 6 7 1 8");
    struct event undo = site_event(site, EVENT_UNDONE, 1);
    memcpy(undo.target, back.id, UID_SIZE);
    assert_verdict(site_apply(site, &undo), "applied");
    assert_string_equal(line(site), "1 5 6 7 8"); /* absent again, in the old place */
}

static void beyond_the_tolerance_zero_places_is_the_end(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 4; i++)
        site_issue(site, i, 1);
    tolerate(site, 0, 0);
    go_absent(site, 1, 1);
    assert_verdict(site_do(site, EVENT_WAITING, 1), "applied");
    assert_string_equal(line(site), "3 4 1");
}

static void by_default_the_old_place_is_always_kept(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 8; i++)
        site_issue(site, i, 1);
    go_absent(site, 1, 6);
    assert_verdict(site_do(site, EVENT_WAITING, 1), "applied");
    assert_string_equal(line(site), "1 8");
}

/* Turns begin anew with the afternoon; what was missed in the morning stays missed. */
static void who_was_absent_over_noon_has_still_missed_the_calls(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 6; i++)
        site_issue(site, i, 1);
    tolerate(site, 2, 0);
    go_absent(site, 1, 3);
    site_session(site, "2026-11-24", SESSION_PM, RULES_MAX);
    assert_verdict(site_do(site, EVENT_WAITING, 1), "applied");
    assert_string_equal(line(site), "5 6 1");
}

/* Two sent two places back: the second landed behind the third person, not the second. */
static void n_places_back_is_n_places_however_often(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 5; i++)
        site_issue(site, i, 1);
    for (int i = 1; i <= 2; i++) {
        struct event back = site_event(site, EVENT_BACK, i);
        back.places = 2;
        assert_verdict(site_apply(site, &back), "applied");
    }
    assert_string_equal(line(site), "3 1 2 4 5");
    struct event back = site_event(site, EVENT_BACK, 3);
    back.places = 1;
    assert_verdict(site_apply(site, &back), "applied");
    assert_string_equal(line(site), "1 3 2 4 5");
}

static void send_back(struct site *site, int ticket, int places)
{
    struct event back = site_event(site, EVENT_BACK, ticket);
    back.places = places;
    assert_verdict(site_apply(site, &back), "applied");
}

/* Halving the room between two was at its end after twenty, and the next one landed elsewhere. */
static void one_spot_takes_as_many_as_are_sent_there(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 60; i++)
        site_issue(site, i, 1);
    for (int i = 0; i < 200; i++) {
        const struct ticket *first = queue_next(&site->queue, 1, site->now), *line[3];
        char id[UID_SIZE], next[UID_SIZE];
        memcpy(id, first->id, UID_SIZE);
        assert_int_equal(queue_line(&site->queue, 1, site->now, line, 3), 3);
        memcpy(next, line[1]->id, UID_SIZE);
        struct event back = site_event(site, EVENT_BACK, 0);
        memcpy(back.ticket, id, UID_SIZE);
        back.places = 1;
        assert_verdict(site_apply(site, &back), "applied");
        assert_int_equal(queue_line(&site->queue, 1, site->now, line, 3), 3);
        assert_string_equal(line[0]->id, next);
        assert_string_equal(line[1]->id, id);
    }
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 60), site->now), 59);
}

/* Room was made by moving others; what is taken back after that finds its old neighbours. */
static void an_undo_finds_its_place_after_room_was_made(void **state)
{
    struct site *site = *state;
    int64_t now = site->now;
    for (int i = 1; i <= 5; i++) {
        site->now = now; /* no room at all */
        site_issue(site, i, 1);
    }
    send_back(site, 4, 1);
    assert_string_equal(line(site), "1 2 3 5 4");
    send_back(site, 1, 1);
    assert_string_equal(line(site), "2 1 3 5 4");
    assert_verdict(site_undo(site, 4), "applied");
    assert_string_equal(line(site), "2 1 3 4 5");
}

/* Three places back were four when a booking's place was among them. */
static void places_back_count_reserved_places_too(void **state)
{
    struct site *site = *state;
    every(site, 3);
    for (int i = 1; i <= 5; i++)
        site_issue(site, i, 1);
    book(site, 6, 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 6), "applied");
    assert_string_equal(line(site), "1 2 6 3 4 5");
    send_back(site, 1, 3);
    assert_string_equal(line(site), "2 3 6 1 4 5");
    assert_verdict(site_undo(site, 1), "applied");
    send_back(site, 1, 1);
    assert_string_equal(line(site), "2 1 6 3 4 5");
    assert_verdict(site_undo(site, 1), "applied");
    send_back(site, 1, 2); /* the third place is the booking's */
    assert_string_equal(line(site), "2 3 6 1 4 5");
    send_back(site, 6, 9); /* and draws it forward wherever it stands */
    assert_string_equal(line(site), "2 3 6 1 4 5");
}

/* A family touched once: three tickets of one millisecond, each in its own place. */
static void tickets_of_one_moment_have_their_own_places(void **state)
{
    struct site *site = *state;
    int64_t now = site->now;
    for (int i = 1; i <= 3; i++) {
        site->now = now;
        site_issue(site, i, 1);
    }
    struct event back = site_event(site, EVENT_BACK, 1);
    back.places = 1;
    assert_verdict(site_apply(site, &back), "applied");
    assert_string_equal(line(site), "2 1 3");
}

static void a_priority_needs_a_reason(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    struct event event = site_event(site, EVENT_PRIORITISED, 1);
    event.priority = 2;
    struct judgement judgement = site_apply(site, &event);
    assert_verdict(judgement, "refused");
    assert_string_equal(reason_name(judgement.reason), "no_reason");
    for (int i = 0; i < 40; i++)
        strcat(event.text, "熱"); /* three bytes each: cut between two signs */
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(strlen(site_ticket(site, 1)->reason), NAME_SIZE - 1);
    event = site_event(site, EVENT_PRIORITISED, 1);
    assert_verdict(site_apply(site, &event), "applied"); /* back to the usual order: none needed */
    assert_int_equal(site_ticket(site, 1)->priority, 0);
}

static void come_now_when_few_are_before(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 5; i++)
        site_issue(site, i, 1);
    assert_true(queue_come_now(&site->queue, site_ticket(site, 4), site->now));
    assert_false(queue_come_now(&site->queue, site_ticket(site, 5), site->now));
    (void)call_next(site);
    assert_true(queue_come_now(&site->queue, site_ticket(site, 5), site->now));
    assert_false(queue_come_now(&site->queue, site_ticket(site, 1), site->now)); /* is called */
}

static void the_line_of_all_desks_keeps_each_desks_order(void **state)
{
    struct site *site = *state;
    const struct ticket *all[16];
    every(site, 2);
    site_issue(site, 1, 1);
    site_issue(site, 2, 2);
    site_issue(site, 3, 1);
    book(site, 4, 0);
    assert_verdict(site_do(site, EVENT_ARRIVED, 4), "applied");
    site_issue(site, 5, 2);
    assert_int_equal(queue_line(&site->queue, 0, site->now, all, 16), 5);
    static const int order[] = {1, 2, 4, 3, 5};
    for (int i = 0; i < 5; i++)
        assert_string_equal(all[i]->id, site_ticket_id(order[i]));
}

#define T(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_turn_booking_counts_from_its_issue),
        T(a_slot_booking_counts_from_its_slot_or_arrival),
        T(inside_a_slot_the_order_is_that_of_arrival),
        T(a_booking_for_the_afternoon_does_not_count_in_the_morning),
        T(a_booking_is_kept_until_its_day),
        T(every_third_turn_is_a_bookings),
        T(a_reserved_place_comes_nearer_with_each_call),
        T(an_unused_reserved_place_evaporates),
        T(a_reserved_place_is_for_who_has_arrived),
        T(an_absent_patient_takes_no_turn),
        T(urgent_patients_go_before_reserved_places),
        T(an_undone_call_gives_its_turn_back),
        T(an_undo_after_noon_gives_no_turn_back),
        T(a_further_call_takes_no_turn),
        T(an_offered_number_is_told_its_true_place),
        T(under_rules_1_no_place_is_reserved),
        T(within_the_tolerance_the_old_place_is_kept),
        T(beyond_the_tolerance_they_stand_some_places_back),
        T(beyond_the_tolerance_zero_places_is_the_end),
        T(by_default_the_old_place_is_always_kept),
        T(who_was_absent_over_noon_has_still_missed_the_calls),
        T(n_places_back_is_n_places_however_often),
        T(one_spot_takes_as_many_as_are_sent_there),
        T(an_undo_finds_its_place_after_room_was_made),
        T(places_back_count_reserved_places_too),
        T(tickets_of_one_moment_have_their_own_places),
        T(a_priority_needs_a_reason),
        T(come_now_when_few_are_before),
        T(the_line_of_all_desks_keeps_each_desks_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
