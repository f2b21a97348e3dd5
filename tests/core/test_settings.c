#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

static const char good[] =
    "{\"clinic_no\":\"1024\",\"name\":\"さくら台クリニック\",\"phone\":\"03-5555-0142\","
    "\"desks\":[{\"desk_no\":1,\"name\":\"診察\",\"first\":1,\"last\":499},"
    "{\"desk_no\":2,\"kind\":\"payment\",\"name\":\"会計\"}],"
    "\"rooms\":[{\"id\":\"r1\",\"desk_no\":1,\"name\":\"第1診察室\"}],"
    "\"services\":[{\"id\":\"naika\",\"desk_no\":1,\"name\":\"内科\",\"minutes\":6}],"
    "\"unused\":[4,9],\"future\":{\"kept\":true},"
    "\"hours\":{\"week\":[[null,null,null],[[540,720],[840,1080],null],[[540,720],[840,1080],null],"
    "[[540,720],null,null],[[540,720],[840,1080],null],[[540,720],[840,1080],null],"
    "[[540,720],null,null]],\"closed\":[\"2026-12-29\"],"
    "\"exceptions\":[{\"date\":\"2026-12-30\",\"spans\":[null,[780,900],null]}]}}";

static int read_text(const char *text, struct settings *ret, char *error, size_t size)
{
    cJSON *json = cJSON_Parse(text);
    int rc = settings_from_json(json, ret, error, size);
    cJSON_Delete(json);
    return rc;
}

static struct settings *read_good(void)
{
    struct settings *s = malloc(sizeof *s);
    char error[160];
    assert_non_null(s);
    assert_int_equal(read_text(good, s, error, sizeof error), 0);
    return s;
}

static void round_trips(void **state)
{
    struct settings *a = read_good(), *b = malloc(sizeof *b);
    char error[160];
    (void)state;
    assert_non_null(b);
    cJSON *json = settings_to_json(a);
    assert_int_equal(settings_from_json(json, b, error, sizeof error), 0);
    cJSON *again = settings_to_json(b);
    assert_true(cJSON_Compare(json, again, 1));
    cJSON_Delete(json);
    cJSON_Delete(again);
    free(a);
    free(b);
}

static void mistakes_are_named_with_their_path(void **state)
{
    static const struct {
        const char *text, *path;
    } cases[] = {
        {"{\"name\":\"x\"}", "clinic_no"},
        {"{\"clinic_no\":\"10a\",\"name\":\"x\"}", "clinic_no"},
        {"{\"clinic_no\":1024,\"name\":\"x\"}", "clinic_no"},
        {"{\"clinic_no\":\"1\",\"name\":\"\\u0001\"}", "name"},
        {"{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":{}}", "desks"},
        {"{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"a\"},"
         "{\"desk_no\":1,\"name\":\"b\"}]}",
         "desks[1].desk_no"},
        {"{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"a\",\"first\":1,"
         "\"last\":99},{\"desk_no\":2,\"name\":\"b\",\"first\":99,\"last\":120}]}",
         "desks[1].first"},
        {"{\"clinic_no\":\"1\",\"name\":\"x\",\"rooms\":[{\"id\":\"r1\",\"desk_no\":7,\"name\":"
         "\"a\"}]}",
         "rooms[0].desk_no"},
        {"{\"clinic_no\":\"1\",\"name\":\"x\",\"services\":[{\"id\":\"A b\",\"desk_no\":1,"
         "\"name\":\"a\"}]}",
         "services[0].id"},
        {"{\"clinic_no\":\"1\",\"name\":\"x\",\"hours\":{\"week\":[]}}", "hours.week"},
        {"{\"clinic_no\":\"1\",\"name\":\"x\",\"unused\":[0]}", "unused"},
        {"{\"clinic_no\":\"1\",\"name\":\"x\",\"live_minutes\":2.5}", "live_minutes"},
        {"[]", "settings"},
    };
    struct settings *s = read_good();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[160] = "";
        assert_true(read_text(cases[i].text, s, error, sizeof error) < 0);
        if (strncmp(error, cases[i].path, strlen(cases[i].path)) != 0)
            fail_msg("%s: expected a path starting with %s", error, cases[i].path);
    }
    assert_string_equal(s->clinic_no, "1024"); /* untouched on failure */
    free(s);
}

/* Terms 35: only the assigned queue_ids may be used. */
static void article_35_only_assigned_queue_ids(void **state)
{
    struct settings *s = read_good();
    (void)state;
    assert_int_equal(settings_queue(s, "1024-2")->desk_no, 2);
    assert_null(settings_queue(s, "1024-3"));
    assert_null(settings_queue(s, "1025-1"));
    assert_null(settings_queue(s, "1024-01"));
    assert_null(settings_queue(s, ""));
    free(s);
}

static enum intake at(const struct settings *s, const char *date, int minute, struct session *ret)
{
    int64_t ms;
    assert_int_equal(civil_date_to_ms(date, s->utc_offset_min, &ms), 0);
    return settings_session_at(s, ms + (int64_t)minute * 60000, ret);
}

static void hours_decide_the_session(void **state)
{
    struct settings *s = read_good();
    struct session session;
    (void)state;
    assert_int_equal(at(s, "2026-11-24", 539, &session), INTAKE_BEFORE);
    assert_int_equal(at(s, "2026-11-24", 540, &session), INTAKE_OPEN);
    assert_int_equal(session.kind, SESSION_AM);
    assert_int_equal(at(s, "2026-11-24", 720, &session), INTAKE_BREAK);
    assert_int_equal(at(s, "2026-11-24", 840, &session), INTAKE_OPEN);
    assert_int_equal(session.kind, SESSION_PM);
    assert_int_equal(at(s, "2026-11-24", 1080, &session), INTAKE_ENDED);
    assert_int_equal(at(s, "2026-11-22", 600, &session), INTAKE_CLOSED_DAY); /* Sunday */
    assert_int_equal(at(s, "2026-12-29", 600, &session), INTAKE_CLOSED_DAY);
    assert_int_equal(at(s, "2026-12-30", 600, &session), INTAKE_BEFORE);
    assert_int_equal(at(s, "2026-12-30", 800, &session), INTAKE_OPEN);
    s->has_hours = false;
    assert_int_equal(at(s, "2026-11-22", 3, &session), INTAKE_OPEN);
    assert_string_equal(session.date, "2026-11-22");
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips),
        cmocka_unit_test(mistakes_are_named_with_their_path),
        cmocka_unit_test(article_35_only_assigned_queue_ids),
        cmocka_unit_test(hours_decide_the_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
