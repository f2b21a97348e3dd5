/* The number, or the numbers of a party, and what stands with them wherever they are shown. */
#include "qr.h"
#include "terminal_parts.h"

#include "catalogue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Height of a digit, with a little air. */
#define DIGIT_EM 0.83

void sheet_accepted(struct sheet *sheet)
{
    static const struct box tables[FORMS] = {[FORM_UPRIGHT] = {56, 156, 968, 100},
                                             [FORM_WIDE] = {40, 88, 1000, 96},
                                             [FORM_SMALL] = {24, 50, 572, 62}};
    const struct sheet_text how = {
        .px = sheet->type->headline * 0.9, .face = FACE_BOLD, .colour = THEME_INK, .tier = TIER_A};
    struct box box = sheet_box(sheet, tables[sheet->form]);
    double side = sheet->type->headline * 1.05;

    page_icon(&sheet->page, (struct box){box.x + 3, box.y + (box.h - side) / 2, side, side},
              ICON_DONE, THEME_INK);
    box.x += side + 32 * sheet->type->headline / 80;
    box.w -= side + 32 * sheet->type->headline / 80;
    sheet_words(sheet, box, &how, page_words(&sheet->page, "terminal.accepted"));
}

/* The service, and the hours of a booking. */
enum { SERVICE_TEXT = TERMINAL_TEXT + 40 };

static const char *service_words(const struct sheet *sheet, char text[static SERVICE_TEXT])
{
    const struct terminal_view *view = sheet->view;

    if (!view->slot[0] || sheet->form != FORM_UPRIGHT)
        return view->slot[0] ? view->slot : view->service; /* no room for both */
    snprintf(text, SERVICE_TEXT, "%s\n%s", view->service, view->slot);
    return text;
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
    char service[SERVICE_TEXT];
    const struct type type = {label.px, FACE_BOLD, THEME_INK, TIER_B, NULL};
    double used = fmin(page_text_width(&sheet->page, &type, words), box.w * 0.6);

    sheet_words(sheet, (struct box){box.x, box.y, used, box.h}, &label, words);
    label.align = ALIGN_RIGHT;
    label.leading = 1.05;
    sheet_words(sheet, (struct box){box.x + used + 20, box.y, box.w - used - 20, box.h}, &label,
                service_words(sheet, service));
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

/* The size at which a party's numbers stand in so many columns. */
static double party_px(struct sheet *sheet, struct box box, double px, int columns)
{
    const struct terminal_view *view = sheet->view;
    int rows = (view->number_count + columns - 1) / columns;
    struct type type = {fmin(px, box.h / rows / DIGIT_EM * 0.92), FACE_BOLD, THEME_INK, TIER_FREE,
                        "ja"};

    for (int i = 0; i < view->number_count; i++)
        while (type.px > 8 && page_text_width(&sheet->page, &type, view->numbers[i]) >
                                  box.w / columns - type.px * 0.2)
            type.px *= 0.97;
    return type.px;
}

/* The numbers of a party, all of one size, in the columns that leave them largest. */
static void numbers_in(struct sheet *sheet, struct box box, double px)
{
    const struct terminal_view *view = sheet->view;
    int columns = 1;
    struct type type = {0, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    struct box cell = {.y = box.y};

    if (view->number_count <= 1) {
        number_in(sheet, box, px);
        return;
    }
    for (int i = 1; i <= view->number_count; i++) {
        double size = party_px(sheet, box, px, i);

        if (size >= type.px) {
            type.px = size;
            columns = i;
        }
    }
    cell.w = box.w / columns;
    cell.h = box.h / ((view->number_count + columns - 1) / columns);
    for (int i = 0; i < view->number_count; i++)
        page_text(&sheet->page, &type, ALIGN_CENTRE, box.x + (i % columns + 0.5) * cell.w,
                  box.y + (i / columns + 0.5) * cell.h + type.px * 0.405, 0, view->numbers[i]);
}

/* Labels above the number; on a small panel beside it, one over the other. */
void sheet_number_frame(struct sheet *sheet, struct box box, double px)
{
    double pad = sheet->type->body * 0.87, top = sheet->type->body * 2.3, room = box.w - 2 * pad;
    struct sheet_text label = {.px = sheet->type->strong,
                               .face = FACE_BOLD,
                               .colour = THEME_INK,
                               .tier = TIER_B,
                               .lines = 2,
                               .leading = 1.1};

    char service[SERVICE_TEXT];

    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    if (sheet->form != FORM_SMALL) {
        number_labels(sheet, (struct box){box.x + pad, box.y + pad * 0.5, room, top - pad * 0.5});
        numbers_in(
            sheet,
            (struct box){box.x + pad, box.y + top * 0.9, room, box.h - top * 0.9 - pad * 1.3}, px);
        return;
    }
    pad = 12;
    if (sheet->view->number_count > 1) { /* a party needs the whole frame */
        numbers_in(sheet, (struct box){box.x + pad, box.y + 10, box.w - 2 * pad, box.h - 20}, px);
        return;
    }
    sheet_words(sheet, (struct box){box.x + pad, box.y + 4, box.w * 0.42, box.h * 0.4 - 4}, &label,
                page_words(&sheet->page, "terminal.your_number"));
    label.px = sheet->type->text;
    label.lines = 3;
    sheet_words(sheet,
                (struct box){box.x + pad, box.y + box.h * 0.4, box.w * 0.42, box.h * 0.6 - 4},
                &label, service_words(sheet, service));
    numbers_in(sheet,
               (struct box){box.x + box.w * 0.42 + 2 * pad, box.y + pad, box.w * 0.58 - 3 * pad,
                            box.h - 2 * pad},
               px);
}

double sheet_before(struct sheet *sheet, struct box box, double px, double number_px)
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

/* 15番 2/3 and a chevron at the foot of the button; on a small panel the number alone. */
static void whose_code(struct sheet *sheet, struct box box)
{
    const struct terminal_view *view = sheet->view;
    struct sheet_text text = {.px = sheet->type->strong,
                              .face = FACE_BOLD,
                              .colour = THEME_AI,
                              .tier = TIER_B,
                              .align = ALIGN_CENTRE};
    char words[TERMINAL_TEXT], page[12], count[12];
    double side = box.h * 0.7;

    snprintf(page, sizeof page, "%d", view->code + 1);
    snprintf(count, sizeof count, "%d", view->number_count);
    catalogue_fill(words, sizeof words, page_words(&sheet->page, "terminal.code_of"), "number",
                   view->numbers[view->code], "page", page, "count", count, NULL);
    sheet_words(sheet, (struct box){box.x, box.y, box.w - side, box.h}, &text,
                sheet->form == FORM_SMALL ? view->numbers[view->code] : words);
    page_icon(&sheet->page,
              (struct box){box.x + box.w - side, box.y + (box.h - side) / 2, side, side},
              ICON_CHEVRON, THEME_AI);
}

bool sheet_party_code(struct sheet *sheet, struct box box, const char *words)
{
    const struct terminal_view *view = sheet->view;
    bool small = sheet->form == FORM_SMALL;
    double foot = sheet->type->strong * (small ? 1.05 : 1.25), pad = small ? 4 : 8, head = 0;
    struct sheet_text text = {.px = sheet->type->strong,
                              .face = FACE_BOLD,
                              .colour = THEME_AI,
                              .tier = TIER_B,
                              .align = ALIGN_CENTRE,
                              .lines = 2,
                              .leading = 1.1};
    struct box face;

    if (view->number_count <= 1 || !view->qr[0])
        return false;
    face = sheet_button(sheet, box, BUTTON_OUTLINED, "code");
    if (words && !small) { /* a small panel has room for the code alone */
        head = box.h * 0.2;
        sheet_words(sheet, (struct box){face.x + pad, face.y + pad, face.w - 2 * pad, head}, &text,
                    words);
    }
    sheet_code(sheet, (struct box){face.x + pad, face.y + pad / 2 + head, face.w - 2 * pad,
                                   face.h - pad - head - foot});
    whose_code(sheet, (struct box){face.x + pad, face.y + face.h - foot - pad / 2, face.w - 2 * pad,
                                   foot});
    return true;
}

bool sheet_code(struct sheet *sheet, struct box box)
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
