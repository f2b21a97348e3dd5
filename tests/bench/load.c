/* What benchmarks of the cloud put on a server. One line of JSON a result.
 *
 *   load requests tls|plain PORT PID CONNECTIONS MS PATH [HEADER]
 *       CONNECTIONS keep-alive connections, each with one GET under way; what the server's process
 *       PID used of the processors meanwhile, handshakes apart.
 *   load streams http|plain|mqtt PORT COUNT PATH GREETING MARKER
 *       COUNT streams over TLS (plain: HTTP without). Says when each of them has had GREETING
 * (mqtt: is subscribed), then at which moments an event - MARKER - reached the first and the last
 * of them. Reads commands: "drop" (all connections), "open" (again).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire.h"

enum { HEAD_SIZE = 4096, CARRY = 31, PIECE_MAX = CARRY + WIRE_BLOCK };

/* -- requests ---------------------------------------------------------------------------------- */

struct answer {
    char head[HEAD_SIZE];
    size_t head_size;
    int64_t left; /* bytes of the body that are to come; -1: in the header */
};

static struct {
    char text[1024];
    size_t size;
    struct answer *answers;
    int standing; /* connections */
    bool stop;
    int64_t count, bytes, body;
} requests;

static void ask(struct wires *wires, int i)
{
    requests.answers[i] = (struct answer){.left = -1};
    wires_send(wires, i, requests.text, requests.size);
}

static void request_opened(struct wires *wires, int i)
{
    (void)wires;
    (void)i;
    requests.standing++;
}

/* Takes bytes of the header; what is left of them belongs to the body. */
static size_t take_head(struct answer *answer, const char *bytes, size_t size)
{
    size_t before = answer->head_size, room = HEAD_SIZE - 1 - before;

    size_t part = size < room ? size : room;
    memcpy(answer->head + before, bytes, part);
    answer->head_size += part;
    answer->head[answer->head_size] = '\0';
    const char *end = strstr(answer->head, "\r\n\r\n");
    const char *length = strcasestr(answer->head, "\r\ncontent-length: ");
    if (!end)
        return size;
    if (strncmp(answer->head, "HTTP/1.1 200 ", 13) != 0 || !length) {
        (void)fprintf(stderr, "%s\n", answer->head);
        exit(1);
    }
    answer->left = requests.body = strtoll(length + 18, NULL, 10);
    return (size_t)(end + 4 - answer->head) - before;
}

static void request_came(struct wires *wires, int i, const char *bytes, size_t size)
{
    struct answer *answer = &requests.answers[i];

    requests.bytes += (int64_t)size;
    if (answer->left < 0) {
        size_t head = take_head(answer, bytes, size);
        size -= head;
    }
    if (answer->left < 0)
        return;
    answer->left -= (int64_t)size;
    if (answer->left > 0)
        return;
    requests.count++;
    if (!requests.stop)
        ask(wires, i);
}

static int run_requests(char **argument, int count)
{
    struct wires wires;
    int pid = atoi(argument[2]), connections = atoi(argument[3]);

    wires_init(&wires, atoi(argument[1]), strcmp(argument[0], "tls") == 0, connections);
    wires.opened = request_opened;
    wires.came = request_came;
    requests.answers = calloc((size_t)connections, sizeof(struct answer));
    requests.size = (size_t)snprintf(requests.text, sizeof(requests.text),
                                     "GET %s HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n", argument[5],
                                     count > 6 ? argument[6] : "", count > 6 ? "\r\n" : "");
    wires_open(&wires);
    while (requests.standing < connections)
        (void)wires_turn(&wires, 1000, -1);
    int64_t cpu = wire_cpu_ns(pid), from = wire_now_ns();
    int64_t until = from + (int64_t)atoi(argument[4]) * 1000000, now = from;
    for (int i = 0; i < connections; i++)
        ask(&wires, i);
    while ((now = wire_now_ns()) < until)
        (void)wires_turn(&wires, 100, -1);
    (void)printf("{\"requests\":%lld,\"bytes\":%lld,\"body\":%lld,\"cpu_us\":%.1f,\"ms\":%.1f}\n",
                 (long long)requests.count, (long long)requests.bytes, (long long)requests.body,
                 (double)(wire_cpu_ns(pid) - cpu) / 1e3, (double)(now - from) / 1e6);
    return 0;
}

/* -- streams ----------------------------------------------------------------------------------- */

struct stream {
    bool served;
    int events;
    char carry[CARRY]; /* end of what came, for a marker that is cut in two */
    size_t carried;
};

static struct {
    bool mqtt;
    const char *path, *marker;
    const void *greeting;
    size_t greeting_size;
    struct stream *list;
    int served, told, reached; /* streams that are served; event that is awaited; by so many */
    int64_t began, first;
} streams;

static void stream_opened(struct wires *wires, int i)
{
    /* CONNECT (clean session, no keep-alive, a client id of the server's choice), then SUBSCRIBE */
    static const char hello[] = "\x10\x0c\0\4MQTT\4\2\0\0\0\0\x82\6\0\1\0\1v\0";
    char text[512];

    if (streams.mqtt) {
        wires_send(wires, i, hello, sizeof(hello) - 1);
        return;
    }
    int size = snprintf(text, sizeof(text),
                        "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n",
                        streams.path);
    wires_send(wires, i, text, (size_t)size);
}

static void event_came(struct stream *stream, int count)
{
    if (++stream->events != streams.told + 1)
        return;
    int64_t now = wire_now_ns();
    if (streams.reached++ == 0)
        streams.first = now;
    if (streams.reached < count)
        return;
    streams.reached = 0;
    streams.told++;
    (void)printf("{\"event\":%d,\"first_ns\":%lld,\"last_ns\":%lld}\n", streams.told,
                 (long long)streams.first, (long long)now);
}

static void stream_served(struct stream *stream, int count)
{
    stream->served = true;
    if (++streams.served == count)
        (void)printf("{\"served\":%d,\"ms\":%.1f}\n", count,
                     (double)(wire_now_ns() - streams.began) / 1e6);
}

static void stream_came(struct wires *wires, int i, const char *bytes, size_t size)
{
    static char piece[PIECE_MAX];
    struct stream *stream = &streams.list[i];
    const char *at = piece, *end = piece + stream->carried + size, *found;

    memcpy(piece, stream->carry, stream->carried);
    memcpy(piece + stream->carried, bytes, size);
    if (!stream->served &&
        (found = memmem(at, (size_t)(end - at), streams.greeting, streams.greeting_size))) {
        at = found + streams.greeting_size;
        stream_served(stream, wires->count);
    }
    size_t marker = strlen(streams.marker);
    while (stream->served && (found = memmem(at, (size_t)(end - at), streams.marker, marker))) {
        at = found + marker;
        event_came(stream, wires->count);
    }
    stream->carried = (size_t)(end - at) < marker - 1 ? (size_t)(end - at) : marker - 1;
    memcpy(stream->carry, end - stream->carried, stream->carried);
}

static void open_streams(struct wires *wires)
{
    memset(streams.list, 0, (size_t)wires->count * sizeof(struct stream));
    streams.served = streams.told = streams.reached = 0;
    streams.began = wire_now_ns();
    wires_open(wires);
}

static int run_streams(char **argument)
{
    static const char subscribed[] = "\x90\3\0\1\0";
    struct wires wires;
    char command[64];

    wires_init(&wires, atoi(argument[1]), strcmp(argument[0], "plain") != 0, atoi(argument[2]));
    wires.opened = stream_opened;
    wires.came = stream_came;
    streams.mqtt = strcmp(argument[0], "mqtt") == 0;
    streams.path = argument[3];
    streams.greeting = streams.mqtt ? subscribed : argument[4];
    streams.greeting_size = streams.mqtt ? sizeof(subscribed) - 1 : strlen(argument[4]);
    streams.marker = argument[5];
    if (strlen(streams.marker) > CARRY || streams.greeting_size > CARRY)
        wire_die("a marker is too long");
    streams.list = calloc((size_t)wires.count, sizeof(struct stream));
    open_streams(&wires);
    for (;;) {
        if (!wires_turn(&wires, 1000, STDIN_FILENO))
            continue;
        if (!fgets(command, sizeof(command), stdin))
            return 0;
        if (strcmp(command, "drop\n") == 0)
            wires_drop(&wires);
        else if (strcmp(command, "open\n") == 0)
            open_streams(&wires);
    }
}

int main(int argc, char **argv)
{
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    (void)setvbuf(stdin, NULL, _IONBF, 0);
    if (argc >= 8 && strcmp(argv[1], "requests") == 0)
        return run_requests(argv + 2, argc - 2);
    if (argc == 8 && strcmp(argv[1], "streams") == 0)
        return run_streams(argv + 2);
    (void)fprintf(stderr, "usage: load requests tls|plain PORT PID CONNECTIONS MS PATH [HEADER]\n"
                          "       load streams http|plain|mqtt PORT COUNT PATH GREETING MARKER\n");
    return 2;
}
