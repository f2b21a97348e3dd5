/* What a stream has still to say: a bounded queue of messages that all streams share.
 *
 * Not locked: references are counted and queues are changed under the lock of whoever owns them. */
#ifndef MACHIAI_DRIVERS_HTTP_STREAM_QUEUE_H
#define MACHIAI_DRIVERS_HTTP_STREAM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One for all its streams, as it is and as a chunk of HTTP/1.1. */
struct http_message {
    int references;
    uint64_t order;
    const char *text; /* within chunk */
    size_t size, chunk_size;
    char chunk[];
};

/* All zero is an empty one. */
struct http_queue {
    struct http_message **ring;
    int room, head, count;
    size_t bytes;
};

/* With one reference; copies text. */
struct http_message *http_message_create(uint64_t order, const char *text, size_t size);
/* Accepts NULL. */
void http_message_release(struct http_message *message);

/* Takes a reference; false, and nothing is changed, when HTTP_STREAM_MESSAGES_MAX or
 * HTTP_STREAM_BYTES_MAX would be passed. */
bool http_queue_add(struct http_queue *queue, struct http_message *message)
    __attribute__((warn_unused_result));
/* NULL when it is empty; belongs to the queue. */
struct http_message *http_queue_first(const struct http_queue *queue);
void http_queue_drop_first(struct http_queue *queue);
/* Drops all and gives the memory back. */
void http_queue_finish(struct http_queue *queue);

#endif
