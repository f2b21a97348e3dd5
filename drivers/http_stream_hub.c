#include "http_server_internal.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "http_stream_queue.h"

enum {
    BUCKETS = 256,
    RETRY_MS = 2000, /* and up to RETRY_SPREAD_MS more, so that a restart is not a stampede */
    RETRY_SPREAD_MS = 2000,
    RECORD_MAX = 16 * 1024, /* of TLS */
    STREAM_BLOCK = 256 /* only HTTP/1.0 uses it; chunks are written into the connection's pool */
};

struct stream {
    struct http_channel *channel;
    struct stream *prev, *next;
    struct MHD_Connection *mhd;
    int fd;
    gnutls_session_t tls;    /* the sender writes by itself; NULL = all is left to the loop */
    struct stream *next_due; /* for the sender */
    bool waiting;            /* suspended: the sender clears this, and resumes */
    bool due;                /* the sender is to look at it, or does so now */
    bool begun;              /* the sender is within the first message's chunk ... */
    size_t gone;             /* ... of which so much has gone */
    bool slow;               /* there was no room: the loop sends what is left, as room comes */
    bool filling;            /* fill() has not come back yet */
    bool closing;
    bool said;     /* something has gone out */
    int64_t until; /* of a long-poll: its patience; 0 = a stream without an end */
    char *known;   /* "id: X\n" of what a long-poll's client has; NULL = nothing */
    int64_t beat_at;
    char *first;             /* retry and what fill() said */
    size_t first_size, sent; /* sent of first, then of the queue's first */
    struct http_queue queue;
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
    struct stream *due, *due_last;
    pthread_cond_t is_due;
    pthread_t sender;
    struct http_channel *channels[BUCKETS];
};

/* -- waking; all under the lock -----------------------------------------------------------------
 */

static void wake(struct stream *stream)
{
    struct http_hub *hub = stream->channel->hub;

    if (!stream->waiting || stream->due)
        return;
    stream->due = true;
    stream->next_due = NULL;
    if (hub->due)
        hub->due_last->next_due = stream;
    else
        hub->due = stream;
    hub->due_last = stream;
    if (hub->due == stream)
        pthread_cond_signal(&hub->is_due);
}

static bool is_known(const struct stream *stream, const char *text, size_t size)
{
    size_t known = stream->known ? strlen(stream->known) : 0;
    return known && size >= known && memcmp(text, stream->known, known) == 0;
}

/* A client that does not keep up is sent away; it comes back and says where it was. */
static void queue_add(struct stream *stream, struct http_message *message)
{
    if (stream->closing || is_known(stream, message->text, message->size))
        return;
    stream->closing = !http_queue_add(&stream->queue, message);
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
    http_queue_finish(&stream->queue);
    pthread_mutex_unlock(&channel->hub->lock);

    if (stream->on_close)
        stream->on_close(stream->arg);
    free(stream->first);
    free(stream->known);
    free(stream);
}

/* Copies what is there into the connection's buffer; 0 = nothing. */
static size_t take_bytes(struct stream *stream, char *to, size_t max)
{
    size_t used = 0;

    while (used < max && (stream->first || (stream->queue.count && !stream->closing))) {
        struct http_message *message = stream->first ? NULL : http_queue_first(&stream->queue);
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
            http_queue_drop_first(&stream->queue);
        } else {
            free(stream->first);
            stream->first = NULL;
        }
        stream->sent = 0;
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
        stream->slow = false;
        MHD_suspend_connection(stream->mhd);
    } else {
        stream->said = true;
        stream->beat_at = http_now() + hub->beat_ms;
    }
    pthread_mutex_unlock(&hub->lock);
    return result;
}

/* -- sender ------------------------------------------------------------------------------------ */

/* While a connection is suspended the loop does not look at its session, so an event is one record
 * from here, without a round of the loop for each stream. The loop sends what is long or has to
 * wait, and the end. */
static bool is_ours(const struct stream *stream)
{
    const struct http_message *message = http_queue_first(&stream->queue);

    if (!stream->tls || !message || stream->closing || stream->channel->hub->stopping)
        return false;
    return stream->begun || (!stream->slow && message->chunk_size <= RECORD_MAX);
}

/* Sends a record of the first message; gives the lock up meanwhile. False when it did not go: what
 * gnutls could not hand to the socket goes when it is asked for the same again. */
static bool send_record(struct stream *stream)
{
    struct http_hub *hub = stream->channel->hub;
    const struct http_message *message = http_queue_first(&stream->queue);

    stream->begun = true;
    pthread_mutex_unlock(&hub->lock);
    ssize_t sent = gnutls_record_send(stream->tls, message->chunk + stream->gone,
                                      message->chunk_size - stream->gone);
    pthread_mutex_lock(&hub->lock);
    if (sent < 0) {
        stream->slow = sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED;
        stream->closing |= !stream->slow;
        return false;
    }
    stream->gone += (size_t)sent;
    if (stream->gone == message->chunk_size) {
        http_queue_drop_first(&stream->queue);
        stream->gone = 0;
        stream->begun = false;
        stream->beat_at = http_now() + hub->beat_ms;
    }
    return true;
}

/* Leaves it suspended when all is said, or within a chunk: http_hub_tick() comes back to it. */
static void serve_due(struct stream *stream)
{
    const struct http_hub *hub = stream->channel->hub;

    while (is_ours(stream) && send_record(stream)) {
    }
    stream->due = false;
    if (!stream->closing && !hub->stopping && (stream->begun || !stream->queue.count))
        return;
    if (stream->begun) /* the loop cannot go on from there */
        (void)shutdown(stream->fd, SHUT_RDWR);
    stream->waiting = false;
    MHD_resume_connection(stream->mhd);
}

static void *sender_main(void *context)
{
    struct http_hub *hub = context;

    pthread_mutex_lock(&hub->lock);
    while (hub->due || !hub->stopping) {
        struct stream *stream = hub->due;
        if (!stream) {
            pthread_cond_wait(&hub->is_due, &hub->lock);
            continue;
        }
        hub->due = stream->next_due;
        serve_due(stream);
    }
    pthread_mutex_unlock(&hub->lock);
    return NULL;
}

/* -- opening ----------------------------------------------------------------------------------- */

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
    for (int left = stream->queue.count; left > 0; left--) {
        struct http_message *message = http_queue_first(&stream->queue);
        message->references++;
        http_queue_drop_first(&stream->queue);
        if (message->order == 0 || message->order > upto)
            queue_add(stream, message);
        http_message_release(message);
    }
    stream->filling = false;
    stream->beat_at = http_now() + hub->beat_ms;
    pthread_mutex_unlock(&hub->lock);
}

/* An event must not wait for the acknowledgement of the one before. */
static void send_by_ourselves(struct stream *stream, const struct http_request *req)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(req->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    int on = 1;

    if (!req->server->tls || !info || strcmp(req->version, MHD_HTTP_VERSION_1_1) != 0)
        return;
    stream->tls = info->tls_session;
    stream->fd = req->connection->fd;
    (void)setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
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
    else
        send_by_ourselves(stream, req);
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
    struct http_message *message = http_message_create(order, block, size);

    pthread_mutex_lock(&channel->hub->lock);
    for (struct stream *stream = channel->streams; stream; stream = stream->next)
        queue_add(stream, message);
    http_message_release(message);
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

static struct http_message *beat_message(struct http_channel *channel)
{
    char text[HTTP_BEAT_SIZE] = ": hb\n\n";

    if (channel->beat)
        channel->beat(text, channel->beat_arg);
    return http_message_create(0, text, strlen(text));
}

/* Ends a long-poll to which nothing came; one that is being answered ends by itself. */
static void end_patience(struct stream *stream, int64_t now)
{
    if (stream->until > now || stream->first || stream->queue.count)
        return;
    stream->closing = true;
    wake(stream);
}

static void beat_channel(struct http_channel *channel, int64_t now)
{
    struct http_message *message = NULL;

    for (struct stream *stream = channel->streams; stream; stream = stream->next) {
        if (stream->until && !stream->filling)
            end_patience(stream, now);
        if (stream->begun)
            wake(stream);
        if (stream->until || stream->filling || stream->beat_at > now)
            continue;
        stream->beat_at = now + channel->hub->beat_ms;
        if (!message)
            message = beat_message(channel);
        if (stream->queue.count == 0 && !stream->first)
            queue_add(stream, message);
    }
    http_message_release(message);
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
    pthread_cond_init(&hub->is_due, NULL);
    hub->beat_ms = beat_ms;
    int error = pthread_create(&hub->sender, NULL, sender_main, hub);
    if (error) {
        pthread_mutex_destroy(&hub->lock);
        pthread_cond_destroy(&hub->is_due);
        free(hub);
        return -error;
    }
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
    pthread_cond_signal(&hub->is_due);
    pthread_mutex_unlock(&hub->lock);
    pthread_join(hub->sender, NULL);
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
    pthread_cond_destroy(&hub->is_due);
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}
