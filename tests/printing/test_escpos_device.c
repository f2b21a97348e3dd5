/* Addresses, and the line itself: what is written and read while the other side dawdles or dies. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "escpos_device.h"

static void addresses(void **state)
{
    static const struct {
        const char *uri, *host, *port, *path;
    } good[] = {
        {"escpos://192.0.2.9:9100", "192.0.2.9", "9100", ""},
        {"escpos://192.0.2.9", "192.0.2.9", "9100", ""},
        {"escpos://printer.example:1/", "printer.example", "1", ""},
        {"escpos://[2001:db8::9]:65535", "2001:db8::9", "65535", ""},
        {"escpos://[::1]", "::1", "9100", ""},
        {"escpos:/dev/usb/lp0", "", "", "/dev/usb/lp0"},
    };
    static const char *const bad[] = {
        "",
        "escpos:",
        "escpos://",
        "escpos:///dev/usb/lp0",
        "escpos://host:0",
        "escpos://host:65536",
        "escpos://host:9100x",
        "escpos://host:",
        "escpos://:9100",
        "escpos://a b",
        "escpos://user@host",
        "escpos://[::1",
        "escpos://[::1]9100",
        "escpos:/etc/passwd",
        "escpos:/dev/../etc/passwd",
        "socket://host:9100",
        "escpos://"
        "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"
        "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh",
    };
    struct escpos_address address;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(escpos_address_parse(good[i].uri, &address), 0);
        assert_string_equal(address.host, good[i].host);
        assert_string_equal(address.port, good[i].port);
        assert_string_equal(address.path, good[i].path);
    }
    memset(&address, 7, sizeof(address));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(escpos_address_parse(bad[i], &address), -EINVAL);
        assert_int_equal(address.path[3], 7); /* untouched */
    }
}

struct pair {
    int listener, far;
    struct escpos_device near;
};

static int connected(void **state)
{
    struct pair *pair = calloc(1, sizeof(*pair));
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(name);
    int small = 4096;
    char uri[64];
    struct escpos_address address;

    assert_non_null(pair);
    pair->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(pair->listener, (struct sockaddr *)&name, size), 0);
    setsockopt(pair->listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    assert_int_equal(listen(pair->listener, 1), 0);
    assert_int_equal(getsockname(pair->listener, (struct sockaddr *)&name, &size), 0);
    snprintf(uri, sizeof(uri), "escpos://127.0.0.1:%d", ntohs(name.sin_port));
    assert_int_equal(escpos_address_parse(uri, &address), 0);
    assert_int_equal(escpos_device_open(&address, escpos_now_ms() + 1000, &pair->near), 0);
    setsockopt(pair->near.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
    pair->far = accept(pair->listener, NULL, NULL);
    assert_true(pair->far >= 0);
    *state = pair;
    return 0;
}

static int disconnected(void **state)
{
    struct pair *pair = *state;

    escpos_device_close(&pair->near);
    close(pair->far);
    close(pair->listener);
    free(pair);
    return 0;
}

static void writing_ends_in_time(void **state)
{
    static uint8_t bytes[512 * 1024];
    struct pair *pair = *state;
    size_t sent = 0;
    int64_t begun = escpos_now_ms();

    assert_int_equal(escpos_device_write(&pair->near, bytes, sizeof(bytes), begun + 150, &sent),
                     -ETIMEDOUT);
    assert_in_range(escpos_now_ms() - begun, 140, 1000);
    assert_in_range(sent, 1, sizeof(bytes) - 1);
    assert_int_equal(escpos_device_settle(&pair->near, escpos_now_ms() + 20), -ETIMEDOUT);
}

static void answers_are_read_while_writing(void **state)
{
    static uint8_t bytes[512 * 1024];
    static const uint8_t asb[] = {0x18, 0x00, 0x0c, 0x0f, 0x12};
    struct pair *pair = *state;

    assert_int_equal(write(pair->far, asb, sizeof(asb)), sizeof(asb));
    assert_int_equal(
        escpos_device_write(&pair->near, bytes, sizeof(bytes), escpos_now_ms() + 150, NULL),
        -ETIMEDOUT);
    assert_int_equal(pair->near.asb_count, 1);
    assert_true(pair->near.live.offline && pair->near.live.paper_out);
    assert_int_equal(pair->near.eot_count, 1);
}

static void the_end_of_the_line_is_seen(void **state)
{
    static uint8_t bytes[512 * 1024];
    struct pair *pair = *state;
    struct linger reset = {1, 0};

    assert_int_equal(escpos_device_wait(&pair->near, escpos_now_ms() + 20), 0);
    setsockopt(pair->far, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close(pair->far);
    pair->far = dup(0);
    int error =
        escpos_device_write(&pair->near, bytes, sizeof(bytes), escpos_now_ms() + 2000, NULL);
    assert_true(error == -EPIPE || error == -ECONNRESET);
    assert_true(escpos_device_wait(&pair->near, escpos_now_ms() + 2000) < 0);
}

/* EIO would be taken for a printer that is there and says that it cannot print. */
static void a_pulled_plug_is_a_printer_that_is_gone(void **state)
{
    struct escpos_address address = {0};
    struct escpos_device device;
    int far = posix_openpt(O_RDWR | O_NOCTTY);

    (void)state;
    assert_true(far >= 0 && grantpt(far) == 0 && unlockpt(far) == 0);
    assert_int_equal(ptsname_r(far, address.path, sizeof(address.path)), 0);
    assert_int_equal(escpos_device_open(&address, escpos_now_ms() + 500, &device), 0);
    close(far);
    assert_int_equal(escpos_device_write(&device, "x", 1, escpos_now_ms() + 500, NULL), -ENODEV);
    assert_true(escpos_device_wait(&device, escpos_now_ms() + 500) < 0);
    escpos_device_close(&device);
}

static void nobody_there(void **state)
{
    struct escpos_address address;
    struct escpos_device device = {.fd = 99};

    (void)state;
    /* Port 1 of this machine: nobody listens there. */
    assert_int_equal(escpos_address_parse("escpos://127.0.0.1:1", &address), 0);
    assert_int_equal(escpos_device_open(&address, escpos_now_ms() + 500, &device), -ECONNREFUSED);
    assert_int_equal(escpos_address_parse("escpos:/dev/nosuchprinter", &address), 0);
    assert_int_equal(escpos_device_open(&address, escpos_now_ms() + 500, &device), -ENOENT);
    assert_int_equal(device.fd, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(a_pulled_plug_is_a_printer_that_is_gone),
        cmocka_unit_test_setup_teardown(writing_ends_in_time, connected, disconnected),
        cmocka_unit_test_setup_teardown(answers_are_read_while_writing, connected, disconnected),
        cmocka_unit_test_setup_teardown(the_end_of_the_line_is_seen, connected, disconnected),
    };

    signal(SIGPIPE, SIG_DFL); /* no write may raise it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
