/* Schedules of EXCEPTIONS.md with a station and the real cloud: a restored cloud, a revoked kiosk,
 * an old card image. */
#include "../core/test.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "station_fixture.h"

enum { MARGIN = 20 };

static void shell(const struct fixture *f, const char *command)
{
    char whole[4 * CLOUD_PATH_MAX];
    (void)snprintf(whole, sizeof whole, "cd '%s' && %s", f->cloud.data, command);
    assert_int_equal(system(whole), 0);
}

static const char *number(struct fixture *f)
{
    const struct station_ticket *ticket = driver_issue(&f->driver, SOON_MS);
    return ticket ? driver_number(ticket) : f->driver.refused;
}

static void issue_at_desk(struct fixture *f, const char *ticket)
{
    char body[160];
    long status;
    (void)snprintf(body, sizeof body, "{\"ticket\":\"%s\"}", ticket);
    cJSON_Delete(cloud_rig_ask(&f->cloud, "POST", "/api/v1/queues/1024-1/tickets", body, &status));
    assert_int_equal(status, 201);
}

static bool is_waiting(struct fixture *f, const char *text)
{
    int count;
    return strcmp(cloud_rig_state(&f->cloud, text, &count), "waiting") == 0 && count == 1;
}

/* -- a restored cloud -------------------------------------------------------------------------- */

static bool has_three(const struct driver *driver)
{
    return driver->queue.count >= 3;
}

static bool main_number(const struct driver *driver)
{
    return driver->ticket_count > 0 && driver->tickets[driver->ticket_count - 1].number.letter == 0;
}

static void lose_and_restore(struct fixture *f)
{
    shell(f, "rm -f machiai.db*");
    cJSON_Delete(cloud_rig_admin(&f->cloud, "restore '%s/backup.db'", f->cloud.data));
    curl_easy_cleanup(f->cloud.curl); /* people log in anew */
    f->cloud.curl = NULL;
    cloud_rig_start(&f->cloud);
}

/* The backup lacks a number of the kiosk and one that reception gave: both come back, and the next
 * number lies behind all that the lost cloud may have given. */
static void a_restored_cloud_gets_its_history_back_from_the_kiosk(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(number(f), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    cJSON_Delete(cloud_rig_admin(&f->cloud, "backup '%s/backup.db'", f->cloud.data));
    assert_string_equal(number(f), "2");
    issue_at_desk(f, "0badc0de-0000-4000-8000-000000000003");
    assert_true(driver_wait(&f->driver, has_three, SOON_MS));
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    fixture_cut(f);
    assert_string_equal(number(f), "A1");
    lose_and_restore(f);
    assert_true(driver_wait(&f->driver, driver_uploaded, RETURN_MS));
    assert_true(is_waiting(f, "1") && is_waiting(f, "2") && is_waiting(f, "3"));
    assert_true(is_waiting(f, "A1"));
    /* Until it is sure, the kiosk's own series; then behind the gap. */
    for (int i = 0; i < 20 && !main_number(&f->driver); i++) {
        assert_string_not_equal(number(f), "refused.unavailable");
        driver_idle(&f->driver, 500);
    }
    assert_true(main_number(&f->driver));
    assert_int_equal(f->driver.tickets[f->driver.ticket_count - 1].number.value, 3 + MARGIN + 1);
}

static bool is_revoked(const struct driver *driver)
{
    return strcmp(driver->status.error, "link.revoked") == 0;
}

static void begin_further(struct driver *driver, struct fixture *f, const char *name)
{
    char data[sizeof f->data + 16], code[16];
    cloud_rig_code(&f->cloud, code);
    (void)snprintf(data, sizeof data, "%s-%s", f->data, name);
    driver_init(driver, &f->cloud, data, code);
    driver_start(driver);
    assert_true(driver_wait(driver, driver_ready, RETURN_MS));
}

/* The second kiosk was enrolled after the backup, and the first one never heard of it: the restored
 * cloud knows of no R. A third one must not give the R1 that somebody holds. */
static void a_letter_given_after_the_backup_is_not_given_again(void **state)
{
    static struct driver second, third;
    struct fixture *f = *state;
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    driver_stop(&f->driver);
    cJSON_Delete(cloud_rig_admin(&f->cloud, "backup '%s/backup.db'", f->cloud.data));
    begin_further(&second, f, "second");
    assert_int_equal(second.status.letter, 'R');
    cloud_rig_kill(&f->cloud);
    assert_true(driver_wait(&second, driver_offline, SOON_MS));
    assert_string_equal(driver_number(driver_issue(&second, SOON_MS)), "R1");
    lose_and_restore(f);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, RETURN_MS));
    begin_further(&third, f, "third");
    assert_int_equal(third.status.letter, 'M');               /* R, X, Y and H may be given */
    assert_true(driver_wait(&second, is_revoked, RETURN_MS)); /* and it gives no more */
    driver_finish(&second);
    driver_finish(&third);
}

/* -- a revoked kiosk --------------------------------------------------------------------------- */

static int quarantined(struct fixture *f)
{
    char path[120];
    long status;
    (void)snprintf(path, sizeof path, "/api/v1/sites/%s/quarantine", f->cloud.site);
    cJSON *answer = cloud_rig_ask(&f->cloud, "GET", path, NULL, &status);
    const cJSON *count = cJSON_GetObjectItem(answer, "count");
    int result = count ? (int)count->valuedouble : -1;
    cJSON_Delete(answer);
    return result;
}

/* What it gave while the line was cut is kept aside; it gives nothing more, line or none. */
static void a_revoked_kiosk_uploads_to_the_quarantine_and_gives_nothing(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(number(f), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    fixture_cut(f);
    assert_string_equal(number(f), "A1");
    cJSON_Delete(cloud_rig_admin(&f->cloud, "device revoke --device %s", f->driver.status.device));
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, is_revoked, RETURN_MS));
    for (int i = 0; i < 30 && quarantined(f) < 1; i++)
        driver_idle(&f->driver, 200);
    assert_int_equal(quarantined(f), 1);
    assert_false(is_waiting(f, "A1"));
    assert_string_equal(number(f), "refused.unavailable");
    cloud_rig_kill(&f->cloud);
    driver_stop(&f->driver);
    driver_start(&f->driver); /* without a line it still knows */
    assert_true(driver_wait(&f->driver, is_revoked, SOON_MS));
    assert_string_equal(number(f), "refused.unavailable");
    driver_idle(&f->driver, 3000); /* it has tried meanwhile, and nobody answered */
    assert_true(is_revoked(&f->driver));
}

/* -- a new card in its place ------------------------------------------------------------------- */

static bool is_replaced(const struct driver *driver)
{
    return is_revoked(driver) && driver->status.replaced;
}

static cJSON *device_at(cJSON *json, int place)
{
    return cJSON_GetArrayItem(cJSON_GetObjectItem(json, "devices"), place);
}

static const char *text_of(const cJSON *item, const char *key)
{
    return cJSON_GetObjectItem(item, key)->valuestring;
}

/* The old card gave 1 with a line and A1 without, and died before A1 was uploaded. */
static void die_with_a_ticket(struct fixture *f)
{
    assert_string_equal(number(f), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    fixture_cut(f);
    assert_string_equal(number(f), "A1");
    driver_stop(&f->driver);
    cloud_rig_start(&f->cloud);
}

static void expect_list(struct fixture *f, const char *before, const char *after)
{
    cJSON *json = cloud_rig_admin(&f->cloud, "device list --site 1024");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "devices")), 2);
    assert_string_equal(text_of(device_at(json, 0), "device"), before);
    assert_string_equal(text_of(device_at(json, 0), "replaced_by"), after);
    assert_true(cJSON_GetObjectItem(device_at(json, 0), "revoked")->valuedouble > 0);
    assert_string_equal(text_of(device_at(json, 1), "name"), text_of(device_at(json, 0), "name"));
    assert_string_equal(text_of(device_at(json, 1), "letter"), "R");
    cJSON_Delete(json);
}

/* Its letter is another one, so that no number of the dead card can come a second time. */
static void a_new_card_takes_the_place_of_a_dead_one(void **state)
{
    struct fixture *f = *state;
    struct driver fresh;
    char data[2 * CLOUD_PATH_MAX], before[UID_SIZE];
    memcpy(before, f->driver.status.device, sizeof before);
    die_with_a_ticket(f);
    cJSON *json = cloud_rig_admin(&f->cloud, "device code --site 1024 --replaces %s", before);
    (void)snprintf(data, sizeof data, "%s/fresh", f->cloud.data);
    driver_init(&fresh, &f->cloud, data, text_of(json, "code"));
    cJSON_Delete(json);
    driver_start(&fresh);
    assert_true(driver_wait(&fresh, driver_ready, SOON_MS));
    expect_list(f, before, fresh.status.device);
    assert_string_equal(driver_state(&fresh, "1"), "waiting"); /* the day goes on */
    assert_string_equal(driver_number(driver_issue(&fresh, SOON_MS)), "2");

    driver_start(&f->driver); /* the old card comes back */
    assert_true(driver_wait(&f->driver, is_replaced, RETURN_MS));
    assert_string_equal(number(f), "refused.unavailable");
    for (int i = 0; i < 30 && quarantined(f) < 1; i++)
        driver_idle(&f->driver, 200);
    assert_int_equal(quarantined(f), 1); /* A1 is with the staff, not in the line */
    assert_false(is_waiting(f, "A1"));
    driver_stop(&f->driver);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, is_replaced, SOON_MS)); /* and for good */

    assert_true(driver_wait(&fresh, driver_uploaded, SOON_MS));
    cloud_rig_kill(&f->cloud);
    assert_true(driver_wait(&fresh, driver_offline, SOON_MS));
    assert_string_equal(driver_number(driver_issue(&fresh, SOON_MS)), "R1");
    driver_finish(&fresh);
}

/* -- the board --------------------------------------------------------------------------------- */

static void write_alarm(const struct fixture *f, int alarm)
{
    char command[256];
    (void)snprintf(command, sizeof command,
                   "mkdir -p board/sys/class/thermal/thermal_zone0 && echo %d > "
                   "board/sys/class/thermal/thermal_zone0/temp",
                   alarm);
    shell(f, command);
}

static bool expect_heat(struct fixture *f, int count)
{
    const char *unused;
    for (int i = 0; i < 100 && fixture_notices(f, "heat", &unused) != count; i++)
        driver_idle(&f->driver, 200);
    return fixture_notices(f, "heat", &unused) == count;
}

static void a_board_that_gets_hot_is_told_until_it_is_cool(void **state)
{
    struct fixture *f = *state;
    char root[2 * CLOUD_PATH_MAX];
    (void)snprintf(root, sizeof root, "%s/board", f->cloud.data);
    driver_stop(&f->driver);
    write_alarm(f, 81000);
    f->driver.system = root;
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    assert_true(expect_heat(f, 1));
    assert_int_equal(f->driver.status.health.celsius, 81);
    assert_int_equal(f->driver.status.health.under_voltage, HEALTH_UNKNOWN);
    write_alarm(f, 52000);
    assert_true(expect_heat(f, 0)); /* nobody has to say that it is seen */
}

/* -- an old card image ------------------------------------------------------------------------- */

static bool knows_clinic(const struct driver *driver)
{
    return driver->status.enrolled && driver->queue.has_settings;
}

static bool has_new_letter(const struct driver *driver)
{
    return driver->has_queue && queue_letter_of(&driver->queue, driver->status.device) == 'R';
}

/* An image of the card is made; then the kiosk gives A1 without a line, and uploads it. */
static void live_on_after_an_image(struct fixture *f)
{
    assert_string_equal(number(f), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    driver_stop(&f->driver);
    shell(f, "cp -r kiosk image");
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    fixture_cut(f);
    assert_string_equal(number(f), "A1");
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_uploaded, RETURN_MS));
}

/* Uploaded numbers come back with the log; those that never came up are on slips that nobody knows
 * of: the kiosk's series is at an end. */
static void an_old_card_image_that_comes_online_first_gets_a_new_letter(void **state)
{
    struct fixture *f = *state;
    live_on_after_an_image(f);
    driver_stop(&f->driver);
    shell(f, "rm -r kiosk && mv image kiosk");
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_new_letter, RETURN_MS));
    fixture_cut(f);
    assert_string_equal(number(f), "R1");
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_uploaded, RETURN_MS));
    assert_true(is_waiting(f, "A1") && is_waiting(f, "R1"));
}

/* The image gives numbers before it has a line: the same counters a second time. */
static void an_old_card_image_that_goes_on_offline_is_noticed_at_its_upload(void **state)
{
    struct fixture *f = *state;
    live_on_after_an_image(f);
    cloud_rig_kill(&f->cloud);
    driver_stop(&f->driver);
    shell(f, "rm -r kiosk && mv image kiosk");
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, knows_clinic, SOON_MS));
    assert_string_equal(number(f), "A1"); /* cannot be noticed here: said in EXCEPTIONS.md */
    assert_string_equal(number(f), "A2");
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, has_new_letter, RETURN_MS));
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    assert_true(is_waiting(f, "A1")); /* once: the second holder is refused, and staff are told */
    assert_true(is_waiting(f, "A2"));
}

/* -- a kiosk that is moved --------------------------------------------------------------------- */

/* A second clinic on the same cloud, and a code of it in the kiosk's configuration. */
static void configure_move(struct fixture *f)
{
    cJSON *site = cloud_rig_admin(&f->cloud, "site add --name もみじ歯科 --phone 03-1111-1111 "
                                             "--clinic-no 2048");
    const char *id = cJSON_GetObjectItem(site, "site")->valuestring;
    cJSON_Delete(cloud_rig_admin(&f->cloud, "desk add --site %s --name 歯科 --service 歯科", id));
    cJSON *code = cloud_rig_admin(&f->cloud, "device code --site %s", id);
    (void)snprintf(f->driver.config.code, sizeof f->driver.config.code, "%s",
                   cJSON_GetObjectItem(code, "code")->valuestring);
    cJSON_Delete(code);
    cJSON_Delete(site);
}

static bool at_new_site(const struct driver *driver)
{
    return driver_ready(driver) && strcmp(driver->queue.settings.clinic_no, "2048") == 0;
}

static bool is_moving(const struct driver *driver)
{
    return strcmp(driver->status.error, "link.moving") == 0;
}

static int exports(const struct fixture *f)
{
    char command[CLOUD_PATH_MAX + 80];
    (void)snprintf(command, sizeof command, "test -s '%s/not-uploaded-1024-1.jsonl'", f->data);
    return system(command) == 0;
}

/* What it gave without a line goes to the old site first; nothing of that site goes along. */
static void a_moved_kiosk_uploads_to_its_old_site_first(void **state)
{
    struct fixture *f = *state;
    char before[UID_SIZE];
    assert_string_equal(number(f), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    memcpy(before, f->driver.status.device, sizeof before);
    fixture_cut(f);
    assert_string_equal(number(f), "A1");
    driver_stop(&f->driver);
    configure_move(f);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, is_moving, SOON_MS)); /* and says so, line or none */
    assert_string_equal(number(f), "refused.unavailable");
    assert_true(is_moving(&f->driver));
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, at_new_site, RETURN_MS));
    assert_false(is_moving(&f->driver));
    assert_true(is_waiting(f, "1") && is_waiting(f, "A1")); /* at the old site */
    assert_string_not_equal(f->driver.status.device, before);
    assert_int_equal(f->driver.queue.count, 0);
    assert_false(exports(f));
    assert_string_equal(number(f), "1"); /* the new site's first */
    driver_stop(&f->driver);
    driver_start(&f->driver); /* the code is used up, and that is known */
    assert_true(driver_wait(&f->driver, at_new_site, SOON_MS));
    assert_int_equal(f->driver.queue.count, 1);
}

/* The old site has revoked it meanwhile: its events go to the quarantine, and into a file. */
static void what_the_old_site_does_not_take_is_exported(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(number(f), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    fixture_cut(f);
    assert_string_equal(number(f), "A1");
    cJSON_Delete(cloud_rig_admin(&f->cloud, "device revoke --device %s", f->driver.status.device));
    driver_stop(&f->driver);
    configure_move(f);
    cloud_rig_start(&f->cloud);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, at_new_site, RETURN_MS));
    assert_true(exports(f));
    assert_string_equal(number(f), "1");
}

/* A slip of the pen in the new code: it stays where it was, and says so. */
static void a_wrong_code_moves_nobody(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(number(f), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    driver_stop(&f->driver);
    (void)snprintf(f->driver.config.code, sizeof f->driver.config.code, "ABCD-EFGH");
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, RETURN_MS));
    driver_idle(&f->driver, 2500); /* the cloud holds a wrong code back for a second */
    assert_string_equal(number(f), "2");
    assert_string_equal(f->driver.queue.settings.clinic_no, "1024");
}

/* -- a damaged journal ------------------------------------------------------------------------- */

/* What a rescue leaves when the page with the events is the damaged one. */
static void forget_events(const struct fixture *f)
{
    char path[sizeof f->data + 16];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/journal.db", f->data);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "DELETE FROM outbox;"
                                  "INSERT OR REPLACE INTO meta VALUES('incomplete', 1)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    (void)sqlite3_close(db);
}

static void numbers_whose_events_were_lost_are_told_again(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(number(f), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    fixture_cut(f);
    assert_string_equal(number(f), "A1");
    assert_string_equal(number(f), "A2");
    driver_stop(&f->driver);
    forget_events(f);
    cloud_rig_start(&f->cloud);
    driver_start(&f->driver);
    for (int i = 0; i < 50 && !is_waiting(f, "A2"); i++)
        driver_idle(&f->driver, 400); /* the next heartbeat says that all is here */
    assert_true(is_waiting(f, "A1") && is_waiting(f, "A2") && is_waiting(f, "1"));
}

/* -- a disk that fills within a request ---------------------------------------------------------
 */

static int intents(const struct fixture *f)
{
    char path[sizeof f->data + 16];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int count = -1;
    (void)snprintf(path, sizeof path, "%s/journal.db", f->data);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT COUNT(*) FROM intents", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        count = sqlite3_column_int(stmt, 0);
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    return count;
}

/* The request is stored, its number cannot be: it is refused, and taken out when there is room. */
static int fill_up_within_a_request(struct fixture *f)
{
    struct rlimit limit = {1, RLIM_INFINITY};
    (void)signal(SIGXFSZ, SIG_IGN);
    driver_start(&f->driver);
    if (!driver_wait(&f->driver, driver_ready, SOON_MS))
        return 1;
    cloud_rig_signal(&f->cloud, SIGSTOP); /* the answer takes longer than the kiosk waits */
    if (station_issue(f->driver.station, 99,
                      &(struct station_wish){.language = "ja", .persons = 1}) < 0)
        return 2;
    driver_idle(&f->driver, 300);
    if (intents(f) != 1)
        return 3;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    driver_idle(&f->driver, 1500);
    if (f->driver.refusals != 1 || f->driver.ticket_count != 0)
        return 4;
    limit.rlim_cur = RLIM_INFINITY;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 20 && intents(f) != 0; i++)
        driver_idle(&f->driver, 500);
    if (intents(f) != 0)
        return 5;
    driver_stop(&f->driver);
    return 0;
}

static void a_refused_request_does_not_wait_for_the_next_start(void **state)
{
    struct fixture *f = *state;
    int status = 0;
    driver_stop(&f->driver);
    pid_t child = fork();
    if (child == 0)
        _exit(fill_up_within_a_request(f));
    assert_int_equal(waitpid(child, &status, 0), child);
    cloud_rig_signal(&f->cloud, SIGCONT);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_WARM(a_restored_cloud_gets_its_history_back_from_the_kiosk),
        FIXTURE_WARM(a_letter_given_after_the_backup_is_not_given_again),
        FIXTURE_WARM(a_revoked_kiosk_uploads_to_the_quarantine_and_gives_nothing),
        FIXTURE_WARM(a_new_card_takes_the_place_of_a_dead_one),
        FIXTURE_WARM(a_board_that_gets_hot_is_told_until_it_is_cool),
        FIXTURE_WARM(an_old_card_image_that_comes_online_first_gets_a_new_letter),
        FIXTURE_WARM(a_moved_kiosk_uploads_to_its_old_site_first),
        FIXTURE_WARM(what_the_old_site_does_not_take_is_exported),
        FIXTURE_WARM(a_wrong_code_moves_nobody),
        FIXTURE_WARM(a_refused_request_does_not_wait_for_the_next_start),
        FIXTURE_WARM(numbers_whose_events_were_lost_are_told_again),
        FIXTURE_WARM(an_old_card_image_that_goes_on_offline_is_noticed_at_its_upload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
