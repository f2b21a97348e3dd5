/* The terminal's way from touch to ticket and back. */
#include "terminal_rig.h"

#include <string.h>

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
        TEST(test_party),
        TEST(test_party_without_a_slip),
        TEST(test_check_in),
        TEST(test_scan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
