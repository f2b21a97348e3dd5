/* Who comes next, and how many are before whom. */
#include <stdlib.h>
#include <string.h>

#include "queue_rules.h"

/* Whether a ticket counts among those who wait: see design, Words. */
static bool counts(const struct queue *queue, const struct ticket *ticket, int64_t now)
{
    switch (ticket->state) {
    case TICKET_WAITING:
    case TICKET_TO_PAY:
        return true;
    case TICKET_ABSENT:
        return queue->settings.absent_counts;
    case TICKET_RESERVED:
        return ticket->slot_from == 0 || now >= ticket->slot_from;
    default:
        return false;
    }
}

static bool goes_before(const struct ticket *a, const struct ticket *b)
{
    if (a->priority != b->priority)
        return a->priority > b->priority;
    if (a->place != b->place)
        return a->place < b->place;
    return a < b; /* order of issue */
}

static bool may_be_called(const struct ticket *ticket)
{
    return ticket->state == TICKET_WAITING || ticket->state == TICKET_TO_PAY;
}

const struct ticket *queue_next(const struct queue *queue, int desk_no, int64_t now)
{
    const struct ticket *next = NULL;
    (void)now; /* slots: an arrived patient's place already says when their slot starts */
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];
        if (ticket->desk_no == desk_no && may_be_called(ticket) &&
            (!next || goes_before(ticket, next)))
            next = ticket;
    }
    return next;
}

static int count_waiting(const struct queue *queue, int desk_no, const char *service, int64_t now)
{
    int count = 0;
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];
        if ((desk_no == 0 || ticket->desk_no == desk_no) &&
            (!service || strcmp(ticket->service, service) == 0) && counts(queue, ticket, now))
            count++;
    }
    return count;
}

int queue_waiting(const struct queue *queue, int desk_no, int64_t now)
{
    return count_waiting(queue, desk_no, NULL, now);
}

int queue_waiting_service(const struct queue *queue, const char *service, int64_t now)
{
    const struct service *known = settings_service(&queue->settings, service);
    return known ? count_waiting(queue, known->desk_no, service, now) : 0;
}

int queue_before(const struct queue *queue, const struct ticket *ticket, int64_t now)
{
    int before = 0;
    bool waits = may_be_called(ticket) || ticket->state == TICKET_ABSENT ||
                 ticket->state == TICKET_RESERVED || ticket->state == TICKET_OFFERED;
    if (!waits)
        return -1;
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *other = &queue->tickets[i];
        if (other != ticket && other->desk_no == ticket->desk_no && counts(queue, other, now) &&
            goes_before(other, ticket))
            before++;
    }
    return before;
}

static int compare_tickets(const void *a, const void *b)
{
    const struct ticket *x = *(const struct ticket *const *)a;
    const struct ticket *y = *(const struct ticket *const *)b;
    if (x == y)
        return 0;
    return goes_before(x, y) ? -1 : 1;
}

int queue_line(const struct queue *queue, int desk_no, int64_t now, const struct ticket **ret,
               int max)
{
    if (queue->count == 0)
        return 0;
    const struct ticket **line = malloc((size_t)queue->count * sizeof *line);
    int count = 0;
    if (!line)
        abort();
    for (int i = 0; i < queue->count; i++)
        if ((desk_no == 0 || queue->tickets[i].desk_no == desk_no) &&
            counts(queue, &queue->tickets[i], now))
            line[count++] = &queue->tickets[i];
    qsort(line, (size_t)count, sizeof *line, compare_tickets);
    if (count > max)
        count = max;
    memcpy(ret, line, (size_t)count * sizeof *line);
    free(line);
    return count;
}

int64_t queue_place_back(const struct queue *queue, const struct ticket *ticket, int places)
{
    const struct ticket *behind = ticket;
    for (int step = 0; places == 0 || step < places; step++) {
        const struct ticket *next = NULL;
        for (int i = 0; i < queue->count; i++) {
            const struct ticket *other = &queue->tickets[i];
            if (other != ticket && other->desk_no == ticket->desk_no &&
                other->priority == ticket->priority && may_be_called(other) &&
                goes_before(behind, other) && (!next || goes_before(other, next)))
                next = other;
        }
        if (!next)
            break;
        behind = next;
    }
    return behind == ticket ? ticket->place : behind->place + 1;
}

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

/* -- digest --------------------------------------------------------------------------------------
 */

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t mix_int(uint64_t hash, int64_t value)
{
    unsigned char bytes[8]; /* little endian everywhere, so that every machine agrees */
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)value >> (8 * i));
    return mix(hash, bytes, sizeof bytes);
}

uint64_t queue_digest(const struct queue *queue)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    hash = mix(hash, queue->session.date, strlen(queue->session.date));
    hash = mix_int(mix_int(hash, queue->session.kind), queue->rules);
    hash = mix(hash, queue->settings_event, strlen(queue->settings_event));
    for (int i = 0; i < queue->settings.desk_count; i++)
        hash = mix_int(mix_int(mix_int(hash, queue->desks[i].next), queue->desks[i].web_next),
                       queue->desks[i].paused);
    for (int i = 0; i < 26; i++)
        hash = mix_int(hash, queue->letters[i].next);
    hash = mix(hash, queue->message, strlen(queue->message));
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *t = &queue->tickets[i];
        const int64_t fields[] = {t->state, t->number.letter, t->number.value, t->desk_no,
                                  t->stage, t->place,         t->priority,     t->called_ms,
                                  t->calls, t->reissues};
        hash = mix(hash, t->id, strlen(t->id));
        hash = mix(hash, t->last_event, strlen(t->last_event));
        hash = mix(hash, t->room, strlen(t->room));
        for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++)
            hash = mix_int(hash, fields[k]);
    }
    return hash;
}
