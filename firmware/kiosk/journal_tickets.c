/* The journal's tickets: requests, issued numbers, the print ledger. */
#include "journal_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const state_names[] = {
#define X(name, text) text,
    SLIP_STATES(X)
#undef X
};

const char *slip_state_name(enum slip_state state)
{
    return state_names[state];
}

int slip_state_parse(const char *name, enum slip_state *ret)
{
    for (int i = 0; i < SLIP_STATE_COUNT; i++) {
        if (strcmp(name, state_names[i]) == 0) {
            *ret = (enum slip_state)i;
            return 0;
        }
    }
    return -EINVAL;
}

/* -- requests ---------------------------------------------------------------------------------- */

int journal_intend(struct journal *journal, const struct journal_intent *intent)
{
    int r = journal_exec(journal,
                         "INSERT INTO intents(ticket, service, language, at, up, boot, persons,"
                         " no_voice) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
                         "sssiisii", intent->ticket, intent->service, intent->language,
                         intent->stamp.at_ms, intent->stamp.up_ms, intent->stamp.boot,
                         (int64_t)intent->persons, (int64_t)intent->no_voice);
    return r < 0 ? r : 0;
}

int journal_drop(struct journal *journal, const char *ticket, const struct journal_event *events,
                 int count)
{
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    r = journal_exec(journal, "DELETE FROM intents WHERE ticket = ?", "s", ticket);
    for (int i = 0; i < count && r >= 0; i++)
        r = journal_put_event(journal, &events[i]);
    return journal_end(journal, r);
}

int journal_intents(struct journal *journal, struct journal_intent *ret, int max)
{
    int r = 0, count = 0;
    sqlite3_stmt *stmt = journal_prepare(
        journal, &r,
        "SELECT ticket, service, language, at, up, boot, persons, no_voice FROM intents"
        " ORDER BY at",
        "");
    if (!stmt)
        return r;
    while (count < max && (r = journal_step(journal, stmt)) > 0) {
        struct journal_intent *intent = &ret[count++];
        *intent = (struct journal_intent){0};
        journal_column(stmt, 0, intent->ticket, sizeof intent->ticket);
        journal_column(stmt, 1, intent->service, sizeof intent->service);
        journal_column(stmt, 2, intent->language, sizeof intent->language);
        intent->stamp.at_ms = sqlite3_column_int64(stmt, 3);
        intent->stamp.up_ms = sqlite3_column_int64(stmt, 4);
        journal_column(stmt, 5, intent->stamp.boot, sizeof intent->stamp.boot);
        intent->persons = sqlite3_column_int(stmt, 6);
        intent->no_voice = sqlite3_column_int(stmt, 7) != 0;
    }
    journal_done(journal, stmt);
    return r < 0 ? r : count;
}

/* -- issued tickets ---------------------------------------------------------------------------- */

static int put_ticket(struct journal *journal, const struct station_ticket *ticket,
                      const struct clock_stamp *stamp)
{
    char number[NUMBER_TEXT_SIZE];
    number_format(ticket->number, number);
    return journal_exec(
        journal,
        "INSERT INTO tickets(ticket, number, service, language, desk, room, before, accepted,"
        " date, kind, url, code, at, up, boot, family, person, persons, no_voice, slot_from,"
        " slot_to) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "ssssisiissssiissiiiii", ticket->id, number, ticket->service, ticket->language,
        (int64_t)ticket->desk_no, ticket->room, (int64_t)ticket->before, ticket->accepted_ms,
        ticket->session.date, session_kind_name(ticket->session.kind), ticket->url, ticket->code,
        stamp->at_ms, stamp->up_ms, stamp->boot, ticket->family, (int64_t)ticket->person,
        (int64_t)ticket->persons, (int64_t)ticket->no_voice, ticket->slot_from, ticket->slot_to);
}

int journal_trim_tickets(struct journal *journal)
{
    int r = journal_exec(journal,
                         "DELETE FROM tickets WHERE ticket IN (SELECT ticket FROM tickets"
                         " ORDER BY accepted DESC LIMIT -1 OFFSET ?)",
                         "i", (int64_t)JOURNAL_TICKETS_MAX);
    if (r > 0)
        r = journal_exec(journal,
                         "DELETE FROM slips WHERE ticket NOT IN (SELECT ticket FROM tickets)", "");
    if (r > 0)
        r = journal_exec(
            journal, "DELETE FROM reissues WHERE ticket NOT IN (SELECT ticket FROM tickets)", "");
    return r;
}

static int issue_one(struct journal *journal, const struct station_ticket *ticket,
                     const struct clock_stamp *stamp, const struct journal_event *event)
{
    int r = put_ticket(journal, ticket, stamp);
    if (r >= 0)
        r = journal_exec(journal,
                         "INSERT INTO slips(ticket, print_count, state, job_id, job_uuid, boot)"
                         " VALUES(?, ?, 'intent', 0, '', ?)",
                         "sis", ticket->id, (int64_t)ticket->print_count, stamp->boot);
    if (r >= 0 && event)
        r = journal_put_event(journal, event);
    return r;
}

int journal_issue(struct journal *journal, const struct station_ticket *tickets, int count,
                  const struct clock_stamp *stamp, const struct journal_event *events)
{
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    r = journal_exec(journal, "DELETE FROM intents WHERE ticket = ?", "s", tickets[0].id);
    for (int i = 0; i < count && r >= 0; i++)
        r = issue_one(journal, &tickets[i], stamp, events ? &events[i] : NULL);
    return journal_end(journal, r);
}

/* -- the print ledger -------------------------------------------------------------------------- */

static int slip_state(struct journal *journal, const struct journal_slip *slip,
                      enum slip_state *ret)
{
    int r = 0;
    char name[16];
    sqlite3_stmt *stmt =
        journal_prepare(journal, &r, "SELECT state FROM slips WHERE ticket = ? AND print_count = ?",
                        "si", slip->ticket, (int64_t)slip->print_count);
    if (!stmt)
        return r;
    r = journal_step(journal, stmt);
    if (r > 0) {
        journal_column(stmt, 0, name, sizeof name);
        r = slip_state_parse(name, ret) < 0 ? -EBADMSG : 0;
    } else if (r == 0) {
        r = -ENOENT;
    }
    journal_done(journal, stmt);
    return r;
}

int journal_slip(struct journal *journal, const struct journal_slip *slip,
                 const struct journal_event *event)
{
    enum slip_state present = SLIP_INTENT;
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    r = slip_state(journal, slip, &present);
    /* A slip that nobody could tell of may still turn out to be printed. */
    bool settled =
        r == 0 &&
        (present == SLIP_PRINTED || present == SLIP_FAILED || present == SLIP_VOID ||
         (present == SLIP_UNKNOWN && slip->state != SLIP_PRINTED) || present == slip->state);
    if (settled)
        r = -EALREADY;
    if (r >= 0)
        r = journal_exec(
            journal,
            "UPDATE slips SET state = ?, job_id = CASE WHEN ?2 THEN ?2 ELSE job_id END,"
            " job_uuid = CASE WHEN ?3 <> '' THEN ?3 ELSE job_uuid END"
            " WHERE ticket = ? AND print_count = ?",
            "sissi", slip_state_name(slip->state), (int64_t)slip->job_id, slip->job_uuid,
            slip->ticket, (int64_t)slip->print_count);
    if (r >= 0 && event)
        r = journal_put_event(journal, event);
    return journal_end(journal, r);
}

#define OPEN_SLIP_COLUMNS                                                                          \
    "SELECT t.ticket, number, service, language, desk, room, before, accepted, date, kind, url,"   \
    " code, at, up, t.boot, print_count, state, family, person, persons, no_voice, slot_from,"     \
    " slot_to FROM tickets t JOIN slips s ON s.ticket = t.ticket"

/* False for a row that put_ticket() cannot have written. */
static bool read_open_slip(sqlite3_stmt *stmt, struct journal_open_slip *ret)
{
    struct station_ticket *ticket = &ret->ticket;
    char number[NUMBER_TEXT_SIZE], kind[16], state[16];
    *ret = (struct journal_open_slip){.state = SLIP_UNKNOWN};
    journal_column(stmt, 0, ticket->id, sizeof ticket->id);
    journal_column(stmt, 1, number, sizeof number);
    journal_column(stmt, 2, ticket->service, sizeof ticket->service);
    journal_column(stmt, 3, ticket->language, sizeof ticket->language);
    ticket->desk_no = sqlite3_column_int(stmt, 4);
    journal_column(stmt, 5, ticket->room, sizeof ticket->room);
    ticket->before = sqlite3_column_int(stmt, 6);
    ticket->accepted_ms = sqlite3_column_int64(stmt, 7);
    journal_column(stmt, 8, ticket->session.date, sizeof ticket->session.date);
    journal_column(stmt, 9, kind, sizeof kind);
    journal_column(stmt, 10, ticket->url, sizeof ticket->url);
    journal_column(stmt, 11, ticket->code, sizeof ticket->code);
    ret->stamp.at_ms = sqlite3_column_int64(stmt, 12);
    ret->stamp.up_ms = sqlite3_column_int64(stmt, 13);
    journal_column(stmt, 14, ret->stamp.boot, sizeof ret->stamp.boot);
    ticket->print_count = sqlite3_column_int(stmt, 15);
    journal_column(stmt, 16, state, sizeof state);
    journal_column(stmt, 17, ticket->family, sizeof ticket->family);
    ticket->person = sqlite3_column_int(stmt, 18);
    ticket->persons = sqlite3_column_int(stmt, 19);
    ticket->no_voice = sqlite3_column_int(stmt, 20) != 0;
    ticket->slot_from = sqlite3_column_int64(stmt, 21);
    ticket->slot_to = sqlite3_column_int64(stmt, 22);
    return number_parse(number, &ticket->number) == 0 &&
           session_kind_parse(kind, &ticket->session.kind) == 0 &&
           slip_state_parse(state, &ret->state) == 0;
}

int journal_open_slips(struct journal *journal, struct journal_open_slip *ret, int max)
{
    int r = 0, count = 0;
    sqlite3_stmt *stmt = journal_prepare(
        journal, &r, OPEN_SLIP_COLUMNS " WHERE state IN ('intent', 'submitted') ORDER BY accepted",
        "");
    if (!stmt)
        return r;
    while (count < max && (r = journal_step(journal, stmt)) > 0)
        count += read_open_slip(stmt, &ret[count]);
    journal_done(journal, stmt);
    return r < 0 ? r : count;
}

int journal_each_ticket(struct journal *journal, const char *date,
                        void (*each)(const struct station_ticket *ticket, void *context),
                        void *context)
{
    int r = 0;
    sqlite3_stmt *stmt = journal_prepare(
        journal, &r, OPEN_SLIP_COLUMNS " WHERE date = ? GROUP BY t.ticket ORDER BY accepted", "s",
        date);
    if (!stmt)
        return r;
    while ((r = journal_step(journal, stmt)) > 0) {
        struct journal_open_slip row;
        if (read_open_slip(stmt, &row))
            each(&row.ticket, context);
    }
    journal_done(journal, stmt);
    return r;
}

/* -- one more slip ------------------------------------------------------------------------------
 */

/* The last slip of the ticket, whatever became of it. */
static int last_slip(struct journal *journal, const char *ticket, struct journal_open_slip *ret)
{
    int r = 0;
    sqlite3_stmt *stmt = journal_prepare(
        journal, &r, OPEN_SLIP_COLUMNS " WHERE t.ticket = ? ORDER BY print_count DESC LIMIT 1", "s",
        ticket);
    if (!stmt)
        return r;
    r = journal_step(journal, stmt);
    if (r > 0)
        r = read_open_slip(stmt, ret) ? 0 : -EBADMSG;
    else if (r == 0)
        r = -ENOENT;
    journal_done(journal, stmt);
    return r;
}

static int add_slip(struct journal *journal, const char *ticket, int print_count)
{
    int r = journal_exec(journal, "UPDATE slips SET state = 'void' WHERE ticket = ?", "s", ticket);
    if (r >= 0)
        r = journal_exec(journal,
                         "INSERT INTO slips(ticket, print_count, state, job_id, job_uuid, boot)"
                         " SELECT ?, ?, 'intent', 0, '', boot FROM tickets WHERE ticket = ?",
                         "sis", ticket, (int64_t)print_count, ticket);
    return r;
}

int journal_reissue(struct journal *journal, const char *ticket, const char *request,
                    const struct journal_event *event, struct station_ticket *ret)
{
    struct journal_open_slip last;
    int r = journal_begin(journal);
    if (r < 0)
        return r;
    r = last_slip(journal, ticket, &last);
    if (r == 0) {
        r = journal_exec(journal, "INSERT INTO reissues(request, ticket) VALUES(?, ?)", "ss",
                         request, ticket);
        if (r == -EEXIST)
            r = -EALREADY;
    }
    if (r >= 0)
        r = add_slip(journal, ticket, last.ticket.print_count + 1);
    if (r >= 0 && event)
        r = journal_put_event(journal, event);
    r = journal_end(journal, r);
    if (r < 0)
        return r;
    *ret = last.ticket;
    ret->print_count++;
    return 0;
}
