#include "printer.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escpos.h"
#include "escpos_watch.h"
#include "printer_ipp.h"
#include "printer_pwg.h"

enum {
    TIMEOUT_MS = 2000,
    FIND_LIMIT = 500, /* cupsd's own default limit of jobs */
    WATCH_MS = 1000,
    MUTE_WATCH_MS = 60000 /* a printer that has never answered is asked this seldom */
};

/* Left at a job by our backend while bytes are out and nothing has confirmed them; and its own word
 * for "offline-report", which cupsd takes off at a job's end. */
static const char unconfirmed[] = "machiai-unconfirmed-report";
static const char was_offline[] = "machiai-offline-report";
static const char offline[] = "offline-report";
/* An option of a job: the printer has answered us, so if it is silent now it cannot print. */
static const char heard[] = "machiai-heard";
static const char admin[] = "/admin/";
static const char raw_format[] = "application/vnd.cups-raw", pwg_format[] = "image/pwg-raster";

struct printer {
    struct printer_ipp ipp; /* cupsd, or the printer itself */
    char queue_uri[PRINTER_URI_SIZE];
    char resource[PRINTER_URI_SIZE];
    char device_uri[PRINTER_URI_SIZE];
    bool driverless;        /* no cupsd: the printer speaks IPP */
    struct printer_pwg pwg; /* of a driverless one; dpi 0 = not asked yet */
    bool watched;           /* the device is of our own backend: escpos_watch() can ask it */
    bool answered;
    int64_t watch_again_ms;
};

/* -- creation ---------------------------------------------------------------------------------- */

static bool good_queue_name(const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)name[i]) && strchr("-_", name[i]) == NULL)
            return false;
    return length > 0 && length < PRINTER_NAME_SIZE;
}

/* A socket's path, or host[:port]. */
static int set_server(struct printer_ipp *ipp, const char *server)
{
    if (server == NULL || server[0] == '\0')
        server = cupsServer();
    if (strlen(server) >= sizeof(ipp->host))
        return -EINVAL;
    (void)snprintf(ipp->host, sizeof(ipp->host), "%s", server);
    ipp->port = ippPort();
    ipp->encryption = cupsEncryption();
    if (server[0] == '/')
        return 0;
    char *colon = strrchr(ipp->host, ':');
    if (colon != NULL && strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
        ipp->port = atoi(colon + 1);
        *colon = '\0';
    }
    return ipp->host[0] != '\0' && ipp->port > 0 ? 0 : -EINVAL;
}

static int set_queue(struct printer *printer, const struct printer_options *options)
{
    struct escpos_address address;

    if (options->queue == NULL || !good_queue_name(options->queue))
        return -EINVAL;
    (void)snprintf(printer->resource, sizeof(printer->resource), "/printers/%s", options->queue);
    (void)snprintf(printer->queue_uri, sizeof(printer->queue_uri), "ipp://localhost/printers/%s",
                   options->queue);
    printer->watched = escpos_address_parse(options->device_uri, &address) == 0;
    return set_server(&printer->ipp, options->server);
}

/* ipp://host[:port]/path: the printer itself takes the place of cupsd and queue. */
static int set_driverless(struct printer *printer, const char *uri)
{
    char scheme[32], user[32];

    if (httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof(scheme), user, sizeof(user),
                        printer->ipp.host, sizeof(printer->ipp.host), &printer->ipp.port,
                        printer->resource, sizeof(printer->resource)) < HTTP_URI_STATUS_OK ||
        printer->ipp.host[0] == '\0' || user[0] != '\0')
        return -EINVAL;
    (void)snprintf(printer->queue_uri, sizeof(printer->queue_uri), "%s", uri);
    printer->ipp.encryption =
        strcmp(scheme, "ipps") == 0 ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED;
    printer->driverless = true;
    return 0;
}

int printer_create(const struct printer_options *options, struct printer **ret)
{
    const char *uri = options->device_uri;

    if (uri == NULL || uri[0] == '\0' || strlen(uri) >= PRINTER_URI_SIZE)
        return -EINVAL;
    struct printer *printer = calloc(1, sizeof(*printer));
    if (printer == NULL)
        return -ENOMEM;
    (void)snprintf(printer->device_uri, sizeof(printer->device_uri), "%s", uri);
    printer->ipp.timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
    int error = strncmp(uri, "ipp://", 6) == 0 || strncmp(uri, "ipps://", 7) == 0
                    ? set_driverless(printer, uri)
                    : set_queue(printer, options);
    if (error < 0) {
        printer_destroy(printer);
        return error;
    }
    *ret = printer;
    return 0;
}

void printer_destroy(struct printer *printer)
{
    if (printer == NULL)
        return;
    printer_ipp_finish(&printer->ipp);
    free(printer);
}

/* -- requests and answers ---------------------------------------------------------------------- */

static ipp_t *new_request(const struct printer *printer, ipp_op_t operation)
{
    ipp_t *request = ippNewRequest(operation);

    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, printer->queue_uri);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
                 cupsUser());
    return request;
}

static int exchange(struct printer *printer, ipp_t *request, const void *data, size_t size,
                    ipp_t **ret)
{
    return printer_ipp_exchange(&printer->ipp, request, printer->resource, data, size, ret);
}

static void set_none(char reasons[static PRINTER_REASONS])
{
    (void)snprintf(reasons, PRINTER_REASONS, "none");
}

/* Our own words are translated; ret_unconfirmed may be NULL. */
static void reasons_of(ipp_t *response, const char *name, char ret[static PRINTER_REASONS],
                       bool *ret_unconfirmed)
{
    ipp_attribute_t *attribute = ippFindAttribute(response, name, IPP_TAG_ZERO);
    bool marked = false;

    ret[0] = '\0';
    for (int i = 0; i < ippGetCount(attribute); i++) {
        const char *word = ippGetString(attribute, i, NULL);
        if (word == NULL)
            continue;
        if (strcmp(word, unconfirmed) == 0)
            marked = true;
        else if (strcmp(word, was_offline) == 0)
            printer_ipp_add_reason(ret, offline);
        else
            printer_ipp_add_reason(ret, word);
    }
    if (ret[0] == '\0')
        set_none(ret);
    if (ret_unconfirmed != NULL)
        *ret_unconfirmed = marked;
}

/* -- queue ------------------------------------------------------------------------------------- */

static int get_queue(struct printer *printer, ipp_t **ret)
{
    static const char *const names[] = {
        "printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "queued-job-count",
        /* of cupsd's queues */
        "printer-error-policy", "device-uri",
        /* of driverless printers */
        "document-format-supported", "pwg-raster-document-resolution-supported",
        "pwg-raster-document-type-supported"};
    ipp_t *request = new_request(printer, IPP_OP_GET_PRINTER_ATTRIBUTES);

    printer_ipp_want(request, names, (int)(sizeof(names) / sizeof(names[0])));
    return exchange(printer, request, NULL, 0, ret);
}

static bool queue_accepts(ipp_t *queue)
{
    return ippGetBoolean(ippFindAttribute(queue, "printer-is-accepting-jobs", IPP_TAG_ZERO), 0) &&
           printer_ipp_number(queue, "printer-state") != IPP_PSTATE_STOPPED;
}

static bool queue_is_well(const struct printer *printer, ipp_t *queue)
{
    return queue_accepts(queue) &&
           strcmp(printer_ipp_text(queue, "device-uri"), printer->device_uri) == 0 &&
           strcmp(printer_ipp_text(queue, "printer-error-policy"), "abort-job") == 0;
}

static int make_queue(struct printer *printer)
{
    ipp_t *request = new_request(printer, IPP_OP_CUPS_ADD_MODIFY_PRINTER), *response;

    ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_URI, "device-uri", NULL, printer->device_uri);
    ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_NAME, "printer-error-policy", NULL, "abort-job");
    ippAddBoolean(request, IPP_TAG_PRINTER, "printer-is-accepting-jobs", 1);
    ippAddInteger(request, IPP_TAG_PRINTER, IPP_TAG_ENUM, "printer-state", IPP_PSTATE_IDLE);
    int error = printer_ipp_exchange(&printer->ipp, request, admin, NULL, 0, &response);
    if (error == 0)
        ippDelete(response);
    return error;
}

/* What a driverless printer takes; the resolution nearest above the one that pictures have. */
static int learn_driverless(struct printer *printer, ipp_t *queue)
{
    ipp_attribute_t *list =
        ippFindAttribute(queue, "pwg-raster-document-resolution-supported", IPP_TAG_RESOLUTION);
    struct printer_pwg pwg = {
        0, printer_ipp_contains(queue, "pwg-raster-document-type-supported", "black_1")};

    if (!printer_ipp_contains(queue, "document-format-supported", pwg_format)) {
        (void)fprintf(stderr, "printer: %s does not take %s\n", printer->device_uri, pwg_format);
        return -EPROTO;
    }
    for (int i = 0; i < ippGetCount(list); i++) {
        int across, along;
        ipp_res_t units;
        across = ippGetResolution(list, i, &along, &units);
        bool fits = units == IPP_RES_PER_INCH && across == along && across >= PRINTER_PWG_DPI &&
                    across <= PRINTER_PWG_DPI_MAX;
        if (fits && (pwg.dpi == 0 || across < pwg.dpi))
            pwg.dpi = across;
    }
    if (pwg.dpi == 0)
        pwg.dpi = PRINTER_PWG_DPI;
    printer->pwg = pwg;
    return 0;
}

int printer_setup(struct printer *printer)
{
    ipp_t *queue;
    int error = get_queue(printer, &queue);

    if (error == -ENOENT && !printer->driverless)
        return make_queue(printer);
    if (error < 0)
        return error;
    bool well = printer->driverless || queue_is_well(printer, queue);
    if (printer->driverless)
        error = learn_driverless(printer, queue);
    ippDelete(queue);
    return well ? error : make_queue(printer);
}

int printer_encode(struct printer *printer, const uint8_t *bits, int width, int height, int stride,
                   uint8_t **ret_bytes, size_t *ret_size)
{
    if (!printer->driverless)
        return escpos_encode(bits, width, height, stride, ret_bytes, ret_size);
    int error = printer->pwg.dpi > 0 ? 0 : printer_setup(printer);
    return error < 0 ? error
                     : printer_pwg_encode(&printer->pwg, bits, width, height, stride, ret_bytes,
                                          ret_size);
}

/* -- jobs -------------------------------------------------------------------------------------- */

static void set_uuid(struct printer_job *job, const char *uuid)
{
    (void)snprintf(job->uuid, sizeof(job->uuid), "%s", uuid != NULL ? uuid : "");
}

/* Attributes of one job of this queue. */
static int get_job(struct printer *printer, int id, ipp_t **ret)
{
    static const char *const names[] = {"job-uuid", "job-state", "job-printer-state-reasons",
                                        "job-impressions-completed"};
    ipp_t *request = new_request(printer, IPP_OP_GET_JOB_ATTRIBUTES);

    ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", id);
    printer_ipp_want(request, names, (int)(sizeof(names) / sizeof(names[0])));
    return exchange(printer, request, NULL, 0, ret);
}

static int print_job(struct printer *printer, const char *title, const void *bytes, size_t size,
                     int *ret_id)
{
    ipp_t *request = new_request(printer, IPP_OP_PRINT_JOB), *response;

    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, title);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL,
                 printer->driverless ? pwg_format : raw_format);
    if (printer->answered)
        ippAddInteger(request, IPP_TAG_JOB, IPP_TAG_INTEGER, heard, 1);
    int error = exchange(printer, request, bytes, size, &response);
    if (error == 0) {
        *ret_id = printer_ipp_number(response, "job-id");
        ippDelete(response);
    }
    return error;
}

int printer_submit(struct printer *printer, const char *title, const void *bytes, size_t size,
                   struct printer_job *ret)
{
    int id = 0, error = print_job(printer, title, bytes, size, &id);

    /* Refused for certain, so a second try cannot be a second job. */
    if ((error == -ENOENT || error == -EAGAIN) && !printer->driverless) {
        error = make_queue(printer);
        if (error == 0)
            error = print_job(printer, title, bytes, size, &id);
    }
    if (error < 0)
        return error == -EAGAIN ? -EPROTO : error;

    ipp_t *attributes;
    struct printer_job job = {.id = id};
    /* Without its UUID the job is still the job: only a reuse of ids would go unnoticed. */
    if (get_job(printer, id, &attributes) == 0) {
        set_uuid(&job, printer_ipp_text(attributes, "job-uuid"));
        ippDelete(attributes);
    }
    *ret = job;
    return 0;
}

/* Reads one group of attributes and steps over its end; true when it is a job of that title. */
static bool read_job(ipp_t *response, ipp_attribute_t **at, const char *title,
                     struct printer_job *ret)
{
    bool matches = false;

    for (; *at != NULL && ippGetName(*at) != NULL; *at = ippNextAttribute(response)) {
        const char *name = ippGetName(*at), *text = ippGetString(*at, 0, NULL);
        if (strcmp(name, "job-id") == 0)
            ret->id = ippGetInteger(*at, 0);
        else if (strcmp(name, "job-uuid") == 0)
            set_uuid(ret, text);
        else if (strcmp(name, "job-name") == 0)
            matches = text != NULL && strcmp(text, title) == 0;
    }
    if (*at != NULL)
        *at = ippNextAttribute(response);
    return matches;
}

int printer_find(struct printer *printer, const char *title, struct printer_job *ret)
{
    static const char *const names[] = {"job-id", "job-name", "job-uuid"};
    ipp_t *request = new_request(printer, IPP_OP_GET_JOBS), *response;

    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", NULL, "all");
    ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit", FIND_LIMIT);
    printer_ipp_want(request, names, (int)(sizeof(names) / sizeof(names[0])));
    int error = exchange(printer, request, NULL, 0, &response);
    if (error < 0)
        return error == -ENOENT ? 0 : error;

    struct printer_job best = {0};
    for (ipp_attribute_t *at = ippFirstAttribute(response); at != NULL;) {
        struct printer_job job = {0};
        bool matches = read_job(response, &at, title, &job);
        if (matches && job.id > best.id)
            best = job;
    }
    ippDelete(response);
    if (best.id == 0)
        return 0;
    *ret = best;
    return 1;
}

/* cupsd calls a job "completed" whose backend was killed (by the kernel for want of memory, say):
 * of our own backend, only the page that it counts at the very end is believed. */
static enum printer_outcome outcome_of(const struct printer *printer, ipp_t *job, bool was_begun)
{
    /* Whether a driverless printer had begun is not known. */
    enum printer_outcome unproven =
        was_begun || printer->driverless ? PRINTER_UNKNOWN : PRINTER_FAILED;

    switch (printer_ipp_number(job, "job-state")) {
    case IPP_JSTATE_COMPLETED:
        return !printer->watched || printer_ipp_number(job, "job-impressions-completed") > 0
                   ? PRINTER_PRINTED
                   : unproven;
    case IPP_JSTATE_ABORTED:
        return unproven;
    case IPP_JSTATE_CANCELED: /* by somebody else, perhaps too late */
        return PRINTER_UNKNOWN;
    default:
        return PRINTER_PENDING;
    }
}

/* A job that waits in a queue which somebody has stopped (cupsdisable) would wait for ever. */
static void mend_stopped_queue(struct printer *printer, ipp_t *job)
{
    int state = printer_ipp_number(job, "job-state");
    bool waits = state == IPP_JSTATE_PENDING || state == IPP_JSTATE_STOPPED;
    ipp_t *queue;

    if (printer->driverless || !waits || get_queue(printer, &queue) < 0)
        return;
    bool accepts = queue_accepts(queue);
    ippDelete(queue);
    if (!accepts)
        (void)make_queue(printer); /* asked again with the next question for the job */
}

int printer_outcome(struct printer *printer, const struct printer_job *job,
                    enum printer_outcome *ret, char reasons[static PRINTER_REASONS])
{
    ipp_t *response;
    bool was_begun;
    int error = get_job(printer, job->id, &response);

    if (error == -ENOENT) {
        *ret = PRINTER_UNKNOWN;
        set_none(reasons);
        return 0;
    }
    if (error < 0)
        return error;
    reasons_of(response, "job-printer-state-reasons", reasons, &was_begun);
    /* After a crash cupsd may give an id again. */
    if (job->uuid[0] != '\0' && strcmp(printer_ipp_text(response, "job-uuid"), job->uuid) != 0)
        *ret = PRINTER_UNKNOWN;
    else
        *ret = outcome_of(printer, response, was_begun);
    if (*ret == PRINTER_PENDING)
        mend_stopped_queue(printer, response);
    ippDelete(response);
    return 0;
}

/* -- state ------------------------------------------------------------------------------------- */

/* Replaces what the last job has left of our own words by what the printer says now. */
static void merge_watch(const struct escpos_status *status, char reasons[static PRINTER_REASONS])
{
    char fresh[ESCPOS_REASONS_SIZE], old[PRINTER_REASONS], *save = NULL;

    memcpy(old, reasons, sizeof(old));
    escpos_status_reasons(status, fresh);
    reasons[0] = '\0';
    printer_ipp_add_reason(reasons, fresh);
    for (char *word = strtok_r(old, ",", &save); word != NULL; word = strtok_r(NULL, ",", &save))
        if (!printer_ipp_listed(ESCPOS_REASONS_OWNED, word))
            printer_ipp_add_reason(reasons, word);
    if (reasons[0] == '\0')
        set_none(reasons);
}

static void watch_idle(struct printer *printer, char reasons[static PRINTER_REASONS])
{
    struct escpos_status status;
    int64_t now = escpos_now_ms();

    if (!printer->watched || now < printer->watch_again_ms ||
        escpos_watch(printer->device_uri, WATCH_MS, &status) < 0)
        return;
    if (status.answers)
        printer->answered = true;
    /* Silence means something only from a printer that has spoken before: others are mute. */
    if (status.answers || !status.reachable || printer->answered)
        merge_watch(&status, reasons);
    else
        printer->watch_again_ms = now + MUTE_WATCH_MS;
}

int printer_state(struct printer *printer, struct printer_state *ret)
{
    struct printer_state state = {0};
    ipp_t *queue;
    int error = get_queue(printer, &queue);

    if (!printer->driverless && (error == -ENOENT || (error == 0 && !queue_accepts(queue)))) {
        if (error == 0)
            ippDelete(queue);
        error = make_queue(printer);
        if (error == 0)
            error = get_queue(printer, &queue);
    }
    if (error == -EHOSTUNREACH || error == -ETIMEDOUT) {
        if (printer->driverless) {
            state.reachable = true;
            printer_ipp_add_reason(state.reasons, offline);
        }
        *ret = state;
        return 0;
    }
    if (error < 0)
        return error;
    state.reachable = true;
    state.accepting =
        ippGetBoolean(ippFindAttribute(queue, "printer-is-accepting-jobs", IPP_TAG_ZERO), 0) != 0;
    state.stopped = printer_ipp_number(queue, "printer-state") == IPP_PSTATE_STOPPED;
    reasons_of(queue, "printer-state-reasons", state.reasons, NULL);
    bool idle = printer_ipp_number(queue, "printer-state") != IPP_PSTATE_PROCESSING &&
                printer_ipp_number(queue, "queued-job-count") == 0;
    ippDelete(queue);
    if (idle)
        watch_idle(printer, state.reasons);
    *ret = state;
    return 0;
}
