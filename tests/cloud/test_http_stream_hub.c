#include "http_rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST "Host: localhost\r\n"

enum { POLL_MS = 2500 };

static struct http_server *server;
static int port;
static atomic_int closed;
static const char *past = "";
static uint64_t past_upto;
static int fill_pause_ms;

/* What a kiosk's stream would find in the log, slowly. */
static char *fill(void *arg, uint64_t *ret_upto)
{
    (void)arg;
    (void)usleep((useconds_t)fill_pause_ms * 1000);
    *ret_upto = past_upto;
    return past ? strdup(past) : NULL;
}

static void on_close(void *arg)
{
    free(arg);
    atomic_fetch_add(&closed, 1);
}

static void on_stream(struct http_request *req, void *context)
{
    struct http_server **of = context;
    char *name = strdup(http_param(req, 0));
    http_reply_stream(req, http_channel(*of, http_param(req, 0)), fill, name, on_close);
}

static void on_poll(struct http_request *req, void *context)
{
    http_stream_wait(req, POLL_MS, http_query(req, "known"));
    on_stream(req, context);
}

static const struct http_route routes[] = {{HTTP_GET, "/poll/{}", on_poll, NULL},
                                           {HTTP_GET, "/{}", on_stream, NULL}};

static int set_up(void **state)
{
    (void)state;
    past = "";
    past_upto = 0;
    fill_pause_ms = 0;
    atomic_store(&closed, 0);
    server = rig_start((struct http_server_options){.routes = routes,
                                                    .route_count = sizeof routes / sizeof *routes,
                                                    .context = &server,
                                                    .beat_seconds = 1});
    port = http_server_port(server);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_server_destroy(server);
    return 0;
}

static int subscribe(const char *name)
{
    char bytes[128];
    int fd = rig_connect(port);
    (void)snprintf(bytes, sizeof bytes, "GET /%s HTTP/1.1\r\n" HOST "\r\n", name);
    rig_say(fd, bytes);
    return fd;
}

/* Waits until something another thread does has happened. */
static void await_count(struct http_channel *channel, int count)
{
    int64_t until = rig_now() + 5000;
    while (http_channel_count(channel) != count && rig_now() < until)
        (void)usleep(5 * 1000);
    assert_int_equal(http_channel_count(channel), count);
}

static void await_closed(int count)
{
    int64_t until = rig_now() + 5000;
    while (atomic_load(&closed) != count && rig_now() < until)
        (void)usleep(5 * 1000);
    assert_int_equal(atomic_load(&closed), count);
}

static void send_text(struct http_channel *channel, uint64_t order, const char *text)
{
    http_channel_send(channel, order, text, strlen(text));
}

static void test_messages_reach_their_channel(void **state)
{
    (void)state;
    struct http_channel *a = http_channel(server, "a"), *b = http_channel(server, "b");
    int first = subscribe("a"), second = subscribe("a"), other = subscribe("b");
    await_count(a, 2);
    await_count(b, 1);
    assert_ptr_equal(a, http_channel(server, "a"));

    send_text(a, 1, "data: one\n\n");
    send_text(a, 2, "data: two\n\n");
    send_text(b, 1, "data: else\n\n");
    assert_true(rig_wait_for(first, "data: two", 2000));
    assert_true(rig_wait_for(second, "data: two", 2000));
    assert_true(rig_wait_for(other, "data: else", 2000));

    (void)close(first);
    (void)close(second);
    (void)close(other);
}

static void test_head_of_a_stream(void **state)
{
    (void)state;
    struct http_channel *channel = http_channel(server, "a");
    past = "id: 7\ndata: past\n\n";
    past_upto = 7;
    int fd = subscribe("a");
    await_count(channel, 1);
    http_channel_close(channel, NULL, NULL);
    struct rig_answer answer = {0};
    rig_say(fd, "GET /b HTTP/1.1\r\nbad\r\n\r\n"); /* makes the server close */
    answer = rig_read(fd);
    assert_int_equal(answer.status, 200);
    assert_string_equal(rig_header(&answer, "Content-Type"), "text/event-stream");
    assert_string_equal(rig_header(&answer, "Cache-Control"), "no-store");
    unsigned retry = 0;
    const char *at = strstr(answer.body, "retry: ");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "retry: %u", &retry), 1);
    assert_in_range(retry, 2000, 3999);
    assert_non_null(strstr(at, "\n\nid: 7\ndata: past\n\n"));
    rig_free(&answer);
    (void)close(fd);
}

/* What comes while the past is being read is neither lost nor told twice, and comes after it. */
static void test_nothing_lost_nor_doubled_while_filling(void **state)
{
    (void)state;
    struct http_channel *channel = http_channel(server, "a");
    past = "data: 1\n\ndata: 2\n\n";
    past_upto = 2;
    fill_pause_ms = 200;
    int fd = subscribe("a");
    await_count(channel, 1);
    send_text(channel, 2, "data: 2\n\n");
    send_text(channel, 0, "data: aside\n\n");
    send_text(channel, 3, "data: 3\n\n");
    (void)usleep(300 * 1000);
    send_text(channel, 4, "data: 4\n\n");
    http_channel_close(channel, NULL, NULL);
    rig_say(fd, "bad\r\n\r\n");
    struct rig_answer answer = rig_read(fd);
    const char *start = strstr(answer.body, "data: 1\n\ndata: 2\n\n\r\n");
    if (!start) /* both parts may share a chunk */
        start = strstr(answer.body, "data: 1\n\ndata: 2\n\ndata: aside\n\ndata: 3\n\n");
    assert_non_null(start);
    assert_non_null(strstr(answer.body, "data: aside\n\ndata: 3\n\n"));
    assert_null(strstr(start + 18, "data: 2"));
    rig_free(&answer);
    (void)close(fd);
}

static void test_failed_fill_is_an_error(void **state)
{
    (void)state;
    past = NULL;
    struct rig_answer answer = rig_get(port, "/a", "");
    assert_int_equal(answer.status, 500);
    rig_free(&answer);
    await_closed(1);
    assert_int_equal(http_channel_count(http_channel(server, "a")), 0);
}

/* Only the header: the subscription must not stay behind. */
static void test_head_request(void **state)
{
    (void)state;
    struct rig_answer answer =
        rig_ask(port, "HEAD /a HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "");
    rig_free(&answer);
    await_closed(1);
    assert_int_equal(http_channel_count(http_channel(server, "a")), 0);
}

static void beat(char text[static HTTP_BEAT_SIZE], void *arg)
{
    (void)snprintf(text, HTTP_BEAT_SIZE, "event: time\ndata: %d\n\n", ++*(int *)arg);
}

static void test_heartbeats(void **state)
{
    (void)state;
    int count = 40;
    http_channel_beat(http_channel(server, "b"), beat, &count);
    int a = subscribe("a"), b = subscribe("b");
    assert_true(rig_wait_for(a, "\n: hb\n\n", 3000));
    assert_true(rig_wait_for(b, "event: time\ndata: 41\n\n", 3000));
    http_server_destroy(server); /* beat's argument goes now */
    (void)set_up(NULL);
    (void)close(a);
    (void)close(b);
}

/* A client that is gone without a word is noticed by the heartbeat at the latest. */
static void test_client_vanishes(void **state)
{
    (void)state;
    struct http_channel *channel = http_channel(server, "a");
    for (int i = 0; i < 20; i++)
        (void)close(subscribe("a"));
    int stays = subscribe("a");
    int64_t until = rig_now() + 5000;
    while (atomic_load(&closed) < 20 && rig_now() < until)
        (void)usleep(20 * 1000);
    await_count(channel, 1);
    send_text(channel, 1, "data: still here\n\n");
    assert_true(rig_wait_for(stays, "still here", 2000));
    (void)close(stays);
    await_closed(21);
}

/* A client that does not read must cost a bounded amount, and must not slow the others. */
static void test_overflow_sends_the_client_away(void **state)
{
    (void)state;
    enum { SIZE = 64 * 1024, MANY = 400 };
    struct http_channel *channel = http_channel(server, "a");
    char *block = calloc(1, SIZE + 1);
    if (!block)
        abort();
    memset(block, 'x', SIZE);
    memcpy(block, "data: ", 6);
    memcpy(block + SIZE - 2, "\n\n", 2);

    int deaf = subscribe("a");
    await_count(channel, 1);
    for (int i = 0; i < MANY; i++)
        http_channel_send(channel, (uint64_t)i + 1, block, SIZE);
    free(block);
    struct rig_answer answer = {0};
    rig_say(deaf, "bad\r\n\r\n");
    answer = rig_read(deaf); /* what was on its way comes, then the end */
    assert_true(answer.body_size < (size_t)SIZE * MANY);
    assert_string_equal(answer.text + answer.size - 7, "\r\n0\r\n\r\n");
    rig_free(&answer);
    (void)close(deaf);
    await_closed(1);
}

static bool is_named(void *arg, void *context)
{
    return strcmp(arg, context) == 0;
}

static void test_close_by_test(void **state)
{
    (void)state;
    struct http_channel *a = http_channel(server, "a");
    char name[] = "nobody", real[] = "a";
    int fd = subscribe("a");
    await_count(a, 1);
    http_channel_close(a, is_named, name);
    send_text(a, 1, "data: alive\n\n");
    assert_true(rig_wait_for(fd, "alive", 2000));
    http_channel_close(a, is_named, real);
    await_count(a, 0);
    (void)close(fd);
}

static void test_stop_with_open_streams(void **state)
{
    (void)state;
    enum { MANY = 30 };
    int fds[MANY];
    for (int i = 0; i < MANY; i++)
        fds[i] = subscribe(i % 2 ? "a" : "b");
    await_count(http_channel(server, "a"), MANY / 2);
    await_count(http_channel(server, "b"), MANY / 2);
    int64_t began = rig_now();
    http_server_destroy(server);
    assert_true(rig_now() - began < 2000);
    assert_int_equal(atomic_load(&closed), MANY);
    for (int i = 0; i < MANY; i++) {
        struct rig_answer answer = rig_read(fds[i]);
        assert_string_equal(answer.text + answer.size - 5, "0\r\n\r\n"); /* a proper end */
        rig_free(&answer);
        (void)close(fds[i]);
    }
    (void)set_up(NULL);
}

/* A long-poll without a message is over by itself, and heartbeats, every second here, do not end
 * it. */
static void test_poll_is_over(void **state)
{
    (void)state;
    int64_t began = rig_now();
    struct rig_answer answer = rig_get(port, "/poll/a", "");
    assert_int_equal(answer.status, 200);
    assert_true(rig_now() - began >= POLL_MS);
    assert_true(rig_now() - began < POLL_MS + 3000);
    assert_null(strstr(answer.text, "retry"));
    assert_null(strstr(answer.text, ": hb"));
    rig_free(&answer);
    await_closed(1);
}

static void test_poll_brings_the_past_at_once(void **state)
{
    (void)state;
    past = "id: 7:ab\ndata: past\n\n";
    past_upto = 7;
    int64_t began = rig_now();
    struct rig_answer answer = rig_get(port, "/poll/a?known=7:a", "");
    assert_true(rig_now() - began < POLL_MS);
    assert_non_null(strstr(answer.text, "data: past\n\n"));
    rig_free(&answer);
    await_closed(1);
}

/* What the client has, be it the past or a message, is no news; what follows ends the wait. */
static void test_poll_waits_for_news(void **state)
{
    (void)state;
    struct http_channel *channel = http_channel(server, "a");
    past = "id: 7:ab\ndata: past\n\n";
    past_upto = 7;
    int fd = subscribe("poll/a?known=7:ab");
    await_count(channel, 1);
    send_text(channel, 8, "id: 7:ab\ndata: past\n\n");
    assert_false(rig_wait_for(fd, "data: past", 300));
    (void)close(fd);
    fd = subscribe("poll/a?known=7:ab");
    await_count(channel, 2);
    send_text(channel, 9, "id: 9:cd\ndata: news\n\n");
    assert_true(rig_wait_for(fd, "data: news\n\n\r\n0\r\n\r\n", 2000));
    (void)close(fd);
    await_closed(2);
}

static void test_stop_with_open_polls(void **state)
{
    (void)state;
    int fd = subscribe("poll/a");
    await_count(http_channel(server, "a"), 1);
    int64_t began = rig_now();
    http_server_destroy(server);
    assert_true(rig_now() - began < POLL_MS);
    assert_int_equal(atomic_load(&closed), 1);
    assert_true(rig_wait_for(fd, "0\r\n\r\n", 1000));
    (void)close(fd);
    (void)set_up(NULL);
}

struct sender {
    pthread_t thread;
    atomic_bool stop;
};

static void *send_on(void *context)
{
    struct sender *sender = context;
    struct http_channel *channel = http_channel(server, "a");
    for (uint64_t order = 1; !atomic_load(&sender->stop); order++) {
        send_text(channel, order, "data: x\n\n");
        (void)usleep(200);
    }
    return NULL;
}

/* Clients come and go in the midst of sending. */
static void test_storm(void **state)
{
    (void)state;
    struct sender sender = {0};
    assert_int_equal(pthread_create(&sender.thread, NULL, send_on, &sender), 0);
    int fds[10];
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 10; i++)
            fds[i] = subscribe("a");
        assert_true(rig_wait_for(fds[0], "data: x", 3000));
        for (int i = 0; i < 10; i++)
            (void)close(fds[i]);
    }
    atomic_store(&sender.stop, true);
    pthread_join(sender.thread, NULL);
    await_count(http_channel(server, "a"), 0);
    await_closed(100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_messages_reach_their_channel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_head_of_a_stream, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_lost_nor_doubled_while_filling, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_failed_fill_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_head_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_heartbeats, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_client_vanishes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_overflow_sends_the_client_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_close_by_test, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stop_with_open_streams, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_poll_is_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_poll_brings_the_past_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_poll_waits_for_news, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stop_with_open_polls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_storm, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
