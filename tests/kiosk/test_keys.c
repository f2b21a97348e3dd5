/* Scanner, focus, and the keypad of staff. */
#include "test.h"

#include "keys.h"

#include <string.h>

static void type(struct wedge *wedge, const char *text, int64_t *now, int gap)
{
    for (; *text != '\0'; text++) {
        *now += gap;
        wedge_letter(wedge, *text, *now);
    }
}

static void test_a_scanner_is_fast(void **state)
{
    struct wedge wedge = {0};
    char code[STATION_CODE_SIZE];
    int64_t now = 1000;
    (void)state;
    type(&wedge, "https://c/t/7K4Q9M2X", &now, 5);
    assert_true(wedge_enter(&wedge, now + 5, code));
    assert_string_equal(code, "https://c/t/7K4Q9M2X");
    assert_false(wedge_enter(&wedge, now + 10, code)); /* once */
    type(&wedge, "1048", &now, KEYS_GAP_MS + 1);
    assert_false(wedge_enter(&wedge, now, code));
    type(&wedge, "1048", &now, 5);
    assert_false(wedge_enter(&wedge, now + KEYS_GAP_MS + 1, code)); /* a person's Enter */
    type(&wedge, "12", &now, 5);
    assert_false(wedge_enter(&wedge, now, code)); /* too short for a code */
}

static void test_a_scan_after_typing(void **state)
{
    struct wedge wedge = {0};
    char code[STATION_CODE_SIZE], longest[2 * STATION_CODE_SIZE];
    int64_t now = 1000;
    (void)state;
    type(&wedge, "12", &now, 300); /* given up half way */
    now += 500;
    type(&wedge, "ABCDE", &now, 5);
    assert_true(wedge_enter(&wedge, now, code));
    assert_string_equal(code, "ABCDE");
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    type(&wedge, longest, &now, 1);
    assert_false(wedge_enter(&wedge, now, code)); /* no code is so long; nothing overflows */
}

static struct widgets grid(void)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    struct widgets widgets = {0};
    for (int i = 0; i < 4; i++)
        widgets_add(&widgets, names[i], (SDL_Rect){i % 2 * 100, i / 2 * 100, 90, 90});
    return widgets;
}

static void test_focus(void **state)
{
    struct widgets widgets = grid(), none = {0};
    (void)state;
    assert_string_equal(keys_move(&none, "", KEYS_NEXT), "");
    assert_string_equal(keys_move(&widgets, "", KEYS_NEXT), "a");
    assert_string_equal(keys_move(&widgets, "", KEYS_PREVIOUS), "d");
    assert_string_equal(keys_move(&widgets, "gone", KEYS_DOWN), "a");
    assert_string_equal(keys_move(&widgets, "a", KEYS_NEXT), "b");
    assert_string_equal(keys_move(&widgets, "d", KEYS_NEXT), "a");
    assert_string_equal(keys_move(&widgets, "a", KEYS_PREVIOUS), "d");
    assert_string_equal(keys_move(&widgets, "a", KEYS_RIGHT), "b");
    assert_string_equal(keys_move(&widgets, "a", KEYS_DOWN), "c");
    assert_string_equal(keys_move(&widgets, "d", KEYS_UP), "b");
    assert_string_equal(keys_move(&widgets, "d", KEYS_LEFT), "c");
    assert_string_equal(keys_move(&widgets, "a", KEYS_UP), "a"); /* the edge */
}

static bool push(struct staff_keys *keys, const char *text, int64_t now, struct station_act *ret)
{
    bool complete = false;
    for (; *text != '\0'; text++)
        complete = staff_keys_push(keys, *text, now, ret);
    return complete;
}

static void test_staff_keypad(void **state)
{
    static const struct {
        const char *keys;
        enum station_act_kind kind;
        int value;
    } cases[] = {{"12\n", STATION_ACT_CALL, 12},    {"+", STATION_ACT_NEXT, 0},
                 {"*", STATION_ACT_RECALL, 0},      {"7*", STATION_ACT_RECALL, 7},
                 {"-", STATION_ACT_ABSENT, 0},      {"108/", STATION_ACT_HOLD, 108},
                 {"19\b2\n", STATION_ACT_CALL, 12}, {"5+", STATION_ACT_NEXT, 0}};
    struct staff_keys keys = {0};
    struct station_act act;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(push(&keys, cases[i].keys, 100000, &act));
        assert_int_equal(act.kind, cases[i].kind);
        assert_int_equal(act.number.value, cases[i].value);
    }
    assert_false(push(&keys, "\n", 100000, &act)); /* whom? */
    assert_false(push(&keys, "0\n", 100000, &act));
    assert_false(push(&keys, "9999\n", 100000, &act));
    assert_false(push(&keys, "12", 100000, &act));
    assert_false(push(&keys, "\n", 100000 + KEYS_FORGET_MS + 1, &act)); /* left long ago */
    assert_true(push(&keys, "A3\n", 200000, &act));
    assert_int_equal(act.number.letter, 'A');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_scanner_is_fast),
        cmocka_unit_test(test_a_scan_after_typing),
        cmocka_unit_test(test_focus),
        cmocka_unit_test(test_staff_keypad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
