/* Reception is closed: why, and when it opens. */
#include "qr.h"
#include "terminal_parts.h"

#include "catalogue.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct closed_boxes {
    struct box headline, english, opens, hours, net, checkin, wait, languages, foot;
};

static const struct closed_boxes tables[FORMS] = {
    [FORM_UPRIGHT] = {.headline = {56, 156, 968, 200},
                      .english = {56, 376, 968, 76},
                      .opens = {56, 480, 968, 330},
                      .hours = {56, 853, 968, 300},
                      .net = {56, 1184, 968, 220},
                      .checkin = {56, 1190, 968, 204},
                      .wait = {56, 1440, 968, 74},
                      .languages = {56, 1524, 968, 292},
                      .foot = {56, 1832, 968, 60}},
    [FORM_WIDE] = {.headline = {40, 88, 780, 166},
                   .english = {40, 254, 800, 50},
                   .opens = {40, 312, 600, 216},
                   .hours = {672, 312, 568, 216},
                   .net = {824, 112, 416, 150},
                   .checkin = {824, 112, 416, 150},
                   .wait = {40, 548, 1200, 62},
                   .languages = {40, 642, 1200, 130}},
    [FORM_SMALL] = {.headline = {24, 50, 752, 150},
                    .opens = {24, 204, 752, 88},
                    .wait = {24, 304, 752, 58},
                    .checkin = {406, 370, 382, 108},
                    .languages = {12, 370, 382, 108}},
};

static void headline(struct sheet *sheet, const struct closed_boxes *boxes)
{
    static const char *const keys[] = {
        [CLOSED_BEFORE] = "terminal.closed_before", [CLOSED_BREAK] = "terminal.closed_break",
        [CLOSED_ENDED] = "terminal.closed_ended",   [CLOSED_PAUSED] = "terminal.closed_paused",
        [CLOSED_DAY] = "terminal.closed_day",       [CLOSED_FULL] = "terminal.closed_full",
    };
    const char *key = keys[sheet->view->closed_reason];
    struct sheet_text text = {.px = sheet->type->headline,
                              .face = FACE_BOLD,
                              .colour = THEME_INK,
                              .tier = TIER_A,
                              .lines = 2,
                              .leading = 1.15};
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
    text = (struct sheet_text){.px = sheet->type->sub,
                               .face = FACE_REGULAR,
                               .colour = THEME_INK2,
                               .tier = TIER_B,
                               .language = japanese ? "en" : "ja"};
    sheet_words(sheet, sheet_box(sheet, boxes->english), &text,
                catalogue_get(canvas_words(sheet->page.canvas, japanese ? "en" : "ja"),
                              "terminal.closed_short"));
}

/* つぎの受付 / 午後 3:00 から; on a small panel side by side. */
static void opens(struct sheet *sheet, struct box box)
{
    bool small = sheet->form == FORM_SMALL;
    double px = fmin(box.h * (small ? 0.8 : 0.6), box.w * 0.225), pad = small ? 20 : box.h * 0.145;
    const struct type number = {px, FACE_BOLD, THEME_WHITE, TIER_A, "ja"};
    const struct type words = {px * 0.38, FACE_BOLD, THEME_WHITE, TIER_B, NULL};
    struct sheet_text label = {.px = small ? sheet->type->body : px * 0.3,
                               .face = FACE_BOLD,
                               .colour = THEME_WHITE,
                               .tier = TIER_B,
                               .lines = small ? 2 : 1,
                               .leading = 1.1};
    struct box above = {box.x + pad, box.y + box.h * 0.07, box.w - 2 * pad, box.h * 0.23};
    struct box below = {box.x + pad, box.y + box.h * 0.3, box.w - 2 * pad, box.h * 0.6};
    struct sheet_time time;

    if (!sheet->view->opens_at[0])
        return;
    if (small) {
        above = (struct box){box.x + pad, box.y, box.w * 0.3, box.h};
        below = (struct box){above.x + above.w + pad, box.y, box.w - above.w - 3 * pad, box.h};
    }
    page_fill(&sheet->page, box, THEME_AI);
    sheet_words(sheet, above, &label, page_words(&sheet->page, "terminal.next_reception"));
    if (sheet_time(sheet, "terminal.opens", sheet->view->opens_at, &time)) {
        struct rich rich = {&words, &number, time.pattern, time.n, below.w};

        page_rich(&sheet->page, &rich, ALIGN_LEFT, below.x,
                  small ? box.y + box.h / 2 + px * 0.405 : box.y + box.h * 0.87);
        return;
    }
    label.px = px * 0.5;
    sheet_words(sheet, below, &label, sheet->view->opens_at);
}

/* One row of today's hours: 午後 3:00 〜 6:30  これから */
static void hours_row(struct sheet *sheet, struct box box, const struct terminal_hours *hours)
{
    enum text_face face = hours->over ? FACE_REGULAR : FACE_BOLD;
    struct sheet_text text = {.px = sheet->type->strong * 1.08,
                              .face = face,
                              .colour = hours->over ? THEME_INK2 : THEME_INK,
                              .tier = TIER_B};
    struct sheet_time from, to;
    bool morning = strtol(hours->from, NULL, 10) < 12;
    char range[64];

    if (!sheet_time(sheet, "terminal.hours", hours->from, &from) ||
        !sheet_time(sheet, "terminal.hours", hours->to, &to))
        return;
    /* an afternoon may begin at 0:00, a morning ends at 12:00 */
    snprintf(range, sizeof range, "%s 〜 %s", from.n,
             morning && strncmp(hours->to, "12:", 3) == 0 ? hours->to : to.n);
    sheet_words(sheet, (struct box){box.x, box.y, box.w * 0.172, box.h}, &text,
                page_words(&sheet->page, morning ? "terminal.morning" : "terminal.afternoon"));
    text.language = "ja";
    text.px = sheet->type->strong * 1.25;
    sheet_words(sheet, (struct box){box.x + box.w * 0.2, box.y, box.w * 0.44, box.h}, &text, range);
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
    struct sheet_text text = {
        .px = sheet->type->body, .face = FACE_BOLD, .colour = THEME_INK, .tier = TIER_B};
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
    struct sheet_text text = {.px = sheet->type->strong,
                              .face = FACE_BOLD,
                              .colour = THEME_INK,
                              .tier = TIER_B,
                              .lines = 2,
                              .leading = 1.1};
    char phone[TERMINAL_TEXT];
    struct qr code;
    bool has_code = view->qr[0] && qr_encode(view->qr, &code) == 0;
    double left = has_code ? box.h * 1.15 : 0;

    catalogue_fill(phone, sizeof phone, page_words(&sheet->page, "terminal.phone"), "phone",
                   view->phone, NULL);
    if (has_code) {
        qr_draw(sheet->page.canvas, &code,
                page_rect(&sheet->page, (struct box){box.x, box.y, box.h, box.h}));
        sheet_words(sheet,
                    (struct box){box.x + left, box.y + box.h * 0.06, box.w - left, box.h * 0.42},
                    &text, page_words(&sheet->page, "terminal.net_booking"));
    }
    text.face = FACE_REGULAR;
    text.px = sheet->type->body;
    text.lines = 2;
    text.leading = 1.1;
    if (view->phone[0])
        sheet_words(sheet,
                    (struct box){box.x + left, box.y + (has_code ? box.h * 0.48 : 0), box.w - left,
                                 has_code ? box.h * 0.42 : box.h * 0.35},
                    &text, phone);
}

void terminal_closed(struct sheet *sheet)
{
    const struct closed_boxes *boxes = &tables[sheet->form];
    struct sheet_text text = {.px = sheet->type->text,
                              .face = FACE_BOLD,
                              .colour = THEME_INK,
                              .tier = TIER_B,
                              .lines = 2};
    struct box wait = sheet_box(sheet, boxes->wait);

    sheet_header(sheet);
    headline(sheet, boxes);
    opens(sheet, sheet_box(sheet, boxes->opens));
    if (boxes->hours.w > 0)
        hours(sheet, sheet_box(sheet, boxes->hours));
    if (sheet->view->show_checkin)
        sheet_button_words(sheet, sheet_box(sheet, boxes->checkin), BUTTON_OUTLINED, "checkin",
                           page_words(&sheet->page, "terminal.checkin"));
    else if (boxes->net.w > 0)
        net(sheet, sheet_box(sheet, boxes->net));
    page_rule(&sheet->page, wait.x, wait.y - 10, wait.w, 3, THEME_INK);
    sheet_words(sheet, wait, &text, page_words(&sheet->page, "terminal.hold_on"));
    sheet_languages_foot(sheet, sheet_box(sheet, boxes->languages));
    text.face = FACE_REGULAR;
    text.px = sheet->type->text;
    if (boxes->foot.w > 0)
        sheet_words(sheet, sheet_box(sheet, boxes->foot), &text,
                    page_words(&sheet->page, "terminal.urgent"));
}
