/* A site's devices in the hands of its contractor or the operator: which there are, how they are,
 * and taking one out of use that was lost or sold (terms 33). */
#include <errno.h>
#include <string.h>

#include "logging.h"
#include "presence.h"
#include "routes.h"
#include "views.h"
#include "web.h"

struct listing {
    cJSON *list, *present; /* presence_json() */
    const struct queue *queue;
};

static const cJSON *present(const struct listing *listing, const char *device)
{
    const cJSON *item;

    cJSON_ArrayForEach (item, listing->present)
        if (strcmp(cJSON_GetObjectItem(item, "device")->valuestring, device) == 0)
            return item;
    return NULL;
}

static void add_machine(const struct identity_device *device, void *context)
{
    struct listing *listing = context;
    const char letter[2] = {queue_letter_of(listing->queue, device->device), '\0'};
    const cJSON *found = present(listing, device->device);
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "device", device->device);
    cJSON_AddStringToObject(item, "name", device->name);
    cJSON_AddStringToObject(item, "letter", letter);
    cJSON_AddNumberToObject(item, "enrolled", (double)device->enrolled);
    cJSON_AddNumberToObject(item, "revoked", (double)device->revoked);
    cJSON_AddStringToObject(item, "replaced_by", device->replaced_by);
    cJSON_AddBoolToObject(item, "online", cJSON_IsTrue(cJSON_GetObjectItem(found, "online")));
    cJSON_AddNumberToObject(item, "seen",
                            found ? cJSON_GetNumberValue(cJSON_GetObjectItem(found, "seen")) : 0);
    cJSON_AddStringToObject(
        item, "printer", found ? cJSON_GetStringValue(cJSON_GetObjectItem(found, "printer")) : "");
    cJSON_AddItemToObject(item, "health",
                          found ? cJSON_Duplicate(cJSON_GetObjectItem(found, "health"), true)
                                : cJSON_CreateNull());
    cJSON_AddItemToArray(listing->list, item);
}

void machines_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    struct listing listing;
    cJSON *json;
    int result;

    if (!site)
        return;
    json = cJSON_CreateObject();
    listing.list = cJSON_AddArrayToObject(json, "devices");
    listing.present = presence_json(cloud->presence, site_id(site));
    listing.queue = site_read(site);
    result = identity_devices(cloud->identity, site_id(site), add_machine, &listing);
    site_read_end(site);
    cJSON_Delete(listing.present);
    if (result < 0) {
        cJSON_Delete(json);
        web_fail(req, result);
        return;
    }
    web_reply(req, 200, json);
}

/* What it did not send yet goes to the quarantine from now on. */
void machine_delete(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    struct identity_device device;
    int result;

    if (!site)
        return;
    result = identity_device_find(cloud->identity, http_param(req, 1), &device);
    if (result == -ENOENT || (result == 0 && strcmp(device.site, site_id(site)) != 0)) {
        http_reply_error(req, 404, "not_found", "There is no such device at this site.", NULL);
        return;
    }
    if (result == 0)
        result = identity_device_revoke(cloud->identity, device.device);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    if (identity_note_at(cloud->identity, site_id(site), "device_removed", device.device,
                         identity_who(req)->id, http_peer(req)) < 0)
        log_warning("request %s: who revoked a device was not noted", http_id(req));
    if (presence_reload(cloud->presence, site_id(site)) == 0) {
        views_end_revoked(cloud, site);
        site_touch(site);
    }
    web_reply_empty(req);
}
