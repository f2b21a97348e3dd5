/* A device and the cloud's log: down as a stream with a cursor, up with a verdict for everything.
 */
#include "server_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ids.h"

enum { BODY_SIZE = 2000 };

#define STREAM "/api/v1/device/events"

struct cursor {
    long long seq;
    char hash[HASH_SIZE];
    int entries;
    bool restarted, whole;
};

/* Reads the blocks of a stream as a kiosk does, checking each entry against the one before. */
static struct cursor read_stream(const char *text, struct cursor cursor)
{
    cursor.entries = 0;
    cursor.restarted = false;
    cursor.whole = true;
    while (text && (text = strstr(text, "event: "))) {
        const char *data = strstr(text, "\ndata: ");

        if (!data)
            break;
        data += 7;
        if (strncmp(text, "event: restart", 14) == 0) {
            cursor.restarted = true;
            cursor.seq = 0;
            memcpy(cursor.hash, entry_first_hash, HASH_SIZE);
        } else if (strncmp(text, "event: entry", 12) == 0 && strchr(data, '\n')) {
            cJSON *json = cJSON_ParseWithLength(data, strcspn(data, "\n"));
            char error[DB_ERROR_SIZE];
            struct entry entry;

            if (entry_from_json(json, &entry, error, sizeof(error)) < 0)
                fail_msg("%s", error);
            cursor.whole = cursor.whole && entry_follows(&entry, cursor.seq, cursor.hash);
            cursor.seq = entry.seq;
            memcpy(cursor.hash, entry.hash, HASH_SIZE);
            cursor.entries++;
            entry_finish(&entry);
            cJSON_Delete(json);
        }
        text = data;
    }
    return cursor;
}

static struct cursor start(void)
{
    struct cursor cursor = {.seq = 0};

    memcpy(cursor.hash, entry_first_hash, HASH_SIZE);
    return cursor;
}

static int64_t head_of(struct server *server)
{
    struct answer answer = server_ask(server, ASK_NOBODY, "GET", "/api/v1/queues/1024-1", NULL);
    int64_t seq = answer_int(&answer, "seq");

    answer_free(&answer);
    return seq;
}

/* Everything up to the head. */
static struct cursor catch_up(struct server *server, struct cursor from)
{
    char header[120], until[40];
    struct answer answer;
    struct cursor cursor;

    (void)snprintf(header, sizeof(header), "Last-Event-ID: %lld:%s", from.seq, from.hash);
    (void)snprintf(until, sizeof(until), "\nid: %lld:", (long long)head_of(server));
    answer = server_listen(server, ASK_DEVICE_A, STREAM, header, until, 10000);
    assert_int_equal(answer.status, 200);
    if (answer.text && !strstr(answer.text, "\n\n"))
        fail_msg("%s", answer.text);
    cursor = read_stream(answer.text, from);
    answer_free(&answer);
    return cursor;
}

static struct answer upload(struct server *server, const char *id, const char *more)
{
    char body[BODY_SIZE];

    (void)snprintf(body, sizeof(body),
                   "{\"events\":[{\"id\":\"%s\",\"at\":1795392000000,\"device\":\"%s\",%s}]}", id,
                   server->askers[ASK_DEVICE_A].device, more);
    return server_ask(server, ASK_DEVICE_A, "POST", STREAM, body);
}

static void verdict(struct server *server, const char *more, const char *expected,
                    const char *reason)
{
    char id[IDS_UUID_SIZE];
    struct answer answer;

    ids_uuid(id);
    answer = upload(server, id, more);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_text(&answer, "verdicts.0.id"), id);
    assert_string_equal(answer_text(&answer, "verdicts.0.verdict"), expected);
    if (reason)
        assert_string_equal(answer_text(&answer, "verdicts.0.reason"), reason);
    answer_free(&answer);
}

/* -- down -------------------------------------------------------------------------------------- */

static void test_the_stream_is_one_chain_from_any_cursor(void **state)
{
    struct server *server = *state;
    struct cursor all = catch_up(server, start()), half, rest;
    char header[120];
    struct answer answer;

    assert_true(all.whole);
    assert_int_equal(all.seq, head_of(server));
    assert_int_equal(all.entries, all.seq);
    /* the first entry alone, then on from there */
    answer = server_listen(server, ASK_DEVICE_A, STREAM "?after=0", NULL, "event: entry", 1500);
    assert_non_null(strstr(answer.text, "event: time"));
    half = read_stream(answer.text, start());
    answer_free(&answer);
    (void)snprintf(header, sizeof(header), "%lld:%s", half.seq, half.hash);
    rest = catch_up(server, half);
    assert_true(rest.whole);
    assert_false(rest.restarted);
    assert_int_equal(rest.seq, all.seq);
    assert_int_equal(rest.entries, all.seq - half.seq);
}

static void test_a_strange_history_starts_again(void **state)
{
    struct server *server = *state;
    struct cursor strange = start(), after;

    strange.seq = 1; /* the hash of the beginning is no hash of entry 1 */
    after = catch_up(server, strange);
    assert_true(after.restarted);
    assert_true(after.whole);
    assert_int_equal(after.seq, head_of(server));
    strange.seq = 100000; /* ahead of a cloud that was restored */
    after = catch_up(server, strange);
    assert_true(after.restarted);
    assert_int_equal(after.seq, head_of(server));
}

static void test_a_malformed_cursor_is_refused(void **state)
{
    static const char *const bad[] = {"x", "1", "1:zz", "-1:00", "1:00000000000000000000"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char header[80];
        struct answer answer;

        (void)snprintf(header, sizeof(header), "Last-Event-ID: %s", bad[i]);
        answer = server_ask_with(*state, ASK_DEVICE_A, "GET", STREAM, NULL, header);
        assert_int_equal(answer.status, 400);
        answer_free(&answer);
    }
}

/* -- up ---------------------------------------------------------------------------------------- */

static void test_own_series_tickets_are_taken_in(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], more[300];

    ids_uuid(id);
    (void)snprintf(more, sizeof(more),
                   "\"kind\":\"ticket_issued\",\"ticket\":\"%s\",\"number\":\"A1\",\"desk\":1,"
                   "\"service\":\"s1\"",
                   id);
    verdict(server, more, "applied", "");
    verdict(server, more, "superseded", "repeated"); /* the same ticket in another event */
    ids_uuid(id);
    (void)snprintf(more, sizeof(more),
                   "\"kind\":\"ticket_issued\",\"ticket\":\"%s\",\"number\":\"A1\",\"desk\":1", id);
    verdict(server, more, "refused", "number_live");
    (void)snprintf(more, sizeof(more),
                   "\"kind\":\"ticket_issued\",\"ticket\":\"%s\",\"number\":\"R1\",\"desk\":1", id);
    verdict(server, more, "refused", "not_yours"); /* the other clinic's kiosk may have R here */
}

static void test_a_repeated_upload_gives_the_first_verdict(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE];
    struct answer first, again;
    int64_t head;

    ids_uuid(id);
    first = upload(server, id, "\"kind\":\"message\",\"text\":\"a\"");
    head = head_of(server);
    again = upload(server, id, "\"kind\":\"message\",\"text\":\"a\"");
    assert_int_equal(answer_int(&first, "verdicts.0.seq"), answer_int(&again, "verdicts.0.seq"));
    assert_string_equal(answer_text(&again, "verdicts.0.verdict"), "applied");
    assert_int_equal(head_of(server), head);
    answer_free(&first);
    answer_free(&again);
}

static void test_what_is_not_a_devices_is_logged_as_refused(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], more[300];
    int64_t head = head_of(server);

    ids_uuid(id);
    (void)snprintf(more, sizeof(more),
                   "\"kind\":\"ticket_issued\",\"ticket\":\"%s\",\"number\":\"150\",\"desk\":1",
                   id);
    verdict(server, more, "refused", "not_yours");
    verdict(server, "\"kind\":\"device_enrolled\",\"letter\":\"X\"", "refused", "not_yours");
    verdict(server, "\"kind\":\"numbers_jumped\",\"desk\":1,\"number\":\"190\"", "refused",
            "not_yours");
    verdict(server,
            "\"kind\":\"session_opened\",\"session\":{\"date\":\"2099-01-01\",\"kind\":"
            "\"am\"}",
            "refused", "not_yours");
    (void)snprintf(more, sizeof(more), "\"kind\":\"slip_requested\",\"ticket\":\"%s\"", id);
    verdict(server, more, "refused", "unknown_ticket"); /* staff at a kiosk: any of its site */
    assert_int_equal(head_of(server), head + 5);        /* refused, and in the log */
}

static void test_an_event_nobody_can_read_is_kept_aside(void **state)
{
    struct server *server = *state;
    int64_t head = head_of(server), kept = 0;
    struct cloud *beside;

    verdict(server, "\"kind\":\"dance\"", "refused", "malformed");
    verdict(server, "\"kind\":\"ticket_called\",\"ticket\":\"x\"", "refused", "malformed");
    assert_int_equal(head_of(server), head);
    beside = server_open_beside(server);
    assert_int_equal(db_get_int(beside->db, &kept, "SELECT COUNT(*) FROM quarantine", ""), 1);
    assert_int_equal(kept, 2);
    cloud_close(beside);
}

static void test_uploads_are_all_or_nothing_when_malformed(void **state)
{
    struct server *server = *state;
    int64_t head = head_of(server);
    struct answer answer;
    char body[BODY_SIZE], id[IDS_UUID_SIZE];

    ids_uuid(id);
    (void)snprintf(body, sizeof(body),
                   "{\"events\":[{\"id\":\"%s\",\"kind\":\"message\",\"at\":1,\"device\":\"%s\"},"
                   "{\"id\":\"7\",\"device\":\"%s\"}]}",
                   id, server->askers[ASK_DEVICE_A].device, server->askers[ASK_DEVICE_A].device);
    answer = server_ask(server, ASK_DEVICE_A, "POST", STREAM, body);
    assert_int_equal(answer.status, 400);
    assert_string_equal(answer_text(&answer, "field"), "events[1].id");
    answer_free(&answer);
    server_expect(server, ASK_DEVICE_A, "POST", STREAM, "{}", 400);
    server_expect(server, ASK_DEVICE_A, "POST", STREAM, "{\"events\":7}", 400);
    assert_int_equal(head_of(server), head);
}

/* -- enrolment and status ---------------------------------------------------------------------- */

static struct answer enrol(struct server *server, const char *role)
{
    struct cloud *beside = server_open_beside(server);
    char code[IDENTITY_CODE_SIZE], body[200];

    assert_int_equal(identity_code_make(beside->identity, server->site[CLINIC_A], 60 * 1000, code),
                     0);
    cloud_close(beside);
    (void)snprintf(body, sizeof(body), "{\"code\":\"%s\",\"role\":\"%s\"}", code, role);
    return server_ask(server, ASK_NOBODY, "POST", "/api/v1/devices/enrol", body);
}

static void test_letters_go_to_those_who_give_numbers(void **state)
{
    struct server *server = *state;
    struct answer monitor = enrol(server, "monitor"), terminal = enrol(server, "terminal");
    struct answer again;

    assert_int_equal(monitor.status, 201);
    assert_string_equal(answer_text(&monitor, "letter"), "");
    assert_string_equal(answer_text(&terminal, "letter"), "R"); /* A is the first device's */
    assert_string_equal(answer_text(&terminal, "clinic_no"), "1024");
    again = server_ask(server, ASK_DEVICE_A, "GET", "/api/v1/device", NULL);
    assert_string_equal(answer_text(&again, "letter"), "A");
    answer_free(&again);
    answer_free(&monitor);
    answer_free(&terminal);
    again = enrol(server, "toaster");
    assert_int_equal(again.status, 400);
    assert_string_equal(answer_text(&again, "field"), "role");
    answer_free(&again);
}

static void test_a_used_code_makes_no_second_device(void **state)
{
    struct server *server = *state;
    int64_t head = head_of(server);
    struct answer answer;
    char body[100];

    (void)snprintf(body, sizeof(body), "{\"code\":\"%s\"}", server->code[CLINIC_A]);
    answer = server_ask(server, ASK_NOBODY, "POST", "/api/v1/devices/enrol", body);
    assert_int_equal(answer.status, 403);
    assert_string_equal(answer_text(&answer, "error"), "used_code");
    answer_free(&answer);
    assert_int_equal(head_of(server), head);
}

static void test_staff_see_how_the_device_is(void **state)
{
    struct server *server = *state;
    char path[120];
    struct answer answer;
    const cJSON *device;
    bool found = false;

    server_expect(server, ASK_DEVICE_A, "PUT", "/api/v1/device/status",
                  "{\"printer\":\"media-empty-error\",\"version\":\"0.1\",\"clock\":\"trusted\","
                  "\"programme\":null,\"downloaded\":[\"x\"],\"playing\":{\"sha256\":\"x\"}}",
                  200);
    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/queue", server->site[CLINIC_A]);
    answer = server_ask(server, ASK_STAFF_A, "GET", path, NULL);
    cJSON_ArrayForEach (device, cJSON_GetObjectItem(answer.json, "devices")) {
        if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(device, "device")),
                   server->askers[ASK_DEVICE_A].device) != 0)
            continue;
        found = true;
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(device, "printer")),
                            "media-empty-error");
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(device, "name")), "入口");
        assert_true(cJSON_IsTrue(cJSON_GetObjectItem(device, "online")));
    }
    assert_true(found);
    answer_free(&answer);
    answer = server_ask(server, ASK_DEVICE_A, "PUT", "/api/v1/device/status", "{\"clock\":\"x\"}");
    assert_int_equal(answer.status, 400);
    assert_string_equal(answer_text(&answer, "field"), "clock");
    answer_free(&answer);
}

/* -- a long log -------------------------------------------------------------------------------- */

static void test_who_is_far_behind_comes_in_pieces(void **state)
{
    struct server *server = *state;
    struct cloud *beside = server_open_beside(server);
    struct site *site = sites_find(beside->sites, server->site[CLINIC_A]);
    struct cursor cursor = start();
    int pieces = 0;

    for (int i = 0; i < 1200; i++) {
        struct event event;
        struct site_put put;

        event_init(&event);
        event.kind = EVENT_MESSAGE;
        if (i % 100 == 0)
            assert_int_equal(site_begin(site), 0);
        assert_int_equal(site_put(site, &event, &put), 0);
        if (i % 100 == 99)
            assert_int_equal(site_commit(site), 0);
    }
    cloud_close(beside);
    while (cursor.seq < head_of(server) && pieces < 5) {
        cursor = catch_up(server, cursor);
        assert_true(cursor.whole);
        pieces++;
    }
    assert_int_equal(cursor.seq, head_of(server));
    assert_int_equal(pieces, 2); /* 1000 entries, then the stream */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_stream_is_one_chain_from_any_cursor),
        cmocka_unit_test(test_a_strange_history_starts_again),
        cmocka_unit_test(test_a_malformed_cursor_is_refused),
        cmocka_unit_test(test_own_series_tickets_are_taken_in),
        cmocka_unit_test(test_a_repeated_upload_gives_the_first_verdict),
        cmocka_unit_test(test_what_is_not_a_devices_is_logged_as_refused),
        cmocka_unit_test(test_an_event_nobody_can_read_is_kept_aside),
        cmocka_unit_test(test_uploads_are_all_or_nothing_when_malformed),
        cmocka_unit_test(test_letters_go_to_those_who_give_numbers),
        cmocka_unit_test(test_a_used_code_makes_no_second_device),
        cmocka_unit_test(test_staff_see_how_the_device_is),
        cmocka_unit_test(test_who_is_far_behind_comes_in_pieces),
    };
    return cmocka_run_group_tests_name("sync", tests, server_make, server_remove);
}
