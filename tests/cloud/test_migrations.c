/* The cloud's own migrations, all modules one after the other: a start that is killed at any step
 * leaves data that the next start brings to the same end. */
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cloud.h"

enum { KILLED = 77, KILLS_MIN = 15, SCHEMA_SIZE = 256 * 1024 };

static int ops_left;

static int count_down(void *context)
{
    (void)context;
    if (ops_left-- == 0)
        _exit(KILLED);
    return 0;
}

static int arm(sqlite3 *handle, char **error, const struct sqlite3_api_routines *api)
{
    (void)error;
    (void)api;
    sqlite3_progress_handler(handle, 1, count_down, NULL);
    return SQLITE_OK;
}

/* In memory where that can be had: what a dead process has written, the system has, and waiting for
 * a disk some thousand times proves no more. */
static void make_folder(char folder[static 64])
{
    (void)snprintf(folder, 64, "%s/machiai-migrations-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : P_tmpdir);
    assert_non_null(mkdtemp(folder));
}

static void remove_folder(const char *folder)
{
    char command[300];

    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

/* Starts in a child that dies after so many steps of SQLite's machine. True: it lived. */
static bool start_and_die(const char *folder, int ops)
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        char error[DB_ERROR_SIZE];
        struct cloud *cloud = NULL;

        ops_left = ops;
        (void)sqlite3_auto_extension((void (*)(void))(void *)arm);
        _exit(cloud_open(folder, CLOUD_MAKE, &cloud, error, sizeof(error)) < 0 ? 1 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == KILLED);
    return WEXITSTATUS(status) == 0;
}

static void append(char *text, const char *more)
{
    size_t used = strlen(text);

    assert_true(used + strlen(more) + 2 < SCHEMA_SIZE);
    (void)snprintf(text + used, SCHEMA_SIZE - used, "%s\n", more);
}

/* Opens it as a start does, and tells all tables, indexes and versions. */
static char *schema_of(const char *folder)
{
    char error[DB_ERROR_SIZE] = "", *text = calloc(1, SCHEMA_SIZE);
    struct cloud *cloud = NULL;
    struct db_rows *rows = NULL;

    assert_non_null(text);
    if (cloud_open(folder, CLOUD_MAKE, &cloud, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    assert_int_equal(
        db_query(
            cloud->db, &rows,
            "SELECT name || coalesce(sql, '') FROM sqlite_master UNION ALL SELECT module || ' ' "
            "|| version FROM schema_version ORDER BY 1",
            ""),
        0);
    while (db_next(rows) == 1)
        append(text, db_text(rows, 0));
    db_done(rows);
    cloud_close(cloud);
    return text;
}

static void test_a_start_killed_at_any_step_is_made_good_by_the_next(void **state)
{
    char folder[64];
    char *whole;
    int kills = 0;
    bool lived = false;

    (void)state;
    make_folder(folder);
    whole = schema_of(folder);
    assert_non_null(strstr(whole, "log_ticket"));
    for (int ops = 0; !lived; ops += 1 + ops / 4) {
        char *now;

        remove_folder(folder);
        lived = start_and_die(folder, ops);
        kills += !lived;
        now = schema_of(folder);
        assert_string_equal(now, whole);
        free(now);
    }
    assert_true(kills > KILLS_MIN);
    remove_folder(folder);
    free(whole);
}

/* Killed again and again, each time a little later: what one start has done is the next one's. */
static void test_starts_killed_one_after_the_other_get_there(void **state)
{
    char folder[64];
    char *whole, *now;

    (void)state;
    make_folder(folder);
    whole = schema_of(folder);
    remove_folder(folder);
    for (int ops = 50; !start_and_die(folder, ops); ops += ops / 4)
        ;
    now = schema_of(folder);
    assert_string_equal(now, whole);
    remove_folder(folder);
    free(whole);
    free(now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_start_killed_at_any_step_is_made_good_by_the_next),
        cmocka_unit_test(test_starts_killed_one_after_the_other_get_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
