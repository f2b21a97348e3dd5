#include "http_server_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A worker's script brings its own policy, and a page may start one. */
static bool is_page(const char *type)
{
    return strncmp(type, "text/html", 9) == 0 || strncmp(type, "text/javascript", 15) == 0;
}

void http_reply_response(struct http_request *req, unsigned status, const char *type,
                         struct MHD_Response *response)
{
    if (!response)
        abort();       /* out of memory */
    if (req->response) /* a refusal after a refusal: the last word counts */
        MHD_destroy_response(req->response);
    req->response = response;
    req->status = status;
    if (type) {
        (void)MHD_add_response_header(response, "Content-Type", type);
        req->page = is_page(type);
    }
}

int http_status(const struct http_request *req)
{
    return req->response ? (int)req->status : 0;
}

void http_hold(struct http_request *req, int ms)
{
    req->hold_ms = ms;
}

void http_add_header(struct http_request *req, const char *name, const char *value)
{
    struct http_pair *pair = NULL;

    for (int i = 0; i < req->header_count && strcasecmp(name, "Set-Cookie") != 0; i++) {
        if (strcasecmp(req->headers[i].name, name) == 0)
            pair = &req->headers[i];
    }
    if (!pair) {
        assert(req->header_count < HTTP_HEADERS_MAX);
        pair = &req->headers[req->header_count++];
    }
    pair->name = http_printf(req, "%s", name);
    pair->value = http_printf(req, "%s", value);
}

/* -- errors ------------------------------------------------------------------------------------ */

/* As a JSON string; malformed UTF-8 is the caller's matter. */
static char *quote(struct http_request *req, const char *text)
{
    char *to = http_alloc(req, strlen(text) * 6 + 3);
    char *end = to;

    *end++ = '"';
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            *end++ = '\\';
            *end++ = (char)c;
        } else if (c < 0x20) {
            end += sprintf(end, "\\u%04x", c);
        } else {
            *end++ = (char)c;
        }
    }
    *end++ = '"';
    return to;
}

void http_reply_error(struct http_request *req, int status, const char *code, const char *message,
                      const char *field)
{
    const char *body = field ? http_printf(req, "{\"error\":%s,\"message\":%s,\"field\":%s}",
                                           quote(req, code), quote(req, message), quote(req, field))
                             : http_printf(req, "{\"error\":%s,\"message\":%s}", quote(req, code),
                                           quote(req, message));
    http_reply(req, status, "application/json", body, strlen(body), NULL);
}

/* -- bodies ------------------------------------------------------------------------------------ */

/* The part of an ETag between its quotes: W/ aside, and without the mark of the gzip variant. */
static size_t etag_core(const char *tag, size_t size, const char **ret)
{
    static const char mark[] = "-gz";

    if (size >= 2 && strncmp(tag, "W/", 2) == 0) {
        tag += 2;
        size -= 2;
    }
    if (size < 2 || tag[0] != '"' || tag[size - 1] != '"')
        return 0;
    tag++;
    size -= 2;
    if (size > 3 && strncmp(tag + size - 3, mark, 3) == 0)
        size -= 3;
    *ret = tag;
    return size;
}

static bool etag_matches(const char *list, const char *etag)
{
    const char *mine = NULL, *theirs = NULL;
    size_t size = etag_core(etag, strlen(etag), &mine);

    while (size && *list) {
        list += strspn(list, ", \t");
        size_t part = strcspn(list, ", \t");
        if (part == 1 && *list == '*')
            return true;
        if (etag_core(list, part, &theirs) == size && strncmp(mine, theirs, size) == 0)
            return true;
        list += part;
    }
    return false;
}

/* True when the client has it already; the answer is then given. Its headers replace those that the
 * client has kept (RFC 9111, 3.2), so a page that is unchanged keeps the policy of a page. */
static bool reply_unchanged(struct http_request *req, const char *type, const char *etag)
{
    const char *known = http_header(req, "if-none-match");

    if (etag)
        http_add_header(req, "ETag", etag);
    if (!etag || !known || req->method != HTTP_GET || !etag_matches(known, etag))
        return false;
    http_reply_response(req, MHD_HTTP_NOT_MODIFIED, NULL,
                        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
    req->page = type && is_page(type);
    return true;
}

void http_reply(struct http_request *req, int status, const char *type, const void *body,
                size_t size, const char *etag)
{
    if (status == MHD_HTTP_OK && reply_unchanged(req, type, etag))
        return;
    http_reply_response(req, (unsigned)status, type,
                        MHD_create_response_from_buffer(size, (void *)body, MHD_RESPMEM_MUST_COPY));
}

/* "gzip" or "*" in Accept-Encoding, unless its weight is zero. */
static bool accepts_gzip(const struct http_request *req)
{
    const char *list = http_header(req, "accept-encoding");

    while (list && *list) {
        list += strspn(list, ", \t");
        size_t size = strcspn(list, ",");
        size_t name = strcspn(list, ",; \t");
        if ((name == 4 && strncasecmp(list, "gzip", 4) == 0) || (name == 1 && *list == '*')) {
            const char *weight = memmem(list, size, "q=", 2);
            return !weight || strtod(weight + 2, NULL) > 0;
        }
        list += size;
    }
    return false;
}

void http_reply_static(struct http_request *req, const char *type, const void *body, size_t size,
                       const void *gzip, size_t gzip_size, const char *etag)
{
    bool packed = gzip && accepts_gzip(req);

    if (gzip)
        http_add_header(req, "Vary", "Accept-Encoding");
    if (packed && etag)
        etag = http_printf(req, "%.*s-gz\"", (int)strlen(etag) - 1, etag);
    if (reply_unchanged(req, type, etag))
        return;
    if (packed)
        http_add_header(req, "Content-Encoding", "gzip");
    const void *bytes = packed ? gzip : body;
    http_reply_response(req, MHD_HTTP_OK, type,
                        MHD_create_response_from_buffer(packed ? gzip_size : size, (void *)bytes,
                                                        MHD_RESPMEM_PERSISTENT));
}

/* -- files ------------------------------------------------------------------------------------- */

enum range { RANGE_NONE, RANGE_PART, RANGE_BEYOND };

/* One decimal number at *text; false when there is none or it is absurd. */
static bool take_number(const char **text, uint64_t *ret)
{
    size_t digits = strspn(*text, "0123456789");
    if (digits == 0 || digits > 18)
        return false;
    *ret = strtoull(*text, NULL, 10);
    *text += digits;
    return true;
}

/* RFC 9110, 14.2: whatever is not one plain byte range is answered as if it were not there. */
static enum range parse_range(const char *text, uint64_t size, uint64_t *ret_from, uint64_t *ret_to)
{
    uint64_t from = 0, to = 0;

    if (!text || strncmp(text, "bytes=", 6) != 0)
        return RANGE_NONE;
    text += 6;
    bool has_from = take_number(&text, &from);
    if (*text++ != '-')
        return RANGE_NONE;
    bool has_to = take_number(&text, &to);
    if (*text || (!has_from && !has_to) || (has_from && has_to && to < from))
        return RANGE_NONE;
    if (!has_from) { /* the last `to` bytes */
        if (to == 0 || size == 0)
            return RANGE_BEYOND;
        from = to < size ? size - to : 0;
        has_to = false;
    }
    if (from >= size)
        return RANGE_BEYOND;
    *ret_from = from;
    *ret_to = has_to && to < size ? to : size - 1;
    return RANGE_PART;
}

/* If-Range asks for the part only when the bytes are still the same. */
static bool range_holds(const struct http_request *req, const char *etag)
{
    const char *condition = http_header(req, "if-range");
    return !condition || (etag && strcmp(condition, etag) == 0);
}

static void reply_range(struct http_request *req, int fd, uint64_t size, const char *type,
                        const char *etag)
{
    uint64_t from = 0, to = 0;
    enum range range = req->method == HTTP_GET && range_holds(req, etag)
                           ? parse_range(http_header(req, "range"), size, &from, &to)
                           : RANGE_NONE;

    http_add_header(req, "Accept-Ranges", "bytes");
    if (range == RANGE_BEYOND) {
        (void)close(fd);
        http_add_header(req, "Content-Range",
                        http_printf(req, "bytes */%llu", (unsigned long long)size));
        http_reply_error(req, MHD_HTTP_RANGE_NOT_SATISFIABLE, "bad_range",
                         "The range lies outside the content.", NULL);
        return;
    }
    if (range == RANGE_PART)
        http_add_header(req, "Content-Range",
                        http_printf(req, "bytes %llu-%llu/%llu", (unsigned long long)from,
                                    (unsigned long long)to, (unsigned long long)size));
    else
        to = size - 1;
    http_reply_response(req, range == RANGE_PART ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK, type,
                        http_file_response(req, fd, from, size ? to - from + 1 : 0));
}

int http_reply_file(struct http_request *req, const char *path, const char *type, const char *etag)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold the worker */
    if (fd < 0)
        return -errno;

    int error = fstat(fd, &about) < 0 ? -errno : S_ISREG(about.st_mode) ? 0 : -EISDIR;
    if (error) {
        (void)close(fd);
        return error;
    }
    if (reply_unchanged(req, type, etag))
        (void)close(fd);
    else
        reply_range(req, fd, (uint64_t)about.st_size, type, etag);
    return 0;
}
