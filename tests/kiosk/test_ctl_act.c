/* Acts of staff as words: what each takes, and that wrong words do nothing. */
#include "test.h"

#include "ctl_act.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Words parted by blanks. */
static int read_words(const char *text, struct station_act *ret)
{
    static char copy[128];
    const char *words[8];
    int count = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        words[count++] = word;
    return ctl_act_read(count, words, ret);
}

static void test_words_name_the_act(void **state)
{
    struct station_act act;
    (void)state;
    assert_int_equal(read_words("call-next 2 r3", &act), 0);
    assert_int_equal(act.kind, STATION_ACT_NEXT);
    assert_int_equal(act.desk_no, 2);
    assert_string_equal(act.room, "r3");
    assert_int_equal(read_words("call A7 1", &act), 0);
    assert_int_equal(act.number.letter, 'A');
    assert_int_equal(act.number.value, 7);
    assert_int_equal(act.desk_no, 1);
    assert_int_equal(read_words("back 14 3", &act), 0);
    assert_int_equal(act.places, 3);
    assert_int_equal(read_words("back 14", &act), 0);
    assert_int_equal(act.places, 0); /* to the end */
    assert_int_equal(read_words("undo", &act), 0);
    assert_int_equal(act.number.value, 0);
}

static void test_wrong_words_are_refused(void **state)
{
    static const char *const wrong[] = {"call-next", "call-next 0",  "call-next x",  "call",
                                        "call 0",    "call 14x",     "reissue",      "done 1 2",
                                        "back 1 -1", "pause 1 more", "call-next 100"};
    struct station_act act = {.desk_no = 77};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(read_words(wrong[i], &act), -EINVAL);
    assert_int_equal(read_words("call-next 1 a-room-with-a-long-name", &act), -EINVAL);
    assert_int_equal(read_words("dance 1", &act), -ENOENT);
    assert_int_equal(ctl_act_read(0, NULL, &act), -ENOENT);
    assert_int_equal(act.desk_no, 77);
}

static void test_a_request_survives_the_socket(void **state)
{
    const char *words[] = {"call-next", "1"};
    struct station_act act;
    (void)state;
    cJSON *json = ctl_act_request(2, words);
    assert_int_equal(ctl_act_parse(json, &act), 0);
    assert_int_equal(act.desk_no, 1);
    cJSON_Delete(json);
    json = cJSON_Parse("{\"words\":[\"undo\",\"1\",\"2\",\"3\",\"4\"]}");
    assert_int_equal(ctl_act_parse(json, &act), -EINVAL);
    cJSON_Delete(json);
    json = cJSON_Parse("{\"words\":[1]}");
    assert_int_equal(ctl_act_parse(json, &act), -EINVAL);
    cJSON_Delete(json);
}

static void expect_answer(const char *key, const char *field, const char *value)
{
    struct station_news news = {.ticket = {.number = {0, 14}, .room = "r1", .desk_no = 1}};
    snprintf(news.text, sizeof news.text, "%s", key);
    cJSON *json = ctl_act_answer(&news);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, field)), value);
    cJSON_Delete(json);
}

static void test_answers_tell_what_became_of_it(void **state)
{
    (void)state;
    expect_answer("", "number", "14");
    expect_answer("act.noted", "number", "14");
    expect_answer("act.nobody", "error", "act.nobody");
    expect_answer("act.failed", "error", "act.failed");
    assert_string_equal(ctl_act_usage("recall"), "recall NUMBER");
    assert_null(ctl_act_usage("dance"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_name_the_act),
        cmocka_unit_test(test_wrong_words_are_refused),
        cmocka_unit_test(test_a_request_survives_the_socket),
        cmocka_unit_test(test_answers_tell_what_became_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
