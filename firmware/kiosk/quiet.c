#include "quiet.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "settings.h"

enum { PART_SIZE = 16, DAY_MINUTES = 24 * 60 };

static const char advice[] = "not understood; write spans and days, like 21:00-07:00, sunday";

static bool take_day(const char *part, struct quiet *quiet)
{
    static const char *const names[] = {"sunday",   "monday", "tuesday", "wednesday",
                                        "thursday", "friday", "saturday"};
    for (int i = 0; i < 7; i++)
        if (strcasecmp(part, names[i]) == 0) {
            quiet->days[i] = true;
            return true;
        }
    return false;
}

static const char *take_span(const char *part, struct quiet *quiet)
{
    int hour[2], minute[2], used = 0;
    if (sscanf(part, "%2d:%2d-%2d:%2d%n", &hour[0], &minute[0], &hour[1], &minute[1], &used) != 4 ||
        part[used] != '\0')
        return advice;
    for (int i = 0; i < 2; i++)
        if (hour[i] < 0 || minute[i] < 0 || minute[i] > 59 ||
            hour[i] * 60 + minute[i] > DAY_MINUTES)
            return "no such time; hours go to 24:00";
    int from = hour[0] * 60 + minute[0], to = hour[1] * 60 + minute[1];
    if (from == to)
        return "begins when it ends; write a day's name for a whole day";
    if (quiet->span_count == QUIET_SPANS_MAX)
        return "more than 4 spans; join some";
    quiet->spans[quiet->span_count].from = from;
    quiet->spans[quiet->span_count++].to = to;
    return NULL;
}

const char *quiet_parse(const char *text, struct quiet *ret)
{
    struct quiet quiet = {.span_count = 0};
    while (text[0] != '\0') {
        char part[PART_SIZE];
        size_t size = strcspn(text, ","), used = size;
        while (used > 0 && strchr(" \t", text[used - 1]) != NULL)
            used--;
        if (used >= sizeof part)
            return advice;
        memcpy(part, text, used);
        part[used] = '\0';
        const char *what = take_day(part, &quiet) ? NULL : take_span(part, &quiet);
        if (what != NULL)
            return what;
        text += size;
        if (text[0] != ',')
            break;
        text++;
        text += strspn(text, " \t");
        if (text[0] == '\0')
            return advice;
    }
    *ret = quiet;
    return NULL;
}

/* From `from` to `to`, over midnight when it ends before it begins. */
static bool within(int from, int to, int minute_of_day)
{
    bool after = minute_of_day >= from, before = minute_of_day < to;
    return from <= to ? after && before : after || before;
}

bool quiet_at(const struct quiet *quiet, int weekday, int minute_of_day)
{
    if (quiet->days[weekday])
        return true;
    for (int i = 0; i < quiet->span_count; i++)
        if (within(quiet->spans[i].from, quiet->spans[i].to, minute_of_day))
            return true;
    return false;
}

struct quiet_sound quiet_sound(const struct quiet *quiet, const struct settings *settings,
                               const int64_t *site_ms)
{
    struct quiet_sound sound = {true, !settings->voice_off, settings->volume[SESSION_AM]};
    struct civil civil;
    if (site_ms != NULL) {
        civil_from_ms(*site_ms, settings->utc_offset_min, &civil);
        int minute = civil.minute_of_day;
        enum session_kind part = minute < settings->pm_from        ? SESSION_AM
                                 : minute < settings->evening_from ? SESSION_PM
                                                                   : SESSION_EVENING;
        sound.volume = settings->volume[part];
        if (quiet_at(quiet, civil.weekday, minute) ||
            (civil.weekday == 0 && !settings->voice_sunday) ||
            within(settings->voice_night_from, settings->voice_night_to, minute))
            sound.chime = false;
    }
    if (sound.volume == 0)
        sound.chime = false;
    sound.voice = sound.voice && sound.chime;
    return sound;
}
