/* What staff did today, by whom and where, and the clinic's own hours, over the real server. */
#include "server_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "acts.h"
#include "ids.h"

enum { BODY_SIZE = 600, PATH_SIZE = 200 };

#define QUEUE "/api/v1/queues/1024-1"
#define DAY   "[[540,720],[900,1080],null]"

static const char *path_of(const struct server *server, int clinic, const char *rest)
{
    static char texts[4][PATH_SIZE];
    static int next;
    char *text = texts[next++ % 4];

    (void)snprintf(text, PATH_SIZE, "/api/v1/sites/%s/%s", server->site[clinic], rest);
    return text;
}

static void take(struct server *server, char id[static IDS_UUID_SIZE],
                 char number[static NUMBER_TEXT_SIZE])
{
    char body[BODY_SIZE];
    struct answer answer;

    ids_uuid(id);
    (void)snprintf(body, sizeof(body), "{\"ticket\":\"%s\"}", id);
    answer = server_ask(server, ASK_STAFF_A, "POST", QUEUE "/tickets", body);
    assert_int_equal(answer.status, 201);
    (void)snprintf(number, NUMBER_TEXT_SIZE, "%s", answer_text(&answer, "number"));
    answer_free(&answer);
}

/* As a kiosk hands over what was done at it so many ms ago. */
static void upload(struct server *server, const char *kind, const char *ticket, int64_t ago)
{
    char body[BODY_SIZE], id[IDS_UUID_SIZE];

    ids_uuid(id);
    (void)snprintf(
        body, sizeof(body),
        "{\"events\":[{\"id\":\"%s\",\"kind\":\"%s\",\"at\":%lld,\"device\":\"%s\",\"ticket\":"
        "\"%s\",\"user\":\"佐藤\",\"desk\":1,\"room\":\"r1\"}]}",
        id, kind, (long long)time(NULL) * 1000 - (long long)ago,
        server->askers[ASK_DEVICE_A].device, ticket);
    server_expect(server, ASK_DEVICE_A, "POST", "/api/v1/device/events", body, 200);
}

static struct answer acts(struct server *server)
{
    struct answer answer =
        server_ask(server, ASK_STAFF_A, "GET", path_of(server, CLINIC_A, "acts"), NULL);

    assert_int_equal(answer.status, 200);
    return answer;
}

static int offline_notices(struct server *server)
{
    struct answer answer =
        server_ask(server, ASK_STAFF_A, "GET", path_of(server, CLINIC_A, "queue"), NULL);
    const cJSON *item;
    int count = 0;

    assert_int_equal(answer.status, 200);
    cJSON_ArrayForEach (item, cJSON_GetObjectItem(answer.json, "notices"))
        count +=
            strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(item, "kind")), "offline_acts") == 0;
    answer_free(&answer);
    return count;
}

static void an_act_names_who_did_it_and_on_which_number(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], number[NUMBER_TEXT_SIZE], body[BODY_SIZE];
    struct answer answer;

    take(server, id, number);
    (void)snprintf(body, sizeof(body),
                   "{\"events\":[{\"kind\":\"ticket_called\",\"ticket\":\"%s\",\"desk\":1,\"room\":"
                   "\"r1\"}]}",
                   id);
    server_expect(server, ASK_STAFF_A, "POST", path_of(server, CLINIC_A, "events"), body, 200);
    answer = acts(server);
    assert_string_equal(answer_text(&answer, "acts.0.kind"), "ticket_called");
    assert_string_equal(answer_text(&answer, "acts.0.number"), number);
    assert_string_equal(answer_text(&answer, "acts.0.room"), "r1");
    assert_string_equal(answer_text(&answer, "acts.0.device"), "");
    assert_string_equal(answer_text(&answer, "acts.0.verdict"), "applied");
    assert_true(strlen(answer_text(&answer, "acts.0.user")) > 0);
    assert_null(strstr(answer.text, "ticket_issued")); /* taking a number is no act of staff */
    answer_free(&answer);
    server_expect(server, ASK_STAFF_B, "GET", path_of(server, CLINIC_A, "acts"), NULL, 403);
    server_expect(server, ASK_DEVICE_A, "GET", path_of(server, CLINIC_A, "acts"), NULL, 403);
    server_expect(server, ASK_NOBODY, "GET", path_of(server, CLINIC_A, "acts"), NULL, 401);
}

static void what_was_done_without_a_line_is_shown_as_such(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], number[NUMBER_TEXT_SIZE];
    struct answer answer;

    take(server, id, number);
    upload(server, "ticket_called", id, 0); /* with a line: a keypad's call */
    answer = acts(server);
    assert_string_equal(answer_text(&answer, "acts.0.device"), server->askers[ASK_DEVICE_A].device);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(
        cJSON_GetArrayItem(cJSON_GetObjectItem(answer.json, "acts"), 0), "late")));
    answer_free(&answer);
    assert_int_equal(offline_notices(server), 0);

    upload(server, "ticket_in_room", id, ACTS_LATE_MS + 5000);
    answer = acts(server);
    assert_string_equal(answer_text(&answer, "acts.0.kind"), "ticket_in_room");
    assert_string_equal(answer_text(&answer, "acts.0.user"), "佐藤");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(
        cJSON_GetArrayItem(cJSON_GetObjectItem(answer.json, "acts"), 0), "late")));
    answer_free(&answer);
    assert_int_equal(offline_notices(server), 1);
    upload(server, "ticket_done", id, ACTS_LATE_MS + 4000);
    assert_int_equal(offline_notices(server), 1); /* one that counts, not one each */
}

static void put_opening(struct server *server, enum server_asker who, const char *body, long status)
{
    server_expect(server, who, "PUT", path_of(server, CLINIC_A, "opening"), body, status);
}

static void staff_keep_hours_and_closed_days(void **state)
{
    struct server *server = *state;
    static const char hours[] =
        "{\"hours\":{\"week\":[" DAY "," DAY "," DAY "," DAY "," DAY "," DAY "," DAY "],"
        "\"closed\":[\"2031-05-03\"],\"exceptions\":[{\"date\":\"2031-05-06\",\"spans\":" DAY
        "}]}}";
    struct answer answer;

    put_opening(server, ASK_STAFF_A, hours, 200);
    answer = server_ask(server, ASK_STAFF_A, "GET", path_of(server, CLINIC_A, "opening"), NULL);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.text, "2031-05-03"));
    assert_non_null(strstr(answer.text, "2031-05-06"));
    answer_free(&answer);
    put_opening(server, ASK_STAFF_A, "{\"hours\":{\"week\":[" DAY "]}}", 400); /* six are missing */
    put_opening(server, ASK_STAFF_A, "{\"hours\":\"always\"}", 400);
    put_opening(server, ASK_STAFF_A, "{}", 400);
    put_opening(server, ASK_STAFF_B, hours, 403);
    answer = server_ask(server, ASK_STAFF_A, "GET", path_of(server, CLINIC_A, "opening"), NULL);
    assert_non_null(strstr(answer.text, "2031-05-03")); /* what was refused changed nothing */
    answer_free(&answer);
}

static bool ended(struct server *server)
{
    struct answer answer =
        server_ask(server, ASK_STAFF_A, "GET", path_of(server, CLINIC_A, "opening"), NULL);
    bool ended = cJSON_IsTrue(cJSON_GetObjectItem(answer.json, "ended"));

    answer_free(&answer);
    return ended;
}

static void put_session(struct server *server, const char *body, long status)
{
    server_expect(server, ASK_STAFF_A, "PUT", path_of(server, CLINIC_A, "opening/session"), body,
                  status);
}

static void a_session_is_ended_and_gone_on_with(void **state)
{
    struct server *server = *state;
    char id[IDS_UUID_SIZE], number[NUMBER_TEXT_SIZE];
    struct answer answer;

    take(server, id, number); /* there is a session */
    assert_false(ended(server));
    put_session(server, "{}", 400);
    put_session(server, "{\"open\":false}", 200);
    put_session(server, "{\"open\":false}", 200); /* ended twice is ended */
    assert_true(ended(server));
    answer = acts(server);
    assert_string_equal(answer_text(&answer, "acts.0.kind"), "session_closed");
    answer_free(&answer);
    answer = server_ask(server, ASK_STAFF_A, "GET", path_of(server, CLINIC_A, "opening"), NULL);
    bool may = cJSON_IsTrue(cJSON_GetObjectItem(answer.json, "may_reopen"));
    answer_free(&answer);
    put_session(server, "{\"open\":true}", may ? 200 : 409);
    assert_true(ended(server) == !may);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_act_names_who_did_it_and_on_which_number),
        cmocka_unit_test(what_was_done_without_a_line_is_shown_as_such),
        cmocka_unit_test(a_session_is_ended_and_gone_on_with),
        cmocka_unit_test(staff_keep_hours_and_closed_days),
    };

    return cmocka_run_group_tests(tests, server_make, server_remove);
}
