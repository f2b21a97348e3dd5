/* machiai-cloud as a later version might speak: in the entries that it streams, a piece of text is
 * another one. The file that MACHIAI_NEWER names says which, in two lines; without it all is as
 * ever. A program of its own, linked with --wrap=views_entry_block. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

char *__real_views_entry_block(const struct entry *entry);
char *__wrap_views_entry_block(const struct entry *entry);

static bool read_line(FILE *file, char *line, int size)
{
    if (!fgets(line, size, file))
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

static bool read_change(char from[static 80], char to[static 80])
{
    const char *path = getenv("MACHIAI_NEWER");
    FILE *file = path ? fopen(path, "re") : NULL;
    bool good = file && read_line(file, from, 80) && read_line(file, to, 80);
    if (file)
        (void)fclose(file);
    return good;
}

char *__wrap_views_entry_block(const struct entry *entry)
{
    char *text = __real_views_entry_block(entry), *changed = NULL;
    char from[80], to[80];
    char *at = text && read_change(from, to) ? strstr(text, from) : NULL;
    if (!at || asprintf(&changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) < 0)
        return text;
    free(text);
    return changed;
}
