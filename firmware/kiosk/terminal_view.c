/* terminal_flow_view(): the flow and what is known, as the screens want it. */
#include "terminal_flow.h"
#include "terminal_setup_view.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

#include "catalogue.h"

enum { MINUTE_MS = 60 * 1000, MINUTES_OF_DAY = 24 * 60 };

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

static void format_time(int64_t site_ms, int offset_min, char *text, size_t size)
{
    struct civil civil;
    civil_from_ms(site_ms, offset_min, &civil);
    snprintf(text, size, "%d:%02d", civil.hour % 24, civil.minute % 60);
}

static void fill_services(const struct terminal_flow *flow, const struct terminal_world *world,
                          struct terminal_view *view)
{
    const struct queue *queue = world->queue;
    const struct settings *settings = &queue->settings;
    int count = settings->service_count;
    for (int i = 0; i < count && i < TERMINAL_SERVICES_MAX; i++) {
        const struct service *service = &settings->services[i];
        struct terminal_service *card = &view->services[view->service_count++];
        enum intake_gate gate = terminal_flow_gate(world, service);
        COPY(card->id, service->id);
        COPY(card->name, service->name);
        COPY(card->name_en, service->name_en);
        COPY(card->icon, service->icon);
        card->waiting = queue_waiting_service(queue, service->id, world->site_ms);
        card->open = gate == GATE_OPEN || gate == GATE_FULL;
        card->full = gate == GATE_FULL;
        card->one = flow->persons > service->persons;
        if (service->persons > view->persons_max)
            view->persons_max = service->persons;
    }
    view->waiting = queue_waiting(queue, 0, world->site_ms);
    view->page = flow->page;
}

/* What a person may wish beside a number. */
static void fill_wishes(const struct terminal_flow *flow, const struct settings *settings,
                        struct terminal_view *view)
{
    view->show_family = view->persons_max > 1;
    view->show_no_voice = !settings->voice_off;
    view->persons = flow->persons;
    view->no_voice = flow->no_voice;
}

/* "11/24 20:00": short, since it stands in a band with more words. */
static void format_moment(int64_t ms, int offset_min, bool with_day, char *text, size_t size)
{
    struct civil civil;
    civil_from_ms(ms, offset_min, &civil);
    if (with_day)
        snprintf(text, size, "%d/%d %d:%02d", civil.month, civil.day, civil.hour % 24,
                 civil.minute % 60);
    else
        snprintf(text, size, "%d:%02d", civil.hour % 24, civil.minute % 60);
}

static void fill_notice(const struct terminal_world *world, const struct words *words,
                        struct terminal_view *view)
{
    const struct settings *settings = &world->queue->settings;
    char from[24], to[24];
    if (world->issues && terminal_flow_printer_stuck(world->printer)) {
        COPY(view->notice, words_get(words, view->language, "notice.printer"));
        view->notice_urgent = true;
        return;
    }
    if (!world->has_time || settings->maintenance_from == 0 ||
        world->site_ms < settings->maintenance_from - FLOW_AHEAD_MS ||
        world->site_ms >= settings->maintenance_to)
        return;
    format_moment(settings->maintenance_from, settings->utc_offset_min, true, from, sizeof from);
    format_moment(settings->maintenance_to, settings->utc_offset_min, false, to, sizeof to);
    catalogue_fill(view->notice, sizeof view->notice,
                   words_get(words, view->language, "notice.maintenance"), "from", from, "to", to,
                   NULL);
}

/* Letters with which numbers of this clinic begin: a booked one may have to be typed. */
static void fill_letters(const struct settings *settings, struct terminal_view *view)
{
    size_t count = 0;
    for (int i = 0; i < settings->service_count && count < TERMINAL_LETTERS_MAX; i++) {
        char letter = settings->services[i].prefix;
        if (letter != '\0' && strchr(view->letters, letter) == NULL)
            view->letters[count++] = letter;
    }
}

static void fill_party(const struct terminal_flow *flow, struct terminal_view *view)
{
    number_format(flow->party[0].number, view->number);
    view->number_count = flow->party_count;
    for (int i = 0; i < flow->party_count && i < TERMINAL_PERSONS_MAX; i++)
        number_format(flow->party[i].number, view->numbers[i]);
}

static void fill_ticket(const struct terminal_flow *flow, const struct queue *queue, int64_t now,
                        struct terminal_view *view)
{
    const struct station_ticket *ticket = &flow->party[0];
    const struct service *service =
        queue == NULL ? NULL : settings_service(&queue->settings, ticket->service);
    int offset = queue == NULL ? 0 : queue->settings.utc_offset_min;
    fill_party(flow, view);
    if (service != NULL) {
        bool english = strcmp(flow->language, "ja") != 0 && strcmp(flow->language, "ja-easy") != 0;
        COPY(view->service,
             english && service->name_en[0] != '\0' ? service->name_en : service->name);
    }
    view->before = ticket->before;
    if (queue != NULL && ticket->accepted_ms != 0)
        format_time(ticket->accepted_ms, offset, view->before_at, sizeof view->before_at);
    if (queue != NULL && ticket->slot_from != 0) {
        char from[8], to[8];
        format_time(ticket->slot_from, offset, from, sizeof from);
        format_time(ticket->slot_to, offset, to, sizeof to);
        snprintf(view->slot, sizeof view->slot, "%s〜%s", from, to);
    }
    COPY(view->qr, flow->party[flow->code].url);
    view->code = flow->code;
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
    /* staff may end a session before its time */
    bool ended = view->closed_reason == CLOSED_BREAK || view->closed_reason == CLOSED_ENDED;
    bool begun = false;
    civil_from_ms(site_ms, settings->utc_offset_min, &civil);
    int64_t midnight = site_ms - site_ms % MINUTE_MS - (int64_t)civil.minute_of_day * MINUTE_MS;
    for (int i = 0; i < MINUTES_OF_DAY; i++) {
        bool open = settings_session_at(settings, midnight + (int64_t)i * MINUTE_MS, &session) ==
                    INTAKE_OPEN;
        if (span != NULL && (!open || session.kind != last.kind)) {
            format_minute(i, span->to, sizeof span->to);
            span->over = i <= civil.minute_of_day || (ended && begun);
            span = NULL;
        }
        if (open && span == NULL && view->hours_count < TERMINAL_HOURS_MAX) {
            span = &view->hours[view->hours_count++];
            format_minute(i, span->from, sizeof span->from);
            begun = i <= civil.minute_of_day;
            if (i > civil.minute_of_day && view->opens_at[0] == '\0')
                COPY(view->opens_at, span->from);
        }
        last = session;
    }
    if (span != NULL) {
        COPY(span->to, "24:00");
        span->over = ended && begun;
    }
}

static void fill_closed(const struct queue *queue, const struct terminal_world *world,
                        const struct words *words, const char *language, struct terminal_view *view)
{
    static const enum terminal_closed reasons[GATE_COUNT] = {
        [GATE_BEFORE] = CLOSED_BEFORE,  [GATE_BREAK] = CLOSED_BREAK,   [GATE_ENDED] = CLOSED_ENDED,
        [GATE_CLOSED_DAY] = CLOSED_DAY, [GATE_PAUSED] = CLOSED_PAUSED, [GATE_FULL] = CLOSED_FULL,
    };
    struct civil civil;
    view->closed_reason = reasons[terminal_flow_intake(world)];
    view->show_checkin = terminal_flow_takes_bookings(world);
    if (!world->has_time)
        return;
    civil_from_ms(world->site_ms, queue->settings.utc_offset_min, &civil);
    words_day(words, language, &civil, view->date, sizeof view->date);
    if (queue->settings.has_hours)
        fill_hours(&queue->settings, world->site_ms, view);
    if (view->closed_reason == CLOSED_PAUSED)
        view->opens_at[0] = '\0'; /* staff resume it by hand */
}

static void fill_screen(const struct terminal_flow *flow, const struct terminal_world *world,
                        const struct words *words, struct terminal_view *ret)
{
    const struct queue *queue = world->queue;
    switch (ret->screen) {
    case TERMINAL_START:
        ret->show_checkin = true;
        fill_services(flow, world, ret);
        fill_wishes(flow, &queue->settings, ret);
        fill_notice(world, words, ret);
        break;
    case TERMINAL_PERSONS:
        fill_services(flow, world, ret);
        fill_wishes(flow, &queue->settings, ret);
        break;
    case TERMINAL_CHECKIN:
        fill_letters(&queue->settings, ret);
        COPY(ret->entry, flow->entry);
        break;
    case TERMINAL_TICKET:
    case TERMINAL_NO_SLIP:
        fill_ticket(flow, queue != NULL && queue->has_settings ? queue : NULL, world->now, ret);
        break;
    case TERMINAL_CLOSED:
        fill_closed(queue, world, words, flow->language, ret);
        break;
    case TERMINAL_UNAVAILABLE:
        ret->no_service = !queue->settings.reservation_service;
        break;
    case TERMINAL_REFUSED:
        COPY(ret->refused, flow->refused);
        break;
    case TERMINAL_SETUP:
        terminal_setup_view(world, words, ret);
        break;
    case TERMINAL_WAIT:
    case TERMINAL_SCREENS:
        break;
    }
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
    COPY(ret->focus, flow->focus);
    ret->voice_button = world->guidance;
    ret->voice_on = flow->voice_on;
    fill_screen(flow, world, words, ret);
    if (ret->screen != TERMINAL_WAIT && flow->total != 0)
        fill_countdown(flow, world->now, ret);
}
