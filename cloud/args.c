#include "args.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The mark behind the option's name in spec ('!', '*', '?', or ' ' for none), 0 = unknown. */
static char mark_of(const char *spec, const char *name, size_t length)
{
    while (*spec) {
        size_t word = strcspn(spec, "!*? ");

        if (word == length && strncmp(spec, name, length) == 0) {
            spec += word;
            if (!*spec)
                return ' ';
            return *spec;
        }
        spec += word;
        spec += strspn(spec, "!*? ");
    }
    return 0;
}

static int check_required(const struct args *args, const char *spec, char *error, size_t error_size)
{
    char name[32];

    while (*spec) {
        size_t word = strcspn(spec, "!*? ");

        (void)snprintf(name, sizeof(name), "%.*s", (int)word, spec);
        spec += word;
        if (*spec == '!' && !args_get(args, name)) {
            (void)snprintf(error, error_size, "--%s is missing", name);
            return -EINVAL;
        }
        spec += strspn(spec, "!*? ");
    }
    return 0;
}

/* "name" or "name=..." is the option of that name. */
static bool is_named(const char *given, const char *name, size_t length)
{
    return strncmp(given, name, length) == 0 && (given[length] == '\0' || given[length] == '=');
}

int args_read(int argc, char *const argv[], const char *spec, struct args *ret, char *error,
              size_t error_size)
{
    struct args args = {.count = 0};
    int result;

    for (int i = 0; i < argc; i++) {
        bool option = strncmp(argv[i], "--", 2) == 0;
        const char *name = option ? argv[i] + 2 : argv[i], *equals = strchr(name, '=');
        size_t length = equals ? (size_t)(equals - name) : strlen(name);
        char mark = '\0';

        if (option)
            mark = mark_of(spec, name, length);
        if (mark == 0 || args.count == ARGS_MAX) {
            (void)snprintf(error, error_size, "%.80s: %s", argv[i],
                           mark ? "too many options" : "is no option of this command");
            return -EINVAL;
        }
        if (mark != '?' && !equals && i + 1 == argc) {
            (void)snprintf(error, error_size, "%.80s needs a value", argv[i]);
            return -EINVAL;
        }
        args.names[args.count] = name;
        args.values[args.count] = mark == '?' ? "" : equals ? equals + 1 : argv[++i];
        for (int k = 0; k < args.count; k++)
            if (mark != '*' && is_named(args.names[k], name, length)) {
                (void)snprintf(error, error_size, "--%.*s is given twice", (int)length, name);
                return -EINVAL;
            }
        args.count++;
    }
    result = check_required(&args, spec, error, error_size);
    if (result == 0)
        *ret = args;
    return result;
}

const char *args_at(const struct args *args, const char *name, int index)
{
    size_t length = strlen(name);

    for (int i = 0; i < args->count; i++)
        if (is_named(args->names[i], name, length) && index-- == 0)
            return args->values[i];
    return NULL;
}

const char *args_get(const struct args *args, const char *name)
{
    return args_at(args, name, 0);
}

bool args_has(const struct args *args, const char *name)
{
    return args_get(args, name) != NULL;
}
