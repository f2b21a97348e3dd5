/* One desk beside the film, the board without a film, and the upright monitor. */
#include "monitor_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void nobody_yet(struct wall *wall, struct box box)
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
    struct box plate = {box.x, box.y + 66, box.w, 336};
    struct recent_rows rows = {.box = {box.x, 0, box.w, 90}, .rows = 3, .number = 80, .room = 46};
    double suffix = strlen(call->number) < 4 ? 68 : 0, y;
    const struct room_plate room = {
        .box = {box.x, plate.y + plate.h + 18, box.w, 104},
        .look = call->payment ? PLATE_PAYMENT
                : call->live  ? PLATE_LIVE
                              : PLATE_PAST,
        .name = call->room,
        .first = 76,
        .door = 76,
    };

    if (!call->number[0]) {
        double h = wall->view->recent_count > 0 ? 458 : box.h - 84;

        nobody_yet(wall, (struct box){plate.x, plate.y, plate.w, h});
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
    y = room.box.y + room.box.h + 90;
    if (wall->view->recent_count > 0) {
        wall_text(wall, 44, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, box.x, y - 16, box.w,
                  wall_words(wall, call->live ? "monitor.called" : "monitor.called_before"));
        page_rule(&wall->page, box.x, y, box.w, 2, THEME_RULE);
    }
    rows.box.y = y;
    wall_recent(wall, &rows);
}

void monitor_one(struct wall *wall)
{
    const struct monitor_view *view = wall->view;
    double x = wall->film.w + 48, w = wall->page.width - 48 - x;
    double top = wall->film.h, foot = wall->page.height - 34, split = wall->film.w * 889 / 1280;
    struct notice_place place;

    wall_column(wall, (struct box){x, 42, w, 860},
                wall->desk_count > 0 ? wall->desks[0] : wall->payment);
    page_rule(&wall->page, x, foot - 120, w, 4, THEME_INK);
    wall_waiting(wall, ALIGN_LEFT, x, foot, w, 112, 54);
    page_fill(&wall->page, (struct box){split, top + 37, 2, foot - top - 37}, THEME_RULE);
    wall_text(wall, 128, FACE_BOLD, THEME_INK, ALIGN_LEFT, split + 30, top + 140, 0, view->clock);
    wall_text(wall, 46, FACE_REGULAR, THEME_INK, ALIGN_LEFT, split + 30, top + 202,
              wall->film.w - split - 30, view->date);
    wall_text(wall, 44, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, split + 30, foot,
              wall->film.w - split - 30, view->session);
    page_rule(&wall->page, 48, top + 264, split - 48 - 34, 2, THEME_RULE);
    wall_text(wall, 44, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, 48, foot, split - 96, view->clinic);
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

static void board_head(struct wall *wall, double right)
{
    const struct monitor_view *view = wall->view;
    const struct type clock = {104, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    double room = right - 48 - page_text_width(&wall->page, &clock, view->clock) - 34, clinic;

    clinic =
        wall_text(wall, 56, FACE_BOLD, THEME_INK, ALIGN_LEFT, 48, 90, room * 0.6, view->clinic);
    page_text(&wall->page, &clock, ALIGN_RIGHT, right, 117, 0, view->clock);
    wall_date(wall, 52, ALIGN_RIGHT, 48 + room, 92, room - clinic - 40);
    page_rule(&wall->page, 48, 135, right - 48, 4, THEME_INK);
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

static void next_line(struct wall *wall, double y, double right)
{
    wall_text(wall, 52, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, 48, y + 80, 700,
              wall_words(wall, "monitor.next_numbers"));
    line_of_numbers(wall, 52, right, y + 204, 110);
}

static void next_numbers(struct wall *wall, double y, double right)
{
    next_line(wall, y, right);
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

static void board_one(struct wall *wall, double right, double foot)
{
    const struct monitor_desk *desk = wall->desk_count > 0 ? wall->desks[0] : wall->payment;
    const struct monitor_call *call = &desk->now;
    double split = 48 + (right - 48) * 0.647, x = split + 48;
    struct recent_rows rows = {
        .box = {x, 238, right - x, 118}, .rows = 4, .number = 106, .room = 54};

    rows.rows = (int)((foot - 238) / rows.box.h);
    if (!call->number[0]) {
        nobody_yet(wall, (struct box){48, 176, (wall->view->recent_count ? split : right) - 48,
                                      foot - 176 - 24});
    } else {
        wall_text(wall, 52, call->live ? FACE_BOLD : FACE_REGULAR,
                  call->live ? THEME_INK : THEME_INK2, ALIGN_LEFT, 48, 205, split - 48,
                  wall_words(wall, call->live ? "monitor.calling" : "monitor.called"));
        board_call(wall, (struct box){48, 236, split - 48, foot - 236 - 36}, call, 500, 96);
    }
    if (wall->view->recent_count == 0)
        return;
    wall_text(wall, 50, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, x, 205, right - x,
              wall_words(wall, call->live ? "monitor.called" : "monitor.called_before"));
    page_rule(&wall->page, x, 236, right - x, 2, THEME_RULE);
    wall_recent(wall, &rows);
}

/* A cell of a grid of desks. */
struct cell {
    double w, h, room; /* room: width of the room's plate beside the number */
    int glyphs;        /* of the longest number */
};

enum { CELL_HEAD = 52, CELL_GAP = 14 };

/* So wide that no room's name falls under the floor, in one line or in the two that it has. */
static double room_width(struct wall *wall, double w)
{
    enum { FLOOR = 46, PAD = 28 };
    double least = w * 0.44;

    for (int i = 0; i < wall->desk_count; i++) {
        const char *name = wall->desks[i]->now.room;
        const struct type type = {FLOOR, FACE_BOLD, THEME_INK, TIER_FREE, "ja"};
        double whole = page_text_width(&wall->page, &type, name) + PAD;

        if (strchr(name, ' ') || whole > w * 0.54)
            whole = wall_room_em(wall, name) * FLOOR + PAD;
        least = fmax(least, whole);
    }
    return least;
}

static double number_beside(const struct cell *cell)
{
    double plate = cell->h - CELL_HEAD;

    return wall_number_px(
        plate / 1.02, cell->w - cell->room - CELL_GAP - 24 - fmin(plate * 0.2, 40), cell->glyphs);
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
                           .head = CELL_HEAD,
                           .number = number_beside(cell),
                           .label = 46};

    if (number_above(cell) > row.number * 1.05) {
        wall_desk_tall(wall, row.box, number_above(cell), desk);
        return;
    }
    wall_room_fit(wall, &row, desk->now.room);
    wall_desk(wall, &row, desk);
}

/* Desks in one to three columns of a box, number beside or above the room: whichever lets the
 * numbers be larger. */
static void desk_grid(struct wall *wall, struct box box, int columns, double pitch_most)
{
    enum { GAP = 48, BETWEEN = 6 };
    int count = wall->desk_count, rows = (count + columns - 1) / columns;
    double pitch = fmin(box.h / rows, pitch_most);
    struct cell cell = {
        .w = (box.w - GAP * (columns - 1)) / columns, .h = pitch - BETWEEN, .glyphs = 2};

    cell.room = room_width(wall, cell.w);
    for (int i = 0; i < count; i++)
        cell.glyphs = wall_glyphs(cell.glyphs, wall->desks[i]->now.number);
    for (int i = 0; i < count; i++)
        draw_cell(wall, &cell, box.x + i / rows * (cell.w + GAP), box.y + i % rows * pitch,
                  wall->desks[i]);
}

enum { STRIP = 118, PAID_COLUMN = 312, PAID_HEAD = 78 };

/* Two or three desks without a film, side by side, and the payment column. */
static void board_few(struct wall *wall, double right, double foot)
{
    double w = right - 48;

    if (wall->payment) {
        w -= PAID_COLUMN + 40;
        wall_payment_column(wall, (struct box){right - PAID_COLUMN, 152 + PAID_HEAD, PAID_COLUMN,
                                               foot - 152 - PAID_HEAD - 12});
    }
    if (wall->desk_count == 1)
        board_one(wall, 48 + w, foot);
    else
        desk_grid(wall, (struct box){48, 152, w, foot - 152}, wall->desk_count, 600);
}

/* Four and more, payment as a strip under them. */
static void board_many(struct wall *wall, double right, double foot)
{
    if (wall->payment) {
        foot -= STRIP;
        page_rule(&wall->page, 48, foot, right - 48, 4, THEME_INK);
        wall_payment_strip(wall, (struct box){48, foot, right - 48, STRIP});
    }
    desk_grid(wall, (struct box){48, 152, right - 48, foot - 152}, wall->desk_count > 6 ? 3 : 2,
              600);
}

/* Neither queue nor film: the clinic's name, the time and its message are all there is to say. */
static void name_page(struct wall *wall, struct box box)
{
    const struct monitor_view *view = wall->view;
    double middle = box.x + box.w / 2, y = box.y + box.h * 0.5;

    wall_text(wall, 84, FACE_BOLD, THEME_INK, ALIGN_CENTRE, middle, y - 190, box.w, view->clinic);
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
        foot -= many ? 122 : 230;
        board_head(wall, right);
        if (many)
            board_many(wall, right, foot);
        else if (wall->desk_count > 1 || (wall->desk_count == 1 && wall->payment))
            board_few(wall, right, foot);
        else if (view->desk_count > 0)
            board_one(wall, right, foot);
        page_rule(&wall->page, 48, foot, right - 48, 4, THEME_INK);
        if (many)
            next_numbers_flat(wall, foot, right);
        else
            next_numbers(wall, foot, right);
    } else {
        name_page(wall, (struct box){48, 0, right - 48, bottom});
    }
    if (view->message[0])
        page_rule(&wall->page, 48, bottom, right - 48, 2, THEME_RULE);
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

static void upright_one(struct wall *wall, double top, double h, double most)
{
    const struct monitor_desk *desk = wall->desk_count > 0 ? wall->desks[0] : wall->payment;
    const struct monitor_call *call = &desk->now;
    double right = wall->page.width - 48, size = h / 420;
    struct recent_rows rows = {.box = {48, 0, right - 48, 106},
                               .rows = (int)fmax(1, (most - h - 90) / 106),
                               .number = 98,
                               .room = 56};
    double suffix = strlen(call->number) < 4 ? 84 : 0, y = top + h;
    struct box all = {0, top, wall->page.width, h};
    struct box plate = {0, top, wall->page.width * 684 / 1080, h};
    /* a short name may stand beside the point, a long one has to keep clear of it */
    double lap = wall_room_em(wall, call->room) > 3.4 ? -8 : 40;
    struct room_plate room = {.box = {plate.w - lap, top, wall->page.width - plate.w + lap, h},
                              .look = call->live ? PLATE_LIVE : PLATE_PAST,
                              .name = call->room,
                              .first = 124,
                              .second = 108,
                              .door = 92 * size};

    if (!call->number[0]) {
        nobody_yet(wall, (struct box){48, top + 40, right - 48,
                                      wall->view->recent_count ? h - 80 : most - 64});
    } else {
        double px = wall_number_px(336 * size, plate.w - 84 - 48 - suffix * 1.16,
                                   wall_glyphs(2, call->number));

        if (call->live) {
            page_fill(&wall->page, all, THEME_AI);
            wall_room(wall, &room);
            shape_arrow(wall->page.canvas, page_rect(&wall->page, plate), POINT_RIGHT,
                        page_px(&wall->page, 84), 0, THEME_ORANGE);
        } else {
            room.box = (struct box){plate.w, top + 40, right - plate.w, h - 56};
            room.first = 104;
            room.second = 92;
            room.door = 80;
            wall_room(wall, &room);
        }
        wall_text(wall, 52, call->live ? FACE_BOLD : FACE_REGULAR,
                  call->live ? THEME_INK : THEME_INK2, ALIGN_LEFT, 48, top + 78, plate.w,
                  wall_words(wall, call->live ? "monitor.calling" : "monitor.called"));
        wall_called(wall, (struct box){0, top + 82, plate.w - 36, h - 82 - 14}, px, suffix, call);
    }
    if (wall->view->recent_count > 0) {
        wall_text(wall, 48, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, 48, y + 68, right - 48,
                  wall_words(wall, call->live ? "monitor.called" : "monitor.called_before"));
        page_rule(&wall->page, 48, y + 89, right - 48, 2, THEME_RULE);
    }
    rows.box.y = y + 90;
    wall_recent(wall, &rows);
}

enum { FOOT = 486, FOOT_LINE = 56, UPRIGHT_NAME = 580, NEXT = 230 };

/* Lines of the clinic's name beside the date: 12 characters each. */
static int name_lines(struct wall *wall)
{
    const struct type type = {48, FACE_REGULAR, THEME_INK2, TIER_A, "ja"};

    return page_text_width(&wall->page, &type, wall->view->clinic) > UPRIGHT_NAME ? 2 : 1;
}

static void upright_foot(struct wall *wall, double y)
{
    const struct monitor_view *view = wall->view;
    double right = wall->page.width - 48, more = FOOT_LINE * (name_lines(wall) - 1);
    const struct type name = {48, FACE_REGULAR, THEME_INK2, TIER_A, "ja"};
    const struct block block = {.box = {48, y + 142, UPRIGHT_NAME, 62 + more},
                                .lines = name_lines(wall),
                                .leading = 1.16,
                                .top = true};
    struct notice_place place;

    page_rule(&wall->page, 48, y, right - 48, 4, THEME_INK);
    wall_waiting(wall, ALIGN_LEFT, 48, y + 122, 600, 118, 58);
    wall_text(wall, 118, FACE_BOLD, THEME_INK, ALIGN_RIGHT, right, y + 122, 0, view->clock);
    page_block(&wall->page, &name, &block, view->clinic);
    wall_text(wall, 48, FACE_REGULAR, THEME_INK, ALIGN_RIGHT, right, y + 188, 380, view->date);
    page_rule(&wall->page, 48, y + 217 + more, right - 48, 2, THEME_RULE);
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

/* Where the film ends and the foot begins. Payment has its strip at the lower end; without a film
 * there is room for the waiting numbers. */
static void upright_desks(struct wall *wall, double top, double foot)
{
    enum { ROW_LEAST = 200 };
    double right = wall->page.width - 48, least = wall->desk_count > 4 ? 200 : 250;
    int rows = wall->desk_count > 4 ? (wall->desk_count + 1) / 2 : wall->desk_count;

    if (wall->film.w <= 0 && foot - NEXT - top > least * rows) {
        foot -= NEXT;
        page_rule(&wall->page, 48, foot, right - 48, 4, THEME_INK);
        next_line(wall, foot, right);
    }
    if (wall->payment && wall->desk_count > 0) {
        foot -= STRIP;
        page_rule(&wall->page, 48, foot, right - 48, 4, THEME_INK);
        wall_payment_strip(wall, (struct box){48, foot, right - 48, STRIP});
    }
    if (wall->desk_count > 1)
        desk_grid(wall, (struct box){48, top + 16, right - 48, foot - top - 16},
                  (foot - top) / wall->desk_count < ROW_LEAST ? 2 : 1, 600);
    else if (wall->film.w > 0)
        upright_one(wall, top, 420, foot - top);
    else
        upright_one(wall, top, 560, foot - top);
}

/* Without a queue: the clinic's name under the film, and its message. */
static void upright_name(struct wall *wall)
{
    double top = wall->film.h, foot = wall->page.height - 290;
    struct notice_place place;

    name_page(wall, (struct box){48, top, wall->page.width - 96, foot - top});
    if (wall->view->message[0])
        page_rule(&wall->page, 48, foot, wall->page.width - 96, 2, THEME_RULE);
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

void monitor_upright(struct wall *wall)
{
    double top = wall->film.w > 0 ? wall->film.h : 48;
    double foot = wall->page.height - FOOT - FOOT_LINE * (name_lines(wall) - 1);

    if (!wall->view->queue || wall->view->desk_count == 0) {
        upright_name(wall);
        return;
    }
    upright_desks(wall, top, foot);
    upright_foot(wall, foot);
}

/* The film fills what it can; an upright monitor has the rest of its height for the clinic. */
void monitor_film_only(struct wall *wall)
{
    if (wall->page.width < wall->page.height)
        upright_name(wall);
}

bool wall_notice_place(const struct wall *wall, struct notice_place *ret)
{
    double top = wall->film.h, w = wall->film.w, bottom = wall->page.height;

    switch (wall->layout) {
    case LAYOUT_ONE:
        *ret = (struct notice_place){
            {48, top + 112, w * 855 / 1280 - 48, 150}, 54, 2, 48, top + 76, 44};
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
