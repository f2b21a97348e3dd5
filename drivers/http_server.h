/* HTTPS server: libmicrohttpd behind a small interface, so that nothing else knows it.
 *
 * A request lives in one arena: handlers allocate with http_alloc() and never free. Handlers run on
 * worker threads, never on the event loop, so they may read disk and database; files are sent by
 * the loop, events by a thread of their own. Requests outside the strict grammar (two lengths,
 * length with chunked, missing or doubled Host, ...) never reach a handler. Whatever a client does,
 * header and body must be complete within HTTP_REQUEST_SECONDS, and idle connections are closed.
 *
 * Every answer carries X-Request-Id, nosniff, no-referrer, a content security policy and, over TLS,
 * HSTS; "Cache-Control: no-store" unless the handler adds its own Cache-Control. One line of JSON a
 * request goes to log_fd: the route's pattern, never the path, since paths hold secret codes.
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
    HTTP_HEADERS_MAX = 16, /* extra response headers */
    HTTP_REQUEST_SECONDS = 30,
    HTTP_IDLE_SECONDS = 60,         /* between requests, and while nothing of an answer moves */
    HTTP_STREAM_MESSAGES_MAX = 256, /* unsent messages of one stream */
    HTTP_STREAM_BYTES_MAX = 4 * 1024 * 1024,
    HTTP_BEAT_SIZE = 128,
    HTTP_EVENT_ID_SIZE = 96, /* of the message that a long-poll's client has */
    HTTP_PROXIES_MAX = 8,
    HTTP_BEAT_SECONDS = 15
};

/* HEAD is served as GET */
enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_PATCH };

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
    const char *address;           /* "127.0.0.1:8443", "[::1]:0"; port 0 = any */
    const char *certificate, *key; /* PEM texts; NULL = plain HTTP */
    const struct http_route *routes;
    size_t route_count;
    void *context; /* of every handler */
    /* Called before the handler, on the worker: false = it has replied itself (401, 403, ...). */
    bool (*gate)(struct http_request *req, const struct http_route *route, void *context);
    /* Asked on the event loop, before gate and handler: true = it has replied from what is in
     * memory (and has checked who asks). Must not wait for anything. NULL = none. */
    bool (*quick)(struct http_request *req, const struct http_route *route, void *context);
    /* Bytes that a body may have on a route; 0 = HTTP_BODY_MAX, as for all when this is NULL. */
    size_t (*body_max)(const struct http_route *route);
    /* Addresses of the proxies in front, numeric: http_peer() of what they hand on is the last
     * X-Forwarded-For; anybody else's is ignored. With a proxy, no limit of connections an address
     * holds unless connections_per_address says one. Copied. */
    const char *const *proxies;
    size_t proxy_count; /* at most HTTP_PROXIES_MAX */
    int workers;        /* 0 = 4 */
    int log_fd;         /* 0 = stderr, -1 = no log */
    /* Gets what the library says while it starts; NULL = it goes to log_fd as it is. */
    void (*complain)(const char *words);
    /* Testing and odd places; 0 = the default named above, or 256 connections. */
    int request_seconds, idle_seconds, beat_seconds, connections_per_address;
};

/* Routes and context must outlive the server; routes are tried in order. -EINVAL bad address
 * (of the listener or of a proxy), -EADDRINUSE, -EACCES, -EADDRNOTAVAIL, -EBADMSG certificate and
 * key cannot be used. */
int http_server_create(const struct http_server_options *options, struct http_server **ret)
    __attribute__((warn_unused_result));
/* Stops accepting, waits for running handlers, closes streams. Accepts NULL. */
void http_server_destroy(struct http_server *server);
int http_server_port(const struct http_server *server);
/* Handshakes from now on get this certificate (PEM chain and key, copied); connections that stand
 * go on. -EBADMSG: they cannot be used or do not belong together, and the present one stays.
 * -ENOTSUP: the server speaks plain HTTP. Any thread. */
int http_server_certify(struct http_server *server, const char *chain, const char *key)
    __attribute__((warn_unused_result));

/* What it has done since it started; reads without stopping anybody, so the figures of one call may
 * be apart by the requests under way. */
#define HTTP_STATS_MS_LIMITS(X) X(1) X(5) X(10) X(25) X(50) X(100) X(250) X(500) X(1000) X(5000)

enum {
#define X(ms) HTTP_STATS_MS_##ms,
    HTTP_STATS_MS_LIMITS(X)
#undef X
        HTTP_STATS_MS_MORE,
    HTTP_STATS_MS_COUNT,
    HTTP_STATS_CLASSES = 6 /* status / 100; [0]: closed without an answer */
};

struct http_stats {
    uint64_t answers[HTTP_STATS_CLASSES];
    uint64_t took[HTTP_STATS_MS_COUNT]; /* answers by their time from request line to header */
    uint64_t took_ms;                   /* sum */
    int connections, requests, streams; /* present ones */
};

void http_server_stats(struct http_server *server, struct http_stats *ret);

/* -- request ---------------------------------------------------------------------------------- */
void *http_alloc(struct http_request *req, size_t size); /* zeroed; aborts when out of memory */
char *http_printf(struct http_request *req, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* i-th "{}" of the route, percent-decoded; "" when there is none. */
const char *http_param(const struct http_request *req, int i);
/* NULL when absent. */
const char *http_header(const struct http_request *req, const char *name);
const char *http_query(struct http_request *req, const char *name); /* NULL also when malformed */
const char *http_cookie(struct http_request *req, const char *name);
const char *http_body(const struct http_request *req, size_t *ret_size); /* NUL-terminated */
const char *http_peer(struct http_request *req);                         /* address as text */
const char *http_id(const struct http_request *req); /* request id, also X-Request-Id */
enum http_method http_method_of(const struct http_request *req);
const char *http_path(const struct http_request *req);
/* The pattern of the route, e.g. "/q/{}": what may be logged. */
const char *http_route_path(const struct http_request *req);
/* The caller's own pointer, e.g. who is asking; set by the gate. */
void http_set_user(struct http_request *req, void *user);
void *http_user(const struct http_request *req);

/* -- answer ------------------------------------------------------------------------------------ */
/* Of the answer that it has so far; 0 = none. */
int http_status(const struct http_request *req);
/* Holds the answer back until ms after the request was complete, without keeping a worker. */
void http_hold(struct http_request *req, int ms);
/* {"error":code,"message":message,"field":field}; field may be NULL. */
void http_reply_error(struct http_request *req, int status, const char *code, const char *message,
                      const char *field);
/* name and value are copied. A header that was added before is replaced, but for Set-Cookie. */
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
/* Turns the request into a server-sent event stream subscribed to a channel.
 *
 * The stream is subscribed first; then fill(arg, &upto) is called on this thread, with no lock
 * held. It returns a malloc()ed text of complete blocks that brings the client up to date ("" when
 * there is nothing to say; NULL = failed: the answer is 500) and sets *upto to the order of the
 * last message that the text contains (0 = none). Messages that arrive in between with an order up
 * to *upto are dropped, so the client sees each message once and in order. A jittered "retry:" goes
 * first. arg must live until on_close(arg), called once for every call of this function, from any
 * thread, when the stream has ended; fill and on_close may be NULL. */
void http_reply_stream(struct http_request *req, struct http_channel *channel,
                       char *(*fill)(void *arg, uint64_t *ret_upto), void *arg,
                       void (*on_close)(void *arg));
/* Makes the stream that this request is about to become a long-poll: an answer that ends once it
 * has said something, or after ms without a word. What begins with the id `known` (NULL = none),
 * from fill() or from the channel, is no news and is left out; so are heartbeats. A known too long
 * for HTTP_EVENT_ID_SIZE is none of ours and counts as NULL. */
void http_stream_wait(struct http_request *req, int ms, const char *known);

/* -- channels ---------------------------------------------------------------------------------- */
/* One serialised, shared buffer a message; bounded queue a client: on overflow the client's stream
 * is closed, and it comes back with Last-Event-ID. A stream with nothing to send for
 * HTTP_BEAT_SECONDS gets a comment (": hb"), or what http_channel_beat() says. Channels are named;
 * asking for the same name gives the same channel. They live as long as the server. */
struct http_channel *http_channel(struct http_server *server, const char *name);
/* Heartbeat of a channel: beat writes complete blocks into text, e.g. an "event: time". Called on a
 * housekeeping thread at most once a second; must not block. */
void http_channel_beat(struct http_channel *channel,
                       void (*beat)(char text[static HTTP_BEAT_SIZE], void *arg), void *arg);
/* Sends a complete block ("id: ..\nevent: ..\ndata: ..\n\n") to every subscriber; copies it once.
 * order grows with the messages of a channel (a log's seq); 0 = always sent. Callers serialise the
 * sends of one channel themselves. Never blocks on a client. */
void http_channel_send(struct http_channel *channel, uint64_t order, const char *block,
                       size_t size);
/* Number of present subscribers. */
int http_channel_count(struct http_channel *channel);
/* Closes streams whose http_reply_stream() arg satisfies the test (a revoked device). */
void http_channel_close(struct http_channel *channel, bool (*test)(void *arg, void *context),
                        void *context);

#endif
