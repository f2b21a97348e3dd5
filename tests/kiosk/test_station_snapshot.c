/* A kiosk that is far behind a site with as many tickets as a site may have: the state comes in one
 * answer of more than a megabyte, and the log is not read. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "cloud.h"
#include "ids.h"
#include "station_fixture.h"

enum { BEHIND = 5001 /* entries; the cloud names a snapshot then */, LETTERS = 5 };

static void put(struct site *site, struct event *event)
{
    struct site_put put;
    assert_int_equal(site_put(site, event, &put), 0);
    assert_int_equal(put.judgement.verdict, VERDICT_APPLIED);
}

/* Devices whose letters have room for that many numbers. */
static void put_devices(struct site *site, char devices[LETTERS][UID_SIZE], char *letters)
{
    assert_int_equal(site_begin(site), 0);
    for (int i = 0; i < LETTERS; i++) {
        struct event event;
        event_init(&event);
        event.kind = EVENT_DEVICE;
        event.number.letter = letters[i] = queue_free_letter(site_state(site));
        ids_uuid(event.device);
        memcpy(devices[i], event.device, UID_SIZE);
        put(site, &event);
    }
    assert_int_equal(site_open_session(site), 0);
    assert_int_equal(site_commit(site), 0);
}

static void make_event(struct event *event, const char devices[LETTERS][UID_SIZE],
                       const char *letters, int i)
{
    event_init(event);
    if (i >= QUEUE_TICKETS_MAX) {
        event->kind = EVENT_MESSAGE;
        return;
    }
    event->kind = EVENT_ISSUED;
    event->desk_no = 1;
    event->number = (struct number){letters[i / NUMBER_MAX], i % NUMBER_MAX + 1};
    memcpy(event->device, devices[i / NUMBER_MAX], UID_SIZE);
    event->counter = i % NUMBER_MAX + 1;
    strcpy(event->service, "s1");
    ids_uuid(event->ticket);
}

/* In the stopped cloud's data: through its API it would take minutes. */
static void fill_site(const struct fixture *f)
{
    char devices[LETTERS][UID_SIZE], letters[LETTERS], error[DB_ERROR_SIZE] = "";
    struct cloud *cloud = NULL;
    if (cloud_open(f->cloud.data, CLOUD_EXISTING, &cloud, error, sizeof error) < 0)
        fail_msg("%s", error);
    struct site *site = sites_find(cloud->sites, f->cloud.site);
    put_devices(site, devices, letters);
    for (int i = 0; i < BEHIND; i++) {
        struct event event;
        if (i % SITE_BATCH_MAX == 0)
            assert_int_equal(site_begin(site), 0);
        make_event(&event, (const char(*)[UID_SIZE])devices, letters, i);
        put(site, &event);
        if (i % SITE_BATCH_MAX == SITE_BATCH_MAX - 1 || i == BEHIND - 1)
            assert_int_equal(site_commit(site), 0);
    }
    cloud_close(cloud);
}

static bool has_all(const struct driver *driver)
{
    return driver_uploaded(driver) && driver->queue.count == QUEUE_TICKETS_MAX;
}

static int entries_kept(const struct fixture *f)
{
    char path[sizeof f->data + 16];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int count = -1;
    (void)snprintf(path, sizeof path, "%s/journal.db", f->data);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT COUNT(*) FROM entries", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        count = sqlite3_column_int(stmt, 0);
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    return count;
}

static void the_largest_state_comes_as_a_snapshot(void **state)
{
    struct fixture *f = *state;
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    driver_stop(&f->driver);
    cloud_rig_kill(&f->cloud);
    fill_site(f);
    cloud_rig_start(&f->cloud);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_all, RETURN_MS));
    driver_stop(&f->driver);
    assert_in_range(entries_kept(f), 0, 100); /* the log would have been thousands */
}

int main(void)
{
    const struct CMUnitTest tests[] = {FIXTURE_WARM(the_largest_state_comes_as_a_snapshot)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
