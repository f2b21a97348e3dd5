/* One IPP server on a kept HTTP connection: requests with a time limit, answers taken apart. Used
 * by printer.c only.
 */
#ifndef MACHIAI_DRIVERS_PRINTER_IPP_H
#define MACHIAI_DRIVERS_PRINTER_IPP_H

#include <cups/cups.h>
#include <stdbool.h>
#include <stddef.h>

#include "printer.h"

struct printer_ipp {
    char host[PRINTER_URI_SIZE]; /* or the path of a socket */
    int port;
    http_encryption_t encryption;
    int timeout_ms;
    http_t *http; /* NULL = not connected */
};

void printer_ipp_finish(struct printer_ipp *ipp);

/* Sends request with data to resource, over a connection that is made anew when it was lost; never
 * sends the data twice. Consumes request; on 0 the caller deletes *ret. -EHOSTUNREACH, -ETIMEDOUT,
 * -ENOENT; -EAGAIN: no jobs are accepted; -EPROTO: refused, with a line on standard error. */
int printer_ipp_exchange(struct printer_ipp *ipp, ipp_t *request, const char *resource,
                         const void *data, size_t size, ipp_t **ret)
    __attribute__((warn_unused_result));

/* Adds requested-attributes. */
void printer_ipp_want(ipp_t *request, const char *const *names, int count);

/* "" and 0 when there is no such attribute. */
const char *printer_ipp_text(ipp_t *response, const char *name);
int printer_ipp_number(ipp_t *response, const char *name);
bool printer_ipp_contains(ipp_t *response, const char *name, const char *word);

/* Lists of reasons, separated by commas; "none" and words that are there already are not added. */
bool printer_ipp_listed(const char *list, const char *word);
void printer_ipp_add_reason(char reasons[static PRINTER_REASONS], const char *word);

#endif
