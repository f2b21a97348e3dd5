#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "intake.h"
#include "kept_views.h"
#include "routes.h"
#include "view.h"
#include "views.h"
#include "web.h"

/* -- tickets ----------------------------------------------------------------------------------- */

/* One person's ticket, or the tickets of a party. */
static void read_persons(struct decoder *decoder, const cJSON *json, struct intake_request *ret)
{
    const cJSON *list =
        decode_array(decoder, json, "", "tickets", DECODE_OPTIONAL, INTAKE_PERSONS_MAX);
    const cJSON *item;

    web_decode_uid(decoder, json, "", "family", DECODE_OPTIONAL, ret->family);
    if (!list) {
        web_decode_uid(decoder, json, "", "ticket", DECODE_REQUIRED, ret->tickets[0]);
        ret->persons = 1;
        return;
    }
    cJSON_ArrayForEach (item, list) {
        const char *text = cJSON_GetStringValue(item);

        if (!text || !uid_valid(text)) {
            decode_fail(decoder, "", "tickets", "must be lower-case UUIDs");
            return;
        }
        for (int i = 0; i < ret->persons; i++)
            if (strcmp(text, ret->tickets[i]) == 0)
                decode_fail(decoder, "", "tickets", "must be one UUID a person");
        memcpy(ret->tickets[ret->persons++], text, UID_SIZE);
    }
    if (ret->persons == 0)
        decode_fail(decoder, "", "tickets", "must name at least one");
    if (ret->persons > 1 && !*ret->family)
        memcpy(ret->family, ret->tickets[0], UID_SIZE);
}

static void read_booking(struct decoder *decoder, const cJSON *json, bool device,
                         struct intake_request *ret)
{
    char card[CLAIM_CODE_SIZE] = "";

    decode_bool(decoder, json, "", "booking", &ret->booking);
    decode_int64(decoder, json, "", "slot_from", DECODE_OPTIONAL, 0, INT64_C(1) << 52,
                 &ret->slot_from);
    decode_int64(decoder, json, "", "slot_to", DECODE_OPTIONAL, 0, INT64_C(1) << 52, &ret->slot_to);
    decode_string(decoder, json, "", "card", DECODE_OPTIONAL, card, sizeof(card));
    if (*card && claim_code(card, ret->card) < 0)
        decode_fail(decoder, "", "card", "must have letters or digits");
    if (ret->booking && device)
        decode_fail(decoder, "", "booking", "is not for a device to make");
    if (!ret->booking && (ret->slot_from || ret->slot_to || *card))
        decode_fail(decoder, "", *card ? "card" : "slot_from", "is for a booking");
    if (ret->slot_from >= ret->slot_to && (ret->slot_from || ret->slot_to))
        decode_fail(decoder, "", "slot_to", "must be after slot_from");
}

static bool read_ticket(struct http_request *req, struct intake_request *ret, bool *ret_party)
{
    const struct identity_who *who = identity_who(req);
    bool device = who->role == IDENTITY_DEVICE;
    char channel[16] = "";
    struct web_body body;
    struct decoder *decoder = &body.decoder;

    if (!web_body_read(req, &body))
        return false;
    ret->channel = device ? CHANNEL_KIOSK : CHANNEL_DESK;
    *ret_party = cJSON_GetObjectItemCaseSensitive(body.json, "tickets") != NULL;
    read_persons(decoder, body.json, ret);
    read_booking(decoder, body.json, device, ret);
    decode_string(decoder, body.json, "", "service", DECODE_OPTIONAL, ret->service,
                  sizeof(ret->service));
    decode_bool(decoder, body.json, "", "offer", &ret->offer);
    decode_bool(decoder, body.json, "", "no_voice", &ret->no_voice);
    decode_int64(decoder, body.json, "", "at", DECODE_OPTIONAL, 0, INT64_C(1) << 52, &ret->at);
    names_decode(decoder, body.json, DECODE_OPTIONAL, ret->name);
    if (device && *ret->name)
        decode_fail(decoder, "", "name", "is not for a device to give");
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

void ticket_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct intake_request request = {0};
    struct intake_ticket issued[INTAKE_PERSONS_MAX];
    struct intake_refusal refusal;
    struct site *site = web_queue(req, context, true, &request.desk_no);
    bool party = false;
    int result;

    if (!site || !read_ticket(req, &request, &party))
        return;
    result = intake_issue(cloud, site, &request, issued, &refusal);
    if (result == -EPERM)
        http_reply_error(req, refusal.status, refusal.code, refusal.message, refusal.field);
    else if (result < 0)
        web_fail(req, result);
    else
        web_reply(req, issued[0].first ? 201 : 200,
                  party ? intake_party_json(cloud, site, &request, issued)
                        : intake_json(cloud, site, request.tickets[0], &issued[0]));
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

/* -- views ------------------------------------------------------------------------------------- */

void queue_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    int desk_no = 0;
    uint64_t revision;
    struct site *site = web_queue(req, context, false, &desk_no);
    cJSON *json;
    char *text;

    if (!site)
        return;
    int64_t now = site_now(site);
    json = views_json(cloud, site, desk_no, &revision);
    text = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    if (!text) {
        web_fail(req, -ENOMEM);
        return;
    }
    kept_views_put(cloud->kept_views, http_param(req, 0), site, revision, now, text);
    http_reply(req, 200, "application/json", text, strlen(text), NULL);
    cJSON_free(text);
}

void queue_stream(struct http_request *req, void *context)
{
    int desk_no = 0;
    struct site *site = web_queue(req, context, false, &desk_no);

    if (site)
        views_stream(req, context, site, desk_no);
}
