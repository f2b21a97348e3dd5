#include "signing.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logging.h"

/* The file is {"seed":BASE64,"succession":[{"key":BASE64,"signature":BASE64}]}. */
enum {
    FILE_MAX = 32 * 1024,
    PATH_SIZE = 1100,
    SEED_TEXT_SIZE = 45 /* base64 of 32 bytes */
};

struct signing_key {
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
};

struct signing {
    struct signing_key key;
    cJSON *file;
};

static void finish(struct signing *signing)
{
    sodium_memzero(&signing->key, sizeof(signing->key));
    cJSON_Delete(signing->file);
    signing->file = NULL;
}

static void base64(const uint8_t *bytes, size_t size, char *ret, size_t ret_size)
{
    (void)sodium_bin2base64(ret, ret_size, bytes, size, sodium_base64_VARIANT_ORIGINAL);
}

static void key_id_of(const struct signing_key *key, char ret[static SIGNING_KEY_ID_SIZE])
{
    uint8_t hash[crypto_generichash_BYTES];

    (void)crypto_generichash(hash, sizeof(hash), key->public_key, sizeof(key->public_key), NULL, 0);
    (void)sodium_bin2hex(ret, SIGNING_KEY_ID_SIZE, hash, (SIGNING_KEY_ID_SIZE - 1) / 2);
}

/* -- the file ---------------------------------------------------------------------------------- */

static int read_text(const char *path, char text[static FILE_MAX])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t size;

    if (fd < 0)
        return -errno;
    size = read(fd, text, FILE_MAX - 1);
    (void)close(fd);
    if (size < 0)
        return -EIO;
    text[size] = '\0';
    return 0;
}

static int load(const char *data_dir, struct signing *ret)
{
    char path[PATH_SIZE], text[FILE_MAX];
    uint8_t seed[crypto_sign_SEEDBYTES];
    const char *seed_text;
    size_t size = 0;
    int result;

    (void)snprintf(path, sizeof(path), "%s/programme.key", data_dir);
    result = read_text(path, text);
    if (result < 0)
        return result;
    ret->file = cJSON_Parse(text);
    sodium_memzero(text, sizeof(text));
    seed_text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ret->file, "seed"));
    if (!seed_text ||
        sodium_base642bin(seed, sizeof(seed), seed_text, strlen(seed_text), NULL, &size, NULL,
                          sodium_base64_VARIANT_ORIGINAL) < 0 ||
        size != sizeof(seed) ||
        !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(ret->file, "succession"))) {
        log_error("%s is damaged: put the one from your backup there", path);
        finish(ret);
        return -EBADMSG;
    }
    (void)crypto_sign_seed_keypair(ret->key.public_key, ret->key.secret_key, seed);
    sodium_memzero(seed, sizeof(seed));
    return 0;
}

static int load_or_say(const char *data_dir, struct signing *ret)
{
    int result = load(data_dir, ret);

    if (result < 0 && result != -EBADMSG)
        log_error("%s/programme.key: %s; programmes cannot be signed", data_dir, strerror(-result));
    return result;
}

/* Whole or not at all, whatever is cut. */
static int store(const char *data_dir, const struct signing *signing)
{
    char path[PATH_SIZE], fresh[PATH_SIZE + 8];
    char *text = cJSON_PrintUnformatted(signing->file);
    int fd, result = 0;

    if (!text)
        return -ENOMEM;
    (void)snprintf(path, sizeof(path), "%s/programme.key", data_dir);
    (void)snprintf(fresh, sizeof(fresh), "%s.new", path);
    (void)unlink(fresh); /* what a kill left */
    fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fsync(fd) < 0 ||
        rename(fresh, path) < 0) {
        result = errno ? -errno : -EIO;
        log_error("%s: %s", path, strerror(-result));
    }
    if (fd >= 0)
        (void)close(fd);
    sodium_memzero(text, strlen(text));
    cJSON_free(text);
    return result;
}

/* A fresh key in signing->key and as the file's seed. */
static int make_key(struct signing *signing)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    char text[SEED_TEXT_SIZE];

    randombytes_buf(seed, sizeof(seed));
    (void)crypto_sign_seed_keypair(signing->key.public_key, signing->key.secret_key, seed);
    base64(seed, sizeof(seed), text, sizeof(text));
    cJSON_DeleteItemFromObjectCaseSensitive(signing->file, "seed");
    signing->file = signing->file ? signing->file : cJSON_CreateObject();
    bool made = cJSON_AddStringToObject(signing->file, "seed", text) != NULL;
    sodium_memzero(seed, sizeof(seed));
    sodium_memzero(text, sizeof(text));
    return made ? 0 : -ENOMEM;
}

int signing_prepare(const char *data_dir)
{
    struct signing signing = {0};
    int result = load(data_dir, &signing);

    if (result == -ENOENT) {
        result = make_key(&signing);
        cJSON_AddArrayToObject(signing.file, "succession");
        if (result == 0)
            result = store(data_dir, &signing);
    } else if (result < 0 && result != -EBADMSG) {
        log_error("%s/programme.key: %s", data_dir, strerror(-result));
    }
    finish(&signing);
    return result;
}

/* -- use --------------------------------------------------------------------------------------- */

static int sign(const struct signing_key *key, const char *prefix, const void *data, size_t size,
                char ret[static SIGNING_SIGNATURE_SIZE])
{
    uint8_t signature[crypto_sign_BYTES];
    size_t prefix_size = strlen(prefix);
    uint8_t *message = malloc(prefix_size + size);

    if (!message)
        return -ENOMEM;
    memcpy(message, prefix, prefix_size);
    memcpy(message + prefix_size, data, size);
    (void)crypto_sign_detached(signature, NULL, message, prefix_size + size, key->secret_key);
    free(message);
    base64(signature, sizeof(signature), ret, SIGNING_SIGNATURE_SIZE);
    return 0;
}

int signing_sign(const char *data_dir, const char *text,
                 char ret_key_id[static SIGNING_KEY_ID_SIZE],
                 char ret_signature[static SIGNING_SIGNATURE_SIZE])
{
    struct signing signing = {0};
    int result = load_or_say(data_dir, &signing);

    if (result == 0)
        result = sign(&signing.key, SIGNING_DOCUMENT_PREFIX, text, strlen(text), ret_signature);
    if (result == 0)
        key_id_of(&signing.key, ret_key_id);
    finish(&signing);
    return result;
}

int signing_key_id(const char *data_dir, char ret_key_id[static SIGNING_KEY_ID_SIZE])
{
    struct signing signing = {0};
    int result = load_or_say(data_dir, &signing);

    if (result == 0)
        key_id_of(&signing.key, ret_key_id);
    finish(&signing);
    return result;
}

int signing_add_keys(const char *data_dir, cJSON *json)
{
    struct signing signing = {0};
    char text[SEED_TEXT_SIZE];
    cJSON *keys;
    int result = load_or_say(data_dir, &signing);

    if (result < 0)
        return result;
    base64(signing.key.public_key, sizeof(signing.key.public_key), text, sizeof(text));
    keys = cJSON_AddArrayToObject(json, "programme_keys");
    cJSON_AddItemToArray(keys, cJSON_CreateString(text));
    cJSON_AddItemToObject(json, "key_succession",
                          cJSON_DetachItemFromObjectCaseSensitive(signing.file, "succession"));
    finish(&signing);
    return 0;
}

int signing_rotate(const char *data_dir, char ret_key_id[static SIGNING_KEY_ID_SIZE])
{
    struct signing signing = {0};
    struct signing_key before;
    char key[SEED_TEXT_SIZE], signature[SIGNING_SIGNATURE_SIZE];
    cJSON *succession, *link;
    int result = load_or_say(data_dir, &signing);

    if (result < 0)
        return result;
    before = signing.key;
    succession = cJSON_GetObjectItemCaseSensitive(signing.file, "succession");
    result = cJSON_GetArraySize(succession) >= SIGNING_KEYS_MAX ? -ENOSPC : make_key(&signing);
    if (result == 0)
        result = sign(&before, SIGNING_KEY_PREFIX, signing.key.public_key,
                      sizeof(signing.key.public_key), signature);
    if (result == 0) {
        base64(signing.key.public_key, sizeof(signing.key.public_key), key, sizeof(key));
        link = cJSON_CreateObject();
        cJSON_AddStringToObject(link, "key", key);
        cJSON_AddStringToObject(link, "signature", signature);
        cJSON_AddItemToArray(succession, link);
        result = store(data_dir, &signing);
    }
    if (result == 0)
        key_id_of(&signing.key, ret_key_id);
    sodium_memzero(&before, sizeof(before));
    finish(&signing);
    return result;
}
