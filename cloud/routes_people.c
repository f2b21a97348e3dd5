#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "openapi.h"
#include "routes.h"
#include "web.h"

enum { USER_SIZE = IDENTITY_ID_SIZE, PASSWORD_SIZE = IDENTITY_PASSWORD_MAX + 1, CODE_SIZE = 16 };

void health_get(struct http_request *req, void *context)
{
    int64_t one = 0;
    cJSON *json;

    if (db_get_int(web_cloud(context)->db, &one, "SELECT 1", "") != 1) {
        http_reply_error(req, 503, "internal", "The database does not answer.", NULL);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "status", "ok");
    web_reply(req, 200, json);
}

void openapi_get(struct http_request *req, void *context)
{
    unsigned char hash[crypto_shorthash_BYTES];
    static const unsigned char key[crypto_shorthash_KEYBYTES] = {0};
    char hex[2 * sizeof(hash) + 1];

    (void)context;
    (void)crypto_shorthash(hash, (const unsigned char *)openapi_gzip, openapi_gzip_size, key);
    (void)sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    http_add_header(req, "Cache-Control", "no-cache");
    http_reply_static(req, "application/json", openapi_text, openapi_size, openapi_gzip,
                      openapi_gzip_size, http_printf(req, "\"%s\"", hex));
}

/* -- sessions of people ------------------------------------------------------------------------ */

static cJSON *site_summary(struct site *site)
{
    const struct settings *settings = &site_read(site)->settings;
    cJSON *json = cJSON_CreateObject(), *queues;

    cJSON_AddStringToObject(json, "site", site_id(site));
    cJSON_AddStringToObject(json, "clinic_no", settings->clinic_no);
    cJSON_AddStringToObject(json, "name", settings->name);
    queues = cJSON_AddArrayToObject(json, "queues");
    for (int i = 0; i < settings->desk_count; i++) {
        char queue_id[QUEUE_ID_SIZE];

        settings_queue_id(settings, settings->desks[i].desk_no, queue_id);
        cJSON_AddItemToArray(queues, cJSON_CreateString(queue_id));
    }
    site_read_end(site);
    return json;
}

static cJSON *session_json(struct cloud *cloud, const struct identity_who *who)
{
    cJSON *json = cJSON_CreateObject(), *list;

    cJSON_AddStringToObject(json, "user", who->id);
    cJSON_AddStringToObject(json, "name", who->name);
    cJSON_AddStringToObject(json, "role", identity_role_name(who->role));
    cJSON_AddStringToObject(json, "csrf", who->csrf);
    list = cJSON_AddArrayToObject(json, "sites");
    for (int i = 0; i < sites_count(cloud->sites); i++) {
        struct site *site = sites_at(cloud->sites, i);

        if (!site_gone(site) && identity_may_site(who, site_id(site)))
            cJSON_AddItemToArray(list, site_summary(site));
    }
    return json;
}

void session_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct web_body body;
    struct identity_who who;
    char user[USER_SIZE] = "", password[PASSWORD_SIZE] = "", code[CODE_SIZE] = "";

    if (!web_body_read(req, &body))
        return;
    decode_string(&body.decoder, body.json, "", "user", DECODE_REQUIRED, user, sizeof(user));
    decode_string(&body.decoder, body.json, "", "password", DECODE_REQUIRED, password,
                  sizeof(password));
    decode_string(&body.decoder, body.json, "", "code", DECODE_OPTIONAL, code, sizeof(code));
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    if (identity_login(cloud->identity, req, user, password, code, &who) == 0)
        web_reply(req, 200, session_json(cloud, &who));
    explicit_bzero(password, sizeof(password));
}

void session_get(struct http_request *req, void *context)
{
    web_reply(req, 200, session_json(web_cloud(context), identity_who(req)));
}

void session_delete(struct http_request *req, void *context)
{
    int result = identity_logout(web_cloud(context)->identity, req);

    if (result < 0)
        web_fail(req, result);
    else
        web_reply_empty(req);
}
