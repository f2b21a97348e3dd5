/* The journal: what it says is stored is stored, whole or not at all, whatever happens. */
#include "../core/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journal_rig.h"

/* -- plain use --------------------------------------------------------------------------------- */

static void meta_survives(void **state)
{
    struct rig *rig = *state;
    struct journal_found found;
    struct journal *journal = journal_rig_open(rig, &found);
    assert_true(found.fresh);
    assert_int_equal(journal_int(journal, "none"), 0);
    assert_int_equal(journal_set_int(journal, "high", INT64_C(1795483320000)), 0);
    assert_int_equal(journal_set_text(journal, "word", "番号"), 0);
    journal_close(journal);
    journal = journal_rig_open(rig, &found);
    assert_false(found.fresh);
    assert_true(journal_int(journal, "high") == INT64_C(1795483320000));
    char *word = journal_text(journal, "word");
    assert_string_equal(word, "番号");
    free(word);
    journal_close(journal);
}

static void one_kiosk_a_directory(void **state)
{
    struct journal *first = journal_rig_open(*state, NULL), *second = NULL;
    struct journal_found found;
    assert_int_equal(journal_open(((struct rig *)*state)->dir, &second, &found), -EBUSY);
    journal_close(first);
    first = journal_rig_open(*state, NULL);
    journal_close(first);
}

static void an_issue_ends_its_intent_and_is_whole(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = journal_rig_open(rig, NULL);
    struct journal_intent intent = journal_rig_intent(1);
    static struct journal_open_slip slips[4];
    assert_int_equal(journal_intend(journal, &intent), 0);
    assert_int_equal(journal_rig_intents(journal), 1);
    assert_int_equal(journal_rig_issue(rig, journal, 1), 0);
    assert_int_equal(journal_rig_intents(journal), 0);
    assert_int_equal(journal_rig_outbox(journal), 1);
    assert_int_equal(journal_counter(journal), 1);
    assert_int_equal(journal_open_slips(journal, slips, 4), 1);
    struct station_ticket wanted = journal_rig_ticket(1);
    assert_memory_equal(&slips[0].ticket, &wanted, sizeof wanted);
    assert_int_equal(slips[0].state, SLIP_INTENT);
    journal_close(journal);
}

/* Rows that a rescue could not read are put back from memory, behind those that it could. */
static void a_counter_never_goes_back(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = journal_rig_open(rig, NULL);
    for (int n = 5; n >= 3; n -= 2) {
        struct outbox_draft draft = journal_rig_draft(rig, EVENT_ISSUED, n);
        assert_int_equal(journal_post(journal, &draft.row), 0);
        assert_int_equal(journal_counter(journal), 5);
        outbox_drop(&draft);
    }
    assert_int_equal(journal_raise_counter(journal, 4), 0);
    assert_int_equal(journal_counter(journal), 5);
    assert_int_equal(journal_raise_counter(journal, 9), 0);
    assert_int_equal(journal_counter(journal), 9);
    journal_close(journal);
}

static void a_ticket_is_issued_once(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = journal_rig_open(rig, NULL);
    assert_int_equal(journal_rig_issue(rig, journal, 1), 0);
    struct station_ticket ticket = journal_rig_ticket(1);
    struct outbox_draft draft = journal_rig_draft(rig, EVENT_ISSUED, 2);
    assert_int_equal(journal_issue(journal, &ticket, 1, &stamp, &draft.row), -EEXIST);
    outbox_drop(&draft);
    assert_int_equal(journal_rig_outbox(journal), 1);
    assert_int_equal(journal_counter(journal), 1);
    journal_close(journal);
}

/* What is left of the first slip may lie about, or come out late: it no longer counts. */
static void a_further_slip_makes_the_former_void(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = journal_rig_open(rig, NULL);
    struct journal_slip first = {.print_count = 1, .state = SLIP_SUBMITTED, .job_id = 7};
    struct station_ticket ticket, wanted = journal_rig_ticket(1);
    const char *ask = site_ticket_id(21), *again = site_ticket_id(22);
    memcpy(first.ticket, site_ticket_id(1), UID_SIZE);
    assert_int_equal(journal_reissue(journal, first.ticket, ask, NULL, &ticket), -ENOENT);
    assert_int_equal(journal_rig_issue(rig, journal, 1), 0);
    assert_int_equal(journal_rig_issue(rig, journal, 2), 0);
    assert_int_equal(journal_slip(journal, &first, NULL), 0);
    assert_int_equal(journal_reissue(journal, first.ticket, ask, NULL, &ticket), 0);
    wanted.print_count = 2;
    assert_memory_equal(&ticket, &wanted, sizeof wanted);
    first.state = SLIP_PRINTED;
    assert_int_equal(journal_slip(journal, &first, NULL), -EALREADY);
    assert_int_equal(journal_rig_open_slips(journal),
                     2); /* the further one, and the other ticket's */
    journal_close(journal);
    journal = journal_rig_open(rig, NULL);
    assert_int_equal(journal_reissue(journal, first.ticket, ask, NULL, &ticket), -EALREADY);
    assert_int_equal(journal_reissue(journal, first.ticket, again, NULL, &ticket), 0);
    assert_int_equal(ticket.print_count, 3);
    assert_int_equal(journal_rig_open_slips(journal), 2);
    struct journal_slip third = {.print_count = 3, .state = SLIP_PRINTED};
    memcpy(third.ticket, first.ticket, UID_SIZE);
    assert_int_equal(journal_slip(journal, &third, NULL), 0);
    journal_close(journal);
}

/* A journal of the first version gets what it lacks, and keeps what it has. */
static void an_old_journal_is_brought_up_to_date(void **state)
{
    struct rig *rig = *state;
    struct journal_found found;
    struct station_ticket ticket;
    struct journal *journal = journal_rig_open(rig, NULL);
    sqlite3 *db = NULL;
    assert_int_equal(journal_rig_issue(rig, journal, 1), 0);
    journal_close(journal);
    assert_int_equal(sqlite3_open(rig_path(rig, "journal.db"), &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "DROP TABLE reissues; ALTER TABLE intents DROP COLUMN persons;"
                     "ALTER TABLE intents DROP COLUMN no_voice;"
                     "ALTER TABLE tickets DROP COLUMN family;"
                     "ALTER TABLE tickets DROP COLUMN person;"
                     "ALTER TABLE tickets DROP COLUMN persons;"
                     "ALTER TABLE tickets DROP COLUMN no_voice;"
                     "ALTER TABLE tickets DROP COLUMN slot_from;"
                     "ALTER TABLE tickets DROP COLUMN slot_to; PRAGMA user_version = 1",
                     NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    journal = journal_rig_open(rig, &found);
    assert_false(found.fresh);
    assert_string_equal(found.aside, "");
    assert_int_equal(journal_reissue(journal, site_ticket_id(1), site_ticket_id(21), NULL, &ticket),
                     0);
    assert_int_equal(ticket.print_count, 2);
    assert_int_equal(ticket.persons, 1); /* parties were not known then */
    journal_close(journal);
}

static void a_slip_moves_forward_only(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = journal_rig_open(rig, NULL);
    struct journal_slip slip = {
        .print_count = 1, .state = SLIP_SUBMITTED, .job_id = 7, .job_uuid = "urn:uuid:x"};
    memcpy(slip.ticket, site_ticket_id(1), UID_SIZE);
    assert_int_equal(journal_slip(journal, &slip, NULL), -ENOENT);
    assert_int_equal(journal_rig_issue(rig, journal, 1), 0);
    assert_int_equal(journal_slip(journal, &slip, NULL), 0);
    assert_int_equal(journal_rig_open_slips(journal), 1);
    slip.state = SLIP_UNKNOWN;
    assert_int_equal(journal_slip(journal, &slip, NULL), 0);
    assert_int_equal(journal_rig_open_slips(journal), 0);
    slip.state = SLIP_FAILED;
    assert_int_equal(journal_slip(journal, &slip, NULL), -EALREADY);
    slip.state = SLIP_PRINTED; /* it came out after all */
    assert_int_equal(journal_slip(journal, &slip, NULL), 0);
    slip.state = SLIP_SUBMITTED;
    assert_int_equal(journal_slip(journal, &slip, NULL), -EALREADY);
    journal_close(journal);
}

static void a_confirmed_copy_ends_the_outbox_row(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = journal_rig_open(rig, NULL);
    struct entry entries[RIG_START_ENTRIES + 1];
    rig_start(rig, entries);
    struct outbox_draft draft = journal_rig_draft(rig, EVENT_ISSUED, 1);
    assert_int_equal(journal_post(journal, &draft.row), 0);
    assert_int_equal(journal_confirm(journal, entries, RIG_START_ENTRIES), 0);
    assert_int_equal(journal_rig_outbox(journal), 1);
    rig_entry(rig, draft.event, VERDICT_APPLIED, &entries[3]);
    assert_int_equal(journal_confirm(journal, &entries[3], 1), 0);
    assert_int_equal(journal_rig_outbox(journal), 0);
    assert_int_equal(journal_rig_entries(journal), 4);
    assert_int_equal(journal_confirm(journal, &entries[3], 1), -EEXIST);
    assert_int_equal(journal_rig_entries(journal), 4);
    outbox_drop(&draft);
    rig_finish_entries(entries, 4);
    journal_close(journal);
}

static void a_restart_takes_own_events_back(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = journal_rig_open(rig, NULL);
    struct entry entries[RIG_START_ENTRIES + 1];
    rig_start(rig, entries);
    struct outbox_draft confirmed = journal_rig_draft(rig, EVENT_ISSUED, 1);
    struct outbox_draft waiting = journal_rig_draft(rig, EVENT_ISSUED, 2);
    rig_entry(rig, confirmed.event, VERDICT_APPLIED, &entries[3]);
    assert_int_equal(journal_confirm(journal, entries, 4), 0);
    assert_int_equal(journal_post(journal, &waiting.row), 0);
    assert_int_equal(journal_restart(journal, site_kiosk_a), 0);
    assert_int_equal(journal_rig_entries(journal), 0);
    assert_int_equal(journal_rig_outbox(journal), 2);
    outbox_drop(&confirmed);
    outbox_drop(&waiting);
    rig_finish_entries(entries, 4);
    journal_close(journal);
}

static void state_is_read_by_the_rules_that_made_it(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = journal_rig_open(rig, NULL);
    struct entry entries[RIG_START_ENTRIES];
    struct queue queue;
    int64_t seq = 0;
    char hash[HASH_SIZE];
    queue_init(&queue);
    rig_start(rig, entries);
    site_issue(&rig->site, 1, 1);
    assert_int_equal(journal_confirm(journal, entries, RIG_START_ENTRIES), 0);
    assert_int_equal(journal_load_state(journal, "r1", &seq, hash, &queue), -ENOENT);
    assert_int_equal(journal_save_state(journal, 3, rig->hash, "r1", &rig->site.queue, 2), 0);
    assert_int_equal(journal_first_seq(journal), 2);
    assert_int_equal(journal_load_state(journal, "r2", &seq, hash, &queue), -ENOENT);
    assert_int_equal(journal_load_state(journal, "r1", &seq, hash, &queue), 0);
    assert_int_equal(seq, 3);
    assert_string_equal(hash, rig->hash);
    assert_true(queue_digest(&queue) == queue_digest(&rig->site.queue));
    queue_finish(&queue);
    rig_finish_entries(entries, RIG_START_ENTRIES);
    journal_close(journal);
}

/* -- a full disk ------------------------------------------------------------------------------- */

/* The file cannot grow: the write fails, and nothing of it is there. */
static int fill_up(struct rig *rig)
{
    struct journal *journal = journal_rig_open(rig, NULL);
    struct rlimit limit = {128 * 1024, RLIM_INFINITY};
    int n = 1, r = 0;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        return 1;
    while (r == 0 && n < 2000)
        r = journal_rig_issue(rig, journal, n++);
    int issued = n - 2;
    if (r != -EIO && r != -ENOSPC)
        return 2;
    limit.rlim_cur = RLIM_INFINITY;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    if (journal_rig_outbox(journal) != issued || journal_counter(journal) != issued)
        return 3;
    if (journal_rig_issue(rig, journal, issued + 1) !=
        0) /* and it goes on when there is room again */
        return 4;
    journal_close(journal);
    return 0;
}

static void a_full_disk_stores_nothing_by_halves(void **state)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(fill_up(*state));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* -- SIGKILL ----------------------------------------------------------------------------------- */

enum { STEPS = 5, KILLS = 24, CHILD_TICKETS = 100000 };

/* One ticket's life: intent, number, printed slip, confirmed event and slip event. */
static int step(struct rig *rig, struct journal *journal, int n, int which)
{
    struct journal_intent intent = journal_rig_intent(n);
    struct journal_slip slip = {.print_count = 1, .state = SLIP_PRINTED};
    struct outbox_draft draft =
        journal_rig_draft(rig, which == 2 ? EVENT_SLIP : EVENT_ISSUED, 2 * n - 1 + (which == 2));
    struct station_ticket ticket = journal_rig_ticket(n % NUMBER_MAX + 1);
    struct entry entry;
    int r = 0;
    memcpy(slip.ticket, site_ticket_id(n), UID_SIZE);
    memcpy(ticket.id, site_ticket_id(n), UID_SIZE);
    if (which == 0)
        r = journal_intend(journal, &intent);
    else if (which == 1)
        r = journal_issue(journal, &ticket, 1, &stamp, &draft.row);
    else if (which == 2)
        r = journal_slip(journal, &slip, &draft.row);
    if (which < 3) {
        outbox_drop(&draft);
        return r;
    }
    outbox_drop(&draft);
    struct event event = site_event(&rig->site, EVENT_MESSAGE, 0);
    rig_entry(rig, event, VERDICT_APPLIED, &entry);
    r = journal_confirm(journal, &entry, 1);
    entry_finish(&entry);
    return r;
}

static void live(struct rig *rig, int reports)
{
    struct journal *journal = journal_rig_open(rig, NULL);
    for (int n = 1; n < CHILD_TICKETS; n++) {
        for (int which = 0; which < STEPS - 1; which++) {
            int told = n * STEPS + which;
            if (step(rig, journal, n, which) < 0 || write(reports, &told, sizeof told) < 0)
                _exit(1);
        }
    }
    _exit(2);
}

/* The last thing that the child said was done. */
static int last_report(int reports)
{
    int told = -1, next;
    while (read(reports, &next, sizeof next) == (ssize_t)sizeof next)
        told = next;
    return told;
}

static void check_whole(struct rig *rig, int told)
{
    struct journal_found found;
    struct journal *journal = journal_rig_open(rig, &found);
    int tickets = told < 0 ? 0 : told / STEPS, which = told < 0 ? -1 : told % STEPS;
    int64_t counter = journal_counter(journal);
    assert_false(found.fresh);
    /* Done is what was told, and at most one step more. */
    int64_t least = 2 * (int64_t)(tickets > 0 ? tickets - 1 : 0) + (which >= 1) + (which >= 2);
    assert_in_range(counter, least, least + 1);
    assert_int_equal(journal_rig_outbox(journal), counter);
    assert_in_range(journal_rig_intents(journal), 0, 1);
    int issued = (int)(counter + 1) / 2, fates = (int)counter / 2;
    assert_int_equal(journal_rig_open_slips(journal), issued - fates);
    int confirmed = (tickets > 0 ? tickets - 1 : 0) + (which >= 3);
    assert_in_range(journal_rig_entries(journal), confirmed, confirmed + 1);
    journal_close(journal);
}

static void killed_at_any_moment(void **state)
{
    (void)state;
    for (int i = 0; i < KILLS; i++) {
        struct rig rig;
        int reports[2], status;
        rig_open(&rig);
        journal_close(journal_rig_open(&rig, NULL));
        assert_int_equal(pipe(reports), 0);
        pid_t child = fork();
        if (child == 0) {
            close(reports[0]);
            live(&rig, reports[1]);
        }
        close(reports[1]);
        usleep((useconds_t)(3000 + i * 1700));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        check_whole(&rig, last_report(reports[0]));
        close(reports[0]);
        rig_close(&rig);
    }
}

int main(void)
{
#define WITH_RIG(test)                                                                             \
    cmocka_unit_test_setup_teardown(test, journal_rig_setup, journal_rig_teardown)
    const struct CMUnitTest tests[] = {
        WITH_RIG(meta_survives),
        WITH_RIG(one_kiosk_a_directory),
        WITH_RIG(an_issue_ends_its_intent_and_is_whole),
        WITH_RIG(a_counter_never_goes_back),
        WITH_RIG(a_ticket_is_issued_once),
        WITH_RIG(a_slip_moves_forward_only),
        WITH_RIG(a_further_slip_makes_the_former_void),
        WITH_RIG(an_old_journal_is_brought_up_to_date),
        WITH_RIG(a_confirmed_copy_ends_the_outbox_row),
        WITH_RIG(a_restart_takes_own_events_back),
        WITH_RIG(state_is_read_by_the_rules_that_made_it),
        WITH_RIG(a_full_disk_stores_nothing_by_halves),
        cmocka_unit_test(killed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
