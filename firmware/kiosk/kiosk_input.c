/* Fingers, mouse, keyboards, scanner, keypad and buttons: from events to the flows. */
#include <stdio.h>
#include <string.h>

#include "kiosk.h"

static bool staff_open(const struct kiosk *kiosk)
{
    return staff_flow_is_open(&kiosk->staff_flow);
}

/* -- fingers ----------------------------------------------------------------------------------- */

static bool on_name(const struct kiosk *kiosk, int x, int y)
{
    SDL_Rect area = terminal_name_area(&kiosk->terminal->canvas);
    SDL_Point point = {x, y};
    return SDL_PointInRect(&point, &area) == SDL_TRUE;
}

static void pressed(struct kiosk *kiosk, const SDL_MouseButtonEvent *event)
{
    const struct widget *widget = widgets_at(&kiosk->widgets, event->x, event->y);
    if (!staff_open(kiosk) && widget == NULL && on_name(kiosk, event->x, event->y))
        kiosk->held_since = kiosk->now;
    if (widget == NULL)
        return;
    if (staff_open(kiosk))
        staff_flow_press(&kiosk->staff_flow, widget->name, kiosk->now);
    else if (!terminal_flow_press(&kiosk->terminal_flow, widget->name, kiosk->now))
        return;
    kiosk->stale = true;
}

bool kiosk_tap(struct kiosk *kiosk, const char *name)
{
    struct terminal_world terminal;
    struct staff_world staff;
    kiosk->stale = true;
    kiosk->touched_cpu_us = slip_trace_cpu();
    if (staff_open(kiosk)) {
        kiosk_staff_world(kiosk, &staff);
        return staff_flow_tap(&kiosk->staff_flow, &staff, name);
    }
    kiosk_terminal_world(kiosk, &terminal);
    return terminal_flow_tap(&kiosk->terminal_flow, &terminal, name);
}

/* A button acts when the finger leaves it where it came down. */
static void released(struct kiosk *kiosk, const SDL_MouseButtonEvent *event)
{
    char name[WIDGET_NAME_SIZE];
    const struct widget *widget = widgets_at(&kiosk->widgets, event->x, event->y);
    bool staff = staff_open(kiosk);
    const char *held = staff ? kiosk->staff_flow.pressed : kiosk->terminal_flow.pressed;
    kiosk->held_since = 0;
    if (held[0] == '\0')
        return;
    memcpy(name, held, sizeof name);
    staff_flow_release(&kiosk->staff_flow);
    terminal_flow_release(&kiosk->terminal_flow);
    kiosk->stale = true;
    if (widget != NULL && strcmp(widget->name, name) == 0)
        (void)kiosk_tap(kiosk, name); /* a button that has gone */
}

/* -- keyboards --------------------------------------------------------------------------------- */

static const char *focused(const struct kiosk *kiosk)
{
    return staff_open(kiosk) ? kiosk->staff_flow.focus : kiosk->terminal_flow.focus;
}

static void move_focus(struct kiosk *kiosk, enum keys_direction direction)
{
    const char *name = keys_move(&kiosk->widgets, focused(kiosk), direction);
    char copy[WIDGET_NAME_SIZE];
    snprintf(copy, sizeof copy, "%s", name);
    if (staff_open(kiosk))
        staff_flow_focus(&kiosk->staff_flow, copy, kiosk->now);
    else
        terminal_flow_focus(&kiosk->terminal_flow, copy, kiosk->now);
    kiosk->stale = true;
}

static void press_focused(struct kiosk *kiosk)
{
    char name[WIDGET_NAME_SIZE];
    snprintf(name, sizeof name, "%s", focused(kiosk));
    if (widgets_find(&kiosk->widgets, name) != NULL)
        (void)kiosk_tap(kiosk, name);
}

/* Keys of the staff's keypad screens are those on the glass. */
static void type_to_staff(struct kiosk *kiosk, char key)
{
    char name[WIDGET_NAME_SIZE];
    snprintf(name, sizeof name, "key:%c", key);
    if (widgets_find(&kiosk->widgets, name) != NULL)
        (void)kiosk_tap(kiosk, name);
}

void kiosk_type(struct kiosk *kiosk, char letter)
{
    struct terminal_world world;
    bool digit = letter >= '0' && letter <= '9', capital = letter >= 'A' && letter <= 'Z';
    wedge_letter(&kiosk->wedge, letter, kiosk->now);
    kiosk->stale = true;
    if (!digit && !capital)
        return;
    if (staff_open(kiosk)) {
        type_to_staff(kiosk, letter);
        return;
    }
    kiosk_terminal_world(kiosk, &world);
    if (digit || kiosk->terminal_flow.state == FLOW_CHECKIN)
        (void)terminal_flow_type(&kiosk->terminal_flow, &world, letter);
}

void kiosk_enter(struct kiosk *kiosk)
{
    struct terminal_world world;
    char code[STATION_CODE_SIZE];
    bool scanned = wedge_enter(&kiosk->wedge, kiosk->now, code);
    kiosk->stale = true;
    if (staff_open(kiosk)) {
        if (focused(kiosk)[0] != '\0')
            press_focused(kiosk);
        else if (widgets_find(&kiosk->widgets, "enter") != NULL)
            (void)kiosk_tap(kiosk, "enter");
        return;
    }
    kiosk_terminal_world(kiosk, &world);
    if (scanned)
        (void)terminal_flow_scan(&kiosk->terminal_flow, &world, code);
    else if (focused(kiosk)[0] != '\0')
        press_focused(kiosk);
    else
        (void)terminal_flow_key(&kiosk->terminal_flow, &world, FLOW_KEY_ENTER);
}

static void other_key(struct kiosk *kiosk, enum flow_key key)
{
    struct terminal_world world;
    kiosk->stale = true;
    if (staff_open(kiosk)) {
        (void)kiosk_tap(kiosk, key == FLOW_KEY_ERASE ? "erase" : "close");
        return;
    }
    kiosk_terminal_world(kiosk, &world);
    (void)terminal_flow_key(&kiosk->terminal_flow, &world, key);
}

/* A digit of a numeric keypad counts whether NumLock is on or not; '\0' = none. */
static char pad_digit(SDL_Keycode key)
{
    if (key == SDLK_KP_0)
        return '0';
    return key >= SDLK_KP_1 && key <= SDLK_KP_9 ? (char)('1' + (key - SDLK_KP_1)) : '\0';
}

static void key_down(struct kiosk *kiosk, const SDL_Keysym *key)
{
    kiosk->pad_digit = pad_digit(key->sym);
    if (kiosk->pad_digit != '\0') {
        kiosk_type(kiosk, kiosk->pad_digit);
        return;
    }
    switch (key->sym) {
    case SDLK_TAB:
        move_focus(kiosk, (key->mod & KMOD_SHIFT) != 0 ? KEYS_PREVIOUS : KEYS_NEXT);
        break;
    case SDLK_LEFT:
        move_focus(kiosk, KEYS_LEFT);
        break;
    case SDLK_RIGHT:
        move_focus(kiosk, KEYS_RIGHT);
        break;
    case SDLK_UP:
        move_focus(kiosk, KEYS_UP);
        break;
    case SDLK_DOWN:
        move_focus(kiosk, KEYS_DOWN);
        break;
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
        kiosk_enter(kiosk);
        break;
    case SDLK_BACKSPACE:
        other_key(kiosk, FLOW_KEY_ERASE);
        break;
    case SDLK_ESCAPE:
        other_key(kiosk, FLOW_KEY_ESCAPE);
        break;
    default:
        break;
    }
}

/* Letters as the keyboard's layout makes them; a space presses what has the focus. With NumLock a
 * keypad's digit comes a second time, as text. */
static void text_typed(struct kiosk *kiosk, const char *text)
{
    char pad = kiosk->pad_digit;
    kiosk->pad_digit = '\0';
    if (pad != '\0' && text[0] == pad && text[1] == '\0')
        return;
    for (; *text != '\0'; text++) {
        if (*text == ' ' && focused(kiosk)[0] != '\0')
            press_focused(kiosk);
        else if (*text > ' ' && *text < 127)
            kiosk_type(kiosk, *text);
    }
}

/* -- keypad and buttons ------------------------------------------------------------------------ */

static const struct staff_place_of *find_place(const struct kiosk *kiosk, const char *room,
                                               struct staff_place_of places[STAFF_PLACES_MAX])
{
    if (kiosk->queue == NULL || !kiosk->queue->has_settings)
        return NULL;
    int count = staff_places(&kiosk->queue->settings, places);
    for (int i = 0; i < count; i++)
        if (room[0] == '\0' || (places[i].room != NULL && strcmp(places[i].room->id, room) == 0))
            return &places[i];
    return NULL;
}

/* Completes an act with its place and, where no number was typed, with who was called last. */
static void do_act(struct kiosk *kiosk, struct station_act act, const char *room)
{
    struct staff_place_of places[STAFF_PLACES_MAX];
    const struct staff_place_of *place = find_place(kiosk, room, places);
    if (place == NULL)
        return;
    const struct ticket *called = staff_called(kiosk->queue, place);
    act.desk_no = place->desk_no;
    if (place->room != NULL)
        snprintf(act.room, sizeof act.room, "%s", place->room->id);
    if (act.kind != STATION_ACT_NEXT && act.number.value == 0) {
        if (called == NULL)
            return;
        snprintf(act.ticket, sizeof act.ticket, "%s", called->id);
    }
    if (station_act(kiosk->station, KIOSK_KEYPAD_ACTS, &act) < 0)
        fprintf(stderr, "machiai-kiosk: an act from keypad or button was not taken\n");
}

static void take_keypad(struct kiosk *kiosk)
{
    struct station_act act;
    char key;
    while (keypad_poll(kiosk->keypad, &key))
        if (staff_keys_push(&kiosk->staff_keys, key, kiosk->now, &act))
            do_act(kiosk, act, kiosk->config->keypad_room);
}

static void take_buttons(struct kiosk *kiosk)
{
    int index;
    while (buttons_poll(kiosk->buttons, &index)) {
        struct station_act act = {.kind = kiosk->button_acts[index]};
        do_act(kiosk, act, kiosk->config->gpio_room);
    }
}

void kiosk_take_keys(struct kiosk *kiosk)
{
    if (kiosk->keypad != NULL)
        take_keypad(kiosk);
    if (kiosk->buttons != NULL)
        take_buttons(kiosk);
}

/* A kiosk without its keypad or buttons is a kiosk all the same. */
void kiosk_open_keys(struct kiosk *kiosk)
{
    const struct config *config = kiosk->config;
    struct keypad_options keypad = {.device = config->keypad, .wake = kiosk_wake, .context = kiosk};
    struct buttons_options buttons = {
        .chip = config->gpio_chip, .wake = kiosk_wake, .context = kiosk};
    int result = config->keypad[0] != '\0' ? keypad_create(&keypad, &kiosk->keypad) : 0;
    if (result < 0)
        fprintf(stderr, "machiai-kiosk: no keypad: %s\n", strerror(-result));
    if (config->gpio_next >= 0) {
        kiosk->button_acts[buttons.count] = STATION_ACT_NEXT;
        buttons.lines[buttons.count++] = (unsigned)config->gpio_next;
    }
    if (config->gpio_recall >= 0) {
        kiosk->button_acts[buttons.count] = STATION_ACT_RECALL;
        buttons.lines[buttons.count++] = (unsigned)config->gpio_recall;
    }
    if (config->gpio_chip[0] == '\0' || buttons.count == 0)
        return;
    result = buttons_create(&buttons, &kiosk->buttons);
    if (result < 0)
        fprintf(stderr, "machiai-kiosk: no buttons on %s: %s; check [buttons]\n", config->gpio_chip,
                strerror(-result));
}

void kiosk_close_keys(struct kiosk *kiosk)
{
    keypad_destroy(kiosk->keypad);
    buttons_destroy(kiosk->buttons);
}

/* -- events ------------------------------------------------------------------------------------ */

/* Without a desktop SDL does not know which window a touch panel lies over, and makes no mouse of
 * the finger: the panel is the terminal's. A second finger is one like the first, so that a drop of
 * water that stays on the glass locks nobody out. */
static void on_finger(struct kiosk *kiosk, const SDL_TouchFingerEvent *event)
{
    const struct canvas *canvas = &kiosk->terminal->canvas;
    const SDL_MouseButtonEvent at = {.x = (Sint32)(event->x * (float)canvas->width),
                                     .y = (Sint32)(event->y * (float)canvas->height)};
    if (event->windowID != 0)
        return;
    if (event->type == SDL_FINGERDOWN)
        pressed(kiosk, &at);
    else if (event->type == SDL_FINGERUP)
        released(kiosk, &at);
    else if (!on_name(kiosk, at.x, at.y))
        kiosk->held_since = 0;
}

static void on_terminal(struct kiosk *kiosk, const SDL_Event *event)
{
    switch (event->type) {
    case SDL_MOUSEBUTTONDOWN:
        if (event->button.windowID == kiosk->terminal->id &&
            event->button.button == SDL_BUTTON_LEFT)
            pressed(kiosk, &event->button);
        break;
    case SDL_MOUSEBUTTONUP:
        if (event->button.windowID == kiosk->terminal->id &&
            event->button.button == SDL_BUTTON_LEFT)
            released(kiosk, &event->button);
        break;
    case SDL_MOUSEMOTION:
        if (!on_name(kiosk, event->motion.x, event->motion.y))
            kiosk->held_since = 0;
        break;
    case SDL_FINGERDOWN:
    case SDL_FINGERUP:
    case SDL_FINGERMOTION:
        on_finger(kiosk, &event->tfinger);
        break;
    case SDL_KEYDOWN:
        key_down(kiosk, &event->key.keysym);
        break;
    case SDL_TEXTINPUT:
        text_typed(kiosk, event->text.text);
        break;
    default:
        break;
    }
}

void kiosk_handle(struct kiosk *kiosk, const SDL_Event *event)
{
    if (event->type == SDL_QUIT) {
        kiosk->quit = true;
    } else if (event->type == kiosk->wake_event) {
        SDL_AtomicSet(&kiosk->woken, 0);
    } else if (event->type == SDL_WINDOWEVENT && event->window.event == SDL_WINDOWEVENT_EXPOSED) {
        kiosk->redraw_terminal = kiosk->redraw_monitor = true;
    } else if (kiosk->terminal != NULL) {
        on_terminal(kiosk, event);
    }
}
