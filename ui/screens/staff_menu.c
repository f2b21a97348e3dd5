/* The menu itself: who is called, who waits, and what the machine can be told to do. */
#include "staff_parts.h"

#include "catalogue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ACTS = 4, TOOLS = 8 };

struct menu_boxes {
    struct box result, places, calling, plate, next, acts, list, tools;
    int tool_columns, rows, places_shown;
    double row_height;
};

static const struct menu_boxes tables[FORMS] = {
    [FORM_UPRIGHT] = {.result = {56, 154, 968, 116},
                      .places = {56, 284, 968, 120},
                      .calling = {56, 414, 968, 50},
                      .plate = {56, 468, 968, 150},
                      .next = {56, 634, 968, 150},
                      .acts = {56, 796, 968, 124},
                      .list = {56, 936, 968, 560},
                      .tools = {56, 1512, 968, 388},
                      .tool_columns = 3,
                      .rows = 6,
                      .places_shown = 3,
                      .row_height = 90},
    [FORM_WIDE] = {.result = {300, 12, 716, 106},
                   .places = {16, 138, 612, 122},
                   .plate = {16, 266, 612, 120},
                   .next = {16, 392, 612, 128},
                   .acts = {16, 526, 612, 126},
                   .list = {644, 138, 620, 514},
                   .tools = {16, 662, 1248, 130},
                   .tool_columns = 7,
                   .rows = 4,
                   .places_shown = 3,
                   .row_height = 122},
    [FORM_SMALL] = {.result = {232, 4, 410, 98},
                    .next = {8, 110, 388, 118},
                    .plate = {404, 110, 388, 118},
                    .acts = {8, 236, 784, 116},
                    .tools = {8, 360, 784, 116},
                    .tool_columns = 7,
                    .places_shown = 0},
};

static struct box cell(struct box area, int index, int columns, int rows, double gap)
{
    double w = (area.w + gap) / columns, h = (area.h + gap) / rows;

    return (struct box){area.x + index % columns * w, area.y + index / columns * h, w - gap,
                        h - gap};
}

/* Rooms, a page of them: the chosen one is in it. */
static void places(struct staff_sheet *staff, struct box area, int shown)
{
    const struct staff_view *view = staff->view;
    struct sheet *sheet = &staff->sheet;
    bool paged = view->place_count > shown;
    int on_page = paged ? shown - 1 : shown, first = view->place / on_page * on_page;
    int columns = paged ? shown : view->place_count;
    char name[WIDGET_NAME_SIZE], words[3 * TERMINAL_TEXT];

    for (int i = first; i < view->place_count && i < first + on_page; i++) {
        const struct staff_place *place = &view->places[i];

        snprintf(name, sizeof name, "place:%d", i);
        snprintf(words, sizeof words, "%s\n%d人", *place->room ? place->room : place->desk,
                 place->waiting);
        sheet_switch(sheet, cell(area, i - first, columns, 1, 12), i == view->place, name, words);
    }
    if (paged)
        sheet_button_words(sheet, cell(area, shown - 1, columns, 1, 12), BUTTON_OUTLINED, "places",
                           page_words(&sheet->page, "staff.other_places"));
}

/* The arrow plate of the call that goes on, and its room. */
static void plate(struct staff_sheet *staff, struct box area)
{
    const struct staff_view *view = staff->view;
    struct sheet *sheet = &staff->sheet;
    struct page *page = &sheet->page;
    struct box arrow = {area.x, area.y, area.w * 0.43, area.h};
    struct box room = {area.x + area.w * 0.44, area.y, area.w * 0.56, area.h};
    struct type number = {area.h * 0.8, FACE_BOLD, THEME_INK, TIER_B, "ja"};
    struct sheet_text text = {.px = sheet->type->strong * 1.1,
                              .face = FACE_BOLD,
                              .colour = THEME_WHITE,
                              .tier = TIER_B,
                              .lines = 2,
                              .leading = 1.1};
    double tip = area.h * 0.24, door = fmin(area.h * 0.62, area.w * 0.12);

    if (!view->called[0]) {
        text.colour = THEME_INK2;
        sheet_words(sheet, area, &text, page_words(page, "staff.nobody_called"));
        return;
    }
    shape_arrow(page->canvas, page_rect(page, arrow), POINT_RIGHT, page_px(page, tip),
                page_px(page, 6), THEME_ORANGE);
    while (page_text_width(page, &number, view->called) > arrow.w - tip - 24 && number.px > 20)
        number.px *= 0.96;
    page_text(page, &number, ALIGN_CENTRE, arrow.x + (arrow.w - tip) / 2,
              arrow.y + arrow.h / 2 + number.px * 0.405, 0, view->called);
    page_fill(page, room, THEME_AI);
    page_icon(page, (struct box){room.x + 14, room.y + (room.h - door) / 2, door, door}, ICON_DOOR,
              THEME_WHITE);
    room.x += door + 22;
    room.w -= door + 28;
    if (page_least_width(page, &(struct type){text.px, text.face, text.colour, text.tier, "ja"},
                         view->room) <= room.w)
        text.lines = 1; /* rather smaller than broken */
    sheet_words(sheet, (struct box){room.x, room.y + 4, room.w, room.h - 8}, &text, view->room);
}

static void next_button(struct staff_sheet *staff, struct box box)
{
    struct sheet *sheet = &staff->sheet;
    const char *next = staff->view->next;
    bool small = sheet->form == FORM_SMALL;
    struct type number = {box.h * (small ? 0.5 : 0.6), FACE_BOLD, THEME_WHITE, TIER_B, "ja"};
    struct sheet_text text = {.px = sheet->type->strong * 1.15,
                              .face = FACE_BOLD,
                              .colour = THEME_WHITE,
                              .tier = TIER_B,
                              .lines = 2,
                              .leading = 1.1};
    struct box face;
    double side = box.h * 0.36, right;

    if (!next[0]) {
        page_frame(&sheet->page, box, 3, THEME_INK);
        text.colour = THEME_INK;
        sheet_words(sheet, (struct box){box.x + 24, box.y, box.w - 48, box.h}, &text,
                    page_words(&sheet->page, "staff.nobody_waits"));
        return;
    }
    face = sheet_button(sheet, box, BUTTON_FILLED, "next");
    right = face.x + face.w - 24;
    page_icon(&sheet->page, (struct box){right - side, face.y + (face.h - side) / 2, side, side},
              ICON_CHEVRON, THEME_WHITE);
    right -= side + 12;
    right -= page_text(&sheet->page, &number, ALIGN_RIGHT, right,
                       face.y + face.h / 2 + number.px * 0.405, 0, next);
    sheet_words(sheet, (struct box){face.x + 24, face.y, right - face.x - 40, face.h}, &text,
                page_words(&sheet->page, "staff.next"));
}

static void acts(struct staff_sheet *staff, struct box area)
{
    static const char *const names[ACTS] = {"recall", "in_room", "absent", "hold"};
    struct sheet *sheet = &staff->sheet;
    bool small = sheet->form == FORM_SMALL;
    int columns = small ? ACTS + 2 : ACTS;
    char key[48];

    for (int i = 0; i < ACTS; i++) {
        struct box box = cell(area, i, columns, 1, small ? 6 : 12);

        snprintf(key, sizeof key, "staff.%s", names[i]);
        if (staff->view->called[0])
            sheet_button_words(sheet, box, BUTTON_OUTLINED, names[i],
                               page_words(&sheet->page, key));
    }
    if (!small)
        return;
    sheet_button_words(sheet, cell(area, ACTS, columns, 1, 6), BUTTON_OUTLINED, "people",
                       page_words(&sheet->page, "staff.people"));
    sheet_button_words(sheet, cell(area, ACTS + 1, columns, 1, 6), BUTTON_OUTLINED, "places",
                       page_words(&sheet->page, "staff.other_places"));
}

/* One who waits; the whole row presses. */
static void row(struct staff_sheet *staff, struct box box, int index)
{
    const struct staff_row *who = &staff->view->rows[index];
    struct sheet *sheet = &staff->sheet;
    double px = sheet->type->strong * 0.92;
    struct sheet_text text = {.px = px, .face = FACE_BOLD, .colour = THEME_INK, .tier = TIER_B};
    char name[WIDGET_NAME_SIZE];
    double call = px * 2.9;

    snprintf(name, sizeof name, "row:%d", index);
    text.language = "ja";
    sheet_words(sheet, (struct box){box.x + 8, box.y, box.w * 0.15, box.h}, &text, who->number);
    text.face = FACE_REGULAR;
    text.px = px * 0.85;
    sheet_words(sheet, (struct box){box.x + box.w * 0.16, box.y, box.w * 0.3, box.h}, &text,
                page_words(&sheet->page, who->state));
    text.px = px * 0.75;
    text.colour = THEME_INK2;
    text.lines = 2;
    text.leading = 1.1;
    sheet_words(sheet, (struct box){box.x + box.w * 0.47, box.y, box.w * 0.19, box.h}, &text,
                who->note);
    text.lines = 1;
    text.px = px * 0.85;
    text.colour = THEME_INK;
    text.align = ALIGN_RIGHT;
    sheet_words(sheet, (struct box){box.x + box.w * 0.65, box.y, box.w * 0.33 - call, box.h}, &text,
                who->since);
    sheet_button_words(sheet, (struct box){box.x + box.w - call, box.y + 4, call, box.h - 8},
                       BUTTON_OUTLINED, "", page_words(&sheet->page, "staff.call"));
    widgets_add(sheet->widgets, name, page_rect(&sheet->page, box));
    page_rule(&sheet->page, box.x, box.y + box.h - 1, box.w, 2, THEME_RULE);
}

/* So many pages, and from which row on this one. */
static int pages_of(const struct staff_view *view, int on_page, int *ret_first)
{
    int pages = view->row_count > 0 ? (view->row_count + on_page - 1) / on_page : 1;

    *ret_first = view->page % pages * on_page;
    return pages;
}

void staff_people(struct staff_sheet *staff)
{
    static const struct {
        struct box result, rows, tools;
        int shown;
    } forms[FORMS] = {
        [FORM_UPRIGHT] = {{56, 154, 968, 116}, {56, 300, 968, 1360}, {56, 1700, 968, 150}, 10},
        [FORM_WIDE] = {{300, 12, 716, 106}, {16, 140, 980, 640}, {1012, 140, 252, 640}, 5},
        [FORM_SMALL] = {{232, 4, 410, 98}, {8, 112, 600, 360}, {620, 112, 172, 360}, 3},
    };
    struct sheet *sheet = &staff->sheet;
    const struct staff_view *view = staff->view;
    struct box rows = sheet_box(sheet, forms[sheet->form].rows);
    struct box tools = sheet_box(sheet, forms[sheet->form].tools);
    int columns = sheet->form == FORM_UPRIGHT ? 2 : 1, cells = sheet->form == FORM_UPRIGHT ? 1 : 3;
    int shown = forms[sheet->form].shown, first, pages = pages_of(view, shown, &first);
    struct sheet_text nobody = {.px = sheet->type->strong,
                                .face = FACE_BOLD,
                                .colour = THEME_INK2,
                                .tier = TIER_B,
                                .lines = 2};

    staff_band(staff, "staff.people_title", sheet->page.width);
    staff_result(staff, sheet_box(sheet, forms[sheet->form].result));
    for (int i = first; i < view->row_count && i < first + shown; i++)
        row(staff,
            (struct box){rows.x, rows.y + (i - first) * rows.h / shown, rows.w, rows.h / shown}, i);
    if (view->row_count == 0)
        sheet_words(sheet, (struct box){rows.x + 16, rows.y, rows.w - 16, rows.h / shown}, &nobody,
                    page_words(&sheet->page, "staff.nobody_waits"));
    sheet_button_words(sheet, cell(tools, 0, columns, cells, 12), BUTTON_OUTLINED, "number",
                       page_words(&sheet->page, "staff.number"));
    if (pages > 1)
        sheet_button_words(sheet, cell(tools, 1, columns, cells, 12), BUTTON_OUTLINED, "list",
                           page_words(&sheet->page, "staff.more_rows"));
    if (sheet->form == FORM_SMALL && view->address[0])
        sheet_button_words(sheet, cell(tools, 2, columns, cells, 12), BUTTON_OUTLINED, "lan",
                           page_words(&sheet->page, "staff.lan"));
}

static void list(struct staff_sheet *staff, struct box area, int shown, double height)
{
    const struct staff_view *view = staff->view;
    struct sheet *sheet = &staff->sheet;
    bool paged = view->row_count > shown;
    int on_page = paged ? shown - 1 : shown, first;

    (void)pages_of(view, on_page, &first);
    page_rule(&sheet->page, area.x, area.y, area.w, 3, THEME_INK);
    area.y += 8;
    for (int i = first; i < view->row_count && i < first + on_page; i++)
        row(staff, (struct box){area.x, area.y + (i - first) * height, area.w, height}, i);
    if (paged)
        sheet_button_words(sheet,
                           (struct box){area.x, area.y + on_page * height, area.w, height - 4},
                           BUTTON_OUTLINED, "list", page_words(&sheet->page, "staff.more_rows"));
}

static void tools(struct staff_sheet *staff, struct box area, int columns)
{
    static const char *const names[TOOLS] = {"number", "reissue", "pause", "printer",
                                             "volume", "restart", "usb",   "lan"};
    struct sheet *sheet = &staff->sheet;
    /* A small panel has its first and last beside the list, on a page of their own. */
    bool small = sheet->form == FORM_SMALL;
    int count = staff->view->address[0] && !small ? TOOLS : TOOLS - 1;
    int across = sheet->form == FORM_WIDE ? count : columns, rows = (count + across - 1) / across;
    char key[48];

    for (int i = 0; i < count; i++) {
        const char *name = names[i];

        if (small && i == 0)
            continue;
        snprintf(key, sizeof key, "staff.%s",
                 strcmp(name, "pause") == 0 && staff->view->paused ? "resume" : name);
        sheet_button_words(
            sheet, small ? cell(area, i - 1, count - 1, 1, 6) : cell(area, i, across, rows, 12),
            BUTTON_OUTLINED, name, page_words(&sheet->page, key));
    }
}

void staff_menu(struct staff_sheet *staff)
{
    struct sheet *sheet = &staff->sheet;
    const struct menu_boxes *boxes = &tables[sheet->form];
    struct sheet_text text = {.px = sheet->type->text,
                              .face = FACE_REGULAR,
                              .colour = THEME_INK2,
                              .tier = TIER_B,
                              .lines = 1};

    staff_band(staff, "staff.title", sheet->page.width);
    if (boxes->result.w > 0)
        staff_result(staff, sheet_box(sheet, boxes->result));
    if (boxes->places_shown > 0)
        places(staff, sheet_box(sheet, boxes->places), boxes->places_shown);
    if (boxes->calling.w > 0 && staff->view->called[0])
        sheet_words(sheet, sheet_box(sheet, boxes->calling), &text,
                    page_words(&sheet->page, "monitor.calling"));
    plate(staff, sheet_box(sheet, boxes->plate));
    next_button(staff, sheet_box(sheet, boxes->next));
    acts(staff, sheet_box(sheet, boxes->acts));
    if (boxes->rows > 0)
        list(staff, sheet_box(sheet, boxes->list), boxes->rows,
             boxes->row_height * sheet->stretch_y);
    tools(staff, sheet_box(sheet, boxes->tools), boxes->tool_columns);
}
