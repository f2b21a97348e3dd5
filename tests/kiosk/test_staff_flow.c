/* The staff menu: PIN, acts, what they are about, and the way back. */
#include "test.h"

#include "site.h"
#include "staff_flow.h"

#include <stdlib.h>
#include <string.h>

struct fixture {
    struct site site;
    struct staff_world world;
    struct staff_flow flow;
    struct staff_view view;
    char pin[STAFF_ENTRY_SIZE];
    struct station_act act;
    int64_t request;
    int acts, result, volume, tools;
    const char *told;
};

static void check(void *context, const char *pin)
{
    struct fixture *f = context;
    snprintf(f->pin, sizeof f->pin, "%s", pin);
}

static int act(void *context, int64_t request, const struct station_act *wanted)
{
    struct fixture *f = context;
    f->acts++;
    f->act = *wanted;
    f->request = request;
    return f->result;
}

static const char *tool(void *context, enum staff_tool wanted)
{
    struct fixture *f = context;
    f->tools |= 1 << wanted;
    return f->told;
}

static void volume(void *context, int percent)
{
    struct fixture *f = context;
    f->world.volume = f->volume = percent;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct staff_actions actions = {check, act, tool, volume, f};
    site_open(&f->site);
    f->world = (struct staff_world){.now = 1000,
                                    .site_ms = f->site.now,
                                    .has_time = true,
                                    .queue = &f->site.queue,
                                    .online = true,
                                    .device = site_kiosk_a,
                                    .volume = 95};
    f->told = "staff.done";
    staff_flow_init(&f->flow, &actions);
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

static const struct staff_view *view(struct fixture *f)
{
    staff_flow_view(&f->flow, &f->world, NULL, &f->view);
    return &f->view;
}

static bool tap(struct fixture *f, const char *widget)
{
    return staff_flow_tap(&f->flow, &f->world, widget);
}

static void enter(struct fixture *f)
{
    staff_flow_open(&f->flow, true, f->world.now);
    for (int i = 0; i < 4; i++)
        assert_true(tap(f, "key:7"));
    assert_true(tap(f, "enter"));
    staff_flow_pin(&f->flow, true, f->world.now);
    assert_int_equal(view(f)->screen, STAFF_MENU);
}

static void test_pin(void **state)
{
    struct fixture *f = *state;
    assert_false(tap(f, "next")); /* not even open */
    staff_flow_open(&f->flow, true, f->world.now);
    assert_int_equal(view(f)->screen, STAFF_PIN);
    assert_false(tap(f, "next")); /* nothing without the PIN */
    assert_int_equal(f->acts, 0);
    assert_false(tap(f, "enter"));
    assert_true(tap(f, "key:1"));
    assert_true(tap(f, "key:2"));
    assert_true(tap(f, "key:3"));
    assert_true(tap(f, "erase"));
    assert_true(tap(f, "enter"));
    assert_string_equal(f->pin, "12");
    assert_string_equal(view(f)->entry, "");
    assert_false(tap(f, "key:1")); /* one try at a time */
    staff_flow_pin(&f->flow, false, f->world.now);
    assert_int_equal(view(f)->screen, STAFF_PIN);
    assert_string_equal(f->view.result, "staff.wrong_pin");
    f->world.locked_s = 5;
    assert_false(tap(f, "key:1"));
    assert_true(tap(f, "close"));
    staff_flow_pin(&f->flow, true, f->world.now); /* the answer to a try that was given up */
    assert_false(staff_flow_is_open(&f->flow));
}

static void test_next_and_what_follows(void **state)
{
    static const struct {
        const char *widget;
        enum station_act_kind kind;
    } acts[] = {{"recall", STATION_ACT_RECALL},
                {"in_room", STATION_ACT_IN_ROOM},
                {"absent", STATION_ACT_ABSENT},
                {"hold", STATION_ACT_HOLD}};
    struct fixture *f = *state;
    site_issue(&f->site, 1, 1);
    site_issue(&f->site, 2, 1);
    enter(f);
    assert_string_equal(view(f)->next, "1");
    assert_int_equal(f->view.row_count, 2);
    assert_string_equal(f->view.called, "");
    assert_false(tap(f, "recall")); /* nobody is called */
    assert_true(tap(f, "next"));
    assert_int_equal(f->act.kind, STATION_ACT_NEXT);
    assert_int_equal(f->act.desk_no, 1);
    staff_flow_acted(&f->flow, f->request + 1, "act.nobody", f->world.now);
    assert_string_equal(view(f)->result, ""); /* another's answer */
    staff_flow_acted(&f->flow, f->request, "", f->world.now);
    assert_string_equal(view(f)->result, "staff.done");
    assert_true(f->view.result_good);
    (void)site_call(&f->site, 1, f->act.room);
    assert_string_equal(view(f)->called, "1");
    for (int i = 0; i < 4; i++) {
        assert_true(tap(f, acts[i].widget));
        assert_int_equal(f->act.kind, acts[i].kind);
        assert_string_equal(f->act.ticket, site_ticket_id(1));
    }
    assert_true(tap(f, "row:0"));
    assert_int_equal(f->act.kind, STATION_ACT_CALL);
    assert_string_equal(f->act.ticket, site_ticket_id(2));
    assert_false(tap(f, "row:7"));
}

static void test_absent_people_stay_in_the_list(void **state)
{
    struct fixture *f = *state;
    bool absent = false;
    site_issue(&f->site, 1, 1);
    site_issue(&f->site, 2, 1);
    (void)site_call(&f->site, 1, "");
    (void)site_do(&f->site, EVENT_ABSENT, 1);
    enter(f);
    assert_int_equal(view(f)->row_count, 2);
    for (int i = 0; i < 2; i++)
        absent = absent || strcmp(f->view.rows[i].state, "staff.state.absent") == 0;
    assert_true(absent);
}

/* A small panel has the list on a page of its own. */
static void test_people(void **state)
{
    struct fixture *f = *state;
    for (int n = 1; n <= 5; n++)
        site_issue(&f->site, n, 1);
    enter(f);
    assert_true(tap(f, "people"));
    assert_int_equal(view(f)->screen, STAFF_PEOPLE);
    assert_int_equal(f->view.row_count, 5);
    assert_true(tap(f, "list"));
    assert_int_equal(view(f)->page, 1);
    assert_true(tap(f, "row:4"));
    assert_int_equal(f->act.kind, STATION_ACT_CALL);
    assert_string_equal(f->act.ticket, site_ticket_id(5));
    assert_int_equal(view(f)->screen, STAFF_PEOPLE);
    assert_false(tap(f, "pause")); /* not on this page */
    assert_true(tap(f, "number"));
    assert_string_equal(view(f)->title, "staff.number_title");
    assert_true(tap(f, "close"));
    assert_true(tap(f, "people"));
    assert_true(tap(f, "close"));
    assert_int_equal(view(f)->screen, STAFF_MENU);
}

static void type(struct fixture *f, const char *number)
{
    for (; *number != '\0'; number++) {
        char widget[8];
        snprintf(widget, sizeof widget, "key:%c", *number);
        assert_true(tap(f, widget));
    }
}

static void test_number_and_reissue(void **state)
{
    struct fixture *f = *state;
    enter(f);
    assert_true(tap(f, "number"));
    assert_string_equal(view(f)->title, "staff.number_title");
    assert_false(tap(f, "enter"));
    type(f, "A12");
    assert_true(tap(f, "enter"));
    assert_int_equal(f->act.kind, STATION_ACT_CALL);
    assert_int_equal(f->act.number.letter, 'A');
    assert_int_equal(f->act.number.value, 12);
    assert_int_equal(view(f)->screen, STAFF_MENU);
    assert_true(tap(f, "reissue"));
    assert_string_equal(view(f)->title, "staff.reissue_title");
    type(f, "3");
    assert_true(tap(f, "enter"));
    assert_int_equal(f->act.kind, STATION_ACT_REISSUE);
    assert_int_equal(f->act.number.value, 3);
    assert_true(tap(f, "number"));
    assert_true(tap(f, "close")); /* back to the menu, not out of it */
    assert_int_equal(view(f)->screen, STAFF_MENU);
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        char letter;
        int value;
    } good[] = {{"1", 0, 1}, {"999", 0, 999}, {"a3", 'A', 3}, {"007", 0, 7}};
    static const char *const bad[] = {"", "0", "A", "1000", "1a", "AA1", "-1", " 1"};
    struct number number;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(staff_number(good[i].text, &number));
        assert_int_equal(number.letter, good[i].letter);
        assert_int_equal(number.value, good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(staff_number(bad[i], &number));
}

static void test_tools(void **state)
{
    struct fixture *f = *state;
    enter(f);
    assert_true(tap(f, "printer"));
    f->told = "staff.usb_writing";
    assert_true(tap(f, "usb"));
    assert_string_equal(view(f)->result, "staff.usb_writing");
    staff_flow_tell(&f->flow, "staff.no_usb", false, f->world.now);
    assert_false(view(f)->result_good);
    assert_true(tap(f, "volume"));
    assert_true(tap(f, "louder"));
    assert_int_equal(f->volume, 100);
    assert_true(tap(f, "softer"));
    assert_int_equal(f->volume, 90);
    assert_true(tap(f, "close"));
    assert_true(tap(f, "restart")); /* asks first */
    assert_int_equal(f->tools & 1 << STAFF_TOOL_RESTART, 0);
    assert_true(tap(f, "back"));
    assert_true(tap(f, "restart"));
    assert_true(tap(f, "restart"));
    assert_int_equal(f->tools,
                     1 << STAFF_TOOL_PRINTER | 1 << STAFF_TOOL_USB | 1 << STAFF_TOOL_RESTART);
}

/* Whoever makes a computer trust the kiosk's own page compares what stands here. */
static void test_page_of_the_kiosk(void **state)
{
    struct fixture *f = *state;
    enter(f);
    assert_string_equal(view(f)->address, ""); /* there is no such page */
    snprintf(f->world.lan_url, sizeof f->world.lan_url, "https://192.0.2.24:8443");
    snprintf(f->world.lan_fingerprint, sizeof f->world.lan_fingerprint, "3A:0F:E1");
    assert_true(tap(f, "lan"));
    assert_int_equal(view(f)->screen, STAFF_LAN);
    assert_string_equal(f->view.address, "https://192.0.2.24:8443/staff/");
    assert_string_equal(f->view.fingerprint, "3A:0F:E1");
    assert_false(tap(f, "next"));
    assert_true(tap(f, "back"));
    assert_int_equal(view(f)->screen, STAFF_MENU);
    assert_true(tap(f, "people")); /* where a small panel has the button */
    assert_true(tap(f, "lan"));
    assert_int_equal(view(f)->screen, STAFF_LAN);
}

static void test_pause(void **state)
{
    struct fixture *f = *state;
    enter(f);
    assert_true(tap(f, "pause"));
    assert_int_equal(f->act.kind, STATION_ACT_PAUSE);
    f->site.queue.desks[0].paused = true;
    assert_true(view(f)->paused);
    assert_true(tap(f, "pause"));
    assert_int_equal(f->act.kind, STATION_ACT_RESUME);
    f->result = -11;
    assert_true(tap(f, "pause"));
    assert_string_equal(view(f)->result, "act.failed");
}

static void test_closes_by_itself(void **state)
{
    struct fixture *f = *state;
    enter(f);
    f->world.now += STAFF_IDLE_MS - 1;
    assert_false(staff_flow_tick(&f->flow, f->world.now));
    assert_int_equal(view(f)->seconds_left, 1);
    assert_true(tap(f, "list"));
    assert_int_equal(view(f)->seconds_left, 60);
    f->world.now += STAFF_IDLE_MS;
    assert_true(staff_flow_tick(&f->flow, f->world.now));
    assert_false(staff_flow_is_open(&f->flow));
    assert_true(staff_flow_deadline(&f->flow, f->world.now) == INT64_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pin),
        TEST(test_next_and_what_follows),
        TEST(test_absent_people_stay_in_the_list),
        TEST(test_people),
        TEST(test_number_and_reissue),
        cmocka_unit_test(test_numbers),
        TEST(test_tools),
        TEST(test_page_of_the_kiosk),
        TEST(test_pause),
        TEST(test_closes_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
