/* A list of events as a site's log, whatever they say: each is judged, nothing is corrupted, and
 * the digest that is kept as tickets change is that of the whole. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "queue_rules.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENTS_MAX = 500 };

static void check(struct queue *queue)
{
    uint64_t kept = queue_digest(queue);
    digest_tickets(queue);
    if (kept != queue_digest(queue))
        abort();
    for (int i = 0; i < queue->count; i++)
        for (int k = 0; k < i; k++)
            if (number_equal(queue->tickets[i].number, queue->tickets[k].number) &&
                !ticket_finished(&queue->tickets[i]) && !ticket_finished(&queue->tickets[k]))
                abort();
}

static void apply(struct queue *queue, const cJSON *json)
{
    struct event event;
    char error[200] = "";
    if (event_from_json(json, &event, error, sizeof error) < 0) {
        if (!*error)
            abort();
        return;
    }
    struct judgement judged = queue_judge(queue, &event);
    uint64_t before = queue_digest(queue);
    struct judgement applied = queue_apply(queue, &event, event.at);
    if (judged.verdict != applied.verdict || judged.reason != applied.reason)
        abort();
    if (applied.verdict != VERDICT_APPLIED && queue_digest(queue) != before)
        abort();
    event_finish(&event);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct queue queue;
    int count = 0;
    cJSON *json = cJSON_ParseWithLength((const char *)data, size), *item;
    queue_init(&queue);
    cJSON_ArrayForEach (item, json) {
        if (++count > EVENTS_MAX)
            break;
        apply(&queue, item);
    }
    check(&queue);
    cJSON_Delete(view_staff(&queue, INT64_C(1795478400000)));
    queue_finish(&queue);
    cJSON_Delete(json);
    return 0;
}
