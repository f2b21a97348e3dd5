/* Reception is closed, suspended, or a number is being fetched. */
#include "qr.h"
#include "terminal_parts.h"

#include "catalogue.h"

#include <stdio.h>
#include <string.h>

struct closed_boxes {
    struct box headline, english, opens, hours, net, wait, languages, foot;
};

static const struct closed_boxes tables[FORMS] = {
    [FORM_UPRIGHT] = {.headline = {56, 156, 968, 200},
                      .english = {56, 376, 968, 76},
                      .opens = {56, 480, 968, 330},
                      .hours = {56, 853, 968, 300},
                      .net = {56, 1184, 968, 220},
                      .wait = {56, 1440, 968, 74},
                      .languages = {56, 1524, 968, 292},
                      .foot = {56, 1832, 968, 60}},
    [FORM_WIDE] = {.headline = {40, 100, 620, 160},
                   .english = {40, 268, 620, 56},
                   .opens = {692, 104, 548, 216},
                   .hours = {40, 340, 620, 190},
                   .net = {692, 340, 548, 190},
                   .wait = {40, 548, 1200, 62},
                   .languages = {40, 642, 1200, 130}},
    [FORM_SMALL] = {.headline = {24, 56, 752, 110},
                    .opens = {24, 172, 752, 116},
                    .wait = {24, 292, 752, 70},
                    .languages = {12, 370, 382, 108}},
};

static void languages(struct sheet *sheet, struct box box)
{
    if (sheet->form == FORM_SMALL)
        sheet_button_words(sheet, box, BUTTON_OUTLINED, "languages",
                           page_words(&sheet->page, "terminal.languages_both"));
    else
        sheet_languages(sheet, box);
}

static void headline(struct sheet *sheet, const struct closed_boxes *boxes)
{
    static const char *const keys[] = {
        [CLOSED_BEFORE] = "terminal.closed_before", [CLOSED_BREAK] = "terminal.closed_break",
        [CLOSED_ENDED] = "terminal.closed_ended",   [CLOSED_PAUSED] = "terminal.closed_paused",
        [CLOSED_DAY] = "terminal.closed_day",
    };
    const char *key = keys[sheet->view->closed_reason];
    struct sheet_text text = {
        sheet->type->headline, FACE_BOLD, THEME_INK, TIER_A, ALIGN_LEFT, 2, NULL, false};
    bool japanese = strncmp(sheet->page.language, "ja", 2) == 0;
    struct box box = sheet_box(sheet, boxes->headline);
    double side = sheet->type->headline * 1.25;

    page_icon(&sheet->page, (struct box){box.x + 4, box.y + (box.h - side) / 2, side, side},
              ICON_CLOCK, THEME_INK);
    box.x += side * 1.46;
    box.w -= side * 1.46;
    sheet_words(sheet, box, &text, page_words(&sheet->page, key));
    if (boxes->english.w <= 0)
        return;
    text =
        (struct sheet_text){sheet->type->sub,       FACE_REGULAR, THEME_INK2, TIER_B, ALIGN_LEFT, 1,
                            japanese ? "en" : "ja", false};
    sheet_words(sheet, sheet_box(sheet, boxes->english), &text,
                catalogue_get(canvas_words(sheet->page.canvas, japanese ? "en" : "ja"),
                              japanese ? "terminal.closed_short" : key));
}

/* つぎの受付 / 午後 3:00 から */
static void opens(struct sheet *sheet, struct box box)
{
    double px = box.h * 0.6, pad = box.h * 0.145;
    const struct type number = {px, FACE_BOLD, THEME_WHITE, TIER_A, "ja"};
    const struct type words = {px * 0.38, FACE_BOLD, THEME_WHITE, TIER_B, NULL};
    struct sheet_text label = {px * 0.3,   FACE_BOLD, THEME_WHITE, TIER_B,
                               ALIGN_LEFT, 1,         NULL,        false};
    struct sheet_time time;

    if (!sheet->view->opens_at[0])
        return;
    page_fill(&sheet->page, box, THEME_AI);
    sheet_words(sheet,
                (struct box){box.x + pad, box.y + box.h * 0.07, box.w - 2 * pad, box.h * 0.23},
                &label, page_words(&sheet->page, "terminal.next_reception"));
    if (sheet_time(sheet, "terminal.opens", sheet->view->opens_at, &time)) {
        struct rich rich = {&words, &number, time.pattern, time.n, box.w - 2 * pad};

        page_rich(&sheet->page, &rich, ALIGN_LEFT, box.x + pad, box.y + box.h * 0.87);
        return;
    }
    label.px = px * 0.5;
    sheet_words(sheet, (struct box){box.x + pad, box.y + box.h * 0.3, box.w - 2 * pad, box.h * 0.6},
                &label, sheet->view->opens_at);
}

/* One row of today's hours: 午後 3:00 〜 6:30  これから */
static void hours_row(struct sheet *sheet, struct box box, const struct terminal_hours *hours)
{
    enum text_face face = hours->over ? FACE_REGULAR : FACE_BOLD;
    struct sheet_text text = {sheet->type->strong,
                              face,
                              hours->over ? THEME_INK2 : THEME_INK,
                              TIER_B,
                              ALIGN_LEFT,
                              1,
                              NULL,
                              false};
    struct sheet_time from, to;
    char range[64];

    if (!sheet_time(sheet, "terminal.hours", hours->from, &from) ||
        !sheet_time(sheet, "terminal.hours", hours->to, &to))
        return;
    snprintf(range, sizeof range, "%s 〜 %s", from.n, to.n);
    sheet_words(sheet, (struct box){box.x, box.y, box.w * 0.16, box.h}, &text,
                page_words(&sheet->page, strtol(hours->from, NULL, 10) < 12
                                             ? "terminal.morning"
                                             : "terminal.afternoon"));
    text.language = "ja";
    sheet_words(sheet, (struct box){box.x + box.w * 0.178, box.y, box.w * 0.46, box.h}, &text,
                range);
    text.language = NULL;
    text.align = ALIGN_RIGHT;
    text.px = sheet->type->body;
    sheet_words(
        sheet, (struct box){box.x + box.w * 0.65, box.y, box.w * 0.35, box.h}, &text,
        page_words(&sheet->page, hours->over ? "terminal.hours_over" : "terminal.hours_to_come"));
}

static void hours(struct sheet *sheet, struct box box)
{
    const struct terminal_view *view = sheet->view;
    struct sheet_text text = {sheet->type->body, FACE_BOLD, THEME_INK, TIER_B,
                              ALIGN_LEFT,        1,         NULL,      false};
    double row = box.h / (TERMINAL_HOURS_MAX + 0.0);

    if (view->hours_count == 0)
        return;
    page_rule(&sheet->page, box.x, box.y, box.w, 3, THEME_INK);
    sheet_words(sheet, (struct box){box.x, box.y + 3, box.w * 0.6, row - 8}, &text,
                page_words(&sheet->page, "terminal.hours_today"));
    text.face = FACE_REGULAR;
    text.colour = THEME_INK2;
    text.align = ALIGN_RIGHT;
    sheet_words(sheet, (struct box){box.x + box.w * 0.5, box.y + 3, box.w * 0.5, row - 8}, &text,
                view->date);
    for (int i = 0; i < view->hours_count && i < 2; i++) {
        page_rule(&sheet->page, box.x, box.y + row * (i + 1) - 6, box.w, 2, THEME_RULE);
        hours_row(sheet, (struct box){box.x, box.y + row * (i + 1) - 4, box.w, row},
                  &view->hours[i]);
    }
    page_rule(&sheet->page, box.x, box.y + row * (view->hours_count + 1), box.w, 3, THEME_INK);
}

/* The reservation's QR and the telephone. */
static void net(struct sheet *sheet, struct box box)
{
    const struct terminal_view *view = sheet->view;
    struct sheet_text text = {sheet->type->strong, FACE_BOLD, THEME_INK, TIER_B,
                              ALIGN_LEFT,          1,         NULL,      false};
    char phone[TERMINAL_TEXT];
    struct qr code;
    bool has_code = view->qr[0] && qr_encode(view->qr, &code) == 0;
    double left = has_code ? box.h * 1.15 : 0;

    catalogue_fill(phone, sizeof phone, page_words(&sheet->page, "terminal.phone"), "phone",
                   view->phone, NULL);
    if (has_code) {
        qr_draw(sheet->page.canvas, &code,
                page_rect(&sheet->page, (struct box){box.x, box.y, box.h, box.h}));
        sheet_words(sheet, (struct box){box.x + left, box.y, box.w - left, box.h * 0.5}, &text,
                    page_words(&sheet->page, "terminal.net_booking"));
    }
    text.face = FACE_REGULAR;
    text.px = sheet->type->body;
    if (view->phone[0])
        sheet_words(sheet,
                    (struct box){box.x + left, box.y + (has_code ? box.h * 0.5 : 0), box.w - left,
                                 has_code ? box.h * 0.5 : box.h * 0.35},
                    &text, phone);
}

void terminal_closed(struct sheet *sheet)
{
    const struct closed_boxes *boxes = &tables[sheet->form];
    struct sheet_text text = {sheet->type->body, FACE_BOLD, THEME_INK, TIER_B,
                              ALIGN_LEFT,        2,         NULL,      false};
    struct box wait = sheet_box(sheet, boxes->wait);

    sheet_header(sheet);
    headline(sheet, boxes);
    opens(sheet, sheet_box(sheet, boxes->opens));
    if (boxes->hours.w > 0)
        hours(sheet, sheet_box(sheet, boxes->hours));
    if (boxes->net.w > 0)
        net(sheet, sheet_box(sheet, boxes->net));
    page_rule(&sheet->page, wait.x, wait.y - 10, wait.w, 3, THEME_INK);
    sheet_words(sheet, wait, &text, page_words(&sheet->page, "terminal.hold_on"));
    languages(sheet, sheet_box(sheet, boxes->languages));
    text.face = FACE_REGULAR;
    text.px = sheet->type->text;
    if (boxes->foot.w > 0)
        sheet_words(sheet, sheet_box(sheet, boxes->foot), &text,
                    page_words(&sheet->page, "terminal.urgent"));
}

struct unavailable_boxes {
    struct box frame, english, wait, languages;
    double rule;
};

static const struct unavailable_boxes unavailable_tables[FORMS] = {
    [FORM_UPRIGHT] = {.frame = {56, 240, 968, 700},
                      .english = {56, 972, 968, 90},
                      .wait = {56, 1220, 968, 84},
                      .languages = {56, 1440, 968, 292},
                      .rule = 1380},
    [FORM_WIDE] = {.frame = {40, 108, 1200, 340},
                   .english = {40, 462, 1200, 64},
                   .wait = {40, 540, 1200, 64},
                   .languages = {40, 642, 1200, 130},
                   .rule = 618},
    [FORM_SMALL] = {.frame = {24, 60, 752, 236},
                    .wait = {24, 300, 752, 66},
                    .languages = {12, 370, 382, 108}},
};

/* A sentence in the white frame, and what to do under a rule. */
static void notice_frame(struct sheet *sheet, struct box box, const char *what, const char *todo)
{
    bool upright = sheet->form == FORM_UPRIGHT;
    double pad = upright ? 72 : sheet->type->strong, part = todo ? 0.71 : 1;
    struct sheet_text text = {upright ? 92 : sheet->type->headline * 1.2,
                              FACE_BOLD,
                              THEME_INK,
                              TIER_A,
                              ALIGN_LEFT,
                              upright ? 3 : 2,
                              NULL,
                              false};
    struct box inside = {box.x + pad, box.y + pad * 0.5, box.w - 2 * pad, box.h - pad};

    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    sheet_words(sheet, (struct box){inside.x, inside.y, inside.w, inside.h * part - 8}, &text,
                page_words(&sheet->page, what));
    if (!todo)
        return;
    page_rule(&sheet->page, inside.x, inside.y + inside.h * part, inside.w, 3, THEME_INK);
    text.px = upright ? 66 : sheet->type->headline;
    text.lines = upright ? 2 : 1;
    sheet_words(
        sheet,
        (struct box){inside.x, inside.y + inside.h * part + 8, inside.w, inside.h * (1 - part) - 8},
        &text, page_words(&sheet->page, todo));
}

void terminal_unavailable(struct sheet *sheet)
{
    const struct unavailable_boxes *boxes = &unavailable_tables[sheet->form];
    bool japanese = strncmp(sheet->page.language, "ja", 2) == 0;
    struct sheet_text text = {
        sheet->type->sub * 1.1, FACE_REGULAR, THEME_INK2, TIER_B, ALIGN_LEFT, 1,
        japanese ? "en" : "ja", false};
    struct box languages_box = sheet_box(sheet, boxes->languages);

    sheet_header(sheet);
    notice_frame(sheet, sheet_box(sheet, boxes->frame), "terminal.unavailable",
                 "terminal.speak_to_desk");
    if (boxes->english.w > 0)
        sheet_words(sheet, sheet_box(sheet, boxes->english), &text,
                    catalogue_get(canvas_words(sheet->page.canvas, japanese ? "en" : "ja"),
                                  "terminal.speak_to_desk"));
    text = (struct sheet_text){
        sheet->type->clinic, FACE_REGULAR, THEME_INK, TIER_B, ALIGN_LEFT, 2, NULL, false};
    sheet_words(sheet, sheet_box(sheet, boxes->wait), &text,
                page_words(&sheet->page, "terminal.hold_on"));
    if (boxes->rule > 0)
        page_rule(&sheet->page, languages_box.x, boxes->rule * sheet->stretch_y, languages_box.w, 3,
                  THEME_INK);
    languages(sheet, languages_box);
}

void terminal_wait(struct sheet *sheet)
{
    const struct unavailable_boxes *boxes = &unavailable_tables[sheet->form];
    struct box frame = sheet_box(sheet, boxes->frame);
    double side = sheet->type->headline * 1.4;

    sheet_header(sheet);
    page_icon(&sheet->page,
              (struct box){frame.x, frame.y + (sheet->form == FORM_UPRIGHT ? 0 : 24), side, side},
              ICON_WAITING, THEME_INK);
    frame.y += side + 48;
    frame.h -= side + 48;
    notice_frame(sheet, frame, "terminal.fetching", NULL);
}
