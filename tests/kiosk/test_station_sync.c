/* What the station concludes from the cloud's answers, in the order that the line happens to give
 * them: the HTTP client is a double, so that each order can be had. */
#include "../core/test.h"

#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_rig.h"

struct fixture {
    struct rig rig;
    struct station station;
};

/* -- the client's double ----------------------------------------------------------------------- */

static struct http_client_request sent; /* the latest; done NULL = none */
static char sent_body[16384];

int64_t __wrap_http_client_send(struct http_client *client,
                                const struct http_client_request *request);
int64_t __wrap_http_client_send(struct http_client *client,
                                const struct http_client_request *request)
{
    (void)client;
    sent = *request;
    (void)snprintf(sent_body, sizeof sent_body, "%s", request->body ? request->body : "");
    return 1;
}

void __wrap_http_client_cancel(struct http_client *client, int64_t id);
void __wrap_http_client_cancel(struct http_client *client, int64_t id)
{
    (void)client;
    (void)id;
}

static void answer(struct fixture *f, const char *body)
{
    const struct http_client_answer given = {
        .result = HTTP_CLIENT_OK, .status = 200, .body = body, .size = strlen(body)};
    assert_non_null(sent.done);
    sent.done(&given, &f->station);
    sent.done = NULL;
}

/* -- a station without its thread -------------------------------------------------------------- */

static void wake(void *context)
{
    (void)context;
}

static int setup(void **state)
{
    static const struct config config = {.role = ROLE_TERMINAL};
    struct fixture *f = calloc(1, sizeof *f);
    struct station *station = &f->station;
    struct journal_found found;
    struct entry entries[RIG_START_ENTRIES];
    rig_open(&f->rig);
    station->options.wake = wake;
    station->config = &config;
    assert_int_equal(pthread_mutex_init(&station->box.lock, NULL), 0);
    assert_int_equal(journal_open(f->rig.dir, &station->journal, &found), 0);
    station_log_init(&station->log);
    assert_int_equal(station_log_load(&station->log, station->journal, site_kiosk_a), 0);
    rig_start(&f->rig, entries);
    assert_int_equal(station_log_confirm(&station->log, entries, RIG_START_ENTRIES), 0);
    station_log_rebase(&station->log);
    rig_finish_entries(entries, RIG_START_ENTRIES);
    station->sync.pending = calloc(SYNC_BATCH_MAX, sizeof *station->sync.pending);
    assert_non_null(station->sync.pending);
    station->enrolled = true;
    sent.done = NULL;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    station_news_clear(&f->station.box);
    free(f->station.sync.pending);
    station_log_finish(&f->station.log);
    journal_close(f->station.journal);
    (void)pthread_mutex_destroy(&f->station.box.lock);
    rig_close(&f->rig);
    free(f);
    return 0;
}

/* A number of the own series, in the outbox. */
static void issue(struct fixture *f)
{
    struct station_log *log = &f->station.log;
    struct event event;
    struct outbox_draft draft;
    event_init(&event);
    event.kind = EVENT_ISSUED;
    event.desk_no = 1;
    event.number = queue_next_letter_number(&log->view, 'A');
    memcpy(event.ticket, site_ticket_id(1), UID_SIZE);
    assert_int_equal(station_log_draft(log, &event, 0, f->rig.site.now, &draft), 0);
    assert_int_equal(journal_post(f->station.journal, &draft.row), 0);
    station_log_keep(log, &draft);
}

/* The stream is there; `times` of it have come. */
static void open_stream(struct fixture *f, int64_t stream, int times)
{
    struct sync *sync = &f->station.sync;
    sync->link = LINK_UP;
    sync->stream = stream;
    sync->times = times;
    sync->upload_max = OUTBOX_BATCH_MAX;
}

/* The cloud's verdict on what is in the outbox: it is entry `seq` there. */
static void judge(struct fixture *f, int64_t seq)
{
    char body[160];
    (void)snprintf(body, sizeof body,
                   "{\"verdicts\":[{\"id\":\"%s\",\"seq\":%lld,\"verdict\":\"applied\"}]}",
                   f->station.log.outbox.items[0]->event.id, (long long)seq);
    answer(f, body);
}

static void replace_by_snapshot(struct fixture *f, int64_t seq)
{
    struct station_log *log = &f->station.log;
    struct snapshot snapshot;
    snapshot_init(&snapshot);
    snapshot.seq = seq;
    memset(snapshot.hash, 'a', HASH_SIZE - 1);
    assert_int_equal(queue_copy(&log->confirmed, &snapshot.queue), 0);
    assert_int_equal(station_log_replace(log, &snapshot, false, 0), 0);
    snapshot_finish(&snapshot);
}

/* -- uploads ----------------------------------------------------------------------------------- */

/* A restored cloud says so with the stream's first words. What is uploaded before takes the places
 * of what it has lost and could have had back. */
static void nothing_is_uploaded_before_the_stream_has_begun(void **state)
{
    struct fixture *f = *state;
    issue(f);
    open_stream(f, 7, 0);
    (void)sync_upload_tick(&f->station);
    assert_null(sent.done);
    open_stream(f, 7, 1);
    (void)sync_upload_tick(&f->station);
    assert_non_null(sent.done);
}

static void what_a_snapshot_covers_leaves_the_outbox(void **state)
{
    struct fixture *f = *state;
    issue(f);
    replace_by_snapshot(f, 500);
    open_stream(f, 7, 1);
    (void)sync_upload_tick(&f->station);
    judge(f, 400);
    assert_int_equal(f->station.log.outbox.count, 0);
}

/* The cloud was restored while the upload was under way: entry 2 there is the kiosk's A1, entry 2
 * here is something else. Taken for the same, A1 would be forgotten and given again. */
static void a_place_in_another_history_covers_nothing(void **state)
{
    struct fixture *f = *state;
    issue(f);
    open_stream(f, 7, 1);
    (void)sync_upload_tick(&f->station);
    judge(f, 2);
    assert_int_equal(f->station.log.outbox.count, 1);
    assert_string_equal(f->station.log.outbox.items[0]->event.ticket, site_ticket_id(1));
}

static void a_place_that_another_stream_would_tell_covers_nothing(void **state)
{
    struct fixture *f = *state;
    issue(f);
    replace_by_snapshot(f, 500);
    open_stream(f, 7, 1);
    (void)sync_upload_tick(&f->station);
    open_stream(f, 8, 0);
    judge(f, 400);
    assert_int_equal(f->station.log.outbox.count, 1);
}

/* The entry that the log begins with after a snapshot is not in the snapshot: the stream tells. */
static void a_place_behind_a_snapshot_covers_nothing(void **state)
{
    struct fixture *f = *state;
    struct entry next;
    struct event message = site_event(&f->rig.site, EVENT_MESSAGE, 0);
    issue(f);
    replace_by_snapshot(f, 500);
    f->rig.seq = 500;
    memset(f->rig.hash, 'a', HASH_SIZE - 1);
    rig_entry(&f->rig, message, VERDICT_APPLIED, &next);
    assert_int_equal(station_log_confirm(&f->station.log, &next, 1), 0);
    entry_finish(&next);
    open_stream(f, 7, 1);
    (void)sync_upload_tick(&f->station);
    judge(f, 501);
    assert_int_equal(f->station.log.outbox.count, 1);
}

/* -- history ----------------------------------------------------------------------------------- */

static void answer_status(struct fixture *f, int status)
{
    const struct http_client_answer given = {
        .result = HTTP_CLIENT_STATUS, .status = status, .body = "{}"};
    assert_non_null(sent.done);
    sent.done(&given, sent.context);
    sent.done = NULL;
    (void)f;
}

/* A restored cloud's disk fails for a moment, or its power: it still needs what we have. */
static void a_broken_cloud_gets_the_history_again(void **state)
{
    struct fixture *f = *state;
    struct station *station = &f->station;
    char head[160];
    (void)snprintf(head, sizeof head, "{\"seq\":0,\"hash\":\"%s\"}", entry_first_hash);
    open_stream(f, 7, 1);
    sync_history_begin(station, head);
    (void)sync_history_tick(station);
    char first[sizeof sent_body];
    memcpy(first, sent_body, sizeof first);
    answer_status(f, 500);
    assert_true(station->sync.giving);
    assert_false(station->sync.forked);
    station->sync.give_next_ms = 0;
    (void)sync_history_tick(station);
    assert_string_equal(sent_body, first); /* all of it, not what follows */
    answer_status(f, 409);                 /* it has another history by now */
    assert_false(station->sync.giving);
    assert_true(station->sync.forked);
}

/* -- an old card image ------------------------------------------------------------------------ */

/* Far behind, it learns from a snapshot that it was set back, and loses its power: nothing that
 * comes later shows it again. */
static void a_snapshot_tells_that_the_card_was_set_back_for_good(void **state)
{
    struct fixture *f = *state;
    struct station *station = &f->station;
    issue(f);
    sync_snapshot_begin(station, "far behind", false);
    (void)sync_snapshot_tick(station);
    cJSON *json = snapshot_to_json(&station->log.confirmed, 500, entry_first_hash);
    cJSON_AddNumberToObject(json, "counter", 8);
    char *body = cJSON_PrintUnformatted(json);
    answer(f, body);
    cJSON_free(body);
    cJSON_Delete(json);
    assert_int_equal(station->log.seq, 500);
    station->device.records = NULL;
    station_device_recall(station); /* as after a restart */
    assert_string_equal(station->device.records, "older");
}

/* -- snapshots --------------------------------------------------------------------------------- */

static struct entry message(struct fixture *f)
{
    struct entry entry;
    rig_entry(&f->rig, site_event(&f->rig.site, EVENT_MESSAGE, 0), VERDICT_APPLIED, &entry);
    return entry;
}

/* Somebody's answer and the snapshot come in one moment: the answer's entry is in the snapshot. Put
 * behind it, it would take the cursor back, and all since would be done twice. */
static void an_entry_from_before_a_snapshot_is_not_put_behind_it(void **state)
{
    struct fixture *f = *state;
    struct station *station = &f->station;
    sync_snapshot_begin(station, "state", false);
    (void)sync_snapshot_tick(station);
    struct entry entry = message(f);
    cJSON *json = entry_to_json(&entry);
    entry_finish(&entry);
    sync_offer(station, json);
    cJSON_Delete(json);
    json = snapshot_to_json(&station->log.confirmed, 500, entry_first_hash);
    char *body = cJSON_PrintUnformatted(json);
    answer(f, body);
    cJSON_free(body);
    cJSON_Delete(json);
    sync_flush(station);
    assert_int_equal(station->log.seq, 500);
    assert_int_equal(journal_first_seq(station->journal), 0);
}

/* -- after a damaged journal ------------------------------------------------------------------- */

/* The clinic gives no 4: the numbers that are passed over do not lead to it. */
static void the_gap_of_a_rescue_ends_at_a_number_that_is_used(void **state)
{
    struct fixture *f = *state;
    struct station_news news;
    struct command command = {
        .kind = COMMAND_ISSUE, .request = 1, .wish = {.language = "ja", .persons = 1}};
    memcpy(f->station.enrolment.device, site_kiosk_a, UID_SIZE);
    assert_int_equal(journal_set_int(f->station.journal, "letter_gap", 3), 0);
    station_issue_begin(&f->station, &command);
    while (station_poll(&f->station, &news) && news.kind != STATION_TICKET)
        station_news_finish(&news);
    assert_int_equal(news.kind, STATION_TICKET);
    assert_int_equal(news.ticket.number.letter, 'A');
    assert_int_equal(news.ticket.number.value, 5);
    station_news_finish(&news);
}

/* -- revoked ----------------------------------------------------------------------------------- */

static void lose_line(struct fixture *f, int status)
{
    const struct http_client_answer given = {.result = status > 0 ? HTTP_CLIENT_STATUS
                                                                  : HTTP_CLIENT_CONNECT,
                                             .status = status,
                                             .body = ""};
    sync_lost(&f->station, &given);
}

/* A busy cloud, a broken one or a proxy's page says nothing about who we are. */
static void no_failure_takes_a_revocation_back(void **state)
{
    static const int answers[] = {503, 500, 429, 404, 0};
    struct fixture *f = *state;
    lose_line(f, 503);
    assert_false(f->station.sync.revoked);
    lose_line(f, 401);
    assert_true(f->station.sync.revoked);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        lose_line(f, answers[i]);
        assert_true(f->station.sync.revoked);
    }
    f->station.sync.revoked = false;
    sync_adopt(&f->station); /* as after a restart */
    assert_true(f->station.sync.revoked);
}

/* The first that it hears of its revocation is the answer to somebody who stands there. */
static void who_is_revoked_by_the_answer_gives_no_number(void **state)
{
    struct fixture *f = *state;
    struct station_news news;
    struct command command = {.kind = COMMAND_CHECK_IN, .request = 1};
    strcpy(command.check_in.code, "12");
    strcpy(command.check_in.language, "ja");
    open_stream(f, 7, 1);
    station_check_in_begin(&f->station, &command);
    answer_status(f, 401);
    assert_true(f->station.sync.revoked);
    assert_int_equal(f->station.log.outbox.count, 0);
    assert_true(station_poll(&f->station, &news));
    assert_int_equal(news.kind, STATION_REFUSED);
    station_news_finish(&news);
}

/* It knew the booking, and gave its number out by itself. */
static void who_is_revoked_by_the_answer_takes_no_booking_in(void **state)
{
    struct fixture *f = *state;
    struct station_news news;
    struct command command = {.kind = COMMAND_CHECK_IN, .request = 1};
    struct event booked;
    event_init(&booked);
    booked.kind = EVENT_BOOKED;
    booked.at = f->rig.site.now;
    booked.desk_no = 1;
    booked.channel = CHANNEL_DESK;
    booked.number = queue_next_number(&f->station.log.view, 1, "", CHANNEL_DESK);
    memcpy(booked.ticket, site_ticket_id(1), UID_SIZE);
    memcpy(booked.id, site_ticket_id(2), UID_SIZE);
    assert_int_equal(queue_apply(&f->station.log.view, &booked, booked.at).verdict,
                     VERDICT_APPLIED);
    strcpy(command.check_in.code, "1");
    strcpy(command.check_in.language, "ja");
    open_stream(f, 7, 1);
    station_check_in_begin(&f->station, &command);
    answer_status(f, 401);
    assert_int_equal(f->station.log.outbox.count, 0);
    assert_true(station_poll(&f->station, &news));
    assert_int_equal(news.kind, STATION_REFUSED);
    station_news_finish(&news);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_uploaded_before_the_stream_has_begun, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_a_snapshot_covers_leaves_the_outbox, setup, teardown),
        cmocka_unit_test_setup_teardown(a_place_in_another_history_covers_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_place_that_another_stream_would_tell_covers_nothing,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_place_behind_a_snapshot_covers_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_broken_cloud_gets_the_history_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_snapshot_tells_that_the_card_was_set_back_for_good, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_entry_from_before_a_snapshot_is_not_put_behind_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_gap_of_a_rescue_ends_at_a_number_that_is_used, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(no_failure_takes_a_revocation_back, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_revoked_by_the_answer_gives_no_number, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(who_is_revoked_by_the_answer_takes_no_booking_in, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
