/* Clinics' own contents, photographs, drawings, previews, withdrawals: what is kept, who may, and
 * what devices learn of it. */
#include "film_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "contents.h"
#include "film.h"
#include "ids.h"
#include "preview.h"

enum { BODY_SIZE = 2000 };

static void site_path(const struct server *server, enum server_clinic clinic, const char *rest,
                      char ret[static RIG_PATH_SIZE])
{
    (void)snprintf(ret, RIG_PATH_SIZE, "/api/v1/sites/%s/%s", server->site[clinic], rest);
}

/* A film from the command line; for the operator or for clinic A. */
static void add_film(struct server *server, const char *clip, enum content_kind kind, bool owned,
                     char sha256[static SHA256_SIZE])
{
    struct cloud *beside = server_open_beside(server);
    char path[RIG_PATH_SIZE], error[DB_ERROR_SIZE] = "";
    struct content content;
    struct film film;

    (void)snprintf(path, sizeof(path), "%s/%s", CLIPS, clip);
    if (film_add(beside, path, kind, clip, &content, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    memcpy(sha256, content.sha256, SHA256_SIZE);
    if (owned) {
        assert_int_equal(contents_film_of(beside->db, "", sha256, &film), 0);
        memcpy(film.site, server->site[CLINIC_A], sizeof(film.site));
        assert_int_equal(contents_film_put(beside->db, &film), 0);
        assert_true(db_run(beside->db, "DELETE FROM film WHERE site = '' AND sha256 = $1", "t",
                           sha256) == 1);
    }
    cloud_close(beside);
}

/* -- clinic contents --------------------------------------------------------------------------- */

#define NOTICE                                                                                     \
    "\"kind\":\"notice\",\"title\":\"休診\",\"duration_ms\":15000,\"page\":{\"template\":"       \
    "\"plain\","                                                                                   \
    "\"fields\":{\"title\":\"休診のお知らせ\"}}"

static void make_content(struct server *server, const char *body, long status, const char *field,
                         char id[static UID_SIZE])
{
    char path[RIG_PATH_SIZE];
    struct answer answer;

    site_path(server, CLINIC_A, "contents", path);
    answer = server_ask(server, ASK_CONTRACTOR_A, "POST", path, body);
    if (answer.status != status || (field && strcmp(answer_text(&answer, "field"), field) != 0))
        fail_msg("%s: %ld %s", body, answer.status, answer.text);
    if (status == 201)
        (void)snprintf(id, UID_SIZE, "%s", answer_text(&answer, "id"));
    answer_free(&answer);
}

static void remove_content(struct server *server, const char *id)
{
    char rest[80], path[RIG_PATH_SIZE];

    (void)snprintf(rest, sizeof(rest), "contents/%s", id);
    site_path(server, CLINIC_A, rest, path);
    server_expect(server, ASK_CONTRACTOR_B, "DELETE", path, NULL, 403);
    server_expect(server, ASK_CONTRACTOR_A, "DELETE", path, NULL, 204);
    server_expect(server, ASK_CONTRACTOR_A, "DELETE", path, NULL, 404);
}

static int of_site(struct server *server, struct content *ret)
{
    struct cloud *beside = server_open_beside(server);
    int count = -1;

    assert_int_equal(
        contents_of_site(beside->db, server->site[CLINIC_A], ret, PROGRAMME_CLINIC_MAX, &count), 0);
    cloud_close(beside);
    return count;
}

static void test_a_notice_with_its_broadcast_period_reaches_the_document(void **state)
{
    struct server *server = *state;
    struct content *contents = calloc(PROGRAMME_CLINIC_MAX, sizeof(*contents));
    char id[UID_SIZE], rest[80], path[RIG_PATH_SIZE];
    struct answer answer;

    assert_non_null(contents);
    make_content(server,
                 "{" NOTICE ",\"show_from\":1000,\"show_to\":2000,\"weekdays\":62,"
                 "\"daypart_from\":540,\"daypart_to\":720}",
                 201, NULL, id);
    assert_int_equal(of_site(server, contents), 1);
    assert_string_equal(contents[0].id, id);
    assert_int_equal(contents[0].kind, CONTENT_NOTICE);
    assert_int_equal(contents[0].show_from, 1000);
    assert_int_equal(contents[0].show_to, 2000);
    assert_int_equal(contents[0].weekdays, 62);
    assert_int_equal(contents[0].daypart_from, 540);
    assert_int_equal(contents[0].daypart_to, 720);
    assert_int_equal(contents[0].duration_ms, 15000);
    assert_non_null(strstr(contents[0].page, "\"template\":\"plain\""));
    (void)snprintf(rest, sizeof(rest), "contents/%s", id);
    site_path(server, CLINIC_A, rest, path);
    server_expect(server, ASK_CONTRACTOR_A, "PUT", path, "{" NOTICE ",\"active\":false}", 200);
    assert_int_equal(of_site(server, contents), 0);
    server_expect(server, ASK_CONTRACTOR_B, "PUT", path, "{" NOTICE "}", 403);
    site_path(server, CLINIC_A, "contents", path);
    answer = server_ask(server, ASK_CONTRACTOR_A, "GET", path, NULL);
    assert_string_equal(answer_text(&answer, "contents.0.changed_by"), "contractor-a");
    assert_int_equal(answer_int(&answer, "self_made.limit"), CONTENTS_SELF_MADE_DEFAULT);
    answer_free(&answer);
    remove_content(server, id);
    free(contents);
}

static void test_mistakes_in_a_content_are_named(void **state)
{
    static const char *const bad[][2] = {
        {"{}", "kind"},
        {"{\"kind\":\"health\",\"title\":\"x\",\"page\":{\"template\":\"plain\"},\"duration_ms\":"
         "5000}",
         "kind"},
        {"{\"kind\":\"notice\",\"title\":\"x\"}", "page"},
        {"{" NOTICE ",\"sha256\":\"00\"}", "sha256"},
        {"{" NOTICE ",\"show_from\":20,\"show_to\":10}", "show_to"},
        {"{" NOTICE ",\"weekdays\":128}", "weekdays"},
        {"{" NOTICE ",\"daypart_to\":1440}", "daypart_to"},
        {"{\"kind\":\"notice\",\"title\":\"x\",\"page\":{\"template\":\"plain\"}}", "duration_ms"},
        {"{\"kind\":\"notice\",\"title\":\"x\",\"duration_ms\":5000,\"page\":{\"template\":"
         "\"plain\",\"photos\":{\"photo\":\"00\"}}}",
         "page.photos.photo"},
        {"{\"kind\":\"self_made\",\"title\":\"x\",\"sha256\":\"00\"}", "sha256"},
        /* what the kiosk could not draw: too long, no such template */
        {"{\"kind\":\"notice\",\"title\":\"x\",\"duration_ms\":5000,\"page\":{\"template\":"
         "\"plain\",\"fields\":{\"title\":"
         "\"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十\"}}}",
         "page.fields.title"},
        {"{\"kind\":\"notice\",\"title\":\"x\",\"duration_ms\":5000,\"page\":{\"template\":"
         "\"nosuch\"}}",
         NULL},
    };
    char id[UID_SIZE];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        make_content(*state, bad[i][0], 400, bad[i][1], id);
}

/* A film that is another's, or of another kind, is none to show. */
static void test_a_content_may_only_name_films_of_the_site(void **state)
{
    struct server *server = *state;
    char own[SHA256_SIZE], other[SHA256_SIZE], body[BODY_SIZE], id[UID_SIZE], path[RIG_PATH_SIZE];
    struct content *contents = calloc(PROGRAMME_CLINIC_MAX, sizeof(*contents));

    assert_non_null(contents);
    add_film(server, "loud.mp4", CONTENT_SELF_MADE, true, own);
    add_film(server, "soft.mp4", CONTENT_HEALTH, false, other);
    (void)snprintf(body, sizeof(body), "{\"kind\":\"notice\",\"title\":\"x\",\"sha256\":\"%s\"}",
                   own);
    make_content(server, body, 400, "kind", id);
    (void)snprintf(body, sizeof(body), "{\"kind\":\"self_made\",\"title\":\"x\",\"sha256\":\"%s\"}",
                   own);
    make_content(server, body, 201, NULL, id);
    assert_int_equal(of_site(server, contents), 1);
    assert_true(contents[0].size > 1000 && contents[0].duration_ms >= 3000);
    site_path(server, CLINIC_B, "contents", path);
    server_expect(server, ASK_CONTRACTOR_B, "POST", path, body, 400);
    /* withdrawn, it leaves the document at once */
    (void)snprintf(path, sizeof(path), "/api/v1/films/%s/withdrawal", own);
    server_expect(server, ASK_CONTRACTOR_B, "POST", path, "{\"reason\":\"x\"}", 404);
    server_expect(server, ASK_CONTRACTOR_A, "POST", path, "{}", 400);
    server_expect(server, ASK_CONTRACTOR_A, "POST", path, "{\"reason\":\"古い\"}", 200);
    assert_int_equal(of_site(server, contents), 0);
    remove_content(server, id);
    (void)snprintf(path, sizeof(path), "/api/v1/films/%s/withdrawal", other);
    server_expect(server, ASK_CONTRACTOR_A, "POST", path, "{\"reason\":\"x\"}", 409);
    free(contents);
}

/* -- films ------------------------------------------------------------------------------------- */

static void test_21_a_withdrawal_keeps_its_reason_and_reaches_devices(void **state)
{
    struct server *server = *state;
    char sha256[SHA256_SIZE], withdrawn[4][SHA256_SIZE], path[RIG_PATH_SIZE];
    struct cloud *beside;
    struct answer answer;
    int64_t before = 0, after = 0;
    int count = 0;
    pid_t told;

    add_film(server, "sixty.mp4", CONTENT_ADVERTISEMENT, false, sha256);
    beside = server_open_beside(server);
    assert_int_equal(contents_revision(beside->db, server->site[CLINIC_B], &before), 0);
    assert_int_equal(contents_allowed(beside->db, server->site[CLINIC_A], sha256), 1);
    (void)snprintf(path, sizeof(path), "/api/v1/contents/%s", sha256);
    server_expect(server, ASK_DEVICE_B, "GET", path, NULL, 200);
    (void)snprintf(path, sizeof(path), "/api/v1/films/%s/withdrawal", sha256);
    told = server_listener(server, ASK_DEVICE_B, "/api/v1/device/events", "event: programme");
    server_expect(server, ASK_OPERATOR, "POST", path, "{\"reason\":\"薬機法\"}", 200);
    assert_int_equal(server_listener_end(told), 0);
    server_expect(server, ASK_OPERATOR, "POST", path, "{\"reason\":\"another\"}", 200);
    (void)snprintf(path, sizeof(path), "/api/v1/films/%s", sha256);
    answer = server_ask(server, ASK_OPERATOR, "GET", path, NULL);
    assert_string_equal(answer_text(&answer, "why"), "薬機法");
    assert_string_equal(answer_text(&answer, "withdrawn_by"), "operator");
    answer_free(&answer);
    server_expect(server, ASK_CONTRACTOR_A, "GET", path, NULL, 404);
    (void)snprintf(path, sizeof(path), "/api/v1/contents/%s", sha256);
    server_expect(server, ASK_DEVICE_B, "GET", path, NULL, 404);
    assert_int_equal(contents_revision(beside->db, server->site[CLINIC_B], &after), 0);
    assert_true(after > before);
    assert_int_equal(contents_allowed(beside->db, server->site[CLINIC_A], sha256), 0);
    assert_int_equal(contents_withdrawn(beside->db, server->site[CLINIC_B], withdrawn, 4, &count),
                     0);
    assert_true(count > 0);
    assert_string_equal(withdrawn[0], sha256);
    assert_int_equal(db_get_int(beside->db, &before,
                                "SELECT COUNT(*) FROM audit WHERE act = 'film_withdrawn' AND "
                                "subject = $1 AND who = 'operator'",
                                "t", sha256),
                     1);
    assert_int_equal(before, 2); /* both times */
    cloud_close(beside);
}

static void test_20_only_allowed_films_are_offered_to_contractors(void **state)
{
    struct server *server = *state;
    char sha256[SHA256_SIZE], path[RIG_PATH_SIZE];
    struct cloud *beside;

    add_film(server, "uneven.mp4", CONTENT_HEALTH, false, sha256);
    (void)snprintf(path, sizeof(path), "/api/v1/films/%s", sha256);
    server_expect(server, ASK_CONTRACTOR_A, "GET", path, NULL, 200);
    server_expect(server, ASK_CONTRACTOR_A, "PATCH", path, "{\"title\":\"x\"}", 409);
    server_expect(server, ASK_OPERATOR, "PATCH", path, "{\"kind\":\"film\"}", 400);
    server_expect(server, ASK_OPERATOR, "PATCH", path, "{\"allowed\":false}", 200);
    server_expect(server, ASK_CONTRACTOR_A, "GET", path, NULL, 404);
    beside = server_open_beside(server);
    assert_int_equal(contents_allowed(beside->db, server->site[CLINIC_A], sha256), 0);
    cloud_close(beside);
    server_expect(server, ASK_OPERATOR, "PATCH", path, "{\"title\":\"新\",\"allowed\":true}", 200);
    server_expect(server, ASK_CONTRACTOR_A, "GET", path, NULL, 200);
    server_expect(server, ASK_STAFF_A, "GET", path, NULL, 403);
}

/* No. 10 of what must always hold: another clinic's film is nothing to its devices. */
static void test_a_device_gets_what_its_site_may_show(void **state)
{
    struct server *server = *state;
    char sha256[SHA256_SIZE], path[RIG_PATH_SIZE];
    struct answer answer;

    add_film(server, "four44.mp4", CONTENT_SELF_MADE, true, sha256);
    (void)snprintf(path, sizeof(path), "/api/v1/contents/%s", sha256);
    server_expect(server, ASK_DEVICE_B, "GET", path, NULL, 404);
    server_expect(server, ASK_CONTRACTOR_A, "GET", path, NULL, 403); /* 21.3: previews alone */
    answer = server_ask_with(server, ASK_DEVICE_A, "GET", path, NULL, "Range: bytes=4-7");
    assert_int_equal(answer.status, 206);
    assert_string_equal(answer.text, "ftyp");
    assert_non_null(strstr(answer.etag, sha256));
    answer_free(&answer);
}

/* -- previews ---------------------------------------------------------------------------------- */

static void test_21_3_a_preview_is_of_one_login_and_of_minutes(void **state)
{
    struct server *server = *state;
    char sha256[SHA256_SIZE], path[RIG_PATH_SIZE], url[RIG_PATH_SIZE];
    struct answer answer;

    add_film(server, "tv.mpg", CONTENT_HEALTH, false, sha256);
    (void)snprintf(path, sizeof(path), "/api/v1/films/%s/preview", sha256);
    answer = server_ask(server, ASK_CONTRACTOR_A, "POST", path, "{}");
    assert_int_equal(answer.status, 201);
    (void)snprintf(url, sizeof(url), "%s", answer_text(&answer, "url"));
    assert_true(answer_int(&answer, "expires") <= cloud_now(NULL) + PREVIEW_MS);
    answer_free(&answer);
    answer = server_ask_with(server, ASK_CONTRACTOR_A, "GET", url, NULL, "Range: bytes=4-7");
    assert_int_equal(answer.status, 206);
    assert_string_equal(answer.text, "ftyp");
    answer_free(&answer);
    server_expect(server, ASK_CONTRACTOR_B, "GET", url, NULL, 404);
    server_expect(server, ASK_OPERATOR, "GET", url, NULL, 404);
    server_expect(server, ASK_DEVICE_A, "GET", url, NULL, 403);
    server_expect(server, ASK_NOBODY, "GET", url, NULL, 401);
    url[strlen(url) - 1] = url[strlen(url) - 1] == '0' ? '1' : '0';
    server_expect(server, ASK_CONTRACTOR_A, "GET", url, NULL, 404);
    (void)snprintf(path, sizeof(path), "/api/v1/films/%s/still", sha256);
    server_expect(server, ASK_CONTRACTOR_A, "GET", path, NULL, 200);
    server_expect(server, ASK_NOBODY, "GET", path, NULL, 401);
}

static void test_21_3_a_preview_ends(void **state)
{
    struct cloud *cloud = calloc(1, sizeof(*cloud));
    struct identity_who who = {.role = IDENTITY_CONTRACTOR, .id = "c", .csrf = "one session"};
    char token[PREVIEW_TOKEN_SIZE], later[PREVIEW_TOKEN_SIZE], sha256[SHA256_SIZE],
        got[SHA256_SIZE];

    (void)state;
    assert_non_null(cloud);
    memset(sha256, 'a', SHA256_SIZE - 1);
    sha256[SHA256_SIZE - 1] = '\0';
    preview_make(cloud, &who, sha256, 1000, token);
    assert_int_equal(preview_open(cloud, &who, token, 999, got), 0);
    assert_string_equal(got, sha256);
    assert_int_equal(preview_open(cloud, &who, token, 1000, got), -ETIME);
    (void)snprintf(later, sizeof(later), "%s.9999.%s", sha256, strrchr(token, '.') + 1);
    assert_int_equal(preview_open(cloud, &who, later, 999, got), -EACCES);
    (void)snprintf(who.csrf, sizeof(who.csrf), "another session");
    assert_int_equal(preview_open(cloud, &who, token, 999, got), -EACCES);
    assert_int_equal(preview_open(cloud, &who, "", 999, got), -EACCES);
    assert_int_equal(preview_open(cloud, &who, sha256, 999, got), -EACCES);
    free(cloud);
}

/* -- photographs and drawings ------------------------------------------------------------------ */

static struct answer send_photo(struct server *server, enum server_asker who, const char *name)
{
    const char *const headers[2] = {"Content-Type: image/jpeg", NULL};
    struct rig_file file = rig_clip(name);
    char path[RIG_PATH_SIZE];
    struct answer answer;

    site_path(server, CLINIC_A, "photos", path);
    answer = rig_send(server, who, "POST", path, headers, file.bytes, file.size);
    free(file.bytes);
    return answer;
}

static void expect_no_photo(struct server *server, const char *name, long status, const char *error)
{
    struct answer answer = send_photo(server, ASK_CONTRACTOR_A, name);

    if (answer.status != status || strcmp(answer_text(&answer, "error"), error) != 0)
        fail_msg("%s: %ld %s", name, answer.status, answer.text);
    answer_free(&answer);
}

/* Upright, small enough, and without what the telephone wrote into it. */
static void photograph(struct server *server, char sha256[static SHA256_SIZE])
{
    struct answer answer = send_photo(server, ASK_CONTRACTOR_A, "phone.jpg");

    if (answer.status != 201)
        fail_msg("%ld %s", answer.status, answer.text);
    (void)snprintf(sha256, SHA256_SIZE, "%s", answer_text(&answer, "sha256"));
    assert_int_equal(answer_int(&answer, "width"), 1440);
    assert_int_equal(answer_int(&answer, "height"), 1920);
    answer_free(&answer);
}

static void test_a_photograph_loses_its_makers_notes(void **state)
{
    struct server *server = *state;
    char sha256[SHA256_SIZE], path[RIG_PATH_SIZE], command[RIG_PATH_SIZE * 2];

    (void)snprintf(command, sizeof(command), "grep -q 'GPS-35.68' '%s/phone.jpg'", CLIPS);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): fixed text */
    photograph(server, sha256);
    (void)snprintf(command, sizeof(command), "grep -q 'GPS-35.68\\|Exif' '%s/contents/%s'",
                   server->folder, sha256);
    assert_int_not_equal(system(command), 0); /* NOLINT(cert-env33-c): fixed text */
    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/photos/%s", server->site[CLINIC_A],
                   sha256);
    server_expect(server, ASK_CONTRACTOR_A, "GET", path, NULL, 200);
    server_expect(server, ASK_CONTRACTOR_B, "GET", path, NULL, 403);
    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/photos/%s", server->site[CLINIC_B],
                   sha256);
    server_expect(server, ASK_CONTRACTOR_B, "GET", path, NULL, 404);
    (void)snprintf(path, sizeof(path), "/api/v1/contents/%s", sha256);
    server_expect(server, ASK_DEVICE_A, "GET", path, NULL, 200);
    server_expect(server, ASK_DEVICE_B, "GET", path, NULL, 404);
}

static void test_what_is_no_photograph_is_refused(void **state)
{
    struct server *server = *state;
    struct answer answer;

    expect_no_photo(server, "junk.mp4", 400, "not_photo");
    expect_no_photo(server, "text.mp4", 400, "not_photo");
    expect_no_photo(server, "cut.png", 400, "not_photo");
    expect_no_photo(server, "bomb.png", 400, "not_photo");
    expect_no_photo(server, "huge.jpg", 400, "photo_too_large");
    answer = send_photo(server, ASK_CONTRACTOR_B, "still.png");
    assert_int_equal(answer.status, 403);
    answer_free(&answer);
    answer = send_photo(server, ASK_CONTRACTOR_A, "still.png");
    assert_int_equal(answer.status, 201);
    answer_free(&answer);
}

static void test_18_pages_are_drawn_from_templates_and_own_photographs(void **state)
{
    struct server *server = *state;
    char sha256[SHA256_SIZE], body[BODY_SIZE];
    struct answer answer = server_ask(server, ASK_CONTRACTOR_A, "GET", "/api/v1/templates", NULL);

    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(answer.json, "templates")) >= 9);
    assert_true(strlen(answer_text(&answer, "templates.0.fields.0.name")) > 0);
    assert_true(answer_int(&answer, "templates.0.order") <=
                answer_int(&answer, "templates.1.order"));
    assert_null(cJSON_GetObjectItem(
        cJSON_GetArrayItem(cJSON_GetObjectItem(answer.json, "templates"), 0), "wide"));
    answer_free(&answer);
    photograph(server, sha256);
    (void)snprintf(body, sizeof(body),
                   "{\"clinic\":\"さくら内科\",\"width\":640,\"height\":360,\"page\":{\"template\":"
                   "\"photo\",\"fields\":{\"title\":\"健康教室\"},\"photos\":{\"photo\":\"%s\"}}}",
                   sha256);
    answer = server_ask(server, ASK_CONTRACTOR_A, "POST", "/api/v1/drawings", body);
    if (answer.status != 200 || memcmp(answer.text, "\x89PNG", 4) != 0)
        fail_msg("%ld %s", answer.status, answer.text);
    answer_free(&answer);
    server_expect(server, ASK_CONTRACTOR_B, "POST", "/api/v1/drawings", body, 400);
    answer = server_ask(server, ASK_CONTRACTOR_A, "POST", "/api/v1/drawings",
                        "{\"page\":{\"template\":\"nosuch\",\"fields\":{}}}");
    assert_int_equal(answer.status, 400);
    assert_string_equal(answer_text(&answer, "error"), "bad_page");
    answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_notice_with_its_broadcast_period_reaches_the_document),
        cmocka_unit_test(test_mistakes_in_a_content_are_named),
        cmocka_unit_test(test_a_content_may_only_name_films_of_the_site),
        cmocka_unit_test(test_21_a_withdrawal_keeps_its_reason_and_reaches_devices),
        cmocka_unit_test(test_20_only_allowed_films_are_offered_to_contractors),
        cmocka_unit_test(test_a_device_gets_what_its_site_may_show),
        cmocka_unit_test(test_21_3_a_preview_is_of_one_login_and_of_minutes),
        cmocka_unit_test(test_21_3_a_preview_ends),
        cmocka_unit_test(test_a_photograph_loses_its_makers_notes),
        cmocka_unit_test(test_what_is_no_photograph_is_refused),
        cmocka_unit_test(test_18_pages_are_drawn_from_templates_and_own_photographs),
    };
    return cmocka_run_group_tests_name("contents", tests, server_make, server_remove);
}
