#include "station_report.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_SIZE = 512 };

void station_report(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    (void)fprintf(stderr, "machiai-kiosk: %s\n", line); /* one call: lines of threads do not mix */
}
