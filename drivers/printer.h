/* Receipt printing through CUPS (libcups): a queue, a job, its fate.
 *
 * A printer that needs no driver (ipp://host/ipp/print) is spoken to without cupsd, by the same
 * calls: it is server and queue itself, and only the bytes differ (printer_encode).
 *
 * Every call may block and has a time limit (a small multiple of timeout_ms); it belongs on the
 * printing thread, and one printer on one thread. Nothing here is ever resubmitted: that is the
 * print ledger's decision. The connection to cupsd is kept, and made anew when it is lost.
 */
#ifndef MACHIAI_DRIVERS_PRINTER_H
#define MACHIAI_DRIVERS_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PRINTER_NAME_SIZE = 64,
    PRINTER_URI_SIZE = 256,
    PRINTER_UUID_SIZE = 64,
    PRINTER_REASONS = 256
};

struct printer_options {
    /* Of no concern for ipp: URIs. */
    const char *server; /* cups socket or host[:port]; NULL or "" = libcups' default */
    const char *queue;  /* queue name (letters, digits, - and _), made when absent */

    const char *device_uri; /* escpos://host:9100, escpos:/dev/usb/lp0, ipp://host/ipp/print */
    int timeout_ms;         /* of each wait for cupsd; 0 = 2000 */
};

enum printer_outcome {
    PRINTER_PENDING, /* waiting or being printed */
    PRINTER_PRINTED, /* the printer has confirmed it (a mute printer: has taken every byte) */
    PRINTER_FAILED,  /* no slip came out */
    PRINTER_UNKNOWN  /* no memory of it, or begun and not confirmed: a slip may have come out */
};

struct printer_job {
    int id; /* cupsd's job id; 0 = none */
    char uuid[PRINTER_UUID_SIZE];
};

/* State of the printer in IPP words, separated by commas: media-empty-error, media-low-warning,
 * cover-open-error, other-error, offline-report (switched off, unplugged, or silent), or what else
 * cupsd says; "none"; "" when cupsd cannot be asked. */
struct printer_state {
    /* cupsd answered; all else is false and "" when it did not. Always true without cupsd: a
     * driverless printer that does not answer has an offline-report. */
    bool reachable;
    bool accepting, stopped; /* of the queue */
    char reasons[PRINTER_REASONS];
};

struct printer;

/* Copies the options; does not connect. -EINVAL: a name or URI that no queue can have. */
int printer_create(const struct printer_options *options, struct printer **ret)
    __attribute__((warn_unused_result));
void printer_destroy(struct printer *printer);

/* Errors of all calls below: -EHOSTUNREACH cupsd is not there, -ETIMEDOUT it does not answer,
 * -ENOENT there is no such queue, -EPROTO it refuses (with a line on standard error). */

/* Makes or mends the queue: raw, abort-job policy, enabled, accepting. Needs no files but cupsd's,
 * and changes nothing when all is well. A driverless printer is asked what it takes; -EPROTO when
 * it is not PWG raster. */
int printer_setup(struct printer *printer) __attribute__((warn_unused_result));

/* A 1-bit picture as this printer takes it: ESC/POS or PWG raster. bits: 1 = black, most
 * significant bit leftmost, rows of stride bytes. Caller frees *ret_bytes. -EINVAL for a picture
 * outside the limits of escpos.h. A driverless printer has to be asked first, so this may fail as
 * printer_setup does. */
int printer_encode(struct printer *printer, const uint8_t *bits, int width, int height, int stride,
                   uint8_t **ret_bytes, size_t *ret_size) __attribute__((warn_unused_result));

/* Submits bytes as one job named `title` (a ticket's UUID, so that printer_find can ask later). A
 * queue that was deleted, or told to reject jobs, is mended first. After -ETIMEDOUT or
 * -EHOSTUNREACH the job may have been taken all the same: printer_find tells. */
int printer_submit(struct printer *printer, const char *title, const void *bytes, size_t size,
                   struct printer_job *ret) __attribute__((warn_unused_result));

/* The newest job of that title in cupsd's memory: 1 found, 0 none, negative: cannot be asked. */
int printer_find(struct printer *printer, const char *title, struct printer_job *ret)
    __attribute__((warn_unused_result));

/* The job's fate now. reasons as in printer_state, as they stood at the job's end. A queue that was
 * stopped under a waiting job is mended on the way. */
int printer_outcome(struct printer *printer, const struct printer_job *job,
                    enum printer_outcome *ret, char reasons[static PRINTER_REASONS])
    __attribute__((warn_unused_result));

/* The state now. CUPS looks at a printer during jobs only; so an idle printer of our own kind
 * (escpos:) is asked by this call itself, as `escpos --status` does it, within a second and never
 * while anybody prints. Meant to be called every few seconds. A queue that was deleted, stopped, or
 * told to reject jobs is mended on the way. */
int printer_state(struct printer *printer, struct printer_state *ret)
    __attribute__((warn_unused_result));

#endif
