#include "staff_demo.h"

#include <stdio.h>
#include <string.h>

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

static void offline(struct staff_view *view)
{
    view->offline = true;
    COPY(view->offline_since, "10:31");
}

static void locked(struct staff_view *view)
{
    view->locked_s = 30;
    view->entry[0] = '\0';
}

static void empty(struct staff_view *view)
{
    view->entry[0] = '\0';
}

static void nobody(struct staff_view *view)
{
    view->called[0] = view->next[0] = '\0';
    view->row_count = 0;
}

static void paused(struct staff_view *view)
{
    view->paused = true;
}

static void reissue(struct staff_view *view)
{
    COPY(view->title, "staff.reissue_title");
}

static void lan(struct staff_view *view)
{
    COPY(view->address, "https://192.0.2.24:8443/staff/");
    COPY(view->fingerprint, "3A:0F:E1:77:5C:92:B8:04:6D:F0:1B:A9:CE:23:85:4E:"
                            "90:7D:2B:C6:11:FA:38:E5:64:AF:0C:D9:52:B7:8E:1D");
}

static void lan_offline(struct staff_view *view)
{
    lan(view);
    offline(view);
}

/* What a state has beside its screen: the sentence about the last act, whether that is good news,
 * and what else changes. */
static const struct state {
    const char *name;
    enum staff_screen screen;
    const char *result;
    bool good;
    void (*apply)(struct staff_view *view);
} table[STAFF_STATES] = {
    {"staff-pin", STAFF_PIN, "", true, NULL},
    {"staff-pin-wrong", STAFF_PIN, "staff.wrong_pin", false, empty},
    {"staff-pin-locked", STAFF_PIN, "staff.wrong_pin", false, locked},
    {"staff-pin-none", STAFF_PIN, "staff.no_pin", false, empty},
    {"staff-menu", STAFF_MENU, "", true, NULL},
    {"staff-menu-offline", STAFF_MENU, "", true, offline},
    {"staff-menu-nobody", STAFF_MENU, "act.nobody", false, nobody},
    {"staff-menu-paused", STAFF_MENU, "staff.done", true, paused},
    {"staff-menu-done", STAFF_MENU, "staff.done", true, NULL},
    {"staff-menu-failed", STAFF_MENU, "act.failed", false, NULL},
    {"staff-menu-printed", STAFF_MENU, "staff.printing", true, NULL},
    {"staff-menu-no_printer", STAFF_MENU, "staff.no_printer", false, NULL},
    {"staff-menu-usb", STAFF_MENU, "staff.usb_written", true, NULL},
    {"staff-menu-no_usb", STAFF_MENU, "staff.no_usb", false, NULL},
    {"staff-people", STAFF_PEOPLE, "", true, NULL},
    {"staff-people-nobody", STAFF_PEOPLE, "", true, nobody},
    {"staff-people-offline", STAFF_PEOPLE, "", true, offline},
    {"staff-number", STAFF_NUMBER, "", true, NULL},
    {"staff-reissue", STAFF_NUMBER, "", true, reissue},
    {"staff-volume", STAFF_VOLUME, "", true, NULL},
    {"staff-restart", STAFF_RESTART, "", true, NULL},
    {"staff-lan", STAFF_LAN, "", true, lan},
    {"staff-people-lan", STAFF_PEOPLE, "", true, lan},
    {"staff-menu-lan", STAFF_MENU, "", true, lan_offline},
};

const char *staff_state(int index)
{
    return table[index].name;
}

static const struct state *find(const char *name)
{
    for (int i = 0; i < STAFF_STATES; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

enum staff_screen staff_state_screen(const char *state)
{
    const struct state *found = find(state);

    return found ? found->screen : STAFF_SHUT;
}

static void make_up(struct staff_view *view, const char *room)
{
    static const struct staff_row rows[] = {{"15", "staff.state.waiting", "", "10:21"},
                                            {"A4", "staff.state.waiting", "", "10:33"},
                                            {"16", "staff.state.absent", "", "10:24"},
                                            {"17", "staff.state.reserved", "10:00〜11:00", "10:30"},
                                            {"108", "staff.state.held", "", "10:26"},
                                            {"19", "staff.state.waiting", "", "10:35"},
                                            {"20", "staff.state.waiting", "", "10:36"}};

    if (view->place_count == 0) {
        view->place_count = 1;
        view->places[0].waiting = 5;
        COPY(view->places[0].room, room);
    }
    if (view->row_count == 0) {
        memcpy(view->rows, rows, sizeof rows);
        view->row_count = sizeof rows / sizeof *rows;
    }
    if (!view->next[0])
        COPY(view->next, view->rows[0].number);
    if (!view->called[0]) {
        const struct staff_place *place = &view->places[view->place];

        COPY(view->called, "14");
        COPY(view->room, *place->room ? place->room : place->desk);
    }
}

bool staff_demo(const char *state, const char *room, struct staff_view *view)
{
    const struct state *found = find(state);

    if (!found)
        return false;
    view->screen = found->screen;
    view->seconds_left = 48;
    view->seconds_total = 60;
    make_up(view, room);
    view->offline = false;
    COPY(view->title, "staff.number_title");
    COPY(view->entry, found->screen == STAFF_NUMBER ? "108" : "12");
    COPY(view->result, found->result);
    view->result_good = found->good;
    if (found->apply)
        found->apply(view);
    return true;
}
