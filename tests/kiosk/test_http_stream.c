/* The reader of server-sent events: the same events however the bytes are cut. */
#include "../core/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_stream.h"

struct heard {
    char text[1024]; /* name|id|data; of each event */
    int count, stop_at;
};

static bool hear(const struct http_stream_event *event, void *context)
{
    struct heard *heard = context;
    size_t used = strlen(heard->text);
    (void)snprintf(heard->text + used, sizeof heard->text - used, "%s|%s|%s;", event->name,
                   event->id, event->data);
    assert_int_equal(event->size, strlen(event->data));
    heard->count++;
    return heard->count != heard->stop_at;
}

/* Feeds in pieces of `piece` bytes. */
static int feed(struct heard *heard, const char *bytes, size_t size, size_t piece)
{
    struct http_stream stream;
    int r = 0;
    http_stream_init(&stream, hear, heard);
    for (size_t at = 0; at < size && r == 0; at += piece)
        r = http_stream_feed(&stream, bytes + at, at + piece < size ? piece : size - at);
    http_stream_finish(&stream);
    return r;
}

static void expect(const char *bytes, const char *wanted)
{
    for (size_t piece = 1; piece <= strlen(bytes); piece++) {
        struct heard heard = {0};
        assert_int_equal(feed(&heard, bytes, strlen(bytes), piece), 0);
        assert_string_equal(heard.text, wanted);
    }
}

static void events_come_whole(void **state)
{
    (void)state;
    expect("id: 3:ab\nevent: entry\ndata: {\"seq\":3}\n\n", "entry|3:ab|{\"seq\":3};");
    expect("data: one\ndata: two\n\ndata\n\n", "message||one\ntwo;message||;");
    expect("event: gone\n\ndata:x\n\n", "message||x;");
    expect("data: cut off\n", "");
}

static void all_line_ends_are_line_ends(void **state)
{
    (void)state;
    expect("data: a\r\n\r\ndata: b\r\rdata: c\n\n", "message||a;message||b;message||c;");
    expect("\xEF\xBB\xBF"
           "data: mark\n\n",
           "message||mark;");
}

static void comments_and_strange_fields_are_nothing(void **state)
{
    (void)state;
    expect(": hb\n\n:\n\nfoo: bar\ndata:  two spaces\n\n", "message|| two spaces;");
}

static void ids_last_and_retry_is_a_number(void **state)
{
    (void)state;
    struct http_stream stream;
    struct heard heard = {0};
    static const char bytes[] = "retry: 4200\nid: 7\n\nretry: soon\ndata: x\n\ndata: y\n\n";
    http_stream_init(&stream, hear, &heard);
    assert_int_equal(http_stream_feed(&stream, bytes, strlen(bytes)), 0);
    assert_int_equal(stream.retry_ms, 4200);
    http_stream_finish(&stream);
    assert_string_equal(heard.text, "message|7|x;message|7|y;");
}

static void an_event_can_stop_the_reading(void **state)
{
    (void)state;
    static const char bytes[] = "data: a\n\ndata: b\n\n";
    struct heard heard = {.stop_at = 1};
    assert_int_equal(feed(&heard, bytes, strlen(bytes), 100), -ECANCELED);
    assert_string_equal(heard.text, "message||a;");
}

static void what_is_too_long_ends_it(void **state)
{
    (void)state;
    struct heard heard = {0};
    size_t size = HTTP_STREAM_LINE_MAX + 2;
    char *line = malloc(size);
    memset(line, 'x', size);
    assert_int_equal(feed(&heard, line, size, 4096), -EMSGSIZE);
    for (size_t i = 0; i + 8 <= size; i += 8)
        memcpy(line + i, "data: x\n", 8);
    struct http_stream stream;
    http_stream_init(&stream, hear, &heard);
    int r = 0;
    for (int i = 0; i < 10 && r == 0; i++) /* many lines, none of them long */
        r = http_stream_feed(&stream, line, size - size % 8);
    assert_int_equal(r, -EMSGSIZE);
    http_stream_finish(&stream);
    free(line);
    assert_int_equal(heard.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_come_whole),
        cmocka_unit_test(all_line_ends_are_line_ends),
        cmocka_unit_test(comments_and_strange_fields_are_nothing),
        cmocka_unit_test(ids_last_and_retry_is_a_number),
        cmocka_unit_test(an_event_can_stop_the_reading),
        cmocka_unit_test(what_is_too_long_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
