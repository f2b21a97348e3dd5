#include "test.h"

#include <errno.h>
#include <string.h>

#include "entry.h"

#define EVENT                                                                                      \
    "{\"id\":\"e7e47000-0000-4000-8000-000000000001\",\"kind\":\"message\",\"at\":5,"              \
    "\"text\":\"\xE4\xBC\x91\xE8\xA8\xBA\",\"from_the_future\":[1,{\"x\":null}]}"

static cJSON *make(int64_t seq, const char *prev, const char *text)
{
    struct entry entry = {.seq = seq, .at = 1000 + seq, .text = (char *)text};
    entry_hash(prev, seq, entry.at, VERDICT_APPLIED, text, entry.hash);
    return entry_to_json(&entry);
}

static void unknown_fields_survive(void **state)
{
    struct entry entry;
    char error[200];
    (void)state;
    cJSON *json = make(1, entry_first_hash, EVENT);
    assert_int_equal(entry_from_json(json, &entry, error, sizeof error), 0);
    assert_string_equal(entry.text, EVENT);
    assert_string_equal(entry.event.text, "休診");
    assert_true(entry_follows(&entry, 0, entry_first_hash));
    cJSON_Delete(json);
    entry_finish(&entry);
}

/* An earlier cloud's entry has none; an earlier kiosk passes over it, for no hash covers it. */
static void the_version_is_written_and_may_be_absent(void **state)
{
    struct entry entry;
    char error[200];
    (void)state;
    cJSON *json = make(1, entry_first_hash, EVENT);
    assert_int_equal(cJSON_GetObjectItem(json, "v")->valueint, ENTRY_VERSION);
    cJSON_DeleteItemFromObjectCaseSensitive(json, "v");
    assert_int_equal(entry_from_json(json, &entry, error, sizeof error), 0);
    assert_true(entry_follows(&entry, 0, entry_first_hash));
    cJSON_Delete(json);
    entry_finish(&entry);
}

static void a_later_version_is_refused_by_its_path(void **state)
{
    struct entry entry;
    char error[200] = "";
    (void)state;
    cJSON *json = make(1, entry_first_hash, EVENT);
    cJSON_SetNumberValue(cJSON_GetObjectItem(json, "v"), ENTRY_VERSION + 1);
    assert_int_equal(entry_from_json(json, &entry, error, sizeof error), -EINVAL);
    assert_string_equal(error, "v: is of a newer program");
    cJSON_Delete(json);
}

static void the_state_digest_round_trips(void **state)
{
    struct entry entry, again;
    struct queue queue;
    char error[200];
    (void)state;
    cJSON *json = make(1, entry_first_hash, EVENT);
    assert_int_equal(entry_from_json(json, &entry, error, sizeof error), 0);
    assert_string_equal(entry.state, ""); /* an earlier version's tells none */
    assert_null(cJSON_GetObjectItem(json, "state"));
    cJSON_Delete(json);
    queue_init(&queue);
    entry_state(&queue, entry.state);
    assert_int_equal(strlen(entry.state), STATE_SIZE - 1);
    assert_true(entry_agrees(&entry, &queue));
    queue.rules = RULES_MAX; /* whoever has it otherwise hears of it with the next entry */
    assert_false(entry_agrees(&entry, &queue));
    entry.state[0] = '\0';
    assert_true(entry_agrees(&entry, &queue));
    entry_state(&queue, entry.state);
    json = entry_to_json(&entry);
    assert_int_equal(entry_from_json(json, &again, error, sizeof error), 0);
    assert_string_equal(again.state, entry.state);
    assert_true(entry_follows(&again, 0, entry_first_hash)); /* the hash does not cover it */
    cJSON_Delete(json);
    entry_finish(&entry);
    entry_finish(&again);
    queue_finish(&queue);
}

/* Any change of the past, or a gap, breaks the chain. */
static void a_changed_entry_does_not_follow(void **state)
{
    struct entry a, b;
    char error[200];
    (void)state;
    cJSON *json = make(1, entry_first_hash, EVENT);
    assert_int_equal(entry_from_json(json, &a, error, sizeof error), 0);
    cJSON_Delete(json);
    json = make(2, a.hash, EVENT);
    assert_int_equal(entry_from_json(json, &b, error, sizeof error), 0);
    assert_true(entry_follows(&b, 1, a.hash));
    assert_false(entry_follows(&b, 1, entry_first_hash));
    assert_false(entry_follows(&b, 0, a.hash));
    b.at++;
    assert_false(entry_follows(&b, 1, a.hash));
    b.at--;
    b.text[strlen(b.text) - 2]++;
    assert_false(entry_follows(&b, 1, a.hash));
    b.text[strlen(b.text) - 2]--;
    b.verdict = VERDICT_REFUSED;
    assert_false(entry_follows(&b, 1, a.hash));
    cJSON_Delete(json);
    entry_finish(&a);
    entry_finish(&b);
}

static void mistakes_are_named_with_their_path(void **state)
{
    static const struct {
        const char *text, *path;
    } cases[] = {
        {"3", "entry"},
        {"{\"at\":1,\"verdict\":\"applied\",\"hash\":\"\",\"event\":" EVENT "}", "seq"},
        {"{\"seq\":0,\"at\":1,\"verdict\":\"applied\",\"hash\":\"\",\"event\":" EVENT "}", "seq"},
        {"{\"seq\":1,\"at\":1,\"verdict\":\"maybe\",\"hash\":\"\",\"event\":" EVENT "}", "verdict"},
        {"{\"seq\":1,\"at\":1,\"verdict\":\"applied\",\"hash\":\"\",\"state\":\"12ab\","
         "\"event\":" EVENT "}",
         "state"},
        {"{\"seq\":1,\"at\":1,\"verdict\":\"applied\",\"hash\":\"\",\"state\":7,\"event\":" EVENT
         "}",
         "state"},
        {"{\"seq\":1,\"at\":1,\"verdict\":\"applied\",\"hash\":\"\","
         "\"state\":\"0123456789ABCDEF\",\"event\":" EVENT "}",
         "state"},
        {"{\"seq\":1,\"at\":1,\"verdict\":\"applied\",\"hash\":\"\",\"event\":7}", "event"},
        {"{\"seq\":1,\"at\":1,\"verdict\":\"applied\",\"hash\":\"\",\"event\":{}}", "event.: id"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct entry entry;
        char error[200] = "";
        cJSON *json = cJSON_Parse(cases[i].text);
        assert_true(entry_from_json(json, &entry, error, sizeof error) < 0);
        if (strncmp(error, cases[i].path, strlen(cases[i].path)) != 0)
            fail_msg("%s: expected a path starting with %s", error, cases[i].path);
        cJSON_Delete(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_fields_survive),
        cmocka_unit_test(the_version_is_written_and_may_be_absent),
        cmocka_unit_test(a_later_version_is_refused_by_its_path),
        cmocka_unit_test(the_state_digest_round_trips),
        cmocka_unit_test(a_changed_entry_does_not_follow),
        cmocka_unit_test(mistakes_are_named_with_their_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
