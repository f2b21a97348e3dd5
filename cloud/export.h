/* One site, whole: written to a file that any program can read (EXPORT.md), taken in again from it,
 * and removed from this cloud with nothing left behind.
 *
 * Errors are negative errno values; error (DB_ERROR_SIZE) gets a sentence.
 */
#ifndef MACHIAI_CLOUD_EXPORT_H
#define MACHIAI_CLOUD_EXPORT_H

#include "cloud.h"

enum {
    EXPORT_FORMAT = 1,
    EXPORT_LINE_MAX = 16 * 1024 * 1024, /* of one row as JSON */
    EXPORT_FILES_MAX = 4096             /* films and photographs of a site */
};

struct export_count {
    int64_t rows, files;
    int64_t left_out; /* import: accounts whose user ID is another's here */
};

/* Writes the site as it is at one moment to a new file; without `films` only what is small.
 * -EEXIST: path is there. On failure no file is left. */
int export_site(struct cloud *cloud, struct site *site, const char *path, bool films,
                struct export_count *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Takes an exported site in, in one transaction, once its log's chain and every file's hash were
 * checked. Nobody has a password, no device a token: they get codes. -EEXIST: the site or its
 * clinic_no is here; -EBADMSG: the file is no whole export. */
int export_take_in(struct cloud *cloud, const char *path, struct export_count *ret, char *error,
                   size_t error_size) __attribute__((warn_unused_result));

/* Removes every row and file of a site, and accounts that belong to it alone. Whoever still asks
 * for it hears that there is none. */
int export_erase(struct cloud *cloud, struct site *site, struct export_count *ret, char *error,
                 size_t error_size) __attribute__((warn_unused_result));

/* Rows and files of sites that are not here (any more); for `check`. Number of them, or an error.
 */
int export_strays(struct cloud *cloud) __attribute__((warn_unused_result));

/* -- the tables, also for the test that walks all of them ---------------------------------------
 */
struct export_table {
    const char *name;
    const char *columns; /* parted by blanks; "#" marks a whole number */
    const char *order;   /* of the rows */
    const char *where;   /* which rows are the site's: $1 */
    bool written; /* else removed with the site, yet no part of its export: secrets, copies */
};
/* In an order that suits foreign keys. */
const struct export_table *export_tables(int *ret_count);

#endif
