/* The terminal's way from touch to ticket and back. */
#include "test.h"

#include "site.h"
#include "terminal_flow.h"

#include <stdlib.h>
#include <string.h>

struct fixture {
    struct site site;
    struct station_status status;
    struct terminal_world world;
    struct terminal_flow flow;
    struct terminal_view view;
    int issues, prints;
    int64_t request;
    int issue_result;
    bool print_result;
    struct station_wish wish;
    char code[64]; /* asked for at check-in */
};

static int issue(void *context, int64_t request, const struct station_wish *wish)
{
    struct fixture *f = context;
    f->issues++;
    f->request = request;
    f->wish = *wish;
    return f->issue_result;
}

static int check_in(void *context, int64_t request, const char *code, const char *language)
{
    struct fixture *f = context;
    f->request = request;
    snprintf(f->wish.language, sizeof f->wish.language, "%s", language);
    snprintf(f->code, sizeof f->code, "%s", code);
    return 0;
}

static bool print(void *context, const struct station_ticket *ticket)
{
    struct fixture *f = context;
    assert_true(ticket->print_count > 0);
    f->prints++;
    return f->print_result;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct terminal_actions actions = {
        .issue = issue, .check_in = check_in, .print = print, .context = f};
    site_open(&f->site);
    f->status = (struct station_status){.enrolled = true, .online = true, .clock_trusted = true};
    f->world = (struct terminal_world){.now = 1000,
                                       .site_ms = f->site.now,
                                       .has_time = true,
                                       .queue = &f->site.queue,
                                       .station = &f->status,
                                       .issues = true,
                                       .printer = "none",
                                       .films = 3};
    f->print_result = true;
    terminal_flow_init(&f->flow, &actions);
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

static const struct terminal_view *view(struct fixture *f)
{
    terminal_flow_view(&f->flow, &f->world, NULL, &f->view);
    return &f->view;
}

static enum terminal_screen screen(struct fixture *f)
{
    assert_int_equal(terminal_flow_screen(&f->flow, &f->world), view(f)->screen);
    return f->view.screen;
}

static struct station_ticket ticket(int n)
{
    struct station_ticket made = {.number = {0, n}, .desk_no = 1, .before = 2, .print_count = 1};
    snprintf(made.id, sizeof made.id, "%s", site_ticket_id(n));
    strcpy(made.service, "first");
    strcpy(made.url, "https://c/t/ABC");
    made.accepted_ms = INT64_C(1795478400000);
    return made;
}

static void pass(struct fixture *f, int64_t ms)
{
    f->world.now += ms;
    (void)terminal_flow_tick(&f->flow, &f->world);
}

static bool tap(struct fixture *f, const char *widget)
{
    return terminal_flow_tap(&f->flow, &f->world, widget);
}

/* Touch and ticket number n. */
static void take(struct fixture *f, int n)
{
    assert_true(tap(f, "service:first"));
    struct station_ticket made = ticket(n);
    terminal_flow_ticket(&f->flow, &f->world, f->request, &made);
}

static void test_touch_to_ticket(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(screen(f), TERMINAL_START);
    assert_int_equal(f->view.service_count, 1);
    assert_string_equal(f->view.services[0].id, "first");
    assert_true(f->view.services[0].open);
    assert_string_equal(f->view.clinic, "さくら台クリニック");
    assert_true(tap(f, "service:first"));
    assert_string_equal(f->wish.service, "first");
    assert_string_equal(f->wish.language, "ja");
    assert_int_equal(f->wish.persons, 1);
    assert_false(f->wish.no_voice);
    assert_int_equal(screen(f), TERMINAL_WAIT);

    struct station_ticket made = ticket(14);
    terminal_flow_ticket(&f->flow, &f->world, f->request, &made);
    assert_int_equal(screen(f), TERMINAL_TICKET);
    assert_int_equal(f->prints, 1);
    assert_string_equal(f->view.number, "14");
    assert_string_equal(f->view.service, "はじめて");
    assert_string_equal(f->view.before_at, "9:00");
    assert_string_equal(f->view.qr, "https://c/t/ABC");
    assert_int_equal(f->view.before, 2);
    assert_false(f->view.slip_done);
    assert_true(f->view.slip_ms > 0);
    terminal_flow_slip(&f->flow, made.id, PRINT_DONE, f->world.now);
    assert_true(view(f)->slip_done);
    assert_int_equal(f->view.slip_ms, 0);
    assert_true(tap(f, "finish"));
    assert_int_equal(screen(f), TERMINAL_START);
}

static void test_double_tap_is_one_ticket(void **state)
{
    struct fixture *f = *state;
    assert_true(terminal_flow_press(&f->flow, "service:first", f->world.now));
    assert_string_equal(view(f)->pressed, "service:first");
    assert_true(tap(f, "service:first"));
    assert_string_equal(view(f)->pressed, "");
    assert_false(tap(f, "service:first"));
    assert_int_equal(f->issues, 1);
    /* The second tap of the finger lands on the ticket's screen, where something else stands. */
    struct station_ticket made = ticket(1);
    terminal_flow_ticket(&f->flow, &f->world, f->request, &made);
    assert_false(terminal_flow_press(&f->flow, "again", f->world.now + FLOW_GUARD_MS - 1));
    assert_true(terminal_flow_press(&f->flow, "again", f->world.now + FLOW_GUARD_MS));
}

static void test_countdown(void **state)
{
    struct fixture *f = *state;
    take(f, 1);
    terminal_flow_slip(&f->flow, site_ticket_id(1), PRINT_DONE, f->world.now);
    assert_false(tap(f, "code")); /* one person has one */
    assert_int_equal(view(f)->seconds_total, 20);
    assert_int_equal(f->view.seconds_left, 20);
    assert_int_equal(terminal_flow_deadline(&f->flow, f->world.now), f->world.now + 1000);
    pass(f, 1000);
    assert_int_equal(view(f)->seconds_left, 19);
    assert_int_equal(terminal_flow_deadline(&f->flow, f->world.now + 400), f->world.now + 1000);
    pass(f, 18999);
    assert_int_equal(view(f)->seconds_left, 1);
    assert_int_equal(screen(f), TERMINAL_TICKET);
    pass(f, 1);
    assert_int_equal(screen(f), TERMINAL_START);
    assert_true(terminal_flow_deadline(&f->flow, f->world.now) == INT64_MAX);
}

static void test_slip_not_confirmed(void **state)
{
    struct fixture *f = *state;
    take(f, 1);
    assert_int_equal(terminal_flow_deadline(&f->flow, f->world.now + 5999), f->world.now + 6000);
    terminal_flow_slip(&f->flow, site_ticket_id(1), PRINT_SUBMITTED, f->world.now);
    pass(f, 5999);
    assert_int_equal(screen(f), TERMINAL_TICKET);
    pass(f, 1);
    assert_int_equal(screen(f), TERMINAL_NO_SLIP);
    assert_int_equal(f->view.seconds_left, 60);
    /* It comes late after all. */
    pass(f, 3000);
    terminal_flow_slip(&f->flow, site_ticket_id(1), PRINT_DONE, f->world.now);
    assert_int_equal(screen(f), TERMINAL_TICKET);
    assert_true(f->view.slip_done);
    assert_int_equal(f->view.seconds_left, 20);
}

static void test_slip_fails(void **state)
{
    struct fixture *f = *state;
    take(f, 1);
    terminal_flow_slip(&f->flow, site_ticket_id(2), PRINT_FAILED, f->world.now);
    assert_int_equal(screen(f), TERMINAL_TICKET); /* another ticket's slip */
    terminal_flow_slip(&f->flow, site_ticket_id(1), PRINT_FAILED, f->world.now);
    assert_int_equal(screen(f), TERMINAL_NO_SLIP);
    pass(f, 30000);
    terminal_flow_slip(&f->flow, site_ticket_id(1), PRINT_UNKNOWN, f->world.now);
    assert_int_equal(view(f)->seconds_left, 30); /* a second failure gives no new minute */
    assert_false(tap(f, "again"));
    assert_true(tap(f, "longer"));
    assert_int_equal(view(f)->seconds_left, 90);
    assert_int_equal(f->view.seconds_total, 90);
    for (int i = 0; i < 10; i++)
        assert_true(tap(f, "longer"));
    assert_int_equal(view(f)->seconds_left, FLOW_LONGEST_MS / 1000);
    pass(f, FLOW_LONGEST_MS);
    assert_int_equal(screen(f), TERMINAL_START);
}

static void test_no_printer(void **state)
{
    struct fixture *f = *state;
    f->print_result = false;
    take(f, 1);
    assert_int_equal(screen(f), TERMINAL_NO_SLIP);
    assert_true(tap(f, "finish"));
    /* The station says that this slip must not be printed. */
    f->print_result = true;
    struct station_ticket made = ticket(2);
    made.print_count = 0;
    made.recovered = true;
    terminal_flow_ticket(&f->flow, &f->world, 0, &made);
    assert_int_equal(screen(f), TERMINAL_NO_SLIP);
    assert_int_equal(f->prints, 1);
}

static void test_language(void **state)
{
    struct fixture *f = *state;
    assert_true(tap(f, "language:en"));
    assert_string_equal(view(f)->language, "en");
    take(f, 1);
    assert_string_equal(f->wish.language, "en");
    assert_true(tap(f, "again"));
    assert_int_equal(screen(f), TERMINAL_START);
    assert_string_equal(f->view.language, "en"); /* the family speaks it too */
    take(f, 2);
    assert_true(tap(f, "finish"));
    assert_string_equal(view(f)->language, "ja");

    assert_true(tap(f, "language:ko"));
    assert_int_equal(terminal_flow_deadline(&f->flow, f->world.now), f->world.now + FLOW_IDLE_MS);
    pass(f, FLOW_IDLE_MS - 1);
    assert_string_equal(view(f)->language, "ko");
    (void)terminal_flow_press(&f->flow, "language:pt", f->world.now);
    pass(f, FLOW_IDLE_MS - 1);
    assert_string_equal(view(f)->language, "ko");
    pass(f, 1);
    assert_string_equal(view(f)->language, "ja");
    assert_true(tap(f, "languages"));
    assert_true(view(f)->languages_open);
    assert_true(tap(f, "back"));
    assert_false(view(f)->languages_open);
}

static void test_refused(void **state)
{
    struct fixture *f = *state;
    assert_true(tap(f, "service:first"));
    terminal_flow_refused(&f->flow, f->request + 1, "refused.full", f->world.now);
    assert_int_equal(screen(f), TERMINAL_WAIT);
    terminal_flow_refused(&f->flow, f->request, "refused.full", f->world.now);
    assert_int_equal(screen(f), TERMINAL_REFUSED);
    assert_string_equal(f->view.refused, "refused.full");
    assert_int_equal(f->view.seconds_left, 20);
    assert_false(tap(f, "service:first"));
    pass(f, FLOW_SORRY_MS);
    assert_int_equal(screen(f), TERMINAL_START);
    f->issue_result = -11;
    assert_true(tap(f, "service:first"));
    assert_int_equal(screen(f), TERMINAL_REFUSED);
    assert_true(tap(f, "finish"));
    assert_int_equal(screen(f), TERMINAL_START);
}

static void test_late_ticket_is_shown(void **state)
{
    struct fixture *f = *state;
    assert_true(tap(f, "service:first"));
    pass(f, FLOW_WAIT_MS);
    assert_int_equal(screen(f), TERMINAL_REFUSED);
    struct station_ticket made = ticket(5);
    terminal_flow_ticket(&f->flow, &f->world, f->request, &made);
    assert_int_equal(screen(f), TERMINAL_TICKET);
    assert_string_equal(f->view.number, "5");
}

static void test_recovered_tickets_wait_their_turn(void **state)
{
    struct fixture *f = *state;
    for (int n = 1; n <= FLOW_PENDING_MAX + 3; n++) {
        struct station_ticket made = ticket(n);
        made.recovered = true;
        terminal_flow_ticket(&f->flow, &f->world, 0, &made);
    }
    for (int n = 1; n <= FLOW_PENDING_MAX + 1; n++) {
        char number[8];
        snprintf(number, sizeof number, "%d", n);
        assert_int_equal(screen(f), TERMINAL_TICKET);
        assert_string_equal(f->view.number, number);
        assert_int_equal(f->prints, n); /* a slip is printed when its ticket is shown */
        assert_true(tap(f, "finish"));
    }
    assert_int_equal(screen(f), TERMINAL_START);
}

static void test_waits_only_for_its_own_ticket(void **state)
{
    struct fixture *f = *state;
    assert_true(tap(f, "service:first"));
    struct station_ticket made = ticket(3);
    made.recovered = true;
    terminal_flow_ticket(&f->flow, &f->world, 0, &made);
    assert_int_equal(screen(f), TERMINAL_WAIT);
    made = ticket(4);
    terminal_flow_ticket(&f->flow, &f->world, f->request, &made);
    assert_string_equal(view(f)->number, "4");
    assert_true(tap(f, "finish"));
    assert_string_equal(view(f)->number, "3");
}

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
    assert_string_equal(f->view.status[3].value, "media-empty-error");
    f->world.issues = false; /* a monitor needs no printer */
    assert_string_equal(view(f)->status[3].name, "setup.films");
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
    assert_string_equal(f->view.status[2].value, "link.moving");
    strcpy(f->status.error, "link.revoked");
    assert_int_equal(screen(f), TERMINAL_UNAVAILABLE);
    assert_false(terminal_flow_takes_bookings(&f->world));
}

static void test_party(void **state)
{
    struct fixture *f = *state;
    struct service *service = &f->site.queue.settings.services[0];
    assert_false(view(f)->show_family); /* the clinic's service is for one person at a time */
    service->persons = 4;
    assert_true(view(f)->show_family);
    assert_true(tap(f, "family"));
    assert_int_equal(screen(f), TERMINAL_PERSONS);
    assert_int_equal(f->view.persons_max, 4);
    assert_int_equal(f->view.seconds_left, 60);
    assert_true(tap(f, "no_voice"));
    assert_true(tap(f, "persons:3"));
    assert_int_equal(screen(f), TERMINAL_START);
    assert_int_equal(f->view.persons, 3);
    assert_false(f->view.services[0].one);
    service->persons = 2; /* changed meanwhile */
    assert_true(view(f)->services[0].one);
    assert_false(tap(f, "service:first"));
    service->persons = 4;
    assert_true(tap(f, "service:first"));
    assert_int_equal(f->wish.persons, 3);
    assert_true(f->wish.no_voice);
    for (int n = 1; n <= 3; n++) {
        struct station_ticket made = ticket(n);
        strcpy(made.family, site_ticket_id(1));
        made.person = n;
        made.persons = 3;
        snprintf(made.url, sizeof made.url, "https://c/t/%d", n);
        terminal_flow_ticket(&f->flow, &f->world, f->request, &made);
    }
    assert_int_equal(screen(f), TERMINAL_TICKET);
    assert_int_equal(f->view.number_count, 3);
    assert_string_equal(f->view.numbers[2], "3");
    assert_int_equal(f->prints, 3);
    /* Each person's code, one after another, with time to photograph it. */
    for (int n = 0; n < 4; n++) {
        char url[32];
        snprintf(url, sizeof url, "https://c/t/%d", n % 3 + 1);
        assert_string_equal(view(f)->qr, url);
        assert_int_equal(f->view.code, n % 3);
        pass(f, FLOW_CONFIRM_MS / 2);
        assert_true(tap(f, "code"));
        assert_int_equal(view(f)->seconds_left, FLOW_TICKET_MS / 1000);
        terminal_flow_slip(&f->flow, site_ticket_id(1), PRINT_DONE, f->world.now);
    }
    terminal_flow_slip(&f->flow, site_ticket_id(3), PRINT_DONE, f->world.now);
    assert_false(view(f)->slip_done);
    terminal_flow_slip(&f->flow, site_ticket_id(2), PRINT_DONE, f->world.now);
    assert_true(view(f)->slip_done);
    assert_true(tap(f, "finish"));
    assert_int_equal(view(f)->persons, 1); /* the next patient is one */
    assert_false(f->view.no_voice);
}

/* One slip of a party fails: all numbers stay to be photographed. */
static void test_party_without_a_slip(void **state)
{
    struct fixture *f = *state;
    assert_true(tap(f, "service:first"));
    for (int n = 1; n <= 2; n++) {
        struct station_ticket made = ticket(n);
        strcpy(made.family, site_ticket_id(1));
        terminal_flow_ticket(&f->flow, &f->world, f->request, &made);
    }
    terminal_flow_slip(&f->flow, site_ticket_id(1), PRINT_DONE, f->world.now);
    terminal_flow_slip(&f->flow, site_ticket_id(2), PRINT_FAILED, f->world.now);
    assert_int_equal(screen(f), TERMINAL_NO_SLIP);
    assert_int_equal(f->view.number_count, 2);
}

static void test_check_in(void **state)
{
    struct fixture *f = *state;
    assert_true(view(f)->show_checkin);
    assert_true(tap(f, "checkin"));
    assert_int_equal(screen(f), TERMINAL_CHECKIN);
    assert_false(tap(f, "enter")); /* nothing typed */
    for (const char *key = "1045"; *key != '\0'; key++) {
        char widget[8];
        snprintf(widget, sizeof widget, "key:%c", *key);
        assert_true(tap(f, widget));
    }
    assert_true(tap(f, "erase"));
    assert_true(terminal_flow_type(&f->flow, &f->world, '8'));
    assert_string_equal(view(f)->entry, "1048");
    pass(f, FLOW_ASIDE_MS - 1);
    assert_int_equal(screen(f), TERMINAL_CHECKIN);
    assert_true(tap(f, "enter"));
    assert_string_equal(f->code, "1048");
    assert_int_equal(screen(f), TERMINAL_WAIT);
    terminal_flow_refused(&f->flow, f->request, "refused.no_booking", f->world.now);
    assert_int_equal(screen(f), TERMINAL_REFUSED);
    assert_true(tap(f, "retry"));
    assert_int_equal(screen(f), TERMINAL_CHECKIN);
    assert_string_equal(f->view.entry, "");
    pass(f, FLOW_ASIDE_MS);
    assert_int_equal(screen(f), TERMINAL_START);
}

static void test_scan(void **state)
{
    struct fixture *f = *state;
    assert_true(tap(f, "languages") && tap(f, "language:en"));
    assert_true(terminal_flow_scan(&f->flow, &f->world, "https://c/t/ABCDEF"));
    assert_string_equal(f->code, "https://c/t/ABCDEF");
    assert_string_equal(f->wish.language, "en");
    assert_false(terminal_flow_scan(&f->flow, &f->world, "again")); /* one request at a time */
    struct station_ticket made = ticket(7);
    made.slot_from = INT64_C(1795478400000);
    made.slot_to = made.slot_from + 3600000;
    terminal_flow_ticket(&f->flow, &f->world, f->request, &made);
    assert_int_equal(screen(f), TERMINAL_TICKET);
    assert_string_equal(f->view.slot, "9:00〜10:00");
    assert_false(terminal_flow_scan(&f->flow, &f->world, "again")); /* somebody's ticket is shown */
    assert_true(tap(f, "finish"));
    f->site.queue.settings.reservation_suspended = true;
    assert_int_equal(screen(f), TERMINAL_UNAVAILABLE); /* terms 12: no cause is told */
    assert_false(f->view.no_service);
    assert_false(terminal_flow_scan(&f->flow, &f->world, "again"));
    assert_false(terminal_flow_type(&f->flow, &f->world, '1'));
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_touch_to_ticket),
        TEST(test_double_tap_is_one_ticket),
        TEST(test_countdown),
        TEST(test_slip_not_confirmed),
        TEST(test_slip_fails),
        TEST(test_no_printer),
        TEST(test_language),
        TEST(test_refused),
        TEST(test_late_ticket_is_shown),
        TEST(test_recovered_tickets_wait_their_turn),
        TEST(test_waits_only_for_its_own_ticket),
        TEST(test_hours),
        TEST(test_staff_pause_and_close),
        TEST(test_setup),
        TEST(test_a_kiosk_that_may_give_nothing_offers_nothing),
        TEST(test_party),
        TEST(test_party_without_a_slip),
        TEST(test_check_in),
        TEST(test_scan),
        TEST(test_check_in_while_paused),
        TEST(test_full),
        TEST(test_notice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
