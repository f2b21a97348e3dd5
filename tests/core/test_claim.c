/* Codes of bookings: what counts of what was typed or scanned, and that a digest gives nothing away
 * but equality. */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "claim.h"

static const char key_a[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
static const char key_b[] = "10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static void what_counts_of_a_code(void **state)
{
    static const struct {
        const char *typed, *code;
    } all[] = {
        {"14", "14"},
        {" 00-7391 ", "007391"},
        {"\xef\xbc\x90\xef\xbc\x91\xef\xbc\xa1\xef\xbd\x82", "01AB"}, /* full-width */
        {"7k4q-9m2x", "7K4Q9M2X"},
        {"https://clinic.example/t/7k4q9m2xabcdefgh", "7K4Q9M2XABCDEFGH"},
        {"https://clinic.example/t/7k4q9m2xabcdefgh?from=qr#x", "7K4Q9M2XABCDEFGH"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char code[CLAIM_CODE_SIZE];
        assert_int_equal(claim_code(all[i].typed, code), 0);
        assert_string_equal(code, all[i].code);
    }
}

static void what_is_no_code(void **state)
{
    char code[CLAIM_CODE_SIZE] = "as it was", longest[CLAIM_CODE_SIZE + 1];
    (void)state;
    assert_int_equal(claim_code("", code), -EINVAL);
    assert_int_equal(claim_code("-- /?", code), -EINVAL);
    assert_int_equal(claim_code("\xef\xbc\x8a", code), -EINVAL); /* a full-width star */
    assert_int_equal(claim_code("\xef", code), -EINVAL);         /* cut in the middle */
    memset(longest, '7', sizeof longest);
    longest[CLAIM_CODE_SIZE] = '\0';
    assert_int_equal(claim_code(longest, code), -EINVAL);
    assert_string_equal(code, "as it was");
    longest[CLAIM_CODE_SIZE - 1] = '\0';
    assert_int_equal(claim_code(longest, code), 0);
}

static void a_digest_depends_on_code_and_key(void **state)
{
    char one[CLAIM_DIGEST_SIZE], same[CLAIM_DIGEST_SIZE], other[CLAIM_DIGEST_SIZE];
    (void)state;
    assert_int_equal(claim_digest(key_a, "007391", one), 0);
    assert_int_equal(claim_digest(key_a, "007391", same), 0);
    assert_string_equal(one, same);
    assert_int_equal(strlen(one), CLAIM_DIGEST_SIZE - 1);
    assert_null(strstr(one, "7391"));
    assert_int_equal(claim_digest(key_a, "007392", other), 0);
    assert_string_not_equal(one, other);
    assert_int_equal(claim_digest(key_b, "007391", other), 0);
    assert_string_not_equal(one, other);
    assert_int_equal(claim_digest("", "007391", other), -EINVAL);
    assert_int_equal(claim_digest("xy", "007391", other), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_counts_of_a_code),
        cmocka_unit_test(what_is_no_code),
        cmocka_unit_test(a_digest_depends_on_code_and_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
