/* Remote reception: its windows, its states, who may book, and what is forgotten when. */
#include "reception.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "claims.h"
#include "holder.h"
#include "hours.h"
#include "intake.h"
#include "near_mail.h"
#include "notices.h"
#include "patients.h"
#include "recovery.h"
#include "site_rig.h"
#include "ticket_notes.h"

static const int64_t minute = 60 * 1000, hour = 3600 * 1000, day = INT64_C(24) * 3600 * 1000;

/* Tuesday: 9:00-12:00 and 15:00-18:00; Wednesday: the afternoon alone; else closed. */
static const char hours[] =
    ",\"hours\":{\"week\":[[null,null,null],[null,null,null],[[540,720],[900,1080],null],"
    "[null,[900,1080],null],[null,null,null],[null,null,null],[null,null,null]]}";

static void change_settings(struct rig *rig, const char *more)
{
    char text[2000], error[DB_ERROR_SIZE] = "";
    cJSON *json;

    (void)snprintf(
        text, sizeof(text),
        "{\"clinic_no\":\"1024\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"x\","
        "\"first\":1,\"last\":99,\"web_limit\":3},{\"desk_no\":2,\"name\":\"y\",\"first\":"
        "101,\"last\":199}],\"services\":[{\"id\":\"return\",\"desk_no\":1,\"name\":\"r\","
        "\"remote\":\"card\"},{\"id\":\"first\",\"desk_no\":1,\"name\":\"f\",\"remote\":"
        "\"first\"},{\"id\":\"lab\",\"desk_no\":2,\"name\":\"l\",\"remote\":\"none\"}]%s}",
        more);
    json = cJSON_Parse(text);
    assert_non_null(json);
    if (site_change_settings(rig->site, json, "t", error, sizeof(error)) < 0)
        fail_msg("%s", error);
    cJSON_Delete(json);
}

static const char remote[] = ",\"remote\":{\"open\":true,\"lead\":30,\"stop\":45}";

static void open_clinic(struct rig *rig, const char *more)
{
    char text[1200];

    (void)snprintf(text, sizeof(text), "%s%s%s", hours, remote, more);
    change_settings(rig, text);
}

static int make(void **state)
{
    char error[DB_ERROR_SIZE];
    struct rig *rig;

    (void)rig_make_desk(state);
    rig = *state;
    assert_int_equal(hours_migrate(rig->db, error, sizeof(error)), 0);
    assert_int_equal(patients_migrate(rig->db, error, sizeof(error)), 0);
    assert_int_equal(holder_migrate(rig->db, error, sizeof(error)), 0);
    return near_mail_migrate(rig->db, error, sizeof(error));
}

static int book(struct rig *rig, int ticket, const char *card, struct intake_refusal *refusal)
{
    struct cloud cloud = rig_cloud(rig);
    struct intake_request request = {
        .desk_no = 1, .persons = 1, .channel = CHANNEL_WEB, .booking = true};
    struct intake_ticket issued;

    (void)snprintf(request.tickets[0], UID_SIZE, "%s", rig_uid(ticket));
    (void)snprintf(request.who[0].service, KEY_SIZE, "%s", *card ? "return" : "first");
    (void)snprintf(request.who[0].card, CLAIM_CODE_SIZE, "%s", card);
    return intake_issue(&cloud, rig->site, &request, &issued, refusal);
}

static struct reception look_with(struct rig *rig, int desk_no, bool service_open)
{
    struct reception reception;

    reception_look(site_read(rig->site), desk_no, service_open, rig->now + hour, rig->now,
                   &reception);
    site_read_end(rig->site);
    return reception;
}

static enum reception_state state_at(struct rig *rig, int hours_of_day, int minutes)
{
    rig->now = RIG_MORNING + (hours_of_day - 10) * hour + minutes * minute;
    return look_with(rig, 1, true).state;
}

static void test_windows_follow_the_hours(void **state)
{
    struct rig *rig = *state;

    open_clinic(rig, "");
    assert_int_equal(state_at(rig, 7, 0), RECEPTION_BEFORE);
    assert_int_equal(state_at(rig, 8, 29), RECEPTION_BEFORE);
    assert_int_equal(state_at(rig, 8, 30), RECEPTION_OPEN); /* half an hour before the doors */
    assert_int_equal(state_at(rig, 11, 14), RECEPTION_OPEN);
    assert_int_equal(look_with(rig, 1, true).until, RIG_MORNING + 75 * minute);
    assert_int_equal(state_at(rig, 11, 15), RECEPTION_BEFORE); /* the afternoon's is to come */
    assert_int_equal(state_at(rig, 14, 30), RECEPTION_OPEN);
    assert_int_equal(state_at(rig, 17, 15), RECEPTION_ENDED);
    assert_int_equal(state_at(rig, 10 + 48, 0), RECEPTION_CLOSED); /* Thursday */
}

static void test_the_next_windows_are_told_over_closed_days(void **state)
{
    struct rig *rig = *state;
    struct reception reception;

    open_clinic(rig, "");
    (void)state_at(rig, 17, 30);
    reception = look_with(rig, 1, true);
    assert_int_equal(reception.next_count, 2);
    assert_string_equal(reception.next[0].session.date, "2026-11-25");
    assert_int_equal(reception.next[0].session.kind, SESSION_PM);
    assert_int_equal(reception.next[0].from, RIG_MORNING + day + 4 * hour + 30 * minute);
    assert_string_equal(reception.next[1].session.date, "2026-12-01"); /* Tuesday again */
}

static void test_a_long_lead_stays_within_its_session(void **state)
{
    struct rig *rig = *state;

    change_settings(rig,
                    ",\"hours\":{\"week\":[[null,null,null],[null,null,null],[[540,720],[900,"
                    "1080],null],[null,null,null],[null,null,null],[null,null,null],[null,null,"
                    "null]]},\"remote\":{\"open\":true,\"lead\":720,\"stop\":45}");
    assert_int_equal(state_at(rig, 0, 30), RECEPTION_OPEN);
    assert_int_equal(state_at(rig, 12, 30),
                     RECEPTION_BEFORE); /* a ticket of 12:30 is of the morning */
    assert_int_equal(state_at(rig, 13, 0), RECEPTION_OPEN);
}

static void test_appendix_2_outside_service_hours_it_pauses(void **state)
{
    struct rig *rig = *state;
    struct reception reception;

    open_clinic(rig, "");
    (void)state_at(rig, 10, 0);
    reception = look_with(rig, 1, false);
    assert_int_equal(reception.state, RECEPTION_NIGHT);
    assert_int_equal(reception.until, rig->now + hour);
}

static void expect_service(struct rig *rig, int64_t at, bool open, int64_t change)
{
    struct cloud cloud = rig_cloud(rig);
    int64_t told = 0;
    bool now_open = !open;

    rig->now = at;
    assert_int_equal(reception_service(&cloud, rig->site, &now_open, &told), 0);
    assert_int_equal(now_open, open);
    assert_int_equal(told, change);
}

static void test_article_13_it_pauses_while_the_service_is_interrupted(void **state)
{
    const int64_t from = RIG_MORNING + 13 * hour; /* 23:00 to 2:00 */
    struct rig *rig = *state;
    char text[120];

    (void)snprintf(text, sizeof(text), ",\"maintenance_from\":%lld,\"maintenance_to\":%lld",
                   (long long)from, (long long)(from + 3 * hour));
    open_clinic(rig, text);
    expect_service(rig, from - 1, true, from);
    expect_service(rig, from, false, RIG_MORNING + 20 * hour); /* until it opens at 6:00 */
    (void)snprintf(text, sizeof(text), ",\"maintenance_from\":%lld,\"maintenance_to\":%lld",
                   (long long)RIG_MORNING, (long long)(RIG_MORNING + hour));
    open_clinic(rig, text);
    expect_service(rig, RIG_MORNING, false, RIG_MORNING + hour);
    expect_service(rig, RIG_MORNING + hour, true, RIG_MORNING + 14 * hour);
    assert_int_equal(look_with(rig, 1, false).state, RECEPTION_NIGHT);
}

static void test_article_12_patients_never_learn_of_a_suspension(void **state)
{
    struct rig *rig = *state;
    struct intake_refusal refusal;

    open_clinic(rig, ",\"reservation_suspended\":true");
    assert_int_equal(state_at(rig, 10, 0), RECEPTION_SORRY);
    assert_int_equal(look_with(rig, 1, true).next_count, 0);
    open_clinic(rig, "");
    assert_int_equal(state_at(rig, 10, 0), RECEPTION_OPEN);
    assert_int_equal(book(rig, 1, "", &refusal), 0); /* opens the session */
    struct event event = rig_act(EVENT_PAUSED, 0);
    event.ticket[0] = '\0';
    event.desk_no = 1;
    (void)rig_put(rig->site, &event);
    assert_int_equal(state_at(rig, 10, 0), RECEPTION_SORRY);
}

static void test_what_is_not_offered(void **state)
{
    struct rig *rig = *state;

    change_settings(rig, hours);
    assert_int_equal(state_at(rig, 10, 0), RECEPTION_NONE); /* nobody has opened it */
    open_clinic(rig, "");
    (void)state_at(rig, 10, 0);
    assert_int_equal(look_with(rig, 2, true).state,
                     RECEPTION_NONE); /* its service is not for home */
    open_clinic(rig, ",\"reservation\":false");
    assert_int_equal(state_at(rig, 10, 0), RECEPTION_NONE); /* terms 4: not in the contract */
}

/* -- booking ----------------------------------------------------------------------------------- */

static void test_the_cap_holds_before_the_doors_open_too(void **state)
{
    struct rig *rig = *state;
    struct intake_refusal refusal;

    open_clinic(rig, "");
    (void)state_at(rig, 8, 40);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(book(rig, i, "", &refusal), 0);
    assert_int_equal(state_at(rig, 8, 41), RECEPTION_FULL);
    assert_int_equal(book(rig, 4, "", &refusal), -EPERM);
    assert_string_equal(refusal.code, "full");
    assert_int_equal(state_at(rig, 10, 0), RECEPTION_FULL);
    assert_int_equal(state_at(rig, 14, 40), RECEPTION_OPEN); /* the afternoon has its own */
}

static struct patient patient_of(const char *card, const char *birth)
{
    struct patient patient;

    (void)snprintf(patient.card, sizeof(patient.card), "%s", card);
    (void)snprintf(patient.birth, sizeof(patient.birth), "%s", birth);
    return patient;
}

static int knows(struct rig *rig, const char *card, const char *birth)
{
    struct patient patient = patient_of(card, birth);

    return patients_knows(rig->db, rig->site, &patient);
}

static void test_card_and_birth_date_belong_together(void **state)
{
    struct rig *rig = *state;
    const struct patient list[] = {patient_of("0012345", "1951-04-07"),
                                   patient_of("77", "2019-12-31")};

    assert_int_equal(patients_put(rig->db, rig->site, list, 2, false, 90), 0);
    assert_int_equal(knows(rig, "0012345", "1951-04-07"), 1);
    assert_int_equal(knows(rig,
                           "\xef\xbc\x90\xef\xbc\x90"
                           "12-345",
                           "1951-04-07"),
                     1);                                    /* as typed */
    assert_int_equal(knows(rig, "12345", "1951-04-07"), 0); /* leading zeros count */
    assert_int_equal(knows(rig, "0012345", "1951-04-08"), 0);
    assert_int_equal(knows(rig, "77", "1951-04-07"), 0);         /* another's */
    assert_int_equal(knows(rig, "0012345195", "10407-00-0"), 0); /* digits that run together */
    assert_int_equal(knows(rig, "999", "1951-04-07"), 0);
}

static void test_a_list_is_all_or_nothing(void **state)
{
    struct rig *rig = *state;
    const struct patient good[] = {patient_of("1", "1951-04-07")};
    const struct patient bad[] = {patient_of("2", "1951-04-07"), patient_of("3", "1951-02-30")};
    const struct patient unborn[] = {patient_of("4", "2027-01-01")};
    int64_t count = 0;

    assert_int_equal(patients_put(rig->db, rig->site, good, 1, false, 90), 0);
    assert_int_equal(patients_put(rig->db, rig->site, bad, 2, true, 90), -EINVAL);
    assert_int_equal(patients_put(rig->db, rig->site, unborn, 1, false, 90), -EINVAL);
    assert_int_equal(patients_count(rig->db, rig->site, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(knows(rig, "1", "1951-04-07"), 1);
}

static void test_a_long_list_comes_in_pieces(void **state)
{
    enum { MANY = 4500 };
    struct rig *rig = *state;
    struct patient *list = calloc(MANY, sizeof(*list)), old = patient_of("old", "1951-04-07");
    int64_t count = 0;

    assert_non_null(list);
    for (int i = 0; i < MANY; i++) {
        list[i] = patient_of("", "1951-04-07");
        (void)snprintf(list[i].card, sizeof(list[i].card), "%d", i);
    }
    assert_int_equal(patients_put(rig->db, rig->site, &old, 1, false, 300), 0);
    assert_int_equal(patients_put(rig->db, rig->site, &list[7], 1, false, 300), 0);
    assert_int_equal(patients_import(rig->db, rig->site, list, MANY, false, 90), 0);
    assert_int_equal(patients_count(rig->db, rig->site, &count), 0);
    assert_int_equal(count, MANY + 1);
    assert_int_equal(patients_import(rig->db, rig->site, list, MANY, true, 90), 0);
    assert_int_equal(patients_count(rig->db, rig->site, &count), 0);
    assert_int_equal(count, MANY);
    assert_int_equal(knows(rig, "old", "1951-04-07"), 0);
    assert_int_equal(knows(rig, "7", "1951-04-07"), 1);
    rig->now += 91 * day;
    assert_int_equal(knows(rig, "7", "1951-04-07"), 0); /* the new list's days hold */
    free(list);
}

static bool database_holds(struct rig *rig, const char *text)
{
    char pattern[64];
    int64_t found = 0;
    static const char *const places[] = {
        "SELECT count(*) FROM patient WHERE digest LIKE $1",
        "SELECT count(*) FROM booking_card WHERE digest LIKE $1",
        "SELECT count(*) FROM log WHERE text LIKE $1",
        "SELECT count(*) FROM near_mail WHERE address LIKE $1",
        "SELECT count(*) FROM near_mail_off WHERE digest LIKE $1",
    };

    (void)snprintf(pattern, sizeof(pattern), "%%%s%%", text);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (db_get_int(rig->db, &found, places[i], "t", pattern) == 1 && found > 0)
            return true;
    return false;
}

static int64_t rows_of(struct rig *rig, const char *query)
{
    int64_t count = -1;

    assert_int_equal(db_get_int(rig->db, &count, query, ""), 1);
    return count;
}

static void test_personal_data_are_gone_after_their_time(void **state)
{
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);
    const struct patient list[] = {patient_of("0012345", "1951-04-07")};
    struct intake_refusal refusal;

    open_clinic(rig, "");
    (void)state_at(rig, 10, 0);
    assert_int_equal(patients_put(rig->db, rig->site, list, 1, false, 90), 0);
    assert_int_equal(book(rig, 1, "0012345", &refusal), 0);
    assert_int_equal(near_mail_ask(rig->db, rig->site, rig_uid(1), "hana@example.jp", "ja"), 0);
    assert_false(database_holds(rig, "0012345")); /* never as it is */
    assert_false(database_holds(rig, "1951"));
    assert_true(database_holds(rig, "hana@example.jp"));
    /* the session is over: the address goes unsent */
    (void)state_at(rig, 13, 5);
    assert_int_equal(near_mail_send(&cloud, NULL), 0);
    assert_false(database_holds(rig, "hana@example.jp"));
    /* the day is over: the card's hash goes */
    assert_int_equal(rows_of(rig, "SELECT count(*) FROM booking_card"), 1);
    rig->now += day;
    assert_int_equal(ticket_notes_forget(&cloud), 0);
    assert_int_equal(rows_of(rig, "SELECT count(*) FROM booking_card"), 0);
    /* the list's days are over */
    assert_int_equal(patients_forget(rig->db, rig->now), 0);
    assert_int_equal(knows(rig, "0012345", "1951-04-07"), 1);
    rig->now += 90 * day;
    assert_int_equal(knows(rig, "0012345", "1951-04-07"), 0);
    assert_int_equal(patients_forget(rig->db, rig->now), 0);
    assert_int_equal(rows_of(rig, "SELECT count(*) FROM patient"), 0);
}

static void test_one_number_a_card(void **state)
{
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);
    struct intake_refusal refusal;

    open_clinic(rig, "");
    assert_int_equal(book(rig, 1, "0012345", &refusal), 0);
    assert_int_equal(site_begin(rig->site), 0);
    assert_int_equal(claims_card_used(&cloud, rig->site, "0012345"), 1);
    assert_int_equal(claims_card_used(&cloud, rig->site, "0012346"), 0);
    site_rollback(rig->site);
    struct event event = rig_act(EVENT_CANCELLED, 1);
    assert_int_equal(rig_put(rig->site, &event).judgement.verdict, VERDICT_APPLIED);
    assert_int_equal(site_begin(rig->site), 0);
    assert_int_equal(claims_card_used(&cloud, rig->site, "0012345"), 0); /* given up: again */
    site_rollback(rig->site);
}

/* -- the holder -------------------------------------------------------------------------------- */

static struct holder holder_of(struct rig *rig, int ticket)
{
    struct holder holder = {.site = rig->site};

    (void)snprintf(holder.ticket, UID_SIZE, "%s", rig_uid(ticket));
    return holder;
}

static void test_late_is_told_once_and_the_place_stays(void **state)
{
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);
    struct intake_refusal refusal;
    struct holder holder = holder_of(rig, 1);
    int64_t at = 0;
    int told;

    open_clinic(rig, "");
    assert_int_equal(book(rig, 1, "", &refusal), 0);
    told = rig->told;
    assert_int_equal(holder_late(&cloud, &holder), 0);
    assert_true(rig->told > told); /* staff's screens are pushed */
    assert_int_equal(holder_late_at(rig->db, site_id(rig->site), rig_uid(1), &at), 0);
    assert_int_equal(at, rig->now);
    assert_int_equal(rig_state(rig->site, 1), TICKET_RESERVED);
    rig->now += 3 * day;
    assert_int_equal(holder_forget(rig->db, rig->now), 0);
    assert_int_equal(holder_late_at(rig->db, site_id(rig->site), rig_uid(1), &at), 0);
    assert_int_equal(at, 0);
}

static void test_only_a_booking_can_be_given_up_from_home(void **state)
{
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);
    struct intake_refusal refusal;
    struct holder booked = holder_of(rig, 1), slip = holder_of(rig, 2);

    open_clinic(rig, "");
    assert_int_equal(book(rig, 1, "", &refusal), 0);
    (void)rig_issue(rig->site, 2, 1);
    assert_int_equal(holder_cancel(&cloud, &slip, false),
                     -EPERM); /* a slip may be found by others */
    assert_int_equal(rig_state(rig->site, 2), TICKET_WAITING);
    assert_int_equal(holder_cancel(&cloud, &booked, false), 0);
    assert_int_equal(rig_state(rig->site, 1), TICKET_CANCELLED);
    assert_int_equal(holder_cancel(&cloud, &booked, false), -EPERM);
    assert_int_equal(holder_late(&cloud, &booked), -EPERM);
}

static void test_a_party_gives_up_together_or_one_alone(void **state)
{
    struct rig *rig = *state;
    struct cloud cloud = rig_cloud(rig);
    struct intake_request request = {
        .desk_no = 1, .persons = 3, .channel = CHANNEL_WEB, .booking = true, .service = "first"};
    struct intake_ticket issued[INTAKE_PERSONS_MAX];
    struct intake_refusal refusal;
    struct holder one = holder_of(rig, 1), two = holder_of(rig, 2);

    open_clinic(rig, "");
    for (int i = 0; i < 3; i++)
        (void)snprintf(request.tickets[i], UID_SIZE, "%s", rig_uid(i + 1));
    memcpy(request.family, request.tickets[0], UID_SIZE);
    assert_int_equal(intake_issue(&cloud, rig->site, &request, issued, &refusal), 0);
    assert_int_equal(holder_cancel(&cloud, &one, false), 0);
    assert_int_equal(rig_state(rig->site, 2), TICKET_RESERVED);
    assert_int_equal(holder_cancel(&cloud, &two, true), 0);
    assert_int_equal(rig_state(rig->site, 2), TICKET_CANCELLED);
    assert_int_equal(rig_state(rig->site, 3), TICKET_CANCELLED);
}

static void test_an_address_that_wants_none_is_taken_without_a_word(void **state)
{
    struct rig *rig = *state;
    enum near_mail_state mail;
    struct intake_refusal refusal;

    open_clinic(rig, "");
    assert_int_equal(book(rig, 1, "", &refusal), 0);
    assert_int_equal(near_mail_ask(rig->db, rig->site, rig_uid(1), "not an address", "ja"),
                     -EINVAL);
    assert_int_equal(near_mail_ask(rig->db, rig->site, rig_uid(1), "a@b.jp", "xx"), -EINVAL);
    assert_int_equal(near_mail_ask(rig->db, rig->site, rig_uid(1), "a@b.jp", "zh-Hans"), 0);
    assert_int_equal(near_mail_look(rig->db, rig->site, rig_uid(1), &mail), 0);
    assert_int_equal(mail, NEAR_MAIL_WAITING);
    assert_int_equal(near_mail_stop(rig->db, rig->site, rig_uid(1)), 0);
    assert_false(database_holds(rig, "a@b.jp"));
    assert_int_equal(near_mail_refuse(rig->db, "nosuchtoken", rig->now), -ENOENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, rig_remove)
    const struct CMUnitTest tests[] = {
        TEST(test_windows_follow_the_hours),
        TEST(test_the_next_windows_are_told_over_closed_days),
        TEST(test_a_long_lead_stays_within_its_session),
        TEST(test_appendix_2_outside_service_hours_it_pauses),
        TEST(test_article_13_it_pauses_while_the_service_is_interrupted),
        TEST(test_article_12_patients_never_learn_of_a_suspension),
        TEST(test_what_is_not_offered),
        TEST(test_the_cap_holds_before_the_doors_open_too),
        TEST(test_card_and_birth_date_belong_together),
        TEST(test_a_list_is_all_or_nothing),
        TEST(test_a_long_list_comes_in_pieces),
        TEST(test_personal_data_are_gone_after_their_time),
        TEST(test_one_number_a_card),
        TEST(test_late_is_told_once_and_the_place_stays),
        TEST(test_only_a_booking_can_be_given_up_from_home),
        TEST(test_a_party_gives_up_together_or_one_alone),
        TEST(test_an_address_that_wants_none_is_taken_without_a_word),
    };

    return cmocka_run_group_tests_name("reception", tests, NULL, NULL);
}
