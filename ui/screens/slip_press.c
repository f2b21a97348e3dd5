/* From a layout on a canvas to dots. */
#include "slip.h"

#include <SDL.h>
#include <errno.h>
#include <stdlib.h>

enum { THRESHOLD = 128 };

struct slip_press {
    SDL_Surface *surface;
    SDL_Renderer *renderer;
    struct canvas canvas;
};

int slip_press_create(const struct canvas_options *options, struct slip_press **ret)
{
    struct slip_press *press = calloc(1, sizeof *press);
    int r = -ENOMEM;

    if (!press)
        return r;
    press->surface = SDL_CreateRGBSurfaceWithFormat(0, SLIP_DOTS_80, SLIP_HEIGHT_MAX, 32,
                                                    SDL_PIXELFORMAT_ARGB8888);
    if (press->surface)
        press->renderer = SDL_CreateSoftwareRenderer(press->surface);
    if (press->renderer)
        r = canvas_init(&press->canvas, press->renderer, SLIP_DOTS_80, SLIP_HEIGHT_MAX, options);
    if (r < 0) {
        slip_press_destroy(press);
        return r;
    }
    *ret = press;
    return 0;
}

void slip_press_destroy(struct slip_press *press)
{
    if (!press)
        return;
    canvas_finish(&press->canvas);
    if (press->renderer)
        SDL_DestroyRenderer(press->renderer);
    SDL_FreeSurface(press->surface);
    free(press);
}

/* Eight pixels as a byte of dots. No grey: what is darker than the middle is printed. Most of a
 * slip is white, so that is looked for first. */
static uint8_t dots_of(const Uint32 pixels[static 8])
{
    Uint32 all = ~(Uint32)0, byte = 0;

    for (int i = 0; i < 8; i++)
        all &= pixels[i];
    if ((all & 0xFFu) == 0xFFu)
        return 0;
    for (int i = 0; i < 8; i++)
        byte = byte << 1 | ((pixels[i] & 0xFFu) < THRESHOLD);
    return (uint8_t)byte;
}

/* width is a multiple of eight on both papers. */
static int threshold(const SDL_Surface *surface, int width, int height, struct bitmap *ret)
{
    struct bitmap made = {width, height, width / 8, NULL};

    made.bits = malloc((size_t)made.stride * (size_t)height);
    if (!made.bits)
        return -ENOMEM;
    for (int y = 0; y < height; y++) {
        const Uint32 *line =
            (const Uint32 *)((const Uint8 *)surface->pixels + (ptrdiff_t)y * surface->pitch);
        uint8_t *bits = made.bits + (ptrdiff_t)y * made.stride;

        for (int i = 0; i < made.stride; i++)
            bits[i] = dots_of(line + (ptrdiff_t)i * 8);
    }
    *ret = made;
    return 0;
}

int slip_press_draw(struct slip_press *press, const struct slip_view *view, struct bitmap *ret)
{
    int height;

    if (view->dots != SLIP_DOTS_80 && view->dots != SLIP_DOTS_58)
        return -EINVAL;
    press->canvas.width = view->dots;
    height = slip_draw_on(view, &press->canvas);
    return height < 0 ? height : threshold(press->surface, view->dots, height, ret);
}

int slip_draw(const struct slip_view *view, const struct canvas_options *options,
              struct bitmap *ret)
{
    struct slip_press *press;
    int r = slip_press_create(options, &press);

    if (r < 0)
        return r;
    r = slip_press_draw(press, view, ret);
    slip_press_destroy(press);
    return r;
}

void bitmap_finish(struct bitmap *bitmap)
{
    if (!bitmap)
        return;
    free(bitmap->bits);
    *bitmap = (struct bitmap){0};
}
