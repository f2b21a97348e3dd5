#include "http_transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ERROR_BODY_MAX = 64 * 1024, RETRY_AFTER_MAX_S = 3600 };

int64_t http_transfer_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t stop_with(struct transfer *transfer, enum http_client_result result)
{
    transfer->failed = result;
    return CURL_WRITEFUNC_ERROR;
}

static bool keep_body(struct transfer *transfer, const char *bytes, size_t count)
{
    size_t limit = transfer->kind == TRANSFER_REQUEST ? transfer->body_max : ERROR_BODY_MAX;
    if (count > limit - transfer->size) {
        transfer->failed = HTTP_CLIENT_TOO_LARGE;
        return false;
    }
    if (transfer->size + count + 1 > transfer->capacity) {
        size_t capacity = (transfer->size + count + 1) * 2;
        if (capacity > limit + 1)
            capacity = limit + 1;
        char *moved = realloc(transfer->body, capacity);
        if (!moved) {
            transfer->failed = HTTP_CLIENT_LOCAL;
            return false;
        }
        transfer->body = moved;
        transfer->capacity = capacity;
    }
    memcpy(transfer->body + transfer->size, bytes, count);
    transfer->size += count;
    transfer->body[transfer->size] = '\0';
    return true;
}

static bool forward_event(const struct http_stream_event *event, void *context)
{
    struct transfer *transfer = context;
    transfer->event(event, transfer->context);
    return !transfer->cancelled;
}

static size_t take_stream(struct transfer *transfer, const char *bytes, size_t count)
{
    int r = http_stream_feed(&transfer->stream, bytes, count);
    if (r == 0)
        return count;
    return stop_with(transfer, r == -EMSGSIZE ? HTTP_CLIENT_TOO_LARGE : HTTP_CLIENT_LOCAL);
}

static bool taken(struct transfer *transfer, int r)
{
    if (r >= 0)
        return true;
    transfer->sink_error = r;
    transfer->failed = HTTP_CLIENT_DISK;
    return false;
}

/* The first bytes decide where the file goes on: 206 continues it, 200 begins it again. */
static bool begin_file(struct transfer *transfer, long status)
{
    if (status == 206 && transfer->range_start != transfer->offset) {
        transfer->failed = HTTP_CLIENT_CUT;
        return false;
    }
    if (status == 206 || transfer->offset == 0)
        return true;
    transfer->offset = 0;
    return taken(transfer, transfer->sink.restart(transfer->context));
}

static size_t take_file(struct transfer *transfer, const char *bytes, size_t count, long status)
{
    if (!transfer->opened && !begin_file(transfer, status))
        return CURL_WRITEFUNC_ERROR;
    transfer->opened = true;
    if ((int64_t)count > transfer->size_max - transfer->offset)
        return stop_with(transfer, HTTP_CLIENT_TOO_LARGE);
    if (!taken(transfer, transfer->sink.write(transfer->context, bytes, count)))
        return CURL_WRITEFUNC_ERROR;
    transfer->offset += (int64_t)count;
    return count;
}

static size_t on_bytes(char *bytes, size_t unit, size_t count, void *context)
{
    struct transfer *transfer = context;
    count *= unit;
    if (transfer->cancelled)
        return CURL_WRITEFUNC_ERROR;
    transfer->heard_ms = http_transfer_clock();
    if (transfer->hold) {
        transfer->paused = true;
        return CURL_WRITEFUNC_PAUSE; /* the same bytes come again */
    }
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    bool good = status >= 200 && status < 300;
    if (good && transfer->kind == TRANSFER_LISTEN)
        return take_stream(transfer, bytes, count);
    if (good && transfer->kind == TRANSFER_FETCH)
        return take_file(transfer, bytes, count, status);
    return keep_body(transfer, bytes, count) ? count : CURL_WRITEFUNC_ERROR;
}

/* The value of a header line when its name is `name` (lower case, with colon), else NULL. */
static const char *header_value(const char *line, const char *name)
{
    size_t length = strlen(name);
    if (strncasecmp(line, name, length) != 0)
        return NULL;
    return line + length + strspn(line + length, " \t");
}

static int64_t date_ms(const char *value)
{
    time_t seconds_utc = curl_getdate(value, NULL);
    return seconds_utc > 0 ? (int64_t)seconds_utc * 1000 : 0;
}

/* Retry-After as a date is not used by our server: 0. */
static int seconds(const char *value)
{
    long count = strtol(value, NULL, 10);
    return count < 0 ? 0 : count > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : (int)count;
}

static size_t on_header(char *bytes, size_t unit, size_t count, void *context)
{
    struct transfer *transfer = context;
    count *= unit;
    char line[256];
    size_t length = count < sizeof line - 1 ? count : sizeof line - 1;
    memcpy(line, bytes, length);
    line[length] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    const char *value;
    if ((value = header_value(line, "etag:")))
        (void)snprintf(transfer->answer.etag, sizeof transfer->answer.etag, "%s", value);
    else if ((value = header_value(line, "date:")))
        transfer->answer.date_ms = date_ms(value);
    else if ((value = header_value(line, "retry-after:")))
        transfer->answer.retry_after_s = seconds(value);
    else if ((value = header_value(line, "content-range:")) && strncmp(value, "bytes ", 6) == 0)
        transfer->range_start = strtoll(value + 6, NULL, 10);
    else if (count <= 2 && transfer->kind == TRANSFER_LISTEN && !transfer->cancelled) {
        long status = 0;
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        transfer->heard_ms = http_transfer_clock();
        if (status == 200 && transfer->open)
            transfer->open(transfer->context);
    }
    return count;
}

bool http_transfer_attach(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    http_stream_init(&transfer->stream, forward_event, transfer);
    CURLcode r = curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    r |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    r |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    r |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    r |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    r |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    return r == CURLE_OK;
}

static enum http_client_result result_of(CURLcode code)
{
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return HTTP_CLIENT_URL;
    case CURLE_COULDNT_RESOLVE_HOST:
        return HTTP_CLIENT_RESOLVE;
    case CURLE_COULDNT_CONNECT:
        return HTTP_CLIENT_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_CLIENT_TIMEOUT;
    case CURLE_SSL_CACERT_BADFILE:
        return HTTP_CLIENT_CA_FILE;
    case CURLE_PEER_FAILED_VERIFICATION:
        return HTTP_CLIENT_UNTRUSTED;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
        return HTTP_CLIENT_LOCAL;
    default:
        return HTTP_CLIENT_CUT;
    }
}

static void describe(struct transfer *transfer, const char *reason)
{
    struct http_client_answer *answer = &transfer->answer;
    const char *url = transfer->url;
    switch (answer->result) {
    case HTTP_CLIENT_OK:
        break;
    case HTTP_CLIENT_STATUS:
        (void)snprintf(answer->text, sizeof answer->text, "%.120s answered with status %d", url,
                       answer->status);
        break;
    case HTTP_CLIENT_CA_FILE:
        (void)snprintf(answer->text, sizeof answer->text,
                       "the certificate file %.160s cannot be read", transfer->ca);
        break;
    case HTTP_CLIENT_DISK:
        (void)snprintf(answer->text, sizeof answer->text, "the file cannot be written: %s",
                       strerror(-transfer->sink_error));
        break;
    case HTTP_CLIENT_TOO_LARGE:
        (void)snprintf(answer->text, sizeof answer->text, "%.120s sent more than is allowed", url);
        break;
    default:
        (void)snprintf(answer->text, sizeof answer->text, "%.120s: %.120s", url, reason);
    }
}

void http_transfer_judge(struct transfer *transfer, CURLcode code)
{
    struct http_client_answer *answer = &transfer->answer;
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    answer->status = (int)status;
    answer->body = transfer->body ? transfer->body : "";
    answer->size = transfer->size;
    answer->retry_ms = transfer->stream.retry_ms;
    answer->written = transfer->offset;
    if (transfer->failed != HTTP_CLIENT_OK)
        answer->result = transfer->failed;
    else if (code != CURLE_OK)
        answer->result = result_of(code);
    else if (status < 200 || status > 299)
        answer->result = HTTP_CLIENT_STATUS;
    else if (transfer->kind == TRANSFER_LISTEN)
        answer->result = HTTP_CLIENT_CUT;
    else
        answer->result = HTTP_CLIENT_OK;
    const char *reason = transfer->error[0] ? transfer->error
                         : code != CURLE_OK ? curl_easy_strerror(code)
                                            : "the server ended the stream";
    describe(transfer, reason);
}

void http_transfer_free(struct transfer *transfer)
{
    if (!transfer)
        return;
    if (transfer->easy) {
        if (transfer->multi)
            (void)curl_multi_remove_handle(transfer->multi, transfer->easy);
        curl_easy_cleanup(transfer->easy);
    }
    curl_slist_free_all(transfer->headers);
    http_stream_finish(&transfer->stream);
    free(transfer->body);
    free(transfer);
}
