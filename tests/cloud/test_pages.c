/* pages.c on a small folder of the test's own, embedded as the real one is. */
#include "http_rig.h"

#include <stdio.h>
#include <string.h>

#include "pages.h"

static const struct http_route routes[] = {PAGES_ROUTES(NULL)};
static struct http_server *server;
static int port;

static int set_up(void **state)
{
    (void)state;
    server = rig_start((struct http_server_options){
        .routes = routes, .route_count = sizeof routes / sizeof routes[0]});
    port = http_server_port(server);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_server_destroy(server);
    return 0;
}

static void expect_page(const char *path, const char *title)
{
    char text[128];
    struct rig_answer answer = rig_get(port, path, "");
    (void)snprintf(text, sizeof text, "<!doctype html><title>%s</title>\n", title);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, text);
    assert_string_equal(rig_header(&answer, "Content-Type"), "text/html; charset=utf-8");
    assert_string_equal(rig_header(&answer, "Cache-Control"), "no-cache");
    rig_free(&answer);
}

static void test_shells(void **state)
{
    (void)state;
    expect_page("/", "index");
    expect_page("/staff/", "staff");
    expect_page("/programme/", "programme");
    expect_page("/operator/", "operator");
    expect_page("/pair/", "pair");
    expect_page("/account/", "account");
    expect_page("/patients/", "patients");
}

static void test_redirect_to_the_slash(void **state)
{
    (void)state;
    struct rig_answer answer = rig_get(port, "/staff", "");
    assert_int_equal(answer.status, 301);
    assert_string_equal(rig_header(&answer, "Location"), "/staff/");
    rig_free(&answer);
}

static void test_assets(void **state)
{
    (void)state;
    struct rig_answer answer = rig_get(port, "/assets/app.js", "");
    char etag[64], known[96];
    assert_int_equal(answer.status, 200);
    assert_string_equal(rig_header(&answer, "Content-Type"), "text/javascript; charset=utf-8");
    assert_string_equal(rig_header(&answer, "Cache-Control"), "no-cache");
    (void)snprintf(etag, sizeof etag, "%s", rig_header(&answer, "ETag"));
    assert_int_equal(strlen(etag), 18);
    rig_free(&answer);

    (void)snprintf(known, sizeof known, "If-None-Match: %s\r\n", etag);
    answer = rig_get(port, "/assets/app.js", known);
    assert_int_equal(answer.status, 304);
    rig_free(&answer);

    answer = rig_get(port, "/assets/app.0123abcd.js", ""); /* the name holds a hash */
    assert_string_equal(rig_header(&answer, "Cache-Control"),
                        "public, max-age=31536000, immutable");
    rig_free(&answer);
    answer = rig_get(port, "/assets/languages/ja.json", "Accept-Encoding: gzip\r\n");
    assert_string_equal(answer.body, "{\"word\":\"\xe8\xaa\x9e\"}\n"); /* too small to be packed */
    rig_free(&answer);
}

static void test_gzip(void **state)
{
    (void)state;
    const struct page *page = pages_find("assets/app.js");
    assert_non_null(page);
    struct rig_answer answer = rig_get(port, "/assets/app.js", "Accept-Encoding: gzip\r\n");
    assert_string_equal(rig_header(&answer, "Content-Encoding"), "gzip");
    assert_int_equal(answer.body_size, page->gzip_size);
    assert_true(page->gzip_size < page->size / 4);
    assert_memory_equal(answer.body, "\x1f\x8b\x08", 3);
    rig_free(&answer);
}

static void test_unknown(void **state)
{
    (void)state;
    static const char *const paths[] = {"/assets/none.js", "/assets/", "/index.html",
                                        "/assets/%2e%2e/index.html", "/assets/languages"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct rig_answer answer = rig_get(port, paths[i], "");
        assert_in_range(answer.status, 400, 404);
        rig_free(&answer);
    }
    assert_null(pages_find("staff"));
    assert_int_equal(pages_count(), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shells),  cmocka_unit_test(test_redirect_to_the_slash),
        cmocka_unit_test(test_assets),  cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
