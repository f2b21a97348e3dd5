#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "keeper.h"
#include "notices.h"
#include "programme_document.h"
#include "programmes.h"
#include "routes.h"
#include "web.h"

void device_programme_get(struct http_request *req, void *context)
{
    struct site *site = web_own_site(req, context);
    struct programme_document document;
    cJSON *json, *tag;
    int result;

    if (!site)
        return;
    result = programme_document_get(web_cloud(context), site, &document);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "now", (double)site_now(site));
    if (document.text)
        cJSON_AddStringToObject(json, "document", document.text);
    else
        cJSON_AddNullToObject(json, "document");
    cJSON_AddStringToObject(json, "key_id", document.key_id);
    tag = cJSON_AddStringToObject(json, "signature", document.signature);
    programme_document_finish(&document);
    web_reply_tagged(req, json, tag);
}

/* -- people ------------------------------------------------------------------------------------ */

static void add_site(cJSON *json, struct site *site)
{
    cJSON_AddStringToObject(json, "site", site_id(site));
    cJSON_AddStringToObject(json, "clinic_name", site_read(site)->settings.name);
    site_read_end(site);
}

void programmes_get_all(struct http_request *req, void *context)
{
    bool drafts = identity_who(req)->role == IDENTITY_OPERATOR;
    struct site *site = web_site(req, context);
    cJSON *list = NULL, *item, *json, *notices;
    int result;

    if (!site)
        return;
    result = programmes_list(web_cloud(context)->db, site_id(site), drafts, site_now(site), &list);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    cJSON_ArrayForEach (item, list)
        add_site(item, site);
    notices = notices_owners_json(web_cloud(context)->db, site_id(site));
    if (!notices) {
        cJSON_Delete(list);
        web_fail(req, -EIO);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "programmes", list);
    cJSON_AddItemToObject(json, "notices", notices);
    web_reply(req, 200, json);
}

static void reply_programme(struct http_request *req, struct cloud *cloud, struct site *site)
{
    cJSON *json = NULL;
    int result;

    result = programmes_get(cloud->db, site_id(site), http_param(req, 1), site_now(site), &json);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    add_site(json, site);
    web_reply(req, 200, json);
}

void approval_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    struct web_body body;

    if (!site || !web_body_read(req, &body))
        return;
    web_body_drop(&body);
    int result = programmes_approve(cloud->db, site_id(site), http_param(req, 1),
                                    identity_who(req)->name, site_now(site));

    switch (result) {
    case 0:
        site_touch(site);
        reply_programme(req, cloud, site);
        break;
    case -ENOENT:
        http_reply_error(req, 404, "not_found", "There is no such programme.", NULL);
        break;
    case -EAGAIN:
        http_reply_error(req, 409, "not_distributed",
                         "This programme has not been distributed yet; wait for it.", NULL);
        break;
    case -ETIME:
        http_reply_error(req, 409, "deadline_passed",
                         "The deadline for approval has passed; substitute content plays.", NULL);
        break;
    default:
        web_fail(req, result);
    }
}
