#include "intake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "claims.h"
#include "recovery.h"
#include "resolve.h"
#include "view.h"

static const struct db_migration steps[] = {
    {"codes on slips",
     "CREATE TABLE ticket_code (code TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES site, ticket "
     "TEXT NOT NULL, made BIGINT NOT NULL, UNIQUE (site, ticket));"},
    {"codes by site",
     "CREATE TABLE code_of_ticket (site TEXT NOT NULL REFERENCES site, ticket TEXT NOT NULL, code "
     "TEXT NOT NULL UNIQUE, made BIGINT NOT NULL, PRIMARY KEY (site, ticket));"
     "INSERT INTO code_of_ticket (site, ticket, code, made) SELECT site, ticket, code, made FROM "
     "ticket_code;"
     "DROP TABLE ticket_code;"
     "ALTER TABLE code_of_ticket RENAME TO ticket_code;"},
};

int intake_migrate(struct db *db, char *error, size_t error_size)
{
    int result =
        db_migrate(db, "intake", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);

    if (result == 0)
        result = claims_migrate(db, error, error_size);
    if (result == 0)
        result = names_migrate(db, error, error_size);
    if (result == 0)
        result = resolve_migrate(db, error, error_size);
    return result;
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

int intake_code_of(struct cloud *cloud, struct site *site, const char *ticket,
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

/* Of one person: what they ask for, else what the party asks for. */
static const char *service_of(const struct intake_request *request, int person)
{
    return *request->who[person].service ? request->who[person].service : request->service;
}

static const char *card_of(const struct intake_request *request, int person)
{
    return *request->who[person].card ? request->who[person].card : request->card;
}

static int check_services(const struct queue *queue, const struct intake_request *request,
                          struct intake_refusal *refusal)
{
    for (int i = 0; i < request->persons; i++) {
        const char *id = service_of(request, i);
        const struct service *service = *id ? settings_service(&queue->settings, id) : NULL;

        if (*id && (!service || service->desk_no != request->desk_no))
            return refuse(refusal, 400, "bad_request", "service: is none of this queue's services",
                          "service");
    }
    return 0;
}

/* The core's gate in the API's words; what a kiosk without line says comes from the same gate. */
static const struct intake_refusal gates[GATE_COUNT] = {
    [GATE_BEFORE] = {409, "closed", "Reception has not begun yet.", NULL},
    [GATE_BREAK] = {409, "closed", "Reception is closed between two sessions.", NULL},
    [GATE_ENDED] = {409, "closed", "Reception for this session has ended.", NULL},
    [GATE_CLOSED_DAY] = {409, "closed", "Reception is closed today.", NULL},
    [GATE_PAUSED] = {409, "paused", "Reception is paused at this desk.", NULL},
    [GATE_FULL] = {409, "full", "This session's tickets are used up.", NULL},
    [GATE_SUSPENDED] = {409, "suspended", "Numbers are not given at present.", NULL},
    [GATE_NO_SERVICE] = {409, "no_service", "This desk gives no numbers of its own.", NULL},
};

static bool is_of_hours(enum intake_gate gate)
{
    return gate == GATE_BEFORE || gate == GATE_BREAK || gate == GATE_ENDED ||
           gate == GATE_CLOSED_DAY;
}

/* The session's own gate, whatever the hours say; open before it begins. A session that staff have
 * ended stays open to themselves. */
static enum intake_gate gate_of_session(const struct queue *queue,
                                        const struct intake_request *request, bool opened)
{
    enum intake_gate gate =
        opened ? queue_intake(queue, request->desk_no, request->channel, QUEUE_TIME_UNKNOWN)
               : GATE_OPEN;

    return gate == GATE_ENDED && *request->user ? GATE_OPEN : gate;
}

/* One may book for later today before the doors open, and staff add whoever stands before them at
 * any hour: `opened`, then that session's own gate. */
static int check_gate(struct site *site, const struct intake_request *request, bool opened,
                      struct intake_refusal *refusal)
{
    const struct queue *queue = site_state(site);
    enum intake_gate gate =
        queue_intake(queue, request->desk_no, request->channel, site_moment(site));

    bool early = request->booking && (gate == GATE_BEFORE || gate == GATE_BREAK);

    if (early || (*request->user && is_of_hours(gate)))
        gate = gate_of_session(queue, request, opened);
    if (gate != GATE_OPEN) {
        *refusal = gates[gate];
        return -EPERM;
    }
    if (queue->count >= QUEUE_TICKETS_MAX)
        return refuse(refusal, 409, "full", "This site has as many tickets as it can hold.", NULL);
    return 0;
}

/* -- issuing ----------------------------------------------------------------------------------- */

static const char *first_service(const struct queue *queue, int desk_no)
{
    for (int i = 0; i < queue->settings.service_count; i++)
        if (queue->settings.services[i].desk_no == desk_no)
            return queue->settings.services[i].id;
    return "";
}

static void fill_event(struct site *site, const struct intake_request *request, int person,
                       struct event *event)
{
    const struct queue *queue = site_state(site);
    const char *wanted = service_of(request, person);
    const char *service = *wanted ? wanted : first_service(queue, request->desk_no);
    int64_t now = site_moment(site);

    event_init(event);
    event->kind = request->offer ? EVENT_OFFERED : request->booking ? EVENT_BOOKED : EVENT_ISSUED;
    event->channel = request->channel;
    event->desk_no = request->desk_no;
    event->number = queue_next_number(queue, request->desk_no, service, request->channel);
    event->session = queue->session;
    event->slot_from = request->slot_from;
    event->slot_to = request->slot_to;
    event->no_voice = request->no_voice;
    /* Its author has seen the head: it is asking the cloud right now. */
    event->at = request->at > now - INTAKE_CLAIM_MAX_MS && request->at < now ? request->at : now;
    event->base = site_head(site);
    memcpy(event->ticket, request->tickets[person], sizeof(event->ticket));
    (void)snprintf(event->service, sizeof(event->service), "%s", service);
    (void)snprintf(event->family, sizeof(event->family), "%s", request->family);
    (void)snprintf(event->device, sizeof(event->device), "%s", request->device);
    (void)snprintf(event->user, sizeof(event->user), "%s", request->user);
}

static int find_one(struct cloud *cloud, struct site *site, const char *ticket,
                    struct intake_ticket *ret, struct intake_refusal *refusal)
{
    int result;

    result = site_ticket_seq(site, ticket, &ret->seq);
    if (result < 0 || ret->seq == 0)
        return result < 0 ? result : -ENOENT;
    if (!queue_ticket(site_state(site), ticket))
        return refuse(refusal, 409, "conflict",
                      "This ticket's UUID was used on another day; use a new one.", "ticket");
    ret->first = false;
    return intake_code_of(cloud, site, ticket, ret->code);
}

/* A request that came before: the same answer, as long as the tickets are of today. */
static int find_earlier(struct cloud *cloud, struct site *site,
                        const struct intake_request *request, struct intake_ticket *ret,
                        struct intake_refusal *refusal)
{
    int found = 0;

    for (int i = 0; i < request->persons; i++) {
        int result = find_one(cloud, site, request->tickets[i], &ret[i], refusal);

        if (result < 0 && result != -ENOENT)
            return result;
        found += result == 0;
    }
    if (found > 0 && found < request->persons)
        return refuse(refusal, 409, "conflict",
                      "Some of these tickets were given by another request; use new UUIDs.",
                      "tickets");
    return found > 0 ? 0 : -ENOENT;
}

static int issue_one(struct cloud *cloud, struct site *site, const struct intake_request *request,
                     int person, struct intake_ticket *ret, struct intake_refusal *refusal)
{
    struct event event;
    struct site_put put;
    int result;

    result = check_gate(site, request, true, refusal);
    if (result < 0)
        return result;
    fill_event(site, request, person, &event);
    if (event.number.value == 0)
        return refuse(refusal, 409, "full", "The numbers of this desk are used up.", NULL);
    result = site_put(site, &event, &put);
    if (result < 0)
        return result;
    if (put.judgement.verdict != VERDICT_APPLIED)
        return refuse(refusal, 409, "conflict", "The number could not be given; try again.", NULL);
    ret->first = true;
    ret->seq = put.seq;
    result = make_code(cloud, site, event.ticket, ret->code);
    if (result == 0 && *card_of(request, person))
        result = claims_keep_card(cloud->db, site, event.ticket, card_of(request, person));
    if (result == 0 && person == 0 && *request->name)
        result =
            names_keep(cloud->db, site_id(site), event.ticket, request->name, event.session.date);
    return result;
}

static int issue(struct cloud *cloud, struct site *site, const struct intake_request *request,
                 struct intake_ticket *ret, struct intake_refusal *refusal)
{
    int result;

    result = find_earlier(cloud, site, request, ret, refusal);
    if (result != -ENOENT)
        return result;
    result = recovery_holds(cloud, site);
    if (result > 0)
        return refuse(refusal, 503, "recovering",
                      "The cloud was restored and is collecting what it lost; try again.", NULL);
    if (result < 0)
        return result;
    result = check_services(site_state(site), request, refusal);
    if (result == 0)
        result = check_gate(site, request, false, refusal);
    if (result == 0)
        result = site_open_session(site);
    for (int i = 0; i < request->persons && result == 0; i++)
        result = issue_one(cloud, site, request, i, &ret[i], refusal);
    return result;
}

struct issuing {
    struct cloud *cloud;
    const struct intake_request *request;
    struct intake_ticket tickets[INTAKE_PERSONS_MAX];
    struct intake_refusal *refusal;
};

/* Tickets that another request has given are committed too, with nothing: its commit may be under
 * way. */
static int issue_inside(struct site *site, void *context)
{
    struct issuing *issuing = context;

    return issue(issuing->cloud, site, issuing->request, issuing->tickets, issuing->refusal);
}

int intake_issue(struct cloud *cloud, struct site *site, const struct intake_request *request,
                 struct intake_ticket *ret, struct intake_refusal *refusal)
{
    struct issuing issuing = {.cloud = cloud, .request = request, .refusal = refusal};
    int result;

    result = site_transact(site, issue_inside, &issuing);
    if (result == 0)
        memcpy(ret, issuing.tickets, (size_t)request->persons * sizeof(issuing.tickets[0]));
    return result;
}

/* -- telling ----------------------------------------------------------------------------------- */

static void add_issue(cJSON *json, const struct ticket *ticket)
{
    cJSON *session = cJSON_AddObjectToObject(json, "session");

    cJSON_AddStringToObject(session, "date", ticket->session.date);
    cJSON_AddStringToObject(session, "kind", session_kind_name(ticket->session.kind));
    cJSON_AddStringToObject(json, "family", ticket->family);
    cJSON_AddBoolToObject(json, "no_voice", ticket->no_voice);
    cJSON_AddNumberToObject(json, "slot_from", (double)ticket->slot_from);
    cJSON_AddNumberToObject(json, "slot_to", (double)ticket->slot_to);
}

cJSON *intake_json(struct cloud *cloud, struct site *site, const char *id,
                   const struct intake_ticket *issued)
{
    const struct queue *queue = site_read(site);
    const struct ticket *ticket = queue_ticket(queue, id);
    cJSON *json = ticket ? view_ticket(queue, ticket, site_now(site)) : NULL;
    char url[CLOUD_URL_SIZE + IDS_CODE_SIZE + 4] = "";

    if (json)
        add_issue(json, ticket);
    site_read_end(site);
    if (!json)
        return NULL;
    if (*issued->code)
        (void)snprintf(url, sizeof(url), "%s/t/%s", cloud->url, issued->code);
    cJSON_AddStringToObject(json, "code", issued->code);
    cJSON_AddStringToObject(json, "url", url);
    cJSON_AddItemToObject(json, "event",
                          issued->seq ? site_entry_json(site, issued->seq) : cJSON_CreateNull());
    return json;
}

cJSON *intake_party_json(struct cloud *cloud, struct site *site,
                         const struct intake_request *request, const struct intake_ticket *issued)
{
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "tickets");

    for (int i = 0; i < request->persons; i++)
        cJSON_AddItemToArray(list, intake_json(cloud, site, request->tickets[i], &issued[i]));
    return json;
}
