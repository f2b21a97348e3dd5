/* What people did with the queue today, for the staff's record of acts: who, when, where, and which
 * of it was done at a kiosk while its line was down. Read from the log; nothing of it is kept
 * twice.
 */
#ifndef MACHIAI_CLOUD_ACTS_H
#define MACHIAI_CLOUD_ACTS_H

#include "cloud.h"

enum {
    ACTS_MAX = 300,          /* the latest of the day */
    ACTS_LATE_MS = 10 * 1000 /* a device with a line hands an act over sooner */
};

/* An act of people, done at a device whose line was down: it came late. Inside the transaction that
 * logged it: staff are told (notice offline_acts), counted. */
int acts_logged(struct cloud *cloud, struct site *site, const struct event *event,
                const struct site_put *put) __attribute__((warn_unused_result));
/* {"acts":[{"seq","at","received","kind","ticket","number","desk_no","room","places","user","device",
 * "late","verdict","reason"}]}, latest first; number "" where no ticket of the day has it. NULL
 * when it could not be read. */
cJSON *acts_json(struct cloud *cloud, struct site *site);

#endif
