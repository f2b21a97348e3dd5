/* The printing thread: takes slips, draws each, hands it to cupsd once, follows its job, watches
 * the printer.
 *
 * A slip is never sent twice. A recovered one (the kiosk restarted between ticket and slip) is
 * looked for in cupsd's memory; where there is none, its fate is unknown and nothing is printed,
 * unless the ledger says that it was never handed over (unsent).
 */
#ifndef MACHIAI_KIOSK_PRINTING_H
#define MACHIAI_KIOSK_PRINTING_H

#include <stdbool.h>

#include "event.h"
#include "print_fate.h"
#include "printer.h"
#include "slip.h"
#include "slip_trace.h"

enum {
    PRINTING_TITLE_SIZE = UID_SIZE + 12, /* of a job */
    PRINTING_QUEUE_MAX = 16,             /* slips that wait for the thread: two parties */
    PRINTING_JOBS_MAX = 8,               /* jobs that are followed at the same time */
    PRINTING_NEWS_MAX = 32,         /* news that the main thread has not taken; the oldest go */
    PRINTING_FOLLOW_MS = 60 * 1000, /* a job not ended by then is unknown */
    PRINTING_ASK_MS = 100,          /* between two questions for a job */
    PRINTING_STATE_MS = 3000        /* between two looks at the idle printer */
};

struct printing_job {
    char ticket[UID_SIZE]; /* "" = a test print: no ticket, no ledger */
    int print_count;
    bool recovered; /* looked for; printed only if unsent */
    bool unsent;    /* recovered, and never handed over as far as the ledger knows */
    struct slip_view view;
    struct slip_trace trace;
};

struct printing_news {
    char ticket[UID_SIZE];
    int print_count;
    enum print_fate fate;
};

struct printing_options {
    struct printer_options printer; /* what it points to must outlive the thread */
    /* All four are called on the printing thread. draw: ret is then the thread's. report: before
     * its news is given out. state: when the printer's reasons changed. wake: news is there. */
    int (*draw)(void *context, const struct slip_view *view, struct bitmap *ret);
    void (*report)(void *context, const struct printing_news *news, const struct printer_job *job);
    void (*state)(void *context, const char *reasons);
    void (*wake)(void *context);
    void *context;
};

struct printing;

/* Starts the thread. The printer itself need not be there. */
int printing_create(const struct printing_options *options, struct printing **ret)
    __attribute__((warn_unused_result));
/* Ends the thread, within the printer's time limit. Slips not yet handed over stay in the ledger.
 */
void printing_destroy(struct printing *printing);

/* From any thread; never waits. -EAGAIN: too many slips wait. */
int printing_submit(struct printing *printing, const struct printing_job *job)
    __attribute__((warn_unused_result));
bool printing_poll(struct printing *printing, struct printing_news *ret);
/* The way of the last slip that was handed to cupsd; false: there was none. */
bool printing_last(struct printing *printing, struct slip_trace *ret);
/* The printer's state in IPP words as last seen; "" while cupsd cannot be asked. */
void printing_reasons(struct printing *printing, char reasons[static PRINTER_REASONS]);

#endif
