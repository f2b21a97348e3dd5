/* Random events, sensible and not, against the queue; after each one what must always hold is
 * checked by naive code that shares nothing with the queue's own. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "site.h"

enum { SEEDS = 60, EVENTS = 1500, TICKETS = 60 };

struct random {
    uint64_t state;
};

static unsigned pick(struct random *r, unsigned below)
{
    r->state = r->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(r->state >> 33) % below;
}

/* -- what must hold ------------------------------------------------------------------------------
 */

static bool live(const struct ticket *ticket)
{
    return ticket->state != TICKET_DONE && ticket->state != TICKET_CANCELLED;
}

/* Invariant 2 */
static void no_number_is_live_twice(const struct queue *queue)
{
    int owner[27][NUMBER_MAX + 1] = {{0}};
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];
        if (!live(ticket))
            continue;
        int series = ticket->number.letter ? ticket->number.letter - 'A' + 1 : 0;
        if (owner[series][ticket->number.value]++)
            fail_msg("number %c%d is live twice", ticket->number.letter, ticket->number.value);
    }
}

static void tickets_are_whole(const struct queue *queue)
{
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];
        assert_true(number_valid(ticket->number));
        assert_non_null(settings_desk(&queue->settings, ticket->desk_no));
        assert_true(uid_valid(ticket->id) && uid_valid(ticket->last_event));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(queue->tickets[k].id, ticket->id);
    }
}

static void the_line_agrees_with_the_counts(const struct queue *queue, int64_t now)
{
    const struct ticket *line[TICKETS * 2];
    for (int desk = 1; desk <= 3; desk++) {
        int count = queue_line(queue, desk, now, line, TICKETS * 2);
        assert_int_equal(count, queue_waiting(queue, desk, now));
        const struct ticket *first = NULL;
        for (int i = 0; i < count; i++) {
            assert_int_equal(queue_before(queue, line[i], now), i);
            bool callable = line[i]->state == TICKET_WAITING || line[i]->state == TICKET_TO_PAY;
            if (!first && callable)
                first = line[i];
        }
        assert_ptr_equal(queue_next(queue, desk, now), first);
    }
}

static void calls_name_each_ticket_once(const struct queue *queue)
{
    for (int i = 0; i < queue->call_count; i++) {
        for (int k = 0; k < i; k++)
            assert_false(strcmp(queue->calls[i].ticket, queue->calls[k].ticket) == 0 &&
                         queue->calls[i].desk_no == queue->calls[k].desk_no);
        if (i > 0)
            assert_true(queue->calls[i].called_ms <= queue->calls[i - 1].called_ms);
    }
}

/* -- making events -------------------------------------------------------------------------------
 */

static struct event make(struct site *site, struct random *r)
{
    static const enum event_kind kinds[] = {
        EVENT_OFFERED,       EVENT_OFFERED,  EVENT_TAKEN,       EVENT_TAKEN,       EVENT_ABANDONED,
        EVENT_ISSUED,        EVENT_ISSUED,   EVENT_BOOKED,      EVENT_ARRIVED,     EVENT_CALLED,
        EVENT_CALLED,        EVENT_RECALLED, EVENT_ABSENT,      EVENT_BACK,        EVENT_HELD,
        EVENT_WAITING,       EVENT_IN_ROOM,  EVENT_IN_EXAM,     EVENT_TRANSFERRED, EVENT_DONE,
        EVENT_CANCELLED,     EVENT_RESTORED, EVENT_PRIORITISED, EVENT_UNDONE,      EVENT_SLIP,
        EVENT_CALLED_NUMBER, EVENT_REISSUE};
    enum event_kind kind = kinds[pick(r, sizeof kinds / sizeof kinds[0])];
    struct event event = site_event(site, kind, 1 + (int)pick(r, TICKETS));
    const struct ticket *ticket = queue_ticket(&site->queue, event.ticket);

    event.desk_no = (int)pick(r, 5);
    event.places = (int)pick(r, 4);
    event.priority = (int)pick(r, 3);
    memcpy(event.device, pick(r, 2) ? site_kiosk_a : site_kiosk_b, UID_SIZE);
    event.number = pick(r, 2) ? queue_next_number(&site->queue, event.desk_no, "", CHANNEL_KIOSK)
                              : queue_next_letter_number(&site->queue, pick(r, 2) ? 'A' : 'R');
    if (pick(r, 8) == 0)
        event.number.value = 1 + (int)pick(r, 30);
    if (ticket && pick(r, 4))
        memcpy(event.seen, ticket->last_event, UID_SIZE);
    else if (pick(r, 2))
        memcpy(event.seen, event.id, UID_SIZE); /* something never seen */
    if (kind == EVENT_UNDONE)
        memcpy(event.target, ticket ? ticket->last_event : event.id, UID_SIZE);
    if (pick(r, 3) == 0)
        (void)snprintf(event.room, sizeof event.room, "r%u", pick(r, 3));
    return event;
}

static void roll_over(struct site *site, int day)
{
    struct event event = site_event(site, EVENT_SESSION_OPENED, 0);
    (void)snprintf(event.session.date, DATE_SIZE, "2026-12-%02d", day);
    assert_verdict(site_apply(site, &event), "applied");
}

static void what_must_hold_holds_for_any_events(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct random r = {seed};
        struct site site;
        struct queue other;
        site_open(&site);
        queue_init(&other);
        assert_int_equal(queue_copy(&site.queue, &other), 0);
        int applied = 0;
        for (int i = 0; i < EVENTS; i++) {
            if (i % 500 == 499)
                roll_over(&site, 1 + i / 500);
            struct event event = make(&site, &r);
            uint64_t before = queue_digest(&site.queue);
            struct judgement judgement = site_apply(&site, &event);
            if (judgement.verdict == VERDICT_APPLIED)
                applied++;
            else
                assert_true(before == queue_digest(&site.queue));
            no_number_is_live_twice(&site.queue);
            calls_name_each_ticket_once(&site.queue);
            if (i % 25 == 0) {
                tickets_are_whole(&site.queue);
                the_line_agrees_with_the_counts(&site.queue, site.now);
            }
        }
        assert_true(applied > EVENTS / 10); /* the events are not all nonsense */
        queue_finish(&other);
        site_close(&site);
    }
}

/* Kiosk and cloud read the same entries: through JSON and back the same state comes about. */
static void the_same_entries_give_the_same_state(void **state)
{
    struct random r = {99};
    struct site a, b;
    (void)state;
    site_open(&a);
    site_open(&b);
    for (int i = 0; i < EVENTS; i++) {
        struct event event = make(&a, &r), back;
        char error[200];
        if (!event.number.value)
            event.number.letter = 0;
        cJSON *json = event_to_json(&event);
        assert_int_equal(event_from_json(json, &back, error, sizeof error), 0);
        cJSON_Delete(json);
        b.now = a.now;
        struct judgement one = site_apply(&a, &event), two = site_apply(&b, &back);
        assert_int_equal(one.verdict, two.verdict);
        event_finish(&back);
    }
    assert_true(queue_digest(&a.queue) == queue_digest(&b.queue));
    site_close(&a);
    site_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_must_hold_holds_for_any_events),
        cmocka_unit_test(the_same_entries_give_the_same_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
