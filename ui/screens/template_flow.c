/* A page as a plain column of its texts: where the room is too small for its layout, and for
 * templates that this kiosk does not know. What does not fit on one sheet goes on the next, under
 * the same title.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "shape.h"
#include "template_ink.h"
#include "template_press.h"
#include "utf8.h"

/* In em of the letters. */
#define PITCH      1.3
#define TITLE_SIZE 1.12
#define BESIDE     0.55
#define TITLE_AIR  0.32
#define PART_GAP   0.3

/* Letters grow by this as long as all stands on one sheet, up to so many times the least. */
#define GROWTH      1.08
#define GROWTH_MOST 1.9

enum { LINES_MAX = 64, TITLE_LINES_MAX = 2 };

struct flow_line {
    char text[TEXT_LINE_SIZE];
    bool part; /* a new field begins */
};

struct flow {
    struct text_style title, body;
    int margin;
    struct text_lines head;
    struct flow_line lines[LINES_MAX];
    int count;
    bool torn;     /* a phrase is wider than the room */
    SDL_Rect room; /* under the title */
    int from[TEMPLATE_SHEETS_MAX + 1], sheets;
};

/* Breaks a text into as many lines as it needs; without its furigana, which has no room here. */
static void add(struct template_ink *ink, struct flow *flow, const char *marked)
{
    char bare[TEMPLATE_TEXT_SIZE + TEMPLATE_WORDS_SIZE];
    const char *text = bare;
    bool part = true;

    utf8_strip_ruby(marked, bare, sizeof bare);
    while (*text && flow->count < LINES_MAX) {
        struct text_lines lines;
        size_t taken =
            text_wrap(ink->canvas->text, &flow->body, flow->room.w, TEXT_LINES_MAX, text, &lines);

        if (taken == 0)
            return;
        flow->torn |= lines.torn;
        for (int i = 0; i < lines.count && flow->count < LINES_MAX; i++) {
            snprintf(flow->lines[flow->count].text, TEXT_LINE_SIZE, "%s", lines.line[i]);
            flow->lines[flow->count++].part = part;
            part = false;
        }
        text += taken;
    }
}

/* The words that stand before a field in the layouts. */
static const char *label_of(const struct template_ink *ink, const char *field)
{
    const struct template_layout *layout = &ink->template->wide;

    for (int i = 0; i < layout->item_count; i++)
        for (int f = 0; f < layout->items[i].fact_count; f++)
            if (strcmp(layout->items[i].facts[f].field, field) == 0)
                return layout->items[i].facts[f].words;
    return NULL;
}

static void add_rows(struct template_ink *ink, struct flow *flow, const char *field)
{
    struct template_row rows[TEMPLATE_ROWS_MAX];
    int count = template_rows(ink, field, rows);

    for (int i = 0; i < count; i++) {
        char line[TEMPLATE_CELLS_MAX * (TEMPLATE_CELL_SIZE + 1)] = "";

        for (int c = 0; c < rows[i].count; c++)
            snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", c > 0 ? " " : "",
                     rows[i].cells[c]);
        add(ink, flow, line);
    }
}

static void add_field(struct template_ink *ink, struct flow *flow, const char *field)
{
    const struct template_field *declared =
        ink->template ? template_field_named(ink->template, field) : NULL;
    const char *label = ink->template ? label_of(ink, field) : NULL;
    char text[TEMPLATE_TEXT_SIZE], both[TEMPLATE_TEXT_SIZE + TEMPLATE_WORDS_SIZE];

    if (declared && declared->type >= TEMPLATE_ROWS) {
        add_rows(ink, flow, field);
        return;
    }
    if (ink->template)
        template_field_text(ink, field, text, sizeof text);
    else
        snprintf(text, sizeof text, "%s", template_page_text(ink->page, field));
    if (label && *text)
        catalogue_fill(both, sizeof both, catalogue_get(ink->words, "template.fact"), "label",
                       label, "text", text, NULL);
    else
        snprintf(both, sizeof both, "%s", text);
    add(ink, flow, both);
}

/* The name of the field at this place: of the template, else of the page. */
static const char *field_at(const struct template_ink *ink, int index)
{
    if (ink->template)
        return index < ink->template->field_count ? ink->template->fields[index].name : NULL;
    return index < ink->page->field_count ? ink->page->fields[index].name : NULL;
}

/* The band of the title; without one, the margin above the text. */
static int title_height(const struct flow *flow)
{
    if (flow->head.count == 0)
        return flow->margin * 2 / 3;
    return (int)(flow->title.px * (1 + PITCH * (flow->head.count - 1) + 2 * TITLE_AIR));
}

static void take_title(struct template_ink *ink, struct flow *flow, int width)
{
    const char *title = field_at(ink, 0);
    char bare[TEMPLATE_TEXT_SIZE];

    flow->head = (struct text_lines){0};
    utf8_strip_ruby(title ? template_page_text(ink->page, title) : "", bare, sizeof bare);
    if (!*bare)
        return;
    text_wrap(ink->canvas->text, &flow->title, width - 2 * flow->margin, TITLE_LINES_MAX, bare,
              &flow->head);
    if (!flow->head.whole)
        flow->head.count = 0; /* it runs with the rest */
}

/* Everything at this size of letters. */
static void begin(struct template_ink *ink, struct flow *flow, int px, int width, int height)
{
    const char *field;

    flow->body.px = px;
    flow->title.px = (int)lround(px * TITLE_SIZE);
    flow->margin = (int)lround(px * BESIDE);
    flow->count = 0;
    flow->torn = false;
    take_title(ink, flow, width);
    flow->room = (SDL_Rect){flow->margin, title_height(flow), width - 2 * flow->margin, 0};
    flow->room.y += flow->head.count > 0 ? px / 3 : 0;
    flow->room.h = height - flow->room.y - px / 4;
    for (int i = flow->head.count > 0 ? 1 : 0; (field = field_at(ink, i)); i++)
        add_field(ink, flow, field);
}

static int gap_before(const struct flow *flow, int line, int first)
{
    return line > first && flow->lines[line].part ? (int)(flow->body.px * PART_GAP) : 0;
}

/* Which line begins each sheet. At least one line stands on each. */
static void part(struct flow *flow)
{
    int pitch = (int)(flow->body.px * PITCH), used = 0;

    flow->sheets = 0;
    for (int i = 0; i < flow->count; i++) {
        int need = pitch + gap_before(flow, i, flow->sheets ? flow->from[flow->sheets - 1] : 0);

        if (flow->sheets == 0 || used + need > flow->room.h + pitch - flow->body.px) {
            if (flow->sheets == TEMPLATE_SHEETS_MAX)
                break;
            flow->from[flow->sheets++] = i;
            need = pitch;
            used = 0;
        }
        used += need;
    }
    if (flow->sheets == 0)
        flow->from[flow->sheets++] = 0; /* the title alone */
    flow->from[flow->sheets] = flow->count;
}

/* Rather smaller than cut off: a word that is wider than the room. */
static void draw_line(struct template_ink *ink, struct text_style style, SDL_Rect room, int top,
                      const char *text)
{
    while (style.px > 8 && text_width(ink->canvas->text, &style, text) > room.w)
        style.px--;
    template_line(ink, &style, ALIGN_LEFT, room.x, top, text);
}

static void draw_sheet(struct template_ink *ink, const struct flow *flow, int width, int height,
                       int sheet)
{
    int first = flow->from[sheet], y = (int)(flow->title.px * TITLE_AIR);

    ink->draw = true;
    template_fill(ink, (SDL_Rect){0, 0, width, height}, THEME_PAPER);
    if (flow->head.count > 0)
        template_fill(ink, (SDL_Rect){0, 0, width, title_height(flow)}, THEME_AI);
    for (int i = 0; i < flow->head.count; i++)
        draw_line(ink, flow->title, flow->room, y + (int)(i * PITCH * flow->title.px),
                  flow->head.line[i]);
    y = flow->room.y;
    for (int i = first; i < flow->from[sheet + 1]; i++) {
        y += gap_before(flow, i, first);
        draw_line(ink, flow->body, flow->room, y, flow->lines[i].text);
        y += (int)(flow->body.px * PITCH);
    }
}

/* The largest letters with which all stands on one sheet, else the least. */
static void choose_size(struct template_ink *ink, struct flow *flow, int width, int height)
{
    struct template_item body = {.px = 20, .face = FACE_BOLD, .colour = THEME_INK};
    int least, px;

    flow->body = template_style(ink, &body, "国");
    flow->title = flow->body;
    flow->title.colour = THEME_WHITE;
    least = flow->body.px;
    for (px = (int)(least * GROWTH_MOST); px > least; px = (int)(px / GROWTH)) {
        begin(ink, flow, px, width, height);
        part(flow);
        if (flow->sheets == 1 && !flow->torn && flow->count < LINES_MAX)
            return;
    }
    begin(ink, flow, least, width, height);
    part(flow);
}

int template_flow(struct template_ink *ink, int width, int height, int sheet)
{
    static const struct photo_focus middle = {0.5, 0.4};
    struct flow *flow = calloc(1, sizeof *flow);
    int sheets, photos = 0;

    if (!flow)
        return 0;
    ink->scale = 1;
    ink->shrink = 1;
    ink->draw = false;
    choose_size(ink, flow, width, height);
    for (int i = 0; i < TEMPLATE_PHOTOS_MAX; i++)
        photos += ink->photos[i] != NULL;
    sheets = flow->sheets + photos;
    sheet = (sheet % sheets + sheets) % sheets;
    if (sheet < flow->sheets)
        draw_sheet(ink, flow, width, height, sheet);
    photos = sheet - flow->sheets;
    for (int i = 0; i < TEMPLATE_PHOTOS_MAX && photos >= 0; i++)
        if (ink->photos[i] && photos-- == 0)
            template_picture(ink, ink->photos[i], (SDL_Rect){0, 0, width, height}, middle,
                             TEMPLATE_SQUARE);
    free(flow);
    return sheets;
}
