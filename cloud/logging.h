/* Log lines for the operator, in English, on standard error: "machiai-cloud: warning: ...". Never a
 * patient's name, never a secret. */
#ifndef MACHIAI_CLOUD_LOGGING_H
#define MACHIAI_CLOUD_LOGGING_H

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
