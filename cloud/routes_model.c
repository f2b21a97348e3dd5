/* The operator's side of programmes: built once, distributed to many sites (terms 20). */
#include <errno.h>
#include <string.h>

#include "programme_model.h"
#include "routes.h"
#include "web.h"

enum { JAPAN_OFFSET_MIN = 9 * 60 };

static void fail(struct http_request *req, int result, const char *error)
{
    if (result == -ENOENT)
        http_reply_error(req, 404, "not_found", "There is no such programme.", NULL);
    else if (result == -EINVAL || result == -ESRCH)
        web_refuse(req, error);
    else
        web_fail(req, result);
}

void models_get(struct http_request *req, void *context)
{
    cJSON *list = NULL, *json;
    int result = programme_model_list(web_cloud(context)->db, cloud_now(NULL), &list);

    if (result < 0) {
        web_fail(req, result);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "programmes", list);
    web_reply(req, 200, json);
}

void model_get(struct http_request *req, void *context)
{
    cJSON *json = NULL;
    int result = programme_model_get(web_cloud(context)->db, http_param(req, 0), &json);

    if (result < 0)
        fail(req, result, "");
    else
        web_reply(req, 200, json);
}

void model_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    char id[UID_SIZE], error[WEB_ERROR_SIZE] = "";
    struct web_body body;
    cJSON *json;
    int result;

    if (!web_body_read(req, &body))
        return;
    result = programme_model_add(cloud->db, body.json, JAPAN_OFFSET_MIN, identity_who(req)->name,
                                 cloud_now(NULL), id, error, sizeof(error));
    web_body_drop(&body);
    if (result < 0) {
        fail(req, result, error);
        return;
    }
    web_note(req, cloud, "programme_built", id);
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "programme", id);
    web_reply(req, 201, json);
}

/* Devices and the pages of these sites are told at once. */
static void touch(struct cloud *cloud, const cJSON *distributed)
{
    const cJSON *item;

    cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(distributed, "distributed")) {
        struct site *site = sites_find(
            cloud->sites, cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "site")));

        if (site)
            site_touch(site);
    }
}

void distribution_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    const char *id = http_param(req, 0);
    char error[WEB_ERROR_SIZE] = "";
    struct web_body body;
    const cJSON *sites;
    cJSON *json = NULL;
    bool all;
    int result;

    if (!web_body_read(req, &body))
        return;
    sites = cJSON_GetObjectItemCaseSensitive(body.json, "sites");
    all = cJSON_IsString(sites) && strcmp(sites->valuestring, "all") == 0;
    if (!all && !cJSON_IsArray(sites))
        decode_fail(&body.decoder, "", "sites", "must be a list of sites, or \"all\"");
    if (!web_body_ok(req, &body))
        return;
    result = programme_model_distribute(cloud, id, all ? NULL : sites, &json, error, sizeof(error));
    web_body_drop(&body);
    if (result < 0) {
        fail(req, result, error);
        return;
    }
    web_note(req, cloud, "programme_distributed", id);
    touch(cloud, json);
    web_reply(req, 200, json);
}

void model_sites_get(struct http_request *req, void *context)
{
    cJSON *list = NULL, *json;
    int result = programme_model_sites(web_cloud(context), http_param(req, 0), &list);

    if (result < 0) {
        fail(req, result, "");
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "sites", list);
    web_reply(req, 200, json);
}
