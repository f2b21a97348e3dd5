/* A list of patients as clinics' programs write it. */
#include "patients_file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t now = INT64_C(1795392000000); /* 2026-11-23 */

static void read_good(const char *text, struct patients_file *ret)
{
    assert_int_equal(patients_file_read(text, now, ret), 0);
    if (ret->fault_count > 0)
        fail_msg("line %d: %s", ret->faults[0].line, ret->faults[0].why);
}

static void assert_patient(const struct patients_file *file, int i, const char *card,
                           const char *birth)
{
    assert_in_range(i, 0, file->count - 1);
    assert_string_equal(file->list[i].card, card);
    assert_string_equal(file->list[i].birth, birth);
}

static void test_what_programs_write(void **state)
{
    struct patients_file file;

    (void)state;
    read_good("\xEF\xBB\xBF診察券番号,生年月日\r\n"
              "00123,1951-04-07\r\n"
              "\"00124\",\"1951/4/7\"\r\n"
              "\r\n"
              "  a-77 \t 19800102 \n"
              "００１２５,2026.11.22",
              &file);
    assert_int_equal(file.count, 4);
    assert_patient(&file, 0, "00123", "1951-04-07");
    assert_patient(&file, 1, "00124", "1951-04-07");
    assert_patient(&file, 2, "A77", "1980-01-02");
    assert_patient(&file, 3, "00125", "2026-11-22");
    patients_file_finish(&file);
    read_good("7,1851-02-28", &file); /* no heading, no line end */
    assert_patient(&file, 0, "7", "1851-02-28");
    patients_file_finish(&file);
    read_good("", &file);
    assert_int_equal(file.count, 0);
    patients_file_finish(&file);
}

static void test_every_wrong_line_is_named(void **state)
{
    static const char *const wrong[] = {
        "00123",
        "00123,1951-04-07,山田花子",
        "山田花子,1951-04-07",
        ",1951-04-07",
        "00123,",
        "00123,1951-02-29",
        "00123,昭和26年4月7日",
        "00123,51-04-07",
        "00123,1951-4/7",
        "00123,1951-13-01",
        "00123,2027-01-01",
        "00123,1951-04-07x",
        "00123,1951-04--7",
        "123456789012345678901,1951-04-07",
    };
    char text[100];

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct patients_file file;

        (void)snprintf(text, sizeof(text), "1,1951-04-07\n\n%s\n2,1951-04-07\n", wrong[i]);
        assert_int_equal(patients_file_read(text, now, &file), 0);
        if (file.fault_count != 1 || file.faults[0].line != 3 || file.count != 2)
            fail_msg("%s: %d faults, %d patients", wrong[i], file.fault_count, file.count);
        patients_file_finish(&file);
    }
}

static void test_one_card_has_one_birth_date(void **state)
{
    struct patients_file file;

    (void)state;
    assert_int_equal(
        patients_file_read("a-1,1951-04-07\n2,1951-04-07\nA1,1951-04-07\nA1,1951-04-08\n", now,
                           &file),
        0);
    assert_int_equal(file.fault_count, 1); /* the same patient twice is no fault */
    assert_int_equal(file.faults[0].line, 4);
    patients_file_finish(&file);
}

static char *rows_of(int count, const char *row)
{
    size_t size = strlen(row);
    char *text = malloc((size_t)count * (size + 8) + 1), *at = text;

    assert_non_null(text);
    *at = '\0';
    for (int i = 0; i < count; i++)
        at += sprintf(at, "%d%s\n", i, row);
    return text;
}

static void test_limits(void **state)
{
    struct patients_file file = {.count = -1};
    char *text = rows_of(PATIENTS_MAX, ",1951-04-07");

    (void)state;
    read_good(text, &file);
    assert_int_equal(file.count, PATIENTS_MAX);
    patients_file_finish(&file);
    free(text);
    text = rows_of(PATIENTS_MAX + 1, ",1951-04-07");
    file.count = -1;
    assert_int_equal(patients_file_read(text, now, &file), -E2BIG);
    assert_int_equal(file.count, -1);
    free(text);
    text = rows_of(PATIENTS_FILE_FAULTS_MAX + 5, ",never");
    assert_int_equal(patients_file_read(text, now, &file), 0);
    assert_int_equal(file.fault_count, PATIENTS_FILE_FAULTS_MAX + 5);
    assert_int_equal(file.faults[PATIENTS_FILE_FAULTS_MAX - 1].line, PATIENTS_FILE_FAULTS_MAX);
    patients_file_finish(&file);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_programs_write),
        cmocka_unit_test(test_every_wrong_line_is_named),
        cmocka_unit_test(test_one_card_has_one_birth_date),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
