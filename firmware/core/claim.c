#include "claim.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

/* Full-width ０-９ Ａ-Ｚ ａ-ｚ as UTF-8: EF BC 90.. and EF BD 81..; 0 = something else. */
static char narrow(const unsigned char *text)
{
    if (text[0] != 0xef)
        return 0;
    if (text[1] == 0xbc && text[2] >= 0x90 && text[2] <= 0x99)
        return (char)('0' + text[2] - 0x90);
    if (text[1] == 0xbc && text[2] >= 0xa1 && text[2] <= 0xba)
        return (char)('A' + text[2] - 0xa1);
    if (text[1] == 0xbd && text[2] >= 0x81 && text[2] <= 0x9a)
        return (char)('A' + text[2] - 0x81);
    return 0;
}

int claim_code(const char *text, char ret[static CLAIM_CODE_SIZE])
{
    char code[CLAIM_CODE_SIZE];
    size_t count = 0;
    const char *slash = strrchr(text, '/');
    for (const char *at = slash ? slash + 1 : text; *at && *at != '?' && *at != '#'; at++) {
        char wide = narrow((const unsigned char *)at);
        char c = wide ? wide : *at;
        at += wide ? 2 : 0;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if ((c < '0' || c > '9') && (c < 'A' || c > 'Z'))
            continue;
        if (count == CLAIM_CODE_SIZE - 1)
            return -EINVAL;
        code[count++] = c;
    }
    if (count == 0)
        return -EINVAL;
    code[count] = '\0';
    memcpy(ret, code, count + 1);
    return 0;
}

int claim_digest(const char *key, const char *code, char ret[static CLAIM_DIGEST_SIZE])
{
    unsigned char bytes[crypto_generichash_KEYBYTES], hash[crypto_generichash_BYTES_MIN];
    size_t size = 0;
    if (strlen(key) != 2 * sizeof bytes ||
        sodium_hex2bin(bytes, sizeof bytes, key, 2 * sizeof bytes, NULL, &size, NULL) != 0 ||
        size != sizeof bytes)
        return -EINVAL;
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)code, strlen(code), bytes,
                             sizeof bytes); /* cannot fail with these sizes */
    (void)sodium_bin2hex(ret, CLAIM_DIGEST_SIZE, hash, sizeof hash);
    sodium_memzero(bytes, sizeof bytes);
    return 0;
}
