/* The station against the real cloud: enrolment by code and by pairing, once and for good. */
#include "../core/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "station_fixture.h"

static bool has_error(const struct driver *driver)
{
    return driver->status.error[0] != '\0';
}

static void expect_error(struct fixture *f, const char *key)
{
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_error, SOON_MS));
    assert_string_equal(f->driver.status.error, key);
    assert_true(strlen(f->driver.status.detail) > 20);
    assert_false(f->driver.status.enrolled);
    driver_stop(&f->driver);
}

static void enrolment_says_what_is_wrong(void **state)
{
    struct fixture *f = *state;
    struct config *config = &f->driver.config;
    struct config good = *config;
    (void)snprintf(config->code, sizeof config->code, "ABCD-EFGH");
    expect_error(f, "link.unknown_code");
    *config = good;
    (void)snprintf(config->ca, sizeof config->ca, "/nowhere/ca.pem");
    expect_error(f, "link.ca_file");
    config->ca[0] = '\0';
    expect_error(f, "link.untrusted");
    *config = good;
    (void)snprintf(config->url, sizeof config->url, "https://127.0.0.1:1");
    expect_error(f, "link.unreachable");
    (void)snprintf(config->url, sizeof config->url, "%.200s/somewhere", good.url);
    expect_error(f, "link.wrong_url");
    *config = good;
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
}

static bool shows_a_code(const struct driver *driver)
{
    return driver->status.pairing[0] != '\0';
}

static void a_kiosk_without_code_is_paired(void **state)
{
    struct fixture *f = *state;
    struct driver *driver = &f->driver;
    char first[16], url[128];
    driver->config.code[0] = '\0';
    driver_start(driver);
    assert_true(driver_wait(driver, shows_a_code, SOON_MS));
    assert_string_equal(driver->status.error, "link.pairing");
    memcpy(first, driver->status.pairing, sizeof first);
    driver_stop(driver);
    driver_start(driver); /* another secret, another code */
    assert_true(driver_wait(driver, shows_a_code, SOON_MS));
    assert_string_not_equal(driver->status.pairing, first);
    (void)snprintf(url, sizeof url, "%s/pair/#%s", f->cloud.url, driver->status.pairing);
    assert_string_equal(driver->status.pairing_url, url);
    cJSON_Delete(cloud_rig_admin(&f->cloud, "device pair %s --site 1024 --name Entrance",
                                 driver->status.pairing));
    assert_true(driver_wait(driver, driver_ready, SOON_MS));
    assert_string_equal(driver->status.pairing, "");
    assert_non_null(driver_issue(driver, SOON_MS));
    fixture_restart(f); /* and for good */
    assert_true(driver_wait(driver, driver_ready, SOON_MS));
}

/* The power goes between the cloud's answer and the identity's storing: what stands in the
 * identity's place is not let onto the disk. */
static void lose_power_while_enrolling(struct fixture *f, char draft[static 2 * CLOUD_PATH_MAX])
{
    (void)snprintf(draft, 2 * CLOUD_PATH_MAX, "%s/identity.json.new", f->data);
    assert_int_equal(mkdir(draft, 0700), 0);
}

static bool is_unstored(const struct driver *driver)
{
    return strcmp(driver->status.error, "link.disk") == 0;
}

static int count_devices(struct fixture *f)
{
    cJSON *json = cloud_rig_admin(&f->cloud, "device list --site 1024");
    int count = cJSON_GetArraySize(cJSON_GetObjectItem(json, "devices"));
    cJSON_Delete(json);
    return count;
}

static void expect_enrolled_once(struct fixture *f, const char *draft)
{
    char path[2 * CLOUD_PATH_MAX];
    struct driver *driver = &f->driver;
    assert_int_equal(rmdir(draft), 0);
    driver_start(driver);
    assert_true(driver_wait(driver, driver_ready, SOON_MS));
    assert_non_null(driver_issue(driver, SOON_MS));
    assert_int_equal(count_devices(f), 1);
    (void)snprintf(path, sizeof path, "%s/enrolling.json", f->data);
    assert_int_equal(access(path, F_OK), -1); /* it would give the token */
    fixture_restart(f);
    assert_true(driver_wait(driver, driver_ready, SOON_MS));
}

static void a_power_cut_behind_the_enrolment_strands_nobody(void **state)
{
    struct fixture *f = *state;
    char draft[2 * CLOUD_PATH_MAX];
    assert_true(mkdir(f->data, 0700) == 0 || errno == EEXIST);
    lose_power_while_enrolling(f, draft);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, is_unstored, SOON_MS));
    driver_stop(&f->driver);
    expect_enrolled_once(f, draft);
}

static void a_power_cut_behind_a_pairing_strands_nobody(void **state)
{
    struct fixture *f = *state;
    char draft[2 * CLOUD_PATH_MAX];
    f->driver.config.code[0] = '\0';
    assert_true(mkdir(f->data, 0700) == 0 || errno == EEXIST);
    lose_power_while_enrolling(f, draft);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, shows_a_code, SOON_MS));
    cJSON_Delete(cloud_rig_admin(&f->cloud, "device pair %s --site 1024 --name Entrance",
                                 f->driver.status.pairing));
    assert_true(driver_wait(&f->driver, is_unstored, SOON_MS * 2));
    driver_stop(&f->driver);
    expect_enrolled_once(f, draft);
}

static void a_code_is_good_once(void **state)
{
    struct fixture *f = *state;
    struct driver second;
    char data[sizeof f->data + 8];
    (void)snprintf(data, sizeof data, "%s-2", f->data);
    driver_init(&second, &f->cloud, data, f->driver.config.code);
    driver_start(&second);
    assert_true(driver_wait(&second, has_error, SOON_MS));
    assert_string_equal(second.status.error, "link.used_code");
    driver_finish(&second);
    char device[UID_SIZE];
    memcpy(device, f->driver.status.device, UID_SIZE);
    fixture_restart(f); /* the first one needs it no more */
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    assert_string_equal(f->driver.status.device, device);
}

static void one_station_a_directory(void **state)
{
    struct fixture *f = *state;
    struct station *second = NULL;
    struct station_options options = {.config = &f->driver.config};
    assert_int_equal(station_create(&options, &second), -EBUSY);
}

static void a_revoked_device_gives_no_numbers(void **state)
{
    struct fixture *f = *state;
    cJSON_Delete(cloud_rig_admin(&f->cloud, "device revoke --device %s", f->driver.status.device));
    assert_null(driver_issue(&f->driver, SOON_MS));
    assert_string_equal(f->driver.refused, "refused.unavailable");
    assert_true(driver_wait(&f->driver, has_error, SOON_MS));
    assert_string_equal(f->driver.status.error, "link.revoked");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_COLD(enrolment_says_what_is_wrong),
        FIXTURE_COLD(a_kiosk_without_code_is_paired),
        FIXTURE_COLD(a_power_cut_behind_the_enrolment_strands_nobody),
        FIXTURE_COLD(a_power_cut_behind_a_pairing_strands_nobody),
        FIXTURE_WARM(a_code_is_good_once),
        FIXTURE_WARM(one_station_a_directory),
        FIXTURE_WARM(a_revoked_device_gives_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
