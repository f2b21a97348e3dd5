/* What the page on the clinic's network shows: the staff's view as the cloud gives it, with what
 * only a kiosk knows of its line. */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "lan_private.h"
#include "view.h"

/* Under the lock. */
static bool is_unsent(const struct lan *lan, const char *ticket)
{
    for (int i = 0; i < lan->unsent_count; i++)
        if (strcmp(lan->unsent[i], ticket) == 0)
            return true;
    return false;
}

static void add_unsent(const struct lan *lan, cJSON *json)
{
    cJSON *ticket, *tickets = cJSON_GetObjectItemCaseSensitive(json, "tickets");
    cJSON_ArrayForEach (ticket, tickets) {
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ticket, "ticket"));
        cJSON_AddBoolToObject(ticket, "unsent", id && is_unsent(lan, id));
    }
}

static void add_line(const struct lan *lan, int64_t now, cJSON *json)
{
    int64_t since = lan->lost_up_ms && now > 0 ? now - (lan_up() - lan->lost_up_ms) : 0;
    char letter[2] = {lan->status.letter, '\0'};
    cJSON *line = cJSON_AddObjectToObject(json, "line");
    cJSON_AddBoolToObject(line, "online", lan->status.online);
    cJSON_AddNumberToObject(line, "since", (double)since);
    cJSON_AddNumberToObject(line, "unsent", lan->status.outbox);
    cJSON_AddStringToObject(line, "letter", letter);
    cJSON_AddStringToObject(line, "fault", lan->status.error);
    cJSON_AddStringToObject(line, "cloud", lan->options.cloud_url);
}

/* This kiosk's own printer, as the cloud tells it of each device: paper runs out without a line
 * too. */
static void add_devices(const struct lan *lan, int64_t now, cJSON *json)
{
    cJSON *device, *devices = cJSON_AddArrayToObject(json, "devices");
    char name[HOST_NAME_MAX + 1] = "";
    if (!*lan->printer)
        return;
    (void)gethostname(name, sizeof name - 1); /* as it was enrolled */
    device = cJSON_CreateObject();
    cJSON_AddItemToArray(devices, device);
    cJSON_AddStringToObject(device, "device", lan->status.device);
    cJSON_AddStringToObject(device, "name", name);
    cJSON_AddStringToObject(device, "printer", lan->printer);
    cJSON_AddBoolToObject(device, "online", true);
    cJSON_AddNumberToObject(device, "seen", (double)now);
    cJSON_AddNumberToObject(device, "files", 0);
    cJSON_AddNumberToObject(device, "present", 0);
    cJSON_AddStringToObject(device, "fault", "");
    cJSON_AddNullToObject(device, "lan");
}

cJSON *lan_view(struct lan *lan)
{
    int64_t now = 0;
    cJSON *json = NULL;
    (void)lan->options.now(lan->options.context, &now); /* without a time: as of 1970, unordered */
    pthread_mutex_lock(&lan->lock);
    if (lan->view.has_settings)
        json = view_staff(&lan->view, now);
    if (json) {
        add_unsent(lan, json);
        add_line(lan, now, json);
        add_devices(lan, now, json);
        cJSON_AddArrayToObject(json, "notices");
    }
    pthread_mutex_unlock(&lan->lock);
    return json;
}
