/* One transfer of the HTTP client: what libcurl's callbacks fill. Private to the driver.
 */
#ifndef MACHIAI_DRIVERS_HTTP_TRANSFER_H
#define MACHIAI_DRIVERS_HTTP_TRANSFER_H

#include <curl/curl.h>

#include "http_client.h"

enum transfer_kind { TRANSFER_REQUEST, TRANSFER_LISTEN, TRANSFER_FETCH };

struct transfer {
    CURLM *multi;         /* NULL until the handle is added */
    const char *url, *ca; /* the client's, for messages */
    int64_t id;
    enum transfer_kind kind;
    CURL *easy;
    struct curl_slist *headers;
    http_client_done_fn *done;
    void *context;
    bool urgent, cancelled, opened;
    bool hold, paused;              /* FETCH: is to stand still; does */
    enum http_client_result failed; /* set by a callback that stopped the transfer; OK = none */
    int sink_error;                 /* of a DISK failure: negative errno */
    char *body;
    size_t size, capacity;
    size_t body_max; /* REQUEST */
    char error[CURL_ERROR_SIZE];
    struct http_client_answer answer;
    int idle_ms; /* 0 = silence is no reason */
    int64_t heard_ms;
    /* LISTEN */
    void (*open)(void *context);
    void (*event)(const struct http_stream_event *event, void *context);
    struct http_stream stream;
    /* FETCH */
    struct http_client_sink sink;
    int64_t offset, size_max, range_start;
};

int64_t http_transfer_clock(void); /* monotonic ms */
/* Points libcurl's callbacks at the transfer. */
bool http_transfer_attach(struct transfer *transfer) __attribute__((warn_unused_result));
/* Fills transfer->answer at its end. */
void http_transfer_judge(struct transfer *transfer, CURLcode code);
/* Accepts NULL and half-built ones. */
void http_transfer_free(struct transfer *transfer);

#endif
