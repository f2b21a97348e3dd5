/* Which booking a code stands for: a number, the secret code of its link, or a patient's card.
 *
 * A card number is never kept or shown: only its keyed hash (core's claim.h), and only until the
 * end of the day. Kiosks know their site's key, so that one without a line can claim a booking
 * without writing the code down.
 */
#ifndef MACHIAI_CLOUD_CLAIMS_H
#define MACHIAI_CLOUD_CLAIMS_H

#include "claim.h"
#include "cloud.h"

enum { CLAIMS_EARLY_MS = 60 * 60 * 1000 /* so long before a slot begins one may check in */ };

int claims_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* The site's key, made at the first need. */
int claims_key(struct db *db, const char *site, char ret[static CLAIM_KEY_SIZE])
    __attribute__((warn_unused_result));
/* Keeps a booking's card number, as its hash. -EINVAL: it has no letter or digit. */
int claims_keep_card(struct db *db, struct site *site, const char *ticket, const char *card)
    __attribute__((warn_unused_result));
/* Within site_begin(): the ticket of a booking by what was typed or scanned; -ENOENT. */
int claims_find(struct cloud *cloud, struct site *site, const char *text,
                char ret_ticket[static UID_SIZE]) __attribute__((warn_unused_result));
/* Within site_begin(): 1 when a booking of today by this card is not over yet, else 0. */
int claims_card_used(struct cloud *cloud, struct site *site, const char *card)
    __attribute__((warn_unused_result));
/* The same as claims_find() by what an offline kiosk logged: the digest of card or code. */
int claims_find_digest(struct cloud *cloud, struct site *site, const char *digest,
                       char ret_ticket[static UID_SIZE]) __attribute__((warn_unused_result));

#endif
