/* The first screen: what the clinic offers, how many wait, and the languages. */
#include "terminal_parts.h"

#include "catalogue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct start_boxes {
    struct box headline, sub, prompt, waiting, services, services_alone, checkin, languages_rule,
        languages_label, languages, foot, notice, options, foot_beside, waiting_short;
};

static const struct start_boxes tables[FORMS] = {
    [FORM_UPRIGHT] = {.headline = {56, 124, 968, 98},
                      .sub = {56, 222, 968, 62},
                      .prompt = {56, 300, 560, 90},
                      .waiting = {620, 288, 404, 90},
                      .services = {56, 404, 968, 663},
                      .services_alone = {56, 404, 968, 911},
                      .checkin = {56, 1096, 968, 204},
                      .languages_rule = {56, 1345, 968, 3},
                      .languages_label = {56, 1368, 968, 54},
                      .languages = {56, 1440, 968, 292},
                      .foot = {56, 1792, 968, 64},
                      .notice = {56, 228, 968, 64},
                      .options = {600, 1760, 424, 112},
                      .foot_beside = {56, 1760, 520, 112}},
    [FORM_WIDE] = {.headline = {40, 94, 770, 96},
                   .sub = {832, 114, 408, 68},
                   .waiting = {832, 192, 408, 250},
                   .services = {40, 192, 760, 406},
                   .services_alone = {40, 192, 760, 406},
                   .checkin = {832, 462, 408, 136},
                   .languages_rule = {40, 618, 1200, 3},
                   .languages = {40, 642, 1200, 130},
                   .notice = {832, 96, 408, 88},
                   .waiting_short = {832, 190, 408, 130},
                   .options = {832, 328, 408, 126}},
    [FORM_SMALL] = {.services = {12, 54, 776, 312},
                    .services_alone = {12, 54, 776, 312},
                    .languages = {12, 370, 776, 108},
                    .notice = {12, 53, 776, 44}},
};

static bool has_options(const struct sheet *sheet)
{
    return sheet->view->show_family || sheet->view->show_no_voice;
}

/* What is to be known beforehand: maintenance, or that no slip will come. */
static void notice(struct sheet *sheet, struct box box)
{
    const struct terminal_view *view = sheet->view;
    struct sheet_text text = {.px = sheet->type->text,
                              .face = FACE_BOLD,
                              .colour = view->notice_urgent ? THEME_WHITE : THEME_INK,
                              .tier = TIER_B,
                              .lines = sheet->form == FORM_WIDE ? 2 : 1,
                              .leading = 1.15};
    double side = text.px * 1.1, pad = 16;

    page_fill(&sheet->page, box, view->notice_urgent ? THEME_INK : THEME_WHITE);
    if (!view->notice_urgent)
        page_frame(&sheet->page, box, 3, THEME_INK);
    page_icon(&sheet->page, (struct box){box.x + pad, box.y + (box.h - side) / 2, side, side},
              view->notice_urgent ? ICON_WARNING : ICON_CLOCK, text.colour);
    sheet_words(sheet,
                (struct box){box.x + 2 * pad + side, box.y + 2, box.w - side - 3 * pad, box.h - 4},
                &text, view->notice);
}

/* ご家族・ご希望, or what was chosen behind it: 3人分 / 声で 呼ばない. */
static void family_button(struct sheet *sheet, struct box box)
{
    const struct terminal_view *view = sheet->view;
    char words[3 * TERMINAL_TEXT], count[TERMINAL_TEXT] = "", persons[12];
    bool party = view->persons > 1, wish = view->show_no_voice && view->no_voice;

    if (!party && !wish) {
        sheet_switch(sheet, box, false, "family",
                     page_words(&sheet->page, view->show_no_voice ? "terminal.family_and_wish"
                                                                  : "terminal.again"));
        return;
    }
    snprintf(persons, sizeof persons, "%d", view->persons);
    if (party)
        catalogue_fill(count, sizeof count, page_words(&sheet->page, "terminal.family_chosen"),
                       "persons", persons, NULL);
    snprintf(words, sizeof words, "%s%s%s", count, party && wish ? "\n" : "",
             wish ? page_words(&sheet->page, "terminal.no_voice") : "");
    sheet_switch(sheet, box, true, "family", words);
}

/* One button behind which both stand: who comes alone and likes to be called is not asked. */
static void options_button(struct sheet *sheet, struct box box)
{
    const struct terminal_view *view = sheet->view;

    if (view->show_family)
        family_button(sheet, box);
    else
        sheet_switch(sheet, box, view->no_voice, "no_voice",
                     page_words(&sheet->page, "terminal.no_voice"));
}

static void checkin(struct sheet *sheet, struct box box)
{
    bool upright = sheet->form == FORM_UPRIGHT, icon = box.w > 6 * sheet->type->name;
    struct box face = sheet_button(sheet, box, BUTTON_OUTLINED, "checkin");
    double side = upright ? 92 : sheet->type->headline;
    double left = upright ? 190 : icon ? side + 52 : 24;
    struct type name = {upright ? 60 : sheet->type->strong + 2, FACE_BOLD, THEME_AI, TIER_B, NULL};
    struct type second = {sheet->type->text, FACE_REGULAR, THEME_AI, TIER_B, NULL};
    struct block block = {.box = {face.x + left, face.y + 12, face.w - left - 24, face.h - 24},
                          .lines = 2,
                          .leading = 1.15,
                          .shrink_first = upright};

    if (icon)
        page_icon(
            &sheet->page,
            (struct box){face.x + (upright ? 46 : 26), face.y + (face.h - side) / 2, side, side},
            ICON_QR, THEME_AI);
    if (upright) {
        page_icon(&sheet->page,
                  (struct box){face.x + face.w - 26 - 47, face.y + (face.h - 62) / 2, 62, 62},
                  ICON_CHEVRON, THEME_AI);
        block.box.w -= 76;
        block.box.h = face.h * 0.52;
        page_block(&sheet->page, &second,
                   &(struct block){.box = {block.box.x, block.box.y + block.box.h, block.box.w,
                                           face.h - block.box.h - 30},
                                   .lines = 1},
                   page_words(&sheet->page, "terminal.checkin_more"));
    }
    page_block(&sheet->page, &name, &block, page_words(&sheet->page, "terminal.checkin"));
}

static void headline(struct sheet *sheet, const struct start_boxes *boxes)
{
    bool japanese = strncmp(sheet->page.language, "ja", 2) == 0;
    bool plain = strcmp(sheet->page.language, "ja-easy") == 0;
    const struct sheet_text head = {.px = sheet->type->headline * (plain ? 0.9 : 1),
                                    .face = FACE_BOLD,
                                    .colour = THEME_INK,
                                    .tier = TIER_A};
    const struct sheet_text sub = {.px = sheet->type->sub,
                                   .face = FACE_REGULAR,
                                   .colour = THEME_INK2,
                                   .tier = TIER_B,
                                   .language = japanese ? "en" : "ja"};
    const struct catalogue *other = canvas_words(sheet->page.canvas, japanese ? "en" : "ja");

    if (sheet->view->notice[0] && sheet_crowded(sheet)) {
        struct box box = sheet_box(sheet, boxes->headline);

        notice(sheet, (struct box){box.x, box.y + 4, box.w, box.h - 12});
        return;
    }
    sheet_words(sheet, sheet_box(sheet, boxes->headline), &head,
                page_words(&sheet->page, "terminal.headline"));
    if (sheet->view->notice[0])
        notice(sheet, sheet_box(sheet, boxes->notice));
    else if (!plain && !sheet_crowded(sheet))
        sheet_words(sheet, sheet_box(sheet, boxes->sub), &sub,
                    catalogue_get(other, "terminal.headline"));
}

/* ご用件を お選びください           15 人 お待ちです */
static void prompt_upright(struct sheet *sheet, const struct start_boxes *boxes)
{
    enum { GAP = 20 };
    struct type unit = {48, FACE_BOLD, THEME_INK, TIER_A, NULL};
    struct type number = {94, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    struct type words = {sheet->type->body, FACE_REGULAR, THEME_INK, TIER_A, NULL};
    const char *prompt = page_words(&sheet->page, "terminal.prompt");
    struct page_count count = page_count(&sheet->page, "terminal.waiting", sheet->view->waiting);
    struct rich rich = {&unit, &number, count.pattern, count.n, 0};
    struct box right = sheet_box(sheet, boxes->waiting), left = sheet_box(sheet, boxes->prompt);
    double baseline = left.y + left.h - 19, width = right.x + right.w - left.x - GAP, used;

    while (unit.px > 30 &&
           page_rich_width(&sheet->page, &rich) + page_text_width(&sheet->page, &words, prompt) >
               width) {
        unit.px -= 1;
        number.px -= 2;
        words.px = fmin(words.px, unit.px);
    }
    used = page_rich(&sheet->page, &rich, ALIGN_RIGHT, right.x + right.w, baseline);
    page_text(&sheet->page, &words, ALIGN_LEFT, left.x, baseline, width - used, prompt);
}

/* ただいま / 15 人 / お待ちです, one under the other. */
static void waiting_wide(struct sheet *sheet, struct box box)
{
    const struct sheet_text above = {
        .px = 46, .face = FACE_REGULAR, .colour = THEME_INK2, .tier = TIER_B};
    const struct sheet_text below = {
        .px = 56, .face = FACE_BOLD, .colour = THEME_INK, .tier = TIER_B};
    const struct type number = {128, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    const struct type unit = {60, FACE_BOLD, THEME_INK, TIER_B, NULL};
    struct page_count count = page_count(&sheet->page, "count.people", sheet->view->waiting);
    struct rich rich = {&unit, &number, count.pattern, count.n, box.w};

    sheet_words(sheet, (struct box){box.x, box.y, box.w, box.h * 0.21}, &above,
                page_words(&sheet->page, "terminal.now"));
    page_rich(&sheet->page, &rich, ALIGN_LEFT, box.x, box.y + box.h * 0.675);
    sheet_words(sheet, (struct box){box.x, box.y + box.h * 0.72, box.w, box.h * 0.28}, &below,
                page_words(&sheet->page, "terminal.are_waiting"));
}

/* ことば Language: the page's own word, then one that most others know. */
static void languages_label(struct sheet *sheet, struct box label)
{
    const char *other = strcmp(sheet->page.language, "en") == 0 ? "ja" : "en";
    const struct type ours = {sheet->type->body, FACE_BOLD, THEME_INK, TIER_B, NULL};
    const struct type theirs = {sheet->type->name_en, FACE_REGULAR, THEME_INK2, TIER_B, other};
    double used = page_text(&sheet->page, &ours, ALIGN_LEFT, label.x, label.y + 44, 0,
                            page_words(&sheet->page, "terminal.languages"));

    page_text(&sheet->page, &theirs, ALIGN_LEFT, label.x + used + 24, label.y + 44, 0,
              catalogue_get(canvas_words(sheet->page.canvas, other), "terminal.languages"));
}

static void languages(struct sheet *sheet, const struct start_boxes *boxes)
{
    struct box rule = sheet_box(sheet, boxes->languages_rule);

    page_rule(&sheet->page, rule.x, rule.y, rule.w, 3, THEME_INK);
    if (sheet->form == FORM_UPRIGHT)
        languages_label(sheet, sheet_box(sheet, boxes->languages_label));
    sheet_languages(sheet, sheet_box(sheet, boxes->languages));
}

/* One list of services fills the screen; what else there is stands in the row below it. */
static void start_small(struct sheet *sheet, const struct start_boxes *boxes)
{
    enum { GAP = 12 };
    const struct terminal_view *view = sheet->view;
    struct box area = sheet_box(sheet, boxes->services), row = sheet_box(sheet, boxes->languages);
    int cells = 1 + (view->show_checkin ? 1 : 0) + (has_options(sheet) ? 1 : 0);
    double step = (row.w + GAP) / cells;

    sheet_header(sheet);
    if (view->notice[0]) {
        struct box band = sheet_box(sheet, boxes->notice);

        notice(sheet, band);
        area.h -= band.y + band.h + 3 - area.y;
        area.y = band.y + band.h + 3;
    }
    sheet_services(sheet, area, 0, NULL);
    row.w = step - GAP;
    sheet_button_words(sheet, row, BUTTON_OUTLINED, "languages",
                       page_words(&sheet->page, "terminal.languages_both"));
    if (view->show_checkin) {
        row.x += step;
        sheet_button_words(sheet, row, BUTTON_OUTLINED, "checkin",
                           page_words(&sheet->page, "terminal.checkin"));
    }
    row.x += step;
    if (has_options(sheet))
        options_button(sheet, row);
}

/* 15 人 お待ちです in one line. */
static void waiting_short(struct sheet *sheet, struct box box)
{
    const struct type unit = {48, FACE_BOLD, THEME_INK, TIER_B, NULL};
    const struct type number = {96, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    struct page_count count = page_count(&sheet->page, "terminal.waiting", sheet->view->waiting);
    struct rich rich = {&unit, &number, count.pattern, count.n, box.w};

    page_rich(&sheet->page, &rich, ALIGN_LEFT, box.x, box.y + box.h * 0.78);
}

/* Many services on a wide panel: people waiting in one line, check-in as the last card. */
static void start_crowded(struct sheet *sheet, const struct start_boxes *boxes)
{
    const struct type unit = {48, FACE_BOLD, THEME_INK, TIER_B, NULL};
    const struct type number = {84, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    struct page_count count = page_count(&sheet->page, "terminal.waiting", sheet->view->waiting);
    struct box head = sheet_box(sheet, boxes->headline), area = sheet_box(sheet, boxes->services);
    struct box waiting = sheet_box(sheet, boxes->waiting), spares[SHEET_SPARES_MAX],
               *spare = spares;
    int count_spares = (sheet->view->show_checkin ? 1 : 0) + (has_options(sheet) ? 1 : 0);
    struct rich rich = {&unit, &number, count.pattern, count.n, waiting.w};

    page_rich(&sheet->page, &rich, ALIGN_RIGHT, waiting.x + waiting.w, head.y + head.h * 0.75);
    area.w = waiting.x + waiting.w - area.x;
    sheet_services(sheet, area, count_spares, spares);
    if (sheet->view->show_checkin)
        checkin(sheet, *spare++);
    if (has_options(sheet))
        options_button(sheet, *spare);
    languages(sheet, boxes);
}

void terminal_start(struct sheet *sheet)
{
    const struct start_boxes *boxes = &tables[sheet->form];
    const struct sheet_text foot = {.px = sheet->type->text,
                                    .face = FACE_REGULAR,
                                    .colour = THEME_INK,
                                    .tier = TIER_B,
                                    .lines = has_options(sheet) ? 2 : 1};
    struct box cards =
        sheet_box(sheet, sheet->view->show_checkin ? boxes->services : boxes->services_alone);

    if (sheet->form == FORM_SMALL) {
        start_small(sheet, boxes);
        return;
    }
    sheet_header(sheet);
    headline(sheet, boxes);
    if (sheet_crowded(sheet)) {
        start_crowded(sheet, boxes);
        return;
    }
    if (sheet->form == FORM_UPRIGHT)
        prompt_upright(sheet, boxes);
    else if (has_options(sheet))
        waiting_short(sheet, sheet_box(sheet, boxes->waiting_short));
    else
        waiting_wide(sheet, sheet_box(sheet, boxes->waiting));
    sheet_services(sheet, cards, 0, NULL);
    if (sheet->view->show_checkin)
        checkin(sheet, sheet_box(sheet, boxes->checkin));
    languages(sheet, boxes);
    if (has_options(sheet))
        options_button(sheet, sheet_box(sheet, boxes->options));
    if (sheet->form == FORM_UPRIGHT)
        sheet_words(sheet, sheet_box(sheet, has_options(sheet) ? boxes->foot_beside : boxes->foot),
                    &foot, page_words(&sheet->page, "terminal.help"));
}
