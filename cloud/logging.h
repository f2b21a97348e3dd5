/* Log lines for the operator, in English, on standard error. Never a person's name, user ID,
 * address or number, never a secret, never what somebody has typed: those are for the database.
 *
 * As text: "machiai-cloud: warning: ...". As JSON, which is what a server writes, one object a
 * line:
 * {"at","level","request","message"}; request: the X-Request-Id of the request that is being
 * answered by this thread, absent outside of requests. */
#ifndef MACHIAI_CLOUD_LOGGING_H
#define MACHIAI_CLOUD_LOGGING_H

#include <stdbool.h>

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For the whole process, before its threads start; at first it is text. */
void log_use_json(bool json);
/* From now on this thread's lines belong to this request (copied); NULL = to none. */
void log_set_request(const char *id);

#endif
