#include "logging.h"

#include <stdarg.h>
#include <stdio.h>

enum { LOG_LINE_SIZE = 1024 };

/* One write a line, so that lines of several threads never mix. */
static void write_line(const char *level, const char *format, va_list arguments)
{
    char text[LOG_LINE_SIZE];

    (void)vsnprintf(text, sizeof(text), format, arguments); /* a cut line is still a line */
    (void)fprintf(stderr, "machiai-cloud: %s%s\n", level, text);
}

void log_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line("error: ", format, arguments);
    va_end(arguments);
}

void log_warning(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line("warning: ", format, arguments);
    va_end(arguments);
}

void log_info(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line("", format, arguments);
    va_end(arguments);
}
