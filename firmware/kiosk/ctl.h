/* Diagnosis of a running kiosk: a UNIX socket, one JSON request line, one JSON answer line.
 *
 *   {"command":"status"}   {"command":"tickets"}   {"command":"tap","widget":"service:naika"}
 *   {"command":"act","words":["call-next","1"]}   (ctl_act.h; answered when the act is durable)
 *   {"command":"screenshot","file":"/path/x.png","window":"terminal"}
 *
 * The server runs on a thread of its own, one client at a time; the main thread only takes requests
 * and gives answers. Slow work (writing a picture) is done by the server's thread.
 */
#ifndef MACHIAI_KIOSK_CTL_H
#define MACHIAI_KIOSK_CTL_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

struct picture; /* screenshot.h */

enum {
    CTL_REQUEST_MAX = 4096,
    CTL_ANSWER_MAX = 4 * 1024 * 1024,
    CTL_CLIENT_MS = 5000, /* a client that sends or takes nothing is left */
    CTL_MAIN_MS = 5000    /* the main thread gives no answer */
};

struct ctl_options {
    const char *path; /* made with the rights 0600; a dead kiosk's socket is replaced */
    /* Called on the server's thread: a request is there. */
    void (*wake)(void *context);
    void *context;
};

struct ctl;

/* -EADDRINUSE: a kiosk answers there already. */
int ctl_create(const struct ctl_options *options, struct ctl **ret)
    __attribute__((warn_unused_result));
void ctl_destroy(struct ctl *ctl);

/* Takes the next request, if there is one; the caller frees it and answers it once. */
bool ctl_poll(struct ctl *ctl, cJSON **ret_request);
/* When the request taken last could be read: microseconds of CLOCK_MONOTONIC. */
int64_t ctl_came_us(struct ctl *ctl);
/* Takes the answer. With a picture (taken too) the file is written before the answer is sent. */
void ctl_answer(struct ctl *ctl, cJSON *answer, struct picture *picture, const char *file);
/* An answer that says what is wrong and what to do. */
cJSON *ctl_error(const char *code, const char *message);

/* The client: `ctl --socket S|--config F COMMAND ...`. Prints the answer; gives the exit status. */
int ctl_client_main(int argc, char **argv);

#endif
