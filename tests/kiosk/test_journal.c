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

#include "enrol.h"
#include "journal.h"
#include "outbox.h"
#include "station_rig.h"

static int setup(void **state)
{
    struct rig *rig = malloc(sizeof *rig);
    rig_open(rig);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    rig_close(*state);
    free(*state);
    return 0;
}

static struct journal *open_journal(const struct rig *rig, struct journal_found *found)
{
    struct journal *journal = NULL;
    struct journal_found ignored;
    assert_int_equal(journal_open(rig->dir, &journal, found ? found : &ignored), 0);
    return journal;
}

static const struct clock_stamp stamp = {.at_ms = 1000, .up_ms = 10, .boot = "boot"};

static struct journal_intent intent_of(int n)
{
    struct journal_intent intent = {
        .service = "naika", .language = "ja", .persons = 3, .no_voice = true, .stamp = stamp};
    memcpy(intent.ticket, site_ticket_id(n), UID_SIZE);
    return intent;
}

static struct station_ticket ticket_of(int n)
{
    struct station_ticket ticket = {
        .number = {'A', n},
        .service = "naika",
        .language = "en",
        .desk_no = 1,
        .room = "1",
        .before = 3,
        .accepted_ms = 1000 + n,
        .session = {.date = "2026-11-24", .kind = SESSION_PM},
        .url = "https://example.jp/q/1024-1",
        .code = "7K4Q-9M2X",
        .print_count = 1,
        .family = "66666666-0000-4000-8000-000000000001",
        .person = 2,
        .persons = 3,
        .no_voice = true,
        .slot_from = 1000,
        .slot_to = 2000,
    };
    memcpy(ticket.id, site_ticket_id(n), UID_SIZE);
    return ticket;
}

/* Event n of kiosk a about ticket n, as the outbox would draft it. */
static struct outbox_draft draft_of(const struct rig *rig, enum event_kind kind, int n)
{
    struct outbox outbox = {.counter = n - 1};
    struct outbox_draft draft;
    struct event event = {.kind = kind, .number = {'A', n}, .desk_no = 1};
    memcpy(event.ticket, site_ticket_id(n), UID_SIZE);
    assert_int_equal(outbox_draft(&outbox, &event, 0, site_kiosk_a, rig->seq, 1000 + n, &draft), 0);
    return draft;
}

static int issue(struct rig *rig, struct journal *journal, int n)
{
    struct station_ticket ticket = ticket_of(n);
    struct outbox_draft draft = draft_of(rig, EVENT_ISSUED, n);
    int r = journal_issue(journal, &ticket, 1, &stamp, &draft.row);
    outbox_drop(&draft);
    return r;
}

static int count_event(const struct journal_event *event, void *context)
{
    (void)event;
    (*(int *)context)++;
    return 0;
}

static int outbox_rows(struct journal *journal)
{
    int count = 0;
    assert_int_equal(journal_each_event(journal, count_event, &count), 0);
    return count;
}

static int count_entry(const struct entry *entry, void *context)
{
    (void)entry;
    (*(int *)context)++;
    return 0;
}

static int entry_rows(struct journal *journal)
{
    int count = 0;
    assert_int_equal(journal_each_entry(journal, 0, count_entry, &count), 0);
    return count;
}

static int intent_rows(struct journal *journal)
{
    struct journal_intent intents[JOURNAL_INTENTS_MAX];
    return journal_intents(journal, intents, JOURNAL_INTENTS_MAX);
}

static int open_slip_rows(struct journal *journal)
{
    static struct journal_open_slip slips[64];
    return journal_open_slips(journal, slips, 64);
}

/* -- plain use --------------------------------------------------------------------------------- */

static void meta_survives(void **state)
{
    struct rig *rig = *state;
    struct journal_found found;
    struct journal *journal = open_journal(rig, &found);
    assert_true(found.fresh);
    assert_int_equal(journal_int(journal, "none"), 0);
    assert_int_equal(journal_set_int(journal, "high", INT64_C(1795483320000)), 0);
    assert_int_equal(journal_set_text(journal, "word", "番号"), 0);
    journal_close(journal);
    journal = open_journal(rig, &found);
    assert_false(found.fresh);
    assert_true(journal_int(journal, "high") == INT64_C(1795483320000));
    char *word = journal_text(journal, "word");
    assert_string_equal(word, "番号");
    free(word);
    journal_close(journal);
}

static void one_kiosk_a_directory(void **state)
{
    struct journal *first = open_journal(*state, NULL), *second = NULL;
    struct journal_found found;
    assert_int_equal(journal_open(((struct rig *)*state)->dir, &second, &found), -EBUSY);
    journal_close(first);
    first = open_journal(*state, NULL);
    journal_close(first);
}

static void an_issue_ends_its_intent_and_is_whole(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = open_journal(rig, NULL);
    struct journal_intent intent = intent_of(1);
    static struct journal_open_slip slips[4];
    assert_int_equal(journal_intend(journal, &intent), 0);
    assert_int_equal(intent_rows(journal), 1);
    assert_int_equal(issue(rig, journal, 1), 0);
    assert_int_equal(intent_rows(journal), 0);
    assert_int_equal(outbox_rows(journal), 1);
    assert_int_equal(journal_counter(journal), 1);
    assert_int_equal(journal_open_slips(journal, slips, 4), 1);
    struct station_ticket wanted = ticket_of(1);
    assert_memory_equal(&slips[0].ticket, &wanted, sizeof wanted);
    assert_int_equal(slips[0].state, SLIP_INTENT);
    journal_close(journal);
}

static void a_ticket_is_issued_once(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = open_journal(rig, NULL);
    assert_int_equal(issue(rig, journal, 1), 0);
    struct station_ticket ticket = ticket_of(1);
    struct outbox_draft draft = draft_of(rig, EVENT_ISSUED, 2);
    assert_int_equal(journal_issue(journal, &ticket, 1, &stamp, &draft.row), -EEXIST);
    outbox_drop(&draft);
    assert_int_equal(outbox_rows(journal), 1);
    assert_int_equal(journal_counter(journal), 1);
    journal_close(journal);
}

/* What is left of the first slip may lie about, or come out late: it no longer counts. */
static void a_further_slip_makes_the_former_void(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = open_journal(rig, NULL);
    struct journal_slip first = {.print_count = 1, .state = SLIP_SUBMITTED, .job_id = 7};
    struct station_ticket ticket, wanted = ticket_of(1);
    const char *ask = site_ticket_id(21), *again = site_ticket_id(22);
    memcpy(first.ticket, site_ticket_id(1), UID_SIZE);
    assert_int_equal(journal_reissue(journal, first.ticket, ask, NULL, &ticket), -ENOENT);
    assert_int_equal(issue(rig, journal, 1), 0);
    assert_int_equal(issue(rig, journal, 2), 0);
    assert_int_equal(journal_slip(journal, &first, NULL), 0);
    assert_int_equal(journal_reissue(journal, first.ticket, ask, NULL, &ticket), 0);
    wanted.print_count = 2;
    assert_memory_equal(&ticket, &wanted, sizeof wanted);
    first.state = SLIP_PRINTED;
    assert_int_equal(journal_slip(journal, &first, NULL), -EALREADY);
    assert_int_equal(open_slip_rows(journal), 2); /* the further one, and the other ticket's */
    journal_close(journal);
    journal = open_journal(rig, NULL);
    assert_int_equal(journal_reissue(journal, first.ticket, ask, NULL, &ticket), -EALREADY);
    assert_int_equal(journal_reissue(journal, first.ticket, again, NULL, &ticket), 0);
    assert_int_equal(ticket.print_count, 3);
    assert_int_equal(open_slip_rows(journal), 2);
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
    struct journal *journal = open_journal(rig, NULL);
    sqlite3 *db = NULL;
    assert_int_equal(issue(rig, journal, 1), 0);
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
    journal = open_journal(rig, &found);
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
    struct journal *journal = open_journal(rig, NULL);
    struct journal_slip slip = {
        .print_count = 1, .state = SLIP_SUBMITTED, .job_id = 7, .job_uuid = "urn:uuid:x"};
    memcpy(slip.ticket, site_ticket_id(1), UID_SIZE);
    assert_int_equal(journal_slip(journal, &slip, NULL), -ENOENT);
    assert_int_equal(issue(rig, journal, 1), 0);
    assert_int_equal(journal_slip(journal, &slip, NULL), 0);
    assert_int_equal(open_slip_rows(journal), 1);
    slip.state = SLIP_UNKNOWN;
    assert_int_equal(journal_slip(journal, &slip, NULL), 0);
    assert_int_equal(open_slip_rows(journal), 0);
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
    struct journal *journal = open_journal(rig, NULL);
    struct entry entries[RIG_START_ENTRIES + 1];
    rig_start(rig, entries);
    struct outbox_draft draft = draft_of(rig, EVENT_ISSUED, 1);
    assert_int_equal(journal_post(journal, &draft.row), 0);
    assert_int_equal(journal_confirm(journal, entries, RIG_START_ENTRIES), 0);
    assert_int_equal(outbox_rows(journal), 1);
    rig_entry(rig, draft.event, VERDICT_APPLIED, &entries[3]);
    assert_int_equal(journal_confirm(journal, &entries[3], 1), 0);
    assert_int_equal(outbox_rows(journal), 0);
    assert_int_equal(entry_rows(journal), 4);
    assert_int_equal(journal_confirm(journal, &entries[3], 1), -EEXIST);
    assert_int_equal(entry_rows(journal), 4);
    outbox_drop(&draft);
    rig_finish_entries(entries, 4);
    journal_close(journal);
}

static void a_restart_takes_own_events_back(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = open_journal(rig, NULL);
    struct entry entries[RIG_START_ENTRIES + 1];
    rig_start(rig, entries);
    struct outbox_draft confirmed = draft_of(rig, EVENT_ISSUED, 1);
    struct outbox_draft waiting = draft_of(rig, EVENT_ISSUED, 2);
    rig_entry(rig, confirmed.event, VERDICT_APPLIED, &entries[3]);
    assert_int_equal(journal_confirm(journal, entries, 4), 0);
    assert_int_equal(journal_post(journal, &waiting.row), 0);
    assert_int_equal(journal_restart(journal, site_kiosk_a), 0);
    assert_int_equal(entry_rows(journal), 0);
    assert_int_equal(outbox_rows(journal), 2);
    outbox_drop(&confirmed);
    outbox_drop(&waiting);
    rig_finish_entries(entries, 4);
    journal_close(journal);
}

static void state_is_read_by_the_rules_that_made_it(void **state)
{
    struct rig *rig = *state;
    struct journal *journal = open_journal(rig, NULL);
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

/* -- damage ------------------------------------------------------------------------------------ */

static void overwrite(const char *path, off_t from, off_t count)
{
    char junk[512];
    memset(junk, 0x5a, sizeof junk);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    for (off_t at = from; at < from + count; at += (off_t)sizeof junk)
        assert_int_equal(pwrite(fd, junk, sizeof junk, at), sizeof junk);
    close(fd);
}

static void no_database_is_set_aside(void **state)
{
    struct rig *rig = *state;
    struct journal_found found;
    struct journal *journal = open_journal(rig, NULL);
    journal_close(journal);
    overwrite(rig_path(rig, "journal.db"), 0, 4096);
    journal = open_journal(rig, &found);
    assert_true(found.fresh);
    assert_string_equal(found.aside, rig_path(rig, "journal.db.damaged-1"));
    assert_int_equal(access(found.aside, F_OK), 0);
    assert_int_equal(issue(rig, journal, 1), 0);
    journal_close(journal);
}

/* Pages of entries are hit; the outbox, which nobody else has, is read out of the ruin. */
/* The journal of a site that the kiosk has left cannot be set aside just now. */
static void a_renewal_that_failed_is_made_up_for(void **state)
{
    struct rig *rig = *state;
    struct journal_found found;
    char aside[64];
    struct journal *journal = open_journal(rig, &found);
    assert_int_equal(journal_set_int(journal, "x", 1), 0);
    for (int i = 1; i <= 8; i++) { /* as many as are kept: the last one gives way to a file only */
        (void)snprintf(aside, sizeof aside, "journal.db.damaged-%d", i);
        assert_int_equal(mkdir(rig_path(rig, aside), 0700), 0);
    }
    assert_true(journal_renew(journal, rig->dir, false, &found) < 0);
    assert_true(journal_closed(journal));
    assert_true(journal_set_int(journal, "x", 2) < 0);
    assert_int_equal(rmdir(rig_path(rig, aside)), 0);
    assert_int_equal(journal_renew(journal, rig->dir, false, &found), 0);
    assert_false(journal_closed(journal));
    assert_int_equal(journal_int(journal, "x"), 0);
    assert_int_equal(journal_set_int(journal, "x", 3), 0);
    journal_close(journal);
    for (int i = 1; i < 8; i++) {
        (void)snprintf(aside, sizeof aside, "journal.db.damaged-%d", i);
        assert_int_equal(rmdir(rig_path(rig, aside)), 0);
    }
}

static void the_outbox_is_rescued(void **state)
{
    struct rig *rig = *state;
    struct journal_found found;
    struct stat info;
    struct journal *journal = open_journal(rig, NULL);
    for (int n = 1; n <= 3; n++)
        assert_int_equal(issue(rig, journal, n), 0);
    for (int i = 0; i < 20; i++) {
        struct entry entries[20];
        for (int k = 0; k < 20; k++) {
            struct event event = site_event(&rig->site, EVENT_MESSAGE, 0);
            memset(event.text, 'm', 400);
            rig_entry(rig, event, VERDICT_APPLIED, &entries[k]);
        }
        assert_int_equal(journal_confirm(journal, entries, 20), 0);
        rig_finish_entries(entries, 20);
    }
    journal_close(journal);
    assert_int_equal(stat(rig_path(rig, "journal.db"), &info), 0);
    overwrite(rig_path(rig, "journal.db"), info.st_size - 64 * 1024, 60 * 1024);
    journal = open_journal(rig, &found);
    assert_true(found.fresh);
    assert_int_equal(found.rescued, 3);
    assert_int_equal(outbox_rows(journal), 3);
    assert_int_equal(open_slip_rows(journal), 3);
    assert_int_equal(journal_counter(journal), 3 + JOURNAL_COUNTER_GAP);
    assert_int_equal(journal_int(journal, "letter_gap"), JOURNAL_LETTER_GAP);
    journal_close(journal);
}

enum { PAGE = 4096, ISSUED = 60, OPEN_REQUESTS = 5 };

/* A morning: numbers given and not uploaded, requests under way, slips with a fate, entries. */
static void fill_morning(struct rig *rig)
{
    struct enrolment owner = {.letter = 'A', .token = "t", .site = "s", .clinic_no = "1"};
    struct journal *journal = open_journal(rig, NULL);
    struct entry entries[RIG_START_ENTRIES];
    memcpy(owner.device, site_kiosk_a, UID_SIZE);
    assert_int_equal(enrol_save(rig->dir, &owner), 0);
    rig_start(rig, entries);
    assert_int_equal(journal_confirm(journal, entries, RIG_START_ENTRIES), 0);
    rig_finish_entries(entries, RIG_START_ENTRIES);
    for (int n = 1; n <= ISSUED; n++)
        assert_int_equal(issue(rig, journal, n), 0);
    for (int n = 1; n <= OPEN_REQUESTS; n++) {
        struct journal_intent intent = intent_of(ISSUED + n);
        assert_int_equal(journal_intend(journal, &intent), 0);
    }
    journal_close(journal);
}

static void copy_file(const char *from, const char *to)
{
    char command[3 * RIG_PATH_SIZE];
    (void)snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
    assert_int_equal(system(command), 0);
}

struct left {
    int events, tickets, intents;
};

static struct left open_damaged(struct rig *rig, const char *image, off_t at)
{
    struct journal_found found;
    char keep[RIG_PATH_SIZE];
    (void)snprintf(keep, sizeof keep, "%s", rig_path(rig, "journal.db"));
    copy_file(image, keep);
    if (at >= 0)
        overwrite(keep, at, PAGE);
    struct journal *journal = open_journal(rig, &found);
    struct left left = {.events = outbox_rows(journal),
                        .tickets = open_slip_rows(journal),
                        .intents = intent_rows(journal)};
    /* Nothing that was used is used again, and the kiosk can go on. */
    assert_true(found.aside[0] == '\0' || journal_counter(journal) >= left.events);
    assert_true(found.aside[0] == '\0' || journal_int(journal, "letter_gap") > 0);
    struct journal_event event = {.counter = journal_counter(journal) + 1, .text = "{}"};
    memcpy(event.id, site_ticket_id(900), UID_SIZE);
    assert_int_equal(journal_post(journal, &event), 0);
    journal_close(journal);
    if (found.aside[0])
        assert_int_equal(unlink(found.aside), 0);
    return left;
}

/* Whatever page is hit, no more is lost than lay on it; of what exists nowhere else, no event at
 * all when its table cannot be read any more. */
static void each_page_of_a_journal_may_be_damaged(void **state)
{
    struct rig *rig = *state;
    struct stat info;
    char image[RIG_PATH_SIZE];
    int most_events = 0, hit = 0, without = 0;
    fill_morning(rig);
    (void)snprintf(image, sizeof image, "%s", rig_path(rig, "image"));
    assert_int_equal(rename(rig_path(rig, "journal.db"), image), 0);
    assert_int_equal(stat(image, &info), 0);
    for (off_t at = 0; at < info.st_size; at += PAGE) {
        struct left left = open_damaged(rig, image, at);
        int lost = ISSUED - left.events;
        hit += lost > 0 || left.tickets < ISSUED || left.intents < OPEN_REQUESTS;
        most_events = lost > most_events ? lost : most_events;
        if (at == 0)
            assert_int_equal(lost, 0); /* the list of tables itself */
        without += left.tickets == 0;
        assert_true(lost == 0 || left.tickets == ISSUED); /* one of the two still tells of it */
    }
    assert_true(hit > 3);
    assert_in_range(most_events, 1, PAGE / 200);
    assert_int_equal(without, 3); /* the list of tables, the roots of tickets and slips */
}

enum { REISSUED = 10 }; /* of them the first so many have a second slip */

/* The same morning at its end: all slips are printed but the last, which is about to be. */
static void print_morning(struct rig *rig)
{
    struct journal *journal = open_journal(rig, NULL);
    for (int n = 1; n < ISSUED; n++) {
        struct journal_slip slip = {.print_count = 1, .state = SLIP_PRINTED, .job_id = n};
        struct station_ticket again;
        memcpy(slip.ticket, site_ticket_id(n), UID_SIZE);
        assert_int_equal(journal_slip(journal, &slip, NULL), 0);
        if (n > REISSUED)
            continue;
        assert_int_equal(
            journal_reissue(journal, slip.ticket, site_ticket_id(700 + n), NULL, &again), 0);
        slip.print_count = again.print_count;
        assert_int_equal(journal_slip(journal, &slip, NULL), 0);
    }
    journal_close(journal);
}

/* Whatever became of the ledger: no slip is taken for one that was never handed over, and a further
 * one that staff ask for has a count that no slip in anybody's hand has. Number of tickets left. */
static int check_ledger(struct journal *journal)
{
    struct journal_open_slip open[ISSUED];
    int left = 0, count = journal_open_slips(journal, open, ISSUED);
    assert_in_range(count, 0, 1);
    for (int i = 0; i < count; i++)
        assert_int_not_equal(open[i].state, SLIP_INTENT);
    for (int n = 1; n <= ISSUED; n++) {
        struct station_ticket again;
        int r = journal_reissue(journal, site_ticket_id(n), site_ticket_id(800 + n), NULL, &again);
        if (r == -ENOENT)
            continue; /* the ticket itself lay there: staff are told that no kiosk has it */
        assert_int_equal(r, 0);
        assert_true(again.print_count > (n <= REISSUED ? 2 : 1));
        left++;
    }
    return left;
}

static void a_damaged_ledger_prints_nothing_a_second_time(void **state)
{
    struct rig *rig = *state;
    struct stat info;
    char image[RIG_PATH_SIZE], path[RIG_PATH_SIZE];
    int hit = 0;
    fill_morning(rig);
    print_morning(rig);
    (void)snprintf(path, sizeof path, "%s", rig_path(rig, "journal.db"));
    (void)snprintf(image, sizeof image, "%s", rig_path(rig, "image"));
    assert_int_equal(rename(path, image), 0);
    assert_int_equal(stat(image, &info), 0);
    for (off_t at = 0; at < info.st_size; at += PAGE) {
        struct journal_found found;
        copy_file(image, path);
        overwrite(path, at, PAGE);
        struct journal *journal = open_journal(rig, &found);
        if (found.aside[0])
            hit += check_ledger(journal) < ISSUED;
        journal_close(journal);
        if (found.aside[0])
            assert_int_equal(unlink(found.aside), 0);
    }
    assert_true(hit > 1);
}

/* The file cannot grow: the write fails, and nothing of it is there. */
static int fill_up(struct rig *rig)
{
    struct journal *journal = open_journal(rig, NULL);
    struct rlimit limit = {128 * 1024, RLIM_INFINITY};
    int n = 1, r = 0;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        return 1;
    while (r == 0 && n < 2000)
        r = issue(rig, journal, n++);
    int issued = n - 2;
    if (r != -EIO && r != -ENOSPC)
        return 2;
    limit.rlim_cur = RLIM_INFINITY;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    if (outbox_rows(journal) != issued || journal_counter(journal) != issued)
        return 3;
    if (issue(rig, journal, issued + 1) != 0) /* and it goes on when there is room again */
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
    struct journal_intent intent = intent_of(n);
    struct journal_slip slip = {.print_count = 1, .state = SLIP_PRINTED};
    struct outbox_draft draft =
        draft_of(rig, which == 2 ? EVENT_SLIP : EVENT_ISSUED, 2 * n - 1 + (which == 2));
    struct station_ticket ticket = ticket_of(n % NUMBER_MAX + 1);
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
    struct journal *journal = open_journal(rig, NULL);
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
    struct journal *journal = open_journal(rig, &found);
    int tickets = told < 0 ? 0 : told / STEPS, which = told < 0 ? -1 : told % STEPS;
    int64_t counter = journal_counter(journal);
    assert_false(found.fresh);
    /* Done is what was told, and at most one step more. */
    int64_t least = 2 * (int64_t)(tickets > 0 ? tickets - 1 : 0) + (which >= 1) + (which >= 2);
    assert_in_range(counter, least, least + 1);
    assert_int_equal(outbox_rows(journal), counter);
    assert_in_range(intent_rows(journal), 0, 1);
    int issued = (int)(counter + 1) / 2, fates = (int)counter / 2;
    assert_int_equal(open_slip_rows(journal), issued - fates);
    int confirmed = (tickets > 0 ? tickets - 1 : 0) + (which >= 3);
    assert_in_range(entry_rows(journal), confirmed, confirmed + 1);
    journal_close(journal);
}

static void killed_at_any_moment(void **state)
{
    (void)state;
    for (int i = 0; i < KILLS; i++) {
        struct rig rig;
        int reports[2], status;
        rig_open(&rig);
        journal_close(open_journal(&rig, NULL));
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
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_RIG(meta_survives),
        WITH_RIG(one_kiosk_a_directory),
        WITH_RIG(an_issue_ends_its_intent_and_is_whole),
        WITH_RIG(a_ticket_is_issued_once),
        WITH_RIG(a_slip_moves_forward_only),
        WITH_RIG(a_further_slip_makes_the_former_void),
        WITH_RIG(an_old_journal_is_brought_up_to_date),
        WITH_RIG(a_confirmed_copy_ends_the_outbox_row),
        WITH_RIG(a_restart_takes_own_events_back),
        WITH_RIG(state_is_read_by_the_rules_that_made_it),
        WITH_RIG(no_database_is_set_aside),
        WITH_RIG(a_renewal_that_failed_is_made_up_for),
        WITH_RIG(the_outbox_is_rescued),
        WITH_RIG(each_page_of_a_journal_may_be_damaged),
        WITH_RIG(a_damaged_ledger_prints_nothing_a_second_time),
        WITH_RIG(a_full_disk_stores_nothing_by_halves),
        cmocka_unit_test(killed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
