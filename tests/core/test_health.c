/* How a board is: unknown stays unknown on the way to the cloud, and what is bad is told. */
#include "test.h"

#include "health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct health over_the_wire(const struct health *health)
{
    char error[128] = "";
    struct decoder decoder = {.error = error, .error_size = sizeof error};
    struct health ret;
    cJSON *json = health_json(health);
    char *text = cJSON_PrintUnformatted(json);
    assert_true(strlen(text) < HEALTH_TEXT_MAX);
    cJSON_Delete(json);
    json = cJSON_Parse(text);
    health_init(&ret);
    health_decode(&decoder, json, "health.", &ret);
    assert_string_equal(error, "");
    cJSON_Delete(json);
    free(text);
    return ret;
}

static void test_unknown_is_neither_zero_nor_good(void **state)
{
    struct health health, heard;
    (void)state;
    health_init(&health);
    cJSON *json = health_json(&health);
    static const char *const keys[] = {"voltage",   "celsius",   "worn", "reserve",
                                       "fs_errors", "io_errors", "clock"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_true(cJSON_IsNull(cJSON_GetObjectItem(json, keys[i])));
    cJSON_Delete(json);
    heard = over_the_wire(&health);
    assert_int_equal(heard.under_voltage, HEALTH_UNKNOWN);
    assert_int_equal(heard.celsius, HEALTH_UNKNOWN);
    assert_int_equal(heard.worn, HEALTH_UNKNOWN);
    assert_int_equal(heard.reserve, HEALTH_UNKNOWN);
    assert_int_equal(heard.fs_errors, HEALTH_UNKNOWN);
    assert_int_equal(heard.io_errors, HEALTH_UNKNOWN);
    assert_int_equal(heard.clock, HEALTH_CLOCK_UNKNOWN);
    assert_int_equal(health_troubles(&heard), 0);
}

static void test_everything_arrives(void **state)
{
    struct health health = {.under_voltage = 1,
                            .celsius = 81,
                            .worn = 90,
                            .reserve = 2,
                            .fs_errors = 3,
                            .io_errors = 4,
                            .clock = HEALTH_CLOCK_NTP,
                            .space_count = 1,
                            .spaces = {{"/data/records", 499, 8000, true}}};
    (void)state;
    struct health heard = over_the_wire(&health);
    assert_int_equal(heard.under_voltage, 1);
    assert_int_equal(heard.celsius, 81);
    assert_int_equal(heard.worn, 90);
    assert_int_equal(heard.reserve, 2);
    assert_int_equal(heard.fs_errors, 3);
    assert_int_equal(heard.io_errors, 4);
    assert_int_equal(heard.clock, HEALTH_CLOCK_NTP);
    assert_int_equal(heard.space_count, 1);
    assert_string_equal(heard.spaces[0].mount, "/data/records");
    assert_int_equal(heard.spaces[0].free_mb, 499);
    assert_true(heard.spaces[0].records);
    assert_int_equal(health_troubles(&heard), 1 << HEALTH_POWER | 1 << HEALTH_STORAGE |
                                                  1 << HEALTH_HEAT | 1 << HEALTH_SPACE);
}

static void test_where_trouble_begins(void **state)
{
    struct health good = {.celsius = HEALTH_HOT,
                          .worn = HEALTH_WORN - 1,
                          .reserve = 1,
                          .space_count = 2,
                          .spaces = {{"/", HEALTH_SPACE_MB, 8000, true},
                                     {"/boot", 1, 128, false}}}; /* full from the beginning */
    struct health bad;
    (void)state;
    assert_int_equal(health_troubles(&good), 0);
    bad = good, bad.celsius++;
    assert_int_equal(health_troubles(&bad), 1 << HEALTH_HEAT);
    bad = good, bad.worn++;
    assert_int_equal(health_troubles(&bad), 1 << HEALTH_STORAGE);
    bad = good, bad.reserve++;
    assert_int_equal(health_troubles(&bad), 1 << HEALTH_STORAGE);
    bad = good, bad.fs_errors++;
    assert_int_equal(health_troubles(&bad), 1 << HEALTH_STORAGE);
    bad = good, bad.io_errors++;
    assert_int_equal(health_troubles(&bad), 1 << HEALTH_STORAGE);
    bad = good, bad.spaces[0].free_mb--;
    assert_int_equal(health_troubles(&bad), 1 << HEALTH_SPACE);
}

static void expect(const char *text, const char *error)
{
    char said[128] = "";
    struct decoder decoder = {.error = said, .error_size = sizeof said};
    struct health health;
    cJSON *json = cJSON_Parse(text);
    health_init(&health);
    health_decode(&decoder, json, "health.", &health);
    if (*error)
        assert_non_null(strstr(said, error));
    else
        assert_string_equal(said, "");
    assert_int_equal(health.celsius, HEALTH_UNKNOWN); /* untouched on failure */
    cJSON_Delete(json);
}

static void test_what_strangers_send(void **state)
{
    (void)state;
    expect("{}", "");
    expect("{\"voltage\":\"wobbly\",\"clock\":\"sundial\",\"later\":1}", ""); /* a newer kiosk */
    expect("{\"celsius\":\"hot\"}", "health.celsius");
    expect("{\"celsius\":20,\"worn\":1000}", "health.worn");
    expect("{\"celsius\":20,\"fs_errors\":-1}", "health.fs_errors");
    expect("{\"celsius\":20,\"spaces\":[{}]}", "health.spaces.mount");
    expect("{\"celsius\":20,\"spaces\":[{\"mount\":\"\\u001b\"}]}", "health.spaces.mount");
    expect("{\"celsius\":20,\"spaces\":[1,2,3,4,5,6,7,8,9]}", "health.spaces");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_is_neither_zero_nor_good),
        cmocka_unit_test(test_everything_arrives),
        cmocka_unit_test(test_where_trouble_begins),
        cmocka_unit_test(test_what_strangers_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
