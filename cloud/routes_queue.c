#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "intake.h"
#include "routes.h"
#include "view.h"
#include "views.h"
#include "web.h"

/* -- tickets ----------------------------------------------------------------------------------- */

static bool read_ticket(struct http_request *req, struct intake_request *ret)
{
    const struct identity_who *who = identity_who(req);
    bool device = who->role == IDENTITY_DEVICE;
    char channel[16] = "";
    struct web_body body;
    struct decoder *decoder = &body.decoder;

    if (!web_body_read(req, &body))
        return false;
    ret->channel = device ? CHANNEL_KIOSK : CHANNEL_DESK;
    web_decode_uid(decoder, body.json, "", "ticket", DECODE_REQUIRED, ret->ticket);
    web_decode_uid(decoder, body.json, "", "family", DECODE_OPTIONAL, ret->family);
    decode_string(decoder, body.json, "", "service", DECODE_OPTIONAL, ret->service,
                  sizeof(ret->service));
    decode_bool(decoder, body.json, "", "offer", &ret->offer);
    decode_int64(decoder, body.json, "", "at", DECODE_OPTIONAL, 0, INT64_C(1) << 52, &ret->at);
    decode_string(decoder, body.json, "", "channel", DECODE_OPTIONAL, channel, sizeof(channel));
    if (*channel && (channel_parse(channel, &ret->channel) < 0 || ret->channel == CHANNEL_WEB))
        decode_fail(decoder, "", "channel", "must be kiosk, desk or phone");
    if (ret->offer && !device)
        decode_fail(decoder, "", "offer", "only a device can take an offer");
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    memcpy(device ? ret->device : ret->user, device ? who->id : who->name,
           device ? sizeof(ret->device) : sizeof(ret->user));
    return true;
}

static void add_session(cJSON *json, const struct session *session)
{
    cJSON *object = cJSON_AddObjectToObject(json, "session");

    cJSON_AddStringToObject(object, "date", session->date);
    cJSON_AddStringToObject(object, "kind", session_kind_name(session->kind));
}

static cJSON *ticket_json(struct cloud *cloud, struct site *site, const char *id,
                          const struct intake_ticket *issued, struct http_request *req)
{
    const struct queue *queue = site_read(site);
    const struct ticket *ticket = queue_ticket(queue, id);
    cJSON *json = ticket ? view_ticket(queue, ticket, site_now(site)) : NULL;

    if (json)
        add_session(json, &ticket->session);
    site_read_end(site);
    if (!json)
        return NULL;
    cJSON_AddStringToObject(json, "code", issued->code);
    cJSON_AddStringToObject(
        json, "url", *issued->code ? http_printf(req, "%s/t/%s", cloud->url, issued->code) : "");
    cJSON_AddItemToObject(json, "event", site_entry_json(site, issued->seq));
    return json;
}

void ticket_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct intake_request request = {0};
    struct intake_ticket issued;
    struct intake_refusal refusal;
    struct site *site = web_queue(req, context, true, &request.desk_no);
    int result;

    if (!site || !read_ticket(req, &request))
        return;
    result = intake_issue(cloud, site, &request, &issued, &refusal);
    if (result == -EPERM)
        http_reply_error(req, refusal.status, refusal.code, refusal.message, refusal.field);
    else if (result < 0)
        web_fail(req, result);
    else
        web_reply(req, issued.first ? 201 : 200,
                  ticket_json(cloud, site, request.ticket, &issued, req));
}

void ticket_get(struct http_request *req, void *context)
{
    int desk_no = 0;
    struct site *site = web_queue(req, context, true, &desk_no);
    const struct queue *queue;
    const struct ticket *ticket;
    cJSON *json = NULL;

    if (!site)
        return;
    queue = site_read(site);
    ticket = queue_ticket(queue, http_param(req, 1));
    if (ticket)
        json = view_ticket(queue, ticket, site_now(site));
    site_read_end(site);
    if (!ticket)
        http_reply_error(req, 404, "not_found", "There is no such ticket today.", NULL);
    else
        web_reply(req, 200, json);
}

static void reply_holder(struct http_request *req, struct site *site, const char *id)
{
    const struct queue *queue = site_read(site);
    const struct ticket *ticket = queue_ticket(queue, id);
    int64_t now = site_now(site);
    cJSON *json = ticket ? view_ticket(queue, ticket, now) : NULL;
    cJSON *clinic;

    if (json) {
        clinic = cJSON_AddObjectToObject(json, "clinic");
        cJSON_AddStringToObject(clinic, "clinic_no", queue->settings.clinic_no);
        cJSON_AddStringToObject(clinic, "name", queue->settings.name);
        cJSON_AddStringToObject(clinic, "phone", queue->settings.phone);
        add_session(json, &ticket->session);
        cJSON_AddItemToObject(json, "queue", view_patient(queue, ticket->desk_no, now));
        cJSON_AddNumberToObject(json, "seq", (double)site_seq(site));
    }
    site_read_end(site);
    if (!ticket)
        http_reply_error(req, 404, "not_found", "This ticket is of another day.", NULL);
    else
        web_reply(req, 200, json);
}

void holder_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    char site_name[UID_SIZE], ticket[UID_SIZE];
    struct site *site = NULL;
    int result;

    result = intake_find_code(cloud, http_param(req, 0), site_name, ticket);
    if (result == 0)
        site = sites_find(cloud->sites, site_name);
    if (result == -ENOENT || (result == 0 && !site))
        http_reply_error(req, 404, "not_found", "There is no such ticket; scan the slip again.",
                         NULL);
    else if (result < 0)
        web_fail(req, result);
    else
        reply_holder(req, site, ticket);
}

/* -- views ------------------------------------------------------------------------------------- */

void queue_get(struct http_request *req, void *context)
{
    int desk_no = 0;
    uint64_t ignored;
    struct site *site = web_queue(req, context, false, &desk_no);

    if (site)
        web_reply(req, 200, views_json(web_cloud(context), site, desk_no, &ignored));
}

void queue_stream(struct http_request *req, void *context)
{
    int desk_no = 0;
    struct site *site = web_queue(req, context, false, &desk_no);

    if (site)
        views_stream(req, context, site, desk_no);
}
