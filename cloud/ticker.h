/* A thread that does one thing again and again, and ends at once when it is told to. */
#ifndef MACHIAI_CLOUD_TICKER_H
#define MACHIAI_CLOUD_TICKER_H

#include <stdint.h>

struct ticker;

/* Calls work(context) after first_ms and then every every_ms (after the end of the call before). */
int ticker_create(void (*work)(void *context), void *context, int64_t first_ms, int64_t every_ms,
                  struct ticker **ret) __attribute__((warn_unused_result));
/* Waits for a call under way. Accepts NULL. */
void ticker_destroy(struct ticker *ticker);

#endif
