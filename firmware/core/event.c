#include "event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

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
    char letter[2] = "";
    wire_read_number(d, json, "", "number", &e->number);
    decode_string(d, json, "", "letter", DECODE_OPTIONAL, letter, sizeof letter);
    if (*letter && !strchr(number_letters, *letter))
        decode_fail(d, "", "letter", "is not a letter of an own series");
    else if (*letter)
        e->number.letter = *letter;
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
    wire_read_version(&d, json, EVENT_VERSION);
    wire_read_uid(&d, json, "", "id", DECODE_REQUIRED, e.id);
    read_kind(&d, json, &e);
    decode_int64(&d, json, "", "at", DECODE_REQUIRED, 0, time_max, &e.at);
    wire_read_uid(&d, json, "", "device", DECODE_OPTIONAL, e.device);
    decode_int64(&d, json, "", "counter", DECODE_OPTIONAL, 0, INT64_C(1) << 52, &e.counter);
    decode_int64(&d, json, "", "base", DECODE_OPTIONAL, 0, INT64_C(1) << 52, &e.base);
    decode_string(&d, json, "", "user", DECODE_OPTIONAL, e.user, sizeof e.user);
    wire_read_uid(&d, json, "", "ticket", is_ticket_event(e.kind), e.ticket);
    wire_read_uid(&d, json, "", "seen", DECODE_OPTIONAL, e.seen);
    wire_read_uid(&d, json, "", "target", e.kind == EVENT_UNDONE, e.target);
    wire_read_uid(&d, json, "", "family", DECODE_OPTIONAL, e.family);
    read_number(&d, json, &e);
    decode_int(&d, json, "", "desk", DECODE_OPTIONAL, 0, 99, &e.desk_no);
    decode_string(&d, json, "", "service", DECODE_OPTIONAL, e.service, sizeof e.service);
    decode_string(&d, json, "", "room", DECODE_OPTIONAL, e.room, sizeof e.room);
    read_channel(&d, json, &e);
    wire_read_session(&d, json, "", "session", &e.session);
    decode_int64(&d, json, "", "slot_from", DECODE_OPTIONAL, 0, time_max, &e.slot_from);
    decode_int64(&d, json, "", "slot_to", DECODE_OPTIONAL, e.slot_from, time_max, &e.slot_to);
    decode_int(&d, json, "", "places", DECODE_OPTIONAL, 0, 99, &e.places);
    decode_int(&d, json, "", "priority", DECODE_OPTIONAL, 0, 9, &e.priority);
    decode_int(&d, json, "", "rules", DECODE_OPTIONAL, 0, 9999, &e.rules);
    decode_bool(&d, json, "", "no_voice", &e.no_voice);
    decode_int(&d, json, "", "print_count", DECODE_OPTIONAL, 0, 9999, &e.print_count);
    decode_string(&d, json, "", "check", DECODE_OPTIONAL, e.check, sizeof e.check);
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

cJSON *event_to_json(const struct event *e)
{
    cJSON *json = cJSON_CreateObject();
    if (!json)
        return NULL;
    cJSON_AddNumberToObject(json, "v", EVENT_VERSION);
    cJSON_AddStringToObject(json, "id", e->id);
    cJSON_AddStringToObject(json, "kind", event_kind_name(e->kind));
    cJSON_AddNumberToObject(json, "at", (double)e->at);
    wire_write_string(json, "device", e->device);
    wire_write_int(json, "counter", e->counter);
    wire_write_int(json, "base", e->base);
    wire_write_string(json, "user", e->user);
    wire_write_string(json, "ticket", e->ticket);
    wire_write_string(json, "seen", e->seen);
    wire_write_string(json, "target", e->target);
    wire_write_string(json, "family", e->family);
    const char letter[2] = {(char)(e->number.value ? 0 : e->number.letter), '\0'};
    wire_write_number(json, "number", e->number);
    wire_write_string(json, "letter", letter);
    wire_write_int(json, "desk", e->desk_no);
    wire_write_string(json, "service", e->service);
    wire_write_string(json, "room", e->room);
    if (e->channel)
        wire_write_string(json, "channel", channel_name(e->channel));
    wire_write_session(json, "session", &e->session);
    wire_write_int(json, "slot_from", e->slot_from);
    wire_write_int(json, "slot_to", e->slot_to);
    wire_write_int(json, "places", e->places);
    wire_write_int(json, "priority", e->priority);
    wire_write_int(json, "rules", e->rules);
    if (e->no_voice)
        cJSON_AddTrueToObject(json, "no_voice");
    wire_write_int(json, "print_count", e->print_count);
    wire_write_string(json, "check", e->check);
    wire_write_string(json, "text", e->text);
    if (e->settings)
        cJSON_AddItemToObject(json, "settings", settings_to_json(e->settings));
    return json;
}
