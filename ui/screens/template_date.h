/* Dates of pages: "2026-11-27" and "2026-12-29/2027-01-04" as people write them, and the days of
 * opening hours.
 */
#ifndef MACHIAI_SCREENS_TEMPLATE_DATE_H
#define MACHIAI_SCREENS_TEMPLATE_DATE_H

#include <stdbool.h>
#include <stddef.h>

struct catalogue; /* catalogue.h */

/* Days since 1970-01-01, the last one included. */
struct template_days {
    long first, last;
};

/* 0, or -EINVAL when the value looks like a date and is none (2026-02-30, an end before its
 * beginning), or -ENOENT when it is words. */
int template_days_of(const char *value, struct template_days *ret)
    __attribute__((warn_unused_result));

struct template_day {
    int year, month, day, weekday; /* 0 = Sunday */
};

struct template_day template_day_of(long days);

/* A date field as it is drawn: 11月27日(金), or the words themselves. */
void template_date_write(const struct catalogue *words, const char *value, char *ret, size_t size);

enum { TEMPLATE_WEEK_DAYS = 8, TEMPLATE_HOLIDAY = 7 }; /* Sunday to Saturday, and holidays */

/* Days written in one letter each, 日月火水木金土祝: bit 0 = Sunday. -EINVAL: another letter. */
int template_week_of(const char *letters, unsigned *ret) __attribute__((warn_unused_result));

#endif
