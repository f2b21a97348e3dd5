#include "terminal.h"

#include "terminal_parts.h"

/* Panels that a terminal has by default, by their pixels: width of the lit area in mm. */
enum { MM_UPRIGHT = 268, MM_WIDE = 476, MM_TEN_INCH = 217, MM_SEVEN_INCH = 154 };
enum { LARGE_WIDE = 1600, SMALL_HEIGHT = 600 };

/* Tier A is read by the queue, 2 m away; tier B while touching. */
static const struct page_view_mm distances = {2000, 4.5, 3.5};

static const struct box drawn_at[FORMS] = {
    [FORM_UPRIGHT] = {0, 0, 1080, 1920},
    [FORM_WIDE] = {0, 0, 1280, 800},
    [FORM_SMALL] = {0, 0, 800, 480},
};

static enum form form_of(const struct canvas *canvas)
{
    if (canvas->width < canvas->height)
        return FORM_UPRIGHT;
    return canvas->height < SMALL_HEIGHT ? FORM_SMALL : FORM_WIDE;
}

static double guessed_pixel_mm(const struct canvas *canvas, enum form form)
{
    int mm = form == FORM_UPRIGHT          ? MM_UPRIGHT
             : form == FORM_SMALL          ? MM_SEVEN_INCH
             : canvas->width >= LARGE_WIDE ? MM_WIDE
                                           : MM_TEN_INCH;

    return (double)mm / canvas->width;
}

void sheet_begin(struct sheet *sheet, struct canvas *canvas, const struct terminal_view *view,
                 struct widgets *ret_widgets)
{
    enum form form = form_of(canvas);
    double across = canvas->width / drawn_at[form].w, down = canvas->height / drawn_at[form].h;
    double pixel_mm = canvas->pixel_mm > 0 ? canvas->pixel_mm : guessed_pixel_mm(canvas, form);

    *sheet = (struct sheet){
        .view = view, .widgets = ret_widgets, .form = form, .type = &terminal_types[form]};
    widgets_clear(ret_widgets);
    page_begin(&sheet->page, canvas, view->screen == TERMINAL_SETUP ? "ja" : view->language,
               across < down ? across : down, pixel_mm, &distances);
    sheet->stretch_x = sheet->page.width / drawn_at[form].w;
    sheet->stretch_y = sheet->page.height / drawn_at[form].h;
    page_fill(&sheet->page, (struct box){0, 0, sheet->page.width, sheet->page.height}, THEME_PAPER);
}

SDL_Rect terminal_name_area(const struct canvas *canvas)
{
    static const int parts = 3; /* of the width; the header's height and a little more */
    enum form form = form_of(canvas);
    int height = (int)(canvas->height * (form == FORM_UPRIGHT ? 0.07 : 0.13));

    return (SDL_Rect){0, 0, canvas->width * (parts - 1) / parts, height};
}

void terminal_draw(struct canvas *canvas, const struct terminal_view *view,
                   struct widgets *ret_widgets)
{
    static void (*const screens[TERMINAL_SCREENS])(struct sheet *) = {
        [TERMINAL_START] = terminal_start,     [TERMINAL_WAIT] = terminal_wait,
        [TERMINAL_TICKET] = terminal_ticket,   [TERMINAL_NO_SLIP] = terminal_no_slip,
        [TERMINAL_CLOSED] = terminal_closed,   [TERMINAL_UNAVAILABLE] = terminal_unavailable,
        [TERMINAL_SETUP] = terminal_setup,     [TERMINAL_CHECKIN] = terminal_checkin,
        [TERMINAL_PERSONS] = terminal_persons, [TERMINAL_REFUSED] = terminal_refused,
    };
    struct sheet sheet;

    sheet_begin(&sheet, canvas, view, ret_widgets);
    if (view->languages_open && sheet.form == FORM_SMALL)
        sheet_language_page(&sheet);
    else
        screens[view->screen](&sheet);
}
