/* A server on a free port, and a client that sends exactly the bytes it is told. */
#ifndef MACHIAI_TESTS_HTTP_RIG_H
#define MACHIAI_TESTS_HTTP_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http_server.h"

struct rig_answer {
    int status; /* 0 = closed without an answer */
    char *text; /* all that came, NUL-terminated; freed by rig_free */
    size_t size;
    const char *body;
    size_t body_size;
};

/* Starts with options; address and log_fd get defaults when unset. */
struct http_server *rig_start(struct http_server_options options);
int64_t rig_now(void); /* monotonic ms */

/* Connects to 127.0.0.1; fails the test when nobody listens. */
int rig_connect(int port);
void rig_send(int fd, const void *bytes, size_t size);
void rig_say(int fd, const char *text);
/* Reads until the server closes, or fails after some seconds. */
struct rig_answer rig_read(int fd);
/* Reads until `needle` has come; false when the connection ends or ms pass before. */
bool rig_wait_for(int fd, const char *needle, int ms);
/* One request on a connection of its own; fails the test without an answer. */
struct rig_answer rig_ask(int port, const char *bytes);
/* GET with extra header lines ("A: b\r\n" or ""). */
struct rig_answer rig_get(int port, const char *path, const char *headers);
/* Value of a header of the answer, or NULL; a static buffer. */
const char *rig_header(const struct rig_answer *answer, const char *name);
void rig_free(struct rig_answer *answer);

#endif
