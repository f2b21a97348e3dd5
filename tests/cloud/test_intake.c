/* Numbers: when they are given, when they are void, and that a slip in a hand always holds. */
#include "intake.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keeper.h"
#include "notices.h"
#include "recovery.h"
#include "site_rig.h"

static const int64_t hour = 3600 * 1000;

static struct intake_request request_of(int ticket)
{
    struct intake_request request = {.desk_no = 1, .persons = 1, .channel = CHANNEL_KIOSK};

    (void)snprintf(request.tickets[0], sizeof(request.tickets[0]), "%s", rig_uid(ticket));
    (void)snprintf(request.device, sizeof(request.device), "%s", rig_uid(999));
    return request;
}

static int issue(struct rig *rig, const struct intake_request *request, struct intake_ticket *ret,
                 struct intake_refusal *refusal)
{
    struct cloud cloud = rig_cloud(rig);

    return intake_issue(&cloud, rig->site, request, ret, refusal);
}

static void expect(struct rig *rig, int ticket, const char *code)
{
    struct intake_request request = request_of(ticket);
    struct intake_refusal refusal = {.code = ""};
    struct intake_ticket issued;
    int result = issue(rig, &request, &issued, &refusal);

    assert_int_equal(result, code ? -EPERM : 0);
    if (code)
        assert_string_equal(refusal.code, code);
}

static void change_settings(struct rig *rig, const char *more)
{
    char text[1000], error[DB_ERROR_SIZE] = "";
    cJSON *json;

    (void)snprintf(text, sizeof(text),
                   "{\"clinic_no\":\"1024\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":"
                   "\"x\",\"first\":1,\"last\":99}]%s}",
                   more);
    json = cJSON_Parse(text);
    assert_non_null(json);
    if (site_change_settings(rig->site, json, "t", error, sizeof(error)) < 0)
        fail_msg("%s", error);
    cJSON_Delete(json);
}

static void put_ticket_event(struct rig *rig, enum event_kind kind, int ticket, int id)
{
    struct event event = rig_act(kind, ticket);

    (void)snprintf(event.id, sizeof(event.id), "%s", rig_uid(id));
    (void)snprintf(event.device, sizeof(event.device), "%s", rig_uid(999));
    event.at = rig->now;
    assert_int_equal(rig_put(rig->site, &event).judgement.verdict, VERDICT_APPLIED);
}

static int number_of(struct rig *rig, int ticket)
{
    const struct ticket *found = queue_ticket(site_read(rig->site), rig_uid(ticket));
    int value = found ? found->number.value : 0;

    site_read_end(rig->site);
    return value;
}

/* -- offers ------------------------------------------------------------------------------------ */

static void offer(struct rig *rig, int ticket)
{
    struct intake_request request = request_of(ticket);
    struct intake_refusal refusal;
    struct intake_ticket issued;

    request.offer = true;
    assert_int_equal(issue(rig, &request, &issued, &refusal), 0);
    assert_int_equal(rig_state(rig->site, ticket), TICKET_OFFERED);
}

static void test_an_offer_nobody_takes_is_void(void **state)
{
    struct rig *rig = *state;

    offer(rig, 1);
    rig->now += KEEPER_OFFER_MAX_MS;
    assert_int_equal(keeper_abandon_offers(rig->site), 0); /* not yet */
    rig->now += 1;
    assert_int_equal(keeper_abandon_offers(rig->site), 1);
    assert_int_equal(rig_state(rig->site, 1), TICKET_CANCELLED);
    assert_int_equal(keeper_abandon_offers(rig->site), 0);
    offer(rig, 2);
    assert_int_equal(number_of(rig, 2), 2); /* 1 is never used again */
}

static void test_a_late_taken_holds(void **state)
{
    struct rig *rig = *state;

    offer(rig, 1);
    rig->now += KEEPER_OFFER_MAX_MS + 1;
    assert_int_equal(keeper_abandon_offers(rig->site), 1);
    put_ticket_event(rig, EVENT_TAKEN, 1, 801); /* the patient has the slip */
    assert_int_equal(rig_state(rig->site, 1), TICKET_WAITING);
    assert_int_equal(number_of(rig, 1), 1);
    assert_int_equal(keeper_abandon_offers(rig->site), 0);
    rig_restart(rig);
    assert_int_equal(rig_state(rig->site, 1), TICKET_WAITING);
}

static void test_taken_offers_stay(void **state)
{
    struct rig *rig = *state;

    offer(rig, 1);
    put_ticket_event(rig, EVENT_TAKEN, 1, 802);
    rig->now += hour;
    assert_int_equal(keeper_abandon_offers(rig->site), 0);
    assert_int_equal(rig_state(rig->site, 1), TICKET_WAITING);
}

static void test_many_offers_are_abandoned_together(void **state)
{
    struct rig *rig = *state;

    for (int i = 1; i <= 30; i++)
        offer(rig, i);
    rig->now += KEEPER_OFFER_MAX_MS + 1;
    assert_int_equal(keeper_abandon_offers(rig->site), 30);
}

/* -- gates ------------------------------------------------------------------------------------- */

static void test_hours_gate_issuing(void **state)
{
    struct rig *rig = *state;

    /* Tuesdays 9:00-12:00 and 15:00-18:00; other days closed */
#define CLOSED "[null,null,null]"
    change_settings(rig,
                    ",\"hours\":{\"week\":[" CLOSED "," CLOSED
                    ",[[540,720],[900,1080],null]," CLOSED "," CLOSED "," CLOSED "," CLOSED "]}");
    expect(rig, 1, NULL); /* 10:00 */
    rig->now += 2 * hour;
    expect(rig, 2, "closed"); /* 12:00, the break */
    rig->now += 3 * hour;
    expect(rig, 2, NULL); /* 15:00 */
    rig->now += 3 * hour;
    expect(rig, 3, "closed"); /* 18:00 */
    expect(rig, 2, NULL);     /* what was given before is given again: a repeat is no issue */
    rig->now += 16 * hour;
    expect(rig, 3, "closed"); /* Wednesday 10:00 */
}

static void expect_staff(struct rig *rig, int ticket, enum channel channel, const char *code)
{
    struct intake_request request = {.desk_no = 1,
                                     .persons = 1,
                                     .channel = channel,
                                     .booking = channel == CHANNEL_PHONE,
                                     .user = "佐藤"};
    struct intake_refusal refusal = {.code = ""};
    struct intake_ticket issued;
    int result;

    (void)snprintf(request.tickets[0], sizeof(request.tickets[0]), "%s", rig_uid(ticket));
    result = issue(rig, &request, &issued, &refusal);
    assert_string_equal(refusal.code, code ? code : "");
    assert_int_equal(result, code ? -EPERM : 0);
}

/* Who stands at the desk in the break is no machine's to turn away: what staff do is not refused.
 */
static void test_hours_do_not_gate_staff(void **state)
{
    struct rig *rig = *state;
    const int64_t day = 24 * hour;
    const int64_t at[] = {-2 * hour, 2 * hour, 8 * hour, day}; /* 8:00, 12:00, 18:00, Wednesday */
    int64_t morning = rig->now;
    struct event event;
    int ticket = 1;

    change_settings(rig,
                    ",\"hours\":{\"week\":[" CLOSED "," CLOSED
                    ",[[540,720],[900,1080],null]," CLOSED "," CLOSED "," CLOSED "," CLOSED "]}");
    for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
        rig->now = morning + at[i];
        expect(rig, 90, "closed");
        expect_staff(rig, ticket++, CHANNEL_DESK, NULL);
        expect_staff(rig, ticket++, CHANNEL_PHONE, NULL);
        assert_int_equal(rig_state(rig->site, ticket - 2), TICKET_WAITING);
        expect(rig, 90, "closed"); /* the session that was opened for them is staff's alone */
    }
    event = rig_act(EVENT_CALLED, ticket - 2);
    event.desk_no = 1;
    assert_int_equal(rig_put(rig->site, &event).judgement.verdict, VERDICT_APPLIED);
    change_settings(rig, ",\"reservation_suspended\":true");
    expect_staff(rig, ticket, CHANNEL_DESK, "suspended"); /* terms 12 */
}

static void test_staff_add_to_a_session_that_they_ended(void **state)
{
    struct rig *rig = *state;
    struct event event;

    expect(rig, 1, NULL);
    event_init(&event);
    event.kind = EVENT_PAUSED;
    event.desk_no = 1;
    (void)rig_put(rig->site, &event);
    expect_staff(rig, 2, CHANNEL_DESK, "paused"); /* which they lift first */
    event_init(&event);
    event.kind = EVENT_SESSION_CLOSED;
    event.session = site_read(rig->site)->session;
    site_read_end(rig->site);
    (void)rig_put(rig->site, &event);
    expect(rig, 3, "closed");
    expect_staff(rig, 3, CHANNEL_DESK, NULL);
    assert_int_equal(rig_state(rig->site, 3), TICKET_WAITING);
}

static void test_a_refused_issue_opens_no_session(void **state)
{
    struct rig *rig = *state;
    int64_t before;

    change_settings(rig, ",\"intake_limit\":1");
    (void)site_read(rig->site);
    before = site_seq(rig->site);
    site_read_end(rig->site);
    expect(rig, 1, NULL);
    expect(rig, 2, "full");
    (void)site_read(rig->site);
    assert_int_equal(site_seq(rig->site), before + 2); /* session, ticket 1 */
    site_read_end(rig->site);
}

static void test_the_limit_counts_a_session_anew(void **state)
{
    struct rig *rig = *state;

    change_settings(rig, ",\"intake_limit\":1");
    expect(rig, 1, NULL);
    expect(rig, 2, "full");
    rig->now += 4 * hour; /* afternoon */
    expect(rig, 2, NULL);
    expect(rig, 3, "full");
}

static void test_an_abandoned_offer_gives_its_place_back(void **state)
{
    struct rig *rig = *state;

    change_settings(rig, ",\"intake_limit\":1");
    offer(rig, 1);
    expect(rig, 2, "full");
    rig->now += KEEPER_OFFER_MAX_MS + 1;
    assert_int_equal(keeper_abandon_offers(rig->site), 1);
    expect(rig, 2, NULL);
}

static void test_staff_may_close_a_session_early(void **state)
{
    struct rig *rig = *state;
    struct event event;

    expect(rig, 1, NULL);
    event_init(&event);
    event.kind = EVENT_SESSION_CLOSED;
    event.session = site_read(rig->site)->session;
    site_read_end(rig->site);
    (void)rig_put(rig->site, &event);
    expect(rig, 2, "closed");
    rig->now += 4 * hour; /* the next one is open */
    expect(rig, 2, NULL);
}

static void test_sessions_may_restart_the_numbers(void **state)
{
    struct rig *rig = *state;
    struct event event;

    change_settings(rig, ",\"restart_by_session\":true");
    expect(rig, 1, NULL);
    expect(rig, 2, NULL);
    event = rig_act(EVENT_DONE, 2);
    (void)rig_put(rig->site, &event);
    rig->now += 4 * hour;
    expect(rig, 3, NULL);
    expect(rig, 4, NULL);
    assert_int_equal(number_of(rig, 3), 2); /* 1 still waits from the morning */
    assert_int_equal(number_of(rig, 4), 3);
}

/* -- repeats and codes ------------------------------------------------------------------------- */

static void test_repeats_keep_the_code_across_a_restart(void **state)
{
    struct rig *rig = *state;
    struct intake_request request = request_of(1);
    struct intake_refusal refusal;
    struct intake_ticket first, again;
    char site[UID_SIZE], ticket[UID_SIZE];

    assert_int_equal(issue(rig, &request, &first, &refusal), 0);
    rig_restart(rig);
    assert_int_equal(issue(rig, &request, &again, &refusal), 0);
    assert_true(first.first);
    assert_false(again.first);
    assert_string_equal(first.code, again.code);
    assert_int_equal(first.seq, again.seq);
    struct cloud cloud = {.db = rig->db};

    assert_int_equal(intake_find_code(&cloud, first.code, site, ticket), 0);
    assert_string_equal(ticket, rig_uid(1));
    assert_string_equal(site, site_id(rig->site));
    assert_int_equal(intake_find_code(&cloud, "", site, ticket), -ENOENT);
}

static void test_a_uuid_of_another_day_is_no_new_ticket(void **state)
{
    struct rig *rig = *state;
    struct event event;

    expect(rig, 1, NULL);
    event = rig_act(EVENT_DONE, 1);
    (void)rig_put(rig->site, &event);
    rig->now += 24 * hour;
    expect(rig, 2, NULL); /* opens the new day, which forgets what is done */
    expect(rig, 1, "conflict");
}

static void test_an_online_claim_is_at_most_a_minute_old(void **state)
{
    struct rig *rig = *state;
    struct intake_request request = request_of(1);
    struct intake_refusal refusal;
    struct intake_ticket issued;
    const struct queue *queue;

    expect(rig, 9, NULL);
    rig->now += hour;
    request.at = rig->now - 5000; /* the tap */
    assert_int_equal(issue(rig, &request, &issued, &refusal), 0);
    request = request_of(2);
    request.at = rig->now - hour; /* would jump the queue */
    assert_int_equal(issue(rig, &request, &issued, &refusal), 0);
    queue = site_read(rig->site);
    assert_int_equal(queue_ticket(queue, rig_uid(1))->accepted_ms, rig->now - 5000);
    assert_int_equal(queue_ticket(queue, rig_uid(2))->accepted_ms, rig->now);
    site_read_end(rig->site);
}

/* Two of three would find room: none is given, and no number is spent. */
static void test_a_party_is_given_whole_or_not_at_all(void **state)
{
    struct rig *rig = *state;
    struct intake_request party = request_of(1);
    struct intake_refusal refusal = {.code = ""};
    struct intake_ticket issued[INTAKE_PERSONS_MAX];

    party.persons = 3;
    for (int i = 1; i < 3; i++)
        (void)snprintf(party.tickets[i], sizeof(party.tickets[i]), "%s", rig_uid(1 + i));
    change_settings(rig, ",\"intake_limit\":2");
    assert_int_equal(issue(rig, &party, issued, &refusal), -EPERM);
    assert_string_equal(refusal.code, "full");
    assert_int_equal(number_of(rig, 1), 0);
    change_settings(rig, ",\"intake_limit\":3");
    assert_int_equal(issue(rig, &party, issued, &refusal), 0);
    assert_int_equal(number_of(rig, 1), 1);
    assert_int_equal(number_of(rig, 3), 3);
    assert_true(issued[0].first);
    assert_int_equal(issue(rig, &party, issued, &refusal), 0); /* the answer was lost */
    assert_false(issued[0].first);
    (void)snprintf(party.tickets[2], sizeof(party.tickets[2]), "%s", rig_uid(9));
    assert_int_equal(issue(rig, &party, issued, &refusal), -EPERM); /* half of it is known */
    assert_string_equal(refusal.code, "conflict");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_make_desk, rig_remove)
    const struct CMUnitTest tests[] = {
        TEST(test_an_offer_nobody_takes_is_void),
        TEST(test_a_late_taken_holds),
        TEST(test_taken_offers_stay),
        TEST(test_many_offers_are_abandoned_together),
        TEST(test_hours_gate_issuing),
        TEST(test_hours_do_not_gate_staff),
        TEST(test_staff_add_to_a_session_that_they_ended),
        TEST(test_a_refused_issue_opens_no_session),
        TEST(test_the_limit_counts_a_session_anew),
        TEST(test_an_abandoned_offer_gives_its_place_back),
        TEST(test_staff_may_close_a_session_early),
        TEST(test_sessions_may_restart_the_numbers),
        TEST(test_repeats_keep_the_code_across_a_restart),
        TEST(test_a_uuid_of_another_day_is_no_new_ticket),
        TEST(test_an_online_claim_is_at_most_a_minute_old),
        TEST(test_a_party_is_given_whole_or_not_at_all),
    };
    return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
