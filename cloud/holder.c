#include "holder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "intake.h"
#include "near_mail.h"
#include "view.h"

enum { CHECK_IN_DIGITS = 8 };

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

static const struct db_migration steps[] = {
    {"late patients",
     "CREATE TABLE late (site TEXT NOT NULL REFERENCES site, ticket TEXT NOT NULL, at BIGINT NOT "
     "NULL, PRIMARY KEY (site, ticket));"},
};

int holder_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "holder", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

int holder_find(struct cloud *cloud, const char *code, struct holder *ret)
{
    struct holder holder = {.site = NULL};
    char site[UID_SIZE];
    int result;

    if (strlen(code) >= sizeof(holder.code))
        return -ENOENT;
    result = intake_find_code(cloud, code, site, holder.ticket);
    if (result < 0)
        return result;
    holder.site = sites_find(cloud->sites, site);
    if (!holder.site)
        return -ENOENT;
    (void)snprintf(holder.code, sizeof(holder.code), "%s", code);
    *ret = holder;
    return 0;
}

/* -- what is allowed --------------------------------------------------------------------------- */

static bool may_cancel(const struct ticket *ticket)
{
    return ticket->booked && (ticket->channel == CHANNEL_WEB || ticket->channel == CHANNEL_PHONE) &&
           (ticket->state == TICKET_RESERVED || ticket->state == TICKET_WAITING);
}

static bool may_late(const struct ticket *ticket)
{
    return ticket->state == TICKET_RESERVED || ticket->state == TICKET_WAITING ||
           ticket->state == TICKET_ABSENT || ticket->state == TICKET_CALLED;
}

bool holder_may_mail(const struct queue *queue, const struct ticket *ticket, int64_t now)
{
    return (ticket->state == TICKET_RESERVED || ticket->state == TICKET_WAITING) &&
           queue_before(queue, ticket, now) >= 0 && !queue_come_now(queue, ticket, now);
}

/* -- reading ----------------------------------------------------------------------------------- */

int holder_late_at(struct db *db, const char *site, const char *ticket, int64_t *ret)
{
    int64_t at = 0;
    int result = db_get_int(db, &at, "SELECT at FROM late WHERE site = $1 AND ticket = $2", "tt",
                            site, ticket);

    if (result < 0)
        return result;
    *ret = at;
    return 0;
}

static bool is_of_party(const struct ticket *ticket, const struct ticket *other)
{
    return other == ticket || (*ticket->family && strcmp(ticket->family, other->family) == 0);
}

static void add_member(cJSON *list, const struct ticket *ticket)
{
    char number[NUMBER_TEXT_SIZE];
    cJSON *item = cJSON_CreateObject();

    number_format(ticket->number, number);
    if (ticket->booked)
        cJSON_AddStringToObject(item, "ticket", ticket->id); /* add_codes() makes a code of it */
    cJSON_AddStringToObject(item, "number", number);
    cJSON_AddStringToObject(item, "state", ticket_state_name(ticket->state));
    cJSON_AddItemToArray(list, item);
}

/* The holder's own first, then the others in the order of their numbers. */
static void add_party(cJSON *json, const struct queue *queue, const struct ticket *ticket)
{
    cJSON *list = cJSON_AddArrayToObject(json, "party");
    int count = 1;

    add_member(list, ticket);
    for (int i = 0; i < queue->count && count < HOLDER_PARTY_MAX; i++) {
        const struct ticket *other = &queue->tickets[i];

        if (other == ticket || !is_of_party(ticket, other) || other->state == TICKET_CANCELLED)
            continue;
        add_member(list, other);
        count++;
    }
}

static void add_session(cJSON *json, const struct session *session)
{
    cJSON *object = cJSON_AddObjectToObject(json, "session");

    cJSON_AddStringToObject(object, "date", session->date);
    cJSON_AddStringToObject(object, "kind", session_kind_name(session->kind));
}

static cJSON *ticket_json(const struct queue *queue, const struct ticket *ticket, int64_t now)
{
    cJSON *json = view_ticket(queue, ticket, now), *clinic;

    if (!json)
        return NULL;
    clinic = cJSON_AddObjectToObject(json, "clinic");
    cJSON_AddStringToObject(clinic, "clinic_no", queue->settings.clinic_no);
    cJSON_AddStringToObject(clinic, "name", queue->settings.name);
    cJSON_AddStringToObject(clinic, "phone", queue->settings.phone);
    add_session(json, &ticket->session);
    cJSON_AddItemToObject(json, "queue", view_patient(queue, ticket->desk_no, now));
    cJSON_AddBoolToObject(json, "booked", ticket->booked);
    cJSON_AddNumberToObject(json, "slot_from", (double)ticket->slot_from);
    cJSON_AddNumberToObject(json, "slot_to", (double)ticket->slot_to);
    cJSON_AddNumberToObject(json, "come_now_at", queue->settings.come_now);
    add_party(json, queue, ticket);
    return json;
}

static void add_may(cJSON *json, bool late, bool cancel, bool mail)
{
    cJSON *may = cJSON_AddObjectToObject(json, "may");

    cJSON_AddBoolToObject(may, "late", late);
    cJSON_AddBoolToObject(may, "cancel", cancel);
    cJSON_AddBoolToObject(may, "mail", mail);
}

/* Whoever booked for a party checks each of it in by its own code. */
static int add_codes(struct cloud *cloud, struct site *site, cJSON *party)
{
    cJSON *item;

    cJSON_ArrayForEach (item, party) {
        cJSON *ticket = cJSON_DetachItemFromObjectCaseSensitive(item, "ticket");
        char code[IDS_CODE_SIZE] = "";
        int result = ticket ? intake_code_of(cloud, site, ticket->valuestring, code) : 0;

        cJSON_Delete(ticket);
        if (result < 0)
            return result;
        if (*code)
            cJSON_AddStringToObject(item, "code", code);
    }
    return 0;
}

int holder_json(struct cloud *cloud, const struct holder *holder, cJSON **ret)
{
    enum near_mail_state mail = NEAR_MAIL_NONE;
    char check_in[CHECK_IN_DIGITS + 1];
    bool ready = near_mail_ready(cloud->near_mail);
    int64_t late = 0;
    int result;

    result = holder_late_at(cloud->db, site_id(holder->site), holder->ticket, &late);
    if (result == 0)
        result = near_mail_look(cloud->db, holder->site, holder->ticket, &mail);
    if (result < 0)
        return result;
    const struct queue *queue = site_read(holder->site);
    const struct ticket *ticket = queue_ticket(queue, holder->ticket);
    int64_t now = site_now(holder->site);
    cJSON *json = ticket ? ticket_json(queue, ticket, now) : NULL;

    if (json) {
        add_may(json, may_late(ticket) && late == 0, may_cancel(ticket),
                ready && mail != NEAR_MAIL_SENT && holder_may_mail(queue, ticket, now));
        cJSON_AddNumberToObject(json, "seq", (double)site_seq(holder->site));
    }
    site_read_end(holder->site);
    if (!json)
        return ticket ? -ENOMEM : -ESTALE;
    result = add_codes(cloud, holder->site, cJSON_GetObjectItemCaseSensitive(json, "party"));
    if (result < 0) {
        cJSON_Delete(json);
        return result;
    }
    cJSON_AddNumberToObject(json, "late", (double)late);
    cJSON_AddStringToObject(json, "mail", near_mail_state_name(mail));
    (void)snprintf(check_in, sizeof(check_in), "%.8s", holder->code);
    cJSON_AddStringToObject(json, "check_in", check_in);
    *ret = json;
    return 0;
}

/* -- acts -------------------------------------------------------------------------------------- */

static int note_late(struct cloud *cloud, struct site *site, const struct ticket *ticket)
{
    int result = db_run(cloud->db,
                        "INSERT INTO late (site, ticket, at) VALUES ($1, $2, $3) ON CONFLICT "
                        "(site, ticket) DO NOTHING",
                        "tti", site_id(site), ticket->id, site_moment(site));

    return result < 0 ? result : 0;
}

static int put_cancelled(struct cloud *cloud, struct site *site, const struct ticket *ticket)
{
    struct event event;
    struct site_put put;
    int result;

    (void)cloud;
    event_init(&event);
    event.kind = EVENT_CANCELLED;
    event.channel = CHANNEL_WEB;
    event.desk_no = ticket->desk_no;
    memcpy(event.ticket, ticket->id, sizeof(event.ticket));
    memcpy(event.seen, ticket->last_event, sizeof(event.seen));
    result = site_put(site, &event, &put);
    if (result < 0)
        return result;
    return put.judgement.verdict == VERDICT_APPLIED ? 0 : -EPERM;
}

typedef bool may_act(const struct ticket *ticket);
typedef int do_act(struct cloud *cloud, struct site *site, const struct ticket *ticket);

/* In the transaction: the holder's own ticket must allow it, the party's others may. A put moves
 * the queue, so the party is looked up by names. */
static int act_on_party(struct cloud *cloud, const struct holder *holder, bool all, may_act *may,
                        do_act *act)
{
    char party[HOLDER_PARTY_MAX][UID_SIZE];
    const struct queue *queue = site_state(holder->site);
    const struct ticket *own = queue_ticket(queue, holder->ticket);
    int count = 0, result = 0;

    if (!own || !may(own))
        return -EPERM;
    for (int i = 0; i < queue->count && count < HOLDER_PARTY_MAX; i++)
        if (&queue->tickets[i] == own || (all && is_of_party(own, &queue->tickets[i])))
            memcpy(party[count++], queue->tickets[i].id, UID_SIZE);
    for (int i = 0; i < count && result == 0; i++) {
        const struct ticket *ticket = queue_ticket(site_state(holder->site), party[i]);

        if (ticket && may(ticket))
            result = act(cloud, holder->site, ticket);
    }
    return result;
}

static int change(struct cloud *cloud, const struct holder *holder, bool all, may_act *may,
                  do_act *act)
{
    int result;

    result = site_begin(holder->site);
    if (result < 0)
        return result;
    result = act_on_party(cloud, holder, all, may, act);
    if (result == 0)
        return site_commit(holder->site);
    site_rollback(holder->site);
    return result;
}

int holder_late(struct cloud *cloud, const struct holder *holder)
{
    int result = change(cloud, holder, true, may_late, note_late);

    if (result == 0)
        site_touch(holder->site);
    return result;
}

int holder_cancel(struct cloud *cloud, const struct holder *holder, bool all)
{
    return change(cloud, holder, all, may_cancel, put_cancelled);
}

static cJSON *find_ticket(cJSON *tickets, const char *id)
{
    cJSON *item;

    cJSON_ArrayForEach (item, tickets) {
        const char *found = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "ticket"));

        if (found && strcmp(found, id) == 0)
            return item;
    }
    return NULL;
}

int holder_mark_late(struct db *db, const char *site, cJSON *view)
{
    cJSON *tickets = cJSON_GetObjectItemCaseSensitive(view, "tickets");
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows, "SELECT ticket, at FROM late WHERE site = $1", "t", site);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        cJSON *item = find_ticket(tickets, db_text(rows, 0));

        if (item)
            cJSON_AddNumberToObject(item, "late", (double)db_int(rows, 1));
    }
    db_done(rows);
    return result < 0 ? result : 0;
}

int holder_forget(struct db *db, int64_t now)
{
    int result =
        db_run(db, "DELETE FROM late WHERE at < $1", "i", now - HOLDER_LATE_KEEP_DAYS * day_ms);

    return result < 0 ? result : 0;
}
