/* Draws pages into pictures: the one way for the monitor, for machiai-draw and for tests. Software
 * only: needs no display, and may live on any one thread.
 *
 * Texts never fall under the height that the room's distance asks for (look, "Type"), and are never
 * clipped: where the template's own layout cannot hold them at that height, as beside eight desks,
 * the page becomes a plain column of its texts, parted into sheets when need be.
 */
#ifndef MACHIAI_SCREENS_TEMPLATE_PRESS_H
#define MACHIAI_SCREENS_TEMPLATE_PRESS_H

#include "canvas.h"
#include "template.h"

#include <SDL.h>
#include <stdint.h>

enum {
    TEMPLATE_SIDE_LEAST = 240, /* pixels of an area, and */
    TEMPLATE_SIDE_MAX = 3840,
    TEMPLATE_AREA_MAX = 3840 * 2160,
    TEMPLATE_SHEETS_MAX = 12
};

struct template_options {
    const char *template_dir, *language_dir;
    const char *font_dir; /* NULL = the system's places */
};

/* Where the picture stands. */
struct template_place {
    int width, height; /* pixels */
    double pixel_mm;   /* 0 = of a 32" screen with 1920 pixels across */
    double view_m;     /* from where it is read; 0 = 3 m */
};

/* Gives the bytes of a photograph (JPEG or PNG): malloc()ed, the press frees them. */
struct template_photos {
    int (*read)(void *context, const char *sha256, uint8_t **ret, size_t *ret_size);
    void *context;
};

struct template_press;

/* -ENOENT: no fonts, or no templates; -EINVAL: a template is broken. error says which. */
int template_press_create(const struct template_options *options, struct template_press **ret,
                          char *error, size_t error_size) __attribute__((warn_unused_result));
void template_press_destroy(struct template_press *press);
const struct templates *template_press_templates(const struct template_press *press);

struct template_job {
    const struct template_page *page;
    const char *clinic; /* its name stands small at the foot; "" = not */
    struct template_place place;
    const struct template_photos *photos; /* NULL: photographs are left out */
    int sheet;                            /* from 0; taken modulo the sheets there are */
};

/* Draws a page; ret is ARGB8888, opaque, and the caller's (SDL_FreeSurface()). ret_sheets (may be
 * NULL): how many sheets the page has here; each is to stand for an equal part of the page's time.
 * A template that is not known (a kiosk that is older than its cloud), or a photograph that cannot
 * be read, leaves a page of its texts; nothing is ever blank. -EINVAL: the place is no place;
 * -ENOMEM. */
int template_press_draw(struct template_press *press, const struct template_job *job,
                        SDL_Surface **ret, int *ret_sheets) __attribute__((warn_unused_result));

/* The canvas of the last size that was drawn, for tests that watch its texts; valid until another
 * size is drawn. */
struct canvas *template_press_canvas(struct template_press *press);

/* As template_check(), and that the layout itself holds the texts on a monitor beside one desk
 * (1280x720) and upright (1080x1920). */
int template_press_check(struct template_press *press, const struct template_page *page,
                         struct template_fault *ret_fault) __attribute__((warn_unused_result));

#endif
