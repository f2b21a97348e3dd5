/* Patients' names: which are taken, how long they are kept, and whom they follow. */
#include "names.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "intake.h"
#include "notices.h"
#include "recovery.h"
#include "site_rig.h"
#include "ticket_notes.h"
#include "view.h"

static const int64_t hour = 3600 * 1000;

/* -- what a name is ---------------------------------------------------------------------------- */

#define TEN "ありがとうございます"

static void test_names_of_all_kinds_are_taken(void **state)
{
    static const struct {
        const char *given, *kept;
    } cases[] = {
        {"山田 太郎", "山田 太郎"},
        {"  ヤマダ タロウ　", "ヤマダ タロウ"},           /* also the wide space */
        {"𠮷田", "𠮷田"},                                 /* beyond the basic plane */
        {"葛\xF3\xA0\x84\x80城", "葛\xF3\xA0\x84\x80城"}, /* the form of a kanji */
        {"か\xE3\x82\x99", "か\xE3\x82\x99"},             /* a mark of its own */
        {"ﾔﾏﾀﾞ", "ﾔﾏﾀﾞ"},
        {"Nguyễn Văn O'Brien-João", "Nguyễn Văn O'Brien-João"},
        {TEN TEN TEN TEN TEN "  ", TEN TEN TEN TEN TEN},
        {"", ""},
        {" 　 ", ""},
    };
    char kept[NAMES_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(names_clean(cases[i].given, kept), 0);
        assert_string_equal(kept, cases[i].kept);
    }
}

static void test_what_is_no_name_is_refused(void **state)
{
    static const struct {
        const char *given;
        int why;
    } cases[] = {
        {TEN TEN TEN TEN TEN "あ", -E2BIG},
        {TEN TEN TEN TEN "あ い う え お か", -E2BIG}, /* spaces within count */
        {"山田\n太郎", -EINVAL},
        {"山田\t太郎", -EINVAL},
        {"\x7F", -EINVAL},
        {"山\xC2\x85田", -EINVAL},     /* next line, of the second row of controls */
        {"山\xE2\x80\xA8田", -EINVAL}, /* line separator */
        {"\xE2\x80\xAE"
         "01",
         -EINVAL}, /* right to left */
        {"\xE2\x81\xA6山", -EINVAL},
        {"\xEF\xBB\xBF山", -EINVAL}, /* byte order mark */
        {"山\xEF\xBF\xBF", -EINVAL},
    };
    char kept[NAMES_SIZE] = "before";

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(names_clean(cases[i].given, kept), cases[i].why);
    assert_string_equal(kept, "before");
}

/* -- keeping ----------------------------------------------------------------------------------- */

/* What the staff's view says of a ticket; "" = no name. */
static const char *shown(struct rig *rig, int ticket)
{
    static char name[NAMES_SIZE];
    cJSON *view = view_staff(site_read(rig->site), rig->now), *item;

    site_read_end(rig->site);
    *name = '\0';
    assert_int_equal(names_mark(rig->db, site_id(rig->site), view), 0);
    cJSON_ArrayForEach (item, cJSON_GetObjectItem(view, "tickets")) {
        const char *found = cJSON_GetStringValue(cJSON_GetObjectItem(item, "name"));

        if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(item, "ticket")), rig_uid(ticket)) == 0)
            (void)snprintf(name, sizeof(name), "%s", found ? found : "");
    }
    cJSON_Delete(view);
    return name;
}

static void put(struct rig *rig, int ticket, const char *name)
{
    struct cloud cloud = rig_cloud(rig);

    assert_int_equal(names_put(&cloud, rig->site, rig_uid(ticket), name), 0);
}

static void test_a_name_is_given_corrected_and_removed(void **state)
{
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);
    int told;

    (void)rig_issue(rig->site, 1, 1);
    (void)rig_issue(rig->site, 2, 1);
    (void)rig_issue(rig->site, 3, 1);
    told = rig->told;
    put(rig, 3, "佐藤");
    put(rig, 1, "山田");
    assert_int_equal(rig->told, told + 2); /* consoles that are open */
    assert_string_equal(shown(rig, 1), "山田");
    assert_string_equal(shown(rig, 2), "");
    assert_string_equal(shown(rig, 3), "佐藤");
    put(rig, 1, "山口");
    assert_string_equal(shown(rig, 1), "山口");
    put(rig, 1, "");
    put(rig, 1, ""); /* twice is once */
    assert_string_equal(shown(rig, 1), "");
    assert_string_equal(shown(rig, 3), "佐藤");
    assert_int_equal(names_put(&cloud, rig->site, rig_uid(4), "だれか"), -ENOENT);
}

static int kept(struct rig *rig)
{
    int64_t count = 0;

    assert_int_equal(db_get_int(rig->db, &count, "SELECT COUNT(*) FROM patient_name", ""), 1);
    return (int)count;
}

/* The shortest time that serves: what was kept for today is gone at midnight, also of somebody who
 * still waits then. */
static void test_names_are_forgotten_at_the_days_end(void **state)
{
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);

    (void)rig_issue(rig->site, 1, 1);
    put(rig, 1, "山田");
    rig->now += 13 * hour; /* 23:00 */
    assert_int_equal(ticket_notes_forget(&cloud), 0);
    assert_int_equal(kept(rig), 1);
    rig->now += hour;
    assert_int_equal(ticket_notes_forget(&cloud), 0);
    assert_int_equal(kept(rig), 0);
    assert_string_equal(shown(rig, 1), "");
    put(rig, 1, "山田"); /* kept anew for the day that it was given on */
    rig->now += 23 * hour;
    assert_int_equal(ticket_notes_forget(&cloud), 0);
    assert_int_equal(kept(rig), 1);
}

static void issue_named(struct rig *rig, int ticket, const char *name, struct intake_ticket *ret)
{
    struct cloud cloud = rig_cloud(rig);
    struct intake_request request = {
        .desk_no = 1, .persons = 2, .channel = CHANNEL_DESK, .user = "佐藤"};
    struct intake_refusal refusal;

    (void)snprintf(request.tickets[0], UID_SIZE, "%s", rig_uid(ticket));
    (void)snprintf(request.tickets[1], UID_SIZE, "%s", rig_uid(ticket + 1));
    (void)snprintf(request.family, UID_SIZE, "%s", rig_uid(ticket));
    (void)snprintf(request.name, sizeof(request.name), "%s", name);
    assert_int_equal(intake_issue(&cloud, rig->site, &request, ret, &refusal), 0);
}

static void test_a_number_is_given_with_a_name_once(void **state)
{
    struct intake_ticket issued[INTAKE_PERSONS_MAX];
    struct rig *rig = *state;

    issue_named(rig, 1, "山田", issued);
    assert_true(issued[0].first);
    assert_string_equal(shown(rig, 1), "山田");
    assert_string_equal(shown(rig, 2), ""); /* of a family, the first one's */
    put(rig, 1, "山口");
    issue_named(rig, 1, "山田", issued); /* the answer was lost: nothing is put back */
    assert_false(issued[0].first);
    assert_string_equal(shown(rig, 1), "山口");
}

static void test_a_name_follows_a_booking_to_its_slip(void **state)
{
    struct rig *rig = *state;

    for (int i = 1; i <= 4; i++)
        (void)rig_issue(rig->site, i, 1);
    put(rig, 1, "山田");
    put(rig, 3, "佐藤");
    put(rig, 4, "佐藤 花子");
    assert_int_equal(ticket_notes_pass_on(rig->db, site_id(rig->site), rig_uid(1), rig_uid(2)), 0);
    assert_int_equal(ticket_notes_pass_on(rig->db, site_id(rig->site), rig_uid(3), rig_uid(4)), 0);
    assert_string_equal(shown(rig, 1), "");
    assert_string_equal(shown(rig, 2), "山田");
    assert_string_equal(shown(rig, 4), "佐藤 花子"); /* keeps its own */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_make_desk, rig_remove)
    const struct CMUnitTest tests[] = {
        TEST(test_names_of_all_kinds_are_taken),
        TEST(test_what_is_no_name_is_refused),
        TEST(test_a_name_is_given_corrected_and_removed),
        TEST(test_names_are_forgotten_at_the_days_end),
        TEST(test_a_number_is_given_with_a_name_once),
        TEST(test_a_name_follows_a_booking_to_its_slip),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
