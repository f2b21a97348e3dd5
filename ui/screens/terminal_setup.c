/* The technician's screen: the state of each part, and the one next step. Read at 1 m. */
#include "terminal_parts.h"

#include "catalogue.h"

static void band(struct sheet *sheet, double height)
{
    struct page *page = &sheet->page;
    double pad = height * 0.53;
    struct sheet_text text = {
        .px = height * 0.48, .face = FACE_BOLD, .colour = THEME_WHITE, .tier = TIER_B};

    page_fill(page, (struct box){0, 0, page->width, height}, THEME_INK);
    sheet_words(sheet, (struct box){pad, 0, page->width * 0.5 - pad, height}, &text,
                page_words(page, "setup.title"));
    text.face = FACE_REGULAR;
    text.align = ALIGN_RIGHT;
    text.px = height * 0.38;
    sheet_words(sheet, (struct box){page->width * 0.5, 0, page->width * 0.5 - pad, height}, &text,
                sheet->view->version);
}

/* What to do next, in a white frame. */
static void advice(struct sheet *sheet, struct box box, double px)
{
    struct sheet_text text = {
        .px = px * 0.78, .face = FACE_REGULAR, .colour = THEME_INK2, .tier = TIER_B};
    double pad = px * 0.55;

    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    sheet_words(sheet, (struct box){box.x + pad, box.y + pad * 0.3, box.w - 2 * pad, px * 1.1},
                &text, page_words(&sheet->page, "setup.next"));
    text = (struct sheet_text){
        .px = px, .face = FACE_BOLD, .colour = THEME_INK, .tier = TIER_B, .lines = 3};
    sheet_words(
        sheet,
        (struct box){box.x + pad, box.y + px * 1.3, box.w - 2 * pad, box.h - px * 1.3 - pad * 0.4},
        &text, sheet->view->advice);
}

/* A row that needs attention is inverted. */
static void row(struct sheet *sheet, struct box box, const struct terminal_status *status,
                double px)
{
    enum theme_colour colour = status->good ? THEME_INK : THEME_WHITE;
    struct sheet_text text = {.px = px, .face = FACE_BOLD, .colour = colour, .tier = TIER_B};
    double side = px * 1.25, name = px * 6.1;

    if (!status->good)
        page_fill(&sheet->page, box, THEME_INK);
    page_icon(&sheet->page, (struct box){box.x + px * 0.5, box.y + (box.h - side) / 2, side, side},
              status->good ? ICON_DONE : ICON_WARNING, colour);
    box.x += px * 2.3;
    box.w -= px * 2.3;
    sheet_words(sheet, (struct box){box.x, box.y, name - px * 0.3, box.h}, &text,
                page_words(&sheet->page, status->name));
    text.face = status->good ? FACE_REGULAR : FACE_BOLD;
    text.lines = 2;
    sheet_words(sheet, (struct box){box.x + name, box.y + 2, box.w - name - px * 0.4, box.h - 4},
                &text, status->value);
}

void terminal_setup(struct sheet *sheet)
{
    static const struct {
        double band, margin, advice, px, row;
    } tables[FORMS] = {[FORM_UPRIGHT] = {140, 56, 250, 44, 106},
                       [FORM_WIDE] = {88, 40, 140, 34, 62},
                       [FORM_SMALL] = {52, 16, 122, 26, 42}};
    const struct terminal_view *view = sheet->view;
    double margin = tables[sheet->form].margin, px = tables[sheet->form].px;
    double y = tables[sheet->form].band + margin * 0.6, h = tables[sheet->form].row;
    double room = sheet->page.height - y - tables[sheet->form].advice - margin;
    double w = sheet->page.width - 2 * margin;

    band(sheet, tables[sheet->form].band);
    advice(sheet, (struct box){margin, y, w, tables[sheet->form].advice}, px * 1.25);
    y += tables[sheet->form].advice + margin * 0.5;
    if (view->status_count > 0 && h > room / view->status_count)
        h = room / view->status_count;
    for (int i = 0; i < view->status_count; i++) {
        row(sheet, (struct box){margin, y, w, h}, &view->status[i], px);
        page_rule(&sheet->page, margin, y + h - 2, w, 2, THEME_RULE);
        y += h;
    }
}
