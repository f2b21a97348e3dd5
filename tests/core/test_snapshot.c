/* Snapshots: a queue at a place of its log, as JSON and back to the very same. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site.h"
#include "snapshot.h"

static int setup(void **state)
{
    static struct site site;
    site_open(&site);
    struct settings *settings = site_settings(&site);
    settings->services[0].prefix = 'K';
    settings->desks[0].booking_every = 3;
    site_change(&site, settings);
    for (int i = 1; i <= 8; i++)
        site_issue(&site, i, 1 + i % 2);
    struct event book = site_event(&site, EVENT_BOOKED, 9);
    book.desk_no = 1;
    book.number.value = 77;
    book.slot_from = site.now + 3600000;
    book.slot_to = book.slot_from + 3600000;
    book.no_voice = true;
    strcpy(book.family, "fa000000-0000-4000-8000-000000000001");
    assert_verdict(site_apply(&site, &book), "applied");
    assert_verdict(site_call(&site, 1, "r1"), "applied");
    assert_verdict(site_do(&site, EVENT_ABSENT, 1), "applied");
    assert_verdict(site_call(&site, 2, "r2"), "applied");
    assert_verdict(site_do(&site, EVENT_DONE, 3), "applied");
    struct event event = site_event(&site, EVENT_PRIORITISED, 4);
    event.priority = 1;
    strcpy(event.text, "高熱");
    assert_verdict(site_apply(&site, &event), "applied");
    event = site_event(&site, EVENT_PAUSED, 0);
    event.desk_no = 2;
    assert_verdict(site_apply(&site, &event), "applied");
    *state = &site;
    return 0;
}

static cJSON *write(const struct site *site)
{
    return snapshot_to_json(&site->queue, 812, entry_first_hash);
}

static void a_snapshot_gives_the_same_state(void **state)
{
    struct site *site = *state;
    struct snapshot snapshot;
    char error[200] = "";
    cJSON *json = write(site);
    assert_int_equal(snapshot_from_json(json, &snapshot, error, sizeof error), 0);
    assert_true(snapshot.seq == 812);
    assert_string_equal(snapshot.hash, entry_first_hash);
    assert_true(queue_digest(&snapshot.queue) == queue_digest(&site->queue));
    cJSON *again = snapshot_to_json(&snapshot.queue, 812, entry_first_hash);
    assert_true(cJSON_Compare(json, again, 1));
    cJSON_Delete(json);
    cJSON_Delete(again);
    snapshot_finish(&snapshot);
}

/* Whoever starts from it and whoever followed the log agree on all that comes after, undo included.
 */
static void what_comes_after_a_snapshot_is_the_same(void **state)
{
    struct site *site = *state, other = {0};
    struct snapshot snapshot;
    char error[200];
    cJSON *json = write(site);
    assert_int_equal(snapshot_from_json(json, &snapshot, error, sizeof error), 0);
    cJSON_Delete(json);
    other = *site;
    other.queue = snapshot.queue;
    struct event undo = site_event(site, EVENT_UNDONE, 2);
    memcpy(undo.target, site_ticket(site, 2)->last_event, UID_SIZE);
    assert_verdict(site_apply(site, &undo), "applied");
    assert_verdict(site_apply(&other, &undo), "applied");
    for (int i = 0; i < 4; i++) {
        const struct ticket *next = queue_next(&site->queue, 1 + i % 2, site->now);
        assert_string_equal(next->id, queue_next(&other.queue, 1 + i % 2, other.now)->id);
        struct event call = site_event(site, EVENT_CALLED, 0);
        memcpy(call.ticket, next->id, UID_SIZE);
        assert_verdict(site_apply(site, &call), "applied");
        assert_verdict(site_apply(&other, &call), "applied");
        assert_true(queue_digest(&site->queue) == queue_digest(&other.queue));
    }
    site_session(site, "2026-11-25", SESSION_AM, RULES_MAX);
    site_session(&other, "2026-11-25", SESSION_AM, RULES_MAX);
    site_close(&other);
}

static void an_empty_queue_has_a_snapshot(void **state)
{
    struct snapshot snapshot;
    struct queue queue;
    char error[200];
    (void)state;
    queue_init(&queue);
    cJSON *json = snapshot_to_json(&queue, 0, entry_first_hash);
    assert_int_equal(snapshot_from_json(json, &snapshot, error, sizeof error), 0);
    assert_true(queue_digest(&snapshot.queue) == queue_digest(&queue));
    cJSON_Delete(json);
    snapshot_finish(&snapshot);
}

static void change(cJSON *json, const char *path, const char *value)
{
    char name[32];
    cJSON *item = json;
    while (strchr(path, '.')) {
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(path, ".["), path);
        item = cJSON_GetObjectItem(item, name);
        const char *index = strchr(path, '[');
        if (index && index < strchr(path, '.'))
            item = cJSON_GetArrayItem(item, atoi(index + 1));
        path = strchr(path, '.') + 1;
    }
    cJSON_DeleteItemFromObject(item, path);
    if (*value)
        cJSON_AddItemToObject(item, path, cJSON_Parse(value));
}

static void mistakes_are_named_with_their_path(void **state)
{
    static const struct {
        const char *field, *value, *path;
        int result;
    } cases[] = {
        {"version", "2", "version", -ENOTSUP},
        {"version", "", "version", -EINVAL},
        {"rules", "3", "rules", -ENOTSUP},
        {"rules", "0", "rules", -EINVAL},
        {"seq", "-1", "seq", -EINVAL},
        {"hash", "\"ab\"", "hash", -EINVAL},
        {"state", "\"0000000000000000\"", "state", -EINVAL},
        {"message", "\"altered\"", "state: is another", -EINVAL},
        {"settings", "{}", "settings.: clinic_no", -EINVAL},
        {"settings_event", "", "settings_event", -EINVAL},
        {"session", "{\"date\":\"2026-02-30\",\"kind\":\"am\"}", "session.date", -EINVAL},
        {"desks", "[]", "desks", -EINVAL},
        {"desks[0].next", "\"1\"", "desks[0].next", -EINVAL},
        {"letters[0].letter", "\"a\"", "letters[0].letter", -EINVAL},
        {"letters[0].device", "\"x\"", "letters[0].device", -EINVAL},
        {"tickets", "{}", "tickets", -EINVAL},
        {"tickets[2].id", "\"x\"", "tickets[2].id", -EINVAL},
        {"tickets[2].state", "\"gone\"", "tickets[2].state", -EINVAL},
        {"tickets[3].number", "", "tickets[3].number", -EINVAL},
        {"tickets[3].number", "\"1\"", "tickets: have a number", -EINVAL},
        {"tickets[3].id", "\"0071c4e7-0000-4000-8000-000000000001\"", "tickets: have an id",
         -EINVAL},
        {"tickets[3].desk", "9", "tickets[3].desk", -EINVAL},
        {"tickets[3].place", "5", "tickets[3].place", -EINVAL},
        {"tickets[3].place", "\"9999999999999999999\"", "tickets[3].place", -EINVAL},
        {"tickets[1].before.state", "7", "tickets[1].before.state", -EINVAL},
        {"tickets[1].channel", "\"pigeon\"", "tickets[1].channel", -EINVAL},
        {"calls[0].desk", "0", "calls[0].desk", -EINVAL},
    };
    struct site *site = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct snapshot snapshot;
        char error[200] = "";
        cJSON *json = write(site);
        change(json, cases[i].field, cases[i].value);
        int result = snapshot_from_json(json, &snapshot, error, sizeof error);
        if (result != cases[i].result || strncmp(error, cases[i].path, strlen(cases[i].path)) != 0)
            fail_msg("%s: %d \"%s\", expected %d \"%s\"", cases[i].field, result, error,
                     cases[i].result, cases[i].path);
        cJSON_Delete(json);
    }
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_snapshot_gives_the_same_state),
        T(what_comes_after_a_snapshot_is_the_same),
        T(an_empty_queue_has_a_snapshot),
        T(mistakes_are_named_with_their_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
