/* Contracts (contract.h) and service hours (hours.h): read by contractors, ordered by the operator.
 */
#include <errno.h>
#include <string.h>

#include "contract.h"
#include "hours.h"
#include "routes.h"
#include "web.h"

enum { SERVICE_SIZE = 16, ACT_SIZE = 16 };

static const double time_max = 253402300799000.0; /* the end of 9999 */

void contract_get(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    cJSON *json;

    if (!site)
        return;
    json = contract_json(web_cloud(context), site);
    if (json)
        web_reply(req, 200, json);
    else
        web_fail(req, -EIO);
}

static void decode_moment(struct web_body *body, const char *key, int required, int64_t *ret)
{
    decode_int64(&body->decoder, body->json, "", key, required, 0, (int64_t)time_max, ret);
}

struct wanted {
    char act[ACT_SIZE], service[SERVICE_SIZE], cause[CONTRACT_CAUSE_SIZE];
    struct contract_order order;
};

/* False: answered. */
static bool read_order(struct http_request *req, struct wanted *ret)
{
    struct web_body body;

    if (!web_body_read(req, &body))
        return false;
    decode_string(&body.decoder, body.json, "", "act", DECODE_REQUIRED, ret->act, sizeof(ret->act));
    decode_string(&body.decoder, body.json, "", "service", DECODE_OPTIONAL, ret->service,
                  sizeof(ret->service));
    decode_string(&body.decoder, body.json, "", "cause", DECODE_OPTIONAL, ret->cause,
                  sizeof(ret->cause));
    decode_moment(&body, "from", DECODE_OPTIONAL, &ret->order.from);
    decode_moment(&body, "to", DECODE_OPTIONAL, &ret->order.to);
    decode_bool(&body.decoder, body.json, "", "urgent", &ret->order.urgent);
    if (*ret->act && contract_act_parse(ret->act, &ret->order.act) < 0)
        decode_fail(&body.decoder, "", "act", "is none of a contract's acts");
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    return true;
}

void contract_act_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    struct wanted wanted = {.order = {.from = 0}};
    char error[DB_ERROR_SIZE] = "";
    int result;

    if (!site || !read_order(req, &wanted))
        return;
    wanted.order.service = wanted.service;
    wanted.order.cause = wanted.cause;
    wanted.order.user = identity_who(req)->id;
    result = contract_order(cloud, site, &wanted.order, error, sizeof(error));
    if (result == -EINVAL)
        http_reply_error(req, 409, "does_not_fit", error, NULL);
    else if (result == -ERANGE)
        http_reply_error(req, 409, "too_late", error, "from");
    else if (result < 0)
        web_fail(req, result);
    else
        contract_get(req, context);
}

/* -- service hours ----------------------------------------------------------------------------- */

void hours_get(struct http_request *req, void *context)
{
    cJSON *json = hours_json(web_cloud(context)->db, cloud_now(NULL));

    if (json)
        web_reply(req, 200, json);
    else
        web_fail(req, -EIO);
}

void hours_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct hours_exception exception = {.open = false};
    char id[HOURS_ID_SIZE];
    struct web_body body;
    int result;

    if (!web_body_read(req, &body))
        return;
    decode_moment(&body, "from", DECODE_REQUIRED, &exception.from);
    decode_moment(&body, "to", DECODE_REQUIRED, &exception.to);
    decode_bool(&body.decoder, body.json, "", "open", &exception.open);
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    result = hours_announce(cloud->db, &exception, identity_who(req)->id, cloud_now(NULL), id);
    if (result == -ERANGE) {
        http_reply_error(req, 409, "too_late",
                         "Other hours are announced beforehand: from must be in the future, and to "
                         "after it.",
                         "from");
    } else if (result == -ENOSPC) {
        http_reply_error(req, 409, "full", "Withdraw an announcement first.", NULL);
    } else if (result < 0) {
        web_fail(req, result);
    } else {
        web_note(req, cloud, "hours_announced", id);
        hours_get(req, context);
    }
}

void hours_delete(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    int result = hours_withdraw(cloud->db, http_param(req, 0), cloud_now(NULL));

    if (result == -ENOENT) {
        http_reply_error(req, 404, "not_found", "There is no such announcement, or it is over.",
                         NULL);
    } else if (result < 0) {
        web_fail(req, result);
    } else {
        web_note(req, cloud, "hours_withdrawn", http_param(req, 0));
        web_reply_empty(req);
    }
}
