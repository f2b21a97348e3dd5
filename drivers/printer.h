/* Receipt printing through CUPS (libcups): a queue, a job, its fate.
 *
 * Every call may block and has a time limit; it belongs on the printing thread. Nothing here is
 * ever resubmitted: that is the print ledger's decision.
 */
#ifndef MACHIAI_DRIVERS_PRINTER_H
#define MACHIAI_DRIVERS_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PRINTER_NAME_SIZE = 64, PRINTER_URI_SIZE = 256, PRINTER_UUID_SIZE = 64, PRINTER_REASONS = 256 };

struct printer_options {
    const char *server;     /* cups socket or host[:port]; NULL = libcups' default */
    const char *queue;      /* queue name, made when absent */
    const char *device_uri; /* escpos://host:9100, escpos:/dev/usb/lp0, ipp://... */
    int timeout_ms;         /* of each exchange with cupsd */
};

enum printer_outcome { PRINTER_PENDING, PRINTER_PRINTED, PRINTER_FAILED, PRINTER_UNKNOWN };

struct printer_job {
    int id; /* cupsd's job id; 0 = none */
    char uuid[PRINTER_UUID_SIZE];
};

/* State of the printer in IPP words: "media-empty-error,cover-open-error", "none", or "" when
 * cupsd cannot be asked. */
struct printer_state {
    bool reachable;          /* cupsd answered */
    bool accepting, stopped; /* of the queue */
    char reasons[PRINTER_REASONS];
};

struct printer;

int printer_create(const struct printer_options *options, struct printer **ret)
    __attribute__((warn_unused_result));
void printer_destroy(struct printer *printer);

/* Makes or mends the queue: abort-job policy, enabled, accepting. Needs no files but cupsd's.
 * -EHOSTUNREACH when cupsd does not answer, -EPROTO with a log line for any other refusal. */
int printer_setup(struct printer *printer) __attribute__((warn_unused_result));

/* Submits bytes as one job named `title` (a ticket's UUID, so that printer_find can ask later). */
int printer_submit(struct printer *printer, const char *title, const void *bytes, size_t size,
                   struct printer_job *ret) __attribute__((warn_unused_result));

/* The newest job of that title in cupsd's memory: 1 found, 0 none, negative: cannot be asked. */
int printer_find(struct printer *printer, const char *title, struct printer_job *ret)
    __attribute__((warn_unused_result));

/* The job's fate now. UNKNOWN: cupsd has no memory of it. reasons as in printer_state. */
int printer_outcome(struct printer *printer, const struct printer_job *job,
                    enum printer_outcome *ret, char reasons[static PRINTER_REASONS])
    __attribute__((warn_unused_result));

int printer_state(struct printer *printer, struct printer_state *ret)
    __attribute__((warn_unused_result));

#endif
