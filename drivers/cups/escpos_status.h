/* What an ESC/POS printer says of itself, decoded, and in IPP's words.
 */
#ifndef MACHIAI_CUPS_ESCPOS_STATUS_H
#define MACHIAI_CUPS_ESCPOS_STATUS_H

#include <stdbool.h>
#include <stdint.h>

enum { ESCPOS_REASONS_SIZE = 128 };

/* All reasons that this backend owns, as CUPS takes them. */
#define ESCPOS_REASONS_OWNED                                                                       \
    "media-empty-error,media-low-warning,cover-open-error,other-error,offline-report"

struct escpos_status {
    bool reachable; /* the device could be opened */
    bool answers;   /* it answered a question */
    bool offline, cover_open, paper_out, paper_low, error;
};

/* n of DLE EOT n: 1 printer, 2 offline cause, 3 error cause, 4 paper sensors. */
enum { ESCPOS_EOT_PRINTER = 1, ESCPOS_EOT_OFFLINE, ESCPOS_EOT_ERROR, ESCPOS_EOT_PAPER };

/* Adds the answer to DLE EOT n; bits that the answer speaks of are replaced, paper_out is only
 * ever set by n = 2. */
void escpos_status_add_eot(struct escpos_status *status, int n, uint8_t answer);
/* Replaces everything by an automatic status back (4 bytes). */
void escpos_status_set_asb(struct escpos_status *status, const uint8_t asb[static 4]);
/* Adds the answer to GS r 1. */
void escpos_status_add_paper(struct escpos_status *status, uint8_t answer);

/* The printer says that it can print now. */
bool escpos_status_ready(const struct escpos_status *status);

/* "media-empty-error,cover-open-error", or "none". */
void escpos_status_reasons(const struct escpos_status *status,
                           char ret[static ESCPOS_REASONS_SIZE]);

#endif
