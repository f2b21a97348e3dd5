/* Random events, sensible and not, against the queue; after each one what must always hold is
 * checked by naive code that shares nothing with the queue's own. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "queue_rules.h"
#include "site.h"
#include "snapshot.h"

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

static bool callable(const struct ticket *ticket)
{
    return ticket->state == TICKET_WAITING || ticket->state == TICKET_TO_PAY;
}

/* Place by place from the words of queue_line(): whose turn it would be; when it is a booking's and
 * the turn is taken by somebody else, the next booking of that priority instead. */
static const struct ticket *naive_pick(const struct ticket **left, int count, bool reserved)
{
    const struct ticket *first = NULL, *booking = NULL;
    for (int i = 0; i < count; i++) {
        const struct ticket *t = left[i];
        bool before = first && (t->priority < first->priority ||
                                (t->priority == first->priority && t->place >= first->place));
        if (t && !before)
            first = t;
    }
    for (int i = 0; reserved && callable(first) && i < count; i++) {
        const struct ticket *t = left[i];
        if (t->booked && t->stage == 0 && callable(t) && t->priority == first->priority &&
            (!booking || t->place < booking->place))
            booking = t;
    }
    return booking ? booking : first;
}

static void naive_line(const struct queue *queue, int desk, const struct ticket **line, int count)
{
    const struct ticket *left[TICKETS * 2];
    int index = desk - 1, turn = queue->desks[index].turns, left_count = 0;
    int every = queue->rules >= 2 ? queue->settings.desks[index].booking_every : 0;
    for (int i = 0; i < queue->count; i++) /* those who are in it, in order of issue */
        for (int k = 0; k < count; k++)
            if (line[k] == &queue->tickets[i])
                left[left_count++] = line[k];
    assert_int_equal(left_count, count);
    for (int i = 0; i < count; i++) {
        const struct ticket *pick = naive_pick(left, left_count, every && (turn + 1) % every == 0);
        assert_ptr_equal(line[i], pick);
        turn += callable(pick);
        for (int k = 0, kept = 0; k < count - i; k++)
            if (left[k] != pick)
                left[kept++] = left[k];
        left_count--;
    }
}

/* Call next, the list and "N before you" are one line. */
static void the_line_agrees_with_the_counts(const struct queue *queue, int64_t now)
{
    const struct ticket *line[TICKETS * 2], *all[TICKETS * 2];
    int total = queue_line(queue, 0, now, all, TICKETS * 2), sum = 0;
    for (int desk = 1; desk <= 3; desk++) {
        int count = queue_line(queue, desk, now, line, TICKETS * 2), k = 0;
        sum += count;
        assert_int_equal(count, queue_waiting(queue, desk, now));
        const struct ticket *first = NULL;
        for (int i = 0; i < count; i++) {
            assert_int_equal(queue_before(queue, line[i], now), i);
            if (!first && callable(line[i]))
                first = line[i];
            while (k < total && all[k] != line[i])
                k++;
            assert_true(k < total);
        }
        assert_ptr_equal(queue_next(queue, desk, now), first);
        naive_line(queue, desk, line, count);
    }
    assert_int_equal(total, sum);
}

/* What is kept as tickets change is what a look at all of them gives. */
static void the_digest_is_that_of_the_whole(const struct queue *queue)
{
    struct queue copy;
    queue_init(&copy);
    assert_int_equal(queue_copy(queue, &copy), 0);
    digest_tickets(&copy);
    assert_true(queue_digest(&copy) == queue_digest(queue));
    queue_finish(&copy);
}

static void a_snapshot_keeps_all(const struct queue *queue)
{
    struct snapshot snapshot;
    char error[200] = "";
    cJSON *json = snapshot_to_json(queue, 1, entry_first_hash);
    if (snapshot_from_json(json, &snapshot, error, sizeof error) < 0)
        fail_msg("%s", error);
    assert_true(queue_digest(&snapshot.queue) == queue_digest(queue));
    cJSON_Delete(json);
    snapshot_finish(&snapshot);
}

/* Families: a call leaves nobody of the family waiting at that desk. */
static void the_family_is_called(const struct queue *queue, const struct event *event)
{
    const struct ticket *ticket = queue_ticket(queue, event->ticket);
    if (event->kind != EVENT_CALLED || queue->rules < 2 || !*ticket->family)
        return;
    for (int i = 0; i < queue->count; i++)
        assert_false(queue->tickets[i].desk_no == ticket->desk_no && callable(&queue->tickets[i]) &&
                     strcmp(queue->tickets[i].family, ticket->family) == 0);
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
        EVENT_CALLED_NUMBER, EVENT_REISSUE,  EVENT_CLAIMED};
    enum event_kind kind = kinds[pick(r, sizeof kinds / sizeof kinds[0])];
    struct event event = site_event(site, kind, 1 + (int)pick(r, TICKETS));
    const struct ticket *ticket = queue_ticket(&site->queue, event.ticket);

    event.desk_no = (int)pick(r, 5);
    event.places = (int)pick(r, 4);
    event.priority = (int)pick(r, 3);
    event.channel = (enum channel)pick(r, CHANNEL_COUNT);
    (void)snprintf(event.text, sizeof event.text, "%s", pick(r, 4) ? "高熱" : "");
    if (pick(r, 3) == 0)
        (void)snprintf(event.service, sizeof event.service, "first");
    if (pick(r, 3) == 0)
        (void)snprintf(event.family, sizeof event.family, "fa000000-0000-4000-8000-00000000000%u",
                       pick(r, 5));
    if (pick(r, 2)) {
        event.slot_from = site->now + (int64_t)pick(r, 40) * 60000 - 600000;
        event.slot_to = event.slot_from + 1800000;
    }
    memcpy(event.device, pick(r, 2) ? site_kiosk_a : site_kiosk_b, UID_SIZE);
    event.number =
        pick(r, 2) ? queue_next_number(&site->queue, event.desk_no, event.service, event.channel)
                   : queue_next_letter_number(&site->queue, pick(r, 2) ? 'A' : 'R');
    if (pick(r, 8) == 0)
        event.number.value = 1 + (int)pick(r, 30);
    if (ticket && pick(r, 4))
        memcpy(event.seen, ticket->last_event, UID_SIZE);
    else if (pick(r, 2))
        memcpy(event.seen, event.id, UID_SIZE); /* something never seen */
    if (kind == EVENT_BOOKED)                   /* the cloud's */
        event.device[0] = '\0';
    if (kind == EVENT_CLAIMED)
        memcpy(event.target, site_ticket_id(1 + (int)pick(r, TICKETS)), UID_SIZE);
    if (kind == EVENT_UNDONE)
        memcpy(event.target, ticket ? ticket->last_event : event.id, UID_SIZE);
    if (pick(r, 3) == 0)
        (void)snprintf(event.room, sizeof event.room, "r%u", pick(r, 3));
    return event;
}

/* The clinic's rules differ with the seed; seed 1 is one of the first release. */
static void clinic(struct site *site, uint64_t seed)
{
    struct settings *settings = site_settings(site);
    settings->desks[0].booking_every = (int)(seed % 4);
    settings->desks[1].booking_every = (int)(seed % 3);
    settings->recall_tolerance = (int)(seed % 5) - 1;
    settings->late_places = (int)(seed % 3);
    settings->restart_by_session = seed % 2;
    settings->absent_counts = seed % 7 != 0;
    settings->services[0].prefix = seed % 2 ? 'K' : '\0';
    if (seed % 3) {
        settings->desks[0].web_first = 501;
        settings->desks[0].web_last = 520;
    }
    site_change(site, settings);
    site_session(site, "2026-11-24", SESSION_PM, seed % 8 == 1 ? 1 : RULES_MAX);
}

static void roll_over(struct site *site, int day)
{
    char date[DATE_SIZE];
    (void)snprintf(date, sizeof date, "2026-12-%02d", day);
    site_session(site, date, day % 2 ? SESSION_AM : SESSION_PM, site->queue.rules);
}

static void apply_and_check(struct site *site, const struct event *event, int *applied)
{
    uint64_t before = queue_digest(&site->queue);
    struct judgement judgement = site_apply(site, event);
    if (judgement.verdict != VERDICT_APPLIED) {
        assert_true(before == queue_digest(&site->queue));
    } else {
        bool moves = event->kind != EVENT_CLAIMED || site->queue.rules >= 2;
        assert_true(moves == (before != queue_digest(&site->queue)));
        the_family_is_called(&site->queue, event);
        ++*applied;
    }
    no_number_is_live_twice(&site->queue);
    calls_name_each_ticket_once(&site->queue);
}

static void what_must_hold_holds_for_any_events(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct random r = {seed};
        struct site site;
        int applied = 0;
        site_open(&site);
        clinic(&site, seed);
        for (int i = 0; i < EVENTS; i++) {
            if (i % 500 == 499)
                roll_over(&site, 1 + i / 500);
            struct event event = make(&site, &r);
            if (pick(&r, 10) == 0)
                site.now -= 1000; /* several in one moment */
            apply_and_check(&site, &event, &applied);
            if (i % 25 == 0) {
                tickets_are_whole(&site.queue);
                the_line_agrees_with_the_counts(&site.queue, site.now);
                the_digest_is_that_of_the_whole(&site.queue);
            }
        }
        a_snapshot_keeps_all(&site.queue);
        assert_true(applied > EVENTS / 10); /* the events are not all nonsense */
        site_close(&site);
    }
}

/* -- further ------------------------------------------------------------------------------------
 */

/* Sent N places back, exactly N who may be called pass, or all there are. */
static void n_places_back_is_n_places_anywhere(void **state)
{
    struct random r = {7};
    struct site site;
    (void)state;
    site_open(&site);
    for (int i = 1; i <= 20; i++)
        site_issue(&site, i, 1);
    for (int i = 0; i < 300; i++) {
        const struct ticket *line[TICKETS];
        int count = queue_line(&site.queue, 1, site.now, line, TICKETS);
        int from = (int)pick(&r, (unsigned)count), places = (int)pick(&r, 6);
        struct event back = site_event(&site, EVENT_BACK, 0);
        memcpy(back.ticket, line[from]->id, UID_SIZE);
        back.places = places;
        assert_verdict(site_apply(&site, &back), "applied");
        int to = places == 0 || from + places >= count ? count - 1 : from + places;
        assert_int_equal(
            queue_before(&site.queue, queue_ticket(&site.queue, back.ticket), site.now), to);
    }
    site_close(&site);
}

/* Kiosk and cloud read the same entries: through JSON and back the same state comes about. */
static void the_same_entries_give_the_same_state(void **state)
{
    struct random r = {99};
    struct site a, b;
    (void)state;
    site_open(&a);
    site_open(&b);
    clinic(&a, 6);
    clinic(&b, 6);
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
        assert_true(queue_digest(&a.queue) == queue_digest(&b.queue)); /* as entries tell it */
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
        cmocka_unit_test(n_places_back_is_n_places_anywhere),
        cmocka_unit_test(the_same_entries_give_the_same_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
