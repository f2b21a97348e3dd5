/* A clinic's own contents and photographs (terms 3(11), 18, 19). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contents.h"
#include "ids.h"
#include "pictures.h"
#include "routes.h"
#include "web.h"

enum {
    KIND_SIZE = 24,
    STILL_MIN_MS = 3000,
    STILL_MAX_MS = 5 * 60 * 1000,
    DAY_MINUTES = 24 * 60,
    WEEKDAYS_ALL = 0x7f
};

static const int64_t time_max = INT64_C(4102444800000); /* 2100 */

static cJSON *content_json(const struct clinic_content *content)
{
    cJSON *json = cJSON_CreateObject(), *page = content->page ? cJSON_Parse(content->page) : NULL;

    cJSON_AddStringToObject(json, "id", content->id);
    cJSON_AddStringToObject(json, "kind", content_kind_name(content->kind));
    cJSON_AddStringToObject(json, "title", content->title);
    cJSON_AddItemToObject(json, "page", page ? page : cJSON_CreateNull());
    cJSON_AddStringToObject(json, "sha256", content->sha256);
    cJSON_AddNumberToObject(json, "duration_ms", (double)content->duration_ms);
    cJSON_AddNumberToObject(json, "show_from", (double)content->show_from);
    cJSON_AddNumberToObject(json, "show_to", (double)content->show_to);
    cJSON_AddNumberToObject(json, "weekdays", content->weekdays);
    cJSON_AddNumberToObject(json, "daypart_from", content->daypart_from);
    cJSON_AddNumberToObject(json, "daypart_to", content->daypart_to);
    cJSON_AddBoolToObject(json, "active", content->active);
    cJSON_AddNumberToObject(json, "made", (double)content->made);
    cJSON_AddNumberToObject(json, "changed", (double)content->changed);
    cJSON_AddStringToObject(json, "changed_by", content->changed_by);
    return json;
}

/* -- the list ---------------------------------------------------------------------------------- */

static void add_content(const struct clinic_content *content, void *context)
{
    cJSON_AddItemToArray(context, content_json(content));
}

/* What is left of the month's conversions (19). */
static int add_self_made(struct cloud *cloud, struct site *site, cJSON *json)
{
    int64_t used = 0, limit = 0;
    char month[CONTENTS_MONTH_SIZE];
    cJSON *item;
    int result, offset = site_read(site)->settings.utc_offset_min;

    site_read_end(site);
    contents_month(cloud_now(NULL), offset, month);
    result = contents_self_made_used(cloud->db, site_id(site), month, &used);
    if (result == 0)
        result = contents_self_made_limit(cloud->db, site_id(site), &limit);
    item = cJSON_AddObjectToObject(json, "self_made");
    cJSON_AddStringToObject(item, "month", month);
    cJSON_AddNumberToObject(item, "used", (double)used);
    cJSON_AddNumberToObject(item, "limit", (double)limit);
    return result;
}

void contents_get_all(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    cJSON *json, *list;
    int result;

    if (!site)
        return;
    json = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(json, "contents");
    cJSON_AddNumberToObject(json, "max", CONTENTS_CLINIC_MAX);
    result = contents_clinic(cloud->db, site_id(site), add_content, list);
    if (result >= 0)
        result = add_self_made(cloud, site, json);
    if (result < 0) {
        cJSON_Delete(json);
        web_fail(req, result);
        return;
    }
    web_reply(req, 200, json);
}

/* -- reading one ------------------------------------------------------------------------------- */

/* Names that the page gives to photographs must be photographs of this site. */
static void check_photos(struct decoder *decoder, struct db *db, const char *site,
                         const cJSON *page)
{
    const cJSON *photos = decode_object(decoder, page, "page.", "photos", DECODE_OPTIONAL), *photo;
    int count = 0;

    cJSON_ArrayForEach (photo, photos) {
        if (!cJSON_IsString(photo) || ++count > CONTENT_PHOTOS_MAX ||
            contents_photo_has(db, site, photo->valuestring) != 1)
            decode_fail(decoder, "page.photos.", photo->string,
                        "names no photograph of this site; upload it first");
    }
}

/* The page as text, as it goes to the kiosk. NULL: none, or a failure that the decoder knows. */
static char *read_page(struct web_body *body, struct db *db, const char *site)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(body->json, "page"), *page;
    char key[KIND_SIZE] = "", *text;

    if (cJSON_IsNull(item))
        return NULL;
    page = decode_object(&body->decoder, body->json, "", "page", DECODE_OPTIONAL);
    if (!page)
        return NULL;
    decode_string(&body->decoder, page, "page.", "template", DECODE_REQUIRED, key, sizeof(key));
    (void)decode_object(&body->decoder, page, "page.", "fields", DECODE_OPTIONAL);
    check_photos(&body->decoder, db, site, page);
    if (body->decoder.failed)
        return NULL;
    text = cJSON_PrintUnformatted(page);
    if (text && strlen(text) >= CONTENT_PAGE_SIZE) {
        decode_fail(&body->decoder, "", "page", "holds too much text; shorten it");
        cJSON_free(text);
        text = NULL;
    }
    return text;
}

static void read_times(struct web_body *body, struct clinic_content *ret)
{
    struct decoder *decoder = &body->decoder;

    decode_int64(decoder, body->json, "", "show_from", DECODE_OPTIONAL, 0, time_max,
                 &ret->show_from);
    decode_int64(decoder, body->json, "", "show_to", DECODE_OPTIONAL, 0, time_max, &ret->show_to);
    decode_int(decoder, body->json, "", "weekdays", DECODE_OPTIONAL, 0, WEEKDAYS_ALL,
               &ret->weekdays);
    decode_int(decoder, body->json, "", "daypart_from", DECODE_OPTIONAL, 0, DAY_MINUTES - 1,
               &ret->daypart_from);
    decode_int(decoder, body->json, "", "daypart_to", DECODE_OPTIONAL, 0, DAY_MINUTES - 1,
               &ret->daypart_to);
    if (!decoder->failed && ret->show_to > 0 && ret->show_to <= ret->show_from)
        decode_fail(decoder, "", "show_to", "must be later than show_from");
}

/* Drawn from a page, or a film: one of both. */
static void read_what(struct web_body *body, struct db *db, const char *site,
                      struct clinic_content *ret)
{
    struct decoder *decoder = &body->decoder;
    char kind[KIND_SIZE] = "";

    decode_string(decoder, body->json, "", "kind", DECODE_REQUIRED, kind, sizeof(kind));
    decode_string(decoder, body->json, "", "title", DECODE_REQUIRED, ret->title,
                  sizeof(ret->title));
    decode_string(decoder, body->json, "", "sha256", DECODE_OPTIONAL, ret->sha256,
                  sizeof(ret->sha256));
    ret->page = read_page(body, db, site);
    if (decoder->failed)
        return;
    if (content_kind_from_name(kind, &ret->kind) < 0 || content_provided(ret->kind) ||
        ret->kind == CONTENT_SUBSTITUTE)
        decode_fail(decoder, "", "kind", "must be introduction, notice or self_made");
    else if (!*ret->title)
        decode_fail(decoder, "", "title", "must not be empty");
    else if (!ret->page == !*ret->sha256)
        decode_fail(decoder, "", ret->page ? "sha256" : "page",
                    "give a page or a film, one of both");
}

/* Fills *ret, whose page then belongs to the caller; false: answered. */
static bool read_content(struct http_request *req, struct cloud *cloud, struct site *site,
                         struct clinic_content *ret)
{
    struct web_body body;
    struct film film;

    if (!web_body_read(req, &body))
        return false;
    ret->active = true;
    read_what(&body, cloud->db, site_id(site), ret);
    read_times(&body, ret);
    decode_bool(&body.decoder, body.json, "", "active", &ret->active);
    decode_int64(&body.decoder, body.json, "", "duration_ms", ret->page != NULL, STILL_MIN_MS,
                 ret->page ? STILL_MAX_MS : time_max, &ret->duration_ms);
    if (!body.decoder.failed && *ret->sha256 &&
        contents_film(cloud->db, site_id(site), ret->sha256, "", &film) == 0)
        ret->duration_ms = film.duration_ms; /* a film's own length rules */
    if (!web_body_ok(req, &body)) {
        cJSON_free(ret->page);
        return false;
    }
    web_body_drop(&body);
    (void)snprintf(ret->changed_by, sizeof(ret->changed_by), "%s", identity_who(req)->name);
    ret->changed = cloud_now(NULL);
    return true;
}

/* -- changing ---------------------------------------------------------------------------------- */

/* What the kiosk could not draw is not stored; without machiai-draw on this machine it is, and the
 * kiosk says what it makes of it. */
static bool can_be_drawn(struct http_request *req, struct cloud *cloud, struct site *site,
                         const struct clinic_content *content)
{
    char clinic[NAME_SIZE], why[PICTURES_WHY_SIZE] = "";
    const char *photos[CONTENT_PHOTOS_MAX];
    struct pictures_page page = {
        .page = content->page, .clinic = clinic, .width = 1280, .height = 720, .photos = photos};
    cJSON *json = cJSON_Parse(content->page ? content->page : "");
    const cJSON *photo;
    int result = 0;

    (void)snprintf(clinic, sizeof(clinic), "%s", site_read(site)->settings.name);
    site_read_end(site);
    cJSON_ArrayForEach (photo, cJSON_GetObjectItemCaseSensitive(json, "photos"))
        photos[page.photo_count++] = photo->valuestring; /* read_page() has counted them */
    if (content->page)
        result = pictures_check(cloud, &page, why);
    cJSON_Delete(json);
    if (result == -EINVAL)
        drawing_refuse(req, why);
    else if (result < 0 && result != -ENOENT)
        web_fail(req, result);
    return result == 0 || result == -ENOENT;
}

static void store(struct http_request *req, struct cloud *cloud, struct site *site, int status,
                  const struct clinic_content *content)
{
    int result;

    if (!can_be_drawn(req, cloud, site, content))
        return;
    result = contents_clinic_put(cloud->db, site_id(site), content);
    switch (-result) {
    case 0:
        site_touch(site);
        web_note(req, cloud, status == 201 ? "content_made" : "content_changed", content->id);
        web_reply(req, status, content_json(content));
        return;
    case ENOSPC:
        http_reply_error(req, 409, "too_many",
                         "There is no room for more contents; remove one that is over.", NULL);
        return;
    case ENOENT:
        http_reply_error(req, 400, "unknown_film", "sha256 names no film that this site may show.",
                         "sha256");
        return;
    case EXDEV:
        http_reply_error(req, 400, "other_kind", "This film is of another kind.", "kind");
        return;
    default:
        web_fail(req, result);
    }
}

void content_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    struct clinic_content content = {0};

    if (!site || !read_content(req, cloud, site, &content))
        return;
    ids_uuid(content.id);
    content.made = content.changed;
    store(req, cloud, site, 201, &content);
    cJSON_free(content.page);
}

struct finding {
    const char *id;
    int64_t made; /* 0 = not found */
};

static void look_at(const struct clinic_content *content, void *context)
{
    struct finding *finding = context;

    if (strcmp(content->id, finding->id) == 0)
        finding->made = content->made;
}

void content_put(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    struct finding finding = {http_param(req, 1), 0};
    struct clinic_content content = {0};
    int result;

    if (!site)
        return;
    result = contents_clinic(cloud->db, site_id(site), look_at, &finding);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    if (finding.made == 0) {
        http_reply_error(req, 404, "not_found", "There is no such content.", NULL);
        return;
    }
    if (!read_content(req, cloud, site, &content))
        return;
    (void)snprintf(content.id, sizeof(content.id), "%s", finding.id);
    content.made = finding.made;
    store(req, cloud, site, 200, &content);
    cJSON_free(content.page);
}

void content_delete(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    int result;

    if (!site)
        return;
    result = contents_clinic_remove(cloud->db, site_id(site), http_param(req, 1));
    if (result == -ENOENT) {
        http_reply_error(req, 404, "not_found", "There is no such content.", NULL);
        return;
    }
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    site_touch(site);
    web_note(req, cloud, "content_removed", http_param(req, 1));
    web_reply_empty(req);
}

/* -- photographs ------------------------------------------------------------------------------- */

static cJSON *photo_json(const struct photo *photo)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "sha256", photo->sha256);
    cJSON_AddNumberToObject(json, "width", photo->width);
    cJSON_AddNumberToObject(json, "height", photo->height);
    cJSON_AddNumberToObject(json, "size", (double)photo->size);
    cJSON_AddNumberToObject(json, "made", (double)photo->made);
    return json;
}

static void add_photo(const struct photo *photo, void *context)
{
    cJSON_AddItemToArray(context, photo_json(photo));
}

void photos_get(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    cJSON *json;
    int result;

    if (!site)
        return;
    json = cJSON_CreateObject();
    result = contents_photos(web_cloud(context)->db, site_id(site), add_photo,
                             cJSON_AddArrayToObject(json, "photos"));
    if (result < 0) {
        cJSON_Delete(json);
        web_fail(req, result);
        return;
    }
    web_reply(req, 200, json);
}

void photo_post(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    struct photo photo;
    size_t size = 0;
    const char *bytes = http_body(req, &size);
    int result;

    if (!site)
        return;
    result = pictures_photo(web_cloud(context), site_id(site), bytes, size, &photo);
    switch (-result) {
    case 0:
        web_note(req, web_cloud(context), "photo_added", photo.sha256);
        web_reply(req, 201, photo_json(&photo));
        return;
    case EINVAL:
        http_reply_error(req, 400, "not_photo", "This is no JPEG or PNG picture that can be read.",
                         NULL);
        return;
    case EFBIG:
        http_reply_error(req, 400, "photo_too_large",
                         "This picture has more than 60 million pixels; make it smaller.", NULL);
        return;
    case EDQUOT:
        http_reply_error(req, 409, "too_many", "This site has as many photographs as it may.",
                         NULL);
        return;
    default:
        web_fail(req, result);
    }
}

void photo_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    const char *name = http_param(req, 1);
    int result;

    if (!site)
        return;
    result = contents_photo_has(cloud->db, site_id(site), name);
    if (result == 1) {
        http_add_header(req, "Cache-Control", "private, max-age=86400");
        result = http_reply_file(req, http_printf(req, "%s/contents/%s", cloud->data_dir, name),
                                 "image/jpeg", http_printf(req, "\"%s\"", name));
        if (result == 0)
            return;
    }
    if (result < 0 && result != -ENOENT)
        web_fail(req, result);
    else
        http_reply_error(req, 404, "not_found", "There is no such photograph.", NULL);
}
