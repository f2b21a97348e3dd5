/* What the files of export share: tar archives (POSIX ustar), written and read in one go. */
#ifndef MACHIAI_CLOUD_EXPORT_PRIVATE_H
#define MACHIAI_CLOUD_EXPORT_PRIVATE_H

#include <stdio.h>

#include "export.h"
#include "programme.h"

enum { TAR_BLOCK = 512, TAR_NAME_SIZE = 101 };

/* The header of a file of so many bytes, which follow, and then tar_pad(). */
int tar_write_header(FILE *file, const char *name, int64_t size, int64_t mtime)
    __attribute__((warn_unused_result));
int tar_pad(FILE *file, int64_t size) __attribute__((warn_unused_result));
/* Two empty blocks. */
int tar_end(FILE *file) __attribute__((warn_unused_result));
/* 1: a file with *ret_size bytes follows; 0: the end; -EBADMSG. */
int tar_read_header(FILE *file, char name[static TAR_NAME_SIZE], int64_t *ret_size)
    __attribute__((warn_unused_result));
/* Bytes behind a file's own up to the next header. */
int64_t tar_padding(int64_t size);

/* -EIO and friends, with a sentence. */
int export_fail(char *error, size_t error_size, int code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Calls each(sha256) for the files in DIR/contents that the site's rows name. */
int export_files(struct cloud *cloud, const char *site,
                 int (*each)(const char *sha256, void *context), void *context)
    __attribute__((warn_unused_result));

#endif
