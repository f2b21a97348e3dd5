#include "staff.h"

#include "terminal_parts.h"

#include "catalogue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "staff_parts.h"

static struct sheet_text words_of(double px, enum theme_colour colour)
{
    return (struct sheet_text){
        .px = px, .face = FACE_BOLD, .colour = colour, .tier = TIER_B, .lines = 1};
}

double staff_band(struct staff_sheet *staff, const char *title, double w)
{
    static const double heights[FORMS] = {
        [FORM_UPRIGHT] = 140, [FORM_WIDE] = 130, [FORM_SMALL] = 106};
    struct sheet *sheet = &staff->sheet;
    struct page *page = &sheet->page;
    double h = heights[sheet->form], pad = h * 0.2;
    double close = sheet->form != FORM_SMALL ? 250 : w < page->width ? 116 : 150;
    double room = fmin(w - close - 2 * pad, h * 3.4);
    struct sheet_text text = words_of(h * 0.34, THEME_WHITE);
    char seconds[12], left[TERMINAL_TEXT];

    page_fill(page, (struct box){0, 0, w, h}, THEME_INK);
    sheet_words(sheet, (struct box){pad, h * 0.06, room, h * 0.52}, &text, page_words(page, title));
    snprintf(seconds, sizeof seconds, "%d", staff->view->seconds_left);
    catalogue_fill(left, sizeof left, page_words(page, "staff.left"), "seconds", seconds, NULL);
    text = words_of(h * 0.25, THEME_WHITE);
    text.face = FACE_REGULAR;
    if (staff->view->seconds_total > 0)
        sheet_words(sheet, (struct box){pad, h * 0.58, room, h * 0.36}, &text, left);
    sheet_button_words(sheet, (struct box){w - close - 1, 1, close, h - 2}, BUTTON_OUTLINED,
                       "close", page_words(page, "staff.close"));
    return h;
}

void staff_result(struct staff_sheet *staff, struct box box)
{
    struct sheet *sheet = &staff->sheet;
    const struct staff_view *view = staff->view;
    struct sheet_text text = words_of(sheet->type->body, THEME_INK);
    char since[TERMINAL_TEXT] = "";
    double side = fmin(box.h * 0.62, sheet->type->headline);
    enum icon icon = view->result_good ? ICON_DONE : ICON_WARNING;
    const char *words = NULL;

    if (view->result[0]) {
        words = page_words(&sheet->page, view->result);
    } else if (view->offline && (view->screen == STAFF_MENU || view->screen == STAFF_PEOPLE)) {
        catalogue_fill(since, sizeof since,
                       page_words(&sheet->page, sheet->form == FORM_SMALL ? "staff.offline_short"
                                                                          : "staff.offline"),
                       "since", view->offline_since, NULL);
        words = since;
        icon = ICON_WARNING;
    }
    if (!words)
        return;
    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 3, THEME_INK);
    page_icon(&sheet->page, (struct box){box.x + 16, box.y + (box.h - side) / 2, side, side}, icon,
              THEME_INK);
    if (sheet->form == FORM_SMALL)
        text.px = sheet->type->text;
    text.lines = box.h > 150 ? 5 : sheet->form == FORM_SMALL ? 3 : 2;
    text.leading = 1.15;
    sheet_words(sheet, (struct box){box.x + side + 32, box.y + 2, box.w - side - 48, box.h - 4},
                &text, words);
}

/* PIN and number: a frame over the keypad. */
static void keypad_screen(struct staff_sheet *staff, const char *title, const char *shown)
{
    static const struct {
        struct box entry, result, keys;
    } tables[FORMS] = {
        [FORM_UPRIGHT] = {{56, 420, 968, 160}, {56, 190, 968, 180}, {56, 620, 968, 996}},
        [FORM_WIDE] = {{40, 180, 590, 120}, {40, 330, 590, 200}, {660, 160, 580, 600}},
        [FORM_SMALL] = {{16, 124, 330, 80}, {16, 216, 330, 250}, {364, 4, 430, 472}},
    };
    struct sheet *sheet = &staff->sheet;
    struct box box = sheet_box(sheet, tables[sheet->form].entry);
    struct type digits = {fmin(box.h * 0.7, sheet->type->headline * 1.4), FACE_BOLD, THEME_INK,
                          TIER_B, "ja"};

    /* A small panel has the keypad beside the band, not under it. */
    staff_band(staff, title, sheet->form == FORM_SMALL ? 356 : sheet->page.width);
    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    if (*shown)
        page_text(&sheet->page, &digits, ALIGN_CENTRE, box.x + box.w / 2,
                  box.y + box.h / 2 + digits.px * 0.405, box.w - 32, shown);
    staff_result(staff, sheet_box(sheet, tables[sheet->form].result));
    sheet_keypad(sheet, sheet_box(sheet, tables[sheet->form].keys));
}

/* Dots in place of digits; while tries are not taken, the seconds. */
static void pin_screen(struct staff_sheet *staff)
{
    char shown[STAFF_ENTRY_SIZE * 4] = "", seconds[12];
    char locked[TERMINAL_TEXT];

    for (size_t i = 0; staff->view->entry[i]; i++)
        strcat(shown, "＊");
    if (staff->view->locked_s > 0) {
        snprintf(seconds, sizeof seconds, "%d", staff->view->locked_s);
        catalogue_fill(locked, sizeof locked, page_words(&staff->sheet.page, "staff.locked"),
                       "seconds", seconds, NULL);
    }
    keypad_screen(staff, "staff.pin", staff->view->locked_s > 0 ? locked : shown);
}

/* A sentence, and one or two large buttons under it. */
static void question(struct staff_sheet *staff, const char *title, const char *words,
                     const struct sheet_foot *foot)
{
    static const struct box frames[FORMS] = {[FORM_UPRIGHT] = {56, 420, 968, 500},
                                             [FORM_WIDE] = {40, 180, 1200, 420},
                                             [FORM_SMALL] = {24, 130, 752, 220}};
    struct sheet *sheet = &staff->sheet;
    struct box box = sheet_box(sheet, frames[sheet->form]);
    struct sheet_text text = words_of(sheet->type->headline, THEME_INK);

    staff_band(staff, title, sheet->page.width);
    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    text.lines = 3;
    text.align = ALIGN_CENTRE;
    sheet_words(sheet, (struct box){box.x + 40, box.y + 20, box.w - 80, box.h - 40}, &text, words);
    sheet_foot(sheet, foot);
}

static void volume_screen(struct staff_sheet *staff)
{
    struct page *page = &staff->sheet.page;
    char percent[12], words[TERMINAL_TEXT];

    snprintf(percent, sizeof percent, "%d", staff->view->volume);
    catalogue_fill(words, sizeof words, page_words(page, "staff.volume_now"), "percent", percent,
                   NULL);
    question(staff, "staff.volume", words,
             &(struct sheet_foot){.left = "softer",
                                  .left_words = page_words(page, "staff.softer"),
                                  .alike = true,
                                  .right = "louder",
                                  .right_words = page_words(page, "staff.louder")});
}

static void restart_screen(struct staff_sheet *staff)
{
    struct page *page = &staff->sheet.page;

    question(staff, "staff.restart", page_words(page, "staff.restart_sure"),
             &(struct sheet_foot){.left = "back",
                                  .left_words = page_words(page, "terminal.back"),
                                  .right = "restart",
                                  .right_words = page_words(page, "staff.restart")});
}

/* Eight pairs a line: as many as a reader can compare with another screen at a glance. */
static void fingerprint(struct staff_sheet *staff, struct box box)
{
    enum { LINE = 8 * 3 };
    struct sheet *sheet = &staff->sheet;
    const char *text = staff->view->fingerprint;
    int lines = ((int)strlen(text) + LINE) / LINE;
    double height = box.h / fmax(lines, 4);
    struct type type = {fmin(height * 0.72, box.w / 15.5), FACE_BOLD, THEME_INK, TIER_B, "ja"};

    for (int i = 0; i < lines; i++) {
        char line[LINE + 1];

        snprintf(line, sizeof line, "%.*s", LINE - 1, text + (size_t)i * LINE);
        page_text(&sheet->page, &type, ALIGN_CENTRE, box.x + box.w / 2,
                  box.y + i * height + height / 2 + type.px * 0.38, box.w, line);
    }
}

static void lan_screen(struct staff_sheet *staff)
{
    static const struct box frames[FORMS] = {[FORM_UPRIGHT] = {56, 300, 968, 900},
                                             [FORM_WIDE] = {40, 150, 1200, 460},
                                             [FORM_SMALL] = {16, 112, 768, 250}};
    struct sheet *sheet = &staff->sheet;
    struct box box = sheet_box(sheet, frames[sheet->form]);
    struct sheet_text text = words_of(sheet->type->body, THEME_INK2);
    double line = text.px * 1.5, pad = text.px * 0.7;

    staff_band(staff, "staff.lan", sheet->page.width);
    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    text.face = FACE_REGULAR;
    box = (struct box){box.x + pad, box.y + pad * 0.4, box.w - 2 * pad, box.h - pad * 0.8};
    sheet_words(sheet, (struct box){box.x, box.y, box.w, line}, &text,
                page_words(&sheet->page, "staff.lan_address"));
    text.face = FACE_BOLD;
    text.colour = THEME_INK;
    sheet_words(sheet, (struct box){box.x, box.y + line, box.w, line}, &text, staff->view->address);
    text.face = FACE_REGULAR;
    text.colour = THEME_INK2;
    sheet_words(sheet, (struct box){box.x, box.y + line * 2, box.w, line}, &text,
                page_words(&sheet->page, "staff.lan_fingerprint"));
    fingerprint(staff, (struct box){box.x, box.y + line * 3.1, box.w, box.h - line * 3.1});
    sheet_foot(sheet, &(struct sheet_foot){
                          .left = "back", .left_words = page_words(&sheet->page, "terminal.back")});
}

void staff_draw(struct canvas *canvas, const struct staff_view *view, struct widgets *ret_widgets)
{
    struct terminal_view frame = {.screen = TERMINAL_SETUP, .language = "ja"};
    struct staff_sheet staff = {.view = view};

    memcpy(frame.pressed, view->pressed, sizeof frame.pressed);
    memcpy(frame.focus, view->focus, sizeof frame.focus);
    memcpy(frame.letters, view->letters, sizeof frame.letters);
    sheet_begin(&staff.sheet, canvas, &frame, ret_widgets);
    switch (view->screen) {
    case STAFF_PIN:
        pin_screen(&staff);
        break;
    case STAFF_MENU:
        staff_menu(&staff);
        break;
    case STAFF_NUMBER:
        keypad_screen(&staff, view->title, view->entry);
        break;
    case STAFF_VOLUME:
        volume_screen(&staff);
        break;
    case STAFF_RESTART:
        restart_screen(&staff);
        break;
    case STAFF_PEOPLE:
        staff_people(&staff);
        break;
    case STAFF_LAN:
        lan_screen(&staff);
        break;
    case STAFF_SHUT:
    case STAFF_SCREENS:
        break;
    }
}
