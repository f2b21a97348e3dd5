/* Model programmes: who approves, when, and what devices get.
 */
#include "server_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "film.h"
#include "programmes.h"

enum { PATH_SIZE = 400, BODY_SIZE = 2000 };

static const int64_t hour = 3600 * 1000;

static void make_film(const struct server *server, const char *name, const char *options,
                      char path[static PATH_SIZE])
{
    char command[1000];

    (void)snprintf(path, PATH_SIZE, "%s/%s", server->folder, name);
    (void)snprintf(command, sizeof(command),
                   "ffmpeg -v error -y -f lavfi -i testsrc=duration=2:rate=5 %s '%s' </dev/null",
                   options, path);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): fixed text */
}

static void add_film(struct server *server, const char *path, enum content_kind kind,
                     const char *title, struct content *ret)
{
    struct cloud *beside = server_open_beside(server);
    char error[DB_ERROR_SIZE] = "";

    if (film_add(beside, path, kind, title, ret, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    cloud_close(beside);
}

/* -- films ------------------------------------------------------------------------------------- */

static void test_a_film_is_served_in_pieces(void **state)
{
    struct server *server = *state;
    char path[PATH_SIZE], url[200];
    struct content film;
    struct answer answer;

    make_film(server, "good.mp4", "-c:v libx264", path);
    add_film(server, path, CONTENT_HEALTH, "手洗い", &film);
    assert_int_equal(film.duration_ms, 2000);
    (void)snprintf(url, sizeof(url), "/api/v1/contents/%s", film.sha256);
    answer = server_ask_with(server, ASK_DEVICE_A, "GET", url, NULL, "Range: bytes=4-7");
    assert_int_equal(answer.status, 206);
    assert_string_equal(answer.text, "ftyp");
    assert_non_null(strstr(answer.etag, film.sha256));
    answer_free(&answer);
    answer = server_ask_with(server, ASK_DEVICE_A, "GET", url, NULL, "Range: bytes=99999999-");
    assert_int_equal(answer.status, 416);
    answer_free(&answer);
    server_expect(server, ASK_NOBODY, "GET", url, NULL, 401);
    server_expect(server, ASK_DEVICE_A, "GET", "/api/v1/contents/..%2Fmachiai.db", NULL, 400);
    server_expect(server, ASK_DEVICE_A, "GET", "/api/v1/contents/machiai.db", NULL, 404);
    add_film(server, path, CONTENT_HEALTH, "手洗い 改", &film); /* again: one file, new title */
}

/* The document of the answer; the caller frees it. */
static cJSON *document_of(const struct answer *answer)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(answer->json, "document"));
    cJSON *document = text ? cJSON_Parse(text) : NULL;

    assert_non_null(document);
    return document;
}

static const cJSON *programme_of(const cJSON *document)
{
    return cJSON_GetArrayItem(cJSON_GetObjectItem(document, "programmes"), 0);
}

/* -- programmes -------------------------------------------------------------------------------- */

/* A programme from an hour ago to an hour ahead, whose deadline is `left` ms from now. */
static void add_programme(struct server *server, enum server_clinic clinic, int64_t left,
                          char id[static UID_SIZE])
{
    struct cloud *beside = server_open_beside(server);
    char path[PATH_SIZE], table[BODY_SIZE], error[DB_ERROR_SIZE] = "";
    int64_t now = cloud_now(NULL);
    struct content film;
    cJSON *json;

    make_film(server, "good.mp4", "-c:v libx264", path);
    assert_int_equal(film_add(beside, path, CONTENT_HEALTH, "手洗い", &film, error, sizeof(error)),
                     0);
    make_film(server, "calm.mp4", "-c:v libx264 -t 1.5", path);
    assert_int_equal(
        film_add(beside, path, CONTENT_SUBSTITUTE, "湖の朝", &film, error, sizeof(error)), 0);
    (void)snprintf(table, sizeof(table),
                   "{\"from\":%lld,\"to\":%lld,\"deadline\":%lld,\"items\":[{\"title\":\"手洗い\"},"
                   "{\"kind\":\"notice\",\"title\":\"休診\",\"body\":\"来週は休みます\","
                   "\"duration_ms\":10000}],\"substitutes\":[\"%s\"]}",
                   (long long)(now - hour), (long long)(now + hour), (long long)(now + left),
                   film.sha256);
    json = cJSON_Parse(table);
    if (programmes_add(beside->db, server->site[clinic], 540, json, now, id, error, sizeof(error)) <
        0)
        fail_msg("%s", error);
    cJSON_Delete(json);
    cloud_close(beside);
}

static void distribute(struct server *server, enum server_clinic clinic, const char *id)
{
    struct cloud *beside = server_open_beside(server);

    assert_int_equal(programmes_distribute(beside->db, server->site[clinic], id, cloud_now(NULL)),
                     0);
    cloud_close(beside);
}

static struct answer approve(struct server *server, enum server_asker who, const char *id)
{
    char path[200];

    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/programmes/%s/approval",
                   server->site[CLINIC_A], id);
    return server_ask(server, who, "POST", path, "{}");
}

static void expect_approval(struct server *server, enum server_asker who, const char *id,
                            long status, const char *error)
{
    struct answer answer = approve(server, who, id);

    assert_int_equal(answer.status, status);
    if (error)
        assert_string_equal(answer_text(&answer, "error"), error);
    answer_free(&answer);
}

static void test_the_life_of_a_programme(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE], path[120], header[120];
    struct answer answer, again;
    const cJSON *item;
    cJSON *document;

    add_programme(server, CLINIC_A, hour, id);
    answer = server_ask(server, ASK_DEVICE_A, "GET", "/api/v1/device/programme", NULL);
    document = document_of(&answer); /* the operator's substitutes; the programme is a draft */
    assert_null(programme_of(document));
    item = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "substitutes"), 0);
    assert_string_equal(cJSON_GetObjectItem(item, "title")->valuestring, "湖の朝");
    cJSON_Delete(document);
    answer_free(&answer);
    expect_approval(server, ASK_CONTRACTOR_A, id, 409, "not_distributed");
    distribute(server, CLINIC_A, id);
    answer = server_ask(server, ASK_DEVICE_A, "GET", "/api/v1/device/programme", NULL);
    document = document_of(&answer);
    item = programme_of(document);
    assert_string_equal(cJSON_GetObjectItem(item, "id")->valuestring, id);
    assert_true(cJSON_GetObjectItem(item, "approved")->valuedouble == 0);
    item = cJSON_GetArrayItem(cJSON_GetObjectItem(item, "items"), 0);
    assert_string_equal(cJSON_GetObjectItem(item, "kind")->valuestring, "health");
    cJSON_Delete(document);
    (void)snprintf(header, sizeof(header), "If-None-Match: %s", answer.etag);
    again = server_ask_with(server, ASK_DEVICE_A, "GET", "/api/v1/device/programme", NULL, header);
    assert_int_equal(again.status, 304);
    answer_free(&again);
    expect_approval(server, ASK_CONTRACTOR_B, id, 403, NULL);
    expect_approval(server, ASK_STAFF_A, id, 403, NULL);
    expect_approval(server, ASK_CONTRACTOR_A, id, 200, NULL);
    expect_approval(server, ASK_CONTRACTOR_A, id, 200, NULL); /* again is harmless */
    again = server_ask_with(server, ASK_DEVICE_A, "GET", "/api/v1/device/programme", NULL, header);
    assert_int_equal(again.status, 200);
    document = document_of(&again);
    assert_true(cJSON_GetObjectItem(programme_of(document), "approved")->valuedouble > 0);
    assert_true(cJSON_GetObjectItem(programme_of(document), "version")->valuedouble == 3);
    cJSON_Delete(document);
    answer_free(&again);
    answer_free(&answer);
    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/programmes", server->site[CLINIC_A]);
    answer = server_ask(server, ASK_CONTRACTOR_A, "GET", path, NULL);
    assert_string_equal(answer_text(&answer, "programmes.0.state"), "running");
    assert_string_equal(answer_text(&answer, "programmes.0.approved_by"), "contractor-a");
    assert_string_equal(answer_text(&answer, "programmes.0.clinic_name"), "さくら内科");
    answer_free(&answer);
}

static void test_too_late_is_too_late(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE], path[120];
    struct answer answer;

    add_programme(server, CLINIC_A, -1000, id);
    distribute(server, CLINIC_A, id);
    expect_approval(server, ASK_CONTRACTOR_A, id, 409, "deadline_passed");
    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/programmes", server->site[CLINIC_A]);
    answer = server_ask(server, ASK_CONTRACTOR_A, "GET", path, NULL);
    assert_string_equal(answer_text(&answer, "programmes.0.state"), "missed");
    answer_free(&answer);
    expect_approval(server, ASK_CONTRACTOR_A, server->site[CLINIC_A], 404, "not_found");
}

static void test_devices_are_told_of_a_change(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE];
    pid_t pid;

    add_programme(server, CLINIC_B, hour, id);
    pid = server_listener(server, ASK_DEVICE_B, "/api/v1/device/events", "event: programme");
    distribute(server, CLINIC_B, id);
    assert_int_equal(server_listener_end(pid), 0);
}

static void bad_table(struct server *server, const char *text, const char *sentence)
{
    struct cloud *beside = server_open_beside(server);
    char id[UID_SIZE], error[DB_ERROR_SIZE] = "";
    cJSON *json = cJSON_Parse(text);

    assert_non_null(json);
    assert_true(programmes_add(beside->db, server->site[CLINIC_A], 540, json, cloud_now(NULL), id,
                               error, sizeof(error)) < 0);
    if (!strstr(error, sentence))
        fail_msg("\"%s\" does not say \"%s\"", error, sentence);
    cJSON_Delete(json);
    cloud_close(beside);
}

static void test_mistakes_in_a_table_are_named(void **state)
{
#define TIMES "\"from\":\"2026-11-24T08:00\",\"to\":\"2026-11-25 08:00\",\"deadline\":1"
    bad_table(*state, "{\"items\":[]}", "from:");
    bad_table(*state, "{\"from\":\"2026-13-01T00:00\",\"to\":2,\"deadline\":1}", "from:");
    bad_table(*state, "{\"from\":\"2026-11-24T08:00+9\",\"to\":2,\"deadline\":1}", "from:");
    bad_table(*state, "{" TIMES "}", "items:");
    bad_table(*state, "{" TIMES ",\"items\":[{\"title\":\"無い\"}]}", "items[0].title:");
    bad_table(*state, "{" TIMES ",\"items\":[7]}", "items[0].");
    bad_table(*state, "{" TIMES ",\"items\":[{\"kind\":\"notice\",\"title\":\"x\"}]}",
              "items[0].duration_ms:");
    bad_table(*state, "{" TIMES ",\"substitutes\":[\"00\"]}", "substitutes[0].sha256:");
    bad_table(*state,
              "{" TIMES
              ",\"items\":[{\"title\":\"手洗い\"}],\"substitutes\":[{\"title\":\"手洗い\"}]}",
              "substitutes[0].kind:");
    bad_table(*state,
              "{\"from\":2,\"to\":2,\"deadline\":1,\"items\":[{\"kind\":\"notice\",\"title\":\"x\","
              "\"duration_ms\":5000}]}",
              "to:");
}

static void test_times_are_the_clinics(void **state)
{
    struct server *server = *state;
    struct cloud *beside = server_open_beside(server);
    static const char text[] =
        "{\"from\":\"2026-11-24T08:00\",\"to\":\"2026-11-24T08:00:30Z\",\"deadline\":"
        "\"2026-11-24T08:00-01:30\",\"items\":[{\"kind\":\"notice\",\"title\":\"x\",\"duration_"
        "ms\":"
        "5000}]}";
    const int64_t eight = INT64_C(1795507200000); /* 08:00 UTC */
    char id[UID_SIZE], error[DB_ERROR_SIZE] = "";
    cJSON *json = cJSON_Parse(text), *stored = NULL;

    assert_int_equal(
        programmes_add(beside->db, server->site[CLINIC_B], 540, json, 1, id, error, sizeof(error)),
        0);
    assert_int_equal(programmes_get(beside->db, server->site[CLINIC_B], id, 1, &stored), 0);
    assert_true(cJSON_GetObjectItem(stored, "from")->valuedouble == (double)(eight - 9 * hour));
    assert_true(cJSON_GetObjectItem(stored, "to")->valuedouble == (double)(eight + 30000));
    assert_true(cJSON_GetObjectItem(stored, "deadline")->valuedouble ==
                (double)(eight + hour + hour / 2));
    cJSON_Delete(stored);
    cJSON_Delete(json);
    cloud_close(beside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_film_is_served_in_pieces),
        cmocka_unit_test(test_the_life_of_a_programme),
        cmocka_unit_test(test_too_late_is_too_late),
        cmocka_unit_test(test_devices_are_told_of_a_change),
        cmocka_unit_test(test_mistakes_in_a_table_are_named),
        cmocka_unit_test(test_times_are_the_clinics),
    };
    return cmocka_run_group_tests_name("programmes", tests, server_make, server_remove);
}
