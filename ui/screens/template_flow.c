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

/* In em of the letters. */
#define PITCH      1.3
#define TITLE_SIZE 1.12
#define BESIDE     0.55
#define TITLE_FOOT 0.35
#define PART_GAP   0.3

enum { LINES_MAX = 64, TITLE_LINES_MAX = 2 };

struct flow_line {
    char text[TEXT_LINE_SIZE];
    bool part; /* a new field begins */
};

struct flow {
    struct text_style title, body;
    struct text_lines head;
    struct flow_line lines[LINES_MAX];
    int count;
    SDL_Rect room; /* under the title */
    int from[TEMPLATE_SHEETS_MAX + 1], sheets;
};

/* Breaks a text into as many lines as it needs. */
static void add(struct template_ink *ink, struct flow *flow, const char *text)
{
    bool part = true;

    while (*text && flow->count < LINES_MAX) {
        struct text_lines lines;
        size_t taken =
            text_wrap(ink->canvas->text, &flow->body, flow->room.w, TEXT_LINES_MAX, text, &lines);

        if (taken == 0)
            return;
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

static int title_height(const struct flow *flow)
{
    return flow->head.count == 0 ? 0
                                 : (int)(flow->title.px * (PITCH * flow->head.count + TITLE_FOOT));
}

static void begin(struct template_ink *ink, struct flow *flow, int width, int height)
{
    struct template_item body = {.px = 20, .face = FACE_BOLD, .colour = THEME_INK};
    const char *title = field_at(ink, 0);
    int margin;

    flow->body = template_style(ink, &body, "国");
    flow->title = flow->body;
    flow->title.px = (int)lround(flow->body.px * TITLE_SIZE);
    flow->title.colour = THEME_AI;
    margin = (int)lround(flow->body.px * BESIDE);
    flow->room = (SDL_Rect){margin + margin / 2, margin * 2 / 3, width - 2 * margin - margin / 2,
                            height - margin * 4 / 3};
    if (title && template_page_text(ink->page, title)[0])
        text_wrap(ink->canvas->text, &flow->title, flow->room.w, TITLE_LINES_MAX,
                  template_page_text(ink->page, title), &flow->head);
    flow->room.y += title_height(flow);
    flow->room.h -= title_height(flow);
    for (int i = title && flow->head.whole ? 1 : 0; title && (title = field_at(ink, i)); i++)
        add_field(ink, flow, title);
    if (!flow->head.whole)
        flow->head.count = 0;
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
    int margin = (int)lround(flow->body.px * BESIDE), first = flow->from[sheet];
    int y = flow->room.y - title_height(flow);

    ink->draw = true;
    template_fill(ink, (SDL_Rect){0, 0, width, height}, THEME_PAPER);
    template_fill(ink, (SDL_Rect){0, 0, margin / 2, height}, THEME_AI);
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
    begin(ink, flow, width, height);
    part(flow);
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
