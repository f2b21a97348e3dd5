/* What staff must know beside the queue: notices, and what was kept aside. */
#include <errno.h>

#include "notices.h"
#include "quarantine.h"
#include "routes.h"
#include "web.h"

void notice_delete(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    int result;

    if (!site)
        return;
    result = notices_seen(web_cloud(context)->db, site_id(site), http_param(req, 1),
                          identity_who(req)->id, site_now(site));
    if (result == -ENOENT) {
        http_reply_error(req, 404, "not_found", "There is no such notice.", NULL);
        return;
    }
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    site_touch(site);
    web_reply_empty(req);
}

void quarantine_get(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    cJSON *json;

    if (!site)
        return;
    json = quarantine_json(web_cloud(context)->db, site_id(site), QUARANTINE_LIST_MAX);
    if (json)
        web_reply(req, 200, json);
    else
        web_fail(req, -EIO);
}
