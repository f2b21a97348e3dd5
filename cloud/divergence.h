/* Two histories of one device: its card was restored from an image, or copied.
 *
 * A device counts its events. An upload whose counter the log has under another id comes from a
 * second branch; a device that finds own events in the log that its records lack says so itself
 * (status, "records": "older"). Both branches' events get their verdicts. But slips of the lost
 * branch may be out that nobody can know of, so the device's series is at an end: it gets another
 * letter, and staff are told.
 */
#ifndef MACHIAI_CLOUD_DIVERGENCE_H
#define MACHIAI_CLOUD_DIVERGENCE_H

#include "cloud.h"

enum {
    /* Letters that one device may use up; then its card is copied rather than restored, and people
     * must act: it gets no more. */
    DIVERGENCE_LETTERS_MAX = 3
};

/* 1: the log has another event of this device under this counter; 0: it has not. */
int divergence_found(struct cloud *cloud, const struct site *site, const struct event *event)
    __attribute__((warn_unused_result));
/* Inside a transaction of the site: a new letter, once for each of the device's letters, and the
 * notice. why: "forked", "older". */
int divergence_put(struct cloud *cloud, struct site *site, const char *device, const char *why)
    __attribute__((warn_unused_result));
/* The same as a transaction of its own. */
int divergence_note(struct cloud *cloud, struct site *site, const char *device, const char *why)
    __attribute__((warn_unused_result));

#endif
