/* A patient's name beside their number, for staff alone: names.h. In the body, never in a path. */
#include <errno.h>

#include "names.h"
#include "routes.h"
#include "web.h"

static void put_name(struct http_request *req, void *context, struct site *site, const char *name)
{
    int result = names_put(web_cloud(context), site, http_param(req, 1), name);

    if (result == -ENOENT)
        http_reply_error(req, 404, "not_found", "There is no such ticket today.", NULL);
    else if (result < 0)
        web_fail(req, result);
    else
        web_reply_empty(req);
}

void ticket_name_put(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    char name[NAMES_SIZE] = "";
    struct web_body body;

    if (!site || !web_body_read(req, &body))
        return;
    names_decode(&body.decoder, body.json, DECODE_REQUIRED, name);
    if (!*name)
        decode_fail(&body.decoder, "", "name", "must not be empty");
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    put_name(req, context, site, name);
}

void ticket_name_delete(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);

    if (site)
        put_name(req, context, site, "");
}
