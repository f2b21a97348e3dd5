#include "slip.h"

#include "catalogue.h"
#include "page.h"
#include "qr.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 203 dpi. Nothing is smaller than 28 dots (3.3 mm). */
#define DOT_MM     0.125
#define LEAST_DOTS 28

enum {
    MARGIN = 8, /* free beside text */
    RULE_STRONG = 4,
    RULE_THIN = 2,
    THRESHOLD = 128,
    MESSAGE_LINES = 6,
    SLIP_LINE = 256,
    BANNER_PAD = 16,
    MODULE_LEAST = 4,
};

/* Where the QR stands to its words. */
enum code_place { CODE_ASIDE, CODE_OVER, CODE_UNDER };

/* Sizes in dots for each kind of slip. */
struct slip_type {
    double clinic, date, band, label, number[3], before, count, moment, call, follow, code, phone,
        foot;
    int module; /* dots of a QR module */
    enum code_place place;
};

static const struct slip_type normal = {40, 33, 54, 40, {320, 320, 280}, 41, 66, 30, 42, 34,
                                        30, 37, 28, 6,  CODE_ASIDE};
static const struct slip_type large = {46, 42, 64, 56, {480, 370, 280}, 60, 104, 42, 58, 46,
                                       32, 44, 30, 8,  CODE_OVER};
static const struct slip_type narrow = {32, 29, 42, 32, {240, 240, 184}, 34, 56, 28, 34, 30,
                                        28, 32, 28, 5,  CODE_UNDER};
static const struct slip_type narrow_large = {34, 32, 46, 40, {330, 240, 184}, 44, 76, 30, 44, 36,
                                              28, 34, 28, 6,  CODE_OVER};

struct press {
    struct page page;
    const struct slip_view *view;
    const struct slip_type *type;
    bool japanese;
    double y; /* where the next thing goes */
};

/* One line in the middle; moves y on. Returns nothing: a text that does not fit shrinks. */
static void line_at(struct press *press, enum text_align align, double px, enum text_face face,
                    const char *language, double width, const char *text)
{
    const struct type type = {px, face, THEME_BLACK, TIER_B, language};
    double left = MARGIN, right = press->page.width - MARGIN;
    double x = align == ALIGN_LEFT ? left : align == ALIGN_RIGHT ? right : (left + right) / 2;

    page_text(&press->page, &type, align, x, press->y + px * 0.87, width > 0 ? width : right - left,
              text);
}

/* Lines of a text that breaks at \n and where it must. */
static void lines(struct press *press, double px, enum text_face face, const char *language,
                  int most, const char *text)
{
    const struct type type = {px, face, THEME_BLACK, TIER_B, language};
    struct block block = {
        .box = {MARGIN, press->y, press->page.width - 2 * MARGIN, px * 1.25 * most},
        .align = ALIGN_CENTRE,
        .lines = most,
        .leading = 1.24,
        .top = true};

    press->y += page_block(&press->page, &type, &block, text) + px * 0.24;
}

static void rule(struct press *press, double before, double thick, double after)
{
    press->y += before;
    page_fill(&press->page, (struct box){0, press->y, press->page.width, thick}, THEME_BLACK);
    press->y += thick + after;
}

/* Lines of figures keep the half-width digits of the Japanese font in Latin languages too. */
static const char *figures_language(const struct press *press)
{
    const char *language = press->page.language;

    return strcmp(language, "en") == 0 || strcmp(language, "pt") == 0 ? "ja" : language;
}

/* The words of the patient's language, and those of staff under them. */
static const char *own(struct press *press, const char *key)
{
    return page_words(&press->page, key);
}

static const char *for_staff(struct press *press, const char *key)
{
    return catalogue_get(canvas_words(press->page.canvas, "ja"), key);
}

/* 再発行 2回目 / 前の番号票は 使えません, reversed; the patient's language under it. */
static void reissue(struct press *press)
{
    const struct slip_view *view = press->view;
    const struct type big = {press->type->band, FACE_BOLD, THEME_WHITE, TIER_B, "ja"};
    const struct type small = {press->type->moment + 2, FACE_BOLD, THEME_WHITE, TIER_B, "ja"};
    const struct type theirs = {small.px, FACE_BOLD, THEME_WHITE, TIER_B, NULL};
    double h = big.px * 1.3 + small.px * 1.55, room = press->page.width - 2 * MARGIN;
    const char *note = own(press, "slip.reissue_note");
    int more = press->japanese ? 0 : page_least_width(&press->page, &theirs, note) > room ? 2 : 1;
    struct block block = {.align = ALIGN_CENTRE, .lines = more, .leading = 1.2};
    char text[SLIP_LINE], count[12];

    if (view->print_count < 2)
        return;
    press->y = BANNER_PAD;
    page_fill(&press->page, (struct box){0, press->y, press->page.width, h + more * small.px * 1.3},
              THEME_BLACK);
    snprintf(count, sizeof count, "%d", view->print_count);
    catalogue_fill(text, sizeof text, for_staff(press, "slip.reissue"), "count", count, NULL);
    page_text(&press->page, &big, ALIGN_CENTRE, press->page.width / 2, press->y + big.px * 1.18,
              room, text);
    page_text(&press->page, &small, ALIGN_CENTRE, press->page.width / 2,
              press->y + big.px * 1.3 + small.px, room, for_staff(press, "slip.reissue_note"));
    block.box = (struct box){MARGIN, press->y + h - small.px * 0.2, room, more * small.px * 1.3};
    if (more > 0)
        page_block(&press->page, &theirs, &block, note);
    press->y += h + more * small.px * 1.3 + 8;
}

/* "2026年11月24日（火）午前" without its year, for the large print. */
static const char *without_year(const char *date)
{
    static const char year[] = "年";
    const char *mark = strstr(date, year);

    return mark ? mark + sizeof year - 1 : date;
}

static void head(struct press *press)
{
    const struct slip_view *view = press->view;
    bool brief = press->type == &large || press->type == &narrow_large;
    char text[SLIP_LINE];

    press->y += 14;
    lines(press, press->type->clinic, FACE_BOLD, "ja", 2, view->clinic);
    catalogue_fill(text, sizeof text, own(press, brief ? "slip.date_brief" : "slip.date"), "date",
                   brief ? without_year(view->date) : view->date, "time", view->time, NULL);
    press->y += 4;
    lines(press, press->type->date, FACE_REGULAR, figures_language(press), 3, text);
    rule(press, 4, RULE_STRONG, 0);
}

static const char *service_name(struct press *press)
{
    const struct slip_view *view = press->view;
    char key[SLIP_TEXT + 16];
    const char *name;

    if (press->japanese)
        return view->service;
    snprintf(key, sizeof key, "service.%s", view->service);
    name = page_find(&press->page, key);
    return name ? name : view->service_en[0] ? view->service_en : view->service;
}

/* Label left, service right; a service that does not fit there takes the next line. For other
 * languages both again in Japanese. */
static void labels(struct press *press)
{
    double px = press->type->label, left, room = press->page.width - 2 * MARGIN;
    const struct type type = {px * (press->japanese ? 1 : 0.82), FACE_BOLD, THEME_BLACK, TIER_B,
                              NULL};
    const struct type small = {px * 0.78, FACE_REGULAR, THEME_BLACK, TIER_B, "ja"};
    const char *label = own(press, "terminal.your_number"), *service = service_name(press);

    press->y += px * 0.36;
    left =
        page_text(&press->page, &type, ALIGN_LEFT, MARGIN, press->y + px * 0.87, room, label) + 24;
    if (left + page_least_width(&press->page, &type, service) > room) {
        press->y += px;
        left = 0;
    }
    page_text(&press->page, &type, ALIGN_RIGHT, MARGIN + room, press->y + px * 0.87, room - left,
              service);
    press->y += px;
    if (press->japanese)
        return;
    left = page_text(&press->page, &small, ALIGN_LEFT, MARGIN, press->y + small.px * 0.95, 0,
                     for_staff(press, "terminal.your_number")) +
           24;
    page_text(&press->page, &small, ALIGN_RIGHT, MARGIN + room, press->y + small.px * 0.95,
              room - left, press->view->service);
    press->y += small.px;
}

static void number(struct press *press)
{
    const struct slip_view *view = press->view;
    size_t glyphs = strlen(view->number);
    double px = press->type->number[glyphs <= 2 ? 0 : glyphs == 3 ? 1 : 2];
    const struct type type = {px, FACE_BOLD, THEME_BLACK, TIER_B, "ja"};

    press->y += px * 0.05;
    page_text(&press->page, &type, ALIGN_CENTRE, press->page.width / 2, press->y + px * 0.82,
              press->page.width - 2 * MARGIN, view->number);
    press->y += px * 0.82;
    rule(press, 16 + px * 0.02, RULE_STRONG, 0);
}

static void before(struct press *press)
{
    const struct slip_view *view = press->view;
    const struct type words = {press->type->before, FACE_BOLD, THEME_BLACK, TIER_B, NULL};
    const struct type digits = {press->type->count, FACE_BOLD, THEME_BLACK, TIER_B, "ja"};
    bool brief = press->type == &large || press->type == &narrow_large;
    struct page_count count = page_count(&press->page, "terminal.before", view->before);
    struct rich rich = {&words, &digits, count.pattern, count.n, press->page.width - 2 * MARGIN};
    char text[SLIP_LINE], people[12];

    if (view->before < 0)
        return;
    snprintf(people, sizeof people, "%d", view->before);
    press->y += press->type->count * 0.36;
    if (brief && press->japanese) {
        line_at(press, ALIGN_CENTRE, words.px, FACE_BOLD, NULL, 0, own(press, "slip.before_large"));
        press->y += words.px * 1.2;
        rich.pattern = own(press, "slip.before_count");
    }
    page_rich(&press->page, &rich, ALIGN_CENTRE, press->page.width / 2,
              press->y + press->type->count * 0.82);
    press->y += press->type->count * 0.82 + words.px * 0.12 + 4;
    catalogue_fill(text, sizeof text,
                   for_staff(press, press->japanese ? "slip.moment" : "slip.before_staff"), "time",
                   view->time, "count", people, NULL);
    line_at(press, ALIGN_CENTRE, press->type->moment * (press->japanese ? 1 : 1.1), FACE_REGULAR,
            "ja", 0, text);
    press->y += press->type->moment * 1.3;
}

static void call(struct press *press)
{
    bool brief = press->type == &large || press->type == &narrow_large;
    const struct type type = {press->type->call, FACE_BOLD, THEME_BLACK, TIER_B, NULL};
    const char *words = own(press, brief ? "slip.call_large" : "slip.call");
    double room = press->page.width - 2 * MARGIN;

    press->y += press->type->call * 0.2;
    lines(press, press->type->call, FACE_BOLD, NULL,
          brief || page_least_width(&press->page, &type, words) > room ? 2 : 1, words);
    if (!press->japanese)
        lines(press, press->type->moment * 1.1, FACE_REGULAR, "ja", 1,
              for_staff(press, "slip.call"));
    rule(press, 4, RULE_THIN, 0);
}

/* queue_id and code, for people who cannot read the QR; in one line where there is no column. */
static void codes(struct press *press, enum text_align align, double x, double w)
{
    const struct slip_view *view = press->view;
    const struct type plain = {press->type->code, FACE_REGULAR, THEME_BLACK, TIER_B, "ja"};
    char text[SLIP_LINE];

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
static void follow_words(struct press *press, enum text_align align, double x, double w)
{
    bool brief = press->japanese && press->type->place == CODE_OVER;
    const struct type bold = {press->type->follow, FACE_BOLD, THEME_BLACK, TIER_B, NULL};
    const struct type plain = {press->type->code, FACE_REGULAR, THEME_BLACK, TIER_B, "ja"};
    const struct block block = {
        .box = {align == ALIGN_CENTRE ? x - w / 2 : x, press->y, w, bold.px * 1.3 * 3},
        .align = align,
        .lines = 3,
        .leading = 1.28,
        .top = true};

    press->y += page_block(&press->page, &bold, &block,
                           own(press, brief ? "slip.follow_large" : "slip.follow"));
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
    int module = press->type->module, all = qr->modules + 2 * QR_QUIET;
    double room = press->page.width * (press->type->place == CODE_ASIDE ? 0.55 : 1);

    while (module > MODULE_LEAST && all * module > room)
        module--;
    return module;
}

static void follow_aside(struct press *press, const struct qr *qr)
{
    double side = (qr->modules + 2 * QR_QUIET) * module_dots(press, qr), top = press->y;
    double x = side + 24, w = press->page.width - x - MARGIN;

    qr_draw(press->page.canvas, qr, page_rect(&press->page, (struct box){4, top, side, side}));
    press->y = top + 16;
    follow_words(press, ALIGN_LEFT, x, w);
    press->y += 14;
    codes(press, ALIGN_LEFT, x, w);
    press->y = fmax(press->y + 10, top + side);
}

static void follow_stacked(struct press *press, const struct qr *qr)
{
    double side = (qr->modules + 2 * QR_QUIET) * module_dots(press, qr);
    double width = press->page.width, middle = width / 2, w = width - 2 * MARGIN;
    bool over = press->type->place == CODE_OVER;

    if (!over) {
        press->y += 8;
        follow_words(press, ALIGN_CENTRE, middle, w);
    }
    qr_draw(press->page.canvas, qr,
            page_rect(&press->page, (struct box){floor((width - side) / 2), press->y, side, side}));
    press->y += side;
    if (over)
        follow_words(press, ALIGN_CENTRE, middle, w);
    codes(press, ALIGN_CENTRE, middle, w);
}

static void follow(struct press *press)
{
    const struct slip_view *view = press->view;
    struct qr qr;

    press->y += 18;
    if (!view->qr[0] || qr_encode(view->qr, &qr) < 0)
        codes(press, ALIGN_CENTRE, press->page.width / 2, press->page.width - 2 * MARGIN);
    else if (press->type->place == CODE_ASIDE)
        follow_aside(press, &qr);
    else
        follow_stacked(press, &qr);
    rule(press, 8, RULE_THIN, 0);
}

static void message(struct press *press)
{
    if (!press->view->message[0])
        return;
    press->y += 12;
    lines(press, press->type->moment, FACE_REGULAR, "ja", MESSAGE_LINES, press->view->message);
    rule(press, 6, RULE_THIN, 0);
}

static void foot(struct press *press)
{
    const struct slip_view *view = press->view;
    const struct type small = {press->type->foot, FACE_REGULAR, THEME_BLACK, TIER_B, "ja"};
    double room = press->page.width - 2 * MARGIN, used;
    char text[SLIP_LINE], count[12];

    press->y += 14;
    if (view->phone[0]) {
        catalogue_fill(text, sizeof text, own(press, "terminal.phone"), "phone", view->phone, NULL);
        lines(press, press->type->phone, FACE_BOLD, figures_language(press), 1, text);
    }
    snprintf(count, sizeof count, "%d", view->print_count);
    catalogue_fill(text, sizeof text, for_staff(press, "slip.print"), "count", count, "check",
                   view->check, NULL);
    used =
        page_text(&press->page, &small, ALIGN_LEFT, MARGIN, press->y + small.px * 0.95, room, text);
    if (used + 24 + page_text_width(&press->page, &small, view->validity) > room)
        press->y += small.px * 1.2; /* narrow paper: the validity on a line of its own */
    line_at(press, ALIGN_RIGHT, small.px, FACE_REGULAR, NULL, 0, view->validity);
    press->y += small.px * 1.5;
}

static void press_all(struct press *press)
{
    page_fill(&press->page, (struct box){0, 0, press->page.width, press->page.height}, THEME_WHITE);
    reissue(press);
    head(press);
    labels(press);
    number(press);
    before(press);
    call(press);
    follow(press);
    message(press);
    foot(press);
}

/* No grey: what is darker than the middle is printed. */
static int threshold(const SDL_Surface *surface, int height, struct bitmap *ret)
{
    struct bitmap made = {surface->w, height, (surface->w + 7) / 8, NULL};

    made.bits = calloc((size_t)made.stride, (size_t)height);
    if (!made.bits)
        return -ENOMEM;
    for (int y = 0; y < height; y++) {
        const Uint32 *line =
            (const Uint32 *)((const Uint8 *)surface->pixels + (ptrdiff_t)y * surface->pitch);

        for (int x = 0; x < surface->w; x++)
            if ((line[x] & 0xFFu) < THRESHOLD)
                made.bits[(ptrdiff_t)y * made.stride + x / 8] |= (uint8_t)(0x80u >> x % 8);
    }
    *ret = made;
    return 0;
}

static const struct slip_type *type_of(const struct slip_view *view)
{
    if (view->dots == SLIP_DOTS_58)
        return view->large ? &narrow_large : &narrow;
    return view->large ? &large : &normal;
}

int slip_draw_on(const struct slip_view *view, struct canvas *canvas)
{
    static const struct page_view_mm least = {0, LEAST_DOTS * 0.95 * DOT_MM,
                                              LEAST_DOTS * 0.81 * DOT_MM};
    struct press press = {.view = view, .type = type_of(view)};
    const char *language = view->language[0] ? view->language : "ja";
    int height;

    press.japanese = strncmp(language, "ja", 2) == 0;
    page_begin(&press.page, canvas, press.japanese ? "ja" : language, 1, DOT_MM, &least);
    press_all(&press);
    SDL_RenderFlush(canvas->renderer);
    height = (int)ceil(press.y);
    return height < canvas->height ? height : canvas->height;
}

int slip_draw(const struct slip_view *view, const struct canvas_options *options,
              struct bitmap *ret)
{
    SDL_Surface *surface;
    SDL_Renderer *renderer = NULL;
    struct canvas canvas = {0};
    int r = -ENOMEM;

    if (view->dots != SLIP_DOTS_80 && view->dots != SLIP_DOTS_58)
        return -EINVAL;
    surface = SDL_CreateRGBSurfaceWithFormat(0, view->dots, SLIP_HEIGHT_MAX, 32,
                                             SDL_PIXELFORMAT_ARGB8888);
    if (surface)
        renderer = SDL_CreateSoftwareRenderer(surface);
    if (renderer)
        r = canvas_init(&canvas, renderer, view->dots, SLIP_HEIGHT_MAX, options);
    if (r == 0)
        r = threshold(surface, slip_draw_on(view, &canvas), ret);
    canvas_finish(&canvas);
    if (renderer)
        SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
    return r;
}

void bitmap_finish(struct bitmap *bitmap)
{
    if (!bitmap)
        return;
    free(bitmap->bits);
    *bitmap = (struct bitmap){0};
}
