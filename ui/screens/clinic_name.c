#include "clinic_name.h"

#include <stddef.h>
#include <string.h>

static const char wide_space[] = "\xE3\x80\x80", society[] = "会";

/* Behind `word` when the text begins with it; else NULL. */
static const char *behind(const char *text, const char *word)
{
    size_t length = strlen(word);

    return strncmp(text, word, length) == 0 ? text + length : NULL;
}

static const char *skip_spaces(const char *text)
{
    for (;;) {
        const char *next = behind(text, " ");

        if (!next)
            next = behind(text, wide_space);
        if (!next)
            return text;
        text = next;
    }
}

/* Behind 医療法人, 社会医療法人社団 and their like; NULL when it is none. */
static const char *corporation(const char *name)
{
    static const char *const kinds[] = {"医療法人", "社会医療法人", "特定医療法人"};
    static const char *const forms[] = {"社団", "財団"};
    const char *rest = NULL;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !rest; i++)
        rest = behind(name, kinds[i]);
    if (!rest)
        return NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (behind(rest, forms[i]))
            rest = behind(rest, forms[i]);
    return skip_spaces(rest);
}

/* The corporation's own name ends at a space, or with its first 会 that is not its first letter:
 * 会津会 is one name. */
static const char *behind_society(const char *text)
{
    const char *found = strstr(text, society), *space = strchr(text, ' ');
    const char *wide = strstr(text, wide_space);

    if (!space || (wide && wide < space))
        space = wide;
    if (space)
        return skip_spaces(space);
    if (found == text)
        found = strstr(text + strlen(society), society);
    return found ? found + strlen(society) : text;
}

const char *clinic_name_short(const char *name)
{
    const char *own = corporation(name), *rest;

    if (!own)
        return name;
    rest = behind_society(own);
    return *rest ? rest : name;
}
