/* The stage: a call that takes the screen, comes over the film by a growing clip, points at its
 * room, and goes again.
 */
#include "monitor_parts.h"

#include "catalogue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Milliseconds since the call's event. */
enum {
    WIPE_FROM = 100,
    WIPE_TO = 420,
    NUDGE_FROM = 420,
    NUDGE_WAY = 600, /* each way, there and back twice */
    NUDGE_MS = 4 * NUDGE_WAY,
    LEAVE_MS = 280,
    PUSH_MS = 240,
    NUDGE_PX = 24,
};

static double ease_out(double t)
{
    double left = 1 - fmin(fmax(t, 0), 1);

    return 1 - left * left * left;
}

/* 0 to 1 and back, twice. */
static double nudge(int ms)
{
    double way;

    if (ms < 0 || ms >= NUDGE_MS)
        return 0;
    way = (double)(ms % (2 * NUDGE_WAY)) / NUDGE_WAY;
    return 0.5 - 0.5 * cos(way * 3.14159265358979);
}

static double tip_shift(const struct monitor_view *view)
{
    if (view->reduce_motion)
        return 0;
    return NUDGE_PX * fmax(nudge(view->stage_ms - NUDGE_FROM),
                           view->second_ms > 0 ? nudge(view->second_ms) : 0);
}

/* How much of the stage covers the screen, 0 to 1. */
static double cover(const struct monitor_view *view)
{
    if (view->reduce_motion)
        return view->stage_leaving || view->stage_ms < WIPE_FROM ? 0 : 1;
    if (view->stage_leaving)
        return 1 - ease_out((double)view->leaving_ms / LEAVE_MS);
    if (view->stage_before.number[0])
        return 1;
    return ease_out((double)(view->stage_ms - WIPE_FROM) / (WIPE_TO - WIPE_FROM));
}

bool monitor_stage_covers(const struct monitor_view *view)
{
    return view->stage.number[0] && cover(view) >= 1;
}

bool monitor_moving(const struct monitor_view *view)
{
    if (!view->stage.number[0])
        return false;
    if (view->stage_leaving)
        return view->leaving_ms < LEAVE_MS;
    if (view->stage_ms < WIPE_TO)
        return true;
    return !view->reduce_motion && (view->stage_ms < NUDGE_FROM + NUDGE_MS ||
                                    (view->second_ms > 0 && view->second_ms < NUDGE_MS));
}

/* The clip starts at the panel beside (or under) the film and grows over it. */
static SDL_Rect clip_at(const struct wall *wall, double part)
{
    SDL_Rect whole = {0, 0, wall->page.canvas->width, wall->page.canvas->height};
    SDL_Rect film = page_rect(&wall->page, wall->film), from = whole;

    if (wall->layout == LAYOUT_UPRIGHT) {
        from.y = wall->view->swapped ? film.y : film.h;
        from.h = 0;
    } else {
        from.w = film.w > 0 ? whole.w - film.w : 0;
        from.x = wall->view->swapped ? 0 : whole.w - from.w;
        from.y = whole.h * 42 / 1080;
        from.h = whole.h * 522 / 1080;
    }
    return (SDL_Rect){(int)lround(from.x * (1 - part)), (int)lround(from.y * (1 - part)),
                      (int)lround(from.w + (whole.w - from.w) * part),
                      (int)lround(from.h + (whole.h - from.h) * part)};
}

/* The plate's body stays, its point moves: the same picture twice under two clips. */
static void pointing_plate(struct wall *wall, struct box plate, enum shape_direction direction,
                           double tip, double line, double shift)
{
    struct canvas *canvas = wall->page.canvas;
    SDL_Rect area = page_rect(&wall->page, plate), clip, before;
    int by = page_px(&wall->page, shift);
    bool clipped = SDL_RenderIsClipEnabled(canvas->renderer);

    SDL_RenderGetClipRect(canvas->renderer, &before);
    shape_arrow(canvas, area, direction, page_px(&wall->page, tip), page_px(&wall->page, line),
                THEME_ORANGE);
    if (by == 0)
        return;
    clip = (SDL_Rect){area.x, area.y, area.w + by, area.h + by};
    if (direction == POINT_RIGHT) {
        clip.x += area.w / 3;
        clip.h = area.h;
    } else {
        clip.y += area.h / 3;
        clip.w = area.w;
    }
    if (clipped && !SDL_IntersectRect(&before, &clip, &clip))
        return;
    SDL_RenderSetClipRect(canvas->renderer, &clip);
    area.x += direction == POINT_RIGHT ? by : 0;
    area.y += direction == POINT_DOWN ? by : 0;
    shape_arrow(canvas, area, direction, page_px(&wall->page, tip), page_px(&wall->page, line),
                THEME_ORANGE);
    SDL_RenderSetClipRect(canvas->renderer, clipped ? &before : NULL);
}

/* "14", or of a party "14、15、16". */
static void all_numbers(struct wall *wall, const char *language, const struct monitor_call *call,
                        char *text, size_t size)
{
    const char *between =
        catalogue_get(canvas_words(wall->page.canvas, language), "number.between");
    size_t used = (size_t)snprintf(text, size, "%s", call->number);

    for (int i = 0; i < call->party_count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", between, call->party[i]);
}

static void sentence(struct wall *wall, const char *language, const struct monitor_call *call,
                     const char *room, char *text, size_t size)
{
    char numbers[MONITOR_TEXT];

    all_numbers(wall, language, call, numbers, sizeof numbers);
    catalogue_fill(text, size,
                   catalogue_get(canvas_words(wall->page.canvas, language),
                                 call->payment ? "monitor.come_payment" : "monitor.come"),
                   "number", numbers, "room", room, NULL);
}

/* 受付番号 14番のかた、第1診察室へ お入りください。 A long room or a party's numbers may take a
 * second line. */
static void sentences(struct wall *wall, const struct monitor_call *call, struct box box)
{
    struct page *page = &wall->page;
    const struct type big = {72, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    const struct type small = {54, FACE_REGULAR, THEME_INK, TIER_A, "en"};
    const struct type clock = {84, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    double clock_w = page_text_width(page, &clock, wall->view->clock) + 48, down = 0;
    char text[MONITOR_TEXT * 3];

    sentence(wall, "ja", call, call->room, text, sizeof text);
    if (page_text_width(page, &big, text) > box.w * 1.25) {
        const struct type less = {62, FACE_BOLD, THEME_INK, TIER_A, "ja"};
        const struct block block = {
            .box = {box.x, box.y + 18, box.w, 160}, .lines = 2, .leading = 1.24, .top = true};

        page_block(page, &less, &block, text);
        down = 34;
    } else {
        page_text(page, &big, ALIGN_LEFT, box.x, box.y + 106, box.w, text);
    }
    page_text(page, &clock, ALIGN_RIGHT, box.x + box.w, box.y + 223 + down, 0, wall->view->clock);
    if (!call->room_en[0] && !call->payment)
        return;
    sentence(wall, "en", call, call->room_en, text, sizeof text);
    page_text(page, &small, ALIGN_LEFT, box.x, box.y + 212 + down, box.w - clock_w, text);
}

static void stage_wide(struct wall *wall, const struct monitor_call *call, double top, double shift)
{
    double w = wall->page.width, h = wall->page.height - 290;
    struct box plate = {0, top, w * 2 / 3, h};
    struct room_plate room = {.box = {w * 2 / 3, top, w / 3, h},
                              .look = PLATE_LIVE,
                              .name = call->room,
                              .first = 230,
                              .second = 168,
                              .door = 150};
    double px = wall_number_px(664, plate.w - 188 - 48 - 174, wall_glyphs(2, call->number));

    page_fill(&wall->page, (struct box){0, top, w, h}, call->payment ? THEME_WHITE : THEME_AI);
    page_fill(&wall->page, (struct box){0, top + h, w, 290}, THEME_PAPER);
    if (call->payment) {
        room.look = PLATE_PAYMENT;
        room.edge = 10;
        room.box = (struct box){room.box.x + 36, top + 36, room.box.w - 72, h - 72};
    }
    wall_room(wall, &room);
    pointing_plate(wall, plate, POINT_RIGHT, 150, call->payment ? 10 : 0, shift);
    wall_text(wall, 80, FACE_BOLD, THEME_INK, ALIGN_LEFT, 74, top + 124, plate.w - 200,
              wall_words(wall, "monitor.calling"));
    if (call->party_count > 0)
        wall_called(wall, (struct box){24, top + 148, plate.w - 118, h - 168}, px, 0, call);
    else
        wall_number(wall, (struct box){0, top + 104, plate.w - 70, h - 128}, px, 150, call->number);
    sentences(wall, call, (struct box){74, top + h, w - 148, 290});
}

enum { UPRIGHT_WORDS = 470 }; /* sentence in both languages and the clock */

static void upright_sentences(struct wall *wall, const struct monitor_call *call, double y)
{
    double w = wall->page.width;
    const struct type big = {72, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    const struct type small = {54, FACE_REGULAR, THEME_INK, TIER_A, "en"};
    const struct block block = {
        .box = {56, y + 28, w - 112, 210}, .lines = 3, .leading = 1.25, .top = true};
    const struct block below = {
        .box = {56, y + 236, w - 112, 104}, .lines = 2, .leading = 1.12, .top = true};
    char text[MONITOR_TEXT * 3];

    sentence(wall, "ja", call, call->room, text, sizeof text);
    page_block(&wall->page, &big, &block, text);
    if (call->room_en[0] || call->payment) {
        sentence(wall, "en", call, call->room_en, text, sizeof text);
        page_block(&wall->page, &small, &below, text);
    }
    wall_text(wall, 104, FACE_BOLD, THEME_INK, ALIGN_RIGHT, w - 56, y + UPRIGHT_WORDS - 48, 0,
              wall->view->clock);
}

static void stage_upright(struct wall *wall, const struct monitor_call *call, double top,
                          double shift)
{
    double w = wall->page.width, h = wall->page.height - UPRIGHT_WORDS, half = h * 0.6;
    struct box plate = {0, top, w, half};
    struct room_plate room = {.box = {0, top + half, w, h - half},
                              .look = PLATE_LIVE,
                              .name = call->room,
                              .first = 168,
                              .door = 140};
    double px = wall_number_px(664, w - 96 - 174, wall_glyphs(2, call->number));

    page_fill(&wall->page, (struct box){0, top, w, h}, call->payment ? THEME_WHITE : THEME_AI);
    page_fill(&wall->page, (struct box){0, top + h, w, wall->page.height - h}, THEME_PAPER);
    if (call->payment) {
        room.look = PLATE_PAYMENT;
        room.edge = 10;
        room.box = (struct box){36, top + half + 48, w - 72, h - half - 84};
    } else {
        plate.h += 110; /* the point reaches into the room */
        room.box.y += 110;
        room.box.h -= 110;
    }
    wall_room(wall, &room);
    pointing_plate(wall, plate, POINT_DOWN, 150, call->payment ? 10 : 0, shift);
    wall_text(wall, 80, FACE_BOLD, THEME_INK, ALIGN_LEFT, 56, top + 130, w - 112,
              wall_words(wall, "monitor.calling"));
    if (call->party_count > 0)
        wall_called(wall, (struct box){24, top + 160, w - 48, half - 210}, px, 0, call);
    else
        wall_number(wall, (struct box){0, top + 130, w, half - 260}, px, 150, call->number);
    upright_sentences(wall, call, top + h);
}

static void stage_at(struct wall *wall, const struct monitor_call *call, double top, double shift)
{
    if (wall->page.width < wall->page.height)
        stage_upright(wall, call, top, shift);
    else
        stage_wide(wall, call, top, shift);
}

void monitor_stage(struct wall *wall)
{
    const struct monitor_view *view = wall->view;
    double part = cover(view), push = (double)view->stage_ms / PUSH_MS;
    SDL_Rect clip = clip_at(wall, part);

    wall->page.shift_x = 0;
    wall->page.shift_y = 0;
    if (part <= 0 || clip.w <= 0 || clip.h <= 0)
        return;
    if (part < 1)
        SDL_RenderSetClipRect(wall->page.canvas->renderer, &clip);
    if (view->stage_before.number[0] && push < 1 && !view->reduce_motion) {
        double up = wall->page.height * ease_out(push);

        stage_at(wall, &view->stage_before, -up, 0);
        stage_at(wall, &view->stage, wall->page.height - up, 0);
    } else {
        stage_at(wall, &view->stage, 0, tip_shift(view));
    }
    SDL_RenderSetClipRect(wall->page.canvas->renderer, NULL);
}
