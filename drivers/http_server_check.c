#include "http_server_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* libmicrohttpd reads leniently; what it lets pass and a proxy in front may read otherwise is
 * refused here, since two readings of one request are how requests are smuggled. */

enum { TARGET_MAX = 2048, HOST_MAX = 255, LENGTH_DIGITS_MAX = 18 };

struct header_survey {
    int count;
    unsigned seen;    /* single_bit() of each */
    const char *next; /* where the next header must begin */
    const char *host, *length, *encoding;
    const char *fault; /* NULL = none */
};

static bool is_token(const char *text, size_t size)
{
    if (size == 0)
        return false;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!isalnum(c) && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return true;
}

static bool is_field_value(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* Headers of which a second one would leave open which of them counts. */
static unsigned single_bit(const char *name)
{
    static const char *const singles[] = {
        "host",   "content-length", "transfer-encoding", "authorization", "cookie",
        "origin", "x-csrf-token",   "content-type",      "range",         "last-event-id",
    };
    for (size_t i = 0; i < sizeof singles / sizeof singles[0]; i++) {
        if (strcasecmp(name, singles[i]) == 0)
            return 1u << i;
    }
    return 0;
}

/* libmicrohttpd parses in place, so the texts it hands out must lie in its buffer exactly as a
 * clean header does: name, colon, blanks, value, CR LF, next name. Nothing else tells us of bare
 * line feeds, of NUL bytes, of a nameless line (which it takes for the end of the header), and of
 * folded lines (whose second half it appends to the *name*, hiding a header that a proxy has seen).
 */
static bool follows(const char **expected, const char *name, size_t name_size, const char *value,
                    size_t value_size)
{
    if (name != *expected || !value)
        return false;
    const char *blank = name + name_size + 1;
    while (*blank == ' ' || *blank == '\t')
        blank++;
    *expected = value + value_size + 2;
    return value == blank;
}

static enum MHD_Result survey_header(void *context, enum MHD_ValueKind kind, const char *name,
                                     size_t name_size, const char *value, size_t value_size)
{
    struct header_survey *survey = context;
    (void)kind;

    unsigned bit = is_token(name, name_size) ? single_bit(name) : 0;
    if (++survey->count > HTTP_REQUEST_HEADERS_MAX)
        survey->fault = "There are too many headers.";
    else if (!follows(&survey->next, name, name_size, value, value_size))
        survey->fault = "Each header must be one line that ends with CR LF.";
    else if (!is_token(name, name_size))
        survey->fault = "The name of a header is not one.";
    else if (!is_field_value(value, value_size))
        survey->fault = "A header holds a control character.";
    else if (survey->seen & bit)
        survey->fault = "A header that may stand once stands twice.";
    else if (strcasecmp(name, "host") == 0)
        survey->host = value;
    else if (strcasecmp(name, "content-length") == 0)
        survey->length = value;
    else if (strcasecmp(name, "transfer-encoding") == 0)
        survey->encoding = value;
    survey->seen |= bit;
    return survey->fault ? MHD_NO : MHD_YES;
}

static bool is_host(const char *text)
{
    size_t size = text ? strlen(text) : 0;
    if (size == 0 || size > HOST_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr(".-_:[]", text[i]))
            return false;
    }
    return true;
}

static bool is_length(const char *text)
{
    size_t size = text ? strlen(text) : 0;
    return size > 0 && size <= LENGTH_DIGITS_MAX && strspn(text, "0123456789") == size;
}

static const char *fault_of_framing(const struct header_survey *survey, const char *version)
{
    if (!is_host(survey->host))
        return "One Host header is needed.";
    if (survey->length && !is_length(survey->length))
        return "Content-Length must be one decimal number.";
    if (survey->encoding &&
        (strcasecmp(survey->encoding, "chunked") != 0 || strcmp(version, "HTTP/1.1") != 0))
        return "The only Transfer-Encoding understood is chunked, in HTTP/1.1.";
    if (survey->encoding && survey->length)
        return "Content-Length and Transfer-Encoding exclude each other.";
    return NULL;
}

static const char *fault_of_target(const struct http_request *req)
{
    if (req->path[0] != '/')
        return "The request's target must be a path.";
    if (strlen(req->path) + strlen(req->query) > TARGET_MAX)
        return "The request's target is too long.";
    for (const char *parts[] = {req->path, req->query, NULL}, **part = parts; *part; part++) {
        for (const char *c = *part; *c; c++) {
            if (*c <= ' ' || *c >= 0x7f || strchr("\"#<>\\^`{|}", *c))
                return "The request's target holds a character that must be written as %XX.";
        }
    }
    return NULL;
}

/* The empty line follows, and with it the header ends. */
static bool ends_there(const struct http_request *req, const char *next)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(req->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info && next + 2 == req->method_text + info->header_size;
}

static const char *fault_of(struct http_request *req)
{
    struct header_survey survey = {.next = req->version + strlen(req->version) + 2};
    const char *fault = fault_of_target(req);

    if (fault)
        return fault;
    (void)MHD_get_connection_values_n(req->mhd, MHD_HEADER_KIND, survey_header, &survey);
    if (survey.fault)
        return survey.fault;
    if (!ends_there(req, survey.next))
        return "Each line of the header must end with CR LF.";
    return fault_of_framing(&survey, req->version);
}

uint64_t http_declared_size(const struct http_request *req)
{
    const char *length = http_header(req, "content-length");
    return length ? strtoull(length, NULL, 10) : 0;
}

size_t http_body_max(const struct http_request *req)
{
    const struct http_server_options *options = &req->server->options;
    size_t max = req->route && options->body_max ? options->body_max(req->route) : 0;
    return max ? max : HTTP_BODY_MAX;
}

void http_refuse_body(struct http_request *req)
{
    http_reply_error(
        req, MHD_HTTP_CONTENT_TOO_LARGE, "too_large",
        http_printf(req, "The body is larger than %zu KiB; send less.", http_body_max(req) / 1024),
        NULL);
}

void http_check(struct http_request *req)
{
    const char *fault = fault_of(req);

    if (fault) {
        req->must_close = true;
        http_reply_error(req, MHD_HTTP_BAD_REQUEST, "bad_request", fault, NULL);
        return;
    }
    http_route(req);
    if (!req->response && http_declared_size(req) > http_body_max(req))
        http_refuse_body(req);
}

/* -- routes ------------------------------------------------------------------------------------ */

/* "." and ".." and an escaped slash would mean another path to whoever joins the pieces. */
static bool take_param(char to[static HTTP_PARAM_SIZE], const char *from, size_t size)
{
    return http_decode(to, HTTP_PARAM_SIZE, from, size, false) && strcmp(to, ".") != 0 &&
           strcmp(to, "..") != 0 && !strchr(to, '\\');
}

enum match { MATCH_NO, MATCH_YES, MATCH_BAD };

/* What the "{}" of a route stand for. */
struct captures {
    int count;
    char list[HTTP_PARAMS_MAX][HTTP_PARAM_SIZE];
};

static enum match match_route(const char *path, const char *pattern, struct captures *ret)
{
    ret->count = 0;

    while (*pattern) {
        bool rest = strncmp(pattern, "{*}", 3) == 0;
        if (!rest && strncmp(pattern, "{}", 2) != 0) {
            if (*pattern++ != *path++)
                return MATCH_NO;
            continue;
        }
        size_t size = rest ? strlen(path) : strcspn(path, "/");
        if (size == 0 || ret->count == HTTP_PARAMS_MAX)
            return MATCH_NO;
        char *param = ret->list[ret->count++];
        if (!take_param(param, path, size) || (!rest && strchr(param, '/')))
            return MATCH_BAD;
        path += size;
        pattern += rest ? 3 : 2;
    }
    return *path ? MATCH_NO : MATCH_YES;
}

static const char *const method_names[] = {[HTTP_GET] = "GET",
                                           [HTTP_POST] = "POST",
                                           [HTTP_PUT] = "PUT",
                                           [HTTP_DELETE] = "DELETE",
                                           [HTTP_PATCH] = "PATCH"};

const char *http_method_name(enum http_method method)
{
    return method_names[method];
}

static bool parse_method(const char *text, enum http_method *ret)
{
    if (strcmp(text, "HEAD") == 0)
        text = "GET";
    for (int m = HTTP_GET; m <= HTTP_PATCH; m++) {
        if (strcmp(text, method_names[m]) == 0) {
            *ret = (enum http_method)m;
            return true;
        }
    }
    return false;
}

static void refuse_method(struct http_request *req, unsigned allowed)
{
    const char *allow = "";

    for (int m = HTTP_GET; m <= HTTP_PATCH; m++) {
        if (allowed & (1u << m))
            allow = http_printf(req, "%s%s%s", allow, *allow ? ", " : "",
                                m == HTTP_GET ? "GET, HEAD" : method_names[m]);
    }
    http_add_header(req, "Allow", allow);
    http_reply_error(req, MHD_HTTP_METHOD_NOT_ALLOWED, "method_not_allowed",
                     "This address does not take that method; Allow names those it takes.", NULL);
}

void http_route(struct http_request *req)
{
    const struct http_server_options *options = &req->server->options;
    bool known = parse_method(req->method_text, &req->method);
    unsigned allowed = 0;
    struct captures params;

    for (size_t i = 0; i < options->route_count; i++) {
        const struct http_route *route = &options->routes[i];
        enum match match = match_route(req->path, route->path, &params);
        if (match == MATCH_BAD) {
            http_reply_error(req, MHD_HTTP_BAD_REQUEST, "bad_request",
                             "A part of the path is not text that this address takes.", NULL);
            return;
        }
        if (match == MATCH_NO)
            continue;
        if (known && route->method == req->method) {
            req->route = route;
            for (int p = 0; p < params.count; p++)
                req->params[p] = http_printf(req, "%s", params.list[p]);
            return;
        }
        allowed |= 1u << route->method;
    }
    if (allowed)
        refuse_method(req, allowed);
    else
        http_reply_error(req, MHD_HTTP_NOT_FOUND, "not_found", "There is nothing at this address.",
                         NULL);
}
