/* What screens draw on: an SDL renderer, the size in pixels, the theme scaled to millimetres, the
 * fonts. One canvas a window, drawn on by the main thread; the slip has its own, for another one.
 */
#ifndef MACHIAI_SCREENS_CANVAS_H
#define MACHIAI_SCREENS_CANVAS_H

#include <SDL.h>
#include <stdbool.h>

struct bitmap;     /* bitmap.h */
struct text_cache; /* text.h */
struct catalogue;  /* catalogue.h */

enum { CANVAS_LANGUAGES_MAX = 8, CANVAS_PATH_SIZE = 512, CANVAS_CODE_SIZE = 8 };

struct canvas_options {
    double pixel_mm;      /* pixel pitch; 0 = guessed by each drawing: a terminal of 21.5", 10.1" or
                           * 7" by its pixels, a monitor of 32" */
    const char *font_dir; /* extra fonts; NULL = the system's places */
    const char *language_dir; /* *.mo catalogues */
};

struct canvas_language {
    char code[CANVAS_CODE_SIZE]; /* "" = free */
    struct catalogue *words;     /* owned; NULL when it could not be opened */
};

struct canvas {
    SDL_Renderer *renderer; /* not owned; NULL: */
    struct bitmap *dots;    /* not owned */
    int width, height;
    double pixel_mm;
    struct text_cache *text; /* owned */
    char language_dir[CANVAS_PATH_SIZE];
    struct canvas_language languages[CANVAS_LANGUAGES_MAX];
};

/* -ENOENT: no Japanese font is installed (Debian: fonts-morisawa-bizud-gothic). canvas is left
 * untouched on failure. The renderer must outlive the canvas. */
int canvas_init(struct canvas *canvas, SDL_Renderer *renderer, int width, int height,
                const struct canvas_options *options) __attribute__((warn_unused_result));
/* The same on dots, whose size it takes: areas and text, in black and white. */
int canvas_init_dots(struct canvas *canvas, struct bitmap *dots,
                     const struct canvas_options *options) __attribute__((warn_unused_result));
void canvas_finish(struct canvas *canvas);

/* The words of a language, opened at the first call and kept; NULL when there are none. */
const struct catalogue *canvas_words(struct canvas *canvas, const char *language);

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
