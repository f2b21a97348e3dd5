/* Slips at the station: which are shown or printed again after a restart, and further ones that
 * staff ask for at the console or at the kiosk. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "station_fixture.h"

/* Before its news, once; not those of an earlier run, which are looked for first. */
static void a_slip_is_begun_when_its_ticket_is_durable(void **state)
{
    struct fixture *f = *state;
    driver_stop(&f->driver);
    f->driver.begins_slips = true;
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, RETURN_MS));
    const struct station_ticket *ticket = driver_issue(&f->driver, SOON_MS);
    assert_true(ticket->begun && ticket->trace.taken > 0);
    assert_true(ticket->trace.stored >= ticket->trace.taken && ticket->trace.cpu_us > 0);
    assert_int_equal(atomic_load(&f->driver.slips), 1);
    fixture_cut(f);
    assert_non_null(driver_party(&f->driver, 3, SOON_MS));
    assert_int_equal(atomic_load(&f->driver.slips), 4);
    fixture_restart(f);
    assert_true(driver_wait(&f->driver, fixture_has_ticket, SOON_MS));
    assert_true(f->driver.tickets[0].recovered);
    assert_false(f->driver.tickets[0].begun);
    assert_int_equal(atomic_load(&f->driver.slips), 0);
}

static void an_unfinished_slip_is_shown_again_and_a_finished_one_not(void **state)
{
    struct fixture *f = *state;
    const struct station_ticket *ticket = driver_issue(&f->driver, SOON_MS);
    struct station_ticket first = *ticket;
    fixture_restart(f);
    assert_true(driver_wait(&f->driver, fixture_has_ticket, SOON_MS));
    assert_true(f->driver.tickets[0].recovered);
    assert_int_equal(f->driver.requests[0], 0);
    first.recovered = first.unsent = true; /* no job was ever told of */
    first.trace = (struct slip_trace){0};
    assert_memory_equal(&f->driver.tickets[0], &first, sizeof first);
    assert_int_equal(station_slip(f->driver.station, first.id, 1, "done", 0, ""), -EINVAL);
    assert_int_equal(station_slip(f->driver.station, first.id, 1, "submitted", 4, "urn:x"), 0);
    assert_int_equal(station_slip(f->driver.station, first.id, 1, "printed", 4, "urn:x"), 0);
    driver_idle(&f->driver, 300);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    fixture_restart(f);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    driver_idle(&f->driver, 300);
    assert_int_equal(f->driver.ticket_count, 0);
    const struct ticket *known = queue_ticket(&f->driver.queue, first.id);
    assert_non_null(known);
    assert_int_equal(known->slips, 1);
}

static bool has_reissue(const struct driver *driver)
{
    return driver->reissues > 0;
}

static void ask_for_slip(struct fixture *f, const char *ticket, const char *wanted)
{
    char path[128], body[256];
    long status = 0;
    (void)snprintf(path, sizeof path, "/api/v1/sites/%s/events", f->cloud.site);
    (void)snprintf(body, sizeof body,
                   "{\"events\":[{\"kind\":\"slip_requested\",\"ticket\":\"%s\"}]}", ticket);
    cJSON *answer = cloud_rig_ask(&f->cloud, "POST", path, body, &status);
    assert_int_equal(status, 200);
    const cJSON *entries = cJSON_GetObjectItemCaseSensitive(answer, "entries");
    const cJSON *verdict =
        cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(entries, 0), "verdict");
    assert_string_equal(cJSON_GetStringValue(verdict), wanted);
    cJSON_Delete(answer);
}

/* Staff ask for one more slip: at once, or when the line is back; never twice for one request. */
static void staff_ask_for_one_more_slip(void **state)
{
    struct fixture *f = *state;
    struct station_ticket first = *driver_issue(&f->driver, SOON_MS);
    assert_int_equal(station_slip(f->driver.station, first.id, 1, "failed", 0, ""), 0);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    ask_for_slip(f, first.id, "applied");
    assert_true(driver_wait(&f->driver, has_reissue, SOON_MS));
    struct station_ticket again = f->driver.reissue;
    assert_string_not_equal(again.check, first.check);
    memcpy(again.check, first.check, sizeof again.check);
    again.print_count = 1;
    first.trace = (struct slip_trace){0};
    assert_memory_equal(&again, &first, sizeof first);
    assert_int_equal(station_slip(f->driver.station, first.id, 2, "printed", 4, "urn:x"), 0);
    driver_idle(&f->driver, 300);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    const struct ticket *known = queue_ticket(&f->driver.queue, first.id);
    assert_int_equal(known->slips, 1); /* the first one failed */
    assert_int_equal(known->reissues, 1);

    driver_stop(&f->driver);
    ask_for_slip(f, first.id, "applied");
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_reissue, SOON_MS));
    assert_int_equal(f->driver.reissue.print_count, 3);
    fixture_restart(f);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    driver_idle(&f->driver, 300);
    assert_int_equal(f->driver.reissues, 0);
    ask_for_slip(f, "00000000-0000-4000-8000-00000000000f", "refused");
}

/* What the staff's console says of a slip that somebody shows: "valid", "replaced", "unknown". */
static void expect_code(struct fixture *f, const struct station_ticket *ticket, const char *check,
                        const char *wanted)
{
    char path[160], number[NUMBER_TEXT_SIZE];
    long status = 0;
    number_format(ticket->number, number);
    (void)snprintf(path, sizeof path, "/api/v1/sites/%s/slips?number=%s&check=%s", f->cloud.site,
                   number, check);
    cJSON *answer = cloud_rig_ask(&f->cloud, "GET", path, NULL, &status);
    assert_int_equal(status, 200);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(answer, "tickets");
    assert_int_equal(cJSON_GetArraySize(list), 1);
    const cJSON *item = cJSON_GetArrayItem(list, 0);
    const char *slip = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "slip"));
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "ticket")),
                        ticket->id);
    assert_string_equal(slip, wanted);
    cJSON_Delete(answer);
}

static void printed(struct fixture *f, const struct station_ticket *ticket)
{
    assert_int_equal(
        station_slip(f->driver.station, ticket->id, ticket->print_count, "printed", 4, "urn:x"), 0);
    driver_idle(&f->driver, 300);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
}

/* A former slip stays in somebody's pocket: its check code tells. */
static void staff_tell_the_valid_slip_from_a_former_one(void **state)
{
    struct fixture *f = *state;
    struct station_ticket first = *driver_issue(&f->driver, SOON_MS);
    expect_code(f, &first, first.check, "unknown"); /* nobody has told of it yet */
    printed(f, &first);
    expect_code(f, &first, first.check, "valid");
    expect_code(f, &first, "zzzz", "unknown");
    ask_for_slip(f, first.id, "applied");
    assert_true(driver_wait(&f->driver, has_reissue, SOON_MS));
    struct station_ticket again = f->driver.reissue;
    expect_code(f, &first, first.check, "replaced"); /* from the moment on at which it is asked */
    printed(f, &again);
    expect_code(f, &first, again.check, "valid");
    expect_code(f, &first, first.check, "replaced");
    long status = 0;
    char path[160];
    (void)snprintf(path, sizeof path, "/api/v1/sites/%s/slips?number=1", f->cloud.site);
    cJSON_Delete(cloud_rig_ask(&f->cloud, "GET", path, NULL, &status));
    assert_int_equal(status, 400);
}

/* -- at the kiosk ------------------------------------------------------------------------------ */

static const char *reissue(struct fixture *f, const char *ticket)
{
    struct station_act act = {.kind = STATION_ACT_REISSUE};
    (void)snprintf(act.ticket, sizeof act.ticket, "%s", ticket);
    return driver_act(&f->driver, &act);
}

/* The kiosk that issued it has the ledger: with a line or without. What comes back from the cloud
 * is no second request. */
static void the_issuing_kiosk_reissues_with_and_without_a_line(void **state)
{
    struct fixture *f = *state;
    struct station_ticket first = *driver_issue(&f->driver, SOON_MS);
    assert_string_equal(reissue(f, first.id), "");
    assert_int_equal(f->driver.reissues, 1);
    assert_int_equal(f->driver.reissue.print_count, 2);
    assert_string_not_equal(f->driver.reissue.check, first.check);
    fixture_cut(f);
    assert_string_equal(reissue(f, first.id), "");
    assert_int_equal(f->driver.reissue.print_count, 3);
    fixture_heal(f);
    driver_idle(&f->driver, 300);
    assert_int_equal(f->driver.reissues, 2);
    assert_int_equal(queue_ticket(&f->driver.queue, first.id)->reissues, 2);
    fixture_restart(f); /* the void ones are not shown, the last is looked for */
    assert_true(driver_wait(&f->driver, fixture_has_ticket, SOON_MS));
    driver_idle(&f->driver, 300);
    assert_int_equal(f->driver.ticket_count, 1);
    assert_int_equal(f->driver.tickets[0].print_count, 3);
}

/* Two kiosks that cannot talk must not both print: then two slips would be valid. */
static void another_kiosks_slip_is_asked_for_through_the_cloud(void **state)
{
    struct fixture *f = *state;
    static struct driver second;
    char data[sizeof f->data + 8], code[16];
    struct station_ticket first = *driver_issue(&f->driver, SOON_MS);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    cloud_rig_code(&f->cloud, code);
    (void)snprintf(data, sizeof data, "%s-2", f->data);
    driver_init(&second, &f->cloud, data, code);
    driver_start(&second);
    assert_true(driver_wait(&second, driver_ready, SOON_MS));
    struct station_act act = {.kind = STATION_ACT_REISSUE};
    memcpy(act.ticket, first.id, sizeof act.ticket);
    assert_string_equal(driver_act(&second, &act), "");
    assert_int_equal(second.reissues, 0);
    assert_true(driver_wait(&f->driver, has_reissue, SOON_MS));
    assert_string_equal(f->driver.reissue.id, first.id);
    assert_true(driver_wait(&second, driver_uploaded, SOON_MS));
    cloud_rig_kill(&f->cloud);
    assert_true(driver_wait(&second, driver_offline, SOON_MS));
    assert_string_equal(driver_act(&second, &act), "act.not_here");
    assert_int_equal(second.status.outbox, 0);
    driver_finish(&second);
}

/* A job that was told of may have printed: it is looked for, never made again. */
static void only_a_slip_without_a_job_is_unsent(void **state)
{
    struct fixture *f = *state;
    struct station_ticket first = *driver_issue(&f->driver, SOON_MS);
    assert_int_equal(station_slip(f->driver.station, first.id, 1, "submitted", 4, "urn:x"), 0);
    driver_idle(&f->driver, 300);
    fixture_restart(f);
    assert_true(driver_wait(&f->driver, fixture_has_ticket, SOON_MS));
    assert_true(f->driver.tickets[0].recovered);
    assert_false(f->driver.tickets[0].unsent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_WARM(a_slip_is_begun_when_its_ticket_is_durable),
        FIXTURE_WARM(an_unfinished_slip_is_shown_again_and_a_finished_one_not),
        FIXTURE_WARM(staff_ask_for_one_more_slip),
        FIXTURE_WARM(staff_tell_the_valid_slip_from_a_former_one),
        FIXTURE_WARM(the_issuing_kiosk_reissues_with_and_without_a_line),
        FIXTURE_WARM(another_kiosks_slip_is_asked_for_through_the_cloud),
        FIXTURE_WARM(only_a_slip_without_a_job_is_unsent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
