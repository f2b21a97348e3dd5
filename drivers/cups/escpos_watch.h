/* Asking a printer how it is: before a job, and now and then while it is idle (CUPS runs a backend
 * only during a job).
 */
#ifndef MACHIAI_CUPS_ESCPOS_WATCH_H
#define MACHIAI_CUPS_ESCPOS_WATCH_H

#include <stdint.h>

#include "escpos_device.h"
#include "escpos_status.h"

enum {
    /* A printer that a dead program left inside a picture takes questions for dots: this many zero
     * bytes fill the largest strip, and are ignored by a printer that expects a command. */
    ESCPOS_REST_OF_PICTURE = 128 * 72 + 16
};

/* How much patience a silent printer gets. */
enum escpos_patience {
    ESCPOS_ASK_BRIEFLY, /* it is known never to answer: one question, a short wait */
    ESCPOS_ASK_ONCE,    /* one question, the usual wait */
    ESCPOS_ASK_WELL     /* a second question after leaving a picture it may still be in */
};

/* Asks DLE EOT 1 to 4. Only for a line on which no command is unfinished. A printer that stays
 * silent is no error: ret->answers is false. Negative: the printer is gone, or (for a watcher, see
 * below) -EBUSY. */
int escpos_ask(struct escpos_device *device, enum escpos_patience patience, int64_t deadline_ms,
               struct escpos_status *ret) __attribute__((warn_unused_result));

/* Opens, asks, closes, within timeout_ms. An unreachable printer is an answer, too. -EBUSY:
 * somebody prints or wants to; -EINVAL: not our kind of address; others: no lock. */
int escpos_watch(const char *uri, int timeout_ms, struct escpos_status *ret)
    __attribute__((warn_unused_result));

#endif
