/* The technician's screen: the state of each part, and the one next step. Read at 1 m. */
#include "qr.h"
#include "terminal_parts.h"

#include "catalogue.h"

#include <math.h>

static const double ROW_LEAST = 1.35; /* height of a row, of its writing's */
static const double VALUE_AT = 8.8;   /* where its value begins, with the margin behind it */

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
    bool bad = !status->good && !status->unknown;
    enum theme_colour colour = bad ? THEME_WHITE : THEME_INK;
    struct sheet_text text = {.px = px, .face = FACE_BOLD, .colour = colour, .tier = TIER_B};
    double side = px * 1.25, name = px * (sheet->form == FORM_SMALL ? 4.6 : 6.1);

    if (bad)
        page_fill(&sheet->page, box, THEME_INK);
    if (status->unknown)
        page_rule(&sheet->page, box.x + px * 0.75, box.y + box.h / 2 - px * 0.06, px * 0.75,
                  px * 0.12, THEME_INK2);
    else
        page_icon(&sheet->page,
                  (struct box){box.x + px * 0.5, box.y + (box.h - side) / 2, side, side},
                  bad ? ICON_WARNING : ICON_DONE, colour);
    box.x += px * 2.3;
    box.w -= px * 2.3;
    sheet_words(sheet, (struct box){box.x, box.y, name - px * 0.3, box.h}, &text,
                page_words(&sheet->page, status->name));
    text.face = bad ? FACE_BOLD : FACE_REGULAR;
    text.lines = box.h > px * 2.4 ? 2 : 1;
    sheet_words(sheet, (struct box){box.x + name, box.y + 2, box.w - name - px * 0.4, box.h - 4},
                &text, status->value);
}

/* The device's own code, for whoever enrols it, and the same as a picture for a telephone. */
static void pairing(struct sheet *sheet, struct box box, double px)
{
    const struct terminal_view *view = sheet->view;
    struct sheet_text text = {.px = px,
                              .face = FACE_REGULAR,
                              .colour = THEME_INK2,
                              .tier = TIER_B,
                              .align = ALIGN_CENTRE};
    struct type code = {fmin(px * 2.4, box.w * 0.2), FACE_BOLD, THEME_INK, TIER_B, "ja"};
    char support[TERMINAL_TEXT];
    struct qr qr;
    double side = box.h - px * 6.4;

    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    sheet_words(sheet, (struct box){box.x + 8, box.y + px * 0.3, box.w - 16, px * 1.3}, &text,
                page_words(&sheet->page, "setup.pairing"));
    page_text(&sheet->page, &code, ALIGN_CENTRE, box.x + box.w / 2, box.y + px * 4, box.w - 24,
              view->pairing);
    if (view->pairing_qr[0] && qr_encode(view->pairing_qr, &qr) == 0)
        qr_draw(
            sheet->page.canvas, &qr,
            page_rect(&sheet->page, (struct box){box.x + 8, box.y + px * 4.6, box.w - 16, side}));
    catalogue_fill(support, sizeof support, page_words(&sheet->page, "setup.support"), "id",
                   view->support, NULL);
    sheet_words(sheet, (struct box){box.x + 8, box.y + box.h - px * 1.7, box.w - 16, px * 1.4},
                &text, support);
}

/* Marks the last rows that need no attention, as many as have no room: what identifies the machine
 * comes first. Returns how many rows stay. */
static int leave_out(const struct terminal_view *view, int spare,
                     bool ret[static TERMINAL_STATUS_MAX])
{
    int count = view->status_count;
    for (int i = view->status_count - 1; i >= 0; i--) {
        bool calm = view->status[i].good || view->status[i].unknown;
        ret[i] = calm && spare > 0;
        spare -= ret[i];
        count -= ret[i];
    }
    return count;
}

/* How rows may be laid: the first that has room for all is taken. */
struct lay {
    double size; /* of the writing, share of the usual one */
    int columns;
};

static int room(struct box area, double px, struct lay lay)
{
    return (int)(area.h / (px * lay.size * ROW_LEAST)) * lay.columns;
}

/* Whether each value has a line in a column so wide. */
static bool values_fit(struct sheet *sheet, double px, double width)
{
    const struct type type = {px, FACE_BOLD, THEME_INK, TIER_B, "ja"};
    for (int i = 0; i < sheet->view->status_count; i++)
        if (page_text_width(&sheet->page, &type, sheet->view->status[i].value) >
            width - px * VALUE_AT)
            return false;
    return true;
}

static struct lay choose(struct sheet *sheet, struct box area, double px)
{
    static const struct lay lays[] = {{1, 1}, {0.9, 1}, {0.8, 2}, {0.7, 1}};
    int last = sheet->form == FORM_WIDE ? 3 : 1; /* others have no room beside, or are small */
    struct lay lay = lays[0];
    for (int i = 0; i <= last && room(area, px, lay) < sheet->view->status_count; i++)
        if (lays[i].columns == 1 ||
            values_fit(sheet, px * lays[i].size, (area.w - px) / lays[i].columns))
            lay = lays[i];
    return lay;
}

/* The rows in their order, down and then to the right; where not all have room, good ones are left
 * out. */
static void rows(struct sheet *sheet, struct box area, double px, double row_height)
{
    const struct terminal_view *view = sheet->view;
    struct lay lay = choose(sheet, area, px);
    bool left_out[TERMINAL_STATUS_MAX];
    int count = leave_out(view, view->status_count - room(area, px, lay), left_out);
    int column = (count + lay.columns - 1) / lay.columns;
    double h = fmin(row_height, area.h / fmax(column, 1)), gap = (lay.columns - 1) * px;
    struct box box = {area.x, area.y, (area.w - gap) / lay.columns, h};

    for (int i = 0, shown = 0; i < view->status_count; i++) {
        if (left_out[i])
            continue;
        row(sheet, box, &view->status[i], px * lay.size);
        page_rule(&sheet->page, box.x, box.y + h - 2, box.w, 2, THEME_RULE);
        box.y += h;
        if (++shown % column == 0) {
            box.x += box.w + gap;
            box.y = area.y;
        }
    }
}

void terminal_setup(struct sheet *sheet)
{
    static const struct {
        double band, margin, advice, px, row, pairing;
    } tables[FORMS] = {[FORM_UPRIGHT] = {140, 56, 250, 44, 106, 520},
                       [FORM_WIDE] = {88, 40, 140, 34, 62, 380},
                       [FORM_SMALL] = {52, 16, 116, 26, 42, 290}};
    bool upright = sheet->form == FORM_UPRIGHT, paired = sheet->view->pairing[0] != '\0';
    double margin = tables[sheet->form].margin, px = tables[sheet->form].px;
    double y = tables[sheet->form].band + margin * 0.6, side = tables[sheet->form].pairing;
    struct box all = {margin, y, sheet->page.width - 2 * margin, sheet->page.height - y - margin};
    struct box list;

    band(sheet, tables[sheet->form].band);
    advice(sheet, (struct box){all.x, all.y, all.w, tables[sheet->form].advice}, px * 1.25);
    all.y += tables[sheet->form].advice + margin * 0.5;
    all.h -= tables[sheet->form].advice + margin * 0.5;
    list = all;
    if (paired && upright) {
        list.h -= side + margin * 0.5;
        pairing(sheet, (struct box){all.x, all.y + all.h - side, all.w, side}, px);
    } else if (paired) {
        list.w -= side + margin * 0.5;
        pairing(sheet, (struct box){all.x + all.w - side, all.y, side, all.h}, px * 0.9);
    }
    rows(sheet, list, px, tables[sheet->form].row);
}
