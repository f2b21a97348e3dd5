#include "template_date.h"

#include "catalogue.h"
#include "utf8.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { YEAR_LEAST = 2000, YEAR_MOST = 2199, WORDS_SIZE = 64, DATE_LENGTH = 10 };

static const char date_form[] = "0000-00-00";

/* Days of the civil calendar; after Howard Hinnant's algorithm. */
static long days_from(int year, int month, int day)
{
    int y = year - (month <= 2), era = y / 400, of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097L + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct template_day template_day_of(long days)
{
    long at = days + 719468, era = at / 146097, of_era = at - era * 146097;
    long year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * year + year / 4 - year / 100);
    long month = (5 * of_year + 2) / 153;
    struct template_day day = {
        .day = (int)(of_year - (153 * month + 2) / 5 + 1),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .weekday = (int)((days + 4) % 7),
    };

    day.year = (int)(year + era * 400 + (day.month <= 2));
    return day;
}

static bool looks_like_date(const char *text)
{
    for (int i = 0; i < DATE_LENGTH; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';

        if (date_form[i] == '0' ? !digit : text[i] != date_form[i])
            return false; /* also at the text's end */
    }
    return true;
}

static int number(const char *digits, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++)
        value = value * 10 + digits[i] - '0';
    return value;
}

static int read_date(const char *text, long *ret)
{
    struct template_day back;
    int year = number(text, 4), month = number(text + 5, 2), day = number(text + 8, 2);
    long days;

    if (year < YEAR_LEAST || year > YEAR_MOST || month < 1 || month > 12 || day < 1 || day > 31)
        return -EINVAL;
    days = days_from(year, month, day);
    back = template_day_of(days);
    if (back.month != month)
        return -EINVAL; /* the thirtieth of February */
    *ret = days;
    return 0;
}

int template_days_of(const char *value, struct template_days *ret)
{
    struct template_days days;

    if (!looks_like_date(value) || (value[DATE_LENGTH] && value[DATE_LENGTH] != '/'))
        return -ENOENT;
    if (read_date(value, &days.first) < 0)
        return -EINVAL;
    days.last = days.first;
    if (value[DATE_LENGTH] == '/') {
        const char *end = value + DATE_LENGTH + 1;

        if (!looks_like_date(end) || end[DATE_LENGTH] || read_date(end, &days.last) < 0 ||
            days.last < days.first)
            return -EINVAL;
    }
    *ret = days;
    return 0;
}

static void write_day(const struct catalogue *words, long days, char *ret, size_t size)
{
    struct template_day day = template_day_of(days);
    char month_text[16], day_text[16], key[32];

    snprintf(month_text, sizeof month_text, "%d", day.month);
    snprintf(day_text, sizeof day_text, "%d", day.day);
    snprintf(key, sizeof key, "date.weekday.%d", day.weekday);
    catalogue_fill(ret, size, catalogue_get(words, "template.date"), "month", month_text, "day",
                   day_text, "weekday", catalogue_get(words, key), NULL);
}

void template_date_write(const struct catalogue *words, const char *value, char *ret, size_t size)
{
    struct template_days days;
    char first[WORDS_SIZE], last[WORDS_SIZE];

    if (template_days_of(value, &days) < 0) {
        snprintf(ret, size, "%s", value);
        return;
    }
    write_day(words, days.first, first, sizeof first);
    write_day(words, days.last, last, sizeof last);
    if (days.first == days.last)
        snprintf(ret, size, "%s", first);
    else
        catalogue_fill(ret, size, catalogue_get(words, "template.dates"), "from", first, "to", last,
                       NULL);
}

int template_week_of(const char *letters, unsigned *ret)
{
    static const char days[] = "日月火水木金土祝"; /* the value's form, three bytes each */
    const char *end = letters + strlen(letters);
    unsigned bits = 0;

    while (letters < end) {
        const char *letter = letters;
        const char *found;

        (void)utf8_next(&letters, end);
        if (*letter == ' ')
            continue;
        found = letters - letter == 3 ? strstr(days, (char[]){letter[0], letter[1], letter[2], 0})
                                      : NULL;
        if (!found)
            return -EINVAL;
        bits |= 1u << ((found - days) / 3);
    }
    *ret = bits;
    return 0;
}
