/* The machine's own facts: the code lasts, and a damaged one is made anew. */
#include "test.h"

#include "machine.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_the_code_lasts(void **state)
{
    char dir[] = "/tmp/machiai-machine-XXXXXX", path[64];
    struct machine first, second;
    (void)state;
    assert_non_null(mkdtemp(dir));
    machine_read(dir, &first);
    assert_int_equal(strlen(first.code), 9);
    assert_int_equal(first.code[4], '-');
    assert_int_equal(strncmp(first.support, "T-", 2), 0);
    assert_true(first.free_bytes > 0);
    machine_read(dir, &second);
    assert_string_equal(second.code, first.code);
    snprintf(path, sizeof path, "%s/pairing", dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("0OI1-<script>\n", file); /* letters that no code has */
    fclose(file);
    machine_read(dir, &second);
    assert_int_equal(strlen(second.code), 9);
    assert_null(strchr(second.code, '0'));
    unlink(path);
    rmdir(dir);
}

static void test_nowhere_to_keep_it(void **state)
{
    struct machine machine;
    (void)state;
    machine_read("/nowhere", &machine);
    assert_string_equal(machine.code, ""); /* one that changes at each start helps nobody */
    assert_int_equal(machine.free_bytes, -1);
}

/* Who serves pages takes the last word for the address (lan.c). */
static void test_an_address_is_a_name_and_a_number(void **state)
{
    struct machine machine;
    struct in_addr number;
    (void)state;
    machine_read("/nowhere", &machine);
    for (int i = 0; i < machine.address_count; i++) {
        const char *space = strchr(machine.addresses[i], ' ');
        assert_non_null(space);
        assert_int_equal(inet_pton(AF_INET, space + 1, &number), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_code_lasts),
        cmocka_unit_test(test_nowhere_to_keep_it),
        cmocka_unit_test(test_an_address_is_a_name_and_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
