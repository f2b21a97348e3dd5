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
        nobody_yet(wall, (struct box){plate.x, plate.y, plate.w, 458});
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
        wall_number(wall, plate, px, suffix, call->number);
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
    wall_number(wall, (struct box){box.x, box.y, split + 24, box.h},
                wall_number_px(cap, inside, wall_glyphs(2, call->number)), suffix, call->number);
}

/* これから お呼びする番号, in one row of ten at most. */
static void next_numbers(struct wall *wall, double y, double right)
{
    const struct monitor_view *view = wall->view;
    double pitch = 184, x = 52;

    wall_text(wall, 52, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, 48, y + 80, 700,
              wall_words(wall, "monitor.next_numbers"));
    wall_waiting(wall, ALIGN_RIGHT, right, y + 86, right - 800, 90, 54);
    for (int i = 0; i < view->next_count && x + pitch * 0.8 < right; i++, x += pitch)
        wall_text(wall, 110, FACE_BOLD, THEME_INK, ALIGN_LEFT, x, y + 204, pitch - 16,
                  view->next_numbers[i]);
}

static void board_one(struct wall *wall, double right, double foot)
{
    const struct monitor_desk *desk = wall->desk_count > 0 ? wall->desks[0] : wall->payment;
    const struct monitor_call *call = &desk->now;
    double split = wall->page.width * 1228 / 1920, x = split + 68;
    struct recent_rows rows = {
        .box = {x, 238, right - x, 118}, .rows = 4, .number = 106, .room = 54};

    rows.rows = (int)((foot - 238) / rows.box.h);
    if (!call->number[0]) {
        nobody_yet(wall, (struct box){48, 236, split - 48, foot - 236 - 36});
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

/* All desks with the payment desk among them. */
static int all_desks(const struct wall *wall, const struct monitor_desk **ret, int *ret_glyphs)
{
    int count = 0;

    for (int i = 0; i < wall->desk_count; i++)
        ret[count++] = wall->desks[i];
    if (wall->payment)
        ret[count++] = wall->payment;
    *ret_glyphs = 2;
    for (int i = 0; i < count; i++)
        *ret_glyphs = wall_glyphs(*ret_glyphs, ret[i]->now.number);
    return count;
}

/* Desks as rows of one to three columns in a box. */
static void desk_grid(struct wall *wall, struct box box, int columns, double pitch_most)
{
    enum { GAP = 48 };
    const struct monitor_desk *list[MONITOR_DESKS_MAX + 1];
    int glyphs, count = all_desks(wall, list, &glyphs), rows = (count + columns - 1) / columns;
    double w = (box.w - GAP * (columns - 1)) / columns, pitch = fmin(box.h / rows, pitch_most);

    for (int i = 0; i < count; i++) {
        struct desk_row row = {
            .box = {box.x + i / rows * (w + GAP), box.y + i % rows * pitch, w, pitch - 16},
            .room_w = w * 0.48,
            .gap = 14,
            .head = 66,
            .label = 46,
            .first = fmin(96, (pitch - 100) * 0.6)};

        row.number = wall_number_px((pitch - 90) / 0.95, w * 0.52 - 60, glyphs);
        wall_desk(wall, &row, list[i]);
    }
}

static int board_columns(const struct wall *wall)
{
    int count = wall->desk_count + (wall->payment ? 1 : 0);

    return count > 6 ? 3 : count > 3 ? 2 : 1;
}

void monitor_board(struct wall *wall)
{
    const struct monitor_view *view = wall->view;
    double right = wall->page.width - 48, bottom = wall->page.height - 108;
    double foot = view->queue ? bottom - 230 : bottom;
    struct notice_place place;

    board_head(wall, right);
    if (view->queue && wall->desk_count + (wall->payment ? 1 : 0) > 1)
        desk_grid(wall, (struct box){48, 152, right - 48, foot - 152}, board_columns(wall), 400);
    else if (view->queue && view->desk_count > 0)
        board_one(wall, right, foot);
    if (view->queue) {
        page_rule(&wall->page, 48, foot, right - 48, 4, THEME_INK);
        next_numbers(wall, foot, right);
        page_rule(&wall->page, 48, bottom, right - 48, 2, THEME_RULE);
    }
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

static void upright_one(struct wall *wall, double top)
{
    const struct monitor_desk *desk = wall->desk_count > 0 ? wall->desks[0] : wall->payment;
    const struct monitor_call *call = &desk->now;
    double right = wall->page.width - 48, h = 420;
    struct recent_rows rows = {
        .box = {48, 0, right - 48, 106}, .rows = 3, .number = 98, .room = 56};
    double suffix = strlen(call->number) < 4 ? 84 : 0, y = top + h;
    struct box all = {0, top, wall->page.width, h};
    struct box plate = {0, top, wall->page.width * 684 / 1080, h};
    struct room_plate room = {.box = {plate.w - 40, top, wall->page.width - plate.w + 40, h},
                              .look = call->live ? PLATE_LIVE : PLATE_PAST,
                              .name = call->room,
                              .first = 124,
                              .second = 108,
                              .door = 92};

    if (!call->number[0]) {
        nobody_yet(wall, (struct box){48, top + 40, right - 48, h - 80});
    } else {
        double px =
            wall_number_px(336, plate.w - 84 - 48 - suffix * 1.16, wall_glyphs(2, call->number));

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
        wall_number(wall, (struct box){0, top + 82, plate.w - 36, h - 82 - 14}, px, suffix,
                    call->number);
    }
    if (wall->view->recent_count > 0) {
        wall_text(wall, 48, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, 48, y + 68, right - 48,
                  wall_words(wall, call->live ? "monitor.called" : "monitor.called_before"));
        page_rule(&wall->page, 48, y + 89, right - 48, 2, THEME_RULE);
    }
    rows.box.y = y + 90;
    wall_recent(wall, &rows);
}

static void upright_foot(struct wall *wall, double y)
{
    const struct monitor_view *view = wall->view;
    double right = wall->page.width - 48;
    struct notice_place place;

    page_rule(&wall->page, 48, y, right - 48, 4, THEME_INK);
    if (view->queue)
        wall_waiting(wall, ALIGN_LEFT, 48, y + 122, 600, 118, 58);
    wall_text(wall, 118, FACE_BOLD, THEME_INK, ALIGN_RIGHT, right, y + 122, 0, view->clock);
    wall_text(wall, 48, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, 48, y + 188, 600, view->clinic);
    wall_text(wall, 48, FACE_REGULAR, THEME_INK, ALIGN_RIGHT, right, y + 188, 380, view->date);
    page_rule(&wall->page, 48, y + 217, right - 48, 2, THEME_RULE);
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

void monitor_upright(struct wall *wall)
{
    double top = wall->film.w > 0 ? wall->film.h : 48, foot = wall->page.height - 486;

    if (wall->view->queue && wall->desk_count + (wall->payment ? 1 : 0) > 1)
        desk_grid(wall, (struct box){48, top + 24, wall->page.width - 96, foot - top - 24},
                  wall->desk_count + (wall->payment ? 1 : 0) > 4 ? 2 : 1, 240);
    else if (wall->view->queue && wall->view->desk_count > 0)
        upright_one(wall, top);
    upright_foot(wall, foot);
}

void monitor_film_only(struct wall *wall)
{
    if (wall->page.width < wall->page.height)
        upright_foot(wall, wall->page.height - 486);
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
