#include "data_dir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void data_dir_find(const char *name, const char *variable, const char *built, char *path,
                   size_t size)
{
    char self[512];
    const char *given = getenv(variable);
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash != NULL)
        *slash = '\0';
    snprintf(path, size, "%s/../share/machiai/%s", self, name);
    if (given != NULL)
        snprintf(path, size, "%s", given);
    else if (access(path, R_OK) != 0)
        snprintf(path, size, "%s", built);
}
