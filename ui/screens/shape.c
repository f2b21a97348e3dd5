#include "shape.h"

#include "bitmap.h"
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
    if (canvas->dots) {
        bitmap_fill(canvas->dots, area, c.g < 128);
        return;
    }
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

/* The pointed end of an arrow plate, `cut` pixels of its length: the rest is a plain rectangle. */
static const struct sprite *arrow_end(struct canvas *canvas, SDL_Rect a,
                                      enum shape_direction direction, int tip, int inset, int cut)
{
    const float w = (float)a.w, h = (float)a.h, t = (float)tip;
    const struct point right[] = {{0, 0}, {w - t, 0}, {w, h / 2}, {w - t, h}, {0, h}};
    const struct point down[] = {{0, 0}, {w, 0}, {w, h - t}, {w / 2, h}, {0, h - t}};
    bool sideways = direction == POINT_RIGHT;
    struct sprite_store *sprites = text_sprites(canvas->text);
    const struct sprite *sprite;
    struct point points[5];
    struct mask mask;
    char key[SPRITE_KEY_SIZE];

    snprintf(key, sizeof key, "arrow%d.%d.%d.%d.%d", a.w, a.h, (int)direction, tip, inset);
    sprite = sprite_get(sprites, key);
    if (sprite || mask_init(&mask, sideways ? cut : a.w, sideways ? a.h : cut) < 0)
        return sprite;
    mask_inset(sideways ? right : down, 5, (float)inset, points);
    for (int i = 0; i < 5; i++) {
        points[i].x -= sideways ? w - (float)cut : 0;
        points[i].y -= sideways ? 0 : h - (float)cut;
    }
    mask_add(&mask, points, 5);
    sprite = keep(canvas, key, &mask);
    mask_finish(&mask);
    return sprite;
}

static void arrow(struct canvas *canvas, SDL_Rect a, enum shape_direction direction, int tip,
                  int inset, enum theme_colour colour)
{
    bool sideways = direction == POINT_RIGHT;
    int length = sideways ? a.w : a.h, cut = tip + 2 * inset + 1;
    SDL_Rect body = {a.x + inset, a.y + inset, a.w - 2 * inset, a.h - 2 * inset};

    if (cut > length)
        cut = length;
    if (sideways)
        body.w = a.w - cut - inset;
    else
        body.h = a.h - cut - inset;
    shape_fill(canvas, body, colour);
    sprite_draw(text_sprites(canvas->text), arrow_end(canvas, a, direction, tip, inset, cut),
                sideways ? a.x + a.w - cut : a.x, sideways ? a.y : a.y + a.h - cut,
                theme_colour(colour));
}

void shape_arrow(struct canvas *canvas, SDL_Rect a, enum shape_direction direction, int tip,
                 int line, enum theme_colour colour)
{
    if (line > 0)
        arrow(canvas, a, direction, tip, 0, THEME_INK);
    arrow(canvas, a, direction, tip, line, colour);
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
