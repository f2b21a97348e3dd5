/* Tables of pages: rows of cells, opening hours by weekday, and weeks of a calendar. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "shape.h"
#include "template_date.h"
#include "template_ink.h"

/* In em. */
#define ROW_UPRIGHT     3.1
#define ROW_PITCH       1.6
#define COLUMN_GAP      0.9
#define COLUMN_GAP_MOST 2.2
#define MARK_SIDE       0.35
#define DAY_LEAST       1.12
#define DOT             0.62
#define WEEK_ROW        1.62
#define CALENDAR_ROW    1.5
#define CALENDAR_DAY    1.5

enum { WEEK = 7, WEEKS_MAX = 5, MONDAY = 1 };

/* -- rows ----------------------------------------------------------------------------------------
 */

static void take_cell(const struct template_ink *ink, struct template_row *row, const char *from,
                      const char *end)
{
    char text[TEMPLATE_CELL_SIZE];

    while (from < end && *from == ' ')
        from++;
    while (end > from && end[-1] == ' ')
        end--;
    if (row->count == TEMPLATE_CELLS_MAX || (size_t)(end - from) >= sizeof text)
        return; /* more than template_check() lets through */
    snprintf(text, sizeof text, "%.*s", (int)(end - from), from);
    template_date_write(ink->words, text, row->cells[row->count++], TEMPLATE_CELL_SIZE);
}

int template_rows(const struct template_ink *ink, const char *field,
                  struct template_row ret[TEMPLATE_ROWS_MAX])
{
    const char *at = template_page_text(ink->page, field);
    int count = 0;

    while (*at && count < TEMPLATE_ROWS_MAX) {
        const char *end = strchrnul(at, '\n');
        struct template_row row = {.count = 0};

        for (const char *cell = at; cell <= end; cell++) {
            const char *stop = memchr(cell, '|', (size_t)(end - cell));

            take_cell(ink, &row, cell, stop ? stop : end);
            cell = stop ? stop : end;
        }
        if (at[strspn(at, " |\n")] && end > at)
            ret[count++] = row;
        at = *end ? end + 1 : end;
    }
    return count;
}

/* 【休診】 is set on a plate; returns whether it is one, ret without its brackets. */
static bool is_marked(const char *cell, char *ret, size_t size)
{
    size_t length = strlen(cell), open = strlen("【"), shut = strlen("】");

    if (length <= open + shut || strncmp(cell, "【", open) != 0 ||
        strcmp(cell + length - shut, "】") != 0) {
        snprintf(ret, size, "%s", cell);
        return false;
    }
    snprintf(ret, size, "%.*s", (int)(length - open - shut), cell + open);
    return true;
}

static int cell_width(const struct template_ink *ink, const struct template_item *item,
                      const char *cell)
{
    char text[TEMPLATE_CELL_SIZE];
    bool marked = is_marked(cell, text, sizeof text);
    struct text_style style = template_style(ink, item, text);

    return template_text_width(ink, &style, text) +
           (marked ? 2 * (int)lround(style.px * MARK_SIDE) : 0);
}

/* A cell in the middle of its row; the first column is what people look for. */
static void draw_cell(struct template_ink *ink, const struct template_item *item, bool first,
                      SDL_Rect room, const char *cell)
{
    char text[TEMPLATE_CELL_SIZE];
    bool marked = is_marked(cell, text, sizeof text);
    struct text_style style = template_style(ink, item, text);
    int side = marked ? (int)lround(style.px * MARK_SIDE) : 0, head = style.px / 5;
    int top = room.y + (room.h - style.px) / 2;

    if (first)
        style.colour = THEME_AI;
    if (marked) {
        style.colour = THEME_WHITE;
        template_fill(ink,
                      (SDL_Rect){room.x, top - head,
                                 template_text_width(ink, &style, text) + 2 * side,
                                 style.px + 2 * head},
                      THEME_AI);
    }
    template_line(ink, &style, ALIGN_LEFT, room.x + side, top, text);
}

/* The other cells of a row under its first, for a sheet that is high and narrow. */
static int table_upright(struct template_ink *ink, const struct template_item *item,
                         const struct template_row *rows, int count, SDL_Rect room)
{
    int px = template_style(ink, item, "国").px, pitch = (int)lround(px * ROW_UPRIGHT);

    for (int i = 0; i < count; i++) {
        SDL_Rect line = {room.x, room.y + i * pitch, room.w, pitch / 2};

        if (i > 0)
            template_fill(ink, (SDL_Rect){room.x, line.y, room.w, template_px(ink, 2) + 1},
                          THEME_RULE);
        line.y += pitch / 16;
        for (int c = 0; c < rows[i].count; c++) {
            int width = cell_width(ink, item, rows[i].cells[c]);

            if (line.x + width > room.x + room.w)
                return TEMPLATE_NO_FIT;
            draw_cell(ink, item, c == 0, line, rows[i].cells[c]);
            line.x += c == 0 ? 0 : width + px;
            line.y += c == 0 ? pitch * 7 / 16 : 0;
        }
    }
    return count * pitch;
}

int template_item_table(struct template_ink *ink, const struct template_item *item, SDL_Rect room)
{
    struct template_row rows[TEMPLATE_ROWS_MAX];
    int count = template_rows(ink, item->field, rows), columns = 0, sum = 0;
    int widths[TEMPLATE_CELLS_MAX] = {0}, px = template_style(ink, item, "国").px;
    int pitch = (int)lround(px * ROW_PITCH), gap, hair = template_px(ink, 2);

    for (int i = 0; i < count; i++) {
        columns = rows[i].count > columns ? rows[i].count : columns;
        for (int c = 0; c < rows[i].count; c++) {
            int width = cell_width(ink, item, rows[i].cells[c]);

            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    for (int c = 0; c < columns; c++)
        sum += widths[c];
    if (count == 0)
        return 0;
    if (item->lines > 1)
        return table_upright(ink, item, rows, count, room);
    gap = columns > 1 ? (room.w - sum) / (columns - 1) : 0;
    if (sum > room.w || (columns > 1 && gap < px * COLUMN_GAP))
        return TEMPLATE_NO_FIT;
    gap = (int)fmin(gap, px * COLUMN_GAP_MOST);
    for (int i = 0; i < count; i++) {
        int x = room.x, y = room.y + i * pitch;

        if (i > 0)
            template_fill(ink, (SDL_Rect){room.x, y, room.w, hair > 0 ? hair : 1}, THEME_RULE);
        for (int c = 0; c < rows[i].count; c++) {
            draw_cell(ink, item, c == 0, (SDL_Rect){x, y, widths[c], pitch}, rows[i].cells[c]);
            x += widths[c] + gap;
        }
    }
    return count * pitch;
}

/* -- opening hours -------------------------------------------------------------------------------
 */

static const char *day_letter(const struct template_ink *ink, int weekday)
{
    char key[32];

    if (weekday == TEMPLATE_HOLIDAY)
        return catalogue_get(ink->words, "template.holiday");
    snprintf(key, sizeof key, "date.weekday.%d", weekday);
    return catalogue_get(ink->words, key);
}

static void draw_dot(struct template_ink *ink, SDL_Rect cell, int px, bool open)
{
    int side = (int)lround(px * DOT), thick = px / 12 + 1;

    if (!ink->draw)
        return;
    if (open)
        shape_round(ink->canvas,
                    (SDL_Rect){cell.x + (cell.w - side) / 2, cell.y + (cell.h - side) / 2, side,
                               side / 2 * 2},
                    side / 2, THEME_AI);
    else
        shape_fill(ink->canvas,
                   (SDL_Rect){cell.x + (cell.w - side / 2) / 2, cell.y + (cell.h - thick) / 2,
                              side / 2, thick},
                   THEME_INK2);
}

/* Monday first, as on a clinic's door; holidays last. row NULL: the days' names. label 0: the hours
 * stand in a line of their own. */
static void week_row(struct template_ink *ink, const struct template_item *item,
                     const struct template_row *row, SDL_Rect room, int label)
{
    struct text_style style = template_style(ink, item, row ? row->cells[0] : "国");
    int px = template_style(ink, item, "国").px;
    double day = (double)(room.w - label) / TEMPLATE_WEEK_DAYS;
    unsigned open = 0;

    if (row) {
        if (label > 0)
            template_line(ink, &style, ALIGN_LEFT, room.x + px / 4,
                          room.y + (room.h - style.px) / 2, row->cells[0]);
        if (template_week_of(row->cells[1], &open) < 0)
            return; /* refused by template_check() */
    }
    for (int i = 0; i < TEMPLATE_WEEK_DAYS; i++) {
        int weekday = i < WEEK ? (i + MONDAY) % WEEK : TEMPLATE_HOLIDAY;
        SDL_Rect cell = {room.x + label + (int)(i * day), room.y, (int)day, room.h};

        if (row)
            draw_dot(ink, cell, px, open >> weekday & 1);
        else
            template_line(ink, &style, ALIGN_CENTRE, cell.x + cell.w / 2,
                          cell.y + (cell.h - style.px) / 2, day_letter(ink, weekday));
    }
}

static int hours_width(const struct template_ink *ink, const struct template_item *item,
                       const struct template_row *rows, int count)
{
    int widest = 0;

    for (int i = 0; i < count; i++) {
        struct text_style style = template_style(ink, item, rows[i].cells[0]);
        int width = template_text_width(ink, &style, rows[i].cells[0]) + style.px * 3 / 4;

        widest = width > widest ? width : widest;
    }
    return widest;
}

int template_item_week(struct template_ink *ink, const struct template_item *item, SDL_Rect room)
{
    struct template_row rows[TEMPLATE_ROWS_MAX];
    int count = template_rows(ink, item->field, rows), hours = hours_width(ink, item, rows, count);
    int px = template_style(ink, item, "国").px, pitch = (int)lround(px * WEEK_ROW), top = room.y;
    bool upright = item->lines > 1;

    if (count == 0)
        return 0;
    if (hours > room.w || (room.w - (upright ? 0 : hours)) / TEMPLATE_WEEK_DAYS < px * DAY_LEAST)
        return TEMPLATE_NO_FIT;
    room.h = pitch;
    template_fill(ink, room, THEME_SKY);
    week_row(ink, item, NULL, room, upright ? 0 : hours);
    for (int i = 0; i < count; i++) {
        room.y += room.h;
        if (i > 0)
            template_fill(ink, (SDL_Rect){room.x, room.y, room.w, template_px(ink, 2) + 1},
                          THEME_RULE);
        if (upright) {
            struct text_style style = template_style(ink, item, rows[i].cells[0]);

            template_line(ink, &style, ALIGN_LEFT, room.x + px / 4, room.y + px / 2,
                          rows[i].cells[0]);
            room.y += px * 3 / 2;
        }
        week_row(ink, item, &rows[i], room, upright ? 0 : hours);
    }
    return room.y + room.h - top;
}

/* -- calendar ------------------------------------------------------------------------------------
 */

/* The weeks that are shown: those of the days, and one before and behind where there is room. */
static struct template_days weeks_of(struct template_days days)
{
    struct template_days weeks = {
        .first = days.first - template_day_of(days.first).weekday,
        .last = days.last - template_day_of(days.last).weekday + WEEK - 1,
    };

    if (weeks.last - weeks.first + 1 < WEEKS_MAX * WEEK)
        weeks.first -= WEEK;
    if (weeks.last - weeks.first + 1 < (WEEKS_MAX - 1) * WEEK)
        weeks.last += WEEK;
    if (weeks.last > weeks.first + WEEKS_MAX * WEEK - 1)
        weeks.last = weeks.first + WEEKS_MAX * WEEK - 1;
    return weeks;
}

static void calendar_day(struct template_ink *ink, const struct text_style *style, SDL_Rect cell,
                         long days, bool marked)
{
    struct text_style at = *style;
    char text[16];

    snprintf(text, sizeof text, "%d", template_day_of(days).day);
    if (marked) {
        int inset = cell.h / 16 + 1;

        at.colour = THEME_WHITE;
        template_fill(
            ink, (SDL_Rect){cell.x + inset, cell.y + inset, cell.w - 2 * inset, cell.h - 2 * inset},
            THEME_AI);
    }
    template_line(ink, &at, ALIGN_CENTRE, cell.x + cell.w / 2, cell.y + (cell.h - at.px) / 2, text);
}

static void calendar_weeks(struct template_ink *ink, const struct template_item *item,
                           struct template_days days, struct template_days weeks, SDL_Rect room)
{
    struct text_style style = template_style(ink, item, "0");
    double across = room.w / (double)WEEK, down = style.px * CALENDAR_ROW;

    for (long day = weeks.first; day <= weeks.last; day++) {
        int at = (int)(day - weeks.first);
        SDL_Rect cell = {room.x + (int)(at % WEEK * across), room.y + (int)(at / WEEK * down),
                         (int)across, (int)down};

        calendar_day(ink, &style, cell, day, day >= days.first && day <= days.last);
    }
}

/* The month of the days, or the two that they are in. */
static void calendar_month(struct template_ink *ink, const struct text_style *style,
                           struct template_days days, SDL_Rect room)
{
    char month[16], text[2][64], both[160];
    int first = template_day_of(days.first).month, last = template_day_of(days.last).month;

    snprintf(month, sizeof month, "%d", first);
    catalogue_fill(text[0], sizeof text[0], catalogue_get(ink->words, "template.month"), "month",
                   month, NULL);
    snprintf(month, sizeof month, "%d", last);
    catalogue_fill(text[1], sizeof text[1], catalogue_get(ink->words, "template.month"), "month",
                   month, NULL);
    catalogue_fill(both, sizeof both, catalogue_get(ink->words, "template.dates"), "from", text[0],
                   "to", text[1], NULL);
    template_line(ink, style, ALIGN_CENTRE, room.x + room.w / 2, room.y,
                  first == last ? text[0] : both);
}

/* What the mark means. */
static void calendar_legend(struct template_ink *ink, const struct template_item *item,
                            SDL_Rect room)
{
    struct text_style style = template_style(ink, item, item->words);
    int side = style.px * 3 / 4, gap = style.px / 3;
    int width = side + gap + template_text_width(ink, &style, item->words);
    int x = room.x + (room.w - width) / 2;

    template_fill(ink, (SDL_Rect){x, room.y + (style.px - side) / 2, side, side}, THEME_AI);
    template_line(ink, &style, ALIGN_LEFT, x + side + gap, room.y, item->words);
}

int template_item_calendar(struct template_ink *ink, const struct template_item *item,
                           SDL_Rect room)
{
    struct text_style head = template_style(ink, item, "国");
    struct text_style figure = template_style(ink, item, "0");
    struct template_days days, weeks;
    int head_height = (int)lround(head.px * 1.35), height;

    if (template_days_of(template_page_text(ink->page, item->field), &days) < 0)
        return 0; /* written in words */
    weeks = weeks_of(days);
    if (room.w / WEEK < figure.px * CALENDAR_DAY || room.w / WEEK < head.px)
        return TEMPLATE_NO_FIT;
    calendar_month(ink, &head, days, room);
    room.y += head_height;
    head.colour = THEME_INK2;
    for (int i = 0; i < WEEK; i++)
        template_line(ink, &head, ALIGN_CENTRE, room.x + (int)((i + 0.5) * room.w / (double)WEEK),
                      room.y, day_letter(ink, i));
    room.y += head_height;
    calendar_weeks(ink, item, days, weeks, room);
    height = (int)((int)(weeks.last - weeks.first + 1) / WEEK * figure.px * CALENDAR_ROW);
    if (!item->words[0])
        return 2 * head_height + height;
    room.y += height + head.px / 3;
    calendar_legend(ink, item, room);
    return 2 * head_height + height + head.px / 3 + head.px;
}
