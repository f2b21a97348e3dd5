/* A patient with a booking has come: the cloud knows it, or else this kiosk's copy does, or else
 * the patient gets a number of the own series that claims the booking. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

static const char no_booking[] = "refused.no_booking", too_early[] = "refused.too_early";

static void end(struct issue *issue)
{
    *issue = (struct issue){0};
}

static void refuse(struct station *station, struct issue *issue, const char *key)
{
    station_news_refused(station, issue->request, key);
    end(issue);
}

/* Stores the ticket for its slip with the kiosk's own event, and tells it. */
static void finish(struct station *station, struct issue *issue, struct station_ticket *ticket,
                   struct outbox_draft *draft)
{
    struct clock_reading reading = station_clock_read();
    struct clock_stamp stamp = station_clock_stamp(&station->clock, &reading);
    const struct config *config = station->config;
    ticket->print_count = config->printer_uri[0] && config->role != ROLE_MONITOR ? 1 : 0;
    station_issue_check(station, ticket->id, ticket->print_count, ticket->check);
    int r = journal_issue(station->journal, ticket, 1, &stamp, &draft->row);
    if (r == -EEXIST)
        ticket->print_count = 0; /* checked in here before: its slip is out already */
    if (r == 0)
        station_log_keep(&station->log, draft);
    else
        outbox_drop(draft);
    if (r < 0 && r != -EEXIST) {
        refuse(station, issue, STATION_UNAVAILABLE);
        return;
    }
    station_issue_begin_slips(station, issue, ticket, 1);
    station_news_queue(station);
    station_news_link(station);
    station_news_ticket(station, issue->request, ticket);
    end(issue);
}

/* The kiosk's own word that the patient of this slip has come; seen: the ticket's last event. */
static int draft_arrival(struct station *station, const struct station_ticket *ticket,
                         const char *seen, struct outbox_draft *ret)
{
    struct event event;
    event_init(&event);
    event.kind = EVENT_ARRIVED;
    event.desk_no = ticket->desk_no;
    event.number = ticket->number; /* on the slip: staff can tell who it is, whatever comes */
    memcpy(event.ticket, ticket->id, sizeof event.ticket);
    memcpy(event.seen, seen, strlen(seen) + 1);
    return station_log_draft(&station->log, &event, 0, ticket->accepted_ms, ret);
}

static void fill_place(const struct station *station, const struct issue *issue, int desk_no,
                       struct station_ticket *ticket)
{
    const struct room *room = settings_room_of_desk(&station->log.view.settings, desk_no);
    ticket->desk_no = desk_no;
    ticket->person = ticket->persons = 1;
    memcpy(ticket->language, issue->language, sizeof ticket->language);
    if (room)
        memcpy(ticket->room, room->id, sizeof ticket->room);
}

/* -- without the cloud ------------------------------------------------------------------------- */

static void arrive(struct station *station, struct issue *issue, const struct ticket *booking)
{
    struct outbox_draft draft;
    struct station_ticket ticket = {.number = booking->number,
                                    .session = booking->session,
                                    .no_voice = booking->no_voice,
                                    .slot_from = booking->slot_from,
                                    .slot_to = booking->slot_to};
    struct clock_reading reading = station_clock_read();
    ticket.accepted_ms = station_clock_claim(&station->clock, &reading);
    ticket.before = queue_before(&station->log.view, booking, ticket.accepted_ms);
    fill_place(station, issue, booking->desk_no, &ticket);
    memcpy(ticket.id, booking->id, sizeof ticket.id);
    memcpy(ticket.service, booking->service, sizeof ticket.service);
    if (draft_arrival(station, &ticket, booking->last_event, &draft) < 0)
        refuse(station, issue, STATION_UNAVAILABLE);
    else
        finish(station, issue, &ticket, &draft);
}

/* A number of the own series that stands for the booking; the cloud, or staff, join the two. */
static void claim(struct station *station, struct issue *issue)
{
    char *key = journal_text(station->journal, STATION_CLAIM_KEY);
    char digest[CLAIM_DIGEST_SIZE];
    int r = key ? claim_digest(key, issue->code, digest) : -ENOMEM;
    struct number number;
    free(key);
    if (number_parse(issue->code, &number) == 0)
        memcpy(issue->claim, issue->code, strlen(issue->code) + 1); /* no secret */
    else if (r == 0)
        memcpy(issue->claim, digest, sizeof issue->claim);
    issue->desk_no = station_issue_desk(&station->log.view.settings, "");
    if (!*issue->claim || issue->desk_no == 0) {
        refuse(station, issue, STATION_UNAVAILABLE);
        return;
    }
    outbox_uuid(issue->ticket);
    station_issue_lettered(station, issue);
}

static void offline(struct station *station, struct issue *issue)
{
    struct number number;
    int64_t now;
    const struct ticket *holder =
        number_parse(issue->code, &number) == 0 ? queue_holder(&station->log.view, number) : NULL;
    if (station->sync.revoked) /* by the answer just now */
        refuse(station, issue, STATION_UNAVAILABLE);
    else if (!holder)
        claim(station, issue);
    else if (holder->state != TICKET_RESERVED)
        refuse(station, issue, no_booking);
    else if (station_trusted(station, &now) && holder->slot_from - now > STATION_EARLY_MS)
        refuse(station, issue, too_early);
    else
        arrive(station, issue, holder);
}

/* -- with it ----------------------------------------------------------------------------------- */

static const char *text_of(const cJSON *json, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));
    return text ? text : "";
}

/* The arrival is the cloud's event, and this kiosk may never have it: a cloud restored from its
 * backup would expect somebody who holds a slip. So the kiosk says it too; a cloud that knows it
 * takes that for a repetition. */
static void take_arrival(struct station *station, struct issue *issue, const cJSON *arrival,
                         struct station_ticket *ticket)
{
    struct outbox_draft draft;
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(arrival, "at");
    struct clock_reading reading = station_clock_read();
    const char *seen = text_of(cJSON_GetObjectItemCaseSensitive(arrival, "event"), "id");
    if (!uid_valid(seen)) /* it had come before, this is the second answer */
        seen = "";
    /* What stands before them is told as of now, not as of the booking. */
    ticket->accepted_ms = cJSON_IsNumber(at) ? (int64_t)at->valuedouble
                                             : station_clock_claim(&station->clock, &reading);
    if (draft_arrival(station, ticket, seen, &draft) < 0)
        refuse(station, issue, STATION_UNAVAILABLE);
    else
        finish(station, issue, ticket, &draft);
}

static bool take(struct station *station, struct issue *issue, const char *body)
{
    struct station_ticket ticket = {0};
    cJSON *json = cJSON_Parse(body);
    const char *id = text_of(json, "ticket"), *service = text_of(json, "service");
    const struct desk *desk =
        settings_queue(&station->log.view.settings, text_of(json, "queue_id"));
    bool good = desk && uid_valid(id) && strlen(service) < sizeof ticket.service &&
                station_issue_read(station, json, &ticket);
    if (good) {
        fill_place(station, issue, desk->desk_no, &ticket);
        strcpy(ticket.id, id);
        strcpy(ticket.service, service);
        ticket.no_voice = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "no_voice"));
        const cJSON *arrival = cJSON_GetObjectItemCaseSensitive(json, "event");
        sync_offer(station, arrival);
        take_arrival(station, issue, arrival, &ticket);
    }
    cJSON_Delete(json);
    return good;
}

static const char *refusal(const struct http_client_answer *answer)
{
    if (answer->result != HTTP_CLIENT_STATUS)
        return NULL;
    cJSON *json = cJSON_Parse(answer->body);
    const char *code = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "error"));
    const char *key = !code                             ? NULL
                      : strcmp(code, "no_booking") == 0 ? no_booking
                      : strcmp(code, "too_early") == 0  ? too_early
                                                        : NULL;
    cJSON_Delete(json);
    return key;
}

static void on_answer(const struct http_client_answer *answer, void *context)
{
    struct issue *issue = context;
    struct station *station = issue->station;
    issue->transfer = 0;
    if (answer->result == HTTP_CLIENT_OK && take(station, issue, answer->body))
        return;
    const char *key = refusal(answer);
    if (answer->status == 401 ||
        (answer->result != HTTP_CLIENT_OK && answer->result != HTTP_CLIENT_STATUS))
        sync_lost(station, answer);
    if (key)
        refuse(station, issue, key);
    else
        offline(station, issue);
}

static void ask(struct station *station, struct issue *issue, const char *code)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "code", code);
    if (!station_issue_send(station, issue, "/api/v1/device/check-in", json, STATION_CHECK_IN_MS,
                            on_answer))
        offline(station, issue);
}

void station_check_in_begin(struct station *station, const struct command *command)
{
    struct issue *issue = station_issue_place(station);
    char code[CLAIM_CODE_SIZE];
    if (!issue || !station_issue_able(station, 2)) { /* the ticket's event and its claim */
        station_news_refused(station, command->request, STATION_UNAVAILABLE);
        return;
    }
    if (claim_code(command->check_in.code, code) < 0) {
        station_news_refused(station, command->request, no_booking);
        return;
    }
    *issue =
        (struct issue){.station = station, .used = true, .request = command->request, .persons = 1};
    memcpy(issue->code, code, sizeof code);
    memcpy(issue->language, command->check_in.language, sizeof issue->language);
    if (station->sync.link != LINK_DOWN)
        ask(station, issue, command->check_in.code);
    else
        offline(station, issue);
}
