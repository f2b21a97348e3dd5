/* A small site for the queue's tests: two consultation desks, one payment desk, events by name. */
#ifndef MACHIAI_TESTS_CORE_SITE_H
#define MACHIAI_TESTS_CORE_SITE_H

#include "queue.h"

struct site {
    struct queue queue;
    int events; /* made so far; gives ids */
    int64_t now;
};

extern const char *const site_kiosk_a, *const site_kiosk_b;

/* Opens with settings, session 2026-11-24 am under the newest rules, letters A (kiosk a) and R
 * (kiosk b), at 9:00 JST. */
void site_open(struct site *site);
void site_close(struct site *site);
/* The same as a cmocka fixture: *state is the site. */
int site_setup(void **state);
int site_teardown(void **state);
/* Opens a session under a version of the rules; must apply. */
void site_session(struct site *site, const char *date, enum session_kind kind, int rules);
/* A copy of the present settings, to be changed and given to site_change(), which frees it and must
 * apply. */
struct settings *site_settings(const struct site *site);
void site_change(struct site *site, struct settings *settings);

/* The UUID of ticket n. Static storage, a few at a time. */
const char *site_ticket_id(int n);
struct event site_event(struct site *site, enum event_kind kind, int ticket);
/* Applies at site->now, which then grows by a second. */
struct judgement site_apply(struct site *site, const struct event *event);
/* Kind and ticket only. */
struct judgement site_do(struct site *site, enum event_kind kind, int ticket);
/* Issues number n of the main series to ticket n at a desk. */
void site_issue(struct site *site, int ticket, int desk_no);
struct judgement site_call(struct site *site, int ticket, const char *room);
/* Takes the ticket's last event back. */
struct judgement site_undo(struct site *site, int ticket);
const struct ticket *site_ticket(const struct site *site, int ticket);

#endif
