#include "test.h"

#include <errno.h>
#include <string.h>

#include "event.h"

#define ID     "e7e47000-0000-4000-8000-000000000001"
#define TICKET "71c4e700-0000-4000-8000-000000000001"

static int read_text(const char *text, struct event *ret, char *error, size_t size)
{
    cJSON *json = cJSON_Parse(text);
    int rc = event_from_json(json, ret, error, size);
    cJSON_Delete(json);
    return rc;
}

/* What a later program means by it is not ours to guess; a further field alone is no new version.
 */
static void a_later_version_is_refused_by_its_path(void **state)
{
    struct event event;
    char error[200] = "";
    (void)state;
#define WITH(v) "{" v "\"id\":\"" ID "\",\"kind\":\"message\",\"at\":1,\"further\":{}}"
    assert_int_equal(read_text(WITH(""), &event, error, sizeof error), 0);
    assert_int_equal(read_text(WITH("\"v\":1,"), &event, error, sizeof error), 0);
    assert_int_equal(read_text(WITH("\"v\":2,"), &event, error, sizeof error), -EINVAL);
    assert_string_equal(error, "v: is of a newer program");
    assert_int_equal(read_text(WITH("\"v\":\"1\","), &event, error, sizeof error), -EINVAL);
    assert_int_equal(read_text(WITH("\"v\":0,"), &event, error, sizeof error), -EINVAL);
#undef WITH
}

/* A reader of the first programs knows no `v` and passes over it; one without it is version 1. */
static void the_version_is_written_and_an_older_reader_passes_over_it(void **state)
{
    struct event event, read;
    char error[200];
    (void)state;
    event_init(&event);
    strcpy(event.id, ID);
    event.kind = EVENT_MESSAGE;
    event.at = 1;
    strcpy(event.text, "休診");
    cJSON *json = event_to_json(&event);
    char *text = cJSON_PrintUnformatted(json);
    assert_string_equal(text, "{\"v\":1,\"id\":\"" ID "\",\"kind\":\"message\",\"at\":1,"
                              "\"text\":\"休診\"}");
    cJSON_DeleteItemFromObjectCaseSensitive(json, "v"); /* what that reader makes of it */
    assert_int_equal(event_from_json(json, &read, error, sizeof error), 0);
    assert_memory_equal(&read, &event, sizeof event);
    cJSON_free(text);
    cJSON_Delete(json);
}

static void every_kind_round_trips(void **state)
{
    (void)state;
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        struct event a, b;
        char error[200];
        event_init(&a);
        strcpy(a.id, ID);
        strcpy(a.ticket, TICKET);
        strcpy(a.seen, ID);
        strcpy(a.target, ID);
        strcpy(a.device, TICKET);
        strcpy(a.room, "r1");
        strcpy(a.service, "naika");
        strcpy(a.text, "医院からの\nお知らせ");
        strcpy(a.session.date, "2026-11-24");
        a.session.kind = SESSION_EVENING;
        a.kind = (enum event_kind)kind;
        a.at = INT64_C(1795478400123);
        a.counter = 77;
        a.base = 12;
        a.number = (struct number){'R', 108};
        a.desk_no = 2;
        a.channel = CHANNEL_PHONE;
        a.places = 3;
        a.priority = 2;
        a.rules = 2;
        a.no_voice = true;
        strcpy(a.family, TICKET);
        if (kind == EVENT_SETTINGS) {
            a.settings = test_calloc(1, sizeof *a.settings);
            settings_init(a.settings);
            strcpy(a.settings->clinic_no, "1");
        }
        cJSON *json = event_to_json(&a);
        assert_int_equal(event_from_json(json, &b, error, sizeof error), 0);
        cJSON *again = event_to_json(&b);
        assert_true(cJSON_Compare(json, again, 1));
        assert_true(b.at == a.at && b.counter == 77 && b.number.letter == 'R');
        assert_true(b.rules == 2 && b.no_voice);
        assert_string_equal(b.family, TICKET);
        cJSON_Delete(json);
        cJSON_Delete(again);
        event_finish(&b);
        test_free(a.settings);
    }
}

static void mistakes_are_named_with_their_path(void **state)
{
    static const struct {
        const char *text, *path;
    } cases[] = {
        {"[]", "event"},
        {"{\"kind\":\"ticket_done\",\"at\":1}", "id"},
        {"{\"id\":\"x\",\"kind\":\"message\",\"at\":1}", "id"},
        {"{\"id\":\"" ID "\",\"kind\":\"ticket_flown\",\"at\":1}", "kind"},
        {"{\"id\":\"" ID "\",\"kind\":\"message\"}", "at"},
        {"{\"id\":\"" ID "\",\"kind\":\"message\",\"at\":1.5}", "at"},
        {"{\"id\":\"" ID "\",\"kind\":\"message\",\"at\":-1}", "at"},
        {"{\"id\":\"" ID "\",\"kind\":\"ticket_done\",\"at\":1}", "ticket"},
        {"{\"id\":\"" ID "\",\"kind\":\"ticket_issued\",\"at\":1,\"ticket\":\"" TICKET
         "\",\"number\":\"B3\"}",
         "number"},
        {"{\"id\":\"" ID "\",\"kind\":\"ticket_issued\",\"at\":1,\"ticket\":\"" TICKET
         "\",\"number\":14}",
         "number"},
        {"{\"id\":\"" ID
         "\",\"kind\":\"session_opened\",\"at\":1,\"session\":{\"date\":\"2026-02-30\","
         "\"kind\":\"am\"}}",
         "session.date"},
        {"{\"id\":\"" ID "\",\"kind\":\"undone\",\"at\":1,\"ticket\":\"" TICKET "\"}", "target"},
        {"{\"id\":\"" ID "\",\"kind\":\"session_opened\",\"at\":1,\"rules\":\"2\"}", "rules"},
        {"{\"id\":\"" ID "\",\"kind\":\"session_opened\",\"at\":1,\"rules\":-1}", "rules"},
        {"{\"id\":\"" ID "\",\"kind\":\"ticket_issued\",\"at\":1,\"ticket\":\"" TICKET
         "\",\"no_voice\":1}",
         "no_voice"},
        {"{\"id\":\"" ID "\",\"kind\":\"ticket_issued\",\"at\":1,\"ticket\":\"" TICKET
         "\",\"family\":\"x\"}",
         "family"},
        {"{\"id\":\"" ID "\",\"kind\":\"settings\",\"at\":1,\"settings\":{}}",
         "settings.: clinic_no"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct event event;
        char error[200] = "";
        assert_true(read_text(cases[i].text, &event, error, sizeof error) < 0);
        if (strncmp(error, cases[i].path, strlen(cases[i].path)) != 0)
            fail_msg("%s: expected a path starting with %s", error, cases[i].path);
    }
}

static void uids_are_lower_case(void **state)
{
    (void)state;
    assert_true(uid_valid(ID));
    assert_false(uid_valid("E7E47000-0000-4000-8000-000000000001"));
    assert_false(uid_valid("e7e47000-0000-4000-8000-00000000000"));
    assert_false(uid_valid("e7e47000-0000-4000-8000-0000000000012"));
    assert_false(uid_valid("e7e470000000-4000-8000-000000000001-"));
    assert_false(uid_valid(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_version_is_refused_by_its_path),
        cmocka_unit_test(the_version_is_written_and_an_older_reader_passes_over_it),
        cmocka_unit_test(every_kind_round_trips),
        cmocka_unit_test(mistakes_are_named_with_their_path),
        cmocka_unit_test(uids_are_lower_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
