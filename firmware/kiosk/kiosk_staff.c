/* The staff menu in the running kiosk: what its flow wants done, and how it is opened. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kiosk.h"

static void check(void *context, const char *pin)
{
    struct kiosk *kiosk = context;
    if (kiosk->pin != NULL)
        staff_pin_check(kiosk->pin, pin);
}

static int act(void *context, int64_t request, const struct station_act *wanted)
{
    struct kiosk *kiosk = context;
    return station_act(kiosk->station, request, wanted);
}

static const char *write_diagnosis(struct kiosk *kiosk)
{
    struct diagnosis_options options = {
        .config_path = kiosk->config->path,
        .places = kiosk->config->usb,
        .name = kiosk->machine.support[0] != '\0' ? kiosk->machine.support : "kiosk",
        .wake = kiosk_wake,
        .context = kiosk,
    };
    if (kiosk->diagnosis != NULL)
        return "staff.usb_writing";
    cJSON *status = kiosk_status(kiosk);
    /* Whoever reads the bundle is not to enrol a kiosk with it. */
    cJSON_DeleteItemFromObject(cJSON_GetObjectItem(status, "terminal"), "pairing");
    char *text = cJSON_Print(status);
    cJSON_Delete(status);
    return diagnosis_start(&options, text, &kiosk->diagnosis) == 0 ? "staff.usb_writing"
                                                                   : "staff.usb_failed";
}

static const char *tool(void *context, enum staff_tool wanted)
{
    struct kiosk *kiosk = context;
    int result;
    switch (wanted) {
    case STAFF_TOOL_PRINTER:
        result = kiosk_print_test(kiosk);
        return result == 0         ? "staff.printing"
               : result == -ENODEV ? "staff.no_printer"
                                   : "staff.print_failed";
    case STAFF_TOOL_RESTART:
        kiosk->restart = kiosk->quit = true;
        return "staff.done";
    case STAFF_TOOL_USB:
        return write_diagnosis(kiosk);
    }
    return "act.failed";
}

static void set_volume(void *context, int percent)
{
    struct kiosk *kiosk = context;
    kiosk->volume = percent;
    kiosk_keep_volume(kiosk);
}

/* -- volume ------------------------------------------------------------------------------------ */

static void volume_path(const struct kiosk *kiosk, char *path, size_t size)
{
    snprintf(path, size, "%s/volume", kiosk->config->data);
}

/* A few bytes; where they cannot be kept, the volume holds until the next start. */
void kiosk_keep_volume(const struct kiosk *kiosk)
{
    char path[CONFIG_PATH_SIZE + 16];
    volume_path(kiosk, path, sizeof path);
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return;
    fprintf(file, "%d\n", kiosk->volume);
    (void)fclose(file);
}

static int kept_volume(const struct kiosk *kiosk)
{
    char path[CONFIG_PATH_SIZE + 16];
    int percent = 100;
    volume_path(kiosk, path, sizeof path);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return percent;
    if (fscanf(file, "%3d", &percent) != 1 || percent < 0 || percent > 100)
        percent = 100;
    (void)fclose(file);
    return percent;
}

/* -- the kiosk's side -------------------------------------------------------------------------- */

int kiosk_open_staff(struct kiosk *kiosk)
{
    struct staff_actions actions = {
        .check = check, .act = act, .tool = tool, .volume = set_volume, .context = kiosk};
    struct staff_pin_options options = {.hash = kiosk->config->pin,
                                        .dir = kiosk->config->data,
                                        .wake = kiosk_wake,
                                        .context = kiosk,
                                        .now = loop_now_us() / 1000};
    staff_flow_init(&kiosk->staff_flow, &actions);
    kiosk->volume = kept_volume(kiosk);
    if (kiosk->terminal == NULL)
        return 0;
    int result = staff_pin_create(&options, &kiosk->pin);
    if (result < 0)
        fprintf(stderr, "machiai-kiosk: no staff menu: %s\n", strerror(-result));
    return result;
}

void kiosk_close_staff(struct kiosk *kiosk)
{
    diagnosis_destroy(kiosk->diagnosis);
    staff_pin_destroy(kiosk->pin);
}

void kiosk_staff_world(const struct kiosk *kiosk, struct staff_world *ret)
{
    *ret = (struct staff_world){
        .now = kiosk->now,
        .queue = kiosk->queue,
        .online = kiosk->status.online,
        .offline_ms = kiosk->offline_ms,
        .device = kiosk->status.device,
        .locked_s = kiosk->pin != NULL ? staff_pin_locked_s(kiosk->pin, kiosk->now) : 0,
        .volume = kiosk->volume,
    };
    if (kiosk->lan != NULL) {
        struct lan_info info;
        lan_info(kiosk->lan, &info);
        memcpy(ret->lan_url, info.url, sizeof ret->lan_url);
        memcpy(ret->lan_fingerprint, info.fingerprint, sizeof ret->lan_fingerprint);
    }
    ret->has_time = kiosk->station != NULL && station_now(kiosk->station, &ret->site_ms);
}

/* The clinic's name is held: from the press on it until the finger leaves it. */
static void watch_hold(struct kiosk *kiosk)
{
    if (kiosk->held_since == 0 || kiosk->now - kiosk->held_since < STAFF_HOLD_MS)
        return;
    kiosk->held_since = 0;
    kiosk_held(kiosk);
}

void kiosk_held(struct kiosk *kiosk)
{
    struct terminal_world world;
    kiosk_terminal_world(kiosk, &world);
    kiosk->stale = true;
    if (!staff_flow_is_open(&kiosk->staff_flow) &&
        terminal_flow_status(&kiosk->terminal_flow, &world))
        return;
    staff_flow_open(&kiosk->staff_flow, kiosk->config->pin[0] != '\0', kiosk->now);
}

void kiosk_tick_staff(struct kiosk *kiosk)
{
    bool right = false;
    watch_hold(kiosk);
    if (kiosk->pin != NULL && staff_pin_poll(kiosk->pin, kiosk->now, &right)) {
        staff_flow_pin(&kiosk->staff_flow, right, kiosk->now);
        kiosk->stale = true;
    }
    const char *outcome = kiosk->diagnosis == NULL ? NULL : diagnosis_poll(kiosk->diagnosis);
    if (outcome != NULL) {
        staff_flow_tell(&kiosk->staff_flow, outcome, strcmp(outcome, "staff.usb_written") == 0,
                        kiosk->now);
        diagnosis_destroy(kiosk->diagnosis);
        kiosk->diagnosis = NULL;
        kiosk->stale = true;
    }
    if (staff_flow_tick(&kiosk->staff_flow, kiosk->now) ||
        staff_flow_deadline(&kiosk->staff_flow, kiosk->now - 1) <= kiosk->now)
        kiosk->stale = true;
}

void kiosk_note_line(struct kiosk *kiosk, bool was_online)
{
    int64_t site_ms = 0;
    if (kiosk->status.online)
        kiosk->offline_ms = 0;
    else if (was_online && station_now(kiosk->station, &site_ms))
        kiosk->offline_ms = site_ms;
}
