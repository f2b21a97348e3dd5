/* Numbers: each series gives its own, from where it stands, and never one that somebody holds. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "site.h"

static const int64_t HOUR_MS = INT64_C(3600) * 1000;

/* Desk 1: range 1..99, 501..503 for web and phone, service "first" with prefix K. */
static int setup(void **state)
{
    static struct site site;
    site_open(&site);
    struct settings *settings = site_settings(&site);
    settings->desks[0].web_first = 501;
    settings->desks[0].web_last = 503;
    settings->services[0].prefix = 'K';
    settings->services[1] = settings->services[0];
    strcpy(settings->services[1].id, "again");
    settings->services[1].prefix = '\0';
    settings->service_count = 2;
    site_change(&site, settings);
    *state = &site;
    return 0;
}

static const char *next(const struct site *site, const char *service, enum channel channel)
{
    static char text[NUMBER_TEXT_SIZE];
    number_format(queue_next_number(&site->queue, 1, service, channel), text);
    return text;
}

static void give(struct site *site, int ticket, const char *service, enum channel channel)
{
    struct event event = site_event(site, EVENT_ISSUED, ticket);
    event.desk_no = 1;
    event.channel = channel;
    (void)snprintf(event.service, sizeof event.service, "%s", service);
    event.number = queue_next_number(&site->queue, 1, service, channel);
    assert_verdict(site_apply(site, &event), "applied");
}

static void a_service_with_a_prefix_has_its_own_series(void **state)
{
    struct site *site = *state;
    give(site, 1, "first", CHANNEL_KIOSK);
    give(site, 2, "again", CHANNEL_KIOSK);
    give(site, 3, "first", CHANNEL_WEB); /* the service's letter, wherever it was taken */
    assert_int_equal(site_ticket(site, 1)->number.letter, 'K');
    assert_int_equal(site_ticket(site, 3)->number.value, 2);
    assert_int_equal(site_ticket(site, 2)->number.letter, 0);
    assert_string_equal(next(site, "first", CHANNEL_KIOSK), "K3");
    assert_string_equal(next(site, "again", CHANNEL_KIOSK), "2");
    assert_string_equal(next(site, "unknown", CHANNEL_KIOSK), "2");
    assert_int_equal(queue_next_number(&site->queue, 2, "first", CHANNEL_KIOSK).value, 101);
}

static void web_and_phone_have_their_own_range(void **state)
{
    struct site *site = *state;
    give(site, 1, "", CHANNEL_WEB);
    give(site, 2, "again", CHANNEL_PHONE);
    give(site, 3, "", CHANNEL_DESK);
    assert_int_equal(site_ticket(site, 1)->number.value, 501);
    assert_int_equal(site_ticket(site, 2)->number.value, 502);
    assert_int_equal(site_ticket(site, 3)->number.value, 1);
    give(site, 4, "", CHANNEL_WEB);
    assert_string_equal(next(site, "", CHANNEL_WEB), ""); /* used up: nobody else's */
    assert_string_equal(next(site, "", CHANNEL_KIOSK), "2");
    assert_int_equal(queue_next_number(&site->queue, 2, "", CHANNEL_WEB).value, 101); /* shared */
}

static void unused_and_live_numbers_are_passed_over_in_every_series(void **state)
{
    struct site *site = *state;
    struct settings *settings = site_settings(site);
    settings->unused[0] = 1;
    settings->unused[1] = 501;
    settings->unused_count = 2;
    site_change(site, settings);
    assert_string_equal(next(site, "first", CHANNEL_KIOSK), "K2");
    assert_string_equal(next(site, "", CHANNEL_WEB), "502");
    assert_string_equal(next(site, "", CHANNEL_KIOSK), "2");
    struct event taken = site_event(site, EVENT_TAKEN, 9); /* of an offer that a restore forgot */
    taken.desk_no = 1;
    taken.number = (struct number){'K', 2};
    strcpy(taken.device, site_kiosk_a);
    assert_verdict(site_apply(site, &taken), "applied");
    assert_string_equal(next(site, "first", CHANNEL_KIOSK), "K3");
}

static void every_series_of_the_cloud_restarts_with_a_day_and_skips_who_is_left(void **state)
{
    struct site *site = *state;
    give(site, 1, "first", CHANNEL_KIOSK);
    give(site, 2, "first", CHANNEL_KIOSK);
    give(site, 3, "", CHANNEL_WEB);
    assert_verdict(site_do(site, EVENT_DONE, 1), "applied");
    assert_verdict(site_do(site, EVENT_DONE, 3), "applied");
    site->now += 15 * HOUR_MS;
    site_session(site, "2026-11-25", SESSION_AM, RULES_MAX);
    assert_string_equal(next(site, "first", CHANNEL_KIOSK), "K1");
    assert_string_equal(next(site, "", CHANNEL_WEB), "501");
    give(site, 4, "first", CHANNEL_KIOSK);
    assert_string_equal(next(site, "first", CHANNEL_KIOSK), "K3"); /* K2 waits since yesterday */
}

/* The two sets of letters never meet: a K5 of a kiosk that is cut off and a K5 of the cloud would
 * be one number live twice. */
static void a_letter_is_a_services_or_a_devices(void **state)
{
    struct site *site = *state;
    struct event device = site_event(site, EVENT_DEVICE, 0);
    strcpy(device.device, "cccccccc-0000-4000-8000-000000000003");
    device.number.letter = 'K';
    struct judgement judgement = site_apply(site, &device);
    assert_verdict(judgement, "refused");
    assert_string_equal(reason_name(judgement.reason), "letter_given");
    assert_int_equal(queue_free_letter(&site->queue), 'X'); /* A and R are given */
    struct settings settings = site->queue.settings;
    settings.services[1].prefix = 'R';
    struct event change = site_event(site, EVENT_SETTINGS, 0);
    change.settings = &settings;
    judgement = site_apply(site, &change);
    assert_verdict(judgement, "refused");
    assert_string_equal(reason_name(judgement.reason), "letter_given");
    char error[80] = "";
    assert_int_not_equal(queue_settings_fit(&site->queue, &settings, error, sizeof error), 0);
    assert_string_equal(error, "services[1].prefix: R is the letter of a device");
    settings.services[1].prefix = 'X';
    assert_int_equal(queue_settings_fit(&site->queue, &settings, error, sizeof error), 0);
    assert_verdict(site_apply(site, &change), "applied");
    assert_int_equal(queue_free_letter(&site->queue), 'Y');
}

/* A kiosk may not make numbers of the cloud's series up, letters included. */
static void a_device_issues_no_number_of_a_prefix(void **state)
{
    struct site *site = *state;
    struct event event = site_event(site, EVENT_ISSUED, 1);
    event.desk_no = 1;
    event.number = (struct number){'K', 1};
    event.counter = 1;
    strcpy(event.device, site_kiosk_a);
    assert_verdict(site_apply(site, &event), "refused");
    event.number.letter = 'L'; /* nobody's */
    assert_verdict(site_apply(site, &event), "refused");
}

/* After a restore of the cloud every series jumps past what may have been issued. */
static void every_series_jumps_after_a_restore(void **state)
{
    struct site *site = *state;
    struct event jump = site_event(site, EVENT_JUMPED, 0);
    jump.desk_no = 1;
    jump.number.value = 40;
    assert_verdict(site_apply(site, &jump), "applied");
    jump.channel = CHANNEL_WEB;
    jump.number.value = 503;
    assert_verdict(site_apply(site, &jump), "applied");
    jump.channel = CHANNEL_KIOSK;
    jump.number = (struct number){'K', 12};
    assert_verdict(site_apply(site, &jump), "applied");
    assert_string_equal(next(site, "", CHANNEL_KIOSK), "40");
    assert_string_equal(next(site, "", CHANNEL_WEB), "503");
    assert_string_equal(next(site, "first", CHANNEL_KIOSK), "K12");
    jump.number.letter = 'A'; /* a device's own series is not the cloud's to move */
    assert_verdict(site_apply(site, &jump), "superseded");
}

/* A kiosk of the first rules cannot follow prefixes and ranges: its site's session pins rules 1. */
static void under_rules_1_there_is_only_the_main_range(void **state)
{
    struct site *site = *state;
    site_session(site, "2026-11-24", SESSION_PM, 1);
    assert_string_equal(next(site, "first", CHANNEL_KIOSK), "1");
    assert_string_equal(next(site, "", CHANNEL_WEB), "1");
    struct event event = site_event(site, EVENT_ISSUED, 1);
    event.desk_no = 1;
    event.number = (struct number){'K', 1};
    assert_verdict(site_apply(site, &event), "refused");
}

/* Two reported `taken` for a desk that does not exist wrote before the list of desks. */
static void a_taken_that_names_no_desk_counts_at_the_offers(void **state)
{
    struct site *site = *state;
    struct event offer = site_event(site, EVENT_OFFERED, 1);
    offer.desk_no = 1;
    offer.number.value = 7;
    strcpy(offer.device, site_kiosk_a);
    assert_verdict(site_apply(site, &offer), "applied");
    struct event taken = site_event(site, EVENT_TAKEN, 1);
    taken.desk_no = 77;
    taken.number.value = 7;
    strcpy(taken.device, site_kiosk_a);
    assert_verdict(site_apply(site, &taken), "applied");
    assert_int_equal(site_ticket(site, 1)->desk_no, 1);
    assert_string_equal(next(site, "", CHANNEL_KIOSK), "8");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_service_with_a_prefix_has_its_own_series),
        T(web_and_phone_have_their_own_range),
        T(unused_and_live_numbers_are_passed_over_in_every_series),
        T(every_series_of_the_cloud_restarts_with_a_day_and_skips_who_is_left),
        T(a_letter_is_a_services_or_a_devices),
        T(a_device_issues_no_number_of_a_prefix),
        T(every_series_jumps_after_a_restore),
        T(under_rules_1_there_is_only_the_main_range),
        T(a_taken_that_names_no_desk_counts_at_the_offers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
