/* Days and sessions (午前, 午後, 夜間) of a site.
 *
 * A session is identified by (site, date, kind). Times are milliseconds since 1970 UTC; a site's
 * wall clock is that plus its fixed offset (Japan has no summer time).
 */
#ifndef MACHIAI_CORE_SESSION_H
#define MACHIAI_CORE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

enum { DATE_SIZE = 11 }; /* "2026-11-24" */

#define SESSION_KINDS(X) X(AM, "am") X(PM, "pm") X(EVENING, "evening")

enum session_kind {
#define X(name, text) SESSION_##name,
    SESSION_KINDS(X)
#undef X
        SESSION_KIND_COUNT
};

struct session {
    char date[DATE_SIZE]; /* "" = none */
    enum session_kind kind;
};

/* Wall-clock fields of a moment at a site. weekday: 0 = Sunday. minute: of the day. */
struct civil {
    int year, month, day, hour, minute, second;
    int weekday;
    int minute_of_day;
};

void civil_from_ms(int64_t ms, int utc_offset_min, struct civil *ret);
/* Start of the civil date "YYYY-MM-DD" at the site, or -EINVAL for a date that does not exist. */
int civil_date_to_ms(const char *date, int utc_offset_min, int64_t *ret)
    __attribute__((warn_unused_result));
void civil_format_date(const struct civil *civil, char date[static DATE_SIZE]);

const char *session_kind_name(enum session_kind kind);
int session_kind_parse(const char *name, enum session_kind *ret)
    __attribute__((warn_unused_result));
bool session_valid(const struct session *session);
/* a is of a later date, or later on the same. */
bool session_after(const struct session *a, const struct session *b);
bool session_equal(const struct session *a, const struct session *b);

#endif
