#include "station_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fixture_cold(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char code[16];
    cloud_rig_open(&f->cloud);
    cloud_rig_code(&f->cloud, code);
    (void)snprintf(f->data, sizeof f->data, "%s/kiosk", f->cloud.data);
    driver_init(&f->driver, &f->cloud, f->data, code);
    *state = f;
    return 0;
}

int fixture_warm(void **state)
{
    fixture_cold(state);
    struct fixture *f = *state;
    driver_start(&f->driver);
    return driver_wait(&f->driver, driver_ready, SOON_MS) ? 0 : -1;
}

int fixture_end(void **state)
{
    struct fixture *f = *state;
    driver_finish(&f->driver);
    cloud_rig_close(&f->cloud);
    free(f);
    return 0;
}

void fixture_restart(struct fixture *f)
{
    driver_stop(&f->driver);
    driver_start(&f->driver);
}

void fixture_cut(struct fixture *f)
{
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    cloud_rig_kill(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_offline, SOON_MS));
}

void fixture_heal(struct fixture *f)
{
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_uploaded, RETURN_MS));
}

void fixture_staff(struct fixture *f, const char *event)
{
    char path[128], body[512];
    long status = 0;
    (void)snprintf(path, sizeof path, "/api/v1/sites/%s/events", f->cloud.site);
    (void)snprintf(body, sizeof body, "{\"events\":[{%s}]}", event);
    cJSON_Delete(cloud_rig_ask(&f->cloud, "POST", path, body, &status));
    assert_int_equal(status, 200);
}

int fixture_notices(struct fixture *f, const char *kind, const char **ret_number)
{
    static char number[NUMBER_TEXT_SIZE];
    char path[128];
    long status = 0;
    int count = 0;
    (void)snprintf(path, sizeof path, "/api/v1/sites/%s/queue", f->cloud.site);
    cJSON *json = cloud_rig_ask(&f->cloud, "GET", path, NULL, &status);
    const cJSON *notice;
    cJSON_ArrayForEach (notice, cJSON_GetObjectItemCaseSensitive(json, "notices")) {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(notice, "kind"));
        const cJSON *detail = cJSON_GetObjectItemCaseSensitive(notice, "detail");
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(detail, "number"));
        if (name && strcmp(name, kind) == 0 && count++ == 0)
            (void)snprintf(number, sizeof number, "%s", text ? text : "");
    }
    cJSON_Delete(json);
    *ret_number = count > 0 ? number : "";
    return count;
}

bool fixture_has_ticket(const struct driver *driver)
{
    return driver->ticket_count > 0;
}

bool fixture_has_call(const struct driver *driver)
{
    return driver->calls > 0;
}
