/* Design, "Numbers": offers, own series, and what happens when both are given. */
#include "test.h"

#include <string.h>

#include "site.h"

static struct event offer(struct site *site, int ticket)
{
    struct event event = site_event(site, EVENT_OFFERED, ticket);
    event.desk_no = 1;
    event.number = queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK);
    memcpy(event.device, site_kiosk_a, UID_SIZE);
    return event;
}

static struct event taken(struct site *site, int ticket, int value)
{
    struct event event = site_event(site, EVENT_TAKEN, ticket);
    event.desk_no = 1;
    event.number.value = value;
    memcpy(event.device, site_kiosk_a, UID_SIZE);
    return event;
}

static struct event lettered(struct site *site, int ticket, const char *device, char letter,
                             int value)
{
    struct event event = site_event(site, EVENT_ISSUED, ticket);
    event.desk_no = 1;
    event.number = (struct number){letter, value};
    memcpy(event.device, device, UID_SIZE);
    return event;
}

static void open_session(struct site *site, const char *date, enum session_kind kind,
                         const char *verdict)
{
    struct event event = site_event(site, EVENT_SESSION_OPENED, 0);
    strcpy(event.session.date, date);
    event.session.kind = kind;
    assert_verdict(site_apply(site, &event), verdict);
}

static enum ticket_state state_of(const struct site *site, int ticket)
{
    return site_ticket(site, ticket)->state;
}

static void an_offer_is_neither_callable_nor_counted(void **state)
{
    struct site *site = *state;
    struct event event = offer(site, 1);
    assert_verdict(site_apply(site, &event), "applied");
    assert_null(queue_next(&site->queue, 1, site->now));
    assert_int_equal(queue_waiting(&site->queue, 1, site->now), 0);
    assert_verdict(site_call(site, 1, "r1"), "refused");
    event = taken(site, 1, 1);
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(queue_waiting(&site->queue, 1, site->now), 1);
    event = taken(site, 1, 1);
    assert_verdict(site_apply(site, &event), "superseded");
}

static void an_offered_number_is_not_offered_twice(void **state)
{
    struct site *site = *state;
    struct event event = offer(site, 1);
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK).value, 2);
    struct event second = offer(site, 2);
    second.number.value = 1;
    assert_verdict(site_apply(site, &second), "refused");
}

/* The cloud offered 1, but the slip says A1: A1 holds and 1 is void for the day. */
static void own_number_voids_a_late_offer(void **state)
{
    struct site *site = *state;
    struct event event = offer(site, 1);
    assert_verdict(site_apply(site, &event), "applied");
    event = lettered(site, 1, site_kiosk_a, 'A', 1);
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(state_of(site, 1), TICKET_WAITING);
    assert_int_equal(site_ticket(site, 1)->number.letter, 'A');
    assert_int_equal(queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK).value, 2);
    assert_int_equal(queue_next_letter_number(&site->queue, 'A').value, 2);
}

/* The cloud woke up, offered, and only then heard that the patient has held A1 for long. */
static void a_late_offer_does_not_cost_the_place(void **state)
{
    struct site *site = *state;
    int64_t touched = site->now;
    site_issue(site, 2, 1);
    struct event event = offer(site, 1);
    assert_verdict(site_apply(site, &event), "applied");
    event = lettered(site, 1, site_kiosk_a, 'A', 1);
    assert_verdict(queue_apply(&site->queue, &event, touched - 1), "applied");
    assert_int_equal(site_ticket(site, 1)->accepted_ms, touched - 1);
    assert_ptr_equal(queue_next(&site->queue, 1, site->now), site_ticket(site, 1));
}

/* The other order: the slip's number arrives first, the cloud's offer afterwards. */
static void an_offer_after_the_own_number_is_superseded(void **state)
{
    struct site *site = *state;
    struct event event = lettered(site, 1, site_kiosk_a, 'A', 1);
    assert_verdict(site_apply(site, &event), "applied");
    event = offer(site, 1);
    assert_verdict(site_apply(site, &event), "superseded");
    assert_int_equal(site_ticket(site, 1)->number.letter, 'A');
}

static void an_abandoned_number_is_void(void **state)
{
    struct site *site = *state;
    struct event event = offer(site, 1);
    assert_verdict(site_apply(site, &event), "applied");
    assert_verdict(site_do(site, EVENT_ABANDONED, 1), "applied");
    assert_int_equal(queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK).value, 2);
    assert_verdict(site_do(site, EVENT_RESTORED, 1), "refused");
    assert_verdict(site_do(site, EVENT_IN_ROOM, 1), "refused");
}

/* The patient holds the slip, however late the kiosk tells. */
static void taken_after_abandonment_still_holds(void **state)
{
    struct site *site = *state;
    struct event event = offer(site, 1);
    assert_verdict(site_apply(site, &event), "applied");
    assert_verdict(site_do(site, EVENT_ABANDONED, 1), "applied");
    event = taken(site, 1, 1);
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(state_of(site, 1), TICKET_WAITING);
}

/* The kiosk showed its number, was cut off, and comes back only the next morning. */
static void a_void_number_is_not_given_while_its_slip_may_be_out(void **state)
{
    struct site *site = *state;
    struct event event = offer(site, 1);
    assert_verdict(site_apply(site, &event), "applied");
    assert_verdict(site_do(site, EVENT_ABANDONED, 1), "applied");
    site->now += INT64_C(15) * 3600 * 1000;
    open_session(site, "2026-11-25", SESSION_AM, "applied");
    assert_int_equal(queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK).value, 2);
    event = taken(site, 1, 1);
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(state_of(site, 1), TICKET_WAITING);
    site->now += INT64_C(24) * 3600 * 1000;
    assert_verdict(site_do(site, EVENT_DONE, 1), "applied");
    open_session(site, "2026-11-26", SESSION_AM, "applied");
    assert_int_equal(queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK).value, 1);
}

/* A restored cloud has forgotten the offer; `taken` carries all that is needed. */
static void taken_of_a_forgotten_offer_makes_the_ticket(void **state)
{
    struct site *site = *state;
    struct event event = taken(site, 1, 12);
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(site_ticket(site, 1)->number.value, 12);
    assert_int_equal(queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK).value, 13);
}

static void taken_by_another_device_is_refused(void **state)
{
    struct site *site = *state;
    struct event event = offer(site, 1);
    assert_verdict(site_apply(site, &event), "applied");
    event = taken(site, 1, 1);
    memcpy(event.device, site_kiosk_b, UID_SIZE);
    assert_verdict(site_apply(site, &event), "refused");
    event = taken(site, 1, 2);
    assert_verdict(site_apply(site, &event), "refused");
}

static void a_letter_belongs_to_one_device(void **state)
{
    struct site *site = *state;
    struct event event = lettered(site, 1, site_kiosk_b, 'A', 1);
    assert_verdict(site_apply(site, &event), "refused");
    event = lettered(site, 1, site_kiosk_a, 'A', 1);
    assert_verdict(site_apply(site, &event), "applied");
    event = lettered(site, 2, site_kiosk_a, 'A', 1);
    assert_verdict(site_apply(site, &event), "refused");
    event = lettered(site, 1, site_kiosk_a, 'A', 2);
    assert_verdict(site_apply(site, &event), "superseded");
    assert_int_equal(queue_letter_of(&site->queue, site_kiosk_b), 'R');
    assert_int_equal(queue_free_letter(&site->queue), 'X');
}

/* A number is not issued again while its earlier holder is unfinished. */
static void a_new_day_restarts_numbers_but_not_live_ones(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 3; i++)
        site_issue(site, i, 1);
    assert_verdict(site_do(site, EVENT_DONE, 2), "applied");
    site->now += INT64_C(15) * 3600 * 1000;
    open_session(site, "2026-11-25", SESSION_AM, "applied");
    assert_null(site_ticket(site, 2));
    assert_non_null(site_ticket(site, 1));
    site_issue(site, 4, 1);
    assert_int_equal(site_ticket(site, 4)->number.value, 2);
    site_issue(site, 5, 1);
    assert_int_equal(site_ticket(site, 5)->number.value, 5); /* 3 is live, 4 unused */
    open_session(site, "2026-11-24", SESSION_PM, "superseded");
    open_session(site, "2026-11-25", SESSION_AM, "superseded");
}

static void a_session_restarts_numbers_only_where_the_clinic_says_so(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    assert_verdict(site_do(site, EVENT_DONE, 1), "applied");
    open_session(site, "2026-11-24", SESSION_PM, "applied");
    assert_int_equal(queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK).value, 2);
    site->queue.settings.restart_by_session = true;
    open_session(site, "2026-11-24", SESSION_EVENING, "applied");
    assert_int_equal(queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK).value, 1);
}

/* The own series restarts only with no open ticket of it. */
static void letters_restart_with_a_day_when_none_is_open(void **state)
{
    struct site *site = *state;
    struct event event = lettered(site, 1, site_kiosk_a, 'A', 1);
    assert_verdict(site_apply(site, &event), "applied");
    event = lettered(site, 2, site_kiosk_b, 'R', 1);
    assert_verdict(site_apply(site, &event), "applied");
    assert_verdict(site_do(site, EVENT_DONE, 2), "applied");
    site->now += INT64_C(15) * 3600 * 1000;
    open_session(site, "2026-11-25", SESSION_AM, "applied");
    assert_int_equal(queue_next_letter_number(&site->queue, 'A').value, 2);
    assert_int_equal(queue_next_letter_number(&site->queue, 'R').value, 1);
}

static void restored_needs_its_number_free(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    assert_verdict(site_do(site, EVENT_CANCELLED, 1), "applied");
    site->queue.desks[0].next = 1;
    site_issue(site, 2, 1);
    assert_verdict(site_do(site, EVENT_RESTORED, 1), "refused");
    assert_verdict(site_do(site, EVENT_CANCELLED, 2), "applied");
    assert_verdict(site_do(site, EVENT_RESTORED, 1), "applied");
}

/* Its device gives it without asking: what the series has yet to give may be in somebody's hand. */
static void a_letters_number_comes_back_only_behind_its_series(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 3; i++) {
        struct event event = lettered(site, i, site_kiosk_a, 'A', i);
        assert_verdict(site_apply(site, &event), "applied");
        assert_verdict(site_do(site, i == 3 ? EVENT_CANCELLED : EVENT_DONE, i), "applied");
    }
    assert_verdict(site_do(site, EVENT_RESTORED, 1), "applied"); /* still this morning's series */
    assert_verdict(site_do(site, EVENT_DONE, 1), "applied");
    site->queue.settings.restart_by_session = true;
    open_session(site, "2026-11-24", SESSION_PM, "applied");
    assert_int_equal(queue_next_letter_number(&site->queue, 'A').value, 1);
    struct judgement back = site_do(site, EVENT_RESTORED, 1);
    assert_verdict(back, "refused");
    assert_string_equal(reason_name(back.reason), "number_live");
    assert_verdict(site_undo(site, 2), "refused");
    assert_verdict(site_do(site, EVENT_IN_ROOM, 3), "refused");
    struct event anew = lettered(site, 4, site_kiosk_a, 'A', 1);
    assert_verdict(site_apply(site, &anew), "applied");
    assert_verdict(site_do(site, EVENT_DONE, 4), "applied");
    assert_verdict(site_do(site, EVENT_RESTORED, 4), "applied");
    site->queue.letters[0].retired =
        true; /* nothing more of it is given: A2 can be nobody else's */
    assert_verdict(site_undo(site, 2), "applied");
}

/* After a restore of the cloud, main numbers jump past all that may have been issued. */
static void numbers_jump_forward_only(void **state)
{
    struct site *site = *state;
    struct event event = site_event(site, EVENT_JUMPED, 0);
    event.desk_no = 1;
    event.number.value = 50;
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(queue_next_number(&site->queue, 1, "", CHANNEL_KIOSK).value, 50);
    event.number.value = 20;
    assert_verdict(site_apply(site, &event), "superseded");
}

#define T(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)

/* An old card image: the device's first series is at an end, but slips of it are out. */
static void a_second_letter_retires_the_first_for_new_numbers_only(void **state)
{
    struct site *site = *state;
    struct event event = site_event(site, EVENT_DEVICE, 0);
    struct event early = lettered(site, 1, site_kiosk_a, 'A', 1);
    memcpy(event.device, site_kiosk_a, UID_SIZE);
    event.number.letter = 'X';
    assert_verdict(site_apply(site, &event), "applied");
    assert_int_equal(queue_letter_of(&site->queue, site_kiosk_a), 'X');
    assert_verdict(site_apply(site, &early), "applied"); /* uploaded late */
    event = lettered(site, 2, site_kiosk_a, 'X', 1);
    assert_verdict(site_apply(site, &event), "applied");
    event = site_event(site, EVENT_DEVICE, 0);
    memcpy(event.device, site_kiosk_b, UID_SIZE);
    event.number.letter = 'A'; /* never another's */
    assert_verdict(site_apply(site, &event), "refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_offer_is_neither_callable_nor_counted),
        T(a_second_letter_retires_the_first_for_new_numbers_only),
        T(an_offered_number_is_not_offered_twice),
        T(own_number_voids_a_late_offer),
        T(a_late_offer_does_not_cost_the_place),
        T(an_offer_after_the_own_number_is_superseded),
        T(an_abandoned_number_is_void),
        T(taken_after_abandonment_still_holds),
        T(a_void_number_is_not_given_while_its_slip_may_be_out),
        T(taken_of_a_forgotten_offer_makes_the_ticket),
        T(taken_by_another_device_is_refused),
        T(a_letter_belongs_to_one_device),
        T(a_new_day_restarts_numbers_but_not_live_ones),
        T(a_session_restarts_numbers_only_where_the_clinic_says_so),
        T(letters_restart_with_a_day_when_none_is_open),
        T(restored_needs_its_number_free),
        T(a_letters_number_comes_back_only_behind_its_series),
        T(numbers_jump_forward_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
