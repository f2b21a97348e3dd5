/* Why a child ended: of itself, so that what it played is to blame, or by a hand from outside.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_END_H
#define MACHIAI_DRIVERS_VIDEO_END_H

#include <stdbool.h>
#include <stddef.h>

/* How many processes the kernel has ended for want of memory; -1: it does not tell. */
long long video_end_starved(void);

/* For the log, from a status of waitpid(). */
void video_end_describe(int status, char *ret_text, size_t size);
/* Somebody ended or stopped it: a signal that no fault of its own raises. `starved` tells that the
 * kernel ran out of memory while it lived, which is how SIGKILL comes by a film. A child taken over
 * by a film can feign this with a signal to itself, and is then started again like any other. */
bool video_end_from_outside(int status, bool starved);

#endif
