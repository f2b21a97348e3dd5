/* The schedules of a lost database: backup while serving, restore, kiosks that give back what the
 * backup lacks, and numbers that go on behind a gap. No server: files, the site, the recovery. */
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "admin.h"
#include "ids.h"
#include "intake.h"
#include "letters.h"
#include "notices.h"
#include "recovery.h"

enum { PATH_SIZE = 320, KEPT_MAX = 64 };

static const char settings_text[] =
    "{\"clinic_no\":\"1024\",\"name\":\"さくら内科\",\"phone\":\"03-0000-0000\","
    "\"desks\":[{\"desk_no\":1,\"name\":\"診察\",\"first\":1,\"last\":199}],"
    "\"services\":[{\"id\":\"s1\",\"desk_no\":1,\"name\":\"内科\"}]}";

static const char device[] = "0badc0de-0000-4000-8000-00000000000a";

struct fixture {
    char folder[256], data[PATH_SIZE], backup[PATH_SIZE];
    struct cloud *cloud;
    struct site *site;
    cJSON *kept; /* entries as a kiosk keeps them */
    int letters; /* given to new devices between the backup and the loss, and heard of */
};

static void open_cloud(struct fixture *f)
{
    char error[DB_ERROR_SIZE] = "";

    if (cloud_open(f->data, CLOUD_MAKE, &f->cloud, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    f->site = sites_at(f->cloud->sites, 0);
}

static void add_device(struct fixture *f)
{
    assert_int_equal(db_run(f->cloud->db,
                            "INSERT INTO devices (device, site, name, token, enrolled) VALUES "
                            "($1, $2, 'k', 'x', 1)",
                            "tt", device, site_id(f->site)),
                     1);
}

static int make(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    cJSON *settings = cJSON_Parse(settings_text);
    char error[DB_ERROR_SIZE] = "";

    (void)snprintf(f->folder, sizeof(f->folder), P_tmpdir "/machiai-recovery-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->data, sizeof(f->data), "%s/data", f->folder);
    (void)snprintf(f->backup, sizeof(f->backup), "%s/backup.db", f->folder);
    open_cloud(f);
    if (sites_add(f->cloud->sites, settings, "admin", &f->site, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    cJSON_Delete(settings);
    add_device(f);
    *state = f;
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
    struct fixture *f = *state;

    cloud_close(f->cloud);
    cJSON_Delete(f->kept);
    (void)nftw(f->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

/* -- what happens at the clinic ------------------------------------------------------------------
 */

static int issue_at(struct fixture *f, enum channel channel, struct intake_refusal *refusal)
{
    struct intake_request request = {.persons = 1, .desk_no = 1, .channel = channel};
    struct intake_ticket ticket;
    const struct ticket *found;
    int result, number;

    ids_uuid(request.tickets[0]);
    result = intake_issue(f->cloud, f->site, &request, &ticket, refusal);
    if (result < 0)
        return result;
    found = queue_ticket(site_read(f->site), request.tickets[0]);
    number = found->number.value;
    site_read_end(f->site);
    return number;
}

static int issue(struct fixture *f)
{
    struct intake_refusal refusal = {0};
    int number = issue_at(f, CHANNEL_WEB, &refusal);

    if (number < 0)
        fail_msg("%s", refusal.code ? refusal.code : "?");
    return number;
}

static void keep(const struct entry *entry, void *context)
{
    cJSON_AddItemToArray(context, entry_to_json(entry));
}

/* All the kiosk has, after `after`. */
static cJSON *kept_after(const struct fixture *f, int64_t after)
{
    cJSON *list = cJSON_CreateArray();
    const cJSON *item;

    cJSON_ArrayForEach (item, f->kept)
        if (cJSON_GetObjectItem(item, "seq")->valuedouble > (double)after)
            cJSON_AddItemToArray(list, cJSON_Duplicate(item, true));
    return list;
}

static int admin(const char *data, const char *words)
{
    char text[1000], *argv[20], *rest = text, *word;
    int argc = 0;

    (void)snprintf(text, sizeof(text), "--data|%s|--json|%s", data, words);
    while ((word = strsep(&rest, "|")))
        argv[argc++] = word;
    return admin_run(argc, argv);
}

static int64_t seq_of(struct fixture *f)
{
    int64_t seq;

    (void)site_read(f->site);
    seq = site_seq(f->site);
    site_read_end(f->site);
    return seq;
}

/* As the enrolment of a device does it. */
static char enrol(struct fixture *f)
{
    char unused[LETTERS_SIZE];
    struct event event;
    struct site_put put;

    event_init(&event);
    event.kind = EVENT_DEVICE;
    ids_uuid(event.device);
    assert_int_equal(site_begin(f->site), 0);
    letters_unused(site_state(f->site), unused);
    assert_int_equal(letters_free(f->cloud->db, site_id(f->site), unused, &event.number.letter), 0);
    assert_int_equal(site_put(f->site, &event, &put), 0);
    assert_int_equal(put.judgement.verdict, VERDICT_APPLIED);
    assert_int_equal(site_commit(f->site), 0);
    return event.number.letter;
}

/* A backup, then numbers that a kiosk hears of, then the database is gone and the backup back. */
static void lose(struct fixture *f, int before, int heard, int unheard)
{
    char words[PATH_SIZE + 40], path[PATH_SIZE + 16];

    for (int i = 0; i < before; i++)
        (void)issue(f);
    (void)snprintf(words, sizeof(words), "backup|%s", f->backup);
    assert_int_equal(admin(f->data, words), ADMIN_OK); /* beside the open cloud */
    for (int i = 0; i < heard; i++)
        (void)issue(f);
    for (int i = 0; i < f->letters; i++)
        (void)enrol(f);
    f->kept = cJSON_CreateArray();
    assert_true(site_entries(f->site, 0, KEPT_MAX, keep, f->kept) > 0);
    for (int i = 0; i < unheard; i++)
        (void)issue(f);
    cloud_close(f->cloud);
    f->cloud = NULL;
    (void)snprintf(path, sizeof(path), "%s/machiai.db", f->data);
    assert_int_equal(truncate(path, 100), 0); /* a disk's way of losing it */
    (void)snprintf(words, sizeof(words), "restore|%s", f->backup);
    assert_int_equal(admin(f->data, words), ADMIN_OK);
    open_cloud(f);
    recovery_tick(f->cloud);
}

static int take(struct fixture *f, cJSON *entries)
{
    char error[DB_ERROR_SIZE] = "";
    int result = recovery_take(f->cloud, f->site, device, entries, error, sizeof(error));

    cJSON_Delete(entries);
    return result;
}

static void settle(struct fixture *f)
{
    assert_int_equal(recovery_heard(f->cloud, f->site, device), 0);
    assert_true(db_run(f->cloud->db, "UPDATE recovery SET last_heard = last_heard - $1", "i",
                       (int64_t)RECOVERY_SETTLE_MS) >= 0);
    recovery_tick(f->cloud);
    assert_int_equal(recovery_holds(f->cloud, f->site), 0);
}

static bool has_notice(struct fixture *f, enum notice kind)
{
    cJSON *list = notices_json(f->cloud->db, site_id(f->site));
    const cJSON *item;
    bool found = false;

    cJSON_ArrayForEach (item, list)
        found =
            found || strcmp(cJSON_GetObjectItem(item, "kind")->valuestring, notice_name(kind)) == 0;
    cJSON_Delete(list);
    return found;
}

/* -- schedules --------------------------------------------------------------------------------- */

static void test_no_number_is_given_before_the_kiosks_were_heard(void **state)
{
    struct fixture *f = *state;
    struct intake_refusal refusal = {0};
    struct event event;
    struct site_put put;

    lose(f, 3, 4, 0);
    assert_true(has_notice(f, NOTICE_RESTORED));
    assert_int_equal(recovery_holds(f->cloud, f->site), 1);
    assert_true(issue_at(f, CHANNEL_WEB, &refusal) < 0);
    assert_int_equal(refusal.status, 503);
    assert_string_equal(refusal.code, "recovering");
    /* nor anything else that would stand where a lost entry belongs */
    event_init(&event);
    event.kind = EVENT_MESSAGE;
    assert_int_equal(site_begin(f->site), 0);
    assert_int_equal(site_put(f->site, &event, &put), -EAGAIN);
    site_rollback(f->site);
}

static void test_a_kiosk_gives_back_what_the_backup_lacks(void **state)
{
    struct fixture *f = *state;
    int64_t head, lost;
    bool known = false;

    lose(f, 3, 4, 0);
    head = seq_of(f);
    lost = cJSON_GetArraySize(f->kept);
    assert_true(lost >= head + 4);
    assert_int_equal(take(f, kept_after(f, head)), lost - head);
    assert_int_equal(seq_of(f), lost);
    /* the same history, so that nobody has to begin anew */
    assert_int_equal(
        site_knows(
            f->site, lost,
            cJSON_GetObjectItem(cJSON_GetArrayItem(f->kept, (int)lost - 1), "hash")->valuestring,
            &known),
        0);
    assert_true(known);
    assert_int_equal(take(f, kept_after(f, head)), 0); /* a second kiosk with the same */
    settle(f);
    assert_int_equal(issue(f), 7 + 1 + RECOVERY_MARGIN);
    assert_true(has_notice(f, NOTICE_RECOVERED));
    assert_int_equal(admin(f->data, "notice|list|--site|1024"), ADMIN_OK);
    assert_int_equal(admin(f->data, "quarantine|list|--site|1024"), ADMIN_OK);
    assert_int_equal(admin(f->data, "recovery|end|--site|1024"), ADMIN_FAILED); /* it is over */
}

static void test_what_no_kiosk_has_seen_is_jumped_over(void **state)
{
    struct fixture *f = *state;

    lose(f, 3, 4, RECOVERY_MARGIN); /* 1..7 seen, 8..27 acknowledged and never seen */
    assert_true(take(f, kept_after(f, seq_of(f))) > 0);
    settle(f);
    assert_int_equal(issue(f), 7 + RECOVERY_MARGIN + 1);
    cloud_close(f->cloud);
    open_cloud(f); /* the jump is in the log */
    assert_int_equal(issue(f), 7 + RECOVERY_MARGIN + 2);
}

/* The numbers started again, and those of who still waited were passed over: behind them the lost
 * cloud gave one, which was inside of a gap that counted them. */
static void test_the_gap_counts_no_number_that_somebody_has(void **state)
{
    struct fixture *f = *state;
    struct event event;
    struct site_put put;

    for (int i = 1; i <= RECOVERY_MARGIN + 5; i++)
        assert_int_equal(issue(f), i);
    event_init(&event);
    event.kind = EVENT_SESSION_OPENED;
    strcpy(event.session.date, "9998-01-01");
    event.rules = RULES_MAX;
    assert_int_equal(site_begin(f->site), 0);
    assert_int_equal(site_put(f->site, &event, &put), 0);
    assert_int_equal(put.judgement.verdict, VERDICT_APPLIED);
    assert_int_equal(site_commit(f->site), 0);
    lose(f, 0, 0, 1);
    settle(f);
    assert_int_equal(issue(f), RECOVERY_MARGIN + 5 + RECOVERY_MARGIN + 1);
}

static void test_entries_of_another_history_are_not_taken(void **state)
{
    struct fixture *f = *state;
    cJSON *entries;
    int64_t head;

    lose(f, 3, 4, 0);
    head = seq_of(f);
    entries = kept_after(f, head + 1); /* one is missing */
    assert_int_equal(take(f, entries), -EBADMSG);
    entries = kept_after(f, head);
    cJSON_SetNumberValue(cJSON_GetObjectItem(cJSON_GetArrayItem(entries, 2), "at"), 5);
    assert_int_equal(take(f, entries), -EBADMSG); /* edited: nothing of it */
    assert_int_equal(seq_of(f), head);
    settle(f);
    assert_int_equal(take(f, kept_after(f, head)), -EPERM); /* too late */
}

/* The kiosks that were heard decide after a while; who comes later begins anew. */
static void test_a_kiosk_that_stays_away_does_not_hold_the_clinic(void **state)
{
    struct fixture *f = *state;

    lose(f, 1, 1, 0);
    assert_true(site_frozen(f->site));
    assert_true(db_run(f->cloud->db, "UPDATE recovery SET opened = opened - $1", "i",
                       (int64_t)RECOVERY_GATHER_MS) >= 0);
    recovery_tick(f->cloud);
    assert_false(site_frozen(f->site)); /* staff may call again */
    assert_int_equal(recovery_holds(f->cloud, f->site), 1);
    assert_true(db_run(f->cloud->db,
                       "UPDATE recovery SET first_heard = began - $1, last_heard = began", "i",
                       (int64_t)RECOVERY_WAIT_MS) >= 0);
    recovery_tick(f->cloud);
    assert_int_equal(recovery_holds(f->cloud, f->site), 0);
    assert_int_equal(issue(f), 1 + 1 + RECOVERY_MARGIN_BLIND);
}

/* It was restored in the evening and switched off a moment later. In the morning the kiosks need
 * as long as ever to come back, and what they give back must still fit. */
static void test_a_cloud_that_starts_again_waits_for_the_kiosks_again(void **state)
{
    struct fixture *f = *state;
    int64_t head, lost;

    lose(f, 3, 4, 0);
    head = seq_of(f);
    lost = cJSON_GetArraySize(f->kept);
    assert_true(db_run(f->cloud->db, "UPDATE recovery SET opened = opened - $1", "i",
                       (int64_t)RECOVERY_GATHER_MS) >= 0);
    cloud_close(f->cloud);
    open_cloud(f);
    assert_int_equal(recovery_gather(f->cloud), 0);
    assert_true(site_frozen(f->site));
    recovery_tick(f->cloud);
    assert_true(site_frozen(f->site));
    assert_true(db_run(f->cloud->db, "UPDATE recovery SET first_heard = began - $1", "i",
                       (int64_t)RECOVERY_WAIT_MS) >= 0);
    recovery_tick(f->cloud);
    assert_int_equal(recovery_holds(f->cloud, f->site), 1);
    assert_int_equal(take(f, kept_after(f, head)), lost - head);
    f->cloud->gathers_since -= RECOVERY_GATHER_MS;
    recovery_tick(f->cloud);
    assert_false(site_frozen(f->site));
}

/* -- letters ----------------------------------------------------------------------------------- */

static const char *aside(struct fixture *f)
{
    static char letters[LETTERS_SIZE];

    assert_int_equal(letters_aside(f->cloud->db, site_id(f->site), letters), 0);
    return letters;
}

/* The lost cloud enrolled a device that no kiosk tells of: its A1 is in somebody's hands. */
static void test_a_letter_that_the_lost_cloud_may_have_given_is_set_aside(void **state)
{
    struct fixture *f = *state;
    cJSON *settings = NULL, *service;
    char error[DB_ERROR_SIZE] = "";

    assert_string_equal(aside(f), "");
    lose(f, 1, 1, 0);
    assert_string_equal(aside(f), "ARXY");
    settle(f);
    assert_string_equal(aside(f), "ARXY");
    assert_int_equal(enrol(f), 'H');
    assert_int_equal(site_settings_json(f->site, &settings), 0); /* nor does a service get it */
    service = cJSON_GetArrayItem(cJSON_GetObjectItem(settings, "services"), 0);
    cJSON_AddStringToObject(service, "prefix", "X");
    assert_int_equal(site_change_settings(f->site, settings, "t", error, sizeof(error)), -EINVAL);
    assert_non_null(strstr(error, "services[0].prefix"));
    cJSON_Delete(settings);
    assert_int_equal(admin(f->data, "letter|release|--site|1024|--letter|R"), ADMIN_OK);
    assert_int_equal(admin(f->data, "letter|release|--site|1024|--letter|R"), ADMIN_FAILED);
    assert_int_equal(admin(f->data, "letter|list|--site|1024"), ADMIN_OK);
    assert_string_equal(aside(f), "AXY");
    assert_int_equal(enrol(f), 'R');
}

/* A kiosk tells of two devices: as many as before may have followed them. */
static void test_letters_that_come_back_with_the_log_move_the_margin(void **state)
{
    struct fixture *f = *state;
    int64_t head;

    f->letters = 2;
    lose(f, 1, 1, 0);
    head = seq_of(f);
    assert_true(take(f, kept_after(f, head)) > 0);
    settle(f);
    assert_string_equal(aside(f), "AHMRXY");
    assert_int_equal(enrol(f), 'K');
}

/* The second restore: what the first one set aside is passed over by both clouds. */
static void test_each_restore_sets_further_letters_aside(void **state)
{
    struct fixture *f = *state;

    lose(f, 1, 1, 0);
    settle(f);
    cJSON_Delete(f->kept);
    assert_int_equal(unlink(f->backup), 0);
    lose(f, 1, 1, 0);
    settle(f);
    assert_string_equal(aside(f), "ACHKMRXY");
}

/* -- series ------------------------------------------------------------------------------------ */

/* A range for the web, a letter for a second service, and kiosks of these rules. */
static void more_series(struct fixture *f, int rules)
{
    cJSON *settings = NULL, *desk, *service = cJSON_CreateObject();
    char error[DB_ERROR_SIZE] = "";

    assert_int_equal(
        db_run(f->cloud->db,
               "INSERT INTO device_status (device, site, seen, printer, version, clock, "
               "programme, media, rules) VALUES ($1, $2, $3, '', '', '', '', '', $4)",
               "ttii", device, site_id(f->site), site_now(f->site), (int64_t)rules),
        1);
    assert_int_equal(site_settings_json(f->site, &settings), 0);
    desk = cJSON_GetArrayItem(cJSON_GetObjectItem(settings, "desks"), 0);
    cJSON_AddNumberToObject(desk, "web_first", 501);
    cJSON_AddNumberToObject(desk, "web_last", 599);
    cJSON_AddStringToObject(service, "id", "s2");
    cJSON_AddNumberToObject(service, "desk_no", 1);
    cJSON_AddStringToObject(service, "name", "小児科");
    cJSON_AddStringToObject(service, "prefix", "K");
    cJSON_AddItemToArray(cJSON_GetObjectItem(settings, "services"), service);
    if (site_change_settings(f->site, settings, "t", error, sizeof(error)) < 0)
        fail_msg("%s", error);
    cJSON_Delete(settings);
}

static void expect_next(struct fixture *f, const char *service, enum channel channel,
                        const char *wanted)
{
    char text[NUMBER_TEXT_SIZE];

    number_format(queue_next_number(site_read(f->site), 1, service, channel), text);
    site_read_end(f->site);
    assert_string_equal(text, wanted);
}

/* Only the main one went on behind a gap: 503 and K3 were given twice. */
static void test_every_series_goes_on_behind_a_gap(void **state)
{
    struct fixture *f = *state;

    more_series(f, 2);
    lose(f, 2, 0, 0);
    settle(f);
    expect_next(f, "", CHANNEL_KIOSK, "21");
    expect_next(f, "", CHANNEL_WEB, "523");
    expect_next(f, "s2", CHANNEL_KIOSK, "K21");
}

/* Under rules 1 there is only the main range; the jump of the web's range used it up. */
static void test_under_rules_1_the_main_range_goes_on(void **state)
{
    struct fixture *f = *state;

    more_series(f, 1);
    lose(f, 2, 0, 0);
    settle(f);
    expect_next(f, "", CHANNEL_KIOSK, "23");
    expect_next(f, "", CHANNEL_WEB, "23");
    expect_next(f, "s2", CHANNEL_KIOSK, "23");
}

static void test_a_range_that_is_used_up_stays_used_up(void **state)
{
    struct fixture *f = *state;
    struct intake_refusal refusal = {0};

    lose(f, 190, 0, 0);
    settle(f);
    assert_true(issue_at(f, CHANNEL_WEB, &refusal) < 0);
    assert_string_equal(refusal.code, "full"); /* not 191: it may have been given */
}

/* -- the commands ------------------------------------------------------------------------------ */

static void test_a_whole_database_is_not_overwritten_by_mistake(void **state)
{
    struct fixture *f = *state;
    char words[PATH_SIZE + 40];
    int64_t head;

    (void)issue(f);
    (void)snprintf(words, sizeof(words), "backup|%s", f->backup);
    assert_int_equal(admin(f->data, words), ADMIN_OK);
    assert_int_equal(admin(f->data, words), ADMIN_FAILED); /* nor a backup */
    (void)issue(f);
    head = seq_of(f);
    cloud_close(f->cloud);
    f->cloud = NULL;
    (void)snprintf(words, sizeof(words), "restore|%s", f->backup);
    assert_int_equal(admin(f->data, words), ADMIN_FAILED);
    open_cloud(f);
    assert_int_equal(seq_of(f), head);
    assert_int_equal(recovery_holds(f->cloud, f->site), 0);
    cloud_close(f->cloud);
    f->cloud = NULL;
    (void)snprintf(words, sizeof(words), "restore|%s|--force", f->backup);
    assert_int_equal(admin(f->data, words), ADMIN_OK);
    open_cloud(f);
    assert_true(seq_of(f) < head);
}

static void test_a_running_cloud_is_not_restored(void **state)
{
    struct fixture *f = *state;
    char words[PATH_SIZE + 40], error[DB_ERROR_SIZE];
    int lock = -1;

    (void)snprintf(words, sizeof(words), "backup|%s", f->backup);
    assert_int_equal(admin(f->data, words), ADMIN_OK);
    assert_int_equal(cloud_lock(f->data, &lock, error, sizeof(error)), 0);
    (void)snprintf(words, sizeof(words), "restore|%s|--force", f->backup);
    assert_int_equal(admin(f->data, words), ADMIN_FAILED);
    (void)close(lock);
}

static void test_a_damaged_backup_changes_nothing(void **state)
{
    struct fixture *f = *state;
    char words[PATH_SIZE + 40];
    FILE *file;
    int64_t head;

    (void)issue(f);
    (void)snprintf(words, sizeof(words), "backup|%s", f->backup);
    assert_int_equal(admin(f->data, words), ADMIN_OK);
    head = seq_of(f);
    cloud_close(f->cloud);
    f->cloud = NULL;
    file = fopen(f->backup, "r+e");
    assert_int_equal(fseek(file, 8192, SEEK_SET), 0);
    for (int i = 0; i < 8192; i++)
        (void)fputc(0x5a, file);
    (void)fclose(file);
    (void)snprintf(words, sizeof(words), "restore|%s|--force", f->backup);
    assert_int_equal(admin(f->data, words), ADMIN_FAILED);
    open_cloud(f);
    assert_int_equal(seq_of(f), head);
}

/* Kiosks trust tls/: then there was a database, and an empty one would give their numbers again. */
static void test_an_emptied_database_does_not_start_as_a_new_cloud(void **state)
{
    struct fixture *f = *state;
    char path[PATH_SIZE + 32], error[DB_ERROR_SIZE] = "";

    cloud_close(f->cloud);
    f->cloud = NULL;
    (void)snprintf(path, sizeof(path), "%s/tls", f->data);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof(path), "%s/tls/ca.pem", f->data);
    (void)fclose(fopen(path, "we"));
    (void)snprintf(path, sizeof(path), "%s/machiai.db", f->data);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(cloud_open(f->data, CLOUD_MAKE, &f->cloud, error, sizeof(error)), -ENOENT);
    assert_non_null(strstr(error, "--new-database"));
    assert_non_null(strstr(error, "restore"));
    (void)fclose(fopen(path, "we")); /* emptied */
    assert_int_equal(cloud_open(f->data, CLOUD_MAKE, &f->cloud, error, sizeof(error)), -ENOENT);
    assert_int_equal(cloud_open(f->data, CLOUD_MAKE_ANEW, &f->cloud, error, sizeof(error)), 0);
    assert_int_equal(sites_count(f->cloud->sites), 0);
}

int main(void)
{
#define WITH_CLOUD(test) cmocka_unit_test_setup_teardown(test, make, drop)
    const struct CMUnitTest tests[] = {
        WITH_CLOUD(test_no_number_is_given_before_the_kiosks_were_heard),
        WITH_CLOUD(test_a_kiosk_gives_back_what_the_backup_lacks),
        WITH_CLOUD(test_what_no_kiosk_has_seen_is_jumped_over),
        WITH_CLOUD(test_the_gap_counts_no_number_that_somebody_has),
        WITH_CLOUD(test_entries_of_another_history_are_not_taken),
        WITH_CLOUD(test_a_kiosk_that_stays_away_does_not_hold_the_clinic),
        WITH_CLOUD(test_a_cloud_that_starts_again_waits_for_the_kiosks_again),
        WITH_CLOUD(test_a_letter_that_the_lost_cloud_may_have_given_is_set_aside),
        WITH_CLOUD(test_letters_that_come_back_with_the_log_move_the_margin),
        WITH_CLOUD(test_each_restore_sets_further_letters_aside),
        WITH_CLOUD(test_every_series_goes_on_behind_a_gap),
        WITH_CLOUD(test_under_rules_1_the_main_range_goes_on),
        WITH_CLOUD(test_a_range_that_is_used_up_stays_used_up),
        WITH_CLOUD(test_a_whole_database_is_not_overwritten_by_mistake),
        WITH_CLOUD(test_a_running_cloud_is_not_restored),
        WITH_CLOUD(test_a_damaged_backup_changes_nothing),
        WITH_CLOUD(test_an_emptied_database_does_not_start_as_a_new_cloud),
    };
    return cmocka_run_group_tests_name("recovery", tests, NULL, NULL);
}
