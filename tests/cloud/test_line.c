/* The main job over HTTPS: a number is taken, shown, called; everyone sees it; nothing is lost. */
#include "server_rig.h"

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

#include "ids.h"
#include "serve.h"

enum { BODY_SIZE = 600 };

#define QUEUE "/api/v1/queues/1024-1"

static struct answer take(struct server *server, enum server_asker who, const char *ticket,
                          const char *more)
{
    char body[BODY_SIZE];

    (void)snprintf(body, sizeof(body), "{\"ticket\":\"%s\"%s}", ticket, more);
    return server_ask(server, who, "POST", QUEUE "/tickets", body);
}

static struct answer upload(struct server *server, const char *kind, const char *ticket,
                            const char *number)
{
    char body[BODY_SIZE], id[IDS_UUID_SIZE];

    ids_uuid(id);
    (void)snprintf(body, sizeof(body),
                   "{\"events\":[{\"id\":\"%s\",\"kind\":\"%s\",\"at\":1795392000000,\"device\":"
                   "\"%s\",\"ticket\":\"%s\",\"number\":\"%s\",\"desk\":1}]}",
                   id, kind, server->askers[ASK_DEVICE_A].device, ticket, number);
    return server_ask(server, ASK_DEVICE_A, "POST", "/api/v1/device/events", body);
}

static int64_t waiting(struct server *server)
{
    struct answer answer = server_ask(server, ASK_NOBODY, "GET", QUEUE, NULL);
    int64_t count = answer_int(&answer, "waiting");

    answer_free(&answer);
    return count;
}

/* Calls until nobody waits, so that each test starts with an empty queue. */
static int empty(void **state)
{
    long status = 200;

    while (status == 200) {
        struct answer answer = server_ask(*state, ASK_STAFF_A, "POST", QUEUE "/calls", "{}");

        status = answer.status;
        answer_free(&answer);
    }
    return 0;
}

/* -- tickets ----------------------------------------------------------------------------------- */

static void test_an_offer_waits_until_it_is_taken(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], number[NUMBER_TEXT_SIZE];
    struct answer answer;

    ids_uuid(id);
    answer = take(server, ASK_DEVICE_A, id, ",\"offer\":true");
    assert_int_equal(answer.status, 201);
    assert_string_equal(answer_text(&answer, "state"), "offered");
    assert_string_equal(answer_text(&answer, "service"), "s1");
    assert_string_equal(answer_text(&answer, "event.event.kind"), "ticket_offered");
    (void)snprintf(number, sizeof(number), "%s", answer_text(&answer, "number"));
    answer_free(&answer);
    assert_int_equal(waiting(server), 0);
    server_expect(server, ASK_STAFF_A, "POST", QUEUE "/calls", "{}", 409);
    answer = upload(server, "ticket_taken", id, number);
    assert_string_equal(answer_text(&answer, "verdicts.0.verdict"), "applied");
    answer_free(&answer);
    assert_int_equal(waiting(server), 1);
    answer = server_ask(server, ASK_STAFF_A, "POST", QUEUE "/calls", "{}");
    assert_string_equal(answer_text(&answer, "number"), number);
    assert_string_equal(answer_text(&answer, "room"), "r1");
    answer_free(&answer);
}

static void test_the_same_request_gives_the_same_ticket(void **state)
{
    struct server *server = *state;
    struct answer first, again;
    char id[IDS_UUID_SIZE];

    ids_uuid(id);
    first = take(server, ASK_STAFF_A, id, "");
    again = take(server, ASK_STAFF_A, id, "");
    assert_int_equal(first.status, 201);
    assert_int_equal(again.status, 200);
    assert_string_equal(answer_text(&first, "number"), answer_text(&again, "number"));
    assert_string_equal(answer_text(&first, "code"), answer_text(&again, "code"));
    assert_string_equal(answer_text(&first, "event.hash"), answer_text(&again, "event.hash"));
    assert_string_equal(answer_text(&first, "state"), "waiting");
    assert_string_equal(answer_text(&first, "event.event.user"), "staff-a");
    assert_int_equal(waiting(server), 1);
    answer_free(&first);
    answer_free(&again);
}

static void refused(struct server *server, const char *path, const char *body, long status,
                    const char *code, const char *field)
{
    struct answer answer = server_ask(server, ASK_STAFF_A, "POST", path, body);
    const cJSON *named = cJSON_GetObjectItem(answer.json, "field");

    if (answer.status != status)
        fail_msg("%s %s: %ld %s", path, body, answer.status, answer.text);
    assert_string_equal(answer_text(&answer, "error"), code);
    assert_true(strlen(answer_text(&answer, "message")) > 10);
    if (field)
        assert_string_equal(cJSON_GetStringValue(named), field);
    else
        assert_null(named);
    answer_free(&answer);
}

static void test_wrong_requests_are_told_what_is_wrong(void **state)
{
    static const char tickets[] = QUEUE "/tickets";
    struct server *server = *state;
    int64_t before = waiting(server);

    refused(server, tickets, "{", 400, "bad_json", NULL);
    refused(server, tickets, "{} x", 400, "bad_json", NULL);
    refused(server, tickets, "[]", 400, "bad_request", NULL);
    refused(server, tickets, "{}", 400, "bad_request", "ticket");
    refused(server, tickets, "{\"ticket\":7}", 400, "bad_request", "ticket");
    refused(server, tickets, "{\"ticket\":\"7\"}", 400, "bad_request", "ticket");
    refused(server, tickets, "{\"ticket\":null}", 400, "bad_request", "ticket");
#define WITH(more) "{\"ticket\":\"00000000-0000-4000-8000-0000000000ff\"," more "}"
    refused(server, tickets, WITH("\"service\":\"s9\""), 400, "bad_request", "service");
    refused(server, tickets, WITH("\"channel\":\"web\""), 400, "bad_request", "channel");
    refused(server, tickets, WITH("\"offer\":1"), 400, "bad_request", "offer");
    refused(server, tickets, WITH("\"offer\":true"), 400, "bad_request", "offer");
    refused(server, tickets, WITH("\"at\":1.5"), 400, "bad_request", "at");
    refused(server, "/api/v1/queues/1024-9/tickets", WITH("\"at\":1"), 404, "unknown_queue", NULL);
    refused(server, "/api/v1/queues/1024-3/tickets", WITH("\"at\":1"), 409, "no_service", NULL);
    refused(server, QUEUE "/calls", "{\"number\":\"014\"}", 400, "bad_request", "number");
    refused(server, QUEUE "/calls", "{\"room\":\"r2\"}", 400, "bad_request", "room");
    refused(server, QUEUE "/calls", "{\"number\":\"188\"}", 404, "not_found", "number");
    assert_int_equal(waiting(server), before);
}

static void test_a_used_up_range_says_full(void **state)
{
    struct server *server = *state;
    char body[BODY_SIZE], id[IDS_UUID_SIZE];

    for (int i = 0; i < 4; i++) { /* this desk has three numbers */
        ids_uuid(id);
        (void)snprintf(body, sizeof(body), "{\"ticket\":\"%s\"}", id);
        server_expect(server, ASK_STAFF_A, "POST", "/api/v1/queues/1024-2/tickets", body,
                      i < 3 ? 201 : 409);
    }
}

static void test_a_paused_desk_gives_no_number(void **state)
{
    struct server *server = *state;
    char path[100], id[IDS_UUID_SIZE];
    struct answer answer;

    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/events", server->site[CLINIC_A]);
    ids_uuid(id);
    answer = take(server, ASK_STAFF_A, id, ""); /* opens the session, which ends pauses */
    answer_free(&answer);
    server_expect(server, ASK_STAFF_A, "POST", path,
                  "{\"events\":[{\"kind\":\"intake_paused\",\"desk\":1}]}", 200);
    ids_uuid(id);
    answer = take(server, ASK_DEVICE_A, id, ",\"offer\":true");
    assert_int_equal(answer.status, 409);
    assert_string_equal(answer_text(&answer, "error"), "paused");
    answer_free(&answer);
    server_expect(server, ASK_STAFF_A, "POST", path,
                  "{\"events\":[{\"kind\":\"intake_resumed\",\"desk\":1}]}", 200);
    answer = take(server, ASK_DEVICE_A, id, ",\"offer\":true");
    assert_int_equal(answer.status, 201);
    answer_free(&answer);
}

static void test_the_secret_code_shows_its_ticket_only(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], path[100], code[32];
    struct answer answer;

    ids_uuid(id);
    answer = take(server, ASK_DEVICE_A, id, "");
    (void)snprintf(code, sizeof(code), "%s", answer_text(&answer, "code"));
    assert_int_equal(strlen(code), 16);
    assert_non_null(strstr(answer_text(&answer, "url"), code));
    answer_free(&answer);
    (void)snprintf(path, sizeof(path), "/api/v1/tickets/%s", code);
    answer = server_ask(server, ASK_NOBODY, "GET", path, NULL);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_text(&answer, "ticket"), id);
    assert_string_equal(answer_text(&answer, "clinic.name"), "さくら内科");
    assert_int_equal(answer_int(&answer, "queue.waiting"), 1);
    answer_free(&answer);
    server_expect(server, ASK_NOBODY, "GET", "/api/v1/tickets/aaaaaaaaaaaaaaaa", NULL, 404);
    answer = server_ask(server, ASK_NOBODY, "GET", QUEUE, NULL);
    assert_null(strstr(answer.text, id)); /* the public view names nobody */
    assert_null(strstr(answer.text, code));
    answer_free(&answer);
}

/* -- calls ------------------------------------------------------------------------------------- */

static void test_a_repeated_call_calls_once(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], call[IDS_UUID_SIZE], body[BODY_SIZE];
    struct answer first, again;

    for (int i = 0; i < 2; i++) {
        ids_uuid(id);
        first = take(server, ASK_STAFF_A, id, "");
        answer_free(&first);
    }
    ids_uuid(call);
    (void)snprintf(body, sizeof(body), "{\"id\":\"%s\"}", call);
    first = server_ask(server, ASK_STAFF_A, "POST", QUEUE "/calls", body);
    again = server_ask(server, ASK_STAFF_A, "POST", QUEUE "/calls", body);
    assert_int_equal(again.status, 200);
    assert_string_equal(answer_text(&first, "ticket"), answer_text(&again, "ticket"));
    assert_int_equal(answer_int(&first, "event.seq"), answer_int(&again, "event.seq"));
    assert_int_equal(waiting(server), 1);
    answer_free(&first);
    answer_free(&again);
}

static void test_a_number_can_be_called_out_of_turn(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], body[BODY_SIZE];
    struct answer answer;

    for (int i = 0; i < 2; i++) {
        ids_uuid(id);
        answer = take(server, ASK_STAFF_A, id, "");
        (void)snprintf(body, sizeof(body), "{\"number\":\"%s\"}", answer_text(&answer, "number"));
        answer_free(&answer);
    }
    answer = server_ask(server, ASK_STAFF_A, "POST", QUEUE "/calls", body);
    assert_string_equal(answer_text(&answer, "ticket"), id);
    answer_free(&answer);
    assert_int_equal(waiting(server), 1);
}

/* -- push -------------------------------------------------------------------------------------- */

static void test_changes_are_pushed_to_everyone(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], site[100], entry[120];
    pid_t patient, staff, device;
    struct answer answer;

    ids_uuid(id);
    (void)snprintf(site, sizeof(site), "/api/v1/sites/%s/events", server->site[CLINIC_A]);
    (void)snprintf(entry, sizeof(entry), "\"ticket\":\"%s\"", id);
    patient = server_listener(server, ASK_NOBODY, QUEUE "/events", "\"waiting\":1");
    staff = server_listener(server, ASK_STAFF_A, site, entry);
    device = server_listener(server, ASK_DEVICE_A, "/api/v1/device/events", entry);
    answer = take(server, ASK_STAFF_A, id, "");
    answer_free(&answer);
    assert_int_equal(server_listener_end(patient), 0);
    assert_int_equal(server_listener_end(staff), 0);
    assert_int_equal(server_listener_end(device), 0);
}

static void test_another_process_is_pushed_too(void **state)
{
    struct server *server = *state;
    pid_t patient = server_listener(server, ASK_NOBODY, QUEUE "/events", "臨時");
    struct cloud *beside;
    struct site *site;
    struct event event;
    struct site_put put;

    beside = server_open_beside(server);
    site = sites_find(beside->sites, server->site[CLINIC_A]);
    event_init(&event);
    event.kind = EVENT_MESSAGE;
    (void)snprintf(event.text, sizeof(event.text), "臨時");
    assert_int_equal(site_begin(site), 0);
    assert_int_equal(site_put(site, &event, &put), 0);
    assert_int_equal(site_commit(site), 0);
    cloud_close(beside);
    assert_int_equal(server_listener_end(patient), 0);
}

/* -- starts and ends --------------------------------------------------------------------------- */

static void test_a_killed_server_has_lost_nothing(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], path[120];
    struct answer answer;

    ids_uuid(id);
    answer = take(server, ASK_STAFF_A, id, "");
    answer_free(&answer);
    assert_int_equal(server_stop(server, SIGKILL), 128 + SIGKILL);
    server_start(server);
    (void)snprintf(path, sizeof(path), QUEUE "/tickets/%s", id);
    answer = server_ask(server, ASK_STAFF_A, "GET", path, NULL); /* still logged in, too */
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_text(&answer, "state"), "waiting");
    answer_free(&answer);
}

static void test_a_second_server_is_refused(void **state)
{
    struct server *server = *state;
    const struct serve_options options = {
        .data_dir = server->folder, .listen = "127.0.0.1:0", .rate = -1};
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(serve_run(&options));
    assert_int_equal(server_listener_end(pid), 1);
    server_expect(server, ASK_NOBODY, "GET", "/healthz", NULL, 200);
}

static void test_a_term_ends_open_streams_and_exits_0(void **state)
{
    struct server *server = *state;
    pid_t patient = server_listener(server, ASK_NOBODY, QUEUE "/events", "never");

    assert_int_equal(server_stop(server, SIGTERM), 0);
    assert_int_equal(server_listener_end(patient), 1);
    server_start(server);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, empty)
    const struct CMUnitTest tests[] = {
        TEST(test_an_offer_waits_until_it_is_taken),
        TEST(test_the_same_request_gives_the_same_ticket),
        TEST(test_wrong_requests_are_told_what_is_wrong),
        TEST(test_a_used_up_range_says_full),
        TEST(test_a_paused_desk_gives_no_number),
        TEST(test_the_secret_code_shows_its_ticket_only),
        TEST(test_a_repeated_call_calls_once),
        TEST(test_a_number_can_be_called_out_of_turn),
        TEST(test_changes_are_pushed_to_everyone),
        TEST(test_another_process_is_pushed_too),
        TEST(test_a_killed_server_has_lost_nothing),
        TEST(test_a_second_server_is_refused),
        TEST(test_a_term_ends_open_streams_and_exits_0),
    };
    return cmocka_run_group_tests_name("line", tests, server_make, server_remove);
}
