#include "http_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST      "Host: localhost\r\n"
#define LEAVE     "Connection: close\r\n"
#define POST_ECHO "POST /echo HTTP/1.1\r\n"

static char film_path[64];
enum { FILM_SIZE = 700 * 1000 };

/* -- handlers ---------------------------------------------------------------------------------- */

static void reply_text(struct http_request *req, const char *text)
{
    http_reply(req, 200, "text/plain", text, strlen(text), NULL);
}

static void on_hello(struct http_request *req, void *context)
{
    (void)context;
    http_reply(req, 200, "text/plain", "hello", 5, "\"h1\"");
}

static void on_echo(struct http_request *req, void *context)
{
    size_t size = 0;
    (void)context;
    const char *body = http_body(req, &size);
    http_reply(req, 200, "text/plain", body, size, NULL);
}

static void on_param(struct http_request *req, void *context)
{
    (void)context;
    reply_text(req, http_printf(req, "[%s][%s]", http_param(req, 0), http_param(req, 1)));
}

static void on_asked(struct http_request *req, void *context)
{
    const char *q = http_query(req, "q"), *cookie = http_cookie(req, "machiai_session");
    (void)context;
    reply_text(req,
               http_printf(req, "%s|%s|%s", q ? q : "-", cookie ? cookie : "-", http_peer(req)));
}

static void on_film(struct http_request *req, void *context)
{
    (void)context;
    if (http_reply_file(req, film_path, "video/mp4", "\"film\"") != 0)
        http_reply_error(req, 404, "not_found", "No film.", NULL);
}

static void on_static(struct http_request *req, void *context)
{
    (void)context;
    http_add_header(req, "Cache-Control", "no-cache");
    http_reply_static(req, "text/html; charset=utf-8", "plain", 5, "PACKED", 6, "\"s1\"");
}

static void on_slow(struct http_request *req, void *context)
{
    (void)context;
    (void)usleep(300 * 1000);
    reply_text(req, "slow");
}

static void on_held(struct http_request *req, void *context)
{
    (void)context;
    http_hold(req, 1500);
    http_reply_error(req, 401, "unauthorized", "Say \"please\".", "pass\nword");
}

static void on_nothing(struct http_request *req, void *context)
{
    (void)req;
    (void)context;
}

static bool gate(struct http_request *req, const struct http_route *route, void *context)
{
    (void)context;
    if (route->data)
        http_reply_error(req, 403, "forbidden", "Not for you.", NULL);
    return !route->data;
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", on_hello, NULL},          {HTTP_GET, "/hello", on_hello, NULL},
    {HTTP_POST, "/echo", on_echo, NULL},      {HTTP_PUT, "/echo", on_echo, NULL},
    {HTTP_GET, "/q/{}", on_param, NULL},      {HTTP_GET, "/q/{}/x/{}", on_param, NULL},
    {HTTP_GET, "/files/{*}", on_param, NULL}, {HTTP_GET, "/asked", on_asked, NULL},
    {HTTP_GET, "/film", on_film, NULL},       {HTTP_GET, "/static", on_static, NULL},
    {HTTP_GET, "/slow", on_slow, NULL},       {HTTP_GET, "/held", on_held, NULL},
    {HTTP_GET, "/nothing", on_nothing, NULL}, {HTTP_GET, "/secret", on_hello, "no"},
};

static struct http_server_options options(void)
{
    return (struct http_server_options){.routes = routes,
                                        .route_count = sizeof routes / sizeof routes[0],
                                        .gate = gate,
                                        .workers = 2};
}

static struct http_server *server;
static int port;

static int set_up(void **state)
{
    (void)state;
    server = rig_start(options());
    port = http_server_port(server);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_server_destroy(server);
    return 0;
}

/* Both compare the whole body and free the answer. */
static void expect_body(struct rig_answer answer, int status, const char *body)
{
    assert_int_equal(answer.status, status);
    assert_string_equal(answer.body, body);
    rig_free(&answer);
}

static void expect_error(struct rig_answer answer, int status, const char *code)
{
    char start[64];
    (void)snprintf(start, sizeof start, "{\"error\":\"%s\",\"message\":\"", code);
    assert_int_equal(answer.status, status);
    assert_string_equal(rig_header(&answer, "Content-Type"), "application/json");
    assert_memory_equal(answer.body, start, strlen(start));
    rig_free(&answer);
}

/* -- ordinary use ------------------------------------------------------------------------------ */

static void test_answers_and_headers(void **state)
{
    (void)state;
    struct rig_answer answer = rig_get(port, "/hello", "");
    assert_string_equal(rig_header(&answer, "X-Content-Type-Options"), "nosniff");
    assert_string_equal(rig_header(&answer, "Referrer-Policy"), "no-referrer");
    assert_string_equal(rig_header(&answer, "Cache-Control"), "no-store");
    assert_string_equal(rig_header(&answer, "ETag"), "\"h1\"");
    assert_null(rig_header(&answer, "Strict-Transport-Security")); /* plain HTTP */
    assert_int_equal(strlen(rig_header(&answer, "X-Request-Id")), 16);
    assert_memory_equal(rig_header(&answer, "Content-Security-Policy"), "default-src 'none'", 18);
    expect_body(answer, 200, "hello");

    answer = rig_get(port, "/static", "");
    assert_memory_equal(rig_header(&answer, "Content-Security-Policy"), "default-src 'self'", 18);
    assert_string_equal(rig_header(&answer, "Cache-Control"), "no-cache");
    rig_free(&answer);

    answer = rig_ask(port, "HEAD /hello HTTP/1.1\r\n" HOST LEAVE "\r\n");
    assert_string_equal(rig_header(&answer, "Content-Length"), "5");
    expect_body(answer, 200, "");
}

static void test_routes(void **state)
{
    (void)state;
    expect_body(rig_get(port, "/", ""), 200, "hello");
    expect_body(rig_get(port, "/q/1024-1", ""), 200, "[1024-1][]");
    expect_body(rig_get(port, "/q/a%20b/x/%E5%BE%85", ""), 200, "[a b][\xe5\xbe\x85]");
    expect_body(rig_get(port, "/files/js/app.js", ""), 200, "[js/app.js][]");
    expect_error(rig_get(port, "/q/", ""), 404, "not_found");
    expect_error(rig_get(port, "/q/a/", ""), 404, "not_found");
    expect_error(rig_get(port, "/hello/", ""), 404, "not_found");
    expect_error(rig_get(port, "/secret", ""), 403, "forbidden");
    expect_error(rig_get(port, "/nothing", ""), 500, "internal");

    struct rig_answer answer = rig_get(port, "/echo", "");
    assert_string_equal(rig_header(&answer, "Allow"), "POST, PUT");
    expect_error(answer, 405, "method_not_allowed");
    expect_error(rig_ask(port, "BREW /hello HTTP/1.1\r\n" HOST LEAVE "\r\n"), 405,
                 "method_not_allowed");
}

static void test_query_cookie_peer(void **state)
{
    (void)state;
    expect_body(rig_get(port, "/asked?x=1&q=a+%26b",
                        "Cookie: a=1; xmachiai_session=no; machiai_session=tok\r\n"),
                200, "a &b|tok|127.0.0.1");
    expect_body(rig_get(port, "/asked?qq=1&q", ""), 200, "|-|127.0.0.1");
    expect_body(rig_get(port, "/asked?q=%zz", ""), 200, "-|-|127.0.0.1");
}

static void test_peer_behind_a_proxy(void **state)
{
    (void)state;
    struct http_server_options behind = options();
    static const char *const near[] = {"::1", "127.0.0.1"}, *const far[] = {"192.0.2.7"};
    behind.proxies = near;
    behind.proxy_count = 2;
    struct http_server *hidden = rig_start(behind);
    int to = http_server_port(hidden);
    static const char claim[] = "X-Forwarded-For: 203.0.113.9\r\n";

    expect_body(rig_get(port, "/asked", claim), 200, "-|-|127.0.0.1"); /* no proxy: a lie */
    expect_body(rig_get(to, "/asked", claim), 200, "-|-|203.0.113.9");
    expect_body(rig_get(to, "/asked",
                        "X-Forwarded-For: 10.0.0.1\r\n"
                        "X-Forwarded-For: 10.0.0.2,  2001:db8::1\r\n"),
                200, "-|-|2001:db8::1");
    expect_body(rig_get(to, "/asked", "X-Forwarded-For: unknown\r\n"), 200, "-|-|127.0.0.1");
    expect_body(rig_get(to, "/asked", ""), 200, "-|-|127.0.0.1");
    http_server_destroy(hidden);

    behind.proxies = far; /* we are not the one who is named */
    behind.proxy_count = 1;
    hidden = rig_start(behind);
    expect_body(rig_get(http_server_port(hidden), "/asked", claim), 200, "-|-|127.0.0.1");
    http_server_destroy(hidden);
}

static void test_bodies(void **state)
{
    (void)state;
    expect_body(
        rig_ask(port, "POST /echo HTTP/1.1\r\n" HOST LEAVE "Content-Length: 5\r\n\r\nabcde"), 200,
        "abcde");
    expect_body(rig_ask(port,
                        "PUT /echo HTTP/1.1\r\n" HOST LEAVE "Transfer-Encoding: chunked\r\n\r\n"
                        "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"),
                200, "abcde");
    expect_body(rig_ask(port, "POST /echo HTTP/1.1\r\n" HOST LEAVE "\r\n"), 200, "");
}

static void test_two_requests_in_one_write(void **state)
{
    (void)state;
    struct rig_answer answer =
        rig_ask(port, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"
                      "GET /hello HTTP/1.1\r\n" HOST LEAVE "\r\n");
    assert_memory_equal(answer.body, "abcHTTP/1.1 200 OK", 18);
    rig_free(&answer);
}

static void test_etag(void **state)
{
    (void)state;
    struct rig_answer answer = rig_get(port, "/hello", "If-None-Match: \"x\", W/\"h1\"\r\n");
    assert_string_equal(rig_header(&answer, "ETag"), "\"h1\"");
    expect_body(answer, 304, "");
    expect_body(rig_get(port, "/hello", "If-None-Match: *\r\n"), 304, "");
    expect_body(rig_get(port, "/hello", "If-None-Match: \"h\"\r\n"), 200, "hello");
    expect_body(rig_get(port, "/hello", "If-None-Match: h1\r\n"), 200, "hello");
}

static void test_gzip_variant(void **state)
{
    (void)state;
    struct rig_answer answer = rig_get(port, "/static", "Accept-Encoding: br, gzip;q=0.5\r\n");
    assert_string_equal(rig_header(&answer, "Content-Encoding"), "gzip");
    assert_string_equal(rig_header(&answer, "Vary"), "Accept-Encoding");
    assert_string_equal(rig_header(&answer, "ETag"), "\"s1-gz\"");
    expect_body(answer, 200, "PACKED");
    answer = rig_get(port, "/static", "Accept-Encoding: gzip;q=0, br\r\n");
    assert_null(rig_header(&answer, "Content-Encoding"));
    expect_body(answer, 200, "plain");
    expect_body(rig_get(port, "/static", "If-None-Match: \"s1-gz\"\r\n"), 304, "");
}

/* A browser puts the headers of a 304 over those it has kept: with the policy of what is no page, a
 * page stayed blank at its second visit. */
static void test_unchanged_page_keeps_its_policy(void **state)
{
    (void)state;
    struct rig_answer answer = rig_get(port, "/static", "If-None-Match: \"s1\"\r\n");
    assert_int_equal(answer.status, 304);
    assert_memory_equal(rig_header(&answer, "Content-Security-Policy"), "default-src 'self'", 18);
    assert_null(rig_header(&answer, "Content-Type"));
    rig_free(&answer);
    answer = rig_get(port, "/hello", "If-None-Match: \"h1\"\r\n");
    assert_int_equal(answer.status, 304);
    assert_memory_equal(rig_header(&answer, "Content-Security-Policy"), "default-src 'none'", 18);
    rig_free(&answer);
}

/* -- films ------------------------------------------------------------------------------------- */

static char film_byte(size_t at)
{
    return (char)('a' + at % 23);
}

static void expect_film(const char *headers, int status, const char *range, size_t from,
                        size_t size)
{
    struct rig_answer answer = rig_get(port, "/film", headers);
    const char *content_range = rig_header(&answer, "Content-Range");

    assert_int_equal(answer.status, status);
    if (range)
        assert_string_equal(content_range, range);
    else
        assert_null(content_range);
    if (status != 416) {
        assert_int_equal(answer.body_size, size);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(answer.body[i], film_byte(from + i));
    }
    rig_free(&answer);
}

static void test_range(void **state)
{
    (void)state;
    expect_film("", 200, NULL, 0, FILM_SIZE);
    expect_film("Range: bytes=0-0\r\n", 206, "bytes 0-0/700000", 0, 1);
    expect_film("Range: bytes=100000-299999\r\n", 206, "bytes 100000-299999/700000", 100000,
                200000);
    expect_film("Range: bytes=699990-\r\n", 206, "bytes 699990-699999/700000", 699990, 10);
    expect_film("Range: bytes=-3\r\n", 206, "bytes 699997-699999/700000", 699997, 3);
    expect_film("Range: bytes=-900000\r\n", 206, "bytes 0-699999/700000", 0, FILM_SIZE);
    expect_film("Range: bytes=5-900000\r\n", 206, "bytes 5-699999/700000", 5, FILM_SIZE - 5);
    expect_film("Range: bytes=700000-\r\n", 416, "bytes */700000", 0, 0);
    expect_film("Range: bytes=-0\r\n", 416, "bytes */700000", 0, 0);
    /* not one plain range: the whole */
    expect_film("Range: bytes=0-1,4-5\r\n", 200, NULL, 0, FILM_SIZE);
    expect_film("Range: bytes=5-2\r\n", 200, NULL, 0, FILM_SIZE);
    expect_film("Range: lines=1-2\r\n", 200, NULL, 0, FILM_SIZE);
    expect_film("Range: bytes=0-1\r\nIf-Range: \"old\"\r\n", 200, NULL, 0, FILM_SIZE);
    expect_film("Range: bytes=0-1\r\nIf-Range: \"film\"\r\n", 206, "bytes 0-1/700000", 0, 2);
}

/* The pages of the file are thrown out of the cache first, so the reader must fetch them. */
static void test_cold_film(void **state)
{
    (void)state;
    int fd = open(film_path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(fsync(fd), 0);
    assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
    (void)close(fd);
    expect_film("", 200, NULL, 0, FILM_SIZE);
}

/* -- time -------------------------------------------------------------------------------------- */

static void test_held_answer_keeps_no_worker(void **state)
{
    (void)state;
    int fds[6];
    int64_t began = rig_now();

    for (int i = 0; i < 6; i++) {
        fds[i] = rig_connect(port);
        rig_say(fds[i], "GET /held HTTP/1.1\r\n" HOST LEAVE "\r\n");
    }
    expect_body(rig_get(port, "/hello", ""), 200, "hello");
    assert_true(rig_now() - began < 1400);
    for (int i = 0; i < 6; i++) {
        struct rig_answer answer = rig_read(fds[i]);
        assert_true(rig_now() - began >= 1490);
        assert_string_equal(answer.body,
                            "{\"error\":\"unauthorized\",\"message\":\"Say \\\"please\\\".\","
                            "\"field\":\"pass\\u000aword\"}");
        rig_free(&answer);
        (void)close(fds[i]);
    }
    assert_true(rig_now() - began < 4000); /* six in turn on two workers would take longer */
}

/* -- leaving ----------------------------------------------------------------------------------- */

static void test_client_leaves_during_the_handler(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        int fd = rig_connect(port);
        rig_say(fd, "GET /slow HTTP/1.1\r\n" HOST "\r\n");
        (void)close(fd);
    }
    expect_body(rig_get(port, "/slow", ""), 200, "slow");
}

/* Running handlers finish and their answers leave; queued and held ones must not hang or crash. */
static void test_stop_with_requests_under_way(void **state)
{
    (void)state;
    struct http_server *short_lived = rig_start(options());
    int fds[8];
    for (int i = 0; i < 8; i++) {
        fds[i] = rig_connect(http_server_port(short_lived));
        rig_say(fds[i], i % 2 ? "GET /slow HTTP/1.1\r\n" HOST LEAVE "\r\n"
                              : "GET /held HTTP/1.1\r\n" HOST LEAVE "\r\n");
    }
    (void)usleep(100 * 1000);
    http_server_destroy(short_lived);
    for (int i = 0; i < 8; i++) {
        struct rig_answer answer = rig_read(fds[i]);
        assert_int_equal(answer.status, i % 2 ? 200 : 401);
        rig_free(&answer);
        (void)close(fds[i]);
    }
}

static void test_log_names_the_route_only(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct http_server_options logged = options();
    logged.log_fd = ends[1];
    struct http_server *talker = rig_start(logged);
    struct rig_answer answer = rig_get(http_server_port(talker), "/q/SECRETCODE?pw=hush", "");
    char id[32];
    (void)snprintf(id, sizeof id, "%s", rig_header(&answer, "X-Request-Id"));
    rig_free(&answer);
    http_server_destroy(talker);

    char line[1024] = "";
    assert_true(read(ends[0], line, sizeof line - 1) > 0);
    assert_non_null(strstr(line, "\"method\":\"GET\",\"route\":\"/q/{}\",\"status\":200,\"ms\":"));
    assert_non_null(strstr(line, id));
    assert_null(strstr(line, "SECRET"));
    assert_null(strstr(line, "hush"));
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void test_bad_options(void **state)
{
    (void)state;
    struct http_server *none = NULL;
    char address[32];
    static const char *const bad[] = {"",   "localhost", "localhost:1",     "127.0.0.1:",
                                      ":1", "[::1",      "127.0.0.1:65536", "127.0.0.1:1x"};
    struct http_server_options wrong = options();

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        wrong.address = bad[i];
        assert_int_equal(http_server_create(&wrong, &none), -EINVAL);
    }
    (void)snprintf(address, sizeof address, "127.0.0.1:%d", port);
    wrong.address = address;
    assert_int_equal(http_server_create(&wrong, &none), -EADDRINUSE);
    wrong.address = "127.0.0.1:0";
    wrong.certificate = wrong.key = "-----BEGIN CERTIFICATE-----\nnonsense";
    wrong.log_fd = -1;
    assert_int_equal(http_server_create(&wrong, &none), -EBADMSG);
    assert_null(none);
}

static void make_film(void)
{
    const char *folder = getenv("TMPDIR");
    (void)snprintf(film_path, sizeof film_path, "%.40s/machiai-film-XXXXXX",
                   folder ? folder : "/var/tmp");
    int fd = mkstemp(film_path);
    assert_true(fd >= 0);
    FILE *film = fdopen(fd, "w");
    assert_non_null(film);
    for (size_t i = 0; i < FILM_SIZE; i++)
        (void)putc(film_byte(i), film);
    assert_int_equal(fclose(film), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_and_headers),
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_query_cookie_peer),
        cmocka_unit_test(test_peer_behind_a_proxy),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_two_requests_in_one_write),
        cmocka_unit_test(test_etag),
        cmocka_unit_test(test_gzip_variant),
        cmocka_unit_test(test_unchanged_page_keeps_its_policy),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_cold_film),
        cmocka_unit_test(test_held_answer_keeps_no_worker),
        cmocka_unit_test(test_client_leaves_during_the_handler),
        cmocka_unit_test(test_stop_with_requests_under_way),
        cmocka_unit_test(test_log_names_the_route_only),
        cmocka_unit_test(test_bad_options),
    };
    make_film();
    int failed = cmocka_run_group_tests(tests, set_up, tear_down);
    (void)unlink(film_path);
    return failed;
}
