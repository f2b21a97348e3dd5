/* The largest a site can be: every limit is reached, told, and nothing is lost beyond it. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site.h"
#include "snapshot.h"
#include "view.h"

/* More tickets than numbers: the finished ones of a day stay until it is over. */
static void fill(struct site *site)
{
    for (int i = 1; i <= QUEUE_TICKETS_MAX; i++) {
        struct event event = site_event(site, EVENT_ISSUED, i);
        event.desk_no = 1;
        event.number.value = 1 + (i - 1) % 900;
        if (i > 900)
            assert_verdict(site_do(site, EVENT_DONE, i - 900), "applied");
        assert_verdict(site_apply(site, &event), "applied");
    }
}

static int setup(void **state)
{
    static struct site site;
    site_open(&site);
    fill(&site);
    *state = &site;
    return 0;
}

static void a_full_site_refuses_the_next_ticket_and_goes_on(void **state)
{
    struct site *site = *state;
    assert_int_equal(site->queue.count, QUEUE_TICKETS_MAX);
    assert_int_equal(queue_intake(&site->queue, 2, CHANNEL_KIOSK, site->now), GATE_FULL);
    struct event event = site_event(site, EVENT_ISSUED, QUEUE_TICKETS_MAX + 1);
    event.desk_no = 2;
    event.number.value = 101;
    struct judgement judgement = site_apply(site, &event);
    assert_verdict(judgement, "refused");
    assert_string_equal(reason_name(judgement.reason), "number_live");
    event.number.value = 950;
    assert_string_equal(reason_name(site_apply(site, &event).reason), "full");
    assert_verdict(site_call(site, QUEUE_TICKETS_MAX, "r1"), "applied");
    assert_verdict(site_do(site, EVENT_DONE, QUEUE_TICKETS_MAX), "applied");
    assert_string_equal(reason_name(site_apply(site, &event).reason), "full");
    site->now += INT64_C(24) * 3600 * 1000;
    site_session(site, "2026-11-25", SESSION_AM, RULES_MAX);
    assert_verdict(site_apply(site, &event), "applied");
}

static void a_full_site_is_shown_and_sent_whole(void **state)
{
    struct site *site = *state;
    struct snapshot snapshot;
    char error[200] = "";
    struct settings *settings = site_settings(site);
    settings->desks[0].booking_every = 3;
    site_change(site, settings);
    cJSON *json = view_staff(&site->queue, site->now);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "tickets")), QUEUE_TICKETS_MAX);
    cJSON_Delete(json);
    json = snapshot_to_json(&site->queue, 9, entry_first_hash);
    char *text = cJSON_PrintUnformatted(json);
    assert_true(strlen(text) < SNAPSHOT_TEXT_MAX / 2); /* room for the longest of every field */
    cJSON_free(text);
    assert_int_equal(snapshot_from_json(json, &snapshot, error, sizeof error), 0);
    assert_int_equal(snapshot.queue.count, QUEUE_TICKETS_MAX);
    snapshot_finish(&snapshot);
    cJSON_AddItemToArray(cJSON_GetObjectItem(json, "tickets"), cJSON_CreateObject());
    assert_true(snapshot_from_json(json, &snapshot, error, sizeof error) < 0);
    assert_string_equal(error, "tickets: has more than 4096 entries");
    cJSON_Delete(json);
}

/* -- settings ----------------------------------------------------------------------------------
 */

static void add_name(cJSON *item, const char *key)
{
    char name[NAME_SIZE];
    memset(name, 'w', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    cJSON_AddStringToObject(item, key, name);
}

static cJSON *named(cJSON *list, const char *key, int n)
{
    char id[KEY_SIZE];
    cJSON *item = cJSON_CreateObject();
    (void)snprintf(id, sizeof id, "x123456789abcd%02d", n);
    if (key)
        cJSON_AddStringToObject(item, key, id);
    add_name(item, "name");
    add_name(item, "name_en");
    cJSON_AddItemToArray(list, item);
    return item;
}

static cJSON *largest_settings(void)
{
    cJSON *json = cJSON_CreateObject(), *list, *item;
    cJSON_AddStringToObject(json, "clinic_no", "12345678");
    add_name(json, "name");
    list = cJSON_AddArrayToObject(json, "desks");
    for (int i = 0; i < SETTINGS_DESKS_MAX; i++) {
        item = named(list, NULL, i);
        cJSON_AddNumberToObject(item, "desk_no", 99 - i);
        cJSON_AddNumberToObject(item, "first", 1 + 100 * i);
        cJSON_AddNumberToObject(item, "last", 60 + 100 * i);
        cJSON_AddNumberToObject(item, "web_first", 61 + 100 * i);
        cJSON_AddNumberToObject(item, "web_last", 100 + 100 * i);
    }
    list = cJSON_AddArrayToObject(json, "rooms");
    for (int i = 0; i < SETTINGS_ROOMS_MAX; i++) {
        item = named(list, "id", i);
        cJSON_AddNumberToObject(item, "desk_no", 99);
        add_name(item, "reading");
    }
    list = cJSON_AddArrayToObject(json, "services");
    for (int i = 0; i < SETTINGS_SERVICES_MAX; i++) {
        const char prefix[2] = {number_letters[i], '\0'};
        item = named(list, "id", i);
        cJSON_AddNumberToObject(item, "desk_no", 99);
        cJSON_AddStringToObject(item, "prefix", prefix);
    }
    return json;
}

static void add_calendar(cJSON *json)
{
    char date[DATE_SIZE];
    const int from_to[2] = {540, 720};
    cJSON *hours = cJSON_AddObjectToObject(json, "hours"), *item;
    cJSON *week = cJSON_AddArrayToObject(hours, "week");
    cJSON *closed = cJSON_AddArrayToObject(hours, "closed");
    cJSON *exceptions = cJSON_AddArrayToObject(hours, "exceptions");
    cJSON *spans = cJSON_CreateArray();
    for (int i = 0; i < SESSION_KIND_COUNT; i++)
        cJSON_AddItemToArray(spans, cJSON_CreateIntArray(from_to, 2));
    for (int i = 0; i < 7; i++)
        cJSON_AddItemToArray(week, cJSON_Duplicate(spans, 1));
    for (int i = 0; i < SETTINGS_CLOSED_MAX; i++) {
        (void)snprintf(date, sizeof date, "20%02d-12-%02d", 26 + i / 28, 1 + i % 28);
        cJSON_AddItemToArray(closed, cJSON_CreateString(date));
    }
    for (int i = 0; i < SETTINGS_EXCEPTIONS_MAX; i++) {
        item = cJSON_CreateObject();
        (void)snprintf(date, sizeof date, "20%02d-11-%02d", 26 + i / 28, 1 + i % 28);
        cJSON_AddStringToObject(item, "date", date);
        cJSON_AddItemToObject(item, "spans", cJSON_Duplicate(spans, 1));
        cJSON_AddItemToArray(exceptions, item);
    }
    cJSON_Delete(spans);
    cJSON *unused = cJSON_AddArrayToObject(json, "unused");
    for (int i = 0; i < SETTINGS_UNUSED_MAX; i++)
        cJSON_AddItemToArray(unused, cJSON_CreateNumber(4 + i));
}

static void the_largest_settings_fit_an_event(void **state)
{
    struct settings *settings = malloc(sizeof *settings);
    char error[200] = "";
    (void)state;
    assert_non_null(settings);
    cJSON *json = largest_settings();
    add_calendar(json);
    if (settings_from_json(json, settings, error, sizeof error) < 0)
        fail_msg("%s", error);
    assert_int_equal(settings->exception_count, SETTINGS_EXCEPTIONS_MAX);
    cJSON_Delete(json);
    json = settings_to_json(settings);
    char *text = cJSON_PrintUnformatted(json);
    assert_true(strlen(text) < EVENT_TEXT_MAX);
    cJSON_free(text);
    cJSON_Delete(json);
    free(settings);
}

static void one_more_of_anything_is_refused_with_its_path(void **state)
{
    static const struct {
        const char *list, *error;
    } cases[] = {
        {"desks", "desks: has more than 8 entries"},
        {"rooms", "rooms: has more than 16 entries"},
        {"services", "services: has more than 16 entries"},
        {"unused", "unused: has more than 16 entries"},
        {"closed", "hours.closed: has more than 128 entries"},
        {"exceptions", "hours.exceptions: has more than 64 entries"},
    };
    struct settings *settings = malloc(sizeof *settings);
    (void)state;
    assert_non_null(settings);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[200] = "";
        cJSON *json = largest_settings();
        add_calendar(json);
        cJSON *list = cJSON_GetObjectItem(json, cases[i].list);
        if (!list)
            list = cJSON_GetObjectItem(cJSON_GetObjectItem(json, "hours"), cases[i].list);
        cJSON_AddItemToArray(list, cJSON_Duplicate(cJSON_GetArrayItem(list, 0), 1));
        assert_true(settings_from_json(json, settings, error, sizeof error) < 0);
        assert_string_equal(error, cases[i].error);
        cJSON_Delete(json);
    }
    free(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_site_is_shown_and_sent_whole), /* changes no ticket */
        cmocka_unit_test(a_full_site_refuses_the_next_ticket_and_goes_on),
        cmocka_unit_test(the_largest_settings_fit_an_event),
        cmocka_unit_test(one_more_of_anything_is_refused_with_its_path),
    };
    return cmocka_run_group_tests(tests, setup, site_teardown);
}
