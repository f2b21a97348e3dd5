/* Markers and notes: what keeps a job from being sent twice. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "escpos_memory.h"

static struct escpos_address here(const char *uri)
{
    struct escpos_address address;

    assert_int_equal(escpos_address_parse(uri, &address), 0);
    return address;
}

static int fresh(void **state)
{
    char *cache = strdup("/tmp/machiai-memory-XXXXXX");

    assert_non_null(cache);
    assert_non_null(mkdtemp(cache));
    *state = cache;
    return 0;
}

static int removed(void **state)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -r %s", (char *)*state);
    free(*state);
    return system(command);
}

static struct escpos_memory opened(const char *cache, const char *uri)
{
    struct escpos_address address = here(uri);
    struct escpos_memory memory;

    assert_int_equal(escpos_memory_open(cache, "queue", &address, &memory), 0);
    return memory;
}

static void a_job_begins_once(void **state)
{
    struct escpos_memory memory = opened(*state, "escpos://192.0.2.9");

    assert_int_equal(escpos_memory_marker(&memory, "a-1"), ESCPOS_MARKER_NONE);
    assert_int_equal(escpos_memory_begin(&memory, "a-1"), 0);
    assert_int_equal(escpos_memory_begin(&memory, "a-1"), -EEXIST);
    assert_int_equal(escpos_memory_marker(&memory, "a-1"), ESCPOS_MARKER_BEGUN);
    escpos_memory_printed(&memory, "a-1");
    assert_int_equal(escpos_memory_marker(&memory, "a-1"), ESCPOS_MARKER_PRINTED);
    assert_int_equal(escpos_memory_begin(&memory, "a-1"), -EEXIST);
    assert_int_equal(escpos_memory_marker(&memory, "a-2"), ESCPOS_MARKER_NONE);
    /* What was never begun cannot have been printed. */
    escpos_memory_printed(&memory, "a-2");
    assert_int_equal(escpos_memory_marker(&memory, "a-2"), ESCPOS_MARKER_NONE);
}

static void notes_belong_to_a_device(void **state)
{
    struct escpos_memory memory = opened(*state, "escpos://192.0.2.9");
    struct escpos_memory other = opened(*state, "escpos:/dev/usb/lp0");
    struct escpos_habits habits = {ESCPOS_YES, ESCPOS_CONFIRM_PAPER, true}, back;

    escpos_memory_load(&memory, &back);
    assert_int_equal(back.answers, ESCPOS_UNKNOWN);
    assert_int_equal(escpos_memory_save(&memory, &habits), 0);
    escpos_memory_load(&memory, &back);
    assert_int_equal(back.answers, ESCPOS_YES);
    assert_int_equal(back.confirm, ESCPOS_CONFIRM_PAPER);
    assert_true(back.torn);
    escpos_memory_load(&other, &back); /* the queue got another printer */
    assert_int_equal(back.answers, ESCPOS_UNKNOWN);
    assert_false(back.torn);
}

static void a_damaged_note_is_no_note(void **state)
{
    static const char *const texts[] = {"", "x", "0123456789abcdef answers=9 confirm=0 torn=0",
                                        "0123456789abcdef answers=1 confirm=7 torn=0",
                                        "0123456789abcdef answers=1"};
    struct escpos_memory memory = opened(*state, "escpos://192.0.2.9");
    struct escpos_habits back;

    strcpy(memory.key, "0123456789abcdef");
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        FILE *file = fopen(memory.note, "w");
        assert_non_null(file);
        fputs(texts[i], file);
        fclose(file);
        escpos_memory_load(&memory, &back);
        assert_int_equal(back.answers, ESCPOS_UNKNOWN);
    }
}

static void markers_stay_bounded(void **state)
{
    struct escpos_memory memory = opened(*state, "escpos://192.0.2.9");
    char path[ESCPOS_MEMORY_PATH_SIZE + 32], name[32];

    for (int i = 0; i <= ESCPOS_MARKERS_MAX; i++) {
        snprintf(path, sizeof(path), "%s/%08d", memory.markers, i);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fclose(file);
    }
    escpos_memory_prune(&memory);
    int left = 0;
    DIR *directory = opendir(memory.markers);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        left += entry->d_name[0] != '.';
    closedir(directory);
    assert_in_range(left, ESCPOS_MARKERS_MAX / 2, ESCPOS_MARKERS_MAX / 2 + 1);
    snprintf(name, sizeof(name), "%08d", ESCPOS_MARKERS_MAX);
    assert_int_equal(escpos_memory_marker(&memory, name), ESCPOS_MARKER_BEGUN); /* the newest */
    assert_int_equal(escpos_memory_marker(&memory, "00000000"), ESCPOS_MARKER_NONE);
    escpos_memory_prune(&memory); /* few enough now: nothing happens */
    assert_int_equal(escpos_memory_marker(&memory, name), ESCPOS_MARKER_BEGUN);
}

static void heard(void **state)
{
    (void)state;
    assert_true(escpos_memory_heard("machiai-heard=1"));
    assert_true(escpos_memory_heard("a=b machiai-heard=1 c=d"));
    assert_false(escpos_memory_heard(""));
    assert_false(escpos_memory_heard("machiai-heard=0"));
    assert_false(escpos_memory_heard("xmachiai-heard=1"));
    assert_false(escpos_memory_heard("machiai-heard=10"));
}

static void uuids(void **state)
{
    static const char too_long[] = "job-uuid=urn:uuid:0123456789012345678901234567890123456789"
                                   "012345678901234567890123";
    static const char *const bad[] = {"",
                                      "job-uuid=urn:uuid:",
                                      "job-uuid=urn:uuid:../x",
                                      "job-uuid=urn:uuid:ab/cd",
                                      "xjob-uuid=urn:uuid:ab",
                                      "job-uuid=ab",
                                      too_long};
    char uuid[ESCPOS_UUID_SIZE] = "kept";

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(escpos_memory_uuid(bad[i], uuid), -ENOENT);
        assert_string_equal(uuid, "kept");
    }
    assert_int_equal(escpos_memory_uuid("a=b job-uuid=urn:uuid:0a-F9 c=d", uuid), 0);
    assert_string_equal(uuid, "0a-F9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_job_begins_once, fresh, removed),
        cmocka_unit_test_setup_teardown(notes_belong_to_a_device, fresh, removed),
        cmocka_unit_test_setup_teardown(a_damaged_note_is_no_note, fresh, removed),
        cmocka_unit_test_setup_teardown(markers_stay_bounded, fresh, removed),
        cmocka_unit_test(heard),
        cmocka_unit_test(uuids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
