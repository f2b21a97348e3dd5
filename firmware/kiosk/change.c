#include "change.h"

enum { OPAQUE = 255 };

void change_init(struct change *change, SDL_Renderer *renderer)
{
    *change = (struct change){.renderer = renderer};
}

void change_stop(struct change *change)
{
    if (change->former != NULL)
        SDL_DestroyTexture(change->former);
    change->former = NULL;
}

void change_finish(struct change *change)
{
    change_stop(change);
    *change = (struct change){0};
}

bool change_keep(struct change *change, int width, int height, int64_t now)
{
    change_stop(change);
    /* Without alpha of its own: the whole of it gets one, which is the quick way. */
    SDL_Texture *former = SDL_CreateTexture(change->renderer, SDL_PIXELFORMAT_RGB888,
                                            SDL_TEXTUREACCESS_TARGET, width, height);
    if (former == NULL)
        return false;
    change->drawn_on = SDL_GetRenderTarget(change->renderer);
    if (SDL_SetRenderTarget(change->renderer, former) != 0) {
        SDL_DestroyTexture(former);
        return false;
    }
    SDL_SetTextureBlendMode(former, SDL_BLENDMODE_BLEND);
    change->former = former;
    change->width = width;
    change->height = height;
    change->since = now;
    return true;
}

void change_kept(struct change *change)
{
    SDL_SetRenderTarget(change->renderer, change->drawn_on);
}

bool change_runs(const struct change *change)
{
    return change->former != NULL;
}

void change_draw(struct change *change, SDL_Rect area, int64_t now)
{
    int64_t passed = now - change->since;
    if (change->former == NULL)
        return;
    if (passed >= CHANGE_MS || passed < 0 || area.w != change->width || area.h != change->height) {
        change_stop(change);
        return;
    }
    SDL_SetTextureAlphaMod(change->former, (Uint8)(OPAQUE - OPAQUE * passed / CHANGE_MS));
    SDL_RenderCopy(change->renderer, change->former, NULL, &area);
}
