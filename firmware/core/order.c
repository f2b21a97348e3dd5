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
        return ticket->slot_from ? now >= ticket->slot_from
                                 : !session_after(&ticket->session, &queue->session);
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

bool ticket_callable(const struct ticket *ticket)
{
    return ticket->state == TICKET_WAITING || ticket->state == TICKET_TO_PAY;
}

/* -- the line ----------------------------------------------------------------------------------
 */

static int compare_tickets(const void *a, const void *b)
{
    const struct ticket *x = *(const struct ticket *const *)a;
    const struct ticket *y = *(const struct ticket *const *)b;
    if (x == y)
        return 0;
    return goes_before(x, y) ? -1 : 1;
}

static int booking_every(const struct queue *queue, int desk_no)
{
    int index = queue_desk_index(queue, desk_no);
    return index < 0 || queue->rules < 2 ? 0 : queue->settings.desks[index].booking_every;
}

/* A number on its way will wait in a moment: asked where, it takes its turn like the others. */
static bool takes_a_turn(const struct ticket *ticket)
{
    return ticket_callable(ticket) || ticket->state == TICKET_OFFERED;
}

static bool arrived_booking(const struct ticket *ticket)
{
    return ticket->booked && ticket->stage == 0 && ticket_callable(ticket);
}

/* Every Nth turn goes to the first booking of the same priority that comes after; between i and it
 * all step back by one. `behind` saves looking twice: bookings before it have had their turn. */
static void reserve_places(const struct queue *queue, int desk_no, const struct ticket **line,
                           int count)
{
    int every = booking_every(queue, desk_no), behind = 0;
    if (every == 0)
        return;
    int turn = queue->desks[queue_desk_index(queue, desk_no)].turns;
    for (int i = 0; i < count; i++) {
        if (!takes_a_turn(line[i]) || ++turn % every != 0 || arrived_booking(line[i]))
            continue;
        int k = behind > i ? behind : i + 1;
        while (k < count && line[k]->priority == line[i]->priority && !arrived_booking(line[k]))
            k++;
        behind = k;
        if (k == count || line[k]->priority != line[i]->priority)
            continue;
        const struct ticket *booking = line[k];
        memmove(&line[i + 1], &line[i], (size_t)(k - i) * sizeof *line);
        line[i] = booking;
    }
}

/* The line of one desk, with `extra` in it whether it counts or not (NULL: nobody). */
static int desk_line(const struct queue *queue, int desk_no, int64_t now,
                     const struct ticket *extra, const struct ticket **line)
{
    int count = 0;
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];
        if (ticket->desk_no == desk_no && (ticket == extra || counts(queue, ticket, now)))
            line[count++] = ticket;
    }
    qsort(line, (size_t)count, sizeof *line, compare_tickets);
    reserve_places(queue, desk_no, line, count);
    return count;
}

static const struct ticket **line_alloc(const struct queue *queue)
{
    const struct ticket **line = malloc((size_t)(queue->count + 1) * sizeof *line);
    if (!line)
        abort();
    return line;
}

/* Each desk's line keeps its order; whose first goes before the others' first is next. */
static int merge_lines(const struct queue *queue, int64_t now, const struct ticket **ret, int max)
{
    const struct ticket **all = line_alloc(queue);
    int from[SETTINGS_DESKS_MAX], to[SETTINGS_DESKS_MAX], end = 0, count = 0;
    for (int i = 0; i < queue->settings.desk_count; i++) {
        from[i] = end;
        end += desk_line(queue, queue->settings.desks[i].desk_no, now, NULL, all + end);
        to[i] = end;
    }
    while (count < max) {
        int first = -1;
        for (int i = 0; i < queue->settings.desk_count; i++)
            if (from[i] < to[i] && (first < 0 || goes_before(all[from[i]], all[from[first]])))
                first = i;
        if (first < 0)
            break;
        ret[count++] = all[from[first]++];
    }
    free(all);
    return count;
}

int queue_line(const struct queue *queue, int desk_no, int64_t now, const struct ticket **ret,
               int max)
{
    if (queue->count == 0)
        return 0;
    if (desk_no == 0)
        return merge_lines(queue, now, ret, max);
    const struct ticket **line = line_alloc(queue);
    int count = desk_line(queue, desk_no, now, NULL, line);
    if (count > max)
        count = max;
    memcpy(ret, line, (size_t)count * sizeof *line);
    free(line);
    return count;
}

const struct ticket *queue_next(const struct queue *queue, int desk_no, int64_t now)
{
    const struct ticket *next = NULL;
    if (booking_every(queue, desk_no)) {
        const struct ticket **line = line_alloc(queue);
        int count = desk_line(queue, desk_no, now, NULL, line);
        for (int i = 0; i < count && !next; i++)
            if (ticket_callable(line[i]))
                next = line[i];
        free(line);
        return next;
    }
    for (int i = 0; i < queue->count; i++) { /* no need of the whole line */
        const struct ticket *ticket = &queue->tickets[i];
        if (ticket->desk_no == desk_no && ticket_callable(ticket) &&
            (!next || goes_before(ticket, next)))
            next = ticket;
    }
    return next;
}

/* -- counting ----------------------------------------------------------------------------------
 */

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

static int index_in_line(const struct queue *queue, const struct ticket *ticket, int64_t now)
{
    const struct ticket **line = line_alloc(queue);
    int count = desk_line(queue, ticket->desk_no, now, ticket, line), i = 0;
    while (i < count && line[i] != ticket)
        i++;
    free(line);
    return i;
}

int queue_before(const struct queue *queue, const struct ticket *ticket, int64_t now)
{
    int before = 0;
    bool waits = ticket_callable(ticket) || ticket->state == TICKET_ABSENT ||
                 ticket->state == TICKET_RESERVED || ticket->state == TICKET_OFFERED;
    if (!waits)
        return -1;
    if (booking_every(queue, ticket->desk_no))
        return index_in_line(queue, ticket, now);
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *other = &queue->tickets[i];
        if (other != ticket && other->desk_no == ticket->desk_no && counts(queue, other, now) &&
            goes_before(other, ticket))
            before++;
    }
    return before;
}

bool queue_come_now(const struct queue *queue, const struct ticket *ticket, int64_t now)
{
    int before = queue_before(queue, ticket, now);
    return before >= 0 && before <= queue->settings.come_now;
}

/* -- places ------------------------------------------------------------------------------------
 */

/* The next one after `behind` in the line without reserved places, callable or not as asked. */
static const struct ticket *follower(const struct queue *queue, const struct ticket *ticket,
                                     const struct ticket *behind, bool callable)
{
    const struct ticket *next = NULL;
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *other = &queue->tickets[i];
        if (other != ticket && other->desk_no == ticket->desk_no &&
            other->priority == ticket->priority &&
            (callable ? ticket_callable(other) : !ticket_finished(other)) &&
            goes_before(behind, other) && (!next || goes_before(other, next)))
            next = other;
    }
    return next;
}

int64_t queue_place_at(const struct queue *queue, const struct ticket *ticket, int64_t at)
{
    int64_t place = at * PLACES_A_MS;
    if (queue->rules < 2)
        return place;
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *other = &queue->tickets[i];
        if (other != ticket && other->desk_no == ticket->desk_no && other->place >= place &&
            other->place < at * PLACES_A_MS + PLACE_UNARRIVED)
            place = other->place + 1;
    }
    return place;
}

/* -- places back -------------------------------------------------------------------------------
 */

/* How many are called before this one; `line` is the desk's callable ones without reserved places,
 * `room` as long. */
static int called_before(const struct queue *queue, const struct ticket *ticket,
                         const struct ticket *const *line, int count, const struct ticket **room)
{
    int i = 0;
    memcpy(room, line, (size_t)count * sizeof *line);
    reserve_places(queue, ticket->desk_no, room, count);
    while (room[i] != ticket)
        i++;
    return i;
}

/* So many of the line without reserved places must pass for `places` to pass in all. Who stands
 * before a reserved place lets its booking pass too; a booking that a reserved place draws forward
 * goes back as far as it can. */
static int steps_back(const struct queue *queue, const struct ticket *ticket, int places)
{
    if (places == 0 || booking_every(queue, ticket->desk_no) == 0)
        return places;
    const struct ticket **line = line_alloc(queue), **room = line_alloc(queue);
    int count = 0, at = 0, best = 0;
    for (int i = 0; i < queue->count; i++)
        if (queue->tickets[i].desk_no == ticket->desk_no && ticket_callable(&queue->tickets[i]))
            line[count++] = &queue->tickets[i];
    qsort(line, (size_t)count, sizeof *line, compare_tickets);
    while (line[at] != ticket)
        at++;
    int before = called_before(queue, ticket, line, count, room), wanted = before + places;
    for (int i = at; before < wanted && i + 1 < count; i++) {
        if (line[i + 1]->priority != ticket->priority)
            break;
        line[i] = line[i + 1];
        line[i + 1] = ticket;
        int now = called_before(queue, ticket, line, count, room);
        best = now > before ? i + 1 - at : best;
        before = now > before ? now : before;
    }
    free(line);
    free(room);
    return best > 0 ? best : 1; /* 0 would be the end */
}

static bool comes_after(int64_t place, const struct ticket *ticket, const struct ticket *behind)
{
    return place > behind->place || (place == behind->place && ticket > behind);
}

/* Moves all after `behind` back by a place or two, and with them where an undo would put them:
 * their order stays, and there is a place behind it. */
static void make_room(struct queue *queue, const struct ticket *ticket, const struct ticket *behind)
{
    const int64_t step = 2;
    for (int i = 0; i < queue->count; i++) {
        struct ticket *other = &queue->tickets[i];
        if (other == ticket)
            continue;
        if (other->desk_no == behind->desk_no && comes_after(other->place, other, behind))
            other->place += step;
        if (other->can_undo && other->before.desk_no == behind->desk_no &&
            comes_after(other->before.place, other, behind))
            other->before.place += step;
        digest_ticket(queue, other);
    }
}

int64_t queue_place_back(struct queue *queue, const struct ticket *ticket, int places, int64_t at)
{
    const struct ticket *behind = ticket, *after;
    int steps = steps_back(queue, ticket, places);
    for (int step = 0; places == 0 || step < steps; step++) {
        const struct ticket *next = follower(queue, ticket, behind, true);
        if (!next)
            break;
        behind = next;
    }
    if (behind == ticket)
        return ticket->place;
    if (queue->rules < 2)
        return behind->place + 1;
    after = follower(queue, ticket, behind, false);
    if (!after) {
        int64_t end = queue_place_at(queue, ticket, at);
        return end > behind->place ? end : behind->place + 1;
    }
    /* Halfway, so that the next one sent to the same spot has room. */
    if (after->place - behind->place < 2)
        make_room(queue, ticket, behind);
    return behind->place + (after->place - behind->place) / 2;
}
