/* The letters of a site that a device, or a service's prefix, may still be given.
 *
 * After a restore, the lost cloud may have enrolled devices since the backup that no kiosk tells
 * of: such a device gives numbers of a letter that the restored log thinks free. The letters that
 * it would have got are set aside, and nobody gets them until the operator says that no such device
 * is left. Works on the database alone, inside the caller's transaction; its table is the sites'
 * own (site_log.c).
 */
#ifndef MACHIAI_CLOUD_LETTERS_H
#define MACHIAI_CLOUD_LETTERS_H

#include "db.h"
#include "queue.h"

enum {
    LETTERS_SIZE = 27,
    LETTERS_MARGIN = 4 /* devices enrolled, or given another letter, after the backup */
};

/* Those that belong to nobody by the log, in the order in which they are given. */
void letters_unused(const struct queue *queue, char ret[static LETTERS_SIZE]);
/* The first of `unused` that is not set aside; *ret is 0 when there is none. */
int letters_free(struct db *db, const char *site, const char *unused, char *ret)
    __attribute__((warn_unused_result));
/* Sets aside the next LETTERS_MARGIN of `unused`, as the cloud that was lost would have gone on.
 * Repeated for the restore of the same moment, when kiosks have given back that some of them were
 * given, it makes up for those. */
int letters_set_aside(struct db *db, const char *site, const char *unused, int64_t restored)
    __attribute__((warn_unused_result));
/* All that are set aside. */
int letters_aside(struct db *db, const char *site, char ret[static LETTERS_SIZE])
    __attribute__((warn_unused_result));
/* -ENOENT: it is not set aside. */
int letters_release(struct db *db, const char *site, char letter)
    __attribute__((warn_unused_result));
/* Settings must not make a prefix of a letter that is set aside. -EINVAL with the path; a prefix
 * that `queue` has already may stay. */
int letters_fit(struct db *db, const char *site, const struct queue *queue,
                const struct settings *settings, char *error, size_t error_size)
    __attribute__((warn_unused_result));

#endif
