/* One sentence in a white frame: not available, refused, a number is being fetched. */
#include "terminal_parts.h"

#include "catalogue.h"

#include <string.h>

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
    [FORM_WIDE] = {.frame = {40, 104, 1200, 364},
                   .english = {40, 480, 1200, 64},
                   .wait = {40, 548, 1200, 60},
                   .languages = {40, 642, 1200, 130},
                   .rule = 618},
    [FORM_SMALL] = {.frame = {24, 56, 752, 256},
                    .wait = {24, 316, 752, 50},
                    .languages = {12, 370, 382, 108}},
};

/* A sentence in the white frame, and what to do under a rule. */
static void notice_frame(struct sheet *sheet, struct box box, const char *what, const char *todo)
{
    bool upright = sheet->form == FORM_UPRIGHT;
    double pad = upright ? 72 : sheet->type->strong;
    double part = !todo ? 1 : upright ? 0.71 : 0.66;
    struct sheet_text text = {.px = !upright ? sheet->type->headline * 1.2
                                    : todo   ? 92
                                             : 70,
                              .face = FACE_BOLD,
                              .colour = THEME_INK,
                              .tier = TIER_A,
                              .lines = upright ? 3 : 2,
                              .leading = upright ? 1.38 : 1.25};
    struct box inside = {box.x + pad, box.y + pad * 0.5, box.w - 2 * pad, box.h - pad};

    page_fill(&sheet->page, box, THEME_WHITE);
    page_frame(&sheet->page, box, 4, THEME_INK);
    sheet_words(sheet, (struct box){inside.x, inside.y, inside.w, inside.h * part - 8}, &text,
                page_words(&sheet->page, what));
    if (!todo)
        return;
    page_rule(&sheet->page, inside.x, inside.y + inside.h * part, inside.w, 3, THEME_INK);
    text.px = upright ? 64 : sheet->type->headline;
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
    struct sheet_text text = {.px = sheet->type->sub * 1.17,
                              .face = FACE_REGULAR,
                              .colour = THEME_INK2,
                              .tier = TIER_B,
                              .language = japanese ? "en" : "ja"};
    struct box languages_box = sheet_box(sheet, boxes->languages);

    sheet_header(sheet);
    notice_frame(sheet, sheet_box(sheet, boxes->frame),
                 sheet->view->no_service ? "terminal.no_service" : "terminal.unavailable",
                 "terminal.speak_to_desk");
    if (boxes->english.w > 0)
        sheet_words(sheet, sheet_box(sheet, boxes->english), &text,
                    catalogue_get(canvas_words(sheet->page.canvas, japanese ? "en" : "ja"),
                                  "terminal.speak_to_desk"));
    text = (struct sheet_text){.px = sheet->type->clinic,
                               .face = FACE_REGULAR,
                               .colour = THEME_INK,
                               .tier = TIER_B,
                               .lines = 2};
    sheet_words(sheet, sheet_box(sheet, boxes->wait), &text,
                page_words(&sheet->page, "terminal.hold_on"));
    if (boxes->rule > 0)
        page_rule(&sheet->page, languages_box.x, boxes->rule * sheet->stretch_y, languages_box.w, 3,
                  THEME_INK);
    sheet_languages_foot(sheet, languages_box);
}

void terminal_wait(struct sheet *sheet)
{
    static const struct box frames[FORMS] = {[FORM_UPRIGHT] = {56, 620, 968, 420},
                                             [FORM_WIDE] = {40, 300, 1200, 270},
                                             [FORM_SMALL] = {24, 190, 752, 190}};
    struct box frame = sheet_box(sheet, frames[sheet->form]);
    double side = sheet->type->headline * 1.4;

    sheet_header(sheet);
    page_icon(&sheet->page, (struct box){frame.x, frame.y - side * 1.35, side, side}, ICON_WAITING,
              THEME_INK);
    notice_frame(sheet, frame, "terminal.fetching", NULL);
}

/* Words that a reason has of its own; patients read no cause of the others. */
static const char *refused_words(struct sheet *sheet)
{
    const char *key = sheet->view->refused;

    return *key && page_find(&sheet->page, key) ? key : "terminal.unavailable";
}

/* What a second try may mend. */
static bool can_retry(const char *refused)
{
    return strcmp(refused, "refused.no_booking") == 0;
}

void terminal_refused(struct sheet *sheet)
{
    static const struct box frames[FORMS] = {[FORM_UPRIGHT] = {56, 420, 968, 760},
                                             [FORM_WIDE] = {40, 120, 1200, 480},
                                             [FORM_SMALL] = {24, 60, 752, 296}};
    struct sheet_foot foot = {.right = "finish",
                              .right_words = page_words(&sheet->page, "terminal.finish")};

    sheet_header(sheet);
    notice_frame(sheet, sheet_box(sheet, frames[sheet->form]), refused_words(sheet),
                 "terminal.speak_to_desk");
    if (can_retry(sheet->view->refused)) {
        foot.left = "retry";
        foot.left_words = page_words(&sheet->page, "terminal.retry");
    }
    sheet_foot(sheet, &foot);
}
