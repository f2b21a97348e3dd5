/* The site's log: what is committed is what is in memory, in every process and after every start.
 */
#include "site_private.h"
#include "site_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t digest(struct site *site)
{
    uint64_t value = queue_digest(site_read(site));

    site_read_end(site);
    return value;
}

static int64_t seq_of(struct site *site)
{
    (void)site_read(site);
    int64_t seq = site_seq(site);

    site_read_end(site);
    return seq;
}

struct chain {
    int64_t seq;
    char hash[HASH_SIZE];
    struct queue queue; /* what the entries give by themselves */
    bool whole;
};

static void follow(const struct entry *entry, void *context)
{
    struct chain *chain = context;
    cJSON *json = cJSON_Parse(entry->text);
    char *text = cJSON_PrintUnformatted(json);

    assert_string_equal(entry->text, text); /* whoever writes it anew has the same hash */
    cJSON_free(text);
    cJSON_Delete(json);

    chain->whole = chain->whole && entry_follows(entry, chain->seq, chain->hash);
    chain->seq = entry->seq;
    memcpy(chain->hash, entry->hash, HASH_SIZE);
    if (entry->verdict == VERDICT_APPLIED)
        (void)queue_apply(&chain->queue, &entry->event, entry->at);
    chain->whole = chain->whole && entry_agrees(entry, &chain->queue);
}

static void assert_chain(struct site *site)
{
    struct chain chain = {.whole = true};

    memcpy(chain.hash, entry_first_hash, HASH_SIZE);
    queue_init(&chain.queue);
    assert_true(site_entries(site, 0, 100000, follow, &chain) >= 0);
    assert_true(chain.whole);
    assert_int_equal(chain.seq, seq_of(site));
    (void)site_read(site);
    assert_string_equal(chain.hash, site_hash(site));
    site_read_end(site);
    queue_finish(&chain.queue);
}

/* -- appending --------------------------------------------------------------------------------- */

static void test_a_restart_gives_the_same_state(void **state)
{
    struct rig *rig = *state;
    uint64_t before;
    struct event event;

    for (int i = 1; i <= 20; i++) {
        assert_true(rig_issue(rig->site, i, 1) > 0);
        rig->now += 1000;
    }
    for (int i = 1; i <= 8; i++) {
        event = rig_act(i % 3 ? EVENT_CALLED : EVENT_CANCELLED, i);
        (void)rig_put(rig->site, &event);
    }
    before = digest(rig->site);
    assert_chain(rig->site);
    rig_restart(rig);
    assert_true(digest(rig->site) == before);
    assert_chain(rig->site);
    assert_int_equal(rig_state(rig->site, 1), TICKET_CALLED);
    assert_int_equal(rig_state(rig->site, 3), TICKET_CANCELLED);
}

static void test_a_repeated_id_gives_the_first_answer(void **state)
{
    struct rig *rig = *state;
    struct event event;
    struct site_put first, again;

    (void)rig_issue(rig->site, 1, 1);
    event = rig_act(EVENT_CALLED, 1);
    (void)snprintf(event.id, sizeof(event.id), "%s", rig_uid(900));
    first = rig_put(rig->site, &event);
    assert_int_equal(first.judgement.verdict, VERDICT_APPLIED);
    event = rig_act(EVENT_DONE, 1);
    (void)rig_put(rig->site, &event);
    event = rig_act(EVENT_CALLED, 1); /* would be refused now */
    (void)snprintf(event.id, sizeof(event.id), "%s", rig_uid(900));
    rig->now += 5000;
    again = rig_put(rig->site, &event);
    assert_true(again.repeated);
    assert_int_equal(again.seq, first.seq);
    assert_int_equal(again.at, first.at);
    assert_int_equal(again.judgement.verdict, VERDICT_APPLIED);
    assert_int_equal(rig_state(rig->site, 1), TICKET_DONE);
}

static void test_repeated_inside_one_transaction(void **state)
{
    struct rig *rig = *state;
    struct event event;
    struct site_put put;
    int64_t before;

    (void)rig_issue(rig->site, 1, 1);
    before = seq_of(rig->site);
    assert_int_equal(site_begin(rig->site), 0);
    for (int i = 0; i < 2; i++) {
        event = rig_act(EVENT_CALLED, 1);
        (void)snprintf(event.id, sizeof(event.id), "%s", rig_uid(901));
        assert_int_equal(site_put(rig->site, &event, &put), 0);
        assert_int_equal(put.repeated, i == 1);
    }
    assert_int_equal(site_commit(rig->site), 0);
    assert_int_equal(seq_of(rig->site), before + 1);
}

static void test_each_event_is_judged_after_the_one_before(void **state)
{
    struct rig *rig = *state;
    struct event event;
    struct site_put put;

    (void)rig_issue(rig->site, 1, 1);
    assert_int_equal(site_begin(rig->site), 0);
    event = rig_act(EVENT_CANCELLED, 1);
    assert_int_equal(site_put(rig->site, &event, &put), 0);
    event = rig_act(EVENT_CALLED, 1);
    assert_int_equal(site_put(rig->site, &event, &put), 0);
    assert_int_equal(put.judgement.verdict, VERDICT_REFUSED);
    assert_int_equal(site_commit(rig->site), 0);
    assert_int_equal(rig_state(rig->site, 1), TICKET_CANCELLED);
    rig_restart(rig); /* the refused one is in the log and applies to nothing */
    assert_int_equal(rig_state(rig->site, 1), TICKET_CANCELLED);
    assert_chain(rig->site);
}

static void test_nothing_is_seen_before_the_commit(void **state)
{
    struct rig *rig = *state;
    struct event event;
    struct site_put put;
    uint64_t before;
    int told;

    (void)rig_issue(rig->site, 1, 1);
    before = digest(rig->site);
    told = rig->told;
    assert_int_equal(site_begin(rig->site), 0);
    for (int i = 0; i < 2; i++) {
        event = rig_act(i ? EVENT_IN_ROOM : EVENT_CALLED, 1);
        assert_int_equal(site_put(rig->site, &event, &put), 0);
    }
    assert_int_equal(queue_ticket(site_state(rig->site), rig_uid(1))->state, TICKET_IN_ROOM);
    site_rollback(rig->site);
    assert_true(digest(rig->site) == before);
    assert_int_equal(rig->told, told);
    assert_chain(rig->site);
    event = rig_act(EVENT_CALLED, 1); /* and the next transaction starts from there */
    assert_int_equal(rig_put(rig->site, &event).judgement.verdict, VERDICT_APPLIED);
    assert_chain(rig->site);
}

static void test_forced_verdicts_change_nothing(void **state)
{
    const struct judgement forced = {VERDICT_REFUSED, REASON_NOT_YOURS};
    struct rig *rig = *state;
    struct event event;
    struct site_put put;
    char error[DB_ERROR_SIZE];
    uint64_t before;
    cJSON *json;

    (void)rig_issue(rig->site, 1, 1);
    before = digest(rig->site);
    event = rig_act(EVENT_CANCELLED, 1);
    (void)snprintf(event.id, sizeof(event.id), "%s", rig_uid(902));
    event.at = rig->now;
    json = event_to_json(&event);
    assert_int_equal(site_begin(rig->site), 0);
    assert_int_equal(site_put_json(rig->site, json, &forced, &put, error, sizeof(error)), 0);
    assert_int_equal(site_commit(rig->site), 0);
    cJSON_Delete(json);
    assert_int_equal(put.judgement.reason, REASON_NOT_YOURS);
    assert_true(digest(rig->site) == before);
    rig_restart(rig);
    assert_true(digest(rig->site) == before);
}

static void test_unknown_fields_survive(void **state)
{
    struct rig *rig = *state;
    struct site_put put;
    char error[DB_ERROR_SIZE], text[256];
    cJSON *json, *entry;

    (void)snprintf(
        text, sizeof(text),
        "{\"kind\":\"message\",\"id\":\"%s\",\"at\":%lld,\"text\":\"本日\",\"mood\":[1]}",
        rig_uid(903), (long long)rig->now);
    json = cJSON_Parse(text);
    assert_int_equal(site_begin(rig->site), 0);
    assert_int_equal(site_put_json(rig->site, json, NULL, &put, error, sizeof(error)), 0);
    assert_int_equal(site_commit(rig->site), 0);
    entry = site_entry_json(rig->site, put.seq);
    assert_non_null(entry);
    assert_true(cJSON_Compare(cJSON_GetObjectItem(entry, "event"), json, true));
    cJSON_Delete(entry);
    cJSON_Delete(json);
}

/* -- times ------------------------------------------------------------------------------------- */

static int64_t put_claim(struct rig *rig, int id, int64_t base, int64_t at)
{
    struct event event;

    event_init(&event);
    event.kind = EVENT_MESSAGE;
    event.at = at;
    event.base = base;
    event.counter = id;
    (void)snprintf(event.id, sizeof(event.id), "%s", rig_uid(id));
    (void)snprintf(event.device, sizeof(event.device), "%s", rig_uid(999));
    return rig_put(rig->site, &event).at;
}

static void test_claims_are_clamped_between_base_and_receipt(void **state)
{
    struct rig *rig = *state;
    int64_t base, hour = 3600 * 1000;

    rig->now += hour;
    (void)rig_issue(rig->site, 1, 1);
    base = seq_of(rig->site);
    rig->now += hour;
    assert_int_equal(put_claim(rig, 910, base, rig->now - 1000), rig->now - 1000);
    assert_int_equal(put_claim(rig, 911, base, rig->now + hour), rig->now);
    assert_int_equal(put_claim(rig, 912, base, 0 + 1), rig->now - hour);
    /* no base: not before the site began; a base that we never had: not before our head */
    assert_int_equal(put_claim(rig, 913, 0, 1), RIG_MORNING);
    assert_true(put_claim(rig, 914, 100000, 1) >= rig->now - hour);
}

/* -- sessions ---------------------------------------------------------------------------------- */

static void test_the_session_opens_with_the_first_ticket_of_the_day(void **state)
{
    struct rig *rig = *state;
    int64_t before = seq_of(rig->site);

    assert_int_equal(rig_issue(rig->site, 1, 1), 1);
    assert_int_equal(seq_of(rig->site), before + 2); /* session, ticket */
    assert_int_equal(rig_issue(rig->site, 2, 1), 2);
    assert_int_equal(rig_issue(rig->site, 3, 1), 3);
    assert_int_equal(rig_issue(rig->site, 4, 1), 5); /* 4 is not used here */
    assert_int_equal(seq_of(rig->site), before + 5);
}

static void test_a_live_number_is_not_given_again_next_day(void **state)
{
    struct rig *rig = *state;
    struct event event;

    assert_int_equal(rig_issue(rig->site, 1, 1), 1);
    assert_int_equal(rig_issue(rig->site, 2, 1), 2);
    event = rig_act(EVENT_DONE, 1);
    (void)rig_put(rig->site, &event);
    rig->now += INT64_C(20) * 3600 * 1000; /* next morning; 2 still waits */
    assert_int_equal(rig_issue(rig->site, 3, 1), 1);
    assert_int_equal(rig_issue(rig->site, 4, 1), 3);
    rig_restart(rig);
    assert_int_equal(rig_state(rig->site, 2), TICKET_WAITING);
    assert_int_equal(rig_issue(rig->site, 5, 1), 5);
}

/* -- several processes ------------------------------------------------------------------------- */

static void test_another_process_is_followed(void **state)
{
    struct rig *rig = *state, *other = rig_open_again(rig);
    int told;

    assert_int_equal(rig_issue(other->site, 1, 1), 1);
    assert_int_equal(rig_state(rig->site, 1), TICKET_STATE_COUNT);
    told = rig->told;
    assert_int_equal(sites_catch_up(rig->sites), 0);
    assert_int_equal(rig_state(rig->site, 1), TICKET_WAITING);
    assert_int_equal(rig->told, told + 1);
    assert_int_equal(sites_catch_up(rig->sites), 0);
    assert_int_equal(rig->told, told + 1); /* nothing new, nobody is told */
    /* a transaction looks by itself: the number is not given twice */
    assert_int_equal(rig_issue(other->site, 2, 1), 2);
    assert_int_equal(rig_issue(rig->site, 3, 1), 3);
    assert_int_equal(rig_issue(other->site, 4, 1), 5);
    /* and goes on from there, not from what this process has written before */
    assert_int_equal(rig_issue(rig->site, 5, 1), 6);
    assert_int_equal(sites_catch_up(rig->sites), 0);
    assert_int_equal(rig_issue(rig->site, 6, 1), 7); /* nobody else has written */
    assert_int_equal(rig_issue(other->site, 7, 1), 8);
    assert_int_equal(rig_issue(rig->site, 8, 1), 10);
    assert_int_equal(sites_catch_up(other->sites), 0);
    assert_int_equal(sites_catch_up(rig->sites), 0);
    assert_true(digest(rig->site) == digest(other->site));
    assert_chain(rig->site);
    rig_close(other);
}

static void test_new_sites_of_another_process_are_found(void **state)
{
    struct rig *rig = *state, *other = rig_open_again(rig);
    cJSON *settings =
        cJSON_Parse("{\"clinic_no\":\"1025\",\"name\":\"B\",\"desks\":[{\"desk_no\":1,"
                    "\"name\":\"x\",\"first\":1,\"last\":9}]}");
    char error[DB_ERROR_SIZE];
    struct site *site;
    int desk_no = 0;

    assert_int_equal(sites_add(other->sites, settings, "t", &site, error, sizeof(error)), 0);
    assert_null(sites_find_queue(rig->sites, "1025-1", &desk_no));
    assert_int_equal(sites_catch_up(rig->sites), 0);
    assert_non_null(sites_find_queue(rig->sites, "1025-1", &desk_no));
    assert_int_equal(desk_no, 1);
    assert_null(sites_find_queue(rig->sites, "1025-2", &desk_no));
    assert_null(sites_find_queue(rig->sites, "102-1", &desk_no));
    assert_null(sites_find_queue(rig->sites, "1025", &desk_no));
    assert_int_equal(sites_add(rig->sites, settings, "t", &site, error, sizeof(error)), -EEXIST);
    assert_non_null(strstr(error, "1025"));
    assert_int_equal(sites_count(rig->sites), 2);
    cJSON_Delete(settings);
    rig_close(other);
}

/* Only so many keep a copy of their queue: the first must give its own away and make it anew. */
static void test_more_sites_than_copies(void **state)
{
    struct rig *rig = *state;
    char text[256], error[DB_ERROR_SIZE];
    struct site *site;

    assert_int_equal(rig_issue(rig->site, 1, 1), 1);
    for (int i = 0; i < SITES_WARM_MAX; i++) {
        (void)snprintf(text, sizeof(text),
                       "{\"clinic_no\":\"%d\",\"name\":\"B\",\"desks\":[{\"desk_no\":1,"
                       "\"name\":\"x\",\"first\":1,\"last\":9}]}",
                       2000 + i);
        cJSON *settings = cJSON_Parse(text);

        assert_int_equal(sites_add(rig->sites, settings, "t", &site, error, sizeof(error)), 0);
        cJSON_Delete(settings);
    }
    assert_int_equal(rig_issue(rig->site, 2, 1), 2);
    assert_int_equal(rig_issue(rig->site, 3, 1), 3);
    assert_int_equal(rig_issue(site, 4, 1), 1);
    assert_chain(rig->site);
    assert_chain(site);
}

/* Two processes that issue at the same time, one of them killed in the middle: every number once,
 * one chain. */
static void test_two_processes_write_one_log(void **state)
{
    enum { EACH = 25 };
    struct rig *rig = *state;
    bool seen[200] = {false};
    const struct queue *queue;
    int status, tickets = 0;
    pid_t pids[2];

    for (int p = 0; p < 2; p++) {
        pids[p] = fork();
        assert_true(pids[p] >= 0);
        if (pids[p] == 0) {
            struct rig *other = rig_open_again(rig);

            for (int i = 0; i < EACH; i++)
                (void)rig_issue(other->site, 1000 * (p + 1) + i, 1);
            if (p == 1)
                (void)raise(SIGKILL);
            rig_close(other);
            _exit(0);
        }
    }
    for (int p = 0; p < 2; p++)
        assert_int_equal(waitpid(pids[p], &status, 0), pids[p]);
    assert_int_equal(sites_catch_up(rig->sites), 0);
    assert_chain(rig->site);
    queue = site_read(rig->site);
    for (int i = 0; i < queue->count; i++) {
        assert_false(seen[queue->tickets[i].number.value]);
        seen[queue->tickets[i].number.value] = true;
        tickets++;
    }
    site_read_end(rig->site);
    assert_int_equal(tickets, 2 * EACH);
}

/* -- damage and length ------------------------------------------------------------------------- */

static void test_a_changed_entry_is_noticed(void **state)
{
    struct rig *rig = *state;
    struct sites_options options = {.db = rig->db};
    struct sites *sites = NULL;
    char error[DB_ERROR_SIZE] = "";

    (void)rig_issue(rig->site, 1, 1);
    assert_int_equal(db_run(rig->db, "UPDATE log SET at = at + 1 WHERE seq = 2", ""), 1);
    assert_int_equal(sites_create(&options, &sites, error, sizeof(error)), -EBADMSG);
    assert_non_null(strstr(error, "backup"));
    assert_int_equal(db_run(rig->db, "UPDATE log SET at = at - 1 WHERE seq = 2", ""), 1);
}

static void test_a_snapshot_gives_what_the_log_gives(void **state)
{
    struct rig *rig = *state;
    uint64_t before;
    int64_t snapshots = 0;

    assert_int_equal(site_keep_snapshot(rig->site), 0); /* too early */
    assert_int_equal(db_get_int(rig->db, &snapshots, "SELECT COUNT(*) FROM snapshot", ""), 1);
    assert_int_equal(snapshots, 0);
    (void)rig_issue(rig->site, 1, 1);
    for (int i = 0; i < SITE_SNAPSHOT_EVERY; i += 100) {
        assert_int_equal(site_begin(rig->site), 0);
        for (int k = 0; k < 100; k++) {
            struct event event = rig_act(k % 2 ? EVENT_WAITING : EVENT_CALLED, 1);
            struct site_put put;

            assert_int_equal(site_put(rig->site, &event, &put), 0);
        }
        assert_int_equal(site_commit(rig->site), 0);
    }
    assert_int_equal(site_keep_snapshot(rig->site), 0);
    assert_int_equal(db_get_int(rig->db, &snapshots, "SELECT COUNT(*) FROM snapshot", ""), 1);
    assert_int_equal(snapshots, 1);
    (void)rig_issue(rig->site, 2, 1);
    before = digest(rig->site);
    rig_restart(rig);
    assert_true(digest(rig->site) == before);
    /* other rules, or a history that is not this one: the log is read instead */
    assert_int_equal(db_run(rig->db, "UPDATE snapshot SET rules = 'other'", ""), 1);
    rig_restart(rig);
    assert_true(digest(rig->site) == before);
    assert_int_equal(db_run(rig->db, "UPDATE snapshot SET seq = seq - 1", ""), 1);
    rig_restart(rig);
    assert_true(digest(rig->site) == before);
}

static void test_cursors(void **state)
{
    struct rig *rig = *state;
    char hash[HASH_SIZE];
    bool known = false;

    (void)rig_issue(rig->site, 1, 1);
    (void)site_read(rig->site);
    memcpy(hash, site_hash(rig->site), HASH_SIZE);
    site_read_end(rig->site);
    assert_int_equal(site_knows(rig->site, seq_of(rig->site), hash, &known), 0);
    assert_true(known);
    assert_int_equal(site_knows(rig->site, 0, entry_first_hash, &known), 0);
    assert_true(known);
    assert_int_equal(site_knows(rig->site, 1, hash, &known), 0);
    assert_false(known);
    assert_int_equal(site_knows(rig->site, 99, hash, &known), 0);
    assert_false(known);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_make, rig_remove)
    const struct CMUnitTest tests[] = {
        TEST(test_a_restart_gives_the_same_state),
        TEST(test_a_repeated_id_gives_the_first_answer),
        TEST(test_repeated_inside_one_transaction),
        TEST(test_each_event_is_judged_after_the_one_before),
        TEST(test_nothing_is_seen_before_the_commit),
        TEST(test_forced_verdicts_change_nothing),
        TEST(test_unknown_fields_survive),
        TEST(test_claims_are_clamped_between_base_and_receipt),
        TEST(test_the_session_opens_with_the_first_ticket_of_the_day),
        TEST(test_a_live_number_is_not_given_again_next_day),
        TEST(test_another_process_is_followed),
        TEST(test_new_sites_of_another_process_are_found),
        TEST(test_more_sites_than_copies),
        TEST(test_two_processes_write_one_log),
        TEST(test_a_changed_entry_is_noticed),
        TEST(test_a_snapshot_gives_what_the_log_gives),
        TEST(test_cursors),
    };
    return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
