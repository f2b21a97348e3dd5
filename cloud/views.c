#include "views.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holder.h"
#include "hours.h"
#include "logging.h"
#include "names.h"
#include "near_mail.h"
#include "notices.h"
#include "presence.h"
#include "reception.h"
#include "view.h"
#include "web.h"

static void add_remote(cJSON *json, const struct queue *queue, int desk_no, bool service_open,
                       int64_t service_change, bool mail, int64_t now)
{
    struct reception reception;
    cJSON *item;

    reception_look(queue, desk_no, service_open, service_change, now, &reception);
    item = reception_json(queue, desk_no, &reception);
    if (item)
        cJSON_AddBoolToObject(item, "mail", mail);
    cJSON_AddItemToObject(json, "remote", item);
}

cJSON *views_json(struct cloud *cloud, struct site *site, int desk_no, uint64_t *ret_revision)
{
    int64_t change = 0;
    bool staff = desk_no <= VIEWS_STAFF, open = false;
    bool known = !staff && reception_service(cloud, site, &open, &change) == 0;
    const struct queue *queue = site_read(site);
    int64_t now = site_now(site);
    cJSON *json;

    json = staff ? view_staff(queue, now) : view_patient(queue, desk_no, now);
    if (json && known)
        add_remote(json, queue, desk_no, open, change, near_mail_ready(cloud->near_mail), now);
    if (json)
        cJSON_AddNumberToObject(json, "seq", (double)site_seq(site));
    *ret_revision = site_revision(site);
    site_read_end(site);
    if (json && staff) {
        cJSON_AddItemToObject(json, "devices", presence_json(cloud->presence, site_id(site)));
        cJSON_AddItemToObject(json, "notices", notices_json(cloud->db, site_id(site)));
        if (holder_mark_late(cloud->db, site_id(site), json) < 0)
            log_warning("site %s: who is late could not be read", site_id(site));
        if (desk_no == VIEWS_STAFF && names_mark(cloud->db, site_id(site), json) < 0)
            log_warning("site %s: the patients' names could not be read", site_id(site));
    }
    return json;
}

static uint64_t digest_of(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

/* What stays when only time passes: the moment itself and the devices' last signs are left out. The
 * log's head counts: whoever holds a ticket reads it anew at each push, and a check-in moves
 * nothing else that all may see. */
static bool digest_view(cJSON *json, uint64_t *ret)
{
    cJSON *at = cJSON_DetachItemFromObjectCaseSensitive(json, "at");
    cJSON *device, *devices = cJSON_GetObjectItemCaseSensitive(json, "devices");
    double seen[IDENTITY_DEVICES_MAX] = {0};
    char *text;
    int i = 0;

    cJSON_ArrayForEach (device, devices) {
        cJSON *item = cJSON_GetObjectItemCaseSensitive(device, "seen");

        if (i < IDENTITY_DEVICES_MAX && item) {
            seen[i++] = item->valuedouble;
            cJSON_SetNumberValue(item, 0);
        }
    }
    text = cJSON_PrintUnformatted(json);
    if (text)
        *ret = digest_of(text);
    cJSON_free(text);
    i = 0;
    cJSON_ArrayForEach (device, devices) {
        cJSON *item = cJSON_GetObjectItemCaseSensitive(device, "seen");

        if (i < IDENTITY_DEVICES_MAX && item)
            cJSON_SetNumberValue(item, seen[i++]);
    }
    cJSON_AddItemToObject(json, "at", at);
    return text != NULL;
}

char *views_block(struct cloud *cloud, struct site *site, int desk_no, uint64_t *ret_revision,
                  uint64_t *ret_digest)
{
    cJSON *json = views_json(cloud, site, desk_no, ret_revision);
    const cJSON *seq = cJSON_GetObjectItemCaseSensitive(json, "seq");
    int64_t number = seq ? (int64_t)seq->valuedouble : 0;
    char *text = NULL, *block = NULL;

    if (json && digest_view(json, ret_digest))
        text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    if (text && asprintf(&block, "id: %" PRId64 ":%016" PRIx64 "\nevent: queue\ndata: %s\n\n",
                         number, *ret_digest, text) < 0)
        block = NULL;
    cJSON_free(text);
    return block;
}

char *views_entry_block(const struct entry *entry)
{
    cJSON *json = entry_to_json(entry);
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    char *block = NULL;

    cJSON_Delete(json);
    if (text && asprintf(&block, "id: %" PRId64 ":%s\nevent: entry\ndata: %s\n\n", entry->seq,
                         entry->hash, text) < 0)
        block = NULL;
    cJSON_free(text);
    return block;
}

struct http_channel *views_channel(struct door *door, const struct site *site, int desk_no)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "view/%s/%d", site_id(site), desk_no);
    return http_channel(door->server, name);
}

struct http_channel *views_device_channel(struct door *door, const struct site *site)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "device/%s", site_id(site));
    return http_channel(door->server, name);
}

void views_append(struct views_text *text, const char *block)
{
    size_t size = block ? strlen(block) : 0;

    if (!block || text->failed) {
        text->failed = true;
        return;
    }
    if (text->size + size + 1 > text->capacity) {
        size_t capacity = (text->size + size + 1) * 2;
        char *grown = realloc(text->text, capacity);

        if (!grown) {
            text->failed = true;
            return;
        }
        text->text = grown;
        text->capacity = capacity;
    }
    memcpy(text->text + text->size, block, size + 1);
    text->size += size;
}

struct stream {
    struct cloud *cloud;
    struct site *site;
    int desk_no;
    char session[IDENTITY_SESSION_SIZE]; /* of staff; "" = anybody may listen */
};

static char *fill_stream(void *arg, uint64_t *ret_upto)
{
    const struct stream *stream = arg;
    uint64_t ignored;

    return views_block(stream->cloud, stream->site, stream->desk_no, ret_upto, &ignored);
}

void views_stream(struct http_request *req, void *context, struct site *site, int desk_no)
{
    struct door *door = context;
    struct stream *stream;
    bool polls;

    if (!web_wait(req, &polls))
        return;
    stream = malloc(sizeof(*stream));
    if (!stream) {
        http_reply_error(req, 500, "internal", "The cloud is out of memory; try again later.",
                         NULL);
        return;
    }
    *stream = (struct stream){door->cloud, site, desk_no, ""};
    if (desk_no == VIEWS_STAFF)
        (void)snprintf(stream->session, sizeof(stream->session), "%s", identity_who(req)->session);
    http_reply_stream(req, views_channel(door, site, desk_no), fill_stream, stream, free);
}

/* -- streams whose reader may not read any more -------------------------------------------------
 */

struct sessions {
    char (*list)[IDENTITY_SESSION_SIZE]; /* in the order of strcmp() */
    size_t count, capacity;
    bool failed;
};

static void keep_session(const char *session, void *context)
{
    struct sessions *sessions = context;

    if (sessions->count == sessions->capacity) {
        size_t capacity = sessions->capacity ? sessions->capacity * 2 : 32;
        void *grown = realloc(sessions->list, capacity * sizeof(sessions->list[0]));

        sessions->failed = sessions->failed || !grown;
        if (!grown)
            return;
        sessions->list = grown;
        sessions->capacity = capacity;
    }
    (void)snprintf(sessions->list[sessions->count++], IDENTITY_SESSION_SIZE, "%s", session);
}

static int compare(const void *key, const void *item)
{
    return strcmp(key, item);
}

static bool is_over(void *arg, void *context)
{
    const struct sessions *sessions = context;
    const struct stream *stream = arg;

    return sessions->count == 0 || !bsearch(stream->session, sessions->list, sessions->count,
                                            sizeof(sessions->list[0]), compare);
}

int views_end_strangers(struct cloud *cloud, struct site *site)
{
    struct sessions sessions = {.count = 0};
    int listeners = 0, result = 0;

    for (int i = 0; i < cloud->door_count; i++)
        listeners += http_channel_count(views_channel(&cloud->doors[i], site, VIEWS_STAFF));
    if (listeners == 0)
        return 0;
    result = identity_site_sessions(cloud->identity, site_id(site), keep_session, &sessions);
    if (sessions.failed)
        result = -ENOMEM;
    for (int i = 0; i < cloud->door_count && result == 0; i++)
        http_channel_close(views_channel(&cloud->doors[i], site, VIEWS_STAFF), is_over, &sessions);
    free(sessions.list);
    return result;
}

static bool is_revoked(void *arg, void *context)
{
    const struct views_device *device = arg;
    struct presence *presence = context;

    return presence_revoked(presence, site_id(device->site), device->device);
}

void views_end_revoked(struct cloud *cloud, struct site *site)
{
    for (int i = 0; i < cloud->door_count; i++)
        http_channel_close(views_device_channel(&cloud->doors[i], site), is_revoked,
                           cloud->presence);
}
