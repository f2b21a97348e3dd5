#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const site_kiosk_a = "aaaaaaaa-0000-4000-8000-000000000001";
const char *const site_kiosk_b = "bbbbbbbb-0000-4000-8000-000000000002";

static void uid(char text[static UID_SIZE], unsigned prefix, int n)
{
    (void)snprintf(text, UID_SIZE, "%08x-0000-4000-8000-%012x", prefix, (unsigned)n);
}

const char *site_ticket_id(int n)
{
    static char ids[8][UID_SIZE];
    static int next;
    char *id = ids[next++ % 8];
    uid(id, 0x71c4e7, n);
    return id;
}

struct event site_event(struct site *site, enum event_kind kind, int ticket)
{
    struct event event;
    event_init(&event);
    uid(event.id, 0xe7e47, ++site->events);
    event.kind = kind;
    event.at = site->now;
    if (ticket)
        memcpy(event.ticket, site_ticket_id(ticket), UID_SIZE);
    return event;
}

struct judgement site_apply(struct site *site, const struct event *event)
{
    struct judgement judged = queue_judge(&site->queue, event);
    struct judgement applied = queue_apply(&site->queue, event, site->now);
    if (judged.verdict != applied.verdict || judged.reason != applied.reason)
        abort();
    site->now += 1000;
    return applied;
}

struct judgement site_do(struct site *site, enum event_kind kind, int ticket)
{
    struct event event = site_event(site, kind, ticket);
    return site_apply(site, &event);
}

static void must_apply(struct site *site, struct event *event)
{
    struct judgement judgement = site_apply(site, event);
    if (judgement.verdict != VERDICT_APPLIED) {
        (void)fprintf(stderr, "%s: %s %s\n", event_kind_name(event->kind),
                      verdict_name(judgement.verdict), reason_name(judgement.reason));
        abort();
    }
    event_finish(event);
}

static void add_device(struct site *site, const char *device, char letter)
{
    struct event event = site_event(site, EVENT_DEVICE, 0);
    memcpy(event.device, device, UID_SIZE);
    event.number.letter = letter;
    must_apply(site, &event);
}

static const char clinic[] =
    "{\"clinic_no\":\"1024\",\"name\":\"さくら台クリニック\",\"unused\":[4],\"desks\":["
    "{\"desk_no\":1,\"name\":\"内科\",\"first\":1,\"last\":99},"
    "{\"desk_no\":2,\"name\":\"小児科\",\"first\":101,\"last\":199},"
    "{\"desk_no\":3,\"name\":\"会計\",\"kind\":\"payment\"}],\"rooms\":["
    "{\"id\":\"r1\",\"desk_no\":1,\"name\":\"第1診察室\"},"
    "{\"id\":\"r2\",\"desk_no\":2,\"name\":\"第2診察室\"}],"
    "\"services\":[{\"id\":\"first\",\"desk_no\":1,\"name\":\"はじめて\"}]}";

static void add_settings(struct site *site)
{
    struct event event = site_event(site, EVENT_SETTINGS, 0);
    struct settings *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    cJSON *json = cJSON_Parse(clinic);
    char error[160] = "";
    if (settings_from_json(json, s, error, sizeof error) < 0) {
        (void)fprintf(stderr, "%s\n", error);
        abort();
    }
    cJSON_Delete(json);
    event.settings = s;
    must_apply(site, &event);
}

void site_open(struct site *site)
{
    memset(site, 0, sizeof *site);
    queue_init(&site->queue);
    site->now = INT64_C(1795478400000); /* 2026-11-24 09:00 at UTC+9 */
    add_settings(site);
    add_device(site, site_kiosk_a, 'A');
    add_device(site, site_kiosk_b, 'R');
    site_session(site, "2026-11-24", SESSION_AM, RULES_MAX);
}

int site_setup(void **state)
{
    static struct site site;
    site_open(&site);
    *state = &site;
    return 0;
}

int site_teardown(void **state)
{
    site_close(*state);
    return 0;
}

void site_session(struct site *site, const char *date, enum session_kind kind, int rules)
{
    struct event event = site_event(site, EVENT_SESSION_OPENED, 0);
    (void)snprintf(event.session.date, DATE_SIZE, "%s", date);
    event.session.kind = kind;
    event.rules = rules;
    must_apply(site, &event);
}

struct settings *site_settings(const struct site *site)
{
    struct settings *settings = malloc(sizeof *settings);
    if (!settings)
        abort();
    *settings = site->queue.settings;
    return settings;
}

void site_change(struct site *site, struct settings *settings)
{
    struct event event = site_event(site, EVENT_SETTINGS, 0);
    event.settings = settings;
    must_apply(site, &event);
}

void site_close(struct site *site)
{
    queue_finish(&site->queue);
}

void site_issue(struct site *site, int ticket, int desk_no)
{
    struct event event = site_event(site, EVENT_ISSUED, ticket);
    event.desk_no = desk_no;
    event.number = queue_next_number(&site->queue, desk_no, "", CHANNEL_KIOSK);
    must_apply(site, &event);
}

struct judgement site_call(struct site *site, int ticket, const char *room)
{
    struct event event = site_event(site, EVENT_CALLED, ticket);
    (void)snprintf(event.room, sizeof event.room, "%s", room);
    return site_apply(site, &event);
}

struct judgement site_undo(struct site *site, int ticket)
{
    struct event event = site_event(site, EVENT_UNDONE, ticket);
    memcpy(event.target, site_ticket(site, ticket)->last_event, UID_SIZE);
    return site_apply(site, &event);
}

const struct ticket *site_ticket(const struct site *site, int ticket)
{
    return queue_ticket(&site->queue, site_ticket_id(ticket));
}
