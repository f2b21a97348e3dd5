/* Command lines: "--name value" and "--flag", checked against a short description. */
#ifndef MACHIAI_CLOUD_ARGS_H
#define MACHIAI_CLOUD_ARGS_H

#include <stdbool.h>
#include <stddef.h>

enum { ARGS_MAX = 64, ARGS_ERROR_SIZE = 200 };

struct args {
    const char *names[ARGS_MAX];
    const char *values[ARGS_MAX]; /* point into argv; "" for a flag */
    int count;
};

/* spec names the options, parted by spaces: "data!" must be given, "host*" may be given often,
 * "json?" is a flag. -EINVAL with a sentence. */
int args_read(int argc, char *const argv[], const char *spec, struct args *ret, char *error,
              size_t error_size) __attribute__((warn_unused_result));
/* The value, or NULL when it was not given. */
const char *args_get(const struct args *args, const char *name);
/* The index-th value of an option that may be given often, or NULL. */
const char *args_at(const struct args *args, const char *name, int index);
bool args_has(const struct args *args, const char *name);

#endif
