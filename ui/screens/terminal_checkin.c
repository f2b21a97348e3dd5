/* Whoever booked types a number, or holds a code to the scanner. */
#include "terminal_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 3, ROWS = 4 };

struct checkin_boxes {
    struct box headline, how, entry, scan, keys;
    struct box back, bar, words; /* w 0 = the usual foot */
};

static const struct checkin_boxes tables[FORMS] = {
    [FORM_UPRIGHT] = {.headline = {56, 130, 968, 100},
                      .how = {56, 230, 968, 64},
                      .scan = {56, 296, 968, 110},
                      .entry = {56, 420, 968, 156},
                      .keys = {56, 596, 968, 996}},
    [FORM_WIDE] = {.headline = {40, 94, 590, 150},
                   .how = {40, 250, 590, 110},
                   .entry = {40, 372, 590, 110},
                   .scan = {40, 494, 590, 130},
                   .keys = {660, 100, 580, 536}},
    [FORM_SMALL] = {.headline = {16, 52, 336, 80},
                    .how = {16, 132, 336, 34},
                    .entry = {16, 170, 336, 74},
                    .scan = {16, 250, 336, 112},
                    .keys = {364, 51, 430, 429},
                    .back = {12, 370, 150, 108},
                    .bar = {172, 370, 180, 8},
                    .words = {172, 378, 180, 102}},
};

/* White frame with what was typed. */
static void entry(struct sheet *sheet, struct box box)
{
    struct type digits = {fmin(box.h * 0.78, sheet->type->headline * 1.5), FACE_BOLD, THEME_INK,
                          TIER_A, "ja"};

    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    while (digits.px > 20 &&
           page_text_width(&sheet->page, &digits, sheet->view->entry) > box.w - 40)
        digits.px -= 1;
    if (sheet->view->entry[0])
        page_text(&sheet->page, &digits, ALIGN_CENTRE, box.x + box.w / 2,
                  box.y + box.h / 2 + digits.px * 0.405, 0, sheet->view->entry);
}

static void key(struct sheet *sheet, struct box box, const char *name, const char *words)
{
    struct type type = {sheet->type->headline, FACE_BOLD, THEME_AI, TIER_B, "ja"};
    struct box face = sheet_button(sheet, box, BUTTON_OUTLINED, name);

    page_text(&sheet->page, &type, ALIGN_CENTRE, face.x + face.w / 2,
              face.y + face.h / 2 + type.px * 0.405, 0, words);
}

static struct box key_cell(struct box keys, int row, int column, int rows, int columns)
{
    double gap = keys.h < 450 ? 4 : 8; /* a small panel has no height to spare */
    double w = (keys.w + gap) / columns, h = (keys.h + gap) / rows;

    return (struct box){keys.x + column * w, keys.y + row * h, w - gap, h - gap};
}

void sheet_keypad(struct sheet *sheet, struct box keys)
{
    static const char order[] = "123456789";
    const char *letters = sheet->view->letters;
    int columns = COLUMNS + (*letters ? 1 : 0);
    char name[WIDGET_NAME_SIZE], words[2] = "";

    for (int i = 0; i < (int)sizeof order - 1; i++) {
        words[0] = order[i];
        snprintf(name, sizeof name, "key:%c", order[i]);
        key(sheet, key_cell(keys, i / COLUMNS, i % COLUMNS, ROWS, columns), name, words);
    }
    sheet_button_words(sheet, key_cell(keys, 3, 0, ROWS, columns), BUTTON_OUTLINED, "erase",
                       page_words(&sheet->page, "terminal.erase"));
    key(sheet, key_cell(keys, 3, 1, ROWS, columns), "key:0", "0");
    sheet_button_words(sheet, key_cell(keys, 3, 2, ROWS, columns), BUTTON_FILLED, "enter",
                       page_words(&sheet->page, "terminal.enter"));
    for (int i = 0; letters[i] && i < ROWS; i++) {
        words[0] = letters[i];
        snprintf(name, sizeof name, "key:%c", letters[i]);
        key(sheet, key_cell(keys, i, COLUMNS, ROWS, columns), name, words);
    }
}

void terminal_checkin(struct sheet *sheet)
{
    const struct checkin_boxes *boxes = &tables[sheet->form];
    struct sheet_text text = {.px = sheet->type->headline * 0.9,
                              .face = FACE_BOLD,
                              .colour = THEME_INK,
                              .tier = sheet->form == FORM_SMALL ? TIER_B : TIER_A,
                              .lines = sheet->form == FORM_UPRIGHT ? 1 : 2,
                              .leading = 1.15};
    const char *back = page_words(&sheet->page, "terminal.back");

    sheet_header(sheet);
    sheet_words(sheet, sheet_box(sheet, boxes->headline), &text,
                page_words(&sheet->page, "terminal.checkin"));
    text.px = sheet->type->strong;
    text.tier = TIER_B;
    text.lines = 2;
    sheet_words(sheet, sheet_box(sheet, boxes->how), &text,
                page_words(&sheet->page, "terminal.checkin_number"));
    text.face = FACE_REGULAR;
    text.px = sheet->type->text;
    text.lines = 3;
    sheet_words(sheet, sheet_box(sheet, boxes->scan), &text,
                page_words(&sheet->page, "terminal.checkin_scan"));
    entry(sheet, sheet_box(sheet, boxes->entry));
    sheet_keypad(sheet, sheet_box(sheet, boxes->keys));
    if (boxes->back.w <= 0) {
        sheet_foot(sheet, &(struct sheet_foot){.left = "back", .left_words = back});
        return;
    }
    sheet_button_words(sheet, sheet_box(sheet, boxes->back), BUTTON_OUTLINED, "back", back);
    sheet_countdown(sheet, sheet_box(sheet, boxes->bar), sheet_box(sheet, boxes->words));
}
