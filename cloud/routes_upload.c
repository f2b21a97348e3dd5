/* Films on their way in. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "film_worker.h"
#include "routes.h"
#include "upload.h"
#include "web.h"

static void add_reason(cJSON *list, const char *code, const char *text)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "code", code);
    cJSON_AddStringToObject(item, "text", text);
    cJSON_AddItemToArray(list, item);
}

static cJSON *upload_json(struct cloud *cloud, const struct upload *upload)
{
    cJSON *json = cJSON_CreateObject(), *reasons, *checks = cJSON_Parse(upload->checks);
    int percent = film_worker_progress(cloud->film_worker, upload->id);

    cJSON_AddStringToObject(json, "upload", upload->id);
    cJSON_AddStringToObject(json, "site", upload->site);
    cJSON_AddStringToObject(json, "name", upload->name);
    cJSON_AddStringToObject(json, "kind", content_kind_name(upload->kind));
    cJSON_AddStringToObject(json, "title", upload->title);
    cJSON_AddNumberToObject(json, "size", (double)upload->size);
    cJSON_AddNumberToObject(json, "offset", (double)upload->offset);
    cJSON_AddNumberToObject(json, "chunk", UPLOAD_PIECE_MAX);
    cJSON_AddStringToObject(json, "state", upload_state_name(upload->state));
    cJSON_AddNumberToObject(json, "progress",
                            upload->state == UPLOAD_READY ? 100
                            : percent > 0                 ? percent
                                                          : 0);
    reasons = cJSON_AddArrayToObject(json, "reasons");
    if (upload->fault != FILM_GOOD)
        add_reason(reasons, film_fault_code(upload->fault), film_fault_text(upload->fault));
    cJSON_AddItemToObject(json, "checks", checks ? checks : cJSON_CreateObject());
    cJSON_AddStringToObject(json, "sha256", upload->sha256);
    cJSON_AddStringToObject(json, "by", upload->by);
    cJSON_AddNumberToObject(json, "made", (double)upload->made);
    return json;
}

/* -- beginning --------------------------------------------------------------------------------- */

/* Clinic content is the contractor's to bring, everything the operator's (terms 18, 19). */
static bool may_bring(const struct identity_who *who, const struct upload *upload)
{
    return who->role == IDENTITY_OPERATOR ||
           (*upload->site && identity_may_site(who, upload->site) &&
            !content_provided(upload->kind) && upload->kind != CONTENT_SUBSTITUTE);
}

static bool read_upload(struct http_request *req, struct upload *ret)
{
    const struct identity_who *who = identity_who(req);
    struct web_body body;
    char kind[FILM_CODE_SIZE] = "";

    if (!web_body_read(req, &body))
        return false;
    decode_string(&body.decoder, body.json, "", "name", DECODE_REQUIRED, ret->name,
                  sizeof(ret->name));
    decode_string(&body.decoder, body.json, "", "title", DECODE_REQUIRED, ret->title,
                  sizeof(ret->title));
    decode_string(&body.decoder, body.json, "", "kind", DECODE_REQUIRED, kind, sizeof(kind));
    decode_int64(&body.decoder, body.json, "", "size", DECODE_REQUIRED, 1, INT64_C(1) << 50,
                 &ret->size);
    web_decode_uid(&body.decoder, body.json, "", "site", DECODE_OPTIONAL, ret->site);
    if (!body.decoder.failed && content_kind_from_name(kind, &ret->kind) < 0)
        decode_fail(&body.decoder, "", "kind", "names no kind of content");
    if (!body.decoder.failed && !*ret->title)
        decode_fail(&body.decoder, "", "title", "must not be empty");
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    if (!*ret->site && who->role == IDENTITY_CONTRACTOR && who->site_count == 1)
        memcpy(ret->site, who->sites[0], sizeof(ret->site));
    (void)snprintf(ret->by, sizeof(ret->by), "%s", who->name);
    return true;
}

/* The month by the site's clock. */
static bool month_of(struct cloud *cloud, const char *site_id,
                     char month[static CONTENTS_MONTH_SIZE])
{
    struct site *site = sites_find(cloud->sites, site_id);
    int offset;

    if (!site)
        return false;
    offset = site_read(site)->settings.utc_offset_min;
    site_read_end(site);
    contents_month(cloud_now(NULL), offset, month);
    return true;
}

static void refuse_upload(struct http_request *req, int code)
{
    switch (-code) {
    case E2BIG:
        http_reply_error(req, 413, "too_large",
                         "A film may be 4 GiB large; export it with a lower bit rate.", "size");
        return;
    case EMFILE:
        http_reply_error(req, 409, "too_many",
                         "Too many films are under way; finish or remove one first.", NULL);
        return;
    case EDQUOT:
        http_reply_error(req, 409, "monthly_limit",
                         "This month's conversions of self-made films are used up.", NULL);
        return;
    case ENOSPC:
        http_reply_error(req, 507, "disk_full",
                         "The cloud's disk is full; its operator must free some space.", NULL);
        return;
    default:
        web_fail(req, code);
    }
}

void upload_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct upload upload = {0};
    char month[CONTENTS_MONTH_SIZE] = "";
    int result;

    if (!read_upload(req, &upload))
        return;
    if (!may_bring(identity_who(req), &upload)) {
        http_reply_error(req, *upload.site ? 403 : 400, *upload.site ? "forbidden" : "bad_request",
                         "A contractor uploads introductions, notices and self-made films of an "
                         "own site.",
                         "site");
        return;
    }
    if (*upload.site && !month_of(cloud, upload.site, month)) {
        http_reply_error(req, 404, "not_found", "There is no such site.", "site");
        return;
    }
    result = upload_begin(cloud, &upload, month);
    if (result < 0) {
        refuse_upload(req, result);
        return;
    }
    web_note(req, cloud, "upload_begun", upload.id);
    web_reply(req, 201, upload_json(cloud, &upload));
}

/* -- one of them ------------------------------------------------------------------------------- */

/* The upload of parameter 0, if it is the asker's; nobody learns of others. */
static bool find_upload(struct http_request *req, struct cloud *cloud, struct upload *ret)
{
    const struct identity_who *who = identity_who(req);
    int result = upload_get(cloud->db, http_param(req, 0), ret);

    if (result == 0 && who->role != IDENTITY_OPERATOR && !identity_may_site(who, ret->site))
        result = -ENOENT;
    if (result == -ENOENT)
        http_reply_error(req, 404, "not_found", "There is no such upload.", NULL);
    else if (result < 0)
        web_fail(req, result);
    return result == 0;
}

void upload_get_one(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct upload upload;

    if (!find_upload(req, cloud, &upload))
        return;
    http_add_header(req, "Upload-Offset", http_printf(req, "%lld", (long long)upload.offset));
    web_reply(req, 200, upload_json(cloud, &upload));
}

void upload_delete(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct upload upload;
    int result;

    if (!find_upload(req, cloud, &upload))
        return;
    result = upload_drop(cloud, upload.id);
    if (result < 0 && result != -ENOENT) {
        web_fail(req, result);
        return;
    }
    web_note(req, cloud, "upload_dropped", upload.id);
    web_reply_empty(req);
}

static void reply_piece(struct http_request *req, int result, int64_t offset)
{
    cJSON *json;

    http_add_header(req, "Upload-Offset", http_printf(req, "%lld", (long long)offset));
    switch (-result) {
    case 0:
        json = cJSON_CreateObject();
        cJSON_AddNumberToObject(json, "offset", (double)offset);
        web_reply(req, 200, json);
        return;
    case ERANGE:
    case EBUSY:
        http_reply_error(req, 409, "offset", "Go on where the Upload-Offset of this answer says.",
                         "Upload-Offset");
        return;
    case EALREADY:
        http_reply_error(req, 409, "complete", "This upload is complete.", NULL);
        return;
    case EFBIG:
        http_reply_error(req, 413, "wrong_size", "The film is larger than it was announced.", NULL);
        return;
    case ENOENT:
        http_reply_error(req, 404, "not_found", "There is no such upload.", NULL);
        return;
    default:
        refuse_upload(req, result);
    }
}

void upload_patch(struct http_request *req, void *context)
{
    static const char wanted[] = "application/offset+octet-stream";
    struct cloud *cloud = web_cloud(context);
    const char *header = http_header(req, "upload-offset");
    const char *type = http_header(req, "content-type");
    struct upload upload;
    size_t size = 0;
    const char *bytes = http_body(req, &size);
    char *end = NULL;
    long long offset = header ? strtoll(header, &end, 10) : -1;
    int64_t next = 0;
    int result;

    if (!find_upload(req, cloud, &upload))
        return;
    if (!type || strcmp(type, wanted) != 0) {
        http_reply_error(req, 415, "bad_type",
                         "Content-Type must be application/offset+octet-stream.", "Content-Type");
        return;
    }
    if (offset < 0 || !end || end == header || *end) {
        http_reply_error(req, 400, "bad_request", "Upload-Offset must be a number.",
                         "Upload-Offset");
        return;
    }
    next = upload.offset;
    result = upload_take(cloud, upload.id, offset, bytes, size, &next);
    if (result == 0 && next == upload.size)
        film_worker_wake(cloud->film_worker);
    reply_piece(req, result, next);
}

/* -- all of them ------------------------------------------------------------------------------- */

struct listing {
    struct cloud *cloud;
    const struct identity_who *who;
    cJSON *list;
};

static void add_upload(const struct upload *upload, void *context)
{
    struct listing *listing = context;

    if (listing->who->role == IDENTITY_OPERATOR || identity_may_site(listing->who, upload->site))
        cJSON_AddItemToArray(listing->list, upload_json(listing->cloud, upload));
}

void uploads_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    const char *site = http_query(req, "site");
    const struct identity_who *who = identity_who(req);
    struct listing listing = {cloud, who, NULL};
    cJSON *json;
    int result = 0;

    if (site && !identity_may_site(who, site)) {
        http_reply_error(req, 403, "forbidden", "This site is not yours.", "site");
        return;
    }
    json = cJSON_CreateObject();
    listing.list = cJSON_AddArrayToObject(json, "uploads");
    if (site || who->role == IDENTITY_OPERATOR)
        result = upload_each(cloud->db, site, add_upload, &listing);
    for (int i = 0; !site && who->role != IDENTITY_OPERATOR && result >= 0 && i < who->site_count;
         i++)
        result = upload_each(cloud->db, who->sites[i], add_upload, &listing);
    if (result < 0) {
        cJSON_Delete(json);
        web_fail(req, result);
        return;
    }
    web_reply(req, 200, json);
}
