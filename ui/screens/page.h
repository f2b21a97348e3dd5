/* One screen while it is drawn. Layouts are written in design pixels (those of the pictures they
 * were drawn from); the page turns them into pixels of the canvas. Texts never fall under the
 * height that their distance asks for, whatever the scale.
 */
#ifndef MACHIAI_SCREENS_PAGE_H
#define MACHIAI_SCREENS_PAGE_H

#include "canvas.h"
#include "shape.h"
#include "text.h"

struct page {
    struct canvas *canvas;
    const char *language;
    double scale;         /* canvas pixels of a design pixel */
    double width, height; /* of the canvas, in design pixels */
    double pixel_mm;
    int shift_x, shift_y; /* canvas pixels, against burn-in */
};

struct box {
    double x, y, w, h; /* design pixels */
};

/* How a text is set. */
struct type {
    double px;
    enum text_face face;
    enum theme_colour colour;
    enum text_tier tier;
    const char *language; /* NULL = the page's */
};

/* Distances in mm behind the tiers: see kiosk look, "Type". */
struct page_view_mm {
    double a;                /* where tier A is read from */
    double b_kanji, b_latin; /* tier B: ink heights, for who touches the screen; 0 = none */
};

void page_begin(struct page *page, struct canvas *canvas, const char *language, double scale,
                double pixel_mm, const struct page_view_mm *view);

int page_px(const struct page *page, double design);
SDL_Rect page_rect(const struct page *page, struct box box);
/* The words of a key; page_find() gives NULL when there are none. */
const char *page_words(struct page *page, const char *key);
const char *page_find(struct page *page, const char *key);

void page_fill(struct page *page, struct box box, enum theme_colour colour);
void page_frame(struct page *page, struct box box, double line, enum theme_colour colour);
/* A rule: thickness 4 or 3 = strong, 2 = hair; never less than a pixel. */
void page_rule(struct page *page, double x, double y, double w, double thick,
               enum theme_colour colour);
void page_icon(struct page *page, struct box box, enum icon icon, enum theme_colour colour);

/* The size in canvas pixels at which this text would be set, its floor included. */
struct text_style page_style(struct page *page, const struct type *type, const char *text);
double page_text_width(struct page *page, const struct type *type, const char *text);

/* One line on a baseline; width 0 = as wide as it is, else it shrinks to its floor. Returns its
 * width. */
double page_text(struct page *page, const struct type *type, enum text_align align, double x,
                 double baseline, double width, const char *text);

struct block {
    struct box box;
    enum text_align align;
    int lines;
    double leading;
    bool top, shrink_first;
};

/* A text in a box; returns the height used. */
double page_block(struct page *page, const struct type *type, const struct block *block,
                  const char *text);

/* Width of the text at the least size of its tier: what a box must have for one line. */
double page_least_width(struct page *page, const struct type *type, const char *text);

/* A line with one number in it: the pattern's {n} is set in the number's own type, and a thin gap
 * stands about it. */
struct rich {
    const struct type *words, *number;
    const char *pattern, *n;
    double width; /* 0 = free */
};

double page_rich(struct page *page, const struct rich *rich, enum text_align align, double x,
                 double baseline);
double page_rich_width(struct page *page, const struct rich *rich);

/* "12", or "999" from 1000 on; the words for so many come from key or key + "_many". */
struct page_count {
    char n[8];
    const char *pattern;
};

struct page_count page_count(struct page *page, const char *key, int count);

#endif
