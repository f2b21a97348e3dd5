/* Requests of the control socket. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl_act.h"
#include "kiosk.h"

static const char *text_of(const cJSON *request, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(request, key);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static cJSON *no_widget(const struct kiosk *kiosk, const char *name)
{
    char message[1024];
    int size =
        snprintf(message, sizeof message, "This screen has no widget \"%.31s\". It has:", name);
    for (int i = 0; i < kiosk->widgets.count && size < (int)sizeof message; i++)
        size += snprintf(message + size, sizeof message - size, " %s", kiosk->widgets.list[i].name);
    return ctl_error("no_widget", message);
}

static cJSON *tap(struct kiosk *kiosk, const cJSON *request)
{
    const char *name = text_of(request, "widget");
    if (kiosk->terminal == NULL)
        return ctl_error("no_terminal", "This kiosk has no terminal; see [kiosk] role.");
    if (widgets_find(&kiosk->widgets, name) == NULL)
        return no_widget(kiosk, name);
    kiosk->touched_us = ctl_came_us(kiosk->ctl);
    if (!kiosk_tap(kiosk, name))
        return ctl_error("not_now", "The screen is changing; ask again.");
    return kiosk_screen_answer(kiosk);
}

static cJSON *screenshot(struct kiosk *kiosk, const cJSON *request, struct picture **ret_picture)
{
    const char *name = text_of(request, "window"), *file = text_of(request, "file");
    struct window *window = kiosk->terminal != NULL ? kiosk->terminal : kiosk->monitor;
    if (strcmp(name, "monitor") == 0)
        window = kiosk->monitor;
    else if (strcmp(name, "terminal") == 0)
        window = kiosk->terminal;
    else if (name[0] != '\0')
        return ctl_error("bad_request", "The window is terminal or monitor.");
    if (window == NULL)
        return ctl_error("no_window", "This kiosk has no such window; see [kiosk] role.");
    if (file[0] != '/')
        return ctl_error("bad_request", "Name the file with its whole path.");
    *ret_picture = kiosk_picture(kiosk, window);
    if (*ret_picture == NULL)
        return ctl_error("no_memory", "There is no memory for a picture; try again later.");
    cJSON *json = cJSON_CreateObject();
    cJSON_AddBoolToObject(json, "ok", true);
    cJSON_AddStringToObject(json, "file", file);
    return json;
}

static cJSON *print_test(struct kiosk *kiosk)
{
    int result = kiosk_print_test(kiosk);
    if (result == -ENODEV)
        return ctl_error("no_printer", "This kiosk has no printer; see [printer] uri.");
    if (result < 0)
        return ctl_error("not_printed", "Too many slips wait for the printer; try again later.");
    cJSON *json = cJSON_CreateObject();
    cJSON_AddBoolToObject(json, "ok", true);
    cJSON_AddNumberToObject(json, "test", kiosk->test_count);
    return json;
}

/* NULL: answered once the station has done it. */
static cJSON *act(struct kiosk *kiosk, const cJSON *request)
{
    struct station_act wanted;
    if (ctl_act_parse(request, &wanted) < 0)
        return ctl_error("bad_request", "That is no act; see machiai-kiosk ctl.");
    if (kiosk->ctl_act < KIOSK_CTL_ACTS)
        kiosk->ctl_act = KIOSK_CTL_ACTS;
    if (station_act(kiosk->station, ++kiosk->ctl_act, &wanted) < 0)
        return ctl_error("not_now", "Too many acts are under way; try again.");
    kiosk->ctl_act_waits = true;
    return NULL;
}

bool kiosk_take_act(struct kiosk *kiosk, const struct station_news *news)
{
    if (!kiosk->ctl_act_waits || news->request != kiosk->ctl_act)
        return false;
    kiosk->ctl_act_waits = false;
    ctl_answer(kiosk->ctl, ctl_act_answer(news), NULL, NULL);
    return true;
}

static void answer(struct kiosk *kiosk, const cJSON *request)
{
    const char *command = text_of(request, "command");
    struct picture *picture = NULL;
    cJSON *json;
    if (strcmp(command, "status") == 0)
        json = kiosk_status(kiosk);
    else if (strcmp(command, "tickets") == 0)
        json = kiosk_tickets(kiosk);
    else if (strcmp(command, "tap") == 0)
        json = tap(kiosk, request);
    else if (strcmp(command, "show") == 0)
        json = kiosk_show(kiosk, text_of(request, "state"), text_of(request, "language"));
    else if (strcmp(command, "staff") == 0)
        json = kiosk_hold(kiosk);
    else if (strcmp(command, "type") == 0)
        json = kiosk_type_text(kiosk, text_of(request, "text"));
    else if (strcmp(command, "screenshot") == 0)
        json = screenshot(kiosk, request, &picture);
    else if (strcmp(command, "print-test") == 0)
        json = print_test(kiosk);
    else if (strcmp(command, "act") == 0)
        json = act(kiosk, request);
    else
        json = ctl_error("bad_request",
                         "The command is status, tickets, tap, show, staff, type, screenshot, "
                         "print-test or act.");
    if (json != NULL)
        ctl_answer(kiosk->ctl, json, picture, text_of(request, "file"));
}

void kiosk_take_requests(struct kiosk *kiosk)
{
    cJSON *request = NULL;
    while (ctl_poll(kiosk->ctl, &request)) {
        answer(kiosk, request);
        cJSON_Delete(request);
    }
}
