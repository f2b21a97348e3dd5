/* CUPS backend `escpos`: receipt printers that speak ESC/POS, on TCP or as a device file.
 *
 *   escpos                                            lists itself, as backends do
 *   escpos job user title copies options [file]       prints (called by cupsd)
 *   escpos --status URI                               one JSON line: how the printer is
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "escpos_print.h"
#include "escpos_watch.h"

/* Of cups/backend.h, which this program does not need otherwise. */
enum { BACKEND_OK = 0, BACKEND_FAILED = 1 };
enum { ARGS_MIN = 6, ARGS_MAX = 7, WATCH_MS = 2000 };

static volatile sig_atomic_t stop;

static void on_term(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

static int list(void)
{
    return puts("network escpos \"Unknown\" \"Receipt printer (ESC/POS)\"") < 0 ? BACKEND_FAILED
                                                                                : BACKEND_OK;
}

static const char *yes_no(bool value)
{
    return value ? "true" : "false";
}

static int show_status(const char *uri)
{
    struct escpos_status status;
    char reasons[ESCPOS_REASONS_SIZE];
    int error = escpos_watch(uri, WATCH_MS, &status);

    if (error == -EBUSY) {
        (void)puts("{\"busy\":true}");
        return BACKEND_OK;
    }
    if (error < 0) {
        (void)fprintf(stderr, "escpos: %s: %s\n", uri,
                      error == -EINVAL ? "not escpos://HOST[:PORT] or escpos:/dev/..."
                                       : strerror(-error));
        return BACKEND_FAILED;
    }
    escpos_status_reasons(&status, reasons);
    (void)printf("{\"busy\":false,\"reachable\":%s,\"answers\":%s,\"offline\":%s,\"cover_open\":%s,"
                 "\"paper\":\"%s\",\"error\":%s,\"reasons\":\"%s\"}\n",
                 yes_no(status.reachable), yes_no(status.answers), yes_no(status.offline),
                 yes_no(status.cover_open),
                 status.paper_out   ? "out"
                 : status.paper_low ? "low"
                                    : "ok",
                 yes_no(status.error), reasons);
    return BACKEND_OK;
}

/* Whole job into bytes; -EFBIG when it is longer than a slip can be. */
static int read_job(const char *path, uint8_t *bytes, size_t *ret_size)
{
    int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    size_t size = 0;
    ssize_t count = 0;

    if (fd < 0)
        return -errno;
    while (size <= ESCPOS_JOB_MAX &&
           (count = read(fd, bytes + size, ESCPOS_JOB_MAX + 1 - size)) > 0)
        size += (size_t)count;
    int error = count < 0 ? -errno : size > ESCPOS_JOB_MAX ? -EFBIG : 0;
    if (path != NULL)
        close(fd);
    if (error == 0)
        *ret_size = size;
    return error;
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

/* Everything that can be said without the printer. */
static int prepare(char **argv, const char *path, struct escpos_frame *frame, uint8_t *bytes,
                   struct escpos_address *address, char uuid[static ESCPOS_UUID_SIZE],
                   struct escpos_memory *memory)
{
    char why[ESCPOS_FRAME_ERROR_SIZE];
    size_t size = 0;

    int error = escpos_address_parse(variable("DEVICE_URI"), address);
    if (error < 0) {
        escpos_report_message("ERROR", "DEVICE_URI is neither escpos://HOST[:PORT] nor "
                                       "escpos:/dev/...");
        return error;
    }
    error = read_job(path, bytes, &size);
    if (error < 0) {
        escpos_report_message("ERROR", "The job cannot be read: %s", strerror(-error));
        return error;
    }
    error = escpos_frame_parse(bytes, size, frame, why);
    if (error < 0) {
        escpos_report_message("ERROR", "Refused, nothing was sent: %s.", why);
        return error;
    }
    error = escpos_memory_uuid(argv[5], uuid);
    if (error < 0) {
        escpos_report_message("ERROR", "No job-uuid among the options: without it a job could be "
                                       "printed twice.");
        return error;
    }
    error = escpos_memory_open(variable("CUPS_CACHEDIR"), variable("PRINTER"), address, memory);
    if (error < 0)
        escpos_report_message("ERROR", "CUPS_CACHEDIR cannot be written: %s", strerror(-error));
    return error;
}

static int print(char **argv, const char *path)
{
    static uint8_t bytes[ESCPOS_JOB_MAX + 1];
    static struct escpos_frame frame;
    struct escpos_memory memory;
    struct escpos_report report;
    struct escpos_job job = {.bytes = bytes, .frame = &frame, .stop = &stop};
    char uuid[ESCPOS_UUID_SIZE];

    escpos_report_init(&report, getenv("PRINTER_STATE_REASONS"));
    escpos_report_unconfirmed(&report, false);
    if (prepare(argv, path, &frame, bytes, &job.address, uuid, &memory) < 0)
        return BACKEND_FAILED;
    job.uuid = uuid;
    job.heard = escpos_memory_heard(argv[5]);
    switch (escpos_memory_marker(&memory, uuid)) {
    case ESCPOS_MARKER_PRINTED:
        escpos_report_printed();
        escpos_report_message("INFO", "This job was printed and confirmed by an earlier start.");
        return BACKEND_OK;
    case ESCPOS_MARKER_BEGUN:
        escpos_report_unconfirmed(&report, true);
        escpos_report_message("ERROR", "This job was begun by an earlier start and not confirmed; "
                                       "it is not sent again.");
        return BACKEND_FAILED;
    case ESCPOS_MARKER_NONE:
        break;
    }
    enum escpos_result result = escpos_print(&job, &memory, &report);
    escpos_memory_prune(&memory);
    return result == ESCPOS_PRINTED ? BACKEND_OK : BACKEND_FAILED;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_term};

    (void)sigaction(SIGTERM, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc == 1)
        return list();
    if (argc == 3 && strcmp(argv[1], "--status") == 0)
        return show_status(argv[2]);
    if (argc == ARGS_MIN || argc == ARGS_MAX)
        return print(argv, argc == ARGS_MAX ? argv[6] : NULL);
    (void)fprintf(stderr, "usage: escpos job user title copies options [file]\n"
                          "       escpos --status URI\n");
    return BACKEND_FAILED;
}
