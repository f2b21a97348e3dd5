/* The station against the real cloud: numbers with and without an answer, calls, recovery, and
 * what must hold whatever is cut, killed or damaged. */
#include "../core/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "station_fixture.h"

enum { LIVES = 10 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -- numbers ----------------------------------------------------------------------------------- */

static void the_cloud_gives_the_number(void **state)
{
    struct fixture *f = *state;
    int count;
    const struct station_ticket *ticket = driver_issue(&f->driver, SOON_MS);
    assert_non_null(ticket);
    assert_string_equal(driver_number(ticket), "1");
    assert_int_equal(ticket->before, 0);
    assert_int_equal(ticket->print_count, 1);
    assert_int_equal(strlen(ticket->check), 4);
    assert_non_null(strstr(ticket->url, "/t/"));
    assert_int_equal(strlen(ticket->code), 9);
    assert_false(ticket->recovered);
    /* The news of the queue came before the ticket's, and knows it. */
    assert_string_equal(driver_state(&f->driver, "1"), "waiting");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    assert_string_equal(cloud_rig_state(&f->cloud, "1", &count), "waiting");
    assert_int_equal(count, 1);
    ticket = driver_issue(&f->driver, SOON_MS);
    assert_string_equal(driver_number(ticket), "2");
    assert_int_equal(ticket->before, 1);
    int64_t now = 0;
    assert_true(station_now(f->driver.station, &now));
    assert_true(llabs(now - (int64_t)time(NULL) * 1000) < 5000);
}

static void a_stalled_cloud_costs_less_than_a_second(void **state)
{
    struct fixture *f = *state;
    int count;
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "1");
    cloud_rig_signal(&f->cloud, SIGSTOP);
    int64_t from = now_ms();
    const struct station_ticket *ticket = driver_issue(&f->driver, SOON_MS);
    int64_t first = now_ms() - from;
    assert_string_equal(driver_number(ticket), "A1");
    assert_int_equal(ticket->before, 1);
    assert_non_null(strstr(ticket->url, "/q/1024-1"));
    assert_in_range(first, STATION_OFFER_MS - 50, 1000);
    from = now_ms();
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "A2");
    assert_in_range(now_ms() - from, 0, 300); /* it is known to be away */
    cloud_rig_signal(&f->cloud, SIGCONT);
    assert_true(driver_wait(&f->driver, driver_uploaded, RETURN_MS));
    assert_string_equal(cloud_rig_state(&f->cloud, "A1", &count), "waiting");
    assert_int_equal(count, 1);
    assert_string_equal(cloud_rig_state(&f->cloud, "A2", &count), "waiting");
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    /* What it may have offered to A1's ticket too late is void, not given to anybody else. */
    ticket = driver_issue(&f->driver, SOON_MS);
    assert_int_equal(ticket->number.letter, 0);
    assert_in_range(ticket->number.value, 2, 3);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    driver_idle(&f->driver, 300);
    for (int i = 0; i < f->driver.queue.count; i++)
        assert_int_equal(f->driver.queue.tickets[i].state, TICKET_WAITING);
    assert_int_equal(f->driver.queue.count, 4);
}

static void a_dead_cloud_is_caught_up_with(void **state)
{
    struct fixture *f = *state;
    int count;
    cloud_rig_kill(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_offline, SOON_MS));
    for (int i = 1; i <= 5; i++) {
        const struct station_ticket *ticket = driver_issue(&f->driver, SOON_MS);
        assert_int_equal(ticket->number.letter, 'A');
        assert_int_equal(ticket->number.value, i);
    }
    fixture_restart(f); /* and what was given is known after a restart */
    assert_true(driver_wait(&f->driver, fixture_has_ticket, SOON_MS));
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "A6");
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_uploaded, RETURN_MS));
    assert_string_equal(cloud_rig_state(&f->cloud, "A6", &count), "waiting");
    assert_string_equal(cloud_rig_state(&f->cloud, "A1", &count), "waiting");
    assert_int_equal(count, 1);
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "1");
}

static void before_anything_is_known_it_refuses_politely(void **state)
{
    struct fixture *f = *state;
    driver_start(&f->driver);
    assert_null(driver_issue(&f->driver, SOON_MS)); /* not enrolled yet, or no settings */
    assert_string_equal(f->driver.refused, "refused.unavailable");
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    const struct station_wish unknown = {.service = "no-such-service", .persons = 1};
    assert_int_equal(station_issue(f->driver.station, 77, &unknown), 0);
    f->driver.refusals = 0;
    driver_idle(&f->driver, 500);
    assert_int_equal(f->driver.refusals, 1);
    assert_int_equal(f->driver.ticket_count, 0);
}

static void pause_intake(struct fixture *f)
{
    long status;
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/sites/%s/events", f->cloud.site);
    cJSON_Delete(cloud_rig_ask(&f->cloud, "POST", path,
                               "{\"events\":[{\"kind\":\"intake_paused\",\"desk\":1}]}", &status));
    assert_int_equal(status, 200);
}

static bool is_paused(const struct driver *driver)
{
    return driver->queue.desks[0].paused;
}

static void a_pause_holds_with_and_without_the_cloud(void **state)
{
    struct fixture *f = *state;
    assert_non_null(driver_issue(&f->driver, SOON_MS)); /* opens the session */
    pause_intake(f);
    assert_null(driver_issue(&f->driver, SOON_MS));
    assert_string_equal(f->driver.refused, "refused.paused");
    assert_true(driver_wait(&f->driver, is_paused, SOON_MS));
    cloud_rig_kill(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_offline, SOON_MS));
    assert_null(driver_issue(&f->driver, SOON_MS));
    assert_string_equal(f->driver.refused, "refused.paused");
}

static void eight_at_once_and_no_more(void **state)
{
    struct fixture *f = *state;
    const struct station_wish wish = {.service = "s1", .language = "ja", .persons = 1};
    int accepted = 0;
    for (int i = 1; i <= 2 * STATION_ISSUES_MAX; i++)
        accepted += station_issue(f->driver.station, i, &wish) == 0;
    assert_int_equal(accepted, STATION_ISSUES_MAX);
    driver_idle(&f->driver, 1500);
    assert_int_equal(f->driver.ticket_count, STATION_ISSUES_MAX);
    for (int i = 0; i < f->driver.ticket_count; i++)
        for (int k = 0; k < i; k++)
            assert_false(number_equal(f->driver.tickets[i].number, f->driver.tickets[k].number));
}

/* -- calls ------------------------------------------------------------------------------------- */

static void a_fresh_call_is_cried_out(void **state)
{
    struct fixture *f = *state;
    assert_non_null(driver_issue(&f->driver, SOON_MS));
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    assert_int_equal(f->driver.calls, 0);
    assert_string_equal(cloud_rig_call(&f->cloud), "1");
    assert_true(driver_wait(&f->driver, fixture_has_call, 2000));
    assert_string_equal(driver_number(&f->driver.call), "1");
    assert_int_equal(f->driver.call.desk_no, 1);
    assert_true(f->driver.call.room[0] != '\0');
    driver_idle(&f->driver, 300);
    assert_int_equal(f->driver.calls, 1);
}

/* Younger than a minute: the patient has not heard it yet. Once, and not again by a new line. */
static void a_call_made_while_the_line_was_down_is_cried_out_once(void **state)
{
    struct fixture *f = *state;
    assert_non_null(driver_issue(&f->driver, SOON_MS));
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    driver_stop(&f->driver);
    assert_string_equal(cloud_rig_call(&f->cloud), "1");
    usleep(1500 * 1000);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, fixture_has_call, SOON_MS));
    assert_string_equal(driver_state(&f->driver, "1"), "called");
    driver_stop(&f->driver);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    driver_idle(&f->driver, 500);
    assert_int_equal(f->driver.calls, 0);
}

/* The disk is full: the call is cried out all the same. */
static int hear_without_room(struct fixture *f)
{
    struct rlimit limit = {1, RLIM_INFINITY};
    (void)signal(SIGXFSZ, SIG_IGN);
    driver_start(&f->driver);
    if (!driver_wait(&f->driver, driver_ready, SOON_MS) || !driver_issue(&f->driver, SOON_MS) ||
        !driver_wait(&f->driver, driver_uploaded, SOON_MS))
        return 1;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    bool called = strcmp(cloud_rig_call(&f->cloud), "1") == 0;
    if (!called || !driver_wait(&f->driver, fixture_has_call, SOON_MS))
        return 2;
    if (strcmp(driver_number(&f->driver.call), "1") != 0 || f->driver.calls != 1)
        return 3;
    limit.rlim_cur = RLIM_INFINITY;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    driver_stop(&f->driver);
    return 0;
}

static void a_call_does_not_wait_for_the_disk(void **state)
{
    struct fixture *f = *state;
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(hear_without_room(f));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* -- restarts ------------------------------------------------------------------------ */

/* The child asks for numbers until it is killed; it says each number that it was given. */
static void live(struct fixture *f, int reports)
{
    driver_start(&f->driver);
    for (;;) {
        const struct station_ticket *ticket = driver_issue(&f->driver, SOON_MS);
        if (!ticket) {
            driver_idle(&f->driver, 10);
        } else if (write(reports, ticket, sizeof *ticket) != (ssize_t)sizeof *ticket) {
            _exit(1);
        } else if (station_slip(f->driver.station, ticket->id, 1, "printed", 1, "") < 0) {
            _exit(2); /* else its slip came out: the next start has at most one to show */
        }
    }
}

static int given_twice(const struct station_ticket *given, int count)
{
    for (int i = 0; i < count; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(given[i].id, given[k].id) == 0 ||
                number_equal(given[i].number, given[k].number))
                return 1;
    return 0;
}

static bool all_in_cloud(struct fixture *f, const struct station_ticket *given, int count)
{
    for (int i = 0; i < count; i++) {
        const struct ticket *ticket = queue_ticket(&f->driver.queue, given[i].id);
        int in_cloud;
        char number[NUMBER_TEXT_SIZE];
        number_format(given[i].number, number);
        if (!ticket || !number_equal(ticket->number, given[i].number))
            return false;
        if (strcmp(cloud_rig_state(&f->cloud, number, &in_cloud), "waiting") != 0 || in_cloud != 1)
            return false;
    }
    return true;
}

/* SIGKILL at ten moments, every other time with a cloud that does not answer. What was told is
 * kept; no number is given twice; nothing is left half done. */
static void killed_at_any_moment(void **state)
{
    struct fixture *f = *state;
    static struct station_ticket given[DRIVER_TICKETS_MAX];
    int count = 0;
    driver_stop(&f->driver);
    for (int i = 0; i < LIVES; i++) {
        int reports[2];
        assert_int_equal(pipe(reports), 0);
        pid_t child = fork();
        if (child == 0) {
            close(reports[0]);
            live(f, reports[1]);
        }
        close(reports[1]);
        usleep((useconds_t)(120000 + i * 23456));
        if (i % 2)
            cloud_rig_signal(&f->cloud, SIGSTOP);
        usleep((useconds_t)(60000 + i * 17000 + (i % 2) * 600000));
        kill(child, SIGKILL);
        if (i % 2)
            cloud_rig_signal(&f->cloud, SIGCONT);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (count < DRIVER_TICKETS_MAX / 2 &&
               read(reports[0], &given[count], sizeof given[0]) == (ssize_t)sizeof given[0])
            count++;
        close(reports[0]);
    }
    assert_true(count > 5);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, RETURN_MS));
    driver_idle(&f->driver, 1000);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    assert_int_equal(given_twice(given, count), 0);
    assert_true(all_in_cloud(f, given, count));
    for (int i = 0; i < f->driver.queue.count; i++) /* an offer is taken or given back */
        assert_int_not_equal(f->driver.queue.tickets[i].state, TICKET_OFFERED);
    /* At most one a life was left unfinished, and each is shown again once. */
    assert_in_range(f->driver.ticket_count, 0, LIVES);
    assert_int_equal(given_twice(f->driver.tickets, f->driver.ticket_count), 0);
}

/* -- damage ------------------------------------------------------------------------------------ */

static void copy_cloud(const struct fixture *f, const char *from, const char *to)
{
    char command[3 * CLOUD_PATH_MAX];
    (void)snprintf(command, sizeof command,
                   "cd '%s' && mkdir -p %s && rm -f %s/machiai.db* && cp %s/machiai.db* %s",
                   f->cloud.data, to, to, from, to);
    assert_int_equal(system(command), 0);
}

/* The cloud comes back from a backup that lacks two tickets; the kiosk has their slips in the
 * world, and makes them known again. */
static void a_restored_cloud_gets_back_what_the_kiosk_knows(void **state)
{
    struct fixture *f = *state;
    int count;
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "1");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    cloud_rig_kill(&f->cloud);
    copy_cloud(f, ".", "backup");
    assert_true(driver_wait(&f->driver, driver_offline, SOON_MS));
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "A1");
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_uploaded, RETURN_MS));
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "2");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    cloud_rig_kill(&f->cloud);
    copy_cloud(f, "backup", ".");
    assert_true(driver_wait(&f->driver, driver_offline, SOON_MS));
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_ready, RETURN_MS));
    driver_idle(&f->driver, 1000);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    static const char *const numbers[] = {"1", "2", "A1"};
    for (int i = 0; i < 3; i++) {
        assert_string_equal(cloud_rig_state(&f->cloud, numbers[i], &count), "waiting");
        assert_int_equal(count, 1);
        assert_string_equal(driver_state(&f->driver, numbers[i]), "waiting");
    }
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "3");
}

/* Nothing can be written: no number is given, and none is lost when there is room again. */
static int live_without_room(struct fixture *f)
{
    struct rlimit limit = {1, RLIM_INFINITY};
    (void)signal(SIGXFSZ, SIG_IGN);
    driver_start(&f->driver);
    if (!driver_wait(&f->driver, driver_ready, SOON_MS) || !driver_issue(&f->driver, SOON_MS) ||
        !driver_wait(&f->driver, driver_uploaded, SOON_MS))
        return 1;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    const struct station_ticket *ticket = driver_issue(&f->driver, SOON_MS);
    if (ticket || strcmp(f->driver.refused, "refused.unavailable") != 0)
        return 2;
    limit.rlim_cur = RLIM_INFINITY;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    if (strcmp(driver_number(driver_issue(&f->driver, SOON_MS)), "2") != 0)
        return 3;
    driver_stop(&f->driver);
    return 0;
}

static void a_full_disk_refuses_politely(void **state)
{
    struct fixture *f = *state;
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(live_without_room(f));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static bool one_waits(const struct driver *driver)
{
    return strcmp(driver_state(driver, "1"), "waiting") == 0;
}

static void a_corrupt_journal_is_fetched_again(void **state)
{
    struct fixture *f = *state;
    char path[sizeof f->data + 32], device[UID_SIZE], junk[8192];
    assert_non_null(driver_issue(&f->driver, SOON_MS));
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    memcpy(device, f->driver.status.device, UID_SIZE);
    driver_stop(&f->driver);
    /* Offered, and perhaps shown: the journal that could tell is gone. */
    cloud_rig_offer(&f->cloud, f->data, "0ffe4ed0-0000-4000-8000-000000000002");
    memset(junk, 'J', sizeof junk);
    (void)snprintf(path, sizeof path, "%s/journal.db", f->data);
    int fd = open(path, O_WRONLY);
    assert_int_equal(write(fd, junk, sizeof junk), sizeof junk);
    close(fd);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    assert_string_equal(f->driver.status.device, device);
    assert_true(driver_wait(&f->driver, one_waits, SOON_MS));
    (void)snprintf(path, sizeof path, "%s/journal.db.damaged-1", f->data);
    assert_int_equal(access(path, F_OK), 0);
    /* Until the next heartbeat says that all is here, nothing is given. */
    const struct station_ticket *ticket = NULL;
    for (int64_t end = now_ms() + RETURN_MS; !ticket && now_ms() < end;) {
        ticket = driver_issue(&f->driver, SOON_MS);
        driver_idle(&f->driver, 100);
    }
    assert_string_equal(driver_number(ticket), "3");
    assert_string_equal(driver_state(&f->driver, "2"), "waiting");
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    /* Slips of the own series may have been lost with the journal: their numbers are not used. */
    cloud_rig_kill(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_offline, SOON_MS));
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "A21");
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "A22");
}

static bool both_are_known(const struct driver *driver)
{
    return driver_ready(driver) && driver_uploaded(driver) && one_waits(driver) &&
           strcmp(driver_state(driver, "A1"), "waiting") == 0;
}

/* The card fails under the running kiosk, while it alone knows of A1. */
static void damage_while_running_is_noticed_and_mended(void **state)
{
    struct fixture *f = *state;
    char path[sizeof f->data + 32], command[3 * CLOUD_PATH_MAX];
    assert_non_null(driver_issue(&f->driver, SOON_MS));
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    cloud_rig_kill(&f->cloud);
    assert_true(driver_wait(&f->driver, driver_offline, SOON_MS));
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "A1");
    (void)snprintf(command, sizeof command,
                   "for f in '%s'/journal.db*; do head -c 400000 /dev/zero | tr '\\0' J | "
                   "dd of=\"$f\" conv=notrunc status=none; done",
                   f->data);
    assert_int_equal(system(command), 0);
    (void)snprintf(path, sizeof path, "%s/journal.db.damaged-1", f->data);
    for (int i = 0; i < 20 && access(path, F_OK) < 0; i++) {
        (void)driver_issue(&f->driver, 500); /* something is to be written */
        driver_idle(&f->driver, 50);
    }
    assert_int_equal(access(path, F_OK), 0);
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, both_are_known, RETURN_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_WARM(the_cloud_gives_the_number),
        FIXTURE_WARM(a_stalled_cloud_costs_less_than_a_second),
        FIXTURE_WARM(a_dead_cloud_is_caught_up_with),
        FIXTURE_COLD(before_anything_is_known_it_refuses_politely),
        FIXTURE_WARM(a_pause_holds_with_and_without_the_cloud),
        FIXTURE_WARM(eight_at_once_and_no_more),
        FIXTURE_WARM(a_fresh_call_is_cried_out),
        FIXTURE_WARM(a_call_made_while_the_line_was_down_is_cried_out_once),
        FIXTURE_WARM(killed_at_any_moment),
        FIXTURE_WARM(a_restored_cloud_gets_back_what_the_kiosk_knows),
        FIXTURE_COLD(a_full_disk_refuses_politely),
        FIXTURE_COLD(a_call_does_not_wait_for_the_disk),
        FIXTURE_WARM(a_corrupt_journal_is_fetched_again),
        FIXTURE_WARM(damage_while_running_is_noticed_and_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
