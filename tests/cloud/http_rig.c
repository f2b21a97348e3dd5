#include "http_rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Twelve passwords hashed at once take an emulated processor ten times as long. */
#ifndef MACHIAI_TEST_PATIENCE
#define MACHIAI_TEST_PATIENCE 1
#endif
enum { PATIENCE_MS = 8000 * MACHIAI_TEST_PATIENCE, PIECE = 65536 };

int64_t rig_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct http_server *rig_start(struct http_server_options options)
{
    struct http_server *server = NULL;

    if (!options.address)
        options.address = "127.0.0.1:0";
    if (!options.log_fd)
        options.log_fd = -1;
    assert_int_equal(http_server_create(&options, &server), 0);
    assert_true(http_server_port(server) > 0);
    return server;
}

int rig_connect(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* A server that refuses closes early: what cannot be sent any more is no fault of the test. */
void rig_send(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        at += sent;
        size -= (size_t)sent;
    }
}

void rig_say(int fd, const char *text)
{
    rig_send(fd, text, strlen(text));
}

/* One piece more; false at the end. */
static bool read_piece(int fd, struct rig_answer *answer, int ms)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    if (poll(&ready, 1, ms) <= 0)
        return false;
    answer->text = realloc(answer->text, answer->size + PIECE + 1);
    assert_non_null(answer->text);
    ssize_t got = recv(fd, answer->text + answer->size, PIECE, 0);
    if (got > 0)
        answer->size += (size_t)got;
    answer->text[answer->size] = '\0';
    return got > 0;
}

static void parse(struct rig_answer *answer)
{
    const char *end = answer->text ? strstr(answer->text, "\r\n\r\n") : NULL;
    if (!end)
        return;
    (void)sscanf(answer->text, "HTTP/1.%*d %d", &answer->status);
    answer->body = end + 4;
    answer->body_size = answer->size - (size_t)(answer->body - answer->text);
}

struct rig_answer rig_read(int fd)
{
    struct rig_answer answer = {0};
    int64_t until = rig_now() + PATIENCE_MS;

    while (read_piece(fd, &answer, PATIENCE_MS)) {
    }
    assert_true(rig_now() < until); /* it hangs */
    parse(&answer);
    return answer;
}

bool rig_wait_for(int fd, const char *needle, int ms)
{
    struct rig_answer answer = {0};
    int64_t until = rig_now() + ms;
    bool found = false;

    while (!found && rig_now() < until && read_piece(fd, &answer, (int)(until - rig_now())))
        found = strstr(answer.text, needle) != NULL;
    rig_free(&answer);
    return found;
}

struct rig_answer rig_ask(int port, const char *bytes)
{
    int fd = rig_connect(port);
    rig_say(fd, bytes);
    struct rig_answer answer = rig_read(fd);
    (void)close(fd);
    assert_true(answer.status != 0);
    return answer;
}

struct rig_answer rig_get(int port, const char *path, const char *headers)
{
    char bytes[4096];
    int size = snprintf(bytes, sizeof bytes,
                        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", path,
                        headers);
    assert_true(size > 0 && (size_t)size < sizeof bytes);
    return rig_ask(port, bytes);
}

const char *rig_header(const struct rig_answer *answer, const char *name)
{
    static char value[512];
    size_t size = strlen(name);

    for (const char *line = answer->text; line && line < answer->body;) {
        if (strncasecmp(line, name, size) == 0 && line[size] == ':') {
            (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(line + size + 2, "\r"),
                           line + size + 2);
            return value;
        }
        line = strstr(line, "\r\n");
        line = line ? line + 2 : NULL;
    }
    return NULL;
}

void rig_free(struct rig_answer *answer)
{
    free(answer->text);
    *answer = (struct rig_answer){0};
}
