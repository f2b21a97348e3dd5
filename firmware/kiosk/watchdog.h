/* The main loop is watched: a turn that does not end (a page flip that never comes back, a driver
 * that hangs) ends the process, so that whoever starts the kiosk starts it again. What was given
 * out is in the journal by then. Speaks systemd's protocol where there is a NOTIFY_SOCKET, and
 * watches by itself as well, since the service manager may be another one.
 */
#ifndef MACHIAI_KIOSK_WATCHDOG_H
#define MACHIAI_KIOSK_WATCHDOG_H

#include <stdint.h>

enum {
    WATCHDOG_DEFAULT_MS = 15 * 1000, /* without WATCHDOG_USEC */
    WATCHDOG_LEAST_MS = 500,
    WATCHDOG_LOOK_MS = 250
};

struct watchdog_options {
    int timeout_ms; /* 0 = WATCHDOG_USEC, or the default */
    /* Called on the watchdog's thread when the time is over; NULL = abort(). */
    void (*expire)(void *context);
    void *context;
};

struct watchdog;

/* -ENOMEM, -EAGAIN. Watches from the first watchdog_turn() on. */
int watchdog_create(const struct watchdog_options *options, struct watchdog **ret)
    __attribute__((warn_unused_result));
void watchdog_destroy(struct watchdog *watchdog);
/* A turn has ended; the first one also tells the service manager that the kiosk is ready. Cheap
 * enough for every turn. */
void watchdog_turn(struct watchdog *watchdog);
/* A part of a turn has ended: a slow machine's first pictures may take long together, none of them
 * alone. Nothing before the first watchdog_turn(). */
void watchdog_part(struct watchdog *watchdog);

#endif
