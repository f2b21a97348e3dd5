#include "monitor.h"

#include "monitor_parts.h"

#include <math.h>
#include <string.h>

/* Drawn for a 32" television at 3 m. A smaller one, or a longer room, gets everything larger and
 * less of it. */
#define DRAWN_PIXEL_MM (708.0 / 1920)
#define DRAWN_VIEW_M   3.0
#define SCALE_MOST     1.6
#define FILM_SCALE     1.15 /* beyond this the film gives its place to the numbers */

enum {
    SAFE_MARGIN = 48,
    PANEL_GAP = 16,
    /* of the desks to what is above them */ UPRIGHT_FOOT = 486,
    UPRIGHT_NAME_LINE = 56
};

static const double drawn_w = 1920, drawn_h = 1080;

static double drawn_scale(const struct canvas *canvas)
{
    bool upright = canvas->width < canvas->height;
    double across = canvas->width / (upright ? drawn_h : drawn_w);
    double down = canvas->height / (upright ? drawn_w : drawn_h);

    return across < down ? across : down;
}

static enum monitor_layout layout_of(const struct wall *wall, double growth)
{
    const struct monitor_view *view = wall->view;
    bool film = view->video && growth <= FILM_SCALE;

    if (!view->queue && view->video)
        return LAYOUT_FILM;
    if (wall->page.width < wall->page.height)
        return LAYOUT_UPRIGHT;
    if (!film || view->desk_count == 0)
        return LAYOUT_BOARD;
    if (wall->desk_count + (wall->payment ? 1 : 0) == 1)
        return LAYOUT_ONE;
    return wall->desk_count <= 3 ? LAYOUT_FEW : LAYOUT_MANY;
}

static struct box film_of(const struct wall *wall)
{
    static const double widths[] = {
        [LAYOUT_ONE] = 1280, [LAYOUT_FEW] = 960, [LAYOUT_MANY] = 640, [LAYOUT_UPRIGHT] = 1080};
    struct box film = {0, 0, wall->page.width, wall->page.width * 9 / 16};

    if (wall->layout == LAYOUT_BOARD || (wall->layout == LAYOUT_UPRIGHT && !wall->view->video))
        return (struct box){0, 0, 0, 0};
    if (wall->layout == LAYOUT_FILM) {
        if (film.h > wall->page.height) {
            film.w = wall->page.height * 16 / 9;
            film.h = wall->page.height;
            film.x = (wall->page.width - film.w) / 2;
        }
        return film;
    }
    film.w = wall->layout == LAYOUT_UPRIGHT ? wall->page.width
                                            : widths[wall->layout] / drawn_w * wall->page.width;
    film.h = film.w * 9 / 16;
    if (wall->view->swapped && wall->layout != LAYOUT_UPRIGHT)
        film.x = wall->page.width - film.w;
    return film;
}

void wall_side(struct wall *wall, enum wall_side side, double gutter)
{
    double by = side == SIDE_FILM ? wall->film.x : SAFE_MARGIN - wall->film.w - gutter;

    wall->page.shift_x = wall->view->shift_x;
    if (wall->view->swapped)
        wall->page.shift_x += page_px(&wall->page, by);
}

/* With the calls above it the film stands on the foot: then the calls keep clear of the edge. */
void wall_upright(struct wall *wall, struct upright *ret)
{
    double film = wall->film.w > 0 ? wall->film.h : 0;

    ret->end =
        wall->page.height - UPRIGHT_FOOT - UPRIGHT_NAME_LINE * (wall_name_lines_upright(wall) - 1);
    ret->film =
        wall->view->swapped ? ret->end - film - 1 : 0; /* the foot's rule is not the film's */
    ret->top = film <= 0 ? SAFE_MARGIN : wall->view->swapped ? SAFE_MARGIN - PANEL_GAP : film;
    ret->foot = wall->view->swapped ? ret->film : ret->end;
}

void wall_begin(struct wall *wall, struct canvas *canvas, const struct monitor_view *view)
{
    bool upright = canvas->width < canvas->height;
    double scale = drawn_scale(canvas), view_m = view->view_m > 0 ? view->view_m : DRAWN_VIEW_M;
    double pixel_mm = canvas->pixel_mm > 0
                          ? canvas->pixel_mm
                          : DRAWN_PIXEL_MM * (upright ? drawn_h : drawn_w) / canvas->width;
    double growth = DRAWN_PIXEL_MM / (pixel_mm * scale) * view_m / DRAWN_VIEW_M;
    struct page_view_mm distances = {view_m * 1000, 0, 0};

    growth = fmin(fmax(growth, 1), SCALE_MOST);
    *wall = (struct wall){.view = view};
    page_begin(&wall->page, canvas, "ja", scale * growth, pixel_mm, &distances);
    wall->page.shift_x = view->shift_x;
    wall->page.shift_y = view->shift_y;
    for (int i = 0; i < view->desk_count && i < MONITOR_DESKS_MAX; i++) {
        if (view->desks[i].payment && !wall->payment)
            wall->payment = &view->desks[i];
        else
            wall->desks[wall->desk_count++] = &view->desks[i];
    }
    wall->layout = layout_of(wall, growth);
    wall->film = film_of(wall);
    if (wall->layout == LAYOUT_UPRIGHT && view->queue && view->desk_count > 0) {
        struct upright place;

        wall_upright(wall, &place);
        wall->film.y = place.film;
    }
}

SDL_Rect monitor_film_area(const struct canvas *canvas, const struct monitor_view *view)
{
    struct canvas at = *canvas; /* measuring draws nothing; the catalogue is not needed */
    struct wall wall;
    SDL_Rect area;

    wall_begin(&wall, &at, view);
    wall.page.shift_x = 0;
    wall.page.shift_y = 0;
    area = page_rect(&wall.page, wall.film);
    if (area.w > 0)
        area.h = (int)lround(area.w * 9 / 16.0);
    return area;
}

int monitor_message_pages(struct canvas *canvas, const struct monitor_view *view)
{
    struct notice_place place;
    struct wall wall;

    wall_begin(&wall, canvas, view);
    return wall_notice_place(&wall, &place) ? wall_notice_pages(&wall, &place) : 1;
}

/* The paper about the film; the film itself is the caller's. */
static void ground(struct wall *wall, SDL_Rect film)
{
    int w = wall->page.canvas->width, h = wall->page.canvas->height;
    struct canvas *canvas = wall->page.canvas;

    shape_fill(canvas, (SDL_Rect){0, 0, w, film.y}, THEME_PAPER);
    shape_fill(canvas, (SDL_Rect){0, film.y, film.x, film.h}, THEME_PAPER);
    shape_fill(canvas, (SDL_Rect){film.x + film.w, film.y, w - film.x - film.w, film.h},
               THEME_PAPER);
    shape_fill(canvas, (SDL_Rect){0, film.y + film.h, w, h - film.y - film.h}, THEME_PAPER);
}

void monitor_draw(struct canvas *canvas, const struct monitor_view *view)
{
    static void (*const layouts[])(struct wall *) = {
        [LAYOUT_FILM] = monitor_film_only, [LAYOUT_ONE] = monitor_one,
        [LAYOUT_FEW] = monitor_few,        [LAYOUT_MANY] = monitor_many,
        [LAYOUT_BOARD] = monitor_board,    [LAYOUT_UPRIGHT] = monitor_upright,
    };
    struct wall wall;

    wall_begin(&wall, canvas, view);
    if (!monitor_stage_covers(view)) {
        ground(&wall, monitor_film_area(canvas, view));
        layouts[wall.layout](&wall);
        wall.page.shift_x = view->shift_x;
        if (view->provided && wall.film.w > 0)
            wall_provided(&wall);
    }
    if (view->stage.number[0])
        monitor_stage(&wall);
}
