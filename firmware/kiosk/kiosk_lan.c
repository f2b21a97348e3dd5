/* The page on the clinic's network in the running kiosk. */
#include <stdio.h>
#include <string.h>

#include "kiosk.h"

static int act(void *context, int64_t request, const struct station_act *wanted)
{
    struct kiosk *kiosk = context;
    return station_act(kiosk->station, request, wanted);
}

static bool site_time(void *context, int64_t *ret)
{
    struct kiosk *kiosk = context;
    return station_now(kiosk->station, ret);
}

static void found(void *context, const char *url, const char *fingerprint)
{
    struct kiosk *kiosk = context;
    station_lan(kiosk->station, url, fingerprint);
    kiosk_wake(kiosk);
}

void kiosk_lan_viewed(void *context, const struct queue *view, const struct station_status *status,
                      const char (*unsent)[UID_SIZE], int unsent_count)
{
    struct kiosk *kiosk = context;
    if (kiosk->lan != NULL)
        lan_viewed(kiosk->lan, view, status, unsent, unsent_count);
}

void kiosk_lan_staff(void *context, const char *json)
{
    struct kiosk *kiosk = context;
    if (kiosk->lan != NULL)
        lan_staff(kiosk->lan, json);
}

int kiosk_open_lan(struct kiosk *kiosk)
{
    char address[32];
    const struct lan_options options = {.data_dir = kiosk->config->data,
                                        .cloud_url = kiosk->config->url,
                                        .address = address,
                                        .act = act,
                                        .now = site_time,
                                        .found = found,
                                        .context = kiosk};
    if (!kiosk->config->lan_console)
        return 0;
    snprintf(address, sizeof address, "0.0.0.0:%d", kiosk->config->lan_port);
    return lan_create(&options, &kiosk->lan);
}

int kiosk_start_lan(struct kiosk *kiosk)
{
    return kiosk->lan != NULL ? lan_start(kiosk->lan) : 0;
}
