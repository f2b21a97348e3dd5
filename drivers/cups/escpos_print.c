#include "escpos_print.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "escpos_watch.h"

enum { DLE = 0x10, EOT = 0x04, GS = 0x1d };
enum {
    OPEN_MS = 1500,
    RETRY_MS = 200,
    SLICE_MS = 100,
    LATE_ANSWER_MS = 100,
    LOOK_MS = 500,      /* how often a printer that owes a confirmation is asked how it is */
    ID_ALONE_MS = 3000, /* after that the older question is asked as well */
    PAPER_OUT_MS = 1000 /* the roll may end just behind a slip that is done */
};
enum { ASB_OFF = 0, ASB_ON = 0x0e /* online, errors, paper */ };

struct print {
    const struct escpos_job *job;
    const struct escpos_memory *memory;
    struct escpos_report *report;
    struct escpos_habits habits;
    struct escpos_device device;
    unsigned eot_asked; /* questions put without waiting for the answer */
    int64_t deadline_ms;
};

static int64_t within(const struct print *print, int64_t ms)
{
    int64_t end = escpos_now_ms() + ms;

    return end < print->deadline_ms ? end : print->deadline_ms;
}

/* -- before the first byte --------------------------------------------------------------------- */

static int look_at_printer(struct print *print, int64_t until_ms, struct escpos_status *ret)
{
    enum escpos_patience patience = print->habits.answers == ESCPOS_NO && !print->habits.torn
                                        ? ESCPOS_ASK_BRIEFLY
                                        : ESCPOS_ASK_WELL;
    struct escpos_status status = {.reachable = false};
    int error = 0;

    if (print->device.fd < 0) {
        int64_t open_until = within(print, OPEN_MS);
        error = escpos_device_open(&print->job->address,
                                   open_until < until_ms ? open_until : until_ms, &print->device);
        if (error < 0)
            print->device.fd = -1;
    }
    if (error == 0)
        error = escpos_ask(&print->device, patience, print->deadline_ms, &status);
    if (error < 0) {
        status = (struct escpos_status){.reachable = false};
        escpos_device_close(&print->device);
    }
    *ret = status;
    return error;
}

/* A printer that has never answered anything is sent to all the same: it may be a mute one. */
static bool seems_mute(const struct print *print, const struct escpos_status *status)
{
    return status->reachable && !status->answers && print->habits.answers != ESCPOS_YES;
}

static int wait_ready(struct print *print)
{
    int64_t until = within(print, ESCPOS_READY_MS);
    struct escpos_status status;
    char reasons[ESCPOS_REASONS_SIZE];
    int error;

    for (;;) {
        error = look_at_printer(print, until, &status);
        if (status.answers)
            print->habits.answers = ESCPOS_YES;
        else if (seems_mute(print, &status))
            status.answers = true;
        escpos_report_state(print->report, &status);
        if (*print->job->stop)
            return -EINTR;
        if (escpos_status_ready(&status))
            return 0;
        if (escpos_now_ms() + RETRY_MS >= until)
            break;
        (void)poll(NULL, 0, RETRY_MS);
    }
    escpos_status_reasons(&status, reasons);
    escpos_report_message("ERROR", "The printer cannot print (%s%s%s); nothing was sent.", reasons,
                          error < 0 ? ": " : "", error < 0 ? strerror(-error) : "");
    return -EIO;
}

/* -- sending ----------------------------------------------------------------------------------- */

static int put(struct print *print, const void *bytes, size_t size)
{
    return escpos_device_write(&print->device, bytes, size, within(print, ESCPOS_STALL_MS), NULL);
}

static int set_asb(struct print *print, uint8_t what)
{
    const uint8_t command[] = {GS, 'a', what};

    return print->habits.answers == ESCPOS_YES ? put(print, command, sizeof(command)) : 0;
}

/* What a killed backend left in the printer: the rest of its picture, on paper without a cut. */
static int clear_torn_slip(struct print *print)
{
    static const uint8_t rest[ESCPOS_REST_OF_PICTURE];
    static const uint8_t cut[] = {GS, 'V', 'B', 0};
    int error = put(print, rest, sizeof(rest));

    return error < 0 ? error : put(print, cut, sizeof(cut));
}

/* In the middle of a picture nothing can be asked, but automatic status back still arrives. */
static bool live_trouble(const struct print *print)
{
    return print->device.asb_count > 0 && !escpos_status_ready(&print->device.live);
}

static int send_part(struct print *print, const uint8_t *bytes, size_t size)
{
    size_t done = 0;
    int64_t taken_ms = escpos_now_ms(), fine_ms = taken_ms;

    while (done < size) {
        size_t sent;
        int error = escpos_device_write(&print->device, bytes + done, size - done,
                                        within(print, SLICE_MS), &sent);
        int64_t now = escpos_now_ms();
        done += sent;
        if (sent > 0)
            taken_ms = now;
        if (error == 0)
            break;
        if (error != -ETIMEDOUT || now >= print->deadline_ms || now - taken_ms >= ESCPOS_STALL_MS)
            return error;
        if (!live_trouble(print))
            fine_ms = now;
        else
            escpos_report_state(print->report, &print->device.live);
        if (now - fine_ms >= ESCPOS_RECOVER_MS)
            return error;
    }
    return 0;
}

/* The answers to questions put in passing must not be taken for those of the next ones: which
 * question an answer belongs to shows only in their order. */
static int await_late_answers(struct print *print)
{
    int64_t until = within(print, LATE_ANSWER_MS);
    int got = 1;

    while (got > 0 && print->device.eot_count < print->eot_asked)
        got = escpos_device_wait(&print->device, until);
    print->eot_asked = print->device.eot_count;
    return got < 0 ? got : 0;
}

static int ask_all(struct print *print, struct escpos_status *ret)
{
    int error = await_late_answers(print);

    if (error == 0)
        error = escpos_ask(&print->device, ESCPOS_ASK_ONCE, print->deadline_ms, ret);
    print->eot_asked = print->device.eot_count;
    return error;
}

/* Between two strips. Asks in passing, without making the paper stop for the answer. */
static bool boundary_trouble(struct print *print)
{
    static const uint8_t question[] = {DLE, EOT, ESCPOS_EOT_PRINTER};
    struct escpos_status status = {.reachable = true};

    if (print->device.asb_count > 0)
        return live_trouble(print);
    if (print->device.eot_count > 0)
        escpos_status_add_eot(&status, ESCPOS_EOT_PRINTER, print->device.last_eot);
    if (print->eot_asked == print->device.eot_count &&
        escpos_device_write(&print->device, question, sizeof(question), within(print, SLICE_MS),
                            NULL) == 0)
        print->eot_asked++;
    return status.offline;
}

/* Stands between two strips until the printer goes on; reports why it does not. */
static int wait_recovery(struct print *print)
{
    int64_t until = within(print, ESCPOS_RECOVER_MS);

    for (;;) {
        struct escpos_status status = {.reachable = true};
        int error = ask_all(print, &status);
        if (error < 0)
            return error;
        escpos_report_state(print->report, &status);
        if (escpos_status_ready(&status))
            return 0;
        /* A new roll does not mend a slip whose head is on the old one. */
        if (status.paper_out || escpos_now_ms() + RETRY_MS >= until)
            return -EIO;
        (void)poll(NULL, 0, RETRY_MS);
    }
}

static int send_job(struct print *print, bool torn)
{
    const struct escpos_frame *frame = print->job->frame;
    int error = torn ? clear_torn_slip(print) : 0;

    if (error == 0)
        error = set_asb(print, ASB_ON);
    print->eot_asked = print->device.eot_count;
    for (size_t i = 0; error == 0 && i < frame->count; i++) {
        error = send_part(print, print->job->bytes + frame->parts[i].start, frame->parts[i].size);
        if (error < 0 || print->habits.answers != ESCPOS_YES)
            continue;
        error = escpos_device_wait(&print->device, escpos_now_ms());
        if (error > 0)
            error = 0;
        if (error == 0 && boundary_trouble(print))
            error = wait_recovery(print);
    }
    return error;
}

/* -- after the cut ----------------------------------------------------------------------------- */

/* Four printable characters that differ from job to job. */
static void process_id(const char *uuid, char ret[static ESCPOS_PROCESS_ID_SIZE])
{
    uint32_t hash = 2166136261u;

    for (; *uuid != '\0'; uuid++)
        hash = (hash ^ (uint8_t)*uuid) * 16777619u;
    for (int i = 0; i < ESCPOS_PROCESS_ID_SIZE; i++)
        ret[i] = (char)('A' + (hash >> (i * 8)) % 26);
}

static int ask_id(struct print *print)
{
    uint8_t command[] = {GS, '(', 'H', 6, 0, 48, 48, 0, 0, 0, 0};
    char id[ESCPOS_PROCESS_ID_SIZE];

    process_id(print->job->uuid, id);
    memcpy(command + 7, id, sizeof(id));
    return put(print, command, sizeof(command));
}

static int ask_paper(struct print *print)
{
    static const uint8_t command[] = {GS, 'r', 1};

    return put(print, command, sizeof(command));
}

static bool confirmed(struct print *print, unsigned papers_before)
{
    char id[ESCPOS_PROCESS_ID_SIZE];

    process_id(print->job->uuid, id);
    if (print->device.process_id_count > 0 && memcmp(print->device.process_id, id, sizeof(id)) == 0)
        print->habits.confirm = ESCPOS_CONFIRM_ID;
    else if (print->device.paper_count > papers_before)
        print->habits.confirm = ESCPOS_CONFIRM_PAPER;
    else
        return false;
    return true;
}

/* Looks how a printer is that owes an answer: 0 well, or the time at which to give it up. */
static int look_while_waiting(struct print *print, int64_t *give_up_ms)
{
    struct escpos_status status = print->device.live;
    int error = print->device.asb_count > 0 ? 0 : ask_all(print, &status);

    if (error < 0 || !status.answers)
        return error;
    escpos_report_state(print->report, &status);
    if (escpos_status_ready(&status))
        *give_up_ms = 0;
    else if (*give_up_ms == 0)
        *give_up_ms = escpos_now_ms() + (status.paper_out ? PAPER_OUT_MS : ESCPOS_RECOVER_MS);
    return 0;
}

/* 1 confirmed, 0 not, negative: gone. */
static int await_confirmation(struct print *print, int64_t until_ms)
{
    bool may_ask_paper = print->habits.confirm == ESCPOS_CONFIRM_UNKNOWN;
    unsigned papers_before = print->device.paper_count;
    int error = print->habits.confirm == ESCPOS_CONFIRM_PAPER ? ask_paper(print) : ask_id(print);
    int64_t paper_ms = escpos_now_ms() + ID_ALONE_MS, look_ms = escpos_now_ms() + LOOK_MS;
    int64_t give_up_ms = 0;

    while (error >= 0 && !confirmed(print, papers_before)) {
        int64_t now = escpos_now_ms();
        if (now >= until_ms || (give_up_ms != 0 && now >= give_up_ms))
            return 0;
        error = 0;
        if (may_ask_paper && now >= paper_ms) {
            may_ask_paper = false;
            error = ask_paper(print);
        }
        if (error == 0 && now >= look_ms && print->habits.answers == ESCPOS_YES) {
            look_ms = now + LOOK_MS;
            error = look_while_waiting(print, &give_up_ms);
        }
        if (error == 0)
            error = escpos_device_wait(&print->device, now + SLICE_MS);
    }
    return error < 0 ? error : 1;
}

/* For printers that confirm nothing: every byte has been taken, and they look well. */
static int accept_unconfirmed(struct print *print)
{
    struct escpos_status status;
    int error = escpos_device_settle(&print->device, within(print, ESCPOS_STALL_MS));

    if (error == 0 && print->habits.answers == ESCPOS_YES) {
        error = ask_all(print, &status);
        if (error == 0 && !escpos_status_ready(&status)) {
            escpos_report_state(print->report, &status);
            error = -EIO;
        }
    }
    return error;
}

static int confirm(struct print *print)
{
    struct escpos_habits *habits = &print->habits;

    if (habits->answers == ESCPOS_NO || habits->confirm == ESCPOS_CONFIRM_NONE)
        return accept_unconfirmed(print);

    bool first = habits->answers == ESCPOS_UNKNOWN;
    int got = await_confirmation(print, within(print, first ? ESCPOS_LEARN_MS : ESCPOS_CONFIRM_MS));
    if (got != 0) {
        habits->answers = got > 0 ? ESCPOS_YES : habits->answers;
        return got < 0 ? got : 0;
    }
    if (!first && habits->confirm != ESCPOS_CONFIRM_UNKNOWN)
        return -ETIMEDOUT; /* it has confirmed slips before, and not this one */
    got = accept_unconfirmed(print);
    if (got == 0) {
        if (first)
            habits->answers = ESCPOS_NO;
        else
            habits->confirm = ESCPOS_CONFIRM_NONE;
        escpos_report_message("WARNING", "This printer never confirms a slip: from now on, all "
                                         "bytes taken counts as printed.");
    }
    return got;
}

/* -- the whole --------------------------------------------------------------------------------- */

/* From here on the slip counts as begun, whatever happens. */
static int begin(struct print *print)
{
    int error = escpos_memory_begin(print->memory, print->job->uuid);

    if (error == 0) {
        struct escpos_habits habits = print->habits;
        habits.torn = true;
        error = escpos_memory_save(print->memory, &habits);
    }
    if (error < 0)
        escpos_report_message("ERROR", "No marker could be written (%s); nothing was sent.",
                              strerror(-error));
    else
        escpos_report_unconfirmed(print->report, true);
    return error;
}

static enum escpos_result finish(struct print *print, int error)
{
    print->habits.torn = error < 0;
    if (escpos_memory_save(print->memory, &print->habits) < 0)
        escpos_report_message("WARNING", "What was learnt about the printer could not be kept.");
    if (error < 0) {
        if (error != -EIO && error != -ETIMEDOUT) /* else the state has been reported */
            escpos_report_state(print->report, &(struct escpos_status){.reachable = false});
        escpos_report_message("ERROR", "%s in the middle of the slip, or did not confirm it (%s).",
                              error == -EIO || error == -ETIMEDOUT ? "The printer stopped"
                                                                   : "The printer went away",
                              strerror(-error));
        return ESCPOS_UNCONFIRMED;
    }
    escpos_memory_printed(print->memory, print->job->uuid);
    escpos_report_printed();
    escpos_report_unconfirmed(print->report, false);
    (void)set_asb(print, ASB_OFF); /* the slip is printed, whatever becomes of this */
    return ESCPOS_PRINTED;
}

static enum escpos_result print_locked(struct print *print)
{
    int error = wait_ready(print);
    bool torn = print->habits.torn;

    if (error == 0)
        error = begin(print);
    if (error < 0) {
        escpos_device_close(&print->device);
        return ESCPOS_NOT_PRINTED;
    }
    error = send_job(print, torn);
    if (error == 0)
        error = confirm(print);
    enum escpos_result result = finish(print, error);
    escpos_device_close(&print->device);
    return result;
}

enum escpos_result escpos_print(const struct escpos_job *job, const struct escpos_memory *memory,
                                struct escpos_report *report)
{
    struct print print = {.job = job,
                          .memory = memory,
                          .report = report,
                          .device = {.fd = -1},
                          .deadline_ms = escpos_now_ms() + ESCPOS_JOB_MS};
    struct escpos_lock lock;
    int error = escpos_lock_print(&job->address, within(&print, ESCPOS_LOCK_MS), &lock);

    if (error < 0) {
        escpos_report_message("ERROR", "The printer is in use (%s); nothing was sent.",
                              strerror(-error));
        return ESCPOS_NOT_PRINTED;
    }
    escpos_memory_load(memory, &print.habits);
    if (job->heard)
        print.habits.answers = ESCPOS_YES;
    enum escpos_result result = print_locked(&print);
    escpos_lock_release(&lock);
    return result;
}
