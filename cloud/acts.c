#include "acts.h"

#include <string.h>

#include "notices.h"

enum { ENTRIES_MAX = 10000 /* looked through; a busy clinic has 2,000 a day */ };

static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;
static const int64_t japan_ms = INT64_C(9) * 60 * 60 * 1000;

static bool by_people(enum event_kind kind)
{
    switch (kind) {
    case EVENT_PAUSED:
    case EVENT_RESUMED:
    case EVENT_MESSAGE:
    case EVENT_SESSION_CLOSED:
    case EVENT_ARRIVED:
    case EVENT_CALLED:
    case EVENT_CALLED_NUMBER:
    case EVENT_RECALLED:
    case EVENT_ABSENT:
    case EVENT_BACK:
    case EVENT_HELD:
    case EVENT_WAITING:
    case EVENT_IN_ROOM:
    case EVENT_IN_EXAM:
    case EVENT_TRANSFERRED:
    case EVENT_DONE:
    case EVENT_CANCELLED:
    case EVENT_RESTORED:
    case EVENT_PRIORITISED:
    case EVENT_UNDONE:
    case EVENT_REISSUE:
        return true;
    default:
        return false;
    }
}

/* An arrival without a name is a patient's at the terminal. */
static bool is_act(const struct event *event)
{
    return by_people(event->kind) && (event->kind != EVENT_ARRIVED || *event->user);
}

static bool is_late(const struct event *event, int64_t received)
{
    return *event->device && received - event->at > ACTS_LATE_MS;
}

int acts_logged(struct cloud *cloud, struct site *site, const struct event *event,
                const struct site_put *put)
{
    int64_t now = site_now(site);

    if (put->repeated || !is_act(event) || !is_late(event, now))
        return 0;
    return notices_put(cloud->db, site_id(site), NOTICE_OFFLINE_ACTS, event->device,
                       cJSON_CreateObject(), now);
}

static void add_act(cJSON *list, struct site *site, const struct event *event,
                    const struct db_rows *rows)
{
    char number[NUMBER_TEXT_SIZE] = "";
    const struct ticket *ticket = queue_ticket(site_read(site), event->ticket);
    cJSON *item = cJSON_CreateObject();

    if (ticket || event->kind == EVENT_CALLED_NUMBER)
        number_format(ticket ? ticket->number : event->number, number);
    site_read_end(site);
    cJSON_AddItemToArray(list, item);
    cJSON_AddNumberToObject(item, "seq", (double)db_int(rows, 0));
    cJSON_AddNumberToObject(item, "at", (double)event->at);
    cJSON_AddNumberToObject(item, "received", (double)db_int(rows, 1));
    cJSON_AddStringToObject(item, "kind", event_kind_name(event->kind));
    cJSON_AddStringToObject(item, "ticket", event->ticket);
    cJSON_AddStringToObject(item, "number", number);
    cJSON_AddNumberToObject(item, "desk_no", event->desk_no);
    cJSON_AddStringToObject(item, "room", event->room);
    cJSON_AddNumberToObject(item, "places", event->places);
    cJSON_AddStringToObject(item, "user", event->user);
    cJSON_AddStringToObject(item, "device", event->device);
    cJSON_AddBoolToObject(item, "late", is_late(event, db_int(rows, 1)));
    cJSON_AddStringToObject(item, "verdict", db_text(rows, 2));
    cJSON_AddStringToObject(item, "reason", db_text(rows, 3));
}

cJSON *acts_json(struct cloud *cloud, struct site *site)
{
    int64_t midnight = (site_now(site) + japan_ms) / day_ms * day_ms - japan_ms;
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "acts");
    struct db_rows *rows = NULL;
    int result, count = 0;

    result = db_query(cloud->db, &rows,
                      "SELECT seq, received, verdict, reason, text FROM log WHERE site = $1 ORDER "
                      "BY seq DESC LIMIT $2",
                      "ti", site_id(site), (int64_t)ENTRIES_MAX);
    while (result >= 0 && count < ACTS_MAX && (result = db_next(rows)) == 1 &&
           db_int(rows, 1) >= midnight) {
        cJSON *text = cJSON_Parse(db_text(rows, 4));
        struct event event;
        char error[128];

        if (text && event_from_json(text, &event, error, sizeof(error)) == 0) {
            if (is_act(&event)) {
                add_act(list, site, &event, rows);
                count++;
            }
            event_finish(&event);
        }
        cJSON_Delete(text);
    }
    db_done(rows);
    if (result >= 0)
        return json;
    cJSON_Delete(json);
    return NULL;
}
