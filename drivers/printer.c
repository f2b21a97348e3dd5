#include "printer.h"

#include <ctype.h>
#include <cups/cups.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escpos_watch.h"

enum {
    TIMEOUT_MS = 2000,
    AUTH_ROUNDS_MAX = 2, /* cupsd of the system asks once who we are */
    FIND_LIMIT = 500,    /* cupsd's own default limit of jobs */
    WATCH_MS = 1000,
    MUTE_WATCH_MS = 60000 /* a printer that has never answered is asked this seldom */
};

/* Left at a job by our backend while bytes are out and nothing has confirmed them; and its own word
 * for "offline-report", which cupsd takes off at a job's end. */
static const char unconfirmed[] = "machiai-unconfirmed-report";
static const char was_offline[] = "machiai-offline-report";
static const char offline[] = "offline-report";
static const char admin[] = "/admin/";
static const char raw_format[] = "application/vnd.cups-raw";

struct printer {
    char host[PRINTER_URI_SIZE];
    int port;
    char queue_uri[PRINTER_URI_SIZE];
    char resource[PRINTER_URI_SIZE];
    char device_uri[PRINTER_URI_SIZE];
    int timeout_ms;
    http_t *http; /* NULL = not connected */
    bool watched; /* the device is of our own backend: escpos_watch() can ask it */
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
static int set_server(struct printer *printer, const char *server)
{
    if (server == NULL || server[0] == '\0')
        server = cupsServer();
    if (strlen(server) >= sizeof(printer->host))
        return -EINVAL;
    (void)snprintf(printer->host, sizeof(printer->host), "%s", server);
    printer->port = ippPort();
    if (server[0] == '/')
        return 0;
    char *colon = strrchr(printer->host, ':');
    if (colon != NULL && strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
        printer->port = atoi(colon + 1);
        *colon = '\0';
    }
    return printer->host[0] != '\0' && printer->port > 0 ? 0 : -EINVAL;
}

int printer_create(const struct printer_options *options, struct printer **ret)
{
    struct escpos_address address;

    if (options->queue == NULL || options->device_uri == NULL || !good_queue_name(options->queue) ||
        options->device_uri[0] == '\0' || strlen(options->device_uri) >= PRINTER_URI_SIZE)
        return -EINVAL;
    struct printer *printer = calloc(1, sizeof(*printer));
    if (printer == NULL)
        return -ENOMEM;
    if (set_server(printer, options->server) < 0) {
        printer_destroy(printer);
        return -EINVAL;
    }
    printer->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
    (void)snprintf(printer->device_uri, sizeof(printer->device_uri), "%s", options->device_uri);
    (void)snprintf(printer->resource, sizeof(printer->resource), "/printers/%s", options->queue);
    (void)snprintf(printer->queue_uri, sizeof(printer->queue_uri), "ipp://localhost/printers/%s",
                   options->queue);
    printer->watched = escpos_address_parse(options->device_uri, &address) == 0;
    *ret = printer;
    return 0;
}

static void disconnect(struct printer *printer)
{
    httpClose(printer->http); /* takes NULL */
    printer->http = NULL;
}

void printer_destroy(struct printer *printer)
{
    if (printer == NULL)
        return;
    disconnect(printer);
    free(printer);
}

/* -- one exchange with cupsd ------------------------------------------------------------------- */

static int give_up(http_t *http, void *data)
{
    (void)http;
    (void)data;
    return 0;
}

static const char *no_password(const char *prompt, http_t *http, const char *method,
                               const char *resource, void *data)
{
    (void)prompt;
    (void)http;
    (void)method;
    (void)resource;
    (void)data;
    return NULL;
}

/* An idle connection that has something to read has its end to read. */
static bool went_stale(http_t *http)
{
    struct pollfd pollfd = {.fd = httpGetFd(http), .events = POLLIN};

    return poll(&pollfd, 1, 0) != 0;
}

static int connect_server(struct printer *printer)
{
    if (printer->http != NULL && went_stale(printer->http))
        disconnect(printer);
    if (printer->http != NULL)
        return 0;
    /* libcups would ask at the terminal. */
    cupsSetPasswordCB2(no_password, NULL);
    printer->http = httpConnect2(printer->host, printer->port, NULL, AF_UNSPEC, cupsEncryption(), 1,
                                 printer->timeout_ms, NULL);
    if (printer->http == NULL)
        return -EHOSTUNREACH;
    httpSetTimeout(printer->http, printer->timeout_ms / 1000.0, give_up, NULL);
    return 0;
}

static ipp_t *new_request(const struct printer *printer, ipp_op_t operation)
{
    ipp_t *request = ippNewRequest(operation);

    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, printer->queue_uri);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
                 cupsUser());
    return request;
}

static void want(ipp_t *request, const char *const *names, int count)
{
    ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", count, NULL,
                  names);
}

/* Sends request and data once; NULL when there was no answer. */
static ipp_t *send_once(struct printer *printer, ipp_t *request, const char *resource,
                        const void *data, size_t size)
{
    http_status_t status =
        cupsSendRequest(printer->http, request, resource, ippLength(request) + size);

    if (status == HTTP_STATUS_CONTINUE && size > 0)
        status = cupsWriteRequestData(printer->http, data, size);
    if (status != HTTP_STATUS_CONTINUE && status != HTTP_STATUS_OK &&
        status != HTTP_STATUS_UNAUTHORIZED)
        return NULL;
    return cupsGetResponse(printer->http, resource);
}

static int refusal(const ipp_t *response, ipp_op_t operation)
{
    ipp_status_t status = ippGetStatusCode((ipp_t *)response);

    if (status <= IPP_STATUS_OK_EVENTS_COMPLETE)
        return 0;
    if (status == IPP_STATUS_ERROR_NOT_FOUND)
        return -ENOENT;
    if (status == IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS)
        return -EAGAIN;
    (void)fprintf(stderr, "printer: cupsd refuses %s: %s\n", ippOpString(operation),
                  cupsLastErrorString());
    return -EPROTO;
}

/* Consumes request. On 0 the caller owns *ret. -EAGAIN: the queue rejects jobs. */
static int exchange(struct printer *printer, ipp_t *request, const char *resource, const void *data,
                    size_t size, ipp_t **ret)
{
    ipp_op_t operation = ippGetOperation(request);
    int64_t begun_ms = escpos_now_ms();
    ipp_t *response = NULL;
    int error = connect_server(printer);

    for (int round = 0; error == 0 && response == NULL; round++) {
        response = send_once(printer, request, resource, data, size);
        if (response == NULL && (round + 1 >= AUTH_ROUNDS_MAX ||
                                 httpGetStatus(printer->http) != HTTP_STATUS_UNAUTHORIZED))
            error = escpos_now_ms() - begun_ms >= printer->timeout_ms ? -ETIMEDOUT : -EHOSTUNREACH;
    }
    ippDelete(request);
    if (error < 0) {
        disconnect(printer);
        return error;
    }
    error = refusal(response, operation);
    if (error < 0)
        ippDelete(response);
    else
        *ret = response;
    return error;
}

/* -- reading answers --------------------------------------------------------------------------- */

static const char *text_of(ipp_t *response, const char *name)
{
    const char *text = ippGetString(ippFindAttribute(response, name, IPP_TAG_ZERO), 0, NULL);

    return text != NULL ? text : "";
}

static int number_of(ipp_t *response, const char *name)
{
    return ippGetInteger(ippFindAttribute(response, name, IPP_TAG_ZERO), 0);
}

static bool listed(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ',') && (at[length] == '\0' || at[length] == ','))
            return true;
    return false;
}

static void set_none(char reasons[static PRINTER_REASONS])
{
    (void)snprintf(reasons, PRINTER_REASONS, "none");
}

static void add_reason(char reasons[static PRINTER_REASONS], const char *word)
{
    size_t used = strlen(reasons);

    if (strcmp(word, "none") != 0 && !listed(reasons, word) &&
        used + strlen(word) + 2 <= PRINTER_REASONS)
        (void)snprintf(reasons + used, PRINTER_REASONS - used, "%s%s", used > 0 ? "," : "", word);
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
            add_reason(ret, offline);
        else
            add_reason(ret, word);
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
        "printer-state",    "printer-state-reasons", "printer-is-accepting-jobs",
        "queued-job-count", "printer-error-policy",  "device-uri"};
    ipp_t *request = new_request(printer, IPP_OP_GET_PRINTER_ATTRIBUTES);

    want(request, names, (int)(sizeof(names) / sizeof(names[0])));
    return exchange(printer, request, printer->resource, NULL, 0, ret);
}

static bool queue_accepts(ipp_t *queue)
{
    return ippGetBoolean(ippFindAttribute(queue, "printer-is-accepting-jobs", IPP_TAG_ZERO), 0) &&
           number_of(queue, "printer-state") != IPP_PSTATE_STOPPED;
}

static bool queue_is_well(const struct printer *printer, ipp_t *queue)
{
    return queue_accepts(queue) && strcmp(text_of(queue, "device-uri"), printer->device_uri) == 0 &&
           strcmp(text_of(queue, "printer-error-policy"), "abort-job") == 0;
}

static int make_queue(struct printer *printer)
{
    ipp_t *request = new_request(printer, IPP_OP_CUPS_ADD_MODIFY_PRINTER), *response;

    ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_URI, "device-uri", NULL, printer->device_uri);
    ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_NAME, "printer-error-policy", NULL, "abort-job");
    ippAddBoolean(request, IPP_TAG_PRINTER, "printer-is-accepting-jobs", 1);
    ippAddInteger(request, IPP_TAG_PRINTER, IPP_TAG_ENUM, "printer-state", IPP_PSTATE_IDLE);
    int error = exchange(printer, request, admin, NULL, 0, &response);
    if (error == 0)
        ippDelete(response);
    return error;
}

int printer_setup(struct printer *printer)
{
    ipp_t *queue;
    int error = get_queue(printer, &queue);
    bool well = false;

    if (error < 0 && error != -ENOENT)
        return error;
    if (error == 0) {
        well = queue_is_well(printer, queue);
        ippDelete(queue);
    }
    return well ? 0 : make_queue(printer);
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
    want(request, names, (int)(sizeof(names) / sizeof(names[0])));
    return exchange(printer, request, printer->resource, NULL, 0, ret);
}

static int print_job(struct printer *printer, const char *title, const void *bytes, size_t size,
                     int *ret_id)
{
    ipp_t *request = new_request(printer, IPP_OP_PRINT_JOB), *response;

    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, title);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL, raw_format);
    int error = exchange(printer, request, printer->resource, bytes, size, &response);
    if (error == 0) {
        *ret_id = number_of(response, "job-id");
        ippDelete(response);
    }
    return error;
}

int printer_submit(struct printer *printer, const char *title, const void *bytes, size_t size,
                   struct printer_job *ret)
{
    int id = 0, error = print_job(printer, title, bytes, size, &id);

    /* Refused for certain, so a second try cannot be a second job. */
    if (error == -ENOENT || error == -EAGAIN) {
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
        set_uuid(&job, text_of(attributes, "job-uuid"));
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
    want(request, names, (int)(sizeof(names) / sizeof(names[0])));
    int error = exchange(printer, request, printer->resource, NULL, 0, &response);
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
    enum printer_outcome unproven = was_begun ? PRINTER_UNKNOWN : PRINTER_FAILED;

    switch (number_of(job, "job-state")) {
    case IPP_JSTATE_COMPLETED:
        return !printer->watched || number_of(job, "job-impressions-completed") > 0
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
    if (job->uuid[0] != '\0' && strcmp(text_of(response, "job-uuid"), job->uuid) != 0)
        *ret = PRINTER_UNKNOWN;
    else
        *ret = outcome_of(printer, response, was_begun);
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
    add_reason(reasons, fresh);
    for (char *word = strtok_r(old, ",", &save); word != NULL; word = strtok_r(NULL, ",", &save))
        if (!listed(ESCPOS_REASONS_OWNED, word))
            add_reason(reasons, word);
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

    if (error == -ENOENT || (error == 0 && !queue_accepts(queue))) {
        if (error == 0)
            ippDelete(queue);
        error = make_queue(printer);
        if (error == 0)
            error = get_queue(printer, &queue);
    }
    if (error == -EHOSTUNREACH || error == -ETIMEDOUT) {
        *ret = state;
        return 0;
    }
    if (error < 0)
        return error;
    state.reachable = true;
    state.accepting =
        ippGetBoolean(ippFindAttribute(queue, "printer-is-accepting-jobs", IPP_TAG_ZERO), 0) != 0;
    state.stopped = number_of(queue, "printer-state") == IPP_PSTATE_STOPPED;
    reasons_of(queue, "printer-state-reasons", state.reasons, NULL);
    bool idle = number_of(queue, "printer-state") != IPP_PSTATE_PROCESSING &&
                number_of(queue, "queued-job-count") == 0;
    ippDelete(queue);
    if (idle)
        watch_idle(printer, state.reasons);
    *ret = state;
    return 0;
}
