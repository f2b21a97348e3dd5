/* Whose word a kiosk takes for what it plays: the signed document of its own site, never an older
 * one, under a key that it learned at its enrolment or that follows from it.
 */
#ifndef MACHIAI_KIOSK_PROGRAMME_CHECK_H
#define MACHIAI_KIOSK_PROGRAMME_CHECK_H

#include "programme.h"

enum {
    PROGRAMME_KEY_SIZE = 32,
    PROGRAMME_KEYS_MAX = 4,
    PROGRAMME_SUCCESSION_MAX = 64,
    PROGRAMME_KEY_ID_SIZE = 17,    /* 16 hex of the key's BLAKE2b */
    PROGRAMME_KEYS_TEXT_SIZE = 256 /* of programme_keys_to_text() */
};

struct programme_keys {
    uint8_t key[PROGRAMME_KEYS_MAX][PROGRAMME_KEY_SIZE];
    int count; /* 0: none was ever learned, and no document counts */
};

/* Takes in "programme_keys" and "key_succession" of the cloud's answer to an enrolment or to
 * GET /api/v1/device. Who knows no key yet takes those of the answer, which came over TLS; who
 * knows some takes only those that they signed, link by link, and forgets the ones before.
 * 1: *keys has changed, to be stored; 0: nothing new; -EINVAL: not understood; -EKEYREJECTED: a
 * stranger's keys, e.g. of a cloud that lost its own: the device must be enrolled anew. */
int programme_keys_follow(struct programme_keys *keys, const cJSON *answer)
    __attribute__((warn_unused_result));
/* Tells whether a document signed by that key can be checked; if not, ask GET /api/v1/device. */
bool programme_keys_know(const struct programme_keys *keys, const char *key_id);

/* For the journal: base64 texts parted by blanks. -EINVAL: not understood, *ret is untouched. */
void programme_keys_to_text(const struct programme_keys *keys,
                            char text[static PROGRAMME_KEYS_TEXT_SIZE]);
int programme_keys_from_text(const char *text, struct programme_keys *ret)
    __attribute__((warn_unused_result));

/* Checks a document and reads it into *ret, which is untouched on failure. site: the device's own;
 * edition: of the newest document that it has had, 0 = none. What has expired is still taken: the
 * clinic's own content in it goes on, and programme_resolve() plays nothing else of it.
 * -EKEYREJECTED: the signature is none of these keys' for this text, -EXDEV: another site's,
 * -ESTALE: older than what is known, -EPROTONOSUPPORT: of a newer format, -EINVAL: not understood,
 * -ENOMEM. error gets a sentence. */
int programme_check(const struct programme_keys *keys, const char *document, const char *signature,
                    const char *site, int64_t edition, struct programme_set *ret, char *error,
                    size_t error_size) __attribute__((warn_unused_result));

#endif
