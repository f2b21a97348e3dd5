/* Links to films for people who must judge them before they are shown, and for nobody else: signed,
 * good for minutes, and of no use without the login they were made for (terms 21.3).
 */
#ifndef MACHIAI_CLOUD_PREVIEW_H
#define MACHIAI_CLOUD_PREVIEW_H

#include "cloud.h"
#include "programme.h"

enum {
    PREVIEW_MS = 10 * 60 * 1000,
    PREVIEW_TOKEN_SIZE = 116 /* SHA-256, time and seal, parted by dots */
};

/* who must be a person's session. */
void preview_make(const struct cloud *cloud, const struct identity_who *who, const char *sha256,
                  int64_t expires, char ret[static PREVIEW_TOKEN_SIZE]);
/* The film of a token. -EACCES: not ours, or not of this login; -ETIME: its minutes are over. */
int preview_open(const struct cloud *cloud, const struct identity_who *who, const char *token,
                 int64_t now, char ret_sha256[static SHA256_SIZE])
    __attribute__((warn_unused_result));

#endif
