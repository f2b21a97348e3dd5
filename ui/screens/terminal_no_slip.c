/* The number is there, but no slip will come: it is photographed. */
#include "terminal_parts.h"

struct no_slip_boxes {
    struct box frame, band, qr, words, note;
    double number_px, rule; /* rule 0 = none */
};

static const struct no_slip_boxes no_slip_tables[FORMS] = {
    [FORM_UPRIGHT] = {.frame = {56, 288, 968, 480},
                      .band = {56, 800, 968, 284},
                      .qr = {56, 1112, 400, 400},
                      .words = {496, 1112, 528, 400},
                      .note = {56, 1548, 968, 70},
                      .number_px = 400,
                      .rule = 1537},
    [FORM_WIDE] = {.frame = {40, 184, 500, 300},
                   .band = {40, 498, 1200, 144},
                   .qr = {564, 184, 300, 300},
                   .words = {892, 184, 348, 300},
                   .note = {640, 94, 600, 84},
                   .number_px = 250},
    [FORM_SMALL] = {.frame = {24, 112, 304, 150},
                    .band = {24, 272, 752, 92},
                    .qr = {336, 106, 150, 160},
                    .words = {494, 112, 294, 150},
                    .number_px = 116},
};

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
    sheet_before(sheet, (struct box){box.x, box.y + box.h * 0.6, box.w, box.h * 0.23},
                 sheet->type->body, sheet->type->body * 1.6);
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
    sheet_before(sheet, (struct box){box.x, box.y + box.h * 0.56, box.w, box.h * 0.24},
                 sheet->type->body, sheet->type->body * 1.3);
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
    sheet_accepted(sheet);
    sheet_number_frame(sheet, frame, boxes->number_px);
    photo_band(sheet, sheet_box(sheet, boxes->band));
    if (!sheet_party_code(sheet, qr, NULL) && !sheet_code(sheet, qr)) {
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
    sheet_foot(sheet, &(struct sheet_foot){
                          .left = "longer",
                          .left_words = page_words(&sheet->page, "terminal.longer"),
                          .right = "finish",
                          .right_words = page_words(&sheet->page, "terminal.finish"),
                      });
}
