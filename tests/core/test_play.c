/* Terms 21.2: the report of what was shown and of what was planned. */
#include "test.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "play.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* A substitute that stands for the third item of a programme. */
static struct play sample(int64_t seq, const char *prev)
{
    struct play play = {.log = "0123456789abcdef",
                        .seq = seq,
                        .start = 1795483320000,
                        .end = 1795483350000,
                        .shown_ms = 30000,
                        .frames = 900,
                        .kind = CONTENT_SUBSTITUTE,
                        .sha256 = HASH_A,
                        .title = "森の \"小川\"",
                        .reason = "unapproved",
                        .ending = PLAY_ENDING_CUT,
                        .programme = "e7e47000-0000-4000-8000-000000000001",
                        .version = 3,
                        .item = 2,
                        .planned = HASH_B};
    memcpy(play.prev, prev, HASH_SIZE);
    play_hash(prev, &play, play.hash);
    return play;
}

static void everything_round_trips_terms_21_2(void **state)
{
    struct play play = sample(1, entry_first_hash), again;
    char error[200] = "";
    (void)state;
    strcpy(play.content, "c1");
    strcpy(play.planned_content, "c2");
    play_hash(play.prev, &play, play.hash);
    cJSON *json = play_to_json(&play);
    assert_int_equal(play_from_json(json, &again, error, sizeof error), 0);
    assert_true(play_follows(&again, 0, entry_first_hash));
    assert_memory_equal(&again, &play, sizeof play);
    cJSON_Delete(json);
}

static void what_is_empty_is_left_out_and_comes_back_empty(void **state)
{
    struct play play = {.log = "0123456789abcdef", .seq = 7, .item = -1, .kind = CONTENT_NOTICE};
    struct play again;
    char error[200] = "";
    (void)state;
    strcpy(play.reason, "scheduled");
    memcpy(play.prev, HASH_A, HASH_SIZE);
    play_hash(HASH_A, &play, play.hash);
    cJSON *json = play_to_json(&play);
    assert_false(cJSON_HasObjectItem(json, "item"));
    assert_false(cJSON_HasObjectItem(json, "start"));
    assert_int_equal(play_from_json(json, &again, error, sizeof error), 0);
    assert_int_equal(again.item, -1);
    assert_memory_equal(&again, &play, sizeof play);
    cJSON_Delete(json);
}

/* Written by hand from the contract in the header, so that another program can check a chain. */
static void the_hash_is_that_of_the_documented_text(void **state)
{
    const char *text =
        "0000000000000000000000000000000000000000000000000000000000000000\n"
        "{\"log\":\"0123456789abcdef\",\"seq\":1,\"start\":1795483320000,\"end\":1795483350000,"
        "\"shown_ms\":30000,\"frames\":900,\"kind\":\"substitute\",\"sha256\":\"" HASH_A
        "\",\"title\":\"森の \\\"小川\\\"\",\"reason\":\"unapproved\",\"ending\":\"cut\","
        "\"programme\":\"e7e47000-0000-4000-8000-000000000001\",\"version\":3,\"item\":2,"
        "\"planned\":\"" HASH_B "\"}";
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[HASH_SIZE];
    (void)state;
    struct play play = sample(1, entry_first_hash);
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    assert_string_equal(play.hash, hex);
}

/* A report that somebody made prettier, or shortened, does not hold. */
static void a_changed_missing_or_added_play_breaks_the_chain(void **state)
{
    struct play a = sample(1, entry_first_hash), b = sample(2, a.hash), c = sample(3, b.hash);
    (void)state;
    assert_true(play_follows(&b, 1, a.hash));
    assert_true(play_follows(&c, 2, b.hash));
    assert_false(play_follows(&c, 1, a.hash));           /* b was left out */
    assert_false(play_follows(&b, 1, entry_first_hash)); /* another past */
    struct play changed[8];
    for (size_t i = 0; i < 8; i++)
        changed[i] = b;
    changed[0].frames++;
    changed[1].start++;
    changed[2].end++;
    changed[3].shown_ms++;
    changed[4].item = -1;
    changed[5].planned[0] = '\0';
    changed[6].reason[0] = 'x';
    changed[7].ending = PLAY_ENDING_WHOLE;
    for (size_t i = 0; i < 8; i++)
        assert_false(play_follows(&changed[i], 1, a.hash));
}

static void refused(const char *key, cJSON *value, const char *wanted)
{
    struct play play = sample(1, entry_first_hash), ret, before;
    char error[200] = "";
    cJSON *json = play_to_json(&play);
    cJSON_DeleteItemFromObject(json, key);
    if (value)
        cJSON_AddItemToObject(json, key, value);
    memset(&ret, 'x', sizeof ret);
    before = ret;
    assert_int_equal(play_from_json(json, &ret, error, sizeof error), -EINVAL);
    assert_memory_equal(&ret, &before, sizeof ret);
    if (strncmp(error, wanted, strlen(wanted)) != 0)
        fail_msg("%s: expected a path starting with %s", error, wanted);
    cJSON_Delete(json);
}

static void mistakes_are_named_with_their_path(void **state)
{
    char error[200] = "";
    struct play ret;
    (void)state;
    cJSON *number = cJSON_CreateNumber(3);
    assert_int_equal(play_from_json(number, &ret, error, sizeof error), -EINVAL);
    cJSON_Delete(number);
    static const char *const needed[] = {"log",      "seq",  "prev",   "hash",
                                         "shown_ms", "kind", "reason", "ending"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        refused(needed[i], NULL, needed[i]);
    refused("log", cJSON_CreateString("0123456789abcde"), "log");
    refused("seq", cJSON_CreateNumber(0), "seq");
    refused("hash", cJSON_CreateString("AAAA"), "hash");
    refused("sha256", cJSON_CreateString("../../etc/passwd"), "sha256");
    refused("kind", cJSON_CreateString("film"), "kind");
    refused("reason", cJSON_CreateString(""), "reason");
    refused("reason", cJSON_CreateString("<b>"), "reason");
    refused("ending", cJSON_CreateString("maybe"), "ending");
    refused("item", cJSON_CreateNumber(PROGRAMME_ITEMS_MAX), "item");
    refused("frames", cJSON_CreateNumber(-1), "frames");
    refused("title", cJSON_CreateString("\x01"), "title");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_round_trips_terms_21_2),
        cmocka_unit_test(what_is_empty_is_left_out_and_comes_back_empty),
        cmocka_unit_test(the_hash_is_that_of_the_documented_text),
        cmocka_unit_test(a_changed_missing_or_added_play_breaks_the_chain),
        cmocka_unit_test(mistakes_are_named_with_their_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
