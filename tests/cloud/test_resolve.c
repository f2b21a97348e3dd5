/* What a kiosk could not see, and what no kiosk answers: told to staff, once, and not too early. */
#include "resolve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "claims.h"
#include "intake.h"
#include "notices.h"
#include "recovery.h"
#include "site_rig.h"
#include "ticket_notes.h"

static void log_event(struct rig *rig, enum event_kind kind, int ticket)
{
    struct cloud cloud = rig_cloud(rig);
    struct event event = rig_act(kind, ticket);
    struct site_put put;

    assert_int_equal(site_begin(rig->site), 0);
    assert_int_equal(site_put(rig->site, &event, &put), 0);
    assert_int_equal(resolve_logged(&cloud, rig->site, &event, &put), 0);
    assert_int_equal(site_commit(rig->site), 0);
}

static int told(struct rig *rig, const char *kind)
{
    cJSON *list = notices_json(rig->db, site_id(rig->site)), *item;
    int count = 0;

    cJSON_ArrayForEach (item, list)
        count += strcmp(cJSON_GetObjectItem(item, "kind")->valuestring, kind) == 0;
    cJSON_Delete(list);
    return count;
}

static void test_a_reissue_that_no_kiosk_answers_is_told(void **state)
{
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);

    (void)rig_issue(rig->site, 1, 1);
    (void)rig_issue(rig->site, 2, 1);
    log_event(rig, EVENT_REISSUE, 1);
    log_event(rig, EVENT_REISSUE, 2);
    log_event(rig, EVENT_SLIP, 2); /* printed, or failed: it was answered */
    rig->now += RESOLVE_REISSUE_MS;
    resolve_tick(&cloud);
    assert_int_equal(told(rig, "reissue"), 0); /* not yet */
    rig->now += 1;
    resolve_tick(&cloud);
    resolve_tick(&cloud);
    assert_int_equal(told(rig, "reissue"), 1);
}

static void test_a_refused_reissue_waits_for_nobody(void **state)
{
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);

    (void)rig_issue(rig->site, 1, 1);
    log_event(rig, EVENT_CANCELLED, 1);
    log_event(rig, EVENT_REISSUE, 1);
    rig->now += 2 * RESOLVE_REISSUE_MS;
    resolve_tick(&cloud);
    assert_int_equal(told(rig, "reissue"), 0);
}

static int cards(struct rig *rig)
{
    int64_t count = 0;

    assert_int_equal(db_get_int(rig->db, &count, "SELECT COUNT(*) FROM booking_card", ""), 1);
    return (int)count;
}

/* The shortest time that serves: what was kept for today is gone at midnight. */
static void test_cards_are_forgotten_at_the_days_end(void **state)
{
    const int64_t hour = 3600 * 1000;
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);
    struct intake_request request = {
        .desk_no = 1, .persons = 1, .booking = true, .channel = CHANNEL_DESK};
    struct intake_refusal refusal;
    struct intake_ticket issued;

    strcpy(request.tickets[0], rig_uid(1));
    strcpy(request.card, "007391");
    assert_int_equal(intake_issue(&cloud, rig->site, &request, &issued, &refusal), 0);
    assert_int_equal(rig_state(rig->site, 1), TICKET_RESERVED);
    rig->now += 13 * hour; /* 23:00 */
    assert_int_equal(ticket_notes_forget(&cloud), 0);
    assert_int_equal(cards(rig), 1);
    rig->now += hour;
    assert_int_equal(ticket_notes_forget(&cloud), 0);
    assert_int_equal(cards(rig), 0);
}

/* -- claims ------------------------------------------------------------------------------------ */

/* Ticket 1: a turn booking with a card; 2: a walk-in; 3: a kiosk's own number, uploaded late. */
static struct intake_ticket book_and_claim(struct rig *rig, const char *claims)
{
    struct cloud cloud = rig_cloud(rig);
    struct intake_request request = {
        .desk_no = 1, .persons = 1, .booking = true, .channel = CHANNEL_DESK, .card = "007391"};
    struct event event = rig_act(EVENT_DEVICE, 0);
    char key[CLAIM_KEY_SIZE], digest[CLAIM_DIGEST_SIZE];
    struct intake_refusal refusal;
    struct intake_ticket issued;
    struct site_put put;

    strcpy(request.tickets[0], rig_uid(1));
    assert_int_equal(intake_issue(&cloud, rig->site, &request, &issued, &refusal), 0);
    (void)rig_issue(rig->site, 2, 1);
    event.ticket[0] = '\0';
    strcpy(event.device, rig_uid(900));
    event.number.letter = 'A';
    (void)rig_put(rig->site, &event);
    event = rig_act(EVENT_ISSUED, 3);
    strcpy(event.device, rig_uid(900));
    event.counter = 1;
    event.desk_no = 1;
    event.number = (struct number){'A', 1};
    put = rig_put(rig->site, &event);
    assert_int_equal(put.judgement.verdict, VERDICT_APPLIED);
    event = rig_act(EVENT_CLAIMED, 3);
    strcpy(event.device, rig_uid(900));
    event.counter = 2;
    assert_int_equal(claims_key(rig->db, site_id(rig->site), key), 0);
    assert_int_equal(claim_digest(key, claims, digest), 0);
    strcpy(event.text, digest);
    assert_int_equal(site_begin(rig->site), 0);
    assert_int_equal(site_put(rig->site, &event, &put), 0);
    assert_int_equal(resolve_logged(&cloud, rig->site, &event, &put), 0);
    assert_int_equal(site_commit(rig->site), 0);
    return issued;
}

static int before(struct rig *rig, int ticket)
{
    const struct queue *queue = site_read(rig->site);
    int count = queue_before(queue, queue_ticket(queue, rig_uid(ticket)), rig->now);

    site_read_end(rig->site);
    return count;
}

static void test_a_claim_gives_the_slip_the_turn_that_was_booked(void **state)
{
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);
    char site[UID_SIZE], ticket[UID_SIZE];
    struct intake_ticket issued = book_and_claim(rig, "007391");

    assert_int_equal(rig_state(rig->site, 1), TICKET_CANCELLED);
    assert_int_equal(rig_state(rig->site, 3), TICKET_WAITING);
    assert_int_equal(before(rig, 3), 0);
    assert_int_equal(before(rig, 2), 1);
    assert_int_equal(told(rig, "claimed"), 0); /* nothing is left for staff to do */
    /* whoever opens the booking's link at home finds the slip's number, not a cancelled one */
    assert_int_equal(intake_find_code(&cloud, issued.code, site, ticket), 0);
    assert_string_equal(ticket, rig_uid(3));
}

static void test_a_claim_of_nothing_is_told(void **state)
{
    struct rig *rig = *state;

    (void)book_and_claim(rig, "555555");
    assert_int_equal(rig_state(rig->site, 1), TICKET_RESERVED);
    assert_int_equal(before(rig, 3), 2);
    assert_int_equal(told(rig, "claimed"), 1);
}

/* A kiosk that knows rules 1 only: the places are staff's, the booking is over all the same. */
static void test_a_claim_under_rules_1_is_told(void **state)
{
    struct rig *rig = *state;
    struct event event = rig_act(EVENT_SESSION_OPENED, 0);

    event.ticket[0] = '\0';
    strcpy(event.session.date, "2026-11-24");
    event.session.kind = SESSION_AM;
    event.rules = 1;
    (void)rig_put(rig->site, &event);
    (void)book_and_claim(rig, "007391");
    assert_int_equal(rig_state(rig->site, 1), TICKET_CANCELLED);
    assert_int_equal(before(rig, 3), 1);
    assert_int_equal(told(rig, "claimed"), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_make_desk, rig_remove)
    const struct CMUnitTest tests[] = {
        TEST(test_a_reissue_that_no_kiosk_answers_is_told),
        TEST(test_a_refused_reissue_waits_for_nobody),
        TEST(test_cards_are_forgotten_at_the_days_end),
        TEST(test_a_claim_gives_the_slip_the_turn_that_was_booked),
        TEST(test_a_claim_of_nothing_is_told),
        TEST(test_a_claim_under_rules_1_is_told),
    };
    return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
