#include "reception.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hours.h"

enum { MINUTE_MS = 60 * 1000 };

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

const char *reception_state_name(enum reception_state state)
{
    static const char *const names[] = {
#define X(name, text) text,
        RECEPTION_STATES(X)
#undef X
    };
    return names[state];
}

/* -- windows ----------------------------------------------------------------------------------- */

/* A window never begins before its session can be told from the one before it. */
static int window_from(const struct settings *settings, const struct span *spans, int kind)
{
    int from = spans[kind].from - settings->remote.lead;
    int begins = kind == SESSION_PM        ? settings->pm_from
                 : kind == SESSION_EVENING ? settings->evening_from
                                           : 0;

    if (begins > spans[kind].from)
        begins = spans[kind].from; /* hours that do not keep to the clinic's own parts of a day */
    for (int i = 0; i < kind; i++)
        if (spans[i].from != MINUTES_NONE && spans[i].to > begins)
            begins = spans[i].to;
    return from > begins ? from : begins;
}

/* Windows of the day that begins at midnight, in order. */
static int windows_of(const struct settings *settings, int64_t midnight,
                      struct reception_window ret[static SESSION_KIND_COUNT])
{
    struct civil civil;
    struct session session = {.date = ""};
    const struct span *spans;
    int count = 0;

    civil_from_ms(midnight, settings->utc_offset_min, &civil);
    civil_format_date(&civil, session.date);
    spans = settings_spans(settings, session.date, civil.weekday);
    for (int kind = 0; spans && kind < SESSION_KIND_COUNT; kind++) {
        int from, to;

        if (spans[kind].from == MINUTES_NONE)
            continue;
        from = window_from(settings, spans, kind);
        to = spans[kind].to - settings->remote.stop;
        session.kind = (enum session_kind)kind;
        if (from < to)
            ret[count++] = (struct reception_window){session, midnight + from * (int64_t)MINUTE_MS,
                                                     midnight + to * (int64_t)MINUTE_MS};
    }
    return count;
}

static int64_t midnight_of(const struct settings *settings, int64_t now)
{
    return now - (now + settings->utc_offset_min * (int64_t)MINUTE_MS) % day_ms;
}

static void add_next(struct reception *ret, const struct reception_window *window)
{
    if (ret->next_count < (int)(sizeof(ret->next) / sizeof(ret->next[0])))
        ret->next[ret->next_count++] = *window;
}

/* By the hours alone; fills until and next. */
static enum reception_state look_at_hours(const struct settings *settings, int64_t now,
                                          struct reception *ret)
{
    struct reception_window windows[SESSION_KIND_COUNT];
    enum reception_state state = RECEPTION_CLOSED;
    int64_t midnight = midnight_of(settings, now);

    if (!settings->has_hours)
        return RECEPTION_OPEN;
    for (int day = 0; day < RECEPTION_DAYS_AHEAD && ret->next_count < 2; day++) {
        int count = windows_of(settings, midnight + day * day_ms, windows);

        for (int i = 0; i < count; i++) {
            if (now < windows[i].from) {
                add_next(ret, &windows[i]);
                state = day == 0 && state != RECEPTION_OPEN ? RECEPTION_BEFORE : state;
            } else if (now < windows[i].to) {
                state = RECEPTION_OPEN;
                ret->until = windows[i].to;
            } else if (state == RECEPTION_CLOSED) {
                state = RECEPTION_ENDED;
            }
        }
    }
    return state;
}

/* -- state ------------------------------------------------------------------------------------- */

/* The gate of issuing, before the doors open too: then that of the session that will be. */
static enum intake_gate gate_of(const struct queue *queue, int desk_no, int64_t now)
{
    enum intake_gate gate = queue_intake(queue, desk_no, CHANNEL_WEB, now);
    struct session session;

    if (gate != GATE_BEFORE && gate != GATE_BREAK)
        return gate;
    (void)settings_session_at(&queue->settings, now, &session);
    return session_equal(&session, &queue->session)
               ? queue_intake(queue, desk_no, CHANNEL_WEB, QUEUE_TIME_UNKNOWN)
               : GATE_OPEN;
}

static bool offers_any(const struct settings *settings, int desk_no)
{
    if (!settings->remote.open || !settings->reservation_service)
        return false;
    for (int i = 0; i < settings->service_count; i++)
        if (settings->services[i].desk_no == desk_no && settings->services[i].remote != REMOTE_NONE)
            return true;
    return false;
}

static enum reception_state state_of(const struct queue *queue, int desk_no,
                                     enum reception_state hours, int64_t now)
{
    switch (hours == RECEPTION_OPEN ? gate_of(queue, desk_no, now) : GATE_OPEN) {
    case GATE_OPEN:
        return hours;
    case GATE_FULL:
        return RECEPTION_FULL;
    case GATE_NO_SERVICE:
        return RECEPTION_NONE;
    case GATE_BEFORE:
    case GATE_BREAK:
    case GATE_ENDED:
        return RECEPTION_ENDED; /* staff closed the session before its time */
    case GATE_CLOSED_DAY:
        return RECEPTION_CLOSED;
    default:
        return RECEPTION_SORRY;
    }
}

void reception_look(const struct queue *queue, int desk_no, bool service_open,
                    int64_t service_change, int64_t now, struct reception *ret)
{
    const struct settings *settings = &queue->settings;
    enum reception_state hours;

    *ret = (struct reception){.state = RECEPTION_NONE};
    if (!offers_any(settings, desk_no))
        return;
    hours = look_at_hours(settings, now, ret);
    if (settings->reservation_suspended) {
        *ret = (struct reception){.state = RECEPTION_SORRY};
    } else if (!service_open) {
        ret->state = RECEPTION_NIGHT;
        ret->until = service_change;
    } else {
        ret->state = state_of(queue, desk_no, hours, now);
    }
}

bool reception_offers(const struct settings *settings, const struct service *service, bool card)
{
    const struct remote *remote = &settings->remote;

    if (!(card ? remote->card : remote->first))
        return false;
    return service->remote == REMOTE_ALL || service->remote == (card ? REMOTE_CARD : REMOTE_FIRST);
}

int reception_service(struct cloud *cloud, struct site *site, bool *ret_open, int64_t *ret_change)
{
    const struct settings *settings = &site_read(site)->settings;
    const struct hours_exception interruption = {settings->maintenance_from,
                                                 settings->maintenance_to, false};

    site_read_end(site);
    return hours_now(cloud->db, site_now(site), &interruption, ret_open, ret_change);
}

int reception_now(struct cloud *cloud, struct site *site, int desk_no, struct reception *ret)
{
    int64_t now = site_now(site), change = 0;
    bool open = false;
    int result;

    result = reception_service(cloud, site, &open, &change);
    if (result < 0)
        return result;
    reception_look(site_read(site), desk_no, open, change, now, ret);
    site_read_end(site);
    return 0;
}

/* -- telling ----------------------------------------------------------------------------------- */

static void add_services(cJSON *json, const struct settings *settings, int desk_no)
{
    cJSON *list = cJSON_AddArrayToObject(json, "services");

    for (int i = 0; i < settings->service_count; i++) {
        const struct service *service = &settings->services[i];
        cJSON *item;

        if (service->desk_no != desk_no || service->remote == REMOTE_NONE)
            continue;
        item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "id", service->id);
        cJSON_AddStringToObject(item, "name", service->name);
        cJSON_AddStringToObject(item, "name_en", service->name_en);
        cJSON_AddStringToObject(item, "for", remote_for_name(service->remote));
        cJSON_AddItemToArray(list, item);
    }
}

cJSON *reception_json(const struct queue *queue, int desk_no, const struct reception *reception)
{
    const struct settings *settings = &queue->settings;
    cJSON *json = cJSON_CreateObject(), *next;

    if (!json)
        return NULL;
    cJSON_AddStringToObject(json, "state", reception_state_name(reception->state));
    cJSON_AddNumberToObject(json, "until", (double)reception->until);
    cJSON_AddNumberToObject(json, "come_now", settings->come_now);
    next = cJSON_AddArrayToObject(json, "next");
    for (int i = 0; i < reception->next_count; i++) {
        const struct reception_window *window = &reception->next[i];
        cJSON *item = cJSON_CreateObject();

        cJSON_AddStringToObject(item, "date", window->session.date);
        cJSON_AddStringToObject(item, "kind", session_kind_name(window->session.kind));
        cJSON_AddNumberToObject(item, "from", (double)window->from);
        cJSON_AddNumberToObject(item, "to", (double)window->to);
        cJSON_AddItemToArray(next, item);
    }
    if (reception->state == RECEPTION_NONE)
        return json;
    cJSON_AddNumberToObject(json, "persons", settings->remote.persons);
    cJSON_AddBoolToObject(json, "card", settings->remote.card);
    cJSON_AddBoolToObject(json, "first", settings->remote.first);
    add_services(json, settings, desk_no);
    return json;
}

/* Days that are not over and not far: "2026-11-24" sorts as it is. */
static bool is_ahead(const char *date, const char *from, const char *to)
{
    return strcmp(date, from) >= 0 && strcmp(date, to) < 0;
}

static void keep_ahead(cJSON *list, const char *key, const char *from, const char *to)
{
    for (int i = cJSON_GetArraySize(list) - 1; i >= 0; i--) {
        const cJSON *item = cJSON_GetArrayItem(list, i);
        const cJSON *date = key ? cJSON_GetObjectItemCaseSensitive(item, key) : item;

        if (!cJSON_IsString(date) || !is_ahead(date->valuestring, from, to))
            cJSON_DeleteItemFromArray(list, i);
    }
}

static void add_hours(cJSON *json, const struct settings *settings, int64_t now)
{
    enum { WEEKS_AHEAD_DAYS = 42 };
    cJSON *all = settings_to_json(settings);
    cJSON *hours = cJSON_DetachItemFromObjectCaseSensitive(all, "hours");
    char from[DATE_SIZE], to[DATE_SIZE];
    struct civil civil;

    cJSON_Delete(all);
    civil_from_ms(now, settings->utc_offset_min, &civil);
    civil_format_date(&civil, from);
    civil_from_ms(now + WEEKS_AHEAD_DAYS * day_ms, settings->utc_offset_min, &civil);
    civil_format_date(&civil, to);
    keep_ahead(cJSON_GetObjectItemCaseSensitive(hours, "closed"), NULL, from, to);
    keep_ahead(cJSON_GetObjectItemCaseSensitive(hours, "exceptions"), "date", from, to);
    cJSON_AddItemToObject(json, "hours", hours ? hours : cJSON_CreateNull());
}

cJSON *reception_clinic_json(const struct queue *queue, int64_t now)
{
    const struct settings *settings = &queue->settings;
    cJSON *json = cJSON_CreateObject(), *clinic, *desks;

    if (!json)
        return NULL;
    clinic = cJSON_AddObjectToObject(json, "clinic");
    cJSON_AddStringToObject(clinic, "clinic_no", settings->clinic_no);
    cJSON_AddStringToObject(clinic, "name", settings->name);
    cJSON_AddStringToObject(clinic, "name_en", settings->name_en);
    cJSON_AddStringToObject(clinic, "phone", settings->phone);
    cJSON_AddStringToObject(clinic, "address", settings->address);
    desks = cJSON_AddArrayToObject(json, "desks");
    for (int i = 0; i < settings->desk_count; i++) {
        const struct desk *desk = &settings->desks[i];
        char queue_id[QUEUE_ID_SIZE];
        cJSON *item = cJSON_CreateObject();

        settings_queue_id(settings, desk->desk_no, queue_id);
        cJSON_AddStringToObject(item, "queue_id", queue_id);
        cJSON_AddStringToObject(item, "name", desk->name);
        cJSON_AddStringToObject(item, "name_en", desk->name_en);
        cJSON_AddStringToObject(item, "kind",
                                desk->kind == DESK_PAYMENT ? "payment" : "consultation");
        cJSON_AddItemToArray(desks, item);
    }
    add_hours(json, settings, now);
    return json;
}
