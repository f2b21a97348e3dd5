#include "terminal_parts.h"

#include "catalogue.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct form_type terminal_types[FORMS] = {
    [FORM_UPRIGHT] = {.clinic = 48,
                      .clock = 48,
                      .headline = 80,
                      .sub = 46,
                      .text = 44,
                      .strong = 52,
                      .body = 46,
                      .name = 76,
                      .name_en = 40,
                      .count = 84,
                      .unit = 46,
                      .language = 43,
                      .button = 56},
    [FORM_WIDE] = {.clinic = 44,
                   .clock = 46,
                   .headline = 64,
                   .sub = 47,
                   .text = 34,
                   .strong = 44,
                   .body = 36,
                   .name = 62,
                   .name_en = 28,
                   .count = 62,
                   .unit = 36,
                   .language = 38,
                   .button = 44},
    [FORM_SMALL] = {.clinic = 30,
                    .clock = 34,
                    .headline = 48,
                    .sub = 32,
                    .text = 26,
                    .strong = 32,
                    .body = 28,
                    .name = 56,
                    .name_en = 24,
                    .count = 48,
                    .unit = 28,
                    .language = 32,
                    .button = 34},
};

enum { LANGUAGE_COUNT = 7, VOICE = LANGUAGE_COUNT, CELLS = 8 };

static const char *const languages[LANGUAGE_COUNT] = {"ja", "ja-easy", "en", "zh-Hans",
                                                      "ko", "vi",      "pt"};

struct box sheet_box(const struct sheet *sheet, struct box box)
{
    return (struct box){box.x * sheet->stretch_x, box.y * sheet->stretch_y,
                        box.w * sheet->stretch_x, box.h * sheet->stretch_y};
}

double sheet_words(struct sheet *sheet, struct box box, const struct sheet_text *how,
                   const char *text)
{
    struct type type = {how->px, how->face, how->colour, how->tier, how->language};
    struct block block = {.box = box,
                          .align = how->align,
                          .lines = how->lines,
                          .leading = how->leading,
                          .top = how->top};

    return page_block(&sheet->page, &type, &block, text);
}

void sheet_header(struct sheet *sheet)
{
    static const struct {
        struct box clinic, clock, rule;
    } tables[FORMS] = {
        [FORM_UPRIGHT] = {{56, 32, 760, 64}, {824, 32, 200, 64}, {56, 108, 968, 3}},
        [FORM_WIDE] = {{40, 16, 1000, 64}, {1040, 16, 200, 64}, {40, 84, 1200, 3}},
        [FORM_SMALL] = {{24, 4, 560, 44}, {616, 4, 160, 44}, {24, 48, 752, 2}},
    };
    const struct sheet_text clinic = {.px = sheet->type->clinic,
                                      .face = FACE_BOLD,
                                      .colour = THEME_INK,
                                      .tier = TIER_B,
                                      .language = "ja"};
    const struct sheet_text clock = {.px = sheet->type->clock,
                                     .face = FACE_BOLD,
                                     .colour = THEME_INK,
                                     .tier = TIER_B,
                                     .align = ALIGN_RIGHT,
                                     .language = "ja"};
    struct box rule = sheet_box(sheet, tables[sheet->form].rule);

    sheet_words(sheet, sheet_box(sheet, tables[sheet->form].clinic), &clinic, sheet->view->clinic);
    sheet_words(sheet, sheet_box(sheet, tables[sheet->form].clock), &clock, sheet->view->clock);
    page_rule(&sheet->page, rule.x, rule.y, rule.w, tables[sheet->form].rule.h, THEME_INK);
}

enum theme_colour sheet_button_text(enum button_look look)
{
    return look == BUTTON_FILLED ? THEME_WHITE : look == BUTTON_CHOSEN ? THEME_AI_DEEP : THEME_AI;
}

static struct box inset(struct box box, double by)
{
    return (struct box){box.x + by, box.y + by, box.w - 2 * by, box.h - 2 * by};
}

static void round_box(struct sheet *sheet, struct box box, double radius, enum theme_colour colour)
{
    shape_round(sheet->page.canvas, page_rect(&sheet->page, box), page_px(&sheet->page, radius),
                colour);
}

/* Where the keyboard is: a second line within the edge, in the colour of the words. */
static void focus_ring(struct sheet *sheet, struct box face, enum button_look look)
{
    enum { RADIUS = 14 };
    bool small = sheet->form == FORM_SMALL; /* words stand close to the edge there */
    double gap = small ? 3 : 8, line = small ? 4 : 6;
    enum theme_colour ground = look == BUTTON_FILLED   ? THEME_AI
                               : look == BUTTON_CHOSEN ? THEME_SKY
                                                       : THEME_WHITE;

    round_box(sheet, inset(face, gap), RADIUS - gap / 2,
              look == BUTTON_FILLED ? THEME_WHITE : THEME_INK);
    round_box(sheet, inset(face, gap + line), RADIUS - gap / 2, ground);
}

struct box sheet_button(struct sheet *sheet, struct box box, enum button_look look,
                        const char *name)
{
    enum { RADIUS = 14, EDGE = 10, LINE = 4, CHOSEN_LINE = 6, PRESSED = 6 };
    bool pressed = *name && strcmp(sheet->view->pressed, name) == 0;
    double line = look == BUTTON_CHOSEN ? CHOSEN_LINE : LINE;
    struct box face = box;

    face.h -= EDGE;
    if (pressed)
        face.y += EDGE;
    else
        round_box(sheet, box, RADIUS, look == BUTTON_FILLED ? THEME_AI_DEEP : THEME_AI);
    if (look == BUTTON_FILLED) {
        round_box(sheet, face, RADIUS, THEME_AI);
    } else {
        round_box(sheet, face, RADIUS, THEME_AI);
        round_box(sheet, inset(face, line), RADIUS - line,
                  look == BUTTON_CHOSEN ? THEME_SKY : THEME_WHITE);
    }
    if (*name && strcmp(sheet->view->focus, name) == 0)
        focus_ring(sheet, face, look);
    if (*name && sheet->widgets)
        widgets_add(sheet->widgets, name, page_rect(&sheet->page, box));
    face.y = box.y + (pressed ? PRESSED : 0);
    return face;
}

void sheet_button_words(struct sheet *sheet, struct box box, enum button_look look,
                        const char *name, const char *words)
{
    struct type type = {sheet->type->button * (look == BUTTON_FILLED ? 1.07 : 0.93), FACE_BOLD,
                        sheet_button_text(look), TIER_B, NULL};
    struct block block = {.box =
                              inset(sheet_button(sheet, box, look, name), fmin(14, box.w * 0.05)),
                          .align = ALIGN_CENTRE,
                          .lines = 2,
                          .leading = 1.1,
                          .shrink_first = true};

    page_block(&sheet->page, &type, &block, words);
}

void sheet_switch(struct sheet *sheet, struct box box, bool chosen, const char *name,
                  const char *words)
{
    enum button_look look = chosen ? BUTTON_CHOSEN : BUTTON_OUTLINED;
    struct type type = {sheet->type->button * 0.86, FACE_BOLD, sheet_button_text(look), TIER_B,
                        NULL};
    struct block block = {.box =
                              inset(sheet_button(sheet, box, look, name), fmin(14, box.w * 0.04)),
                          .align = ALIGN_CENTRE,
                          .lines = 2,
                          .leading = 1.1,
                          .shrink_first = true};
    double tick = fmin(fmin(type.px, block.box.h * 0.7), box.w * 0.14);

    if (chosen) {
        page_icon(&sheet->page,
                  (struct box){block.box.x + 2, block.box.y + (block.box.h - tick) / 2, tick, tick},
                  ICON_CHECK, THEME_AI_DEEP);
        block.box.x += tick + 8;
        block.box.w -= tick + 8;
    }
    page_block(&sheet->page, &type, &block, words);
}

/* A label of two lines is set smaller, so that it weighs no more than its neighbours. */
#define TWO_LINES 0.86

static void language_button(struct sheet *sheet, struct box box, const char *code, double px)
{
    bool chosen = strcmp(sheet->view->language, code) == 0;
    enum button_look look = chosen ? BUTTON_CHOSEN : BUTTON_OUTLINED;
    bool beside = sheet->form == FORM_UPRIGHT; /* room for the tick beside the words */
    struct type type = {px, FACE_BOLD, sheet_button_text(look), TIER_B, code};
    struct block block = {.align = ALIGN_CENTRE, .lines = 2, .leading = 1.05, .shrink_first = true};
    const char *words = catalogue_get(canvas_words(sheet->page.canvas, code), "language.name");
    char name[WIDGET_NAME_SIZE];
    double tick = sheet->type->language * 0.7;

    snprintf(name, sizeof name, "language:%s", code);
    block.box = inset(sheet_button(sheet, box, look, name), 10);
    if (strchr(words, '\n'))
        type.px *= TWO_LINES;
    if (chosen && beside) {
        page_icon(&sheet->page,
                  (struct box){block.box.x + 2, block.box.y + (block.box.h - tick) / 2, tick, tick},
                  ICON_CHECK, THEME_AI_DEEP);
        block.box.x += tick + 4;
        block.box.w -= tick + 4;
    } else if (chosen) {
        page_icon(&sheet->page,
                  (struct box){block.box.x + (block.box.w - tick) / 2, block.box.y + 4, tick, tick},
                  ICON_CHECK, THEME_AI_DEEP);
        block.box.y += tick + 2;
        block.box.h -= tick + 2;
    }
    page_block(&sheet->page, &type, &block, words);
}

/* Width of the widest line of a label. */
static double label_width(struct sheet *sheet, const struct type *type, const char *label)
{
    double widest = 0;

    while (*label) {
        char line[TERMINAL_TEXT];
        size_t length = strcspn(label, "\n");

        snprintf(line, sizeof line, "%.*s", (int)length, label);
        widest = fmax(widest, page_text_width(&sheet->page, type, line));
        label += length + (label[length] ? 1 : 0);
    }
    return widest;
}

static const char *voice_words(struct sheet *sheet)
{
    return page_words(&sheet->page,
                      sheet->view->voice_on ? "terminal.voice_on" : "terminal.voice_off");
}

static void voice_button(struct sheet *sheet, struct box box, double px)
{
    struct type type = {px * TWO_LINES, FACE_BOLD, THEME_AI, TIER_B, NULL};
    struct box face = inset(sheet_button(sheet, box, BUTTON_OUTLINED, "voice"), 8);
    double side = px * 1.25, gap = px * 0.2, width = label_width(sheet, &type, voice_words(sheet));
    double pad = fmax(0, (face.w - side - gap - width) / 2), used = pad + side + gap;
    struct block block = {.box = {face.x + used, face.y, face.w - used, face.h},
                          .align = ALIGN_CENTRE,
                          .lines = 2,
                          .leading = 1.05};

    block.box.w = fmin(block.box.w, width + 4);
    page_icon(&sheet->page, (struct box){face.x + pad, face.y + (face.h - side) / 2, side, side},
              ICON_SOUND, THEME_AI);
    page_block(&sheet->page, &type, &block, voice_words(sheet));
}

/* What each language of a single row takes at a size, without the room about it. */
static void row_takes(struct sheet *sheet, int cells, double px, double *ret_widths)
{
    for (int i = 0; i < cells; i++) {
        const char *code = i < LANGUAGE_COUNT ? languages[i] : sheet->page.language;
        const char *words =
            i < LANGUAGE_COUNT
                ? catalogue_get(canvas_words(sheet->page.canvas, code), "language.name")
                : voice_words(sheet);
        struct type type = {px * (strchr(words, '\n') ? TWO_LINES : 1), FACE_BOLD, THEME_AI, TIER_B,
                            code};

        ret_widths[i] = label_width(sheet, &type, words) + (i == VOICE ? px * 1.45 : 0);
    }
}

/* Widths of a single row by the words, none under the least target; returns the size that all of
 * them share. */
static double row_widths(struct sheet *sheet, int cells, double width, double gap, double *ret)
{
    enum { PAD = 24 };
    double least = SHEET_TARGET_MM / sheet->page.pixel_mm / sheet->page.scale + 1;
    double px = sheet->type->language + 1, room = width - gap * (cells - 1), total;

    do {
        px -= 1;
        row_takes(sheet, cells, px, ret);
        total = 0;
        for (int i = 0; i < cells; i++) {
            ret[i] = fmax(ret[i] + PAD, least);
            total += ret[i];
        }
    } while (total > room && px > sheet->type->language / 2);
    for (int i = 0; i < cells; i++)
        ret[i] += (room - total) / cells;
    return px;
}

static void language_cell(struct sheet *sheet, struct box cell, int index, double px)
{
    if (index == VOICE)
        voice_button(sheet, cell, px);
    else
        language_button(sheet, cell, languages[index], px);
}

void sheet_languages(struct sheet *sheet, struct box box)
{
    enum { COLUMNS = 4, GAP_UPRIGHT = 20, GAP_ROW = 8 };
    int cells = sheet->view->voice_button ? CELLS : LANGUAGE_COUNT;
    double px = sheet->type->language, widths[CELLS];
    double w = (box.w + GAP_UPRIGHT) / COLUMNS, h = (box.h + GAP_UPRIGHT) / 2;

    if (sheet->form == FORM_UPRIGHT) {
        for (int i = 0; i < cells; i++)
            language_cell(sheet,
                          (struct box){box.x + i % COLUMNS * w, box.y + i / COLUMNS * h,
                                       w - GAP_UPRIGHT, h - GAP_UPRIGHT},
                          i, px);
        return;
    }
    px = row_widths(sheet, cells, box.w, GAP_ROW, widths);
    for (int i = 0; i < cells; i++) {
        language_cell(sheet, (struct box){box.x, box.y, widths[i], box.h}, i, px);
        box.x += widths[i] + GAP_ROW;
    }
}

void sheet_languages_foot(struct sheet *sheet, struct box box)
{
    if (sheet->form == FORM_SMALL)
        sheet_button_words(sheet, box, BUTTON_OUTLINED, "languages",
                           page_words(&sheet->page, "terminal.languages_both"));
    else
        sheet_languages(sheet, box);
}

void sheet_language_page(struct sheet *sheet)
{
    double gap = 12, top = 56;
    double w = (sheet->page.width - 5 * gap) / 4, h = (sheet->page.height - top - 2 * gap) / 2;
    const struct sheet_text title = {.px = sheet->type->strong,
                                     .face = FACE_BOLD,
                                     .colour = THEME_INK,
                                     .tier = TIER_B,
                                     .language = "ja"};

    sheet_words(sheet, (struct box){gap * 2, 0, sheet->page.width - gap * 4, top}, &title,
                page_words(&sheet->page, "terminal.languages_both"));
    for (int i = 0; i < CELLS; i++) {
        struct box cell = {gap + i % 4 * (w + gap), top + i / 4 * (h + gap), w, h};

        if (i < LANGUAGE_COUNT)
            language_button(sheet, cell, languages[i], sheet->type->language);
        else
            sheet_button_words(sheet, cell, BUTTON_FILLED, "back",
                               page_words(&sheet->page, "terminal.back"));
    }
}

void sheet_countdown(struct sheet *sheet, struct box bar, struct box words)
{
    const struct terminal_view *view = sheet->view;
    const struct sheet_text how = {.px = sheet->type->text,
                                   .face = FACE_REGULAR,
                                   .colour = THEME_INK,
                                   .tier = TIER_B,
                                   .lines = words.h > 3.5 * sheet->type->text ? 3 : 2,
                                   .leading = words.h > 3.5 * sheet->type->text ? 1.2 : 0};
    char text[TERMINAL_TEXT], seconds[12];

    if (view->seconds_total <= 0)
        return;
    page_frame(&sheet->page, bar, 2, THEME_INK);
    bar.w *= (double)view->seconds_left / view->seconds_total;
    page_fill(&sheet->page, bar, THEME_INK);
    snprintf(seconds, sizeof seconds, "%d", view->seconds_left);
    catalogue_fill(text, sizeof text, page_words(&sheet->page, "terminal.countdown"), "seconds",
                   seconds, NULL);
    sheet_words(sheet, words, &how, text);
}

void sheet_foot(struct sheet *sheet, const struct sheet_foot *foot)
{
    static const struct {
        struct box left, right, bar, words;
    } tables[FORMS] = {
        [FORM_UPRIGHT] = {{56, 1620, 564, 152},
                          {644, 1620, 380, 152},
                          {56, 1803, 968, 16},
                          {56, 1833, 968, 60}},
        [FORM_WIDE] = {{40, 654, 500, 128},
                       {556, 654, 300, 128},
                       {888, 672, 352, 14},
                       {888, 696, 352, 80}},
        [FORM_SMALL] = {{12, 370, 290, 108},
                        {310, 370, 210, 108},
                        {540, 382, 236, 10},
                        {540, 396, 236, 80}},
    };
    struct box left = sheet_box(sheet, tables[sheet->form].left);
    struct box right = sheet_box(sheet, tables[sheet->form].right);
    double gap = right.x - left.x - left.w, half = (right.x + right.w - left.x - gap) / 2;

    if (foot->alike) {
        right = (struct box){left.x + half + gap, right.y, half, right.h};
        left.w = half;
    }
    if (foot->left_words && foot->left_chosen)
        sheet_switch(sheet, left, true, foot->left, foot->left_words);
    else if (foot->left_words)
        sheet_button_words(sheet, left, BUTTON_OUTLINED, foot->left, foot->left_words);
    if (foot->right_words)
        sheet_button_words(sheet, right, foot->alike ? BUTTON_OUTLINED : BUTTON_FILLED, foot->right,
                           foot->right_words);
    sheet_countdown(sheet, sheet_box(sheet, tables[sheet->form].bar),
                    sheet_box(sheet, tables[sheet->form].words));
}

bool sheet_time(struct sheet *sheet, const char *key, const char *time, struct sheet_time *ret)
{
    char *rest, name[64];
    long hour = strtol(time, &rest, 10);
    long minute = *rest == ':' ? strtol(rest + 1, &rest, 10) : -1;
    const char *pattern;
    bool whole_day;

    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || *rest)
        return false;
    snprintf(name, sizeof name, "%s_%s", key, hour < 12 ? "am" : "pm");
    pattern = page_words(&sheet->page, name);
    whole_day = strstr(pattern, "{time24}") != NULL;
    catalogue_fill(ret->pattern, sizeof ret->pattern, pattern, "time", "{n}", "time0", "{n}",
                   "time24", "{n}", NULL);
    if (!whole_day)
        hour = strstr(pattern, "{time0}") ? hour % 12 : hour > 12 ? hour - 12 : hour;
    snprintf(ret->n, sizeof ret->n, "%d:%02d", (int)hour, (int)minute);
    return true;
}
