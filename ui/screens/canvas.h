/* What screens draw on: an SDL renderer, the size in pixels, the theme scaled to millimetres, the
 * fonts. One canvas a window; the slip has its own. All drawing is on the main thread.
 */
#ifndef MACHIAI_SCREENS_CANVAS_H
#define MACHIAI_SCREENS_CANVAS_H

#include <SDL.h>
#include <stdbool.h>

struct text_cache; /* text.h */

struct canvas_options {
    double pixel_mm;     /* pixel pitch; 0 = guessed from the size (21.5" portrait, 32" landscape) */
    const char *font_dir; /* extra fonts; NULL = the system's places */
    const char *language_dir; /* *.mo catalogues */
};

struct canvas {
    SDL_Renderer *renderer; /* not owned */
    int width, height;
    double pixel_mm;
    struct text_cache *text; /* owned */
};

int canvas_init(struct canvas *canvas, SDL_Renderer *renderer, int width, int height,
                const struct canvas_options *options) __attribute__((warn_unused_result));
void canvas_finish(struct canvas *canvas);

/* Things that can be pressed, filled by a draw call in drawing order. Names are stable: they are
 * what `machiai-kiosk ctl tap NAME` takes. */
enum { WIDGETS_MAX = 64, WIDGET_NAME_SIZE = 32 };

struct widget {
    char name[WIDGET_NAME_SIZE]; /* "service:naika", "language:en", "finish", "checkin", ... */
    SDL_Rect area;
};

struct widgets {
    struct widget list[WIDGETS_MAX];
    int count;
};

void widgets_clear(struct widgets *widgets);
void widgets_add(struct widgets *widgets, const char *name, SDL_Rect area);
const struct widget *widgets_at(const struct widgets *widgets, int x, int y);
const struct widget *widgets_find(const struct widgets *widgets, const char *name);

#endif
