/* The keeper: one thread that pushes what was committed to all streams, takes in what other
 * processes commit (PRAGMA data_version, every 200 ms), abandons offers that nobody took, and
 * renews views that change with time alone.
 */
#ifndef MACHIAI_CLOUD_KEEPER_H
#define MACHIAI_CLOUD_KEEPER_H

#include "cloud.h"

enum {
    KEEPER_POLL_MS = 200,
    KEEPER_OFFERS_MS = 1000,
    KEEPER_REFRESH_MS = 5000,
    KEEPER_FORGET_MS = 60 * 1000,
    KEEPER_OFFER_MAX_MS = 2 * 60 * 1000, /* an offer not taken by then is void */
    KEEPER_ENTRIES_MAX = 200             /* entries pushed in one go */
};

struct keeper;

/* The cloud's doors must be open. */
int keeper_create(struct cloud *cloud, struct keeper **ret) __attribute__((warn_unused_result));
/* Ends the thread; keeper_wake() stays allowed. Before the doors close, since it uses their
 * channels. */
void keeper_stop(struct keeper *keeper);
/* Stops it when that was not done. Accepts NULL. */
void keeper_destroy(struct keeper *keeper);
/* Something has changed: push soon. Any thread. Accepts NULL. */
void keeper_wake(struct keeper *keeper);
/* Abandons the site's offers that are older than KEEPER_OFFER_MAX_MS; the thread does so by itself.
 * Number of offers, or an error. */
int keeper_abandon_offers(struct site *site) __attribute__((warn_unused_result));

#endif
