/* The command line: what it prints, what it makes, and what it says about mistakes. */
#include "admin.h"
#include "notices.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_SIZE = 320, TEXT_SIZE = 16 * 1024, WORDS_MAX = 40 };

struct run {
    char folder[256];
    char out[TEXT_SIZE], err[TEXT_SIZE];
    cJSON *json; /* of the last run with --json */
};

static int make(void **state)
{
    struct run *run = calloc(1, sizeof(*run));

    assert_non_null(run);
    (void)snprintf(run->folder, sizeof(run->folder), P_tmpdir "/machiai-admin-XXXXXX");
    assert_non_null(mkdtemp(run->folder));
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

    (void)nftw(run->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    cJSON_Delete(run->json);
    free(run);
    return 0;
}

static void read_all(FILE *file, char text[static TEXT_SIZE])
{
    size_t size;

    rewind(file);
    size = fread(text, 1, TEXT_SIZE - 1, file);
    text[size] = '\0';
}

/* Runs one command: words parted by '|'. The data directory is filled in. */
static int run_words(struct run *run, const char *text)
{
    char words[1000], data[PATH_SIZE], *argv[WORDS_MAX], *rest = words;
    FILE *out = tmpfile(), *err = tmpfile();
    int saved_out, saved_err, argc = 0, code;

    assert_true(out && err);
    (void)snprintf(words, sizeof(words), "%s", text);
    (void)snprintf(data, sizeof(data), "%s/data", run->folder);
    argv[argc++] = (char *)"--data";
    argv[argc++] = data;
    while (rest && argc < WORDS_MAX)
        argv[argc++] = strsep(&rest, "|");
    (void)fflush(stdout);
    (void)fflush(stderr);
    saved_out = dup(STDOUT_FILENO);
    saved_err = dup(STDERR_FILENO);
    assert_true(dup2(fileno(out), STDOUT_FILENO) >= 0 && dup2(fileno(err), STDERR_FILENO) >= 0);
    code = admin_run(argc, argv);
    (void)fflush(stdout);
    (void)fflush(stderr);
    assert_true(dup2(saved_out, STDOUT_FILENO) >= 0 && dup2(saved_err, STDERR_FILENO) >= 0);
    (void)close(saved_out);
    (void)close(saved_err);
    read_all(out, run->out);
    read_all(err, run->err);
    (void)fclose(out);
    (void)fclose(err);
    cJSON_Delete(run->json);
    run->json = cJSON_Parse(run->out);
    return code;
}

static void good(struct run *run, const char *words)
{
    int code = run_words(run, words);

    if (code != ADMIN_OK)
        fail_msg("%s: %d: %s", words, code, run->err);
}

static void bad(struct run *run, const char *words, int code, const char *sentence)
{
    int result = run_words(run, words);

    if (result != code || !strstr(run->err, sentence))
        fail_msg("%s: %d: %s%s", words, result, run->out, run->err);
}

static const char *text_of(struct run *run, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(run->json, key));

    if (!text)
        fail_msg("no %s in %s", key, run->out);
    return text;
}

static void write_file(struct run *run, const char *name, const char *text, char path[PATH_SIZE])
{
    FILE *file;

    (void)snprintf(path, PATH_SIZE, "%s/%s", run->folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void make_site(struct run *run)
{
    good(run, "site|add|--name|さくら内科|--phone|03-0000-0000|--json");
    assert_string_equal(text_of(run, "clinic_no"), "1024");
}

/* -- patients ---------------------------------------------------------------------------------- */

static void assert_patients(struct run *run, int count)
{
    good(run, "patient|count|--site|1024|--json");
    assert_int_equal(cJSON_GetObjectItem(run->json, "count")->valueint, count);
}

static void test_a_list_of_patients_is_taken_whole_or_not_at_all(void **state)
{
    struct run *run = *state;
    char path[PATH_SIZE], words[500], place[PATH_SIZE + 40];

    make_site(run);
    write_file(run, "p.csv",
               "\xEF\xBB\xBF"
               "診察券番号,生年月日\r\n00123,1951-04-07\r\n\"A-77\",1980/1/2\r\n",
               path);
    (void)snprintf(words, sizeof(words), "patient|import|%s|--site|1024|--json", path);
    good(run, words);
    assert_int_equal(cJSON_GetObjectItem(run->json, "read")->valueint, 2);
    good(run, words); /* once more does no harm */
    assert_patients(run, 2);
    write_file(run, "p.csv", "00124,1951-04-07\n00125,1951-02-30\n00126\n00124,1951-04-08\n", path);
    (void)snprintf(words, sizeof(words), "patient|import|%s|--site|1024|--replace", path);
    bad(run, words, ADMIN_FAILED, "3 lines are wrong; nothing was changed");
    for (int line = 2; line <= 4; line++) {
        (void)snprintf(place, sizeof(place), "%s:%d: ", path, line);
        assert_non_null(strstr(run->err, place));
    }
    assert_null(strstr(run->err, "00125")); /* patients' data are in no log */
    assert_patients(run, 2);
    write_file(run, "p.csv", "00124,19510407\n", path);
    bad(run, "patient|import|/nowhere.csv|--site|1024", ADMIN_FAILED, "/nowhere.csv: No such file");
    good(run, words);
    assert_patients(run, 1);
    write_file(run, "p.csv", "\n", path);
    bad(run, words, ADMIN_FAILED, "has no patient");
    assert_patients(run, 1);
    good(run, "patient|clear|--site|1024");
    assert_patients(run, 0);
}

/* -- sites and desks --------------------------------------------------------------------------- */

static void test_a_clinic_from_nothing(void **state)
{
    struct run *run = *state;

    make_site(run);
    good(run, "desk|add|--site|1024|--name|診察|--room|第1診察室|--room-reading|だいいち|--room|"
              "第2診察室|--service|内科|--service|予防接種|--json");
    assert_string_equal(text_of(run, "queue_id"), "1024-1");
    good(run, "desk|add|--site|1024|--name|小児科|--json");
    assert_string_equal(text_of(run, "queue_id"), "1024-2");
    good(run, "desk|add|--site|1024|--name|会計|--kind|payment|--json");
    assert_string_equal(text_of(run, "queue_id"), "1024-3");
    good(run, "site|add|--name|B|--json");
    assert_string_equal(text_of(run, "clinic_no"), "1025"); /* the next that is free */
}

/* Desks must not share numbers, and the log's settings keep what this program does not know. */
static void test_desks_get_numbers_of_their_own(void **state)
{
    struct run *run = *state;
    char path[PATH_SIZE], words[500], error[DB_ERROR_SIZE], data[PATH_SIZE];
    struct cloud *cloud = NULL;
    cJSON *settings = NULL;
    const struct settings *parsed;

    write_file(run, "s.json", "{\"name\":\"x\",\"mood\":\"calm\",\"unused\":[4]}", path);
    (void)snprintf(words, sizeof(words), "site|add|--settings|%s|--clinic-no|77|--json", path);
    good(run, words);
    for (int i = 0; i < 5; i++)
        good(run, "desk|add|--site|77|--name|x|--room|r|--service|s");
    bad(run, "desk|add|--site|77|--name|x", ADMIN_FAILED, "--first");
    (void)snprintf(data, sizeof(data), "%s/data", run->folder);
    assert_int_equal(cloud_open(data, false, &cloud, error, sizeof(error)), 0);
    parsed = &site_read(sites_at(cloud->sites, 0))->settings;
    assert_int_equal(parsed->desk_count, 5);
    assert_int_equal(parsed->room_count, 5);
    assert_int_equal(parsed->desks[0].first, 1);
    assert_int_equal(parsed->desks[4].last, 999);
    assert_int_equal(parsed->unused_count, 1);
    site_read_end(sites_at(cloud->sites, 0));
    assert_int_equal(site_settings_json(sites_at(cloud->sites, 0), &settings), 0);
    assert_non_null(cJSON_GetObjectItem(settings, "mood"));
    cJSON_Delete(settings);
    cloud_close(cloud);
}

static struct cloud *look(struct run *run)
{
    char data[PATH_SIZE], error[DB_ERROR_SIZE];
    struct cloud *cloud = NULL;

    (void)snprintf(data, sizeof(data), "%s/data", run->folder);
    assert_int_equal(cloud_open(data, CLOUD_EXISTING, &cloud, error, sizeof(error)), 0);
    return cloud;
}

/* The cause is in what contractor and operator read, and nowhere in what staff and patients do. */
static void expect_suspended(struct run *run, bool suspended, const char *cause)
{
    struct cloud *cloud = look(run);
    struct site *site = sites_at(cloud->sites, 0);
    cJSON *notices = notices_json(cloud->db, site_id(site)), *settings = NULL;
    cJSON *owners = notices_owners_json(cloud->db, site_id(site));
    char *text = cJSON_PrintUnformatted(owners), *staff = cJSON_PrintUnformatted(notices), *log;
    const struct queue *queue;

    queue = site_read(site);
    assert_int_equal(queue->settings.reservation_suspended, suspended);
    assert_int_equal(queue_intake(queue, 1, CHANNEL_KIOSK, QUEUE_TIME_UNKNOWN),
                     suspended ? GATE_SUSPENDED : GATE_OPEN);
    site_read_end(site);
    assert_int_equal(strstr(text, cause) != NULL, suspended);
    assert_null(strstr(staff, cause));
    assert_int_equal(strstr(staff, "\"suspended\"") != NULL, suspended);
    assert_int_equal(site_settings_json(site, &settings), 0);
    log = cJSON_PrintUnformatted(settings);
    assert_null(strstr(log, cause));
    cJSON_free(log);
    cJSON_free(text);
    cJSON_free(staff);
    cJSON_Delete(settings);
    cJSON_Delete(owners);
    cJSON_Delete(notices);
    cloud_close(cloud);
}

static void test_terms_12_a_service_is_suspended_and_resumed(void **state)
{
    struct run *run = *state;
    char path[PATH_SIZE], words[600];

    make_site(run);
    good(run, "desk|add|--site|1024|--name|x");
    good(run, "site|suspend|--site|1024|--service|reservation|--cause|unpaid fee");
    expect_suspended(run, true, "unpaid fee");
    write_file(run, "s.json",
               "{\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"d\",\"first\":1,\"last\":9}]}",
               path);
    (void)snprintf(words, sizeof(words), "site|settings|--site|1024|--file|%s", path);
    good(run, words);
    expect_suspended(run, true, "unpaid fee"); /* other settings do not end it */
    good(run, "site|resume|--site|1024|--service|reservation");
    expect_suspended(run, false, "unpaid fee");
    bad(run, "site|suspend|--site|1024|--service|garden", ADMIN_FAILED, "reservation or video");
    bad(run, "site|suspend|--site|1024", ADMIN_USAGE, "--service is missing");
}

/* A civil date so many days from now; the moment it begins. */
static int64_t coming(int days, char date[static DATE_SIZE])
{
    struct civil civil;
    int64_t ms = 0;

    civil_from_ms(cloud_now(NULL) + days * INT64_C(24) * 3600 * 1000, 540, &civil);
    civil_format_date(&civil, date);
    assert_int_equal(civil_date_to_ms(date, 540, &ms), 0);
    return ms;
}

static void test_terms_13_maintenance_is_announced_by_the_clinics_clock(void **state)
{
    struct run *run = *state;
    char words[400], date[DATE_SIZE], past[DATE_SIZE];
    int64_t day = coming(7, date);
    struct cloud *cloud;
    const struct settings *settings;

    (void)coming(-7, past);
    make_site(run);
    (void)snprintf(words, sizeof(words),
                   "site|maintenance|--site|1024|--from|%sT13:00|--to|%sT14:30", date, date);
    good(run, words);
    cloud = look(run);
    settings = &site_read(sites_at(cloud->sites, 0))->settings;
    assert_true(settings->maintenance_from == day + 13 * 3600 * 1000);
    assert_true(settings->maintenance_to - settings->maintenance_from == 90 * 60 * 1000);
    site_read_end(sites_at(cloud->sites, 0));
    cloud_close(cloud);
    good(run, "site|maintenance|--site|1024|--none");
    cloud = look(run);
    assert_true(site_read(sites_at(cloud->sites, 0))->settings.maintenance_from == 0);
    site_read_end(sites_at(cloud->sites, 0));
    cloud_close(cloud);
    bad(run, "site|maintenance|--site|1024|--from|2026-12-01", ADMIN_FAILED, "--from");
    bad(run, "site|maintenance|--site|1024|--from|2026-12-01T13:00|--to|2026-12-01T13:00",
        ADMIN_FAILED, "after --from");
    bad(run, "site|maintenance|--site|1024|--from|2026-13-01T13:00|--to|2026-12-01T13:00",
        ADMIN_FAILED, "--from");
    (void)snprintf(words, sizeof(words),
                   "site|maintenance|--site|1024|--from|%sT13:00|--to|%sT14:30", past, date);
    bad(run, words, ADMIN_FAILED, "beforehand");
}

static void test_terms_14_to_16_services_end_on_their_day(void **state)
{
    struct run *run = *state;
    char words[400], soon[DATE_SIZE], later[DATE_SIZE];

    (void)coming(7, soon);
    (void)coming(70, later);
    make_site(run);
    (void)snprintf(words, sizeof(words), "service|discontinue|--service|video|--on|%s", soon);
    bad(run, words, ADMIN_FAILED, "two months");
    (void)snprintf(words, sizeof(words), "service|discontinue|--service|video|--on|%s", later);
    good(run, words);
    good(run, "site|contract|--site|1024|--json");
    assert_non_null(strstr(run->out, "\"ends_by\":\"discontinue\""));
    good(run, "site|keep|--site|1024|--service|video");
    bad(run, "site|keep|--site|1024|--service|video", ADMIN_FAILED, "no end of this service");
    bad(run, "site|end|--site|1024|--service|video", ADMIN_FAILED, "one of --on, --now and");
    (void)snprintf(words, sizeof(words), "site|end|--site|1024|--service|video|--notice|%s", soon);
    good(run, words);
    bad(run, "site|start|--site|1024|--service|video", ADMIN_FAILED, "has this service already");
}

static void test_service_hours_are_announced_and_withdrawn(void **state)
{
    struct run *run = *state;
    char words[400], date[DATE_SIZE], id[UID_SIZE];

    (void)coming(7, date);
    make_site(run);
    (void)snprintf(words, sizeof(words),
                   "service|announce|--from|%sT20:00|--to|%sT23:00|--pause|--json", date, date);
    good(run, words);
    (void)snprintf(id, sizeof(id), "%s", text_of(run, "id"));
    good(run, "service|list|--json");
    assert_non_null(strstr(run->out, id));
    (void)snprintf(words, sizeof(words), "service|withdraw|--id|%s", id);
    good(run, words);
    bad(run, words, ADMIN_FAILED, "no such announcement");
    bad(run, "service|announce|--from|2020-01-01T20:00|--to|2020-01-01T21:00|--pause", ADMIN_FAILED,
        "in the future");
    bad(run, "service|announce|--from|2020-01-01T20:00|--to|2020-01-01T21:00", ADMIN_FAILED,
        "one of --open and --pause");
}

static void test_mistakes_are_told(void **state)
{
    struct run *run = *state;
    char path[PATH_SIZE], words[600];

    bad(run, "device|list|--site|1024", ADMIN_FAILED, "check --data");
    make_site(run);
    good(run, "--help");
    assert_non_null(strstr(run->out, "device code"));
    bad(run, "site|fly", ADMIN_USAGE, "there is no command \"site fly\"");
    bad(run, "site", ADMIN_USAGE, "there is no command");
    bad(run, "desk|add|--site|1024", ADMIN_USAGE, "--name is missing");
    bad(run, "desk|add|--site|1024|--name", ADMIN_USAGE, "needs a value");
    bad(run, "desk|add|--site|1024|--name|a|--name|b", ADMIN_USAGE, "given twice");
    bad(run, "desk|add|--site|1024|--name|a|--colour|b", ADMIN_USAGE, "--colour");
    bad(run, "desk|add|--site|9999|--name|a", ADMIN_FAILED, "no such site");
    bad(run, "desk|add|--site|1024|--name|a|--kind|garden", ADMIN_FAILED, "desks[0].kind");
    bad(run, "desk|add|--site|1024|--name|a|--desk-no|x", ADMIN_FAILED, "--desk-no");
    bad(run, "site|add|--name|x|--clinic-no|1024", ADMIN_FAILED, "in use");
    bad(run, "site|add|--clinic-no|7", ADMIN_FAILED, "name: is missing");
    bad(run, "site|add|--name|x|--clinic-no|abc", ADMIN_FAILED, "clinic_no");
    write_file(run, "bad.json", "{\n\"name\": x\n}", path);
    (void)snprintf(words, sizeof(words), "site|settings|--site|1024|--file|%s", path);
    bad(run, words, ADMIN_FAILED, "bad.json:2: is not JSON");
    write_file(run, "other.json", "{\"name\":\"x\",\"clinic_no\":\"7\"}", path);
    (void)snprintf(words, sizeof(words), "site|settings|--site|1024|--file|%s", path);
    bad(run, words, ADMIN_FAILED, "1024 for ever");
    bad(run, "site|settings|--site|1024|--file|/nowhere.json", ADMIN_FAILED, "No such file");
}

/* -- people and devices ------------------------------------------------------------------------ */

static void test_users(void **state)
{
    struct run *run = *state;
    char path[PATH_SIZE], words[600];

    make_site(run);
    good(run, "user|add|--user|sato|--name|佐藤|--role|staff|--site|1024|--password|himitsu-1|"
              "--json");
    assert_null(strstr(run->out, "himitsu-1")); /* who gave it knows it */
    good(run, "user|add|--user|boss|--name|院長|--role|contractor|--site|1024|--json");
    assert_true(strlen(text_of(run, "password")) >= IDENTITY_PASSWORD_MIN);
    write_file(run, "pw", "from-a-file\n", path);
    (void)snprintf(words, sizeof(words),
                   "user|add|--user|op|--name|O|--role|operator|--password-file|%s", path);
    good(run, words);
    bad(run, "user|add|--user|sato|--name|x|--role|staff|--password|himitsu-1", ADMIN_FAILED,
        "taken");
    bad(run, "user|add|--user|s|--name|x|--role|king|--password|himitsu-1", ADMIN_FAILED,
        "--role must be");
    bad(run, "user|add|--user|S S|--name|x|--role|staff|--password|himitsu-1", ADMIN_FAILED,
        "--user takes");
    bad(run, "user|add|--user|s|--name|x|--role|staff|--password|short", ADMIN_FAILED, "password");
    bad(run, "user|add|--user|s|--name|x|--role|staff|--site|9|--password|himitsu-1", ADMIN_FAILED,
        "no such site");
    good(run, "user|add|--user|s|--name|x|--role|staff|--password|himitsu-1"); /* none was left */
    good(run, "user|reset|--user|sato|--json");
    assert_int_equal(strlen(text_of(run, "code")), IDENTITY_CODE_SIZE - 1);
    bad(run, "user|reset|--user|nobody", ADMIN_FAILED, "no such user");
    good(run, "user|role|--user|sato|--role|contractor");
    bad(run, "user|role|--user|sato|--role|operator", ADMIN_FAILED, "staff or contractor");
    good(run, "user|remove|--user|sato|--site|1024");
    bad(run, "user|remove|--user|sato|--site|1024", ADMIN_FAILED, "not at this site");
    good(run, "user|list|--site|1024|--json");
    assert_null(strstr(run->out, "sato"));
    assert_non_null(strstr(run->out, "boss"));
    good(run, "audit|list|--site|1024|--json");
    assert_non_null(strstr(run->out, "reset_made")); /* also of who is gone */
}

static void test_devices(void **state)
{
    struct run *run = *state;

    make_site(run);
    good(run, "device|code|--site|1024|--json");
    assert_int_equal(strlen(text_of(run, "code")), IDENTITY_CODE_SIZE - 1);
    good(run, "device|list|--site|1024|--json");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(run->json, "devices")), 0);
    bad(run, "device|revoke|--device|x", ADMIN_FAILED, "no such device");
    bad(run, "device|code|--site|1024|--valid-minutes|0", ADMIN_FAILED, "--valid-minutes");
}

static void test_programmes(void **state)
{
    struct run *run = *state;
    char path[PATH_SIZE], words[600], id[UID_SIZE];

    make_site(run);
    good(run, "user|add|--user|boss|--name|院長|--role|contractor|--site|1024|--json");
    good(run, "user|add|--user|sato|--name|佐藤|--role|staff|--site|1024|--json");
    good(run, "user|add|--user|other|--name|他院|--role|contractor|--json");
    write_file(run, "t.json",
               "{\"from\":\"2020-01-01T00:00\",\"to\":\"2099-01-01T00:00\",\"deadline\":"
               "\"2099-01-01T00:00\",\"items\":[{\"kind\":\"notice\",\"title\":\"x\","
               "\"duration_ms\":5000}]}",
               path);
    (void)snprintf(words, sizeof(words), "programme|add|--site|1024|--file|%s|--json", path);
    good(run, words);
    (void)snprintf(id, sizeof(id), "%s", text_of(run, "programme"));
    (void)snprintf(words, sizeof(words), "programme|approve|--programme|%s|--user|boss", id);
    bad(run, words, ADMIN_FAILED, "distribute");
    (void)snprintf(words, sizeof(words), "programme|distribute|--programme|%s|--json", id);
    good(run, words);
    assert_string_equal(text_of(run, "state"), "distributed");
    static const char *const strangers[] = {"sato", "other", "nobody"};
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        (void)snprintf(words, sizeof(words), "programme|approve|--programme|%s|--user|%s", id,
                       strangers[i]);
        bad(run, words, ADMIN_FAILED, strangers[i]);
    }
    (void)snprintf(words, sizeof(words), "programme|approve|--programme|%s|--user|boss|--json", id);
    good(run, words);
    assert_string_equal(text_of(run, "state"), "running");
    good(run, "programme|list|--site|1024");
    assert_non_null(strstr(run->out, "approved_by: 院長"));
    bad(run, "programme|distribute|--programme|x", ADMIN_FAILED, "no such programme");
    bad(run, "film|add|--file|/nowhere.mp4|--kind|health|--title|x", ADMIN_FAILED, "No such file");
    bad(run, "film|add|--file|/nowhere.mp4|--kind|western|--title|x", ADMIN_FAILED, "--kind must");
}

int main(void)
{
    /* Nobody is asked for a password here, wherever the test is started from. */
    if (!freopen("/dev/null", "r", stdin))
        return 1;
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
    const struct CMUnitTest tests[] = {
        TEST(test_a_list_of_patients_is_taken_whole_or_not_at_all),
        TEST(test_a_clinic_from_nothing),
        TEST(test_desks_get_numbers_of_their_own),
        TEST(test_terms_12_a_service_is_suspended_and_resumed),
        TEST(test_terms_13_maintenance_is_announced_by_the_clinics_clock),
        TEST(test_terms_14_to_16_services_end_on_their_day),
        TEST(test_service_hours_are_announced_and_withdrawn),
        TEST(test_mistakes_are_told),
        TEST(test_users),
        TEST(test_devices),
        TEST(test_programmes),
    };
    return cmocka_run_group_tests_name("admin", tests, NULL, NULL);
}
