/* The clinic's own hours as its staff keep them: the week, closed days, days that differ, and the
 * present session ended or gone on with. Not the service's hours (hours.h). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "routes.h"
#include "web.h"

static void add_session(cJSON *json, const struct queue *queue)
{
    cJSON *object;

    if (!*queue->session.date) {
        cJSON_AddNullToObject(json, "session");
        return;
    }
    object = cJSON_AddObjectToObject(json, "session");
    cJSON_AddStringToObject(object, "date", queue->session.date);
    cJSON_AddStringToObject(object, "kind", session_kind_name(queue->session.kind));
}

void opening_get(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    const struct queue *queue;
    cJSON *json, *all, *hours;

    if (!site)
        return;
    queue = site_read(site);
    json = cJSON_CreateObject();
    all = settings_to_json(&queue->settings);
    hours = queue->settings.has_hours ? cJSON_DetachItemFromObject(all, "hours") : NULL;
    cJSON_AddItemToObject(json, "hours", hours ? hours : cJSON_CreateNull());
    cJSON_AddNumberToObject(json, "pm_from", queue->settings.pm_from);
    cJSON_AddNumberToObject(json, "evening_from", queue->settings.evening_from);
    add_session(json, queue);
    cJSON_AddBoolToObject(json, "ended", queue->session_closed);
    /* Numbers that start again with each session would come twice. */
    cJSON_AddBoolToObject(json, "may_reopen", !queue->settings.restart_by_session);
    site_read_end(site);
    cJSON_Delete(all);
    web_reply(req, 200, json);
}

static int change_hours(struct site *site, const cJSON *hours, const char *user,
                        char error[static WEB_ERROR_SIZE])
{
    cJSON *settings = NULL;
    int result = site_settings_json(site, &settings);

    if (result < 0)
        return result;
    cJSON_DeleteItemFromObjectCaseSensitive(settings, "hours");
    cJSON_AddItemToObject(settings, "hours", cJSON_Duplicate(hours, true));
    result = site_change_settings(site, settings, user, error, WEB_ERROR_SIZE);
    cJSON_Delete(settings);
    return result;
}

void opening_put(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    char error[WEB_ERROR_SIZE] = "";
    struct web_body body;
    const cJSON *hours;
    int result = 0;

    if (!site || !web_body_read(req, &body))
        return;
    hours = decode_object(&body.decoder, body.json, "", "hours", DECODE_REQUIRED);
    if (hours && !body.decoder.failed)
        result = change_hours(site, hours, identity_who(req)->name, error);
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    if (result == -EINVAL)
        web_refuse(req, error);
    else if (result < 0)
        web_fail(req, result);
    else
        opening_get(req, context);
}

struct wish {
    bool open;
    const char *user;
};

/* The event that ends the present session, or goes on with it. */
static int put_session(struct site *site, void *context)
{
    const struct wish *wish = context;
    const struct queue *state = site_state(site);
    struct site_put ignored; /* ended twice is ended */
    struct event event;

    event_init(&event);
    event.kind = wish->open ? EVENT_SESSION_OPENED : EVENT_SESSION_CLOSED;
    event.session = state->session;
    event.rules = wish->open ? state->rules : 0;
    (void)snprintf(event.user, sizeof(event.user), "%s", wish->user);
    return site_put(site, &event, &ignored);
}

void opening_session_put(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    struct wish wish = {.user = identity_who(req)->name};
    struct web_body body;
    bool again;
    int result;

    if (!site || !web_body_read(req, &body))
        return;
    decode_bool(&body.decoder, body.json, "", "open", &wish.open);
    if (!cJSON_GetObjectItemCaseSensitive(body.json, "open"))
        decode_fail(&body.decoder, "", "open", "must say whether the session goes on");
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    again = site_read(site)->settings.restart_by_session;
    site_read_end(site);
    if (wish.open && again) {
        http_reply_error(req, 409, "numbers_restart",
                         "Numbers start again with each session: it cannot be gone on with.", NULL);
        return;
    }
    result = site_transact(site, put_session, &wish);
    if (result < 0)
        web_fail(req, result);
    else
        opening_get(req, context);
}
