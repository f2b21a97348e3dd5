#include "film.h"

#include "theme.h"

void film_init(struct film *film, SDL_Renderer *renderer)
{
    SDL_RendererInfo info;
    *film = (struct film){.renderer = renderer};
    film->software =
        SDL_GetRendererInfo(renderer, &info) == 0 && (info.flags & SDL_RENDERER_SOFTWARE) != 0;
    /* SDL takes every film for BT.601 unless it is told to look at the size. */
    SDL_SetYUVConversionMode(SDL_YUV_CONVERSION_AUTOMATIC);
}

void film_finish(struct film *film)
{
    if (film->texture != NULL)
        SDL_DestroyTexture(film->texture);
    film_scale_destroy(film->scale);
    *film = (struct film){0};
}

static SDL_Rect fit(int width, int height, SDL_Rect area)
{
    SDL_Rect box = area;
    int64_t across = (int64_t)area.w * height, down = (int64_t)area.h * width;
    if (across > down) {
        box.w = (int)(down / height);
        box.x += (area.w - box.w) / 2;
    } else {
        box.h = (int)(across / width);
        box.y += (area.h - box.h) / 2;
    }
    return box;
}

/* Of the texture: the place that the frame will have, or the frame's own where there is none. */
static SDL_Point wanted_size(const struct film *film, const struct video_frame *frame,
                             SDL_Point area)
{
    SDL_Rect box = fit(frame->width, frame->height, (SDL_Rect){0, 0, area.x, area.y});
    if (!film->software || box.w < 2 || box.h < 2)
        return (SDL_Point){frame->width, frame->height};
    return (SDL_Point){box.w, box.h};
}

static bool renew(struct film *film, const struct video_frame *frame, SDL_Point size)
{
    struct film_scale *scale = NULL;
    if (film->software &&
        film_scale_create(frame->width, frame->height, size.x, size.y, &scale) < 0)
        return false;
    SDL_Texture *texture = SDL_CreateTexture(
        film->renderer, film->software ? SDL_PIXELFORMAT_RGB888 : SDL_PIXELFORMAT_IYUV,
        SDL_TEXTUREACCESS_STREAMING, size.x, size.y);
    if (texture == NULL) {
        film_scale_destroy(scale);
        return false;
    }
    /* Films carry text, and may be drawn smaller than they are. */
    SDL_SetTextureScaleMode(texture, SDL_ScaleModeLinear);
    if (film->texture != NULL)
        SDL_DestroyTexture(film->texture);
    film_scale_destroy(film->scale);
    film->texture = texture;
    film->scale = scale;
    film->width = frame->width;
    film->height = frame->height;
    film->size = size;
    return true;
}

static bool fill(struct film *film, const struct video_frame *frame)
{
    void *pixels = NULL;
    int pitch = 0;
    if (!film->software)
        return SDL_UpdateYUVTexture(film->texture, NULL, frame->y, frame->pitch_y, frame->u,
                                    frame->pitch_uv, frame->v, frame->pitch_uv) == 0;
    if (SDL_LockTexture(film->texture, NULL, &pixels, &pitch) != 0)
        return false;
    int result = film_scale_draw(film->scale, frame, pixels, pitch);
    SDL_UnlockTexture(film->texture);
    return result == 0;
}

bool film_take(struct film *film, const struct video_frame *frame, SDL_Point area)
{
    SDL_Point size = wanted_size(film, frame, area);
    bool same = film->texture != NULL && film->width == frame->width &&
                film->height == frame->height && film->size.x == size.x && film->size.y == size.y;
    if (!same && !renew(film, frame, size))
        return false;
    film->frames++;
    return fill(film, frame);
}

void film_draw(const struct film *film, SDL_Rect area)
{
    SDL_Rect box = film->texture == NULL ? (SDL_Rect){0} : fit(film->width, film->height, area);
    if (!SDL_RectEquals(&box, &area)) {
        SDL_Color ink = theme_colour(THEME_INK);
        SDL_SetRenderDrawColor(film->renderer, ink.r, ink.g, ink.b, 255);
        SDL_RenderFillRect(film->renderer, &area);
    }
    if (film->texture != NULL)
        SDL_RenderCopy(film->renderer, film->texture, NULL, &box);
}
