/* The parts of a stack: texts, labelled facts, rules. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "shape.h"
#include "template_date.h"
#include "template_ink.h"
#include "utf8.h"

/* Where the baseline stands in a line of one em; furigana above it. */
#define ABOVE_BASELINE 0.87
#define RUBY_EM        0.5
/* About a plate's words, and between two facts, in em. */
#define PLATE_SIDE 0.45
#define PLATE_HEAD 0.22
#define FACT_GAP   0.42
/* What stands between digits, to them. */
#define BETWEEN_FIGURES 0.58

enum { BALANCED_LINES_MAX = 3 };

int template_px(const struct template_ink *ink, double design)
{
    return (int)lround(design * ink->scale);
}

static struct text_style style_at(const struct template_ink *ink, double px, enum text_face face,
                                  enum theme_colour colour, const char *text)
{
    struct text_style style = {.face = face,
                               .px = (int)lround(px * ink->scale * ink->shrink),
                               .colour = colour,
                               .tier = TIER_A,
                               .language = "ja"};
    int least = text_least_px(ink->canvas->text, &style, text);

    if (style.px < least)
        style.px = least;
    return style;
}

struct text_style template_style(const struct template_ink *ink, const struct template_item *item,
                                 const char *text)
{
    return style_at(ink, item->px, item->face, item->colour, text);
}

int template_text_width(const struct template_ink *ink, const struct text_style *style,
                        const char *text)
{
    return text_width(ink->canvas->text, style, text);
}

void template_line(struct template_ink *ink, const struct text_style *style, enum text_align align,
                   int x, int top, const char *text)
{
    if (ink->draw && *text)
        text_draw(ink->canvas->text, style, align, x, top + (int)lround(style->px * ABOVE_BASELINE),
                  text);
}

void template_fill(struct template_ink *ink, SDL_Rect area, enum theme_colour colour)
{
    if (ink->draw)
        shape_fill(ink->canvas, area, colour);
}

void template_field_text(const struct template_ink *ink, const char *field, char *ret, size_t size)
{
    const struct template_field *declared = template_field_named(ink->template, field);
    const char *text = template_page_text(ink->page, field);

    if (declared && declared->type == TEMPLATE_DATE)
        template_date_write(ink->words, text, ret, size);
    else
        snprintf(ret, size, "%s", text);
}

static int edge(enum text_align align, SDL_Rect room, int width)
{
    if (align == ALIGN_CENTRE)
        return room.x + (room.w - width) / 2;
    return align == ALIGN_RIGHT ? room.x + room.w - width : room.x;
}

/* -- running text -------------------------------------------------------------------------------
 */

/* Lines of about the same length, where that costs no line more: a last line of two letters is what
 * a printer would not let stand. */
static void balance(const struct template_ink *ink, const struct text_style *style, int width,
                    const char *text, struct text_lines *lines)
{
    struct text_lines narrower;
    int count = lines->count;

    if (!lines->whole || count < 2 || count > BALANCED_LINES_MAX)
        return;
    for (int at = width - style->px / 2; at > width / count; at -= style->px / 2) {
        text_wrap(ink->canvas->text, style, at, count, text, &narrower);
        if (!narrower.whole || narrower.torn || narrower.count != count)
            return;
        *lines = narrower;
    }
}

static int lines_height(const struct text_lines *lines, int px, double leading)
{
    double em = 1 + leading * (lines->count - 1);

    for (int i = 0; i < lines->count; i++)
        em += strstr(lines->line[i], "《") ? RUBY_EM : 0;
    return (int)ceil(px * em);
}

static void draw_lines(struct template_ink *ink, const struct text_style *style, double leading,
                       const struct text_lines *lines, enum text_align align, SDL_Rect room)
{
    int x = align == ALIGN_CENTRE  ? room.x + room.w / 2
            : align == ALIGN_RIGHT ? room.x + room.w
                                   : room.x;
    double y = room.y;

    for (int i = 0; i < lines->count; i++) {
        y += strstr(lines->line[i], "《") ? style->px * RUBY_EM : 0;
        template_line(ink, style, align, x, (int)y, lines->line[i]);
        y += style->px * leading;
    }
}

static int running(struct template_ink *ink, const struct text_style *style, int lines_max,
                   double leading, const char *text, enum text_align align, SDL_Rect room)
{
    struct text_lines lines;

    text_wrap(ink->canvas->text, style, room.w, lines_max, text, &lines);
    if (!lines.whole)
        return TEMPLATE_NO_FIT;
    balance(ink, style, room.w, text, &lines);
    if (ink->draw)
        draw_lines(ink, style, leading, &lines, align, room);
    return lines_height(&lines, style->px, leading);
}

/* -- figures: a date, a price, a time of day, its digits larger ----------------------------------
 */

static bool is_figure(const char *at, const char *end)
{
    return (*at >= '0' && *at <= '9') ||
           (strchr(":,.", *at) && *at && at + 1 < end && at[1] >= '0' && at[1] <= '9');
}

/* One line; returns its width. */
static int figure_line(struct template_ink *ink, const struct template_item *item, const char *text,
                       const char *end, int x, int top)
{
    struct text_style large = template_style(ink, item, "0");
    int width = 0;

    while (text < end) {
        char part[TEXT_LINE_SIZE];
        const char *stop = text;
        bool figure = is_figure(text, end);
        struct text_style style = large;

        while (stop < end && is_figure(stop, end) == figure)
            stop++;
        snprintf(part, sizeof part, "%.*s", (int)(stop - text), text);
        if (!figure)
            style = style_at(ink, item->px * BETWEEN_FIGURES, item->face, item->colour, part);
        template_line(ink, &style, ALIGN_LEFT, x + width,
                      top + (int)lround((large.px - style.px) * ABOVE_BASELINE), part);
        width += template_text_width(ink, &style, part);
        text = stop;
    }
    return width;
}

/* Where the line ends that begins at text: at the last space before it gets too wide; NULL = a word
 * alone is. A space that is not to be broken (before the end of a range) is one of UTF-8's. */
static const char *figure_break(struct template_ink *ink, const struct template_item *item,
                                const char *text, const char *end, int width)
{
    const char *best = NULL, *at = text;
    bool draw = ink->draw;

    ink->draw = false;
    while (at < end) {
        const char *space = memchr(at + 1, ' ', (size_t)(end - at - 1));
        const char *stop = space ? space : end;

        if (figure_line(ink, item, text, stop, 0, 0) > width)
            break;
        best = stop;
        at = stop;
    }
    ink->draw = draw;
    return best;
}

static int figures(struct template_ink *ink, const struct template_item *item, const char *text,
                   enum text_align align, SDL_Rect room)
{
    struct text_style large = template_style(ink, item, "0");
    const char *end = text + strlen(text);
    double height = 0;
    int lines = 0;

    while (text < end) {
        const char *stop = figure_break(ink, item, text, end, room.w);
        bool draw = ink->draw;
        int width;

        if (!stop || lines++ == item->lines)
            return TEMPLATE_NO_FIT;
        ink->draw = false;
        width = figure_line(ink, item, text, stop, 0, 0);
        ink->draw = draw;
        figure_line(ink, item, text, stop, edge(align, room, width), room.y + (int)height);
        height += large.px * (stop < end ? item->leading : 1);
        text = stop + strspn(stop, " ");
    }
    return (int)ceil(height);
}

/* -- a line on a plate ---------------------------------------------------------------------------
 */

static int plated(struct template_ink *ink, const struct template_item *item, const char *text,
                  enum text_align align, SDL_Rect room)
{
    struct text_style style = template_style(ink, item, text);
    int side = (int)lround(style.px * PLATE_SIDE), head = (int)lround(style.px * PLATE_HEAD);
    int width = template_text_width(ink, &style, text) + 2 * side;
    SDL_Rect plate = {edge(align, room, width), room.y, width, style.px + 2 * head};

    if (width > room.w)
        return TEMPLATE_NO_FIT;
    template_fill(ink, plate, item->plate);
    template_line(ink, &style, ALIGN_LEFT, plate.x + side, plate.y + head, text);
    return plate.h;
}

/* -- facts ---------------------------------------------------------------------------------------
 */

static int label_width(const struct template_ink *ink, const struct template_item *item)
{
    int widest = 0;

    for (int i = 0; i < item->fact_count; i++) {
        struct text_style style = template_style(ink, item, item->facts[i].words);
        int width = template_text_width(ink, &style, item->facts[i].words) +
                    2 * (int)lround(style.px * PLATE_SIDE);

        if (template_page_text(ink->page, item->facts[i].field)[0] && width > widest)
            widest = width;
    }
    return widest;
}

/* A label on its plate, and the words beside it. */
static int fact(struct template_ink *ink, const struct template_item *item,
                const struct template_fact *it, int label, SDL_Rect room)
{
    struct text_style head = template_style(ink, item, it->words), style;
    int pad = (int)lround(head.px * PLATE_HEAD), height;
    SDL_Rect plate = {room.x, room.y, label, head.px + 2 * pad};
    int aside = label + (int)lround(head.px * 0.6);
    char text[TEMPLATE_TEXT_SIZE];

    head.colour = THEME_WHITE;
    template_fill(ink, plate, THEME_AI);
    template_line(ink, &head, ALIGN_CENTRE, plate.x + plate.w / 2, plate.y + pad, it->words);
    template_field_text(ink, it->field, text, sizeof text);
    style = template_style(ink, item, text);
    room = (SDL_Rect){room.x + aside, room.y + pad, room.w - aside, 0};
    height = running(ink, &style, item->lines, item->leading, text, ALIGN_LEFT, room);
    if (height == TEMPLATE_NO_FIT)
        return TEMPLATE_NO_FIT;
    return height + 2 * pad > plate.h ? height + 2 * pad : plate.h;
}

static int facts(struct template_ink *ink, const struct template_item *item, SDL_Rect room)
{
    int label = label_width(ink, item), height = 0;
    int gap = (int)lround(item->px * ink->scale * ink->shrink * FACT_GAP);

    for (int i = 0; i < item->fact_count; i++) {
        SDL_Rect here = {room.x, room.y + height + (height > 0 ? gap : 0), room.w, 0};
        int one;

        if (!template_page_text(ink->page, item->facts[i].field)[0])
            continue;
        one = fact(ink, item, &item->facts[i], label, here);
        if (one == TEMPLATE_NO_FIT)
            return TEMPLATE_NO_FIT;
        height = here.y + one - room.y;
    }
    return height;
}

/* -- all -----------------------------------------------------------------------------------------
 */

static int rule(struct template_ink *ink, const struct template_item *item, enum text_align align,
                SDL_Rect room)
{
    int thick = template_px(ink, item->px), width = room.w;

    if (item->width > 0 && template_px(ink, item->width) < width)
        width = template_px(ink, item->width);
    thick = thick < 1 ? 1 : thick;
    template_fill(ink, (SDL_Rect){edge(align, room, width), room.y, width, thick}, item->colour);
    return thick;
}

/* The words alone, the field alone, or the field in the words' {}. */
static void item_words(const struct template_ink *ink, const struct template_item *item, char *ret,
                       size_t size)
{
    char text[TEMPLATE_TEXT_SIZE];
    const char *mark = strstr(item->words, "{}");

    if (item->kind == TEMPLATE_ITEM_CLINIC || item->kind == TEMPLATE_ITEM_WORDS) {
        snprintf(ret, size, "%s", item->kind == TEMPLATE_ITEM_CLINIC ? ink->clinic : item->words);
        return;
    }
    template_field_text(ink, item->field, text, sizeof text);
    if (mark && *text)
        snprintf(ret, size, "%.*s%s%s", (int)(mark - item->words), item->words, text,
                 mark + strlen("{}"));
    else
        snprintf(ret, size, "%s", text);
}

static int words(struct template_ink *ink, const struct template_item *item, enum text_align align,
                 SDL_Rect room)
{
    char text[TEMPLATE_TEXT_SIZE + TEMPLATE_WORDS_SIZE];
    struct text_style style;

    item_words(ink, item, text, sizeof text);
    if (!text[strspn(text, " \n")])
        return 0;
    if (item->plate != THEME_COLOURS)
        return plated(ink, item, text, align, room);
    if (item->figures)
        return figures(ink, item, text, align, room);
    style = template_style(ink, item, text);
    return running(ink, &style, item->lines, item->leading, text, align, room);
}

int template_item(struct template_ink *ink, const struct template_item *item, enum text_align align,
                  SDL_Rect room)
{
    switch (item->kind) {
    case TEMPLATE_ITEM_RULE:
        return rule(ink, item, align, room);
    case TEMPLATE_ITEM_FACTS:
        return facts(ink, item, room);
    case TEMPLATE_ITEM_TABLE:
        return template_item_table(ink, item, room);
    case TEMPLATE_ITEM_WEEK:
        return template_item_week(ink, item, room);
    case TEMPLATE_ITEM_CALENDAR:
        return template_item_calendar(ink, item, room);
    default:
        return words(ink, item, align, room);
    }
}
