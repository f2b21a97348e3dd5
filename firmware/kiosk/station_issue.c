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

void station_issue_ticket(const char *first, int person, char id[static UID_SIZE])
{
    char seed[UID_SIZE + 16];
    (void)snprintf(seed, sizeof seed, "%s:%d", first, person);
    if (person == 1)
        memcpy(id, first, UID_SIZE);
    else
        outbox_uuid_of(seed, id);
}

static void drop_drafts(struct outbox_draft *drafts, int count)
{
    while (count > 0)
        outbox_drop(&drafts[--count]);
}

/* Drafts of one transaction and their rows; on failure nothing is left. */
static int draft_all(struct station *station, const struct event *events, int count, int64_t at,
                     struct outbox_draft *drafts, struct journal_event *rows)
{
    for (int i = 0; i < count; i++) {
        int r = station_log_draft(&station->log, &events[i], i, at, &drafts[i]);
        if (r < 0) {
            drop_drafts(drafts, i);
            return r;
        }
        rows[i] = drafts[i].row;
    }
    return 0;
}

static void keep_drafts(struct station *station, struct outbox_draft *drafts, int count)
{
    for (int i = 0; i < count; i++)
        station_log_keep(&station->log, &drafts[i]);
}

/* A question without an answer may still have got numbers in the cloud: they are given back. */
static int drop(struct station *station, const struct issue *issue)
{
    struct event events[STATION_PERSONS_MAX];
    struct outbox_draft drafts[STATION_PERSONS_MAX];
    struct journal_event rows[STATION_PERSONS_MAX];
    struct clock_reading reading = station_clock_read();
    int count = issue->unanswered ? issue->persons : 0;
    for (int i = 0; i < count; i++) {
        event_init(&events[i]);
        events[i].kind = EVENT_ABANDONED;
        station_issue_ticket(issue->ticket, i + 1, events[i].ticket);
    }
    int r = draft_all(station, events, count, station_clock_claim(&station->clock, &reading),
                      drafts, rows);
    if (r < 0)
        return r;
    r = journal_drop(station->journal, issue->ticket, rows, count);
    if (r < 0)
        drop_drafts(drafts, count);
    else
        keep_drafts(station, drafts, count);
    return r;
}

void station_issue_refuse(struct station *station, struct issue *issue, const char *key)
{
    if (drop(station, issue) < 0)
        station_give_back_later(station);
    if (issue->request)
        station_news_refused(station, issue->request, key);
    done(issue);
}

static int store(struct station *station, const struct issue *issue,
                 const struct station_ticket *tickets, const struct event *events)
{
    struct clock_reading reading = station_clock_read();
    struct clock_stamp stamp = station_clock_stamp(&station->clock, &reading);
    struct outbox_draft drafts[STATION_PERSONS_MAX];
    struct journal_event rows[STATION_PERSONS_MAX];
    int r = draft_all(station, events, issue->persons, stamp.at_ms, drafts, rows);
    if (r < 0)
        return r;
    r = journal_issue(station->journal, tickets, issue->persons, &stamp, rows);
    if (r < 0)
        drop_drafts(drafts, issue->persons);
    else
        keep_drafts(station, drafts, issue->persons);
    return r;
}

void station_issue_begin_slips(struct station *station, const struct issue *issue,
                               struct station_ticket *tickets, int count)
{
    struct slip_trace trace = issue->trace;
    trace.stored = slip_trace_now();
    trace.cpu_us += slip_trace_cpu() - issue->cpu_us;
    for (int i = 0; i < count; i++) {
        tickets[i].trace = trace;
        tickets[i].begun = station_news_issued(station, &tickets[i]);
    }
}

void station_issue_finish(struct station *station, struct issue *issue,
                          struct station_ticket *tickets, const struct event *events)
{
    const struct config *config = station->config;
    for (int i = 0; i < issue->persons; i++) {
        tickets[i].print_count = config->printer_uri[0] && config->role != ROLE_MONITOR ? 1 : 0;
        station_issue_check(station, tickets[i].id, tickets[i].print_count, tickets[i].check);
    }
    int r = store(station, issue, tickets, events);
    if (r < 0) {
        station_give_back_later(station);
        station_report("a number could not be stored and is not given: %s", strerror(-r));
        if (issue->request)
            station_news_refused(station, issue->request, unavailable);
        done(issue);
        return;
    }
    station_issue_begin_slips(station, issue, tickets, issue->persons);
    station_news_queue(station);
    station_news_link(station);
    for (int i = 0; i < issue->persons; i++)
        station_news_ticket(station, issue->request, &tickets[i]);
    done(issue);
}

void station_issue_fill(const struct station *station, const struct issue *issue, int person,
                        struct station_ticket *ret, struct event *ret_event)
{
    const struct room *room = settings_room_of_desk(&station->log.view.settings, issue->desk_no);
    *ret = (struct station_ticket){.desk_no = issue->desk_no,
                                   .person = person,
                                   .persons = issue->persons,
                                   .no_voice = issue->no_voice};
    station_issue_ticket(issue->ticket, person, ret->id);
    if (issue->persons > 1)
        memcpy(ret->family, issue->ticket, sizeof ret->family);
    memcpy(ret->service, issue->service, sizeof ret->service);
    memcpy(ret->language, issue->language, sizeof ret->language);
    if (room)
        memcpy(ret->room, room->id, sizeof ret->room);
    event_init(ret_event);
    ret_event->desk_no = issue->desk_no;
    ret_event->channel = CHANNEL_KIOSK;
    ret_event->no_voice = issue->no_voice;
    memcpy(ret_event->ticket, ret->id, sizeof ret_event->ticket);
    memcpy(ret_event->family, ret->family, sizeof ret_event->family);
    memcpy(ret_event->service, ret->service, sizeof ret_event->service);
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

bool station_issue_read(const struct station *station, const cJSON *json,
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
    ticket->slot_from = int_field(json, "slot_from", 0);
    ticket->slot_to = int_field(json, "slot_to", 0);
    return true;
}

/* False: not as many numbers as persons; then it is no answer. */
static bool read_all(const struct station *station, const struct issue *issue, const cJSON *json,
                     struct station_ticket *tickets, struct event *events)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "tickets");
    if (issue->persons > 1 && cJSON_GetArraySize(list) != issue->persons)
        return false;
    for (int i = 0; i < issue->persons; i++) {
        const cJSON *item = issue->persons > 1 ? cJSON_GetArrayItem(list, i) : json;
        station_issue_fill(station, issue, i + 1, &tickets[i], &events[i]);
        if (!station_issue_read(station, item, &tickets[i]))
            return false;
        events[i].kind = EVENT_TAKEN;
        events[i].number = tickets[i].number;
    }
    return true;
}

static bool take_answer(struct station *station, struct issue *issue, const char *body)
{
    struct event events[STATION_PERSONS_MAX];
    struct station_ticket tickets[STATION_PERSONS_MAX];
    cJSON *json = cJSON_Parse(body);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "tickets"), *item;
    bool good = read_all(station, issue, json, tickets, events);
    if (good) {
        sync_offer(station, cJSON_GetObjectItemCaseSensitive(json, "event"));
        cJSON_ArrayForEach (item, list)
            sync_offer(station, cJSON_GetObjectItemCaseSensitive(item, "event"));
        station_issue_finish(station, issue, tickets, events);
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
        {"closed", "refused.closed"},  {"paused", "refused.paused"},
        {"full", "refused.full"},      {"suspended", "refused.suspended"},
        {"conflict", unavailable},     {"unknown_queue", unavailable},
        {"unauthorized", unavailable}, {"forbidden", unavailable},
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

static cJSON *question(const struct issue *issue)
{
    cJSON *json = cJSON_CreateObject();
    if (issue->persons == 1) {
        cJSON_AddStringToObject(json, "ticket", issue->ticket);
    } else {
        cJSON *list = cJSON_AddArrayToObject(json, "tickets");
        for (int i = 1; i <= issue->persons; i++) {
            char id[UID_SIZE];
            station_issue_ticket(issue->ticket, i, id);
            cJSON_AddItemToArray(list, cJSON_CreateString(id));
        }
        cJSON_AddStringToObject(json, "family", issue->ticket);
    }
    cJSON_AddBoolToObject(json, "offer", true);
    cJSON_AddStringToObject(json, "channel", "kiosk");
    if (issue->service[0])
        cJSON_AddStringToObject(json, "service", issue->service);
    if (issue->no_voice)
        cJSON_AddBoolToObject(json, "no_voice", true);
    return json;
}

bool station_issue_send(struct station *station, struct issue *issue, const char *path, cJSON *json,
                        int timeout_ms, void (*answered)(const struct http_client_answer *, void *))
{
    char *body = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    struct http_client_request request = {
        .method = "POST",
        .path = path,
        .body = body,
        .timeout_ms = timeout_ms,
        .urgent = true,
        .done = answered,
        .context = issue,
    };
    issue->transfer = body ? http_client_send(station->http, &request) : -ENOMEM;
    cJSON_free(body);
    return issue->transfer >= 0;
}

static void ask(struct station *station, struct issue *issue, int timeout_ms)
{
    char queue_id[QUEUE_ID_SIZE], path[96];
    settings_queue_id(&station->log.view.settings, issue->desk_no, queue_id);
    (void)snprintf(path, sizeof path, "/api/v1/queues/%s/tickets", queue_id);
    if (!station_issue_send(station, issue, path, question(issue), timeout_ms, on_answer))
        station_issue_lettered(station, issue);
}

static bool worth_asking(const struct station *station, int64_t left_ms)
{
    return station->sync.link != LINK_DOWN && left_ms >= WORTH_ASKING_MS;
}

static void decide(struct station *station, struct issue *issue, int64_t left_ms)
{
    if (worth_asking(station, left_ms))
        ask(station, issue, (int)left_ms);
    else
        station_issue_lettered(station, issue);
}

static int64_t offer_left(const struct command *command)
{
    return command->up_ms + STATION_OFFER_MS - station_up();
}

struct issue *station_issue_place(struct station *station)
{
    for (int i = 0; i < STATION_ISSUES_MAX; i++)
        if (!station->issues[i].used)
            return &station->issues[i];
    return NULL;
}

int station_issue_desk(const struct settings *settings, const char *service)
{
    const struct service *found = settings_service(settings, service);
    if (found)
        return found->desk_no;
    for (int i = 0; i < settings->desk_count && !service[0]; i++)
        if (settings->desks[i].first > 0)
            return settings->desks[i].desk_no;
    return 0;
}

bool station_issue_able(const struct station *station, int persons)
{
    return station->enrolled && !station->sync.revoked && !station->incomplete &&
           !station->move.due && station->log.view.has_settings &&
           station->log.view.settings.reservation_service &&
           station->log.outbox.count + persons <= JOURNAL_OUTBOX_MAX;
}

/* Before the cloud is asked: what it offers is taken or given back, even after a power cut. */
static int intend(struct station *station, const struct issue *issue)
{
    struct clock_reading reading = station_clock_read();
    struct journal_intent intent = {.persons = issue->persons,
                                    .no_voice = issue->no_voice,
                                    .stamp = station_clock_stamp(&station->clock, &reading)};
    memcpy(intent.ticket, issue->ticket, sizeof intent.ticket);
    memcpy(intent.service, issue->service, sizeof intent.service);
    memcpy(intent.language, issue->language, sizeof intent.language);
    return journal_intend(station->journal, &intent);
}

void station_issue_begin(struct station *station, const struct command *command)
{
    struct issue *issue = station_issue_place(station);
    const struct station_wish *wish = &command->wish;
    int desk_no = station_issue_desk(&station->log.view.settings, wish->service);
    if (!issue || !station_issue_able(station, wish->persons) || desk_no == 0) {
        station_news_refused(station, command->request, unavailable);
        return;
    }
    *issue = (struct issue){.station = station,
                            .used = true,
                            .request = command->request,
                            .persons = wish->persons,
                            .no_voice = wish->no_voice,
                            .desk_no = desk_no,
                            .trace = wish->trace,
                            .cpu_us = slip_trace_cpu()};
    issue->trace.taken = slip_trace_now();
    outbox_uuid(issue->ticket);
    memcpy(issue->service, wish->service, sizeof issue->service);
    memcpy(issue->language, wish->language, sizeof issue->language);
    /* A request that no cloud will hear of is no intent, so the disk is waited for once. */
    bool intended = worth_asking(station, offer_left(command));
    if (intended && intend(station, issue) < 0) {
        station_news_refused(station, command->request, unavailable);
        done(issue);
        return;
    }
    decide(station, issue, intended ? offer_left(command) : 0);
}

/* An intent of an earlier run as a request again. A number of persons that no wish has was damaged.
 */
static struct issue issue_of(struct station *station, const struct journal_intent *intent)
{
    bool sound = intent->persons >= 1 && intent->persons <= STATION_PERSONS_MAX;
    struct issue issue = {
        .station = station, .persons = sound ? intent->persons : 1, .no_voice = intent->no_voice};
    memcpy(issue.ticket, intent->ticket, sizeof issue.ticket);
    memcpy(issue.service, intent->service, sizeof issue.service);
    memcpy(issue.language, intent->language, sizeof issue.language);
    return issue;
}

int station_issue_abandon(struct station *station, const struct journal_intent *intent)
{
    struct issue issue = issue_of(station, intent);
    issue.unanswered = true;
    int r = drop(station, &issue);
    if (r < 0)
        station_report("an old request stays in the journal");
    return r;
}

void station_issue_again(struct station *station, const struct journal_intent *intent)
{
    struct issue *issue = station_issue_place(station);
    int desk_no = station_issue_desk(&station->log.view.settings, intent->service);
    if (!issue || !station_issue_able(station, intent->persons) || desk_no == 0)
        return; /* stays an intent: the next start decides */
    *issue = issue_of(station, intent);
    issue->used = true;
    issue->desk_no = desk_no;
    issue->cpu_us = slip_trace_cpu();
    decide(station, issue, STATION_RECOVER_MS);
}
