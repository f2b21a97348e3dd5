/* Families: several tickets called together, each with its own number and its own visit. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "site.h"

static const char *const family = "fa000000-0000-4000-8000-000000000001";

static void issue(struct site *site, int ticket, int desk_no, const char *of)
{
    struct event event = site_event(site, EVENT_ISSUED, ticket);
    event.desk_no = desk_no;
    event.number = queue_next_number(&site->queue, desk_no, "", CHANNEL_KIOSK);
    (void)snprintf(event.family, sizeof event.family, "%s", of);
    assert_verdict(site_apply(site, &event), "applied");
}

/* 1 alone; 2, 3, 5 (number 6: 4 is not given) a family; 6 of the family at another desk; 7 alone.
 */
static int setup(void **state)
{
    static struct site site;
    site_open(&site);
    issue(&site, 1, 1, "");
    for (int i = 2; i <= 4; i++)
        issue(&site, i, 1, family);
    issue(&site, 5, 2, family);
    issue(&site, 6, 1, "");
    *state = &site;
    return 0;
}

static const char *state_of(const struct site *site, int ticket)
{
    return ticket_state_name(site_ticket(site, ticket)->state);
}

static void a_call_of_one_calls_the_family_at_that_desk(void **state)
{
    struct site *site = *state;
    const struct queue_call *calls[QUEUE_CALLS_MAX];
    assert_verdict(site_call(site, 3, "r1"), "applied");
    for (int i = 2; i <= 4; i++) {
        assert_string_equal(state_of(site, i), "called");
        assert_string_equal(site_ticket(site, i)->room, "r1");
        assert_string_equal(site_ticket(site, i)->last_event, site_ticket(site, 3)->last_event);
    }
    assert_string_equal(state_of(site, 1), "waiting");
    assert_string_equal(state_of(site, 5), "waiting"); /* another desk's line */
    assert_string_equal(state_of(site, 6), "waiting");
    assert_int_equal(queue_calls(&site->queue, 0, calls, QUEUE_CALLS_MAX), 3); /* one each */
    assert_string_equal(calls[0]->ticket, site_ticket_id(3));
    assert_string_equal(calls[1]->ticket, site_ticket_id(2));
    assert_string_equal(calls[2]->ticket, site_ticket_id(4));
    assert_int_equal(queue_before(&site->queue, site_ticket(site, 6), site->now), 1);
    assert_int_equal(site->queue.desks[0].turns, 3);
}

/* Who has gone home, is held or absent is not called with the others. */
static void only_who_waits_is_called_along(void **state)
{
    struct site *site = *state;
    assert_verdict(site_do(site, EVENT_CANCELLED, 2), "applied");
    assert_verdict(site_do(site, EVENT_ABSENT, 4), "applied");
    assert_verdict(site_call(site, 3, "r1"), "applied");
    assert_string_equal(state_of(site, 2), "cancelled");
    assert_string_equal(state_of(site, 4), "absent");
}

static void undo_takes_the_whole_call_back(void **state)
{
    struct site *site = *state;
    const struct queue_call *calls[4];
    assert_verdict(site_call(site, 2, "r1"), "applied");
    struct event undo = site_event(site, EVENT_UNDONE, 4); /* any of them names the call */
    memcpy(undo.target, site_ticket(site, 4)->last_event, UID_SIZE);
    assert_verdict(site_apply(site, &undo), "applied");
    for (int i = 2; i <= 4; i++)
        assert_string_equal(state_of(site, i), "waiting");
    assert_int_equal(queue_calls(&site->queue, 1, calls, 4), 0);
    assert_int_equal(site->queue.desks[0].turns, 0);
    assert_ptr_equal(queue_next(&site->queue, 1, site->now), site_ticket(site, 1));
    assert_verdict(site_apply(site, &undo), "superseded");
}

/* The mother is in the room already: undoing the call leaves her there. */
static void undo_leaves_whoever_moved_on_since(void **state)
{
    struct site *site = *state;
    assert_verdict(site_call(site, 2, "r1"), "applied");
    char call[UID_SIZE];
    memcpy(call, site_ticket(site, 2)->last_event, UID_SIZE);
    assert_verdict(site_do(site, EVENT_IN_ROOM, 3), "applied");
    struct event undo = site_event(site, EVENT_UNDONE, 3);
    memcpy(undo.target, call, UID_SIZE);
    assert_verdict(site_apply(site, &undo), "superseded");
    undo = site_event(site, EVENT_UNDONE, 2);
    memcpy(undo.target, call, UID_SIZE);
    assert_verdict(site_apply(site, &undo), "applied");
    assert_string_equal(state_of(site, 2), "waiting");
    assert_string_equal(state_of(site, 3), "in_room");
    assert_string_equal(state_of(site, 4), "waiting");
}

/* Reception marks the child absent without having seen that the mother, and so the child, has been
 * called: the late word must not take the call back. */
static void a_stale_act_on_one_called_along_is_superseded(void **state)
{
    struct site *site = *state;
    char seen[UID_SIZE];
    memcpy(seen, site_ticket(site, 4)->last_event, UID_SIZE);
    assert_verdict(site_call(site, 2, "r1"), "applied");
    struct event absent = site_event(site, EVENT_ABSENT, 4);
    memcpy(absent.seen, seen, UID_SIZE);
    assert_verdict(site_apply(site, &absent), "superseded");
    struct event room = site_event(site, EVENT_IN_ROOM, 4);
    memcpy(room.seen, seen, UID_SIZE);
    assert_verdict(site_apply(site, &room), "applied");
}

static void a_further_call_is_for_all_who_were_called_there(void **state)
{
    struct site *site = *state;
    assert_verdict(site_call(site, 2, "r1"), "applied");
    assert_verdict(site_do(site, EVENT_IN_ROOM, 4), "applied");
    int64_t at = site->now;
    assert_verdict(site_do(site, EVENT_RECALLED, 3), "applied");
    assert_true(site_ticket(site, 2)->called_ms == at);
    assert_true(site_ticket(site, 3)->called_ms == at);
    assert_int_equal(site_ticket(site, 2)->calls, 2);
    assert_int_equal(site_ticket(site, 4)->calls, 1);
    assert_string_equal(state_of(site, 4), "in_room");
}

static void under_rules_1_each_is_called_alone(void **state)
{
    struct site *site = *state;
    site_session(site, "2026-11-24", SESSION_PM, 1);
    assert_verdict(site_call(site, 2, "r1"), "applied");
    assert_string_equal(state_of(site, 3), "waiting");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_call_of_one_calls_the_family_at_that_desk),
        T(only_who_waits_is_called_along),
        T(undo_takes_the_whole_call_back),
        T(undo_leaves_whoever_moved_on_since),
        T(a_stale_act_on_one_called_along_is_superseded),
        T(a_further_call_is_for_all_who_were_called_there),
        T(under_rules_1_each_is_called_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
