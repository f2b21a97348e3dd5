/* Calls as the board shows them: latest first, one a ticket and desk. */
#include <string.h>

#include "queue_rules.h"

int queue_calls(const struct queue *queue, int desk_no, const struct queue_call **ret, int max)
{
    int count = 0;
    for (int i = 0; i < queue->call_count && count < max; i++)
        if (desk_no == 0 || queue->calls[i].desk_no == desk_no)
            ret[count++] = &queue->calls[i];
    return count;
}

bool queue_call_live(const struct queue *queue, const struct queue_call *call, int64_t now)
{
    const struct ticket *ticket = queue_ticket(queue, call->ticket);
    return ticket && ticket->state == TICKET_CALLED && ticket->desk_no == call->desk_no &&
           now - call->called_ms < (int64_t)queue->settings.live_minutes * 60 * 1000;
}

static struct queue_call call_of(const struct ticket *ticket)
{
    struct queue_call call = {
        .number = ticket->number, .desk_no = ticket->desk_no, .called_ms = ticket->called_ms};
    memcpy(call.ticket, ticket->id, UID_SIZE);
    memcpy(call.room, ticket->room, KEY_SIZE);
    return call;
}

static void forget(struct queue *queue, const struct ticket *ticket)
{
    for (int i = 0; i < queue->call_count; i++) {
        struct queue_call *call = &queue->calls[i];
        if (strcmp(call->ticket, ticket->id) != 0 || call->desk_no != ticket->desk_no)
            continue;
        queue->call_count--;
        memmove(call, call + 1, (size_t)(queue->call_count - i) * sizeof *call);
        return;
    }
}

static void insert(struct queue *queue, int at, const struct ticket *ticket)
{
    if (at >= QUEUE_CALLS_MAX)
        return;
    if (queue->call_count < QUEUE_CALLS_MAX)
        queue->call_count++;
    memmove(&queue->calls[at + 1], &queue->calls[at],
            (size_t)(queue->call_count - at - 1) * sizeof queue->calls[0]);
    queue->calls[at] = call_of(ticket);
}

void calls_remember(struct queue *queue, const struct ticket *ticket)
{
    forget(queue, ticket);
    insert(queue, 0, ticket);
}

void calls_undo(struct queue *queue, const struct ticket *ticket)
{
    int at = 0;
    struct ticket before = *ticket;
    forget(queue, ticket);
    if (queue->rules < 2 || ticket->before.calls == 0 || ticket->before.state != TICKET_CALLED)
        return;
    before.called_ms = ticket->before.called_ms;
    memcpy(before.room, ticket->before.room, KEY_SIZE);
    while (at < queue->call_count && queue->calls[at].called_ms > before.called_ms)
        at++;
    insert(queue, at, &before);
}
