/* Damaged journals: what nobody else has is read out of the ruin, nothing is printed a second time.
 */
#include "../core/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrol.h"
#include "journal_rig.h"

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
    struct journal *journal = journal_rig_open(rig, NULL);
    journal_close(journal);
    overwrite(rig_path(rig, "journal.db"), 0, 4096);
    journal = journal_rig_open(rig, &found);
    assert_true(found.fresh);
    assert_string_equal(found.aside, rig_path(rig, "journal.db.damaged-1"));
    assert_int_equal(access(found.aside, F_OK), 0);
    assert_int_equal(journal_rig_issue(rig, journal, 1), 0);
    journal_close(journal);
}

/* The journal of a site that the kiosk has left cannot be set aside just now. */
static void a_renewal_that_failed_is_made_up_for(void **state)
{
    struct rig *rig = *state;
    struct journal_found found;
    char aside[64];
    struct journal *journal = journal_rig_open(rig, &found);
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

/* Pages of entries are hit; the outbox, which nobody else has, is read out of the ruin. */
static void the_outbox_is_rescued(void **state)
{
    struct rig *rig = *state;
    struct journal_found found;
    struct stat info;
    struct journal *journal = journal_rig_open(rig, NULL);
    for (int n = 1; n <= 3; n++)
        assert_int_equal(journal_rig_issue(rig, journal, n), 0);
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
    journal = journal_rig_open(rig, &found);
    assert_true(found.fresh);
    assert_int_equal(found.rescued, 3);
    assert_int_equal(journal_rig_outbox(journal), 3);
    assert_int_equal(journal_rig_open_slips(journal), 3);
    assert_int_equal(journal_counter(journal), 3 + JOURNAL_COUNTER_GAP);
    assert_int_equal(journal_int(journal, "letter_gap"), JOURNAL_LETTER_GAP);
    journal_close(journal);
}

enum { PAGE = 4096, ISSUED = 60, OPEN_REQUESTS = 5 };

/* A morning: numbers given and not uploaded, requests under way, slips with a fate, entries. */
static void fill_morning(struct rig *rig)
{
    struct enrolment owner = {.letter = 'A', .token = "t", .site = "s", .clinic_no = "1"};
    struct journal *journal = journal_rig_open(rig, NULL);
    struct entry entries[RIG_START_ENTRIES];
    memcpy(owner.device, site_kiosk_a, UID_SIZE);
    assert_int_equal(enrol_save(rig->dir, &owner), 0);
    rig_start(rig, entries);
    assert_int_equal(journal_confirm(journal, entries, RIG_START_ENTRIES), 0);
    rig_finish_entries(entries, RIG_START_ENTRIES);
    for (int n = 1; n <= ISSUED; n++)
        assert_int_equal(journal_rig_issue(rig, journal, n), 0);
    for (int n = 1; n <= OPEN_REQUESTS; n++) {
        struct journal_intent intent = journal_rig_intent(ISSUED + n);
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
    struct journal *journal = journal_rig_open(rig, &found);
    struct left left = {.events = journal_rig_outbox(journal),
                        .tickets = journal_rig_open_slips(journal),
                        .intents = journal_rig_intents(journal)};
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
    struct journal *journal = journal_rig_open(rig, NULL);
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
        struct journal *journal = journal_rig_open(rig, &found);
        if (found.aside[0])
            hit += check_ledger(journal) < ISSUED;
        journal_close(journal);
        if (found.aside[0])
            assert_int_equal(unlink(found.aside), 0);
    }
    assert_true(hit > 1);
}

int main(void)
{
#define WITH_RIG(test)                                                                             \
    cmocka_unit_test_setup_teardown(test, journal_rig_setup, journal_rig_teardown)
    const struct CMUnitTest tests[] = {
        WITH_RIG(no_database_is_set_aside),
        WITH_RIG(a_renewal_that_failed_is_made_up_for),
        WITH_RIG(the_outbox_is_rescued),
        WITH_RIG(each_page_of_a_journal_may_be_damaged),
        WITH_RIG(a_damaged_ledger_prints_nothing_a_second_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
