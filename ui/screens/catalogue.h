/* Language catalogues: gettext .mo files read by ourselves, because a terminal changes its language
 * between two touches and libc's gettext wants an installed locale for each.
 *
 * Keys are stable ("terminal.headline"); assets/languages/CODE.po holds the words.
 */
#ifndef MACHIAI_SCREENS_CATALOGUE_H
#define MACHIAI_SCREENS_CATALOGUE_H

#include <stddef.h>

struct catalogue;

/* Opens DIR/CODE.mo; -ENOENT when it is not there, -EINVAL when it is no catalogue. */
int catalogue_open(const char *dir, const char *code, struct catalogue **ret)
    __attribute__((warn_unused_result));
void catalogue_close(struct catalogue *catalogue);

/* The words, or the key itself when the catalogue lacks it (a test refuses that). Valid until the
 * catalogue is closed. */
const char *catalogue_get(const struct catalogue *catalogue, const char *key);

/* The same, but NULL when the catalogue lacks the key: for words that may or may not be known, as
 * the names of services. */
const char *catalogue_find(const struct catalogue *catalogue, const char *key);

/* Fills {name} fields: pairs of name, value, ended by NULL. Cuts at size on a whole character. */
void catalogue_fill(char *text, size_t size, const char *pattern, ...) __attribute__((sentinel));

#endif
