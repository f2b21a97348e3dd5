/* The catalogue of films: looking at them, naming them, withdrawing them; and their bytes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "contents.h"
#include "pictures.h"
#include "preview.h"
#include "programmes.h"
#include "routes.h"
#include "web.h"

enum { PATH_SIZE = CLOUD_PATH_SIZE + 128, KIND_SIZE = 24 };

static cJSON *film_json(const struct film *film, const struct identity_who *who)
{
    cJSON *json = cJSON_CreateObject(), *checks = cJSON_Parse(film->checks);
    bool own = who->role == IDENTITY_OPERATOR ? !*film->site : identity_may_site(who, film->site);

    cJSON_AddStringToObject(json, "sha256", film->sha256);
    cJSON_AddStringToObject(json, "site", film->site);
    cJSON_AddBoolToObject(json, "own", own);
    cJSON_AddStringToObject(json, "kind", content_kind_name(film->kind));
    cJSON_AddStringToObject(json, "title", film->title);
    cJSON_AddNumberToObject(json, "size", (double)film->size);
    cJSON_AddNumberToObject(json, "duration_ms", (double)film->duration_ms);
    cJSON_AddNumberToObject(json, "added", (double)film->added);
    cJSON_AddBoolToObject(json, "allowed", film->allowed);
    cJSON_AddNumberToObject(json, "withdrawn", (double)film->withdrawn);
    cJSON_AddStringToObject(json, "why", film->why);
    cJSON_AddStringToObject(json, "withdrawn_by", film->withdrawn_by);
    cJSON_AddItemToObject(json, "checks", checks ? checks : cJSON_CreateObject());
    return json;
}

/* -- the list ---------------------------------------------------------------------------------- */

struct listing {
    const struct identity_who *who;
    cJSON *list;
};

/* A contractor of several sites sees a film of the operator's once. */
static bool has_film(const cJSON *list, const struct film *film)
{
    const cJSON *item;

    cJSON_ArrayForEach (item, list)
        if (strcmp(cJSON_GetObjectItem(item, "sha256")->valuestring, film->sha256) == 0 &&
            strcmp(cJSON_GetObjectItem(item, "site")->valuestring, film->site) == 0)
            return true;
    return false;
}

static void add_film(const struct film *film, void *context)
{
    struct listing *listing = context;

    if (listing->who->role == IDENTITY_OPERATOR || listing->who->site_count < 2 ||
        !has_film(listing->list, film))
        cJSON_AddItemToArray(listing->list, film_json(film, listing->who));
}

void films_get(struct http_request *req, void *context)
{
    struct db *db = web_cloud(context)->db;
    const struct identity_who *who = identity_who(req);
    const char *name = http_query(req, "kind"), *site = http_query(req, "site");
    enum content_kind kind = CONTENT_KIND_COUNT;
    struct listing listing = {.who = who};
    cJSON *json;
    int result = 0;

    if (name && content_kind_from_name(name, &kind) < 0) {
        http_reply_error(req, 400, "bad_request", "kind: names no kind of content", "kind");
        return;
    }
    if (site && !identity_may_site(who, site)) {
        http_reply_error(req, 403, "forbidden", "This site is not yours.", "site");
        return;
    }
    json = cJSON_CreateObject();
    listing.list = cJSON_AddArrayToObject(json, "films");
    if (site || who->role == IDENTITY_OPERATOR)
        result = contents_films(db, site, kind, add_film, &listing);
    for (int i = 0; !site && who->role != IDENTITY_OPERATOR && result >= 0 && i < who->site_count;
         i++)
        result = contents_films(db, who->sites[i], kind, add_film, &listing);
    if (result < 0) {
        cJSON_Delete(json);
        web_fail(req, result);
        return;
    }
    web_reply(req, 200, json);
}

/* -- one of them ------------------------------------------------------------------------------- */

/* 0 when a programme of the asker's sites holds the film, so that it is checked before it is
 * approved (terms 20); a withdrawn one is shown to nobody. -ENOENT. */
static int scheduled(struct db *db, const struct identity_who *who, const struct film *film)
{
    int result = 0;

    for (int i = 0; i < who->site_count && result == 0 && !film->withdrawn; i++)
        result = programmes_holds(db, who->sites[i], film->sha256);
    return result == 1 ? 0 : result < 0 ? result : -ENOENT;
}

/* The film that the asker means by a hash: an own one first, then the operator's, if it may be
 * seen. For the operator his own, then any site's. */
static int find_film(struct db *db, const struct identity_who *who, const char *sha256,
                     struct film *ret)
{
    int result = -ENOENT;

    for (int i = 0; i < who->site_count && result == -ENOENT; i++)
        result = contents_film_of(db, who->sites[i], sha256, ret);
    if (result == -ENOENT)
        result = contents_film_of(db, "", sha256, ret);
    if (result == -ENOENT && who->role == IDENTITY_OPERATOR)
        result = contents_film_of(db, NULL, sha256, ret);
    if (result == 0 && who->role != IDENTITY_OPERATOR && !*ret->site &&
        (!ret->allowed || ret->withdrawn))
        result = scheduled(db, who, ret);
    return result;
}

static bool web_film(struct http_request *req, struct db *db, const char *sha256, struct film *ret)
{
    int result = find_film(db, identity_who(req), sha256, ret);

    if (result == -ENOENT)
        http_reply_error(req, 404, "not_found", "There is no such film.", NULL);
    else if (result < 0)
        web_fail(req, result);
    return result == 0;
}

static void reply_film(struct http_request *req, struct db *db, const struct film *film)
{
    struct film now;
    int result = contents_film_of(db, film->site, film->sha256, &now);

    if (result < 0)
        web_fail(req, result);
    else
        web_reply(req, 200, film_json(&now, identity_who(req)));
}

void film_get(struct http_request *req, void *context)
{
    struct db *db = web_cloud(context)->db;
    struct film film;

    if (web_film(req, db, http_param(req, 0), &film))
        reply_film(req, db, &film);
}

/* Changing needs one's own film, or to be the operator. */
static bool own_film(struct http_request *req, struct db *db, struct film *ret)
{
    if (!web_film(req, db, http_param(req, 0), ret))
        return false;
    if (identity_who(req)->role == IDENTITY_OPERATOR || *ret->site)
        return true;
    http_reply_error(req, 409, "not_yours", "This film is the operator's.", NULL);
    return false;
}

static bool read_change(struct http_request *req, struct film *film)
{
    bool is_operator = identity_who(req)->role == IDENTITY_OPERATOR;
    char kind[KIND_SIZE] = "";
    struct web_body body;

    if (!web_body_read(req, &body))
        return false;
    decode_string(&body.decoder, body.json, "", "title", DECODE_OPTIONAL, film->title,
                  sizeof(film->title));
    decode_string(&body.decoder, body.json, "", "kind", DECODE_OPTIONAL, kind, sizeof(kind));
    decode_bool(&body.decoder, body.json, "", "allowed", &film->allowed);
    if (!body.decoder.failed && !*film->title)
        decode_fail(&body.decoder, "", "title", "must not be empty");
    if (!body.decoder.failed && *kind && content_kind_from_name(kind, &film->kind) < 0)
        decode_fail(&body.decoder, "", "kind", "names no kind of content");
    if (!body.decoder.failed && !is_operator &&
        (content_provided(film->kind) || film->kind == CONTENT_SUBSTITUTE))
        decode_fail(&body.decoder, "", "kind", "must be introduction, notice or self_made");
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    return true;
}

/* Devices are told at once: their document names titles, substitutes and withdrawals. */
static void touch_sites(struct cloud *cloud, const char *owner)
{
    for (int i = 0; i < sites_count(cloud->sites); i++) {
        struct site *site = sites_at(cloud->sites, i);

        if (!*owner || strcmp(site_id(site), owner) == 0)
            site_touch(site);
    }
}

void film_patch(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct film film;
    int result;

    if (!own_film(req, cloud->db, &film) || !read_change(req, &film))
        return;
    result = contents_film_change(cloud->db, &film);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    touch_sites(cloud, film.site);
    web_note(req, cloud, "film_changed", film.sha256);
    reply_film(req, cloud->db, &film);
}

void film_withdrawal_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    const struct identity_who *who = identity_who(req);
    bool is_operator = who->role == IDENTITY_OPERATOR;
    char why[CONTENTS_WHY_SIZE] = "";
    struct web_body body;
    struct film film;
    int result;

    if (!own_film(req, cloud->db, &film) || !web_body_read(req, &body))
        return;
    decode_string(&body.decoder, body.json, "", "reason", DECODE_REQUIRED, why, sizeof(why));
    if (!body.decoder.failed && !*why)
        decode_fail(&body.decoder, "", "reason", "must say why");
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    result = contents_withdraw(cloud->db, is_operator ? NULL : film.site, film.sha256, why,
                               who->name, cloud_now(NULL));
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    touch_sites(cloud, is_operator ? "" : film.site);
    web_note(req, cloud, "film_withdrawn", film.sha256);
    reply_film(req, cloud->db, &film);
}

/* -- what they look like ----------------------------------------------------------------------- */

/* A file of the content store, named by its hash; 404 when it is gone. */
static void reply_bytes(struct http_request *req, const char *path, const char *type,
                        const char *sha256)
{
    int result = http_reply_file(req, path, type, http_printf(req, "\"%s\"", sha256));

    if (result == -ENOENT) {
        http_add_header(req, "Cache-Control", "no-store");
        http_reply_error(req, 404, "not_found", "There is no such content.", NULL);
    } else if (result < 0) {
        web_fail(req, result);
    }
}

void film_still_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    char path[PATH_SIZE];
    struct film film;
    int result;

    if (!web_film(req, cloud->db, http_param(req, 0), &film))
        return;
    result = pictures_still(cloud, film.sha256, path, sizeof(path));
    if (result == -ENOENT || result == -EINVAL) {
        http_reply_error(req, 404, "not_found", "There is no still of this film.", NULL);
    } else if (result < 0) {
        web_fail(req, result);
    } else {
        http_add_header(req, "Cache-Control", "private, max-age=3600");
        reply_bytes(req, path, "image/jpeg", film.sha256);
    }
}

/* 21.3: seen before it is shown, and not taken away. */
void preview_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    int64_t expires = cloud_now(NULL) + PREVIEW_MS;
    char token[PREVIEW_TOKEN_SIZE];
    struct film film;
    cJSON *json;

    if (!web_film(req, cloud->db, http_param(req, 0), &film))
        return;
    preview_make(cloud, identity_who(req), film.sha256, expires, token);
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "url", http_printf(req, "/api/v1/previews/%s", token));
    cJSON_AddNumberToObject(json, "expires", (double)expires);
    web_reply(req, 201, json);
}

void preview_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    char sha256[SHA256_SIZE];
    struct film film;
    int result;

    result = preview_open(cloud, identity_who(req), http_param(req, 0), cloud_now(NULL), sha256);
    if (result == -ETIME) {
        http_reply_error(req, 410, "expired", "This link is over; ask for another one.", NULL);
        return;
    }
    if (result < 0) {
        http_reply_error(req, 404, "not_found", "This link is not of this login.", NULL);
        return;
    }
    if (!web_film(req, cloud->db, sha256, &film))
        return;
    http_add_header(req, "Cross-Origin-Resource-Policy", "same-origin");
    http_add_header(req, "Content-Disposition", "inline");
    reply_bytes(req, http_printf(req, "%s/contents/%s", cloud->data_dir, sha256), "video/mp4",
                sha256);
}

/* -- for devices ------------------------------------------------------------------------------- */

void content_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    const struct identity_who *who = identity_who(req);
    const char *name = http_param(req, 0);
    int result = 0;

    if (strlen(name) == SHA256_SIZE - 1 && strspn(name, "0123456789abcdef") == SHA256_SIZE - 1)
        result = contents_may_fetch(cloud->db, who->sites[0], name);
    if (result == 1) {
        http_add_header(req, "Cache-Control", "private, max-age=31536000, immutable");
        reply_bytes(req, http_printf(req, "%s/contents/%s", cloud->data_dir, name),
                    "application/octet-stream", name);
    } else if (result == 0) {
        http_reply_error(req, 404, "not_found", "There is no such content.", NULL);
    } else {
        web_fail(req, result);
    }
}
