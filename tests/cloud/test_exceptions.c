/* Schedules of EXCEPTIONS.md that a device's requests play: a revoked kiosk, an old card image, a
 * kiosk that cannot follow. */
#include "server_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "ids.h"
#include "recovery.h"
#include "snapshot.h"

enum { BODY_SIZE = 2000 };

#define STREAM "/api/v1/device/events"

/* A device of clinic A of its own; asked as ASK_DEVICE_B's place is not to be disturbed. */
struct kiosk {
    char device[UID_SIZE], token[IDENTITY_TOKEN_SIZE], letter[2];
};

static struct kiosk enrol(struct server *server)
{
    struct cloud *beside = server_open_beside(server);
    char code[IDENTITY_CODE_SIZE], body[200];
    struct kiosk kiosk;
    struct answer answer;

    assert_int_equal(identity_code_make(beside->identity, server->site[CLINIC_A], 60 * 1000, code),
                     0);
    cloud_close(beside);
    (void)snprintf(body, sizeof(body), "{\"code\":\"%s\",\"role\":\"terminal\"}", code);
    answer = server_ask(server, ASK_NOBODY, "POST", "/api/v1/devices/enrol", body);
    assert_int_equal(answer.status, 201);
    (void)snprintf(kiosk.device, sizeof(kiosk.device), "%s", answer_text(&answer, "device"));
    (void)snprintf(kiosk.token, sizeof(kiosk.token), "%s", answer_text(&answer, "token"));
    (void)snprintf(kiosk.letter, sizeof(kiosk.letter), "%s", answer_text(&answer, "letter"));
    answer_free(&answer);
    return kiosk;
}

static struct answer ask(struct server *server, const struct kiosk *kiosk, const char *method,
                         const char *path, const char *body)
{
    char header[120];

    (void)snprintf(header, sizeof(header), "Authorization: Bearer %s", kiosk->token);
    return server_ask_with(server, ASK_NOBODY, method, path, body, header);
}

/* "verdict/reason" of one uploaded event; static storage. */
static const char *upload(struct server *server, const struct kiosk *kiosk, int counter,
                          const char *more)
{
    static char said[80];
    char id[IDS_UUID_SIZE], body[BODY_SIZE];
    struct answer answer;

    ids_uuid(id);
    (void)snprintf(body, sizeof(body),
                   "{\"events\":[{\"id\":\"%s\",\"at\":1795392000000,\"device\":\"%s\",\"counter\":"
                   "%d,%s}]}",
                   id, kiosk->device, counter, more);
    answer = ask(server, kiosk, "POST", STREAM, body);
    if (answer.status == 200)
        (void)snprintf(said, sizeof(said), "%s/%s", answer_text(&answer, "verdicts.0.verdict"),
                       answer_text(&answer, "verdicts.0.reason"));
    else
        (void)snprintf(said, sizeof(said), "%ld", answer.status);
    answer_free(&answer);
    return said;
}

static const char *issue(struct server *server, const struct kiosk *kiosk, int counter, char letter,
                         int number)
{
    char more[300], ticket[IDS_UUID_SIZE];

    ids_uuid(ticket);
    (void)snprintf(more, sizeof(more),
                   "\"kind\":\"ticket_issued\",\"ticket\":\"%s\",\"number\":\"%c%d\",\"desk\":1",
                   ticket, letter, number);
    return upload(server, kiosk, counter, more);
}

static char letter_now(struct server *server, const struct kiosk *kiosk)
{
    struct answer answer = ask(server, kiosk, "GET", "/api/v1/device", NULL);
    char letter = answer_text(&answer, "letter")[0];

    answer_free(&answer);
    return letter;
}

/* The staff's notice of that kind about the device, as JSON that the caller deletes; or NULL. */
static cJSON *notice(struct server *server, const char *kind, const char *device)
{
    char path[120];
    struct answer answer;
    cJSON *item, *found = NULL;

    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/queue", server->site[CLINIC_A]);
    answer = server_ask(server, ASK_STAFF_A, "GET", path, NULL);
    cJSON_ArrayForEach (item, cJSON_GetObjectItem(answer.json, "notices"))
        if (strcmp(cJSON_GetObjectItem(item, "kind")->valuestring, kind) == 0 &&
            strcmp(cJSON_GetObjectItem(item, "device")->valuestring, device) == 0)
            found = cJSON_Duplicate(item, true);
    answer_free(&answer);
    return found;
}

static void expect_notice(struct server *server, const char *kind, const char *device, bool there)
{
    cJSON *found = notice(server, kind, device);

    assert_int_equal(found != NULL, there);
    cJSON_Delete(found);
}

static void revoke(struct server *server, const struct kiosk *kiosk)
{
    struct cloud *beside = server_open_beside(server);

    assert_int_equal(identity_device_revoke(beside->identity, kiosk->device), 0);
    cloud_close(beside);
}

static int64_t head_of(struct server *server)
{
    struct answer answer = server_ask(server, ASK_NOBODY, "GET", "/api/v1/queues/1024-1", NULL);
    int64_t seq = answer_int(&answer, "seq");

    answer_free(&answer);
    return seq;
}

/* -- a revoked kiosk --------------------------------------------------------------------------- */

static void test_what_a_revoked_kiosk_still_had_is_kept_aside(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server);
    char path[160];
    struct answer answer;
    int64_t head;

    assert_string_equal(issue(server, &kiosk, 1, kiosk.letter[0], 1), "applied/");
    revoke(server, &kiosk);
    head = head_of(server);
    assert_string_equal(issue(server, &kiosk, 2, kiosk.letter[0], 2), "quarantined/revoked");
    assert_int_equal(head_of(server), head);
    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/quarantine", server->site[CLINIC_A]);
    answer = server_ask(server, ASK_STAFF_A, "GET", path, NULL);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_text(&answer, "items.0.device"), kiosk.device);
    assert_string_equal(answer_text(&answer, "items.0.why"), "revoked");
    assert_string_equal(answer_text(&answer, "items.0.event.kind"), "ticket_issued");
    answer_free(&answer);
    expect_notice(server, "quarantine", kiosk.device, true);
    server_expect(server, ASK_STAFF_B, "GET", path, NULL, 403);
}

static void test_a_revoked_token_opens_nothing_else(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server);
    static const char *const gets[] = {"/api/v1/device", "/api/v1/device/events",
                                       "/api/v1/device/programme"};

    revoke(server, &kiosk);
    for (size_t i = 0; i < sizeof(gets) / sizeof(gets[0]); i++) {
        struct answer answer = ask(server, &kiosk, "GET", gets[i], NULL);

        assert_int_equal(answer.status, 401);
        answer_free(&answer);
    }
    struct answer answer = ask(server, &kiosk, "POST", "/api/v1/queues/1024-1/tickets",
                               "{\"ticket\":\"0badc0de-0000-4000-8000-000000000001\"}");

    assert_int_equal(answer.status, 401);
    answer_free(&answer);
    answer = ask(server, &kiosk, "PUT", "/api/v1/device/status", "{}");
    assert_int_equal(answer.status, 401);
    answer_free(&answer);
}

static void test_its_letter_is_nobody_elses(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server), next;

    revoke(server, &kiosk);
    next = enrol(server);
    assert_int_not_equal(next.letter[0], kiosk.letter[0]);
}

static void test_a_notice_goes_when_it_is_seen_and_comes_again(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server);
    cJSON *found;
    char path[200];

    revoke(server, &kiosk);
    assert_string_equal(issue(server, &kiosk, 1, kiosk.letter[0], 1), "quarantined/revoked");
    found = notice(server, "quarantine", kiosk.device);
    assert_non_null(found);
    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/notices/%s", server->site[CLINIC_A],
                   cJSON_GetObjectItem(found, "id")->valuestring);
    cJSON_Delete(found);
    server_expect(server, ASK_STAFF_A, "DELETE", path, NULL, 204);
    expect_notice(server, "quarantine", kiosk.device, false);
    server_expect(server, ASK_STAFF_A, "DELETE", path, NULL, 404);
    assert_string_equal(issue(server, &kiosk, 2, kiosk.letter[0], 2), "quarantined/revoked");
    expect_notice(server, "quarantine", kiosk.device, true);
}

/* -- an old card image ------------------------------------------------------------------------- */

static void test_a_second_branch_is_noticed_and_gets_a_new_letter(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server);
    char first = kiosk.letter[0], second;
    cJSON *found;

    assert_string_equal(issue(server, &kiosk, 1, first, 1), "applied/");
    assert_string_equal(issue(server, &kiosk, 2, first, 2), "applied/");
    /* the card is set back to counter 1, and the kiosk goes on without a line */
    assert_string_equal(issue(server, &kiosk, 2, first, 2), "refused/number_live");
    assert_string_equal(issue(server, &kiosk, 3, first, 3), "applied/"); /* both branches count */
    second = letter_now(server, &kiosk);
    assert_int_not_equal(second, first);
    found = notice(server, "diverged", kiosk.device);
    assert_non_null(found);
    assert_int_equal(
        cJSON_GetObjectItem(cJSON_GetObjectItem(found, "detail"), "letter")->valuestring[0],
        second);
    cJSON_Delete(found);
    assert_string_equal(issue(server, &kiosk, 4, second, 1), "applied/");
}

static void test_many_events_of_a_branch_cost_one_letter(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server);
    char letter;

    for (int i = 1; i <= 3; i++)
        assert_string_equal(issue(server, &kiosk, i, kiosk.letter[0], i), "applied/");
    for (int i = 1; i <= 3; i++)
        (void)issue(server, &kiosk, i, kiosk.letter[0], 10 + i);
    letter = letter_now(server, &kiosk);
    (void)issue(server, &kiosk, 1, kiosk.letter[0], 20);
    assert_int_equal(letter_now(server, &kiosk), letter);
}

static void test_repetition_is_no_divergence(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server);
    char body[BODY_SIZE], id[IDS_UUID_SIZE];

    ids_uuid(id);
    (void)snprintf(body, sizeof(body),
                   "{\"events\":[{\"id\":\"%s\",\"at\":1,\"device\":\"%s\",\"counter\":1,\"kind\":"
                   "\"message\",\"text\":\"a\"}]}",
                   id, kiosk.device);
    for (int i = 0; i < 3; i++) {
        struct answer answer = ask(server, &kiosk, "POST", STREAM, body);

        assert_int_equal(answer.status, 200);
        answer_free(&answer);
    }
    assert_int_equal(letter_now(server, &kiosk), kiosk.letter[0]);
    expect_notice(server, "diverged", kiosk.device, false);
}

static void test_a_kiosk_that_finds_itself_older_gets_a_new_letter(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server);
    struct answer answer =
        ask(server, &kiosk, "PUT", "/api/v1/device/status", "{\"records\":\"older\",\"rules\":2}");

    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    assert_int_not_equal(letter_now(server, &kiosk), kiosk.letter[0]);
    expect_notice(server, "diverged", kiosk.device, true);
}

/* -- snapshots --------------------------------------------------------------------------------- */

static void test_a_snapshot_is_the_state_and_the_device_s_counter(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server);
    struct snapshot snapshot;
    struct answer answer;
    char error[200];

    assert_string_equal(issue(server, &kiosk, 41, kiosk.letter[0], 1), "applied/");
    answer = ask(server, &kiosk, "GET", "/api/v1/device/snapshot", NULL);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer_int(&answer, "counter"), 41);
    snapshot_init(&snapshot);
    if (snapshot_from_json(answer.json, &snapshot, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    assert_int_equal(snapshot.seq, head_of(server));
    assert_non_null(queue_holder(&snapshot.queue, (struct number){kiosk.letter[0], 1}));
    snapshot_finish(&snapshot);
    answer_free(&answer);
}

static void add_entries(struct server *server, int count)
{
    struct cloud *beside = server_open_beside(server);
    struct site *site = sites_find(beside->sites, server->site[CLINIC_A]);

    for (int i = 0; i < count; i++) {
        struct event event;
        struct site_put put;

        event_init(&event);
        event.kind = EVENT_MESSAGE;
        if (i % SITE_BATCH_MAX == 0)
            assert_int_equal(site_begin(site), 0);
        assert_int_equal(site_put(site, &event, &put), 0);
        if (i % SITE_BATCH_MAX == SITE_BATCH_MAX - 1 || i == count - 1)
            assert_int_equal(site_commit(site), 0);
    }
    cloud_close(beside);
}

/* Last of all: the log is long afterwards. */
static void test_who_is_far_behind_is_told_to_take_a_snapshot(void **state)
{
    struct server *server = *state;
    struct answer answer = server_listen(server, ASK_DEVICE_A, STREAM, NULL, "event: entry", 2000);

    assert_null(strstr(answer.text, "snapshot_needed"));
    answer_free(&answer);
    add_entries(server, 5000);
    for (int tries = 0; tries < 10; tries++) { /* it reads piece by piece what was written beside */
        answer = server_listen(server, ASK_DEVICE_A, STREAM, NULL, "event: entry", 5000);
        if (strstr(answer.text, "event: snapshot_needed"))
            break;
        answer_free(&answer);
    }
    assert_non_null(answer.text);
    assert_non_null(strstr(answer.text, "event: snapshot_needed"));
    /* who does not understand it goes on with the entries */
    assert_non_null(strstr(answer.text, "event: entry"));
    answer_free(&answer);
}

/* -- versions ---------------------------------------------------------------------------------- */

static void test_a_kiosk_that_cannot_read_the_log_is_told_to_staff(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server);
    struct answer answer = ask(server, &kiosk, "PUT", "/api/v1/device/status",
                               "{\"log\":\"not_understood\",\"version\":\"0.0.9\"}");

    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    expect_notice(server, "not_understood", kiosk.device, true);
    /* a newer kiosk's words */
    answer = ask(server, &kiosk, "PUT", "/api/v1/device/status",
                 "{\"log\":\"dreaming\",\"records\":\"gilded\",\"colour\":7}");
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
}

/* -- a site that collects what it lost -----------------------------------------------------------
 */

static void pause_briefly(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 100 * 1000 * 1000}, NULL);
}

static long message_status(struct server *server)
{
    char path[120];
    struct answer answer;
    long status;

    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/events", server->site[CLINIC_A]);
    answer = server_ask(server, ASK_STAFF_A, "POST", path,
                        "{\"events\":[{\"kind\":\"message\",\"text\":\"m\"}]}");
    status = answer.status;
    answer_free(&answer);
    return status;
}

static long enrol_status(struct server *server, const char *code)
{
    char body[200];
    struct answer answer;
    long status;

    (void)snprintf(body, sizeof(body), "{\"code\":\"%s\",\"role\":\"terminal\"}", code);
    answer = server_ask(server, ASK_NOBODY, "POST", "/api/v1/devices/enrol", body);
    status = answer.status;
    answer_free(&answer);
    return status;
}

/* Beside the serving cloud, as the commands do it. */
static void set_recovering(struct server *server, bool recovering)
{
    struct cloud *beside = server_open_beside(server);
    struct site *site = sites_find(beside->sites, server->site[CLINIC_A]);

    if (recovering)
        assert_int_equal(db_run(beside->db,
                                "INSERT INTO recovery (site, began, seq) VALUES ($1, $2, 1)", "ti",
                                site_id(site), site_now(site)),
                         1);
    else
        assert_int_equal(recovery_end(beside, site), 0);
    cloud_close(beside);
}

/* An enrolment waits, its code stays good; and when the operator ends the waiting in another
 * process, the serving one goes on. */
static void test_a_frozen_site_enrols_later(void **state)
{
    struct server *server = *state;
    struct kiosk kiosk = enrol(server); /* which is never heard */
    struct cloud *beside = server_open_beside(server);
    char code[IDENTITY_CODE_SIZE];
    long status = 0;

    assert_string_not_equal(kiosk.device, "");
    assert_int_equal(identity_code_make(beside->identity, server->site[CLINIC_A], 60 * 1000, code),
                     0);
    cloud_close(beside);
    set_recovering(server, true);
    for (int i = 0; i < 50 && message_status(server) != 503; i++)
        pause_briefly(); /* the keeper looks once a second */
    assert_int_equal(enrol_status(server, code), 503);
    set_recovering(server, false);
    for (int i = 0; i < 50 && (status = enrol_status(server, code)) == 503; i++)
        pause_briefly();
    assert_int_equal(status, 201);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_revoked_kiosk_still_had_is_kept_aside),
        cmocka_unit_test(test_a_revoked_token_opens_nothing_else),
        cmocka_unit_test(test_its_letter_is_nobody_elses),
        cmocka_unit_test(test_a_notice_goes_when_it_is_seen_and_comes_again),
        cmocka_unit_test(test_a_second_branch_is_noticed_and_gets_a_new_letter),
        cmocka_unit_test(test_many_events_of_a_branch_cost_one_letter),
        cmocka_unit_test(test_repetition_is_no_divergence),
        cmocka_unit_test(test_a_kiosk_that_finds_itself_older_gets_a_new_letter),
        cmocka_unit_test(test_a_snapshot_is_the_state_and_the_device_s_counter),
        cmocka_unit_test(test_a_kiosk_that_cannot_read_the_log_is_told_to_staff),
        cmocka_unit_test(test_who_is_far_behind_is_told_to_take_a_snapshot),
        cmocka_unit_test(test_a_frozen_site_enrols_later),
    };
    return cmocka_run_group_tests_name("exceptions", tests, server_make, server_remove);
}
