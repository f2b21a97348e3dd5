/* The cloud's own migrations, all modules one after the other: a start that is killed at any step
 * leaves data that the next start brings to the same end, and what the earliest cloud has written
 * stays. And what they come to: keys that begin with the site. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
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
#include "site_rig.h"

enum { KILLS_MIN = 15, SCHEMA_SIZE = 256 * 1024, SQL_SIZE = 2048, ROWS = 3, STRIDE = 7 };

static int ops_left, statements_left;

static int count_down(void *context)
{
    (void)context;
    if (ops_left-- == 0)
        (void)raise(SIGKILL);
    return 0;
}

static int count_statement(unsigned kind, void *context, void *statement, void *text)
{
    (void)kind;
    (void)context;
    (void)statement;
    (void)text;
    if (statements_left-- == 0)
        (void)raise(SIGKILL);
    return 0;
}

static int arm(sqlite3 *handle, char **error, const struct sqlite3_api_routines *api)
{
    (void)error;
    (void)api;
    if (ops_left >= 0)
        sqlite3_progress_handler(handle, 1, count_down, NULL);
    else
        (void)sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, count_statement, NULL);
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

/* Starts in a child that dies after so many steps of SQLite's machine or, for ops < 0, before the
 * statement of that number. True: it lived. */
static bool start_and_die_at(const char *folder, int ops, int statement)
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        char error[DB_ERROR_SIZE];
        struct cloud *cloud = NULL;

        ops_left = ops;
        statements_left = statement;
        (void)sqlite3_auto_extension((void (*)(void))(void *)arm);
        _exit(cloud_open(folder, CLOUD_MAKE, &cloud, error, sizeof(error)) < 0 ? 1 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGKILL);
    return WIFEXITED(status);
}

static bool start_and_die(const char *folder, int ops)
{
    return start_and_die_at(folder, ops, -1);
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

/* -- data of the earliest cloud ---------------------------------------------------------------- */

struct earliest {
    char folder[64], path[96];
    char *image; /* its database, as bytes */
    size_t size;
    char *schema, *rows; /* what a start must come to */
};

static void run_sql(sqlite3 *handle, const char *sql)
{
    char *error = NULL;

    if (sqlite3_exec(handle, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s in %s", error, sql);
}

static char *read_file(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    char *bytes;
    long size;

    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    rewind(file);
    bytes = calloc(1, (size_t)size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)size, file), size);
    assert_int_equal(fclose(file), 0);
    *ret_size = (size_t)size;
    return bytes;
}

/* One text of the first row; "" when there is none. */
static void ask(sqlite3 *handle, const char *sql, const char *table, char ret[static SQL_SIZE])
{
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC), SQLITE_OK);
    ret[0] = '\0';
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0))
        (void)snprintf(ret, SQL_SIZE, "%s", (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
}

/* Rows told apart by their number, all of the one site. */
static void fill_table(sqlite3 *handle, const char *table, const char *site)
{
    char columns[SQL_SIZE], values[SQL_SIZE], sql[3 * SQL_SIZE];

    ask(handle, "SELECT group_concat(name) FROM pragma_table_info($1)", table, columns);
    ask(handle,
        "SELECT group_concat(CASE WHEN name = 'site' THEN '$site' WHEN type = 'BIGINT' THEN '$row' "
        "ELSE '''' || name || '-'' || $row' END) FROM pragma_table_info($1)",
        table, values);
    for (int row = 0; row < ROWS; row++) {
        sqlite3_stmt *statement = NULL;
        int at;

        (void)snprintf(sql, sizeof(sql), "INSERT OR IGNORE INTO %s (%s) VALUES (%s)", table,
                       columns, values);
        assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &statement, NULL), SQLITE_OK);
        at = sqlite3_bind_parameter_index(statement, "$row");
        if (at > 0)
            assert_int_equal(sqlite3_bind_int(statement, at, row), SQLITE_OK);
        at = sqlite3_bind_parameter_index(statement, "$site");
        if (at > 0)
            assert_int_equal(sqlite3_bind_text(statement, at, site, -1, SQLITE_STATIC), SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
        (void)sqlite3_finalize(statement);
    }
}

/* The site's log is a real one, in the columns that it had. */
static void copy_log(sqlite3 *handle)
{
    static const char *const tables[] = {"site", "head", "log"};

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        char columns[SQL_SIZE], sql[3 * SQL_SIZE];

        ask(handle, "SELECT group_concat(name) FROM pragma_table_info($1)", tables[i], columns);
        (void)snprintf(sql, sizeof(sql), "INSERT INTO main.%s (%s) SELECT %s FROM now.%s",
                       tables[i], columns, columns, tables[i]);
        run_sql(handle, sql);
    }
}

static void each_table(sqlite3 *handle, void (*each)(sqlite3 *, const char *, void *),
                       void *context)
{
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_prepare_v2(handle,
                                        "SELECT name FROM main.sqlite_master WHERE type = 'table' "
                                        "AND name <> 'schema_version' ORDER BY name",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        each(handle, (const char *)sqlite3_column_text(statement, 0), context);
    (void)sqlite3_finalize(statement);
}

static void fill_one(sqlite3 *handle, const char *table, void *site)
{
    if (strcmp(table, "site") != 0 && strcmp(table, "head") != 0 && strcmp(table, "log") != 0)
        fill_table(handle, table, site);
}

static void make_earliest(const char *path)
{
    sqlite3 *handle = NULL;
    struct rig *rig = NULL;
    char sql[SQL_SIZE];
    size_t size = 0;
    char *schema = read_file(EARLIEST, &size);

    assert_int_equal(rig_make((void **)&rig), 0);
    for (int ticket = 1; ticket <= ROWS; ticket++)
        (void)rig_issue(rig->site, ticket, 1);
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    run_sql(handle, schema);
    (void)snprintf(sql, sizeof(sql), "ATTACH '%s' AS now", rig->path);
    run_sql(handle, sql);
    copy_log(handle);
    each_table(handle, fill_one, (void *)(uintptr_t)site_id(rig->site));
    assert_int_equal(sqlite3_close(handle), SQLITE_OK);
    free(schema);
    assert_int_equal(rig_remove((void **)&rig), 0);
}

/* -- what it holds, in the columns of then ----------------------------------------------------- */

struct telling {
    sqlite3 *now;
    char *text;
};

static void tell_table(sqlite3 *then, const char *table, void *context)
{
    struct telling *telling = context;
    sqlite3_stmt *statement = NULL;
    char row[SQL_SIZE], sql[2 * SQL_SIZE];

    ask(then,
        "SELECT group_concat('quote(' || name || ')', '||'' ''||') FROM pragma_table_info($1)",
        table, row);
    (void)snprintf(sql, sizeof(sql), "SELECT %s FROM %s ORDER BY 1", row, table);
    append(telling->text, table);
    if (sqlite3_prepare_v2(telling->now, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", table, sqlite3_errmsg(telling->now));
    while (sqlite3_step(statement) == SQLITE_ROW)
        append(telling->text, (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
}

static char *rows_of(const char *path)
{
    struct telling telling = {.text = calloc(1, SCHEMA_SIZE)};
    sqlite3 *then = NULL;
    size_t size = 0;
    char *schema = read_file(EARLIEST, &size);

    assert_non_null(telling.text);
    assert_int_equal(sqlite3_open(":memory:", &then), SQLITE_OK);
    run_sql(then, schema);
    assert_int_equal(sqlite3_open(path, &telling.now), SQLITE_OK);
    each_table(then, tell_table, &telling);
    assert_int_equal(sqlite3_close(telling.now), SQLITE_OK);
    assert_int_equal(sqlite3_close(then), SQLITE_OK);
    free(schema);
    return telling.text;
}

static void put_back(const struct earliest *earliest)
{
    static const char *const ends[] = {"-wal", "-shm"};
    char path[128];
    FILE *file = fopen(earliest->path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(earliest->image, 1, earliest->size, file), earliest->size);
    assert_int_equal(fclose(file), 0);
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof(path), "%s%s", earliest->path, ends[i]);
        (void)unlink(path);
    }
}

static void test_the_earliest_data_stay_whatever_step_is_cut(void **state)
{
    struct earliest earliest;
    int statements = 0;

    (void)state;
    make_folder(earliest.folder);
    (void)snprintf(earliest.path, sizeof(earliest.path), "%s/machiai.db", earliest.folder);
    make_earliest(earliest.path);
    earliest.image = read_file(earliest.path, &earliest.size);
    earliest.rows = rows_of(earliest.path);
    assert_non_null(strstr(earliest.rows, "'digest-2'"));
    earliest.schema = schema_of(earliest.folder);
    for (bool lived = false; !lived; statements += STRIDE) {
        char *schema, *rows;

        put_back(&earliest);
        lived = start_and_die_at(earliest.folder, -1, statements);
        schema = schema_of(earliest.folder);
        rows = rows_of(earliest.path);
        assert_string_equal(rows, earliest.rows);
        assert_string_equal(schema, earliest.schema);
        free(rows);
        free(schema);
    }
    assert_true(statements > 10 * KILLS_MIN);
    remove_folder(earliest.folder);
    free(earliest.image);
    free(earliest.rows);
    free(earliest.schema);
}

/* -- keys -------------------------------------------------------------------------------------- */

/* Tables that have no site, and why; db.h says it in a sentence. */
static const char *const of_no_site[][2] = {
    {"schema_version", "of the database"},
    {"people", "an account may have several sites (person_sites) or, of an operator, none"},
    {"web_sessions", "an account's, found by a cookie before it is known whose"},
    {"person_codes", "an account's, for the way back in"},
    {"person_recovery", "an account's"},
    {"mail_address", "an account's"},
    {"pairings", "a kiosk that shows a code and is nobody's yet"},
    {"hours_exception", "the operator's, for all sites"},
    {"programme_model", "the operator's, for many sites"},
};

static bool may_have_no_site(const char *table)
{
    for (size_t i = 0; i < sizeof(of_no_site) / sizeof(of_no_site[0]); i++)
        if (strcmp(of_no_site[i][0], table) == 0)
            return true;
    return false;
}

static void check_key(sqlite3 *handle, const char *table, void *context)
{
    int *count = context;
    char first[SQL_SIZE], site[SQL_SIZE];

    ask(handle, "SELECT name FROM pragma_table_info($1) WHERE pk = 1", table, first);
    ask(handle, "SELECT name FROM pragma_table_info($1) WHERE name = 'site'", table, site);
    if (may_have_no_site(table) ? *site != '\0' : strcmp(first, "site") != 0)
        fail_msg("%s: its key begins with \"%s\"", table, first);
    ++*count;
}

static void test_all_keys_begin_with_the_site(void **state)
{
    sqlite3 *handle = NULL;
    char folder[64], path[96];
    int count = 0;

    (void)state;
    make_folder(folder);
    free(schema_of(folder));
    (void)snprintf(path, sizeof(path), "%s/machiai.db", folder);
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    each_table(handle, check_key, &count);
    assert_int_equal(sqlite3_close(handle), SQLITE_OK);
    assert_true(count > 40);
    remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_keys_begin_with_the_site),
        cmocka_unit_test(test_the_earliest_data_stay_whatever_step_is_cut),
        cmocka_unit_test(test_a_start_killed_at_any_step_is_made_good_by_the_next),
        cmocka_unit_test(test_starts_killed_one_after_the_other_get_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
