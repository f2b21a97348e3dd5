/* Settings as JSON, both ways. */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "decode.h"

enum { MINUTES_A_DAY = 24 * 60, PATH_SIZE = 64 };

/* -- decoding ------------------------------------------------------------------------------------
 */

static void check_key(struct decoder *d, const char *path, const char *key, const char *value)
{
    for (const char *c = value; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", *c))
            decode_fail(d, path, key, "may hold a-z, 0-9, _ and - only");
    if (!*value)
        decode_fail(d, path, key, "must not be empty");
}

static void read_clinic(struct decoder *d, const cJSON *json, struct settings *s)
{
    decode_string(d, json, "", "clinic_no", DECODE_REQUIRED, s->clinic_no, sizeof s->clinic_no);
    if (!d->failed &&
        (!*s->clinic_no || strspn(s->clinic_no, "0123456789") != strlen(s->clinic_no)))
        decode_fail(d, "", "clinic_no", "must be 1 to 8 digits");
    decode_string(d, json, "", "name", DECODE_REQUIRED, s->name, sizeof s->name);
    decode_string(d, json, "", "name_en", DECODE_OPTIONAL, s->name_en, sizeof s->name_en);
    decode_string(d, json, "", "phone", DECODE_OPTIONAL, s->phone, sizeof s->phone);
    decode_string(d, json, "", "address", DECODE_OPTIONAL, s->address, sizeof s->address);
    decode_string(d, json, "", "slip_message", DECODE_OPTIONAL, s->slip_message,
                  sizeof s->slip_message);
    decode_bool(d, json, "", "slip_large", &s->slip_large);
    decode_int(d, json, "", "utc_offset_min", DECODE_OPTIONAL, -14 * 60, 14 * 60,
               &s->utc_offset_min);
    decode_bool(d, json, "", "reservation", &s->reservation_service);
    decode_bool(d, json, "", "video", &s->video_service);
    decode_int(d, json, "", "pm_from", DECODE_OPTIONAL, 0, MINUTES_A_DAY, &s->pm_from);
    decode_int(d, json, "", "evening_from", DECODE_OPTIONAL, s->pm_from, MINUTES_A_DAY,
               &s->evening_from);
    decode_int(d, json, "", "intake_limit", DECODE_OPTIONAL, 0, 999, &s->intake_limit);
    decode_int(d, json, "", "live_minutes", DECODE_OPTIONAL, 1, 120, &s->live_minutes);
    decode_bool(d, json, "", "absent_counts", &s->absent_counts);
    decode_bool(d, json, "", "restart_by_session", &s->restart_by_session);
}

/* What came with later versions: absent, it stays as settings_init() has it. */
static void read_flow(struct decoder *d, const cJSON *json, struct settings *s)
{
    const int64_t time_max = INT64_C(253402300799999); /* end of the year 9999 */
    decode_bool(d, json, "", "reservation_suspended", &s->reservation_suspended);
    decode_bool(d, json, "", "video_suspended", &s->video_suspended);
    decode_int64(d, json, "", "maintenance_from", DECODE_OPTIONAL, 0, time_max,
                 &s->maintenance_from);
    decode_int64(d, json, "", "maintenance_to", DECODE_OPTIONAL, s->maintenance_from, time_max,
                 &s->maintenance_to);
    if ((s->maintenance_from == 0) != (s->maintenance_to == 0))
        decode_fail(d, "", "maintenance_from", "and maintenance_to must both be given, or neither");
    decode_int(d, json, "", "recall_tolerance", DECODE_OPTIONAL, RECALL_ALWAYS, 99,
               &s->recall_tolerance);
    decode_int(d, json, "", "late_places", DECODE_OPTIONAL, 0, 99, &s->late_places);
    decode_int(d, json, "", "come_now", DECODE_OPTIONAL, 0, 99, &s->come_now);
}

static void read_remote(struct decoder *d, const cJSON *json, struct remote *remote)
{
    const cJSON *item = decode_object(d, json, "", "remote", DECODE_OPTIONAL);
    if (!item)
        return;
    decode_bool(d, item, "remote.", "open", &remote->open);
    decode_int(d, item, "remote.", "lead", DECODE_OPTIONAL, 0, MINUTES_A_DAY, &remote->lead);
    decode_int(d, item, "remote.", "stop", DECODE_OPTIONAL, 0, MINUTES_A_DAY, &remote->stop);
    decode_int(d, item, "remote.", "persons", DECODE_OPTIONAL, 1, SETTINGS_PERSONS_MAX,
               &remote->persons);
    decode_bool(d, item, "remote.", "card", &remote->card);
    decode_bool(d, item, "remote.", "first", &remote->first);
    if (!remote->card && !remote->first)
        decode_fail(d, "remote.", "card", "or first must be true: somebody has to be let in");
}

static void read_volume(struct decoder *d, const cJSON *json, struct settings *s)
{
    const cJSON *list = decode_array(d, json, "", "volume", DECODE_OPTIONAL, SESSION_KIND_COUNT);
    const cJSON *item;
    int volume[SESSION_KIND_COUNT], count = 0;
    if (!list)
        return;
    cJSON_ArrayForEach (item, list) {
        if (!cJSON_IsNumber(item) || item->valuedouble != item->valueint || item->valueint < 0 ||
            item->valueint > 100)
            break;
        volume[count++] = item->valueint;
    }
    if (count != SESSION_KIND_COUNT || item)
        decode_fail(d, "", "volume", "must list three percentages: morning, afternoon, evening");
    else
        memcpy(s->volume, volume, sizeof volume);
}

static void read_voice(struct decoder *d, const cJSON *json, struct settings *s)
{
    decode_bool(d, json, "", "voice_off", &s->voice_off);
    decode_bool(d, json, "", "voice_sunday", &s->voice_sunday);
    decode_int(d, json, "", "voice_night_from", DECODE_OPTIONAL, 0, MINUTES_A_DAY,
               &s->voice_night_from);
    decode_int(d, json, "", "voice_night_to", DECODE_OPTIONAL, 0, MINUTES_A_DAY,
               &s->voice_night_to);
    read_volume(d, json, s);
}

/* No value of the main series belongs to two: not to two desks, nor to both ranges of one. */
static bool ranges_meet(int first, int last, int other_first, int other_last)
{
    return first && other_first && first <= other_last && other_first <= last;
}

static void check_web_range(struct decoder *d, const char *path, const struct settings *s,
                            const struct desk *desk)
{
    if ((desk->web_first == 0) != (desk->web_last == 0))
        decode_fail(d, path, "web_first", "and web_last must both be given, or neither");
    if (desk->web_first && !desk->first)
        decode_fail(d, path, "web_first", "is of a desk that gives no numbers");
    if (ranges_meet(desk->web_first, desk->web_last, desk->first, desk->last))
        decode_fail(d, path, "web_first", "its numbers overlap the desk's own");
    for (int i = 0; i < s->desk_count; i++) {
        const struct desk *other = &s->desks[i];
        if (ranges_meet(desk->web_first, desk->web_last, other->first, other->last) ||
            ranges_meet(desk->web_first, desk->web_last, other->web_first, other->web_last))
            decode_fail(d, path, "web_first", "its numbers overlap another desk's");
        if (ranges_meet(desk->first, desk->last, other->web_first, other->web_last))
            decode_fail(d, path, "first", "its numbers overlap another desk's");
    }
}

static void read_desk_flow(struct decoder *d, const cJSON *item, const char *path,
                           struct desk *desk)
{
    decode_int(d, item, path, "web_first", DECODE_OPTIONAL, 0, NUMBER_MAX, &desk->web_first);
    decode_int(d, item, path, "web_last", DECODE_OPTIONAL, desk->web_first, NUMBER_MAX,
               &desk->web_last);
    decode_int(d, item, path, "booking_every", DECODE_OPTIONAL, 0, 99, &desk->booking_every);
    decode_int(d, item, path, "intake_limit", DECODE_OPTIONAL, 0, 999, &desk->intake_limit);
    decode_int(d, item, path, "web_limit", DECODE_OPTIONAL, 0, 999, &desk->web_limit);
}

static void read_desk(struct decoder *d, const cJSON *item, const char *path, struct settings *s)
{
    struct desk desk = {0};
    char kind[16] = "consultation";
    decode_int(d, item, path, "desk_no", DECODE_REQUIRED, 1, 99, &desk.desk_no);
    decode_string(d, item, path, "name", DECODE_REQUIRED, desk.name, sizeof desk.name);
    decode_string(d, item, path, "name_en", DECODE_OPTIONAL, desk.name_en, sizeof desk.name_en);
    decode_string(d, item, path, "kind", DECODE_OPTIONAL, kind, sizeof kind);
    decode_int(d, item, path, "first", DECODE_OPTIONAL, 0, NUMBER_MAX, &desk.first);
    decode_int(d, item, path, "last", DECODE_OPTIONAL, desk.first, NUMBER_MAX, &desk.last);
    read_desk_flow(d, item, path, &desk);
    if (d->failed)
        return;
    if (strcmp(kind, "payment") == 0)
        desk.kind = DESK_PAYMENT;
    else if (strcmp(kind, "consultation") != 0)
        decode_fail(d, path, "kind", "must be consultation or payment");
    if (settings_desk(s, desk.desk_no))
        decode_fail(d, path, "desk_no", "is used twice");
    if ((desk.first == 0) != (desk.last == 0))
        decode_fail(d, path, "first", "and last must both be given, or neither");
    for (int i = 0; i < s->desk_count; i++)
        if (ranges_meet(desk.first, desk.last, s->desks[i].first, s->desks[i].last))
            decode_fail(d, path, "first", "its numbers overlap another desk's");
    check_web_range(d, path, s, &desk);
    s->desks[s->desk_count++] = desk;
}

static void check_desk(struct decoder *d, const char *path, const struct settings *s, int desk_no)
{
    if (!d->failed && !settings_desk(s, desk_no))
        decode_fail(d, path, "desk_no", "names no desk of this site");
}

static void read_room(struct decoder *d, const cJSON *item, const char *path, struct settings *s)
{
    struct room room = {0};
    decode_string(d, item, path, "id", DECODE_REQUIRED, room.id, sizeof room.id);
    decode_int(d, item, path, "desk_no", DECODE_REQUIRED, 1, 99, &room.desk_no);
    decode_string(d, item, path, "name", DECODE_REQUIRED, room.name, sizeof room.name);
    decode_string(d, item, path, "name_en", DECODE_OPTIONAL, room.name_en, sizeof room.name_en);
    decode_string(d, item, path, "reading", DECODE_OPTIONAL, room.reading, sizeof room.reading);
    if (d->failed)
        return;
    check_key(d, path, "id", room.id);
    check_desk(d, path, s, room.desk_no);
    if (settings_room(s, room.id))
        decode_fail(d, path, "id", "is used twice");
    s->rooms[s->room_count++] = room;
}

/* One of the letters that look like no digit and sound unlike each other, as all lettered series.
 */
static void read_prefix(struct decoder *d, const cJSON *item, const char *path,
                        struct service *service)
{
    char letter[2] = "";
    decode_string(d, item, path, "prefix", DECODE_OPTIONAL, letter, sizeof letter);
    if (*letter && !number_valid((struct number){*letter, 1})) {
        char what[64];
        (void)snprintf(what, sizeof what, "must be one of %s", number_letters);
        decode_fail(d, path, "prefix", what);
    }
    service->prefix = *letter;
}

static void read_remote_for(struct decoder *d, const cJSON *item, const char *path,
                            struct service *service)
{
    char text[8] = "all";
    decode_string(d, item, path, "remote", DECODE_OPTIONAL, text, sizeof text);
    for (enum remote_for remote = REMOTE_ALL; remote <= REMOTE_NONE; remote++)
        if (strcmp(text, remote_for_name(remote)) == 0) {
            service->remote = remote;
            return;
        }
    decode_fail(d, path, "remote", "must be all, card, first or none");
}

static void read_service(struct decoder *d, const cJSON *item, const char *path, struct settings *s)
{
    struct service service = {.persons = 1};
    decode_string(d, item, path, "id", DECODE_REQUIRED, service.id, sizeof service.id);
    decode_int(d, item, path, "desk_no", DECODE_REQUIRED, 1, 99, &service.desk_no);
    decode_string(d, item, path, "name", DECODE_REQUIRED, service.name, sizeof service.name);
    decode_string(d, item, path, "name_en", DECODE_OPTIONAL, service.name_en,
                  sizeof service.name_en);
    decode_string(d, item, path, "icon", DECODE_OPTIONAL, service.icon, sizeof service.icon);
    decode_int(d, item, path, "minutes", DECODE_OPTIONAL, 0, 600, &service.minutes);
    decode_int(d, item, path, "persons", DECODE_OPTIONAL, 1, SETTINGS_PERSONS_MAX,
               &service.persons);
    read_prefix(d, item, path, &service);
    read_remote_for(d, item, path, &service);
    if (d->failed)
        return;
    check_key(d, path, "id", service.id);
    check_desk(d, path, s, service.desk_no);
    if (settings_service(s, service.id))
        decode_fail(d, path, "id", "is used twice");
    s->services[s->service_count++] = service;
}

typedef void read_item(struct decoder *d, const cJSON *item, const char *path, struct settings *s);

static void read_list(struct decoder *d, const cJSON *json, const char *outer, const char *key,
                      int max, read_item *read, struct settings *s)
{
    const cJSON *list = decode_array(d, json, outer, key, DECODE_OPTIONAL, max);
    const cJSON *item;
    int i = 0;
    cJSON_ArrayForEach (item, list) {
        char path[PATH_SIZE];
        (void)snprintf(path, sizeof path, "%s%s[%d].", outer, key, i++);
        if (!cJSON_IsObject(item))
            decode_fail(d, path, "", "must be an object");
        if (d->failed)
            return;
        read(d, item, path, s);
    }
}

/* [from, to] in minutes of the day, or null for closed. */
static void read_spans(struct decoder *d, const cJSON *list, const char *path,
                       struct span spans[static SESSION_KIND_COUNT])
{
    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) != SESSION_KIND_COUNT) {
        decode_fail(d, path, "", "must list three spans: morning, afternoon, evening");
        return;
    }
    for (int i = 0; i < SESSION_KIND_COUNT; i++) {
        const cJSON *span = cJSON_GetArrayItem(list, i);
        spans[i] = (struct span){MINUTES_NONE, MINUTES_NONE};
        if (cJSON_IsNull(span))
            continue;
        const cJSON *from = cJSON_GetArrayItem(span, 0), *to = cJSON_GetArrayItem(span, 1);
        if (!cJSON_IsNumber(from) || !cJSON_IsNumber(to) || from->valueint < 0 ||
            to->valueint > MINUTES_A_DAY || from->valueint >= to->valueint) {
            decode_fail(d, path, "", "a span is [from, to] in minutes of the day, or null");
            return;
        }
        spans[i] = (struct span){from->valueint, to->valueint};
    }
}

static void read_date(struct decoder *d, const char *path, const cJSON *item,
                      char date[static DATE_SIZE])
{
    int64_t ms;
    if (!cJSON_IsString(item) || civil_date_to_ms(item->valuestring, 0, &ms) < 0) {
        decode_fail(d, path, "", "must be a date such as 2026-12-29");
        return;
    }
    memcpy(date, item->valuestring, DATE_SIZE);
}

static void read_exception(struct decoder *d, const cJSON *item, const char *path,
                           struct settings *s)
{
    struct exception *e = &s->exceptions[s->exception_count++];
    read_date(d, path, cJSON_GetObjectItemCaseSensitive(item, "date"), e->date);
    read_spans(d, cJSON_GetObjectItemCaseSensitive(item, "spans"), path, e->spans);
}

static void read_hours(struct decoder *d, const cJSON *json, struct settings *s)
{
    const cJSON *hours = decode_object(d, json, "", "hours", DECODE_OPTIONAL);
    const cJSON *item;
    if (!hours)
        return;
    s->has_hours = true;
    const cJSON *week = decode_array(d, hours, "hours.", "week", DECODE_REQUIRED, 7);
    if (week && cJSON_GetArraySize(week) != 7)
        decode_fail(d, "hours.", "week", "must list seven days from Sunday");
    int day = 0;
    cJSON_ArrayForEach (item, week) {
        char path[PATH_SIZE];
        (void)snprintf(path, sizeof path, "hours.week[%d]", day);
        read_spans(d, item, path, s->week[day++]);
    }
    const cJSON *closed =
        decode_array(d, hours, "hours.", "closed", DECODE_OPTIONAL, SETTINGS_CLOSED_MAX);
    cJSON_ArrayForEach (item, closed) {
        char path[PATH_SIZE];
        (void)snprintf(path, sizeof path, "hours.closed[%d]", s->closed_count);
        read_date(d, path, item, s->closed[s->closed_count++]);
    }
    read_list(d, hours, "hours.", "exceptions", SETTINGS_EXCEPTIONS_MAX, read_exception, s);
}

static void read_unused(struct decoder *d, const cJSON *json, struct settings *s)
{
    const cJSON *list = decode_array(d, json, "", "unused", DECODE_OPTIONAL, SETTINGS_UNUSED_MAX);
    const cJSON *item;
    cJSON_ArrayForEach (item, list) {
        if (!cJSON_IsNumber(item) || item->valueint < 1 || item->valueint > NUMBER_MAX) {
            decode_fail(d, "", "unused", "must list numbers from 1 to 999");
            return;
        }
        s->unused[s->unused_count++] = item->valueint;
    }
}

int settings_from_json(const cJSON *json, struct settings *ret, char *error, size_t error_size)
{
    struct decoder d = {.error = error, .error_size = error_size};
    struct settings s;

    if (!cJSON_IsObject(json)) {
        decode_fail(&d, "", "settings", "must be an object");
        return -EINVAL;
    }
    settings_init(&s);
    read_clinic(&d, json, &s);
    read_flow(&d, json, &s);
    read_remote(&d, json, &s.remote);
    read_voice(&d, json, &s);
    read_list(&d, json, "", "desks", SETTINGS_DESKS_MAX, read_desk, &s);
    read_list(&d, json, "", "rooms", SETTINGS_ROOMS_MAX, read_room, &s);
    read_list(&d, json, "", "services", SETTINGS_SERVICES_MAX, read_service, &s);
    read_unused(&d, json, &s);
    read_hours(&d, json, &s);
    if (d.failed)
        return -EINVAL;
    *ret = s;
    return 0;
}

/* -- encoding ------------------------------------------------------------------------------------
 */

static void write_desks(cJSON *json, const struct settings *s)
{
    cJSON *desks = cJSON_AddArrayToObject(json, "desks");
    for (int i = 0; i < s->desk_count; i++) {
        const struct desk *desk = &s->desks[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddNumberToObject(item, "desk_no", desk->desk_no);
        cJSON_AddStringToObject(item, "kind",
                                desk->kind == DESK_PAYMENT ? "payment" : "consultation");
        cJSON_AddStringToObject(item, "name", desk->name);
        cJSON_AddStringToObject(item, "name_en", desk->name_en);
        cJSON_AddNumberToObject(item, "first", desk->first);
        cJSON_AddNumberToObject(item, "last", desk->last);
        cJSON_AddNumberToObject(item, "web_first", desk->web_first);
        cJSON_AddNumberToObject(item, "web_last", desk->web_last);
        cJSON_AddNumberToObject(item, "booking_every", desk->booking_every);
        cJSON_AddNumberToObject(item, "intake_limit", desk->intake_limit);
        cJSON_AddNumberToObject(item, "web_limit", desk->web_limit);
        cJSON_AddItemToArray(desks, item);
    }
}

static void write_rooms(cJSON *json, const struct settings *s)
{
    cJSON *rooms = cJSON_AddArrayToObject(json, "rooms");
    for (int i = 0; i < s->room_count; i++) {
        const struct room *room = &s->rooms[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "id", room->id);
        cJSON_AddNumberToObject(item, "desk_no", room->desk_no);
        cJSON_AddStringToObject(item, "name", room->name);
        cJSON_AddStringToObject(item, "name_en", room->name_en);
        cJSON_AddStringToObject(item, "reading", room->reading);
        cJSON_AddItemToArray(rooms, item);
    }
}

static void write_services(cJSON *json, const struct settings *s)
{
    cJSON *services = cJSON_AddArrayToObject(json, "services");
    for (int i = 0; i < s->service_count; i++) {
        const struct service *service = &s->services[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "id", service->id);
        cJSON_AddNumberToObject(item, "desk_no", service->desk_no);
        cJSON_AddStringToObject(item, "name", service->name);
        cJSON_AddStringToObject(item, "name_en", service->name_en);
        cJSON_AddStringToObject(item, "icon", service->icon);
        cJSON_AddNumberToObject(item, "minutes", service->minutes);
        cJSON_AddNumberToObject(item, "persons", service->persons);
        const char prefix[2] = {service->prefix, '\0'};
        cJSON_AddStringToObject(item, "prefix", prefix);
        cJSON_AddStringToObject(item, "remote", remote_for_name(service->remote));
        cJSON_AddItemToArray(services, item);
    }
}

static cJSON *spans_to_json(const struct span spans[static SESSION_KIND_COUNT])
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < SESSION_KIND_COUNT; i++) {
        const int span[2] = {spans[i].from, spans[i].to};
        cJSON_AddItemToArray(list, spans[i].from == MINUTES_NONE ? cJSON_CreateNull()
                                                                 : cJSON_CreateIntArray(span, 2));
    }
    return list;
}

static void write_hours(cJSON *json, const struct settings *s)
{
    if (!s->has_hours)
        return;
    cJSON *hours = cJSON_AddObjectToObject(json, "hours");
    cJSON *week = cJSON_AddArrayToObject(hours, "week");
    for (int day = 0; day < 7; day++)
        cJSON_AddItemToArray(week, spans_to_json(s->week[day]));
    cJSON *closed = cJSON_AddArrayToObject(hours, "closed");
    for (int i = 0; i < s->closed_count; i++)
        cJSON_AddItemToArray(closed, cJSON_CreateString(s->closed[i]));
    cJSON *exceptions = cJSON_AddArrayToObject(hours, "exceptions");
    for (int i = 0; i < s->exception_count; i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "date", s->exceptions[i].date);
        cJSON_AddItemToObject(item, "spans", spans_to_json(s->exceptions[i].spans));
        cJSON_AddItemToArray(exceptions, item);
    }
}

static void write_remote(cJSON *json, const struct remote *remote)
{
    cJSON *item = cJSON_AddObjectToObject(json, "remote");
    cJSON_AddBoolToObject(item, "open", remote->open);
    cJSON_AddNumberToObject(item, "lead", remote->lead);
    cJSON_AddNumberToObject(item, "stop", remote->stop);
    cJSON_AddNumberToObject(item, "persons", remote->persons);
    cJSON_AddBoolToObject(item, "card", remote->card);
    cJSON_AddBoolToObject(item, "first", remote->first);
}

static void write_flow(cJSON *json, const struct settings *s)
{
    cJSON_AddBoolToObject(json, "reservation_suspended", s->reservation_suspended);
    cJSON_AddBoolToObject(json, "video_suspended", s->video_suspended);
    cJSON_AddNumberToObject(json, "maintenance_from", (double)s->maintenance_from);
    cJSON_AddNumberToObject(json, "maintenance_to", (double)s->maintenance_to);
    cJSON_AddNumberToObject(json, "recall_tolerance", s->recall_tolerance);
    cJSON_AddNumberToObject(json, "late_places", s->late_places);
    cJSON_AddNumberToObject(json, "come_now", s->come_now);
    cJSON_AddBoolToObject(json, "voice_off", s->voice_off);
    cJSON_AddBoolToObject(json, "voice_sunday", s->voice_sunday);
    cJSON_AddNumberToObject(json, "voice_night_from", s->voice_night_from);
    cJSON_AddNumberToObject(json, "voice_night_to", s->voice_night_to);
    cJSON_AddItemToObject(json, "volume", cJSON_CreateIntArray(s->volume, SESSION_KIND_COUNT));
}

cJSON *settings_to_json(const struct settings *s)
{
    cJSON *json = cJSON_CreateObject();
    if (!json)
        return NULL;
    cJSON_AddStringToObject(json, "clinic_no", s->clinic_no);
    cJSON_AddStringToObject(json, "name", s->name);
    cJSON_AddStringToObject(json, "name_en", s->name_en);
    cJSON_AddStringToObject(json, "phone", s->phone);
    cJSON_AddStringToObject(json, "address", s->address);
    cJSON_AddStringToObject(json, "slip_message", s->slip_message);
    cJSON_AddBoolToObject(json, "slip_large", s->slip_large);
    cJSON_AddNumberToObject(json, "utc_offset_min", s->utc_offset_min);
    cJSON_AddBoolToObject(json, "reservation", s->reservation_service);
    cJSON_AddBoolToObject(json, "video", s->video_service);
    write_desks(json, s);
    write_rooms(json, s);
    write_services(json, s);
    cJSON_AddItemToObject(json, "unused", cJSON_CreateIntArray(s->unused, s->unused_count));
    cJSON_AddBoolToObject(json, "restart_by_session", s->restart_by_session);
    cJSON_AddNumberToObject(json, "pm_from", s->pm_from);
    cJSON_AddNumberToObject(json, "evening_from", s->evening_from);
    write_hours(json, s);
    cJSON_AddNumberToObject(json, "intake_limit", s->intake_limit);
    cJSON_AddNumberToObject(json, "live_minutes", s->live_minutes);
    cJSON_AddBoolToObject(json, "absent_counts", s->absent_counts);
    write_flow(json, s);
    write_remote(json, &s->remote);
    return json;
}
