/* What the monitor shows: panels from the queue, calls one after another on the stage. */
#include "test.h"

#include "monitor_flow.h"
#include "site.h"

#include <stdlib.h>
#include <string.h>

struct fixture {
    struct site site;
    struct monitor_world world;
    struct monitor_flow flow;
    struct monitor_view view;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    site_open(&f->site);
    f->world = (struct monitor_world){.now = 5000, .has_time = true, .queue = &f->site.queue};
    monitor_flow_init(&f->flow);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    site_close(&f->site);
    free(f);
    return 0;
}

static const struct monitor_view *view(struct fixture *f)
{
    f->world.site_ms = f->site.now;
    monitor_flow_view(&f->flow, &f->world, NULL, &f->view);
    return &f->view;
}

static void call(struct fixture *f, int n, const char *room, int desk_no)
{
    struct station_ticket ticket = {.number = {0, n}, .desk_no = desk_no};
    snprintf(ticket.id, sizeof ticket.id, "%s", site_ticket_id(n));
    snprintf(ticket.room, sizeof ticket.room, "%s", room);
    monitor_flow_call(&f->flow, &f->world, &ticket);
}

static bool pass(struct fixture *f, int64_t ms)
{
    f->world.now += ms;
    return monitor_flow_tick(&f->flow, &f->world);
}

static void test_nothing_known(void **state)
{
    struct fixture *f = *state;
    f->world.queue = NULL;
    assert_true(view(f)->video);
    assert_false(f->view.queue);
    call(f, 1, "r1", 1);
    assert_string_equal(view(f)->stage.number, "");
}

/* Whoever is not told of the queue any more shows no numbers of it, and says none. */
static void test_revoked(void **state)
{
    struct fixture *f = *state;
    for (int n = 1; n <= 3; n++)
        site_issue(&f->site, n, 1);
    assert_verdict(site_call(&f->site, 1, "r1"), "applied");
    call(f, 1, "r1", 1);
    assert_string_equal(view(f)->stage.number, "1");

    f->world.revoked = true;
    pass(f, 10);
    call(f, 2, "r1", 1);
    assert_true(view(f)->unavailable);
    assert_false(f->view.queue || f->view.video);
    assert_string_equal(f->view.stage.number, "");
    assert_int_equal(f->view.desk_count + f->view.recent_count + f->view.next_count, 0);
    assert_string_equal(f->view.message, "");
    assert_string_equal(f->view.clock, "9:00");
    assert_false(monitor_flow_take_chime(&f->flow));

    f->world.revoked = false; /* the cloud knows it again: what is older than that is not called */
    assert_false(view(f)->unavailable);
    assert_string_equal(f->view.desks[0].now.number, "1");
    assert_string_equal(f->view.stage.number, "");
}

static void test_panels(void **state)
{
    struct fixture *f = *state;
    for (int n = 1; n <= 3; n++)
        site_issue(&f->site, n, 1); /* numbers 1, 2, 3 */
    site_issue(&f->site, 5, 2);     /* 101 */
    assert_int_equal(view(f)->desk_count, 3);
    assert_string_equal(f->view.desks[0].name, "内科");
    assert_int_equal(f->view.desks[0].waiting, 3);
    assert_string_equal(f->view.desks[0].now.number, "");
    assert_true(f->view.desks[2].payment);
    assert_int_equal(f->view.waiting, 4);
    assert_int_equal(f->view.next_count, 4);
    assert_string_equal(f->view.clock, "9:00");
    assert_string_equal(f->view.date, "ja 11/24 w2");
    assert_string_equal(f->view.session, "date.session_name.am");

    assert_verdict(site_call(&f->site, 1, "r1"), "applied");
    assert_string_equal(view(f)->desks[0].now.number, "1");
    assert_string_equal(f->view.desks[0].now.room, "第1診察室");
    assert_true(f->view.desks[0].now.live);
    assert_int_equal(f->view.recent_count, 0);

    assert_verdict(site_do(&f->site, EVENT_IN_ROOM, 1), "applied");
    assert_string_equal(view(f)->desks[0].now.number, "1");
    assert_false(f->view.desks[0].now.live); /* plain ink once the person is in */
    assert_verdict(site_call(&f->site, 2, "r1"), "applied");
    assert_string_equal(view(f)->desks[0].now.number, "2");
    assert_int_equal(f->view.recent_count, 1);
    assert_string_equal(f->view.recent[0].number, "1");
    assert_false(f->view.recent[0].live);

    f->site.now += f->site.queue.settings.live_minutes * INT64_C(60000);
    assert_false(view(f)->desks[0].now.live);
    assert_string_equal(f->view.desks[0].now.number, "2");
}

static void test_live_call_before_a_later_passed_one(void **state)
{
    struct fixture *f = *state;
    site_issue(&f->site, 1, 1);
    site_issue(&f->site, 2, 1);
    assert_verdict(site_call(&f->site, 1, "r1"), "applied");
    assert_verdict(site_call(&f->site, 2, "r1"), "applied");
    assert_verdict(site_do(&f->site, EVENT_ABSENT, 2), "applied");
    assert_string_equal(view(f)->desks[0].now.number, "1");
    assert_true(f->view.desks[0].now.live);
    assert_string_equal(f->view.recent[0].number, "2");
    assert_false(f->view.recent[0].live);
}

static void test_stage(void **state)
{
    struct fixture *f = *state;
    assert_true(monitor_flow_deadline(&f->flow) == INT64_MAX);
    call(f, 14, "r1", 1);
    assert_true(monitor_flow_take_chime(&f->flow));
    assert_false(monitor_flow_take_chime(&f->flow));
    assert_string_equal(view(f)->stage.number, "14");
    assert_string_equal(f->view.stage.room, "第1診察室");
    assert_true(f->view.stage.live);
    assert_int_equal(f->view.stage_ms, 0);
    assert_string_equal(f->view.stage_before.number, "");
    assert_false(monitor_flow_covers(view(f))); /* the film is seen until the wipe is done */
    assert_false(pass(f, STAGE_WIPE_MS + 1));
    assert_true(monitor_flow_covers(view(f)));
    assert_false(pass(f, STAGE_MS - STAGE_WIPE_MS - 2));
    assert_int_equal(view(f)->stage_ms, STAGE_MS - 1);
    assert_true(pass(f, 1));
    assert_true(view(f)->stage_leaving);
    assert_false(monitor_flow_covers(&f->view));
    assert_false(pass(f, STAGE_LEAVE_MS - 1));
    assert_int_equal(view(f)->leaving_ms, STAGE_LEAVE_MS - 1);
    assert_true(pass(f, 1));
    assert_string_equal(view(f)->stage.number, "");
}

static void test_each_call_has_its_time(void **state)
{
    struct fixture *f = *state;
    call(f, 14, "r1", 1);
    pass(f, 1000);
    call(f, 101, "r2", 2);
    call(f, 15, "", 3);
    assert_string_equal(view(f)->stage.number, "14");
    assert_false(pass(f, STAGE_LEAST_MS - 1001));
    assert_true(pass(f, 1));
    assert_true(monitor_flow_take_chime(&f->flow));
    assert_string_equal(view(f)->stage.number, "101");
    assert_string_equal(f->view.stage_before.number, "14");
    assert_true(monitor_flow_covers(&f->view));
    assert_int_equal(f->view.stage_ms, 0);
    assert_true(pass(f, STAGE_LEAST_MS));
    assert_true(view(f)->stage.payment);
    assert_string_equal(f->view.stage.room, "会計");
    assert_true(pass(f, STAGE_MS));
    assert_true(view(f)->stage_leaving);
    /* A call while the last one leaves takes over at once. */
    call(f, 16, "r1", 1);
    assert_string_equal(view(f)->stage.number, "16");
    assert_false(f->view.stage_leaving);
}

/* Two readings and a pause take longer than the stage's least time. */
static void test_stage_stays_for_the_words(void **state)
{
    struct fixture *f = *state;
    strcpy(f->site.queue.settings.rooms[0].reading, "だいいちしんさつしつ");
    call(f, 14, "r1", 1);
    assert_string_equal(f->flow.calls[0].reading, "だいいちしんさつしつ");
    monitor_flow_spoken(&f->flow, 7500, 13000);
    call(f, 15, "r2", 2);
    assert_true(monitor_flow_deadline(&f->flow) == f->world.now + 7500);
    assert_false(pass(f, 7499));
    assert_true(pass(f, 1)); /* the second reading: the plate points again */
    assert_int_equal(view(f)->second_ms, 0);
    assert_false(pass(f, 300));
    assert_int_equal(view(f)->second_ms, 300);
    assert_false(pass(f, 13000 + STAGE_HEARD_MS - 7800 - 1));
    assert_true(pass(f, 1));
    assert_string_equal(view(f)->stage.number, "15");
    /* Short words: the least time. The words of the call before do not count. */
    assert_int_equal(f->view.second_ms, 0);
    monitor_flow_spoken(&f->flow, 3000, 5000);
    assert_true(pass(f, 3000));
    assert_false(pass(f, STAGE_LEAST_MS - 3001));
    assert_true(pass(f, 1));
    assert_true(view(f)->stage_leaving);
    call(f, 16, "r1", 1);
    assert_false(pass(f, STAGE_MS - 1));
}

static void test_recall_shows_again(void **state)
{
    struct fixture *f = *state;
    call(f, 14, "r1", 1);
    (void)monitor_flow_take_chime(&f->flow);
    call(f, 14, "r1", 1);
    call(f, 14, "r1", 1); /* two hasty recalls are one */
    assert_true(pass(f, STAGE_LEAST_MS));
    assert_string_equal(view(f)->stage.number, "14");
    assert_int_equal(f->view.stage_ms, 0);
    assert_true(monitor_flow_take_chime(&f->flow));
    assert_true(pass(f, STAGE_MS));
    assert_true(view(f)->stage_leaving);
}

static void test_call_taken_back_while_it_waits(void **state)
{
    struct fixture *f = *state;
    site_issue(&f->site, 1, 1);
    site_issue(&f->site, 2, 1);
    (void)site_call(&f->site, 1, "r1");
    (void)site_call(&f->site, 2, "r1");
    call(f, 1, "r1", 1);
    call(f, 2, "r1", 1);
    assert_verdict(site_do(&f->site, EVENT_IN_ROOM, 2), "applied");
    assert_false(pass(f, STAGE_LEAST_MS));
    assert_string_equal(view(f)->stage.number, "1");
    assert_true(pass(f, STAGE_MS - STAGE_LEAST_MS));
    assert_true(view(f)->stage_leaving);
}

/* Ten at once, and more while they are shown: each has the stage, in order, and its chime. */
static void test_ten_at_once_are_all_shown(void **state)
{
    struct fixture *f = *state;
    for (int n = 1; n <= 10; n++)
        call(f, n, "r1", 1);
    for (int n = 1; n <= 12; n++) {
        char number[8];
        snprintf(number, sizeof number, "%d", n);
        assert_string_equal(view(f)->stage.number, number);
        assert_int_equal(f->view.stage.party_count, 0);
        assert_true(monitor_flow_take_chime(&f->flow));
        pass(f, 120); /* in the middle of the movement */
        if (n == 3)
            call(f, 11, "r1", 1);
        if (n == 10)
            call(f, 12, "r1", 1);
        assert_string_equal(view(f)->stage.number, number);
        assert_true(pass(f, STAGE_MS));
    }
    assert_true(view(f)->stage_leaving);
}

static void test_many_calls_are_bounded(void **state)
{
    struct fixture *f = *state;
    for (int n = 1; n <= 3 * STAGE_CALLS_MAX; n++)
        call(f, n, "r1", 1);
    assert_int_equal(f->flow.count, STAGE_CALLS_MAX);
    assert_string_equal(f->flow.calls[0].call.number, "1"); /* has the stage, keeps it */
    assert_string_equal(f->flow.calls[STAGE_CALLS_MAX - 1].call.number, "192");
}

/* -- parties ----------------------------------------------------------------------------------- */

static const char party[] = "fa111111-0000-4000-8000-000000000001";

static void call_member(struct fixture *f, int n, const char *room, int desk_no, bool no_voice)
{
    struct station_ticket ticket = {.number = {0, n}, .desk_no = desk_no, .no_voice = no_voice};
    snprintf(ticket.id, sizeof ticket.id, "%s", site_ticket_id(n));
    snprintf(ticket.room, sizeof ticket.room, "%s", room);
    memcpy(ticket.family, party, sizeof party);
    monitor_flow_call(&f->flow, &f->world, &ticket);
}

static void test_a_party_is_called_together(void **state)
{
    struct fixture *f = *state;
    call_member(f, 14, "r1", 1, false);
    call_member(f, 15, "r1", 1, true);
    call_member(f, 15, "r1", 1, true);  /* twice told is once called */
    call_member(f, 16, "r2", 2, false); /* another room: its own call */
    assert_string_equal(view(f)->stage.number, "14");
    assert_int_equal(f->view.stage.party_count, 1);
    assert_string_equal(f->view.stage.party[0], "15");
    assert_false(f->flow.calls[0].persons[0].no_voice);
    assert_true(f->flow.calls[0].persons[1].no_voice);
    assert_true(monitor_flow_take_chime(&f->flow));
    call_member(f, 17, "r1", 1, false); /* the words have begun without it */
    assert_int_equal(view(f)->stage.party_count, 1);
    assert_true(pass(f, STAGE_LEAST_MS));
    assert_string_equal(view(f)->stage.number, "16");
    assert_true(pass(f, STAGE_LEAST_MS));
    assert_string_equal(view(f)->stage.number, "17");
}

static void test_a_party_loses_who_has_gone_in(void **state)
{
    struct fixture *f = *state;
    for (int n = 1; n <= 3; n++) {
        site_issue(&f->site, n, 1);
        (void)site_call(&f->site, n, "r1");
    }
    call(f, 9, "r2", 2);
    (void)monitor_flow_take_chime(&f->flow);
    for (int n = 1; n <= 3; n++) {
        struct ticket *ticket = (struct ticket *)site_ticket(&f->site, n);
        memcpy(ticket->family, party, sizeof party);
        call(f, n, "r1", 1);
    }
    assert_int_equal(f->flow.count, 2);
    assert_verdict(site_do(&f->site, EVENT_IN_ROOM, 1), "applied");
    assert_true(pass(f, STAGE_LEAST_MS));
    assert_string_equal(view(f)->stage.number, "2");
    assert_int_equal(f->view.stage.party_count, 1);
    assert_string_equal(f->view.stage.party[0], "3");
}

/* The log names one member, or each: either way everybody of that act is in the one call. */
static void test_one_call_brings_the_family(void **state)
{
    struct fixture *f = *state;
    for (int n = 1; n <= 3; n++) {
        site_issue(&f->site, n, 1);
        (void)site_call(&f->site, n, "r1");
        struct ticket *ticket = (struct ticket *)site_ticket(&f->site, n);
        memcpy(ticket->family, party, sizeof party);
        ticket->called_ms = 5000;
        ticket->no_voice = n == 2;
    }
    call(f, 1, "r1", 1);
    assert_int_equal(view(f)->stage.party_count, 2);
    assert_true(f->flow.calls[0].persons[1].no_voice);
    assert_true(monitor_flow_take_chime(&f->flow));
    call(f, 2, "r1", 1);
    call(f, 3, "r1", 1);
    assert_int_equal(f->flow.count, 1);
    ((struct ticket *)site_ticket(&f->site, 2))->called_ms = 9000; /* called again */
    call(f, 2, "r1", 1);
    assert_int_equal(f->flow.count, 2);
    assert_int_equal(f->flow.calls[1].person_count, 1);
}

/* Each of them stays on its plate until it goes in. */
static void test_live_calls_of_a_room_share_its_panel(void **state)
{
    struct fixture *f = *state;
    for (int n = 1; n <= 3; n++) {
        site_issue(&f->site, n, 1);
        (void)site_call(&f->site, n, "r1");
    }
    assert_string_equal(view(f)->desks[0].now.number, "3");
    assert_int_equal(f->view.desks[0].now.party_count, 2);
    assert_string_equal(f->view.desks[0].now.party[0], "2");
    assert_string_equal(f->view.desks[0].now.party[1], "1");
    assert_int_equal(f->view.recent_count, 0);
    assert_verdict(site_do(&f->site, EVENT_ABSENT, 3), "applied");
    assert_string_equal(view(f)->desks[0].now.number, "2");
    assert_int_equal(f->view.desks[0].now.party_count, 1);
    assert_int_equal(f->view.recent_count, 1);
    assert_string_equal(f->view.recent[0].number, "3");
}

/* Two rooms of one desk at the same time: each is seen, with its own number. */
static void test_a_second_room_has_its_own_panel(void **state)
{
    struct fixture *f = *state;
    struct settings *settings = &f->site.queue.settings;
    settings->rooms[2] = (struct room){.id = "r3", .desk_no = 1, .name = "第3診察室"};
    settings->room_count = 3;
    assert_int_equal(view(f)->desk_count, 3); /* nobody was called there yet */
    site_issue(&f->site, 1, 1);
    site_issue(&f->site, 2, 1);
    site_issue(&f->site, 3, 1);
    (void)site_call(&f->site, 1, "r1");
    (void)site_call(&f->site, 2, "r3");
    assert_int_equal(view(f)->desk_count, 4);
    assert_string_equal(f->view.desks[0].now.number, "1");
    assert_string_equal(f->view.desks[0].now.room, "第1診察室");
    assert_int_equal(f->view.desks[0].waiting, 1);
    assert_string_equal(f->view.desks[1].name, "内科");
    assert_string_equal(f->view.desks[1].now.number, "2");
    assert_string_equal(f->view.desks[1].now.room, "第3診察室");
    assert_true(f->view.desks[1].now.live);
    assert_int_equal(f->view.desks[1].waiting, -1);
    assert_true(f->view.desks[3].payment);
    assert_int_equal(f->view.recent_count, 0);
    (void)site_call(&f->site, 3, ""); /* without a room: the desk's first */
    assert_int_equal(view(f)->desks[0].now.party_count + f->view.recent_count, 1);
}

/* Who did not come is told what to do; absent and held are the staff's words. */
static void test_who_was_missed_is_told_what_to_do(void **state)
{
    struct fixture *f = *state;
    strcpy(f->site.queue.message, "本日は休診です。");
    site_issue(&f->site, 1, 1);
    (void)site_call(&f->site, 1, "r1");
    assert_string_equal(view(f)->message, "本日は休診です。");
    assert_verdict(site_do(&f->site, EVENT_ABSENT, 1), "applied");
    assert_string_equal(view(f)->message, "monitor.missed\n本日は休診です。");
    assert_false(f->view.desks[0].now.live);
    (void)site_call(&f->site, 1, "r1");
    assert_string_equal(view(f)->message, "本日は休診です。");
}

/* A name that somebody puts into an event in a field of their own reaches neither glass nor ear. */
static void test_no_name_on_the_board(void **state)
{
    static const char name[] = "山田花子", *const fields[] = {"name", "patient", "kana", "text"};
    struct fixture *f = *state;
    char error[160];
    site_issue(&f->site, 1, 1);
    struct event called = site_event(&f->site, EVENT_CALLED, 1), decoded;
    cJSON *json = event_to_json(&called);
    assert_non_null(json);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (cJSON_GetObjectItemCaseSensitive(json, fields[i]) == NULL)
            assert_non_null(cJSON_AddStringToObject(json, fields[i], name));
    assert_int_equal(event_from_json(json, &decoded, error, sizeof error), 0);
    cJSON_Delete(json);
    assert_verdict(site_apply(&f->site, &decoded), "applied");
    event_finish(&decoded);
    call(f, 1, "r1", 1);
    assert_string_equal(view(f)->stage.number, "1");
    assert_null(memmem(&f->view, sizeof f->view, name, strlen(name)));
    assert_null(memmem(&f->flow, sizeof f->flow, name, strlen(name)));
}

static void test_orbit(void **state)
{
    struct fixture *f = *state;
    int x = 0, y = 0;
    for (int step = 0; step < 40; step++) {
        f->world.now = step * (int64_t)ORBIT_STEP_MS;
        const struct monitor_view *v = view(f);
        assert_in_range(v->shift_x + ORBIT_RADIUS, 0, 2 * ORBIT_RADIUS);
        assert_in_range(v->shift_y + ORBIT_RADIUS, 0, 2 * ORBIT_RADIUS);
        if (step > 0)
            assert_int_equal(abs(v->shift_x - x) + abs(v->shift_y - y), 1);
        x = v->shift_x;
        y = v->shift_y;
    }
}

static bool swapped_in(struct fixture *f, const char *date, enum session_kind kind)
{
    site_session(&f->site, date, kind, RULES_MAX);
    bool first = view(f)->swapped;
    f->site.now += 3 * (int64_t)60 * 60 * 1000; /* nothing moves within a session */
    f->world.now += 3 * (int64_t)60 * 60 * 1000;
    assert_int_equal(view(f)->swapped, first);
    return first;
}

static void test_sides_change_between_sessions(void **state)
{
    struct fixture *f = *state;
    assert_false(swapped_in(f, "2026-11-25", SESSION_AM)); /* not set */
    assert_false(swapped_in(f, "2026-11-25", SESSION_PM));
    f->world.change_sides = true;
    bool morning = swapped_in(f, "2026-11-26", SESSION_AM);
    assert_int_equal(swapped_in(f, "2026-11-26", SESSION_PM), !morning);
    assert_int_equal(swapped_in(f, "2026-11-26", SESSION_EVENING), morning);
    assert_int_equal(swapped_in(f, "2026-11-27", SESSION_AM), !morning); /* mornings only, too */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_known),
        TEST(test_revoked),
        TEST(test_panels),
        TEST(test_live_call_before_a_later_passed_one),
        TEST(test_stage),
        TEST(test_each_call_has_its_time),
        TEST(test_stage_stays_for_the_words),
        TEST(test_recall_shows_again),
        TEST(test_call_taken_back_while_it_waits),
        TEST(test_ten_at_once_are_all_shown),
        TEST(test_many_calls_are_bounded),
        TEST(test_a_party_is_called_together),
        TEST(test_a_party_loses_who_has_gone_in),
        TEST(test_one_call_brings_the_family),
        TEST(test_live_calls_of_a_room_share_its_panel),
        TEST(test_a_second_room_has_its_own_panel),
        TEST(test_who_was_missed_is_told_what_to_do),
        TEST(test_no_name_on_the_board),
        TEST(test_orbit),
        TEST(test_sides_change_between_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
