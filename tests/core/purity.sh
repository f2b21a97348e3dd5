#!/bin/sh
# purity.sh NM LIBRARY: fails when the library refers to anything outside what a pure domain needs.
# snprintf only fills buffers; everything else of stdio is refused by not being listed.
set -eu
allowed='abort malloc free realloc calloc qsort memcpy memmove memset memcmp strlen strcmp strncmp
strchr strrchr strspn strcspn floor fabs snprintf vsnprintf __snprintf_chk __vsnprintf_chk __memcpy_chk
__stack_chk_fail _GLOBAL_OFFSET_TABLE_'
own=$("$1" --defined-only -g "$2" | awk 'NF == 3 {print $3}' | sort -u)
used=$("$1" -u "$2" | awk 'NF == 2 {print $2}' | sort -u)
bad=''
for symbol in $used; do
    case $symbol in
    cJSON_* | crypto_hash_sha256* | crypto_generichash) continue ;;
    sodium_bin2hex | sodium_hex2bin | sodium_memzero | __asan_* | __ubsan_*) continue ;;
    esac
    printf '%s\n' $allowed $own | grep -qx -- "$symbol" || bad="$bad $symbol"
done
[ -z "$bad" ] || { echo "firmware/core refers to:$bad"; exit 1; }
