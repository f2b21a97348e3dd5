/* Any JSON text as a snapshot: refused with a path, or a queue that is written back to the same and
 * can be asked anything. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "snapshot.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a screen asks, at a moment of the snapshot's own day. */
static void ask(const struct queue *queue)
{
    int64_t now = queue->count ? queue->tickets[queue->count - 1].accepted_ms : 0;
    cJSON_Delete(view_staff(queue, now));
    for (int i = 0; i < queue->settings.desk_count; i++) {
        int desk_no = queue->settings.desks[i].desk_no;
        (void)queue_next_number(queue, desk_no, "", CHANNEL_WEB);
        (void)queue_intake(queue, desk_no, CHANNEL_KIOSK, now);
        cJSON_Delete(view_patient(queue, desk_no, now));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snapshot value, again;
    char error[200] = "";
    cJSON *json = cJSON_ParseWithLength((const char *)data, size);
    if (!json)
        return 0;
    if (snapshot_from_json(json, &value, error, sizeof error) < 0) {
        if (!*error)
            abort();
    } else {
        cJSON *written = snapshot_to_json(&value.queue, value.seq, value.hash);
        if (!written || snapshot_from_json(written, &again, error, sizeof error) < 0 ||
            queue_digest(&value.queue) != queue_digest(&again.queue))
            abort();
        ask(&value.queue);
        cJSON_Delete(written);
        snapshot_finish(&again);
        snapshot_finish(&value);
    }
    cJSON_Delete(json);
    return 0;
}
