#include "logging.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "decode.h"

enum { LOG_LINE_SIZE = 1024, LOG_ID_SIZE = 32, LOG_TIME_SIZE = 32, LOG_ESCAPE_MAX = 6 };

static bool as_json;
static _Thread_local char request[LOG_ID_SIZE];

void log_use_json(bool json)
{
    as_json = json;
}

void log_set_request(const char *id)
{
    (void)snprintf(request, sizeof(request), "%s", id ? id : "");
}

/* What is no UTF-8, such as a character that was cut, is shown by its bytes. */
static void escape(const char *text, char to[static LOG_LINE_SIZE * LOG_ESCAPE_MAX])
{
    bool valid = utf8_valid(text);

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            to += sprintf(to, "\\%c", c);
        else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !valid))
            to += sprintf(to, "\\u%04x", c);
        else
            *to++ = (char)c;
    }
    *to = '\0';
}

static void write_json(const char *level, const char *text)
{
    char escaped[LOG_LINE_SIZE * LOG_ESCAPE_MAX], when[LOG_TIME_SIZE];
    struct timespec now;
    struct tm utc;

    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
    (void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", gmtime_r(&now.tv_sec, &utc));
    escape(text, escaped);
    (void)fprintf(stderr, "{\"at\":\"%s.%03ldZ\",\"level\":\"%s\",%s%s%s\"message\":\"%s\"}\n",
                  when, now.tv_nsec / 1000000, level, *request ? "\"request\":\"" : "", request,
                  *request ? "\"," : "", escaped);
}

/* One write a line, so that lines of several threads never mix. A cut line is still a line. */
static void write_line(const char *level, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
static void write_line(const char *level, const char *format, va_list arguments)
{
    char text[LOG_LINE_SIZE];

    (void)vsnprintf(text, sizeof(text), format, arguments);
    if (as_json)
        write_json(level, text);
    else if (strcmp(level, "info") == 0)
        (void)fprintf(stderr, "machiai-cloud: %s\n", text);
    else
        (void)fprintf(stderr, "machiai-cloud: %s: %s\n", level, text);
}

void log_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line("error", format, arguments);
    va_end(arguments);
}

void log_warning(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line("warning", format, arguments);
    va_end(arguments);
}

void log_info(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line("info", format, arguments);
    va_end(arguments);
}
