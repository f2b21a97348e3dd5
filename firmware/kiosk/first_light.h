/* The technician's screen before the graphics driver is there: drawn by the processor alone into
 * the kernel's own frame buffer, which the panels show until the first window takes its place. A
 * graphics driver that has to be loaded and to compile what it draws with takes seconds on a small
 * board.
 *
 * All panels show the same buffer, each from its upper left corner: what is drawn has the size that
 * all of them see (Linux: Documentation/fb/api.rst).
 */
#ifndef MACHIAI_KIOSK_FIRST_LIGHT_H
#define MACHIAI_KIOSK_FIRST_LIGHT_H

#include <SDL.h>

#include "config.h"
#include "terminal.h"

#define FIRST_LIGHT_DEVICE "/dev/fb0"

struct first_light_place {
    const char *device;       /* FIRST_LIGHT_DEVICE, or a test's */
    const char *language_dir; /* as of canvas_options */
    int rotate;               /* clockwise: 0, 90, 180, 270 */
};

/* Where SDL's KMS driver will have the panels, and nobody else has. */
bool first_light_wanted(void);
/* Shows the view where that is so, turned as the panels will be; a failure is logged. */
void first_light(const struct config *config, const char *language_dir,
                 const struct terminal_view *view);

/* Shows the view. -ENOENT and other errors of open(): there is no frame buffer, or it is not ours
 * to write; -ENOTSUP: its pixels are of a kind that is not known. Nothing else hangs on it. */
int first_light_show(const struct first_light_place *place, const struct terminal_view *view)
    __attribute__((warn_unused_result));

/* A page turned clockwise into dots of `format` (of SDL's), lines of `pitch` bytes; width and
 * height are those of the result. -ENOTSUP: SDL does not know the format. */
int first_light_lay(SDL_Surface *page, int rotate, Uint32 format, int width, int height, void *ret,
                    size_t pitch) __attribute__((warn_unused_result));

#endif
