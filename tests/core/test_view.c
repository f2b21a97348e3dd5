#include "test.h"

#include <string.h>

#include "site.h"
#include "view.h"

static int setup(void **state)
{
    static struct site site;
    site_open(&site);
    *state = &site;
    return 0;
}

static int teardown(void **state)
{
    site_close(*state);
    return 0;
}

static const char *text_at(const cJSON *json, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(json, key));
}

/* Invariant 9: nothing on a public view names or identifies a patient. */
static void patients_see_called_numbers_and_nothing_of_others(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 3; i++)
        site_issue(site, i, 1);
    assert_verdict(site_call(site, 1, "r1"), "applied");
    cJSON *json = view_patient(&site->queue, 1, site->now);
    char *text = cJSON_PrintUnformatted(json);
    for (int i = 1; i <= 3; i++)
        assert_null(strstr(text, site_ticket_id(i)));
    const cJSON *now = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "now"), 0);
    assert_string_equal(text_at(now, "number"), "1");
    assert_string_equal(text_at(now, "room"), "第1診察室");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(now, "live")));
    assert_int_equal(cJSON_GetObjectItem(json, "waiting")->valueint, 2);
    assert_string_equal(text_at(json, "intake"), "open");
    cJSON_free(text);
    cJSON_Delete(json);
    assert_null(view_patient(&site->queue, 9, site->now));
}

static void one_line_a_room(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 3; i++) {
        site_issue(site, i, 1);
        assert_verdict(site_call(site, i, "r1"), "applied");
    }
    cJSON *json = view_patient(&site->queue, 1, site->now);
    const cJSON *now = cJSON_GetObjectItem(json, "now");
    assert_int_equal(cJSON_GetArraySize(now), 1);
    assert_string_equal(text_at(cJSON_GetArrayItem(now, 0), "number"), "3");
    cJSON_Delete(json);
}

static void staff_see_every_ticket_in_order(void **state)
{
    struct site *site = *state;
    for (int i = 1; i <= 3; i++)
        site_issue(site, i, 1);
    assert_verdict(site_do(site, EVENT_BACK, 1), "applied");
    assert_verdict(site_do(site, EVENT_DONE, 2), "applied");
    cJSON *json = view_staff(&site->queue, site->now);
    const cJSON *tickets = cJSON_GetObjectItem(json, "tickets");
    assert_int_equal(cJSON_GetArraySize(tickets), 3);
    assert_string_equal(text_at(cJSON_GetArrayItem(tickets, 0), "number"), "3");
    assert_string_equal(text_at(cJSON_GetArrayItem(tickets, 1), "number"), "1");
    assert_string_equal(text_at(cJSON_GetArrayItem(tickets, 2), "state"), "done");
    const cJSON *desk = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "desks"), 0);
    assert_string_equal(text_at(desk, "queue_id"), "1024-1");
    assert_string_equal(text_at(cJSON_GetObjectItem(desk, "next"), "ticket"), site_ticket_id(3));
    cJSON_Delete(json);
}

static void holders_see_their_own(void **state)
{
    struct site *site = *state;
    site_issue(site, 1, 1);
    site_issue(site, 2, 1);
    cJSON *json = view_ticket(&site->queue, site_ticket(site, 2), site->now);
    assert_int_equal(cJSON_GetObjectItem(json, "before")->valueint, 1);
    cJSON_Delete(json);
    assert_verdict(site_call(site, 2, "r1"), "applied");
    json = view_ticket(&site->queue, site_ticket(site, 2), site->now);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(json, "before")));
    assert_string_equal(text_at(json, "state"), "called");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(json, "live")));
    cJSON_Delete(json);
}

static void a_closed_session_shows_as_ended(void **state)
{
    struct site *site = *state;
    struct event event = site_event(site, EVENT_SESSION_CLOSED, 0);
    event.session = site->queue.session;
    assert_verdict(site_apply(site, &event), "applied");
    cJSON *json = view_patient(&site->queue, 1, site->now);
    assert_string_equal(text_at(json, "intake"), "ended");
    cJSON_Delete(json);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(patients_see_called_numbers_and_nothing_of_others),
        T(one_line_a_room),
        T(staff_see_every_ticket_in_order),
        T(holders_see_their_own),
        T(a_closed_session_shows_as_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
