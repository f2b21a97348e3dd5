#include "http_server_internal.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    BUCKETS = 256,
    RETRY_MS = 2000, /* and up to RETRY_SPREAD_MS more, so that a restart is not a stampede */
    RETRY_SPREAD_MS = 2000,
    QUEUE_FIRST = 4,
    STREAM_BLOCK = 256 /* only HTTP/1.0 uses it; chunks are written into the connection's pool */
};

/* One for all subscribers; references are counted under the hub's lock. */
struct message {
    int references;
    uint64_t order;
    size_t size;
    char text[];
};

struct stream {
    struct http_channel *channel;
    struct stream *prev, *next;
    struct MHD_Connection *mhd;
    bool waiting; /* suspended: whoever clears this must resume */
    bool filling; /* fill() has not come back yet */
    bool closing;
    bool said;     /* something has gone out */
    int64_t until; /* of a long-poll: its patience; 0 = a stream without an end */
    char *known;   /* "id: X\n" of what a long-poll's client has; NULL = nothing */
    int64_t beat_at;
    char *first;             /* retry and what fill() said */
    size_t first_size, sent; /* sent of first, then of queue[head] */
    struct message **queue;  /* ring */
    int room, head, count;
    size_t bytes;
    void *arg;
    void (*on_close)(void *arg);
};

struct http_channel {
    struct http_hub *hub;
    struct http_channel *next;
    struct stream *streams;
    int count;
    void (*beat)(char text[static HTTP_BEAT_SIZE], void *arg);
    void *beat_arg;
    char name[];
};

struct http_hub {
    pthread_mutex_t lock;
    int64_t beat_ms;
    bool stopping;
    struct http_channel *channels[BUCKETS];
};

/* -- messages and queues; all under the lock --------------------------------------------------- */

static struct message *message_create(uint64_t order, const char *text, size_t size)
{
    struct message *message = malloc(sizeof *message + size);
    if (!message)
        abort();
    *message = (struct message){.references = 1, .order = order, .size = size};
    memcpy(message->text, text, size);
    return message;
}

static void message_release(struct message *message)
{
    if (message && --message->references == 0)
        free(message);
}

static void queue_drop_first(struct stream *stream)
{
    struct message *message = stream->queue[stream->head];

    stream->head = (stream->head + 1) % stream->room;
    stream->count--;
    stream->bytes -= message->size;
    stream->sent = 0;
    message_release(message);
}

static void queue_clear(struct stream *stream)
{
    while (stream->count)
        queue_drop_first(stream);
}

static void queue_grow(struct stream *stream)
{
    int room = stream->room ? stream->room * 2 : QUEUE_FIRST;
    struct message **queue = calloc((size_t)room, sizeof(struct message *));
    if (!queue)
        abort();
    for (int i = 0; i < stream->count; i++)
        queue[i] = stream->queue[(stream->head + i) % stream->room];
    free(stream->queue);
    stream->queue = queue;
    stream->room = room;
    stream->head = 0;
}

static void wake(struct stream *stream)
{
    if (stream->waiting) {
        stream->waiting = false;
        MHD_resume_connection(stream->mhd);
    }
}

static bool is_known(const struct stream *stream, const char *text, size_t size)
{
    size_t known = stream->known ? strlen(stream->known) : 0;
    return known && size >= known && memcmp(text, stream->known, known) == 0;
}

/* A client that does not keep up is sent away; it comes back and says where it was. */
static void queue_add(struct stream *stream, struct message *message)
{
    if (stream->closing || is_known(stream, message->text, message->size))
        return;
    if (stream->count == HTTP_STREAM_MESSAGES_MAX ||
        stream->bytes + message->size > HTTP_STREAM_BYTES_MAX) {
        stream->closing = true;
    } else {
        if (stream->count == stream->room)
            queue_grow(stream);
        stream->queue[(stream->head + stream->count++) % stream->room] = message;
        stream->bytes += message->size;
        message->references++;
    }
    wake(stream);
}

/* -- streams ----------------------------------------------------------------------------------- */

static void stream_link(struct stream *stream)
{
    struct http_channel *channel = stream->channel;

    stream->next = channel->streams;
    if (stream->next)
        stream->next->prev = stream;
    channel->streams = stream;
    channel->count++;
}

static void stream_destroy(void *context)
{
    struct stream *stream = context;
    struct http_channel *channel = stream->channel;

    pthread_mutex_lock(&channel->hub->lock);
    if (stream->prev)
        stream->prev->next = stream->next;
    else
        channel->streams = stream->next;
    if (stream->next)
        stream->next->prev = stream->prev;
    channel->count--;
    queue_clear(stream);
    pthread_mutex_unlock(&channel->hub->lock);

    if (stream->on_close)
        stream->on_close(stream->arg);
    free(stream->queue);
    free(stream->first);
    free(stream->known);
    free(stream);
}

/* Copies what is there into the connection's buffer; 0 = nothing. */
static size_t take_bytes(struct stream *stream, char *to, size_t max)
{
    size_t used = 0;

    while (used < max && (stream->first || (stream->count && !stream->closing))) {
        struct message *message = stream->first ? NULL : stream->queue[stream->head];
        const char *from = message ? message->text : stream->first;
        assert(from);
        size_t left = (message ? message->size : stream->first_size) - stream->sent;
        size_t size = left < max - used ? left : max - used;
        memcpy(to + used, from + stream->sent, size);
        used += size;
        stream->sent += size;
        if (size < left)
            break;
        if (message) {
            queue_drop_first(stream);
        } else {
            free(stream->first);
            stream->first = NULL;
            stream->sent = 0;
        }
    }
    return used;
}

static ssize_t read_stream(void *context, uint64_t position, char *to, size_t max)
{
    struct stream *stream = context;
    struct http_hub *hub = stream->channel->hub;
    (void)position;

    pthread_mutex_lock(&hub->lock);
    ssize_t result = (ssize_t)take_bytes(stream, to, max);
    bool answered = stream->until && stream->said;
    if (result == 0 && (stream->closing || hub->stopping || answered)) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (result == 0) {
        stream->waiting = true;
        MHD_suspend_connection(stream->mhd);
    } else {
        stream->said = true;
        stream->beat_at = http_now() + hub->beat_ms;
    }
    pthread_mutex_unlock(&hub->lock);
    return result;
}

static unsigned jitter(unsigned spread)
{
    unsigned value = 0;
    (void)!getrandom(&value, sizeof value, 0); /* its quality does not matter */
    return value % spread;
}

/* What goes out before all messages; NULL = nothing, for a long-poll that is to wait. */
static char *first_text(const struct stream *stream, const char *past)
{
    char *text = NULL;

    if (stream->until && (!*past || is_known(stream, past, strlen(past))))
        return NULL;
    if (asprintf(&text, "retry: %u\n\n%s", RETRY_MS + jitter(RETRY_SPREAD_MS), past) < 0)
        abort();
    return text;
}

/* Puts the client's past before what was sent since, and forgets what both hold. */
static void stream_fill(struct stream *stream, const char *past, uint64_t upto)
{
    struct http_hub *hub = stream->channel->hub;
    char *first = first_text(stream, past);

    pthread_mutex_lock(&hub->lock);
    stream->first = first;
    stream->first_size = first ? strlen(first) : 0;
    for (int left = stream->count; left > 0; left--) {
        struct message *message = stream->queue[stream->head];
        message->references++;
        queue_drop_first(stream);
        if (message->order == 0 || message->order > upto)
            queue_add(stream, message);
        message_release(message);
    }
    stream->filling = false;
    stream->beat_at = http_now() + hub->beat_ms;
    pthread_mutex_unlock(&hub->lock);
}

static struct stream *stream_create(struct http_request *req, struct http_channel *channel,
                                    void *arg, void (*on_close)(void *arg))
{
    struct stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        abort();

    *stream = (struct stream){
        .channel = channel, .mhd = req->mhd, .filling = true, .arg = arg, .on_close = on_close};
    if (req->wait_ms > 0)
        stream->until = http_now() + req->wait_ms;
    if (req->wait_known && asprintf(&stream->known, "id: %s\n", req->wait_known) < 0)
        abort();
    pthread_mutex_lock(&channel->hub->lock);
    stream_link(stream);
    pthread_mutex_unlock(&channel->hub->lock);
    return stream;
}

void http_stream_wait(struct http_request *req, int ms, const char *known)
{
    req->wait_ms = ms;
    req->wait_known =
        known && strlen(known) < HTTP_EVENT_ID_SIZE ? http_printf(req, "%s", known) : NULL;
}

void http_reply_stream(struct http_request *req, struct http_channel *channel,
                       char *(*fill)(void *arg, uint64_t *ret_upto), void *arg,
                       void (*on_close)(void *arg))
{
    /* libmicrohttpd would end the answer to a HEAD with the last chunk, as if there were a body */
    if (strcmp(req->method_text, "HEAD") == 0) {
        if (on_close)
            on_close(arg);
        http_reply(req, MHD_HTTP_OK, "text/event-stream", "", 0, NULL);
        return;
    }
    struct stream *stream = stream_create(req, channel, arg, on_close);
    uint64_t upto = 0;
    char *past = fill ? fill(arg, &upto) : strdup("");

    if (!past) {
        stream_destroy(stream);
        http_reply_error(req, MHD_HTTP_INTERNAL_SERVER_ERROR, "internal",
                         "The stream could not be started; try again.", NULL);
        return;
    }
    stream_fill(stream, past, upto);
    free(past);
    http_add_header(req, "X-Accel-Buffering", "no"); /* a proxy must pass events on at once */
    http_reply_response(req, MHD_HTTP_OK, "text/event-stream",
                        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK,
                                                          read_stream, stream, stream_destroy));
}

/* -- channels ---------------------------------------------------------------------------------- */

void http_channel_beat(struct http_channel *channel,
                       void (*beat)(char text[static HTTP_BEAT_SIZE], void *arg), void *arg)
{
    pthread_mutex_lock(&channel->hub->lock);
    channel->beat = beat;
    channel->beat_arg = arg;
    pthread_mutex_unlock(&channel->hub->lock);
}

void http_channel_send(struct http_channel *channel, uint64_t order, const char *block, size_t size)
{
    struct message *message = message_create(order, block, size);

    pthread_mutex_lock(&channel->hub->lock);
    for (struct stream *stream = channel->streams; stream; stream = stream->next)
        queue_add(stream, message);
    message_release(message);
    pthread_mutex_unlock(&channel->hub->lock);
}

int http_hub_count(struct http_hub *hub)
{
    int count = 0;

    pthread_mutex_lock(&hub->lock);
    for (int i = 0; i < BUCKETS; i++) {
        for (const struct http_channel *c = hub->channels[i]; c; c = c->next)
            count += c->count;
    }
    pthread_mutex_unlock(&hub->lock);
    return count;
}

int http_channel_count(struct http_channel *channel)
{
    pthread_mutex_lock(&channel->hub->lock);
    int count = channel->count;
    pthread_mutex_unlock(&channel->hub->lock);
    return count;
}

void http_channel_close(struct http_channel *channel, bool (*test)(void *arg, void *context),
                        void *context)
{
    pthread_mutex_lock(&channel->hub->lock);
    for (struct stream *stream = channel->streams; stream; stream = stream->next) {
        if (test && !test(stream->arg, context))
            continue;
        stream->closing = true;
        wake(stream);
    }
    pthread_mutex_unlock(&channel->hub->lock);
}

static unsigned bucket_of(const char *name)
{
    unsigned hash = 2166136261u; /* FNV-1a */
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash % BUCKETS;
}

struct http_channel *http_hub_channel(struct http_hub *hub, const char *name)
{
    unsigned bucket = bucket_of(name);

    pthread_mutex_lock(&hub->lock);
    struct http_channel *channel = hub->channels[bucket];
    while (channel && strcmp(channel->name, name) != 0)
        channel = channel->next;
    if (!channel) {
        size_t size = strlen(name) + 1;
        channel = calloc(1, sizeof *channel + size);
        if (!channel)
            abort();
        memcpy(channel->name, name, size);
        channel->hub = hub;
        channel->next = hub->channels[bucket];
        hub->channels[bucket] = channel;
    }
    pthread_mutex_unlock(&hub->lock);
    return channel;
}

/* -- hub --------------------------------------------------------------------------------------- */

static struct message *beat_message(struct http_channel *channel)
{
    char text[HTTP_BEAT_SIZE] = ": hb\n\n";

    if (channel->beat)
        channel->beat(text, channel->beat_arg);
    return message_create(0, text, strlen(text));
}

/* Ends a long-poll to which nothing came; one that is being answered ends by itself. */
static void end_patience(struct stream *stream, int64_t now)
{
    if (stream->until > now || stream->first || stream->count)
        return;
    stream->closing = true;
    wake(stream);
}

static void beat_channel(struct http_channel *channel, int64_t now)
{
    struct message *message = NULL;

    for (struct stream *stream = channel->streams; stream; stream = stream->next) {
        if (stream->until && !stream->filling)
            end_patience(stream, now);
        if (stream->until || stream->filling || stream->beat_at > now)
            continue;
        stream->beat_at = now + channel->hub->beat_ms;
        if (!message)
            message = beat_message(channel);
        if (stream->count == 0 && !stream->first)
            queue_add(stream, message);
    }
    message_release(message);
}

void http_hub_tick(struct http_hub *hub, int64_t now)
{
    pthread_mutex_lock(&hub->lock);
    for (int i = 0; i < BUCKETS; i++) {
        for (struct http_channel *channel = hub->channels[i]; channel; channel = channel->next)
            beat_channel(channel, now);
    }
    pthread_mutex_unlock(&hub->lock);
}

int http_hub_create(int64_t beat_ms, struct http_hub **ret)
{
    struct http_hub *hub = calloc(1, sizeof *hub);
    if (!hub)
        return -ENOMEM;
    pthread_mutex_init(&hub->lock, NULL);
    hub->beat_ms = beat_ms;
    *ret = hub;
    return 0;
}

void http_hub_stop(struct http_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->stopping = true;
    for (int i = 0; i < BUCKETS; i++) {
        for (struct http_channel *channel = hub->channels[i]; channel; channel = channel->next) {
            for (struct stream *stream = channel->streams; stream; stream = stream->next)
                wake(stream);
        }
    }
    pthread_mutex_unlock(&hub->lock);
}

void http_hub_destroy(struct http_hub *hub)
{
    if (!hub)
        return;
    for (int i = 0; i < BUCKETS; i++) {
        for (struct http_channel *channel = hub->channels[i]; channel;) {
            struct http_channel *next = channel->next;
            if (channel->count)
                abort(); /* a stream outlived its server */
            free(channel);
            channel = next;
        }
    }
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}
