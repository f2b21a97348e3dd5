/* Several desks: rows with an arrow plate and a room plate each, and 会計 in its own place. */
#include "monitor_parts.h"

#include <math.h>
#include <stdio.h>

static int longest(const struct wall *wall)
{
    int glyphs = 2;

    for (int i = 0; i < wall->desk_count; i++)
        glyphs = wall_glyphs(glyphs, wall->desks[i]->now.number);
    return glyphs;
}

/* Name and state. Where there is no room for both, the plates alone say the state. */
static void desk_head(struct wall *wall, const struct desk_row *row,
                      const struct monitor_desk *desk)
{
    enum { APART = 24 };
    double baseline = row->box.y + row->head * 0.5 + row->label * 0.37 + 2, room;
    bool live = desk->now.live;
    const struct type type = {row->label - 2, live ? FACE_BOLD : FACE_REGULAR,
                              live ? THEME_INK : THEME_INK2, TIER_A, "ja"};
    const char *state = wall_words(wall, live ? "monitor.calling_short" : "monitor.called");

    room = row->box.w - APART -
           wall_text(wall, row->label, FACE_BOLD, THEME_INK, ALIGN_LEFT, row->box.x, baseline,
                     row->box.w, desk->name);
    if (desk->now.number[0] && page_least_width(&wall->page, &type, state) <= room)
        page_text(&wall->page, &type, ALIGN_RIGHT, row->box.x + row->box.w, baseline, room, state);
}

void wall_desk(struct wall *wall, const struct desk_row *row, const struct monitor_desk *desk)
{
    const struct monitor_call *call = &desk->now;
    struct box zone = {row->box.x, row->box.y + row->head, row->box.w - row->room_w - row->gap,
                       row->box.h - row->head};
    double tip = zone.h * 0.2;
    const struct room_plate plate = {
        .box = {row->box.x + row->box.w - row->room_w, zone.y, row->room_w, zone.h},
        .look = call->payment ? PLATE_PAYMENT
                : call->live  ? PLATE_LIVE
                              : PLATE_PAST,
        .name = call->room,
        .first = row->first,
        .door = call->payment && row->second <= 0 ? row->first * 0.9 : 0,
        .second = row->second,
    };

    page_rule(&wall->page, row->box.x, row->box.y, row->box.w, 4, THEME_INK);
    desk_head(wall, row, desk);
    if (!call->number[0]) {
        wall_nobody(wall, (struct box){row->box.x, zone.y, row->box.w, zone.h});
        return;
    }
    if (call->live)
        shape_arrow(wall->page.canvas, page_rect(&wall->page, zone), POINT_RIGHT,
                    page_px(&wall->page, tip), page_px(&wall->page, 6), THEME_ORANGE);
    zone.w -= tip * 0.5;
    wall_called(wall, zone, row->number, 0, call);
    wall_room(wall, &plate);
}

/* Panels side by side are alike. */
static bool rooms_tall(struct wall *wall, double width)
{
    for (int i = 0; i < wall->desk_count; i++)
        if (wall->desks[i]->now.number[0] && wall_room_tall(wall, wall->desks[i]->now.room, width))
            return true;
    return false;
}

void wall_desk_tall(struct wall *wall, struct box box, double number,
                    const struct monitor_desk *desk)
{
    enum { HEAD = 66, GAP = 18, ROOM = WALL_TALL_REST - HEAD - GAP };
    const struct monitor_call *call = &desk->now;
    const struct desk_row head = {.box = box, .head = HEAD, .label = 46};
    double room_h = rooms_tall(wall, box.w) ? WALL_ROOM_TALL : ROOM;
    bool lines = room_h > ROOM && wall_room_tall(wall, call->room, box.w);
    struct box plate = {box.x, box.y + HEAD, box.w, box.h - HEAD - room_h - GAP};
    double tip = fmin(plate.h * 0.2, 62);
    const struct room_plate room = {
        .box = {box.x, plate.y + plate.h + GAP, box.w, room_h},
        .look = call->payment ? PLATE_PAYMENT
                : call->live  ? PLATE_LIVE
                              : PLATE_PAST,
        .name = call->room,
        .first = lines ? 76 : 80,
        .second = lines ? 64 : 0,
        .door = lines ? 0 : 80,
    };

    page_rule(&wall->page, box.x, box.y, box.w, 4, THEME_INK);
    desk_head(wall, &head, desk);
    if (!call->number[0]) {
        wall_nobody(wall, (struct box){box.x, plate.y, box.w, box.h - HEAD});
        return;
    }
    if (call->live)
        shape_arrow(wall->page.canvas, page_rect(&wall->page, plate), POINT_DOWN,
                    page_px(&wall->page, tip), page_px(&wall->page, 6), THEME_ORANGE);
    plate.h -= tip * 0.6;
    wall_called(wall, plate, fmin(number, plate.h * 0.98), 0, call);
    wall_room(wall, &room);
}

/* A heading above the block that begins at y. */
static void section(struct wall *wall, enum icon icon, const char *key, double x, double y,
                    double w)
{
    page_icon(&wall->page, (struct box){x, y - 78, 54, 54}, icon, THEME_INK);
    wall_text(wall, 52, FACE_BOLD, THEME_INK, ALIGN_LEFT, x + 70, y - 30, w - 70,
              wall_words(wall, key));
}

/* Payment calls, latest first, those being called at their head. */
enum { PAID_MOST = 5 };

struct paid {
    const char *number;
    bool live;
};

static int payment_calls(const struct wall *wall, struct paid ret[static PAID_MOST])
{
    const struct monitor_view *view = wall->view;
    const struct monitor_call *now = &wall->payment->now;
    int count = 0;

    if (now->number[0])
        ret[count++] = (struct paid){now->number, now->live};
    for (int i = 0; i < now->party_count && count < PAID_MOST; i++)
        ret[count++] = (struct paid){now->party[i], true};
    for (int i = 0; i < view->recent_count && count < PAID_MOST; i++)
        if (view->recent[i].payment)
            ret[count++] = (struct paid){view->recent[i].number, false};
    return count;
}

static int longest_paid(const struct paid *calls, int count)
{
    int glyphs = 2;

    for (int i = 0; i < count; i++)
        glyphs = wall_glyphs(glyphs, calls[i].number);
    return glyphs;
}

/* A number in its cell, on a plate while it is called. */
static void paid_number(struct wall *wall, struct box cell, const struct paid *call, double cap,
                        int glyphs)
{
    if (call->live) {
        struct box plate = {cell.x, cell.y + 6, cell.w, cell.h - 12};

        shape_arrow(wall->page.canvas, page_rect(&wall->page, plate), POINT_DOWN,
                    page_px(&wall->page, plate.h * 0.2), page_px(&wall->page, 6), THEME_ORANGE);
        cell.h -= plate.h * 0.16;
        cap = fmin(cap, plate.h * 0.82);
    }
    wall_number(wall, cell, wall_number_px(cap, cell.w - 28, glyphs), 0, call->number);
}

void wall_payment_column(struct wall *wall, struct box box)
{
    enum { PITCH_LEAST = 120, PITCH_MOST = 132, HEAD = 246, FOOT = 150, FOOT_FROM = 640 };
    struct paid calls[PAID_MOST];
    int count = payment_calls(wall, calls), glyphs = longest_paid(calls, count);
    double y = box.y + HEAD, foot = box.h >= FOOT_FROM ? FOOT : 0, left = box.h - HEAD - foot;
    double pitch = fmin(left / fmax(floor(left / PITCH_LEAST), 1), PITCH_MOST);

    section(wall, ICON_YEN, "monitor.payment", box.x, box.y, box.w);
    page_rule(&wall->page, box.x, box.y, box.w, 4, THEME_INK);
    if (count == 0) {
        wall_nobody(wall, (struct box){box.x, box.y + 66, box.w, 220});
        return;
    }
    wall_text(wall, 44, calls[0].live ? FACE_BOLD : FACE_REGULAR,
              calls[0].live ? THEME_INK : THEME_INK2, ALIGN_LEFT, box.x, box.y + 58, box.w,
              wall_words(wall, calls[0].live ? "monitor.calling_short" : "monitor.called"));
    paid_number(wall, (struct box){box.x, box.y + 66, box.w, HEAD - 70}, &calls[0], 168, glyphs);
    for (int i = 1; i < count && y + pitch <= box.y + box.h - foot + 1; i++, y += pitch) {
        if (!calls[i].live)
            page_rule(&wall->page, box.x, y, box.w, 2, THEME_RULE);
        paid_number(wall, (struct box){box.x, y, box.w, pitch}, &calls[i], 120, glyphs);
    }
    page_rule(&wall->page, box.x, y, box.w, 2, THEME_RULE);
    if (foot > 0) {
        const struct type type = {46, FACE_BOLD, THEME_INK, TIER_A, "ja"};
        const struct block block = {.box = {box.x, box.y + box.h - FOOT + 18, box.w, FOOT - 18},
                                    .lines = 2,
                                    .leading = 1.22};

        page_block(&wall->page, &type, &block, wall_words(wall, "monitor.payment_please"));
    }
}

void wall_payment_strip(struct wall *wall, struct box box)
{
    enum { STATE_FROM = 1100, GLYPH_LEAST = 44, CELL_PAD = 36 };
    struct paid calls[PAID_MOST];
    int count = payment_calls(wall, calls), glyphs = longest_paid(calls, count);
    double y = box.y + box.h / 2, x = box.x + 64 + 20, pitch;
    bool live = count > 0 && calls[0].live;

    page_icon(&wall->page, (struct box){box.x + 2, y - 32, 64, 64}, ICON_YEN, THEME_INK);
    x += wall_text(wall, 56, FACE_BOLD, THEME_INK, ALIGN_LEFT, x, y + 20, 0,
                   wall_words(wall, "monitor.payment")) +
         20;
    if (count == 0) {
        wall_nobody(wall, (struct box){x, box.y + 16, box.x + box.w - x, box.h - 32});
        return;
    }
    if (box.w > STATE_FROM)
        x += wall_text(wall, 44, live ? FACE_BOLD : FACE_REGULAR, live ? THEME_INK : THEME_INK2,
                       ALIGN_LEFT, x, y + 16, 0,
                       wall_words(wall, live ? "monitor.calling_short" : "monitor.called")) +
             24;
    pitch = fmax((box.x + box.w - x) / PAID_MOST,
                 GLYPH_LEAST * glyphs + CELL_PAD); /* fewer, not smaller */
    for (int i = 0; i < count && x + pitch * (i + 1) <= box.x + box.w + 1; i++)
        paid_number(wall, (struct box){x + pitch * i, box.y + 4, pitch - 12, box.h - 8}, &calls[i],
                    104, glyphs);
}

/* 内科 5人  小児科 8人: one line under お待ちの人数. */
static void waiting_by_desk(struct wall *wall, struct box box)
{
    static const double size_least = 0.95;
    double x = box.x, need = 0, size = 1;
    struct page_count counts[MONITOR_DESKS_MAX];

    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < wall->desk_count; i++) {
            if (wall->desks[i]->waiting < 0)
                continue;
            const struct type name = {48 * size, FACE_BOLD, THEME_INK, TIER_A, "ja"};
            const struct type digits = {86 * size, FACE_BOLD, THEME_INK, TIER_A, "ja"};
            struct rich rich = {&name, &digits, NULL, counts[i].n, 0};

            if (pass == 0)
                counts[i] = page_count(&wall->page, "count.people", wall->desks[i]->waiting);
            rich.pattern = counts[i].pattern;
            rich.n = counts[i].n;
            if (pass == 0) {
                need += page_text_width(&wall->page, &name, wall->desks[i]->name) + 14 +
                        page_rich_width(&wall->page, &rich);
                continue;
            }
            x += page_text(&wall->page, &name, ALIGN_LEFT, x, box.y + box.h * 0.82, 0,
                           wall->desks[i]->name) +
                 14 * size;
            x += page_rich(&wall->page, &rich, ALIGN_LEFT, x, box.y + box.h * 0.82);
            x +=
                wall->desk_count > 1 ? fmin(48, (box.w - need * size) / (wall->desk_count - 1)) : 0;
        }
        size = fmin(1, (box.w - 16 * (wall->desk_count - 1)) / need);
        if (size < size_least) { /* long names: the sum of all */
            wall_waiting(wall, ALIGN_LEFT, box.x, box.y + box.h * 0.82, box.w, 86, 48);
            return;
        }
    }
}

static void few_left(struct wall *wall)
{
    double x = 48, w = wall->film.w - 96, y = wall->film.h;
    struct notice_place place;

    wall_text(wall, 108, FACE_BOLD, THEME_INK, ALIGN_LEFT, x, y + 114, 0, wall->view->clock);
    wall_text(wall, 48, FACE_REGULAR, THEME_INK, ALIGN_LEFT, x + 294, y + 96, 0, wall->view->date);
    wall_text(wall, 44, FACE_REGULAR, THEME_INK2, ALIGN_RIGHT, x + w, y + 96, 0,
              wall->view->session);
    page_rule(&wall->page, x, y + 142, w, 4, THEME_INK);
    wall_text(wall, 44, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, x, y + 200, w,
              wall_words(wall, "monitor.waiting_people"));
    waiting_by_desk(wall, (struct box){x, y + 200, w, 92});
    page_rule(&wall->page, x, y + 303, w, 2, THEME_RULE);
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

void monitor_few(struct wall *wall)
{
    double x = wall->film.w + 40, top = 112, foot = wall->page.height - 52;
    double w = (wall->payment ? 1520.0 / 1920 * wall->page.width : wall->page.width - 48) - x;
    int n = wall->desk_count;
    double pitch = (foot - top + 22) / n;
    bool wide = !wall->payment;

    wall_side(wall, SIDE_FILM, 0);
    few_left(wall);
    wall_side(wall, SIDE_PANELS, 40);
    if (wall->payment)
        wall_payment_column(wall, (struct box){x + w + 40, top, wall->page.width - 48 - x - w - 40,
                                               foot - top + 8});
    section(wall, ICON_DOOR, "monitor.consultation", x, top, w);
    if (n == 1) {
        page_rule(&wall->page, x, top, w, 4, THEME_INK);
        wall_column(wall, (struct box){x, top + 24, w, foot - top - 20}, wall->desks[0]);
        return;
    }
    for (int i = 0; i < n; i++) {
        /* 4.5 em at the floor, where a room's name needs them */
        double em = wall_room_em(wall, wall->desks[i]->now.room);
        struct desk_row row = {.box = {x, top + pitch * i, w, pitch - 22},
                               .room_w = wide ? 330 : fmax(176, fmin(em * 48 + 12, 232)),
                               .gap = 8,
                               .head = 78,
                               .label = 46,
                               .first = wide ? 140 : 98,
                               .second = wide ? 96 : 54};

        row.first = fmin(row.first, (row.box.h - row.head) * 0.46);
        row.second = fmin(row.second, (row.box.h - row.head) * 0.31);
        row.number = wall_number_px((wide ? 220 : 190) * (n == 2 ? 1.35 : 1),
                                    w - row.room_w - row.gap - 50, longest(wall));
        wall_desk(wall, &row, wall->desks[i]);
    }
}

static void many_left(struct wall *wall)
{
    double x = 48, w = wall->film.w - 96, y = wall->film.h;
    struct notice_place place;

    wall_text(wall, 120, FACE_BOLD, THEME_INK, ALIGN_LEFT, x, y + 142, 0, wall->view->clock);
    wall_date(wall, 46, ALIGN_LEFT, x, y + 202, w);
    page_rule(&wall->page, x, y + 236, w, 4, THEME_INK);
    wall_waiting(wall, ALIGN_LEFT, x, y + 356, w, 112, 56);
    page_rule(&wall->page, x, y + 377, w, 2, THEME_RULE);
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

void monitor_many(struct wall *wall)
{
    double x = wall->film.w + 48, right = wall->page.width - 48, gap = 48;
    double w = (right - x - gap) / 2, strip = wall->payment ? 118 : 0;
    double top = 40, foot = wall->page.height - 40 - strip;
    int rows = (wall->desk_count + 1) / 2 > 4 ? (wall->desk_count + 1) / 2 : 4;
    double pitch = (foot - top) / rows;

    wall_side(wall, SIDE_FILM, 0);
    many_left(wall);
    wall_side(wall, SIDE_PANELS, 48);
    for (int i = 0; i < wall->desk_count; i++) {
        struct desk_row row = {
            .box = {x + i / rows * (w + gap), top + i % rows * pitch, w, pitch - 14},
            .room_w = 268,
            .gap = 20,
            .head = 72,
            .label = 46,
            .first = 54};

        row.number = wall_number_px(122, w - row.room_w - row.gap - 50, longest(wall));
        wall_desk(wall, &row, wall->desks[i]);
    }
    if (!wall->payment)
        return;
    page_rule(&wall->page, x, foot, right - x, 4, THEME_INK);
    wall_payment_strip(wall, (struct box){x, foot + 6, right - x, strip});
}
