/* Acts of staff at the kiosk: durable before they are told, one chime a call, with and without a
 * line. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "station_fixture.h"

static const char *act(struct fixture *f, enum station_act_kind kind, const char *number)
{
    struct station_act act = {.kind = kind, .desk_no = 1};
    if (*number)
        assert_int_equal(number_parse(number, &act.number), 0);
    return driver_act(&f->driver, &act);
}

static void a_call_without_a_line_is_heard_once_and_uploaded_later(void **state)
{
    struct fixture *f = *state;
    int count;
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "1");
    fixture_cut(f);
    assert_string_equal(act(f, STATION_ACT_NEXT, ""), "");
    assert_string_equal(driver_number(&f->driver.acted.ticket), "1");
    assert_int_equal(f->driver.calls, 1);
    assert_string_equal(driver_number(&f->driver.call), "1");
    assert_true(f->driver.call.room[0] != '\0');
    assert_string_equal(driver_state(&f->driver, "1"), "called");
    assert_string_equal(act(f, STATION_ACT_NEXT, ""), "act.nobody");
    fixture_heal(f);
    driver_idle(&f->driver, 500);
    assert_string_equal(cloud_rig_state(&f->cloud, "1", &count), "called");
    assert_int_equal(f->driver.calls, 1); /* neither the confirmation nor the rebase chimes */
    fixture_restart(f);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    driver_idle(&f->driver, 500);
    assert_int_equal(f->driver.calls, 0);
}

static void a_call_with_a_line_is_heard_once(void **state)
{
    struct fixture *f = *state;
    assert_non_null(driver_issue(&f->driver, SOON_MS));
    assert_string_equal(act(f, STATION_ACT_NEXT, ""), "");
    assert_int_equal(f->driver.calls, 1);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    driver_idle(&f->driver, 500);
    assert_int_equal(f->driver.calls, 1);
    assert_string_equal(act(f, STATION_ACT_RECALL, "1"), "");
    assert_int_equal(f->driver.calls, 2);          /* a recall is a call */
    assert_int_equal(f->driver.calls_foreseen, 2); /* or it would be dropped while it waits */
    assert_int_equal(queue_holder(&f->driver.queue, (struct number){0, 1})->calls, 2);
}

/* The kiosk is killed right behind its answer: what it told is in the outbox. */
static void an_act_is_durable_before_it_is_told(void **state)
{
    struct fixture *f = *state;
    assert_non_null(driver_issue(&f->driver, SOON_MS));
    fixture_cut(f);
    assert_string_equal(act(f, STATION_ACT_NEXT, ""), "");
    assert_string_equal(act(f, STATION_ACT_IN_ROOM, "1"), "");
    fixture_restart(f);
    driver_idle(&f->driver, 300);
    assert_string_equal(driver_state(&f->driver, "1"), "in_room");
    assert_int_equal(f->driver.status.outbox, 2);
}

static void each_act_does_what_it_says(void **state)
{
    struct fixture *f = *state;
    static const struct {
        enum station_act_kind kind;
        const char *number, *answer, *state;
    } steps[] = {
        {STATION_ACT_RECALL, "1", "act.not_now", "waiting"}, /* never called */
        {STATION_ACT_ABSENT, "1", "", "absent"},
        {STATION_ACT_BACK, "1", "", "waiting"},
        {STATION_ACT_HOLD, "1", "", "held"},
        {STATION_ACT_WAITING, "1", "", "waiting"},
        {STATION_ACT_CALL, "1", "", "called"},
        {STATION_ACT_IN_ROOM, "1", "", "in_room"},
        {STATION_ACT_DONE, "1", "", "done"},
        {STATION_ACT_CALL, "1", "act.not_now", "done"}, /* known here, but not to be called */
        {STATION_ACT_CANCEL, "2", "", "cancelled"},
        {STATION_ACT_CALL, "99", "act.unknown_number", ""},
        {STATION_ACT_DONE, "99", "act.unknown_number", ""},
    };
    for (int i = 0; i < 2; i++)
        assert_non_null(driver_issue(&f->driver, SOON_MS));
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_string_equal(act(f, steps[i].kind, steps[i].number), steps[i].answer);
        assert_string_equal(driver_state(&f->driver, steps[i].number), steps[i].state);
    }
    const struct station_act nobody = {.kind = STATION_ACT_DONE};
    assert_int_equal(station_act(f->driver.station, 1, &nobody), -EINVAL);
}

static void undo_takes_back_the_last_act_of_this_kiosk(void **state)
{
    struct fixture *f = *state;
    const struct station_act undo = {.kind = STATION_ACT_UNDO};
    assert_string_equal(driver_act(&f->driver, &undo), "act.not_now"); /* nothing was done */
    assert_non_null(driver_issue(&f->driver, SOON_MS));
    assert_non_null(driver_issue(&f->driver, SOON_MS));
    assert_string_equal(act(f, STATION_ACT_CALL, "2"), "");
    assert_string_equal(driver_act(&f->driver, &undo), "");
    assert_string_equal(driver_state(&f->driver, "2"), "waiting");
    assert_string_equal(driver_act(&f->driver, &undo), "act.not_now");
    /* Somebody else has acted since: it is no longer this kiosk's to take back. */
    assert_string_equal(act(f, STATION_ACT_CALL, "1"), "");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    char event[128];
    (void)snprintf(event, sizeof event, "\"kind\":\"ticket_in_room\",\"ticket\":\"%s\"",
                   f->driver.acted.ticket.id);
    fixture_staff(f, event);
    driver_idle(&f->driver, 500);
    assert_string_equal(driver_act(&f->driver, &undo), "act.not_now");
    assert_string_equal(driver_state(&f->driver, "1"), "in_room");
}

static void intake_is_paused_without_a_line(void **state)
{
    struct fixture *f = *state;
    fixture_cut(f);
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "A1");
    assert_string_equal(act(f, STATION_ACT_PAUSE, ""), "");
    assert_string_equal(act(f, STATION_ACT_PAUSE, ""), ""); /* as it is */
    assert_null(driver_issue(&f->driver, SOON_MS));
    assert_string_equal(f->driver.refused, "refused.paused");
    assert_string_equal(act(f, STATION_ACT_RESUME, ""), "");
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "A2");
}

/* Nobody holds it, the cloud included: staff are told. */
static void a_number_that_nobody_knows_goes_to_staff(void **state)
{
    struct fixture *f = *state;
    const char *number;
    fixture_cut(f);
    assert_string_equal(act(f, STATION_ACT_CALL, "R7"), "act.noted");
    assert_int_equal(f->driver.calls, 1);
    assert_string_equal(driver_number(&f->driver.call), "R7");
    fixture_heal(f);
    assert_int_equal(fixture_notices(f, "called_number", &number), 1);
    assert_string_equal(number, "R7");
    driver_idle(&f->driver, 300);
    assert_int_equal(f->driver.calls, 1);
}

static bool is_called(const struct driver *driver)
{
    return strcmp(driver_state(driver, "R1"), "called") == 0;
}

/* Another kiosk gave it while neither had a line: the cloud puts the two together. */
static void another_kiosks_number_is_resolved_by_the_cloud(void **state)
{
    struct fixture *f = *state;
    static struct driver second;
    char data[sizeof f->data + 8], code[16];
    const char *number;
    cloud_rig_code(&f->cloud, code);
    (void)snprintf(data, sizeof data, "%s-2", f->data);
    driver_init(&second, &f->cloud, data, code);
    driver_start(&second);
    assert_true(driver_wait(&second, driver_ready, SOON_MS));
    fixture_cut(f);
    assert_true(driver_wait(&second, driver_offline, SOON_MS));
    assert_string_equal(driver_number(driver_issue(&second, SOON_MS)), "R1");
    assert_string_equal(act(f, STATION_ACT_CALL, "R1"), "act.noted");
    driver_stop(&f->driver);
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&second, driver_uploaded, RETURN_MS));
    driver_start(&f->driver);
    assert_true(driver_wait(&second, is_called, RETURN_MS));
    assert_int_equal(second.calls, 1); /* younger than a minute: its monitor calls it too */
    assert_int_equal(fixture_notices(f, "called_number", &number), 0);
    driver_finish(&second);
}

static void before_anything_is_known_nothing_can_be_done(void **state)
{
    struct fixture *f = *state;
    driver_start(&f->driver);
    assert_string_equal(act(f, STATION_ACT_NEXT, ""), "act.failed");
}

static void acts_are_answered_however_many(void **state)
{
    struct fixture *f = *state;
    const struct station_act next = {.kind = STATION_ACT_NEXT, .desk_no = 1};
    int accepted = 0;
    for (int i = 1; i <= 2 * STATION_ACTS_MAX; i++)
        accepted += station_act(f->driver.station, i, &next) == 0;
    assert_int_equal(accepted, STATION_ACTS_MAX);
    driver_idle(&f->driver, 500);
    assert_int_equal(f->driver.acts, STATION_ACTS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_WARM(a_call_without_a_line_is_heard_once_and_uploaded_later),
        FIXTURE_WARM(a_call_with_a_line_is_heard_once),
        FIXTURE_WARM(an_act_is_durable_before_it_is_told),
        FIXTURE_WARM(each_act_does_what_it_says),
        FIXTURE_WARM(undo_takes_back_the_last_act_of_this_kiosk),
        FIXTURE_WARM(intake_is_paused_without_a_line),
        FIXTURE_WARM(a_number_that_nobody_knows_goes_to_staff),
        FIXTURE_WARM(another_kiosks_number_is_resolved_by_the_cloud),
        FIXTURE_COLD(before_anything_is_known_nothing_can_be_done),
        FIXTURE_WARM(acts_are_answered_however_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
