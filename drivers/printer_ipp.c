#include "printer_ipp.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { AUTH_ROUNDS_MAX = 2 /* the system's cupsd asks once who we are */ };

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -- connection -------------------------------------------------------------------------------- */

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

void printer_ipp_finish(struct printer_ipp *ipp)
{
    httpClose(ipp->http); /* takes NULL */
    ipp->http = NULL;
}

/* An idle connection that has something to read has its end to read. */
static bool went_stale(http_t *http)
{
    struct pollfd pollfd = {.fd = httpGetFd(http), .events = POLLIN};

    return poll(&pollfd, 1, 0) != 0;
}

static int connect_server(struct printer_ipp *ipp)
{
    if (ipp->http != NULL && went_stale(ipp->http))
        printer_ipp_finish(ipp);
    if (ipp->http != NULL)
        return 0;
    /* libcups would ask at the terminal. */
    cupsSetPasswordCB2(no_password, NULL);
    ipp->http = httpConnect2(ipp->host, ipp->port, NULL, AF_UNSPEC, ipp->encryption, 1,
                             ipp->timeout_ms, NULL);
    if (ipp->http == NULL)
        return -EHOSTUNREACH;
    httpSetTimeout(ipp->http, ipp->timeout_ms / 1000.0, give_up, NULL);
    return 0;
}

/* -- exchange ---------------------------------------------------------------------------------- */

/* Sends request and data once; NULL when there was no answer. */
static ipp_t *send_once(struct printer_ipp *ipp, ipp_t *request, const char *resource,
                        const void *data, size_t size)
{
    http_status_t status = cupsSendRequest(ipp->http, request, resource, ippLength(request) + size);

    if (status == HTTP_STATUS_CONTINUE && size > 0)
        status = cupsWriteRequestData(ipp->http, data, size);
    if (status != HTTP_STATUS_CONTINUE && status != HTTP_STATUS_OK &&
        status != HTTP_STATUS_UNAUTHORIZED)
        return NULL;
    return cupsGetResponse(ipp->http, resource);
}

static int refusal(ipp_t *response, ipp_op_t operation)
{
    ipp_status_t status = ippGetStatusCode(response);

    if (status <= IPP_STATUS_OK_EVENTS_COMPLETE)
        return 0;
    if (status == IPP_STATUS_ERROR_NOT_FOUND)
        return -ENOENT;
    if (status == IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS)
        return -EAGAIN;
    (void)fprintf(stderr, "printer: %s is refused: %s\n", ippOpString(operation),
                  cupsLastErrorString());
    return -EPROTO;
}

int printer_ipp_exchange(struct printer_ipp *ipp, ipp_t *request, const char *resource,
                         const void *data, size_t size, ipp_t **ret)
{
    ipp_op_t operation = ippGetOperation(request);
    int64_t begun_ms = now_ms();
    ipp_t *response = NULL;
    int error = connect_server(ipp);

    for (int round = 0; error == 0 && response == NULL; round++) {
        response = send_once(ipp, request, resource, data, size);
        if (response == NULL &&
            (round + 1 >= AUTH_ROUNDS_MAX || httpGetStatus(ipp->http) != HTTP_STATUS_UNAUTHORIZED))
            error = now_ms() - begun_ms >= ipp->timeout_ms ? -ETIMEDOUT : -EHOSTUNREACH;
    }
    ippDelete(request);
    if (error < 0) {
        printer_ipp_finish(ipp);
        return error;
    }
    error = refusal(response, operation);
    if (error < 0)
        ippDelete(response);
    else
        *ret = response;
    return error;
}

void printer_ipp_want(ipp_t *request, const char *const *names, int count)
{
    ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", count, NULL,
                  names);
}

/* -- answers ----------------------------------------------------------------------------------- */

const char *printer_ipp_text(ipp_t *response, const char *name)
{
    const char *text = ippGetString(ippFindAttribute(response, name, IPP_TAG_ZERO), 0, NULL);

    return text != NULL ? text : "";
}

int printer_ipp_number(ipp_t *response, const char *name)
{
    return ippGetInteger(ippFindAttribute(response, name, IPP_TAG_ZERO), 0);
}

bool printer_ipp_contains(ipp_t *response, const char *name, const char *word)
{
    return ippContainsString(ippFindAttribute(response, name, IPP_TAG_ZERO), word) != 0;
}

bool printer_ipp_listed(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ',') && (at[length] == '\0' || at[length] == ','))
            return true;
    return false;
}

void printer_ipp_add_reason(char reasons[static PRINTER_REASONS], const char *word)
{
    size_t used = strlen(reasons);

    if (strcmp(word, "none") != 0 && !printer_ipp_listed(reasons, word) &&
        used + strlen(word) + 2 <= PRINTER_REASONS)
        (void)snprintf(reasons + used, PRINTER_REASONS - used, "%s%s", used > 0 ? "," : "", word);
}
