/* HTTPS client: libcurl's multi interface behind a small one, for one thread and one server.
 *
 * Everything is asynchronous: a call starts a transfer, http_client_run() moves all transfers and
 * calls the callbacks, and nothing here waits but http_client_run() itself. Callbacks may start
 * and cancel transfers. All functions but http_client_wake() belong to one thread.
 *
 * Every failure is one of HTTP_CLIENT_RESULTS, with a sentence for logs and status screens.
 */
#ifndef MACHIAI_DRIVERS_HTTP_CLIENT_H
#define MACHIAI_DRIVERS_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http_stream.h"

enum {
    HTTP_CLIENT_TRANSFERS_MAX = 32,
    HTTP_CLIENT_BODY_MAX = 1024 * 1024, /* of an answer, when the request says no other limit */
    HTTP_CLIENT_URL_SIZE = 768,
    HTTP_CLIENT_TOKEN_SIZE = 256,
    HTTP_CLIENT_ETAG_SIZE = 128,
    HTTP_CLIENT_TEXT_SIZE = 256,
    HTTP_CLIENT_CONNECT_MS = 10 * 1000 /* name, TCP and TLS; less when the deadline is nearer */
};

#define HTTP_CLIENT_RESULTS(X)                                                                     \
    X(OK, "ok")               /* 2xx */                                                            \
    X(STATUS, "status")       /* the server answered with another status */                        \
    X(URL, "url")             /* the address cannot be one */                                      \
    X(RESOLVE, "resolve")     /* the host's name is not known */                                   \
    X(CONNECT, "connect")     /* nobody answers there */                                           \
    X(TIMEOUT, "timeout")     /* the deadline passed, or a stream fell silent */                   \
    X(CA_FILE, "ca_file")     /* the file of authorities cannot be read */                         \
    X(UNTRUSTED, "untrusted") /* the server's certificate is not vouched for */                    \
    X(CUT, "cut")             /* the connection ended too early, or it is not HTTP */              \
    X(TOO_LARGE, "too_large") /* answer, event or file over its limit */                           \
    X(DISK, "disk")           /* the sink did not take the downloaded bytes */                     \
    X(LOCAL, "local")         /* memory or libcurl itself */

enum http_client_result {
#define X(name, text) HTTP_CLIENT_##name,
    HTTP_CLIENT_RESULTS(X)
#undef X
        HTTP_CLIENT_RESULT_COUNT
};

/* Valid during the callback only. */
struct http_client_answer {
    enum http_client_result result;
    int status;       /* HTTP status, 0 = none came */
    const char *body; /* NUL-terminated, "" when empty; not for streams and downloads */
    size_t size;
    char etag[HTTP_CLIENT_ETAG_SIZE];
    int64_t date_ms;                  /* the Date header, 0 = none */
    int retry_after_s;                /* Retry-After in seconds, 0 = none */
    int retry_ms;                     /* a stream's wish for its next connection, 0 = none */
    int64_t written;                  /* download: bytes that are there now */
    char text[HTTP_CLIENT_TEXT_SIZE]; /* "" when OK */
};

typedef void http_client_done_fn(const struct http_client_answer *answer, void *context);

struct http_client_options {
    const char *url; /* "https://host:port", no trailing slash */
    const char *ca;  /* PEM file; "" = the system's authorities */
    const char *agent;
};

struct http_client_request {
    const char *method; /* "GET", "POST", ... */
    const char *path;   /* "/api/v1/..." */
    const char *body;   /* JSON or NULL; copied */
    const char *etag;   /* If-None-Match, NULL = none */
    size_t body_max;    /* of the answer; 0 = HTTP_CLIENT_BODY_MAX */
    int timeout_ms;     /* of the whole exchange */
    int idle_ms;        /* silence that ends it sooner; 0 = none does */
    bool urgent;        /* downloads pause while it is under way */
    http_client_done_fn *done;
    void *context;
};

struct http_client_listen {
    const char *path;
    const char *last_id;         /* Last-Event-ID, NULL or "" = none */
    int idle_ms;                 /* silence that ends the stream; heartbeats count as sound */
    void (*open)(void *context); /* the server accepted; may be NULL */
    void (*event)(const struct http_stream_event *event, void *context);
    http_client_done_fn *done; /* never OK: a stream that ends was CUT */
    void *context;
};

/* Where the bytes of a download go, one after the other. A negative errno ends it as DISK. */
struct http_client_sink {
    /* The server does not go on where asked but begins anew: forget what was there. */
    int (*restart)(void *context);
    int (*write)(void *context, const void *bytes, size_t count);
};

struct http_client_download {
    const char *path;
    int64_t offset;   /* bytes that are there already: the rest is asked for */
    int64_t size_max; /* a longer file is TOO_LARGE */
    int64_t rate_max; /* bytes a second, 0 = as fast as they come */
    int idle_ms;
    struct http_client_sink sink; /* its context is the download's */
    http_client_done_fn *done;
    void *context;
};

struct http_client;

int http_client_create(const struct http_client_options *options, struct http_client **ret)
    __attribute__((warn_unused_result));
/* Ends all transfers without their callbacks. */
void http_client_destroy(struct http_client *client);

/* Bearer token of later transfers; "" = none. -ENAMETOOLONG, -EINVAL for control characters. */
int http_client_set_token(struct http_client *client, const char *token)
    __attribute__((warn_unused_result));

/* Each starts a transfer and gives its id (> 0), or a negative errno: -EAGAIN for too many,
 * -EBUSY for a second download, -ENAMETOOLONG, -ENOMEM. `done` is called once, from
 * http_client_run(), unless the transfer is cancelled. */
int64_t http_client_send(struct http_client *client, const struct http_client_request *request)
    __attribute__((warn_unused_result));
int64_t http_client_listen(struct http_client *client, const struct http_client_listen *listen)
    __attribute__((warn_unused_result));
int64_t http_client_fetch(struct http_client *client, const struct http_client_download *download)
    __attribute__((warn_unused_result));

/* Ends a transfer; none of its callbacks is called any more. An unknown id is ignored. */
void http_client_cancel(struct http_client *client, int64_t id);

/* Moves transfers, calling back, and waits at most timeout_ms for something to do. */
void http_client_run(struct http_client *client, int timeout_ms);
/* Ends the wait of http_client_run(); any thread. */
void http_client_wake(struct http_client *client);

const char *http_client_result_name(enum http_client_result result);

#endif
