#include "preview.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEAL_BYTES = 16, SEAL_SIZE = SEAL_BYTES * 2 + 1, TEXT_SIZE = 320 };

/* The session's own token ends with the session, and so does what is sealed with it. */
static void seal(const struct cloud *cloud, const struct identity_who *who, const char *sha256,
                 long long expires, char ret[static SEAL_SIZE])
{
    unsigned char bytes[SEAL_BYTES];
    char text[TEXT_SIZE];
    int size = snprintf(text, sizeof(text), "machiai-preview-1\n%s\n%lld\n%s\n%s", sha256, expires,
                        who->id, who->csrf);

    (void)crypto_generichash(bytes, sizeof(bytes), (const unsigned char *)text,
                             (unsigned long long)size, cloud->secret, sizeof(cloud->secret));
    (void)sodium_bin2hex(ret, SEAL_SIZE, bytes, sizeof(bytes));
}

void preview_make(const struct cloud *cloud, const struct identity_who *who, const char *sha256,
                  int64_t expires, char ret[static PREVIEW_TOKEN_SIZE])
{
    char mark[SEAL_SIZE];

    seal(cloud, who, sha256, (long long)expires, mark);
    (void)snprintf(ret, PREVIEW_TOKEN_SIZE, "%s.%lld.%s", sha256, (long long)expires, mark);
}

int preview_open(const struct cloud *cloud, const struct identity_who *who, const char *token,
                 int64_t now, char ret_sha256[static SHA256_SIZE])
{
    char sha256[SHA256_SIZE] = "", mark[SEAL_SIZE];
    const char *given;
    long long expires;
    char *end = NULL;

    if (strspn(token, "0123456789abcdef") != SHA256_SIZE - 1 || token[SHA256_SIZE - 1] != '.')
        return -EACCES;
    memcpy(sha256, token, SHA256_SIZE - 1);
    expires = strtoll(token + SHA256_SIZE, &end, 10);
    if (!end || *end != '.')
        return -EACCES;
    given = end + 1;
    seal(cloud, who, sha256, expires, mark);
    if (strlen(given) != SEAL_SIZE - 1 || sodium_memcmp(given, mark, SEAL_SIZE - 1) != 0)
        return -EACCES;
    if (now >= expires)
        return -ETIME;
    memcpy(ret_sha256, sha256, SHA256_SIZE);
    return 0;
}
