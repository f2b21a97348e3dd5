#include "film.h"

#include "theme.h"

void film_init(struct film *film, SDL_Renderer *renderer)
{
    *film = (struct film){.renderer = renderer};
    /* SDL takes every film for BT.601 unless it is told to look at the size. */
    SDL_SetYUVConversionMode(SDL_YUV_CONVERSION_AUTOMATIC);
}

void film_finish(struct film *film)
{
    if (film->texture != NULL)
        SDL_DestroyTexture(film->texture);
    *film = (struct film){0};
}

bool film_take(struct film *film, const struct video_frame *frame)
{
    if (film->texture == NULL || film->width != frame->width || film->height != frame->height) {
        SDL_Texture *texture =
            SDL_CreateTexture(film->renderer, SDL_PIXELFORMAT_IYUV, SDL_TEXTUREACCESS_STREAMING,
                              frame->width, frame->height);
        if (texture == NULL)
            return false;
        /* Films carry text, and are drawn smaller than they are. */
        SDL_SetTextureScaleMode(texture, SDL_ScaleModeLinear);
        if (film->texture != NULL)
            SDL_DestroyTexture(film->texture);
        film->texture = texture;
        film->width = frame->width;
        film->height = frame->height;
    }
    film->frames++;
    return SDL_UpdateYUVTexture(film->texture, NULL, frame->y, frame->pitch_y, frame->u,
                                frame->pitch_uv, frame->v, frame->pitch_uv) == 0;
}

static SDL_Rect fit(const struct film *film, SDL_Rect area)
{
    SDL_Rect box = area;
    int64_t across = (int64_t)area.w * film->height, down = (int64_t)area.h * film->width;
    if (across > down) {
        box.w = (int)(down / film->height);
        box.x += (area.w - box.w) / 2;
    } else {
        box.h = (int)(across / film->width);
        box.y += (area.h - box.h) / 2;
    }
    return box;
}

void film_draw(const struct film *film, SDL_Rect area)
{
    SDL_Rect box = film->texture == NULL ? (SDL_Rect){0} : fit(film, area);
    if (!SDL_RectEquals(&box, &area)) {
        SDL_Color ink = theme_colour(THEME_INK);
        SDL_SetRenderDrawColor(film->renderer, ink.r, ink.g, ink.b, 255);
        SDL_RenderFillRect(film->renderer, &area);
    }
    if (film->texture != NULL)
        SDL_RenderCopy(film->renderer, film->texture, NULL, &box);
}
