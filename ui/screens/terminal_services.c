/* The cards of what the clinic offers. */
#include "terminal_parts.h"

#include "catalogue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* How many columns, rows and how high: as few columns as leave each cell high enough. */
struct grid {
    int columns, rows;
    double w, h, gap, size;
};

/* What a card shows, by the room that it has. */
struct card {
    const struct terminal_service *service;
    struct service_words words;
    struct type name, second;
    enum theme_colour colour;
    double size; /* against the card's usual height */
    bool narrow; /* one of several columns on a small panel: read while touching */
    bool tall;   /* people waiting stand under the name, not beside it */
    bool icon, with_second;
    int name_lines;
};

/* People waiting and the chevron, from the right edge of the face. Languages whose count has no
 * word for people get a small person. Returns the width used. */
static double card_end(struct sheet *sheet, struct box face, const struct card *card)
{
    bool upright = sheet->form == FORM_UPRIGHT;
    struct type number = {sheet->type->count * card->size, FACE_BOLD, THEME_WHITE, TIER_FREE, "ja"};
    struct type unit = {sheet->type->unit * card->size, FACE_REGULAR, THEME_WHITE, TIER_B, NULL};
    struct page_count count = page_count(&sheet->page, "count.people", card->service->waiting);
    struct rich rich = {&unit, &number, count.pattern, count.n, 0};
    double side = sheet->type->name * (upright ? 0.82 : 0.66) * card->size;
    double pad = sheet->type->name * 0.42, right = face.x + face.w - pad;
    double middle = face.y + face.h * (card->tall ? 0.79 : 0.5), sign = unit.px * 0.9;

    page_icon(&sheet->page, (struct box){right - side * 0.76, middle - side / 2, side, side},
              ICON_CHEVRON, THEME_WHITE);
    right -= side * 0.6 + pad * (upright ? 0.9 : 1.3);
    if (strcmp(count.pattern, "{n}") == 0) {
        page_icon(&sheet->page,
                  (struct box){right - sign, middle + number.px * 0.41 - sign, sign, sign},
                  ICON_PERSON, THEME_WHITE);
        right -= sign + number.px * 0.06;
    }
    right -= page_rich(&sheet->page, &rich, ALIGN_RIGHT, right, middle + number.px * 0.41);
    return face.x + face.w - right;
}

/* Where the words begin, with the icon or without it. */
static double card_left(const struct sheet *sheet, bool icon)
{
    if (!icon)
        return sheet->type->name * 0.34;
    return sheet->form == FORM_UPRIGHT ? 190 : 130;
}

/* Of its size, before a narrow card gives up its icon for its name. */
#define NARROW_LEAST 0.75

/* One line of name with its icon; else without the icon; else two lines, and the second text only
 * where there is room left. */
static void card_plan(struct sheet *sheet, struct card *card, struct box face, double used)
{
    double needs = page_least_width(&sheet->page, &card->name, card->words.name);
    double room = face.w - used - 12, px;

    card->icon = shape_icon_named(card->service->icon) != ICONS && face.w > 7 * sheet->type->name &&
                 needs <= room - card_left(sheet, true);
    if (card->narrow && card->icon) /* rather no icon than a name that is hard to read */
        card->icon = NARROW_LEAST * page_text_width(&sheet->page, &card->name, card->words.name) <=
                     room - card_left(sheet, true);
    card->name_lines = needs <= room - card_left(sheet, card->icon) ? 1 : 2;
    card->with_second =
        *card->words.second && page_least_width(&sheet->page, &card->second, card->words.second) <=
                                   room - card_left(sheet, card->icon);
    if (card->name_lines == 1)
        return;
    px = page_style(&sheet->page, &card->name, card->words.name).px / sheet->page.scale;
    card->with_second = card->with_second && px * 2.15 < face.h * 0.68;
}

static void card_words(struct sheet *sheet, struct box box, const struct card *card)
{
    bool ruby = strstr(card->words.name, "《") || strstr(card->words.second, "《");
    struct block first = {.box = box, .lines = card->name_lines, .leading = 1.05};
    struct block below = {.box = {box.x, box.y + box.h * 0.61, box.w, box.h * (ruby ? 0.38 : 0.32)},
                          .lines = 1};

    if (card->with_second)
        first.box.h = box.h * (card->name_lines > 1 ? 0.68 : ruby ? 0.6 : 0.72);
    if (card->with_second && box.h < card->name.px * 1.8) {
        first.box.y -= box.h * 0.03; /* a low card: the two keep clear of each other */
        below.box.y += box.h * 0.05;
    } else if (card->name_lines > 1) {
        below.box.y += box.h * 0.06;
    }
    page_block(&sheet->page, &card->name, &first, card->words.name);
    if (card->with_second)
        page_block(&sheet->page, &card->second, &below, card->words.second);
}

/* Name, icon and second line in what is left of the face beside (or over) the people waiting. */
static void card_face(struct sheet *sheet, struct box face, struct card *card, double used)
{
    bool upright = sheet->form == FORM_UPRIGHT;
    double side = sheet->type->name * (upright ? 1.22 : 1.04) * card->size, left;

    if (card->tall) {
        card->name_lines = 2;
        card->with_second = false;
        card_words(sheet, (struct box){face.x + 20, face.y + 4, face.w - 40, face.h * 0.6}, card);
        return;
    }
    card_plan(sheet, card, face, used);
    left = card_left(sheet, card->icon);
    if (card->icon)
        page_icon(&sheet->page,
                  (struct box){face.x + (upright ? 97 : 64) - side / 2,
                               face.y + (face.h - side) / 2, side, side},
                  shape_icon_named(card->service->icon), card->colour);
    card_words(sheet, (struct box){face.x + left, face.y, face.w - left - used - 12, face.h}, card);
}

static void service_card(struct sheet *sheet, struct box box,
                         const struct terminal_service *service, const struct grid *grid)
{
    bool pressable = service->open && !service->full && !service->one;
    enum theme_colour colour = pressable ? THEME_WHITE : THEME_INK;
    struct card card = {.service = service,
                        .words = words_of(sheet, service),
                        .colour = colour,
                        .size = grid->size,
                        .narrow = grid->columns > 1 && sheet->form != FORM_UPRIGHT,
                        .tall = box.w < 2.2 * box.h};
    bool ruby = strstr(card.words.name, "《") || strstr(card.words.second, "《");
    char name[WIDGET_NAME_SIZE];
    struct box face = box;
    double used = 24;

    card.name = (struct type){sheet->type->name * (ruby ? 0.86 : 1) * grid->size, FACE_BOLD, colour,
                              card.narrow ? TIER_B : TIER_A, card.words.name_language};
    card.second = (struct type){sheet->type->name_en * grid->size, FACE_REGULAR, colour, TIER_B,
                                card.words.second_language};
    snprintf(name, sizeof name, "service:%s", service->id);
    if (pressable) {
        face = sheet_button(sheet, box, BUTTON_FILLED, name);
        used = card_end(sheet, face, &card);
    } else {
        page_frame(&sheet->page, box, 3, THEME_INK);
        card.tall = false;
        card.words.second = page_words(&sheet->page, service->full    ? "terminal.service_full"
                                                     : !service->open ? "terminal.service_paused"
                                                                      : "terminal.service_one");
        card.second.language = NULL;
    }
    card_face(sheet, face, &card, used);
}

static struct grid grid_for(const struct sheet *sheet, struct box area, int cells)
{
    enum { LOW_CELLS = 6 }; /* up to so many a crowded panel has two rows of */
    static const struct {
        double least, usual, most, gap;
        int columns; /* at most */
    } forms[FORMS] = {[FORM_UPRIGHT] = {112, 204, 280, 20, 2},
                      [FORM_WIDE] = {124, 130, 200, 8, 3},
                      [FORM_SMALL] = {104, 104, 156, 0, 2}};
    double usual = forms[sheet->form].usual;
    struct grid grid = {.gap = forms[sheet->form].gap};

    while (grid.columns < forms[sheet->form].columns && grid.h < forms[sheet->form].least) {
        grid.columns++;
        grid.rows = (cells + grid.columns - 1) / grid.columns;
        grid.h = (area.h - grid.gap * (grid.rows - 1)) / grid.rows;
    }
    if (sheet_crowded(sheet)) {
        grid.rows = cells <= LOW_CELLS ? 2 : 3;
        grid.columns = (cells + grid.rows - 1) / grid.rows;
        grid.h = (area.h - grid.gap * (grid.rows - 1)) / grid.rows;
    }
    grid.h = fmin(grid.h, (grid.rows > 2 ? usual : forms[sheet->form].most) * sheet->stretch_y);
    grid.w = (area.w - grid.gap * (grid.columns - 1)) / grid.columns;
    grid.size = fmin(grid.h / usual, grid.columns > 1 ? 1 : 1.3);
    if (grid.w < 2.2 * grid.h)
        grid.size = 1;
    return grid;
}

/* Cells that a page can hold, each large enough to be pressed. */
static int capacity(const struct sheet *sheet, struct box area)
{
    enum { CROWDED_CELLS = 9 };
    int cells = TERMINAL_SERVICES_MAX + SHEET_SPARES_MAX;

    if (sheet_crowded(sheet))
        return CROWDED_CELLS;
    while (cells > 1) {
        struct grid grid = grid_for(sheet, area, cells);

        if (grid.h * sheet->page.scale * sheet->page.pixel_mm >= SHEET_TARGET_MM - 0.2)
            break;
        cells--;
    }
    return cells;
}

static struct box cell_of(const struct grid *grid, struct box area, int index)
{
    return (struct box){area.x + index / grid->rows * (grid->w + grid->gap),
                        area.y + index % grid->rows * (grid->h + grid->gap), grid->w, grid->h};
}

bool sheet_crowded(const struct sheet *sheet)
{
    return sheet->form == FORM_WIDE && sheet->view->service_count > 3;
}

/* ほかの ご用件 2/4 */
static void more_card(struct sheet *sheet, struct box box, int page, int pages)
{
    char words[TERMINAL_TEXT], at[24];

    snprintf(at, sizeof at, "%d/%d", page + 1, pages);
    catalogue_fill(words, sizeof words, page_words(&sheet->page, "terminal.more_services"), "page",
                   at, NULL);
    sheet_button_words(sheet, box, BUTTON_OUTLINED, "more", words);
}

void sheet_services(struct sheet *sheet, struct box area, int spares, struct box *ret_spares)
{
    const struct terminal_view *view = sheet->view;
    int room = capacity(sheet, area) - spares, count = view->service_count;
    bool paged = count > room;
    int shown = paged ? room - 1 : count; /* on one page */
    int pages = paged ? (count + shown - 1) / shown : 1, page = view->page % pages;
    struct grid grid = grid_for(sheet, area, shown + (paged ? 1 : 0) + spares);
    int cell = 0;

    for (int i = page * shown; i < count && i < (page + 1) * shown; i++)
        service_card(sheet, cell_of(&grid, area, cell++), &view->services[i], &grid);
    cell = shown; /* what stands behind the services keeps its place on every page */
    if (paged)
        more_card(sheet, cell_of(&grid, area, cell++), page, pages);
    for (int i = 0; i < spares; i++)
        ret_spares[i] = cell_of(&grid, area, cell++);
}
