/* One job, from the question "can you print?" to the printer's own confirmation.
 *
 * Nothing is sent to a printer that cannot print, and no job is sent twice. Every wait is bounded,
 * and so is the whole (ESCPOS_JOB_MS).
 */
#ifndef MACHIAI_CUPS_ESCPOS_PRINT_H
#define MACHIAI_CUPS_ESCPOS_PRINT_H

#include <signal.h>

#include "escpos_frame.h"
#include "escpos_memory.h"
#include "escpos_report.h"

enum {
    ESCPOS_JOB_MS = 45000,
    ESCPOS_LOCK_MS = 20000,   /* for another job on the same printer */
    ESCPOS_READY_MS = 3000,   /* for a printer that cannot print to become ready */
    ESCPOS_RECOVER_MS = 3000, /* for one that stops in the middle to go on */
    ESCPOS_STALL_MS = 8000,   /* without a single byte taken */
    ESCPOS_CONFIRM_MS = 15000,
    ESCPOS_LEARN_MS = 5000 /* for the first sign of life of a printer that has given none so far */
};

enum escpos_result {
    ESCPOS_PRINTED,
    ESCPOS_NOT_PRINTED, /* not a byte of the slip went out */
    ESCPOS_UNCONFIRMED  /* some went out; what became of them is not known */
};

struct escpos_job {
    struct escpos_address address;
    const char *uuid;
    const uint8_t *bytes;
    const struct escpos_frame *frame;
    bool heard; /* it has answered somebody: if it is silent now, it is not a mute one */
    const volatile sig_atomic_t *stop; /* set: end, unless the slip has been begun */
};

enum escpos_result escpos_print(const struct escpos_job *job, const struct escpos_memory *memory,
                                struct escpos_report *report);

#endif
