/* What stands on a slip: a ticket, the clinic's settings and the chosen language as a slip_view. */
#ifndef MACHIAI_KIOSK_SLIP_CONTENT_H
#define MACHIAI_KIOSK_SLIP_CONTENT_H

#include "slip.h"
#include "station.h"

struct words;

/* paper_mm: 80 or 58. Fills all of ret. */
void slip_content_fill(const struct station_ticket *ticket, const struct settings *settings,
                       const struct words *words, int paper_mm, struct slip_view *ret);

struct slip_test {
    int paper_mm;
    int64_t now_ms;      /* site time, 0 = not known */
    const char *address; /* behind the QR */
    const char *device;  /* the printer's */
};

/* 試し印刷. settings may be NULL: a kiosk that knows nothing of its clinic yet. Fills all of ret.
 */
void slip_content_test(const struct settings *settings, const struct words *words,
                       const struct slip_test *test, struct slip_view *ret);

#endif
