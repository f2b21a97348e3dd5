#include "web.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logging.h"

/* -- bodies ------------------------------------------------------------------------------------ */

bool web_body_read(struct http_request *req, struct web_body *ret)
{
    size_t size = 0;
    const char *text = http_body(req, &size), *end = NULL;
    cJSON *json;

    if (!text || size == 0) {
        text = "{}";
        size = 2;
    }
    json = strlen(text) == size ? cJSON_ParseWithOpts(text, &end, true) : NULL;
    if (!json) {
        http_reply_error(req, 400, "bad_json", "The body is not JSON; send one JSON object.", NULL);
        return false;
    }
    if (!cJSON_IsObject(json)) {
        cJSON_Delete(json);
        http_reply_error(req, 400, "bad_request", "The body must be a JSON object.", NULL);
        return false;
    }
    ret->json = json;
    ret->error[0] = '\0';
    ret->decoder =
        (struct decoder){.error = ret->error, .error_size = sizeof(ret->error), .failed = false};
    return true;
}

void web_body_drop(struct web_body *body)
{
    cJSON_Delete(body->json);
    body->json = NULL;
}

bool web_body_ok(struct http_request *req, struct web_body *body)
{
    if (!body->decoder.failed)
        return true;
    web_refuse(req, body->error);
    web_body_drop(body);
    return false;
}

void web_decode_uid(struct decoder *decoder, const cJSON *object, const char *path, const char *key,
                    int required, char ret[static UID_SIZE])
{
    decode_string(decoder, object, path, key, required, ret, UID_SIZE);
    if (!decoder->failed && (*ret || required) && !uid_valid(ret))
        decode_fail(decoder, path, key, "must be a lower-case UUID");
}

/* -- answers ----------------------------------------------------------------------------------- */

static void reply_text(struct http_request *req, int status, cJSON *json, const char *etag)
{
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;

    cJSON_Delete(json);
    if (!text) {
        web_fail(req, -ENOMEM);
        return;
    }
    http_reply(req, status, "application/json", text, strlen(text), etag);
    cJSON_free(text);
}

void web_reply(struct http_request *req, int status, cJSON *json)
{
    reply_text(req, status, json, NULL);
}

void web_reply_tagged(struct http_request *req, cJSON *json, const cJSON *etag_of)
{
    char hash[65];
    char *text = cJSON_PrintUnformatted(etag_of);

    if (!text) {
        cJSON_Delete(json);
        web_fail(req, -ENOMEM);
        return;
    }
    identity_hash(text, hash);
    cJSON_free(text);
    reply_text(req, 200, json, http_printf(req, "\"%.32s\"", hash));
}

void web_reply_empty(struct http_request *req)
{
    http_reply(req, 204, NULL, NULL, 0, NULL);
}

void web_refuse(struct http_request *req, const char *error)
{
    const char *colon = strstr(error, ": ");
    char *field = colon ? http_printf(req, "%.*s", (int)(colon - error), error) : NULL;

    http_reply_error(req, 400, "bad_request", error, field);
}

void web_fail(struct http_request *req, int code)
{
    switch (-code) {
    case EBUSY:
        http_add_header(req, "Retry-After", "1");
        http_reply_error(req, 503, "busy", "The database is busy; try again.", NULL);
        return;
    case EAGAIN:
        http_add_header(req, "Retry-After", "5");
        http_reply_error(req, 503, "recovering",
                         "The cloud was restored and is collecting what it lost; try again.", NULL);
        return;
    case ENOSPC:
        http_reply_error(req, 507, "full",
                         "The cloud's disk is full; its operator must free some space.", NULL);
        return;
    default:
        log_error("%s: %s", http_route_path(req), strerror(-code));
        http_reply_error(req, 500, "internal", "Something went wrong here; try again later.", NULL);
    }
}

const char *web_cursor(struct http_request *req)
{
    const char *last = http_header(req, "Last-Event-ID");

    return last ? last : http_query(req, "after");
}

bool web_wait(struct http_request *req, bool *ret_polls)
{
    const char *text = http_query(req, "wait");
    size_t digits = text ? strspn(text, "0123456789") : 0;
    int seconds = digits > 0 && digits <= 2 && !text[digits] ? atoi(text) : 0;

    if (text && (seconds < 1 || seconds > WEB_WAIT_MAX_S)) {
        web_refuse(req, http_printf(req, "wait: must be 1 to %d seconds", WEB_WAIT_MAX_S));
        return false;
    }
    if (text)
        http_stream_wait(req, seconds * 1000, web_cursor(req));
    *ret_polls = text != NULL;
    return true;
}

void web_note(struct http_request *req, struct cloud *cloud, const char *act, const char *subject)
{
    const struct identity_who *who = identity_who(req);

    if (identity_note(cloud->identity, act, subject, who->id, http_peer(req)) < 0)
        log_warning("%s was not noted", act); /* names are for the audit */
}

/* -- who and where ----------------------------------------------------------------------------- */

struct cloud *web_cloud(void *context)
{
    return ((struct door *)context)->cloud;
}

struct site *web_site(struct http_request *req, void *context)
{
    struct sites *sites = web_cloud(context)->sites;
    const char *id = http_param(req, 0);
    struct site *site;

    if (!identity_may_site(identity_who(req), id)) {
        http_reply_error(req, 403, "forbidden", "This site is not yours.", NULL);
        return NULL;
    }
    site = sites_find(sites, id);
    if (!site && sites_catch_up(sites) == 0)
        site = sites_find(sites, id);
    if (!site)
        http_reply_error(req, 404, "not_found", "There is no such site.", NULL);
    return site;
}

struct site *web_own_site(struct http_request *req, void *context)
{
    struct site *site = sites_find(web_cloud(context)->sites, identity_who(req)->sites[0]);

    if (!site)
        web_fail(req, -ENOENT);
    return site;
}

struct site *web_queue(struct http_request *req, void *context, bool own, int *ret_desk_no)
{
    struct sites *sites = web_cloud(context)->sites;
    struct site *site;
    int desk_no = 0;

    site = sites_find_queue(sites, http_param(req, 0), &desk_no);
    if (!site && sites_catch_up(sites) == 0) /* it may have been made a moment ago by the CLI */
        site = sites_find_queue(sites, http_param(req, 0), &desk_no);
    if (!site) {
        http_reply_error(req, 404, "unknown_queue",
                         "There is no such queue; check the queue_id (such as 1024-1).", NULL);
        return NULL;
    }
    if (own && !identity_may_site(identity_who(req), site_id(site))) {
        http_reply_error(req, 403, "forbidden", "This queue belongs to another site.", NULL);
        return NULL;
    }
    *ret_desk_no = desk_no;
    return site;
}
