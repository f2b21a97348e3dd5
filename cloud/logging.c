#include "logging.h"

#include <stdarg.h>
#include <stdio.h>

enum { LOG_LINE_SIZE = 1024 };

/* One write a line, so that lines of several threads never mix. A cut line is still a line. */
static void write_line(const char *level, const char *text)
{
    (void)fprintf(stderr, "machiai-cloud: %s%s\n", level, text);
}

void log_error(const char *format, ...)
{
    char text[LOG_LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    write_line("error: ", text);
}

void log_warning(const char *format, ...)
{
    char text[LOG_LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    write_line("warning: ", text);
}

void log_info(const char *format, ...)
{
    char text[LOG_LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    write_line("", text);
}
