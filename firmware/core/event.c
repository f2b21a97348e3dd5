#include "event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"

static const char *const kind_names[] = {
#define X(name, text) text,
    EVENT_KINDS(X)
#undef X
};

static const char *const channel_names[] = {
#define X(name, text) text,
    CHANNELS(X)
#undef X
};

static int name_index(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -EINVAL;
}

bool uid_valid(const char *text)
{
    if (strlen(text) != UID_SIZE - 1)
        return false;
    for (int i = 0; i < UID_SIZE - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !strchr("0123456789abcdef", text[i]))
            return false;
    }
    return true;
}

void event_init(struct event *event)
{
    memset(event, 0, sizeof *event);
}

void event_finish(struct event *event)
{
    free(event->settings);
    event_init(event);
}

const char *event_kind_name(enum event_kind kind)
{
    return kind_names[kind];
}

const char *channel_name(enum channel channel)
{
    return channel_names[channel];
}

int channel_parse(const char *name, enum channel *ret)
{
    int i = name_index(channel_names, CHANNEL_COUNT, name);
    if (i < 0)
        return i;
    *ret = (enum channel)i;
    return 0;
}

/* -- decoding ------------------------------------------------------------------------------------
 */

static void read_uid(struct decoder *d, const cJSON *json, const char *key, int required,
                     char ret[static UID_SIZE])
{
    decode_string(d, json, "", key, required, ret, UID_SIZE);
    if (!d->failed && (*ret || required) && !uid_valid(ret))
        decode_fail(d, "", key, "must be a lower-case UUID");
}

static void read_kind(struct decoder *d, const cJSON *json, struct event *e)
{
    char name[32] = "";
    decode_string(d, json, "", "kind", DECODE_REQUIRED, name, sizeof name);
    int kind = name_index(kind_names, EVENT_KIND_COUNT, name);
    if (kind < 0)
        decode_fail(d, "", "kind", "names no known event");
    else
        e->kind = (enum event_kind)kind;
}

static void read_number(struct decoder *d, const cJSON *json, struct event *e)
{
    char text[NUMBER_TEXT_SIZE] = "";
    decode_string(d, json, "", "number", DECODE_OPTIONAL, text, sizeof text);
    if (*text && number_parse(text, &e->number) < 0)
        decode_fail(d, "", "number", "must be such as 14 or A3");
    char letter[2] = "";
    decode_string(d, json, "", "letter", DECODE_OPTIONAL, letter, sizeof letter);
    if (*letter && !strchr(number_letters, *letter))
        decode_fail(d, "", "letter", "is not a letter of an own series");
    else if (*letter)
        e->number.letter = *letter;
}

static void read_session(struct decoder *d, const cJSON *json, struct event *e)
{
    char kind[16] = "";
    const cJSON *session = decode_object(d, json, "", "session", DECODE_OPTIONAL);
    if (!session)
        return;
    decode_string(d, session, "session.", "date", DECODE_REQUIRED, e->session.date, DATE_SIZE);
    decode_string(d, session, "session.", "kind", DECODE_REQUIRED, kind, sizeof kind);
    if (d->failed)
        return;
    if (!session_valid(&e->session))
        decode_fail(d, "session.", "date", "must be a date such as 2026-11-24");
    if (session_kind_parse(kind, &e->session.kind) < 0)
        decode_fail(d, "session.", "kind", "must be am, pm or evening");
}

static void read_channel(struct decoder *d, const cJSON *json, struct event *e)
{
    char name[16] = "";
    decode_string(d, json, "", "channel", DECODE_OPTIONAL, name, sizeof name);
    if (*name && channel_parse(name, &e->channel) < 0)
        decode_fail(d, "", "channel", "must be kiosk, web, desk or phone");
}

static void read_settings(struct decoder *d, const cJSON *json, struct event *e)
{
    if (d->failed || e->kind != EVENT_SETTINGS)
        return;
    char error[160];
    struct settings settings;
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, "settings");
    if (settings_from_json(item, &settings, error, sizeof error) < 0) {
        decode_fail(d, "settings.", "", error);
        return;
    }
    e->settings = malloc(sizeof settings);
    if (!e->settings)
        abort();
    *e->settings = settings;
}

static bool is_ticket_event(enum event_kind kind)
{
    return (kind >= EVENT_OFFERED && kind <= EVENT_UNDONE) || kind == EVENT_CLAIMED ||
           kind == EVENT_SLIP || kind == EVENT_REISSUE;
}

int event_from_json(const cJSON *json, struct event *ret, char *error, size_t error_size)
{
    struct decoder d = {.error = error, .error_size = error_size};
    struct event e;
    const int64_t time_max = INT64_C(253402300799999); /* end of the year 9999 */

    event_init(&e);
    if (!cJSON_IsObject(json))
        decode_fail(&d, "", "event", "must be an object");
    read_uid(&d, json, "id", DECODE_REQUIRED, e.id);
    read_kind(&d, json, &e);
    decode_int64(&d, json, "", "at", DECODE_REQUIRED, 0, time_max, &e.at);
    read_uid(&d, json, "device", DECODE_OPTIONAL, e.device);
    decode_int64(&d, json, "", "counter", DECODE_OPTIONAL, 0, INT64_C(1) << 52, &e.counter);
    decode_int64(&d, json, "", "base", DECODE_OPTIONAL, 0, INT64_C(1) << 52, &e.base);
    decode_string(&d, json, "", "user", DECODE_OPTIONAL, e.user, sizeof e.user);
    read_uid(&d, json, "ticket", is_ticket_event(e.kind), e.ticket);
    read_uid(&d, json, "seen", DECODE_OPTIONAL, e.seen);
    read_uid(&d, json, "target", e.kind == EVENT_UNDONE, e.target);
    read_uid(&d, json, "family", DECODE_OPTIONAL, e.family);
    read_number(&d, json, &e);
    decode_int(&d, json, "", "desk", DECODE_OPTIONAL, 0, 99, &e.desk_no);
    decode_string(&d, json, "", "service", DECODE_OPTIONAL, e.service, sizeof e.service);
    decode_string(&d, json, "", "room", DECODE_OPTIONAL, e.room, sizeof e.room);
    read_channel(&d, json, &e);
    read_session(&d, json, &e);
    decode_int64(&d, json, "", "slot_from", DECODE_OPTIONAL, 0, time_max, &e.slot_from);
    decode_int64(&d, json, "", "slot_to", DECODE_OPTIONAL, e.slot_from, time_max, &e.slot_to);
    decode_int(&d, json, "", "places", DECODE_OPTIONAL, 0, 99, &e.places);
    decode_int(&d, json, "", "priority", DECODE_OPTIONAL, 0, 9, &e.priority);
    decode_int(&d, json, "", "rules", DECODE_OPTIONAL, 0, 9999, &e.rules);
    decode_bool(&d, json, "", "no_voice", &e.no_voice);
    decode_string(&d, json, "", "text", DECODE_OPTIONAL, e.text, sizeof e.text);
    read_settings(&d, json, &e);
    if (d.failed) {
        event_finish(&e);
        return -EINVAL;
    }
    *ret = e;
    return 0;
}

/* -- encoding ------------------------------------------------------------------------------------
 */

static void write_string(cJSON *json, const char *key, const char *value)
{
    if (*value)
        cJSON_AddStringToObject(json, key, value);
}

static void write_int(cJSON *json, const char *key, int64_t value)
{
    if (value)
        cJSON_AddNumberToObject(json, key, (double)value);
}

static void write_number(cJSON *json, struct number number)
{
    char text[NUMBER_TEXT_SIZE];
    number_format(number, text);
    write_string(json, "number", text);
    const char letter[2] = {number.letter, '\0'};
    if (!*text)
        write_string(json, "letter", letter);
}

static void write_session(cJSON *json, const struct session *session)
{
    if (!*session->date)
        return;
    cJSON *object = cJSON_AddObjectToObject(json, "session");
    cJSON_AddStringToObject(object, "date", session->date);
    cJSON_AddStringToObject(object, "kind", session_kind_name(session->kind));
}

cJSON *event_to_json(const struct event *e)
{
    cJSON *json = cJSON_CreateObject();
    if (!json)
        return NULL;
    cJSON_AddStringToObject(json, "id", e->id);
    cJSON_AddStringToObject(json, "kind", event_kind_name(e->kind));
    cJSON_AddNumberToObject(json, "at", (double)e->at);
    write_string(json, "device", e->device);
    write_int(json, "counter", e->counter);
    write_int(json, "base", e->base);
    write_string(json, "user", e->user);
    write_string(json, "ticket", e->ticket);
    write_string(json, "seen", e->seen);
    write_string(json, "target", e->target);
    write_string(json, "family", e->family);
    write_number(json, e->number);
    write_int(json, "desk", e->desk_no);
    write_string(json, "service", e->service);
    write_string(json, "room", e->room);
    if (e->channel)
        write_string(json, "channel", channel_name(e->channel));
    write_session(json, &e->session);
    write_int(json, "slot_from", e->slot_from);
    write_int(json, "slot_to", e->slot_to);
    write_int(json, "places", e->places);
    write_int(json, "priority", e->priority);
    write_int(json, "rules", e->rules);
    if (e->no_voice)
        cJSON_AddTrueToObject(json, "no_voice");
    write_string(json, "text", e->text);
    if (e->settings)
        cJSON_AddItemToObject(json, "settings", settings_to_json(e->settings));
    return json;
}
