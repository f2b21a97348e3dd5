/* The template's own layout: grounds, pictures, photographs and stacks of texts on their places. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mask.h"
#include "photo.h"
#include "shape.h"
#include "template_date.h"
#include "template_ink.h"

/* Letters shrink in these steps; none of a good page is under half of its design. */
#define SHRINK_STEP  0.96
#define SHRINK_LEAST 0.3
/* Under this a page is crowded, and where the least letters are that much larger than the smallest
 * that layouts are designed with. */
#define CROWDED  0.72
#define OUTSIZED 1.1
#define BODY_PX  44
/* Air shrinks with them, but not away. */
#define AIR_LEAST 0.5

enum { ARCH_POINTS = 48 };

/* A layout on a place: positions stretch with its sides, letters do not. */
struct sheet {
    const struct template_layout *layout;
    double across, down;
};

static struct sheet sheet_of(struct template_ink *ink, int width, int height)
{
    bool tall = width < height;
    struct sheet sheet = {.layout = tall ? &ink->template->tall : &ink->template->wide};

    sheet.across = width / sheet.layout->width;
    sheet.down = height / sheet.layout->height;
    ink->scale = fmin(sheet.across, sheet.down);
    return sheet;
}

static SDL_Rect place_of(const struct sheet *sheet, const struct template_element *element)
{
    int x = (int)lround(element->x * sheet->across), y = (int)lround(element->y * sheet->down);

    return (SDL_Rect){x, y, (int)lround((element->x + element->w) * sheet->across) - x,
                      (int)lround((element->y + element->h) * sheet->down) - y};
}

static const SDL_Surface *photo_of(const struct template_ink *ink, const char *name)
{
    for (int i = 0; i < ink->template->photo_count; i++)
        if (strcmp(ink->template->photos[i], name) == 0)
            return ink->photos[i];
    return NULL;
}

/* The first word of the names: a field, a photo, or FIELD# for a date. */
static bool has_part(const struct template_ink *ink, const char *names)
{
    size_t length = strcspn(names, "# ");
    char name[TEMPLATE_NAME_SIZE];
    struct template_days days;

    snprintf(name, sizeof name, "%.*s", (int)length, names);
    if (names[length] == '#')
        return template_days_of(template_page_text(ink->page, name), &days) == 0;
    return photo_of(ink, name) || template_page_text(ink->page, name)[0];
}

static bool has_parts(const struct template_ink *ink, const char *names)
{
    const char *second = strchr(names, ' ');

    return has_part(ink, names) && (!second || has_part(ink, second + 1));
}

static bool is_shown(const struct template_ink *ink, const struct template_element *element)
{
    return (!element->with[0] || has_parts(ink, element->with)) &&
           (!element->without[0] || !has_part(ink, element->without)) &&
           (element->kind != TEMPLATE_PHOTO || photo_of(ink, element->name));
}

/* -- pictures ------------------------------------------------------------------------------------
 */

static void cut_shape(SDL_Surface *picture, enum template_shape shape)
{
    struct point points[ARCH_POINTS + 2];
    float w = (float)picture->w, h = (float)picture->h, radius = fminf(w, h) / 2;
    int count = 0;
    struct mask mask;

    if (shape == TEMPLATE_SQUARE || mask_init(&mask, picture->w, picture->h) < 0)
        return;
    for (int i = 0; i < ARCH_POINTS; i++) {
        float turn = (shape == TEMPLATE_CIRCLE ? 2 : 1) * (float)M_PI * (float)i /
                     (float)(ARCH_POINTS - (shape == TEMPLATE_CIRCLE ? 0 : 1));
        float middle = shape == TEMPLATE_CIRCLE ? h / 2 : radius;

        points[count++] = (struct point){w / 2 - radius * cosf(turn), middle - radius * sinf(turn)};
    }
    if (shape == TEMPLATE_ARCH) {
        points[count++] = (struct point){w, h};
        points[count++] = (struct point){0, h};
    }
    mask_add(&mask, points, count);
    for (int y = 0; y < picture->h; y++) {
        Uint8 *line = (Uint8 *)picture->pixels + (ptrdiff_t)y * picture->pitch;

        for (int x = 0; x < picture->w; x++)
            line[4 * x + 3] =
                (Uint8)(line[4 * x + 3] * mask.cover[(ptrdiff_t)y * mask.width + x] / 255);
    }
    mask_finish(&mask);
}

void template_picture(struct template_ink *ink, const SDL_Surface *picture, SDL_Rect area,
                      struct photo_focus focus, enum template_shape shape)
{
    SDL_Surface *cut = photo_cut(picture, area.w, area.h, focus);
    SDL_Texture *texture = NULL;

    if (cut) {
        cut_shape(cut, shape);
        texture = SDL_CreateTextureFromSurface(ink->canvas->renderer, cut);
    }
    if (texture) {
        SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_BLEND);
        SDL_RenderCopy(ink->canvas->renderer, texture, NULL, &area);
        SDL_DestroyTexture(texture);
    }
    SDL_FreeSurface(cut);
}

static SDL_Surface *load_art(const struct templates *templates, const char *name)
{
    char path[4096 + 64];
    uint8_t *data = malloc(PHOTO_BYTES_MAX);
    SDL_Surface *picture = NULL;
    FILE *file;

    snprintf(path, sizeof path, "%s/art/%s.png", templates_dir(templates), name);
    file = data ? fopen(path, "rb") : NULL;
    if (file) {
        size_t size = fread(data, 1, PHOTO_BYTES_MAX, file);

        (void)fclose(file);
        if (photo_decode(data, size, 0, &picture) < 0)
            picture = NULL;
    }
    free(data);
    return picture;
}

/* Whole in its box at its own proportions, or filling it. */
static void draw_art(struct template_ink *ink, const struct templates *templates,
                     const struct template_element *element, SDL_Rect box)
{
    SDL_Surface *picture = load_art(templates, element->name);
    SDL_Rect area = box;

    if (!picture) {
        text_problem(ink->canvas->text, "no picture", element->name);
        return;
    }
    if (!element->cover) {
        double scale = fmin((double)box.w / picture->w, (double)box.h / picture->h);

        area.w = (int)lround(picture->w * scale);
        area.h = (int)lround(picture->h * scale);
        area.x += (int)lround((box.w - area.w) * element->focus.x);
        area.y += (int)lround((box.h - area.h) * element->focus.y);
    }
    template_picture(ink, picture, area, element->focus, element->shape);
    SDL_FreeSurface(picture);
}

/* -- stacks --------------------------------------------------------------------------------------
 */

/* The items one under another from the top; returns the height, or TEMPLATE_NO_FIT. */
static int stack_items(struct template_ink *ink, const struct sheet *sheet,
                       const struct template_element *stack, SDL_Rect box)
{
    double air = AIR_LEAST + (1 - AIR_LEAST) * ink->shrink;
    int height = 0;

    for (int i = 0; i < stack->item_count; i++) {
        const struct template_item *item = &sheet->layout->items[stack->item_from + i];
        int gap = height > 0 ? (int)lround(item->gap * ink->scale * air) : 0;
        int one;

        if (item->kind == TEMPLATE_ITEM_RULE && height == 0)
            continue; /* what it would part is not there */
        one = template_item(ink, item, stack->align,
                            (SDL_Rect){box.x, box.y + height + gap, box.w, 0});
        if (one == TEMPLATE_NO_FIT)
            return TEMPLATE_NO_FIT;
        if (one > 0)
            height += gap + one;
    }
    return height;
}

/* The largest letters with which the stack stays in its box; 0 = none. */
static double stack_shrink(struct template_ink *ink, const struct sheet *sheet,
                           const struct template_element *stack)
{
    SDL_Rect box = place_of(sheet, stack);

    for (double shrink = 1; shrink > SHRINK_LEAST; shrink *= SHRINK_STEP) {
        int height;

        ink->shrink = shrink;
        height = stack_items(ink, sheet, stack, box);
        if (height != TEMPLATE_NO_FIT && height <= box.h)
            return shrink;
    }
    return 0;
}

static bool alike(const struct template_element *a, const struct template_element *b)
{
    return a->kind == TEMPLATE_STACK && b->kind == TEMPLATE_STACK &&
           a->item_count == b->item_count && fabs(a->w - b->w) < 1 && fabs(a->h - b->h) < 1;
}

/* The clinic's name alone, which stands on the monitor beside it too: rather left out, when it is
 * long or the page is crowded, than in the way of what the page says. */
static bool is_signature(const struct sheet *sheet, const struct template_element *stack)
{
    return stack->item_count == 1 &&
           sheet->layout->items[stack->item_from].kind == TEMPLATE_ITEM_CLINIC;
}

/* Stacks of the same size are columns of one thing: their letters have one size. */
static bool measure(struct template_ink *ink, const struct sheet *sheet,
                    double shrinks[TEMPLATE_ELEMENTS_MAX])
{
    const struct template_element *elements = sheet->layout->elements;

    ink->draw = false;
    for (int i = 0; i < sheet->layout->element_count; i++) {
        if (elements[i].kind != TEMPLATE_STACK || !is_shown(ink, &elements[i]))
            continue;
        shrinks[i] = stack_shrink(ink, sheet, &elements[i]);
        if (shrinks[i] <= 0 && is_signature(sheet, &elements[i]))
            continue;
        if (shrinks[i] <= 0)
            return false;
        for (int j = 0; j < i; j++)
            if (alike(&elements[i], &elements[j]) && is_shown(ink, &elements[j]))
                shrinks[i] = shrinks[j] = fmin(shrinks[i], shrinks[j]);
    }
    return true;
}

static void leave_signature_out(const struct template_ink *ink, const struct sheet *sheet,
                                double shrinks[TEMPLATE_ELEMENTS_MAX])
{
    static const struct template_item body = {.px = BODY_PX};
    const struct template_element *elements = sheet->layout->elements;
    bool crowded = template_style(ink, &body, "国").px > BODY_PX * OUTSIZED * ink->scale;

    for (int i = 0; i < sheet->layout->element_count; i++)
        crowded |= elements[i].kind == TEMPLATE_STACK && is_shown(ink, &elements[i]) &&
                   !is_signature(sheet, &elements[i]) && shrinks[i] < CROWDED;
    for (int i = 0; crowded && i < sheet->layout->element_count; i++)
        if (elements[i].kind == TEMPLATE_STACK && is_signature(sheet, &elements[i]))
            shrinks[i] = 0;
}

static void draw_stack(struct template_ink *ink, const struct sheet *sheet,
                       const struct template_element *stack, double shrink)
{
    SDL_Rect box = place_of(sheet, stack);
    int height;

    ink->shrink = shrink;
    ink->draw = false;
    height = stack_items(ink, sheet, stack, box);
    box.y += (int)lround((box.h - height) * stack->stand);
    ink->draw = true;
    stack_items(ink, sheet, stack, box);
}

bool template_arranges(struct template_ink *ink, int width, int height)
{
    double shrinks[TEMPLATE_ELEMENTS_MAX] = {0};
    struct sheet sheet = sheet_of(ink, width, height);

    return measure(ink, &sheet, shrinks);
}

bool template_arrange(struct template_ink *ink, const struct templates *templates, int width,
                      int height)
{
    double shrinks[TEMPLATE_ELEMENTS_MAX] = {0};
    struct sheet sheet = sheet_of(ink, width, height);

    if (!measure(ink, &sheet, shrinks))
        return false;
    leave_signature_out(ink, &sheet, shrinks);
    ink->draw = true;
    template_fill(ink, (SDL_Rect){0, 0, width, height}, sheet.layout->ground);
    for (int i = 0; i < sheet.layout->element_count; i++) {
        const struct template_element *element = &sheet.layout->elements[i];
        SDL_Rect box = place_of(&sheet, element);

        if (!is_shown(ink, element))
            continue;
        if (element->kind == TEMPLATE_FILL)
            template_fill(ink, box, element->colour);
        else if (element->kind == TEMPLATE_ART)
            draw_art(ink, templates, element, box);
        else if (element->kind == TEMPLATE_PHOTO)
            template_picture(ink, photo_of(ink, element->name), box, element->focus,
                             element->shape);
        else if (shrinks[i] > 0)
            draw_stack(ink, &sheet, element, shrinks[i]);
    }
    return true;
}
