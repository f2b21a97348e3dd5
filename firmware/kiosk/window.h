/* One window of the kiosk: SDL window, renderer and canvas. Main thread only. */
#ifndef MACHIAI_KIOSK_WINDOW_H
#define MACHIAI_KIOSK_WINDOW_H

#include <SDL.h>

#include "canvas.h"
#include "config.h"

struct picture; /* screenshot.h */

struct window_options {
    const char *title;
    const struct config_screen *screen;
    bool fullscreen;
    int display; /* for fullscreen */
    int x;       /* of a window */
    const char *language_dir;
};

struct window {
    SDL_Window *window;
    SDL_Renderer *renderer;
    struct canvas canvas;
    Uint32 id;
    SDL_Texture *page; /* what is drawn on while the picture is turned; NULL = the window itself */
    int rotate;
    bool keeps_picture; /* what was presented is still in the renderer: draw only what changed */
};

/* Logs the reason of a failure. */
int window_create(const struct window_options *options, struct window **ret)
    __attribute__((warn_unused_result));
void window_destroy(struct window *window);
/* Shows what was drawn; draw on the same renderer again afterwards. */
void window_present(struct window *window);
/* The same when nothing but `area` was drawn on: where it can be, no more is handed over. */
void window_present_part(struct window *window, const SDL_Rect *area);
/* What the renderer holds now: call it after drawing, before presenting. NULL: no memory. */
struct picture *window_picture(struct window *window);

#endif
