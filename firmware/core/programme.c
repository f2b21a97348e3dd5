#include "programme.h"

#include <errno.h>
#include <string.h>

enum { MINUTE_MS = 60 * 1000, EVERY_WEEKDAY = 0x7f };

static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;

static const char *const kind_names[] = {
#define X(name, text) text,
    CONTENT_KINDS(X)
#undef X
};

static const char *const reason_names[] = {
#define X(name, text) text,
    PLAY_REASONS(X)
#undef X
};

static int find_name(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -EINVAL;
}

bool content_provided(enum content_kind kind)
{
    return kind == CONTENT_HEALTH || kind == CONTENT_ADVERTISEMENT;
}

const char *content_kind_name(enum content_kind kind)
{
    return kind_names[kind];
}

const char *play_reason_name(enum play_reason reason)
{
    return reason_names[reason];
}

int content_kind_from_name(const char *name, enum content_kind *ret)
{
    int index = find_name(kind_names, CONTENT_KIND_COUNT, name);
    if (index < 0)
        return index;
    *ret = (enum content_kind)index;
    return 0;
}

int play_reason_from_name(const char *name, enum play_reason *ret)
{
    int index = find_name(reason_names, PLAY_REASON_COUNT, name);
    if (index < 0)
        return index;
    *ret = (enum play_reason)index;
    return 0;
}

bool programme_approved(const struct programme *p)
{
    return p->distributed > 0 && p->approved >= p->distributed && p->approved < p->deadline;
}

void programme_set_init(struct programme_set *set)
{
    memset(set, 0, sizeof *set);
    set->video_service = true;
}

/* -- when ----------------------------------------------------------------------------------------
 */

static bool all_day(const struct content *content)
{
    return content->daypart_from == content->daypart_to;
}

/* Weekdays and daypart at one moment. */
static bool on_air_at(const struct content *content, int utc_offset_min, int64_t now)
{
    int64_t local = now + (int64_t)utc_offset_min * MINUTE_MS;
    int64_t day = local / day_ms - (local % day_ms < 0);
    int minute = (int)((local - day * day_ms) / MINUTE_MS);
    int from = content->daypart_from, to = content->daypart_to;
    if (!all_day(content)) {
        if (from < to ? minute < from || minute >= to : minute < from && minute >= to)
            return false;
        if (from > to && minute < to)
            day--; /* it began yesterday */
    }
    int weekday = (int)(((day + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    return content->weekdays == 0 || (content->weekdays >> weekday & 1) != 0;
}

bool content_on_air(const struct content *content, int utc_offset_min, int64_t earliest,
                    int64_t latest)
{
    int64_t offset = (int64_t)utc_offset_min * MINUTE_MS;
    if ((content->show_from != 0 && earliest < content->show_from) ||
        (content->show_to != 0 && latest >= content->show_to))
        return false;
    if (all_day(content) && (content->weekdays == 0 || content->weekdays == EVERY_WEEKDAY))
        return true;
    if (!on_air_at(content, utc_offset_min, earliest))
        return false;
    if (earliest == latest)
        return true;
    if (latest - earliest > 8 * day_ms) /* some hour of any week is not on air */
        return false;
    /* It changes at midnight and at the daypart's ends, nowhere else. */
    const int64_t ends[] = {0, content->daypart_from, content->daypart_to};
    int64_t midnight = (earliest + offset) / day_ms * day_ms - day_ms - offset;
    for (; midnight <= latest; midnight += day_ms)
        for (int i = 0; i < 3; i++) {
            int64_t moment = midnight + ends[i] * MINUTE_MS;
            if (moment > earliest && moment <= latest &&
                !on_air_at(content, utc_offset_min, moment))
                return false;
        }
    return true;
}

const struct programme *programme_in_force(const struct programme_set *set, int64_t earliest,
                                           int64_t latest)
{
    for (int i = 0; i < set->programme_count; i++)
        if (earliest >= set->programmes[i].from && latest < set->programmes[i].to)
            return &set->programmes[i];
    return NULL;
}
