#include "http_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 1024 };

void http_stream_init(struct http_stream *stream, http_stream_event_fn *event, void *context)
{
    *stream = (struct http_stream){.event = event, .context = context};
}

void http_stream_finish(struct http_stream *stream)
{
    free(stream->line);
    free(stream->data);
    stream->line = stream->data = NULL;
}

/* Appends bytes and keeps a terminator behind them; limit counts without the terminator. */
static int append(char **buffer, size_t *size, size_t *capacity, const char *bytes, size_t count,
                  size_t limit)
{
    if (count > limit - *size)
        return -EMSGSIZE;
    size_t need = *size + count + 1;
    if (need > *capacity) {
        size_t grown = *capacity ? *capacity : FIRST_CAPACITY;
        while (grown < need)
            grown *= 2;
        char *moved = realloc(*buffer, grown);
        if (!moved)
            return -ENOMEM;
        *buffer = moved;
        *capacity = grown;
    }
    memcpy(*buffer + *size, bytes, count);
    *size += count;
    (*buffer)[*size] = '\0';
    return 0;
}

static void copy_text(char *to, size_t size, const char *from)
{
    size_t length = strnlen(from, size - 1);
    memcpy(to, from, length);
    to[length] = '\0';
}

/* An empty line: the event is whole. Without data there is no event, as the grammar says. */
static int dispatch(struct http_stream *stream)
{
    bool go_on = true;
    if (stream->has_data) {
        struct http_stream_event event = {
            .name = stream->name[0] ? stream->name : "message",
            .id = stream->id,
            .data = stream->data,
            .size = stream->data_size,
        };
        go_on = stream->event(&event, stream->context);
    }
    stream->has_data = false;
    stream->data_size = 0;
    stream->name[0] = '\0';
    return go_on ? 0 : -ECANCELED;
}

static int add_data(struct http_stream *stream, const char *value, size_t size)
{
    int r = 0;
    if (stream->has_data)
        r = append(&stream->data, &stream->data_size, &stream->data_capacity, "\n", 1,
                   HTTP_STREAM_DATA_MAX);
    if (r == 0)
        r = append(&stream->data, &stream->data_size, &stream->data_capacity, value, size,
                   HTTP_STREAM_DATA_MAX);
    stream->has_data = true;
    return r;
}

static void set_retry(struct http_stream *stream, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    if (digits == 0 || value[digits] != '\0')
        return;
    long ms = digits > 9 ? HTTP_STREAM_RETRY_MAX_MS : strtol(value, NULL, 10);
    stream->retry_ms = ms > HTTP_STREAM_RETRY_MAX_MS ? HTTP_STREAM_RETRY_MAX_MS : (int)ms;
}

/* One line without its end. A name or id that does not fit is cut: nobody sends such, and a cut
 * one matches nothing. */
static int take_line(struct http_stream *stream)
{
    char *line = stream->line;
    size_t size = stream->line_size;
    stream->line_size = 0;
    if (size == 0)
        return dispatch(stream);
    char *colon = memchr(line, ':', size);
    char *value = line + size;
    if (colon == line)
        return 0; /* comment: a heartbeat */
    if (colon) {
        *colon = '\0';
        value = colon + 1;
        value += *value == ' ';
    }
    if (strcmp(line, "data") == 0)
        return add_data(stream, value, (size_t)(line + size - value));
    if (strcmp(line, "event") == 0)
        copy_text(stream->name, sizeof stream->name, value);
    else if (strcmp(line, "id") == 0 && !memchr(value, '\0', (size_t)(line + size - value)))
        copy_text(stream->id, sizeof stream->id, value);
    else if (strcmp(line, "retry") == 0)
        set_retry(stream, value);
    return 0;
}

static int add_to_line(struct http_stream *stream, const char *bytes, size_t count)
{
    return append(&stream->line, &stream->line_size, &stream->line_capacity, bytes, count,
                  HTTP_STREAM_LINE_MAX);
}

int http_stream_feed(struct http_stream *stream, const char *bytes, size_t size)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const char *end = bytes + size;
    while (bytes < end) {
        if (stream->after_cr && *bytes == '\n') {
            stream->after_cr = false;
            bytes++;
            continue;
        }
        stream->after_cr = false;
        const char *stop = bytes;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        int r = add_to_line(stream, bytes, (size_t)(stop - bytes));
        if (r < 0)
            return r;
        if (stop == end)
            return 0;
        if (!stream->started && stream->line_size >= 3 && memcmp(stream->line, mark, 3) == 0) {
            stream->line_size -= 3;
            memmove(stream->line, stream->line + 3, stream->line_size + 1);
        }
        stream->started = true;
        stream->after_cr = *stop == '\r';
        bytes = stop + 1;
        r = take_line(stream);
        if (r < 0)
            return r;
    }
    return 0;
}
