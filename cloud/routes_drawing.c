/* Templates, and pages drawn from them as the waiting room will see them. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contents.h"
#include "pictures.h"
#include "routes.h"
#include "web.h"

enum { PATH_SIZE = 1280, TEMPLATES_LIST_MAX = 32, TEMPLATE_BYTES_MAX = 64 * 1024, SIDE_MIN = 64 };

/* -- templates --------------------------------------------------------------------------------- */

static cJSON *read_template(const char *folder, const char *name)
{
    char path[PATH_SIZE], *text = calloc(1, TEMPLATE_BYTES_MAX + 1);
    FILE *file;
    cJSON *json = NULL;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "re");
    if (file && text && fread(text, 1, TEMPLATE_BYTES_MAX, file) > 0)
        json = cJSON_Parse(text);
    if (file)
        (void)fclose(file); /* only read */
    free(text);
    return json;
}

static int is_template(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);

    return size > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + size - 5, ".json") == 0;
}

/* What a form is made from: the layouts are the renderer's alone. */
static cJSON *declared(const cJSON *template)
{
    static const char *const kept[] = {"key", "kind", "order", "name", "fields", "photos"};
    cJSON *json = cJSON_CreateObject();

    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(template, kept[i]);

        if (item)
            cJSON_AddItemToObject(json, kept[i], cJSON_Duplicate(item, true));
    }
    return json;
}

static double order_of(const cJSON *template)
{
    const cJSON *order = cJSON_GetObjectItemCaseSensitive(template, "order");

    return cJSON_IsNumber(order) ? order->valuedouble : 0;
}

static int by_order(const void *a, const void *b)
{
    double one = order_of(*(cJSON *const *)a), other = order_of(*(cJSON *const *)b);

    return (one > other) - (one < other);
}

/* Those of the folder as a form needs them; the caller's. */
static int read_templates(cJSON *ret[static TEMPLATES_LIST_MAX])
{
    struct dirent **entries = NULL;
    char folder[PATH_SIZE];
    int count, read = 0;

    pictures_template_dir(folder, sizeof(folder));
    count = scandir(folder, &entries, is_template, alphasort);
    for (int i = 0; i < count; i++) {
        cJSON *template =
            read < TEMPLATES_LIST_MAX ? read_template(folder, entries[i]->d_name) : NULL;

        if (template)
            ret[read++] = declared(template);
        cJSON_Delete(template);
        free(entries[i]);
    }
    free(entries);
    return read;
}

void templates_get(struct http_request *req, void *context)
{
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "templates");
    cJSON *templates[TEMPLATES_LIST_MAX];
    int count = read_templates(templates);

    (void)context;
    qsort(templates, (size_t)count, sizeof(templates[0]), by_order);
    for (int i = 0; i < count; i++)
        cJSON_AddItemToArray(list, templates[i]);
    web_reply(req, 200, json);
}

/* -- drawings ---------------------------------------------------------------------------------- */

struct drawing {
    struct pictures_page page;
    char clinic[NAME_SIZE], site[UID_SIZE];
    const char *photos[CONTENT_PHOTOS_MAX];
};

/* A photograph may be drawn by whom its site belongs to. */
static bool may_see(struct http_request *req, struct db *db, const char *site, const char *sha256)
{
    const struct identity_who *who = identity_who(req);

    if (*site)
        return identity_may_site(who, site) && contents_photo_has(db, site, sha256) == 1;
    for (int i = 0; i < who->site_count; i++)
        if (contents_photo_has(db, who->sites[i], sha256) == 1)
            return true;
    return false;
}

static void read_photos(struct http_request *req, struct web_body *body, struct db *db,
                        const cJSON *page, struct drawing *ret)
{
    const cJSON *photos = decode_object(&body->decoder, page, "page.", "photos", DECODE_OPTIONAL);
    const cJSON *photo;

    cJSON_ArrayForEach (photo, photos) {
        if (!cJSON_IsString(photo) || ret->page.photo_count == CONTENT_PHOTOS_MAX ||
            !may_see(req, db, ret->site, photo->valuestring)) {
            decode_fail(&body->decoder, "page.photos.", photo->string,
                        "names no photograph of yours; upload it first");
            return;
        }
        ret->photos[ret->page.photo_count++] = http_printf(req, "%s", photo->valuestring);
    }
}

static bool read_drawing(struct http_request *req, struct db *db, struct drawing *ret)
{
    struct web_body body;
    const cJSON *page;
    char *text = NULL;

    if (!web_body_read(req, &body))
        return false;
    decode_string(&body.decoder, body.json, "", "clinic", DECODE_OPTIONAL, ret->clinic,
                  sizeof(ret->clinic));
    web_decode_uid(&body.decoder, body.json, "", "site", DECODE_OPTIONAL, ret->site);
    decode_int(&body.decoder, body.json, "", "width", DECODE_OPTIONAL, SIDE_MIN, PICTURES_DRAWN_MAX,
               &ret->page.width);
    decode_int(&body.decoder, body.json, "", "height", DECODE_OPTIONAL, SIDE_MIN,
               PICTURES_DRAWN_MAX, &ret->page.height);
    page = decode_object(&body.decoder, body.json, "", "page", DECODE_REQUIRED);
    if (page)
        read_photos(req, &body, db, page, ret);
    if (!web_body_ok(req, &body))
        return false;
    text = cJSON_PrintUnformatted(page);
    ret->page.page = http_printf(req, "%s", text ? text : "{}");
    ret->page.clinic = ret->clinic;
    ret->page.photos = ret->photos;
    cJSON_free(text);
    web_body_drop(&body);
    return true;
}

void drawing_refuse(struct http_request *req, const char *why)
{
    const char *colon = strstr(why, ": ");

    http_reply_error(req, 400, "bad_page", why,
                     colon ? http_printf(req, "page.fields.%.*s", (int)(colon - why), why)
                           : "page");
}

void drawing_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct drawing drawing = {.page = {.width = 1280, .height = 720}};
    char why[PICTURES_WHY_SIZE] = "";
    void *png = NULL;
    size_t size = 0;
    int result;

    if (!read_drawing(req, cloud->db, &drawing))
        return;
    result = pictures_draw(cloud, &drawing.page, &png, &size, why);
    if (result == 0)
        http_reply(req, 200, "image/png", png, size, NULL);
    else if (result == -EINVAL)
        drawing_refuse(req, why);
    else if (result == -ENOENT)
        http_reply_error(req, 501, "no_renderer",
                         "machiai-draw is not installed on the cloud's machine.", NULL);
    else
        web_fail(req, result);
    free(png);
}
