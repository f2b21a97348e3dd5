#include "journal_rig.h"

#include "../core/test.h"

#include <stdlib.h>
#include <string.h>

int journal_rig_setup(void **state)
{
    struct rig *rig = malloc(sizeof *rig);
    rig_open(rig);
    *state = rig;
    return 0;
}

int journal_rig_teardown(void **state)
{
    rig_close(*state);
    free(*state);
    return 0;
}

struct journal *journal_rig_open(const struct rig *rig, struct journal_found *found)
{
    struct journal *journal = NULL;
    struct journal_found ignored;
    assert_int_equal(journal_open(rig->dir, &journal, found ? found : &ignored), 0);
    return journal;
}

struct journal_intent journal_rig_intent(int n)
{
    struct journal_intent intent = {
        .service = "naika", .language = "ja", .persons = 3, .no_voice = true, .stamp = stamp};
    memcpy(intent.ticket, site_ticket_id(n), UID_SIZE);
    return intent;
}

struct station_ticket journal_rig_ticket(int n)
{
    /* Static: its padding is 0, too. Whole tickets are compared. */
    static const struct station_ticket pattern = {
        .number = {'A', 0},
        .service = "naika",
        .language = "en",
        .desk_no = 1,
        .room = "1",
        .before = 3,
        .accepted_ms = 1000,
        .session = {.date = "2026-11-24", .kind = SESSION_PM},
        .url = "https://example.jp/q/1024-1",
        .code = "7K4Q-9M2X",
        .print_count = 1,
        .family = "66666666-0000-4000-8000-000000000001",
        .person = 2,
        .persons = 3,
        .no_voice = true,
        .slot_from = 1000,
        .slot_to = 2000,
    };
    struct station_ticket ticket;
    memcpy(&ticket, &pattern, sizeof ticket);
    ticket.number.value = n;
    ticket.accepted_ms += n;
    memcpy(ticket.id, site_ticket_id(n), UID_SIZE);
    return ticket;
}

/* Event n of kiosk a about ticket n, as the outbox would draft it. */
struct outbox_draft journal_rig_draft(const struct rig *rig, enum event_kind kind, int n)
{
    struct outbox outbox = {.counter = n - 1};
    struct outbox_draft draft;
    struct event event = {.kind = kind, .number = {'A', n}, .desk_no = 1};
    memcpy(event.ticket, site_ticket_id(n), UID_SIZE);
    assert_int_equal(outbox_draft(&outbox, &event, 0, site_kiosk_a, rig->seq, 1000 + n, &draft), 0);
    return draft;
}

int journal_rig_issue(struct rig *rig, struct journal *journal, int n)
{
    struct station_ticket ticket = journal_rig_ticket(n);
    struct outbox_draft draft = journal_rig_draft(rig, EVENT_ISSUED, n);
    int r = journal_issue(journal, &ticket, 1, &stamp, &draft.row);
    outbox_drop(&draft);
    return r;
}

static int count_event(const struct journal_event *event, void *context)
{
    (void)event;
    (*(int *)context)++;
    return 0;
}

int journal_rig_outbox(struct journal *journal)
{
    int count = 0;
    assert_int_equal(journal_each_event(journal, count_event, &count), 0);
    return count;
}

static int count_entry(const struct entry *entry, void *context)
{
    (void)entry;
    (*(int *)context)++;
    return 0;
}

int journal_rig_entries(struct journal *journal)
{
    int count = 0;
    assert_int_equal(journal_each_entry(journal, 0, count_entry, &count), 0);
    return count;
}

int journal_rig_intents(struct journal *journal)
{
    struct journal_intent intents[JOURNAL_INTENTS_MAX];
    return journal_intents(journal, intents, JOURNAL_INTENTS_MAX);
}

int journal_rig_open_slips(struct journal *journal)
{
    static struct journal_open_slip slips[64];
    return journal_open_slips(journal, slips, 64);
}
