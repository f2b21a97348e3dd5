/* Parties: consecutive numbers, one slip each, all or none, whatever is cut, killed or full. */
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "station_fixture.h"

enum { PARTY = 3, LIVES = 6 };

static void expect_party(const struct station_ticket *party, const char *first_number)
{
    struct number number;
    assert_non_null(party);
    assert_int_equal(number_parse(first_number, &number), 0);
    for (int i = 0; i < PARTY; i++) {
        assert_int_equal(party[i].number.letter, number.letter);
        assert_int_equal(party[i].number.value, number.value + i);
        assert_string_equal(party[i].family, party[0].id);
        assert_int_equal(party[i].person, i + 1);
        assert_int_equal(party[i].persons, PARTY);
        assert_int_equal(party[i].print_count, 1);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(party[i].id, party[k].id);
    }
}

/* All of them wait in the cloud, each number once. */
static void expect_in_cloud(struct fixture *f, const struct station_ticket *party)
{
    for (int i = 0; i < PARTY; i++) {
        int count;
        assert_string_equal(cloud_rig_state(&f->cloud, driver_number(&party[i]), &count),
                            "waiting");
        assert_int_equal(count, 1);
    }
}

static void a_party_gets_consecutive_numbers(void **state)
{
    struct fixture *f = *state;
    const struct station_ticket *party = driver_party(&f->driver, PARTY, SOON_MS);
    expect_party(party, "1");
    for (int i = 0; i < PARTY; i++) {
        const struct ticket *known = queue_ticket(&f->driver.queue, party[i].id);
        assert_non_null(known); /* the news of the queue came first */
        assert_string_equal(known->family, party[0].family);
        assert_int_equal(party[i].before, 0); /* they go together */
        assert_non_null(strstr(party[i].url, "/t/"));
    }
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    expect_in_cloud(f, party);
    const struct station_ticket *alone = driver_issue(&f->driver, SOON_MS);
    assert_string_equal(driver_number(alone), "4");
    assert_string_equal(alone->family, "");
    assert_int_equal(alone->persons, 1);
}

static void without_a_line_all_numbers_are_the_kiosks_own(void **state)
{
    struct fixture *f = *state;
    struct station_ticket party[PARTY];
    fixture_cut(f);
    const struct station_ticket *given = driver_party(&f->driver, PARTY, SOON_MS);
    expect_party(given, "A1");
    memcpy(party, given, sizeof party);
    assert_int_equal(party[2].before, 0);
    fixture_heal(f);
    expect_in_cloud(f, party);
    assert_string_equal(driver_number(driver_party(&f->driver, PARTY, SOON_MS)), "1");
}

/* The question reached the cloud, its answer came too late: what was offered is void, all of it. */
static void an_answer_that_comes_late_gives_no_second_numbers(void **state)
{
    struct fixture *f = *state;
    struct station_ticket party[PARTY];
    cloud_rig_signal(&f->cloud, SIGSTOP);
    const struct station_ticket *given = driver_party(&f->driver, PARTY, SOON_MS);
    expect_party(given, "A1");
    memcpy(party, given, sizeof party);
    cloud_rig_signal(&f->cloud, SIGCONT);
    assert_true(driver_wait(&f->driver, driver_uploaded, RETURN_MS));
    expect_in_cloud(f, party);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    assert_int_equal(driver_issue(&f->driver, SOON_MS)->number.letter, 0);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    driver_idle(&f->driver, 300);
    assert_int_equal(f->driver.queue.count, PARTY + 1);
    for (int i = 0; i < f->driver.queue.count; i++)
        assert_int_equal(f->driver.queue.tickets[i].state, TICKET_WAITING);
}

/* A kiosk that asked for a party and was killed before the answer; the cloud has offered. */
static void die_while_asking(struct fixture *f)
{
    driver_stop(&f->driver);
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        driver_start(&f->driver);
        /* The first number opens the connection that the question then goes through. */
        if (!driver_wait(&f->driver, driver_ready, SOON_MS) || !driver_issue(&f->driver, SOON_MS) ||
            !driver_wait(&f->driver, driver_uploaded, SOON_MS) || write(ready[1], &byte, 1) != 1)
            _exit(1);
        driver_idle(&f->driver, 300); /* the cloud is stopped now */
        (void)driver_party(&f->driver, PARTY, SOON_MS);
        _exit(2);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    cloud_rig_signal(&f->cloud, SIGSTOP);
    usleep((300 + STATION_OFFER_MS / 2) * 1000);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    cloud_rig_signal(&f->cloud, SIGCONT);
    close(ready[0]);
    close(ready[1]);
}

static bool whole_party(const struct driver *driver)
{
    return driver->ticket_count > PARTY;
}

static void killed_between_offers_and_taken_the_party_gets_its_numbers(void **state)
{
    struct fixture *f = *state;
    die_while_asking(f);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, whole_party, SOON_MS));
    const struct station_ticket *party = &f->driver.tickets[1]; /* the first one's slip is open */
    expect_party(party, "2");
    assert_false(party->recovered); /* nobody saw them: their slips are new */
    driver_idle(&f->driver, 300);
    assert_int_equal(f->driver.ticket_count, 1 + PARTY);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    expect_in_cloud(f, party);
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "5");
}

static void make_intents_old(struct fixture *f)
{
    char path[sizeof f->data + 16];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/journal.db", f->data);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "UPDATE intents SET at = at - 300000, up = up - 300000", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_changes(db), 1);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void long_after_a_kill_all_offers_are_given_back(void **state)
{
    struct fixture *f = *state;
    die_while_asking(f);
    make_intents_old(f);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    driver_idle(&f->driver, 500);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    assert_int_equal(f->driver.ticket_count, 1);
    int offered = 0;
    for (int i = 0; i < f->driver.queue.count; i++)
        offered += f->driver.queue.tickets[i].state == TICKET_OFFERED;
    assert_int_equal(offered, 0);
    assert_int_equal(f->driver.queue.count, 1 + PARTY);
    assert_string_equal(driver_number(driver_issue(&f->driver, SOON_MS)), "5");
}

static void limit_intake(struct fixture *f, int limit)
{
    char path[CLOUD_PATH_MAX + 32];
    (void)snprintf(path, sizeof path, "%s/settings.json", f->cloud.data);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fprintf(file,
                  "{\"clinic_no\":\"1024\",\"name\":\"x\",\"desks\":[{\"desk_no\":1,\"name\":"
                  "\"d\",\"first\":1,\"last\":99}],\"services\":[{\"id\":\"s1\",\"desk_no\":1,"
                  "\"name\":\"s\"}],\"intake_limit\":%d}",
                  limit);
    (void)fclose(file);
    cJSON_Delete(
        cloud_rig_admin(&f->cloud, "site settings --site %s --file %s", f->cloud.site, path));
}

static bool is_limited(const struct driver *driver)
{
    return driver->queue.settings.intake_limit > 0;
}

/* Two of three would find room: none is given, neither there nor here. */
static void a_limit_reached_in_the_middle_refuses_the_whole_party(void **state)
{
    struct fixture *f = *state;
    limit_intake(f, PARTY - 1);
    assert_true(driver_wait(&f->driver, is_limited, SOON_MS));
    assert_null(driver_party(&f->driver, PARTY, SOON_MS));
    assert_string_equal(f->driver.refused, "refused.full");
    assert_int_equal(f->driver.queue.count, 0);
    fixture_cut(f);
    assert_null(driver_party(&f->driver, PARTY, SOON_MS));
    assert_string_equal(f->driver.refused, "refused.full");
    assert_string_equal(driver_number(driver_party(&f->driver, PARTY - 1, SOON_MS)), "A1");
    assert_null(driver_issue(&f->driver, SOON_MS));
    assert_string_equal(f->driver.refused, "refused.full");
    fixture_heal(f);
    assert_int_equal(f->driver.queue.count, PARTY - 1);
}

static void live(struct fixture *f)
{
    driver_start(&f->driver);
    for (;;)
        if (!driver_party(&f->driver, PARTY, SOON_MS))
            driver_idle(&f->driver, 10);
}

/* SIGKILL at any moment: a family is there whole or not at all. */
static void killed_at_any_moment_a_family_is_whole(void **state)
{
    struct fixture *f = *state;
    driver_stop(&f->driver);
    for (int i = 0; i < LIVES; i++) {
        pid_t child = fork();
        if (child == 0)
            live(f);
        usleep((useconds_t)(150000 + i * 41234));
        if (i % 2)
            cloud_rig_signal(&f->cloud, SIGSTOP);
        usleep((useconds_t)(50000 + (i % 2) * 650000));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        if (i % 2)
            cloud_rig_signal(&f->cloud, SIGCONT);
    }
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, RETURN_MS));
    driver_idle(&f->driver, 1000);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    const struct queue *queue = &f->driver.queue;
    assert_true(queue->count >= PARTY);
    for (int i = 0; i < queue->count; i++) {
        int live_members = 0, members = 0;
        for (int k = 0; k < queue->count; k++) {
            if (strcmp(queue->tickets[k].family, queue->tickets[i].family) != 0)
                continue;
            members++;
            live_members += queue->tickets[k].state == TICKET_WAITING;
        }
        assert_int_equal(members, PARTY);
        assert_true(live_members == 0 || live_members == PARTY);
    }
}

static void a_wish_that_nobody_can_have(void **state)
{
    struct fixture *f = *state;
    struct station_wish wish = {.service = "s1", .persons = STATION_PERSONS_MAX + 1};
    assert_int_equal(station_issue(f->driver.station, 1, &wish), -EINVAL);
    wish.persons = 0;
    assert_int_equal(station_issue(f->driver.station, 1, &wish), -EINVAL);
}

static void who_wants_no_voice_is_called_without(void **state)
{
    struct fixture *f = *state;
    const struct station_wish wish = {.service = "s1", .persons = 1, .no_voice = true};
    const struct station_act next = {.kind = STATION_ACT_NEXT, .desk_no = 1};
    assert_int_equal(station_issue(f->driver.station, 77, &wish), 0);
    assert_true(driver_wait(&f->driver, fixture_has_ticket, SOON_MS));
    assert_true(f->driver.tickets[0].no_voice);
    assert_true(driver_wait(&f->driver, driver_uploaded, SOON_MS));
    driver_idle(&f->driver, 200);
    assert_true(f->driver.queue.tickets[0].no_voice); /* as the cloud has it */
    assert_string_equal(driver_act(&f->driver, &next), "");
    assert_true(f->driver.call.no_voice);
    fixture_cut(f);
    assert_int_equal(station_issue(f->driver.station, 78, &wish), 0);
    driver_idle(&f->driver, 500);
    assert_true(f->driver.tickets[1].no_voice);
    fixture_heal(f);
    assert_true(queue_ticket(&f->driver.queue, f->driver.tickets[1].id)->no_voice);
}

static bool follows_newest_rules(const struct driver *driver)
{
    return driver->queue.rules == RULES_MAX;
}

/* Each on the board and by its own number; the cloud's confirmation repeats none of them. */
static void a_call_of_one_calls_the_party_once(void **state)
{
    struct fixture *f = *state;
    const struct station_act next = {.kind = STATION_ACT_NEXT, .desk_no = 1};
    driver_idle(&f->driver, 1500); /* the cloud learns that this kiosk follows the newest rules */
    assert_non_null(driver_party(&f->driver, PARTY, SOON_MS));
    assert_true(driver_wait(&f->driver, follows_newest_rules, SOON_MS));
    fixture_cut(f);
    assert_string_equal(driver_act(&f->driver, &next), "");
    assert_int_equal(f->driver.calls, PARTY);
    for (int i = 0; i < PARTY; i++)
        assert_int_equal(f->driver.queue.tickets[i].state, TICKET_CALLED);
    fixture_heal(f);
    driver_idle(&f->driver, 300);
    assert_int_equal(f->driver.calls, PARTY);
    for (int i = 0; i < PARTY; i++)
        assert_int_equal(f->driver.queue.tickets[i].state, TICKET_CALLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_WARM(a_party_gets_consecutive_numbers),
        FIXTURE_WARM(without_a_line_all_numbers_are_the_kiosks_own),
        FIXTURE_WARM(an_answer_that_comes_late_gives_no_second_numbers),
        FIXTURE_WARM(killed_between_offers_and_taken_the_party_gets_its_numbers),
        FIXTURE_WARM(long_after_a_kill_all_offers_are_given_back),
        FIXTURE_WARM(a_limit_reached_in_the_middle_refuses_the_whole_party),
        FIXTURE_WARM(killed_at_any_moment_a_family_is_whole),
        FIXTURE_WARM(a_wish_that_nobody_can_have),
        FIXTURE_WARM(who_wants_no_voice_is_called_without),
        FIXTURE_WARM(a_call_of_one_calls_the_party_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
