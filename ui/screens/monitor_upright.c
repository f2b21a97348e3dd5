/* The upright monitor: film, calls and foot one above the other. */
#include "monitor_parts.h"

#include <math.h>
#include <string.h>

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
        wall_nobody_large(wall, (struct box){48, top + 40, right - 48,
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

enum { NAME_LINE = 56, NAME_WIDTH = 580 };

static const struct type foot_name = {48, FACE_REGULAR, THEME_INK2, TIER_A, "ja"};

int wall_name_lines_upright(struct wall *wall)
{
    return wall_clinic_lines(wall, &foot_name, NAME_WIDTH);
}

static void upright_foot(struct wall *wall, double y)
{
    const struct monitor_view *view = wall->view;
    int lines = wall_name_lines_upright(wall);
    double right = wall->page.width - 48, more = NAME_LINE * (lines - 1);
    const struct block block = {
        .box = {48, y + 142, NAME_WIDTH, 62 + more}, .lines = lines, .leading = 1.16, .top = true};
    struct notice_place place;

    page_rule(&wall->page, 48, y, right - 48, 4, THEME_INK);
    wall_waiting(wall, ALIGN_LEFT, 48, y + 122, 600, 118, 58);
    wall_text(wall, 118, FACE_BOLD, THEME_INK, ALIGN_RIGHT, right, y + 122, 0, view->clock);
    page_block(&wall->page, &foot_name, &block, wall_clinic(wall, &foot_name, NAME_WIDTH, lines));
    wall_text(wall, 48, FACE_REGULAR, THEME_INK, ALIGN_RIGHT, right, y + 188, 380, view->date);
    page_rule(&wall->page, 48, y + 217 + more, right - 48, 2, THEME_RULE);
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

/* Waiting numbers where there is no film: under the calls, or above them while the sides are
 * changed. */
static void upright_next(struct wall *wall, struct upright *place)
{
    double right = wall->page.width - 48;
    bool above = wall->view->swapped;
    double y = above ? place->top - 24 : place->foot - WALL_NEXT;

    wall_next_line(wall, y, right);
    page_rule(&wall->page, 48, above ? y + WALL_NEXT : y, right - 48, 4, THEME_INK);
    if (above)
        place->top = y + WALL_NEXT;
    else
        place->foot = y;
}

/* Payment has its strip at the lower end of the calls. */
static void upright_desks(struct wall *wall, struct upright place)
{
    enum { ROW_LEAST = 200 };
    double right = wall->page.width - 48, least = wall->desk_count > 4 ? 200 : 250, top, foot;
    int rows = wall->desk_count > 4 ? (wall->desk_count + 1) / 2 : wall->desk_count;

    if (wall->film.w <= 0 && place.foot - WALL_NEXT - place.top > least * rows)
        upright_next(wall, &place);
    top = place.top;
    foot = place.foot;
    if (wall->payment && wall->desk_count > 0) {
        foot -= WALL_STRIP;
        page_rule(&wall->page, 48, foot, right - 48, 4, THEME_INK);
        wall_payment_strip(wall, (struct box){48, foot, right - 48, WALL_STRIP});
    }
    if (wall->desk_count > 1)
        wall_desk_grid(wall, (struct box){48, top + 16, right - 48, foot - top - 16},
                       (foot - top) / wall->desk_count < ROW_LEAST ? 2 : 1, 600);
    else
        upright_one(wall, top, wall->film.w > 0 ? 420 : 560, foot - top);
}

void wall_upright_name(struct wall *wall)
{
    double top = wall->film.h, foot = wall->page.height - 290;
    struct notice_place place;

    wall_name_page(wall, (struct box){48, top, wall->page.width - 96, foot - top});
    if (wall->view->message[0])
        page_rule(&wall->page, 48, foot, wall->page.width - 96, 2, THEME_RULE);
    if (wall_notice_place(wall, &place))
        wall_notice(wall, &place);
}

void monitor_upright(struct wall *wall)
{
    struct upright place;

    if (!wall->view->queue || wall->view->desk_count == 0) {
        wall_upright_name(wall);
        return;
    }
    wall_upright(wall, &place);
    upright_desks(wall, place);
    upright_foot(wall, place.end);
}
