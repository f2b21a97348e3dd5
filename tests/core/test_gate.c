/* queue_intake(): the one gate of issuing. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "site.h"

static const int64_t HOUR_MS = INT64_C(3600) * 1000;

#define assert_gate(site, desk, channel, wanted)                                                   \
    assert_string_equal(                                                                           \
        intake_gate_name(queue_intake(&(site)->queue, desk, CHANNEL_##channel, (site)->now)),      \
        wanted)

static void issue(struct site *site, int ticket, int desk_no, enum channel channel)
{
    struct event event = site_event(site, EVENT_ISSUED, ticket);
    event.desk_no = desk_no;
    event.channel = channel;
    event.number = queue_next_number(&site->queue, desk_no, "", channel);
    assert_verdict(site_apply(site, &event), "applied");
}

static void what_the_contract_or_the_clinic_does_not_give_is_no_service(void **state)
{
    struct site *site = *state;
    assert_gate(site, 1, KIOSK, "open");
    assert_gate(site, 3, KIOSK, "no_service"); /* payment gives no numbers */
    assert_gate(site, 9, KIOSK, "no_service");
    struct settings *settings = site_settings(site);
    settings->reservation_service = false;
    site_change(site, settings);
    assert_gate(site, 1, KIOSK, "no_service");
}

/* Terms 12: suspension stops taking patients in; who has a ticket is served to the session's end.
 */
static void article_12_suspension_stops_intake_and_nothing_else(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    struct settings *settings = site_settings(site);
    settings->reservation_suspended = true;
    site_change(site, settings);
    assert_gate(site, 1, KIOSK, "suspended");
    assert_gate(site, 1, WEB, "suspended");
    assert_verdict(site_call(site, 1, "r1"), "applied");
    assert_verdict(site_do(site, EVENT_DONE, 1), "applied");
    settings = site_settings(site);
    settings->reservation_suspended = false;
    settings->video_suspended = true; /* stopping the video service never stops the queue */
    site_change(site, settings);
    assert_gate(site, 1, KIOSK, "open");
}

/* Tuesdays 9 to 12 and 14 to 18, nothing else. */
static void give_hours(struct site *site)
{
    struct settings *settings = site_settings(site);
    settings->has_hours = true;
    for (int day = 0; day < 7; day++)
        for (int i = 0; i < SESSION_KIND_COUNT; i++)
            settings->week[day][i] = (struct span){MINUTES_NONE, MINUTES_NONE};
    settings->week[2][SESSION_AM] = (struct span){9 * 60, 12 * 60};
    settings->week[2][SESSION_PM] = (struct span){14 * 60, 18 * 60};
    site_change(site, settings);
}

static void hours_close_the_gate_and_unknown_time_does_not(void **state)
{
    struct site *site = *state;
    give_hours(site);
    int64_t nine = INT64_C(1795478400000);
    const struct {
        int64_t after;
        const char *gate;
    } cases[] = {{-1, "before"},         {0, "open"},
                 {3 * HOUR_MS, "break"}, {5 * HOUR_MS, "open"},
                 {9 * HOUR_MS, "ended"}, {24 * HOUR_MS, "closed"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        site->now = nine + cases[i].after;
        assert_gate(site, 1, KIOSK, cases[i].gate);
    }
    site->now = QUEUE_TIME_UNKNOWN;
    assert_gate(site, 1, KIOSK, "open");
}

/* Staff end the morning at eleven: whoever comes reads that the afternoon follows. */
static void a_session_closed_early_is_not_yet_the_day(void **state)
{
    struct site *site = *state;
    give_hours(site);
    site->now = INT64_C(1795478400000) + 2 * HOUR_MS;
    struct event close = site_event(site, EVENT_SESSION_CLOSED, 0);
    close.session = site->queue.session;
    assert_verdict(site_apply(site, &close), "applied");
    assert_gate(site, 1, KIOSK, "break");
    site->now += 3 * HOUR_MS;
    assert_gate(site, 1, KIOSK, "open");
    site->now = QUEUE_TIME_UNKNOWN;
    assert_gate(site, 1, KIOSK, "ended");
    struct settings *settings = site_settings(site);
    settings->week[2][SESSION_PM] = (struct span){MINUTES_NONE, MINUTES_NONE};
    site_change(site, settings);
    site->now = INT64_C(1795478400000) + 2 * HOUR_MS;
    assert_gate(site, 1, KIOSK, "ended");
}

/* Pauses, closing and limits end with their session, whether or not the next one is opened yet. */
static void pauses_and_limits_end_with_their_session(void **state)
{
    struct site *site = *state;
    struct settings *settings = site_settings(site);
    settings->intake_limit = 1;
    site_change(site, settings);
    issue(site, 1, 1, CHANNEL_KIOSK);
    assert_gate(site, 1, KIOSK, "full");
    assert_gate(site, 2, KIOSK, "open");
    struct event pause = site_event(site, EVENT_PAUSED, 0);
    pause.desk_no = 2;
    assert_verdict(site_apply(site, &pause), "applied");
    assert_gate(site, 2, KIOSK, "paused");
    struct event close = site_event(site, EVENT_SESSION_CLOSED, 0);
    close.session = site->queue.session;
    assert_verdict(site_apply(site, &close), "applied");
    assert_gate(site, 1, KIOSK, "ended");
    site->now += 5 * HOUR_MS; /* afternoon: nobody has opened it yet */
    assert_gate(site, 1, KIOSK, "open");
    assert_gate(site, 2, KIOSK, "open");
    site->now = QUEUE_TIME_UNKNOWN;
    assert_gate(site, 1, KIOSK, "ended");
}

static void a_desk_has_its_own_limit_and_one_for_the_web(void **state)
{
    struct site *site = *state;
    struct settings *settings = site_settings(site);
    settings->intake_limit = 1;
    settings->desks[0].intake_limit = 4;
    settings->desks[0].web_limit = 2;
    site_change(site, settings);
    issue(site, 1, 1, CHANNEL_WEB);
    assert_gate(site, 1, WEB, "open");
    issue(site, 2, 1, CHANNEL_PHONE);
    assert_gate(site, 1, WEB, "full");
    assert_gate(site, 1, PHONE, "full");
    assert_gate(site, 1, KIOSK, "open");
    issue(site, 3, 1, CHANNEL_KIOSK);
    issue(site, 4, 1, CHANNEL_DESK);
    assert_gate(site, 1, KIOSK, "full");
    issue(site, 5, 2, CHANNEL_KIOSK);
    assert_gate(site, 2, KIOSK, "full"); /* the site's */
}

/* The patient went on to payment: the consultation has still given that ticket. */
static void a_transfer_gives_no_place_back(void **state)
{
    struct site *site = *state;
    struct settings *settings = site_settings(site);
    settings->intake_limit = 1;
    site_change(site, settings);
    issue(site, 1, 1, CHANNEL_KIOSK);
    struct event pay = site_event(site, EVENT_TRANSFERRED, 1);
    pay.desk_no = 3;
    assert_verdict(site_apply(site, &pay), "applied");
    assert_gate(site, 1, KIOSK, "full");
}

static void an_abandoned_offer_gives_its_place_back(void **state)
{
    struct site *site = *state;
    struct settings *settings = site_settings(site);
    settings->intake_limit = 1;
    site_change(site, settings);
    struct event offer = site_event(site, EVENT_OFFERED, 1);
    offer.desk_no = 1;
    offer.number.value = 1;
    assert_verdict(site_apply(site, &offer), "applied");
    assert_gate(site, 1, KIOSK, "full");
    assert_verdict(site_do(site, EVENT_ABANDONED, 1), "applied");
    assert_gate(site, 1, KIOSK, "open");
}

#define T(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_the_contract_or_the_clinic_does_not_give_is_no_service),
        T(article_12_suspension_stops_intake_and_nothing_else),
        T(hours_close_the_gate_and_unknown_time_does_not),
        T(a_session_closed_early_is_not_yet_the_day),
        T(pauses_and_limits_end_with_their_session),
        T(a_desk_has_its_own_limit_and_one_for_the_web),
        T(a_transfer_gives_no_place_back),
        T(an_abandoned_offer_gives_its_place_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
