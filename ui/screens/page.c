#include "page.h"

#include "catalogue.h"
#include "utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Ink of a kanji and of a digit or capital, in em; distance over height that can be read. */
#define KANJI_EM       0.95
#define LATIN_EM       0.81
#define KANJI_DISTANCE 200
#define LATIN_DISTANCE 300

enum { COUNT_MAX = 999 };

static int floor_px(double mm, double em, double pixel_mm)
{
    return mm > 0 ? (int)ceil(mm / em / pixel_mm - 1e-9) : 0;
}

void page_begin(struct page *page, struct canvas *canvas, const char *language, double scale,
                double pixel_mm, const struct page_view_mm *view)
{
    struct text_floors floors = {0};

    floors.kanji[TIER_A] = floor_px(view->a / KANJI_DISTANCE, KANJI_EM, pixel_mm);
    floors.latin[TIER_A] = floor_px(view->a / LATIN_DISTANCE, LATIN_EM, pixel_mm);
    floors.kanji[TIER_B] = floor_px(view->b_kanji, KANJI_EM, pixel_mm);
    floors.latin[TIER_B] = floor_px(view->b_latin, LATIN_EM, pixel_mm);
    text_set_floors(canvas->text, &floors);
    *page = (struct page){
        .canvas = canvas,
        .language = language,
        .scale = scale,
        .width = canvas->width / scale,
        .height = canvas->height / scale,
        .pixel_mm = pixel_mm,
    };
}

int page_px(const struct page *page, double design)
{
    return (int)lround(design * page->scale);
}

SDL_Rect page_rect(const struct page *page, struct box box)
{
    int x = page_px(page, box.x), y = page_px(page, box.y);

    return (SDL_Rect){x + page->shift_x, y + page->shift_y, page_px(page, box.x + box.w) - x,
                      page_px(page, box.y + box.h) - y};
}

const char *page_find(struct page *page, const char *key)
{
    return catalogue_find(canvas_words(page->canvas, page->language), key);
}

const char *page_words(struct page *page, const char *key)
{
    const char *words = page_find(page, key);

    if (words)
        return words;
    text_problem(page->canvas->text, "no words for", key);
    return catalogue_get(canvas_words(page->canvas, "ja"), key);
}

static int line_px(const struct page *page, double thick)
{
    int px = page_px(page, thick);

    return px > 0 ? px : 1;
}

void page_fill(struct page *page, struct box box, enum theme_colour colour)
{
    shape_fill(page->canvas, page_rect(page, box), colour);
}

void page_frame(struct page *page, struct box box, double line, enum theme_colour colour)
{
    shape_frame(page->canvas, page_rect(page, box), line_px(page, line), colour);
}

void page_rule(struct page *page, double x, double y, double w, double thick,
               enum theme_colour colour)
{
    SDL_Rect area = page_rect(page, (struct box){x, y, w, thick});

    area.h = line_px(page, thick);
    shape_fill(page->canvas, area, colour);
}

void page_icon(struct page *page, struct box box, enum icon icon, enum theme_colour colour)
{
    shape_icon(page->canvas, page_rect(page, box), icon, colour);
}

struct text_style page_style(struct page *page, const struct type *type, const char *text)
{
    struct text_style style = {
        .face = type->face,
        .px = page_px(page, type->px),
        .colour = type->colour,
        .tier = type->tier,
        .language = type->language ? type->language : page->language,
    };
    int least = text_least_px(page->canvas->text, &style, text);

    if (style.px < least)
        style.px = least;
    return style;
}

double page_text_width(struct page *page, const struct type *type, const char *text)
{
    struct text_style style = page_style(page, type, text);

    return text_width(page->canvas->text, &style, text) / page->scale;
}

/* Shrinks the style until the text is no wider than width pixels; false at the floor. */
static bool shrink(struct page *page, struct text_style *style, int width, const char *text)
{
    int least = text_least_px(page->canvas->text, style, text);
    int now = text_width(page->canvas->text, style, text);

    while (now > width && style->px > least && style->px > 1) {
        style->px--;
        now = text_width(page->canvas->text, style, text);
    }
    return now <= width;
}

double page_text(struct page *page, const struct type *type, enum text_align align, double x,
                 double baseline, double width, const char *text)
{
    struct text_style style = page_style(page, type, text);
    char bare[TEXT_LINE_SIZE];

    if (width > 0 && !shrink(page, &style, page_px(page, width), text)) {
        utf8_strip_ruby(text, bare, sizeof bare); /* rather without furigana than cut off */
        text = bare;
        style = page_style(page, type, text);
        if (!shrink(page, &style, page_px(page, width), text))
            text_problem(page->canvas->text, "does not fit", text);
    }
    return text_draw(page->canvas->text, &style, align, page_px(page, x) + page->shift_x,
                     page_px(page, baseline) + page->shift_y, text) /
           page->scale;
}

double page_block(struct page *page, const struct type *type, const struct block *block,
                  const char *text)
{
    struct text_style style = page_style(page, type, text);
    struct text_block in = {
        .box = page_rect(page, block->box),
        .align = block->align,
        .lines_max = block->lines,
        .leading = block->leading,
        .top = block->top,
        .shrink_first = block->shrink_first,
    };

    return text_block_draw(page->canvas->text, &style, &in, text) / page->scale;
}

double page_least_width(struct page *page, const struct type *type, const char *text)
{
    struct text_style style = page_style(page, type, text);
    int least = text_least_px(page->canvas->text, &style, text);

    style.px = least > 0 && least < style.px ? least : style.px;
    return text_width(page->canvas->text, &style, text) / page->scale;
}

/* The three parts of a rich line in canvas pixels. */
struct rich_line {
    struct text_style words, number;
    char before[TEXT_LINE_SIZE], after[TEXT_LINE_SIZE];
    int gap;
};

static int rich_measure(struct page *page, const struct rich *rich, struct rich_line *line)
{
    struct text_cache *text = page->canvas->text;
    int before = text_width(text, &line->words, line->before);
    int after = text_width(text, &line->words, line->after);

    line->gap = line->number.px / 10;
    if (line->gap < line->words.px / 5)
        line->gap = line->words.px / 5;
    return before + (before ? line->gap : 0) + text_width(text, &line->number, rich->n) +
           (after ? line->gap + after : 0);
}

static void rich_part(const char *pattern, struct rich_line *line)
{
    const char *mark = strstr(pattern, "{n}");
    size_t length = mark ? (size_t)(mark - pattern) : strlen(pattern);
    const char *after = mark ? mark + strlen("{n}") : "";

    while (length > 0 && pattern[length - 1] == ' ')
        length--; /* the gap stands for the space */
    snprintf(line->before, sizeof line->before, "%.*s", (int)length, pattern);
    snprintf(line->after, sizeof line->after, "%s", after + strspn(after, " "));
}

/* Shrinks both types until the line is no wider than limit; false at the floor. */
static bool rich_shrink(struct page *page, const struct rich *rich, struct rich_line *line,
                        int limit, int *ret_width)
{
    int least = text_least_px(page->canvas->text, &line->words, rich->pattern);

    *ret_width = rich_measure(page, rich, line);
    while (limit > 0 && *ret_width > limit) {
        if (line->words.px <= least || line->words.px < 2)
            return false;
        line->words.px--;
        if (line->number.px > line->words.px)
            line->number.px--;
        *ret_width = rich_measure(page, rich, line);
    }
    return true;
}

static int rich_prepare(struct page *page, const struct rich *rich, struct rich_line *line)
{
    int width, limit = page_px(page, rich->width);
    char bare[TEXT_LINE_SIZE];

    line->words = page_style(page, rich->words, rich->pattern);
    line->number = page_style(page, rich->number, rich->n);
    rich_part(rich->pattern, line);
    if (rich_shrink(page, rich, line, limit, &width))
        return width;
    utf8_strip_ruby(rich->pattern, bare, sizeof bare);
    rich_part(bare, line);
    if (!rich_shrink(page, rich, line, limit, &width))
        text_problem(page->canvas->text, "does not fit", rich->pattern);
    return width;
}

double page_rich_width(struct page *page, const struct rich *rich)
{
    struct rich_line line;

    return rich_prepare(page, rich, &line) / page->scale;
}

double page_rich(struct page *page, const struct rich *rich, enum text_align align, double x,
                 double baseline)
{
    struct text_cache *text = page->canvas->text;
    struct rich_line line;
    int width = rich_prepare(page, rich, &line);
    int y = page_px(page, baseline) + page->shift_y;
    int at = page_px(page, x) + page->shift_x;

    if (align == ALIGN_RIGHT)
        at -= width;
    else if (align == ALIGN_CENTRE)
        at -= width / 2;
    if (*line.before)
        at += text_draw(text, &line.words, ALIGN_LEFT, at, y, line.before) + line.gap;
    at += text_draw(text, &line.number, ALIGN_LEFT, at, y, rich->n) + line.gap;
    text_draw(text, &line.words, ALIGN_LEFT, at, y, line.after);
    return width / page->scale;
}

struct page_count page_count(struct page *page, const char *key, int count)
{
    struct page_count ret;
    char many[64];

    if (count > COUNT_MAX)
        snprintf(many, sizeof many, "%s_many", key);
    ret.pattern = page_words(page, count > COUNT_MAX ? many : key);
    snprintf(ret.n, sizeof ret.n, "%d", count > COUNT_MAX ? COUNT_MAX : count < 0 ? 0 : count);
    return ret;
}
