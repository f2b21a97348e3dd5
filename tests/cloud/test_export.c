/* One site written to a file and taken in again; erased without a trace, and nothing of another
 * site touched. The tables are those of the database itself, so that a new one cannot be forgotten.
 */
#include "export.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cloud.h"
#include "contract.h"
#include "site_rig.h"

enum { TABLES_MAX = 80, NAME_MAX_SIZE = 64, PATH_SIZE = 400, SQL_SIZE = 4000 };

/* What "hello" and "world" hash to. */
#define MINE   "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define SHARED "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7"

struct run {
    char folder[256];
    struct cloud *cloud;
    struct site *sites[2];
};

static void text_file(const struct run *run, const char *name, const char *text)
{
    char path[PATH_SIZE];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", run->folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static bool is_there(const struct run *run, const char *name)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "%s/%s", run->folder, name);
    return access(path, F_OK) == 0;
}

static void put(struct run *run, const char *sql, const char *site)
{
    if (db_run(run->cloud->db, sql, "t", site) < 0)
        fail_msg("%s", sql);
}

/* Rows in the tables that a quiet day leaves empty. */
static void fill(struct run *run, const char *site, const char *film, const char *letter)
{
    char sql[SQL_SIZE];

    (void)snprintf(sql, sizeof(sql),
                   "INSERT INTO film (site, sha256, kind, title, size, duration_ms, added) VALUES "
                   "($1, '%s', 'self_made', 'x', 5, 1, 1)",
                   film);
    put(run, sql, site);
    (void)snprintf(sql, sizeof(sql),
                   "INSERT INTO photo (site, sha256, width, height, size, made) VALUES ($1, '%s', "
                   "1, 1, 5, 1)",
                   SHARED);
    put(run, sql, site);
    (void)snprintf(sql, sizeof(sql),
                   "INSERT INTO upload VALUES ($1, 'up-%s', 'n', 'self_made', 't', 1, 0, 'taking', "
                   "'', '', '', 'u', 1, 1, 0)",
                   letter);
    put(run, sql, site);
    put(run,
        "INSERT INTO play VALUES ($1, 'd', 'l', 1, 'h', 1, 1, 1, 'f', 'p', 'r', 'm', 0, 1, '')",
        site);
    put(run,
        "INSERT INTO notice (site, kind, device, id, first, last, count, detail) VALUES ($1, "
        "'state', '', 'i', 1, 1, 1, '{}')",
        site);
    put(run, "INSERT INTO quarantine VALUES ($1, 'd', 'q', 1, 'w', 't')", site);
    put(run, "INSERT INTO letters_aside VALUES ($1, 'A', 1)", site);
    put(run, "INSERT INTO claim_key VALUES ($1, 'k')", site);
    put(run, "INSERT INTO patient_name VALUES ($1, 't', '山田', '2026-11-24')", site);
    put(run, "INSERT INTO self_made VALUES ($1, '2026-11', 'u')", site);
    put(run,
        "INSERT INTO contract_act VALUES ($1, 'a-' || $1, 'video', 'suspend', 1, 0, 0, '', 'o')",
        site);
    (void)snprintf(
        sql, sizeof(sql),
        "INSERT INTO devices (device, site, name, token, enrolled) VALUES ('dev-%s', $1, "
        "'n', 'hash-%s', 1)",
        letter, letter);
    put(run, sql, site);
    (void)snprintf(sql, sizeof(sql),
                   "INSERT INTO audit (id, at, act, subject, who, address) VALUES ('au-%s', 1, "
                   "'enrol', '', 'dev-%s', '')",
                   letter, letter);
    assert_int_equal(db_run(run->cloud->db, sql, ""), 1);
}

static void add_people(struct run *run)
{
    struct identity *identity = run->cloud->identity;
    struct identity_reset reset;

    assert_int_equal(identity_user_add(identity, "mine", "x", IDENTITY_STAFF, "password"), 0);
    assert_int_equal(identity_user_add(identity, "both", "x", IDENTITY_CONTRACTOR, "password"), 0);
    assert_int_equal(identity_user_add(identity, "other", "x", IDENTITY_STAFF, "password"), 0);
    assert_int_equal(identity_user_site_add(identity, "mine", site_id(run->sites[0])), 0);
    assert_int_equal(identity_user_site_add(identity, "both", site_id(run->sites[0])), 0);
    assert_int_equal(identity_user_site_add(identity, "both", site_id(run->sites[1])), 0);
    assert_int_equal(identity_user_site_add(identity, "other", site_id(run->sites[1])), 0);
    assert_int_equal(identity_reset(identity, "mine", &reset), 0);
    put(run, "INSERT INTO mail_address VALUES ('mine', $1)", "mine@example.jp");
}

static struct cloud *open_cloud(const char *folder)
{
    char error[DB_ERROR_SIZE] = "";
    struct cloud *cloud = NULL;

    if (cloud_open(folder, CLOUD_MAKE, &cloud, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    return cloud;
}

static int make(void **state)
{
    static const char settings[] =
        "{\"clinic_no\":\"%d\",\"name\":\"さくら内科\",\"desks\":[{\"desk_no\":1,\"name\":\"診察\","
        "\"first\":1,\"last\":99}]}";
    struct run *run = calloc(1, sizeof(*run));
    char error[DB_ERROR_SIZE], text[300];

    (void)snprintf(run->folder, sizeof(run->folder), P_tmpdir "/machiai-export-XXXXXX");
    assert_non_null(mkdtemp(run->folder));
    run->cloud = open_cloud(run->folder);
    for (int i = 0; i < 2; i++) {
        cJSON *json;

        (void)snprintf(text, sizeof(text), settings, 1024 + i);
        json = cJSON_Parse(text);
        assert_int_equal(
            sites_add(run->cloud->sites, json, "test", &run->sites[i], error, sizeof(error)), 0);
        cJSON_Delete(json);
        (void)rig_issue(run->sites[i], i + 1, 1);
        fill(run, site_id(run->sites[i]), i == 0 ? MINE : SHARED, i == 0 ? "a" : "b");
    }
    add_people(run);
    text_file(run, "contents/" MINE, "hello");
    text_file(run, "contents/" SHARED, "world");
    text_file(run, "uploads/up-a", "part");
    text_file(run, "uploads/up-b", "part");
    *state = run;
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int drop(void **state)
{
    struct run *run = *state;

    cloud_close(run->cloud);
    (void)nftw(run->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(run);
    return 0;
}

/* -- the database's own tables ------------------------------------------------------------------
 */

static int read_names(struct db *db, const char *sql, const char *of, char (*ret)[NAME_MAX_SIZE])
{
    struct db_rows *rows = NULL;
    int count = 0;

    assert_int_equal(db_query(db, &rows, sql, *of ? "t" : "", of), 0);
    while (db_next(rows) == 1 && count < TABLES_MAX)
        (void)snprintf(ret[count++], NAME_MAX_SIZE, "%s", db_text(rows, 0));
    db_done(rows);
    return count;
}

static int tables_of(struct db *db, char (*ret)[NAME_MAX_SIZE])
{
    return read_names(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", "",
                      ret);
}

static int columns_of(struct db *db, const char *table, char (*ret)[NAME_MAX_SIZE])
{
    return read_names(db, "SELECT name FROM pragma_table_info($1) ORDER BY cid", table, ret);
}

/* Rows of any table that have the text in any column. */
static int64_t mentions(struct db *db, const char *text, bool tell)
{
    char tables[TABLES_MAX][NAME_MAX_SIZE], columns[TABLES_MAX][NAME_MAX_SIZE];
    int count = tables_of(db, tables);
    int64_t all = 0;

    for (int i = 0; i < count; i++) {
        int width = columns_of(db, tables[i], columns);

        for (int k = 0; k < width; k++) {
            char sql[300];
            int64_t found = 0;

            (void)snprintf(sql, sizeof(sql),
                           "SELECT count(*) FROM %s WHERE instr(CAST(%s AS TEXT), $1) > 0",
                           tables[i], columns[k]);
            assert_int_equal(db_get_int(db, &found, sql, "t", text), 1);
            if (found > 0 && tell)
                print_message("%s.%s: %lld\n", tables[i], columns[k], (long long)found);
            all += found;
        }
    }
    return all;
}

static const struct export_table *table_named(const char *name)
{
    int count = 0;
    const struct export_table *tables = export_tables(&count);

    for (int i = 0; i < count; i++)
        if (strcmp(tables[i].name, name) == 0)
            return &tables[i];
    return NULL;
}

static bool has_column(const struct export_table *table, const char *column)
{
    const char *c = table->columns;
    size_t length = strlen(column);

    while (*c) {
        c += *c == '#';
        if (strncmp(c, column, length) == 0 && (c[length] == ' ' || c[length] == '\0'))
            return true;
        c += strcspn(c, " ");
        c += *c == ' ';
    }
    return false;
}

static bool is_secret(const char *table, const char *column)
{
    static const char *const secrets[] = {"people.password", "people.factor",
                                          "people.factor_offered", "people.factor_step",
                                          "devices.token"};
    char name[2 * NAME_MAX_SIZE];

    (void)snprintf(name, sizeof(name), "%s.%s", table, column);
    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
        if (strcmp(secrets[i], name) == 0)
            return true;
    return false;
}

static void every_table_and_column_is_thought_of(void **state)
{
    static const char *const clouds_own[] = {"schema_version", "hours_exception", "pairings",
                                             "programme_model"};
    struct run *run = *state;
    char tables[TABLES_MAX][NAME_MAX_SIZE], columns[TABLES_MAX][NAME_MAX_SIZE];
    int count = tables_of(run->cloud->db, tables);

    for (int i = 0; i < count; i++) {
        const struct export_table *table = table_named(tables[i]);
        bool own = strncmp(tables[i], "sqlite_", 7) == 0;

        for (size_t k = 0; k < sizeof(clouds_own) / sizeof(clouds_own[0]); k++)
            own = own || strcmp(clouds_own[k], tables[i]) == 0;
        if (own == (table != NULL))
            fail_msg("export_tables() and this test differ about %s", tables[i]);
        if (!table || !table->written)
            continue;
        int width = columns_of(run->cloud->db, tables[i], columns);
        for (int k = 0; k < width; k++)
            if (has_column(table, columns[k]) == is_secret(tables[i], columns[k]))
                fail_msg("%s.%s is %s", tables[i], columns[k],
                         is_secret(tables[i], columns[k]) ? "exported" : "not exported");
    }
}

/* -- erasing ----------------------------------------------------------------------------------- */

static void erase(struct run *run)
{
    struct export_count count;
    char error[DB_ERROR_SIZE] = "";

    if (export_erase(run->cloud, run->sites[0], &count, error, sizeof(error)) < 0)
        fail_msg("%s", error);
}

static void an_erased_site_leaves_no_row_and_no_file(void **state)
{
    struct run *run = *state;
    char id[UID_SIZE], other[UID_SIZE];
    int64_t before;

    (void)snprintf(id, sizeof(id), "%s", site_id(run->sites[0]));
    (void)snprintf(other, sizeof(other), "%s", site_id(run->sites[1]));
    before = mentions(run->cloud->db, other, false);
    assert_true(mentions(run->cloud->db, id, false) > 10);
    erase(run);
    assert_int_equal(mentions(run->cloud->db, id, true), 0);
    assert_int_equal(mentions(run->cloud->db, "dev-a", true), 0);
    assert_int_equal(mentions(run->cloud->db, "mine", true), 0);
    assert_false(is_there(run, "contents/" MINE));
    assert_false(is_there(run, "uploads/up-a"));
    assert_null(sites_find(run->cloud->sites, id));

    assert_int_equal(mentions(run->cloud->db, other, true), before); /* the other one is whole */
    assert_true(is_there(run, "contents/" SHARED));
    assert_true(is_there(run, "uploads/up-b"));
    assert_true(mentions(run->cloud->db, "both", false) > 0);
    assert_non_null(sites_find(run->cloud->sites, other));
    assert_int_equal(export_strays(run->cloud), 0);
}

static void strays_are_found(void **state)
{
    struct run *run = *state;

    text_file(run, "contents/0000000000000000000000000000000000000000000000000000000000000000",
              "nobody's");
    put(run, "INSERT INTO quarantine VALUES ($1, 'd', 'q', 1, 'w', 't')", "nobody");
    assert_int_equal(export_strays(run->cloud), 2);
}

/* Another process erases; this one holds the site, as a server does. */
static void a_server_lets_go_of_what_the_command_line_erased(void **state)
{
    struct run *run = *state;
    struct cloud *beside = open_cloud(run->folder);
    struct site *held = sites_find(beside->sites, site_id(run->sites[0]));
    struct event event = rig_act(EVENT_CANCELLED, 1);
    struct site_put result;

    erase(run);
    assert_int_equal(sites_catch_up(beside->sites), 0);
    assert_null(sites_find(beside->sites, site_id(run->sites[0])));
    assert_true(site_gone(held));
    assert_int_equal(site_read(held)->count, 0);
    site_read_end(held);
    if (site_begin(held) == 0) { /* a request that was under way writes nothing */
        assert_true(site_put(held, &event, &result) < 0 || result.judgement.verdict ||
                    site_commit(held) < 0);
        if (result.judgement.verdict)
            site_rollback(held);
    }
    assert_int_equal(mentions(beside->db, site_id(run->sites[0]), true), 0);
    cloud_close(beside);
}

/* -- out and in again -------------------------------------------------------------------------- */

static void write_out(struct run *run, char path[static PATH_SIZE])
{
    struct export_count count;
    char error[DB_ERROR_SIZE] = "";

    (void)snprintf(path, PATH_SIZE, "%s/site.tar", run->folder);
    if (export_site(run->cloud, run->sites[0], path, true, &count, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    assert_int_equal(count.files, 2);
}

static int take_in(struct run *run, const char *path)
{
    struct export_count count;
    char error[DB_ERROR_SIZE] = "";

    return export_take_in(run->cloud, path, &count, error, sizeof(error));
}

static void an_export_comes_in_again_as_it_was(void **state)
{
    struct run *run = *state;
    char path[PATH_SIZE], hash[HASH_SIZE], id[UID_SIZE];
    struct identity_who who;
    struct site *site;

    write_out(run, path);
    (void)site_read(run->sites[0]);
    memcpy(hash, site_hash(run->sites[0]), sizeof(hash));
    site_read_end(run->sites[0]);
    (void)snprintf(id, sizeof(id), "%s", site_id(run->sites[0]));
    assert_int_equal(take_in(run, path), -EEXIST); /* it is here */
    erase(run);
    assert_int_equal(take_in(run, path), 0);
    site = sites_find(run->cloud->sites, id);
    assert_non_null(site);
    assert_int_equal(rig_state(site, 1), TICKET_WAITING);
    (void)site_read(site);
    assert_string_equal(site_hash(site), hash);
    site_read_end(site);
    assert_true(is_there(run, "contents/" MINE));
    assert_int_equal(identity_user_load(run->cloud->identity, "mine", &who), 1);
    assert_true(identity_may_site(&who, id));
    assert_int_equal(identity_user_load(run->cloud->identity, "both", &who), 1);
    assert_false(identity_may_site(&who, id)); /* an account that was here: the operator decides */
    assert_int_equal(mentions(run->cloud->db, "hash-a", false), 0); /* no token */
    assert_int_equal(export_strays(run->cloud), 0);
}

static void patch(const char *path, long at, const char *text)
{
    FILE *file = fopen(path, "r+");

    assert_non_null(file);
    assert_int_equal(fseek(file, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* At every cut and for a changed byte: nothing comes in. */
static void a_damaged_export_changes_nothing(void **state)
{
    struct run *run = *state;
    char path[PATH_SIZE];
    struct stat status;

    write_out(run, path);
    erase(run);
    int64_t before = mentions(run->cloud->db, "1024", false);
    assert_int_equal(stat(path, &status), 0);
    patch(path, -2600, "X"); /* in a film or its header */
    assert_int_equal(take_in(run, path), -EBADMSG);
    for (off_t size = status.st_size - 1024; size > 0; size -= 1777) {
        assert_int_equal(truncate(path, size), 0);
        assert_int_equal(take_in(run, path), -EBADMSG);
    }
    assert_int_equal(mentions(run->cloud->db, "1024", true), before);
    assert_int_equal(sites_count(run->cloud->sites), 2); /* one of them gone */
    assert_true(take_in(run, "/nowhere.tar") == -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_table_and_column_is_thought_of),
        TEST(an_erased_site_leaves_no_row_and_no_file),
        TEST(strays_are_found),
        TEST(a_server_lets_go_of_what_the_command_line_erased),
        TEST(an_export_comes_in_again_as_it_was),
        TEST(a_damaged_export_changes_nothing),
    };

    return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
