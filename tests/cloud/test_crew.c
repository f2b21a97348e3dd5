/* A clinic's people in their contractor's hands: added, changed, locked, reset, removed (terms 33),
 * over the real server; and nobody else's. */
#include "server_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { PATH_SIZE = 200 };

static const char *path_of(const struct server *server, int clinic, const char *rest)
{
    static char texts[4][PATH_SIZE];
    static int next;
    char *text = texts[next++ % 4];

    (void)snprintf(text, PATH_SIZE, "/api/v1/sites/%s/%s", server->site[clinic], rest);
    return text;
}

static void add(struct server *server, const char *user, const char *role,
                char code[static IDENTITY_CODE_SIZE])
{
    char body[200];
    struct answer answer;

    (void)snprintf(body, sizeof(body), "{\"user\":\"%s\",\"name\":\"x\",\"role\":\"%s\"}", user,
                   role);
    answer =
        server_ask(server, ASK_CONTRACTOR_A, "POST", path_of(server, CLINIC_A, "people"), body);
    assert_int_equal(answer.status, 201);
    (void)snprintf(code, IDENTITY_CODE_SIZE, "%s", answer_text(&answer, "code"));
    answer_free(&answer);
}

static void choose(struct server *server, const char *user, const char *code, const char *password,
                   long status)
{
    char body[300];

    (void)snprintf(body, sizeof(body), "{\"user\":\"%s\",\"code\":\"%s\",\"new_password\":\"%s\"}",
                   user, code, password);
    server_expect(server, ASK_NOBODY, "POST", "/api/v1/passwords", body, status);
}

/* Logs in as another asker, whose place is taken for the rest of the test. */
static long log_in(struct server *server, enum server_asker as, const char *user,
                   const char *password)
{
    struct asker *asker = &server->askers[as];
    struct answer answer;
    char body[200];
    long status;

    (void)snprintf(body, sizeof(body), "{\"user\":\"%s\",\"password\":\"%s\"}", user, password);
    answer = server_ask(server, ASK_NOBODY, "POST", "/api/v1/sessions", body);
    status = answer.status;
    if (status == 200) {
        (void)snprintf(asker->cookie, sizeof(asker->cookie), "%s", answer.cookie);
        (void)snprintf(asker->csrf, sizeof(asker->csrf), "%s", answer_text(&answer, "csrf"));
    }
    answer_free(&answer);
    return status;
}

static const cJSON *person(const struct answer *answer, const char *user)
{
    const cJSON *item;

    cJSON_ArrayForEach (item, cJSON_GetObjectItem(answer->json, "people"))
        if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(item, "user")), user) == 0)
            return item;
    return NULL;
}

static void a_new_account_chooses_its_password_once(void **state)
{
    struct server *server = *state;
    char code[IDENTITY_CODE_SIZE];
    struct answer answer;

    add(server, "tanaka", "staff", code);
    assert_int_equal(log_in(server, ASK_STAFF_B, "tanaka", ""), 401); /* none fits yet */
    choose(server, "tanaka", "ABCD-EFGH", "kumo-tsuki-1", 401);
    choose(server, "tanaka", code, "short", 400);         /* which does not use the code up */
    choose(server, "staff-a", code, "kumo-tsuki-1", 401); /* nobody else's */
    choose(server, "tanaka", code, "kumo-tsuki-1", 204);
    choose(server, "tanaka", code, "kumo-tsuki-2", 401); /* once */
    answer = server_ask(server, ASK_CONTRACTOR_A, "GET", path_of(server, CLINIC_A, "people"), NULL);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(person(&answer, "tanaka"), "invited")));
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(person(&answer, "tanaka"), "manageable")));
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(person(&answer, "contractor-a"), "manageable")));
    answer_free(&answer);
    server_expect(server, ASK_CONTRACTOR_A, "POST", path_of(server, CLINIC_A, "people"),
                  "{\"user\":\"tanaka\",\"name\":\"x\",\"role\":\"staff\"}", 409);
    server_expect(server, ASK_CONTRACTOR_A, "POST", path_of(server, CLINIC_A, "people"),
                  "{\"user\":\"staff-b\",\"name\":\"x\",\"role\":\"staff\"}", 409); /* another's */
    server_expect(server, ASK_CONTRACTOR_A, "POST", path_of(server, CLINIC_A, "people"),
                  "{\"user\":\"boss\",\"name\":\"x\",\"role\":\"operator\"}", 400);
}

static void nobody_touches_another_clinics_people(void **state)
{
    struct server *server = *state;

    server_expect(server, ASK_CONTRACTOR_B, "GET", path_of(server, CLINIC_A, "people"), NULL, 403);
    server_expect(server, ASK_CONTRACTOR_B, "POST",
                  path_of(server, CLINIC_A, "people/staff-a/lock"), "{}", 403);
    server_expect(server, ASK_CONTRACTOR_B, "POST",
                  path_of(server, CLINIC_B, "people/staff-a/lock"), "{}",
                  404); /* who is not there */
    server_expect(server, ASK_CONTRACTOR_B, "DELETE", path_of(server, CLINIC_B, "people/operator"),
                  NULL, 404);
    server_expect(server, ASK_CONTRACTOR_A, "PUT", path_of(server, CLINIC_A, "people/contractor-a"),
                  "{\"role\":\"staff\"}", 409); /* one's own */
    server_expect(server, ASK_STAFF_A, "GET", path_of(server, CLINIC_A, "people"), NULL, 403);
    server_expect(server, ASK_STAFF_A, "GET", path_of(server, CLINIC_A, "audit"), NULL, 403);
}

static int64_t monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Milliseconds after which the stream that was begun is over; -1: it goes on. */
static void expect_stream_ends(struct server *server, enum server_asker who, const char *act,
                               const char *path, const char *body, long status)
{
    pid_t listener =
        server_listener(server, who, path_of(server, CLINIC_A, "events"), "never said\n\n");
    int64_t began = monotonic_ms();

    server_expect(server, ASK_CONTRACTOR_A, act, path, body, status);
    assert_int_equal(server_listener_end(listener), 1); /* the server ended it */
    assert_true(monotonic_ms() - began < 5000);
    server_expect(server, who, "GET", path_of(server, CLINIC_A, "queue"), NULL, 401);
}

static void article_33_who_is_removed_or_locked_loses_open_streams_at_once(void **state)
{
    struct server *server = *state;
    char code[IDENTITY_CODE_SIZE];
    struct answer answer;

    add(server, "suzuki", "staff", code);
    choose(server, "suzuki", code, "kumo-tsuki-1", 204);
    assert_int_equal(log_in(server, ASK_STAFF_B, "suzuki", "kumo-tsuki-1"), 200);
    expect_stream_ends(server, ASK_STAFF_B, "POST", path_of(server, CLINIC_A, "people/suzuki/lock"),
                       "{}", 204);
    assert_int_equal(log_in(server, ASK_STAFF_B, "suzuki", "kumo-tsuki-1"), 401);

    answer = server_ask(server, ASK_CONTRACTOR_A, "POST",
                        path_of(server, CLINIC_A, "people/suzuki/reset"), "{}");
    assert_int_equal(answer.status, 200);
    choose(server, "suzuki", answer_text(&answer, "code"), "hoshi-umi-2", 204); /* opens it again */
    answer_free(&answer);
    assert_int_equal(log_in(server, ASK_STAFF_B, "suzuki", "kumo-tsuki-1"), 401);
    assert_int_equal(log_in(server, ASK_STAFF_B, "suzuki", "hoshi-umi-2"), 200);
    expect_stream_ends(server, ASK_STAFF_B, "DELETE", path_of(server, CLINIC_A, "people/suzuki"),
                       NULL, 204);
    assert_int_equal(log_in(server, ASK_STAFF_B, "suzuki", "hoshi-umi-2"), 401);
}

static void article_33_a_loss_is_reported_with_the_password_alone(void **state)
{
    struct server *server = *state;
    static const char good[] = "{\"user\":\"Mori\",\"password\":\"kumo-tsuki-1\"}";
    char code[IDENTITY_CODE_SIZE];
    pid_t listener;

    add(server, "mori", "staff", code);
    choose(server, "mori", code, "kumo-tsuki-1", 204);
    assert_int_equal(log_in(server, ASK_STAFF_B, "mori", "kumo-tsuki-1"), 200);
    server_expect(server, ASK_NOBODY, "POST", "/api/v1/losses", "{\"user\":\"mori\"}", 400);
    server_expect(server, ASK_NOBODY, "POST", "/api/v1/losses",
                  "{\"user\":\"mori\",\"password\":\"wrong-one\"}", 401);
    server_expect(server, ASK_STAFF_B, "GET", path_of(server, CLINIC_A, "queue"), NULL, 200);
    listener =
        server_listener(server, ASK_STAFF_B, path_of(server, CLINIC_A, "events"), "never said\n\n");
    server_expect(server, ASK_NOBODY, "POST", "/api/v1/losses", good, 204);
    assert_int_equal(server_listener_end(listener), 1);
    server_expect(server, ASK_STAFF_B, "GET", path_of(server, CLINIC_A, "queue"), NULL, 401);
    assert_int_equal(log_in(server, ASK_STAFF_B, "mori", "kumo-tsuki-1"), 401);
    server_expect(server, ASK_NOBODY, "POST", "/api/v1/losses", good, 204); /* said twice */
}

static void a_revoked_device_loses_its_open_stream(void **state)
{
    struct server *server = *state;
    char path[PATH_SIZE];
    struct answer answer;
    pid_t listener = server_listener(server, ASK_DEVICE_A, "/api/v1/device/events", "never said");

    (void)snprintf(path, sizeof(path), "devices/%s", server->askers[ASK_DEVICE_A].device);
    server_expect(server, ASK_CONTRACTOR_B, "DELETE", path_of(server, CLINIC_B, path), NULL, 404);
    server_expect(server, ASK_STAFF_A, "DELETE", path_of(server, CLINIC_A, path), NULL, 403);
    server_expect(server, ASK_DEVICE_A, "GET", "/api/v1/device", NULL, 200);
    server_expect(server, ASK_CONTRACTOR_A, "DELETE", path_of(server, CLINIC_A, path), NULL, 204);
    assert_int_equal(server_listener_end(listener), 1); /* ended by the server */
    server_expect(server, ASK_DEVICE_A, "GET", "/api/v1/device", NULL, 401);
    answer = server_ask(server, ASK_OPERATOR, "GET", path_of(server, CLINIC_A, "devices"), NULL);
    assert_int_equal(answer.status, 200);
    assert_true(answer_int(&answer, "devices.0.revoked") > 0);
    answer_free(&answer);
}

static void others_streams_go_on(void **state)
{
    struct server *server = *state;
    char code[IDENTITY_CODE_SIZE];
    pid_t listener =
        server_listener(server, ASK_STAFF_A, path_of(server, CLINIC_A, "events"), "still here");

    add(server, "gone", "staff", code);
    server_expect(server, ASK_CONTRACTOR_A, "DELETE", path_of(server, CLINIC_A, "people/gone"),
                  NULL, 204);
    server_expect(server, ASK_STAFF_A, "POST", path_of(server, CLINIC_A, "events"),
                  "{\"events\":[{\"kind\":\"message\",\"text\":\"still here\"}]}", 200);
    assert_int_equal(server_listener_end(listener), 0);
}

static void what_was_done_is_kept_also_of_who_is_gone(void **state)
{
    struct server *server = *state;
    struct answer answer =
        server_ask(server, ASK_CONTRACTOR_A, "GET", path_of(server, CLINIC_A, "audit"), NULL);

    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.text, "person_removed"));
    assert_non_null(strstr(answer.text, "\"who\":\"suzuki\""));
    assert_null(strstr(answer.text, "staff-b"));
    answer_free(&answer);
    answer = server_ask(server, ASK_CONTRACTOR_A, "GET",
                        path_of(server, CLINIC_A, "audit?before=1"), NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(answer.json, "acts")), 0);
    answer_free(&answer);
    server_expect(server, ASK_CONTRACTOR_A, "GET", path_of(server, CLINIC_A, "audit?before=x"),
                  NULL, 400);
}

/* Pages of three acts each, until the last; how many acts there were. */
static int count_in_pages(struct server *server, const char *filter)
{
    char rest[200];
    int64_t before = INT64_MAX;
    char after[IDENTITY_ID_SIZE] = "";
    int count = 0;

    for (;;) {
        (void)snprintf(rest, sizeof(rest), "audit?limit=3&before=%lld&after=%s%s",
                       (long long)before, after, filter);
        struct answer answer =
            server_ask(server, ASK_CONTRACTOR_A, "GET", path_of(server, CLINIC_A, rest), NULL);
        int size = cJSON_GetArraySize(cJSON_GetObjectItem(answer.json, "acts"));
        const cJSON *last =
            cJSON_GetArrayItem(cJSON_GetObjectItem(answer.json, "acts"), size > 0 ? size - 1 : 0);

        assert_int_equal(answer.status, 200);
        assert_true(size <= 3);
        count += size;
        (void)snprintf(after, sizeof(after), "%s", answer_text(&answer, "next"));
        before = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItem(last, "at"));
        answer_free(&answer);
        if (!*after)
            return count;
    }
}

static void what_was_done_is_turned_over_page_by_page(void **state)
{
    struct server *server = *state;
    struct answer answer =
        server_ask(server, ASK_CONTRACTOR_A, "GET", path_of(server, CLINIC_A, "audit"), NULL);
    int all = cJSON_GetArraySize(cJSON_GetObjectItem(answer.json, "acts"));

    assert_true(all > 6 && all < IDENTITY_ACTS_MAX);
    assert_string_equal(answer_text(&answer, "next"), "");
    answer_free(&answer);
    assert_int_equal(count_in_pages(server, ""), all);
    assert_int_equal(count_in_pages(server, "&act=person_removed"), 2);
    assert_int_equal(count_in_pages(server, "&who=gone&act=person_removed"), 1);
    assert_int_equal(count_in_pages(server, "&who=nobody"), 0);
    assert_int_equal(count_in_pages(server, "&from=99999999999999"), 0);
    server_expect(server, ASK_CONTRACTOR_A, "GET", path_of(server, CLINIC_A, "audit?limit=0"), NULL,
                  400);
    server_expect(server, ASK_CONTRACTOR_A, "GET",
                  path_of(server, CLINIC_A, "audit?from=99999999999999999999"), NULL, 400);
}

static void an_operators_acts_are_read_by_operators_alone(void **state)
{
    struct server *server = *state;
    struct answer answer;

    server_expect(server, ASK_CONTRACTOR_A, "GET", "/api/v1/audit", NULL, 403);
    server_expect(server, ASK_OPERATOR, "POST", path_of(server, CLINIC_A, "contract/acts"),
                  "{\"act\":\"suspend\",\"service\":\"video\",\"cause\":\"x\"}", 200);
    server_expect(server, ASK_OPERATOR, "POST", path_of(server, CLINIC_A, "contract/acts"),
                  "{\"act\":\"resume\",\"service\":\"video\"}", 200);
    answer = server_ask(server, ASK_OPERATOR, "GET", "/api/v1/audit?limit=1", NULL);
    assert_string_equal(answer_text(&answer, "acts.0.act"), "contract_resume");
    assert_string_equal(answer_text(&answer, "acts.0.site"), server->site[CLINIC_A]);
    answer_free(&answer);
    answer = server_ask(server, ASK_OPERATOR, "GET", "/api/v1/audit", NULL);
    assert_null(strstr(answer.text, "\"who\":\"contractor-a\""));
    answer_free(&answer);
}

/* -- contract and hours over the API ------------------------------------------------------------
 */

static void articles_12_to_14_the_operator_orders_and_the_contractor_reads(void **state)
{
    struct server *server = *state;
    const char *acts = path_of(server, CLINIC_A, "contract/acts");
    struct answer answer;

    server_expect(server, ASK_CONTRACTOR_A, "POST", acts, "{\"act\":\"suspend\"}", 403);
    server_expect(server, ASK_OPERATOR, "POST", acts, "{\"act\":\"fly\"}", 400);
    server_expect(server, ASK_OPERATOR, "POST", acts,
                  "{\"act\":\"discontinue\",\"service\":\"video\",\"from\":1}", 409);
    server_expect(server, ASK_OPERATOR, "POST", acts,
                  "{\"act\":\"suspend\",\"service\":\"video\",\"cause\":\"unpaid\"}", 200);
    answer =
        server_ask(server, ASK_CONTRACTOR_A, "GET", path_of(server, CLINIC_A, "contract"), NULL);
    assert_string_equal(answer_text(&answer, "services.1.state"), "suspended");
    assert_string_equal(answer_text(&answer, "services.1.cause"), "unpaid");
    assert_string_equal(answer_text(&answer, "acts.0.user"), "operator");
    answer_free(&answer);
    answer = server_ask(server, ASK_CONTRACTOR_A, "GET",
                        path_of(server, CLINIC_A, "audit?act=contract_suspend"), NULL);
    assert_string_equal(answer_text(&answer, "acts.0.subject"), "video");
    answer_free(&answer);
    server_expect(server, ASK_OPERATOR, "POST", acts, "{\"act\":\"resume\",\"service\":\"video\"}",
                  200);
}

static void article_3_19_hours_are_announced_for_all_to_read(void **state)
{
    struct server *server = *state;
    char body[120], path[120];
    int64_t now = cloud_now(NULL);
    struct answer answer;

    (void)snprintf(body, sizeof(body), "{\"from\":%lld,\"to\":%lld}", (long long)now + 3600000,
                   (long long)now + 7200000);
    server_expect(server, ASK_CONTRACTOR_A, "POST", "/api/v1/hours", body, 403);
    answer = server_ask(server, ASK_OPERATOR, "POST", "/api/v1/hours", body);
    assert_int_equal(answer.status, 200);
    (void)snprintf(path, sizeof(path), "/api/v1/hours/%s", answer_text(&answer, "exceptions.0.id"));
    answer_free(&answer);
    server_expect(server, ASK_NOBODY, "GET", "/api/v1/hours", NULL, 200);
    server_expect(server, ASK_OPERATOR, "DELETE", path, NULL, 204);
    server_expect(server, ASK_OPERATOR, "DELETE", path, NULL, 404);
    server_expect(server, ASK_OPERATOR, "POST", "/api/v1/hours", "{\"from\":1,\"to\":2}", 409);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_account_chooses_its_password_once),
        cmocka_unit_test(nobody_touches_another_clinics_people),
        cmocka_unit_test(article_33_who_is_removed_or_locked_loses_open_streams_at_once),
        cmocka_unit_test(article_33_a_loss_is_reported_with_the_password_alone),
        cmocka_unit_test(others_streams_go_on),
        cmocka_unit_test(what_was_done_is_kept_also_of_who_is_gone),
        cmocka_unit_test(an_operators_acts_are_read_by_operators_alone),
        cmocka_unit_test(what_was_done_is_turned_over_page_by_page),
        cmocka_unit_test(a_revoked_device_loses_its_open_stream),
        cmocka_unit_test(articles_12_to_14_the_operator_orders_and_the_contractor_reads),
        cmocka_unit_test(article_3_19_hours_are_announced_for_all_to_read),
    };

    return cmocka_run_group_tests_name("crew", tests, server_make, server_remove);
}
