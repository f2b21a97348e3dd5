/* Whoever a kiosk has served while the log judged otherwise: told to staff, so that nobody waits
 * for a turn that does not come.
 *
 * A kiosk that was cut off gives a slip, takes a booking in, calls, holds, takes back: the patient
 * was there and expects something. When the event is superseded or refused, and the line has
 * nobody of that number (cancelled meanwhile, absent, held, its number another's), the notice
 * left_out names the number and where the ticket stands. Staff decide; the notice goes by itself
 * when the ticket is taken up again.
 */
#ifndef MACHIAI_CLOUD_LEFT_OUT_H
#define MACHIAI_CLOUD_LEFT_OUT_H

#include "cloud.h"

/* Inside the transaction that logged the event, once for each event. */
int left_out_logged(struct cloud *cloud, struct site *site, const struct event *event,
                    const struct site_put *put) __attribute__((warn_unused_result));

#endif
