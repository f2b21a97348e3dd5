/* Who may ask for what: every route, every role, and another clinic's names in the path. */
#include "server_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ids.h"
#include "openapi.h"
#include "routes.h"

static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};

/* The route's path with names of clinic A. */
static void fill_path(const struct server *server, const char *pattern, char *ret, size_t size)
{
    static const char sha[] = "0000000000000000000000000000000000000000000000000000000000000000";
    char uuid[IDS_UUID_SIZE];
    size_t used = 0;

    ids_uuid(uuid);
    for (const char *c = pattern; *c && used + 80 < size; c++) {
        const char *value;

        if (*c != '{') {
            ret[used++] = *c;
            continue;
        }
        ret[used] = '\0';
        value = strstr(ret, "/queues/") && !strstr(ret, "/tickets/") ? "1024-1"
                : strstr(ret, "/programmes/")                        ? uuid
                : strstr(ret, "/sites/")                             ? server->site[CLINIC_A]
                : strstr(ret, "/contents/")                          ? sha
                                                                     : uuid;
        used += (size_t)snprintf(ret + used, size - used, "%s", value);
        c += strcspn(c, "}");
    }
    ret[used] = '\0';
}

static bool is_page(const struct http_route *route)
{
    return strncmp(route->path, "/api/", 5) != 0;
}

/* Routes whose path names a clinic, or something of one. */
static bool names_a_clinic(const struct http_route *route)
{
    return strstr(route->path, "/sites/") ||
           (strstr(route->path, "/queues/") && routes_roles(route) != IDENTITY_ANYONE);
}

static long status_of(struct server *server, enum server_asker who, const struct http_route *route)
{
    char path[256];
    struct answer answer;
    long status;

    fill_path(server, route->path, path, sizeof(path));
    answer = route->method == HTTP_GET
                 ? server_listen(server, who, path, NULL, "\n\n", 3000)
                 : server_ask(server, who, methods[route->method], path, "{}");
    status = answer.status;
    answer_free(&answer);
    return status;
}

static void check(struct server *server, enum server_asker who, const struct http_route *route)
{
    const struct asker *asker = &server->askers[who];
    long status = status_of(server, who, route);
    bool may = routes_roles(route) & (IDENTITY_ANYONE | (unsigned)asker->role);
    bool foreign = names_a_clinic(route) && asker->clinic == CLINIC_B;

    if (status == 500 || (!may && asker->role == IDENTITY_ANYONE && status != 401) ||
        (!may && asker->role != IDENTITY_ANYONE && status != 403) ||
        (may && foreign && status != 403 && status != 404) ||
        (may && !foreign && (status == 401 || status == 403)))
        fail_msg("%s %s by asker %d: %ld", methods[route->method], route->path, (int)who, status);
}

static int64_t head_of(struct server *server)
{
    struct answer answer = server_ask(server, ASK_NOBODY, "GET", "/api/v1/queues/1024-1", NULL);
    int64_t seq = answer_int(&answer, "seq");

    answer_free(&answer);
    return seq;
}

static void test_every_route_asks_who(void **state)
{
    struct server *server = *state;
    size_t count = 0;
    const struct http_route *routes = routes_table(&count);
    int64_t before = head_of(server);

    for (size_t i = 0; i < count; i++) {
        assert_int_not_equal(routes_roles(&routes[i]), 0); /* 0 = somebody forgot */
        for (enum server_asker who = 0; who < ASKERS; who++) {
            bool ends_session =
                routes[i].handler == session_delete && server->askers[who].role != IDENTITY_ANYONE;
            bool slow = strstr(routes[i].path, "/enrol") || strstr(routes[i].path, "/sessions") ||
                        strstr(routes[i].path, "/passwords");
            bool open = routes_roles(&routes[i]) & IDENTITY_ANYONE;

            if (is_page(&routes[i]) || ends_session ||
                (slow && open && routes[i].method == HTTP_POST))
                continue;
            check(server, who, &routes[i]);
        }
    }
    assert_int_equal(head_of(server), before); /* "{}" is no ticket, no call of anybody, no act */
}

/* With whole bodies: what would work at home must not work next door. */
static void test_nothing_of_another_clinic_can_be_changed(void **state)
{
    struct server *server = *state;
    char path[160], body[300], uuid[IDS_UUID_SIZE];
    int64_t before = head_of(server);

    ids_uuid(uuid);
    (void)snprintf(body, sizeof(body), "{\"ticket\":\"%s\"}", uuid);
    server_expect(server, ASK_DEVICE_B, "POST", "/api/v1/queues/1024-1/tickets", body, 403);
    server_expect(server, ASK_STAFF_B, "POST", "/api/v1/queues/1024-1/tickets", body, 403);
    server_expect(server, ASK_STAFF_B, "POST", "/api/v1/queues/1024-1/calls", "{}", 403);
    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/events", server->site[CLINIC_A]);
    server_expect(server, ASK_STAFF_B, "POST", path,
                  "{\"events\":[{\"kind\":\"message\",\"text\":\"x\"}]}", 403);
    server_expect(server, ASK_STAFF_A, "POST", path,
                  "{\"events\":[{\"kind\":\"message\",\"text\":\"\"}]}", 200);
    assert_int_equal(head_of(server), before + 1);
    /* nobody learns whether a site exists */
    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/queue", uuid);
    server_expect(server, ASK_STAFF_B, "GET", path, NULL, 403);
    server_expect(server, ASK_STAFF_B, "GET", "/api/v1/sites/1024/queue", NULL, 403);
}

static void test_a_device_speaks_for_itself_only(void **state)
{
    struct server *server = *state;
    char body[400], uuid[IDS_UUID_SIZE];
    int64_t before = head_of(server);

    ids_uuid(uuid);
    (void)snprintf(body, sizeof(body),
                   "{\"events\":[{\"id\":\"%s\",\"kind\":\"message\",\"at\":1,\"device\":\"%s\"}]}",
                   uuid, server->askers[ASK_DEVICE_A].device);
    server_expect(server, ASK_DEVICE_B, "POST", "/api/v1/device/events", body, 400);
    server_expect(server, ASK_DEVICE_A, "POST", "/api/v1/device/events", body, 200);
    assert_int_equal(head_of(server), before + 1);
}

static void test_people_need_the_csrf_token(void **state)
{
    struct server *server = *state;
    struct answer answer = server_ask_with(server, ASK_STAFF_A, "POST",
                                           "/api/v1/queues/1024-1/calls", "{}", "X-CSRF-Token: x");

    assert_int_equal(answer.status, 403);
    assert_string_equal(answer_text(&answer, "error"), "csrf");
    answer_free(&answer);
}

static void test_a_revoked_device_is_shut_out_at_once(void **state)
{
    struct server *server = *state;
    struct cloud *beside = server_open_beside(server);
    struct answer answer;

    assert_int_equal(identity_device_revoke(beside->identity, server->askers[ASK_DEVICE_B].device),
                     0);
    cloud_close(beside);
    server_expect(server, ASK_DEVICE_B, "GET", "/api/v1/device", NULL, 401);
    answer = server_listen(server, ASK_DEVICE_B, "/api/v1/device/events", NULL, "\n\n", 2000);
    assert_int_equal(answer.status, 401);
    answer_free(&answer);
}

/* -- the document ------------------------------------------------------------------------------ */

/* "/a/{queue_id}/b" and "/a/{}/b" are the same; so are "{path}" and "{*}" at the end. */
static void bare(const char *path, char *ret, size_t size)
{
    size_t used = 0;

    for (; *path && used + 3 < size; path++) {
        ret[used++] = *path;
        if (*path == '{') {
            path += strcspn(path, "}");
            ret[used++] = '}';
        }
    }
    ret[used] = '\0';
}

static bool table_has(const char *path, const char *method)
{
    size_t count = 0;
    const struct http_route *routes = routes_table(&count);
    char wanted[128], have[128];

    bare(path, wanted, sizeof(wanted));
    for (size_t i = 0; i < count; i++) {
        bare(routes[i].path, have, sizeof(have));
        if (strcmp(have, wanted) == 0 && strcasecmp(methods[routes[i].method], method) == 0)
            return true;
    }
    return false;
}

static const cJSON *document_operation(const cJSON *document, const struct http_route *route)
{
    const cJSON *path;
    char wanted[128], have[128];

    bare(route->path, wanted, sizeof(wanted));
    cJSON_ArrayForEach (path, cJSON_GetObjectItem(document, "paths")) {
        bare(path->string, have, sizeof(have));
        if (strcmp(have, wanted) == 0)
            return cJSON_GetObjectItem(path, methods[route->method]); /* any case */
    }
    return NULL;
}

static void test_document_and_table_name_the_same_routes(void **state)
{
    cJSON *document = cJSON_ParseWithLength(openapi_text, openapi_size);
    size_t count = 0;
    const struct http_route *routes = routes_table(&count);
    const cJSON *path, *operation;

    (void)state;
    assert_non_null(document);
    for (size_t i = 0; i < count; i++) {
        const cJSON *found = document_operation(document, &routes[i]);
        bool open = routes_roles(&routes[i]) & IDENTITY_ANYONE;

        if (!found)
            fail_msg("the document lacks %s %s", methods[routes[i].method], routes[i].path);
        if (open != (cJSON_GetArraySize(cJSON_GetObjectItem(found, "security")) == 0))
            fail_msg("the document errs about who may %s %s", methods[routes[i].method],
                     routes[i].path);
    }
    cJSON_ArrayForEach (path, cJSON_GetObjectItem(document, "paths")) {
        cJSON_ArrayForEach (operation, path)
            if (!table_has(path->string, operation->string))
                fail_msg("nobody serves %s %s", operation->string, path->string);
    }
    cJSON_Delete(document);
}

/* Every "$ref" leads somewhere: "#/components/KIND/NAME". */
static void check_refs(const cJSON *json, const cJSON *components)
{
    const cJSON *item;
    char kind[16], name[48];

    cJSON_ArrayForEach (item, json) {
        if (item->string && strcmp(item->string, "$ref") == 0 &&
            (sscanf(item->valuestring, "#/components/%15[a-z]/%47s", kind, name) != 2 ||
             !cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(components, kind),
                                               name)))
            fail_msg("%s is not there", item->valuestring);
        check_refs(item, components);
    }
}

static void test_references_of_the_document(void **state)
{
    struct server *server = *state;
    struct answer answer = server_ask(server, ASK_NOBODY, "GET", "/api/v1/openapi.json", NULL);

    assert_int_equal(answer.status, 200);
    check_refs(answer.json, cJSON_GetObjectItem(answer.json, "components"));
    answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document_and_table_name_the_same_routes),
        cmocka_unit_test(test_references_of_the_document),
        cmocka_unit_test(test_every_route_asks_who),
        cmocka_unit_test(test_nothing_of_another_clinic_can_be_changed),
        cmocka_unit_test(test_a_device_speaks_for_itself_only),
        cmocka_unit_test(test_people_need_the_csrf_token),
        cmocka_unit_test(test_a_revoked_device_is_shut_out_at_once),
    };
    return cmocka_run_group_tests_name("roles", tests, server_make, server_remove);
}
