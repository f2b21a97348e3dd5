/* Streams over TLS, whose events the hub writes by itself: what a client gets must be what it would
 * have got from the loop. */
#include "http_rig.h"

#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tls_private.h"

enum {
    PATIENCE_MS = 8000,
    BODY_MAX = 8 * 1024 * 1024,
    BLOCK = 12 * 1024,
    LONG_BLOCK = 40 * 1024,
    FILES_MAX = 1000
};

static struct http_server *server;
static struct http_channel *channel;
static gnutls_certificate_credentials_t nobody;
static atomic_int closed;
static char *expected; /* what has been sent since set_up() */
static size_t expected_size;

static void on_close(void *arg)
{
    (void)arg;
    atomic_fetch_add(&closed, 1);
}

static void on_stream(struct http_request *req, void *context)
{
    (void)context;
    http_reply_stream(req, channel, NULL, NULL, on_close);
}

static const struct http_route routes[] = {{HTTP_GET, "/", on_stream, NULL}};

static int set_up(void **state)
{
    static const struct tls_names names = {.names = {"localhost"}, .count = 1};
    struct tls_pair ca, pair;
    gnutls_datum_t certificate, key;
    (void)state;

    assert_int_equal(tls_pair_init(&ca), 0);
    assert_int_equal(tls_pair_init(&pair), 0);
    assert_int_equal(tls_make_ca(&ca, false, time(NULL)), 0);
    assert_int_equal(tls_make_server(&pair, &ca, &names, time(NULL)), 0);
    assert_int_equal(gnutls_x509_crt_export2(pair.certificate, GNUTLS_X509_FMT_PEM, &certificate),
                     0);
    assert_int_equal(gnutls_x509_privkey_export2(pair.key, GNUTLS_X509_FMT_PEM, &key), 0);
    server = rig_start((struct http_server_options){.routes = routes,
                                                    .route_count = 1,
                                                    .certificate = (char *)certificate.data,
                                                    .key = (char *)key.data,
                                                    .beat_seconds = 60});
    gnutls_free(certificate.data);
    gnutls_free(key.data);
    tls_pair_finish(&pair);
    tls_pair_finish(&ca);
    channel = http_channel(server, "a");
    atomic_store(&closed, 0);
    expected = calloc(1, BODY_MAX);
    expected_size = 0;
    assert_non_null(expected);
    return gnutls_certificate_allocate_credentials(&nobody);
}

static int tear_down(void **state)
{
    (void)state;
    http_server_destroy(server);
    gnutls_certificate_free_credentials(nobody);
    free(expected);
    return 0;
}

/* -- a client ---------------------------------------------------------------------------------- */

struct client {
    int fd;
    gnutls_session_t tls;
    char *text; /* all that came */
    size_t size;
    bool over;
};

static const struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};

/* Packets as a network has them: with those of the loopback, larger than the window of a client
 * that is late, the kernel goes on at its probes only, seconds apart. */
static int connect_client(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), packet = 1400;

    at.sin_port = htons((uint16_t)http_server_port(server));
    assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &packet, sizeof packet), 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

/* record_max: what the client takes at once; 0 = as much as there may be. */
static struct client open_client(const char *request, size_t record_max)
{
    struct client client = {.fd = connect_client()};

    assert_int_equal(gnutls_init(&client.tls, GNUTLS_CLIENT), 0);
    assert_int_equal(gnutls_set_default_priority(client.tls), 0);
    assert_int_equal(gnutls_credentials_set(client.tls, GNUTLS_CRD_CERTIFICATE, nobody), 0);
    if (record_max)
        assert_int_equal(gnutls_record_set_max_recv_size(client.tls, record_max), 0);
    gnutls_transport_set_int(client.tls, client.fd);
    assert_int_equal(gnutls_handshake(client.tls), 0);
    assert_int_equal(gnutls_record_send(client.tls, request, strlen(request)), strlen(request));
    client.text = calloc(1, BODY_MAX);
    assert_non_null(client.text);
    return client;
}

/* gnutls also says "again" without having waited. */
static void read_more(struct client *client)
{
    int64_t began = rig_now();
    ssize_t got =
        gnutls_record_recv(client->tls, client->text + client->size, BODY_MAX - 1 - client->size);

    if (got == GNUTLS_E_AGAIN && rig_now() - began >= PATIENCE_MS)
        fail_msg("nothing more after %zu bytes", client->size);
    client->over = got == 0 || (got < 0 && gnutls_error_is_fatal((int)got));
    client->size += got > 0 ? (size_t)got : 0;
}

static void read_until(struct client *client, const char *needle)
{
    size_t size = strlen(needle);

    while (!client->over && !memmem(client->text, client->size, needle, size))
        read_more(client);
    assert_non_null(memmem(client->text, client->size, needle, size));
}

static void read_to_end(struct client *client)
{
    while (!client->over)
        read_more(client);
}

/* A client whose stream stands: the header and the first words have come. */
static struct client subscribe(const char *request, size_t record_max)
{
    struct client client = open_client(request, record_max);
    read_until(&client, "retry: ");
    read_until(&client, "\n\n");
    return client;
}

static const char stream_request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
static const char only_request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

static void close_client(struct client *client)
{
    gnutls_deinit(client->tls);
    (void)close(client->fd);
    free(client->text);
}

/* Leaves the server's end of the connection, which is in this process, room for little. */
static void narrow(const struct client *client)
{
    struct sockaddr_in mine = {0}, peer;
    socklen_t size = sizeof mine;
    int room = 32 * 1024, fd = 3;

    assert_int_equal(getsockname(client->fd, (struct sockaddr *)&mine, &size), 0);
    for (;; fd++) {
        assert_true(fd < FILES_MAX);
        size = sizeof peer;
        if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 && peer.sin_port == mine.sin_port)
            break;
    }
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room), 0);
}

/* Takes the chunks apart, strictly; *ret_ended tells whether the last one, the empty one, is there.
 */
static char *body_of(const struct client *client, bool *ret_ended)
{
    char *body = calloc(1, BODY_MAX), *to = body, *at = strstr(client->text, "\r\n\r\n"), *end;

    assert_non_null(body);
    assert_non_null(at);
    *ret_ended = false;
    for (at += 4; at < client->text + client->size; at += 2) {
        size_t size = strtoul(at, &end, 16);
        assert_true(end > at);
        assert_memory_equal(end, "\r\n", 2);
        if (end + 2 + size + 2 > client->text + client->size)
            break; /* cut off */
        memcpy(to, end + 2, size);
        to += size;
        at = end + 2 + size;
        assert_memory_equal(at, "\r\n", 2);
        *ret_ended = size == 0;
    }
    return body;
}

/* All that was sent, whole and in order; the first words are the server's. */
static void expect_all(const struct client *client)
{
    bool ended;
    char *body = body_of(client, &ended);
    const char *said = strstr(body, "\n\n");

    assert_non_null(said);
    assert_string_equal(said + 2, expected);
    free(body);
}

/* -- what is sent ------------------------------------------------------------------------------ */

static void send_block(size_t size)
{
    static uint64_t order;
    char head[64];
    int head_size = snprintf(head, sizeof head, "id: %llu\ndata: ", (unsigned long long)++order);
    char *block = malloc(size);

    assert_non_null(block);
    memset(block, 'x', size);
    memcpy(block, head, (size_t)head_size);
    memcpy(block + size - 2, "\n\n", 2);
    http_channel_send(channel, order, block, size);
    memcpy(expected + expected_size, block, size);
    expected_size += size;
    free(block);
}

static void send_last(void)
{
    static const char last[] = "data: last\n\n";

    http_channel_send(channel, 0, last, sizeof last - 1);
    memcpy(expected + expected_size, last, sizeof last - 1);
    expected_size += sizeof last - 1;
}

static void await_closed(int count)
{
    int64_t until = rig_now() + PATIENCE_MS;
    while (atomic_load(&closed) != count && rig_now() < until)
        (void)usleep(5 * 1000);
    assert_int_equal(atomic_load(&closed), count);
}

/* -- tests ------------------------------------------------------------------------------------- */

/* What is longer than a record goes by the loop, and must not be passed by what comes after it. */
static void test_all_comes_in_order(void **state)
{
    (void)state;
    struct client client = subscribe(stream_request, 0);
    for (int i = 0; i < 10; i++) {
        send_block(100);
        send_block(LONG_BLOCK);
        send_block(BLOCK);
    }
    send_last();
    read_until(&client, "data: last\n\n\r\n");
    expect_all(&client);
    close_client(&client);
}

static void test_client_of_small_records(void **state)
{
    (void)state;
    struct client client = subscribe(stream_request, 512);
    for (int i = 0; i < 5; i++)
        send_block(BLOCK);
    send_last();
    read_until(&client, "data: last\n\n\r\n");
    expect_all(&client);
    close_client(&client);
}

static void test_end_of_a_stream(void **state)
{
    (void)state;
    bool ended;
    struct client client = subscribe(only_request, 0);
    send_last();
    read_until(&client, "data: last\n\n\r\n");
    http_channel_close(channel, NULL, NULL);
    read_to_end(&client);
    free(body_of(&client, &ended));
    assert_true(ended);
    expect_all(&client);
    close_client(&client);
    await_closed(1);
}

/* HTTP/1.0 knows no chunks. */
static void test_client_without_chunks(void **state)
{
    (void)state;
    struct client client = subscribe("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n", 0);
    send_block(100);
    send_last();
    read_until(&client, "data: last\n\n");
    const char *said = strstr(client.text, "\r\n\r\n");
    assert_non_null(said);
    said = strstr(said + 4, "\n\n");
    assert_non_null(said);
    assert_string_equal(said + 2, expected);
    close_client(&client);
}

/* More than the sockets hold waits for the client; nothing is lost, and nobody else waits. */
static void test_slow_client(void **state)
{
    (void)state;
    enum { MANY = 250 };
    struct client slow = subscribe(stream_request, 0), other = subscribe(stream_request, 0);
    narrow(&slow);
    for (int i = 0; i < MANY; i++)
        send_block(BLOCK);
    send_last();
    read_until(&other, "data: last\n\n\r\n");
    expect_all(&other);
    read_until(&slow, "data: last\n\n\r\n");
    expect_all(&slow);
    http_channel_close(channel, NULL, NULL);
    await_closed(2);
    close_client(&slow);
    close_client(&other);
}

/* One that reads nothing for too long is sent away, with or without the end of its record. */
static void test_deaf_client(void **state)
{
    (void)state;
    bool ended;
    struct client deaf = subscribe(only_request, 0);
    narrow(&deaf);
    for (int i = 0; i < HTTP_STREAM_MESSAGES_MAX * 2; i++)
        send_block(BLOCK);
    read_to_end(&deaf);
    await_closed(1);
    char *body = body_of(&deaf, &ended);
    const char *said = strstr(body, "\n\n");
    assert_non_null(said);
    assert_memory_equal(said + 2, expected, strlen(said + 2)); /* whole events, none left out */
    assert_true(strlen(said + 2) < expected_size);
    free(body);
    close_client(&deaf);
}

static void test_stop_with_a_stuck_stream(void **state)
{
    (void)state;
    struct client deaf = subscribe(stream_request, 0), idle = subscribe(stream_request, 0);
    narrow(&deaf);
    for (int i = 0; i < HTTP_STREAM_MESSAGES_MAX - 1; i++)
        send_block(BLOCK);
    int64_t began = rig_now();
    http_server_destroy(server);
    assert_true(rig_now() - began < 3000);
    assert_int_equal(atomic_load(&closed), 2);
    server = NULL;
    close_client(&deaf);
    close_client(&idle);
}

/* It is gone without a word: the first event that cannot be sent tells. */
static void test_client_vanishes(void **state)
{
    (void)state;
    struct client gone = subscribe(stream_request, 0), stays = subscribe(stream_request, 0);
    close_client(&gone);
    for (int i = 0; i < 100 && !atomic_load(&closed); i++) {
        send_block(100);
        (void)usleep(20 * 1000);
    }
    await_closed(1);
    send_last();
    read_until(&stays, "data: last\n\n\r\n");
    expect_all(&stays);
    close_client(&stays);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_comes_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_client_of_small_records, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_end_of_a_stream, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_client_without_chunks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_slow_client, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deaf_client, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stop_with_a_stuck_stream, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_client_vanishes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
