/* A request as the cloud's handlers see it: drivers/http_server.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_private.h"

void net_request_finish(struct http_request *req)
{
    for (int i = 0; i < req->part_count; i++)
        free(req->parts[i]);
    free(req->text);
}

static enum http_method method_of(const char *name)
{
    return strcmp(name, "POST") == 0  ? HTTP_POST
           : strcmp(name, "PUT") == 0 ? HTTP_PUT
           : strcmp(name, "GET") == 0 ? HTTP_GET
                                      : HTTP_DELETE;
}

void *http_alloc(struct http_request *req, size_t size)
{
    void *part = calloc(1, size);
    if (!part || req->part_count == PARTS_MAX)
        abort();
    req->parts[req->part_count++] = part;
    return part;
}

char *http_printf(struct http_request *req, const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *copy = http_alloc(req, (size_t)length + 1);
    memcpy(copy, text, (size_t)length);
    return copy;
}

const char *http_param(const struct http_request *req, int i)
{
    return req->params[i];
}

const char *http_header(const struct http_request *req, const char *name)
{
    if (strcasecmp(name, "authorization") == 0)
        return req->token;
    return strcasecmp(name, "last-event-id") == 0 ? req->last_id : NULL;
}

const char *http_query(struct http_request *req, const char *name)
{
    (void)req;
    (void)name;
    return NULL;
}

const char *http_cookie(struct http_request *req, const char *name)
{
    (void)req;
    (void)name;
    return NULL;
}

const char *http_body(const struct http_request *req, size_t *ret_size)
{
    const char *body = req->body ? req->body : "";
    *ret_size = strlen(body);
    return body;
}

const char *http_peer(struct http_request *req)
{
    (void)req;
    return "192.0.2.1";
}

const char *http_id(const struct http_request *req)
{
    (void)req;
    return "sim";
}

enum http_method http_method_of(const struct http_request *req)
{
    return method_of(req->method);
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
    return (void *)req->user;
}

int http_status(const struct http_request *req)
{
    return req->status;
}

void http_hold(struct http_request *req, int ms)
{
    (void)req;
    (void)ms;
}

/* The simulated kiosk takes streams. */
void http_stream_wait(struct http_request *req, int ms, const char *known)
{
    (void)req;
    (void)ms;
    (void)known;
}

void http_add_header(struct http_request *req, const char *name, const char *value)
{
    if (strcmp(name, "Retry-After") == 0)
        req->retry_after_s = atoi(value);
}

void http_reply(struct http_request *req, int status, const char *type, const void *body,
                size_t size, const char *etag)
{
    (void)type;
    (void)etag;
    req->answered = true;
    req->status = status;
    req->text = malloc(size + 1);
    if (!req->text)
        abort();
    if (size > 0)
        memcpy(req->text, body, size);
    req->text[size] = '\0';
}

void http_reply_error(struct http_request *req, int status, const char *code, const char *message,
                      const char *field)
{
    char text[512];
    (void)field;
    int length =
        snprintf(text, sizeof text, "{\"error\":\"%s\",\"message\":\"%.300s\"}", code, message);
    http_reply(req, status, "application/json", text, (size_t)length, NULL);
}

void http_reply_static(struct http_request *req, const char *type, const void *body, size_t size,
                       const void *gzip, size_t gzip_size, const char *etag)
{
    (void)gzip;
    (void)gzip_size;
    http_reply(req, 200, type, body, size, etag);
}

int http_reply_file(struct http_request *req, const char *path, const char *type, const char *etag)
{
    (void)path;
    http_reply(req, 404, type, "", 0, etag);
    return 0;
}
