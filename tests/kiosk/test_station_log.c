/* Prefix, outbox, view: what is shown, what is uploaded, what is forgotten when. */
#include "../core/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal_private.h"
#include "station_log.h"
#include "station_rig.h"

struct fixture {
    struct rig rig;
    struct journal *journal;
    struct station_log log;
};

static void load(struct fixture *f)
{
    struct journal_found found;
    assert_int_equal(journal_open(f->rig.dir, &f->journal, &found), 0);
    station_log_init(&f->log);
    assert_int_equal(station_log_load(&f->log, f->journal, site_kiosk_a), 0);
}

static void unload(struct fixture *f)
{
    station_log_finish(&f->log);
    journal_close(f->journal);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct entry entries[RIG_START_ENTRIES];
    rig_open(&f->rig);
    load(f);
    rig_start(&f->rig, entries);
    assert_int_equal(station_log_confirm(&f->log, entries, RIG_START_ENTRIES), 0);
    station_log_rebase(&f->log);
    rig_finish_entries(entries, RIG_START_ENTRIES);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    unload(f);
    rig_close(&f->rig);
    free(f);
    return 0;
}

/* A number of the own series for ticket n, durable and kept. */
static struct event issue(struct fixture *f, int n)
{
    struct event event;
    struct outbox_draft draft;
    event_init(&event);
    event.kind = EVENT_ISSUED;
    event.desk_no = 1;
    event.number = queue_next_letter_number(&f->log.view, 'A');
    memcpy(event.ticket, site_ticket_id(n), UID_SIZE);
    assert_int_equal(station_log_draft(&f->log, &event, 0, f->rig.site.now, &draft), 0);
    assert_int_equal(journal_post(f->journal, &draft.row), 0);
    struct event kept = draft.event;
    station_log_keep(&f->log, &draft);
    return kept;
}

static void confirm(struct fixture *f, struct event event, enum verdict verdict)
{
    struct entry entry;
    rig_entry(&f->rig, event, verdict, &entry);
    assert_true(entry_follows(&entry, f->log.seq, f->log.hash));
    assert_int_equal(station_log_confirm(&f->log, &entry, 1), 0);
    station_log_rebase(&f->log);
    entry_finish(&entry);
}

static const char *number_of(const struct queue *queue, int n)
{
    static char text[NUMBER_TEXT_SIZE];
    const struct ticket *ticket = queue_ticket(queue, site_ticket_id(n));
    if (!ticket)
        return "";
    number_format(ticket->number, text);
    return text;
}

static void own_events_are_shown_before_they_are_confirmed(void **state)
{
    struct fixture *f = *state;
    struct event first = issue(f, 1);
    issue(f, 2);
    assert_string_equal(number_of(&f->log.view, 1), "A1");
    assert_string_equal(number_of(&f->log.view, 2), "A2");
    assert_string_equal(number_of(&f->log.confirmed, 1), "");
    confirm(f, first, VERDICT_APPLIED);
    assert_string_equal(number_of(&f->log.confirmed, 1), "A1");
    assert_string_equal(number_of(&f->log.view, 2), "A2");
    assert_int_equal(f->log.outbox.count, 1);
}

/* Taken for stored, the cursor would pass what a restart does not know any more. */
static void what_the_disk_did_not_take_is_not_confirmed(void **state)
{
    struct fixture *f = *state;
    struct entry entry;
    int64_t seq = f->log.seq;
    rig_entry(&f->rig, issue(f, 1), VERDICT_APPLIED, &entry);
    assert_true(journal_exec(f->journal, "PRAGMA query_only = ON", "") >= 0);
    assert_true(station_log_confirm(&f->log, &entry, 1) < 0);
    assert_int_equal(f->log.seq, seq);
    assert_int_equal(f->log.outbox.count, 1);
    assert_string_equal(number_of(&f->log.confirmed, 1), "");
    assert_true(journal_exec(f->journal, "PRAGMA query_only = OFF", "") >= 0);
    assert_int_equal(station_log_confirm(&f->log, &entry, 1), 0);
    assert_string_equal(number_of(&f->log.confirmed, 1), "A1");
    entry_finish(&entry);
}

static void what_the_cloud_refused_is_gone_from_the_view(void **state)
{
    struct fixture *f = *state;
    struct event event = issue(f, 1);
    confirm(f, event, VERDICT_REFUSED);
    assert_string_equal(number_of(&f->log.view, 1), "");
    assert_int_equal(f->log.outbox.count, 0);
}

static void a_restart_of_the_program_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct event event = issue(f, 1);
    issue(f, 2);
    confirm(f, event, VERDICT_APPLIED);
    uint64_t view = queue_digest(&f->log.view);
    int64_t seq = f->log.seq, counter = f->log.outbox.counter;
    unload(f);
    load(f);
    assert_true(queue_digest(&f->log.view) == view);
    assert_int_equal(f->log.seq, seq);
    assert_string_equal(f->log.hash, f->rig.hash);
    assert_int_equal(f->log.outbox.counter, counter);
    assert_string_equal(number_of(&f->log.view, 2), "A2");
}

/* The cloud was restored from a backup: what it has lost comes back from here. */
static void a_replaced_history_gets_the_own_events_again(void **state)
{
    struct fixture *f = *state;
    struct event event = issue(f, 1);
    struct entry entries[RIG_START_ENTRIES];
    int count = 0;
    confirm(f, event, VERDICT_APPLIED);
    assert_int_equal(station_log_restart(&f->log), 0);
    assert_int_equal(f->log.seq, 0);
    char *body = outbox_batch(&f->log.outbox, 1, OUTBOX_BATCH_MAX, &count);
    assert_int_equal(count, 1);
    assert_non_null(strstr(body, event.id));
    free(body);
    f->rig.seq = 0;
    memcpy(f->rig.hash, entry_first_hash, HASH_SIZE);
    rig_start(&f->rig, entries);
    assert_int_equal(station_log_confirm(&f->log, entries, RIG_START_ENTRIES), 0);
    station_log_rebase(&f->log);
    rig_finish_entries(entries, RIG_START_ENTRIES);
    assert_string_equal(number_of(&f->log.view, 1), "A1");
    issue(f, 2);
    assert_string_equal(number_of(&f->log.view, 2), "A2");
}

/* -- snapshots --------------------------------------------------------------------------------- */

static struct snapshot snapshot_of(const struct queue *queue, int64_t seq)
{
    struct snapshot snapshot;
    snapshot_init(&snapshot);
    snapshot.seq = seq;
    memset(snapshot.hash, 'a', HASH_SIZE - 1);
    assert_int_equal(queue_copy(queue, &snapshot.queue), 0);
    return snapshot;
}

/* Two programs that disagree must not go on side by side. */
static void confirm_with_state(struct fixture *f, const char *state)
{
    struct entry entry;
    rig_entry(&f->rig, site_event(&f->rig.site, EVENT_MESSAGE, 0), VERDICT_APPLIED, &entry);
    (void)snprintf(entry.state, sizeof entry.state, "%s", state);
    assert_int_equal(station_log_confirm(&f->log, &entry, 1), 0);
    entry_finish(&entry);
}

static void an_entry_that_gave_another_state_is_noticed(void **state)
{
    struct fixture *f = *state;
    char same[STATE_SIZE];
    entry_state(&f->log.confirmed, same); /* the message was empty before, too */
    confirm_with_state(f, same);
    assert_false(f->log.strayed);
    confirm_with_state(f, ""); /* an older cloud says nothing */
    assert_false(f->log.strayed);
    confirm_with_state(f, "0123456789abcdef");
    assert_true(f->log.strayed);
    struct snapshot snapshot = snapshot_of(&f->log.confirmed, f->log.seq);
    assert_int_equal(station_log_replace(&f->log, &snapshot, false, 0), 0);
    assert_false(f->log.strayed);
}

/* Forked: own events of the old history go up again; what the snapshot covers leaves with the
 * verdict; a restart of the program knows all that. */
static void a_snapshot_takes_the_prefix_s_place(void **state)
{
    struct fixture *f = *state;
    struct event confirmed = issue(f, 1);
    confirm(f, confirmed, VERDICT_APPLIED);
    struct event waiting = issue(f, 2);
    struct snapshot snapshot = snapshot_of(&f->log.confirmed, 500);
    assert_int_equal(station_log_replace(&f->log, &snapshot, true, 0), 0);
    assert_int_equal(f->log.seq, 500);
    assert_int_equal(f->log.outbox.count, 2);
    assert_int_equal(f->log.view.count, 2); /* once each */
    char ids[1][UID_SIZE];
    memcpy(ids[0], confirmed.id, UID_SIZE);
    assert_int_equal(station_log_covered(&f->log, (const char(*)[UID_SIZE])ids, 1), 0);
    assert_int_equal(f->log.outbox.count, 1);
    unload(f);
    load(f);
    assert_int_equal(f->log.seq, 500);
    assert_int_equal(f->log.outbox.count, 1);
    assert_string_equal(f->log.outbox.items[0]->event.id, waiting.id);
    assert_string_equal(number_of(&f->log.view, 1), "A1");
    assert_string_equal(number_of(&f->log.view, 2), "A2");
}

/* Far behind on the same history: nothing is uploaded a second time. */
static void a_snapshot_of_the_same_history_brings_no_upload(void **state)
{
    struct fixture *f = *state;
    confirm(f, issue(f, 1), VERDICT_APPLIED);
    struct snapshot snapshot = snapshot_of(&f->log.confirmed, 500);
    assert_int_equal(station_log_replace(&f->log, &snapshot, false, 0), 0);
    assert_int_equal(f->log.outbox.count, 0);
}

/* The card was set back: the cloud's counter for this device is ahead of the records. */
static void a_snapshot_that_knows_more_of_us_says_that_the_card_is_old(void **state)
{
    struct fixture *f = *state;
    struct event event = issue(f, 1);
    struct snapshot snapshot = snapshot_of(&f->log.confirmed, 500);
    assert_false(station_log_lacks(&f->log, event.counter));
    assert_true(station_log_lacks(&f->log, event.counter + 7));
    assert_int_equal(station_log_replace(&f->log, &snapshot, true, event.counter + 7), 0);
    assert_false(station_log_lacks(&f->log, event.counter + 7));
    assert_int_equal(issue(f, 2).counter, event.counter + 8);
}

/* The journal was lost: the counter goes on where the cloud knows it, never lower. */
static void the_counter_outlives_the_journal(void **state)
{
    struct fixture *f = *state;
    struct event event = {.kind = EVENT_ISSUED, .counter = 41, .desk_no = 1, .number = {'A', 9}};
    memcpy(event.id, "0badc0de-0000-4000-8000-000000000001", UID_SIZE);
    memcpy(event.device, site_kiosk_a, UID_SIZE);
    memcpy(event.ticket, site_ticket_id(9), UID_SIZE);
    confirm(f, event, VERDICT_APPLIED);
    assert_int_equal(journal_counter(f->journal), 41); /* the entry does not stay for ever */
    struct event next = issue(f, 10);
    assert_int_equal(next.counter, 42);
    assert_string_equal(number_of(&f->log.view, 10), "A10");
}

/* The journal was lost, the counter came with a snapshot, and the technician restarts the kiosk
 * before anybody comes: counted from 1 again, its events would look like those of an old card. */
static void the_counter_of_a_snapshot_outlives_a_restart(void **state)
{
    struct fixture *f = *state;
    struct snapshot snapshot = snapshot_of(&f->log.confirmed, 500);
    assert_int_equal(station_log_replace(&f->log, &snapshot, false, 41), 0);
    unload(f);
    load(f);
    assert_int_equal(issue(f, 1).counter, 42);
    snapshot = snapshot_of(&f->log.confirmed, 600);
    assert_int_equal(station_log_replace(&f->log, &snapshot, false, 41), 0);
    assert_int_equal(issue(f, 2).counter, 43); /* never lower */
}

/* The program was replaced by an earlier one, whose journal has an entry that it cannot read: it
 * goes on, and what it had is fetched again. */
static void an_entry_of_a_later_program_stops_nobody(void **state)
{
    struct fixture *f = *state;
    struct entry entry;
    struct event own = issue(f, 1);
    confirm(f, own, VERDICT_APPLIED);
    rig_entry(&f->rig, site_event(&f->rig.site, EVENT_MESSAGE, 0), VERDICT_APPLIED, &entry);
    char *kind = strstr(entry.text, "message");
    assert_non_null(kind);
    memcpy(kind, "massage", strlen("massage"));
    assert_int_equal(journal_confirm(f->journal, &entry, 1), 0);
    entry_finish(&entry);
    unload(f);
    load(f);
    assert_int_equal(f->log.seq, 0);
    assert_int_equal(f->log.outbox.count, 1);
    assert_string_equal(f->log.outbox.items[0]->event.id, own.id);
}

static void stored_state_spares_the_replay(void **state)
{
    struct fixture *f = *state;
    struct entry entries[50];
    for (int i = 0; i < LOG_SAVE_EVERY; i++) {
        struct event event = site_event(&f->rig.site, EVENT_MESSAGE, 0);
        (void)snprintf(event.text, sizeof event.text, "%d", i);
        rig_entry(&f->rig, event, VERDICT_APPLIED, &entries[i % 50]);
        if (i % 50 < 49)
            continue;
        assert_int_equal(station_log_confirm(&f->log, entries, 50), 0);
        rig_finish_entries(entries, 50);
    }
    uint64_t digest = queue_digest(&f->log.confirmed);
    assert_true(f->log.saved_seq >= LOG_SAVE_EVERY);
    unload(f);
    load(f);
    assert_true(f->log.saved_seq >= LOG_SAVE_EVERY);
    assert_true(queue_digest(&f->log.confirmed) == digest);
}

/* -- batches ----------------------------------------------------------------------------------- */

static void a_batch_is_json_of_what_is_due(void **state)
{
    struct fixture *f = *state;
    struct outbox *outbox = &f->log.outbox;
    int count = 0;
    assert_null(outbox_batch(outbox, 1, OUTBOX_BATCH_MAX, &count));
    struct event first = issue(f, 1);
    issue(f, 2);
    issue(f, 3);
    assert_true(outbox_sent(outbox, first.id, 1000));
    assert_false(outbox_sent(outbox, site_kiosk_a, 1000));
    char *body = outbox_batch(outbox, 2000, OUTBOX_BATCH_MAX, &count);
    cJSON *json = cJSON_Parse(body);
    assert_int_equal(count, 2);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "events")), 2);
    cJSON_Delete(json);
    free(body);
    body = outbox_batch(outbox, 2000, 1, &count);
    assert_int_equal(count, 1);
    free(body);
    body = outbox_batch(outbox, 1000 + OUTBOX_ANSWER_MS, OUTBOX_BATCH_MAX, &count);
    assert_int_equal(count, 3); /* its copy did not come: again */
    free(body);
}

static void what_the_cloud_cannot_read_stays_and_stops_nobody(void **state)
{
    struct fixture *f = *state;
    struct outbox *outbox = &f->log.outbox;
    int count = 0;
    issue(f, 1);
    struct event second = issue(f, 2);
    outbox_refuse(outbox, NULL, 1000);
    char *body = outbox_batch(outbox, 1000, OUTBOX_BATCH_MAX, &count);
    assert_int_equal(count, 1);
    assert_non_null(strstr(body, second.id));
    free(body);
    assert_int_equal(outbox->count, 2);
    outbox_unsend(outbox);
    body = outbox_batch(outbox, 1000, OUTBOX_BATCH_MAX, &count);
    assert_int_equal(count, 2);
    free(body);
}

int main(void)
{
#define WITH_LOG(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_LOG(own_events_are_shown_before_they_are_confirmed),
        WITH_LOG(what_the_disk_did_not_take_is_not_confirmed),
        WITH_LOG(what_the_cloud_refused_is_gone_from_the_view),
        WITH_LOG(a_restart_of_the_program_changes_nothing),
        WITH_LOG(a_replaced_history_gets_the_own_events_again),
        WITH_LOG(an_entry_that_gave_another_state_is_noticed),
        WITH_LOG(a_snapshot_takes_the_prefix_s_place),
        WITH_LOG(a_snapshot_of_the_same_history_brings_no_upload),
        WITH_LOG(a_snapshot_that_knows_more_of_us_says_that_the_card_is_old),
        WITH_LOG(the_counter_outlives_the_journal),
        WITH_LOG(the_counter_of_a_snapshot_outlives_a_restart),
        WITH_LOG(an_entry_of_a_later_program_stops_nobody),
        WITH_LOG(stored_state_spares_the_replay),
        WITH_LOG(a_batch_is_json_of_what_is_due),
        WITH_LOG(what_the_cloud_cannot_read_stays_and_stops_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
