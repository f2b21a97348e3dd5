#include "http_server_internal.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_CHUNK = 512, LOG_LINE_SIZE = 512 };

int64_t http_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -- arena ------------------------------------------------------------------------------------- */

void *http_alloc(struct http_request *req, size_t size)
{
    struct http_arena *chunk = req->arena;

    if (size > SIZE_MAX / 2)
        abort();
    size = (size + 15) & ~(size_t)15;
    if (!chunk || chunk->size - chunk->used < size) {
        size_t room = size > ARENA_CHUNK ? size : ARENA_CHUNK;
        chunk = calloc(1, sizeof *chunk + room);
        if (!chunk)
            abort();
        chunk->size = room;
        chunk->next = req->arena;
        req->arena = chunk;
    }
    void *bytes = chunk->bytes + chunk->used;
    chunk->used += size;
    return bytes;
}

static char *copy_text(struct http_request *req, const char *text, size_t size)
{
    char *copy = http_alloc(req, size + 1);
    memcpy(copy, text, size);
    return copy;
}

char *http_printf(struct http_request *req, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (size < 0)
        abort();
    char *copy = copy_text(req, text, (size_t)size);
    free(text);
    return copy;
}

/* -- life -------------------------------------------------------------------------------------- */

/* On the loop alone, so the system is asked once for many. */
static void make_id(char id[static HTTP_ID_SIZE])
{
    enum { BYTES = (HTTP_ID_SIZE - 1) / 2, ROOM = 32 * BYTES };
    static const char digits[] = "0123456789abcdef";
    static _Thread_local unsigned char random[ROOM];
    static _Thread_local size_t left;

    if (left == 0) {
        if (getrandom(random, ROOM, 0) != ROOM)
            abort(); /* cannot happen for so few bytes */
        left = ROOM;
    }
    for (int i = 0; i < BYTES; i++) {
        unsigned char byte = random[--left];
        id[2 * i] = digits[byte >> 4];
        id[2 * i + 1] = digits[byte & 15];
    }
    id[HTTP_ID_SIZE - 1] = '\0';
}

struct http_request *http_request_create(struct http_server *server, struct MHD_Connection *mhd,
                                         const char *target)
{
    struct http_request *req = calloc(1, sizeof *req);
    if (!req)
        abort();

    req->server = server;
    req->mhd = mhd;
    req->connection = http_connection_of(mhd);
    req->began = http_now();
    make_id(req->id);
    size_t path_size = strcspn(target, "?");
    req->path = copy_text(req, target, path_size);
    const char *query = target[path_size] ? target + path_size + 1 : "";
    req->query = copy_text(req, query, strlen(query));
    atomic_fetch_add(&server->requests, 1);
    return req;
}

void http_request_destroy(struct http_request *req)
{
    if (!req)
        return;
    if (req->response)
        MHD_destroy_response(req->response);
    http_body_drop(req);
    atomic_fetch_sub(&req->server->requests, 1);
    for (struct http_arena *chunk = req->arena; chunk;) {
        struct http_arena *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(req);
}

/* -- reading it -------------------------------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool http_decode(char *to, size_t to_size, const char *from, size_t size, bool plus)
{
    size_t used = 0;

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)from[i];
        if (c == '%') {
            int high = size - i > 2 ? hex_value(from[i + 1]) : -1;
            int low = size - i > 2 ? hex_value(from[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (unsigned char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c < 0x20 || c == 0x7f || used + 1 >= to_size)
            return false;
        to[used++] = (char)c;
    }
    to[used] = '\0';
    return true;
}

const char *http_param(const struct http_request *req, int i)
{
    return i >= 0 && i < HTTP_PARAMS_MAX && req->params[i] ? req->params[i] : "";
}

const char *http_header(const struct http_request *req, const char *name)
{
    return MHD_lookup_connection_value(req->mhd, MHD_HEADER_KIND, name);
}

const char *http_query(struct http_request *req, const char *name)
{
    size_t name_size = strlen(name);

    for (const char *part = req->query; *part;) {
        size_t size = strcspn(part, "&");
        if (size >= name_size && strncmp(part, name, name_size) == 0 &&
            (size == name_size || part[name_size] == '=')) {
            size_t skip = size == name_size ? size : name_size + 1;
            char *value = http_alloc(req, size - skip + 1);
            return http_decode(value, size - skip + 1, part + skip, size - skip, true) ? value
                                                                                       : NULL;
        }
        part += size + (part[size] == '&');
    }
    return NULL;
}

const char *http_cookie(struct http_request *req, const char *name)
{
    const char *part = http_header(req, "cookie");
    size_t name_size = strlen(name);

    while (part && *part) {
        part += strspn(part, "; ");
        size_t size = strcspn(part, ";");
        if (size > name_size && part[name_size] == '=' && strncmp(part, name, name_size) == 0)
            return copy_text(req, part + name_size + 1, size - name_size - 1);
        part += size;
    }
    return NULL;
}

const char *http_body(const struct http_request *req, size_t *ret_size)
{
    if (ret_size)
        *ret_size = req->body_size;
    return req->body ? req->body : "";
}

static enum MHD_Result keep_last(void *context, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    const char **last = context;
    (void)kind;
    if (name && value && strcasecmp(name, "x-forwarded-for") == 0)
        *last = value;
    return MHD_YES;
}

/* Only what our own proxy has added at the end can be believed; the rest came from the client. */
static bool from_proxy(const struct http_request *req)
{
    for (size_t i = 0; i < req->server->proxy_count; i++) {
        if (strcmp(req->server->proxies[i], req->connection->peer) == 0)
            return true;
    }
    return false;
}

const char *http_peer(struct http_request *req)
{
    const char *list = NULL;
    char address[HTTP_PEER_SIZE];

    if (from_proxy(req))
        (void)MHD_get_connection_values(req->mhd, MHD_HEADER_KIND, keep_last, &list);
    const char *comma = list ? strrchr(list, ',') : NULL;
    const char *last = comma ? comma + 1 : list;
    if (last) {
        last += strspn(last, " \t");
        last = copy_text(req, last, strcspn(last, " \t"));
    }
    return last && http_peer_text(last, address) ? copy_text(req, address, strlen(address))
                                                 : req->connection->peer;
}

const char *http_id(const struct http_request *req)
{
    return req->id;
}

enum http_method http_method_of(const struct http_request *req)
{
    return req->method;
}

const char *http_path(const struct http_request *req)
{
    return req->path;
}

const char *http_route_path(const struct http_request *req)
{
    return req->route ? req->route->path : "";
}

void http_set_user(struct http_request *req, void *user)
{
    req->user = user;
}

void *http_user(const struct http_request *req)
{
    return req->user;
}

/* -- its end ----------------------------------------------------------------------------------- */

static void count(struct http_server *server, unsigned status, int64_t ms)
{
    static const int limits[] = {
#define X(ms) ms,
        HTTP_STATS_MS_LIMITS(X)
#undef X
    };
    int bucket = 0;

    while (bucket < HTTP_STATS_MS_MORE && ms > limits[bucket])
        bucket++;
    atomic_fetch_add(&server->answers[status / 100 < HTTP_STATS_CLASSES ? status / 100 : 0], 1);
    atomic_fetch_add(&server->took[bucket], 1);
    atomic_fetch_add(&server->took_ms, (uint64_t)ms);
}

void http_server_stats(struct http_server *server, struct http_stats *ret)
{
    for (int i = 0; i < HTTP_STATS_CLASSES; i++)
        ret->answers[i] = atomic_load(&server->answers[i]);
    for (int i = 0; i < HTTP_STATS_MS_COUNT; i++)
        ret->took[i] = atomic_load(&server->took[i]);
    ret->took_ms = atomic_load(&server->took_ms);
    ret->connections = atomic_load(&server->connection_count);
    ret->requests = atomic_load(&server->requests);
    ret->streams = http_hub_count(server->hub);
}

/* "2026-11-23T04:05:06"; put together once a second, for a busy loop writes thousands of lines. */
static const char *utc_text(time_t second)
{
    static _Thread_local time_t last;
    static _Thread_local char text[32];
    struct tm utc;

    if (second != last || !*text)
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", gmtime_r(&second, &utc));
    last = second;
    return text;
}

/* Method and route are ours, never the client's text, so the line needs no escapes. */
void http_request_log(struct http_request *req, unsigned status)
{
    char line[LOG_LINE_SIZE];
    struct timespec now;

    int64_t ms = http_now() - req->began;

    req->logged = true;
    count(req->server, status, ms);
    if (req->server->log_fd < 0)
        return;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    int size = snprintf(line, sizeof line,
                        "{\"at\":\"%s.%03ldZ\",\"request\":\"%s\",\"method\":\"%s\","
                        "\"route\":\"%s\",\"status\":%u,\"ms\":%lld}\n",
                        utc_text(now.tv_sec), now.tv_nsec / 1000000, req->id,
                        req->route ? http_method_name(req->method) : "-",
                        req->route ? req->route->path : "-", status, (long long)ms);
    if (size > 0 && (size_t)size < sizeof line)
        (void)!write(req->server->log_fd, line, (size_t)size); /* a full pipe loses the line */
}

static const char *header_added(const struct http_request *req, const char *name)
{
    for (int i = 0; i < req->header_count; i++) {
        if (strcasecmp(req->headers[i].name, name) == 0)
            return req->headers[i].value;
    }
    return NULL;
}

static void add_common_headers(struct http_request *req)
{
    struct MHD_Response *response = req->response;

    for (int i = 0; i < req->header_count; i++)
        (void)MHD_add_response_header(response, req->headers[i].name, req->headers[i].value);
    (void)MHD_add_response_header(response, "X-Request-Id", req->id);
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    (void)MHD_add_response_header(response, "Content-Security-Policy",
                                  req->page ? "default-src 'self'; base-uri 'none'; "
                                              "form-action 'self'; frame-ancestors 'none'; "
                                              "object-src 'none'"
                                            : "default-src 'none'; frame-ancestors 'none'");
    if (req->server->tls)
        (void)MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
    if (!header_added(req, "Cache-Control"))
        (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    if (req->must_close)
        (void)MHD_add_response_header(response, "Connection", "close");
}

void http_request_finish(struct http_request *req)
{
    if (!req->response)
        http_reply_error(req, MHD_HTTP_INTERNAL_SERVER_ERROR, "internal",
                         "Something went wrong here; try again, then tell support the request ID.",
                         NULL);
    if (!req->response)
        abort(); /* out of memory */
    add_common_headers(req);
    req->finished = true;
    http_request_log(req, req->status);
}
