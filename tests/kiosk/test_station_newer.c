/* An older kiosk and a newer cloud: it cannot read the log any further. It goes on alone, uploads
 * what it gives, says so, and comes back by itself. Real streams, see newer_cloud.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "station_fixture.h"

static char newer[64];

static void become_newer(const char *from, const char *to)
{
    FILE *file = fopen(newer, "we");
    assert_non_null(file);
    (void)fprintf(file, "%s\n%s\n", from, to);
    assert_int_equal(fclose(file), 0);
}

static const char *number(struct fixture *f)
{
    const struct station_ticket *ticket = driver_issue(&f->driver, SOON_MS);
    return ticket ? driver_number(ticket) : f->driver.refused;
}

static bool is_deaf(const struct driver *driver)
{
    return strcmp(driver->status.error, "link.not_understood") == 0 && !driver->status.online;
}

static bool hears(const struct driver *driver)
{
    return driver_ready(driver) && driver_uploaded(driver) && driver->status.error[0] == '\0';
}

static int told(struct fixture *f)
{
    const char *unused;
    return fixture_notices(f, "not_understood", &unused);
}

static bool is_waiting(struct fixture *f, const char *text)
{
    int count;
    return strcmp(cloud_rig_state(&f->cloud, text, &count), "waiting") == 0 && count == 1;
}

/* What every schedule goes through once the kiosk cannot read on. */
static void go_on_alone_and_come_back(struct fixture *f, const char *next)
{
    assert_true(driver_wait(&f->driver, is_deaf, SOON_MS));
    assert_string_not_equal(f->driver.status.detail, "");
    assert_string_equal(number(f), "A1");
    for (int i = 0; i < 50 && !(is_waiting(f, "A1") && told(f)); i++)
        driver_idle(&f->driver, 100);
    assert_true(is_waiting(f, "A1")); /* uploaded although nothing is read */
    assert_int_equal(told(f), 1);
    assert_true(is_deaf(&f->driver));
    assert_int_equal(unlink(newer), 0);
    assert_true(driver_wait(&f->driver, hears, RETURN_MS));
    assert_string_equal(driver_state(&f->driver, "A1"), "waiting");
    assert_string_equal(number(f), next);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
}

static void an_event_of_an_unknown_kind_makes_it_go_on_alone(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(number(f), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    become_newer("\"kind\":\"message\"", "\"kind\":\"moonlight\"");
    fixture_staff(f, "\"kind\":\"message\",\"text\":\"m\"");
    go_on_alone_and_come_back(f, "2");
}

static void an_entry_of_another_form_makes_it_go_on_alone(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(number(f), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    become_newer("\"verdict\":\"applied\"", "\"verdict\":\"deferred\"");
    fixture_staff(f, "\"kind\":\"message\",\"text\":\"m\"");
    go_on_alone_and_come_back(f, "2");
}

/* The cloud opens a session of rules that this kiosk does not know: it must not follow it by the
 * rules that it knows. */
static void a_session_of_later_rules_makes_it_go_on_alone(void **state)
{
    struct fixture *f = *state;
    char body[] = "{\"ticket\":\"0badc0de-0000-4000-8000-000000000003\"}";
    long status;
    become_newer("\"rules\":2", "\"rules\":99");
    cJSON_Delete(cloud_rig_ask(&f->cloud, "POST", "/api/v1/queues/1024-1/tickets", body, &status));
    assert_int_equal(status, 201);
    go_on_alone_and_come_back(f, "2");
}

/* Each further try opens the stream and shuts it: nobody sees a line that comes and goes, and no
 * number is asked for in between. */
static void it_stays_alone_while_the_cloud_stays_newer(void **state)
{
    struct fixture *f = *state;
    become_newer("\"kind\":\"message\"", "\"kind\":\"moonlight\"");
    fixture_staff(f, "\"kind\":\"message\",\"text\":\"m\"");
    assert_true(driver_wait(&f->driver, is_deaf, SOON_MS));
    for (int i = 1; i <= 5; i++) { /* a try or two lie between */
        char expected[8];
        (void)snprintf(expected, sizeof expected, "A%d", i);
        assert_string_equal(number(f), expected);
        driver_idle(&f->driver, 800);
        assert_true(is_deaf(&f->driver));
    }
    assert_true(is_waiting(f, "A5"));
    assert_int_equal(unlink(newer), 0);
}

int main(void)
{
    (void)snprintf(newer, sizeof newer, P_tmpdir "/machiai-newer-%d", (int)getpid());
    (void)setenv("MACHIAI_NEWER", newer, 1);
    const struct CMUnitTest tests[] = {
        FIXTURE_WARM(an_event_of_an_unknown_kind_makes_it_go_on_alone),
        FIXTURE_WARM(an_entry_of_another_form_makes_it_go_on_alone),
        FIXTURE_WARM(a_session_of_later_rules_makes_it_go_on_alone),
        FIXTURE_WARM(it_stays_alone_while_the_cloud_stays_newer),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(newer); /* a test that failed left it */
    return failed;
}
