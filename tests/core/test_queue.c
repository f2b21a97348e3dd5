#include "test.h"

#include <string.h>

#include "site.h"

static const char *state_of(const struct site *site, int ticket)
{
    return ticket_state_name(site_ticket(site, ticket)->state);
}

static void a_visit_from_slip_to_door(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    assert_string_equal(state_of(site, 1), "waiting");
    assert_verdict(site_call(site, 1, "r1"), "applied");
    assert_string_equal(state_of(site, 1), "called");
    assert_verdict(site_do(site, EVENT_IN_ROOM, 1), "applied");
    assert_verdict(site_do(site, EVENT_IN_EXAM, 1), "applied");
    assert_verdict(site_do(site, EVENT_WAITING, 1), "applied");
    assert_verdict(site_call(site, 1, "r1"), "applied");
    assert_verdict(site_do(site, EVENT_IN_ROOM, 1), "applied");
    struct event pay = site_event(site, EVENT_TRANSFERRED, 1);
    pay.desk_no = 3;
    assert_verdict(site_apply(site, &pay), "applied");
    assert_string_equal(state_of(site, 1), "to_pay");
    assert_int_equal(site_ticket(site, 1)->number.value, 1); /* a transfer keeps the number */
    assert_ptr_equal(queue_next(&site->queue, 3, site->now), site_ticket(site, 1));
    assert_verdict(site_call(site, 1, ""), "applied");
    assert_verdict(site_do(site, EVENT_DONE, 1), "applied");
    assert_verdict(site_do(site, EVENT_DONE, 1), "superseded");
}

static void unused_numbers_are_left_out(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 5; i++)
        site_issue(site, i, 1);
    assert_int_equal(site_ticket(site, 3)->number.value, 3);
    assert_int_equal(site_ticket(site, 4)->number.value, 5);
    assert_int_equal(site_ticket(site, 5)->number.value, 6);
}

static void each_desk_has_its_own_range(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    site_issue(site, 2, 2);
    assert_int_equal(site_ticket(site, 2)->number.value, 101);
    assert_int_equal(queue_next_number(&site->queue, 3, "", CHANNEL_KIOSK).value,
                     0); /* payment issues none */
}

static void a_used_up_range_gives_no_number(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 98; i++) /* 1..99 without 4 */
        site_issue(site, i, 1);
    assert_int_equal(site_ticket(site, 98)->number.value, 99);
    assert_int_equal(queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK).value, 0);
}

/* Words: "N before you" counts waiting, absent and turn bookings, not held or called ones. */
static void n_before_you(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 6; i++)
        site_issue(site, i, 1);
    site_issue(site, 7, 2);
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 6), site->now), 5);
    assert_verdict(site_call(site, 1, "r1"), "applied");
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 6), site->now), 4);
    assert_verdict(site_do(site, EVENT_ABSENT, 1), "applied");
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 6), site->now), 5);
    assert_verdict(site_do(site, EVENT_HELD, 2), "applied");
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 6), site->now), 4);
    assert_verdict(site_do(site, EVENT_CANCELLED, 3), "applied");
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 6), site->now), 3);
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 2), site->now), -1);
    site->queue.settings.absent_counts = false;
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 6), site->now), 2);
    assert_int_equal(queue_waiting(&site->queue, 1, site->now), 3);
    assert_int_equal(queue_waiting(&site->queue, 0, site->now), 4);
}

static void absent_is_skipped_by_call_next(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    site_issue(site, 2, 1);
    assert_verdict(site_do(site, EVENT_ABSENT, 1), "applied");
    assert_ptr_equal(queue_next(&site->queue, 1, site->now), site_ticket(site, 2));
    assert_verdict(site_do(site, EVENT_WAITING, 1), "applied");
    assert_ptr_equal(queue_next(&site->queue, 1, site->now), site_ticket(site, 1));
}

static void n_places_back_and_to_the_end(void **state)
{
    struct site *site = *state;
    const struct ticket *line[8];
    for (int i = 1; i <= 5; i++)
        site_issue(site, i, 1);
    struct event back = site_event(site, EVENT_BACK, 1);
    back.places = 3;
    assert_verdict(site_apply(site, &back), "applied");
    assert_int_equal(queue_line(&site->queue, 1, site->now, line, 8), 5);
    assert_ptr_equal(line[0], site_ticket(site, 2));
    assert_ptr_equal(line[3], site_ticket(site, 1));
    assert_ptr_equal(line[4], site_ticket(site, 5));
    assert_verdict(site_do(site, EVENT_BACK, 2), "applied"); /* 0 places = to the end */
    assert_int_equal(queue_line(&site->queue, 1, site->now, line, 8), 5);
    assert_ptr_equal(line[4], site_ticket(site, 2));
    back = site_event(site, EVENT_BACK, 2);
    back.places = 3; /* already last: stays */
    assert_verdict(site_apply(site, &back), "applied");
    assert_int_equal(queue_line(&site->queue, 1, site->now, line, 2), 2);
    assert_ptr_equal(line[0], site_ticket(site, 3));
}

static void priority_goes_first(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    site_issue(site, 2, 1);
    struct event event = site_event(site, EVENT_PRIORITISED, 2);
    event.priority = 1;
    strcpy(event.text, "高熱、別室で待機");
    assert_verdict(site_apply(site, &event), "applied");
    assert_ptr_equal(queue_next(&site->queue, 1, site->now), site_ticket(site, 2));
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 1), site->now), 1);
}

/* Acceptance time orders the line, not the number. */
static void order_of_acceptance_not_of_numbers(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    struct event early = site_event(site, EVENT_ISSUED, 2);
    early.desk_no = 1;
    early.number = (struct number){'A', 1};
    strcpy(early.device, site_kiosk_a);
    struct judgement judgement = queue_apply(&site->queue, &early, site->now - 600000);
    assert_verdict(judgement, "applied");
    assert_ptr_equal(queue_next(&site->queue, 1, site->now), site_ticket(site, 2));
}

static void calls_are_remembered_for_the_board(void **state)
{
    struct site *site = *state;
    const struct queue_call *calls[QUEUE_CALLS_MAX];
    for (int i = 1; i <= 40; i++)
        site_issue(site, i, 1);
    for (int i = 1; i <= 40; i++)
        assert_verdict(site_call(site, i, "r1"), "applied");
    assert_int_equal(queue_calls(&site->queue, 1, calls, QUEUE_CALLS_MAX), QUEUE_CALLS_MAX);
    assert_string_equal(calls[0]->ticket, site_ticket_id(40));
    assert_verdict(site_do(site, EVENT_RECALLED, 20), "applied");
    assert_int_equal(queue_calls(&site->queue, 0, calls, 2), 2);
    assert_string_equal(calls[0]->ticket, site_ticket_id(20));
    assert_string_equal(calls[1]->ticket, site_ticket_id(40));
    assert_true(queue_call_live(&site->queue, calls[0], site->now));
    assert_false(queue_call_live(&site->queue, calls[0], site->now + 5 * 60 * 1000));
    assert_verdict(site_do(site, EVENT_IN_ROOM, 20), "applied");
    assert_false(queue_call_live(&site->queue, calls[0], site->now));
    assert_int_equal(queue_calls(&site->queue, 2, calls, 2), 0);
}

static void undo_brings_the_last_act_back(void **state)
{
    struct site *site = *state;
    const struct queue_call *calls[2];
    site_issue(site, 1, 1);
    struct event call = site_event(site, EVENT_CALLED, 1);
    strcpy(call.room, "r1");
    assert_verdict(site_apply(site, &call), "applied");
    struct event undo = site_event(site, EVENT_UNDONE, 1);
    memcpy(undo.target, call.id, UID_SIZE);
    assert_verdict(site_apply(site, &undo), "applied");
    assert_string_equal(state_of(site, 1), "waiting");
    assert_int_equal(site_ticket(site, 1)->called_ms, 0);
    assert_int_equal(queue_calls(&site->queue, 1, calls, 2), 0);
}

/* A colleague called somebody else meanwhile: the board forgets the undone call alone. */
static void undo_takes_its_own_call_off_the_board(void **state)
{
    struct site *site = *state;
    const struct queue_call *calls[4];
    for (int i = 1; i <= 2; i++) {
        site_issue(site, i, 1);
        assert_verdict(site_call(site, i, "r1"), "applied");
    }
    assert_verdict(site_undo(site, 1), "applied");
    assert_int_equal(queue_calls(&site->queue, 1, calls, 4), 1);
    assert_string_equal(calls[0]->ticket, site_ticket_id(2));
}

/* Called again by mistake: the undo takes the further call back, not the first. */
static void an_undone_further_call_leaves_the_first_on_the_board(void **state)
{
    struct site *site = *state;
    const struct queue_call *calls[4];
    for (int i = 1; i <= 2; i++) {
        site_issue(site, i, 1);
        assert_verdict(site_call(site, i, "r1"), "applied");
    }
    int64_t first = site_ticket(site, 1)->called_ms;
    assert_verdict(site_do(site, EVENT_RECALLED, 1), "applied");
    assert_verdict(site_undo(site, 1), "applied");
    assert_int_equal(queue_calls(&site->queue, 1, calls, 4), 2);
    assert_string_equal(calls[0]->ticket, site_ticket_id(2)); /* the later of the two again */
    assert_string_equal(calls[1]->ticket, site_ticket_id(1));
    assert_true(calls[1]->called_ms == first);
    assert_string_equal(state_of(site, 1), "called");
}

/* Design: undo applies only while its target is the ticket's last event, and never to an issue. */
static void undo_is_refused_once_it_is_late(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    struct event undo = site_event(site, EVENT_UNDONE, 1);
    memcpy(undo.target, site_ticket(site, 1)->last_event, UID_SIZE);
    assert_verdict(site_apply(site, &undo), "superseded");
    struct event call = site_event(site, EVENT_CALLED, 1);
    assert_verdict(site_apply(site, &call), "applied");
    assert_verdict(site_do(site, EVENT_IN_ROOM, 1), "applied");
    undo = site_event(site, EVENT_UNDONE, 1);
    memcpy(undo.target, call.id, UID_SIZE);
    assert_verdict(site_apply(site, &undo), "superseded");
    assert_string_equal(state_of(site, 1), "in_room");
}

static void pausing_message_and_session(void **state)
{
    struct site *site = *state;
    struct event event = site_event(site, EVENT_PAUSED, 0);
    event.desk_no = 1;
    assert_verdict(site_apply(site, &event), "applied");
    assert_verdict(site_apply(site, &event), "superseded");
    assert_true(site->queue.desks[0].paused);
    event = site_event(site, EVENT_MESSAGE, 0);
    strcpy(event.text, "院長が往診に出ます");
    assert_verdict(site_apply(site, &event), "applied");
    assert_string_equal(site->queue.message, "院長が往診に出ます");
    event = site_event(site, EVENT_PAUSED, 0);
    event.desk_no = 9;
    assert_verdict(site_apply(site, &event), "refused");
}

static void unknown_things_are_refused(void **state)
{
    struct site *site = *state;
    assert_verdict(site_do(site, EVENT_DONE, 9), "refused");
    site_issue(site, 1, 1);
    assert_verdict(site_call(site, 1, "nowhere"), "refused");
    struct event move = site_event(site, EVENT_TRANSFERRED, 1);
    move.desk_no = 8;
    assert_verdict(site_apply(site, &move), "refused");
    assert_string_equal(state_of(site, 1), "waiting");
    struct queue bare;
    queue_init(&bare);
    struct event call = site_event(site, EVENT_CALLED, 1);
    assert_int_equal(queue_judge(&bare, &call).reason, REASON_NO_SETTINGS);
    queue_finish(&bare);
}

static void settings_keep_desks_with_people(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 2);
    struct settings fewer = site->queue.settings;
    fewer.desk_count = 1;
    fewer.room_count = 1;
    struct event event = site_event(site, EVENT_SETTINGS, 0);
    event.settings = &fewer;
    assert_verdict(site_apply(site, &event), "refused");
    assert_verdict(site_do(site, EVENT_CANCELLED, 1), "applied");
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(site->queue.settings.desk_count, 1);
    assert_int_equal(site->queue.desks[0].next, 1);
}

/* Whoever was finished there stays finished; nobody waits where there is no desk. */
static void nothing_returns_to_a_desk_that_is_gone(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 2);
    site_issue(site, 2, 2);
    assert_verdict(site_do(site, EVENT_CANCELLED, 1), "applied");
    assert_verdict(site_do(site, EVENT_DONE, 2), "applied");
    struct event offer = site_event(site, EVENT_OFFERED, 3);
    offer.desk_no = 2;
    offer.number.value = 150;
    strcpy(offer.device, site_kiosk_a);
    assert_verdict(site_apply(site, &offer), "applied");
    assert_verdict(site_do(site, EVENT_ABANDONED, 3), "applied");
    struct settings *fewer = site_settings(site);
    fewer->desk_count = 1;
    fewer->room_count = 1;
    site_change(site, fewer);
    assert_verdict(site_do(site, EVENT_RESTORED, 1), "refused");
    assert_verdict(site_do(site, EVENT_IN_ROOM, 1), "refused");
    assert_verdict(site_undo(site, 2), "refused");
    offer.kind = EVENT_TAKEN;
    assert_string_equal(reason_name(site_apply(site, &offer).reason), "unknown_desk");
}

static void a_copy_is_equal_and_apart(void **state)
{
    struct site *site = *state;
    struct queue copy;
    queue_init(&copy);
    site_issue(site, 1, 1);
    assert_int_equal(queue_copy(&site->queue, &copy), 0);
    assert_true(queue_digest(&copy) == queue_digest(&site->queue));
    assert_verdict(site_call(site, 1, "r1"), "applied");
    assert_false(queue_digest(&copy) == queue_digest(&site->queue));
    assert_int_equal(queue_ticket(&copy, site_ticket_id(1))->state, TICKET_WAITING);
    queue_finish(&copy);
}

/* A further slip is counted for whoever is still expected, and is no step of the visit: the patient
 * moves on with what colleagues last saw. */
static void a_slip_is_asked_for_and_nothing_moves(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    struct ticket before = *site_ticket(site, 1);
    struct event ask = site_event(site, EVENT_REISSUE, 1);
    strcpy(ask.seen, site_ticket_id(9)); /* seen long ago: no matter */
    uint64_t digest = queue_digest(&site->queue);
    assert_verdict(site_apply(site, &ask), "applied");
    assert_false(queue_digest(&site->queue) == digest);
    before.reissues = 1;
    before.digest = site_ticket(site, 1)->digest;
    assert_memory_equal(site_ticket(site, 1), &before, sizeof before);
    assert_verdict(site_call(site, 1, "r1"), "applied");
    assert_verdict(site_do(site, EVENT_REISSUE, 1), "applied");
    assert_int_equal(site_ticket(site, 1)->reissues, 2);
    assert_true(site_ticket(site, 1)->can_undo);
    assert_verdict(site_do(site, EVENT_DONE, 1), "applied");
    assert_verdict(site_do(site, EVENT_REISSUE, 1), "refused");
    assert_verdict(site_do(site, EVENT_REISSUE, 7), "refused");
    struct event offer = site_event(site, EVENT_OFFERED, 2);
    offer.number = (struct number){0, 2};
    offer.desk_no = 1;
    assert_verdict(site_apply(site, &offer), "applied");
    assert_verdict(site_do(site, EVENT_REISSUE, 2), "refused");
}

#define T(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_visit_from_slip_to_door),
        T(a_slip_is_asked_for_and_nothing_moves),
        T(unused_numbers_are_left_out),
        T(each_desk_has_its_own_range),
        T(a_used_up_range_gives_no_number),
        T(n_before_you),
        T(absent_is_skipped_by_call_next),
        T(n_places_back_and_to_the_end),
        T(priority_goes_first),
        T(order_of_acceptance_not_of_numbers),
        T(calls_are_remembered_for_the_board),
        T(undo_brings_the_last_act_back),
        T(undo_takes_its_own_call_off_the_board),
        T(an_undone_further_call_leaves_the_first_on_the_board),
        T(undo_is_refused_once_it_is_late),
        T(pausing_message_and_session),
        T(unknown_things_are_refused),
        T(settings_keep_desks_with_people),
        T(nothing_returns_to_a_desk_that_is_gone),
        T(a_copy_is_equal_and_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
