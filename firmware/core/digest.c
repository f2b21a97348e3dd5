/* The state digest that entries carry. It is computed for each entry on both sides, so tickets are
 * taken up as they change; the rest is small. Words are little endian everywhere, so that every
 * machine agrees. What is covered belongs to the rules: see RULES_MAX. */
#include <string.h>

#include "queue_rules.h"

static uint64_t mix_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
    uint64_t word = 0;
    int i = 0;
    for (; text[i]; i++) {
        word |= (uint64_t)(unsigned char)text[i] << 8 * (i % 8);
        if (i % 8 == 7) {
            hash = mix_word(hash, word);
            word = 0;
        }
    }
    return mix_word(mix_word(hash, word), (uint64_t)i);
}

static uint64_t mix_words(uint64_t hash, const int64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = mix_word(hash, (uint64_t)words[i]);
    return hash;
}

static uint64_t mix_before(uint64_t hash, const struct ticket *t)
{
    const struct ticket_before *b = &t->before;
    const int64_t words[] = {b->state,     b->desk_no, b->stage,    b->place,
                             b->called_ms, b->calls,   b->priority, b->turned};
    hash = mix_words(hash, words, sizeof words / sizeof words[0]);
    return mix_text(mix_text(hash, b->room), b->reason);
}

static uint64_t ticket_digest(const struct ticket *t, int index)
{
    const int64_t words[] = {index,        t->state,     t->number.letter, t->number.value,
                             t->channel,   t->desk_no,   t->stage,         t->issue_desk_no,
                             t->booked,    t->no_voice,  t->session.kind,  t->accepted_ms,
                             t->place,     t->slot_from, t->slot_to,       t->priority,
                             t->called_ms, t->calls,     t->absent_turn,   t->slips,
                             t->reissues,  t->can_undo,  t->abandoned};
    const char *const texts[] = {t->id,     t->service,      t->room,       t->device,
                                 t->family, t->session.date, t->last_event, t->reason};
    uint64_t hash = mix_words(1, words, sizeof words / sizeof words[0]);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        hash = mix_text(hash, texts[i]);
    return t->can_undo ? mix_before(hash, t) : hash;
}

void digest_ticket(struct queue *queue, struct ticket *ticket)
{
    queue->tickets_digest -= ticket->digest;
    ticket->digest = ticket_digest(ticket, (int)(ticket - queue->tickets));
    queue->tickets_digest += ticket->digest;
}

void digest_tickets(struct queue *queue)
{
    queue->tickets_digest = 0;
    for (int i = 0; i < queue->count; i++) {
        queue->tickets[i].digest = 0;
        digest_ticket(queue, &queue->tickets[i]);
    }
}

static uint64_t mix_call(uint64_t hash, const struct queue_call *call)
{
    const int64_t words[] = {call->number.letter, call->number.value, call->desk_no,
                             call->called_ms};
    hash = mix_words(hash, words, sizeof words / sizeof words[0]);
    return mix_text(mix_text(hash, call->ticket), call->room);
}

uint64_t queue_digest(const struct queue *queue)
{
    const int64_t words[] = {
        queue->rules, queue->has_settings, queue->session.kind,           queue->session_closed,
        queue->count, queue->call_count,   (int64_t)queue->tickets_digest};
    uint64_t hash = mix_words(2, words, sizeof words / sizeof words[0]);
    hash = mix_text(mix_text(hash, queue->session.date), queue->settings_event);
    hash = mix_text(hash, queue->message);
    for (int i = 0; i < queue->settings.desk_count; i++) {
        const struct queue_desk *desk = &queue->desks[i];
        const int64_t counters[] = {desk->next, desk->web_next, desk->paused, desk->turns};
        hash = mix_words(hash, counters, sizeof counters / sizeof counters[0]);
    }
    for (int i = 0; i < 26; i++) {
        const struct queue_letter *letter = &queue->letters[i];
        const int64_t given[] = {letter->next, letter->retired};
        hash = mix_text(mix_words(hash, given, 2), letter->device);
    }
    for (int i = 0; i < queue->call_count; i++)
        hash = mix_call(hash, &queue->calls[i]);
    return hash;
}
