/* One program at a time talks to a printer: a USB printer has one opener, and many network printers
 * take one connection.
 *
 * Two locks of a device make printing go first: who prints takes its turn, then the device; who
 * only watches takes the device without a turn and gives way as soon as somebody has taken one. The
 * kernel drops both when a process ends, however it ends.
 *
 * The files lie in /run/lock (or /tmp, where that is not for everybody), named by a hash of the
 * address, because the backend and the watcher run as different users. Who lets go removes them.
 */
#ifndef MACHIAI_CUPS_ESCPOS_LOCK_H
#define MACHIAI_CUPS_ESCPOS_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "escpos_device.h"

/* Stable name of a device for files, 16 hexadecimal digits. */
enum { ESCPOS_LOCK_KEY_SIZE = 17 };
void escpos_lock_key(const struct escpos_address *address, char ret[static ESCPOS_LOCK_KEY_SIZE]);

struct escpos_lock {
    char key[ESCPOS_LOCK_KEY_SIZE];
    int turn, device; /* file descriptors; -1 = not held */
};

/* To print: waits for others who print, and for a watcher to give way. -ETIMEDOUT. */
int escpos_lock_print(const struct escpos_address *address, int64_t deadline_ms,
                      struct escpos_lock *ret) __attribute__((warn_unused_result));
/* To watch: -EBUSY at once when the device is in use. */
int escpos_lock_watch(const struct escpos_address *address, struct escpos_lock *ret)
    __attribute__((warn_unused_result));
/* Somebody wants to print: the watcher has to let go. */
bool escpos_lock_wanted(const struct escpos_address *address);
void escpos_lock_release(struct escpos_lock *lock);

#endif
