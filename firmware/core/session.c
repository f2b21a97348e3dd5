#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MS_A_MINUTE = 60 * 1000, MINUTES_A_DAY = 24 * 60 };

/* Days since 1970-01-01 of a proleptic Gregorian date. Counting years from March puts the leap day
 * at the end of the year, and 400 years are always 146097 days. */
static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, struct civil *ret)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    ret->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    ret->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    ret->year = (int)(yoe + era * 400 + (ret->month <= 2 ? 1 : 0));
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

void civil_from_ms(int64_t ms, int utc_offset_min, struct civil *ret)
{
    int64_t seconds = floor_div(ms, 1000) + (int64_t)utc_offset_min * 60;
    int64_t days = floor_div(seconds, 86400);
    int rest = (int)(seconds - days * 86400);
    civil_from_days(days, ret);
    ret->hour = rest / 3600;
    ret->minute = rest / 60 % 60;
    ret->second = rest % 60;
    ret->minute_of_day = rest / 60;
    ret->weekday = (int)(((days + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

static int digits(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

int civil_date_to_ms(const char *date, int utc_offset_min, int64_t *ret)
{
    if (strlen(date) != DATE_SIZE - 1 || date[4] != '-' || date[7] != '-')
        return -EINVAL;
    int year = digits(date, 4), month = digits(date + 5, 2), day = digits(date + 8, 2);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
        return -EINVAL;
    int64_t days = days_from_civil(year, month, day);
    struct civil back;
    civil_from_days(days, &back);
    if (back.month != month || back.day != day)
        return -EINVAL;
    *ret = (days * MINUTES_A_DAY - utc_offset_min) * MS_A_MINUTE;
    return 0;
}

void civil_format_date(const struct civil *civil, char date[static DATE_SIZE])
{
    (void)snprintf(date, DATE_SIZE, "%04u-%02u-%02u", (unsigned)civil->year % 10000u,
                   (unsigned)civil->month % 100u, (unsigned)civil->day % 100u);
}

static const char *const kind_names[] = {
#define X(name, text) text,
    SESSION_KINDS(X)
#undef X
};

const char *session_kind_name(enum session_kind kind)
{
    return kind_names[kind];
}

int session_kind_parse(const char *name, enum session_kind *ret)
{
    for (int i = 0; i < SESSION_KIND_COUNT; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *ret = (enum session_kind)i;
            return 0;
        }
    }
    return -EINVAL;
}

bool session_valid(const struct session *session)
{
    int64_t ms;
    return civil_date_to_ms(session->date, 0, &ms) == 0;
}

bool session_equal(const struct session *a, const struct session *b)
{
    return a->kind == b->kind && strcmp(a->date, b->date) == 0;
}

bool session_after(const struct session *a, const struct session *b)
{
    int order = strcmp(a->date, b->date);
    return order > 0 || (order == 0 && a->kind > b->kind);
}
