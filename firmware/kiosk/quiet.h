/* When a kiosk makes no sound: "21:00-07:00, sunday". Calls stay on the glass.
 */
#ifndef MACHIAI_KIOSK_QUIET_H
#define MACHIAI_KIOSK_QUIET_H

#include <stdbool.h>

enum { QUIET_SPANS_MAX = 4 };

struct quiet {
    bool days[7]; /* whole days; 0 = Sunday */
    struct {
        int from, to; /* minutes of the day; from > to goes over midnight */
    } spans[QUIET_SPANS_MAX];
    int span_count;
};

/* Days and spans, parted by commas; "" = never quiet. NULL, or what is wrong and what to do (a
 * constant sentence); then ret is untouched. */
const char *quiet_parse(const char *text, struct quiet *ret);

bool quiet_at(const struct quiet *quiet, int weekday, int minute_of_day);

#endif
