/* Issuing: intent, question, number. What the patient is told is on the disk before. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

enum { WORTH_ASKING_MS = 50 }; /* less time left than this is not enough for any cloud */

static const char unavailable[] = STATION_UNAVAILABLE;

/* -- ends -------------------------------------------------------------------------------------- */

void station_issue_check(const struct station *station, const char *ticket, int print_count,
                         char check[static 8])
{
    unsigned char key[crypto_hash_sha256_BYTES], hash[crypto_generichash_BYTES];
    char text[UID_SIZE + 16];
    const char *token = station->enrolment.token;
    (void)snprintf(text, sizeof text, "%s:%d", ticket, print_count);
    crypto_hash_sha256(key, (const unsigned char *)token, strlen(token));
    crypto_generichash(hash, sizeof hash, (const unsigned char *)text, strlen(text), key,
                       sizeof key);
    (void)snprintf(check, 8, "%02X%02X", hash[0], hash[1]);
    sodium_memzero(key, sizeof key);
}

static void done(struct issue *issue)
{
    *issue = (struct issue){0};
}

/* A question without an answer may still have got a number in the cloud: it is given back. */
static int drop(struct station *station, const struct issue *issue)
{
    struct event event;
    struct outbox_draft draft;
    struct clock_reading reading = station_clock_read();
    if (!issue->unanswered)
        return journal_drop(station->journal, issue->ticket, NULL);
    event_init(&event);
    event.kind = EVENT_ABANDONED;
    memcpy(event.ticket, issue->ticket, sizeof event.ticket);
    int r = station_log_draft(&station->log, &event, station_clock_claim(&station->clock, &reading),
                              &draft);
    if (r < 0)
        return r;
    r = journal_drop(station->journal, issue->ticket, &draft.row);
    if (r < 0)
        outbox_drop(&draft);
    else
        station_log_keep(&station->log, &draft);
    return r;
}

void station_issue_refuse(struct station *station, struct issue *issue, const char *key)
{
    if (drop(station, issue) < 0)
        station_report("a refused request stays in the journal; the next start abandons it");
    if (issue->request)
        station_news_refused(station, issue->request, key);
    done(issue);
}

void station_issue_finish(struct station *station, struct issue *issue,
                          struct station_ticket *ticket, const struct event *event)
{
    const struct config *config = station->config;
    struct clock_reading reading = station_clock_read();
    struct clock_stamp stamp = station_clock_stamp(&station->clock, &reading);
    struct outbox_draft draft;
    ticket->print_count = config->printer_uri[0] && config->role != ROLE_MONITOR ? 1 : 0;
    station_issue_check(station, ticket->id, ticket->print_count, ticket->check);
    int r = station_log_draft(&station->log, event, stamp.at_ms, &draft);
    if (r == 0) {
        r = journal_issue(station->journal, ticket, &stamp, &draft.row);
        if (r < 0)
            outbox_drop(&draft);
    }
    if (r < 0) {
        /* The intent stays: the next start gives the cloud's number back. */
        station_report("a number could not be stored and is not given: %s", strerror(-r));
        if (issue->request)
            station_news_refused(station, issue->request, unavailable);
        done(issue);
        return;
    }
    station_log_keep(&station->log, &draft);
    station_news_queue(station);
    station_news_link(station);
    station_news_ticket(station, issue->request, ticket);
    done(issue);
}

void station_issue_fill(const struct station *station, const struct issue *issue,
                        struct station_ticket *ret)
{
    const struct room *room = settings_room_of_desk(&station->log.view.settings, issue->desk_no);
    *ret = (struct station_ticket){.desk_no = issue->desk_no, .person = 1, .persons = 1};
    memcpy(ret->id, issue->ticket, sizeof ret->id);
    memcpy(ret->service, issue->service, sizeof ret->service);
    memcpy(ret->language, issue->language, sizeof ret->language);
    if (room)
        memcpy(ret->room, room->id, sizeof ret->room);
}

/* -- the cloud's answer ------------------------------------------------------------------------ */

static void text_field(const cJSON *json, const char *key, char *ret, size_t size)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    if (cJSON_IsString(item) && strlen(item->valuestring) < size)
        (void)snprintf(ret, size, "%s", item->valuestring);
}

static int64_t int_field(const cJSON *json, const char *key, int64_t otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : otherwise;
}

/* The secret code of the link is in the slip's QR; people read its first half. */
static void short_code(const char *code, char ret[static 16])
{
    if (strlen(code) >= 8)
        (void)snprintf(ret, 16, "%.4s-%.4s", code, code + 4);
}

/* False when the answer gives no number: then it is no answer. */
static bool read_answer(const struct station *station, const cJSON *json,
                        struct station_ticket *ticket)
{
    char number[NUMBER_TEXT_SIZE] = "", kind[16] = "", code[64] = "";
    text_field(json, "number", number, sizeof number);
    if (number_parse(number, &ticket->number) < 0)
        return false;
    ticket->before = (int)int_field(json, "before", 0);
    ticket->accepted_ms = int_field(json, "accepted", 0);
    const cJSON *session = cJSON_GetObjectItemCaseSensitive(json, "session");
    text_field(session, "date", ticket->session.date, sizeof ticket->session.date);
    text_field(session, "kind", kind, sizeof kind);
    if (session_kind_parse(kind, &ticket->session.kind) < 0)
        ticket->session = station->log.view.session;
    text_field(json, "url", ticket->url, sizeof ticket->url);
    text_field(json, "code", code, sizeof code);
    if (!ticket->url[0] && code[0])
        (void)snprintf(ticket->url, sizeof ticket->url, "%.180s/t/%s", station->enrolment.url,
                       code);
    short_code(code, ticket->code);
    return true;
}

static bool take_answer(struct station *station, struct issue *issue, const char *body)
{
    struct event event;
    struct station_ticket ticket;
    cJSON *json = cJSON_Parse(body);
    station_issue_fill(station, issue, &ticket);
    bool good = read_answer(station, json, &ticket);
    if (good) {
        sync_offer(station, cJSON_GetObjectItemCaseSensitive(json, "event"));
        event_init(&event);
        event.kind = EVENT_TAKEN;
        event.number = ticket.number;
        event.desk_no = issue->desk_no;
        event.channel = CHANNEL_KIOSK;
        memcpy(event.ticket, issue->ticket, sizeof event.ticket);
        memcpy(event.service, issue->service, sizeof event.service);
        station_issue_finish(station, issue, &ticket, &event);
    }
    cJSON_Delete(json);
    return good;
}

/* The catalogue key when the cloud refuses for good; NULL: the own series is used. */
static const char *refusal(const struct http_client_answer *answer)
{
    static const struct {
        const char *code, *key;
    } codes[] = {
        {"closed", "refused.closed"}, {"paused", "refused.paused"},   {"full", "refused.full"},
        {"conflict", unavailable},    {"unknown_queue", unavailable}, {"unauthorized", unavailable},
        {"forbidden", unavailable},
    };
    char code[32] = "";
    const char *key = NULL;
    if (answer->result != HTTP_CLIENT_STATUS)
        return NULL;
    cJSON *json = cJSON_Parse(answer->body);
    text_field(json, "error", code, sizeof code);
    cJSON_Delete(json);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0] && !key; i++)
        if (strcmp(code, codes[i].code) == 0)
            key = codes[i].key;
    return key;
}

static void on_answer(const struct http_client_answer *answer, void *context)
{
    struct issue *issue = context;
    struct station *station = issue->station;
    issue->transfer = 0;
    if (answer->result == HTTP_CLIENT_OK && take_answer(station, issue, answer->body))
        return;
    const char *key = refusal(answer);
    issue->unanswered = !key;
    if (answer->status == 401 ||
        (answer->result != HTTP_CLIENT_OK && answer->result != HTTP_CLIENT_STATUS))
        sync_lost(station, answer);
    if (key)
        station_issue_refuse(station, issue, key);
    else
        station_issue_lettered(station, issue);
}

/* -- beginnings -------------------------------------------------------------------------------- */

static void ask(struct station *station, struct issue *issue, int timeout_ms)
{
    char queue_id[QUEUE_ID_SIZE], path[96];
    settings_queue_id(&station->log.view.settings, issue->desk_no, queue_id);
    (void)snprintf(path, sizeof path, "/api/v1/queues/%s/tickets", queue_id);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "ticket", issue->ticket);
    cJSON_AddBoolToObject(json, "offer", true);
    cJSON_AddStringToObject(json, "channel", "kiosk");
    if (issue->service[0])
        cJSON_AddStringToObject(json, "service", issue->service);
    char *body = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    struct http_client_request request = {
        .method = "POST",
        .path = path,
        .body = body,
        .timeout_ms = timeout_ms,
        .urgent = true,
        .done = on_answer,
        .context = issue,
    };
    issue->transfer = body ? http_client_send(station->http, &request) : -ENOMEM;
    cJSON_free(body);
    if (issue->transfer < 0)
        station_issue_lettered(station, issue);
}

static void decide(struct station *station, struct issue *issue, int64_t left_ms)
{
    if (station->sync.link != LINK_DOWN && left_ms >= WORTH_ASKING_MS)
        ask(station, issue, (int)left_ms);
    else
        station_issue_lettered(station, issue);
}

static struct issue *free_issue(struct station *station)
{
    for (int i = 0; i < STATION_ISSUES_MAX; i++)
        if (!station->issues[i].used)
            return &station->issues[i];
    return NULL;
}

/* Desk of the service; "" gives the first desk that issues numbers. 0: there is none. */
static int desk_of(const struct settings *settings, const char *service)
{
    const struct service *found = settings_service(settings, service);
    if (found)
        return found->desk_no;
    for (int i = 0; i < settings->desk_count && !service[0]; i++)
        if (settings->desks[i].first > 0)
            return settings->desks[i].desk_no;
    return 0;
}

/* Nothing must be given while it is not known what was given before. */
static bool able(const struct station *station)
{
    return station->enrolled && !station->sync.revoked && !station->incomplete &&
           station->log.view.has_settings && station->log.view.settings.reservation_service &&
           station->log.outbox.count < JOURNAL_OUTBOX_MAX;
}

void station_issue_begin(struct station *station, const struct command *command)
{
    struct issue *issue = free_issue(station);
    const struct settings *settings = &station->log.view.settings;
    const struct station_wish *wish = &command->wish;
    int desk_no = desk_of(settings, wish->service);
    if (!issue || !able(station) || desk_no == 0 || wish->persons > 1) {
        station_news_refused(station, command->request, unavailable);
        return;
    }
    *issue = (struct issue){
        .station = station, .used = true, .request = command->request, .desk_no = desk_no};
    outbox_uuid(issue->ticket);
    memcpy(issue->service, wish->service, sizeof issue->service);
    memcpy(issue->language, wish->language, sizeof issue->language);
    struct clock_reading reading = station_clock_read();
    struct journal_intent intent = {.stamp = station_clock_stamp(&station->clock, &reading)};
    memcpy(intent.ticket, issue->ticket, sizeof intent.ticket);
    memcpy(intent.service, issue->service, sizeof intent.service);
    memcpy(intent.language, issue->language, sizeof intent.language);
    if (journal_intend(station->journal, &intent) < 0) {
        station_news_refused(station, command->request, unavailable);
        done(issue);
        return;
    }
    decide(station, issue, command->up_ms + STATION_OFFER_MS - station_up());
}

void station_issue_abandon(struct station *station, const struct journal_intent *intent)
{
    struct issue issue = {.unanswered = true};
    memcpy(issue.ticket, intent->ticket, sizeof issue.ticket);
    if (drop(station, &issue) < 0)
        station_report("an old request stays in the journal");
}

void station_issue_again(struct station *station, const struct journal_intent *intent)
{
    struct issue *issue = free_issue(station);
    int desk_no = desk_of(&station->log.view.settings, intent->service);
    if (!issue || !able(station) || desk_no == 0)
        return; /* stays an intent: the next start decides */
    *issue = (struct issue){.station = station, .used = true, .desk_no = desk_no};
    memcpy(issue->ticket, intent->ticket, sizeof issue->ticket);
    memcpy(issue->service, intent->service, sizeof issue->service);
    memcpy(issue->language, intent->language, sizeof issue->language);
    decide(station, issue, STATION_RECOVER_MS);
}
