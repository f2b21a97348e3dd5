/* A program under confinement: what it says comes back, what it must not do it cannot do. */
#include "confined.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { OUTPUT_MAX = 4096 };

/* sh -c SCRIPT, where $0 is a file of its own that holds "mine". */
struct place {
    char path[64];
};

static int make(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    int fd;

    assert_non_null(place);
    (void)snprintf(place->path, sizeof(place->path), "/tmp/machiai-confined-XXXXXX");
    fd = mkstemp(place->path);
    assert_true(fd >= 0 && write(fd, "mine", 4) == 4);
    assert_int_equal(close(fd), 0);
    *state = place;
    return 0;
}

static int drop(void **state)
{
    struct place *place = *state;

    (void)unlink(place->path);
    free(place);
    return 0;
}

static struct confined_options options_of(const struct place *place, const char *const *argv)
{
    struct confined_options options = {
        .argv = argv,
        .paths = {{.path = place->path}, {.path = "/dev/null"}}, /* perl -e reads it */
        .path_count = 2,
        .cpu_seconds = 5,
        .wall_seconds = 20,
        .file_size = 1000,
        .output_max = OUTPUT_MAX,
        .errors = true};
    return options;
}

/* What the script says; fails when it did not end by itself. */
static char *say(const struct place *place, const char *script, bool write, int *ret_code)
{
    const char *const argv[] = {"sh", "-c", script, place->path, NULL};
    struct confined_options options = options_of(place, argv);
    struct confined_result result = {0};

    options.paths[0].write = write;
    assert_int_equal(confined_run(&options, &result), 0);
    assert_int_equal(result.end, CONFINED_DONE);
    *ret_code = result.exit_code;
    return result.output;
}

static void expect(void **state, const char *script, bool write, int code, const char *text)
{
    int got = 0;
    char *said = say(*state, script, write, &got);

    if (got != code || !strstr(said, text))
        fail_msg("%s: %d \"%s\"", script, got, said);
    free(said);
}

static void test_it_reads_its_file_and_no_other(void **state)
{
    expect(state, "read -r line <\"$0\"; echo \"[$line]\"", false, 0, "[mine]");
    expect(state, "read -r line </etc/passwd || exit 2", false, 2, "Permission denied");
    expect(state, "echo more >\"$0\"", false, 2, "Permission denied");
    expect(state, "echo more >\"$0\" && read -r line <\"$0\"; echo \"[$line]\"", true, 0, "[more]");
    expect(state, "echo x >/tmp/machiai-confined-made", true, 2, "Permission denied");
}

static void test_no_socket_and_no_process(void **state)
{
    const char *const argv[] = {"bash", "-c", "echo >/dev/tcp/127.0.0.1/1", NULL};
    struct confined_options options = options_of(*state, argv);
    struct confined_result result = {0};

    expect(state, "true & wait", false, 2, "ork"); /* "Cannot fork" */
    assert_int_equal(confined_run(&options, &result), 0);
    if (!strstr(result.output, "Operation not permitted"))
        fail_msg("%s", result.output);
    confined_free(&result);
}

/* Landlock leaves what a file is to whoever owns it, and the child's user is ours. */
static void test_what_a_file_is_stays(void **state)
{
    expect(state, "exec chmod 0 \"$0\"", true, 1, "Operation not permitted");
    expect(state, "exec perl -e 'truncate($ARGV[0], 0) or die $!' \"$0\"", false, 1,
           "not permitted");
    expect(state, "exec perl -e 'utime(1, 1, $ARGV[0]) or die $!' \"$0\"", false, 1,
           "not permitted");
}

/* The kernel sends the owner of a descriptor the signal that F_SETSIG names. */
static void test_it_signals_nobody(void **state)
{
    expect(state, "kill -CONT $PPID", false, 1, "not permitted");
    expect(state, "exec perl -e 'fcntl(STDIN, 8, getppid()) or die $!'", false, 1, "not permitted");
}

static void test_what_it_is_given_comes_back(void **state)
{
    static char input[200 * 1024];
    const char *const argv[] = {"cat", NULL};
    struct confined_options options = options_of(*state, argv);
    struct confined_result result = {0};

    memset(input, 'x', sizeof(input)); /* more than a pipe holds */
    options.input = input;
    options.input_size = sizeof(input);
    options.output_max = sizeof(input);
    assert_int_equal(confined_run(&options, &result), 0);
    assert_int_equal(result.end, CONFINED_DONE);
    assert_int_equal(result.size, sizeof(input));
    assert_memory_equal(result.output, input, sizeof(input));
    confined_free(&result);
}

static void test_one_that_does_not_listen_is_no_harm(void **state)
{
    static char input[200 * 1024];
    const char *const argv[] = {"true", NULL};
    struct confined_options options = options_of(*state, argv);
    struct confined_result result = {0};

    options.input = input;
    options.input_size = sizeof(input);
    assert_int_equal(confined_run(&options, &result), 0);
    assert_int_equal(result.end, CONFINED_DONE);
    confined_free(&result);
}

static enum confined_end end_of(void **state, const char *script, int cpu, int wall)
{
    const struct place *place = *state;
    const char *const argv[] = {"sh", "-c", script, place->path, NULL};
    struct confined_options options = options_of(place, argv);
    struct confined_result result = {0};

    options.cpu_seconds = cpu;
    options.wall_seconds = wall;
    options.paths[0].write = true;
    assert_int_equal(confined_run(&options, &result), 0);
    confined_free(&result);
    return result.end;
}

static void test_every_limit_ends_it(void **state)
{
    assert_int_equal(end_of(state, "while :; do :; done", 1, 60), CONFINED_SLOW);
    assert_int_equal(end_of(state, "exec sleep 100", 5, 1), CONFINED_SLOW);
    assert_int_equal(end_of(state, "exec >&- 2>&-; exec sleep 100", 5, 1), CONFINED_SLOW);
    assert_int_equal(end_of(state, "while :; do echo 0123456789; done", 5, 60), CONFINED_TALKED);
    /* the file may not grow beyond 1000 bytes */
    assert_int_equal(end_of(state, "while :; do echo 0123456789; done >\"$0\"", 5, 60),
                     CONFINED_CRASHED);
}

static void test_memory_is_bounded(void **state)
{
    const char *const argv[] = {"tail", "-c", "1000000000", NULL};
    static char input[16 * 1024 * 1024];
    struct confined_options options = options_of(*state, argv);
    struct confined_result result = {0};

    options.memory = 8 * 1024 * 1024;
    options.input = input;
    options.input_size = sizeof(input);
    assert_int_equal(confined_run(&options, &result), 0);
    assert_true(result.end != CONFINED_DONE || result.exit_code != 0);
    confined_free(&result);
}

static bool never(void *context, const char *bytes, size_t size)
{
    (void)context;
    (void)bytes;
    (void)size;
    return false;
}

static void test_it_can_be_stopped(void **state)
{
    const char *const argv[] = {"sleep", "100", NULL};
    struct confined_options options = options_of(*state, argv);
    struct confined_result result = {0};

    options.go_on = never;
    assert_int_equal(confined_run(&options, &result), 0);
    assert_int_equal(result.end, CONFINED_STOPPED);
    confined_free(&result);
}

struct sleeper {
    struct confined_options options;
    struct confined_result result;
    int code;
};

static void *sleep_on(void *context)
{
    struct sleeper *sleeper = context;

    sleeper->code = confined_run(&sleeper->options, &sleeper->result);
    return NULL;
}

/* Also those that nobody asks whether to go on, and that have closed their output. */
static void test_all_end_with_the_process(void **state)
{
    static const char *const quiet[] = {"sleep", "100", NULL},
                             *const closed[] = {"sh", "-c", "exec sleep 100 >&-", NULL},
                             *const *const programs[] = {quiet, closed, quiet};
    struct sleeper sleepers[3] = {0};
    pthread_t threads[3];

    for (int i = 0; i < 3; i++) {
        sleepers[i].options = options_of(*state, programs[i]);
        sleepers[i].options.wall_seconds = 50;
        if (i == 2) /* is not even begun with */
            confined_end_all(true);
        assert_int_equal(pthread_create(&threads[i], NULL, sleep_on, &sleepers[i]), 0);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(sleepers[i].code, 0);
        assert_int_equal(sleepers[i].result.end, CONFINED_STOPPED);
        confined_free(&sleepers[i].result);
    }
    confined_end_all(false);
}

static void test_a_program_that_is_not_there(void **state)
{
    const char *const argv[] = {"machiai-no-such-program", NULL};
    struct confined_options options = options_of(*state, argv);
    struct confined_result result = {0};

    assert_int_equal(confined_run(&options, &result), -ENOENT);
    assert_null(result.output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_reads_its_file_and_no_other),
        cmocka_unit_test(test_no_socket_and_no_process),
        cmocka_unit_test(test_what_a_file_is_stays),
        cmocka_unit_test(test_it_signals_nobody),
        cmocka_unit_test(test_what_it_is_given_comes_back),
        cmocka_unit_test(test_one_that_does_not_listen_is_no_harm),
        cmocka_unit_test(test_every_limit_ends_it),
        cmocka_unit_test(test_memory_is_bounded),
        cmocka_unit_test(test_it_can_be_stopped),
        cmocka_unit_test(test_all_end_with_the_process),
        cmocka_unit_test(test_a_program_that_is_not_there),
    };
    return cmocka_run_group_tests_name("confined", tests, make, drop);
}
