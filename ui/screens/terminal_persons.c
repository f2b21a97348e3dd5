/* How many numbers a party takes, and the wish not to be called by voice. */
#include "terminal_parts.h"

#include <stdio.h>

static const struct {
    struct box headline, persons;
} tables[FORMS] = {
    [FORM_UPRIGHT] = {{56, 156, 968, 200}, {56, 420, 968, 1000}},
    [FORM_WIDE] = {{40, 92, 1200, 96}, {40, 200, 1200, 430}},
    [FORM_SMALL] = {{24, 50, 752, 58}, {12, 112, 776, 248}},
};

/* A count of people as a button: the digit in its own size. */
static void person_button(struct sheet *sheet, struct box box, int persons, bool chosen)
{
    enum button_look look = chosen ? BUTTON_CHOSEN : BUTTON_OUTLINED;
    enum theme_colour colour = sheet_button_text(look);
    struct type number = {sheet->type->count * (sheet->form == FORM_UPRIGHT ? 1.2 : 1), FACE_BOLD,
                          colour, TIER_A, "ja"};
    struct type unit = {sheet->type->unit, FACE_BOLD, colour, TIER_B, NULL};
    struct page_count count = page_count(&sheet->page, "terminal.persons_n", persons);
    char name[WIDGET_NAME_SIZE];
    struct box face;
    struct rich rich = {&unit, &number, count.pattern, count.n, box.w - 24};
    double tick = sheet->type->language * 0.7;

    snprintf(name, sizeof name, "persons:%d", persons);
    face = sheet_button(sheet, box, look, name);
    if (chosen)
        page_icon(&sheet->page, (struct box){face.x + 14, face.y + 14, tick, tick}, ICON_CHECK,
                  colour);
    page_rich(&sheet->page, &rich, ALIGN_CENTRE, face.x + face.w / 2,
              face.y + face.h / 2 + number.px * 0.405);
}

void terminal_persons(struct sheet *sheet)
{
    enum { GAP_UPRIGHT = 20, GAP = 8 };
    const struct terminal_view *view = sheet->view;
    const struct sheet_text head = {.px = sheet->type->headline,
                                    .face = FACE_BOLD,
                                    .colour = THEME_INK,
                                    .tier = TIER_A,
                                    .lines = sheet->form == FORM_UPRIGHT ? 2 : 1,
                                    .leading = 1.2};
    int most = view->persons_max < TERMINAL_PERSONS_MAX ? view->persons_max : TERMINAL_PERSONS_MAX;
    int columns = sheet->form == FORM_UPRIGHT ? 2 : most <= 4 ? most : 4;
    int rows = (most + columns - 1) / columns;
    double gap = sheet->form == FORM_UPRIGHT ? GAP_UPRIGHT : GAP;
    struct box area = sheet_box(sheet, tables[sheet->form].persons);
    double w = (area.w + gap) / columns, h = (area.h + gap) / rows;
    struct sheet_foot foot = {.right = "back",
                              .right_words = page_words(&sheet->page, "terminal.back")};

    sheet_header(sheet);
    sheet_words(sheet, sheet_box(sheet, tables[sheet->form].headline), &head,
                page_words(&sheet->page, "terminal.persons"));
    for (int i = 0; i < most; i++)
        person_button(
            sheet,
            (struct box){area.x + i % columns * w, area.y + i / columns * h, w - gap, h - gap},
            i + 1, view->persons == i + 1);
    if (view->show_no_voice) {
        foot.left = "no_voice";
        foot.left_words = page_words(&sheet->page, "terminal.no_voice");
        foot.left_chosen = view->no_voice;
    }
    sheet_foot(sheet, &foot);
}
