/* How much one asker may ask before the others feel it (terms 37): a stranger's address, a kiosk,
 * and all people of one contractor's clinics together each have a rate, and a reserve for bursts.
 * Nothing is stored.
 */
#ifndef MACHIAI_CLOUD_LIMITS_H
#define MACHIAI_CLOUD_LIMITS_H

#include <stdint.h>

enum {
    LIMITS_RATE = 50,          /* requests a second, unless the operator says otherwise */
    LIMITS_BURST_SECONDS = 20, /* unused seconds that are kept: a waiting room behind one address */
    LIMITS_MISSES = 120,       /* answers 401 to one address at once, then one a second */
    LIMITS_MISS_MS = 1000,
    LIMITS_ASKERS = 16384 /* remembered at once; the one that asked least lately gives way */
};

struct limits;

int limits_create(int rate, struct limits **ret) __attribute__((warn_unused_result));
/* A slower one: one every so many ms, and so many at once after a long pause. */
int limits_create_paced(int64_t step_ms, int burst, struct limits **ret)
    __attribute__((warn_unused_result));
void limits_destroy(struct limits *limits);

/* One request of an asker, e.g. "address 192.0.2.7". now_ms: monotonic. 0: go on; else the seconds
 * after which it may ask again, and the request does not count. Any thread. */
int limits_take(struct limits *limits, const char *asker, int64_t now_ms);
/* The same for `count` at once: all or none. */
int limits_take_many(struct limits *limits, const char *asker, int count, int64_t now_ms);
/* What was taken did not count after all. */
void limits_give_back(struct limits *limits, const char *asker, int count);

#endif
