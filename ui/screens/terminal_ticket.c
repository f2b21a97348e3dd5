/* The number is there: with a slip on its way, or without one. */
#include "qr.h"
#include "terminal_parts.h"

#include "catalogue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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
    [FORM_WIDE] = {.headline = {40, 98, 760, 78},
                   .frame = {40, 184, 620, 376},
                   .before = {40, 566, 620, 78},
                   .slip = {684, 184, 272, 376},
                   .qr = {968, 184, 272, 376},
                   .sentence = {684, 566, 556, 78},
                   .again = {40, 654, 500, 128},
                   .finish = {556, 654, 300, 128},
                   .bar = {888, 678, 352, 14},
                   .left = {888, 704, 352, 60},
                   .number_px = 330},
    [FORM_SMALL] = {.headline = {24, 54, 400, 54},
                    .frame = {24, 112, 400, 250},
                    .before = {440, 244, 336, 56},
                    .slip = {440, 56, 164, 186},
                    .qr = {612, 56, 164, 186},
                    .sentence = {440, 302, 336, 60},
                    .again = {12, 370, 290, 108},
                    .finish = {310, 370, 210, 108},
                    .bar = {540, 386, 236, 10},
                    .left = {540, 402, 236, 70},
                    .number_px = 200},
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
    [FORM_WIDE] = {.frame = {40, 184, 560, 290},
                   .band = {40, 490, 560, 150},
                   .qr = {624, 184, 290, 290},
                   .words = {938, 184, 302, 290},
                   .note = {624, 490, 616, 150},
                   .again = {40, 654, 500, 128},
                   .finish = {556, 654, 300, 128},
                   .bar = {888, 678, 352, 14},
                   .left = {888, 704, 352, 60},
                   .number_px = 250},
    [FORM_SMALL] = {.frame = {24, 110, 330, 146},
                    .band = {24, 262, 330, 100},
                    .qr = {366, 110, 252, 252},
                    .words = {630, 110, 158, 252},
                    .again = {12, 370, 290, 108},
                    .finish = {310, 370, 210, 108},
                    .bar = {540, 386, 236, 10},
                    .left = {540, 402, 236, 70},
                    .number_px = 116},
};

static void done_headline(struct sheet *sheet, struct box box)
{
    const struct sheet_text how = {
        sheet->type->headline * 0.9, FACE_BOLD, THEME_INK, TIER_A, ALIGN_LEFT, 1, NULL, false};
    double side = sheet->type->headline * 1.05;

    page_icon(&sheet->page, (struct box){box.x + 3, box.y + (box.h - side) / 2, side, side},
              ICON_DONE, THEME_INK);
    box.x += side + 32 * sheet->type->headline / 80;
    box.w -= side + 32 * sheet->type->headline / 80;
    sheet_words(sheet, box, &how, page_words(&sheet->page, "terminal.accepted"));
}

/* 受付番号 and the service above, the number with 番 in the frame's middle. */
static void number_frame(struct sheet *sheet, struct box box, double px)
{
    const struct terminal_view *view = sheet->view;
    double pad = sheet->type->body * 0.87, top = sheet->type->body * 2.3;
    struct type number = {px, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    struct type suffix = {px * 0.224, FACE_BOLD, THEME_INK, TIER_FREE, NULL};
    struct sheet_text label = {sheet->type->strong, FACE_BOLD, THEME_INK, TIER_B,
                               ALIGN_LEFT,          1,         NULL,      false};
    const char *ban = page_find(&sheet->page, "number.suffix");
    double room = box.w - 2 * pad, width, gap, after;

    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    sheet_words(sheet, (struct box){box.x + pad, box.y + pad * 0.5, room * 0.5, top - pad * 0.5},
                &label, page_words(&sheet->page, "terminal.your_number"));
    label.align = ALIGN_RIGHT;
    label.lines = 2;
    sheet_words(
        sheet,
        (struct box){box.x + pad + room * 0.54, box.y + pad * 0.5, room * 0.46, top - pad * 0.5},
        &label, view->service);
    if (strlen(view->number) > 3) /* four glyphs leave no room for 番 */
        ban = NULL;
    after = ban ? page_text_width(&sheet->page, &suffix, ban) : 0;
    gap = ban ? px * 0.048 : 0;
    width = page_text_width(&sheet->page, &number, view->number);
    while (width + gap + after > room && number.px > px * 0.4) {
        number.px *= 0.97;
        width = page_text_width(&sheet->page, &number, view->number);
    }
    box.y += top * 0.72 + (box.h - top * 0.72) / 2 + number.px * 0.405;
    box.x += (box.w - width - gap - after) / 2;
    page_text(&sheet->page, &number, ALIGN_LEFT, box.x, box.y, 0, view->number);
    if (ban)
        page_text(&sheet->page, &suffix, ALIGN_LEFT, box.x + width + gap, box.y, 0, ban);
}

/* あなたの前に 5 人 */
static double before(struct sheet *sheet, struct box box, double px, double number_px)
{
    const struct type words = {px, FACE_BOLD, THEME_INK, TIER_B, NULL};
    const struct type number = {number_px, FACE_BOLD, THEME_INK, TIER_B, "ja"};
    struct page_count count = page_count(&sheet->page, "terminal.before", sheet->view->before);
    struct rich rich = {&words, &number, count.pattern, count.n, box.w};

    if (sheet->view->before == 0) {
        const struct sheet_text how = {px,         FACE_BOLD, THEME_INK, TIER_B,
                                       ALIGN_LEFT, 1,         NULL,      false};

        sheet_words(sheet, box, &how, page_words(&sheet->page, "terminal.before_none"));
        return box.w;
    }
    return page_rich(&sheet->page, &rich, ALIGN_LEFT, box.x, box.y + box.h / 2 + px * 0.5);
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
                  box.y + box.h / 2 + sheet->type->strong * 0.6, 0, text);
    }
    before(sheet, (struct box){box.x, box.y, box.w - room, box.h}, sheet->type->strong * 1.15,
           sheet->type->strong * 2);
}

/* Two lines under a picture: what happens, and what to do. */
static void caption(struct sheet *sheet, struct box box, const char *what, const char *how)
{
    struct sheet_text text = {sheet->type->strong, FACE_BOLD, THEME_INK, TIER_B,
                              ALIGN_CENTRE,        2,         NULL,      false};
    double half = box.h * 0.53;

    sheet_words(sheet, (struct box){box.x, box.y, box.w, half}, &text,
                page_words(&sheet->page, what));
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
    double side = box.w * 0.44 < box.h * 0.5 ? box.w * 0.44 : box.h * 0.5;
    double x = box.x + (box.w - side) / 2, y = box.y + box.h * 0.1, arrow = side * 0.3;

    page_fill(&sheet->page, (struct box){x + side * 0.15, y + side * 0.1, side * 0.7, side * 0.55},
              THEME_WHITE);
    page_icon(&sheet->page, (struct box){x, y, side, side}, ICON_PRINTER, THEME_INK);
    page_icon(&sheet->page,
              (struct box){x + (side - arrow) / 2,
                           y + side * 0.72 + arrow_shift(sheet->view->slip_ms), arrow, arrow},
              ICON_ARROW_DOWN, THEME_INK);
    caption(sheet, (struct box){box.x, box.y + box.h * 0.68, box.w, box.h * 0.32},
            done ? "terminal.slip_done" : "terminal.slip_coming", "terminal.slip_take");
}

/* The code at whole pixels a module; true when there was one to draw. */
static bool code(struct sheet *sheet, struct box box)
{
    struct qr qr;
    SDL_Rect area = page_rect(&sheet->page, box);
    int side = area.w < area.h ? area.w : area.h, modules, exact;

    if (!sheet->view->qr[0] || qr_encode(sheet->view->qr, &qr) < 0)
        return false;
    modules = qr.modules + 2 * QR_QUIET;
    exact = side / modules * modules;
    if (exact == 0)
        return false;
    area.x += (area.w - exact) / 2;
    area.y += (area.h - exact) / 2;
    area.w = area.h = exact;
    return qr_draw(sheet->page.canvas, &qr, area) > 0;
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
    const struct sheet_text sentence = {sheet->type->strong, FACE_BOLD, THEME_INK, TIER_A,
                                        ALIGN_LEFT,          2,         NULL,      false};
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
        sheet->type->body, FACE_REGULAR, THEME_WHITE, TIER_B, ALIGN_LEFT, 1, NULL, false};
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
    text.tier = sheet->form == FORM_UPRIGHT ? TIER_A : TIER_B;
    sheet_words(sheet,
                (struct box){box.x + left, box.y + box.h * 0.37, box.w - left - 16, box.h * 0.57},
                &text, page_words(&sheet->page, "terminal.photo"));
}

static void beside_code(struct sheet *sheet, struct box box)
{
    struct sheet_text text = {sheet->type->strong, FACE_BOLD, THEME_INK, TIER_B,
                              ALIGN_LEFT,          2,         NULL,      false};
    bool with_code = sheet->view->qr[0];

    if (with_code) {
        sheet_words(sheet, (struct box){box.x, box.y, box.w, box.h * 0.22}, &text,
                    page_words(&sheet->page, "terminal.follow"));
        text.face = FACE_REGULAR;
        text.px = sheet->type->body;
        text.lines = 3;
        sheet_words(sheet, (struct box){box.x, box.y + box.h * 0.23, box.w, box.h * 0.32}, &text,
                    page_words(&sheet->page, "terminal.follow_keep"));
        page_rule(&sheet->page, box.x, box.y + box.h * 0.59, box.w, 2, THEME_RULE);
    }
    before(sheet, (struct box){box.x, box.y + box.h * 0.6, box.w, box.h * 0.23}, sheet->type->body,
           sheet->type->body * 1.6);
    text.face = FACE_BOLD;
    text.px = sheet->type->body;
    text.lines = 2;
    sheet_words(sheet, (struct box){box.x, box.y + box.h * 0.83, box.w, box.h * 0.17}, &text,
                page_words(&sheet->page, "terminal.by_number"));
}

void terminal_no_slip(struct sheet *sheet)
{
    const struct no_slip_boxes *boxes = &no_slip_tables[sheet->form];
    const struct sheet_text note = {
        sheet->type->body, FACE_REGULAR, THEME_INK, TIER_B, ALIGN_LEFT, 2, NULL, false};
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
