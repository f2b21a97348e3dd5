#include "shape.h"

#include "icon.h"
#include "mask.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

enum { CIRCLE_POINTS = 48 };

void shape_fill(struct canvas *canvas, SDL_Rect area, enum theme_colour colour)
{
    SDL_Color c = theme_colour(colour);

    if (area.w <= 0 || area.h <= 0) /* SDL would draw a line of one pixel */
        return;
    SDL_SetRenderDrawColor(canvas->renderer, c.r, c.g, c.b, c.a);
    SDL_RenderFillRect(canvas->renderer, &area);
}

void shape_frame(struct canvas *canvas, SDL_Rect a, int line, enum theme_colour colour)
{
    shape_fill(canvas, (SDL_Rect){a.x, a.y, a.w, line}, colour);
    shape_fill(canvas, (SDL_Rect){a.x, a.y + a.h - line, a.w, line}, colour);
    shape_fill(canvas, (SDL_Rect){a.x, a.y, line, a.h}, colour);
    shape_fill(canvas, (SDL_Rect){a.x + a.w - line, a.y, line, a.h}, colour);
}

static const struct sprite *keep(struct canvas *canvas, const char *key, const struct mask *mask)
{
    SDL_Surface *surface = mask_surface(mask);
    const struct sprite *sprite = NULL;

    if (surface)
        sprite = sprite_put(text_sprites(canvas->text), key, surface, 0, 0);
    SDL_FreeSurface(surface);
    return sprite;
}

static const struct sprite *disc(struct canvas *canvas, int radius)
{
    struct sprite_store *sprites = text_sprites(canvas->text);
    char key[SPRITE_KEY_SIZE];
    const struct sprite *sprite;
    struct mask mask;

    snprintf(key, sizeof key, "disc%d", radius);
    sprite = sprite_get(sprites, key);
    if (sprite || mask_init(&mask, 2 * radius, 2 * radius) < 0)
        return sprite;
    icon_disc(&mask, (struct point){(float)radius, (float)radius}, (float)radius);
    sprite = keep(canvas, key, &mask);
    mask_finish(&mask);
    return sprite;
}

void shape_round(struct canvas *canvas, SDL_Rect a, int r, enum theme_colour colour)
{
    const struct sprite *round;
    SDL_Color c = theme_colour(colour);

    if (r > a.h / 2)
        r = a.h / 2;
    if (r < 1) {
        shape_fill(canvas, a, colour);
        return;
    }
    round = disc(canvas, r);
    if (round) {
        SDL_SetTextureColorMod(round->texture, c.r, c.g, c.b);
        for (int corner = 0; corner < 4; corner++) {
            SDL_Rect from = {corner % 2 * r, corner / 2 * r, r, r};
            SDL_Rect to = {corner % 2 ? a.x + a.w - r : a.x, corner / 2 ? a.y + a.h - r : a.y, r,
                           r};

            SDL_RenderCopy(canvas->renderer, round->texture, &from, &to);
        }
    }
    shape_fill(canvas, (SDL_Rect){a.x + r, a.y, a.w - 2 * r, r}, colour);
    shape_fill(canvas, (SDL_Rect){a.x, a.y + r, a.w, a.h - 2 * r}, colour);
    shape_fill(canvas, (SDL_Rect){a.x + r, a.y + a.h - r, a.w - 2 * r, r}, colour);
}

static const struct sprite *arrow(struct canvas *canvas, int w, int h,
                                  enum shape_direction direction, int tip, int inset)
{
    const float fw = (float)w, fh = (float)h, ft = (float)tip;
    const struct point right[] = {{0, 0}, {fw - ft, 0}, {fw, fh / 2}, {fw - ft, fh}, {0, fh}};
    const struct point down[] = {{0, 0}, {fw, 0}, {fw, fh - ft}, {fw / 2, fh}, {0, fh - ft}};
    struct sprite_store *sprites = text_sprites(canvas->text);
    const struct sprite *sprite;
    struct point points[5];
    struct mask mask;
    char key[SPRITE_KEY_SIZE];

    snprintf(key, sizeof key, "arrow%d.%d.%d.%d.%d", w, h, (int)direction, tip, inset);
    sprite = sprite_get(sprites, key);
    if (sprite || mask_init(&mask, w, h) < 0)
        return sprite;
    mask_inset(direction == POINT_RIGHT ? right : down, 5, (float)inset, points);
    mask_add(&mask, points, 5);
    sprite = keep(canvas, key, &mask);
    mask_finish(&mask);
    return sprite;
}

void shape_arrow(struct canvas *canvas, SDL_Rect a, enum shape_direction direction, int tip,
                 int line, enum theme_colour colour)
{
    struct sprite_store *sprites = text_sprites(canvas->text);

    if (line > 0)
        sprite_draw(sprites, arrow(canvas, a.w, a.h, direction, tip, 0), a.x, a.y,
                    theme_colour(THEME_INK));
    sprite_draw(sprites, arrow(canvas, a.w, a.h, direction, tip, line), a.x, a.y,
                theme_colour(colour));
}

void shape_icon(struct canvas *canvas, SDL_Rect a, enum icon icon, enum theme_colour colour)
{
    struct sprite_store *sprites = text_sprites(canvas->text);
    int side = a.w < a.h ? a.w : a.h;
    const struct sprite *sprite;
    struct mask mask;
    char key[SPRITE_KEY_SIZE];

    snprintf(key, sizeof key, "icon%d.%d", (int)icon, side);
    sprite = sprite_get(sprites, key);
    if (!sprite) {
        if (mask_init(&mask, side, side) < 0)
            return;
        icon_paint(&mask, icon);
        sprite = keep(canvas, key, &mask);
        mask_finish(&mask);
    }
    sprite_draw(sprites, sprite, a.x + (a.w - side) / 2, a.y + (a.h - side) / 2,
                theme_colour(colour));
}

enum icon shape_icon_named(const char *name)
{
    static const struct {
        const char *name;
        enum icon icon;
    } names[] = {{"adult", ICON_PERSON},    {"person", ICON_PERSON},   {"child", ICON_CHILD},
                 {"vaccine", ICON_SYRINGE}, {"syringe", ICON_SYRINGE}, {"yen", ICON_YEN},
                 {"clock", ICON_CLOCK}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i].name) == 0)
            return names[i].icon;
    return ICONS;
}
