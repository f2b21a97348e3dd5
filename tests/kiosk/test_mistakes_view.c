/* The screen of a kiosk.conf that cannot be used: each line named, in words that stand in the
 * catalogue, and more mistakes than rows told as a count. */
#include "test.h"

#include "mistakes_view.h"

#include <stdio.h>
#include <string.h>

static void view_of(const struct config_mistakes *mistakes, struct terminal_view *ret)
{
    struct machine machine = {.model = "Board", .address_count = 0};
    struct words *words = NULL;
    assert_int_equal(words_create(LANGUAGE_DIR, &words), 0);
    mistakes_view(mistakes, "kiosk.conf", &machine, words, ret);
    words_destroy(words);
}

static void test_names_the_line(void **state)
{
    static struct terminal_view view;
    struct config_mistakes mistakes = {
        .count = 1,
        .list = {
            {.kind = CONFIG_WRONG_VALUE, .line = 12, .section = "cloud", .key = "url"},
        }};
    (void)state;
    view_of(&mistakes, &view);
    assert_int_equal(view.screen, TERMINAL_SETUP);
    assert_non_null(strstr(view.status[0].value, "12行目"));
    assert_non_null(strstr(view.status[0].value, "[cloud] url"));
    assert_false(view.status[0].good);
    assert_non_null(strstr(view.advice, "kiosk.conf"));
    assert_string_equal(view.status[1].value, "Board");
    assert_false(view.status[2].good); /* no address: no network */
}

/* Nothing in the file would help. */
static void test_no_storage(void **state)
{
    static struct terminal_view view;
    const struct config_mistakes mistakes = {.count = 1, .list = {{.kind = CONFIG_NO_STORAGE}}};
    (void)state;
    view_of(&mistakes, &view);
    assert_string_equal(view.status[0].name, "setup.storage");
    assert_false(view.status[0].good);
    assert_null(strstr(view.advice, "kiosk.conf"));
    assert_non_null(strstr(view.advice, "8 GB"));
}

static void test_every_kind_has_words(void **state)
{
    static struct terminal_view view;
    (void)state;
    for (int kind = CONFIG_UNREADABLE; kind <= CONFIG_NO_STORAGE; kind++) {
        struct config_mistakes mistakes = {
            .count = 1,
            .list = {
                {.kind = (enum config_mistake_kind)kind, .line = 3, .section = "a", .key = "b"},
            }};
        view_of(&mistakes, &view);
        assert_null(strstr(view.status[0].value, "setup."));
        assert_null(strchr(view.status[0].value, '{'));
    }
}

static void test_more_than_rows(void **state)
{
    static struct terminal_view view;
    struct config_mistakes mistakes = {.count = CONFIG_MISTAKES_MAX + 30};
    (void)state;
    view_of(&mistakes, &view);
    assert_non_null(strstr(view.status[CONFIG_MISTAKES_MAX].value, "30"));
    assert_true(view.status_count <= TERMINAL_STATUS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_the_line),
        cmocka_unit_test(test_no_storage),
        cmocka_unit_test(test_every_kind_has_words),
        cmocka_unit_test(test_more_than_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
