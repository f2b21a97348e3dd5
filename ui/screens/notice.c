#include "notice.h"

#include "page.h"

/* Drawn for a film of 1280x720 design pixels; it scales with the area. */
enum { DRAWN_W = 1280, DRAWN_H = 720 };

void notice_draw(struct canvas *canvas, SDL_Rect area, const char *title, const char *body,
                 const char *clinic)
{
    double across = (double)area.w / DRAWN_W, down = (double)area.h / DRAWN_H;
    static const struct page_view_mm anywhere = {0, 0, 0};
    const struct type head = {72, FACE_BOLD, THEME_AI, TIER_FREE, "ja"};
    const struct type text = {60, FACE_BOLD, THEME_INK, TIER_FREE, "ja"};
    const struct type small = {44, FACE_REGULAR, THEME_INK2, TIER_FREE, "ja"};
    struct page page;
    struct box sheet;

    page_begin(&page, canvas, "ja", across < down ? across : down, 1, &anywhere);
    page.shift_x = area.x;
    page.shift_y = area.y;
    sheet = (struct box){0, 0, area.w / page.scale, area.h / page.scale};
    page_fill(&page, sheet, THEME_PAPER);
    page_fill(&page, (struct box){0, 0, 24, sheet.h}, THEME_AI);
    page_block(
        &page, &head,
        &(struct block){.box = {88, 56, sheet.w - 176, 108}, .lines = 2, .shrink_first = true},
        title);
    page_rule(&page, 88, 180, sheet.w - 176, 4, THEME_INK);
    page_block(&page, &text,
               &(struct block){.box = {88, 212, sheet.w - 176, sheet.h - 320},
                               .lines = TEXT_LINES_MAX,
                               .leading = 1.5,
                               .top = true},
               body);
    page_text(&page, &small, ALIGN_RIGHT, sheet.w - 88, sheet.h - 48, sheet.w - 176, clinic);
}
