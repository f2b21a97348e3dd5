/* The number is there: with a slip on its way, or without one. */
#include "qr.h"
#include "terminal_parts.h"

#include "catalogue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Height of a digit, with a little air. */
#define DIGIT_EM 0.83

struct ticket_boxes {
    struct box headline, frame, before, slip, qr, sentence, again, finish, bar, left;
    double number_px, rule_above, rule_below; /* 0 = none */
};

static const struct ticket_boxes tables[FORMS] = {
    [FORM_UPRIGHT] = {.headline = {56, 156, 968, 100},
                      .frame = {56, 297, 968, 598},
                      .before = {56, 900, 968, 136},
                      .slip = {56, 1064, 484, 420},
                      .qr = {542, 1064, 482, 420},
                      .sentence = {56, 1514, 968, 76},
                      .again = {56, 1610, 564, 155},
                      .finish = {644, 1610, 380, 155},
                      .bar = {56, 1800, 968, 16},
                      .left = {56, 1830, 968, 60},
                      .number_px = 500,
                      .rule_above = 1041,
                      .rule_below = 1501},
    [FORM_WIDE] = {.headline = {40, 88, 1000, 96},
                   .frame = {40, 184, 620, 376},
                   .sentence = {40, 566, 640, 78},
                   .before = {692, 566, 548, 78},
                   .slip = {684, 184, 272, 376},
                   .qr = {968, 184, 272, 376},
                   .again = {40, 654, 500, 128},
                   .finish = {556, 654, 300, 128},
                   .bar = {888, 672, 352, 14},
                   .left = {888, 696, 352, 80},
                   .number_px = 305},
    [FORM_SMALL] = {.headline = {24, 50, 572, 62},
                    .frame = {24, 112, 330, 186},
                    .sentence = {24, 302, 752, 62},
                    .before = {374, 242, 402, 56},
                    .slip = {366, 112, 236, 130},
                    .qr = {610, 56, 166, 186},
                    .again = {12, 370, 290, 108},
                    .finish = {310, 370, 210, 108},
                    .bar = {540, 382, 236, 10},
                    .left = {540, 396, 236, 80},
                    .number_px = 150},
};

struct no_slip_boxes {
    struct box frame, band, qr, words, note, again, finish, bar, left;
    double number_px, rule; /* rule 0 = none */
};

static const struct no_slip_boxes no_slip_tables[FORMS] = {
    [FORM_UPRIGHT] = {.frame = {56, 288, 968, 480},
                      .band = {56, 800, 968, 284},
                      .qr = {56, 1112, 400, 400},
                      .words = {496, 1112, 528, 400},
                      .note = {56, 1548, 968, 70},
                      .again = {56, 1632, 564, 147},
                      .finish = {644, 1632, 380, 147},
                      .bar = {56, 1806, 968, 16},
                      .left = {56, 1836, 968, 60},
                      .number_px = 400,
                      .rule = 1537},
    [FORM_WIDE] = {.frame = {40, 184, 500, 300},
                   .band = {40, 498, 1200, 144},
                   .qr = {564, 184, 300, 300},
                   .words = {892, 184, 348, 300},
                   .note = {640, 94, 600, 84},
                   .again = {40, 654, 500, 128},
                   .finish = {556, 654, 300, 128},
                   .bar = {888, 672, 352, 14},
                   .left = {888, 696, 352, 80},
                   .number_px = 250},
    [FORM_SMALL] = {.frame = {24, 112, 304, 150},
                    .band = {24, 270, 752, 94},
                    .qr = {336, 112, 150, 150},
                    .words = {494, 112, 294, 150},
                    .again = {12, 370, 290, 108},
                    .finish = {310, 370, 210, 108},
                    .bar = {540, 382, 236, 10},
                    .left = {540, 396, 236, 80},
                    .number_px = 116},
};

static void done_headline(struct sheet *sheet, struct box box)
{
    const struct sheet_text how = {
        .px = sheet->type->headline * 0.9, .face = FACE_BOLD, .colour = THEME_INK, .tier = TIER_A};
    double side = sheet->type->headline * 1.05;

    page_icon(&sheet->page, (struct box){box.x + 3, box.y + (box.h - side) / 2, side, side},
              ICON_DONE, THEME_INK);
    box.x += side + 32 * sheet->type->headline / 80;
    box.w -= side + 32 * sheet->type->headline / 80;
    sheet_words(sheet, box, &how, page_words(&sheet->page, "terminal.accepted"));
}

/* 受付番号 left and the service right in a box. */
static void number_labels(struct sheet *sheet, struct box box)
{
    struct sheet_text label = {.px = sheet->type->strong,
                               .face = FACE_BOLD,
                               .colour = THEME_INK,
                               .tier = TIER_B,
                               .lines = 2,
                               .leading = 1.1};
    const char *words = page_words(&sheet->page, "terminal.your_number");
    const struct type type = {label.px, FACE_BOLD, THEME_INK, TIER_B, NULL};
    double used = fmin(page_text_width(&sheet->page, &type, words), box.w * 0.6);

    sheet_words(sheet, (struct box){box.x, box.y, used, box.h}, &label, words);
    label.align = ALIGN_RIGHT;
    sheet_words(sheet, (struct box){box.x + used + 20, box.y, box.w - used - 20, box.h}, &label,
                sheet->view->service);
}

/* The number with 番 in the middle of a box, as large as fits up to px. */
static void number_in(struct sheet *sheet, struct box box, double px)
{
    const struct terminal_view *view = sheet->view;
    bool four = strlen(view->number) > 3; /* four glyphs leave no room for 番 */
    const char *ban = four ? NULL : page_find(&sheet->page, "number.suffix");
    struct type number = {fmin(px, box.h / DIGIT_EM), FACE_BOLD, THEME_INK, TIER_A, "ja"}, suffix;
    double width, gap, after;

    do {
        suffix = (struct type){number.px * 0.224, FACE_BOLD, THEME_INK, TIER_FREE, NULL};
        width = page_text_width(&sheet->page, &number, view->number);
        after = ban ? page_text_width(&sheet->page, &suffix, ban) : 0;
        gap = ban ? number.px * 0.048 : 0;
        if (width + gap + after <= box.w)
            break;
        number.px *= 0.97;
    } while (number.px > 20);
    box.x += (box.w - width - gap - after) / 2;
    box.y += box.h / 2 + number.px * 0.405;
    page_text(&sheet->page, &number, ALIGN_LEFT, box.x, box.y, 0, view->number);
    if (ban)
        page_text(&sheet->page, &suffix, ALIGN_LEFT, box.x + width + gap, box.y, 0, ban);
}

/* Labels above the number; on a small panel beside it, one over the other. */
static void number_frame(struct sheet *sheet, struct box box, double px)
{
    double pad = sheet->type->body * 0.87, top = sheet->type->body * 2.3, room = box.w - 2 * pad;
    struct sheet_text label = {.px = sheet->type->strong,
                               .face = FACE_BOLD,
                               .colour = THEME_INK,
                               .tier = TIER_B,
                               .lines = 2,
                               .leading = 1.1};

    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    if (sheet->form != FORM_SMALL) {
        number_labels(sheet, (struct box){box.x + pad, box.y + pad * 0.5, room, top - pad * 0.5});
        number_in(sheet,
                  (struct box){box.x + pad, box.y + top * 0.9, room, box.h - top * 0.9 - pad * 1.3},
                  px);
        return;
    }
    pad = 12;
    sheet_words(sheet, (struct box){box.x + pad, box.y + pad, box.w * 0.42, box.h / 2 - pad},
                &label, page_words(&sheet->page, "terminal.your_number"));
    sheet_words(sheet, (struct box){box.x + pad, box.y + box.h / 2, box.w * 0.42, box.h / 2 - pad},
                &label, sheet->view->service);
    number_in(sheet,
              (struct box){box.x + box.w * 0.42 + 2 * pad, box.y + pad, box.w * 0.58 - 3 * pad,
                           box.h - 2 * pad},
              px);
}

/* あなたの前に 5 人 */
static double before(struct sheet *sheet, struct box box, double px, double number_px)
{
    const struct type words = {px, FACE_BOLD, THEME_INK, TIER_B, NULL};
    const struct type number = {number_px, FACE_BOLD, THEME_INK, TIER_B, "ja"};
    struct page_count count = page_count(&sheet->page, "terminal.before", sheet->view->before);
    struct rich rich = {&words, &number, count.pattern, count.n, box.w};

    if (sheet->view->before == 0) {
        const struct sheet_text how = {
            .px = px, .face = FACE_BOLD, .colour = THEME_INK, .tier = TIER_B};

        sheet_words(sheet, box, &how, page_words(&sheet->page, "terminal.before_none"));
        return box.w;
    }
    return page_rich(&sheet->page, &rich, ALIGN_LEFT, box.x,
                     box.y + box.h / 2 + px * (sheet->form == FORM_UPRIGHT ? 0.4 : 0.5));
}

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
    before(sheet, (struct box){box.x, box.y, box.w - room, box.h}, sheet->type->strong * 1.15,
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

/* The code in a white square; false when there is none. */
static bool code(struct sheet *sheet, struct box box)
{
    struct qr qr;
    double side = fmin(box.w, box.h);

    if (!sheet->view->qr[0] || qr_encode(sheet->view->qr, &qr) < 0)
        return false;
    return qr_draw(sheet->page.canvas, &qr,
                   page_rect(&sheet->page, (struct box){box.x + (box.w - side) / 2,
                                                        box.y + (box.h - side) / 2, side, side})) >
           0;
}

static void follow(struct sheet *sheet, struct box box)
{
    if (!sheet->view->qr[0])
        return;
    code(sheet, (struct box){box.x, box.y + box.h * 0.015, box.w, box.h * 0.645});
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
    done_headline(sheet, sheet_box(sheet, boxes->headline));
    number_frame(sheet, sheet_box(sheet, boxes->frame), boxes->number_px);
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
    sheet_button_words(sheet, sheet_box(sheet, boxes->again), BUTTON_OUTLINED, "again",
                       page_words(&sheet->page, "terminal.again"));
    sheet_button_words(sheet, sheet_box(sheet, boxes->finish), BUTTON_FILLED, "finish",
                       page_words(&sheet->page, "terminal.finish"));
    sheet_countdown(sheet, sheet_box(sheet, boxes->bar), sheet_box(sheet, boxes->left));
}

/* What is missing and the one thing to do, on an inverted band. */
static void photo_band(struct sheet *sheet, struct box box)
{
    struct sheet_text text = {
        .px = sheet->type->body, .face = FACE_REGULAR, .colour = THEME_WHITE, .tier = TIER_B};
    double side = box.h * 0.66, left = box.h * 1.01;

    page_fill(&sheet->page, box, THEME_INK);
    page_icon(&sheet->page,
              (struct box){box.x + box.h * 0.16, box.y + (box.h - side) / 2, side, side},
              ICON_PHONE, THEME_WHITE);
    sheet_words(sheet,
                (struct box){box.x + left, box.y + box.h * 0.09, box.w - left - 16, box.h * 0.27},
                &text, page_words(&sheet->page, "terminal.no_slip"));
    text.px = sheet->type->headline * 0.78;
    text.face = FACE_BOLD;
    text.lines = 2;
    text.tier = sheet->form == FORM_SMALL ? TIER_B : TIER_A;
    text.leading = 1.18;
    sheet_words(sheet,
                (struct box){box.x + left, box.y + box.h * 0.36, box.w - left - 16, box.h * 0.58},
                &text, page_words(&sheet->page, "terminal.photo"));
}

static void beside_code(struct sheet *sheet, struct box box)
{
    struct sheet_text text = {.px = sheet->type->strong,
                              .face = FACE_BOLD,
                              .colour = THEME_INK,
                              .tier = TIER_B,
                              .lines = 2,
                              .leading = 1.15};

    if (sheet->view->qr[0]) {
        sheet_words(sheet, (struct box){box.x, box.y, box.w, box.h * 0.22}, &text,
                    page_words(&sheet->page, "terminal.follow"));
        text.face = FACE_REGULAR;
        text.px = sheet->type->body;
        text.lines = 3;
        text.leading = 0;
        sheet_words(sheet, (struct box){box.x, box.y + box.h * 0.23, box.w, box.h * 0.32}, &text,
                    page_words(&sheet->page, "terminal.follow_keep"));
        page_rule(&sheet->page, box.x, box.y + box.h * 0.59, box.w, 2, THEME_RULE);
    }
    before(sheet, (struct box){box.x, box.y + box.h * 0.6, box.w, box.h * 0.23}, sheet->type->body,
           sheet->type->body * 1.6);
    text.face = FACE_BOLD;
    text.px = sheet->type->body;
    text.lines = 2;
    text.leading = 1.15;
    sheet_words(sheet, (struct box){box.x, box.y + box.h * 0.83, box.w, box.h * 0.17}, &text,
                page_words(&sheet->page, "terminal.by_number"));
}

/* A small panel has room for three: who cannot take a photo, N before, called by number. */
static void beside_code_small(struct sheet *sheet, struct box box)
{
    struct sheet_text text = {.px = sheet->type->text,
                              .face = FACE_REGULAR,
                              .colour = THEME_INK,
                              .tier = TIER_B,
                              .lines = 3,
                              .leading = 1.12};

    sheet_words(sheet, (struct box){box.x, box.y - 8, box.w, box.h * 0.58}, &text,
                page_words(&sheet->page, "terminal.no_photo"));
    before(sheet, (struct box){box.x, box.y + box.h * 0.56, box.w, box.h * 0.24}, sheet->type->body,
           sheet->type->body * 1.3);
    text.face = FACE_BOLD;
    text.lines = 1;
    sheet_words(sheet, (struct box){box.x, box.y + box.h * 0.8, box.w, box.h * 0.22}, &text,
                page_words(&sheet->page, "terminal.by_number"));
}

void terminal_no_slip(struct sheet *sheet)
{
    const struct no_slip_boxes *boxes = &no_slip_tables[sheet->form];
    const struct sheet_text note = {.px = sheet->type->body,
                                    .face = FACE_REGULAR,
                                    .colour = THEME_INK,
                                    .tier = TIER_B,
                                    .lines = 2};
    struct box frame = sheet_box(sheet, boxes->frame), words = sheet_box(sheet, boxes->words);
    struct box qr = sheet_box(sheet, boxes->qr);

    sheet_header(sheet);
    done_headline(sheet, sheet_box(sheet, tables[sheet->form].headline));
    number_frame(sheet, frame, boxes->number_px);
    photo_band(sheet, sheet_box(sheet, boxes->band));
    if (!code(sheet, qr)) {
        words.w += words.x - qr.x;
        words.x = qr.x;
    }
    if (sheet->form == FORM_SMALL)
        beside_code_small(sheet, words);
    else
        beside_code(sheet, words);
    if (boxes->rule > 0)
        page_rule(&sheet->page, frame.x, boxes->rule * sheet->stretch_y, frame.w, 3, THEME_INK);
    if (boxes->note.w > 0)
        sheet_words(sheet, sheet_box(sheet, boxes->note), &note,
                    page_words(&sheet->page, "terminal.no_photo"));
    sheet_button_words(sheet, sheet_box(sheet, boxes->again), BUTTON_OUTLINED, "longer",
                       page_words(&sheet->page, "terminal.longer"));
    sheet_button_words(sheet, sheet_box(sheet, boxes->finish), BUTTON_FILLED, "finish",
                       page_words(&sheet->page, "terminal.finish"));
    sheet_countdown(sheet, sheet_box(sheet, boxes->bar), sheet_box(sheet, boxes->left));
}
