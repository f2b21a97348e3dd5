/* A page while it is laid out: measured with draw == false, at ever smaller letters, until all of
 * it fits, then drawn by the same functions. All lengths are pixels unless they are said to be of
 * the design.
 */
#ifndef MACHIAI_SCREENS_TEMPLATE_INK_H
#define MACHIAI_SCREENS_TEMPLATE_INK_H

#include "canvas.h"
#include "template_file.h"

struct template_ink {
    struct canvas *canvas;
    const struct catalogue *words;
    const struct template *template;
    const struct template_page *page;
    const char *clinic;
    const SDL_Surface *photos[TEMPLATE_PHOTOS_MAX]; /* as in the template; NULL = none */
    double scale;                                   /* pixels of a design pixel */
    double shrink;                                  /* of letters and air; 1 = as designed */
    bool draw;
};

enum { TEMPLATE_NO_FIT = -1 };

/* Puts an item's top left corner at the room's; the room's height is not looked at. Returns the
 * height, 0 when there is nothing to show, TEMPLATE_NO_FIT when it is too wide or has too many
 * lines. */
int template_item(struct template_ink *ink, const struct template_item *item, enum text_align align,
                  SDL_Rect room);
int template_item_table(struct template_ink *ink, const struct template_item *item, SDL_Rect room);
int template_item_week(struct template_ink *ink, const struct template_item *item, SDL_Rect room);
int template_item_calendar(struct template_ink *ink, const struct template_item *item,
                           SDL_Rect room);

/* An item's letters for this text: never under the floor of the distance. */
struct text_style template_style(const struct template_ink *ink, const struct template_item *item,
                                 const char *text);
int template_px(const struct template_ink *ink, double design);
int template_text_width(const struct template_ink *ink, const struct text_style *style,
                        const char *text);
/* Draws one line from the em box's top, if this is the drawing. */
void template_line(struct template_ink *ink, const struct text_style *style, enum text_align align,
                   int x, int top, const char *text);
void template_fill(struct template_ink *ink, SDL_Rect area, enum theme_colour colour);

/* A field as it is read: a date is written out. "" when the page lacks it. */
void template_field_text(const struct template_ink *ink, const char *field, char *ret, size_t size);

enum { TEMPLATE_CELL_SIZE = 96 };

struct template_row {
    char cells[TEMPLATE_CELLS_MAX][TEMPLATE_CELL_SIZE];
    int count;
};

/* The rows of a field; dates among the cells are written out. */
int template_rows(const struct template_ink *ink, const char *field,
                  struct template_row ret[TEMPLATE_ROWS_MAX]);

/* The template's own layout for a place of this size, drawn. false: it does not fit, and nothing
 * was drawn. */
bool template_arrange(struct template_ink *ink, const struct templates *templates, int width,
                      int height);
/* The same question without drawing. */
bool template_arranges(struct template_ink *ink, int width, int height);

/* The page as a plain column of its texts, sheet by sheet, its photographs last. Returns how many
 * sheets there are. */
int template_flow(struct template_ink *ink, int width, int height, int sheet);

/* Draws the picture, cut to the area. */
void template_picture(struct template_ink *ink, const SDL_Surface *picture, SDL_Rect area,
                      struct photo_focus focus, enum template_shape shape);

#endif
