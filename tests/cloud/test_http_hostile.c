/* What a server on the internet is sent: every row must be refused and none may reach a handler. */
#include "http_rig.h"
#include "http_server_internal.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST  "Host: localhost\r\n"
#define LEAVE "Connection: close\r\n"

static atomic_int handler_calls;
static struct http_server *server;
static int port;

static void on_hello(struct http_request *req, void *context)
{
    (void)context;
    atomic_fetch_add(&handler_calls, 1);
    http_reply(req, 200, "text/plain", "hello", 5, NULL);
}

static void on_echo(struct http_request *req, void *context)
{
    size_t size = 0;
    (void)context;
    atomic_fetch_add(&handler_calls, 1);
    const char *body = http_body(req, &size);
    http_reply(req, 200, "text/plain", body, size, NULL);
}

static const struct http_route routes[] = {
    {HTTP_GET, "/hello", on_hello, NULL},  {HTTP_POST, "/echo", on_echo, NULL},
    {HTTP_GET, "/q/{}", on_hello, NULL},   {HTTP_GET, "/files/{*}", on_hello, NULL},
    {HTTP_PATCH, "/piece", on_echo, NULL},
};

static size_t body_max(const struct http_route *route)
{
    return route->method == HTTP_PATCH ? 2 * HTTP_BODY_MAX + 1000 : 0;
}

static struct http_server_options options(void)
{
    return (struct http_server_options){
        .routes = routes, .body_max = body_max, .route_count = sizeof routes / sizeof routes[0]};
}

static int set_up(void **state)
{
    (void)state;
    struct http_server_options quick = options();
    quick.request_seconds = 2; /* some rows only end with the deadline */
    server = rig_start(quick);
    port = http_server_port(server);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_server_destroy(server);
    return 0;
}

static void expect_hello(void)
{
    struct rig_answer answer = rig_get(port, "/hello", "");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "hello");
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

struct hostile {
    const char *what;
    int low, high; /* statuses allowed; 0 = closed without an answer */
    const char *bytes;
    size_t size; /* 0 = strlen */
};

#define POST_ECHO "POST /echo HTTP/1.1\r\n"
#define NEXT      "GET /hello HTTP/1.1\r\n" HOST "\r\n" /* must not be served as a second request */

static const struct hostile hostiles[] = {
    {"no host", 400, 400, "GET /hello HTTP/1.1\r\n\r\n", 0},
    {"no host, 1.0", 400, 400, "GET /hello HTTP/1.0\r\n\r\n", 0},
    {"two hosts", 400, 400, "GET /hello HTTP/1.1\r\n" HOST HOST "\r\n", 0},
    {"empty host", 400, 400, "GET /hello HTTP/1.1\r\nHost:\r\n\r\n", 0},
    {"host with a path", 400, 400, "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 0},
    {"two lengths", 400, 400,
     POST_ECHO HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc" NEXT, 0},
    {"two unlike lengths", 400, 400,
     POST_ECHO HOST "Content-Length: 0\r\nContent-Length: 46\r\n\r\n" NEXT, 0},
    {"list of lengths", 400, 400, POST_ECHO HOST "Content-Length: 3, 3\r\n\r\nabc" NEXT, 0},
    {"length with sign", 400, 400, POST_ECHO HOST "Content-Length: +3\r\n\r\nabc" NEXT, 0},
    {"negative length", 400, 400, POST_ECHO HOST "Content-Length: -3\r\n\r\nabc" NEXT, 0},
    {"hexadecimal length", 400, 400, POST_ECHO HOST "Content-Length: 0x3\r\n\r\nabc" NEXT, 0},
    {"empty length", 400, 400, POST_ECHO HOST "Content-Length:\r\n\r\n" NEXT, 0},
    {"length beyond 64 bits", 400, 413,
     POST_ECHO HOST "Content-Length: 99999999999999999999\r\n\r\nabc", 0},
    {"length and chunked", 400, 400,
     POST_ECHO HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT, 0},
    {"chunked and length", 400, 400,
     POST_ECHO HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" NEXT, 0},
    {"chunked over two lines", 400, 400,
     POST_ECHO HOST "Content-Length: 5\r\nTransfer-Encoding: chun\r\n ked\r\n\r\n0\r\n\r\n" NEXT,
     0},
    {"folded encoding", 400, 400,
     POST_ECHO HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n x\r\n\r\n0\r\n\r\n" NEXT,
     0},
    {"folded twice", 400, 400, "GET /hello HTTP/1.1\r\n" HOST "X:\r\n a\r\n\tb\r\n\r\n" NEXT, 0},
    {"bare line feed", 400, 400, "GET /hello HTTP/1.1\r\n" HOST "X: y\nZ: z\r\n\r\n" NEXT, 0},
    {"bare line feeds at the end", 400, 400, "GET /hello HTTP/1.1\r\n" HOST "X: y\n\n" NEXT, 0},
    {"NUL in a value", 400, 400, "GET /hello HTTP/1.1\r\n" HOST "X: y\0z\r\n\r\n" NEXT,
     sizeof "GET /hello HTTP/1.1\r\n" HOST "X: y\0z\r\n\r\n" NEXT - 1},
    {"nameless line", 400, 400,
     POST_ECHO HOST "Content-Length: 0\r\n:\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT,
     0},
    {"two encodings", 400, 400,
     POST_ECHO HOST
     "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT,
     0},
    {"unknown encoding", 400, 400,
     POST_ECHO HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" NEXT, 0},
    {"identity", 400, 400, POST_ECHO HOST "Transfer-Encoding: identity\r\n\r\nabc" NEXT, 0},
    {"disguised encoding", 400, 400,
     POST_ECHO HOST "Transfer-Encoding: \x0b"
                    "chunked\r\n\r\n0\r\n\r\n" NEXT,
     0},
    {"chunked in 1.0", 400, 400,
     "POST /echo HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT, 0},
    {"space before colon", 400, 400, POST_ECHO HOST "Content-Length : 3\r\n\r\nabc" NEXT, 0},
    {"space in a name", 400, 400, POST_ECHO HOST "Content Length: 3\r\n\r\nabc" NEXT, 0},
    {"no name", 400, 400, "GET /hello HTTP/1.1\r\n" HOST ": x\r\n\r\n" NEXT, 0},
    {"no colon", 400, 400, "GET /hello HTTP/1.1\r\n" HOST "nonsense\r\n\r\n" NEXT, 0},
    {"folded first line", 400, 400, "GET /hello HTTP/1.1\r\n Host: a\r\n" HOST "\r\n" NEXT, 0},
    {"control character", 400, 400,
     "GET /hello HTTP/1.1\r\n" HOST "X: a\x01"
     "b\r\n\r\n" NEXT,
     0},
    {"bare CR in a value", 400, 400,
     "GET /hello HTTP/1.1\r\n" HOST "X: a\rTransfer-Encoding: chunked\r\n\r\n" NEXT, 0},
    {"two authorizations", 400, 400,
     "GET /hello HTTP/1.1\r\n" HOST "Authorization: a\r\nauthorization: b\r\n\r\n" NEXT, 0},
    {"absolute target", 400, 400, "GET http://localhost/hello HTTP/1.1\r\n" HOST "\r\n" NEXT, 0},
    {"asterisk", 400, 400, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n" NEXT, 0},
    {"tunnel", 400, 400, "CONNECT localhost:22 HTTP/1.1\r\n" HOST "\r\n" NEXT, 0},
    {"target without slash", 400, 400, "GET hello HTTP/1.1\r\n" HOST "\r\n" NEXT, 0},
    {"space in the target", 400, 400, "GET /hel lo HTTP/1.1\r\n" HOST "\r\n" NEXT, 0},
    {"tab in the target", 400, 400, "GET /hel\tlo HTTP/1.1\r\n" HOST "\r\n" NEXT, 0},
    {"raw UTF-8 in the target", 400, 400, "GET /q/\xe5\xbe\x85 HTTP/1.1\r\n" HOST "\r\n" NEXT, 0},
    {"fragment", 400, 400, "GET /hello#x HTTP/1.1\r\n" HOST "\r\n" NEXT, 0},
    {"HTTP/2 preface", 400, 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0},
    {"HTTP/0.9", 0, 505, "GET /hello\r\n\r\n", 0},
    {"no version number", 400, 505, "GET /hello HTTP/x\r\n" HOST "\r\n" NEXT, 0},
    {"chunk size is no number", 400, 400,
     POST_ECHO HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n" NEXT, 0},
    {"chunk size with sign", 400, 400,
     POST_ECHO HOST "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n" NEXT, 0},
    {"chunk size beyond 64 bits", 400, 413,
     POST_ECHO HOST "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc" NEXT, 0},
    {"chunk without its end", 400, 400,
     POST_ECHO HOST "Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n" NEXT, 0},
    {"a TLS greeting", 0, 505, "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03\r\n\r\n", 14},
    {"nothing but NUL", 0, 505, "\0\0\0\0\r\n\r\n", 8},
};

static void expect_refused(const struct hostile *hostile)
{
    int calls = atomic_load(&handler_calls);
    int fd = rig_connect(port);
    rig_send(fd, hostile->bytes, hostile->size ? hostile->size : strlen(hostile->bytes));
    (void)shutdown(fd, SHUT_WR);
    struct rig_answer answer = rig_read(fd);
    (void)close(fd);

    bool fits = answer.status >= hostile->low && answer.status <= hostile->high;
    bool twice = answer.body && strstr(answer.body, "HTTP/1.1 200");
    if (!fits || twice || atomic_load(&handler_calls) != calls)
        fail_msg("%s: answered %d\n%s", hostile->what, answer.status,
                 answer.text ? answer.text : "");
    rig_free(&answer);
}

static void test_hostile_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hostiles / sizeof hostiles[0]; i++)
        expect_refused(&hostiles[i]);
    expect_hello();
}

/* Well-formed requests for what must not be reached. */
static void test_hostile_paths(void **state)
{
    (void)state;
    static const char *const paths[] = {"/q/%zz",    "/q/%4", "/q/%00",        "/q/a%2fb",
                                        "/q/%2e%2e", "/q/..", "/q/%0d%0aX: y", "/q/a%5cb",
                                        "/files/..", "/q/%7f"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        expect_error(rig_get(port, paths[i], ""), 400, "bad_request");
    char path[400] = "/q/";
    memset(path + 3, 'a', 300);
    expect_error(rig_get(port, path, ""), 400, "bad_request");
}

static void test_header_limits(void **state)
{
    (void)state;
    char *bytes = calloc(1, 100 * 1024);
    if (!bytes)
        abort();
    strcpy(bytes, "GET /hello HTTP/1.1\r\n" HOST);
    for (int i = 0; i < 70; i++)
        strcat(bytes, "X: y\r\n");
    strcat(bytes, "\r\n");
    expect_error(rig_ask(port, bytes), 400, "bad_request");

    strcpy(bytes, "GET /hello HTTP/1.1\r\n" HOST "X: ");
    memset(bytes + strlen(bytes), 'y', 60 * 1024);
    strcat(bytes, "\r\n\r\n");
    struct rig_answer answer = rig_ask(port, bytes);
    assert_int_equal(answer.status, 431);
    rig_free(&answer);
    free(bytes);
}

/* Legal headers that come in pieces, so that the buffer grows under them. */
static void test_header_in_pieces(void **state)
{
    (void)state;
    char line[1024] = "X: ";
    int fd = rig_connect(port);

    memset(line + 3, 'y', 200); /* twenty of them: a long header, yet one that browsers send */
    strcat(line, "\r\n");
    rig_say(fd, "GET /hel");
    (void)usleep(20 * 1000);
    rig_say(fd, "lo HTTP/1.1\r\n" HOST LEAVE "Empty:\r\nTabbed:\t y \r\n");
    for (int i = 0; i < 20; i++) {
        (void)usleep(5 * 1000);
        rig_say(fd, line);
    }
    rig_say(fd, "Last:\r");
    (void)usleep(20 * 1000);
    rig_say(fd, "\n\r\n");
    struct rig_answer answer = rig_read(fd);
    assert_int_equal(answer.status, 200);
    rig_free(&answer);
    (void)close(fd);
}

/* The whole body is sent before the answer is read, as simple clients do. */
static void test_large_bodies(void **state)
{
    (void)state;
    enum { SIZE = 300 * 1000 };
    char *bytes = calloc(1, SIZE + 512);
    if (!bytes)
        abort();
    int size = sprintf(bytes, POST_ECHO HOST LEAVE "Content-Length: %d\r\n\r\n", SIZE);
    memset(bytes + size, 'x', SIZE);
    expect_error(rig_ask(port, bytes), 413, "too_large");

    size = sprintf(bytes, POST_ECHO HOST LEAVE "Transfer-Encoding: chunked\r\n\r\n%x\r\n", SIZE);
    memset(bytes + size, 'x', SIZE);
    strcpy(bytes + size + SIZE, "\r\n0\r\n\r\n");
    expect_error(rig_ask(port, bytes), 413, "too_large");

    size = sprintf(bytes, POST_ECHO HOST LEAVE "Content-Length: %d\r\n\r\n", HTTP_BODY_MAX);
    memset(bytes + size, 'x', HTTP_BODY_MAX);
    bytes[size + HTTP_BODY_MAX] = '\0';
    struct rig_answer answer = rig_ask(port, bytes);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body_size, HTTP_BODY_MAX);
    rig_free(&answer);
    free(bytes);
}

/* A route may take more than the others, and no more than it says. */
static void test_a_route_of_large_bodies(void **state)
{
    (void)state;
    enum { MOST = 2 * HTTP_BODY_MAX + 1000 };
    char *bytes = calloc(1, MOST + 512);
    if (!bytes)
        abort();
    for (int more = 0; more < 2; more++) {
        int size =
            sprintf(bytes, "PATCH /piece HTTP/1.1\r\n" HOST LEAVE "Content-Length: %d\r\n\r\n",
                    MOST + more);
        memset(bytes + size, 'x', (size_t)(MOST + more));
        bytes[size + MOST + more] = '\0';
        struct rig_answer answer = rig_ask(port, bytes);
        assert_int_equal(answer.status, more ? 413 : 200);
        assert_true(more || answer.body_size == MOST);
        rig_free(&answer);
    }
    free(bytes);
}

/* Said before the body: no byte of it is ever sent here. */
static void test_refusal_before_the_body(void **state)
{
    (void)state;
    expect_error(rig_ask(port, POST_ECHO HOST "Content-Length: 5000000\r\n\r\n"), 413, "too_large");
    expect_error(
        rig_ask(port, POST_ECHO HOST "Expect: 100-continue\r\nContent-Length: 300000\r\n\r\n"), 413,
        "too_large");
    expect_error(rig_ask(port, "POST /nowhere HTTP/1.1\r\n" HOST
                               "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"),
                 404, "not_found");
}

/* Sends `text` a byte every 100 ms; returns the ms until the server closed. */
static int64_t drip(int to_port, const char *start, const char *text)
{
    int fd = rig_connect(to_port);
    int64_t began = rig_now();
    char byte;

    rig_say(fd, start);
    while (rig_now() - began < 5000) {
        if (recv(fd, &byte, 1, MSG_DONTWAIT) == 0)
            break;
        rig_send(fd, *text ? text++ : "x", 1);
        (void)usleep(100 * 1000);
    }
    (void)close(fd);
    return rig_now() - began;
}

static void test_deadlines(void **state)
{
    (void)state;
    struct http_server_options quick = options();
    quick.request_seconds = 1;
    quick.idle_seconds = 1;
    struct http_server *strict = rig_start(quick);
    int strict_port = http_server_port(strict);

    assert_in_range(drip(strict_port, "", "GET /hello HTTP/1.1\r\nX: "), 900, 4000);
    assert_in_range(drip(strict_port, POST_ECHO HOST "Content-Length: 1000\r\n\r\n", ""), 900,
                    4000);
    int fd = rig_connect(strict_port); /* says nothing */
    struct rig_answer answer = rig_read(fd);
    assert_int_equal(answer.size, 0);
    rig_free(&answer);
    (void)close(fd);
    http_server_destroy(strict);
}

static void test_connections_per_address(void **state)
{
    (void)state;
    struct http_server_options few = options();
    few.connections_per_address = 2;
    struct http_server *small = rig_start(few);
    int first = rig_connect(http_server_port(small)), second = rig_connect(http_server_port(small));
    rig_say(first, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    assert_true(rig_wait_for(first, "hello", 2000));
    rig_say(second, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    assert_true(rig_wait_for(second, "hello", 2000));

    int third = rig_connect(http_server_port(small));
    struct rig_answer answer = rig_read(third);
    assert_int_equal(answer.size, 0);
    rig_free(&answer);
    (void)close(first);
    (void)close(second);
    (void)close(third);
    http_server_destroy(small);
}

static unsigned place_of(const struct http_server *counted, const char *text)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return http_connection_place(counted, (struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return http_connection_place(counted, (struct sockaddr *)&six);
}

static void test_article_37_a_network_counts_as_one_address(void **state)
{
    struct http_server *counted = calloc(1, sizeof(*counted));
    (void)state;

    assert_non_null(counted);
    counted->crowd_key[0] = UINT64_C(0x9e3779b97f4a7c15);
    counted->crowd_key[1] = UINT64_C(0xd1342543de82ef95);
    unsigned one = place_of(counted, "2001:db8:1:2::1");
    assert_int_equal(place_of(counted, "2001:db8:1:2:ffff:ffff:ffff:ffff"), one);
    assert_int_not_equal(place_of(counted, "2001:db8:1:3::1"), one);
    assert_int_not_equal(place_of(counted, "2001:db8:2:2::1"), one);
    one = place_of(counted, "192.0.2.1");
    assert_int_equal(place_of(counted, "::ffff:192.0.2.1"), one);
    assert_int_not_equal(place_of(counted, "192.0.2.2"), one);
    free(counted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_requests),
        cmocka_unit_test(test_hostile_paths),
        cmocka_unit_test(test_header_limits),
        cmocka_unit_test(test_header_in_pieces),
        cmocka_unit_test(test_large_bodies),
        cmocka_unit_test(test_a_route_of_large_bodies),
        cmocka_unit_test(test_refusal_before_the_body),
        cmocka_unit_test(test_deadlines),
        cmocka_unit_test(test_connections_per_address),
        cmocka_unit_test(test_article_37_a_network_counts_as_one_address),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
