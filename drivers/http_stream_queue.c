#include "http_stream_queue.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_server.h"

enum { FIRST_ROOM = 4, CHUNK_HEAD_SIZE = 20, CHUNK_TAIL = 2 };

struct http_message *http_message_create(uint64_t order, const char *text, size_t size)
{
    char head[CHUNK_HEAD_SIZE];
    assert(size); /* an empty chunk would be the end */
    size_t head_size = (size_t)snprintf(head, sizeof head, "%zX\r\n", size);
    struct http_message *message = malloc(sizeof *message + head_size + size + CHUNK_TAIL);

    if (!message)
        abort();
    *message = (struct http_message){.references = 1,
                                     .order = order,
                                     .text = message->chunk + head_size,
                                     .size = size,
                                     .chunk_size = head_size + size + CHUNK_TAIL};
    memcpy(message->chunk, head, head_size);
    memcpy(message->chunk + head_size, text, size);
    memcpy(message->chunk + head_size + size, "\r\n", CHUNK_TAIL);
    return message;
}

void http_message_release(struct http_message *message)
{
    if (message && --message->references == 0)
        free(message);
}

static void grow(struct http_queue *queue)
{
    int room = queue->room ? queue->room * 2 : FIRST_ROOM;
    struct http_message **ring = calloc((size_t)room, sizeof(struct http_message *));

    if (!ring)
        abort();
    for (int i = 0; i < queue->count; i++)
        ring[i] = queue->ring[(queue->head + i) % queue->room];
    free(queue->ring);
    queue->ring = ring;
    queue->room = room;
    queue->head = 0;
}

bool http_queue_add(struct http_queue *queue, struct http_message *message)
{
    if (queue->count == HTTP_STREAM_MESSAGES_MAX ||
        queue->bytes + message->size > HTTP_STREAM_BYTES_MAX)
        return false;
    if (queue->count == queue->room)
        grow(queue);
    queue->ring[(queue->head + queue->count++) % queue->room] = message;
    queue->bytes += message->size;
    message->references++;
    return true;
}

struct http_message *http_queue_first(const struct http_queue *queue)
{
    return queue->count ? queue->ring[queue->head] : NULL;
}

void http_queue_drop_first(struct http_queue *queue)
{
    struct http_message *message = queue->ring[queue->head];

    queue->head = (queue->head + 1) % queue->room;
    queue->count--;
    queue->bytes -= message->size;
    http_message_release(message);
}

void http_queue_finish(struct http_queue *queue)
{
    while (queue->count)
        http_queue_drop_first(queue);
    free(queue->ring);
    *queue = (struct http_queue){0};
}
