/* Server-sent events: a reader that is fed bytes as they come and hands out whole events.
 *
 * Follows the WHATWG grammar (CR, LF and CRLF, comments, several data lines). Lines and events are
 * bounded; what is longer ends the stream, because a cut event would be a false one.
 */
#ifndef MACHIAI_DRIVERS_HTTP_STREAM_H
#define MACHIAI_DRIVERS_HTTP_STREAM_H

#include <stdbool.h>
#include <stddef.h>

enum {
    HTTP_STREAM_LINE_MAX = 256 * 1024,
    HTTP_STREAM_DATA_MAX = 256 * 1024,
    HTTP_STREAM_NAME_SIZE = 64,
    HTTP_STREAM_ID_SIZE = 128,
    HTTP_STREAM_RETRY_MAX_MS = 10 * 60 * 1000
};

/* Valid during the callback only. */
struct http_stream_event {
    const char *name; /* "message" when the server gave none */
    const char *id;   /* the last id of the stream, "" = none */
    const char *data;
    size_t size;
};

/* False stops the reader: what follows in the same bytes is not read. */
typedef bool http_stream_event_fn(const struct http_stream_event *event, void *context);

struct http_stream {
    http_stream_event_fn *event;
    void *context;
    char *line, *data;
    size_t line_size, line_capacity, data_size, data_capacity;
    char name[HTTP_STREAM_NAME_SIZE];
    char id[HTTP_STREAM_ID_SIZE];
    int retry_ms; /* the server's wish; 0 = none */
    bool has_data, after_cr, started;
};

void http_stream_init(struct http_stream *stream, http_stream_event_fn *event, void *context);
void http_stream_finish(struct http_stream *stream);

/* 0; -EMSGSIZE for a line or an event over its limit, -ENOMEM, -ECANCELED when the callback said
 * stop. After an error the stream must not be fed again. */
int http_stream_feed(struct http_stream *stream, const char *bytes, size_t size)
    __attribute__((warn_unused_result));

#endif
