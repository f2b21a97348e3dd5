#include "programme_check.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char document_prefix[] = "machiai-programme-1\n";
static const char key_prefix[] = "machiai-key-1\n";

static bool read_base64(const char *text, uint8_t *ret, size_t size)
{
    size_t length = 0;
    return text &&
           sodium_base642bin(ret, size, text, strlen(text), NULL, &length, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           length == size;
}

/* -- keys --------------------------------------------------------------------------------------
 */

static bool holds(const struct programme_keys *keys, const uint8_t *key)
{
    for (int i = 0; i < keys->count; i++)
        if (memcmp(keys->key[i], key, PROGRAMME_KEY_SIZE) == 0)
            return true;
    return false;
}

static bool signed_by(const struct programme_keys *keys, const char *prefix, const void *data,
                      size_t size, const char *signature_text)
{
    uint8_t signature[crypto_sign_BYTES];
    size_t prefix_size = strlen(prefix);
    bool good = false;
    if (!read_base64(signature_text, signature, sizeof signature))
        return false;
    uint8_t *message = malloc(prefix_size + size);
    if (!message)
        return false;
    memcpy(message, prefix, prefix_size);
    memcpy(message + prefix_size, data, size);
    for (int i = 0; i < keys->count && !good; i++)
        good =
            crypto_sign_verify_detached(signature, message, prefix_size + size, keys->key[i]) == 0;
    free(message);
    return good;
}

static int read_announced(const cJSON *answer, struct programme_keys *ret)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(answer, "programme_keys"), *item;
    int size = cJSON_GetArraySize(list);
    if (!cJSON_IsArray(list) || size < 1 || size > PROGRAMME_KEYS_MAX)
        return -EINVAL;
    cJSON_ArrayForEach (item, list)
        if (!read_base64(cJSON_GetStringValue(item), ret->key[ret->count++], PROGRAMME_KEY_SIZE))
            return -EINVAL;
    return 0;
}

/* The key that the chain leads to from those known: each link signed by the one before. */
static void walk(const cJSON *succession, struct programme_keys *known)
{
    const cJSON *link;
    cJSON_ArrayForEach (link, succession) {
        uint8_t key[PROGRAMME_KEY_SIZE];
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(link, "key"));
        const char *signature =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(link, "signature"));
        if (!read_base64(text, key, sizeof key) || holds(known, key) ||
            !signed_by(known, key_prefix, key, sizeof key, signature))
            continue;
        memcpy(known->key[0], key, sizeof key);
        known->count = 1;
    }
}

int programme_keys_follow(struct programme_keys *keys, const cJSON *answer)
{
    const cJSON *succession = cJSON_GetObjectItemCaseSensitive(answer, "key_succession");
    struct programme_keys announced = {.count = 0}, known = *keys, taken = {.count = 0};
    if (read_announced(answer, &announced) < 0 ||
        cJSON_GetArraySize(succession) > PROGRAMME_SUCCESSION_MAX)
        return -EINVAL;
    if (keys->count == 0) {
        *keys = announced;
        return 1;
    }
    walk(succession, &known);
    for (int i = 0; i < announced.count; i++)
        if (holds(&known, announced.key[i]))
            memcpy(taken.key[taken.count++], announced.key[i], PROGRAMME_KEY_SIZE);
    if (taken.count == 0)
        return -EKEYREJECTED;
    bool same = taken.count == keys->count;
    for (int i = 0; i < taken.count; i++)
        same = same && holds(keys, taken.key[i]);
    *keys = taken;
    return same ? 0 : 1;
}

bool programme_keys_know(const struct programme_keys *keys, const char *key_id)
{
    for (int i = 0; i < keys->count; i++) {
        uint8_t hash[crypto_generichash_BYTES];
        char id[PROGRAMME_KEY_ID_SIZE];
        (void)crypto_generichash(hash, sizeof hash, keys->key[i], PROGRAMME_KEY_SIZE, NULL, 0);
        (void)sodium_bin2hex(id, sizeof id, hash, (sizeof id - 1) / 2);
        if (strcmp(id, key_id) == 0)
            return true;
    }
    return false;
}

void programme_keys_to_text(const struct programme_keys *keys,
                            char text[static PROGRAMME_KEYS_TEXT_SIZE])
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < keys->count; i++) {
        if (i > 0)
            text[used++] = ' ';
        (void)sodium_bin2base64(text + used, PROGRAMME_KEYS_TEXT_SIZE - used, keys->key[i],
                                PROGRAMME_KEY_SIZE, sodium_base64_VARIANT_ORIGINAL);
        used += strlen(text + used);
    }
}

int programme_keys_from_text(const char *text, struct programme_keys *ret)
{
    struct programme_keys keys = {.count = 0};
    while (*text) {
        const char *end = NULL;
        size_t length = 0;
        if (keys.count == PROGRAMME_KEYS_MAX ||
            sodium_base642bin(keys.key[keys.count], PROGRAMME_KEY_SIZE, text, strlen(text), NULL,
                              &length, &end, sodium_base64_VARIANT_ORIGINAL) < 0 ||
            length != PROGRAMME_KEY_SIZE || (*end && *end != ' '))
            return -EINVAL;
        keys.count++;
        text = *end ? end + 1 : end;
    }
    *ret = keys;
    return 0;
}

/* -- documents ---------------------------------------------------------------------------------
 */

static int fail(int code, const char *why, char *error, size_t error_size)
{
    (void)snprintf(error, error_size, "%s", why);
    return code;
}

/* What may be said before the whole is read: it is ours to read, and new. */
static int check_head(const cJSON *json, const char *site, int64_t edition, char *error,
                      size_t error_size)
{
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(json, "format");
    const char *owner = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "site"));
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(json, "edition");
    if (cJSON_IsNumber(format) && format->valuedouble > PROGRAMME_FORMAT)
        return fail(-EPROTONOSUPPORT, "its format is newer than this program", error, error_size);
    if (!owner || strcmp(owner, site) != 0)
        return fail(-EXDEV, "it is another site's", error, error_size);
    if (cJSON_IsNumber(number) && number->valuedouble < (double)edition)
        return fail(-ESTALE, "it is older than the one that is known", error, error_size);
    return 0;
}

int programme_check(const struct programme_keys *keys, const char *document, const char *signature,
                    const char *site, int64_t edition, struct programme_set *ret, char *error,
                    size_t error_size)
{
    size_t size = strlen(document);
    if (size > PROGRAMME_DOCUMENT_MAX)
        return fail(-EINVAL, "it is too long", error, error_size);
    if (!signed_by(keys, document_prefix, document, size, signature))
        return fail(-EKEYREJECTED, "its signature does not hold", error, error_size);
    cJSON *json = cJSON_Parse(document);
    int result = json ? check_head(json, site, edition, error, error_size)
                      : fail(-EINVAL, "it is no JSON", error, error_size);
    if (result == 0)
        result = programme_set_from_json(json, ret, error, error_size);
    cJSON_Delete(json);
    return result;
}
