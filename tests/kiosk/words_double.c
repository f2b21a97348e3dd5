/* Words that show their key, so that tests see which one was taken. */
#include "words.h"

#include <stdio.h>
#include <string.h>

const char *words_get(const struct words *words, const char *language, const char *key)
{
    (void)words;
    (void)language;
    return key;
}

const char *words_session(const struct words *words, const char *language, const char *prefix,
                          enum session_kind kind)
{
    static char text[64];
    (void)words;
    (void)language;
    snprintf(text, sizeof text, "%s.%s", prefix, session_kind_name(kind));
    return text;
}

void words_day(const struct words *words, const char *language, const struct civil *civil,
               char *text, size_t size)
{
    (void)words;
    snprintf(text, size, "%s %d/%d w%d", language, civil->month, civil->day, civil->weekday);
}

void words_session_date(const struct words *words, const char *language, const struct civil *civil,
                        enum session_kind kind, char *text, size_t size)
{
    (void)words;
    snprintf(text, size, "%s %d/%d/%d w%d %s", language, civil->year, civil->month, civil->day,
             civil->weekday, session_kind_name(kind));
}
