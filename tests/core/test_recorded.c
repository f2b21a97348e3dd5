/* Logs that were recorded once, and the state that they led to then. A version of the rules means
 * the same for ever: a kiosk that is not replaced yet goes by it, and a log is read again after
 * years. golden/rules-1.* is of the first release's program. Until rules 2 are released a change of
 * them is recorded anew: test_recorded DIR writes DIR/rules-N.state. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queue.h"

enum { LINE_MAX = 70000, STATE_MAX = 1 << 20 };

static FILE *must_open(const char *dir, int rules, const char *kind, const char *mode)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/rules-%d.%s", dir, rules, kind);
    FILE *file = fopen(path, mode);
    if (!file)
        fail_msg("%s cannot be opened", path);
    return file;
}

static void apply_line(struct queue *queue, char *line)
{
    char *text, error[200];
    struct event event;
    int64_t at = strtoll(line, &text, 10);
    cJSON *json = cJSON_Parse(text);
    if (event_from_json(json, &event, error, sizeof error) < 0)
        fail_msg("%s: %s", text, error);
    struct judgement judgement = queue_apply(queue, &event, at);
    if (judgement.verdict != VERDICT_APPLIED)
        fail_msg("%s: %s, applied once", text, reason_name(judgement.reason));
    event_finish(&event);
    cJSON_Delete(json);
}

static void tell_ticket(const struct ticket *t, FILE *to)
{
    char number[NUMBER_TEXT_SIZE];
    number_format(t->number, number);
    (void)fprintf(
        to, "%s %s %s desk %d stage %d place %lld room \"%s\" calls %d at %lld priority %d%s%s\n",
        t->id, number, ticket_state_name(t->state), t->desk_no, t->stage, (long long)t->place,
        t->room, t->calls, (long long)t->called_ms, t->priority, t->can_undo ? " undo" : "",
        t->abandoned ? " abandoned" : "");
}

static void tell(const struct queue *queue, FILE *to)
{
    for (int i = 0; i < queue->count; i++)
        tell_ticket(&queue->tickets[i], to);
    for (int i = 0; i < queue->settings.desk_count; i++)
        (void)fprintf(to, "desk %d next %d%s\n", queue->settings.desks[i].desk_no,
                      queue->desks[i].next, queue->desks[i].paused ? " paused" : "");
    for (int i = 0; i < 26; i++)
        if (queue->letters[i].next)
            (void)fprintf(to, "letter %c next %d\n", 'A' + i, queue->letters[i].next);
    if (queue->rules >= 2) /* the first release told none */
        (void)fprintf(to, "digest %016llx\n", (unsigned long long)queue_digest(queue));
}

static void replay(int rules, FILE *to)
{
    struct queue queue;
    char *line = test_malloc(LINE_MAX);
    FILE *log = must_open(GOLDEN_DIR, rules, "log", "r");
    queue_init(&queue);
    while (fgets(line, LINE_MAX, log))
        apply_line(&queue, line);
    assert_int_equal(queue.rules, rules);
    tell(&queue, to);
    (void)fclose(log);
    queue_finish(&queue);
    test_free(line);
}

static void read_all(FILE *file, char *text)
{
    rewind(file);
    text[fread(text, 1, STATE_MAX - 1, file)] = '\0';
    (void)fclose(file);
}

static void a_recorded_log_leads_where_it_led(void **state)
{
    char *wanted = test_malloc(STATE_MAX), *found = test_malloc(STATE_MAX);
    (void)state;
    for (int rules = RULES_MIN; rules <= RULES_MAX; rules++) {
        FILE *now = tmpfile();
        assert_non_null(now);
        replay(rules, now);
        read_all(now, found);
        read_all(must_open(GOLDEN_DIR, rules, "state", "r"), wanted);
        assert_string_equal(found, wanted);
    }
    test_free(wanted);
    test_free(found);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_log_leads_where_it_led),
    };
    for (int rules = RULES_MIN; argc > 1 && rules <= RULES_MAX; rules++) {
        FILE *to = must_open(argv[1], rules, "state", "w");
        replay(rules, to);
        (void)fclose(to);
    }
    return argc > 1 ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
}
