/* The number is there, and its slip on the way. */
#include "terminal_parts.h"

#include "catalogue.h"

#include <math.h>

struct ticket_boxes {
    struct box frame, before, slip, qr, sentence;
    double number_px, rule_above, rule_below; /* 0 = none */
};

static const struct ticket_boxes tables[FORMS] = {
    [FORM_UPRIGHT] = {.frame = {56, 297, 968, 598},
                      .before = {56, 900, 968, 136},
                      .slip = {56, 1064, 484, 420},
                      .qr = {542, 1064, 482, 420},
                      .sentence = {56, 1514, 968, 76},
                      .number_px = 500,
                      .rule_above = 1041,
                      .rule_below = 1501},
    [FORM_WIDE] = {.frame = {40, 184, 620, 376},
                   .sentence = {40, 566, 612, 78},
                   .before = {692, 566, 548, 78},
                   .slip = {684, 184, 272, 376},
                   .qr = {968, 184, 272, 376},
                   .number_px = 305},
    [FORM_SMALL] = {.frame = {24, 112, 330, 186},
                    .sentence = {24, 302, 752, 62},
                    .before = {374, 242, 402, 56},
                    .slip = {366, 112, 236, 130},
                    .qr = {610, 56, 166, 186},
                    .number_px = 150},
};

static void before_line(struct sheet *sheet, struct box box)
{
    const struct type at = {sheet->type->text, FACE_REGULAR, THEME_INK2, TIER_B, NULL};
    char text[TERMINAL_TEXT];
    double room = 0;

    catalogue_fill(text, sizeof text, page_words(&sheet->page, "terminal.before_at"), "time",
                   sheet->view->before_at, NULL);
    if (sheet->view->before_at[0] && sheet->form == FORM_UPRIGHT) {
        room = page_text_width(&sheet->page, &at, text) + 24;
        page_text(&sheet->page, &at, ALIGN_RIGHT, box.x + box.w,
                  box.y + box.h / 2 + sheet->type->strong * 0.5, 0, text);
    }
    sheet_before(sheet, (struct box){box.x, box.y, box.w - room, box.h}, sheet->type->strong * 1.15,
                 sheet->type->strong * (sheet->form == FORM_SMALL ? 1.5 : 2));
}

/* Two lines under a picture: what happens, and what to do. A small panel says the first only. */
static void caption(struct sheet *sheet, struct box box, const char *what, const char *how)
{
    struct sheet_text text = {.px = sheet->type->strong,
                              .face = FACE_BOLD,
                              .colour = THEME_INK,
                              .tier = TIER_B,
                              .align = ALIGN_CENTRE,
                              .lines = 2,
                              .leading = 1.15};
    double half = sheet->form == FORM_SMALL ? box.h : box.h * 0.53;

    sheet_words(sheet, (struct box){box.x, box.y, box.w, half}, &text,
                page_words(&sheet->page, what));
    if (sheet->form == FORM_SMALL)
        return;
    text.px = sheet->type->text;
    text.face = FACE_REGULAR;
    sheet_words(sheet, (struct box){box.x, box.y + half, box.w, box.h - half}, &text,
                page_words(&sheet->page, how));
}

/* 12 px down and back in 800 ms, while the slip is on its way. */
static double arrow_shift(int ms)
{
    return ms > 0 ? 6 - 6 * cos(ms % 800 / 800.0 * 2 * 3.14159265358979) : 0;
}

static void slip(struct sheet *sheet, struct box box)
{
    bool done = sheet->view->slip_done;
    double side = fmin(box.w * (sheet->form == FORM_UPRIGHT ? 0.44 : 0.62), box.h * 0.5);
    double foot = sheet->form == FORM_SMALL ? 0.58 : 0.68; /* where the words begin */
    double x = box.x + (box.w - side) / 2, y = box.y + box.h * 0.1, arrow = side * 0.3;

    page_fill(&sheet->page, (struct box){x + side * 0.15, y + side * 0.1, side * 0.7, side * 0.55},
              THEME_WHITE);
    page_icon(&sheet->page, (struct box){x, y, side, side}, ICON_PRINTER, THEME_INK);
    page_icon(&sheet->page,
              (struct box){x + (side - arrow) / 2,
                           y + side * 0.72 + arrow_shift(sheet->view->slip_ms), arrow, arrow},
              ICON_ARROW_DOWN, THEME_INK);
    caption(sheet, (struct box){box.x, box.y + box.h * foot, box.w, box.h * (1 - foot)},
            done ? "terminal.slip_done" : "terminal.slip_coming", "terminal.slip_take");
}

static void follow(struct sheet *sheet, struct box box)
{
    if (!sheet->view->qr[0] ||
        sheet_party_code(sheet, box, page_words(&sheet->page, "terminal.follow")))
        return;
    sheet_code(sheet, (struct box){box.x, box.y + box.h * 0.015, box.w, box.h * 0.645});
    caption(sheet, (struct box){box.x, box.y + box.h * 0.68, box.w, box.h * 0.32},
            "terminal.follow", "terminal.follow_how");
}

void terminal_ticket(struct sheet *sheet)
{
    const struct ticket_boxes *boxes = &tables[sheet->form];
    struct box slip_box = sheet_box(sheet, boxes->slip), qr_box = sheet_box(sheet, boxes->qr);
    const struct sheet_text sentence = {
        .px = sheet->form == FORM_UPRIGHT ? sheet->type->strong : sheet->type->headline * 0.95,
        .face = FACE_BOLD,
        .colour = THEME_INK,
        .tier = TIER_A,
        .lines = 2};
    double left = sheet_box(sheet, boxes->frame).x, width = sheet->page.width - 2 * left;

    sheet_header(sheet);
    sheet_accepted(sheet);
    sheet_number_frame(sheet, sheet_box(sheet, boxes->frame), boxes->number_px);
    before_line(sheet, sheet_box(sheet, boxes->before));
    if (boxes->rule_above > 0) {
        page_rule(&sheet->page, left, boxes->rule_above * sheet->stretch_y, width, 3, THEME_INK);
        page_rule(&sheet->page, left, boxes->rule_below * sheet->stretch_y, width, 3, THEME_INK);
    }
    if (!sheet->view->qr[0]) {
        slip_box.w = qr_box.x + qr_box.w - slip_box.x;
    } else {
        page_fill(&sheet->page,
                  (struct box){(slip_box.x + slip_box.w + qr_box.x) / 2, slip_box.y + 12, 2,
                               slip_box.h - 24},
                  THEME_RULE);
    }
    slip(sheet, slip_box);
    follow(sheet, qr_box);
    sheet_words(sheet, sheet_box(sheet, boxes->sentence), &sentence,
                page_words(&sheet->page, "terminal.by_number"));
    sheet_foot(sheet, &(struct sheet_foot){
                          .left = "again",
                          .left_words = page_words(&sheet->page, "terminal.again"),
                          .right = "finish",
                          .right_words = page_words(&sheet->page, "terminal.finish"),
                      });
}
