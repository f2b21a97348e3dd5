#include "slip.h"

#include "catalogue.h"
#include "page.h"
#include "qr.h"
#include "slip_layout.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* 203 dpi. Nothing is smaller than 28 dots (3.3 mm). */
#define DOT_MM     0.125
#define LEAST_DOTS 28

/* Leading of lines in em, and what stays free under the last one. */
#define LEADING 1.24
#define UNDER   0.24

enum {
    MARGIN = 8, /* free beside text */
    GAP = 24,
    LINE_SIZE = 640, /* of the longest field, filled in */
    MODULE_LEAST = 4,
    ERROR_SIZE = 96,
};

struct press {
    struct page page;
    const struct slip_view *view;
    const struct slip_element *at;
    bool japanese;
    double y;    /* where the next thing goes */
    double room; /* width between the margins */
};

/* -- words ------------------------------------------------------------------------------------- */

/* The words of the patient's language, and those of staff. */
static const char *own(struct press *press, const char *key)
{
    return page_words(&press->page, key);
}

static const char *for_staff(struct press *press, const char *key)
{
    return catalogue_get(canvas_words(press->page.canvas, "ja"), key);
}

/* Lines of figures keep the half-width digits of the Japanese font in Latin languages too. */
static const char *figures_language(const struct press *press)
{
    const char *language = press->page.language;

    return strcmp(language, "en") == 0 || strcmp(language, "pt") == 0 ? "ja" : language;
}

/* "2026年11月24日（火）午前" without its year, where it has one. */
static const char *without_year(const char *date)
{
    static const char year[] = "年";
    const char *mark = strstr(date, year);

    return mark ? mark + sizeof year - 1 : date;
}

static void fill(const struct press *press, const char *pattern, char text[static LINE_SIZE])
{
    const struct slip_view *view = press->view;
    char count[12], person[12], persons[12], people[12], reissues[12], dots[12];

    snprintf(count, sizeof count, "%d", view->print_count);
    snprintf(reissues, sizeof reissues, "%d", view->print_count - 1);
    snprintf(person, sizeof person, "%d", view->person);
    snprintf(persons, sizeof persons, "%d", view->persons);
    snprintf(people, sizeof people, "%d", view->before);
    snprintf(dots, sizeof dots, "%d", view->dots);
    catalogue_fill(text, LINE_SIZE, pattern, "clinic", view->clinic, "clinic_en",
                   strncmp(press->page.language, "ja", 2) == 0 ? "" : view->clinic_en, "date",
                   view->date, "day", without_year(view->date), "time", view->time, "service",
                   view->service, "number", view->number, "before", people, "count", count,
                   "reissues", reissues, "check", view->check, "phone", view->phone, "message",
                   view->message, "from", view->slot_from, "to", view->slot_to, "person", person,
                   "persons", persons, "queue", view->queue_id, "code", view->code, "dots", dots,
                   "paper", view->dots == SLIP_DOTS_58 ? "58" : "80", "device", view->device, NULL);
}

static const char *service_name(struct press *press)
{
    const struct slip_view *view = press->view;
    char key[SLIP_NAME_SIZE + 16];
    const char *name;

    if (press->japanese)
        return view->service;
    snprintf(key, sizeof key, "service.%s", view->service);
    name = page_find(&press->page, key);
    return name ? name : view->service_en[0] ? view->service_en : view->service;
}

/* -- elements ---------------------------------------------------------------------------------- */

/* A text in lines, in the middle; rather smaller than broken. Moves y on. */
static void put_lines(struct press *press, const struct type *type, int most, const char *text)
{
    struct block block = {
        .box = {MARGIN, press->y, press->room, type->px * (1 + LEADING * (most - 1)) + 1},
        .align = ALIGN_CENTRE,
        .lines = most,
        .leading = LEADING,
        .top = true,
        .shrink_first = true};

    if (*text)
        press->y += page_block(&press->page, type, &block, text) + type->px * UNDER;
}

static void put_text(struct press *press)
{
    const struct slip_element *at = press->at;
    struct type type = {at->dots[0], at->bold ? FACE_BOLD : FACE_REGULAR, THEME_BLACK, TIER_B,
                        NULL};
    const char *pattern = strchr(at->what, '{') ? at->what
                          : at->japanese        ? for_staff(press, at->what)
                                                : own(press, at->what);
    char text[LINE_SIZE];

    if (at->japanese)
        type.language = "ja";
    else if (at->figures)
        type.language = figures_language(press);
    fill(press, pattern, text);
    put_lines(press, &type, at->lines, text);
}

static void put_rule(struct press *press)
{
    page_fill(&press->page, (struct box){0, press->y, press->page.width, press->at->dots[0]},
              THEME_BLACK);
    press->y += press->at->dots[0];
}

/* A stroke a millimetre, longer ones every five and ten: shows what the head does not reach. */
static void put_ruler(struct press *press)
{
    enum { PER_MM = 8, STROKE = 2 };
    double high = press->at->dots[0];
    int strokes = (int)press->page.width / PER_MM;

    for (int i = 0; i <= strokes; i++) {
        double length = i % 10 == 0 ? high : i % 5 == 0 ? high * 0.75 : high * 0.5;
        double x = i < strokes ? i * PER_MM : press->page.width - STROKE;

        page_fill(&press->page, (struct box){x, press->y, STROKE, length}, THEME_BLACK);
    }
    press->y += high + high / 2;
}

/* 再発行 1回目 / 前の番号票は 使えません, reversed; the patient's language under it. */
static void put_band(struct press *press)
{
    const struct type big = {press->at->dots[0], FACE_BOLD, THEME_WHITE, TIER_B, "ja"};
    const struct type small = {press->at->dots[1], FACE_BOLD, THEME_WHITE, TIER_B, "ja"};
    const struct type theirs = {small.px, FACE_BOLD, THEME_WHITE, TIER_B, NULL};
    const char *note = own(press, "slip.reissue_note");
    bool fits = page_least_width(&press->page, &theirs, note) <= press->room;
    int more = press->japanese ? 0 : fits ? 1 : 2;
    double h = big.px * 1.3 + small.px * 1.55, all = h + more * small.px * 1.3;
    double middle = press->page.width / 2;
    struct block block = {
        .box = {MARGIN, press->y + h - small.px * 0.2, press->room, more * small.px * 1.3},
        .align = ALIGN_CENTRE,
        .lines = more,
        .leading = 1.2};
    char text[LINE_SIZE];

    page_fill(&press->page, (struct box){0, press->y, press->page.width, all}, THEME_BLACK);
    fill(press, for_staff(press, "slip.reissue"), text);
    page_text(&press->page, &big, ALIGN_CENTRE, middle, press->y + big.px * 1.18, press->room,
              text);
    page_text(&press->page, &small, ALIGN_CENTRE, middle, press->y + big.px * 1.3 + small.px,
              press->room, for_staff(press, "slip.reissue_note"));
    if (more > 0)
        page_block(&press->page, &theirs, &block, note);
    press->y += all;
}

struct pair {
    struct type left_type, right_type;
    const char *left, *right;
};

static bool pair_fits(struct press *press, const struct pair *pair)
{
    return page_least_width(&press->page, &pair->left_type, pair->left) + GAP +
               page_least_width(&press->page, &pair->right_type, pair->right) <=
           press->room;
}

static double smaller(double px)
{
    return px > LEAST_DOTS ? px - 1 : px;
}

/* Room above a line for readings over its words, as a share of its height. */
static double readings_em(const char *text)
{
    return strstr(text, "《") ? 0.5 : 0;
}

/* Two texts on one baseline, both smaller where they are too wide together. */
static void put_pair(struct press *press, struct pair pair)
{
    struct type *left = &pair.left_type, *right = &pair.right_type;
    double px = fmax(left->px, right->px), base;

    press->y += px * fmax(readings_em(pair.left), readings_em(pair.right));
    base = press->y + px * 0.9;
    while (page_text_width(&press->page, left, pair.left) + GAP +
                   page_text_width(&press->page, right, pair.right) >
               press->room &&
           fmax(left->px, right->px) > LEAST_DOTS) {
        left->px = smaller(left->px);
        right->px = smaller(right->px);
    }
    (void)page_text(&press->page, left, ALIGN_LEFT, MARGIN, base, press->room, pair.left);
    (void)page_text(&press->page, right, ALIGN_RIGHT, MARGIN + press->room, base, press->room,
                    pair.right);
    press->y += px * 1.06;
}

/* Label left, service right, and again in Japanese beneath. Where that is too wide, each has a line
 * with its own Japanese at the right. */
static void put_labels(struct press *press)
{
    double px = press->at->dots[0];
    const struct type bold = {px * (press->japanese ? 1 : 0.84), FACE_BOLD, THEME_BLACK, TIER_B,
                              NULL};
    const struct type staff = {px * 0.8, FACE_REGULAR, THEME_BLACK, TIER_B, "ja"};
    const char *label = own(press, "terminal.your_number"), *service = service_name(press);
    const char *label_ja = for_staff(press, "terminal.your_number");
    const struct pair beside = {bold, bold, label, service};
    const struct pair under = {staff, staff, label_ja, press->view->service};
    const struct pair first = {bold, staff, label, press->japanese ? "" : label_ja};
    const struct pair second = {bold, staff, service, press->japanese ? "" : press->view->service};
    bool fits = pair_fits(press, &beside);

    press->y += px * 0.3;
    put_pair(press, fits ? beside : first);
    if (!fits)
        put_pair(press, second);
    else if (!press->japanese)
        put_pair(press, under);
}

static void put_number(struct press *press)
{
    size_t glyphs = strlen(press->view->number);
    double px = press->at->dots[glyphs <= 2 ? 0 : glyphs == 3 ? 1 : 2];
    const struct type type = {px, FACE_BOLD, THEME_BLACK, TIER_B, "ja"};

    press->y += px * 0.03;
    page_text(&press->page, &type, ALIGN_CENTRE, press->page.width / 2, press->y + px * 0.82,
              press->room, press->view->number);
    press->y += px * 0.84 + 16;
}

static void put_count(struct press *press)
{
    const struct type words = {press->at->dots[0], FACE_BOLD, THEME_BLACK, TIER_B, NULL};
    const struct type digits = {press->at->dots[1], FACE_BOLD, THEME_BLACK, TIER_B, "ja"};
    struct page_count count = page_count(&press->page, press->at->what, press->view->before);
    struct rich rich = {&words, &digits, count.pattern, count.n, press->room};

    page_rich(&press->page, &rich, ALIGN_CENTRE, press->page.width / 2,
              press->y + digits.px * 0.82);
    press->y += digits.px * 0.82 + words.px * 0.12 + 4;
}

/* -- the QR and its words ---------------------------------------------------------------------- */

/* queue_id and code, for people who cannot read the QR; in one line where there is no column. */
static void put_codes(struct press *press, enum text_align align, double x, double w)
{
    const struct slip_view *view = press->view;
    const struct type plain = {press->at->dots[2], FACE_REGULAR, THEME_BLACK, TIER_B, "ja"};
    char text[LINE_SIZE];

    if (!view->queue_id[0] && !view->code[0])
        return;
    if (align == ALIGN_CENTRE) {
        snprintf(text, sizeof text, "%s  %s", view->queue_id, view->code);
        page_text(&press->page, &plain, align, x, press->y + plain.px * 0.87, w, text);
        press->y += plain.px * 1.2;
        return;
    }
    page_text(&press->page, &plain, align, x, press->y + plain.px * 0.87, w, view->queue_id);
    page_text(&press->page, &plain, align, x, press->y + plain.px * 1.97, w, view->code);
    press->y += plain.px * 2.1;
}

/* What the QR is for; moves y on. */
static void put_follow(struct press *press, enum text_align align, double x, double w)
{
    const struct type bold = {press->at->dots[1], FACE_BOLD, THEME_BLACK, TIER_B, NULL};
    const struct type plain = {press->at->dots[2], FACE_REGULAR, THEME_BLACK, TIER_B, "ja"};
    const struct block block = {
        .box = {align == ALIGN_CENTRE ? x - w / 2 : x, press->y, w, bold.px * 1.3 * 3},
        .align = align,
        .lines = 3,
        .leading = 1.28,
        .top = true};

    press->y += page_block(&press->page, &bold, &block, own(press, press->at->what));
    press->y += bold.px * 0.25;
    if (press->japanese)
        return;
    page_text(&press->page, &plain, align, x, press->y + plain.px * 0.87, w,
              for_staff(press, "slip.follow_staff"));
    press->y += plain.px * 1.2;
}

/* Dots a module: smaller only when a long address would not fit, never under 4. */
static int module_dots(const struct press *press, const struct qr *qr)
{
    int module = press->at->dots[0], all = qr->modules + 2 * QR_QUIET;
    double room = press->page.width * (press->at->place == SLIP_ASIDE ? 0.55 : 1);

    while (module > MODULE_LEAST && all * module > room)
        module--;
    return module;
}

static void put_code_aside(struct press *press, const struct qr *qr)
{
    double side = (qr->modules + 2 * QR_QUIET) * module_dots(press, qr), top = press->y;
    double x = side + GAP, w = press->page.width - x - MARGIN;

    qr_draw(press->page.canvas, qr, page_rect(&press->page, (struct box){4, top, side, side}));
    press->y = top + 16;
    put_follow(press, ALIGN_LEFT, x, w);
    press->y += 14;
    put_codes(press, ALIGN_LEFT, x, w);
    press->y = fmax(press->y + 10, top + side);
}

static void put_code_stacked(struct press *press, const struct qr *qr)
{
    double side = (qr->modules + 2 * QR_QUIET) * module_dots(press, qr);
    double width = press->page.width, middle = width / 2;
    bool over = press->at->place == SLIP_OVER;

    if (!over) {
        press->y += 8;
        put_follow(press, ALIGN_CENTRE, middle, press->room);
    }
    qr_draw(press->page.canvas, qr,
            page_rect(&press->page, (struct box){floor((width - side) / 2), press->y, side, side}));
    press->y += side;
    if (over)
        put_follow(press, ALIGN_CENTRE, middle, press->room);
    put_codes(press, ALIGN_CENTRE, middle, press->room);
}

static void put_code(struct press *press)
{
    struct qr qr;

    if (!press->view->qr[0] || qr_encode(press->view->qr, &qr) < 0)
        put_codes(press, ALIGN_CENTRE, press->page.width / 2, press->room);
    else if (press->at->place == SLIP_ASIDE)
        put_code_aside(press, &qr);
    else
        put_code_stacked(press, &qr);
}

/* 印刷 1　照合 3A07 for the staff, left; 午前のみ有効, right, or on a line of its own. */
static void put_foot(struct press *press)
{
    const struct type staff = {press->at->dots[0], FACE_REGULAR, THEME_BLACK, TIER_B, "ja"};
    const struct type theirs = {staff.px, FACE_REGULAR, THEME_BLACK, TIER_B, NULL};
    struct pair pair = {staff, theirs, NULL, press->view->validity};
    char text[LINE_SIZE];

    fill(press, for_staff(press, "slip.print"), text);
    pair.left = text;
    if (!pair_fits(press, &pair)) {
        put_lines(press, &theirs, 1, pair.right);
        put_lines(press, &staff, 1, pair.left);
        return;
    }
    put_pair(press, pair);
    press->y += staff.px * 0.4;
}

/* -- the whole --------------------------------------------------------------------------------- */

static bool holds(const struct press *press, enum slip_condition condition)
{
    const struct slip_view *view = press->view;
    const bool is[] = {
        [SLIP_WHEN_FIRST] = view->print_count<2, [SLIP_WHEN_REISSUE] = view->print_count> 1,
        [SLIP_WHEN_MESSAGE] = view->message[0],
        [SLIP_WHEN_SLOT] = view->slot_from[0],
        [SLIP_WHEN_FAMILY] = view->persons > 1,
        [SLIP_WHEN_BEFORE] = view->before >= 0,
        [SLIP_WHEN_TIME] = view->time[0],
        [SLIP_WHEN_PHONE] = view->phone[0],
        [SLIP_WHEN_JAPANESE] = press->japanese,
        [SLIP_WHEN_FOREIGN] = !press->japanese,
    };

    return is[condition];
}

static bool wanted(const struct press *press, const struct slip_element *element)
{
    for (unsigned i = 0; i < SLIP_CONDITION_COUNT; i++)
        if (element->when >> i & 1u && !holds(press, (enum slip_condition)i))
            return false;
    return true;
}

static void put(struct press *press)
{
    static void (*const by_kind[])(struct press *) = {
        [SLIP_RULE] = put_rule,   [SLIP_RULER] = put_ruler,   [SLIP_TEXT] = put_text,
        [SLIP_BAND] = put_band,   [SLIP_LABELS] = put_labels, [SLIP_NUMBER] = put_number,
        [SLIP_COUNT] = put_count, [SLIP_CODE] = put_code,     [SLIP_FOOT] = put_foot,
    };

    if (press->at->kind == SLIP_SPACE)
        press->y += press->at->dots[0];
    else
        by_kind[press->at->kind](press);
}

static int layout_of(const struct slip_view *view, struct slip_layout *ret)
{
    char name[32], error[ERROR_SIZE];
    const char *text;
    int r;

    snprintf(name, sizeof name, "%d-%s", view->dots == SLIP_DOTS_58 ? 58 : 80,
             view->kind == SLIP_OF_TEST ? "test"
             : view->large              ? "large"
                                        : "standard");
    text = slip_layout_text(name);
    r = text ? slip_layout_parse(text, ret, error, sizeof error) : -EINVAL;
    if (r < 0)
        (void)fprintf(stderr, "slip: layout %s: %s\n", name, text ? error : "there is none");
    return r;
}

int slip_draw_on(const struct slip_view *view, struct canvas *canvas)
{
    static const struct page_view_mm least = {0, LEAST_DOTS * 0.95 * DOT_MM,
                                              LEAST_DOTS * 0.81 * DOT_MM};
    struct press press = {.view = view};
    const char *language = view->language[0] ? view->language : "ja";
    struct slip_layout layout;
    int height, r = layout_of(view, &layout);

    if (r < 0)
        return r;
    press.japanese = view->kind == SLIP_OF_TEST || strcmp(language, "ja") == 0;
    page_begin(&press.page, canvas, press.japanese ? "ja" : language, 1, DOT_MM, &least);
    press.room = press.page.width - 2 * MARGIN;
    page_fill(&press.page, (struct box){0, 0, press.page.width, press.page.height}, THEME_WHITE);
    for (int i = 0; i < layout.count; i++) {
        press.at = &layout.elements[i];
        if (wanted(&press, press.at))
            put(&press);
    }
    if (canvas->renderer)
        SDL_RenderFlush(canvas->renderer);
    height = (int)ceil(press.y);
    return height < canvas->height ? height : canvas->height;
}
