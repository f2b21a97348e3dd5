/* terminal_flow_view(): the flow and what is known, as the screens want it. */
#include "terminal_flow.h"
#include "words.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "version.h"

enum { MINUTE_MS = 60 * 1000, MINUTES_OF_DAY = 24 * 60 };

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

static void format_time(int64_t site_ms, int offset_min, char *text, size_t size)
{
    struct civil civil;
    civil_from_ms(site_ms, offset_min, &civil);
    snprintf(text, size, "%d:%02d", civil.hour % 24, civil.minute % 60);
}

static void fill_services(const struct queue *queue, const struct terminal_world *world,
                          struct terminal_view *view)
{
    const struct settings *settings = &queue->settings;
    int count = settings->service_count;
    for (int i = 0; i < count && i < TERMINAL_SERVICES_MAX; i++) {
        const struct service *service = &settings->services[i];
        struct terminal_service *card = &view->services[view->service_count++];
        COPY(card->id, service->id);
        COPY(card->name, service->name);
        COPY(card->name_en, service->name_en);
        COPY(card->icon, service->icon);
        card->waiting = queue_waiting_service(queue, service->id, world->site_ms);
        card->open = terminal_flow_open(queue, service);
    }
    view->waiting = queue_waiting(queue, 0, world->site_ms);
}

static void fill_ticket(const struct terminal_flow *flow, const struct queue *queue, int64_t now,
                        struct terminal_view *view)
{
    const struct station_ticket *ticket = &flow->ticket;
    const struct service *service =
        queue == NULL ? NULL : settings_service(&queue->settings, ticket->service);
    number_format(ticket->number, view->number);
    if (service != NULL) {
        bool english = strcmp(flow->language, "ja") != 0 && strcmp(flow->language, "ja-easy") != 0;
        COPY(view->service,
             english && service->name_en[0] != '\0' ? service->name_en : service->name);
    }
    view->before = ticket->before;
    if (queue != NULL && ticket->accepted_ms != 0)
        format_time(ticket->accepted_ms, queue->settings.utc_offset_min, view->before_at,
                    sizeof view->before_at);
    COPY(view->qr, ticket->url);
    view->slip_done = flow->slip_done;
    if (flow->confirm_by != 0) /* the arrow moves while the slip is on its way */
        view->slip_ms = (int)(now - flow->since) + 1;
}

static void fill_countdown(const struct terminal_flow *flow, int64_t now,
                           struct terminal_view *view)
{
    int64_t left = flow->until > now ? flow->until - now : 0;
    view->seconds_left = (int)((left + 999) / 1000);
    view->seconds_total = (int)(flow->total / 1000);
}

static void format_minute(int minute, char *text, size_t size)
{
    snprintf(text, size, "%d:%02d", minute / 60 % 24, minute % 60);
}

/* Today's reception hours and the next opening. The clinic's rule is asked for every minute of the
 * day, not interpreted a second time. */
static void fill_hours(const struct settings *settings, int64_t site_ms, struct terminal_view *view)
{
    struct civil civil;
    struct session session, last = {.date = ""};
    struct terminal_hours *span = NULL;
    civil_from_ms(site_ms, settings->utc_offset_min, &civil);
    int64_t midnight = site_ms - site_ms % MINUTE_MS - (int64_t)civil.minute_of_day * MINUTE_MS;
    for (int i = 0; i < MINUTES_OF_DAY; i++) {
        bool open = settings_session_at(settings, midnight + (int64_t)i * MINUTE_MS, &session) ==
                    INTAKE_OPEN;
        if (span != NULL && (!open || session.kind != last.kind)) {
            format_minute(i, span->to, sizeof span->to);
            span->over = i <= civil.minute_of_day;
            span = NULL;
        }
        if (open && span == NULL && view->hours_count < TERMINAL_HOURS_MAX) {
            span = &view->hours[view->hours_count++];
            format_minute(i, span->from, sizeof span->from);
            if (i > civil.minute_of_day && view->opens_at[0] == '\0')
                COPY(view->opens_at, span->from);
        }
        last = session;
    }
    if (span != NULL)
        COPY(span->to, "24:00");
}

static void fill_closed(const struct queue *queue, const struct terminal_world *world,
                        const struct words *words, const char *language, struct terminal_view *view)
{
    static const enum terminal_closed reasons[] = {
        [INTAKE_OPEN] = CLOSED_PAUSED,    [INTAKE_BEFORE] = CLOSED_BEFORE,
        [INTAKE_BREAK] = CLOSED_BREAK,    [INTAKE_ENDED] = CLOSED_ENDED,
        [INTAKE_CLOSED_DAY] = CLOSED_DAY,
    };
    struct civil civil;
    view->closed_reason = reasons[terminal_flow_intake(world)];
    if (!world->has_time)
        return;
    civil_from_ms(world->site_ms, queue->settings.utc_offset_min, &civil);
    words_day(words, language, &civil, view->date, sizeof view->date);
    if (queue->settings.has_hours)
        fill_hours(&queue->settings, world->site_ms, view);
    if (view->closed_reason == CLOSED_PAUSED)
        view->opens_at[0] = '\0'; /* staff resume it by hand */
}

static struct terminal_status *add_line(struct terminal_view *view, const char *name, bool good)
{
    struct terminal_status *line = &view->status[view->status_count++];
    COPY(line->name, name);
    line->good = good;
    return line;
}

static void add_words(struct terminal_view *view, const struct words *words, const char *name,
                      bool good, const char *key)
{
    COPY(add_line(view, name, good)->value, words_get(words, "ja", key));
}

static void add_cloud(struct terminal_view *view, const struct words *words,
                      const struct station_status *station)
{
    if (station->error[0] != '\0' && !station->online) {
        struct terminal_status *line = add_line(view, "setup.cloud", false);
        COPY(line->value, words_get(words, "ja", station->error));
    } else {
        add_words(view, words, "setup.cloud", station->online,
                  station->online ? "setup.value.online" : "setup.value.connecting");
    }
}

static void add_clock(struct terminal_view *view, const struct words *words,
                      const struct terminal_world *world)
{
    int offset = world->queue != NULL && world->queue->has_settings
                     ? world->queue->settings.utc_offset_min
                     : 9 * 60; /* before any settings are known: Japan */
    if (!world->has_time) {
        add_words(view, words, "setup.clock", false, "setup.value.no_time");
        return;
    }
    struct terminal_status *line = add_line(view, "setup.clock", world->station->clock_trusted);
    struct civil civil;
    char time[16], day[64];
    civil_from_ms(world->site_ms, offset, &civil);
    format_time(world->site_ms, offset, time, sizeof time);
    words_day(words, "ja", &civil, day, sizeof day);
    catalogue_fill(
        line->value, sizeof line->value,
        words_get(words, "ja",
                  world->station->clock_trusted ? "setup.value.time" : "setup.value.time_unsure"),
        "day", day, "time", time, NULL);
}

static void add_printer(struct terminal_view *view, const struct words *words, const char *reasons)
{
    if (reasons == NULL) {
        add_words(view, words, "setup.printer", false, "setup.value.no_printer");
    } else if (reasons[0] == '\0') {
        add_words(view, words, "setup.printer", false, "setup.value.no_cups");
    } else if (strcmp(reasons, "none") == 0) {
        add_words(view, words, "setup.printer", true, "setup.value.printer_good");
    } else {
        struct terminal_status *line = add_line(view, "setup.printer", false);
        COPY(line->value, reasons);
    }
}

/* What to do about a kiosk that is not enrolled, by what the station says. */
static const char *enrolment_advice(const struct station_status *station)
{
    static const struct {
        const char *error, *advice;
    } table[] = {
        {"link.no_code", "setup.advice.code"},
        {"link.unknown_code", "setup.advice.code"},
        {"link.used_code", "setup.advice.code"},
        {"link.expired_code", "setup.advice.code"},
        {"link.revoked", "setup.advice.code"},
        {"link.ca_file", "setup.advice.ca"},
        {"link.untrusted", "setup.advice.ca"},
        {"link.throttled", "setup.advice.wait"},
        {"link.cloud", "setup.advice.wait"},
        {"link.disk", "setup.advice.disk"},
        {"link.not_understood", "setup.advice.update"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].error, station->error) == 0)
            return table[i].advice;
    return station->online ? "setup.advice.code" : "setup.advice.cloud";
}

static const char *advice_key(const struct terminal_world *world)
{
    if (!world->station->enrolled)
        return enrolment_advice(world->station);
    if (world->queue == NULL || !world->queue->has_settings)
        return "setup.advice.settings";
    return "setup.advice.services";
}

static void fill_setup(const struct terminal_world *world, const struct words *words,
                       struct terminal_view *view)
{
    const struct station_status *station = world->station;
    char films[12];
    add_clock(view, words, world);
    add_cloud(view, words, station);
    if (station->enrolled) {
        struct terminal_status *line = add_line(view, "setup.device", true);
        char letter[2] = {station->letter, '\0'};
        catalogue_fill(line->value, sizeof line->value,
                       words_get(words, "ja", "setup.value.enrolled"), "letter", letter, NULL);
    } else {
        add_words(view, words, "setup.device", false, "setup.value.not_enrolled");
    }
    if (world->issues)
        add_printer(view, words, world->printer);
    if (world->films >= 0) {
        struct terminal_status *line = add_line(view, "setup.films", world->films > 0);
        snprintf(films, sizeof films, "%d", world->films);
        catalogue_fill(line->value, sizeof line->value, words_get(words, "ja", "setup.value.films"),
                       "count", films, NULL);
    }
    COPY(view->advice, words_get(words, "ja", advice_key(world)));
    catalogue_fill(view->version, sizeof view->version, words_get(words, "ja", "setup.product"),
                   "version", MACHIAI_VERSION, NULL);
}

void terminal_flow_view(const struct terminal_flow *flow, const struct terminal_world *world,
                        const struct words *words, struct terminal_view *ret)
{
    const struct queue *queue =
        world->queue != NULL && world->queue->has_settings ? world->queue : NULL;
    memset(ret, 0, sizeof *ret);
    ret->screen = terminal_flow_screen(flow, world);
    COPY(ret->language, flow->language);
    COPY(ret->pressed, flow->pressed);
    ret->languages_open = flow->languages_open;
    if (queue != NULL) {
        COPY(ret->clinic, queue->settings.name);
        COPY(ret->phone, queue->settings.phone);
        if (world->has_time)
            format_time(world->site_ms, queue->settings.utc_offset_min, ret->clock,
                        sizeof ret->clock);
    }
    bool of_site = ret->screen == TERMINAL_START || ret->screen == TERMINAL_CLOSED;
    assert(!of_site || queue != NULL); /* base_screen() saw to it */
    switch (ret->screen) {
    case TERMINAL_START:
        fill_services(queue, world, ret);
        break;
    case TERMINAL_TICKET:
    case TERMINAL_NO_SLIP:
        fill_ticket(flow, queue, world->now, ret);
        fill_countdown(flow, world->now, ret);
        break;
    case TERMINAL_CLOSED:
        fill_closed(queue, world, words, flow->language, ret);
        break;
    case TERMINAL_SETUP:
        fill_setup(world, words, ret);
        break;
    case TERMINAL_WAIT:
    case TERMINAL_UNAVAILABLE:
        break;
    }
}
