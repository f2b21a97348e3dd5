/* A clinic's services: start (terms 7), suspension (12), interruption (13), discontinuation (14)
 * and end (15, 16), each told to whom it concerns, each in the record, and none loses a number. */
#include "contract.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "contract_mail.h"
#include "notices.h"
#include "reminders.h"
#include "site_rig.h"

static const int64_t hour = INT64_C(3600) * 1000, day = INT64_C(24) * 3600 * 1000;

struct run {
    struct rig *rig;
    struct cloud cloud;
};

static int64_t rig_now(void *context)
{
    return ((struct rig *)context)->now;
}

static int make(void **state)
{
    struct run *run = calloc(1, sizeof(*run));
    char error[DB_ERROR_SIZE];

    (void)rig_make((void **)&run->rig);
    run->cloud = (struct cloud){.db = run->rig->db, .sites = run->rig->sites};
    assert_int_equal(identity_create(run->rig->db, rig_now, run->rig, &run->cloud.identity, error,
                                     sizeof(error)),
                     0);
    assert_int_equal(notices_migrate(run->rig->db, error, sizeof(error)), 0);
    assert_int_equal(reminders_migrate(run->rig->db, error, sizeof(error)), 0);
    assert_int_equal(contract_migrate(run->rig->db, error, sizeof(error)), 0);
    *state = run;
    return 0;
}

static int drop(void **state)
{
    struct run *run = *state;

    identity_destroy(run->cloud.identity);
    (void)rig_remove((void **)&run->rig);
    free(run);
    return 0;
}

static int order(struct run *run, struct contract_order given)
{
    char error[DB_ERROR_SIZE];

    given.user = "op";
    return contract_order(&run->cloud, run->rig->site, &given, error, sizeof(error));
}

static enum intake_gate gate(struct run *run)
{
    const struct queue *queue = site_read(run->rig->site);
    enum intake_gate ret = queue_intake(queue, 1, CHANNEL_KIOSK, QUEUE_TIME_UNKNOWN);

    site_read_end(run->rig->site);
    return ret;
}

/* Text of what contract_json() says at services[index].key, or of an act. */
static void expect_state(struct run *run, int index, const char *state)
{
    cJSON *json = contract_json(&run->cloud, run->rig->site);
    const cJSON *service = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "services"), index);

    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(service, "state")), state);
    cJSON_Delete(json);
}

static int64_t ends(struct run *run, int index)
{
    cJSON *json = contract_json(&run->cloud, run->rig->site);
    const cJSON *service = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "services"), index);
    int64_t ret = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItem(service, "ends"));

    cJSON_Delete(json);
    return ret;
}

static void expect_last_act(struct run *run, const char *act, const char *user)
{
    cJSON *json = contract_json(&run->cloud, run->rig->site);
    const cJSON *last = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "acts"), 0);

    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(last, "act")), act);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(last, "user")), user);
    cJSON_Delete(json);
}

static bool has_notice(struct run *run, const char *kind, bool owners)
{
    const char *site = site_id(run->rig->site);
    cJSON *json =
        owners ? notices_owners_json(run->rig->db, site) : notices_json(run->rig->db, site);
    const cJSON *item;
    bool found = false;

    cJSON_ArrayForEach (item, json)
        found = found || strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(item, "kind")), kind) == 0;
    cJSON_Delete(json);
    return found;
}

static int64_t mails(struct run *run)
{
    int64_t count = 0;

    assert_int_equal(db_get_int(run->rig->db, &count, "SELECT count(*) FROM contract_mail", ""), 1);
    return count;
}

/* -- the acts ---------------------------------------------------------------------------------- */

static void article_12_suspension_keeps_numbers_and_data(void **state)
{
    struct run *run = *state;
    struct event call = rig_act(EVENT_CALLED, 1);

    (void)rig_issue(run->rig->site, 1, 1);
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_SUSPEND,
                                                        .service = "reservation",
                                                        .cause = "unpaid"}),
                     0);
    assert_int_equal(gate(run), GATE_SUSPENDED);
    expect_state(run, 0, "suspended");
    expect_state(run, 1, "active"); /* the other service goes on */
    assert_int_equal(rig_state(run->rig->site, 1), TICKET_WAITING);
    (void)snprintf(call.room, sizeof(call.room), "r1");
    assert_int_equal(rig_put(run->rig->site, &call).judgement.verdict, VERDICT_APPLIED);
    assert_true(has_notice(run, "suspended", false));
    assert_true(has_notice(run, "suspension", true));
    assert_false(has_notice(run, "suspension", false)); /* staff read no cause */
    expect_last_act(run, "suspend", "op");

    assert_int_equal(
        order(run, (struct contract_order){.act = CONTRACT_RESUME, .service = "reservation"}), 0);
    assert_int_equal(gate(run), GATE_OPEN);
    assert_false(has_notice(run, "suspended", false));
    assert_false(has_notice(run, "suspension", true));
    assert_int_equal(
        order(run, (struct contract_order){.act = CONTRACT_RESUME, .service = "reservation"}),
        -EINVAL); /* it is not suspended */
}

static void article_13_an_interruption_is_announced_beforehand(void **state)
{
    struct run *run = *state;
    int64_t now = run->rig->now;
    struct contract_order given = {.act = CONTRACT_INTERRUPT, .from = now, .to = now + hour};

    assert_int_equal(order(run, given), -ERANGE);
    given.urgent = true; /* 13.2: unless it is urgent */
    assert_int_equal(order(run, given), 0);
    given = (struct contract_order){
        .act = CONTRACT_INTERRUPT, .from = now + day, .to = now + day + hour};
    assert_int_equal(order(run, given), 0);
    assert_int_equal(site_read(run->rig->site)->settings.maintenance_from, now + day);
    site_read_end(run->rig->site);
    assert_true(has_notice(run, "interruption", false));
    assert_int_equal(gate(run), GATE_OPEN); /* kiosks go on giving numbers */
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_UNINTERRUPT}), 0);
    assert_false(has_notice(run, "interruption", false));
    assert_int_equal(site_read(run->rig->site)->settings.maintenance_to, 0);
    site_read_end(run->rig->site);
}

static int64_t date(const char *text)
{
    int64_t ms = 0;

    assert_int_equal(civil_date_to_ms(text, 540, &ms), 0);
    return ms;
}

static void article_14_two_months_are_counted_by_the_calendar(void **state)
{
    (void)state;
    assert_int_equal(contract_first_discontinuation(date("2026-11-24") + 10 * hour),
                     date("2027-01-24"));
    assert_int_equal(contract_first_discontinuation(date("2026-12-01")), date("2027-02-01"));
    /* there is no 31st of February: its notice would be late for the 28th */
    assert_int_equal(contract_first_discontinuation(date("2026-12-31")), date("2027-03-01"));
    assert_int_equal(contract_first_discontinuation(date("2027-12-30")), date("2028-03-01"));
}

static void article_14_discontinuation_with_two_months_notice(void **state)
{
    struct run *run = *state;
    int64_t first = contract_first_discontinuation(run->rig->now);
    struct contract_order given = {
        .act = CONTRACT_DISCONTINUE, .service = "video", .from = first - day};

    assert_int_equal(order(run, given), -ERANGE);
    given.from = first;
    assert_int_equal(order(run, given), 0);
    expect_state(run, 1, "active"); /* until that day */
    assert_int_equal(ends(run, 1), first);
    assert_true(has_notice(run, "ending", false));

    run->rig->now = first - 1;
    assert_int_equal(contract_tick(&run->cloud, run->rig->now), 0);
    expect_state(run, 1, "active");
    run->rig->now = first;
    assert_int_equal(contract_tick(&run->cloud, run->rig->now), 0);
    expect_state(run, 1, "none"); /* 16.3: its contract ends that day */
    expect_state(run, 0, "active");
    expect_last_act(run, "end", "cloud");
    assert_true(has_notice(run, "ended", false));
    assert_false(has_notice(run, "ending", false));
}

static void article_14_an_announced_end_can_be_taken_back(void **state)
{
    struct run *run = *state;
    int64_t first = contract_first_discontinuation(run->rig->now);

    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_KEEP, .service = "video"}),
                     -EINVAL); /* nothing is announced */
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_DISCONTINUE,
                                                        .service = "video",
                                                        .from = first}),
                     0);
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_KEEP, .service = "video"}),
                     0);
    assert_false(has_notice(run, "ending", false));
    run->rig->now = first + day;
    assert_int_equal(contract_tick(&run->cloud, run->rig->now), 0);
    expect_state(run, 1, "active");
}

static void article_15_an_end_at_once_serves_everybody_who_has_a_number(void **state)
{
    struct run *run = *state;
    struct event done = rig_act(EVENT_DONE, 1);

    (void)rig_issue(run->rig->site, 1, 1);
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_TERMINATE,
                                                        .service = "reservation",
                                                        .from = run->rig->now}),
                     0);
    assert_int_equal(contract_tick(&run->cloud, run->rig->now), 0);
    assert_int_equal(gate(run), GATE_SUSPENDED); /* no further number */
    assert_int_equal(rig_state(run->rig->site, 1), TICKET_WAITING);
    assert_int_equal(contract_tick(&run->cloud, run->rig->now + hour), 0);
    expect_state(run, 0, "suspended"); /* not yet over */
    assert_int_equal(rig_put(run->rig->site, &done).judgement.verdict, VERDICT_APPLIED);
    assert_int_equal(contract_tick(&run->cloud, run->rig->now + 2 * hour), 0);
    expect_state(run, 0, "none");
    assert_int_equal(gate(run), GATE_NO_SERVICE);
}

static void article_15_who_was_forgotten_in_the_line_keeps_no_contract_alive(void **state)
{
    struct run *run = *state;

    (void)rig_issue(run->rig->site, 1, 1);
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_TERMINATE,
                                                        .service = "reservation",
                                                        .from = run->rig->now}),
                     0);
    run->rig->now += day;
    assert_int_equal(contract_tick(&run->cloud, run->rig->now), 0);
    expect_state(run, 0, "none");
    assert_int_equal(rig_state(run->rig->site, 1), TICKET_WAITING); /* nothing is lost */
}

static void article_16_a_notice_takes_effect_at_the_end_of_a_month(void **state)
{
    (void)state;
    assert_int_equal(contract_end_after_notice(date("2026-11-24") + hour, 0), date("2027-01-01"));
    assert_int_equal(contract_end_after_notice(date("2026-11-01"), date("2026-11-30")),
                     date("2027-01-01"));
    assert_int_equal(contract_end_after_notice(date("2026-11-24"), date("2027-03-15")),
                     date("2027-04-01"));
    assert_int_equal(contract_end_after_notice(date("2026-12-31"), 0), date("2027-02-01"));
}

static void article_7_an_ended_service_can_start_again(void **state)
{
    struct run *run = *state;

    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_START, .service = "video"}),
                     -EINVAL); /* it has it */
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_TERMINATE,
                                                        .service = "video",
                                                        .from = run->rig->now}),
                     0);
    assert_int_equal(contract_tick(&run->cloud, run->rig->now), 0);
    expect_state(run, 1, "none");
    assert_int_equal(
        order(run, (struct contract_order){.act = CONTRACT_SUSPEND, .service = "video"}), -EINVAL);
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_START, .service = "video"}),
                     0);
    expect_state(run, 1, "active");
}

static void orders_that_are_none_change_nothing(void **state)
{
    struct run *run = *state;
    int64_t before = site_seq(run->rig->site);

    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_SUSPEND, .service = "tea"}),
                     -EINVAL);
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_SUSPEND}), -EINVAL);
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_END, .service = "video"}),
                     -EINVAL);
    assert_int_equal(
        order(run, (struct contract_order){.act = CONTRACT_TERMINATE, .service = "video"}),
        -EINVAL);
    assert_int_equal(site_seq(run->rig->site), before);
}

/* Each contractor of this site, and nobody else; whether the act stands or not at all. */
static void a_mail_is_queued_for_each_contractor(void **state)
{
    struct run *run = *state;
    struct identity *identity = run->cloud.identity;

    assert_int_equal(identity_user_add(identity, "owner", "a", IDENTITY_CONTRACTOR, "password"), 0);
    assert_int_equal(identity_user_add(identity, "other", "b", IDENTITY_CONTRACTOR, "password"), 0);
    assert_int_equal(identity_user_add(identity, "desk", "c", IDENTITY_STAFF, "password"), 0);
    assert_int_equal(identity_user_site_add(identity, "owner", site_id(run->rig->site)), 0);
    assert_int_equal(identity_user_site_add(identity, "desk", site_id(run->rig->site)), 0);
    assert_int_equal(
        order(run, (struct contract_order){.act = CONTRACT_SUSPEND, .service = "video"}), 0);
    assert_int_equal(mails(run), 1);
    assert_int_equal(order(run, (struct contract_order){.act = CONTRACT_SUSPEND, .service = "tea"}),
                     -EINVAL);
    assert_int_equal(mails(run), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(article_12_suspension_keeps_numbers_and_data),
        TEST(article_13_an_interruption_is_announced_beforehand),
        cmocka_unit_test(article_14_two_months_are_counted_by_the_calendar),
        TEST(article_14_discontinuation_with_two_months_notice),
        TEST(article_14_an_announced_end_can_be_taken_back),
        TEST(article_15_an_end_at_once_serves_everybody_who_has_a_number),
        TEST(article_15_who_was_forgotten_in_the_line_keeps_no_contract_alive),
        cmocka_unit_test(article_16_a_notice_takes_effect_at_the_end_of_a_month),
        TEST(article_7_an_ended_service_can_start_again),
        TEST(orders_that_are_none_change_nothing),
        TEST(a_mail_is_queued_for_each_contractor),
    };

    return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
