#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "acts.h"
#include "ids.h"
#include "resolve.h"
#include "routes.h"
#include "slips.h"
#include "views.h"
#include "web.h"

enum { POST_MAX = 100 };

/* What staff may log from their screens. Settings, sessions, devices and numbers have their own
 * ways. */
static bool staff_may(enum event_kind kind)
{
    switch (kind) {
    case EVENT_SESSION_CLOSED:
    case EVENT_PAUSED:
    case EVENT_RESUMED:
    case EVENT_MESSAGE:
    case EVENT_ARRIVED:
    case EVENT_CALLED:
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

/* Fills what the screen left to us; the author is always who is logged in. */
static void complete(cJSON *item, struct site *site, const char *user)
{
    char id[IDS_UUID_SIZE];

    if (!cJSON_GetObjectItemCaseSensitive(item, "id")) {
        ids_uuid(id);
        cJSON_AddStringToObject(item, "id", id);
    }
    if (!cJSON_GetObjectItemCaseSensitive(item, "at"))
        cJSON_AddNumberToObject(item, "at", (double)site_now(site));
    while (cJSON_GetObjectItemCaseSensitive(item, "user"))
        cJSON_DeleteItemFromObjectCaseSensitive(item, "user");
    cJSON_AddStringToObject(item, "user", user);
}

static void check_act(struct decoder *decoder, const cJSON *item, const char *path)
{
    struct event event;
    char error[WEB_ERROR_SIZE];
    char *space;

    if (event_from_json(item, &event, error, sizeof(error)) < 0) {
        space = strstr(error, ": ");
        if (space)
            *space = '\0';
        decode_fail(decoder, path, error, space ? space + 2 : "is not an event");
        return;
    }
    if (!staff_may(event.kind))
        decode_fail(decoder, path, "kind", "is not for staff to log");
    if (*event.device)
        decode_fail(decoder, path, "device", "must not be given");
    event_finish(&event);
}

/* False: answered. */
static bool read_acts(struct http_request *req, struct site *site, struct web_body *body,
                      cJSON **ret)
{
    cJSON *item;
    int i = 0;

    if (!web_body_read(req, body))
        return false;
    *ret =
        (cJSON *)decode_array(&body->decoder, body->json, "", "events", DECODE_REQUIRED, POST_MAX);
    cJSON_ArrayForEach (item, *ret) {
        char path[32];

        (void)snprintf(path, sizeof(path), "events[%d].", i++);
        if (cJSON_IsObject(item)) {
            complete(item, site, identity_who(req)->name);
            check_act(&body->decoder, item, path);
        } else {
            decode_fail(&body->decoder, path, "", "must be an object");
        }
    }
    return web_body_ok(req, body);
}

static int put_act(struct cloud *cloud, struct site *site, const cJSON *item, int64_t *ret_seq)
{
    char error[WEB_ERROR_SIZE];
    struct site_put put;
    struct event event;
    int result;

    result = site_put_json(site, item, NULL, &put, error, sizeof(error));
    if (result == 0)
        result = event_from_json(item, &event, error, sizeof(error));
    if (result < 0)
        return result;
    result = resolve_logged(cloud, site, &event, &put);
    event_finish(&event);
    *ret_seq = put.seq;
    return result;
}

struct acting {
    struct cloud *cloud;
    const cJSON *acts;
    int64_t seqs[POST_MAX];
    int count;
};

static int put_acts(struct site *site, void *context)
{
    struct acting *acting = context;
    const cJSON *item;
    int result = 0;

    cJSON_ArrayForEach (item, acting->acts) {
        result = put_act(acting->cloud, site, item, &acting->seqs[acting->count++]);
        if (result < 0)
            return result;
    }
    return result;
}

void site_events_post(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    struct acting acting = {.cloud = web_cloud(context)};
    struct web_body body;
    cJSON *acts = NULL, *json, *list;
    int result;

    if (!site || !read_acts(req, site, &body, &acts))
        return;
    acting.acts = acts;
    result = site_transact(site, put_acts, &acting);
    web_body_drop(&body);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    json = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(json, "entries");
    for (int i = 0; i < acting.count; i++)
        cJSON_AddItemToArray(list, site_entry_json(site, acting.seqs[i]));
    web_reply(req, 200, json);
}

void site_queue_get(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    bool staff = identity_who(req)->role == IDENTITY_STAFF;
    uint64_t ignored;

    if (site)
        web_reply(
            req, 200,
            views_json(web_cloud(context), site, staff ? VIEWS_STAFF : VIEWS_NAMELESS, &ignored));
}

void site_stream(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);

    if (site)
        views_stream(req, context, site, VIEWS_STAFF);
}

void slips_get(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    const char *text = http_query(req, "number"), *check = http_query(req, "check");
    struct number number;
    cJSON *json;

    if (!site)
        return;
    if (!text || number_parse(text, &number) < 0) {
        web_refuse(req, "number: is not a number of a slip");
        return;
    }
    if (!check || !*check || strlen(check) >= CHECK_SIZE) {
        web_refuse(req, "check: is not a check code");
        return;
    }
    json = slips_check(web_cloud(context)->db, site, number, check);
    if (json)
        web_reply(req, 200, json);
    else
        web_fail(req, -EIO);
}

void acts_get(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    cJSON *json = site ? acts_json(web_cloud(context), site) : NULL;

    if (json)
        web_reply(req, 200, json);
    else if (site)
        web_fail(req, -EIO);
}
