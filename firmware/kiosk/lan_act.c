/* An act of staff at the page on the clinic's network: the console's event becomes an act of the
 * station, and its answer is waited for on a thread of the server. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lan_private.h"

static const struct {
    enum event_kind event;
    enum station_act_kind act;
} acts[] = {
    {EVENT_CALLED, STATION_ACT_CALL},     {EVENT_RECALLED, STATION_ACT_RECALL},
    {EVENT_ABSENT, STATION_ACT_ABSENT},   {EVENT_BACK, STATION_ACT_BACK},
    {EVENT_HELD, STATION_ACT_HOLD},       {EVENT_WAITING, STATION_ACT_WAITING},
    {EVENT_IN_ROOM, STATION_ACT_IN_ROOM}, {EVENT_IN_EXAM, STATION_ACT_IN_EXAM},
    {EVENT_DONE, STATION_ACT_DONE},       {EVENT_CANCELLED, STATION_ACT_CANCEL},
    {EVENT_ARRIVED, STATION_ACT_ARRIVED}, {EVENT_RESTORED, STATION_ACT_RESTORE},
    {EVENT_REISSUE, STATION_ACT_REISSUE}, {EVENT_TRANSFERRED, STATION_ACT_TRANSFER},
    {EVENT_UNDONE, STATION_ACT_UNDO},     {EVENT_PAUSED, STATION_ACT_PAUSE},
    {EVENT_RESUMED, STATION_ACT_RESUME},
};

/* -- reading ----------------------------------------------------------------------------------- */

static bool is_intake(enum event_kind kind)
{
    return kind == EVENT_PAUSED || kind == EVENT_RESUMED;
}

static bool find_kind(enum event_kind kind, enum station_act_kind *ret)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (acts[i].event == kind) {
            *ret = acts[i].act;
            return true;
        }
    return false;
}

static void fill(const struct event *event, const char *user, struct station_act *ret)
{
    ret->desk_no = is_intake(event->kind) ? event->desk_no : 0;
    ret->to_desk_no = event->kind == EVENT_TRANSFERRED ? event->desk_no : 0;
    ret->places = event->places;
    memcpy(ret->id, event->id, sizeof ret->id);
    memcpy(ret->ticket, event->ticket, sizeof ret->ticket);
    memcpy(ret->room, event->room, sizeof ret->room);
    memcpy(ret->seen, event->kind == EVENT_UNDONE ? event->target : event->seen, sizeof ret->seen);
    (void)snprintf(ret->user, sizeof ret->user, "%s", user);
}

/* One act; the console sends no more at a time. The author is who is logged in, whatever it says.
 */
static bool read_act(struct http_request *req, const char *user, struct station_act *ret)
{
    size_t size = 0;
    cJSON *json = cJSON_Parse(http_body(req, &size));
    cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "events");
    cJSON *item = cJSON_GetArraySize(list) == 1 ? cJSON_GetArrayItem(list, 0) : NULL;
    char error[256] = "events: one act is needed";
    struct event event;
    bool good = false;
    if (cJSON_IsObject(item) && !cJSON_GetObjectItemCaseSensitive(item, "at"))
        cJSON_AddNumberToObject(item, "at", 0);
    if (item && event_from_json(item, &event, error, sizeof error) == 0) {
        good = find_kind(event.kind, &ret->kind);
        if (good)
            fill(&event, user, ret);
        else
            (void)snprintf(error, sizeof error, "events[0].kind: is not for this page");
        event_finish(&event);
    }
    cJSON_Delete(json);
    if (!good)
        http_reply_error(req, 400, "bad_request", error, NULL);
    return good;
}

/* -- the station's answer ---------------------------------------------------------------------- */

/* -EAGAIN: too many are under way; -ETIMEDOUT: no answer, it may still be done. */
static int perform(struct lan *lan, const struct station_act *act, char text[static 64])
{
    struct lan_pending *mine = NULL;
    struct timespec until;
    int64_t request = 0;
    pthread_mutex_lock(&lan->lock);
    for (int i = 0; i < LAN_PENDING_MAX && !mine; i++)
        mine = lan->pending[i].request == 0 ? &lan->pending[i] : NULL;
    if (mine) {
        request = LAN_REQUESTS + ++lan->request % LAN_REQUESTS;
        *mine = (struct lan_pending){.request = request};
    }
    pthread_mutex_unlock(&lan->lock);
    int result = mine ? lan->options.act(lan->options.context, request, act) : -EAGAIN;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LAN_ACT_MS / 1000;
    pthread_mutex_lock(&lan->lock);
    int waited = 0;
    while (result == 0 && !mine->done && waited == 0 && !lan->stopping)
        waited = pthread_cond_timedwait(&lan->answered, &lan->lock, &until);
    if (result == 0 && !mine->done)
        result = -ETIMEDOUT;
    if (result == 0)
        memcpy(text, mine->text, sizeof mine->text);
    if (mine)
        mine->request = 0;
    pthread_mutex_unlock(&lan->lock);
    return result;
}

bool lan_acted(struct lan *lan, int64_t request, const char *text)
{
    if (request < LAN_REQUESTS || request >= 2 * (int64_t)LAN_REQUESTS)
        return false;
    pthread_mutex_lock(&lan->lock);
    for (int i = 0; i < LAN_PENDING_MAX; i++) {
        struct lan_pending *pending = &lan->pending[i];
        if (pending->request != request)
            continue;
        pending->done = true;
        (void)snprintf(pending->text, sizeof pending->text, "%s", text);
    }
    pthread_cond_broadcast(&lan->answered);
    pthread_mutex_unlock(&lan->lock);
    return true;
}

/* -- the console's answer ---------------------------------------------------------------------- */

static void reply(struct http_request *req, const struct station_act *act, const char *text)
{
    bool done = *text == '\0';
    const char *late = act->kind == STATION_ACT_UNDO ? "undo_late" : "stale";
    const char *body = http_printf(req, "{\"entries\":[{\"verdict\":\"%s\",\"reason\":\"%s\"}]}",
                                   done ? "applied" : "superseded", done ? "" : late);
    http_reply(req, 200, "application/json", body, strlen(body), NULL);
}

void lan_events_post(struct http_request *req, void *context)
{
    struct lan *lan = context;
    const struct lan_session *who = http_user(req);
    struct station_act act = {0};
    char text[64] = "";
    if (!read_act(req, who->name, &act))
        return;
    int result = perform(lan, &act, text);
    if (result == -EINVAL)
        http_reply_error(req, 400, "bad_request", "The act lacks its ticket or desk.", NULL);
    else if (result < 0 || strcmp(text, "act.failed") == 0)
        http_reply_error(req, 503, "busy", "The kiosk cannot do it now; try again.", NULL);
    else
        reply(req, &act, text);
}
