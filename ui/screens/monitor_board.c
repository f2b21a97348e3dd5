/* One desk beside the film, and the board without a film. */
#include "monitor_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void wall_nobody_large(struct wall *wall, struct box box)
{
    const struct type type = {60, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    const struct block block = {.box = {box.x + 32, box.y + 16, box.w - 64, box.h - 32},
                                .align = ALIGN_CENTRE,
                                .lines = 3,
                                .leading = 1.4};

    page_fill(&wall->page, box, THEME_WHITE);
    page_frame(&wall->page, box, 4, THEME_INK);
    page_block(&wall->page, &type, &block, wall_words(wall, "monitor.nobody_yet"));
}

void wall_column(struct wall *wall, struct box box, const struct monitor_desk *desk)
{
    const struct monitor_call *call = &desk->now;
    bool lines = call->number[0] && wall_room_tall(wall, call->room, box.w);
    /* a long room's two lines take from the number's plate and from between the rows */
    struct box plate = {box.x, box.y + 66, box.w, lines ? 308 : 336};
    struct recent_rows rows = {
        .box = {box.x, 0, box.w, lines ? 82 : 90}, .rows = 3, .number = 80, .room = 46};
    double suffix = strlen(call->number) < 4 ? 68 : 0, y;
    const struct room_plate room = {
        .box = {box.x, plate.y + plate.h + 18, box.w, lines ? WALL_ROOM_TALL : 104},
        .look = call->payment ? PLATE_PAYMENT
                : call->live  ? PLATE_LIVE
                              : PLATE_PAST,
        .name = call->room,
        .first = 76,
        .second = lines ? 64 : 0,
        .door = lines ? 0 : 76,
    };

    if (!call->number[0]) {
        double h = wall->view->recent_count > 0 ? 458 : box.h - 84;

        wall_nobody_large(wall, (struct box){plate.x, plate.y, plate.w, h});
    } else {
        double px =
            wall_number_px(290, box.w - 48 - (suffix > 0 ? 82 : 0), wall_glyphs(2, call->number));

        wall_text(wall, 48, call->live ? FACE_BOLD : FACE_REGULAR,
                  call->live ? THEME_INK : THEME_INK2, ALIGN_LEFT, box.x, plate.y - 24, box.w,
                  wall_words(wall, call->live ? "monitor.calling" : "monitor.called"));
        if (call->live)
            shape_arrow(wall->page.canvas, page_rect(&wall->page, plate), POINT_DOWN,
                        page_px(&wall->page, 62), page_px(&wall->page, 6), THEME_ORANGE);
        plate.h -= 38;
        wall_called(wall, plate, px, suffix, call);
        wall_room(wall, &room);
    }
    y = room.box.y + room.box.h + (lines ? 78 : 90);
    if (wall->view->recent_count > 0) {
        wall_text(wall, 44, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, box.x, y - 16, box.w,
                  wall_words(wall, call->live ? "monitor.called" : "monitor.called_before"));
        page_rule(&wall->page, box.x, y, box.w, 2, THEME_RULE);
    }
    rows.box.y = y;
    wall_recent(wall, &rows);
}

enum { ONE_NAME_LINE = 50 };

int wall_name_lines_one(struct wall *wall)
{
    const struct type name = {44, FACE_REGULAR, THEME_INK2, TIER_A, "ja"};
    int lines = wall_clinic_lines(wall, &name, wall->film.w * 889 / 1280 - 96);

    return lines > 2 ? 2 : lines;
}

void monitor_one(struct wall *wall)
{
    const struct monitor_view *view = wall->view;
    double x = wall->film.w + 48, w = wall->page.width - 48 - x;
    double top = wall->film.h, foot = wall->page.height - 34, split = wall->film.w * 889 / 1280;
    const struct type name = {44, FACE_REGULAR, THEME_INK2, TIER_A, "ja"};
    int lines = wall_name_lines_one(wall);
    double rule = top + 264 - ONE_NAME_LINE * (lines - 1);
    struct notice_place place;

    wall_side(wall, SIDE_PANELS, 48);
    wall_column(wall, (struct box){x, 42, w, 860},
                wall->desk_count > 0 ? wall->desks[0] : wall->payment);
    page_rule(&wall->page, x, foot - 120, w, 4, THEME_INK);
    wall_waiting(wall, ALIGN_LEFT, x, foot, w, 112, 54);
    wall_side(wall, SIDE_FILM, 0);
    page_fill(&wall->page, (struct box){split, top + 37, 2, foot - top - 37}, THEME_RULE);
    wall_text(wall, 128, FACE_BOLD, THEME_INK, ALIGN_LEFT, split + 30, top + 140, 0, view->clock);
    wall_text(wall, 46, FACE_REGULAR, THEME_INK, ALIGN_LEFT, split + 30, top + 202,
              wall->film.w - split - 30, view->date);
    wall_text(wall, 44, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, split + 30, foot,
              wall->film.w - split - 30, view->session);
    page_rule(&wall->page, 48, rule, split - 48 - 34, 2, THEME_RULE);
    if (lines == 1) {
        page_text(&wall->page, &name, ALIGN_LEFT, 48, foot, split - 96,
                  wall_clinic(wall, &name, split - 96, 1));
    } else {
        const struct block block = {
            .box = {48, rule + 8, split - 96, foot - rule}, .lines = 2, .leading = 1.14};

        page_block(&wall->page, &name, &block, wall_clinic(wall, &name, split - 96, 2));
    }
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

enum { BOARD_HEAD = 135 };

/* In one line, or small in two; returns its width. */
static double board_name(struct wall *wall, enum text_align align, double x, double width)
{
    const struct type name = {56, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    const struct type small = {50, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    const struct block block = {
        .box = {align == ALIGN_RIGHT ? x - width : x, 12, width, BOARD_HEAD - 22},
        .align = align,
        .lines = 2,
        .leading = 1.1};

    if (wall_clinic_lines(wall, &name, width) == 1)
        return page_text(&wall->page, &name, align, x, 90, width,
                         wall_clinic(wall, &name, width, 1));
    page_block(&wall->page, &small, &block, wall_clinic(wall, &small, width, 2));
    return width;
}

static void board_head(struct wall *wall, double right)
{
    const struct monitor_view *view = wall->view;
    const struct type clock = {104, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    double used = page_text_width(&wall->page, &clock, view->clock) + 34;
    double room = right - 48 - used, name = room * 0.57; /* the date needs the rest */

    if (view->swapped) {
        page_text(&wall->page, &clock, ALIGN_LEFT, 48, 117, 0, view->clock);
        name = board_name(wall, ALIGN_RIGHT, right, name);
        wall_date(wall, 52, ALIGN_LEFT, 48 + used, 92, room - name - 40);
    } else {
        page_text(&wall->page, &clock, ALIGN_RIGHT, right, 117, 0, view->clock);
        name = board_name(wall, ALIGN_LEFT, 48, name);
        wall_date(wall, 52, ALIGN_RIGHT, right - used, 92, room - name - 40);
    }
    page_rule(&wall->page, 48, BOARD_HEAD, right - 48, 4, THEME_INK);
}

/* The plate that points right: it touches its room while the call is live. */
static void board_call(struct wall *wall, struct box box, const struct monitor_call *call,
                       double cap, double suffix_px)
{
    double split = box.w * 0.555, tip = box.h * 0.181;
    bool touching = call->live && !call->payment;
    struct box plate = {box.x, box.y, box.w * 0.64, box.h};
    double suffix = strlen(call->number) < 4 ? suffix_px : 0;
    double inside = split - 48 - suffix * 1.16, gap = touching ? 0 : 24;
    const struct room_plate room = {
        .box = {box.x + plate.w + gap, box.y, box.w - plate.w - gap, box.h},
        .look = call->payment ? PLATE_PAYMENT
                : call->live  ? PLATE_LIVE
                              : PLATE_PAST,
        .name = call->room,
        .first = box.h * 0.285,
        .second = box.h * 0.264,
        .door = box.h * 0.205,
    };

    if (touching)
        page_fill(&wall->page, (struct box){box.x + 8, box.y, box.w - 8, box.h}, THEME_AI);
    wall_room(wall, &room);
    if (call->live)
        shape_arrow(wall->page.canvas, page_rect(&wall->page, plate), POINT_RIGHT,
                    page_px(&wall->page, tip), touching ? 0 : page_px(&wall->page, 6),
                    THEME_ORANGE);
    wall_called(wall, (struct box){box.x, box.y, split + 24, box.h},
                wall_number_px(cap, inside, wall_glyphs(2, call->number)), suffix, call);
}

/* これから お呼びする番号, in one row; nobody waits: a sentence instead. */
static void line_of_numbers(struct wall *wall, double x, double right, double baseline, double px)
{
    const struct monitor_view *view = wall->view;
    double pitch = px * 1.67;

    if (view->next_count == 0)
        wall_text(wall, 60, FACE_BOLD, THEME_INK, ALIGN_LEFT, x, baseline - px * 0.1, right - x,
                  wall_words(wall, "monitor.nobody_waits"));
    for (int i = 0; i < view->next_count && x + pitch * 0.8 < right; i++, x += pitch)
        wall_text(wall, px, FACE_BOLD, THEME_INK, ALIGN_LEFT, x, baseline, pitch - 16,
                  view->next_numbers[i]);
}

void wall_next_line(struct wall *wall, double y, double right)
{
    wall_text(wall, 52, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, 48, y + 80, 700,
              wall_words(wall, "monitor.next_numbers"));
    line_of_numbers(wall, 52, right, y + 204, 110);
}

static void next_numbers(struct wall *wall, double y, double right)
{
    wall_next_line(wall, y, right);
    wall_waiting(wall, ALIGN_RIGHT, right, y + 86, right - 800, 90, 54);
}

/* The same in half the height, where desks need the rest. */
static void next_numbers_flat(struct wall *wall, double y, double right)
{
    double x = 48 + 36;

    x += wall_text(wall, 48, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, 48, y + 80, 640,
                   wall_words(wall, "monitor.next_numbers"));
    right -= wall_waiting(wall, ALIGN_RIGHT, right, y + 92, 700, 96, 52) + 40;
    line_of_numbers(wall, x, right, y + 92, 92);
}

static void board_one(struct wall *wall, double left, double right, double foot)
{
    const struct monitor_desk *desk = wall->desk_count > 0 ? wall->desks[0] : wall->payment;
    const struct monitor_call *call = &desk->now;
    bool recent = wall->view->recent_count > 0;
    double main = (right - left) * 0.647, rest = right - left - main - 48;
    double x = wall->view->swapped ? right - main : left;
    struct recent_rows rows = {.box = {wall->view->swapped ? left : right - rest, 238, rest, 118},
                               .rows = (int)((foot - 238) / 118),
                               .number = 106,
                               .room = 54};

    if (!call->number[0]) {
        wall_nobody_large(wall, (struct box){recent ? x : left, 176, recent ? main : right - left,
                                             foot - 176 - 24});
    } else {
        wall_text(wall, 52, call->live ? FACE_BOLD : FACE_REGULAR,
                  call->live ? THEME_INK : THEME_INK2, ALIGN_LEFT, x, 205, main,
                  wall_words(wall, call->live ? "monitor.calling" : "monitor.called"));
        board_call(wall, (struct box){x, 236, main, foot - 236 - 36}, call, 500, 96);
    }
    if (!recent)
        return;
    wall_text(wall, 50, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, rows.box.x, 205, rest,
              wall_words(wall, call->live ? "monitor.called" : "monitor.called_before"));
    page_rule(&wall->page, rows.box.x, 236, rest, 2, THEME_RULE);
    wall_recent(wall, &rows);
}

/* A cell of a grid of desks. */
struct cell {
    double w, h, head, room; /* room: width of the room's plate beside the number */
    int glyphs;              /* of the longest number */
};

enum { CELL_HEAD_LEAST = 54, CELL_HEAD_MOST = 66, CELL_GAP = 14 };

/* Its ink keeps a tenth of an em from the plate's edges. */
static double number_beside(const struct cell *cell)
{
    double plate = cell->h - cell->head, tip = fmin(plate * 0.2, 40);
    double across = cell->w - cell->room - CELL_GAP - tip;

    return fmin(plate / 1.02, across / (0.5 * cell->glyphs + 0.2));
}

/* So wide that no room's name falls under the floor, in one line or in the two that it has. */
static double room_width(struct wall *wall, const struct cell *cell, double share, bool two)
{
    enum { FLOOR = 46, PAD = 28 };
    double least = cell->w * share;

    for (int i = 0; i < wall->desk_count; i++) {
        const char *name = wall->desks[i]->now.room;
        const struct type type = {FLOOR, FACE_BOLD, THEME_INK, TIER_FREE, "ja"};
        double whole = page_text_width(&wall->page, &type, name) + PAD;

        if (two || strchr(name, ' ') || whole > cell->w * 0.54)
            whole = wall_room_em(wall, name) * FLOOR + PAD;
        least = fmax(least, whole);
    }
    return least;
}

/* Where a plate holds two lines, the room gives way to a number that is narrower than it could be.
 */
static void share_width(struct wall *wall, struct cell *cell)
{
    enum { TWO_LINES = 128 };
    struct cell narrow = *cell;

    cell->room = room_width(wall, cell, 0.44, false);
    narrow.room = room_width(wall, cell, 0.38, true);
    if (cell->h - cell->head >= TWO_LINES && number_beside(&narrow) > number_beside(cell) * 1.1)
        *cell = narrow;
}

static double number_above(const struct cell *cell)
{
    return wall_number_px((cell->h - WALL_TALL_REST) * 0.86, cell->w - 64, cell->glyphs);
}

static void draw_cell(struct wall *wall, const struct cell *cell, double x, double y,
                      const struct monitor_desk *desk)
{
    struct desk_row row = {.box = {x, y, cell->w, cell->h},
                           .room_w = cell->room,
                           .gap = CELL_GAP,
                           .head = cell->head,
                           .number = number_beside(cell),
                           .label = 46};

    if (number_above(cell) > row.number * 1.05) {
        wall_desk_tall(wall, row.box, number_above(cell), desk);
        return;
    }
    wall_room_fit(wall, &row, desk->now.room);
    wall_desk(wall, &row, desk);
}

void wall_desk_grid(struct wall *wall, struct box box, int columns, double pitch_most)
{
    enum { GAP = 48, BETWEEN = 8 };
    int count = wall->desk_count, rows = (count + columns - 1) / columns;
    double pitch = fmin(box.h / rows, pitch_most);
    struct cell cell = {
        .w = (box.w - GAP * (columns - 1)) / columns, .h = pitch - BETWEEN, .glyphs = 2};

    for (int i = 0; i < count; i++)
        cell.glyphs = wall_glyphs(cell.glyphs, wall->desks[i]->now.number);
    cell.head = fmin(fmax(cell.h * 0.35, CELL_HEAD_LEAST), CELL_HEAD_MOST);
    share_width(wall, &cell);
    for (int i = 0; i < count; i++)
        draw_cell(wall, &cell, box.x + i / rows * (cell.w + GAP), box.y + i % rows * pitch,
                  wall->desks[i]);
}

enum { PAID_COLUMN = 312, PAID_HEAD = 78 };

/* Two or three desks without a film, side by side, and the payment column. */
static void board_few(struct wall *wall, double right, double foot)
{
    double left = 48, column = PAID_COLUMN + 40;

    if (wall->payment) {
        bool swapped = wall->view->swapped;

        wall_payment_column(wall, (struct box){swapped ? left : right - PAID_COLUMN,
                                               BOARD_HEAD + 17 + PAID_HEAD, PAID_COLUMN,
                                               foot - BOARD_HEAD - PAID_HEAD - 17 - 12});
        left += swapped ? column : 0;
        right -= swapped ? 0 : column;
    }
    if (wall->desk_count == 1)
        board_one(wall, left, right, foot);
    else
        wall_desk_grid(wall, (struct box){left, BOARD_HEAD, right - left, foot - BOARD_HEAD},
                       wall->desk_count, 600);
}

/* Four and more, payment as a strip under them. */
static void board_many(struct wall *wall, double right, double foot)
{
    if (wall->payment) {
        foot -= WALL_STRIP;
        page_rule(&wall->page, 48, foot, right - 48, 4, THEME_INK);
        wall_payment_strip(wall, (struct box){48, foot, right - 48, WALL_STRIP});
    }
    wall_desk_grid(wall, (struct box){48, BOARD_HEAD, right - 48, foot - BOARD_HEAD},
                   wall->desk_count > 6 ? 3 : 2, 600);
}

/* Where people go when the board knows nothing to show, and what time it is. */
static void unavailable(struct wall *wall, struct box box)
{
    const struct type type = {92, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    const struct block block = {.box = {box.x + 32, box.y + 16, box.w - 64, box.h - 32},
                                .align = ALIGN_CENTRE,
                                .lines = 2,
                                .leading = 1.35};
    double middle = box.x + box.w / 2;

    page_fill(&wall->page, box, THEME_WHITE);
    page_frame(&wall->page, box, 6, THEME_INK);
    page_block(&wall->page, &type, &block, wall_words(wall, "monitor.unavailable"));
    wall_text(wall, 128, FACE_BOLD, THEME_INK, ALIGN_CENTRE, middle, box.y + box.h + 150, box.w,
              wall->view->clock);
    wall_text(wall, 56, FACE_REGULAR, THEME_INK, ALIGN_CENTRE, middle, box.y + box.h + 230, box.w,
              wall->view->date);
}

void wall_name_page(struct wall *wall, struct box box)
{
    const struct monitor_view *view = wall->view;
    const struct type name = {84, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    const struct type small = {64, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    double middle = box.x + box.w / 2, y = box.y + box.h * 0.5;
    bool one = wall_clinic_lines(wall, &name, box.w) == 1;
    const struct block block = {
        .box = {box.x, y - 330, box.w, 180}, .align = ALIGN_CENTRE, .lines = 2, .leading = 1.2};

    page_block(&wall->page, one ? &name : &small, &block,
               wall_clinic(wall, one ? &name : &small, box.w, one ? 1 : 2));
    if (view->unavailable) {
        unavailable(wall, (struct box){box.x, y - 130, box.w, 300});
        return;
    }
    wall_text(wall, 240, FACE_BOLD, THEME_INK, ALIGN_CENTRE, middle, y + 80, box.w, view->clock);
    wall_text(wall, 64, FACE_REGULAR, THEME_INK, ALIGN_CENTRE, middle, y + 190, box.w, view->date);
}

void monitor_board(struct wall *wall)
{
    const struct monitor_view *view = wall->view;
    double right = wall->page.width - 48, bottom = wall->page.height - 108, foot = bottom;
    bool many = wall->desk_count > 3;
    struct notice_place place;

    if (view->queue) {
        foot -= many ? 122 : WALL_NEXT;
        board_head(wall, right);
        if (many)
            board_many(wall, right, foot);
        else if (wall->desk_count > 1 || (wall->desk_count == 1 && wall->payment))
            board_few(wall, right, foot);
        else if (view->desk_count > 0)
            board_one(wall, 48, right, foot);
        page_rule(&wall->page, 48, foot, right - 48, 4, THEME_INK);
        if (many)
            next_numbers_flat(wall, foot, right);
        else
            next_numbers(wall, foot, right);
    } else {
        wall_name_page(wall, (struct box){48, 0, right - 48, bottom});
    }
    if (view->message[0])
        page_rule(&wall->page, 48, bottom, right - 48, 2, THEME_RULE);
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

/* The film fills what it can; an upright monitor has the rest of its height for the clinic. */
void monitor_film_only(struct wall *wall)
{
    if (wall->page.width < wall->page.height)
        wall_upright_name(wall);
}

bool wall_notice_place(struct wall *wall, struct notice_place *ret)
{
    double top = wall->film.h, w = wall->film.w, bottom = wall->page.height;

    switch (wall->layout) {
    case LAYOUT_ONE:
        *ret = (struct notice_place){{48, top + 112, w * 855 / 1280 - 48, 150},
                                     54,
                                     3 - wall_name_lines_one(wall),
                                     48,
                                     top + 76,
                                     44};
        return true;
    case LAYOUT_FEW:
        *ret = (struct notice_place){{48, top + 385, w - 96, 150}, 52, 2, 48, top + 363, 44};
        return true;
    case LAYOUT_MANY:
        *ret = (struct notice_place){{48, top + 465, w - 72, 220}, 54, 3, 48, top + 436, 44};
        return true;
    case LAYOUT_BOARD:
        *ret = (struct notice_place){
            {483, bottom - 84, wall->page.width - 531, 70}, 52, 1, 48, bottom - 37, 44};
        return true;
    case LAYOUT_UPRIGHT:
    case LAYOUT_FILM:
        *ret = (struct notice_place){
            {48, bottom - 180, wall->page.width - 96, 150}, 58, 2, 48, bottom - 206, 46};
        return wall->page.width < wall->page.height;
    }
    return false;
}
