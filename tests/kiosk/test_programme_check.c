/* A kiosk plays by nothing but its own cloud's newest word: every way for it to be another's. */
#include "test.h"

#include "programme_check.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char site[] = "3f0e5c1a-0000-4000-8000-000000000001";
static const char other_site[] = "3f0e5c1a-0000-4000-8000-000000000002";

struct pair {
    uint8_t public_key[PROGRAMME_KEY_SIZE], secret_key[64];
};

struct fixture {
    struct pair pair[4];
    struct programme_keys keys; /* knows pair 0 */
    struct programme_set *set;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_true(sodium_init() >= 0);
    for (int i = 0; i < 4; i++)
        (void)crypto_sign_keypair(f->pair[i].public_key, f->pair[i].secret_key);
    memcpy(f->keys.key[0], f->pair[0].public_key, PROGRAMME_KEY_SIZE);
    f->keys.count = 1;
    f->set = malloc(sizeof *f->set);
    assert_non_null(f->set);
    programme_set_init(f->set);
    f->set->edition = 7;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    free(f->set);
    free(f);
    return 0;
}

static void sign(const struct pair *pair, const char *prefix, const void *data, size_t size,
                 char text[static 96])
{
    uint8_t message[4096], signature[64];
    size_t prefix_size = strlen(prefix);
    assert_true(prefix_size + size <= sizeof message);
    memcpy(message, prefix, prefix_size);
    memcpy(message + prefix_size, data, size);
    (void)crypto_sign_detached(signature, NULL, message, prefix_size + size, pair->secret_key);
    (void)sodium_bin2base64(text, 96, signature, sizeof signature, sodium_base64_VARIANT_ORIGINAL);
}

static const char *document(const char *of, int format, int edition)
{
    static char text[1000];
    (void)snprintf(text, sizeof text,
                   "{\"format\":%d,\"site\":\"%s\",\"edition\":%d,\"made\":5,\"expires\":90,"
                   "\"utc_offset_min\":540,\"video_service\":true,\"programmes\":[],\"clinic\":[],"
                   "\"substitutes\":[],\"withdrawn\":[]}",
                   format, of, edition);
    return text;
}

static int check_signed_by(struct fixture *f, int pair, const char *text)
{
    char signature[96], error[200] = "";
    sign(&f->pair[pair], "machiai-programme-1\n", text, strlen(text), signature);
    int result = programme_check(&f->keys, text, signature, site, 20, f->set, error, sizeof error);
    assert_true(result == 0 || *error);
    if (result < 0)
        assert_true(f->set->edition == 7); /* untouched */
    return result;
}

static void the_clouds_own_document_is_taken(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(check_signed_by(f, 0, document(site, 1, 20)), 0); /* the same again */
    assert_true(f->set->edition == 20);
    assert_int_equal(check_signed_by(f, 0, document(site, 1, 21)), 0);
    assert_true(f->set->edition == 21);
}

static void a_strangers_signature_is_refused(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(check_signed_by(f, 1, document(site, 1, 21)), -EKEYREJECTED);
    f->keys.count = 0;
    assert_int_equal(check_signed_by(f, 0, document(site, 1, 21)), -EKEYREJECTED);
}

static void a_changed_text_is_refused(void **state)
{
    struct fixture *f = *state;
    const char *text = document(site, 1, 21);
    char signature[96], changed[1000], error[200];
    sign(&f->pair[0], "machiai-programme-1\n", text, strlen(text), signature);
    for (size_t i = 0; i < strlen(text); i += 7) {
        (void)snprintf(changed, sizeof changed, "%s", text);
        changed[i] ^= 1;
        assert_int_equal(
            programme_check(&f->keys, changed, signature, site, 20, f->set, error, sizeof error),
            -EKEYREJECTED);
    }
    (void)snprintf(changed, sizeof changed, "%s ", text);
    assert_int_equal(
        programme_check(&f->keys, changed, signature, site, 20, f->set, error, sizeof error),
        -EKEYREJECTED);
}

static void a_signature_for_another_purpose_is_refused(void **state)
{
    struct fixture *f = *state;
    const char *text = document(site, 1, 21);
    char signature[96], error[200];
    sign(&f->pair[0], "", text, strlen(text), signature);
    assert_int_equal(
        programme_check(&f->keys, text, signature, site, 20, f->set, error, sizeof error),
        -EKEYREJECTED);
    sign(&f->pair[0], "machiai-key-1\n", text, strlen(text), signature);
    assert_int_equal(
        programme_check(&f->keys, text, signature, site, 20, f->set, error, sizeof error),
        -EKEYREJECTED);
}

static void what_is_no_signature_is_refused(void **state)
{
    struct fixture *f = *state;
    char error[200];
    char much[120];
    memset(much, 'A', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    const char *const bad[] = {"", "!", "AAAA", much};
    for (int i = 0; i < 4; i++)
        assert_int_equal(programme_check(&f->keys, document(site, 1, 21), bad[i], site, 20, f->set,
                                         error, sizeof error),
                         -EKEYREJECTED);
}

static void an_older_edition_is_refused(void **state)
{
    assert_int_equal(check_signed_by(*state, 0, document(site, 1, 19)), -ESTALE);
}

static void another_sites_document_is_refused(void **state)
{
    assert_int_equal(check_signed_by(*state, 0, document(other_site, 1, 21)), -EXDEV);
}

static void a_newer_format_is_refused(void **state)
{
    assert_int_equal(check_signed_by(*state, 0, document(site, 2, 21)), -EPROTONOSUPPORT);
}

static void what_is_signed_and_no_document_is_refused(void **state)
{
    assert_int_equal(check_signed_by(*state, 0, "this is no JSON"), -EINVAL);
    assert_int_equal(check_signed_by(*state, 0, "[]"), -EXDEV);
    assert_int_equal(check_signed_by(*state, 0, document(site, 0, 21)), -EINVAL);
}

/* Offline too long: the clinic's own content in it goes on (programme_resolve). */
static void an_expired_document_is_taken(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(check_signed_by(f, 0, document(site, 1, 21)), 0);
    assert_true(f->set->expires == 90);
}

/* -- succession --------------------------------------------------------------------------------
 */

static void add_base64(cJSON *array, const uint8_t *key)
{
    char text[64];
    (void)sodium_bin2base64(text, sizeof text, key, PROGRAMME_KEY_SIZE,
                            sodium_base64_VARIANT_ORIGINAL);
    cJSON_AddItemToArray(array, cJSON_CreateString(text));
}

/* The answer of a cloud whose keys were 0, 1, .. last; broken: that link is signed by a stranger.
 */
static cJSON *answer(const struct fixture *f, int last, int broken)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *links = cJSON_AddArrayToObject(json, "key_succession");
    add_base64(cJSON_AddArrayToObject(json, "programme_keys"), f->pair[last].public_key);
    for (int i = 1; i <= last; i++) {
        char key[64], signature[96];
        sign(&f->pair[i == broken ? 3 : i - 1], "machiai-key-1\n", f->pair[i].public_key,
             PROGRAMME_KEY_SIZE, signature);
        (void)sodium_bin2base64(key, sizeof key, f->pair[i].public_key, PROGRAMME_KEY_SIZE,
                                sodium_base64_VARIANT_ORIGINAL);
        cJSON *link = cJSON_CreateObject();
        cJSON_AddStringToObject(link, "key", key);
        cJSON_AddStringToObject(link, "signature", signature);
        cJSON_AddItemToArray(links, link);
    }
    return json;
}

static int follow(struct fixture *f, int last, int broken)
{
    cJSON *json = answer(f, last, broken);
    int result = programme_keys_follow(&f->keys, json);
    cJSON_Delete(json);
    return result;
}

static void the_first_keys_come_with_the_enrolment(void **state)
{
    struct fixture *f = *state;
    f->keys.count = 0;
    assert_int_equal(follow(f, 1, 0), 1);
    assert_int_equal(f->keys.count, 1);
    assert_memory_equal(f->keys.key[0], f->pair[1].public_key, PROGRAMME_KEY_SIZE);
    assert_int_equal(follow(f, 1, 0), 0);
}

static void a_device_that_was_away_follows_the_chain(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(follow(f, 2, 0), 1);
    assert_int_equal(f->keys.count, 1);
    assert_memory_equal(f->keys.key[0], f->pair[2].public_key, PROGRAMME_KEY_SIZE);
    /* what the old key signs counts no more */
    assert_int_equal(check_signed_by(f, 0, document(site, 1, 21)), -EKEYREJECTED);
    assert_int_equal(check_signed_by(f, 2, document(site, 1, 21)), 0);
}

static void a_broken_chain_leads_nowhere(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(follow(f, 2, 1), -EKEYREJECTED);
    assert_int_equal(follow(f, 2, 2), -EKEYREJECTED);
    assert_int_equal(f->keys.count, 1);
    assert_memory_equal(f->keys.key[0], f->pair[0].public_key, PROGRAMME_KEY_SIZE);
}

static void an_old_chain_does_not_lead_back(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(follow(f, 2, 0), 1);
    assert_int_equal(follow(f, 1, 0), -EKEYREJECTED);
    assert_memory_equal(f->keys.key[0], f->pair[2].public_key, PROGRAMME_KEY_SIZE);
}

static void an_answer_without_keys_is_no_answer(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {"{}",
                                      "[]",
                                      "{\"programme_keys\":[]}",
                                      "{\"programme_keys\":[\"AAAA\"]}",
                                      "{\"programme_keys\":7}",
                                      "{\"programme_keys\":[1,2,3,4,5]}"};
    for (int i = 0; i < 6; i++) {
        cJSON *json = cJSON_Parse(bad[i]);
        assert_int_equal(programme_keys_follow(&f->keys, json), -EINVAL);
        cJSON_Delete(json);
    }
    assert_int_equal(programme_keys_follow(&f->keys, NULL), -EINVAL);
}

static void keys_are_stored_as_text(void **state)
{
    struct fixture *f = *state;
    struct programme_keys back = {.count = 0};
    char text[PROGRAMME_KEYS_TEXT_SIZE];
    for (int count = 0; count <= PROGRAMME_KEYS_MAX; count++) {
        for (int i = 0; i < count; i++)
            memcpy(f->keys.key[i], f->pair[i].public_key, PROGRAMME_KEY_SIZE);
        f->keys.count = count;
        programme_keys_to_text(&f->keys, text);
        assert_int_equal(programme_keys_from_text(text, &back), 0);
        assert_int_equal(back.count, count);
        assert_memory_equal(back.key, f->keys.key, (size_t)count * PROGRAMME_KEY_SIZE);
    }
    assert_int_equal(programme_keys_from_text("AAAA", &back), -EINVAL);
    assert_int_equal(programme_keys_from_text("x", &back), -EINVAL);
    assert_int_equal(back.count, PROGRAMME_KEYS_MAX);
}

static void a_key_is_known_by_its_name(void **state)
{
    struct fixture *f = *state;
    uint8_t hash[32];
    char id[17];
    (void)crypto_generichash(hash, sizeof hash, f->pair[0].public_key, PROGRAMME_KEY_SIZE, NULL, 0);
    (void)sodium_bin2hex(id, sizeof id, hash, 8);
    assert_true(programme_keys_know(&f->keys, id));
    id[0] = id[0] == '0' ? '1' : '0';
    assert_false(programme_keys_know(&f->keys, id));
    assert_false(programme_keys_know(&f->keys, ""));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_clouds_own_document_is_taken),
        T(a_strangers_signature_is_refused),
        T(a_changed_text_is_refused),
        T(a_signature_for_another_purpose_is_refused),
        T(what_is_no_signature_is_refused),
        T(an_older_edition_is_refused),
        T(another_sites_document_is_refused),
        T(a_newer_format_is_refused),
        T(what_is_signed_and_no_document_is_refused),
        T(an_expired_document_is_taken),
        T(the_first_keys_come_with_the_enrolment),
        T(a_device_that_was_away_follows_the_chain),
        T(a_broken_chain_leads_nowhere),
        T(an_old_chain_does_not_lead_back),
        T(an_answer_without_keys_is_no_answer),
        T(keys_are_stored_as_text),
        T(a_key_is_known_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
