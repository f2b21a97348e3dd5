/* `ctl` in the place of a person before the terminal: states to be looked at, the long press, what
 * a keyboard or a scanner types. */
#include <stdio.h>
#include <string.h>

#include "kiosk.h"
#include "staff_demo.h"
#include "terminal_demo.h"

const char *kiosk_staff_name(enum staff_screen screen)
{
    static const char *const names[STAFF_SCREENS] = {
        [STAFF_SHUT] = "",         [STAFF_PIN] = "pin",       [STAFF_MENU] = "menu",
        [STAFF_NUMBER] = "number", [STAFF_VOLUME] = "volume", [STAFF_RESTART] = "restart",
        [STAFF_PEOPLE] = "people", [STAFF_LAN] = "lan",
    };
    return names[screen];
}

cJSON *kiosk_screen_answer(struct kiosk *kiosk)
{
    struct terminal_world world;
    cJSON *json = cJSON_CreateObject();
    kiosk_terminal_world(kiosk, &world);
    cJSON_AddBoolToObject(json, "ok", true);
    cJSON_AddStringToObject(json, "screen",
                            kiosk_screen_name(terminal_flow_screen(&kiosk->terminal_flow, &world)));
    cJSON_AddStringToObject(json, "staff", kiosk_staff_name(kiosk->staff_flow.screen));
    return json;
}

static cJSON *no_state(const char *state)
{
    char message[2400];
    int size =
        snprintf(message, sizeof message, "There is no state \"%.31s\". There are off and:", state);
    for (int i = 0; i < TERMINAL_STATES && size < (int)sizeof message; i++)
        size += snprintf(message + size, sizeof message - (size_t)size, " %s", terminal_states[i]);
    for (int i = 0; i < STAFF_STATES && size < (int)sizeof message; i++)
        size += snprintf(message + size, sizeof message - (size_t)size, " %s", staff_state(i));
    return ctl_error("no_state", message);
}

cJSON *kiosk_show(struct kiosk *kiosk, const char *state, const char *language)
{
    bool known = strcmp(state, "off") == 0 || staff_state_screen(state) != STAFF_SHUT;
    for (int i = 0; i < TERMINAL_STATES; i++)
        known = known || strcmp(state, terminal_states[i]) == 0;
    if (kiosk->terminal == NULL)
        return ctl_error("no_terminal", "This kiosk has no terminal; see [kiosk] role.");
    if (!known)
        return no_state(state);
    if (language[0] != '\0' && !words_has(kiosk->words, language))
        return ctl_error("no_language", "The language is ja, ja-easy, en, zh-Hans, ko, vi or pt.");
    snprintf(kiosk->demo, sizeof kiosk->demo, "%s", strcmp(state, "off") == 0 ? "" : state);
    snprintf(kiosk->demo_language, sizeof kiosk->demo_language, "%s",
             language[0] != '\0' ? language : "ja");
    kiosk->demo_until = kiosk->now + KIOSK_DEMO_MS;
    kiosk->stale = true;
    return kiosk_screen_answer(kiosk);
}

cJSON *kiosk_hold(struct kiosk *kiosk)
{
    if (kiosk->terminal == NULL)
        return ctl_error("no_terminal", "This kiosk has no terminal; see [kiosk] role.");
    kiosk_held(kiosk);
    return kiosk_screen_answer(kiosk);
}

cJSON *kiosk_type_text(struct kiosk *kiosk, const char *text)
{
    if (kiosk->terminal == NULL)
        return ctl_error("no_terminal", "This kiosk has no terminal; see [kiosk] role.");
    for (; *text != '\0'; text++)
        if (*text == '\n')
            kiosk_enter(kiosk);
        else
            kiosk_type(kiosk, *text);
    return kiosk_screen_answer(kiosk);
}
