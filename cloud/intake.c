#include "intake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "recovery.h"

static const struct db_migration steps[] = {
    {"codes on slips",
     "CREATE TABLE ticket_code (code TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES site, ticket "
     "TEXT NOT NULL, made BIGINT NOT NULL, UNIQUE (site, ticket));"},
};

int intake_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "intake", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

static int refuse(struct intake_refusal *refusal, int status, const char *code, const char *message,
                  const char *field)
{
    *refusal = (struct intake_refusal){status, code, message, field};
    return -EPERM;
}

/* -- codes ------------------------------------------------------------------------------------- */

static int make_code(struct cloud *cloud, struct site *site, const char *ticket,
                     char code[static IDS_CODE_SIZE])
{
    int result;

    ids_code(code);
    result = db_run(cloud->db,
                    "INSERT INTO ticket_code (code, site, ticket, made) VALUES ($1, $2, $3, $4)",
                    "ttti", code, site_id(site), ticket, site_moment(site));
    return result < 0 ? result : 0;
}

static int code_of(struct cloud *cloud, struct site *site, const char *ticket,
                   char code[static IDS_CODE_SIZE])
{
    struct db_rows *rows = NULL;
    int result;

    result =
        db_query(cloud->db, &rows, "SELECT code FROM ticket_code WHERE site = $1 AND ticket = $2",
                 "tt", site_id(site), ticket);
    if (result == 0)
        result = db_next(rows);
    code[0] = '\0'; /* an own-series ticket has none */
    if (result == 1)
        (void)snprintf(code, IDS_CODE_SIZE, "%s", db_text(rows, 0));
    db_done(rows);
    return result < 0 ? result : 0;
}

int intake_find_code(struct cloud *cloud, const char *code, char ret_site[static UID_SIZE],
                     char ret_ticket[static UID_SIZE])
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(cloud->db, &rows, "SELECT site, ticket FROM ticket_code WHERE code = $1", "t",
                      code);
    if (result == 0)
        result = db_next(rows);
    if (result == 1) {
        (void)snprintf(ret_site, UID_SIZE, "%s", db_text(rows, 0));
        (void)snprintf(ret_ticket, UID_SIZE, "%s", db_text(rows, 1));
    }
    db_done(rows);
    return result == 1 ? 0 : result < 0 ? result : -ENOENT;
}

/* -- the gates --------------------------------------------------------------------------------- */

static int check_service(const struct queue *queue, const struct intake_request *request,
                         struct intake_refusal *refusal)
{
    const struct service *service;

    if (!*request->service)
        return 0;
    service = settings_service(&queue->settings, request->service);
    if (!service || service->desk_no != request->desk_no)
        return refuse(refusal, 400, "bad_request", "service: is none of this queue's services",
                      "service");
    return 0;
}

static int check_hours(const struct queue *queue, int64_t now, struct intake_refusal *refusal)
{
    struct session session;

    if (settings_session_at(&queue->settings, now, &session) != INTAKE_OPEN)
        return refuse(refusal, 409, "closed", "Reception is closed at this hour.", NULL);
    if (queue->session_closed && session_equal(&session, &queue->session))
        return refuse(refusal, 409, "closed", "Reception for this session has ended.", NULL);
    return 0;
}

static int check_room_left(const struct queue *queue, int desk_no, struct intake_refusal *refusal)
{
    int issued = 0;

    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];

        issued += ticket->desk_no == desk_no && !ticket->abandoned &&
                  session_equal(&ticket->session, &queue->session);
    }
    if (queue->settings.intake_limit > 0 && issued >= queue->settings.intake_limit)
        return refuse(refusal, 409, "full", "This session's tickets are used up.", NULL);
    if (queue->count >= QUEUE_TICKETS_MAX)
        return refuse(refusal, 409, "full", "This site has as many tickets as it can hold.", NULL);
    return 0;
}

/* After the session is open: pauses end with the session that they were made in. */
static int check_desk(const struct queue *queue, int desk_no, struct intake_refusal *refusal)
{
    for (int i = 0; i < queue->settings.desk_count; i++) {
        if (queue->settings.desks[i].desk_no != desk_no)
            continue;
        if (queue->desks[i].paused)
            return refuse(refusal, 409, "paused", "Reception is paused at this desk.", NULL);
        if (queue->settings.desks[i].first == 0)
            return refuse(refusal, 409, "closed", "This desk gives no numbers of its own.", NULL);
    }
    return check_room_left(queue, desk_no, refusal);
}

/* -- issuing ----------------------------------------------------------------------------------- */

static const char *first_service(const struct queue *queue, int desk_no)
{
    for (int i = 0; i < queue->settings.service_count; i++)
        if (queue->settings.services[i].desk_no == desk_no)
            return queue->settings.services[i].id;
    return "";
}

static void fill_event(struct site *site, const struct intake_request *request, struct event *event)
{
    const struct queue *queue = site_state(site);
    const char *service =
        *request->service ? request->service : first_service(queue, request->desk_no);
    int64_t now = site_moment(site);

    event_init(event);
    event->kind = request->offer ? EVENT_OFFERED : EVENT_ISSUED;
    event->channel = request->channel;
    event->desk_no = request->desk_no;
    event->number = queue_next_number(queue, request->desk_no, service, request->channel);
    event->session = queue->session;
    /* Its author has seen the head: it is asking the cloud right now. */
    event->at = request->at > now - INTAKE_CLAIM_MAX_MS && request->at < now ? request->at : now;
    event->base = site_head(site);
    (void)snprintf(event->ticket, sizeof(event->ticket), "%s", request->ticket);
    (void)snprintf(event->service, sizeof(event->service), "%s", service);
    (void)snprintf(event->family, sizeof(event->family), "%s", request->family);
    (void)snprintf(event->device, sizeof(event->device), "%s", request->device);
    (void)snprintf(event->user, sizeof(event->user), "%s", request->user);
}

/* A request that came before: the same answer, as long as the ticket is of today. */
static int find_earlier(struct cloud *cloud, struct site *site,
                        const struct intake_request *request, struct intake_ticket *ret,
                        struct intake_refusal *refusal)
{
    int result;

    result = site_ticket_seq(site, request->ticket, &ret->seq);
    if (result < 0 || ret->seq == 0)
        return result < 0 ? result : -ENOENT;
    if (!queue_ticket(site_state(site), request->ticket))
        return refuse(refusal, 409, "conflict",
                      "This ticket's UUID was used on another day; use a new one.", "ticket");
    ret->first = false;
    return code_of(cloud, site, request->ticket, ret->code);
}

static int issue(struct cloud *cloud, struct site *site, const struct intake_request *request,
                 struct intake_ticket *ret, struct intake_refusal *refusal)
{
    struct event event;
    struct site_put put;
    int result;

    result = find_earlier(cloud, site, request, ret, refusal);
    if (result != -ENOENT)
        return result;
    result = recovery_holds(cloud, site);
    if (result > 0)
        return refuse(refusal, 503, "recovering",
                      "The cloud was restored; it gives numbers when the kiosks were heard.", NULL);
    if (result == 0)
        result = check_service(site_state(site), request, refusal);
    if (result == 0)
        result = check_hours(site_state(site), site_moment(site), refusal);
    if (result == 0)
        result = site_open_session(site);
    if (result == 0)
        result = check_desk(site_state(site), request->desk_no, refusal);
    if (result < 0)
        return result;
    fill_event(site, request, &event);
    if (event.number.value == 0)
        return refuse(refusal, 409, "full", "The numbers of this desk are used up.", NULL);
    result = site_put(site, &event, &put);
    if (result < 0)
        return result;
    if (put.judgement.verdict != VERDICT_APPLIED)
        return refuse(refusal, 409, "conflict", "The number could not be given; try again.", NULL);
    ret->first = true;
    ret->seq = put.seq;
    return make_code(cloud, site, request->ticket, ret->code);
}

int intake_issue(struct cloud *cloud, struct site *site, const struct intake_request *request,
                 struct intake_ticket *ret, struct intake_refusal *refusal)
{
    struct intake_ticket ticket = {0};
    int result;

    result = site_begin(site);
    if (result < 0)
        return result;
    result = issue(cloud, site, request, &ticket, refusal);
    if (result < 0 || !ticket.first) {
        site_rollback(site);
    } else {
        result = site_commit(site);
    }
    if (result == 0)
        *ret = ticket;
    return result;
}
