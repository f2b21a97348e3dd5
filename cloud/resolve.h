/* What a kiosk logged without seeing everything, and what waits for a kiosk's answer.
 *
 * called_number and claimed are resolved here where the cloud knows more; the rest is told to staff
 * as a notice. A further slip that was asked for and that no kiosk answers is told too: the kiosk
 * is off or cut off, and somebody stands at the counter.
 */
#ifndef MACHIAI_CLOUD_RESOLVE_H
#define MACHIAI_CLOUD_RESOLVE_H

#include "cloud.h"

enum { RESOLVE_REISSUE_MS = 60 * 1000 /* a kiosk in order answers a reissue within this */ };

int resolve_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* Inside the transaction that logged the event, once for each event. */
int resolve_logged(struct cloud *cloud, struct site *site, const struct event *event,
                   const struct site_put *put) __attribute__((warn_unused_result));
/* Tells of reissues that are overdue; the keeper calls it. */
void resolve_tick(struct cloud *cloud);

#endif
