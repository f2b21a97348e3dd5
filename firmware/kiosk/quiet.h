/* When a kiosk makes no sound: by its own kiosk.conf ("21:00-07:00, sunday"), and by what the
 * clinic has set. Calls stay on the glass.
 */
#ifndef MACHIAI_KIOSK_QUIET_H
#define MACHIAI_KIOSK_QUIET_H

#include <stdbool.h>
#include <stdint.h>

struct settings; /* settings.h */

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

/* What may be heard of a call. */
struct quiet_sound {
    bool chime, voice;
    int volume; /* 0..100, of the present part of the day */
};

/* At night, on a silent Sunday, in the kiosk's own quiet times and at volume 0: nothing. voice_off:
 * the chime alone. site_ms NULL = the time of day is not known: a call is rather heard at night
 * than missed by day, as loud as in the morning. */
struct quiet_sound quiet_sound(const struct quiet *quiet, const struct settings *settings,
                               const int64_t *site_ms);

#endif
