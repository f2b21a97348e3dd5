/* What staff call a patient by beside their number: for the clinic's own console, nowhere else.
 *
 * A name is no event: what is logged is never edited, and a name must be forgotten. So it stands in
 * a table of its own until the end of the day (at each site's own midnight), and reaches only
 * views_json() of staff: no device, no slip, no page of patients, no log, no audit.
 */
#ifndef MACHIAI_CLOUD_NAMES_H
#define MACHIAI_CLOUD_NAMES_H

#include <cjson/cJSON.h>

#include "cloud.h"
#include "decode.h"

enum {
    NAMES_LETTERS_MAX = 50,                  /* Unicode's characters */
    NAMES_SIZE = 4 * NAMES_LETTERS_MAX + 1,  /* with its terminator */
    NAMES_GIVEN_SIZE = 8 * NAMES_LETTERS_MAX /* as typed, before it is judged */
};

int names_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* A name as it is kept, without the spaces around it; "" where there is nothing else. -E2BIG: more
 * than NAMES_LETTERS_MAX; -EINVAL: with what is no letter of a line (control characters, lines,
 * changes of direction). given: valid UTF-8. */
int names_clean(const char *given, char ret[static NAMES_SIZE]) __attribute__((warn_unused_result));
/* Reads "name" of a body by these rules; an optional one that is absent or empty reads as "". */
void names_decode(struct decoder *decoder, const cJSON *object, int required,
                  char ret[static NAMES_SIZE]);
/* Keeps a cleaned name of a ticket for today's date, in place of the one before; "" forgets it. */
int names_keep(struct db *db, const char *site, const char *ticket, const char *name,
               const char *today) __attribute__((warn_unused_result));
/* The same for a ticket of the day, told to the consoles that are open. -ENOENT: no such ticket. */
int names_put(struct cloud *cloud, struct site *site, const char *ticket, const char *name)
    __attribute__((warn_unused_result));
/* Adds "name" to those tickets of view_staff() that have one. */
int names_mark(struct db *db, const char *site, cJSON *view) __attribute__((warn_unused_result));

#endif
