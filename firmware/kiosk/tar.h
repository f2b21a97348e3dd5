/* A tar archive (ustar) written file by file: for diagnosis bundles. */
#ifndef MACHIAI_KIOSK_TAR_H
#define MACHIAI_KIOSK_TAR_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { TAR_NAME_MAX = 99, TAR_FILE_MAX = 64 * 1024 * 1024 };

/* Adds a file of these bytes; mtime in seconds since 1970. -EINVAL: name or size out of limits;
 * -EIO: the archive cannot be written. */
int tar_add(FILE *archive, const char *name, const void *bytes, size_t size, int64_t mtime)
    __attribute__((warn_unused_result));
/* The end marker. */
int tar_end(FILE *archive) __attribute__((warn_unused_result));

#endif
