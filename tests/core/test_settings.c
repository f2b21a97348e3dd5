#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

static const char good[] =
    "{\"clinic_no\":\"1024\",\"name\":\"さくら台クリニック\",\"phone\":\"03-5555-0142\","
    "\"name_en\":\"Sakuradai Clinic\",\"slip_message\":\"発熱のある方は "
    "受付へ\",\"slip_large\":true,"
    "\"desks\":[{\"desk_no\":1,\"name\":\"診察\",\"first\":1,\"last\":499,\"web_first\":501,"
    "\"web_last\":599,\"booking_every\":3,\"intake_limit\":80,\"web_limit\":20},"
    "{\"desk_no\":2,\"kind\":\"payment\",\"name\":\"会計\"}],"
    "\"rooms\":[{\"id\":\"r1\",\"desk_no\":1,\"name\":\"第1診察室\"}],"
    "\"services\":[{\"id\":\"naika\",\"desk_no\":1,\"name\":\"内科\",\"minutes\":6,"
    "\"prefix\":\"K\"}],"
    "\"recall_tolerance\":2,\"late_places\":3,\"come_now\":5,\"reservation_suspended\":true,"
    "\"video_suspended\":true,\"maintenance_from\":1795478400000,\"maintenance_to\":1795482000000,"
    "\"voice_off\":true,\"voice_sunday\":false,\"voice_night_from\":1260,\"voice_night_to\":420,"
    "\"volume\":[70,80,40],"
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
    assert_memory_equal(a, b, sizeof *a);
    cJSON_Delete(json);
    cJSON_Delete(again);
    free(a);
    free(b);
}

static void every_field_is_read(void **state)
{
    struct settings *s = read_good();
    (void)state;
    assert_string_equal(s->name_en, "Sakuradai Clinic");
    assert_string_equal(s->slip_message, "発熱のある方は 受付へ");
    assert_true(s->slip_large);
    assert_int_equal(s->desks[0].web_first, 501);
    assert_int_equal(s->desks[0].web_last, 599);
    assert_int_equal(s->desks[0].booking_every, 3);
    assert_int_equal(s->desks[0].intake_limit, 80);
    assert_int_equal(s->desks[0].web_limit, 20);
    assert_int_equal(s->services[0].prefix, 'K');
    assert_true(settings_is_prefix(s, 'K') && !settings_is_prefix(s, 'A'));
    assert_false(settings_is_prefix(s, 0));
    assert_int_equal(s->recall_tolerance, 2);
    assert_int_equal(s->late_places, 3);
    assert_int_equal(s->come_now, 5);
    assert_true(s->reservation_suspended && s->video_suspended);
    assert_true(s->maintenance_to - s->maintenance_from == 3600000);
    assert_true(s->voice_off && !s->voice_sunday);
    assert_int_equal(s->voice_night_from, 1260);
    assert_int_equal(s->voice_night_to, 420);
    assert_int_equal(s->volume[SESSION_EVENING], 40);
    free(s);
}

/* A log holds settings of every earlier version: they mean what they meant. */
static void settings_of_an_earlier_version_mean_what_they_meant(void **state)
{
    struct settings *s = calloc(1, sizeof *s);
    char error[160];
    (void)state;
    assert_non_null(s);
    assert_int_equal(read_text("{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,"
                               "\"name\":\"a\",\"first\":1,\"last\":9}]}",
                               s, error, sizeof error),
                     0);
    assert_int_equal(s->desks[0].web_first + s->desks[0].booking_every, 0);
    assert_int_equal(s->recall_tolerance, RECALL_ALWAYS);
    assert_int_equal(s->come_now, 3);
    assert_false(s->reservation_suspended || s->video_suspended || s->voice_off);
    assert_true(s->voice_sunday);
    assert_int_equal(s->voice_night_from, s->voice_night_to);
    assert_int_equal(s->volume[SESSION_AM], 80);
    free(s);
}

static const struct {
    const char *text, *path;
} mistakes[] = {
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
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"a\",\"first\":1,"
     "\"last\":99,\"web_first\":90,\"web_last\":120}]}",
     "desks[0].web_first: its numbers overlap the desk's own"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"a\",\"first\":1,"
     "\"last\":99,\"web_first\":200,\"web_last\":299},{\"desk_no\":2,\"name\":\"b\","
     "\"first\":250,\"last\":400}]}",
     "desks[1].first: its numbers overlap another desk's"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"a\",\"first\":1,"
     "\"last\":99},{\"desk_no\":2,\"name\":\"b\",\"first\":100,\"last\":199,\"web_first\":99,"
     "\"web_last\":99}]}",
     "desks[1].web_first: its numbers overlap another desk's"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"a\",\"first\":1,"
     "\"last\":99,\"web_first\":120}]}",
     "desks[0].web_first: and web_last"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"a\","
     "\"web_first\":120,\"web_last\":130}]}",
     "desks[0].web_first: is of a desk"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"a\"}],"
     "\"services\":[{\"id\":\"s\",\"desk_no\":1,\"name\":\"a\",\"prefix\":\"B\"}]}",
     "services[0].prefix"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":\"a\"}],"
     "\"services\":[{\"id\":\"s\",\"desk_no\":1,\"name\":\"a\",\"prefix\":7}]}",
     "services[0].prefix"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"recall_tolerance\":-2}", "recall_tolerance"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"late_places\":\"3\"}", "late_places"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"maintenance_from\":5}", "maintenance_from"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"maintenance_from\":5,\"maintenance_to\":4}",
     "maintenance_to"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"reservation_suspended\":1}", "reservation_suspended"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"voice_night_from\":1441}", "voice_night_from"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"volume\":[1,2]}", "volume"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"volume\":[1,2,101]}", "volume"},
    {"{\"clinic_no\":\"1\",\"name\":\"x\",\"volume\":[1,2,3,4]}", "volume"},
    {"[]", "settings"},
};

static void mistakes_are_named_with_their_path(void **state)
{
    struct settings *s = read_good();
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        char error[160] = "";
        assert_true(read_text(mistakes[i].text, s, error, sizeof error) < 0);
        if (strncmp(error, mistakes[i].path, strlen(mistakes[i].path)) != 0)
            fail_msg("%s: expected a path starting with %s", error, mistakes[i].path);
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

/* The week's pattern, unless the day is closed, unless there is an exception for it. */
static void an_exception_beats_a_closed_day_and_that_the_weekday(void **state)
{
    struct settings *s = read_good();
    struct session session;
    (void)state;
    assert_int_equal(at(s, "2026-11-25", 700, &session), INTAKE_OPEN); /* Wednesday: mornings */
    assert_int_equal(at(s, "2026-11-25", 900, &session), INTAKE_ENDED);
    assert_int_equal(at(s, "2026-11-28", 719, &session), INTAKE_OPEN); /* Saturday */
    assert_int_equal(at(s, "2026-11-28", 840, &session), INTAKE_ENDED);
    strcpy(s->closed[s->closed_count++], "2026-12-30"); /* and has spans of its own */
    assert_int_equal(at(s, "2026-12-30", 800, &session), INTAKE_OPEN);
    assert_int_equal(session.kind, SESSION_PM);
    strcpy(s->closed[s->closed_count++], "2026-11-24");
    assert_int_equal(at(s, "2026-11-24", 600, &session), INTAKE_CLOSED_DAY);
    struct exception *e = &s->exceptions[s->exception_count++];
    strcpy(e->date, "2026-11-27"); /* a Friday on which nobody comes */
    for (int i = 0; i < SESSION_KIND_COUNT; i++)
        e->spans[i] = (struct span){MINUTES_NONE, MINUTES_NONE};
    assert_int_equal(at(s, "2026-11-27", 600, &session), INTAKE_CLOSED_DAY);
    e = &s->exceptions[s->exception_count++];
    strcpy(e->date, "2026-11-22"); /* a Sunday's duty, in the evening only, until midnight */
    e->spans[SESSION_AM] = e->spans[SESSION_PM] = (struct span){MINUTES_NONE, MINUTES_NONE};
    e->spans[SESSION_EVENING] = (struct span){1080, 1440};
    assert_int_equal(at(s, "2026-11-22", 600, &session), INTAKE_BEFORE);
    assert_int_equal(at(s, "2026-11-22", 1439, &session), INTAKE_OPEN);
    assert_int_equal(session.kind, SESSION_EVENING);
    assert_int_equal(at(s, "2026-11-23", 0, &session), INTAKE_BEFORE); /* Monday */
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips),
        cmocka_unit_test(every_field_is_read),
        cmocka_unit_test(settings_of_an_earlier_version_mean_what_they_meant),
        cmocka_unit_test(mistakes_are_named_with_their_path),
        cmocka_unit_test(article_35_only_assigned_queue_ids),
        cmocka_unit_test(hours_decide_the_session),
        cmocka_unit_test(an_exception_beats_a_closed_day_and_that_the_weekday),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
