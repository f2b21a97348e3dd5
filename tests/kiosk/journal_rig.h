/* What the tests of the journal share: what is put into one, and how much of it is there. */
#ifndef MACHIAI_TESTS_KIOSK_JOURNAL_RIG_H
#define MACHIAI_TESTS_KIOSK_JOURNAL_RIG_H

#include "journal.h"
#include "outbox.h"
#include "station_rig.h"

static const struct clock_stamp stamp = {.at_ms = 1000, .up_ms = 10, .boot = "boot"};

/* A cmocka fixture: *state is a rig. */
int journal_rig_setup(void **state);
int journal_rig_teardown(void **state);

/* Must succeed; found may be NULL. */
struct journal *journal_rig_open(const struct rig *rig, struct journal_found *found);

/* Request, ticket and event n. The event is kiosk a's about ticket n, as the outbox drafts it. */
struct journal_intent journal_rig_intent(int n);
struct station_ticket journal_rig_ticket(int n);
struct outbox_draft journal_rig_draft(const struct rig *rig, enum event_kind kind, int n);
/* Stores ticket n with its event: 0, or what journal_issue() gives. */
int journal_rig_issue(struct rig *rig, struct journal *journal, int n);

/* Rows of each kind. */
int journal_rig_outbox(struct journal *journal);
int journal_rig_entries(struct journal *journal);
int journal_rig_intents(struct journal *journal);
int journal_rig_open_slips(struct journal *journal);

#endif
