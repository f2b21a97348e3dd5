/* The first screen: what the clinic offers, how many wait, and the languages. */
#include "terminal_parts.h"

#include "catalogue.h"

#include <stdio.h>
#include <string.h>

struct start_boxes {
    struct box headline, sub, prompt, waiting, services, services_alone, checkin, languages_rule,
        languages_label, languages, foot;
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
                      .foot = {56, 1792, 968, 64}},
    [FORM_WIDE] = {.headline = {40, 100, 770, 84},
                   .sub = {832, 114, 408, 68},
                   .waiting = {832, 192, 408, 250},
                   .services = {40, 192, 760, 406},
                   .services_alone = {40, 192, 760, 406},
                   .checkin = {832, 462, 408, 136},
                   .languages_rule = {40, 618, 1200, 3},
                   .languages = {40, 642, 1200, 130}},
    [FORM_SMALL] = {.services = {12, 54, 776, 312},
                    .services_alone = {12, 54, 776, 312},
                    .checkin = {406, 370, 382, 108},
                    .languages = {12, 370, 382, 108}},
};

/* Name and second line of a service in the chosen language; Japanese stays on the card, because
 * that is what staff and signs say. */
struct service_words {
    const char *name, *name_language, *second, *second_language;
};

static struct service_words words_of(struct sheet *sheet, const struct terminal_service *service)
{
    const char *language = sheet->page.language;
    bool japanese = strncmp(language, "ja", 2) == 0;
    char key[TERMINAL_TEXT + 16];
    const char *own, *own_second;

    snprintf(key, sizeof key, "service.%s", service->name);
    own = strcmp(language, "ja") == 0 ? NULL : page_find(&sheet->page, key);
    snprintf(key, sizeof key, "service.%s.plain", service->name);
    own_second = page_find(&sheet->page, key);
    if (japanese)
        return (struct service_words){own ? own : service->name, "ja",
                                      own_second ? own_second : service->name_en,
                                      own_second ? "ja" : "en"};
    if (own)
        return (struct service_words){own, language, service->name, "ja"};
    if (service->name_en[0])
        return (struct service_words){service->name_en, "en", service->name, "ja"};
    return (struct service_words){service->name, "ja", "", "ja"};
}

/* People waiting and the chevron, from the right edge of the face. Returns the width used. */
static double card_end(struct sheet *sheet, struct box face, const struct terminal_service *service,
                       double size)
{
    struct type number = {sheet->type->count * size, FACE_BOLD, THEME_WHITE, TIER_FREE, "ja"};
    struct type unit = {sheet->type->unit * size, FACE_REGULAR, THEME_WHITE, TIER_B, NULL};
    struct page_count count = page_count(&sheet->page, "count.people", service->waiting);
    struct rich rich = {&unit, &number, count.pattern, count.n, 0};
    double side = 62 * size * sheet->type->name / 76, pad = 26 * sheet->type->name / 76;
    double right = face.x + face.w - pad;

    page_icon(&sheet->page,
              (struct box){right - side * 0.76, face.y + (face.h - side) / 2, side, side},
              ICON_CHEVRON, THEME_WHITE);
    right -= side * 0.6 + pad * 1.3;
    return face.x + face.w -
           (right - page_rich(&sheet->page, &rich, ALIGN_RIGHT, right,
                              face.y + face.h / 2 + number.px * 0.41));
}

static void paused_end(struct sheet *sheet, struct box face, double width)
{
    const struct sheet_text how = {
        sheet->type->text, FACE_REGULAR, THEME_INK, TIER_B, ALIGN_RIGHT, 2, NULL, false};

    sheet_words(sheet, (struct box){face.x + face.w - width - 24, face.y, width, face.h}, &how,
                page_words(&sheet->page, "terminal.service_paused"));
}

static void card_words(struct sheet *sheet, struct box box, const struct terminal_service *service,
                       enum theme_colour colour, double size)
{
    struct service_words words = words_of(sheet, service);
    bool ruby = strstr(words.name, "《") || strstr(words.second, "《");
    double part = !*words.second ? 1 : ruby ? 0.58 : 0.615;
    struct type name = {sheet->type->name * (ruby ? 0.86 : 1) * size, FACE_BOLD, colour, TIER_A,
                        words.name_language};
    struct type second = {sheet->type->name_en * size, FACE_REGULAR, colour, TIER_B,
                          words.second_language};
    double pad = box.h * (ruby ? 0.02 : 0.07);
    struct block first = {.box = {box.x, box.y + pad, box.w, (box.h - 2 * pad) * part},
                          .lines = 2,
                          .leading = 1.05,
                          .shrink_first = true};
    struct block below = {.box = {box.x, box.y + pad + (box.h - 2 * pad) * part, box.w,
                                  (box.h - 2 * pad) * (1 - part)},
                          .lines = 1};

    page_block(&sheet->page, &name, &first, words.name);
    page_block(&sheet->page, &second, &below, words.second);
}

static void service_card(struct sheet *sheet, struct box box,
                         const struct terminal_service *service, double size)
{
    char name[WIDGET_NAME_SIZE];
    enum icon icon = shape_icon_named(service->icon);
    bool roomy = box.w > 11 * sheet->type->name && icon != ICONS;
    enum theme_colour colour = service->open ? THEME_WHITE : THEME_INK;
    double left = 26 * sheet->type->name / 76, side = sheet->type->name * 1.22 * size, used;
    struct box face = box;

    snprintf(name, sizeof name, "service:%s", service->id);
    if (service->open) {
        face = sheet_button(sheet, box, BUTTON_FILLED, name);
        used = card_end(sheet, face, service, size);
    } else {
        page_frame(&sheet->page, box, 3, THEME_INK);
        used = box.w * 0.3;
        paused_end(sheet, face, used);
        used += 24;
    }
    if (roomy) {
        page_icon(&sheet->page,
                  (struct box){face.x + 97 * sheet->type->name / 76 - side / 2,
                               face.y + (face.h - side) / 2, side, side},
                  icon, colour);
        left = 190 * sheet->type->name / 76;
    }
    card_words(sheet, (struct box){face.x + left, face.y, face.w - left - used - 12, face.h},
               service, colour, size);
}

/* Cards in as few columns as leave each one high enough. */
static void services(struct sheet *sheet, struct box area)
{
    static const struct {
        double least, usual, most, gap;
    } heights[FORMS] = {[FORM_UPRIGHT] = {112, 204, 280, 20},
                        [FORM_WIDE] = {124, 130, 200, 8},
                        [FORM_SMALL] = {104, 104, 156, 0}};
    const struct terminal_view *view = sheet->view;
    double gap = heights[sheet->form].gap, h = 0;
    int columns = 0, rows = 0;

    if (view->service_count == 0)
        return;
    while (columns < 3 && h < heights[sheet->form].least) {
        columns++;
        rows = (view->service_count + columns - 1) / columns;
        h = (area.h - gap * (rows - 1)) / rows;
    }
    if (h > heights[sheet->form].most)
        h = heights[sheet->form].most;
    if (rows > 2 && h > heights[sheet->form].usual * sheet->stretch_y)
        h = heights[sheet->form].usual * sheet->stretch_y;
    for (int i = 0; i < view->service_count; i++) {
        double w = (area.w - gap * (columns - 1)) / columns;
        double size = h / heights[sheet->form].usual;

        service_card(
            sheet, (struct box){area.x + i / rows * (w + gap), area.y + i % rows * (h + gap), w, h},
            &view->services[i], size > 1.3 ? 1.3 : size);
    }
}

static void checkin(struct sheet *sheet, struct box box)
{
    bool upright = sheet->form == FORM_UPRIGHT;
    struct box face = sheet_button(sheet, box, BUTTON_OUTLINED, "checkin");
    double side = upright ? 92 : sheet->type->headline;
    double left = upright ? 190 : side + 52;
    struct type name = {upright ? 60 : sheet->type->strong + 2, FACE_BOLD, THEME_AI, TIER_B, NULL};
    struct type second = {sheet->type->text, FACE_REGULAR, THEME_AI, TIER_B, NULL};
    struct block block = {.box = {face.x + left, face.y + 12, face.w - left - 24, face.h - 24},
                          .lines = 2,
                          .leading = 1.15,
                          .shrink_first = upright};

    page_icon(&sheet->page,
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
    const struct sheet_text head = {sheet->type->headline * (plain ? 0.9 : 1),
                                    FACE_BOLD,
                                    THEME_INK,
                                    TIER_A,
                                    ALIGN_LEFT,
                                    1,
                                    NULL,
                                    false};
    const struct sheet_text sub = {
        sheet->type->sub,       FACE_REGULAR, THEME_INK2, TIER_B, ALIGN_LEFT, 1,
        japanese ? "en" : "ja", false};
    const struct catalogue *other = canvas_words(sheet->page.canvas, japanese ? "en" : "ja");

    sheet_words(sheet, sheet_box(sheet, boxes->headline), &head,
                page_words(&sheet->page, "terminal.headline"));
    if (!plain)
        sheet_words(sheet, sheet_box(sheet, boxes->sub), &sub,
                    catalogue_get(other, "terminal.headline"));
}

/* ご用件を お選びください           15 人 お待ちです */
static void prompt_upright(struct sheet *sheet, const struct start_boxes *boxes)
{
    const struct type unit = {sheet->type->body, FACE_BOLD, THEME_INK, TIER_A, NULL};
    const struct type number = {92, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    const struct type words = {sheet->type->body, FACE_REGULAR, THEME_INK, TIER_A, NULL};
    struct page_count count = page_count(&sheet->page, "terminal.waiting", sheet->view->waiting);
    struct rich rich = {&unit, &number, count.pattern, count.n, 0};
    struct box right = sheet_box(sheet, boxes->waiting), left = sheet_box(sheet, boxes->prompt);
    double baseline = left.y + left.h - 19, used;

    rich.width = left.w;
    used = page_rich(&sheet->page, &rich, ALIGN_RIGHT, right.x + right.w, baseline);
    page_text(&sheet->page, &words, ALIGN_LEFT, left.x, baseline,
              right.x + right.w - used - left.x - 16, page_words(&sheet->page, "terminal.prompt"));
}

/* ただいま / 15 人 / お待ちです, one under the other. */
static void waiting_wide(struct sheet *sheet, struct box box)
{
    const struct sheet_text above = {46, FACE_REGULAR, THEME_INK2, TIER_B, ALIGN_LEFT,
                                     1,  NULL,         false};
    const struct sheet_text below = {58, FACE_BOLD, THEME_INK, TIER_B, ALIGN_LEFT, 1, NULL, false};
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

static void languages(struct sheet *sheet, const struct start_boxes *boxes)
{
    const struct type ours = {sheet->type->body, FACE_BOLD, THEME_INK, TIER_B, "ja"};
    const struct type theirs = {sheet->type->text, FACE_REGULAR, THEME_INK2, TIER_B, "en"};
    struct box rule = sheet_box(sheet, boxes->languages_rule);
    struct box label = sheet_box(sheet, boxes->languages_label);

    page_rule(&sheet->page, rule.x, rule.y, rule.w, 3, THEME_INK);
    if (sheet->form == FORM_UPRIGHT) {
        double used = page_text(&sheet->page, &ours, ALIGN_LEFT, label.x, label.y + 44, 0,
                                page_words(&sheet->page, "terminal.languages"));

        page_text(&sheet->page, &theirs, ALIGN_LEFT, label.x + used + 24, label.y + 44, 0,
                  catalogue_get(canvas_words(sheet->page.canvas, "en"), "terminal.languages"));
    }
    sheet_languages(sheet, sheet_box(sheet, boxes->languages));
}

static void start_small(struct sheet *sheet, const struct start_boxes *boxes)
{
    struct box services_box = sheet_box(sheet, boxes->services);

    sheet_header(sheet);
    services(sheet, services_box);
    sheet_button_words(sheet, sheet_box(sheet, boxes->languages), BUTTON_OUTLINED, "languages",
                       page_words(&sheet->page, "terminal.languages_both"));
    if (sheet->view->show_checkin)
        sheet_button_words(sheet, sheet_box(sheet, boxes->checkin), BUTTON_OUTLINED, "checkin",
                           page_words(&sheet->page, "terminal.checkin"));
}

void terminal_start(struct sheet *sheet)
{
    const struct start_boxes *boxes = &tables[sheet->form];
    const struct sheet_text foot = {
        sheet->type->text, FACE_REGULAR, THEME_INK, TIER_B, ALIGN_LEFT, 1, NULL, false};

    if (sheet->form == FORM_SMALL) {
        start_small(sheet, boxes);
        return;
    }
    sheet_header(sheet);
    headline(sheet, boxes);
    if (sheet->form == FORM_UPRIGHT)
        prompt_upright(sheet, boxes);
    else
        waiting_wide(sheet, sheet_box(sheet, boxes->waiting));
    services(sheet,
             sheet_box(sheet, sheet->view->show_checkin ? boxes->services : boxes->services_alone));
    if (sheet->view->show_checkin)
        checkin(sheet, sheet_box(sheet, boxes->checkin));
    languages(sheet, boxes);
    if (sheet->form == FORM_UPRIGHT)
        sheet_words(sheet, sheet_box(sheet, boxes->foot), &foot,
                    page_words(&sheet->page, "terminal.help"));
}
