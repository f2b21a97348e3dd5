/* The code that a patient with a booking shows: as typed or scanned, and as it is claimed.
 *
 * A kiosk without a line cannot look a code up; it logs the code's keyed hash, and the cloud finds
 * the booking later. The log lives for ever, so neither card numbers nor secret codes stand in it.
 */
#ifndef MACHIAI_CORE_CLAIM_H
#define MACHIAI_CORE_CLAIM_H

enum {
    CLAIM_CODE_SIZE = 33,  /* longest code that counts, and terminator */
    CLAIM_KEY_SIZE = 65,   /* a site's key: 64 hex digits and terminator */
    CLAIM_DIGEST_SIZE = 33 /* 32 hex digits and terminator */
};

/* What counts of it: letters and digits of the last part of a link, upper case, no hyphens or
 * blanks; the full-width digits of a Japanese keyboard too. -EINVAL: nothing is left, or too much.
 */
int claim_code(const char *text, char ret[static CLAIM_CODE_SIZE])
    __attribute__((warn_unused_result));
/* The keyed hash of a code as claim_code() gives it. -EINVAL: that is no key. */
int claim_digest(const char *key, const char *code, char ret[static CLAIM_DIGEST_SIZE])
    __attribute__((warn_unused_result));

#endif
