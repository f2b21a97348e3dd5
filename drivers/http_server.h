/* HTTPS server: libmicrohttpd behind a small interface, so that nothing else knows it.
 *
 * A request lives in one arena: handlers allocate with http_alloc() and never free. Handlers run on
 * worker threads, never on the event loop, so they may read disk and database; streams and files are
 * sent by the loop. Requests outside the strict grammar (two lengths, length with chunked, missing
 * or doubled Host, ...) never reach a handler.
 */
#ifndef MACHIAI_DRIVERS_HTTP_SERVER_H
#define MACHIAI_DRIVERS_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTTP_BODY_MAX = 256 * 1024,
    HTTP_PARAMS_MAX = 4,
    HTTP_PARAM_SIZE = 128,
    HTTP_HEADERS_MAX = 16 /* extra response headers */
};

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_DELETE }; /* HEAD is served as GET */

struct http_request;
struct http_server;
struct http_channel;

/* Fills the answer of req. Must call exactly one of the http_reply_*() functions. */
typedef void http_handler(struct http_request *req, void *context);

/* path: "/api/v1/queues/{}/tickets"; "{}" matches one non-empty segment, a final "{*}" the rest. */
struct http_route {
    enum http_method method;
    const char *path;
    http_handler *handler;
    const void *data; /* the caller's own column, e.g. which roles may call */
};

struct http_server_options {
    const char *address; /* "127.0.0.1:8443", "[::1]:0"; port 0 = any */
    const char *certificate, *key; /* PEM texts; NULL = plain HTTP */
    const struct http_route *routes;
    size_t route_count;
    void *context; /* of every handler */
    /* Called before the handler, on the worker: false = it has replied itself (401, 403, ...). */
    bool (*gate)(struct http_request *req, const struct http_route *route, void *context);
    int workers; /* 0 = 4 */
};

int http_server_create(const struct http_server_options *options, struct http_server **ret)
    __attribute__((warn_unused_result));
/* Stops accepting, waits for running handlers, closes streams. */
void http_server_destroy(struct http_server *server);
int http_server_port(const struct http_server *server);

/* -- request ---------------------------------------------------------------------------------- */
void *http_alloc(struct http_request *req, size_t size); /* zeroed; aborts when out of memory */
char *http_printf(struct http_request *req, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* i-th "{}" of the route, percent-decoded; "" when there is none. */
const char *http_param(const struct http_request *req, int i);
/* NULL when absent. */
const char *http_header(const struct http_request *req, const char *name);
const char *http_query(const struct http_request *req, const char *name);
const char *http_cookie(struct http_request *req, const char *name);
const char *http_body(const struct http_request *req, size_t *ret_size); /* NUL-terminated */
const char *http_peer(const struct http_request *req); /* address as text */
const char *http_id(const struct http_request *req);   /* request id, also X-Request-Id */
enum http_method http_method_of(const struct http_request *req);
const char *http_path(const struct http_request *req);
/* The caller's own pointer, e.g. who is asking; set by the gate. */
void http_set_user(struct http_request *req, void *user);
void *http_user(const struct http_request *req);

/* -- answer ------------------------------------------------------------------------------------ */
void http_add_header(struct http_request *req, const char *name, const char *value);
/* Copies body. type NULL = no body. An ETag and If-None-Match are handled when etag is given. */
void http_reply(struct http_request *req, int status, const char *type, const void *body,
                size_t size, const char *etag);
/* body is not copied and must outlive the server (embedded pages); gzip variant used when given
 * and accepted. */
void http_reply_static(struct http_request *req, const char *type, const void *body, size_t size,
                       const void *gzip, size_t gzip_size, const char *etag);
/* Sends a file with Range support; -ENOENT and friends leave the request unanswered. */
int http_reply_file(struct http_request *req, const char *path, const char *type, const char *etag)
    __attribute__((warn_unused_result));
/* Turns the request into a server-sent event stream subscribed to a channel; `first` is sent at
 * once (a complete "event: ...\n..." block or several, "" for none). on_close(arg) may be NULL.
 * For a stream that needs a backlog before it is live, subscribe happens under the channel's lock:
 * fill(arg, ...) is called there and returns the text that brings the client up to date. */
void http_reply_stream(struct http_request *req, struct http_channel *channel,
                       char *(*fill)(void *arg), void *arg, void (*on_close)(void *arg));

/* -- channels ---------------------------------------------------------------------------------- */
/* One serialised, shared buffer a message; bounded queue a client: on overflow the client's stream
 * is closed, and it comes back with Last-Event-ID. Heartbeats (": hb") every 15 s. Channels are
 * named; asking for the same name gives the same channel. They live as long as the server. */
struct http_channel *http_channel(struct http_server *server, const char *name);
/* Sends a complete block ("id: ..\nevent: ..\ndata: ..\n\n") to every subscriber; copies it once. */
void http_channel_send(struct http_channel *channel, const char *block, size_t size);
/* Number of present subscribers. */
int http_channel_count(struct http_channel *channel);
/* Closes streams whose http_reply_stream() arg satisfies the test (a revoked device). */
void http_channel_close(struct http_channel *channel, bool (*test)(void *arg, void *context),
                        void *context);

#endif
