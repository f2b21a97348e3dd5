/* What stands on the terminal before anybody touches it: hours, pauses, set-up, notices. */
#include "machine.h"
#include "terminal_rig.h"
#include "terminal_setup_view.h"

#include <string.h>

static void set_hours(struct settings *settings)
{
    settings->has_hours = true;
    for (int day = 0; day < 7; day++) {
        settings->week[day][SESSION_AM] = (struct span){8 * 60 + 30, 11 * 60 + 30};
        settings->week[day][SESSION_PM] = (struct span){15 * 60, 18 * 60};
        settings->week[day][SESSION_EVENING] = (struct span){MINUTES_NONE, MINUTES_NONE};
    }
}

static void test_hours(void **state)
{
    struct fixture *f = *state;
    static const struct {
        int hour;
        enum terminal_closed reason;
        const char *opens_at;
    } cases[] = {{7, CLOSED_BEFORE, "8:30"}, {12, CLOSED_BREAK, "15:00"}, {20, CLOSED_ENDED, ""}};
    int64_t midnight = INT64_C(1795478400000) - 9 * 3600000;
    set_hours(&f->site.queue.settings);
    for (int i = 0; i < 3; i++) {
        f->world.site_ms = midnight + cases[i].hour * INT64_C(3600000) + 61000;
        assert_int_equal(screen(f), TERMINAL_CLOSED);
        assert_int_equal(f->view.closed_reason, cases[i].reason);
        assert_string_equal(f->view.opens_at, cases[i].opens_at);
        assert_int_equal(f->view.hours_count, 2);
        assert_string_equal(f->view.hours[1].from, "15:00");
        assert_string_equal(f->view.hours[1].to, "18:00");
        assert_true(f->view.hours[0].over == (cases[i].hour > 11));
        assert_string_equal(f->view.date, "ja 11/24 w2");
        assert_false(tap(f, "service:first"));
    }
    f->world.site_ms = midnight + INT64_C(9) * 3600000; /* staff end the morning early */
    f->site.queue.session_closed = true;
    assert_int_equal(screen(f), TERMINAL_CLOSED);
    assert_int_equal(f->view.closed_reason, CLOSED_BREAK);
    assert_string_equal(f->view.opens_at, "15:00");
    assert_true(f->view.hours[0].over);
    assert_false(f->view.hours[1].over);
    f->site.queue.session_closed = false;
    f->world.site_ms = midnight + INT64_C(20) * 3600000;
    f->site.queue.settings.week[2][SESSION_AM].from = MINUTES_NONE;
    f->site.queue.settings.week[2][SESSION_PM].from = MINUTES_NONE;
    assert_int_equal(screen(f), TERMINAL_CLOSED);
    assert_int_equal(f->view.closed_reason, CLOSED_DAY);
    /* A device that does not know the time keeps issuing. */
    f->world.has_time = false;
    assert_int_equal(screen(f), TERMINAL_START);
    assert_string_equal(f->view.clock, "");
}

static void test_staff_pause_and_close(void **state)
{
    struct fixture *f = *state;
    f->site.queue.desks[0].paused = true;
    assert_int_equal(screen(f), TERMINAL_CLOSED);
    assert_int_equal(f->view.closed_reason, CLOSED_PAUSED);
    struct settings *settings = &f->site.queue.settings;
    settings->services[settings->service_count++] =
        (struct service){.id = "child", .desk_no = 2, .name = "こども", .persons = 1};
    assert_int_equal(screen(f), TERMINAL_START);
    assert_false(f->view.services[0].open);
    assert_true(f->view.services[1].open);
    assert_false(tap(f, "service:first"));
    assert_true(tap(f, "service:child"));
    pass(f, FLOW_WAIT_MS);
    pass(f, FLOW_SORRY_MS);
    f->site.queue.session_closed = true;
    assert_int_equal(screen(f), TERMINAL_CLOSED);
    assert_int_equal(f->view.closed_reason, CLOSED_ENDED);
    f->site.queue.settings.reservation_service = false;
    assert_int_equal(screen(f), TERMINAL_UNAVAILABLE);
}

static void test_setup(void **state)
{
    struct fixture *f = *state;
    f->status = (struct station_status){.error = "link.unreachable"};
    f->world.queue = NULL;
    f->world.has_time = false;
    f->world.printer = NULL;
    f->world.films = 0;
    assert_int_equal(screen(f), TERMINAL_SETUP);
    assert_int_equal(f->view.status_count, 5);
    assert_string_equal(f->view.pairing, "");
    for (int i = 0; i < f->view.status_count; i++)
        assert_false(f->view.status[i].good);
    assert_string_equal(f->view.status[1].name, "setup.cloud");
    assert_string_equal(f->view.status[1].value, "link.unreachable");
    assert_string_equal(f->view.advice, "setup.advice.cloud");
    strcpy(f->status.error, "link.untrusted");
    assert_string_equal(view(f)->advice, "setup.advice.ca");
    strcpy(f->status.error, "link.used_code");
    assert_string_equal(view(f)->advice, "setup.advice.code");
    strcpy(f->status.error, "link.pairing");
    strcpy(f->status.pairing, "ABCD-EFGH");
    strcpy(f->status.pairing_url, "https://cloud.example/pair/#ABCD-EFGH");
    assert_string_equal(view(f)->advice, "setup.advice.pair");
    assert_string_equal(f->view.pairing, "ABCD-EFGH");
    assert_string_equal(f->view.pairing_qr, "https://cloud.example/pair/#ABCD-EFGH");
    f->status.error[0] = '\0';
    f->status.pairing[0] = '\0';
    f->status.online = true;
    assert_string_equal(view(f)->advice, "setup.advice.code");
    f->status.enrolled = true;
    assert_string_equal(view(f)->advice, "setup.advice.settings");
    f->world.queue = &f->site.queue;
    f->world.printer = "media-empty-error";
    f->site.queue.settings.service_count = 0;
    assert_int_equal(screen(f), TERMINAL_SETUP);
    assert_string_equal(f->view.advice, "setup.advice.services");
    assert_string_equal(f->view.status[3].value, "setup.value.printer_paper");
    f->world.issues = false; /* a monitor needs no printer */
    assert_string_equal(view(f)->status[3].name, "setup.films");
}

static const struct terminal_status *line_of(const struct fixture *f, const char *name)
{
    for (int i = 0; i < f->view.status_count; i++)
        if (strcmp(f->view.status[i].name, name) == 0)
            return &f->view.status[i];
    fail_msg("no line %s", name);
    return NULL;
}

static void expect_line(struct fixture *f, const char *name, const char *value, bool good,
                        bool unknown)
{
    const struct terminal_status *line = line_of(f, name);
    assert_string_equal(line->value, value);
    assert_int_equal(line->good, good);
    assert_int_equal(line->unknown, unknown);
}

/* Of the player's self-test. */
static void test_setup_tells_what_cannot_be_played(void **state)
{
    struct fixture *f = *state;
    f->world.queue = NULL;
    assert_int_equal(screen(f), TERMINAL_SETUP);
    expect_line(f, "setup.films", "setup.value.films", true, false);
    f->world.codecs = "hevc,av1";
    (void)view(f);
    expect_line(f, "setup.films", "setup.value.films_some", false, false);
}

/* What the kernel does not tell has no tick before it, and no warning. */
static void test_setup_tells_the_boards_health(void **state)
{
    struct fixture *f = *state;
    struct machine machine = {.model = "Board", .serial = "1000", .free_bytes = 1000000000};
    f->status = (struct station_status){.error = "link.unreachable"};
    health_init(&f->status.health);
    f->world.machine = &machine;
    f->world.queue = NULL;
    (void)view(f);
    expect_line(f, "setup.serial", "1000", true, false);
    expect_line(f, "setup.address", "setup.value.no_link", false, false);
    expect_line(f, "setup.power", "setup.value.unknown", false, true);
    expect_line(f, "setup.clock_source", "setup.value.unknown", false, true);
    assert_true(line_of(f, "setup.heat")->unknown && line_of(f, "setup.card")->unknown);
    f->status.health = (struct health){.celsius = HEALTH_HOT,
                                       .worn = HEALTH_UNKNOWN,
                                       .io_errors = HEALTH_UNKNOWN,
                                       .reserve = HEALTH_UNKNOWN,
                                       .clock = HEALTH_CLOCK_NTP};
    machine.linked = true;
    (void)view(f);
    expect_line(f, "setup.address", "setup.value.no_address", false, false);
    expect_line(f, "setup.power", "setup.value.power_good", true, false);
    expect_line(f, "setup.clock_source", "setup.value.clock_ntp", true, false);
    assert_true(line_of(f, "setup.heat")->good && line_of(f, "setup.card")->good);
    f->status.health.under_voltage = 1;
    f->status.health.celsius = HEALTH_HOT + 1;
    f->status.health.fs_errors = 2;
    f->status.health.clock = HEALTH_CLOCK_NONE;
    (void)view(f);
    expect_line(f, "setup.power", "setup.value.power_low", false, false);
    expect_line(f, "setup.clock_source", "setup.value.clock_none", false, false);
    assert_false(line_of(f, "setup.heat")->good || line_of(f, "setup.heat")->unknown);
    assert_false(line_of(f, "setup.card")->good || line_of(f, "setup.card")->unknown);
}

/* While it starts nothing is called wrong that nobody has looked at yet. */
static void test_setup_while_it_starts(void **state)
{
    struct fixture *f = *state;
    static const char *const open[] = {"setup.address", "setup.clock", "setup.clock_source",
                                       "setup.cloud", "setup.printer"};
    struct machine machine = {.model = "Board", .serial = "1000", .free_bytes = 1000000000};
    f->status = (struct station_status){.enrolled = true, .letter = 'B'};
    health_init(&f->status.health);
    f->status.health.clock = HEALTH_CLOCK_NONE;
    f->world.machine = &machine;
    terminal_setup_starting(&f->world, NULL, &f->view);
    assert_int_equal(f->view.screen, TERMINAL_SETUP);
    assert_string_equal(f->view.advice, "setup.advice.starting");
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        expect_line(f, open[i], "setup.value.checking", false, true);
    for (int i = 0; i < f->view.status_count; i++)
        assert_true(f->view.status[i].good || f->view.status[i].unknown);
    f->status = (struct station_status){.enrolled = false};
    f->world.issues = false;
    machine.address_count = 1;
    strcpy(machine.addresses[0], "eth0 192.0.2.24");
    terminal_setup_starting(&f->world, NULL, &f->view);
    expect_line(f, "setup.device", "setup.value.not_enrolled", false, false);
    expect_line(f, "setup.address", "eth0 192.0.2.24", true, false);
    for (int i = 0; i < f->view.status_count; i++)
        assert_string_not_equal(f->view.status[i].name, "setup.printer");
}

/* A kiosk that leaves its site, with a line or without, and one that the cloud has revoked: neither
 * offers what it would refuse. */
static void test_a_kiosk_that_may_give_nothing_offers_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(screen(f), TERMINAL_START);
    strcpy(f->status.error, "link.moving");
    assert_int_equal(screen(f), TERMINAL_SETUP);
    assert_string_equal(f->view.advice, "setup.advice.moving");
    assert_string_equal(line_of(f, "setup.cloud")->value, "link.moving");
    strcpy(f->status.error, "link.revoked");
    assert_int_equal(screen(f), TERMINAL_UNAVAILABLE);
    assert_false(terminal_flow_takes_bookings(&f->world));
}

/* Patients read the sorry sentence, without its cause; who holds the clinic's name reads the cause
 * and what to do, once a hold, and the screen goes back by itself. */
static void test_a_revoked_kiosk_tells_the_technician(void **state)
{
    struct fixture *f = *state;
    assert_false(terminal_flow_status(&f->flow, &f->world)); /* all is well: the staff menu opens */
    f->status.enrolled = true;
    strcpy(f->status.error, "link.revoked");
    assert_int_equal(screen(f), TERMINAL_UNAVAILABLE);
    assert_true(terminal_flow_status(&f->flow, &f->world));
    assert_int_equal(screen(f), TERMINAL_SETUP);
    assert_string_equal(f->view.advice, "setup.advice.revoked");
    assert_int_equal(f->view.seconds_total, FLOW_STATUS_MS / 1000);
    bool told = false;
    for (int i = 0; i < f->view.status_count; i++)
        told = told ||
               (strcmp(f->view.status[i].name, "setup.device") == 0 &&
                strcmp(f->view.status[i].value, "link.revoked") == 0 && !f->view.status[i].good);
    assert_true(told);
    f->status.replaced = true; /* a new code would make it a second one beside the new card */
    assert_string_equal(view(f)->advice, "setup.advice.replaced");
    expect_line(f, "setup.device", "setup.value.replaced", false, false);
    f->status.replaced = false;
    assert_false(terminal_flow_status(&f->flow, &f->world)); /* again: the staff menu */
    pass(f, FLOW_STATUS_MS);
    assert_int_equal(screen(f), TERMINAL_UNAVAILABLE);
}

/* Full or paused: no new numbers, but those who booked still say that they have come. */
static void test_check_in_while_paused(void **state)
{
    struct fixture *f = *state;
    f->site.queue.desks[0].paused = true;
    assert_int_equal(screen(f), TERMINAL_CLOSED);
    assert_true(f->view.show_checkin);
    assert_true(tap(f, "checkin"));
    assert_int_equal(screen(f), TERMINAL_CHECKIN);
    assert_true(terminal_flow_key(&f->flow, &f->world, FLOW_KEY_ESCAPE));
    assert_int_equal(screen(f), TERMINAL_CLOSED);
}

static void test_full(void **state)
{
    struct fixture *f = *state;
    f->site.queue.settings.intake_limit = 1;
    (void)site_issue(&f->site, 1, 1);
    assert_int_equal(screen(f), TERMINAL_CLOSED);
    assert_int_equal(f->view.closed_reason, CLOSED_FULL);
}

static void test_notice(void **state)
{
    struct fixture *f = *state;
    struct settings *settings = &f->site.queue.settings;
    assert_string_equal(view(f)->notice, "");
    f->world.printer = "media-low-warning";
    assert_string_equal(view(f)->notice, "");
    f->world.printer = "media-empty-error";
    assert_string_equal(view(f)->notice, "notice.printer");
    assert_true(f->view.notice_urgent);
    f->world.printer = "none";
    settings->maintenance_from = f->world.site_ms + FLOW_AHEAD_MS;
    settings->maintenance_to = settings->maintenance_from + 3600000;
    assert_string_equal(view(f)->notice, "notice.maintenance");
    assert_false(f->view.notice_urgent);
    settings->maintenance_from++;
    assert_string_equal(view(f)->notice, "");
    f->world.site_ms = settings->maintenance_to;
    assert_string_equal(view(f)->notice, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_hours),
        TEST(test_staff_pause_and_close),
        TEST(test_setup),
        TEST(test_setup_tells_what_cannot_be_played),
        TEST(test_setup_tells_the_boards_health),
        TEST(test_setup_while_it_starts),
        TEST(test_a_kiosk_that_may_give_nothing_offers_nothing),
        TEST(test_a_revoked_kiosk_tells_the_technician),
        TEST(test_check_in_while_paused),
        TEST(test_full),
        TEST(test_notice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
