/* What the backend tells CUPS, on standard error: the printer's state, and messages.
 */
#ifndef MACHIAI_CUPS_ESCPOS_REPORT_H
#define MACHIAI_CUPS_ESCPOS_REPORT_H

#include <stdbool.h>

#include "escpos_status.h"

/* Reason that stands while bytes of a job have gone out and nothing has confirmed them; CUPS keeps
 * it with the job (job-printer-state-reasons), also when the backend is killed. */
#define ESCPOS_REASON_UNCONFIRMED "machiai-unconfirmed-report"

/* Stands beside "offline-report", for the same reason. */
#define ESCPOS_REASON_OFFLINE "machiai-offline-report"

struct escpos_report {
    char standing[512]; /* reasons that CUPS holds, with a comma before and after each */
};

/* reasons: PRINTER_STATE_REASONS, left by earlier jobs; NULL = none. */
void escpos_report_init(struct escpos_report *report, const char *reasons);
/* Sets the reasons of this status and clears all others that the backend owns. */
void escpos_report_state(struct escpos_report *report, const struct escpos_status *status);
void escpos_report_unconfirmed(struct escpos_report *report, bool unconfirmed);
/* The only proof of a print that CUPS keeps with the job (job-impressions-completed): it calls a
 * job "completed" also when its backend was killed. */
void escpos_report_printed(void);

/* One line each; level "ERROR", "WARNING", "INFO" or "DEBUG". */
void escpos_report_message(const char *level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
