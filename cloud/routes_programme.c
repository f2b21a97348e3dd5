#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "keeper.h"
#include "notices.h"
#include "programme_document.h"
#include "programme_status.h"
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

static int64_t number_of(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    return item ? (int64_t)item->valuedouble : 0;
}

/* Whose it is, and how far its devices are. False: not to be read. */
static bool add_site(cJSON *json, struct cloud *cloud, struct site *site)
{
    const struct programme_progress progress = {.from = number_of(json, "from"),
                                                .to = number_of(json, "to"),
                                                .distributed = number_of(json, "distributed"),
                                                .changed = number_of(json, "changed")};
    cJSON *devices;

    cJSON_AddStringToObject(json, "site", site_id(site));
    cJSON_AddStringToObject(json, "clinic_name", site_read(site)->settings.name);
    site_read_end(site);
    devices =
        programme_status_json(cloud->db, cloud->identity, site_id(site), &progress, site_now(site));
    cJSON_AddItemToObject(json, "devices", devices);
    return devices;
}

void programmes_get_all(struct http_request *req, void *context)
{
    bool drafts = identity_who(req)->role == IDENTITY_OPERATOR, good = true;
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    cJSON *list = NULL, *item, *json, *notices;
    int result;

    if (!site)
        return;
    result = programmes_list(cloud->db, site_id(site), drafts, site_now(site), &list);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    cJSON_ArrayForEach (item, list)
        good = good && add_site(item, cloud, site);
    notices = notices_owners_json(cloud->db, site_id(site));
    if (!notices || !good) {
        cJSON_Delete(notices);
        cJSON_Delete(list);
        web_fail(req, -EIO);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "programmes", list);
    cJSON_AddItemToObject(json, "notices", notices);
    web_reply(req, 200, json);
}

static void reply_programme(struct http_request *req, struct cloud *cloud, struct site *site,
                            bool taken_back)
{
    cJSON *json = NULL;
    int result;

    result = programmes_get(cloud->db, site_id(site), http_param(req, 1), site_now(site), &json);
    if (result == 0 && !add_site(json, cloud, site))
        result = -EIO;
    if (result < 0) {
        cJSON_Delete(json);
        web_fail(req, result);
        return;
    }
    cJSON_AddBoolToObject(json, "approval_taken_back", taken_back);
    web_reply(req, 200, json);
}

/* The programme is not to be changed; true: answered. */
static bool refused(struct http_request *req, int result)
{
    switch (result) {
    case -ENOENT:
        http_reply_error(req, 404, "not_found", "There is no such programme.", NULL);
        return true;
    case -EAGAIN:
        http_reply_error(req, 409, "not_distributed",
                         "This programme has not been distributed yet; wait for it.", NULL);
        return true;
    case -ETIME:
        http_reply_error(req, 409, "deadline_passed",
                         "The deadline for approval has passed; substitute content plays.", NULL);
        return true;
    default:
        return false;
    }
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

    if (result == 0) {
        web_note(req, cloud, "programme_approved", http_param(req, 1));
        site_touch(site);
        reply_programme(req, cloud, site, false);
    } else if (!refused(req, result)) {
        web_fail(req, result);
    }
}

/* A place of the table; -1: no number. */
static int item_index(const char *text)
{
    int index = 0;

    for (const char *c = text; *c; c++) {
        if (*c < '0' || *c > '9' || index >= PROGRAMME_ITEMS_MAX)
            return -1;
        index = index * 10 + (*c - '0');
    }
    return *text ? index : -1;
}

void programme_item_put(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    char sha256[SHA256_SIZE] = "";
    bool taken_back = false;
    struct web_body body;
    int result;

    if (!site || !web_body_read(req, &body))
        return;
    decode_string(&body.decoder, body.json, "", "sha256", DECODE_REQUIRED, sha256, sizeof(sha256));
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    result = programmes_swap(cloud->db, site_id(site), http_param(req, 1),
                             item_index(http_param(req, 2)), sha256, site_now(site), &taken_back);
    if (result == 0) {
        web_note(req, cloud, "programme_swapped", http_param(req, 1));
        site_touch(site);
        reply_programme(req, cloud, site, taken_back);
    } else if (result == -EDOM) {
        http_reply_error(req, 404, "no_item", "The table has no film in this place.", NULL);
    } else if (result == -EPERM) {
        http_reply_error(req, 409, "not_allowed",
                         "This film may not be swapped in; choose one of the catalogue.", "sha256");
    } else if (result == -EXDEV) {
        http_reply_error(req, 409, "other_kind",
                         "Here a film of the same kind may stand, or one of the clinic's own.",
                         "sha256");
    } else if (!refused(req, result)) {
        web_fail(req, result);
    }
}
