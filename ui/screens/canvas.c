#include "canvas.h"

#include "bitmap.h"
#include "catalogue.h"
#include "sprite.h"
#include "text.h"

#include <SDL_ttf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int init(struct canvas made, const struct canvas_options *options, struct canvas *ret)
{
    int r;

    if (made.width < 1 || made.height < 1)
        return -EINVAL;
    made.pixel_mm = options ? options->pixel_mm : 0;
    if (options && options->language_dir) {
        r = snprintf(made.language_dir, sizeof made.language_dir, "%s", options->language_dir);
        if (r < 0 || (size_t)r >= sizeof made.language_dir)
            return -ENAMETOOLONG;
    }
    if (TTF_Init() != 0) /* counted by SDL_ttf: one TTF_Quit() for each */
        return -EIO;
    r = text_cache_create(made.renderer, options ? options->font_dir : NULL, &made.text);
    if (r < 0) {
        TTF_Quit();
        return r;
    }
    *ret = made;
    return 0;
}

int canvas_init(struct canvas *canvas, SDL_Renderer *renderer, int width, int height,
                const struct canvas_options *options)
{
    return init((struct canvas){.renderer = renderer, .width = width, .height = height}, options,
                canvas);
}

int canvas_init_dots(struct canvas *canvas, struct bitmap *dots,
                     const struct canvas_options *options)
{
    int r = init((struct canvas){.dots = dots, .width = dots->width, .height = dots->height},
                 options, canvas);

    if (r == 0)
        sprite_store_dots(text_sprites(canvas->text), dots);
    return r;
}

void canvas_finish(struct canvas *canvas)
{
    if (!canvas || !canvas->text)
        return;
    for (int i = 0; i < CANVAS_LANGUAGES_MAX; i++)
        catalogue_close(canvas->languages[i].words);
    text_cache_destroy(canvas->text);
    TTF_Quit();
    *canvas = (struct canvas){0};
}

const struct catalogue *canvas_words(struct canvas *canvas, const char *language)
{
    struct canvas_language *place = NULL;

    for (int i = 0; i < CANVAS_LANGUAGES_MAX && !place; i++) {
        if (strcmp(canvas->languages[i].code, language) == 0)
            return canvas->languages[i].words;
        if (!canvas->languages[i].code[0])
            place = &canvas->languages[i];
    }
    if (!place || strlen(language) >= sizeof place->code)
        return NULL;
    snprintf(place->code, sizeof place->code, "%s", language);
    if (catalogue_open(canvas->language_dir, language, &place->words) < 0)
        text_problem(canvas->text, "no catalogue of this language", language);
    return place->words;
}

void widgets_clear(struct widgets *widgets)
{
    widgets->count = 0;
}

void widgets_add(struct widgets *widgets, const char *name, SDL_Rect area)
{
    struct widget *widget;

    if (widgets->count == WIDGETS_MAX)
        return;
    widget = &widgets->list[widgets->count++];
    snprintf(widget->name, sizeof widget->name, "%s", name);
    widget->area = area;
}

const struct widget *widgets_at(const struct widgets *widgets, int x, int y)
{
    SDL_Point point = {x, y};

    for (int i = widgets->count - 1; i >= 0; i--)
        if (SDL_PointInRect(&point, &widgets->list[i].area))
            return &widgets->list[i];
    return NULL;
}

const struct widget *widgets_find(const struct widgets *widgets, const char *name)
{
    for (int i = 0; i < widgets->count; i++)
        if (strcmp(widgets->list[i].name, name) == 0)
            return &widgets->list[i];
    return NULL;
}
