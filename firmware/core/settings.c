#include "settings.h"

#include <stdio.h>
#include <string.h>

void settings_init(struct settings *settings)
{
    memset(settings, 0, sizeof *settings);
    settings->utc_offset_min = 9 * 60;
    settings->reservation_service = true;
    settings->video_service = true;
    settings->pm_from = 13 * 60;
    settings->evening_from = 18 * 60;
    settings->live_minutes = 5;
    settings->absent_counts = true;
    settings->recall_tolerance = RECALL_ALWAYS;
    settings->come_now = 3;
    settings->remote =
        (struct remote){.lead = 30, .stop = 30, .persons = 4, .card = true, .first = true};
    settings->voice_sunday = true;
    for (int i = 0; i < SESSION_KIND_COUNT; i++)
        settings->volume[i] = 80;
}

/* -- lookups -------------------------------------------------------------------------------------
 */

const struct desk *settings_desk(const struct settings *s, int desk_no)
{
    for (int i = 0; i < s->desk_count; i++)
        if (s->desks[i].desk_no == desk_no)
            return &s->desks[i];
    return NULL;
}

const struct room *settings_room(const struct settings *s, const char *id)
{
    for (int i = 0; i < s->room_count; i++)
        if (strcmp(s->rooms[i].id, id) == 0)
            return &s->rooms[i];
    return NULL;
}

const struct service *settings_service(const struct settings *s, const char *id)
{
    for (int i = 0; i < s->service_count; i++)
        if (strcmp(s->services[i].id, id) == 0)
            return &s->services[i];
    return NULL;
}

const char *remote_for_name(enum remote_for remote)
{
    static const char *const names[] = {"all", "card", "first", "none"};
    return names[remote];
}

bool settings_is_prefix(const struct settings *s, char letter)
{
    for (int i = 0; letter && i < s->service_count; i++)
        if (s->services[i].prefix == letter)
            return true;
    return false;
}

bool settings_unused(const struct settings *s, int value)
{
    for (int i = 0; i < s->unused_count; i++)
        if (s->unused[i] == value)
            return true;
    return false;
}

const struct room *settings_room_of_desk(const struct settings *s, int desk_no)
{
    for (int i = 0; i < s->room_count; i++)
        if (s->rooms[i].desk_no == desk_no)
            return &s->rooms[i];
    return NULL;
}

void settings_queue_id(const struct settings *s, int desk_no, char text[static QUEUE_ID_SIZE])
{
    (void)snprintf(text, QUEUE_ID_SIZE, "%s-%d", s->clinic_no, desk_no % 100);
}

const struct desk *settings_queue(const struct settings *s, const char *queue_id)
{
    for (int i = 0; i < s->desk_count; i++) {
        char text[QUEUE_ID_SIZE];
        settings_queue_id(s, s->desks[i].desk_no, text);
        if (strcmp(text, queue_id) == 0)
            return &s->desks[i];
    }
    return NULL;
}

/* -- hours ---------------------------------------------------------------------------------------
 */

const struct span *settings_spans(const struct settings *s, const char *date, int weekday)
{
    for (int i = 0; i < s->exception_count; i++)
        if (strcmp(s->exceptions[i].date, date) == 0)
            return s->exceptions[i].spans;
    for (int i = 0; i < s->closed_count; i++)
        if (strcmp(s->closed[i], date) == 0)
            return NULL;
    return s->week[weekday];
}

static enum session_kind kind_at(const struct settings *s, int minute)
{
    if (minute >= s->evening_from)
        return SESSION_EVENING;
    return minute >= s->pm_from ? SESSION_PM : SESSION_AM;
}

enum intake settings_session_at(const struct settings *s, int64_t now_ms, struct session *ret)
{
    struct civil civil;
    civil_from_ms(now_ms, s->utc_offset_min, &civil);
    civil_format_date(&civil, ret->date);
    ret->kind = kind_at(s, civil.minute_of_day);
    if (!s->has_hours)
        return INTAKE_OPEN;

    const struct span *spans = settings_spans(s, ret->date, civil.weekday);
    bool before = false, after = false;
    for (int i = 0; spans && i < SESSION_KIND_COUNT; i++) {
        if (spans[i].from == MINUTES_NONE)
            continue;
        if (civil.minute_of_day >= spans[i].from && civil.minute_of_day < spans[i].to) {
            ret->kind = (enum session_kind)i;
            return INTAKE_OPEN;
        }
        after = after || civil.minute_of_day >= spans[i].to;
        before = before || civil.minute_of_day < spans[i].from;
    }
    if (!before && !after)
        return INTAKE_CLOSED_DAY;
    return before ? (after ? INTAKE_BREAK : INTAKE_BEFORE) : INTAKE_ENDED;
}
