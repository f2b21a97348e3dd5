#include "lan_check.h"

#include <sodium.h>
#include <string.h>

void lan_check(const char *device, const unsigned char raw[static LAN_CHECK_RAW_SIZE],
               char ret[static LAN_CHECK_SIZE])
{
    static const char label[] = "machiai lan ";
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;

    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, (const unsigned char *)label, sizeof label - 1);
    (void)crypto_hash_sha256_update(&state, (const unsigned char *)device, strlen(device));
    (void)crypto_hash_sha256_update(&state, raw, LAN_CHECK_RAW_SIZE);
    (void)crypto_hash_sha256_final(&state, hash);
    (void)sodium_bin2hex(ret, LAN_CHECK_SIZE, hash, (LAN_CHECK_SIZE - 1) / 2);
}
