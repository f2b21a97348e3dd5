/* The database: what survives a kill, what two connections see, what people are told. */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_MAX_SIZE = 256, STEPS = 3, KILLED = 77, OPS_MAX = 20000 };

static const struct db_migration steps[STEPS] = {
    {"animals", "CREATE TABLE animal (site TEXT NOT NULL, name TEXT NOT NULL, legs BIGINT, "
                "PRIMARY KEY (site, name));"
                "INSERT INTO animal VALUES ('a', 'cat', 4), ('a', 'hen', 2);"},
    {"owners", "CREATE TABLE owner (site TEXT NOT NULL, name TEXT NOT NULL, animal TEXT NOT NULL, "
               "FOREIGN KEY (site, animal) REFERENCES animal (site, name));"},
    {"more legs", "UPDATE animal SET legs = legs + 1;"},
};

struct place {
    char folder[PATH_MAX_SIZE], path[PATH_MAX_SIZE + 16];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    assert_non_null(place);
    (void)snprintf(place->folder, sizeof(place->folder), P_tmpdir "/machiai-db-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    (void)snprintf(place->path, sizeof(place->path), "%s/test.db", place->folder);
    *state = place;
    return 0;
}

static void remove_files(const struct place *place)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[PATH_MAX_SIZE + 32];

    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof(path), "%s%s", place->path, ends[i]);
        (void)unlink(path);
    }
}

static int remove_place(void **state)
{
    struct place *place = *state;

    (void)chmod(place->folder, 0700);
    remove_files(place);
    assert_int_equal(rmdir(place->folder), 0);
    free(place);
    return 0;
}

static struct db *open_db(const struct place *place)
{
    char error[DB_ERROR_SIZE] = "";
    struct db *db = NULL;

    if (db_open(place->path, &db, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    return db;
}

static int migrate(struct db *db, int count)
{
    char error[DB_ERROR_SIZE] = "";

    return db_migrate(db, "test", steps, count, error, sizeof(error));
}

static int64_t get(struct db *db, const char *sql)
{
    int64_t value = -1;

    assert_int_equal(db_get_int(db, &value, sql, ""), 1);
    return value;
}

/* -- statements -------------------------------------------------------------------------------- */

static void test_parameters_go_by_their_number(void **state)
{
    struct db *db = open_db(*state);
    struct db_rows *rows = NULL;
    size_t size = 0;

    assert_int_equal(db_run(db, "CREATE TABLE t (a BIGINT, b TEXT, c BYTEA)", ""), 0);
    /* $2 comes first in the text: SQLite alone would number it 1 */
    assert_int_equal(db_run(db, "INSERT INTO t (b, a, c) VALUES ($2, $1, $3)", "itb", (int64_t)7,
                            "seven", "\0x", (size_t)2),
                     1);
    assert_int_equal(
        db_query(db, &rows, "SELECT a, b, c, NULL FROM t WHERE a = $1 AND a = $1", "i", (int64_t)7),
        0);
    assert_int_equal(db_next(rows), 1);
    assert_int_equal(db_int(rows, 0), 7);
    assert_string_equal(db_text(rows, 1), "seven");
    assert_memory_equal(db_blob(rows, 2, &size), "\0x", 2);
    assert_int_equal(size, 2);
    assert_true(db_null(rows, 3));
    assert_string_equal(db_text(rows, 3), "");
    assert_int_equal(db_next(rows), 0);
    db_done(rows);
    db_close(db);
}

static void test_same_statement_may_be_open_twice(void **state)
{
    struct db *db = open_db(*state);
    struct db_rows *outer = NULL, *inner = NULL;
    const char *sql = "SELECT name FROM animal ORDER BY name";
    int count = 0;

    assert_int_equal(migrate(db, 1), 0);
    assert_int_equal(db_query(db, &outer, sql, ""), 0);
    while (db_next(outer) == 1) {
        assert_int_equal(db_query(db, &inner, sql, ""), 0);
        assert_int_equal(db_next(inner), 1);
        assert_string_equal(db_text(inner, 0), "cat");
        db_done(inner);
        count++;
    }
    db_done(outer);
    assert_int_equal(count, 2);
    db_close(db);
}

static void test_constraints_say_exists(void **state)
{
    struct db *db = open_db(*state);

    assert_int_equal(migrate(db, STEPS), 0);
    assert_int_equal(db_run(db, "INSERT INTO animal VALUES ('a', 'cat', 1)", ""), -EEXIST);
    assert_int_equal(db_run(db, "INSERT INTO owner VALUES ('a', 'Sato', 'dog')", ""), -EEXIST);
    assert_int_equal(db_run(db, "INSERT INTO owner VALUES ('a', 'Sato', 'hen')", ""), 1);
    db_close(db);
}

/* -- transactions ------------------------------------------------------------------------------ */

static void test_inner_rollback_dooms_the_outer(void **state)
{
    struct db *db = open_db(*state);

    assert_int_equal(migrate(db, 1), 0);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(db_run(db, "DELETE FROM animal", ""), 2);
    assert_int_equal(db_begin(db), 0);
    db_rollback(db);
    assert_int_equal(db_commit(db), -ECANCELED);
    assert_int_equal(get(db, "SELECT COUNT(*) FROM animal"), 2);
    assert_int_equal(db_begin(db), 0); /* and the next one is a new one */
    assert_int_equal(db_run(db, "DELETE FROM animal", ""), 2);
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(get(db, "SELECT COUNT(*) FROM animal"), 0);
    db_close(db);
}

static void test_data_version_tells_of_others_only(void **state)
{
    struct db *mine = open_db(*state), *other = open_db(*state);
    int64_t before = 0, after = 0;

    assert_int_equal(migrate(mine, 1), 0);
    assert_int_equal(db_data_version(mine, &before), 0);
    assert_int_equal(db_run(mine, "UPDATE animal SET legs = 3", ""), 2);
    assert_int_equal(db_data_version(mine, &after), 0);
    assert_int_equal(before, after);
    assert_int_equal(db_run(other, "UPDATE animal SET legs = 5", ""), 2);
    assert_int_equal(db_data_version(mine, &after), 0);
    assert_int_not_equal(before, after);
    db_close(other);
    db_close(mine);
}

static void test_returning_inside_a_transaction(void **state)
{
    struct db *db = open_db(*state);
    int64_t legs = 0;

    assert_int_equal(migrate(db, 1), 0);
    assert_int_equal(db_begin(db), 0);
    for (int i = 5; i < 8; i++) {
        assert_int_equal(db_get_int(db, &legs,
                                    "UPDATE animal SET legs = legs + 1 WHERE name = $1 RETURNING "
                                    "legs",
                                    "t", "cat"),
                         1);
        assert_int_equal(legs, i);
    }
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(get(db, "SELECT legs FROM animal WHERE name = 'cat'"), 7);
    db_close(db);
}

/* -- migrations -------------------------------------------------------------------------------- */

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

/* Migrates in a child that dies after so many steps of SQLite's machine. True: it lived. */
static bool migrate_and_die(const struct place *place, int ops)
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        char error[DB_ERROR_SIZE];
        struct db *db = NULL;

        ops_left = ops;
        (void)sqlite3_auto_extension((void (*)(void))(void *)arm);
        if (db_open(place->path, &db, error, sizeof(error)) < 0)
            _exit(1);
        _exit(migrate(db, STEPS) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == KILLED);
    return WEXITSTATUS(status) == 0;
}

/* Killed anywhere, then started again, the result is the one of an undisturbed start: a step done
 * twice would give the cat six legs, a lost one four. */
static void test_a_kill_at_any_step_leaves_whole_steps(void **state)
{
    const struct place *place = *state;
    bool lived = false;
    int kills = 0;

    for (int ops = 0; !lived && ops < OPS_MAX; ops += 1 + ops / 20) {
        struct db *db;

        remove_files(place);
        lived = migrate_and_die(place, ops);
        kills += !lived;
        db = open_db(place);
        assert_int_equal(migrate(db, STEPS), 0);
        assert_int_equal(get(db, "SELECT legs FROM animal WHERE name = 'cat'"), 5);
        assert_int_equal(get(db, "SELECT COUNT(*) FROM animal"), 2);
        assert_int_equal(get(db, "SELECT COUNT(*) FROM owner"), 0);
        assert_int_equal(get(db, "SELECT version FROM schema_version WHERE module = 'test'"),
                         STEPS);
        db_close(db);
    }
    assert_true(lived);
    assert_true(kills > 20);
}

static void test_steps_come_one_after_the_other(void **state)
{
    struct db *db = open_db(*state);

    assert_int_equal(migrate(db, 1), 0);
    assert_int_equal(get(db, "SELECT legs FROM animal WHERE name = 'cat'"), 4);
    assert_int_equal(migrate(db, STEPS), 0);
    assert_int_equal(migrate(db, STEPS), 0); /* nothing left to do */
    assert_int_equal(get(db, "SELECT legs FROM animal WHERE name = 'cat'"), 5);
    db_close(db);
}

static void test_newer_data_is_refused(void **state)
{
    char error[DB_ERROR_SIZE] = "";
    struct db *db = open_db(*state);

    assert_int_equal(migrate(db, STEPS), 0);
    assert_int_equal(db_migrate(db, "test", steps, 1, error, sizeof(error)), -ENOTSUP);
    assert_non_null(strstr(error, "newer machiai-cloud"));
    assert_int_equal(get(db, "SELECT COUNT(*) FROM animal"), 2);
    db_close(db);
}

static void test_a_failing_step_changes_nothing(void **state)
{
    static const struct db_migration bad[] = {
        {"bad", "CREATE TABLE half (a BIGINT); INSERT INTO nowhere VALUES (1);"}};
    char error[DB_ERROR_SIZE] = "";
    struct db *db = open_db(*state);
    int64_t found = 1;

    assert_true(db_migrate(db, "test", bad, 1, error, sizeof(error)) < 0);
    assert_true(*error);
    assert_int_equal(db_get_int(db, &found, "SELECT COUNT(*) FROM sqlite_master", ""), 1);
    assert_int_equal(found, 0);
    db_close(db);
}

/* -- what people are told ---------------------------------------------------------------------- */

static void test_a_missing_folder_is_named(void **state)
{
    char error[DB_ERROR_SIZE] = "";
    struct db *db = NULL;

    (void)state;
    assert_int_equal(db_open("/nowhere/at/all.db", &db, error, sizeof(error)), -ENOENT);
    assert_non_null(strstr(error, "/nowhere/at"));
    assert_null(db);
}

static void test_no_database(void **state)
{
    const struct place *place = *state;
    char error[DB_ERROR_SIZE] = "";
    struct db *db = NULL;
    int fd = open(place->path, O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(write(fd, "this is no database\n", 20), 20);
    assert_int_equal(close(fd), 0);
    assert_int_equal(db_open(place->path, &db, error, sizeof(error)), -EIO);
    assert_non_null(strstr(error, "restore it from a backup"));
}

/* In a child, since root may write everywhere: the check must hold for the service's user. */
static void test_another_owner_is_named(void **state)
{
    const struct place *place = *state;
    int status = 0;
    pid_t pid;

    if (geteuid() != 0)
        skip();
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char error[DB_ERROR_SIZE] = "";
        struct db *db = NULL;
        int result;

        if (chmod(place->folder, 0755) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
            _exit(2);
        result = db_open(place->path, &db, error, sizeof(error));
        _exit(result == -EACCES && strstr(error, "belongs to root") && strstr(error, "chown") ? 0
                                                                                              : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void test_a_full_disk_is_told_and_undone(void **state)
{
    struct db *db = open_db(*state);
    int result = 0;

    assert_int_equal(migrate(db, 1), 0);
    assert_true(db_run(db, "PRAGMA max_page_count = 20", "") >= 0);
    assert_int_equal(db_begin(db), 0);
    for (int i = 0; i < 10000 && result >= 0; i++)
        result = db_run(db, "INSERT INTO animal VALUES ('b', $1 || hex(randomblob(200)), 4)", "i",
                        (int64_t)i);
    assert_int_equal(result, -ENOSPC);
    db_rollback(db);
    assert_int_equal(get(db, "SELECT COUNT(*) FROM animal"), 2);
    db_close(db);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        TEST(test_parameters_go_by_their_number),
        TEST(test_same_statement_may_be_open_twice),
        TEST(test_constraints_say_exists),
        TEST(test_inner_rollback_dooms_the_outer),
        TEST(test_data_version_tells_of_others_only),
        TEST(test_returning_inside_a_transaction),
        TEST(test_a_kill_at_any_step_leaves_whole_steps),
        TEST(test_steps_come_one_after_the_other),
        TEST(test_newer_data_is_refused),
        TEST(test_a_failing_step_changes_nothing),
        TEST(test_a_missing_folder_is_named),
        TEST(test_no_database),
        TEST(test_another_owner_is_named),
        TEST(test_a_full_disk_is_told_and_undone),
    };
    return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
