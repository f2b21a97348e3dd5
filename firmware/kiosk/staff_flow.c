#include "staff_flow.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void staff_flow_init(struct staff_flow *flow, const struct staff_actions *actions)
{
    *flow = (struct staff_flow){.actions = *actions};
}

bool staff_flow_is_open(const struct staff_flow *flow)
{
    return flow->screen != STAFF_SHUT;
}

static void show(struct staff_flow *flow, enum staff_screen screen, int64_t now)
{
    flow->screen = screen;
    flow->until = now + STAFF_IDLE_MS;
    flow->entry[0] = '\0';
    flow->pressed[0] = '\0';
    flow->focus[0] = '\0';
}

static void shut(struct staff_flow *flow)
{
    struct staff_actions actions = flow->actions;
    int64_t request = flow->request;
    staff_flow_init(flow, &actions);
    flow->request = request;
}

void staff_flow_tell(struct staff_flow *flow, const char *key, bool good, int64_t now)
{
    snprintf(flow->result, sizeof flow->result, "%s", key);
    flow->result_good = good;
    flow->result_until = now + STAFF_RESULT_MS;
}

void staff_flow_open(struct staff_flow *flow, bool has_pin, int64_t now)
{
    shut(flow);
    show(flow, STAFF_PIN, now);
    if (!has_pin)
        staff_flow_tell(flow, "staff.no_pin", false, now);
}

void staff_flow_pin(struct staff_flow *flow, bool right, int64_t now)
{
    flow->checking = false;
    if (flow->screen != STAFF_PIN)
        return; /* closed meanwhile */
    flow->result[0] = '\0';
    show(flow, right ? STAFF_MENU : STAFF_PIN, now);
    if (!right)
        staff_flow_tell(flow, "staff.wrong_pin", false, now);
}

void staff_flow_press(struct staff_flow *flow, const char *widget, int64_t now)
{
    flow->until = now + STAFF_IDLE_MS;
    snprintf(flow->pressed, sizeof flow->pressed, "%s", widget);
}

void staff_flow_release(struct staff_flow *flow)
{
    flow->pressed[0] = '\0';
}

void staff_flow_focus(struct staff_flow *flow, const char *widget, int64_t now)
{
    flow->until = now + STAFF_IDLE_MS;
    snprintf(flow->focus, sizeof flow->focus, "%s", widget);
}

/* -- acts -------------------------------------------------------------------------------------- */

static void act(struct staff_flow *flow, const struct staff_world *world,
                const struct station_act *wanted)
{
    flow->request++;
    flow->result[0] = '\0';
    if (flow->actions.act(flow->actions.context, flow->request, wanted) < 0)
        staff_flow_tell(flow, "act.failed", false, world->now);
}

void staff_flow_acted(struct staff_flow *flow, int64_t request, const char *text, int64_t now)
{
    if (request != flow->request || flow->screen == STAFF_SHUT)
        return;
    bool done = text[0] == '\0';
    staff_flow_tell(flow, done ? "staff.done" : text, done || strcmp(text, "act.noted") == 0, now);
}

static bool current_place(const struct staff_flow *flow, const struct staff_world *world,
                          struct staff_place_of *ret)
{
    struct staff_place_of places[STAFF_PLACES_MAX];
    if (world->queue == NULL || !world->queue->has_settings)
        return false;
    int count = staff_places(&world->queue->settings, places);
    if (count == 0)
        return false;
    *ret = places[flow->place % count];
    return true;
}

static struct station_act act_at(enum station_act_kind kind, const struct staff_place_of *place)
{
    struct station_act wanted = {.kind = kind, .desk_no = place->desk_no};
    if (place->room != NULL)
        snprintf(wanted.room, sizeof wanted.room, "%s", place->room->id);
    return wanted;
}

/* An act about whoever is being called at this place. */
static bool act_on_called(struct staff_flow *flow, const struct staff_world *world,
                          const struct staff_place_of *place, enum station_act_kind kind)
{
    const struct ticket *called = staff_called(world->queue, place);
    struct station_act wanted = act_at(kind, place);
    if (called == NULL)
        return false;
    snprintf(wanted.ticket, sizeof wanted.ticket, "%s", called->id);
    act(flow, world, &wanted);
    return true;
}

static bool act_on_row(struct staff_flow *flow, const struct staff_world *world,
                       const struct staff_place_of *place, const char *index)
{
    const struct ticket *line[STAFF_ROWS_MAX];
    int count = staff_line(world->queue, place->desk_no, world->site_ms, line);
    long row = strtol(index, NULL, 10);
    struct station_act wanted = act_at(STATION_ACT_CALL, place);
    if (row < 0 || row >= count)
        return false;
    snprintf(wanted.ticket, sizeof wanted.ticket, "%s", line[row]->id);
    act(flow, world, &wanted);
    return true;
}

static bool paused(const struct queue *queue, int desk_no)
{
    for (int i = 0; i < queue->settings.desk_count; i++)
        if (queue->settings.desks[i].desk_no == desk_no)
            return queue->desks[i].paused;
    return false;
}

/* Widgets that stand for one act at the chosen place. */
static bool tap_act(struct staff_flow *flow, const struct staff_world *world, const char *widget)
{
    static const struct {
        const char *widget;
        enum station_act_kind kind;
    } table[] = {{"recall", STATION_ACT_RECALL},
                 {"in_room", STATION_ACT_IN_ROOM},
                 {"absent", STATION_ACT_ABSENT},
                 {"hold", STATION_ACT_HOLD}};
    struct staff_place_of place;
    if (!current_place(flow, world, &place))
        return false;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(widget, table[i].widget) == 0)
            return act_on_called(flow, world, &place, table[i].kind);
    if (strncmp(widget, "row:", 4) == 0)
        return act_on_row(flow, world, &place, widget + 4);
    struct station_act wanted = act_at(STATION_ACT_NEXT, &place);
    if (strcmp(widget, "pause") == 0)
        wanted.kind = paused(world->queue, place.desk_no) ? STATION_ACT_RESUME : STATION_ACT_PAUSE;
    else if (strcmp(widget, "next") != 0)
        return false;
    act(flow, world, &wanted);
    return true;
}

bool staff_number(const char *text, struct number *ret)
{
    struct number number = {0};
    char *end = NULL;
    if (isalpha((unsigned char)*text))
        number.letter = (char)toupper((unsigned char)*text++);
    if (!isdigit((unsigned char)*text))
        return false;
    long value = strtol(text, &end, 10);
    if (*end != '\0' || value < 1 || value > NUMBER_MAX)
        return false;
    number.value = (int)value;
    *ret = number;
    return true;
}

/* The number on the keypad is called, or its slip printed again. */
static bool enter_number(struct staff_flow *flow, const struct staff_world *world)
{
    struct staff_place_of place;
    struct number number;
    if (!staff_number(flow->entry, &number) || !current_place(flow, world, &place))
        return false;
    struct station_act wanted = act_at(STATION_ACT_CALL, &place);
    wanted.number = number;
    if (flow->reissues)
        wanted = (struct station_act){.kind = STATION_ACT_REISSUE, .number = number};
    show(flow, STAFF_MENU, world->now);
    act(flow, world, &wanted);
    return true;
}

/* -- screens ----------------------------------------------------------------------------------- */

static bool type(struct staff_flow *flow, const char *widget)
{
    size_t length = strlen(flow->entry);
    if (strncmp(widget, "key:", 4) == 0 && widget[4] != '\0') {
        if (length + 1 < sizeof flow->entry) {
            flow->entry[length] = widget[4];
            flow->entry[length + 1] = '\0';
        }
        return true;
    }
    if (strcmp(widget, "erase") != 0)
        return false;
    if (length > 0)
        flow->entry[length - 1] = '\0';
    return true;
}

static bool tap_pin(struct staff_flow *flow, const struct staff_world *world, const char *widget)
{
    if (flow->checking || world->locked_s > 0)
        return false;
    if (type(flow, widget))
        return true;
    if (strcmp(widget, "enter") != 0 || flow->entry[0] == '\0')
        return false;
    flow->checking = true;
    staff_flow_tell(flow, "staff.checking", true, world->now);
    flow->actions.check(flow->actions.context, flow->entry);
    flow->entry[0] = '\0';
    return true;
}

static void use_tool(struct staff_flow *flow, enum staff_tool tool, int64_t now)
{
    const char *key = flow->actions.tool(flow->actions.context, tool);
    bool good = strcmp(key, "staff.printing") == 0 || strcmp(key, "staff.usb_writing") == 0 ||
                strcmp(key, "staff.done") == 0;
    staff_flow_tell(flow, key, good, now);
}

static void ask_number(struct staff_flow *flow, bool reissues, int64_t now)
{
    show(flow, STAFF_NUMBER, now);
    flow->reissues = reissues;
}

/* The list on its own page: who is called from it stands in it still. */
static bool tap_people(struct staff_flow *flow, const struct staff_world *world, const char *widget)
{
    if (strcmp(widget, "list") == 0)
        flow->page++;
    else if (strcmp(widget, "number") == 0)
        ask_number(flow, false, world->now);
    else if (strcmp(widget, "lan") == 0)
        show(flow, STAFF_LAN, world->now);
    else
        return strncmp(widget, "row:", 4) == 0 && tap_act(flow, world, widget);
    return true;
}

static bool tap_menu(struct staff_flow *flow, const struct staff_world *world, const char *widget)
{
    if (strncmp(widget, "place:", 6) == 0)
        flow->place = (int)strtol(widget + 6, NULL, 10);
    else if (strcmp(widget, "places") == 0)
        flow->place++;
    else if (strcmp(widget, "list") == 0)
        flow->page++;
    else if (strcmp(widget, "printer") == 0)
        use_tool(flow, STAFF_TOOL_PRINTER, world->now);
    else if (strcmp(widget, "usb") == 0)
        use_tool(flow, STAFF_TOOL_USB, world->now);
    else if (strcmp(widget, "volume") == 0)
        show(flow, STAFF_VOLUME, world->now);
    else if (strcmp(widget, "restart") == 0)
        show(flow, STAFF_RESTART, world->now);
    else if (strcmp(widget, "people") == 0)
        show(flow, STAFF_PEOPLE, world->now);
    else if (strcmp(widget, "lan") == 0)
        show(flow, STAFF_LAN, world->now);
    else if (strcmp(widget, "number") == 0 || strcmp(widget, "reissue") == 0)
        ask_number(flow, widget[0] == 'r', world->now);
    else
        return tap_act(flow, world, widget);
    if (strncmp(widget, "place", 5) == 0)
        flow->page = 0;
    return true;
}

static bool tap_volume(struct staff_flow *flow, const struct staff_world *world, const char *widget)
{
    int volume = world->volume;
    if (strcmp(widget, "softer") == 0)
        volume -= STAFF_VOLUME_STEP;
    else if (strcmp(widget, "louder") == 0)
        volume += STAFF_VOLUME_STEP;
    else
        return false;
    flow->actions.volume(flow->actions.context, volume < 0 ? 0 : volume > 100 ? 100 : volume);
    return true;
}

static bool tap_restart(struct staff_flow *flow, const struct staff_world *world,
                        const char *widget)
{
    if (strcmp(widget, "restart") == 0)
        use_tool(flow, STAFF_TOOL_RESTART, world->now);
    else if (strcmp(widget, "back") != 0)
        return false;
    show(flow, STAFF_MENU, world->now);
    return true;
}

bool staff_flow_tap(struct staff_flow *flow, const struct staff_world *world, const char *widget)
{
    flow->until = world->now + STAFF_IDLE_MS;
    flow->pressed[0] = '\0';
    if (flow->screen == STAFF_SHUT)
        return false;
    if (strcmp(widget, "close") == 0) { /* of a side page: back to the menu */
        if (flow->screen == STAFF_PIN || flow->screen == STAFF_MENU)
            shut(flow);
        else
            show(flow, STAFF_MENU, world->now);
        return true;
    }
    switch (flow->screen) {
    case STAFF_PIN:
        return tap_pin(flow, world, widget);
    case STAFF_MENU:
        return tap_menu(flow, world, widget);
    case STAFF_NUMBER:
        return type(flow, widget) || (strcmp(widget, "enter") == 0 && enter_number(flow, world));
    case STAFF_VOLUME:
        return tap_volume(flow, world, widget);
    case STAFF_RESTART:
        return tap_restart(flow, world, widget);
    case STAFF_PEOPLE:
        return tap_people(flow, world, widget);
    case STAFF_LAN:
        if (strcmp(widget, "back") != 0)
            return false;
        show(flow, STAFF_MENU, world->now);
        return true;
    default:
        return false;
    }
}

/* -- time -------------------------------------------------------------------------------------- */

bool staff_flow_tick(struct staff_flow *flow, int64_t now)
{
    if (flow->screen == STAFF_SHUT)
        return false;
    if (now >= flow->until) {
        shut(flow);
        return true;
    }
    if (flow->result[0] == '\0' || now < flow->result_until || flow->checking)
        return false;
    flow->result[0] = '\0';
    return true;
}

int64_t staff_flow_deadline(const struct staff_flow *flow, int64_t now)
{
    if (flow->screen == STAFF_SHUT)
        return INT64_MAX;
    /* The countdown shows whole seconds. */
    int64_t second = flow->until - (flow->until - now - 1) / 1000 * 1000;
    return second > now ? second : now + 1;
}
