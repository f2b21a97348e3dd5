/* Transactions that share a commit: who sees what, who is told what, and when the disk is asked. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "db_private.h"
#include "site_rig.h"

enum { CROWD = 12, ROUNDS = 10 };

static atomic_int commits;
static atomic_bool refuse; /* the next commits fail */

static int on_commit(void *context)
{
    (void)context;
    commits++;
    return refuse;
}

static int watch(sqlite3 *handle, char **error, const struct sqlite3_api_routines *api)
{
    (void)error;
    (void)api;
    (void)sqlite3_commit_hook(handle, on_commit, NULL);
    return SQLITE_OK;
}

static int make_shared(void **state)
{
    char error[DB_ERROR_SIZE] = "";
    struct rig *rig;

    refuse = false;
    (void)sqlite3_auto_extension((void (*)(void))(void *)watch);
    if (rig_make(state) < 0)
        return -1;
    rig = *state;
    assert_true(db_run(rig->db, "CREATE TABLE t (n BIGINT NOT NULL)", "") >= 0);
    assert_int_equal(db_share(rig->db, error, sizeof(error)), 0);
    commits = 0;
    return 0;
}

static int64_t rows(struct db *db)
{
    int64_t count = -1;

    assert_int_equal(db_get_int(db, &count, "SELECT COUNT(*) FROM t", ""), 1);
    return count;
}

static int insert(struct db *db, int64_t n)
{
    return db_run(db, "INSERT INTO t (n) VALUES ($1)", "i", n);
}

/* Waits until so many threads want to write or are at it. */
static void wait_for_line(struct db *db, int count)
{
    while (atomic_load(&db->in_line) < count)
        (void)usleep(200);
}

/* -- two in one group -------------------------------------------------------------------------- */

enum end { COMMIT, ROLLBACK };

/* The second of two: it is in line before the first ends, so the first is sealed and waits when
 * this one has begun. */
struct second {
    struct rig *rig;
    enum end end;
    bool writes;
    sem_t begun, go;
    int result;
    int64_t seen; /* rows, from inside its transaction */
    pthread_t thread;
};

static void *second_main(void *context)
{
    struct second *second = context;
    struct db *db = second->rig->db;

    second->result = db_begin(db);
    (void)sem_post(&second->begun);
    (void)sem_wait(&second->go);
    second->seen = rows(db);
    if (second->writes && insert(db, 2) < 0)
        abort();
    if (second->end == ROLLBACK)
        db_rollback(db);
    else
        second->result = db_commit(db);
    return NULL;
}

static void *first_main(void *context)
{
    struct second *second = context;
    struct db *db = second->rig->db;
    intptr_t result;

    if (db_begin(db) < 0 || insert(db, 1) < 0)
        abort();
    if (pthread_create(&second->thread, NULL, second_main, second) != 0)
        abort();
    wait_for_line(db, 2);
    result = db_commit(db);
    return (void *)result;
}

static pthread_t begin_both(struct second *second)
{
    pthread_t first;

    (void)sem_init(&second->begun, 0, 0);
    (void)sem_init(&second->go, 0, 0);
    assert_int_equal(pthread_create(&first, NULL, first_main, second), 0);
    (void)sem_wait(&second->begun);
    return first;
}

static int end_both(struct second *second, pthread_t first)
{
    void *result = NULL;

    (void)sem_post(&second->go);
    (void)pthread_join(first, &result);
    (void)pthread_join(second->thread, NULL);
    (void)sem_destroy(&second->begun);
    (void)sem_destroy(&second->go);
    return (int)(intptr_t)result;
}

static void test_what_is_sealed_is_seen_by_the_next_writer_alone(void **state)
{
    struct rig *rig = *state;
    struct second second = {.rig = rig, .end = COMMIT, .writes = true};
    pthread_t first = begin_both(&second);

    assert_int_equal(rows(rig->db), 0); /* from outside, and without waiting for anybody */
    assert_int_equal(commits, 0);
    assert_int_equal(end_both(&second, first), 0);
    assert_int_equal(second.result, 0);
    assert_int_equal(second.seen, 1);
    assert_int_equal(rows(rig->db), 2);
    assert_int_equal(commits, 1); /* one for both */
}

static void test_a_rollback_takes_nothing_of_others(void **state)
{
    struct rig *rig = *state;
    struct second second = {.rig = rig, .end = ROLLBACK, .writes = true};
    pthread_t first = begin_both(&second);

    assert_int_equal(end_both(&second, first), 0);
    assert_int_equal(rows(rig->db), 1);
    assert_int_equal(commits, 1);
}

static void test_a_failed_commit_fails_for_all(void **state)
{
    struct rig *rig = *state;
    struct second second = {.rig = rig, .end = COMMIT, .writes = true};
    pthread_t first = begin_both(&second);

    refuse = true;
    assert_true(end_both(&second, first) < 0);
    assert_true(second.result < 0);
    assert_int_equal(rows(rig->db), 0);
    refuse = false;
    assert_int_equal(insert(rig->db, 3), 1); /* and the next one is a new one */
    assert_int_equal(rows(rig->db), 1);
}

/* It has seen a row that is lost: it must not answer anybody that the row is there. */
static void test_who_only_read_fails_with_those_it_read_of(void **state)
{
    struct rig *rig = *state;
    struct second second = {.rig = rig, .end = COMMIT, .writes = false};
    pthread_t first = begin_both(&second);

    refuse = true;
    assert_true(end_both(&second, first) < 0);
    assert_int_equal(second.seen, 1);
    assert_true(second.result < 0);
}

/* -- one site ---------------------------------------------------------------------------------- */

struct issuing {
    struct second second; /* first: begin_both() of it is used with these */
    int first_number, second_number;
    int64_t seq; /* of the second */
};

static int issue_in(struct site *site, int ticket, int64_t *ret_seq)
{
    struct event event = rig_act(EVENT_ISSUED, ticket);
    struct site_put put;

    event.desk_no = 1;
    event.number = queue_next_number(site_state(site), 1, "", CHANNEL_KIOSK);
    if (site_put(site, &event, &put) < 0 || put.judgement.verdict != VERDICT_APPLIED)
        abort();
    *ret_seq = put.seq;
    return event.number.value;
}

static void *second_issue(void *context)
{
    struct issuing *issuing = context;
    struct site *site = issuing->second.rig->site;

    if (site_begin(site) < 0)
        abort();
    (void)sem_post(&issuing->second.begun);
    (void)sem_wait(&issuing->second.go);
    issuing->second_number = issue_in(site, 2, &issuing->seq);
    issuing->second.result = site_commit(site);
    return NULL;
}

static void *first_issue(void *context)
{
    struct issuing *issuing = context;
    struct site *site = issuing->second.rig->site;
    int64_t ignored;

    if (site_begin(site) < 0 || site_open_session(site) < 0)
        abort();
    issuing->first_number = issue_in(site, 1, &ignored);
    if (pthread_create(&issuing->second.thread, NULL, second_issue, issuing) != 0)
        abort();
    wait_for_line(issuing->second.rig->db, 2);
    return (void *)(intptr_t)site_commit(site);
}

static pthread_t begin_issues(struct issuing *issuing)
{
    pthread_t first;

    (void)sem_init(&issuing->second.begun, 0, 0);
    (void)sem_init(&issuing->second.go, 0, 0);
    assert_int_equal(pthread_create(&first, NULL, first_issue, issuing), 0);
    (void)sem_wait(&issuing->second.begun);
    return first;
}

static int64_t seq_of(struct site *site)
{
    int64_t seq;

    (void)site_read(site);
    seq = site_seq(site);
    site_read_end(site);
    return seq;
}

static void test_a_site_goes_on_from_what_is_not_on_the_disk_yet(void **state)
{
    struct rig *rig = *state;
    struct issuing issuing = {.second = {.rig = rig}};
    int64_t before = seq_of(rig->site);
    pthread_t first = begin_issues(&issuing);

    assert_int_equal(rig_state(rig->site, 1), TICKET_STATE_COUNT); /* nobody is told yet */
    assert_int_equal(seq_of(rig->site), before);
    assert_int_equal(end_both(&issuing.second, first), 0);
    assert_int_equal(issuing.second.result, 0);
    assert_int_equal(commits, 1);
    assert_int_equal(issuing.second_number, issuing.first_number + 1);
    assert_int_equal(seq_of(rig->site), issuing.seq);
    assert_int_equal(rig_state(rig->site, 1), TICKET_WAITING);
    assert_int_equal(rig_state(rig->site, 2), TICKET_WAITING);
    rig_restart(rig); /* the log is whole */
    assert_int_equal(seq_of(rig->site), issuing.seq);
    assert_int_equal(rig_state(rig->site, 2), TICKET_WAITING);
}

static void test_a_site_forgets_what_the_disk_has_not_taken(void **state)
{
    struct rig *rig = *state;
    struct issuing issuing = {.second = {.rig = rig}};
    int64_t before = seq_of(rig->site);
    pthread_t first = begin_issues(&issuing);

    refuse = true;
    assert_true(end_both(&issuing.second, first) < 0);
    assert_true(issuing.second.result < 0);
    refuse = false;
    assert_int_equal(seq_of(rig->site), before);
    assert_int_equal(rig_state(rig->site, 1), TICKET_STATE_COUNT);
    assert_int_equal(rig_issue(rig->site, 3, 1), issuing.first_number); /* it was never given */
    rig_restart(rig);
    assert_int_equal(rig_state(rig->site, 1), TICKET_STATE_COUNT);
    assert_int_equal(rig_state(rig->site, 3), TICKET_WAITING);
}

/* -- run by others ----------------------------------------------------------------------------- */

struct asking {
    struct rig *rig;
    int ticket, number, result;
    pthread_t asker, runner;
};

static int give_number(struct site *site, void *context)
{
    struct asking *asking = context;
    int64_t ignored;

    asking->runner = pthread_self();
    asking->number = issue_in(site, asking->ticket, &ignored);
    return asking->ticket == 3 ? -EPERM : 0;
}

static void *ask(void *context)
{
    struct asking *asking = context;

    asking->result = site_transact(asking->rig->site, give_number, asking);
    return NULL;
}

/* While a writer is in, four ask: the first of them gets in line and runs all of theirs. */
static void test_one_thread_runs_what_others_ask(void **state)
{
    struct rig *rig = *state;
    struct asking asking[4];
    int before;

    assert_int_equal(rig_issue(rig->site, 9, 1), 1);
    before = commits;
    assert_int_equal(db_begin(rig->db), 0);
    for (int i = 0; i < 4; i++) {
        asking[i] = (struct asking){.rig = rig, .ticket = i + 1};
        assert_int_equal(pthread_create(&asking[i].asker, NULL, ask, &asking[i]), 0);
    }
    wait_for_line(rig->db, 2);
    while (true) {
        int threads = 0;

        (void)pthread_mutex_lock(&rig->db->batching);
        threads = rig->db->batch ? rig->db->batch->threads : 0;
        (void)pthread_mutex_unlock(&rig->db->batching);
        if (threads == 4)
            break;
        (void)usleep(200);
    }
    assert_int_equal(db_commit(rig->db), 0);
    for (int i = 0; i < 4; i++)
        (void)pthread_join(asking[i].asker, NULL);
    assert_int_equal(commits, before + 1); /* the first writer had nothing to commit */
    for (int i = 0; i < 4; i++) {
        assert_true(pthread_equal(asking[i].runner, asking[0].runner));
        assert_int_equal(asking[i].result, i == 2 ? -EPERM : 0);
        assert_int_equal(rig_state(rig->site, i + 1), i == 2 ? TICKET_STATE_COUNT : TICKET_WAITING);
    }
    rig_restart(rig);
    assert_int_equal(rig_state(rig->site, 4), TICKET_WAITING);
}

/* -- many -------------------------------------------------------------------------------------- */

struct one {
    struct rig *rig;
    int index;
    pthread_t thread;
};

static void *issue_many(void *context)
{
    struct one *one = context;
    struct site *site = one->rig->site;
    int64_t seq = 0;

    for (int round = 0; round < ROUNDS; round++) {
        int ticket = one->index * ROUNDS + round;

        if (round % 2 == 0) {
            struct asking asking = {.rig = one->rig, .ticket = 100000 + ticket};

            if (site_transact(site, give_number, &asking) < 0)
                abort();
        }
        if (site_begin(site) < 0 || site_open_session(site) < 0)
            abort();
        (void)issue_in(site, ticket, &seq);
        if (round % 5 == 4) {
            site_rollback(site);
            continue;
        }
        if (site_commit(site) < 0 || rig_state(site, ticket) != TICKET_WAITING ||
            insert(one->rig->db, ticket) != 1)
            abort();
    }
    return NULL;
}

static void test_a_crowd_gets_each_its_number(void **state)
{
    struct rig *rig = *state;
    struct one crowd[CROWD];
    bool given[NUMBER_MAX + 1] = {false};
    int count = 0;

    for (int i = 0; i < CROWD; i++) {
        crowd[i] = (struct one){.rig = rig, .index = i};
        assert_int_equal(pthread_create(&crowd[i].thread, NULL, issue_many, &crowd[i]), 0);
    }
    for (int i = 0; i < CROWD; i++)
        (void)pthread_join(crowd[i].thread, NULL);
    rig_restart(rig);
    const struct queue *queue = site_read(rig->site);
    for (int i = 0; i < queue->count; i++) {
        assert_false(given[queue->tickets[i].number.value]);
        given[queue->tickets[i].number.value] = true;
        count++;
    }
    site_read_end(rig->site);
    assert_int_equal(count, CROWD * (ROUNDS * 4 / 5 + (ROUNDS + 1) / 2));
    assert_int_equal(rows(rig->db), CROWD * ROUNDS * 4 / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_sealed_is_seen_by_the_next_writer_alone,
                                        make_shared, rig_remove),
        cmocka_unit_test_setup_teardown(test_a_rollback_takes_nothing_of_others, make_shared,
                                        rig_remove),
        cmocka_unit_test_setup_teardown(test_a_failed_commit_fails_for_all, make_shared,
                                        rig_remove),
        cmocka_unit_test_setup_teardown(test_who_only_read_fails_with_those_it_read_of, make_shared,
                                        rig_remove),
        cmocka_unit_test_setup_teardown(test_a_site_goes_on_from_what_is_not_on_the_disk_yet,
                                        make_shared, rig_remove),
        cmocka_unit_test_setup_teardown(test_a_site_forgets_what_the_disk_has_not_taken,
                                        make_shared, rig_remove),
        cmocka_unit_test_setup_teardown(test_one_thread_runs_what_others_ask, make_shared,
                                        rig_remove),
        cmocka_unit_test_setup_teardown(test_a_crowd_gets_each_its_number, make_shared, rig_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
