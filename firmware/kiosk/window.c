#include "window.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screenshot.h"

/* SDL's KMS driver moves every window to the first display as it makes it, and there the newest one
 * covers the others: a window is put in its place before it is shown. */
static SDL_Window *open_fullscreen(const struct window_options *options)
{
    SDL_Rect place = {0, 0, 1920, 1080};
    int display = options->display < SDL_GetNumVideoDisplays() ? options->display : 0;
    (void)SDL_GetDisplayBounds(display, &place);
    SDL_Window *window = SDL_CreateWindow(options->title, place.x, place.y, place.w, place.h,
                                          SDL_WINDOW_HIDDEN | SDL_WINDOW_BORDERLESS);
    if (window == NULL)
        return NULL;
    SDL_SetWindowPosition(window, place.x, place.y);
    if (SDL_SetWindowFullscreen(window, SDL_WINDOW_FULLSCREEN_DESKTOP) != 0) {
        SDL_DestroyWindow(window);
        return NULL;
    }
    SDL_ShowWindow(window);
    return window;
}

static SDL_Window *open_window(const struct window_options *options)
{
    const struct config_screen *screen = options->screen;
    if (options->fullscreen || screen->width == 0)
        return open_fullscreen(options);
    return SDL_CreateWindow(options->title, options->x, 0, screen->width, screen->height,
                            SDL_WINDOW_BORDERLESS);
}

/* The software renderer unless a driver was asked for by SDL_RENDER_DRIVER: on a machine without a
 * GPU the OpenGL emulation needs 50 ms a frame. SDL would even push the software renderer's
 * pictures through OpenGL, unless it is told not to. */
static SDL_Renderer *open_renderer(SDL_Window *window)
{
    const char *driver = SDL_GetCurrentVideoDriver();
    if (getenv("SDL_RENDER_DRIVER") != NULL)
        return SDL_CreateRenderer(window, -1, SDL_RENDERER_TARGETTEXTURE);
    if (driver != NULL && strcmp(driver, "x11") == 0)
        SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    return SDL_CreateRenderer(window, -1, SDL_RENDERER_SOFTWARE);
}

/* A picture that is turned is drawn on a page of its own. Swaps width and height for a quarter. */
static int turn_page(struct window *window, int rotate, int *width, int *height)
{
    int across = *width;
    window->rotate = rotate;
    if (rotate == 0)
        return 0;
    if (rotate != 180) {
        *width = *height;
        *height = across;
    }
    window->page = SDL_CreateTexture(window->renderer, SDL_PIXELFORMAT_ARGB8888,
                                     SDL_TEXTUREACCESS_TARGET, *width, *height);
    if (window->page == NULL || SDL_SetRenderTarget(window->renderer, window->page) != 0) {
        fprintf(stderr, "machiai-kiosk: the picture cannot be turned: %s; set monitor_rotate = 0\n",
                SDL_GetError());
        return -EIO;
    }
    return 0;
}

static int prepare(struct window *window, const struct window_options *options)
{
    int width = 0, height = 0;
    window->window = open_window(options);
    if (window->window != NULL)
        window->renderer = open_renderer(window->window);
    if (window->renderer == NULL ||
        SDL_GetRendererOutputSize(window->renderer, &width, &height) != 0) {
        fprintf(stderr, "machiai-kiosk: the %s window cannot be opened: %s\n", options->title,
                SDL_GetError());
        return -EIO;
    }
    window->id = SDL_GetWindowID(window->window);
    /* SDL's KMS driver makes the buffers of a window anew with its first picture, which is lost. */
    (void)SDL_RenderClear(window->renderer);
    SDL_RenderPresent(window->renderer);
    SDL_RendererInfo info;
    window->keeps_picture = SDL_GetRendererInfo(window->renderer, &info) == 0 &&
                            (info.flags & SDL_RENDERER_SOFTWARE) != 0;
    struct canvas_options canvas = {.language_dir = options->language_dir};
    if (options->screen->width_mm > 0)
        canvas.pixel_mm = (double)options->screen->width_mm / width;
    int result = turn_page(window, options->screen->rotate, &width, &height);
    if (result < 0)
        return result;
    result = canvas_init(&window->canvas, window->renderer, width, height, &canvas);
    if (result < 0)
        fprintf(stderr, "machiai-kiosk: nothing can be drawn: %s; are the fonts installed?\n",
                strerror(-result));
    return result;
}

int window_create(const struct window_options *options, struct window **ret)
{
    struct window *window = calloc(1, sizeof *window);
    if (window == NULL)
        return -ENOMEM;
    int result = prepare(window, options);
    if (result < 0) {
        window_destroy(window);
        return result;
    }
    *ret = window;
    return 0;
}

void window_destroy(struct window *window)
{
    if (window == NULL)
        return;
    canvas_finish(&window->canvas);
    if (window->page != NULL)
        SDL_DestroyTexture(window->page);
    if (window->renderer != NULL)
        SDL_DestroyRenderer(window->renderer);
    if (window->window != NULL)
        SDL_DestroyWindow(window->window);
    free(window);
}

void window_present(struct window *window)
{
    if (window->page == NULL) {
        SDL_RenderPresent(window->renderer);
        return;
    }
    int width = 0, height = 0;
    SDL_SetRenderTarget(window->renderer, NULL);
    if (SDL_GetRendererOutputSize(window->renderer, &width, &height) == 0) {
        /* It is turned about its own middle. */
        const SDL_FRect to = {(float)(width - window->canvas.width) / 2,
                              (float)(height - window->canvas.height) / 2,
                              (float)window->canvas.width, (float)window->canvas.height};
        SDL_RenderCopyExF(window->renderer, window->page, NULL, &to, window->rotate, NULL,
                          SDL_FLIP_NONE);
    }
    SDL_RenderPresent(window->renderer);
    SDL_SetRenderTarget(window->renderer, window->page);
}

void window_present_part(struct window *window, const SDL_Rect *area)
{
    /* Presenting would hand the whole window to the display; its surface is the renderer's. */
    if (!window->keeps_picture || window->page != NULL || SDL_RenderFlush(window->renderer) != 0 ||
        SDL_UpdateWindowSurfaceRects(window->window, area, 1) != 0)
        window_present(window);
}

struct picture *window_picture(struct window *window)
{
    struct picture *picture = picture_create(window->canvas.width, window->canvas.height);
    if (picture != NULL && SDL_RenderReadPixels(window->renderer, NULL, SDL_PIXELFORMAT_RGB888,
                                                picture->pixels, picture->width * 4) != 0) {
        picture_free(picture);
        return NULL;
    }
    return picture;
}
