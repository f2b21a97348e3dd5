/* The signing key's file, and the chain of keys. A device's side is tests/kiosk's programme_check.
 */
#include <errno.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "signing.h"

struct fixture {
    char dir[64], file[96];
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    assert_true(sodium_init() >= 0);
    (void)snprintf(f->dir, sizeof(f->dir), "/tmp/machiai-signing-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    (void)snprintf(f->file, sizeof(f->file), "%s/programme.key", f->dir);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    (void)unlink(f->file);
    assert_int_equal(rmdir(f->dir), 0); /* nothing else is left there */
    free(f);
    return 0;
}

static void read_key(const cJSON *item, uint8_t key[static 32])
{
    size_t size = 0;

    assert_int_equal(sodium_base642bin(key, 32, item->valuestring, strlen(item->valuestring), NULL,
                                       &size, NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    assert_int_equal(size, 32);
}

static bool holds(const uint8_t key[static 32], const char *prefix, const void *data, size_t size,
                  const char *signature)
{
    uint8_t bytes[64], message[256];
    size_t length = 0;

    assert_int_equal(sodium_base642bin(bytes, 64, signature, strlen(signature), NULL, &length, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    memcpy(message, prefix, strlen(prefix));
    memcpy(message + strlen(prefix), data, size);
    return crypto_sign_verify_detached(bytes, message, strlen(prefix) + size, key) == 0;
}

static void test_the_key_is_made_once_and_kept(void **state)
{
    struct fixture *f = *state;
    char id[SIGNING_KEY_ID_SIZE], again[SIGNING_KEY_ID_SIZE];
    struct stat status;

    assert_int_equal(signing_key_id(f->dir, id), -ENOENT);
    assert_int_equal(signing_prepare(f->dir), 0);
    assert_int_equal(stat(f->file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(signing_key_id(f->dir, id), 0);
    assert_int_equal(signing_prepare(f->dir), 0);
    assert_int_equal(signing_key_id(f->dir, again), 0);
    assert_string_equal(id, again);
}

static void test_a_damaged_file_is_never_replaced(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {"", "{}", "{\"seed\":\"AAAA\",\"succession\":[]}"};
    char id[SIGNING_KEY_ID_SIZE];

    for (int i = 0; i < 3; i++) {
        FILE *file = fopen(f->file, "w");

        assert_non_null(file);
        assert_true(fputs(bad[i], file) >= 0);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(signing_prepare(f->dir), -EBADMSG);
        assert_int_equal(signing_key_id(f->dir, id), -EBADMSG);
    }
}

static void test_each_key_is_signed_by_the_one_before(void **state)
{
    struct fixture *f = *state;
    uint8_t known[32], key[32];
    char id[SIGNING_KEY_ID_SIZE], other[SIGNING_KEY_ID_SIZE], signature[SIGNING_SIGNATURE_SIZE];
    cJSON *json = cJSON_CreateObject(), *link;

    assert_int_equal(signing_prepare(f->dir), 0);
    assert_int_equal(signing_add_keys(f->dir, json), 0);
    read_key(cJSON_GetArrayItem(cJSON_GetObjectItem(json, "programme_keys"), 0), known);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "key_succession")), 0);
    cJSON_Delete(json);
    for (int i = 0; i < 3; i++)
        assert_int_equal(signing_rotate(f->dir, id), 0);
    json = cJSON_CreateObject();
    assert_int_equal(signing_add_keys(f->dir, json), 0);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "key_succession")), 3);
    cJSON_ArrayForEach (link, cJSON_GetObjectItem(json, "key_succession")) {
        read_key(cJSON_GetObjectItem(link, "key"), key);
        assert_true(holds(known, "machiai-key-1\n", key, sizeof(key),
                          cJSON_GetObjectItem(link, "signature")->valuestring));
        memcpy(known, key, sizeof(key));
    }
    read_key(cJSON_GetArrayItem(cJSON_GetObjectItem(json, "programme_keys"), 0), key);
    assert_memory_equal(key, known, sizeof(key));
    cJSON_Delete(json);
    assert_int_equal(signing_sign(f->dir, "text", other, signature), 0);
    assert_string_equal(other, id);
    assert_true(holds(key, "machiai-programme-1\n", "text", 4, signature));
    assert_false(holds(key, "machiai-programme-1\n", "texT", 4, signature));
}

static void test_a_chain_has_an_end(void **state)
{
    struct fixture *f = *state;
    char id[SIGNING_KEY_ID_SIZE];

    assert_int_equal(signing_prepare(f->dir), 0);
    for (int i = 0; i < SIGNING_KEYS_MAX; i++)
        assert_int_equal(signing_rotate(f->dir, id), 0);
    assert_int_equal(signing_rotate(f->dir, id), -ENOSPC);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_the_key_is_made_once_and_kept),
        T(test_a_damaged_file_is_never_replaced),
        T(test_each_key_is_signed_by_the_one_before),
        T(test_a_chain_has_an_end),
    };
    return cmocka_run_group_tests_name("signing", tests, NULL, NULL);
}
