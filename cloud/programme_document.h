/* The signed document of a site (struct programme_set): made from programmes, clinic content,
 * substitutes and withdrawals, kept with its edition and signature until one of them changes.
 */
#ifndef MACHIAI_CLOUD_PROGRAMME_DOCUMENT_H
#define MACHIAI_CLOUD_PROGRAMME_DOCUMENT_H

#include "cloud.h"
#include "programme.h"
#include "signing.h"

struct programme_document {
    char *text; /* NULL: nothing was ever distributed to this site */
    int64_t edition;
    char key_id[SIGNING_KEY_ID_SIZE];
    char signature[SIGNING_SIGNATURE_SIZE];
};

/* The present document of a site; a changed one gets the next edition, by the clock, so that it
 * grows even over a restored backup. On failure *ret is untouched. */
int programme_document_get(struct cloud *cloud, struct site *site, struct programme_document *ret)
    __attribute__((warn_unused_result));
void programme_document_finish(struct programme_document *document);

#endif
