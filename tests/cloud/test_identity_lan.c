/* Whom a kiosk may let in without a line, and by what it knows them. */
#include "identity_rig.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lan_check.h"

static const char kiosk[] = "0d5c1c1e-0000-4000-8000-000000000001";
static const char other[] = "0d5c1c1e-0000-4000-8000-000000000002";

static cJSON *people(const char *site, const char *device)
{
    cJSON *list = NULL;
    assert_int_equal(identity_lan_people(identity, site, device, &list), 0);
    return list;
}

static void expect_people(const char *site, int count)
{
    cJSON *list = people(site, kiosk);
    assert_int_equal(cJSON_GetArraySize(list), count);
    cJSON_Delete(list);
}

static const char *word(const cJSON *list, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 0), name));
}

static uint64_t digest(const char *site)
{
    uint64_t digest = 0;
    assert_int_equal(identity_lan_digest(identity, site, &digest), 0);
    assert_true(digest != 0);
    return digest;
}

static void only_staff_of_the_site_who_may_log_in(void **state)
{
    (void)state;
    assert_int_equal(
        identity_user_add(identity, "owner", "契約者", IDENTITY_CONTRACTOR, "another password"), 0);
    assert_int_equal(identity_user_site_add(identity, "owner", SITE_A), 0);
    assert_int_equal(identity_user_add(identity, "invited", "新人", IDENTITY_STAFF, NULL), 0);
    assert_int_equal(identity_user_site_add(identity, "invited", SITE_A), 0);
    cJSON *list = people(SITE_A, kiosk);
    assert_int_equal(cJSON_GetArraySize(list), 1);
    assert_string_equal(word(list, "user"), "suzuki");
    assert_string_equal(word(list, "name"), "鈴木");
    cJSON_Delete(list);
    expect_people(SITE_B, 0);
    assert_int_equal(identity_user_lock(identity, "suzuki", true), 0);
    expect_people(SITE_A, 0);
    assert_int_equal(identity_user_lock(identity, "suzuki", false), 0);
    expect_people(SITE_A, 1);
    assert_int_equal(identity_user_site_remove(identity, "suzuki", SITE_A), 0);
    expect_people(SITE_A, 0);
}

/* With what it was told a kiosk can tell the right password, and not much more: it has neither the
 * hash nor what another kiosk was told. */
static void a_kiosk_knows_a_check_not_the_hash(void **state)
{
    (void)state;
    static const char password[] = "right password";
    cJSON *list = people(SITE_A, kiosk), *others = people(SITE_A, other);
    const cJSON *item = cJSON_GetArrayItem(list, 0);
    unsigned char salt[crypto_pwhash_SALTBYTES], raw[LAN_CHECK_RAW_SIZE];
    char check[LAN_CHECK_SIZE];
    assert_int_equal(sodium_hex2bin(salt, sizeof salt, word(list, "salt"),
                                    strlen(word(list, "salt")), NULL, NULL, NULL),
                     0);
    assert_int_equal(
        crypto_pwhash(raw, sizeof raw, password, strlen(password), salt,
                      (unsigned long long)cJSON_GetObjectItem(item, "rounds")->valuedouble,
                      (size_t)cJSON_GetObjectItem(item, "memory_kib")->valuedouble * 1024,
                      crypto_pwhash_ALG_ARGON2ID13),
        0);
    lan_check(kiosk, raw, check);
    assert_string_equal(word(list, "check"), check);
    assert_string_not_equal(word(others, "check"), check);
    char *text = cJSON_PrintUnformatted(list);
    assert_null(strstr(text, "argon2id"));
    cJSON_free(text);
    cJSON_Delete(list);
    cJSON_Delete(others);
}

/* By it the cloud notices that kiosks must be told. */
static void the_digest_changes_with_what_kiosks_are_told(void **state)
{
    (void)state;
    uint64_t first = digest(SITE_A), nobody = digest(SITE_B);
    assert_true(first != nobody);
    assert_true(digest(SITE_A) == first);
    assert_int_equal(identity_user_lock(identity, "suzuki", true), 0);
    assert_true(digest(SITE_A) == nobody);
    assert_int_equal(identity_user_lock(identity, "suzuki", false), 0);
    assert_true(digest(SITE_A) == first);
    assert_int_equal(identity_user_password(identity, "suzuki", "a third password"), 0);
    assert_true(digest(SITE_A) != first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_staff_of_the_site_who_may_log_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_kiosk_knows_a_check_not_the_hash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_digest_changes_with_what_kiosks_are_told, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
