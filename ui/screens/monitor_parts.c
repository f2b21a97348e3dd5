#include "monitor_parts.h"

#include "catalogue.h"
#include "clinic_name.h"
#include "utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Digits are half an em wide and 0.81 em high. */
#define DIGIT_EM      0.5
#define DIGIT_HALF    0.405
#define ROOM_MOST     540
#define ROOM_LEAST    43
#define SUFFIX_GAP_EM 0.16
#define PARTY_LEADING 1.02 /* of the rows of a party's numbers, in em */

double wall_text(struct wall *wall, double px, enum text_face face, enum theme_colour colour,
                 enum text_align align, double x, double baseline, double width, const char *text)
{
    const struct type type = {px, face, colour, TIER_A, "ja"};

    return page_text(&wall->page, &type, align, x, baseline, width, text);
}

const char *wall_words(struct wall *wall, const char *key)
{
    return page_words(&wall->page, key);
}

/* A line that breaks between phrases is not always full. */
#define LINE_FILLED 0.94

static bool fits(struct wall *wall, const struct type *type, double width, int lines,
                 const char *name)
{
    double whole = page_text_width(&wall->page, type, name);

    return whole <= (lines > 1 ? width * lines * LINE_FILLED : width);
}

const char *wall_clinic(struct wall *wall, const struct type *type, double width, int lines)
{
    const char *name = wall->view->clinic;

    return fits(wall, type, width, lines, name) ? name : clinic_name_short(name);
}

int wall_clinic_lines(struct wall *wall, const struct type *type, double width)
{
    const char *name = wall_clinic(wall, type, width, 1);
    int lines = 1;

    while (lines < WALL_NAME_LINES && !fits(wall, type, width, lines, name))
        lines++;
    return lines;
}

int wall_glyphs(int glyphs, const char *number)
{
    int own = utf8_count(number, number + strlen(number));

    if (glyphs < 2)
        glyphs = 2;
    return own > glyphs ? own : glyphs;
}

double wall_number_px(double cap, double width, int glyphs)
{
    return fmin(cap, width / (DIGIT_EM * glyphs));
}

void wall_number(struct wall *wall, struct box box, double px, double suffix, const char *number)
{
    const struct type digits = {px, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    double width = page_text_width(&wall->page, &digits, number);
    double after = suffix > 0 ? suffix * (1 + SUFFIX_GAP_EM) : 0;
    double baseline = box.y + box.h / 2 + px * DIGIT_HALF;
    double x = box.x + (box.w - width - after) / 2;

    page_text(&wall->page, &digits, ALIGN_LEFT, x, baseline, 0, number);
    if (suffix > 0)
        wall_text(wall, suffix, FACE_BOLD, THEME_INK, ALIGN_LEFT,
                  x + width + suffix * SUFFIX_GAP_EM, baseline, 0,
                  wall_words(wall, "number.suffix"));
}

/* Rows and columns in which so many numbers are largest; ties take fewer rows. */
struct grid {
    int columns, rows;
    double px;
};

static struct grid best_grid(struct box box, int count, int glyphs, double cap)
{
    enum { APART = 1 }; /* glyphs between two numbers */
    struct grid best = {1, count, 0};

    for (int columns = count; columns >= 1; columns--) {
        int rows = (count + columns - 1) / columns, across = columns * (glyphs + APART) - APART;
        double px = fmin(cap, fmin(box.w / (DIGIT_EM * across), box.h / rows / PARTY_LEADING));

        if (px > best.px * 1.01)
            best = (struct grid){columns, rows, px};
    }
    return best;
}

static void party(struct wall *wall, struct box box, double cap, const struct monitor_call *call)
{
    int glyphs = wall_glyphs(2, call->number), count = 1 + call->party_count;
    struct grid grid;

    for (int i = 0; i < call->party_count; i++)
        glyphs = wall_glyphs(glyphs, call->party[i]);
    grid = best_grid(box, count, glyphs, cap);
    for (int i = 0; i < count; i++) {
        int row = i / grid.columns, left = count - row * grid.columns;
        double columns = left < grid.columns ? left : grid.columns;
        double pitch = grid.px * DIGIT_EM * (glyphs + 1), w = pitch * columns;
        struct box cell = {box.x + (box.w - w) / 2 + pitch * (i % grid.columns),
                           box.y + (box.h - grid.rows * grid.px * PARTY_LEADING) / 2 +
                               row * grid.px * PARTY_LEADING,
                           pitch, grid.px * PARTY_LEADING};

        wall_number(wall, cell, grid.px, 0, i == 0 ? call->number : call->party[i - 1]);
    }
}

void wall_called(struct wall *wall, struct box box, double px, double suffix,
                 const struct monitor_call *call)
{
    if (call->party_count == 0)
        wall_number(wall, box, px, suffix, call->number);
    else
        party(wall, (struct box){box.x + 16, box.y, box.w - 32, box.h}, px, call);
}

void wall_nobody(struct wall *wall, struct box box)
{
    enum { TWO_LINES = 114 };
    const struct type type = {46, FACE_REGULAR, THEME_INK2, TIER_A, "ja"};
    const struct block block = {.box = box, .align = ALIGN_CENTRE, .lines = 2, .leading = 1.2};

    page_block(&wall->page, &type, &block,
               wall_words(wall, box.h < TWO_LINES ? "monitor.please_wait" : "monitor.nobody_yet"));
}

struct room_lines wall_room_lines(const char *name)
{
    static const char consulting[] = "診察室", counter[] = "窓口";
    struct room_lines lines = {"", ""};
    const char *space = strchr(name, ' '), *tail = NULL;
    size_t length = strlen(name);

    if (!space && length > strlen(consulting) &&
        strcmp(name + length - strlen(consulting), consulting) == 0)
        tail = name + length - strlen(consulting);
    else if (!space && length > strlen(counter) &&
             strcmp(name + length - strlen(counter), counter) == 0)
        tail = name + length - strlen(counter);
    if (space || tail)
        snprintf(lines.second, sizeof lines.second, "%s", space ? space + 1 : tail);
    if (space)
        tail = space;
    snprintf(lines.first, sizeof lines.first, "%.*s", (int)(tail ? (size_t)(tail - name) : length),
             name);
    return lines;
}

/* One line of a room's name in the middle of a box. */
static void room_line(struct wall *wall, struct box box, double px, enum theme_colour colour,
                      const char *text)
{
    const struct type type = {px, FACE_BOLD, colour, TIER_A, "ja"};
    const struct block block = {.box = box, .align = ALIGN_CENTRE, .lines = 1};

    page_block(&wall->page, &type, &block, text);
}

static void room_ground(struct wall *wall, const struct room_plate *plate)
{
    if (plate->look == PLATE_LIVE) {
        page_fill(&wall->page, plate->box, THEME_AI);
    } else if (plate->look == PLATE_PAYMENT) {
        page_fill(&wall->page, plate->box, THEME_WHITE);
        page_frame(&wall->page, plate->box, plate->edge > 0 ? plate->edge : 6, THEME_INK);
    } else {
        page_frame(&wall->page, plate->box, 4, THEME_AI);
    }
}

/* Door and name side by side, as a group in the middle; a plate too narrow for both has the name.
 */
static void room_in_one(struct wall *wall, const struct room_plate *plate, enum icon icon,
                        enum theme_colour colour)
{
    enum { PAD = 12 };
    struct type type = {plate->first, FACE_BOLD, colour, TIER_A, "ja"};
    double gap = plate->first * 0.3, width;
    struct box box = plate->box;
    const struct block block = {.box = {box.x + PAD, box.y + 4, box.w - 2 * PAD, box.h - 8},
                                .align = ALIGN_CENTRE,
                                .lines = 2,
                                .leading = 1.1,
                                .shrink_first = true};

    if (plate->door <= 0 ||
        page_least_width(&wall->page, &type, plate->name) > box.w - 2 * PAD - plate->door - gap) {
        page_block(&wall->page, &type, &block, plate->name);
        return;
    }
    width = page_text_width(&wall->page, &type, plate->name);
    while (width > box.w - 2 * PAD - plate->door - gap) {
        type.px *= 0.97;
        width = page_text_width(&wall->page, &type, plate->name);
    }
    box.x += (box.w - plate->door - gap - width) / 2;
    page_icon(&wall->page,
              (struct box){box.x, box.y + (box.h - plate->door) / 2, plate->door, plate->door},
              icon, colour);
    page_text(&wall->page, &type, ALIGN_LEFT, box.x + plate->door + gap,
              box.y + box.h / 2 + type.px * 0.37, 0, plate->name);
}

static double line_px(struct wall *wall, double cap, double width, const char *text)
{
    const struct type unit = {100, FACE_BOLD, THEME_INK, TIER_FREE, "ja"};
    double em = page_text_width(&wall->page, &unit, text) / 100;

    return em > 0 ? fmin(cap, fmin(width, ROOM_MOST) / em) : cap;
}

/* Door above, then the lines. With a door their places are parts of the plate's height; without
 * one they stand together in its middle. */
static void room_in_two(struct wall *wall, const struct room_plate *plate, enum icon icon,
                        enum theme_colour colour)
{
    struct room_lines lines = wall_room_lines(plate->name);
    struct box box = plate->box;
    double pad = fmin(box.w * 0.035, 32), w = box.w - 2 * pad, x = box.x + pad;
    double first = line_px(wall, plate->first, w, lines.first);
    double second = *lines.second ? line_px(wall, plate->second, w, lines.second) : 0;
    /* a low plate has its two lines close together, clear of its frame */
    double gap = second > 0 ? fmin(first * 0.16, fmax(0, box.h - 16 - first - second)) : 0;
    double at_first = box.h * 0.5, at_second = box.h * 0.79;

    if (plate->door > 0) {
        page_icon(&wall->page,
                  (struct box){box.x + (box.w - plate->door) / 2, box.y + box.h * 0.1, plate->door,
                               plate->door},
                  icon, colour);
        if (second <= 0)
            at_first = box.h * 0.64;
    } else {
        at_first = box.h * 0.52 - (gap + second) / 2;
        at_second = box.h * 0.52 + (gap + first) / 2;
    }
    room_line(wall, (struct box){x, box.y + at_first - first * 0.51, w, first * 1.02}, first,
              colour, lines.first);
    if (second > 0)
        room_line(wall, (struct box){x, box.y + at_second - second * 0.51, w, second * 1.02},
                  second, colour, lines.second);
}

double wall_room_em(struct wall *wall, const char *name)
{
    const struct type unit = {100, FACE_BOLD, THEME_INK, TIER_FREE, "ja"};
    struct room_lines lines = wall_room_lines(name);

    return fmax(page_text_width(&wall->page, &unit, lines.first),
                page_text_width(&wall->page, &unit, lines.second)) /
           100;
}

bool wall_room_tall(struct wall *wall, const char *name, double width)
{
    enum { DOOR = 80, WANTED = 58, PADS = 3 * 12 };
    const struct type type = {WANTED, FACE_BOLD, THEME_INK, TIER_FREE, "ja"};

    return wall_room_lines(name).second[0] &&
           page_text_width(&wall->page, &type, name) > width - PADS - DOOR;
}

void wall_room_fit(struct wall *wall, struct desk_row *row, const char *name)
{
    const struct type unit = {100, FACE_BOLD, THEME_INK, TIER_FREE, "ja"};
    double h = row->box.h - row->head, w = row->room_w - 24;
    double whole = page_text_width(&wall->page, &unit, name) / 100, em = wall_room_em(wall, name);
    double one = fmin(fmin(96, h * 0.55), w / fmax(whole, 1));
    double two = fmin(h * 0.34, w / fmax(em, 1));

    row->first = one;
    row->second = 0;
    if (two > one * 1.05 && wall_room_lines(name).second[0]) {
        row->first = fmax(fmin(two * 1.25, h * 0.42), ROOM_LEAST);
        row->second = fmax(two, ROOM_LEAST);
    }
}

void wall_room(struct wall *wall, const struct room_plate *plate)
{
    enum theme_colour colour = plate->look == PLATE_LIVE ? THEME_WHITE : THEME_INK;
    enum icon icon = plate->look == PLATE_PAYMENT ? ICON_YEN : ICON_DOOR;

    room_ground(wall, plate);
    if (plate->second > 0)
        room_in_two(wall, plate, icon, colour);
    else
        room_in_one(wall, plate, icon, colour);
}

double wall_recent(struct wall *wall, const struct recent_rows *rows)
{
    const struct monitor_view *view = wall->view;
    struct box box = rows->box;
    int shown = 0;

    for (int i = 0; i < view->recent_count && shown < rows->rows; i++) {
        const struct monitor_call *call = &view->recent[i];
        double baseline = box.y + box.h / 2 + rows->number * DIGIT_HALF, used;

        if (call->payment && wall->payment)
            continue;
        if (shown > 0)
            page_rule(&wall->page, box.x, box.y, box.w, 2, THEME_RULE);
        used = wall_text(wall, rows->number, FACE_BOLD, THEME_INK, ALIGN_LEFT, box.x, baseline, 0,
                         call->number);
        wall_text(wall, rows->room, FACE_REGULAR, THEME_INK2, ALIGN_RIGHT, box.x + box.w,
                  baseline - rows->room * 0.04, box.w - used - rows->room * 0.5, call->room);
        box.y += box.h;
        shown++;
    }
    return box.y;
}

double wall_waiting(struct wall *wall, enum text_align align, double x, double baseline,
                    double width, double number, double unit)
{
    const struct type digits = {number, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    const struct type words = {unit, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    struct page_count count = page_count(&wall->page, "monitor.waiting", wall->view->waiting);
    const struct rich rich = {&words, &digits, count.pattern, count.n, width};

    return page_rich(&wall->page, &rich, align, x, baseline);
}

void wall_date(struct wall *wall, double px, enum text_align align, double x, double baseline,
               double width)
{
    const struct type type = {px, FACE_REGULAR, THEME_INK, TIER_A, "ja"};
    char text[MONITOR_TEXT * 2];

    snprintf(text, sizeof text, "%s%s", wall->view->date, wall->view->session);
    if (page_text_width(&wall->page, &type, text) > width)
        snprintf(text, sizeof text, "%s", wall->view->date);
    page_text(&wall->page, &type, align, x, baseline, width, text);
}

static struct text_lines notice_page(struct wall *wall, const struct notice_place *place, int page,
                                     int *ret_pages)
{
    const struct type type = {place->px, FACE_BOLD, THEME_INK, TIER_A, "ja"};
    struct text_style style = page_style(&wall->page, &type, wall->view->message);
    const char *rest = wall->view->message;
    struct text_lines lines, wanted = {.count = 0};
    int pages = 0;

    while (*rest && pages < (int)sizeof wall->view->message) {
        size_t taken = text_wrap(wall->page.canvas->text, &style,
                                 page_px(&wall->page, place->box.w), place->lines, rest, &lines);

        if (taken == 0)
            break;
        if (pages++ == page)
            wanted = lines;
        rest += taken;
    }
    *ret_pages = pages > 0 ? pages : 1;
    return wanted;
}

int wall_notice_pages(struct wall *wall, const struct notice_place *place)
{
    int pages;

    (void)notice_page(wall, place, 0, &pages);
    return pages;
}

void wall_notice(struct wall *wall, const struct notice_place *place)
{
    int pages = wall_notice_pages(wall, place);
    int page = wall->view->message_page % pages;
    struct text_lines lines = notice_page(wall, place, page < 0 ? 0 : page, &pages);

    if (!wall->view->message[0])
        return;
    wall_text(wall, place->label, FACE_REGULAR, THEME_INK2, ALIGN_LEFT, place->label_x,
              place->label_y, 0, wall_words(wall, "monitor.notice"));
    for (int i = 0; i < lines.count; i++)
        wall_text(wall, place->px, FACE_BOLD, THEME_INK, ALIGN_LEFT, place->box.x,
                  place->box.y + place->px * (0.87 + 1.34 * i), place->box.w, lines.line[i]);
}

void wall_provided(struct wall *wall)
{
    const struct type type = {44, FACE_REGULAR, THEME_INK, TIER_A, "ja"};
    const char *words = wall_words(wall, "monitor.provided");
    double width = page_text_width(&wall->page, &type, words) + 40;
    struct box label = {wall->film.x, wall->film.y + wall->film.h - 64, width, 64};

    page_fill(&wall->page, label, THEME_PAPER);
    page_text(&wall->page, &type, ALIGN_LEFT, label.x + 20, label.y + 48, 0, words);
}
