/* Programmes of many sites: built once, distributed, swapped, approved, followed; what devices then
 * get, signed. */
#include "server_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "contents.h"
#include "programme_document.h"
#include "signing.h"

enum { PATH_SIZE = 240, BODY_SIZE = 2000 };

static const int64_t hour = 3600 * 1000;
static const char health[] = "1111111111111111111111111111111111111111111111111111111111111111";
static const char salt[] = "2222222222222222222222222222222222222222222222222222222222222222";
static const char advert[] = "3333333333333333333333333333333333333333333333333333333333333333";
static const char own[] = "4444444444444444444444444444444444444444444444444444444444444444";
static const char secret[] = "5555555555555555555555555555555555555555555555555555555555555555";
static const char others[] = "6666666666666666666666666666666666666666666666666666666666666666";

/* -- what is there ----------------------------------------------------------------------------- */

static void put_film(struct cloud *cloud, const char *site, const char *sha256,
                     enum content_kind kind, const char *title, bool allowed)
{
    struct film film = {
        .kind = kind, .size = 1000, .duration_ms = 20000, .added = 1, .allowed = allowed};

    (void)snprintf(film.site, sizeof(film.site), "%s", site);
    (void)snprintf(film.sha256, sizeof(film.sha256), "%s", sha256);
    (void)snprintf(film.title, sizeof(film.title), "%s", title);
    assert_int_equal(contents_film_put(cloud->db, &film), 0);
}

static int make(void **state)
{
    struct cloud *beside;
    struct server *server;

    if (server_make(state) < 0)
        return -1;
    server = *state;
    beside = server_open_beside(server);
    put_film(beside, "", health, CONTENT_HEALTH, "手洗い", true);
    put_film(beside, "", salt, CONTENT_HEALTH, "減塩", true);
    put_film(beside, "", advert, CONTENT_ADVERTISEMENT, "麦茶", true);
    put_film(beside, "", secret, CONTENT_HEALTH, "未公開", false);
    put_film(beside, server->site[CLINIC_A], own, CONTENT_SELF_MADE, "当院の歩み", true);
    put_film(beside, server->site[CLINIC_B], others, CONTENT_SELF_MADE, "となりの歩み", true);
    cloud_close(beside);
    return 0;
}

/* The operator's new programme, of an hour ago to an hour ahead, its deadline `left` ms from now.
 */
static void build(struct server *server, int64_t left, char id[static UID_SIZE])
{
    char body[BODY_SIZE];
    int64_t now = cloud_now(NULL);
    struct answer answer;

    (void)snprintf(body, sizeof(body),
                   "{\"title\":\"十二月\",\"from\":%lld,\"to\":%lld,\"deadline\":%lld,\"items\":["
                   "{\"title\":\"手洗い\",\"weekdays\":62},{\"kind\":\"notice\",\"title\":\"休診\","
                   "\"duration_ms\":8000},{\"sha256\":\"%s\"}]}",
                   (long long)(now - hour), (long long)(now + hour), (long long)(now + left),
                   advert);
    answer = server_ask(server, ASK_OPERATOR, "POST", "/api/v1/programmes", body);
    assert_int_equal(answer.status, 201);
    (void)snprintf(id, UID_SIZE, "%s", answer_text(&answer, "programme"));
    answer_free(&answer);
}

static struct answer distribute(struct server *server, const char *id, const char *sites)
{
    char path[PATH_SIZE], body[BODY_SIZE];
    struct answer answer;

    (void)snprintf(path, sizeof(path), "/api/v1/programmes/%s/distribution", id);
    (void)snprintf(body, sizeof(body), "{\"sites\":%s}", sites);
    answer = server_ask(server, ASK_OPERATOR, "POST", path, body);
    return answer;
}

/* Distributes to clinic A; the site's own programme. */
static void distribute_to_a(struct server *server, int64_t left, char programme[static UID_SIZE])
{
    char id[UID_SIZE], sites[80];
    struct answer answer;

    build(server, left, id);
    (void)snprintf(sites, sizeof(sites), "[\"%s\"]", server->site[CLINIC_A]);
    answer = distribute(server, id, sites);
    assert_int_equal(answer.status, 200);
    (void)snprintf(programme, UID_SIZE, "%s", answer_text(&answer, "distributed.0.programme"));
    answer_free(&answer);
}

static struct answer ask_programme(struct server *server, enum server_asker who,
                                   const char *programme, const char *method, const char *tail,
                                   const char *body)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/programmes/%s%s", server->site[CLINIC_A],
                   programme, tail);
    return server_ask(server, who, method, path, body);
}

static void approve(struct server *server, const char *programme)
{
    struct answer answer =
        ask_programme(server, ASK_CONTRACTOR_A, programme, "POST", "/approval", "{}");

    assert_int_equal(answer.status, 200);
    answer_free(&answer);
}

static struct answer swap(struct server *server, const char *programme, int index,
                          const char *sha256)
{
    char tail[24], body[120];

    (void)snprintf(tail, sizeof(tail), "/items/%d", index);
    (void)snprintf(body, sizeof(body), "{\"sha256\":\"%s\"}", sha256);
    return ask_programme(server, ASK_CONTRACTOR_A, programme, "PUT", tail, body);
}

static void expect_swap(struct server *server, const char *programme, int index, const char *sha256,
                        long status, const char *error)
{
    struct answer answer = swap(server, programme, index, sha256);

    assert_int_equal(answer.status, status);
    if (error)
        assert_string_equal(answer_text(&answer, "error"), error);
    answer_free(&answer);
}

/* The document of clinic A's device, read as a device reads it. */
static struct programme_set *document(struct server *server)
{
    struct answer answer =
        server_ask(server, ASK_DEVICE_A, "GET", "/api/v1/device/programme", NULL);
    struct programme_set *set = malloc(sizeof(*set));
    char error[DB_ERROR_SIZE] = "";
    cJSON *json;

    assert_non_null(set);
    assert_int_equal(answer.status, 200);
    json = cJSON_Parse(answer_text(&answer, "document"));
    if (programme_set_from_json(json, set, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    cJSON_Delete(json);
    answer_free(&answer);
    return set;
}

static const struct programme *find_programme(const struct programme_set *set, const char *id)
{
    for (int i = 0; i < set->programme_count; i++)
        if (strcmp(set->programmes[i].id, id) == 0)
            return &set->programmes[i];
    fail_msg("programme %s is not in the document", id);
    return NULL;
}

/* -- many sites -------------------------------------------------------------------------------- */

static void article_20_one_table_reaches_many_sites(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE], mine[UID_SIZE], path[PATH_SIZE];
    struct answer answer;

    build(server, hour, id);
    answer = distribute(server, id, "\"all\"");
    assert_int_equal(answer.status, 200);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(answer.json, "distributed")), 2);
    bool first = strcmp(answer_text(&answer, "distributed.0.site"), server->site[CLINIC_A]) == 0;
    (void)snprintf(
        mine, sizeof(mine), "%s",
        answer_text(&answer, first ? "distributed.0.programme" : "distributed.1.programme"));
    answer_free(&answer);
    approve(server, mine);
    (void)snprintf(path, sizeof(path), "/api/v1/programmes/%s/sites", id);
    answer = server_ask(server, ASK_OPERATOR, "GET", path, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(answer.json, "sites")), 2);
    assert_string_equal(answer_text(&answer, "sites.0.site"), server->site[CLINIC_B]); /* late */
    assert_string_equal(answer_text(&answer, "sites.0.state"), "distributed");
    assert_string_equal(answer_text(&answer, "sites.1.state"), "running");
    assert_string_equal(answer_text(&answer, "sites.1.approved_by"), "contractor-a");
    assert_string_equal(answer_text(&answer, "sites.1.clinic_name"), "さくら内科");
    answer_free(&answer);
    answer = distribute(server, id, "\"all\""); /* who has it keeps it, approval and all */
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(answer.json, "distributed")), 0);
    assert_string_equal(answer_text(&answer, "skipped.0.reason"), "distributed_before");
    answer_free(&answer);
    answer = server_ask(server, ASK_OPERATOR, "GET", "/api/v1/programmes", NULL);
    assert_string_equal(answer_text(&answer, "programmes.0.programme"), id);
    assert_string_equal(answer_text(&answer, "programmes.0.title"), "十二月");
    assert_int_equal(answer_int(&answer, "programmes.0.sites"), 2);
    assert_int_equal(answer_int(&answer, "programmes.0.approved"), 1);
    assert_int_equal(answer_int(&answer, "programmes.0.missed"), 0);
    answer_free(&answer);
}

static void late_sites_come_first(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE], path[PATH_SIZE];
    struct answer answer;

    build(server, -1000, id);
    answer = distribute(server, id, "\"all\"");
    answer_free(&answer);
    (void)snprintf(path, sizeof(path), "/api/v1/programmes/%s/sites", id);
    answer = server_ask(server, ASK_OPERATOR, "GET", path, NULL);
    assert_string_equal(answer_text(&answer, "sites.0.state"), "missed");
    assert_string_equal(answer_text(&answer, "sites.0.devices.0.state"), "unknown");
    answer_free(&answer);
}

static void a_mistake_reaches_nobody(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE], sites[200];
    struct answer answer;

    build(server, hour, id);
    (void)snprintf(sites, sizeof(sites), "[\"%s\",\"nowhere\"]", server->site[CLINIC_A]);
    answer = distribute(server, id, sites);
    assert_int_equal(answer.status, 400);
    answer_free(&answer);
    answer = distribute(server, id, "7");
    assert_int_equal(answer.status, 400);
    answer_free(&answer);
    answer = distribute(server, server->site[CLINIC_A], "\"all\"");
    assert_int_equal(answer.status, 404);
    answer_free(&answer);
    (void)snprintf(sites, sizeof(sites), "/api/v1/programmes/%s/sites", id);
    answer = server_ask(server, ASK_OPERATOR, "GET", sites, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(answer.json, "sites")), 0);
    answer_free(&answer);
    answer = server_ask(server, ASK_OPERATOR, "POST", "/api/v1/programmes",
                        "{\"from\":1,\"to\":2,\"deadline\":1,\"items\":[{\"title\":\"無い\"}]}");
    assert_int_equal(answer.status, 400);
    assert_string_equal(answer_text(&answer, "field"), "items[0].title");
    answer_free(&answer);
}

/* Terms 4: a clinic without the video service has no programme, and its devices play nothing. */
/* Another process changes the settings: the server follows within a turn of its keeper. */
static void change_video(struct server *server, bool video)
{
    const struct timespec nap = {.tv_nsec = 50 * 1000 * 1000};
    struct cloud *beside = server_open_beside(server);
    struct site *site = sites_find(beside->sites, server->site[CLINIC_A]);
    char error[DB_ERROR_SIZE] = "";
    cJSON *settings = NULL;
    bool seen = !video;

    assert_int_equal(site_settings_json(site, &settings), 0);
    cJSON_DeleteItemFromObject(settings, "video");
    cJSON_AddBoolToObject(settings, "video", video);
    if (site_change_settings(site, settings, "test", error, sizeof(error)) < 0)
        fail_msg("%s", error);
    cJSON_Delete(settings);
    cloud_close(beside);
    for (int tries = 0; tries < 200 && seen != video; tries++) {
        struct programme_set *set = document(server);

        seen = set->video_service;
        free(set);
        (void)nanosleep(&nap, NULL);
    }
    assert_int_equal(seen, video);
}

static void article_4_no_video_service_no_programme(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE];
    struct answer answer;

    change_video(server, false);
    build(server, hour, id);
    answer = distribute(server, id, "\"all\"");
    assert_string_equal(answer_text(&answer, "skipped.0.site"), server->site[CLINIC_A]);
    assert_string_equal(answer_text(&answer, "skipped.0.reason"), "no_video_service");
    answer_free(&answer);
    change_video(server, true);
}

/* -- swapping ---------------------------------------------------------------------------------- */

static void article_20_films_are_swapped_from_the_catalogue(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE];
    struct programme_set *set;
    const struct content *item;
    struct answer answer;

    distribute_to_a(server, hour, id);
    expect_swap(server, id, 0, advert, 409, "other_kind");
    expect_swap(server, id, 0, secret, 409, "not_allowed");
    expect_swap(server, id, 0, others, 409, "not_allowed");
    expect_swap(server, id, 0, "xx", 409, "not_allowed");
    expect_swap(server, id, 1, salt, 404, "no_item"); /* a drawn notice */
    expect_swap(server, id, 3, salt, 404, "no_item");
    answer = ask_programme(server, ASK_CONTRACTOR_B, id, "PUT", "/items/0", "{\"sha256\":\"x\"}");
    assert_int_equal(answer.status, 403);
    answer_free(&answer);
    answer = swap(server, id, 0, salt);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_text(&answer, "items.0.title"), "減塩");
    assert_string_equal(answer_text(&answer, "items.0.first.sha256"), health);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(answer.json, "approval_taken_back")));
    answer_free(&answer);
    expect_swap(server, id, 2, own, 200, NULL); /* an advertisement for the clinic's own */
    approve(server, id);
    set = document(server);
    item = find_programme(set, id)->items;
    assert_string_equal(item[0].sha256, salt);
    assert_int_equal(item[0].weekdays, 62); /* the place's days stay */
    assert_int_equal(item[2].kind, CONTENT_SELF_MADE);
    free(set);
}

static void article_20_a_swap_takes_the_approval_back(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE];
    struct programme_set *set;
    struct answer answer;

    distribute_to_a(server, hour, id);
    approve(server, id);
    answer = swap(server, id, 0, salt);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(answer.json, "approval_taken_back")));
    assert_string_equal(answer_text(&answer, "state"), "distributed");
    assert_string_equal(answer_text(&answer, "approved_by"), "");
    answer_free(&answer);
    set = document(server);
    assert_false(programme_approved(find_programme(set, id)));
    free(set);
    answer = swap(server, id, 0, health); /* back to what stood there first */
    assert_null(cJSON_GetObjectItem(
        cJSON_GetArrayItem(cJSON_GetObjectItem(answer.json, "items"), 0), "first"));
    answer_free(&answer);
    approve(server, id);
    set = document(server);
    assert_true(programme_approved(find_programme(set, id)));
    free(set);
}

static void article_20_after_the_deadline_nothing_is_swapped(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE];
    struct answer answer;

    distribute_to_a(server, -1, id);
    expect_swap(server, id, 0, salt, 409, "deadline_passed");
    answer = ask_programme(server, ASK_CONTRACTOR_A, id, "POST", "/approval", "{}");
    assert_int_equal(answer.status, 409);
    answer_free(&answer);
}

/* -- what devices get and tell ----------------------------------------------------------------- */

static void article_3_5_the_document_holds_the_clinics_own_contents(void **state)
{
    struct server *server = *state;
    struct cloud *beside = server_open_beside(server);
    struct clinic_content content = {.id = "3f0e5c1a-0000-4000-8000-0000000000aa",
                                     .kind = CONTENT_SELF_MADE,
                                     .title = "当院の歩み",
                                     .duration_ms = 20000,
                                     .active = true,
                                     .made = 1,
                                     .changed = 1};
    struct programme_set *set;
    pid_t pid;

    memcpy(content.sha256, own, sizeof(own));
    pid = server_listener(server, ASK_DEVICE_A, "/api/v1/device/events", "event: programme");
    assert_int_equal(contents_clinic_put(beside->db, server->site[CLINIC_A], &content), 0);
    assert_int_equal(server_listener_end(pid), 0);
    set = document(server);
    assert_int_equal(set->clinic_count, 1);
    assert_string_equal(set->clinic[0].sha256, own);
    free(set);
    cloud_close(beside);
}

static void article_21_a_withdrawn_film_is_named_to_devices(void **state)
{
    struct server *server = *state;
    struct cloud *beside = server_open_beside(server);
    struct programme_set *set = document(server);
    int64_t before = set->edition;
    pid_t pid;

    free(set);
    pid = server_listener(server, ASK_DEVICE_A, "/api/v1/device/events", "event: programme");
    assert_int_equal(contents_withdraw(beside->db, NULL, salt, "薬機法", "operator", 5), 0);
    assert_int_equal(server_listener_end(pid), 0);
    set = document(server);
    assert_true(set->edition > before);
    assert_int_equal(set->withdrawn_count, 1);
    assert_string_equal(set->withdrawn[0], salt);
    free(set);
    cloud_close(beside);
}

static void tell_status(struct server *server, const char *programme)
{
    char body[300];

    (void)snprintf(body, sizeof(body), "{\"printer\":\"none\",\"programme\":%s}", programme);
    server_expect(server, ASK_DEVICE_A, "PUT", "/api/v1/device/status", body, 200);
}

static void expect_told(struct server *server, const char *id, const char *key, const char *value)
{
    char path[PATH_SIZE];
    struct answer answer;
    const cJSON *programme, *found = NULL;

    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/programmes", server->site[CLINIC_A]);
    answer = server_ask(server, ASK_CONTRACTOR_A, "GET", path, NULL);
    cJSON_ArrayForEach (programme, cJSON_GetObjectItem(answer.json, "programmes"))
        if (strcmp(cJSON_GetObjectItem(programme, "id")->valuestring, id) == 0)
            found = cJSON_GetArrayItem(cJSON_GetObjectItem(programme, "devices"), 0);
    assert_non_null(found);
    assert_string_equal(cJSON_GetObjectItem(found, key)->valuestring, value);
    answer_free(&answer);
}

static void expect_state(struct server *server, const char *id, const char *state)
{
    expect_told(server, id, "state", state);
}

static void devices_tell_how_far_they_are(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE], body[200];
    struct programme_set *set;

    distribute_to_a(server, hour, id);
    set = document(server);
    long long edition = set->edition;
    free(set);
    (void)snprintf(body, sizeof(body), "{\"edition\":%lld,\"files\":3,\"present\":3}",
                   edition - 100000);
    tell_status(server, body);
    expect_state(server, id, "waiting");
    (void)snprintf(body, sizeof(body),
                   "{\"edition\":%lld,\"files\":3,\"present\":2,\"fault\":\"disk_full\"}", edition);
    tell_status(server, body);
    expect_state(server, id, "downloading");
    expect_told(server, id, "fault", "disk_full");
    tell_status(server, "{\"edition\":0,\"files\":0,\"present\":0,\"fault\":\"signature\"}");
    expect_state(server, id, "waiting");
    expect_told(server, id, "fault", "signature");
    (void)snprintf(body, sizeof(body), "{\"edition\":%lld,\"files\":3,\"present\":3}", edition);
    tell_status(server, body);
    expect_state(server, id, "downloaded");
    (void)snprintf(body, sizeof(body),
                   "{\"edition\":%lld,\"files\":3,\"present\":3,\"confirmed\":true}", edition);
    tell_status(server, body);
    expect_state(server, id, "confirmed");
    (void)snprintf(body, sizeof(body),
                   "{\"edition\":%lld,\"files\":3,\"present\":3,\"confirmed\":true,\"playing\":"
                   "\"手洗い\"}",
                   edition);
    tell_status(server, body);
    expect_state(server, id, "playing");
    approve(server, id); /* a new version: it has not got that yet */
    expect_state(server, id, "waiting");
    tell_status(server, "\"an-older-kiosk-names-it\"");
    server_expect(server, ASK_DEVICE_A, "PUT", "/api/v1/device/status",
                  "{\"programme\":{\"edition\":-1}}", 400);
}

/* -- signature, edition, key ------------------------------------------------------------------- */

static bool verifies(const struct answer *answer, const cJSON *key_text)
{
    static const char prefix[] = "machiai-programme-1\n";
    const char *text = answer_text(answer, "document"), *base64 = answer_text(answer, "signature");
    uint8_t key[32], signature[64];
    size_t size = strlen(prefix) + strlen(text);
    char *message = malloc(size + 1);
    bool good;

    assert_non_null(message);
    (void)snprintf(message, size + 1, "%s%s", prefix, text);
    assert_int_equal(sodium_base642bin(key, 32, key_text->valuestring,
                                       strlen(key_text->valuestring), NULL, NULL, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    assert_int_equal(sodium_base642bin(signature, 64, base64, strlen(base64), NULL, NULL, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    good = crypto_sign_verify_detached(signature, (uint8_t *)message, size, key) == 0;
    free(message);
    return good;
}

static void a_document_is_signed_by_the_key_that_devices_know(void **state)
{
    struct server *server = *state;
    struct answer device = server_ask(server, ASK_DEVICE_A, "GET", "/api/v1/device", NULL);
    struct answer answer =
        server_ask(server, ASK_DEVICE_A, "GET", "/api/v1/device/programme", NULL);
    const cJSON *key = cJSON_GetArrayItem(cJSON_GetObjectItem(device.json, "programme_keys"), 0);

    assert_true(verifies(&answer, key));
    answer_free(&answer);
    answer_free(&device);
}

static void a_new_key_is_announced_by_the_old_one(void **state)
{
    struct server *server = *state;
    struct answer device, before, after;
    char key_id[SIGNING_KEY_ID_SIZE];
    struct cloud *beside = server_open_beside(server);
    pid_t pid;

    before = server_ask(server, ASK_DEVICE_A, "GET", "/api/v1/device/programme", NULL);
    pid = server_listener(server, ASK_DEVICE_A, "/api/v1/device/events", "event: programme");
    assert_int_equal(signing_rotate(server->folder, key_id), 0);
    assert_int_equal(contents_changed(beside->db, ""), 0);
    assert_int_equal(server_listener_end(pid), 0);
    after = server_ask(server, ASK_DEVICE_A, "GET", "/api/v1/device/programme", NULL);
    assert_string_equal(answer_text(&after, "key_id"), key_id);
    assert_string_not_equal(answer_text(&before, "key_id"), key_id);
    device = server_ask(server, ASK_DEVICE_A, "GET", "/api/v1/device", NULL);
    assert_true(verifies(
        &after, cJSON_GetArrayItem(cJSON_GetObjectItem(device.json, "programme_keys"), 0)));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(device.json, "key_succession")), 1);
    answer_free(&device);
    answer_free(&before);
    answer_free(&after);
    cloud_close(beside);
}

/* A cloud restored from a backup, or one whose clock was set back, still gives a higher edition. */
static void an_edition_never_goes_back(void **state)
{
    struct server *server = *state;
    struct cloud *beside = server_open_beside(server);
    int64_t ahead = cloud_now(NULL) + 50 * hour;
    struct programme_set *set;

    assert_true(db_run(beside->db, "UPDATE programme_document SET edition = $1 WHERE site = $2",
                       "it", ahead, server->site[CLINIC_A]) == 1);
    assert_int_equal(contents_withdraw(beside->db, NULL, health, "x", "operator", 5), 0);
    set = document(server);
    assert_true(set->edition == ahead + 1);
    free(set);
    set = document(server); /* nothing new: the same edition */
    assert_true(set->edition == ahead + 1);
    free(set);
    cloud_close(beside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(article_20_one_table_reaches_many_sites),
        cmocka_unit_test(late_sites_come_first),
        cmocka_unit_test(a_mistake_reaches_nobody),
        cmocka_unit_test(article_4_no_video_service_no_programme),
        cmocka_unit_test(article_20_films_are_swapped_from_the_catalogue),
        cmocka_unit_test(article_20_a_swap_takes_the_approval_back),
        cmocka_unit_test(article_20_after_the_deadline_nothing_is_swapped),
        cmocka_unit_test(article_3_5_the_document_holds_the_clinics_own_contents),
        cmocka_unit_test(devices_tell_how_far_they_are),
        cmocka_unit_test(article_21_a_withdrawn_film_is_named_to_devices),
        cmocka_unit_test(a_document_is_signed_by_the_key_that_devices_know),
        cmocka_unit_test(a_new_key_is_announced_by_the_old_one),
        cmocka_unit_test(an_edition_never_goes_back),
    };
    return cmocka_run_group_tests_name("programme_model", tests, make, server_remove);
}
